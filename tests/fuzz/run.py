#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs fuzz targets for a while each and prints what came of it.

    run.py BUILD SECONDS [TARGET...]

The corpus in the repository seeds each target; what it learns stays in BUILD/corpus. Status 1 when there
is a finding: the input is kept in BUILD/findings.
"""
import os
import re
import subprocess
import sys


def target_run(build, here, name, seconds):
    learned = os.path.join(build, "corpus", name)
    findings = os.path.join(build, "findings", name + "-")
    os.makedirs(learned, exist_ok=True)
    os.makedirs(os.path.dirname(findings), exist_ok=True)
    command = [os.path.join(build, "tests/fuzz/fuzz_" + name), f"-max_total_time={seconds}", "-timeout=10",
               "-rss_limit_mb=2048", "-malloc_limit_mb=" + ("8192" if name in ("hdf5", "uff") else "512"), "-print_final_stats=1", "-max_len=16384",
               "-use_value_profile=1", f"-artifact_prefix={findings}", learned,
               os.path.join(here, "corpus", name)]
    # HDF5 keeps lists of free blocks, which are no leaks, and asks for what a file says, which the
    # reader's process does not get (io/signal/sandbox.h).
    environment = dict(os.environ, ASAN_OPTIONS="max_allocation_size_mb=384:allocator_may_return_null=1:detect_leaks=" + ("0" if name in ("hdf5", "uff") else "1"))
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
    with open(os.path.join(build, "findings", name + ".log"), "w", encoding="utf-8") as log:
        log.write(done.stderr)
    runs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    edges = re.findall(r"cov: (\d+)", done.stderr)
    print(f"{name:<14} {seconds:>8} {runs.group(1) if runs else '?':>12} {edges[-1] if edges else '?':>8}  "
          f"{'none' if done.returncode == 0 else 'FOUND, see ' + findings + '*'}", flush=True)
    return done.returncode == 0


def main():
    build, seconds, names = os.path.abspath(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    here = os.path.dirname(os.path.abspath(__file__))
    names = names or sorted(os.listdir(os.path.join(here, "corpus")))
    print(f"{'target':<14} {'seconds':>8} {'inputs':>12} {'edges':>8}  finding", flush=True)
    good = [target_run(build, here, name, seconds) for name in names]
    sys.exit(0 if all(good) else 1)


main()
