#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs fuzz targets for a while each, prints what came of it, and keeps account of their processor time.

    run.py BUILD SECONDS [TARGET...]        each target once
    run.py BUILD SECONDS --minutes M [...]  again and again, the least fuzzed next, until each had M minutes
    run.py BUILD 0                          only what each has had
    run.py BUILD 0 --enter                  and moves it into account.tsv

The corpus in the repository seeds each target; what it learns stays in BUILD/corpus, what was run in
BUILD/ledger.tsv. Minutes count for the code that they were spent on: each line carries a digest of the target's own
files, and what was run on other code is forgotten. account.tsv in the repository keeps what many short runs add up
to. Status 1 when there is a finding: the input is kept in BUILD/findings. A crash inside libhdf5,
whose defects are known, is no finding of ours as long as the reader's process contains it: such inputs are
counted and kept in BUILD/foreign.
"""
import argparse
import glob
import hashlib
import os
import re
import resource
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
KEPT = os.path.join(HERE, "account.tsv")
# Their library, libhdf5, is known to break: each run goes on behind a crash. How its functions are called.
FOREIGN = {"hdf5": "in H5[A-Z]", "uff": "in H5[A-Z]", "recover": "in H5[A-Z]"}
# Each table that is none is reported: what they say is dropped, what libFuzzer and the sanitizers say is not.
TALKATIVE = ("batch",)
# Frames of the sanitizers and of libFuzzer, and of the C library that it stands in for.
RUNTIME = re.compile(r"in (__interceptor|__mem|__str|__asan|__sanitizer|__ubsan|__GI|fuzzer::|mem|str|raise|abort|free|malloc|calloc|"
                     r"realloc)|.*libc\.so|<null>")
# What is fuzzed is the reader, not the process that confines it.
INSIDE = dict(os.environ, MYOTWITCH_READER="inside")


def environment_of(name):
    """HDF5 keeps lists of free blocks, which are no leaks, and asks for what a file says, which the reader's
    process does not get (io/signal/sandbox.h)."""
    leaks = 0 if name in FOREIGN else 1
    return dict(INSIDE, ASAN_OPTIONS="max_allocation_size_mb=384:allocator_may_return_null=1:"
                f"detect_leaks={leaks}:handle_abort=1")


def is_foreign(program, name, path):
    """Whether this input breaks the library: the first frame behind the sanitizer's own is the library's. Or it breaks
    nothing by itself: an input before it broke the library's state, which no file inherits from another, as each is
    read by a process of its own."""
    done = subprocess.run([program, "-timeout=30", path], capture_output=True, text=True, errors="replace",
                          env=environment_of(name), check=False)
    if done.returncode == 0:
        return True
    stack = re.findall(r"^ *#\d+ 0x\w+ (.*)$", done.stderr, re.MULTILINE)
    own = [frame for frame in stack if not RUNTIME.match(frame)]
    return bool(own) and re.match(FOREIGN[name], own[0]) is not None


def findings_sort(build, program, name):
    """Inputs of the library's own defects are put aside; how many others there are."""
    aside = os.path.join(build, "foreign", name)
    os.makedirs(aside, exist_ok=True)
    left = 0
    for path in glob.glob(os.path.join(build, "findings", name + "-*")):
        if os.path.basename(path).startswith(name + "-slow-unit") or path.endswith(".log"):
            continue
        # Where the time runs out is chance: the library's loops are asked again.
        if any(is_foreign(program, name, path) for _ in range(3)):
            os.rename(path, os.path.join(aside, os.path.basename(path)))
        else:
            left += 1
    return left


def target_run(build, name, seconds):
    """Runs it; (inputs tried, edges, whether there is a finding)."""
    learned = os.path.join(build, "corpus", name)
    findings = os.path.join(build, "findings", name + "-")
    os.makedirs(learned, exist_ok=True)
    os.makedirs(os.path.dirname(findings), exist_ok=True)
    program = os.path.join(build, "tests/fuzz/fuzz_" + name)
    command = [program, f"-max_total_time={seconds}", "-timeout=30", "-report_slow_units=60", "-rss_limit_mb=2048",
               "-malloc_limit_mb=" + ("8192" if name in FOREIGN else "512"), "-print_final_stats=1", "-max_len=16384",
               "-use_value_profile=1", f"-artifact_prefix={findings}", learned, os.path.join(HERE, "corpus", name)]
    if name in FOREIGN:
        command[1:1] = ["-fork=1", "-ignore_crashes=1", "-ignore_ooms=1", "-ignore_timeouts=1"]
    if name in TALKATIVE:
        command[1:1] = ["-close_fd_mask=2"]
    dictionary = os.path.join(HERE, "words", name)
    if os.path.exists(dictionary):
        command[1:1] = ["-dict=" + dictionary]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment_of(name),
                          check=False)
    with open(os.path.join(build, "findings", name + ".log"), "w", encoding="utf-8") as log:
        log.write(done.stderr)
    runs = re.findall(r"number_of_executed_units: (\d+)|^#(\d+): cov", done.stderr, re.MULTILINE)
    edges = re.findall(r"cov: (\d+)", done.stderr)
    found = findings_sort(build, program, name) > 0 if name in FOREIGN else \
        done.returncode not in (0, -signal.SIGUSR1)  # asked to end before it listened
    return int(max(runs[-1])) if runs else 0, int(edges[-1]) if edges else 0, found


