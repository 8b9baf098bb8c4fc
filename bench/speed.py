#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast a whole analysis is, from file to event lines, and how much memory it takes.

usage: speed.py PROGRAM [--runs N]
Ten minutes, one channel, 2000 frames/s, 16 bit. Wall-clock time of the whole process, page cache
warm; the median of N runs. The figures belong to this machine and this moment.
"""
import argparse
import os
import statistics
import subprocess
import tempfile
import time

SECONDS = 600.0


def timed(command):
    """(wall seconds, CPU seconds, peak resident MB) of one run."""
    begin = time.monotonic()
    child = subprocess.Popen(command)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    if status != 0:
        raise SystemExit(f"{command}: status {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024.0


def main():
    parser = argparse.ArgumentParser(description="speed and memory of a whole analysis")
    parser.add_argument("program")
    parser.add_argument("--runs", type=int, default=11)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        wav, events = f"{directory}/r.wav", f"{directory}/r.jsonl"
        subprocess.run([chosen.program, "synth", "upper-trapezius", "--duration", str(SECONDS),
                        "--output", wav], check=True)
        command = [chosen.program, "analyze", "--quiet", "--force", "--events", events, wav]
        timed(command)
        runs = [timed(command) for _ in range(chosen.runs)]
    wall, cpu, memory = (statistics.median(column) for column in zip(*runs))
    print(f"{SECONDS:.0f} s of signal, median of {chosen.runs} runs")
    print(f"wall {wall * 1e3:.1f} ms, {SECONDS / wall:.0f} x real time")
    print(f"CPU  {cpu * 1e3:.1f} ms, {SECONDS / cpu:.0f} x real time")
    print(f"peak memory {memory:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
