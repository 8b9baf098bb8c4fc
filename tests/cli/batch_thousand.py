#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch of a thousand recordings, twenty of them broken, each in a way of its own: 980 are done, 20 told
by reason; a batch that is killed and started again redoes nothing and gives the same bytes.

Usage: batch_thousand.py PROGRAM [RECORDINGS]"""
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

import numpy as np
import scipy.io

from batch_tree import put, rows, tables
from recording import noise_with_bursts, wav_bytes

SECONDS = 6


def edf_bytes(records=1, width=2, samples=2000, signals="1"):
    fields = ["0".ljust(8), "X X X X".ljust(80), "Startdate X X X X".ljust(80), "01.01.85", "00.00.00",
              "512".ljust(8), "".ljust(44), str(records).ljust(8), "1".ljust(8),
              signals.ljust(4), "EMG".ljust(16), "".ljust(80), "uV".ljust(8), "-1000".ljust(8),
              "1000".ljust(8), "-32768".ljust(8), "32767".ljust(8), "".ljust(80),
              str(samples).ljust(8), "".ljust(32)]
    return "".join(fields).encode() + bytes(width * samples)


def broken(good):
    """(name, bytes, files beside it): twenty ways in which a recording can be useless."""
    short = bytearray(good)
    zero_channels, slow, codec = bytearray(good), bytearray(good), bytearray(good)
    zero_channels[22:24] = b"\0\0"
    slow[24:28] = struct.pack("<I", 10)
    codec[20:22] = struct.pack("<H", 17)
    header = "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\n"
    mat = tempfile.NamedTemporaryFile(suffix=".mat")
    scipy.io.savemat(mat.name, {"a": np.zeros((300, 2)), "b": np.zeros((300, 2))})
    with open(mat.name, "rb") as file:
        two = file.read()
    yield "empty.wav", b"", {}
    yield "text.wav", b"this is no recording\n", {}
    yield "cut-header.wav", good[:30], {}
    yield "no-data.wav", good[:44], {}
    yield "zero-channels.wav", bytes(zero_channels), {}
    yield "slow.wav", bytes(slow), {}
    yield "codec.wav", bytes(codec), {}
    yield "cut.wav", bytes(short[:len(short) // 2]), {}
    yield "not-numbers.wav", wav_bytes(np.full((4000, 1), np.nan), floating=True), {}
    yield "header.edf", edf_bytes(signals="none"), {}
    yield "cut.edf", edf_bytes(records=9), {}
    yield "short.bdf", b"\xffBIOSEMI" + b" " * 50, {}
    yield "none.h5", b"\x89HDF\r\n\x1a\n" + b"\0" * 100, {}
    yield "two.mat", two, {}
    yield "cut.mat", two[:1000], {}
    yield "keys.xdf", b"XDF:", {}
    yield "gone.vhdr", (header + "DataFile=gone.eeg\nNumberOfChannels=1\nSamplingInterval=500\n"
                        "[Binary Infos]\nBinaryFormat=INT_16\n").encode(), {}
    yield "gone.hea", b"gone 1 2000 4000\ngone.dat 16 200 16 0 0 0 0 EMG\n", {}
    yield "sum.hea", b"sum 1 2000 4000\nsum.dat 16 200 16 0 0 77 0 EMG\n", {"sum.dat": bytes(8000)}
    yield "structure.oebin", b"{\"continuous\": [", {}


def tree_make(tree, count):
    ways = list(broken(wav_bytes(noise_with_bursts(SECONDS, 1, (3.0,)))))
    assert len(ways) == 20
    for k, (name, data, beside) in enumerate(ways):
        folder = f"sub-{k:02}/broken"
        put(tree, f"{folder}/{name}", data)
        for other, bytes_ in beside.items():
            put(tree, f"{folder}/{other}", bytes_)
    for k in range(count - len(ways)):
        put(tree, f"sub-{k % 50:02}/needling-{k:04}.wav",
            wav_bytes(noise_with_bursts(SECONDS, 1, (3.0 + 0.001 * k,), seed=k)))


def batch(program, tree, out):
    return subprocess.run([program, "batch", "-q", "--jobs", "2", "--out", out, tree],
                          capture_output=True, text=True, check=False)


def done_before(out):
    """Entries that are there, with the times of their files."""
    found = {}
    for folder, _, names in os.walk(os.path.join(out, "recordings")):
        if "stamp" in names:
            found[folder] = os.stat(os.path.join(folder, "stamp")).st_mtime_ns
    return found


def killed(program, tree, out, share, count):
    """Kills the batch when @p share of the recordings is done; returns what was done."""
    command = [program, "batch", "-q", "--jobs", "2", "--out", out, tree]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          start_new_session=True) as running:
        while len(done_before(out)) < share * count and running.poll() is None:
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGKILL)
    return done_before(out)


def main():
    program = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    folder = tempfile.mkdtemp()
    try:
        tree, once, twice = (os.path.join(folder, name) for name in ("tree", "once", "twice"))
        tree_make(tree, count)
        began = time.monotonic()
        done = batch(program, tree, once)
        print(f"{count} recordings in {time.monotonic() - began:.1f} s: {done.stdout.strip()}")
        assert done.returncode == 3, done.stderr
        listed, failures = rows(tables(once)["recordings.tsv"]), rows(tables(once)["failures.tsv"])
        states = [row["status"] for row in listed]
        print({state: states.count(state) for state in sorted(set(states))})
        assert states.count("done") == count - 20 and len(failures) == 20, failures
        for row in failures:
            print(f"  {os.path.basename(row['recording']):18} {row['reason']}")
        assert len({row["reason"] for row in failures}) >= 18
        first = killed(program, tree, twice, 0.4, count)
        print(f"killed with {len(first)} done")
        assert 0 < len(first) < count
        again = batch(program, tree, twice)
        after = done_before(twice)
        redone = [name for name, when in first.items() if after.get(name) != when]
        print(f"started again: {again.stdout.strip()}; {len(redone)} redone")
        assert not redone
        same = {name: data == tables(once)[name] for name, data in tables(twice).items()}
        print("byte-equal:", same)
        assert same and all(same.values())
        third = batch(program, tree, twice)
        print("a third time:", re.sub(r"\s+", " ", third.stdout.strip()))
        assert done_before(twice) == after
        print(json.dumps({"recordings": count, "done": states.count("done"),
                          "failed": len(failures)}))
        return 0
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