def children_s():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def digests():
    """Of each target: its driver and the files that targets.tsv gives it, with their headers."""
    with open(os.path.join(HERE, "CMakeLists.txt"), encoding="ascii") as file:
        parts = {name: ["tests/fuzz/fuzz.h", "tests/fuzz/files.c", "tests/fuzz/" + source]
                 for name, source in re.findall(r"^myo_fuzz\((\w+) (\w+\.c)", file.read(), re.MULTILINE)}
    for names, files in rows(os.path.join(HERE, "targets.tsv")):
        for name in names.split("+"):
            parts[name] += files.split()
    done = {}
    for name, files in parts.items():
        whole = hashlib.sha256()
        for path in sorted(set(files) | {path[:-1] + "h" for path in files if path.endswith(".c")}):
            if os.path.exists(os.path.join(ROOT, path)):
                with open(os.path.join(ROOT, path), "rb") as file:
                    whole.update(path.encode() + b"\0" + file.read())
        done[name] = whole.hexdigest()[:16]
    return done


def rows(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as file:
        return [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]


CODE = digests()


def slice_run(build, name, seconds):
    begin = children_s()
    runs, edges, found = target_run(build, name, seconds)
    took = children_s() - begin
    with open(os.path.join(build, "ledger.tsv"), "a", encoding="ascii") as file:
        file.write(f"{name}\t{CODE[name]}\t{took:.0f}\t{runs}\t{int(found)}\n")
    print(f"{name:<14} {took:>8.0f} {runs:>12} {edges:>8}  "
          f"{'FOUND, see findings/' + name + '-*' if found else 'none'}", flush=True)
    return not found


def account(build):
    """(processor seconds, inputs, findings) of each target so far, on the code as it is."""
    sums = {name: (0.0, 0, 0) for name in CODE}
    for name, code, took, runs, found in rows(KEPT) + rows(os.path.join(build, "ledger.tsv")):
        if CODE.get(name) == code:
            old = sums[name]
            sums[name] = (old[0] + float(took), old[1] + int(runs), old[2] + int(found))
    return sums


def account_enter(build):
    sums = account(build)
    with open(KEPT, "w", encoding="ascii") as file:
        file.write("# What each target was run for, on the code that the digest is of: run.py BUILD 0 --enter\n"
                   "# target\tdigest\tprocessor s\tinputs\tfindings\n")
        for name, (took, runs, found) in sorted(sums.items()):
            file.write(f"{name}\t{CODE[name]}\t{took:.0f}\t{runs}\t{found}\n")
    ledger = os.path.join(build, "ledger.tsv")
    if os.path.exists(ledger):
        os.remove(ledger)


def account_print(build, names):
    sums = account(build)
    print(f"{'target':<14} {'minutes':>8} {'inputs':>12} {'findings':>8}")
    for name in names:
        took, runs, found = sums[name]
        print(f"{name:<14} {took / 60.0:>8.1f} {runs:>12} {found:>8}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("seconds", type=int)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--enter", action="store_true")
    arguments = parser.parse_intermixed_args()
    build = arguments.build
    names = arguments.targets or sorted(os.listdir(os.path.join(HERE, "corpus")))
    if arguments.seconds == 0:
        account_print(build, names)
        if arguments.enter:
            account_enter(build)
        return 0
    print(f"{'target':<14} {'cpu s':>8} {'inputs':>12} {'edges':>8}  finding", flush=True)
    if arguments.minutes is None:
        return 0 if all([slice_run(build, name, arguments.seconds) for name in names]) else 1
    good = True
    while names:
        sums = account(build)
        names = [name for name in names if sums[name][0] < 60.0 * arguments.minutes]
        if names:
            least = min(names, key=lambda name: sums[name][0])
            if not slice_run(build, least, arguments.seconds):
                good = False
                names.remove(least)
    account_print(build, arguments.targets or sorted(os.listdir(os.path.join(HERE, "corpus"))))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
