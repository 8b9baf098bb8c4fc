#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many instructions the engine takes for a channel-sample: a measure of speed without noise.

usage: instructions.py BENCH_CHAIN BASELINE [--record]
Counts under callgrind what happens within myo_pipeline_process, on the AVX2 path (valgrind knows no
AVX-512), and compares with BASELINE, a table of channels, rate, seconds and instructions. Fails where
a count is more than 3 % above; says so where it is as much below. --record writes the table anew.
The counts belong to one compiler and its options: those of the release build with gcc 12. Status 77
where the processor has no AVX2.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

TOLERANCE = 0.03
HEAD = "channels\trate_hz\tseconds\tinstructions_per_sample\n"


def count(program, channels, rate_hz, seconds):
    """Instructions for one channel-sample, the arming of the detectors included."""
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--toggle-collect=myo_pipeline_process",
             f"--callgrind-out-file={directory}/out", program, channels, rate_hz, seconds, "avx2"],
            capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or found is None:
        raise SystemExit(done.stderr)
    return int(found[1]) / (float(channels) * float(rate_hz) * float(seconds))


def rows(path):
    lines = path.read_text().splitlines()[1:]
    return [line.split("\t") for line in lines]


def main():
    parser = argparse.ArgumentParser(description="instructions for a channel-sample")
    parser.add_argument("program")
    parser.add_argument("baseline", type=pathlib.Path)
    parser.add_argument("--record", action="store_true")
    chosen = parser.parse_args()
    if "avx2" not in pathlib.Path("/proc/cpuinfo").read_text():
        return 77
    worse = False
    recorded = HEAD
    print("channels  rate Hz  instructions a channel-sample: now, recorded")
    for channels, rate_hz, seconds, known in rows(chosen.baseline):
        now = count(chosen.program, channels, rate_hz, seconds)
        change = now / float(known) - 1.0
        verdict = "WORSE" if change > TOLERANCE else "better: record it" \
            if change < -TOLERANCE else "same"
        worse = worse or change > TOLERANCE
        recorded += f"{channels}\t{rate_hz}\t{seconds}\t{now:.1f}\n"
        print(f"{channels:>8} {rate_hz:>8}  {now:8.1f} {float(known):8.1f}  {100 * change:+.1f} %  "
              f"{verdict}")
    if chosen.record:
        chosen.baseline.write_text(recorded)
        return 0
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
