#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`analyze --cine`, `synth us-*` and `sync` from outside.

usage: ultrasound.py PROGRAM
"""
import base64
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

import h5py
import numpy as np

PROGRAM = sys.argv.pop(1)
EXIT_DONE, EXIT_USAGE, EXIT_BAD_INPUT, EXIT_GATE = 0, 2, 3, 5


def run(*arguments, status=EXIT_DONE):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          check=False)
    if done.returncode != status:
        raise AssertionError(f"{arguments}: status {done.returncode}, not {status}: {done.stderr}")
    return done


def lines(path, schema="myotwitch.event/1"):
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [row for row in rows if row["schema"] == schema]


class Ultrasound(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.home = pathlib.Path(cls.folder.name)
        run("synth", "us-twitch", "--seed", 3, "--duration", 4, "--out", cls.home)
        cls.cine = cls.home / "us-twitch-3.nut"
        cls.truth = json.loads((cls.home / "us-twitch-3-truth.json").read_text())
        cls.events = cls.home / "us.jsonl"
        cls.done = run("analyze", "--cine", cls.cine, "--mm-per-px", 0.0883,
                       "--cine-events", cls.events)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_twitches_are_found(self):
        found = lines(self.events)
        self.assertEqual([e["type"] for e in found], ["ltr"] * len(self.truth["events"]))
        for event, label in zip(found, self.truth["events"]):
            self.assertLess(abs(event["onset_s"] - label["onset_s"]), 2 / 60)
            self.assertLess(abs(event["x_mm"] - 0.0883 * label["x_px"]), 5)
            self.assertEqual(event["modality"], "ultrasound")
            self.assertIn("peak_mm", event["features"])
        self.assertEqual(lines(self.events, "myotwitch.cine_summary/1")[0]["frames"], 241)
        self.assertIn("not a medical device", self.done.stdout)

    def test_lines_of_iq(self):
        run("synth", "us-iq", "--seed", 3, "--duration", 3, "--out", self.home)
        raw, out = self.home / "us-iq-3.raw", self.home / "iq.jsonl"
        run("analyze", "--cine", raw, "--cine-events", out)
        truth = json.loads((self.home / "us-iq-3-truth.json").read_text())["events"]
        found = lines(out)
        self.assertEqual([e["type"] for e in found], ["ltr"] * len(truth))
        for event, label in zip(found, truth):
            self.assertLess(abs(event["onset_s"] - label["onset_s"]), 0.003)
            self.assertLess(abs(event["y_mm"] - 0.0385 * label["y_px"]), 2)
            self.assertLess(abs(event["features"]["speed_mm_s"] / label["speed_mm_s"] - 1), 0.25)
            self.assertEqual(event["line"], 0)
        self.assertEqual(lines(out, "myotwitch.cine/1")[0]["carrier_hz"], 5e6)
        # Without what Clarius writes beside it: refused by name, and read when both are given.
        bare = self.home / "bare.raw"
        bare.write_bytes(raw.read_bytes())
        done = run("analyze", "--cine", bare, status=EXIT_BAD_INPUT)
        self.assertIn("was demodulated with, is not known: give --cine-carrier", done.stderr)
        done = run("analyze", "--cine", bare, "--cine-carrier", 5e6, status=EXIT_BAD_INPUT)
        self.assertIn("give --mm-per-px", done.stderr)
        given = ("--cine-carrier", 5e6, "--mm-per-px", 0.0385)
        run("analyze", "--cine", bare, *given, "--cine-events", self.home / "bare.jsonl")
        self.assertEqual(lines(self.home / "bare.jsonl"), found)
        done = run("analyze", "--cine", bare, "--cine-carrier", 1e9, "--mm-per-px", 0.0385,
                   status=EXIT_BAD_INPUT)
        self.assertIn("do not go together", done.stderr)
        done = run("analyze", "--cine", raw, "--needle-angle", 30, status=EXIT_BAD_INPUT)
        self.assertIn("no needle is looked for", done.stderr)
        run("synth", "us-iq", "--output", self.home / "iq.nut", status=EXIT_USAGE)
        self.assertFalse((self.home / "iq-truth.json").exists())

    def test_lines_of_rf(self):
        run("synth", "us-rf", "--seed", 3, "--duration", 3, "--out", self.home)
        raw, out = self.home / "us-rf-3.raw", self.home / "rf.jsonl"
        truth = json.loads((self.home / "us-rf-3-truth.json").read_text())["events"]

        def judge(speed_error):
            found = lines(out)
            self.assertEqual([e["type"] for e in found], ["ltr"] * len(truth))
            for event, label in zip(found, truth):
                self.assertLess(abs(event["onset_s"] - label["onset_s"]), 0.003)
                self.assertLess(abs(event["y_mm"] - 0.0385 * label["y_px"]), 2)
                self.assertLess(abs(event["features"]["speed_mm_s"] / label["speed_mm_s"] - 1), speed_error)
        run("analyze", "--cine", raw, "--cine-events", out)
        judge(0.25)
        self.assertEqual(lines(out, "myotwitch.cine/1")[0]["mm_per_px"], 0.0385)
        run("analyze", "--cine", raw, "--cine-envelope", "--force", "--cine-events", out)
        judge(0.25)
        # The same numbers without a word on what they are.
        number = struct.unpack("<5I", raw.read_bytes()[:20])
        stack = np.frombuffer(raw.read_bytes(), "<i2", offset=20).reshape(number[1], 4 + number[3])[:, 4:]
        plain = self.home / "rf.npy"
        np.save(plain, stack[:, :, None])
        given = ("--cine-carrier", 5e6, "--mm-per-px", 0.0385, "--cine-interval", 0.001, "--force", "--cine-events", out)
        run("analyze", "--cine", plain, "--cine-rf", *given)
        judge(0.25)
        done = run("analyze", "--cine", raw, "--cine-carrier", 9.9e6, status=EXIT_BAD_INPUT)
        self.assertIn("samples a wavelength", done.stderr)

    def test_the_report_shows_them(self):
        """Three pictures of each twitch inside the page, arrows where tissue moved; nothing is fetched."""
        html = run("report", "--cine-events", self.events, "--cine", self.cine).stdout
        self.assertIn("default-src 'none'; style-src 'unsafe-inline'; img-src data:\"", html)
        strips = html.split('<div class="strip">')[1:]
        self.assertEqual(len(strips), len(self.truth["events"]))
        for strip, label in zip(strips, self.truth["events"]):
            pictures = re.findall(r'<image width="(\d+)" height="(\d+)" href="data:image/png;base64,([^"]*)"/>', strip)
            self.assertEqual(len(pictures), 3)
            for width, height, text in pictures:
                png = base64.b64decode(text, validate=True)
                self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
                size = struct.unpack_from(">II", png, 16)
                self.assertEqual((10 * size[0], 10 * size[1]), (int(width), int(height)))
                packed, at = b"", 8
                while at < len(png):
                    count, kind = struct.unpack_from(">I4s", png, at)
                    self.assertEqual(zlib.crc32(png[at + 4:at + 8 + count]), struct.unpack_from(">I", png, at + 8 + count)[0])
                    packed += png[at + 8:at + 8 + count] if kind == b"IDAT" else b""
                    at += 12 + count
                rows = zlib.decompress(packed)
                self.assertEqual(len(rows), (size[0] + 1) * size[1])
                self.assertGreater(len(set(rows)), 50)
            arrows = [len(re.findall("M", path)) - 1 for path in re.findall(r'<path class="over" d="([^"]*)"', strip)]
            self.assertEqual(arrows[0], 0)
            self.assertGreater(arrows[1], 3)
            self.assertIn("5 mm</text>", strip)
            self.assertIn("on ultrasound only", strip)
            self.assertGreater(label["size_mm"], 0)
        self.assertNotIn("http://", html.replace("http://www.w3.org/2000/svg", ""))
        run("report", "--cine", self.cine, status=EXIT_USAGE)
        done = run("report", "--cine-events", self.events, "--cine", self.home / "none.mp4", status=EXIT_BAD_INPUT)
        self.assertIn("none.mp4", done.stderr)

    def test_score_reads_them(self):
        run("score", "--gate-recall", 1, "--gate-precision", 1,
            self.home / "us-twitch-3-truth.json", self.events)

    def test_without_scale_sizes_are_pixels(self):
        out = self.home / "px.jsonl"
        run("analyze", "--cine", self.cine, "--cine-events", out)
        event = lines(out)[0]
        self.assertIn("peak_px", event["features"])
        self.assertIn("x_px", event)

    def test_outputs_are_not_overwritten(self):
        before = self.events.read_bytes()
        run("analyze", "--cine", self.cine, "--cine-events", self.events, status=1)
        self.assertEqual(self.events.read_bytes(), before)

    def test_bad_input_is_refused_by_name(self):
        bad = self.home / "bad.mp4"
        bad.write_bytes(b"nothing of the kind")
        done = run("analyze", "--cine", bad, status=EXIT_BAD_INPUT)
        self.assertIn("bad.mp4", done.stderr)
        run("analyze", "--cine", self.cine, "--cine-crop", "1,2,3", status=EXIT_USAGE)
        run("analyze", "--cine", self.cine, "a.wav", status=EXIT_USAGE)
        run("synth", "us-nothing", status=EXIT_USAGE)

    def test_a_recording_beside_it(self):
        wav, emg, us = self.home / "emg.wav", self.home / "emg.jsonl", self.home / "both.jsonl"
        run("synth", "clean", "--seed", 2, "--duration", 20, "--output", wav)
        run("analyze", "--quiet", "--events", emg, wav)
        onsets = [e["onset_s"] for e in lines(emg) if e["type"] == "ltr"]
        emg.unlink()
        # The first twitch of both is made the same one: its motion 10 ms behind.
        moved = lines(self.events)[0]["onset_s"]
        run("analyze", "--quiet", "--events", emg, "--cine", self.cine, "--cine-offset",
            f"{onsets[0] + 0.01 - moved:.6f}", "--cine-events", us, "--out", self.home,
            "--mm-per-px", 0.0883, wav)
        first = lines(us)[0]
        self.assertEqual(first["seen_by"], "both")
        self.assertAlmostEqual(first["emg_onset_s"], onsets[0], places=6)
        # Times stand on the recording's clock; the frames' own is kept.
        self.assertAlmostEqual(first["onset_s"], onsets[0] + 0.01, places=4)
        self.assertAlmostEqual(first["cine_s"], moved, places=4)
        only = sum(e["type"] == "ltr" and e["seen_by"] == "ultrasound" for e in lines(us))
        page = run("report", "--events", emg, "--cine-events", us, "--recording", wav).stdout
        self.assertIn(f"{only} on ultrasound only, {len(onsets) - 1} in the EMG only, 1 in both",
                      page)
        self.assertIn("twitch on ultrasound", page)
        with h5py.File(self.home / "emg.nwb") as session:
            table = session["intervals/ultrasound"]
            self.assertEqual([t.decode() for t in table["type"]], [e["type"] for e in lines(us)])
            self.assertEqual([t.decode() for t in table["seen_by"]],
                             [e["seen_by"] for e in lines(us)])
            self.assertAlmostEqual(table["emg_onset"][0], onsets[0], places=6)
            self.assertAlmostEqual(table["start_time"][0], first["onset_s"], places=5)
            self.assertAlmostEqual(table["peak_mm"][0], first["peak_mm"], places=4)
            motion = session["processing/ultrasound/motion"]
            self.assertEqual(motion["data"].attrs["unit"], "mm/s")
            self.assertEqual(len(motion["data"]), len(motion["timestamps"]))
            # The first twitch is the fastest thing around its onset.
            near = abs(motion["timestamps"][:] - first["onset_s"])
            self.assertGreater(motion["data"][:][near < 0.1].max(), 3.0)
            self.assertLess(motion["data"][:][(near > 0.2) & (near < 0.3)].min(), 1.5)
        self.assertIn("ltr, ultrasound", page)

    def test_live_says_the_same(self):
        wav, emg, us = self.home / "live.wav", self.home / "l.jsonl", self.home / "l_us.jsonl"
        run("synth", "clean", "--seed", 2, "--duration", 20, "--output", wav)
        run("analyze", "--quiet", "--events", emg, wav)
        onset = [e["onset_s"] for e in lines(emg) if e["type"] == "ltr"][0]
        shift = f"{onset + 0.01 - lines(self.events)[0]['onset_s']:.6f}"
        emg.unlink()
        cine = ("--cine", self.cine, "--cine-offset", shift, "--mm-per-px", 0.0883)
        run("analyze", "--quiet", "--events", emg, *cine, "--cine-events", us, wav)
        live, record = self.home / "live_us.jsonl", self.home / "live.nwb"
        # In real time, for a busy machine follows the images no faster; until they are at their end.
        done = run("live", "--quiet", "--replay", wav, "--duration", float(shift) + 6, "--record",
                   record, *cine, "--cine-events", live)

        def ordered(path):
            return sorted(lines(path), key=lambda e: e["onset_s"])
        self.assertEqual(ordered(live), ordered(us))
        self.assertEqual(lines(live, "myotwitch.cine_summary/1"),
                         lines(us, "myotwitch.cine_summary/1"))
        self.assertIn("twitches: both 1", done.stderr)
        with h5py.File(record) as session:
            marks = [m.decode() for m in session["acquisition/marks/data"]]
        self.assertTrue(any("ultrasound: twitch at" in m and "in the EMG too" in m for m in marks),
                        marks)

    def test_a_device_says_the_same(self):
        """libavdevice's own stand-in for a frame grabber plays the file: the same images, the same times."""
        out = self.home / "device.jsonl"
        run("analyze", "--cine", f"lavfi:movie={self.cine}", "--mm-per-px", 0.0883, "--cine-events", out)
        self.assertEqual(lines(out), lines(self.events))
        summary = "myotwitch.cine_summary/1"
        self.assertEqual(lines(out, summary), lines(self.events, summary))

    def test_live_takes_a_device(self):
        wav, out = self.home / "device.wav", self.home / "device_live.jsonl"
        run("synth", "clean", "--seed", 2, "--duration", 4, "--output", wav)
        done = run("live", "--quiet", "--replay", wav, "--cine", "lavfi:testsrc2=size=128x128:rate=50,realtime",
                   "--cine-events", out)
        summary = lines(out, "myotwitch.cine_summary/1")[0]
        # Paced by its own clock, 50 a second; the EMG ends it after 4 s. What came while the session was being opened
        # counts too; without a pace there would be thousands.
        self.assertGreater(summary["frames"], 50)
        self.assertLess(summary["frames"], 600)
        self.assertEqual(summary["mean_interval_s"], 0.02)
        self.assertTrue(summary["complete"])
        self.assertIn("ultrasound:", done.stderr)
        done = run("live", "--replay", wav, "--cine", "v4l2:/dev/null", status=EXIT_BAD_INPUT)
        self.assertIn("v4l2:/dev/null: cannot be opened", done.stderr)

    def test_live_without_its_cine_is_refused(self):
        done = run("live", "--replay", self.cine, "--cine", "nowhere.mp4", status=EXIT_BAD_INPUT)
        self.assertIn("myotwitch live", done.stderr)
        run("live", "--cine-events", self.home / "x.jsonl", status=EXIT_USAGE)

    def test_sync_finds_the_offset(self):
        def write(name, times):
            path = self.home / name
            path.write_text("".join(json.dumps(
                {"schema": "myotwitch.event/1", "type": "ltr", "onset_s": t,
                 "offset_s": t + 0.1}) + "\n" for t in times))
            return path
        times = [3.0, 4.1, 9.7, 12.2, 20.9]
        emg = write("a.jsonl", times)
        cine = write("b.jsonl", [t + 0.006 - 7.25 for t in times if t > 7.25])
        found = json.loads(run("sync", "--json", emg, cine).stdout)
        self.assertAlmostEqual(found["offset_s"], 7.25, places=5)
        self.assertEqual(found["pairs"], 3)
        run("sync", emg, write("c.jsonl", []), status=EXIT_GATE)
        run("sync", write("one.jsonl", [1.0, 50.0]), write("two.jsonl", [3.0, 200.0]),
            status=EXIT_GATE)


if __name__ == "__main__":
    unittest.main()
