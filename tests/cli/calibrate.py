#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Full scale from known signals in recordings, and a live session that uses it.

usage: calibrate.py PROGRAM"""
import os
import sys
import unittest

import h5py
import numpy as np

from recording import InFolder, RATE, noise_with_bursts, wav_bytes

TIME = np.arange(6 * RATE) / RATE
SINE = 0.025 * np.sin(2 * np.pi * 20 * TIME)  # 200 uV peak to peak of 4000 uV full scale


class Calibrate(InFolder):
    def save(self, name, *channels):
        self.write(name, wav_bytes(np.stack(channels, 1)))

    def number(self, text):
        line = [line for line in text.splitlines() if line.startswith("full scale is ")][-1]
        return float(line.split()[3])

    def test_sine_and_step(self):
        self.save("sine.wav", SINE, SINE)
        done = self.run_program("calibrate", "sine.wav", "--sine", "200", "--out", "a.cal")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertAlmostEqual(self.number(done.stdout), 4000, delta=20)
        self.save("step.wav", np.where(TIME % 0.5 < 0.25, 0.0, 0.05))
        done = self.run_program("calibrate", "step.wav", "--step", "200")
        self.assertAlmostEqual(self.number(done.stdout), 4000, delta=40)
        again = self.run_program("calibrate", "sine.wav", "--sine", "200", "--out", "a.cal")
        self.assertEqual(again.returncode, 1)
        self.assertIn("a.cal", again.stderr)

    def test_refusals(self):
        self.save("other.wav", SINE, 0.8 * SINE)
        done = self.run_program("calibrate", "other.wav", "--sine", "200", "--out", "b.cal")
        self.assertEqual(done.returncode, 3)
        self.assertIn("differ by 25 %", done.stderr)
        self.assertFalse(os.path.exists(self.path("b.cal")))
        one = self.run_program("calibrate", "other.wav", "--sine", "200", "--channels", "1")
        self.assertAlmostEqual(self.number(one.stdout), 5000, delta=25)
        self.save("noise.wav", np.random.default_rng(1).normal(0, 0.02, len(TIME)))
        done = self.run_program("calibrate", "noise.wav", "--sine", "200")
        self.assertEqual(done.returncode, 3)
        self.assertIn("channel 0", done.stderr)
        for wrong in (["noise.wav"], ["noise.wav", "--sine", "1", "--step", "1"],
                      ["noise.wav", "--sine", "1", "--device", "x"]):
            self.assertEqual(self.run_program("calibrate", *wrong).returncode, 2)

    def test_live_takes_it_over(self):
        self.save("sine.wav", SINE)
        self.run_program("calibrate", "sine.wav", "--sine", "200", "--out", "a.cal")
        self.write("s.wav", wav_bytes(noise_with_bursts(seconds=4, bursts=(2.5,))))
        done = self.run_program("live", "--replay", "s.wav", "--speed", "max", "--calibration",
                                "a.cal", "--record", "s.nwb", "-q")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(self.path("s.nwb"), "r") as file:
            volts = file["acquisition/emg/data"].attrs["conversion"]
            self.assertAlmostEqual(volts, 4e-3, delta=2e-5)
            self.assertIn("by a sine of 200 uV", file["general/myotwitch"].attrs["calibration"])
            self.assertEqual(file["general/myotwitch/state"][()], b"complete")
        done = self.run_program("live", "--replay", "s.wav", "--calibration", "s.wav")
        self.assertEqual(done.returncode, 3)
        done = self.run_program("live", "--replay", "s.wav", "--calibration", "a.cal", "-s", "9")
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    Calibrate.program = os.path.abspath(sys.argv[1])
    unittest.main(argv=sys.argv[:1])
