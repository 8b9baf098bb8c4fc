#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One real recording (lspieser/myonset, GPL-3.0) in BDF, BrainVision and EDF: the same events wherever the same
samples are in the file.

Usage: one_recording.py PROGRAM; the recording is looked for in $MYOTWITCH_DATA, else in shared/data beside the
project. Exit status 77 where it is not.

Its EDF holds another signal than its BDF. What was done to it is shown here: the BDF, high-passed as the EDF's header
says and rounded to the EDF's step, is the EDF to one step. Made so by this test, it gives the EDF's events, all of
them, to the frame: that they are not the BDF's is in the samples, not in a reader."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np
from scipy import signal

SKIP = 77
PROGRAM = os.path.abspath(sys.argv.pop(1))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(os.environ.get("MYOTWITCH_DATA", os.path.join(ROOT, "../shared/data")), "emg/original/myonset")
RECORDS, SIGNALS, RATE_HZ = 58, 5, 2048  # both headers say so; the fifth signal holds the triggers
HEAD = 256 * (SIGNALS + 1)
STEP_BDF_UV = (262143 + 262144) / (8388607 + 8388608)
STEP_EDF_UV = (16383 + 16384) / (32767 + 32768)
HIGH_PASS_HZ = 0.16


def whole(name):
    with open(os.path.join(DATA, name), "rb") as file:
        return file.read()


def by_channel(records):
    """(channel, frame) of the four muscles from (record, signal, frame)."""
    return records.transpose(1, 0, 2).reshape(SIGNALS, -1)[:4]


def bdf_uv():
    raw = np.frombuffer(whole("example_data.bdf")[HEAD:], np.uint8).reshape(RECORDS, SIGNALS, RATE_HZ, 3)
    codes = raw[..., 0].astype(np.int32) | raw[..., 1].astype(np.int32) << 8 | raw[..., 2].astype(np.int32) << 16
    return by_channel(np.where(codes >= 1 << 23, codes - (1 << 24), codes)) * STEP_BDF_UV


def edf_records():
    return np.frombuffer(whole("example_data.edf")[HEAD:], "<i2").reshape(RECORDS, SIGNALS, RATE_HZ).copy()


def high_passed(samples):
    """One pole, by the bilinear transform, at rest before the first frame."""
    return signal.lfilter(*signal.butter(1, HIGH_PASS_HZ, "high", fs=RATE_HZ), samples - samples[:, :1], axis=1)


class OneRecording(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)

    def path(self, name):
        return os.path.join(self.scratch.name, name)

    def run_program(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def events(self, path):
        """Every event as a whole, but for sizes: they follow the step of the samples."""
        lines = [json.loads(line) for line in self.run_program("analyze", "-q", "-e", "-", path).splitlines()]
        return [(e["type"], e["onset_s"], e["offset_s"], e["channels"]) for e in lines
                if e.get("modality") == "emg"]

    def given(self, name):
        return self.events(os.path.join(DATA, name))

    def converted(self, path, name):
        self.run_program("convert", path, self.path(name))
        return self.events(self.path(name))

    def test_bdf_and_brainvision(self):
        events = self.given("example_data.bdf")
        self.assertEqual(len(events), 42)  # of detector 8; 43 of detector 7
        self.assertEqual(self.given("example_data.vhdr"), events)

    def test_formats_that_hold_the_samples(self):
        bdf = os.path.join(DATA, "example_data.bdf")
        events = self.events(bdf)
        for name in ("a.bdf", "a.wav", "a.xdf"):
            self.assertEqual(self.converted(bdf, name), events, name)

    def made_edf(self):
        """The EDF as its BDF gives it: header and triggers are its own."""
        records = edf_records()
        codes = np.rint(high_passed(bdf_uv()) / STEP_EDF_UV).astype("<i2")
        records[:, :4] = codes.reshape(4, RECORDS, RATE_HZ).transpose(1, 0, 2)
        with open(self.path("made.edf"), "wb") as file:
            file.write(whole("example_data.edf")[:HEAD] + records.tobytes())
        return self.path("made.edf")

    def test_edf_is_the_bdf_filtered_and_rounded(self):
        ours, theirs = high_passed(bdf_uv()) / STEP_EDF_UV, by_channel(edf_records())
        self.assertLessEqual(np.abs(np.rint(ours) - theirs).max(), 1)
        # Rounding alone leaves 1/sqrt(12) = 0.2887 of a step.
        self.assertLess(np.sqrt(np.mean((ours - theirs) ** 2)), 0.290)

    def test_edf_gives_what_its_samples_hold(self):
        made = self.made_edf()
        events = self.given("example_data.edf")
        self.assertEqual(self.events(made), events)
        self.assertEqual(self.converted(made, "again.edf"), events)
        self.assertEqual(self.converted(made, "again.bdf"), events)


if __name__ == "__main__":
    if not os.path.exists(os.path.join(DATA, "example_data.bdf")):
        print("skipped: no recording in", DATA)
        sys.exit(SKIP)
    unittest.main()
