# SPDX-License-Identifier: GPL-3.0-or-later
"""Small recordings for the black-box tests, and a way to run the program on them."""
import os
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy as np

RATE = 2000


def noise_with_bursts(seconds=12, channels=2, bursts=(5.0, 8.0), seed=1):
    """Noise of 1 % of full scale with a 50 ms burst of 30 % at each time, as float frames."""
    random = np.random.default_rng(seed)
    samples = random.normal(0, 0.01, (int(seconds * RATE), channels))
    for burst in bursts:
        start = int(burst * RATE)
        samples[start:start + 100, 0] += random.normal(0, 0.15, 100) * np.hanning(100) ** 0.3
    return samples


def wav_bytes(samples, rate=RATE, floating=False, channels=None):
    """A whole WAV file: 16 bit PCM or 32 bit floating point."""
    data = (samples.astype("<f4") if floating
            else np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2")).tobytes()
    width = 4 if floating else 2
    channels = samples.shape[1] if channels is None else channels
    head = struct.pack("<HHIIHH", 3 if floating else 1, channels, rate,
                       rate * channels * width & 0xFFFFFFFF, channels * width, 8 * width)
    body = b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


# Linux counts the memory of the process that forked as the child's own, so a small one has to.
MEASURE = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def peak_kb(program, *arguments, folder="."):
    """Runs the program, which must succeed; the most memory that it or a process of its own needed, in kB."""
    done = subprocess.run([sys.executable, "-IS", "-c", MEASURE, program, *arguments], cwd=folder, capture_output=True,
                          text=True, check=True)
    return int(done.stderr.split()[-1])


class InFolder(unittest.TestCase):
    """Each test in an empty folder of its own; self.run_program(...) runs PROGRAM there."""
    program = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = holder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as out:
            out.write(content)
        return name

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def files(self, folder="."):
        """Names in a folder, hidden temporary files too; [] if it is not there."""
        where = self.path(folder)
        return sorted(os.listdir(where)) if os.path.isdir(where) else []

    def run_program(self, *arguments, **more):
        return subprocess.run([self.program, *arguments], cwd=self.folder, capture_output=True,
                              text=True, timeout=120, check=False, **more)
