# SPDX-License-Identifier: GPL-3.0-or-later
"""Eight hours of 64 channels at 2 kHz, replayed as fast as it goes: memory stays flat, and events stand at
the same frame of every minute of a recording that repeats itself.

usage: long.py PROGRAM HELPERS [HOURS]"""
import json
import os
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

import live
import numpy as np

PROGRAM = sys.argv[1]
HOURS = float(sys.argv[3]) if len(sys.argv) > 3 else 8.0
CHANNELS, RATE = 64, 2000
MINUTE = 60 * RATE
FOLDER = live.folder()


def minute():
    """Noise with six bursts, each on another channel; 16 bit."""
    rng = np.random.default_rng(1)
    samples = rng.standard_normal((MINUTE, CHANNELS)) * 60
    window = np.hanning(RATE * 60 // 1000)
    for k in range(6):
        at = (5 + 9 * k) * RATE
        samples[at:at + len(window), 7 * k] += rng.standard_normal(len(window)) * window * 3000
    return np.clip(samples, -32000, 32000).astype("<i2").tobytes()


def write(path, minutes):
    """RF64 (EBU Tech 3306): a WAV of more than 4 GB."""
    piece = minute()
    size = minutes * len(piece)
    with open(path, "wb") as file:
        file.write(b"RF64\xff\xff\xff\xffWAVEds64" +
                   struct.pack("<IQQQI", 28, size + 72, size, minutes * MINUTE, 0))
        file.write(b"fmt " + struct.pack("<IHHIIHH", 16, 1, CHANNELS, RATE, RATE * CHANNELS * 2,
                                         CHANNELS * 2, 16) + b"data\xff\xff\xff\xff")
        for _ in range(minutes):
            file.write(piece)


def replay(minutes):
    """Events, and the most memory that any process so far has needed, KiB."""
    path, lines = os.path.join(FOLDER, "long.wav"), os.path.join(FOLDER, "long.jsonl")
    write(path, minutes)
    subprocess.run([PROGRAM, "live", "-q", "--replay", path, "--speed", "max", "--force", "--events",
                    lines], check=True, stderr=subprocess.DEVNULL)
    os.unlink(path)
    with open(lines, encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    assert abs(found[-1]["duration_s"] - 60 * minutes) < 1e-6
    return ([e["onset_frame"] for e in found if e["schema"] == "myotwitch.event/1"],
            resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def main():
    minutes = round(60 * HOURS)
    needed = minutes * MINUTE * CHANNELS * 2 * 1.2
    if shutil.disk_usage(tempfile.gettempdir()).free < needed:
        print("needs more room in the temporary folder")
        sys.exit(77)
    _, before = replay(10)
    onsets, after = replay(minutes)
    by_minute = [[at % MINUTE for at in onsets if at // MINUTE == m] for m in range(minutes)]
    assert len(by_minute[1]) == 6, by_minute[1]
    assert all(found == by_minute[1] for found in by_minute[1:]), "events moved"
    print(f"{len(onsets)} events; {before} KiB after ten minutes, {after} KiB after {HOURS:g} hours")
    assert after < before + 4096


if __name__ == "__main__":
    try:
        main()
    finally:
        live.clean(FOLDER)
