#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory of `myotwitch analyze` does not grow with the recording and stays within 16 MB at 64
channels (17 MB while a session file is written or read: HDF5's own code and caches are 4 MB).
Usage: memory.py PROGRAM"""
import os
import struct
import sys
import unittest

import numpy as np

from recording import InFolder, peak_kb, wav_bytes

InFolder.program = os.path.abspath(sys.argv.pop(1))
CHANNELS = 64
LIMIT_KB = 16 * 1024
LIMIT_HDF5_KB = 17 * 1024
MEGABYTE = 1 << 20


class Memory(InFolder):
    def recording(self, name, megabytes):
        """64 channels of 16 bit noise in W64, which has no 4 GB limit; 2 MB of it repeated."""
        piece = np.random.default_rng(1).normal(0, 300, (MEGABYTE // CHANNELS, CHANNELS))
        piece = np.clip(np.rint(piece), -32768, 32767).astype("<i2").tobytes()
        size = megabytes // 2 * len(piece)
        guid = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
        riff = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
        form = wav_bytes(np.zeros((1, CHANNELS)))[20:36]
        head = (riff + struct.pack("<Q", 40 + 40 + 24 + size) + b"wave" + guid +
                b"fmt " + guid + struct.pack("<Q", 40) + form +
                b"data" + guid + struct.pack("<Q", 24 + size))
        with open(self.path(name), "wb") as out:
            out.write(head)
            for _ in range(megabytes // 2):
                out.write(piece)

    def peak_kb(self, *arguments):
        return peak_kb(self.program, "analyze", *arguments, folder=self.folder)

    def test_events_only(self):
        self.recording("short.w64", 10)
        self.recording("long.w64", 1000)
        short = self.peak_kb("-e", "short.jsonl", "short.w64")
        long = self.peak_kb("-e", "long.jsonl", "long.w64")
        print(f"peak memory: 10 MB {short} kB, 1000 MB {long} kB")
        self.assertLess(long, short + 512)
        self.assertLessEqual(long, LIMIT_KB)

    def test_session_file_too(self):
        self.recording("short.w64", 10)
        self.recording("long.w64", 100)
        short = self.peak_kb("--out", "out", "short.w64")
        long = self.peak_kb("--out", "out", "long.w64")
        print(f"peak memory with a session file: 10 MB {short} kB, 100 MB {long} kB")
        self.assertLess(long, short + 512)
        self.assertLessEqual(long, LIMIT_HDF5_KB)

    def test_session_file_read(self):
        self.recording("a.w64", 100)
        self.peak_kb("--out", "out", "-f", "nwb", "a.w64")
        read = self.peak_kb("-q", "out/a.nwb")
        print(f"peak memory reading a session file: {read} kB")
        self.assertLessEqual(read, LIMIT_HDF5_KB)


if __name__ == "__main__":
    unittest.main()
