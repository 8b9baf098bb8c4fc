#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recording of 100 GB: constant memory, and events at its end to the frame.

256 channels of floats in a sparse RF64 file, silent but for the last minute, in which one channel has
noise and bursts. The same minute behind less silence must give the same events, so many frames
earlier, and take no less memory.

Usage: hundred_gigabytes.py PROGRAM [GIGABYTES]"""
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time

import numpy as np

from recording import noise_with_bursts

RATE, CHANNELS, SECONDS = 2000, 256, 60
BURSTS = (25.0, 31.5, 40.25, 52.125)


def recording_make(path, gigabytes):
    """Returns the frame at which the minute begins."""
    frame_bytes = 4 * CHANNELS
    silent = int(gigabytes * 1e9) // frame_bytes // RATE * RATE  # whole seconds: the same hops
    tail = noise_with_bursts(SECONDS, 1, BURSTS)[:, 0]
    frames = silent + len(tail)
    data = frames * frame_bytes
    ds64 = struct.pack("<4sIQQQI", b"ds64", 28, data + 72, data, frames, 0)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, CHANNELS, RATE, RATE * frame_bytes, frame_bytes, 32)
    head = b"RF64\xff\xff\xff\xffWAVE" + ds64 + form + b"data\xff\xff\xff\xff"
    with open(path, "wb") as out:
        out.write(head)
        out.truncate(len(head) + silent * frame_bytes)
        out.seek(len(head) + silent * frame_bytes)
        for second in tail.reshape(SECONDS, RATE):  # little memory: the program inherits its measure
            block = np.zeros((RATE, CHANNELS), "<f4")
            block[:, 7] = second
            out.write(block.tobytes())
    return silent


def analyze(program, path):
    """Events, seconds, and the most memory in MB that any process of the run held."""
    began = time.monotonic()
    done = subprocess.run([program, "analyze", "-q", "-c", "7", "--events", "-", path],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    events = [line for line in lines if line["schema"] == "myotwitch.event/1"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return events, lines[-1], time.monotonic() - began, peak


def main():
    program = os.path.abspath(sys.argv[1])
    gigabytes = float(sys.argv[2]) if len(sys.argv) > 2 else 100.0
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for size in (0.5, gigabytes):
            path = os.path.join(folder, f"{size:g}.wav")
            start = recording_make(path, size)
            events, summary, seconds, peak = analyze(program, path)
            late = [(e["type"], e["onset_frame"] - start, e["channels"], e["confidence"],
                     round(e["onset_s"] - start / RATE, 6)) for e in events
                    if e["onset_frame"] >= start + 20 * RATE]
            found[size] = (late, peak)
            print(f"{os.path.getsize(path) / 1e9:.2f} GB, {summary['frames']} frames of {CHANNELS} "
                  f"channels in {seconds:.1f} s ({os.path.getsize(path) / 1e6 / seconds:.0f} MB/s), "
                  f"peak {peak:.1f} MB, {len(late)} events in the last 40 s: "
                  f"{[e[1] for e in late]}")
            assert summary["frames"] == start + SECONDS * RATE
            os.unlink(path)
        (few, before), (many, after) = found[0.5], found[gigabytes]
        assert len(few) >= len(BURSTS) and few == many, (few, many)
        assert after < before + 4.0, (before, after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
