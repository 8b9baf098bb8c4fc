#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of `myotwitch synth`: files, refusals, and levels against SciPy's filters.

Usage: synth.py PROGRAM
"""
import hashlib
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import numpy
from scipy.signal import butter, sosfilt

PROGRAM = os.path.abspath(sys.argv.pop(1))

# sha256 of the whole WAV file of `synth clean --duration 2`: header, comment and samples, as
# libsndfile 1.2.0 wrote it on x86-64 when the test was made.
CLEAN_2S_PCM16 = "23f84c01d73b5ac610d0fbbcce10174d872a892ee707172920328e8a043d3cc5"
CLEAN_2S_FLOAT = "1be1acf3db3281760faa604ea6faffb927d6770ebaf2880e89227d3bdab92d83"


def chunks(path):
    """The chunks of a RIFF file."""
    with open(path, "rb") as file:
        data = file.read()
    found, at = {}, 12
    while at + 8 <= len(data):
        name, size = data[at:at + 4], struct.unpack("<I", data[at + 4:at + 8])[0]
        found[name] = data[at + 8:at + 8 + size]
        at += 8 + size + size % 2
    return found


class Synth(unittest.TestCase):
    def setUp(self):
        self.holder = tempfile.TemporaryDirectory()
        self.dir = self.holder.name

    def tearDown(self):
        self.holder.cleanup()

    def path(self, name):
        return os.path.join(self.dir, name)

    def run_synth(self, *arguments, status=0):
        done = subprocess.run([PROGRAM, "synth", *arguments], capture_output=True, text=True,
                              cwd=self.dir, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def make(self, scenario, *arguments):
        """Samples in uV as frames x channels, and the labels."""
        self.run_synth(scenario, "--format", "float", "--force", "--output", "x.wav", *arguments)
        with open(self.path("x-truth.json"), encoding="utf-8") as file:
            truth = json.load(file)
        data = chunks(self.path("x.wav"))[b"data"]
        samples = numpy.frombuffer(data, "<f4").astype(float) * truth["full_scale_uv"]
        return samples.reshape(-1, truth["channels"]), truth

    def digest(self, name):
        with open(self.path(name), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def test_names_and_labels(self):
        self.run_synth("clean", "--seed", "7", "--count", "2", "--out", "d")
        self.assertEqual(sorted(os.listdir(self.path("d"))),
                         ["clean-a-7-truth.json", "clean-a-7.wav",
                          "clean-a-8-truth.json", "clean-a-8.wav"])
        with open(self.path("d/clean-a-8-truth.json"), encoding="utf-8") as file:
            truth = json.load(file)
        self.assertEqual(truth["schema"], "myotwitch.truth/1")
        self.assertEqual((truth["scenario"], truth["generator"], truth["seed"]), ("clean", "a", 8))
        self.assertEqual((truth["rate_hz"], truth["channels"], truth["duration_s"]), (2000, 1, 60))
        self.assertEqual(truth["recording"], "clean-a-8.wav")
        self.assertGreater(len(truth["events"]), 3)
        for event in truth["events"]:
            self.assertEqual(event["type"], "ltr")
            self.assertAlmostEqual(event["onset_s"], event["onset_frame"] / 2000, places=6)
            self.assertTrue(17.99 <= event["snr_db"] <= 30.01)

    def test_whole_file_is_pinned(self):
        self.run_synth("clean", "--duration", "2", "--output", "p.wav")
        self.assertEqual(self.digest("p.wav"), CLEAN_2S_PCM16)
        self.run_synth("clean", "--duration", "2", "--format", "float", "--output", "f.wav")
        self.assertEqual(self.digest("f.wav"), CLEAN_2S_FLOAT)

    def test_encodings_agree(self):
        codes = {}
        for name, size in (("pcm16", 2), ("pcm24", 3), ("float", 4)):
            self.run_synth("clean", "--duration", "3", "--format", name, "--output", name + ".wav",
                           "--full-scale-uv", "1000")
            raw = chunks(self.path(name + ".wav"))[b"data"]
            self.assertEqual(len(raw), 6000 * size)
            if name == "float":
                codes[name] = numpy.frombuffer(raw, "<f4").astype(float)
            else:
                wide = numpy.zeros((6000, 4), numpy.uint8)
                wide[:, 4 - size:] = numpy.frombuffer(raw, numpy.uint8).reshape(-1, size)
                codes[name] = wide.view("<i4")[:, 0] / 2.0 ** 31
        # half a step of each encoding
        self.assertLessEqual(abs(codes["pcm16"] - codes["float"]).max(), 2.0 ** -16 * 1.001)
        self.assertLessEqual(abs(codes["pcm24"] - codes["float"]).max(), 2.0 ** -24 * 1.01)

    def test_comment_holds_the_full_scale(self):
        self.run_synth("rest", "--duration", "1", "--full-scale-uv", "2345.5", "--output", "r.wav")
        self.assertIn(b"full_scale_uv=2345.5\0", chunks(self.path("r.wav"))[b"LIST"])

    def test_levels_against_scipy(self):
        for scenario in ("clean", "fasciculation"):
            with_events, truth = self.make(scenario, "--snr", "20", "--full-scale-uv", "20000")
            floor, _ = self.make(scenario, "--snr", "-100", "--full-scale-uv", "20000")
            sos = numpy.vstack([butter(4, 20, "high", fs=2000, output="sos"),
                                butter(4, 450, "low", fs=2000, output="sos")])
            noise = sosfilt(sos, floor[:, 0])[4000:].std()
            # 60 s of 430 Hz bandwidth: RMS known to 1/sqrt(2 * 2 * 430 * 60) = 0.3 %; 5 sigma
            self.assertAlmostEqual(noise / truth["noise_uv"][0], 1.0, delta=0.016)
            events = sosfilt(sos, (with_events - floor)[:, 0])
            for event in truth["events"]:
                part = events[event["onset_frame"] - 10:event["offset_frame"] + 80]
                peak = abs(part).max()
                # the converter's step may shift a peak by 1 uV at most
                self.assertAlmostEqual(peak, event["peak_uv"], delta=1.0)
                self.assertAlmostEqual(20 * numpy.log10(peak / noise), 20.0, delta=0.3)
                before = abs((with_events - floor)[event["onset_frame"] - 40:
                                                   event["onset_frame"] - 2, 0]).max()
                self.assertLess(before, 0.12 * peak)

    def test_existing_files_stay(self):
        self.run_synth("rest", "--duration", "1")
        first = self.digest("rest-a-1.wav")
        done = self.run_synth("rest", "--duration", "2", status=1)
        self.assertIn("rest-a-1", done.stderr)
        self.assertEqual(self.digest("rest-a-1.wav"), first)
        self.run_synth("rest", "--duration", "2", "--force")
        self.assertNotEqual(self.digest("rest-a-1.wav"), first)
        self.assertEqual(len(os.listdir(self.dir)), 2)

    def test_nothing_is_left_behind_where_it_cannot_write(self):
        done = self.run_synth("rest", "--output", "missing/r.wav", status=1)
        self.assertIn("missing/r", done.stderr)
        self.assertEqual(os.listdir(self.dir), [])

    def test_nothing_is_left_behind_when_the_disk_is_full(self):
        def small_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000))

        for encoding in ("pcm16", "float"):
            done = subprocess.run([PROGRAM, "synth", "clean", "--format", encoding, "--out", "full"],
                                  capture_output=True, text=True, cwd=self.dir, check=False,
                                  preexec_fn=small_disk)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("clean-a-1.wav", done.stderr)
            self.assertEqual(os.listdir(self.path("full")), [])

    def test_a_signal_leaves_nothing_behind(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with subprocess.Popen([PROGRAM, "synth", "clean", "--duration", "86000", "--channels", "8"], cwd=self.dir) as process:
                until = time.monotonic() + 30
                while len(os.listdir(self.dir)) < 2 and time.monotonic() < until:
                    time.sleep(0.01)
                self.assertEqual(len(os.listdir(self.dir)), 2)
                process.send_signal(number)
                self.assertEqual(process.wait(60), -number)
            self.assertEqual(os.listdir(self.dir), [])
        ignoring = subprocess.Popen(["nohup", PROGRAM, "synth", "clean", "--duration", "600"], cwd=self.dir, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not os.listdir(self.dir) and time.monotonic() < until:
            time.sleep(0.01)
        ignoring.send_signal(signal.SIGHUP)
        self.assertEqual(ignoring.wait(60), 0)

    def test_the_longest_names_are_taken(self):
        name = "n" * 240 + "-truth.json"
        self.run_synth("rest", "--duration", "1", "--output", "n" * 240 + ".wav")
        self.assertEqual(sorted(os.listdir(self.dir)), [name, "n" * 240 + ".wav"])

    def test_wrong_command_lines(self):
        for arguments in (["no-such"], [], ["clean", "--generator", "c"], ["clean", "-f", "mp3"],
                          ["clean", "--rate", "10"], ["clean", "--seed", "1.5"],
                          ["clean", "--truth", "t.json"], ["clean", "rest"],
                          ["clean", "--output", "x.wav", "--count", "2"]):
            self.run_synth(*arguments, status=2)
        self.assertEqual(os.listdir(self.dir), [])

    def test_list_names_every_scenario(self):
        listed = self.run_synth("--list").stdout
        for name in ("clean", "low-snr", "upper-trapezius", "needling", "voluntary", "cough", "ecg",
                     "motion", "stimulator", "needle", "rest", "rest-long", "mixed", "multi"):
            self.assertIn("\n" + name + " ", "\n" + listed)


if __name__ == "__main__":
    unittest.main()
