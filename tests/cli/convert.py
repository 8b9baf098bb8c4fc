#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`myotwitch convert` from outside: what it writes, read again by us and by MNE, is the same to a step.

Usage: convert.py PROGRAM"""
import subprocess
import os
import sys
import unittest

import numpy as np

from recording import InFolder, noise_with_bursts, wav_bytes

try:
    import mne
except ImportError:
    mne = None


class Convert(InFolder):
    def setUp(self):
        super().setUp()
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)
        self.samples = noise_with_bursts(seconds=4, bursts=(1.0, 2.5)).astype("<f4")
        with open("a.wav", "wb") as out:
            out.write(wav_bytes(self.samples, floating=True))
        with open("a-events.txt", "w", encoding="ascii") as out:
            out.write("needle in@@EMG 1,\t1.2345\nout & <away>,\t3.0005\n")

    def convert(self, *arguments):
        return subprocess.run([self.program, "convert", *arguments], capture_output=True, text=True,
                              check=False)

    def marks(self, path):
        lines = subprocess.run([self.program, "info", "-m", path], capture_output=True, text=True,
                               check=True).stdout.splitlines()
        start = [i for i, line in enumerate(lines) if line.startswith("  marks")][0]
        return lines[start:]

    def test_marks_come_back(self):
        for name in ("a.edf", "a.bdf"):
            result = self.convert("a.wav", name, "--full-scale-uv", "5000")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertEqual(self.marks(name), self.marks("a.wav"))
            self.assertEqual(len(self.marks(name)), 3)

    def test_an_existing_output_stays(self):
        with open("a.bdf", "w", encoding="ascii") as out:
            out.write("mine")
        self.assertEqual(self.convert("a.wav", "a.bdf").returncode, 1)
        with open("a.bdf", encoding="ascii") as file:
            self.assertEqual(file.read(), "mine")

    def test_unknown_ending_is_a_usage_error(self):
        result = self.convert("a.wav", "a.mp3")
        self.assertEqual(result.returncode, 2)
        self.assertFalse(os.path.exists("a.mp3"))

    def test_labels(self):
        self.assertEqual(self.convert("a.wav", "a.txt").returncode, 0)
        with open("a.txt", encoding="utf-8") as file:
            self.assertEqual(file.read(), "1.2345000\t1.2345000\tneedle in@@EMG 1\n"
                                          "3.0005000\t3.0005000\tout & <away>\n")
        self.assertEqual(self.convert("a.wav", "a.xml").returncode, 0)
        with open("a.xml", encoding="utf-8") as file:
            self.assertIn("<annotation><onset>3.0005000</onset><duration/>"
                          "<description>out &amp; &lt;away&gt;</description>", file.read())

    def check_samples(self, got, name):
        step = {"a.edf": 0.05, "a.bdf": 0.0002}[name]  # peaks of 640 to 1600 uV
        np.testing.assert_allclose(got, 5000.0 * self.samples.T, atol=0.51 * step)

    @unittest.skipIf(mne is None, "python3-mne is not here")
    def test_another_reader_agrees(self):
        for name, read in (("a.edf", mne.io.read_raw_edf), ("a.bdf", mne.io.read_raw_bdf)):
            self.convert("a.wav", name, "--full-scale-uv", "5000")
            raw = read(name, verbose="error")
            self.assertEqual(raw.info["sfreq"], 2000)
            self.check_samples(raw.get_data() * 1e6, name)
            np.testing.assert_allclose(raw.annotations.onset, [1.2345, 3.0005], atol=1e-6)
            self.assertEqual(list(raw.annotations.description)[1], "out & <away>")

    def test_a_padded_record_is_told(self):
        with open("b.wav", "wb") as out:
            out.write(wav_bytes(self.samples[:3000], floating=True))
        result = self.convert("b.wav", "b.bdf")
        self.assertEqual(result.returncode, 0)
        self.assertIn("1000 frames of 0 fill the last record", result.stderr)


if __name__ == "__main__":
    Convert.program = InFolder.program = os.path.abspath(sys.argv.pop(1))
    unittest.main()
