#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python package gives the program's events, however the signal is cut, and refuses what is wrong.

usage: package.py PROGRAM LAYOUT DOCS; the package is found as Python finds it."""
import copy
import json
import os
import pickle
import re
import subprocess
import sys
import unittest

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cli"))
from recording import InFolder, noise_with_bursts, wav_bytes  # noqa: E402

import myotwitch  # noqa: E402
from myotwitch import _library  # noqa: E402

PROGRAM, LAYOUT, DOCS = (os.path.abspath(sys.argv.pop(1)) for _ in range(3))
RATE = 2000


class Package(InFolder):
    program = PROGRAM

    def setUp(self):
        super().setUp()
        self.x = noise_with_bursts(20, 2, (5.0, 8.0, 13.3)).astype(np.float32)

    def test_structures_lie_where_the_compiler_puts_them(self):
        mirrors = {"myo_config": _library.Config, "myo_event": _library.Event,
                   "myo_channel_summary": _library.Summary}
        lines = subprocess.run([LAYOUT], capture_output=True, text=True, check=True).stdout
        fields = {name: [] for name in mirrors}
        for line in lines.splitlines():
            struct, field, offset, size = line.split()
            if field == "size":
                self.assertEqual(_library.c.sizeof(mirrors[struct]), int(offset), struct)
                continue
            mirror = getattr(mirrors[struct], field)
            self.assertEqual((mirror.offset, mirror.size), (int(offset), int(size)), field)
            fields[struct].append(field)
        for name, mirror in mirrors.items():
            self.assertEqual([field for field, _ in mirror._fields_], fields[name])

    def test_same_events_as_the_program(self):
        self.write("a.wav", wav_bytes(self.x, floating=True))
        done = self.run_program("analyze", "-q", "--events", "-", "a.wav")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        wanted = [line for line in lines if line["schema"] == "myotwitch.event/1"]
        events = myotwitch.detect(self.x, RATE)
        self.assertGreaterEqual(len(events), 3)
        self.assertEqual([(w["type"], w["onset_frame"], w["channels"]) for w in wanted],
                         [(e.type, e.onset_frame, list(e.channels)) for e in events])
        for line, event in zip(wanted, events):
            self.assertAlmostEqual(line["onset_s"], event.onset_s, delta=1e-6)
            self.assertAlmostEqual(line["confirmed_s"], event.confirmed_s, delta=1e-6)
            self.assertAlmostEqual(line["confidence"], event.confidence, delta=0.0006)
            self.assertEqual(line["reasons"], list(event.reasons))
            self.assertEqual(sorted(line["features"]), sorted(event.features))
        self.assertEqual(lines[0]["config_hash"],
                         myotwitch.Detector(RATE, 2).configuration_hash)

    def test_any_cut_and_any_layout_of_the_array(self):
        whole = myotwitch.detect(self.x, RATE)
        for step in (1, 37, 4096):
            detector, found = myotwitch.Detector(RATE, 2), []
            for start in range(0, len(self.x), step):
                found += detector.process(self.x[start:start + step])
            found += detector.finish()
            self.assertEqual([e for e in found if e.stage == "confirmed"],
                             sorted(whole, key=lambda e: found.index(e)))
            self.assertEqual(detector.frames, len(self.x))
        for same in (np.asfortranarray(self.x), self.x.astype(float), self.x[::1].copy()[:, :]):
            self.assertEqual(myotwitch.detect(same, RATE), whole)
        both_signs = np.ascontiguousarray(self.x[::-1])[::-1]
        self.assertEqual(myotwitch.detect(both_signs, RATE), whole)

    def test_whole_numbers_and_one_dimension(self):
        counts = np.rint(self.x[:, 0] * 32768).astype(np.int16)
        one = myotwitch.detect(counts, RATE)
        self.assertEqual(one, myotwitch.detect(counts.astype(float)[:, None], RATE))
        self.assertGreater(one[0].peak, 1000)

    def test_what_a_mask_hides_is_missing(self):
        """The burst of the second channel at 8 s lies under the mask."""
        hidden = np.ma.array(self.x, mask=False)
        hidden[15000:18000] = np.ma.masked
        missing = self.x.copy()
        missing[15000:18000] = np.nan
        self.assertEqual(myotwitch.detect(hidden, RATE), myotwitch.detect(missing, RATE))
        self.assertNotEqual(myotwitch.detect(hidden, RATE), myotwitch.detect(self.x, RATE))
        counts = np.ma.array(np.rint(self.x * 32768).astype(np.int16), mask=hidden.mask)
        self.assertIn("gap", [e.type for e in myotwitch.detect(counts, RATE)])

    def test_a_detector_is_neither_copied_nor_shared_nor_used_after_its_end(self):
        detector = myotwitch.Detector(RATE, 2)
        for again in (copy.copy, copy.deepcopy, pickle.dumps):
            with self.assertRaisesRegex(TypeError, "copied"):
                again(detector)
        with detector._alone():
            for call in (lambda: detector.process(self.x), lambda: detector.gap(1),
                         detector.finish, detector.reset, detector.summary):
                with self.assertRaisesRegex(RuntimeError, "another thread"):
                    call()
        first = detector.process(self.x) + detector.finish()
        self.assertEqual(detector.finish(), [])
        for call in (lambda: detector.process(self.x), lambda: detector.gap(1)):
            with self.assertRaisesRegex(RuntimeError, "reset"):
                call()
        detector.reset()
        second = detector.process(self.x) + detector.finish()
        self.assertEqual([str(event) for event in second],
                         [str(event) for event in first])

    def test_a_gap_moves_no_time(self):
        detector = myotwitch.Detector(RATE, 2)
        found = detector.process(self.x[:20000]) + detector.gap(1000)
        found += detector.process(self.x[21000:]) + detector.finish()
        self.assertEqual(detector.frames, len(self.x))
        gaps = [e for e in found if e.type == "gap"]
        self.assertEqual([(g.onset_frame, g.offset_frame) for g in gaps], [(20000, 21000)])
        self.assertEqual(detector.summary()[1].gap_frames, 1000)
        detector.reset()
        self.assertEqual(detector.frames, 0)

    def test_table(self):
        events = myotwitch.detect(self.x, RATE)
        table = myotwitch.to_array(events)
        self.assertEqual(list(table["type"]), [e.type for e in events])
        self.assertEqual(list(table["turns"]), [e.features["turns"] for e in events])
        self.assertEqual(table["channel_count"][0], len(events[0].channels))
        self.assertEqual(len(myotwitch.to_array([])), 0)

    def test_settings_reach_the_detector(self):
        self.assertEqual(myotwitch.settings(RATE)["refractory_ms"], 150.0)
        detector = myotwitch.Detector(RATE, 2, needle=[1], hum_cancel=False, refractory_ms=99)
        text = detector.configuration
        self.assertIn("refractory_ms=99\n", text)
        self.assertIn("hum_cancel=0\n", text)
        self.assertIn("needle_channels=1", text)
        self.assertIn("needle_channels=1", myotwitch.Detector(RATE, 2, needle=1).configuration)
        self.assertIn("needle_channels=0 1", myotwitch.Detector(RATE, 2, needle="all").configuration)
        self.assertGreater(detector.delay_s, 0)

    def test_refusals_name_the_reason(self):
        for message, wrong in (
                ("ltr_max_ms", lambda: myotwitch.detect(self.x, RATE, ltr_max_ms=-1)),
                ("rate_hz", lambda: myotwitch.detect(self.x, 10)),
                ("channels", lambda: myotwitch.Detector(RATE, 257)),
                ("channels", lambda: myotwitch.detect(self.x[:, :0], RATE)),
                ("needle", lambda: myotwitch.detect(self.x, RATE, needle=[2])),
                ("rails", lambda: myotwitch.detect(self.x, RATE, rails=([0, 0, 0], 1))),
                ("shape", lambda: myotwitch.Detector(RATE, 3).process(self.x)),
                ("shape", lambda: myotwitch.Detector(RATE, 1).process(np.zeros((2, 2, 2)))),
                ("needle", lambda: myotwitch.detect(self.x, RATE, needle="0")),
                ("rails", lambda: myotwitch.detect(self.x, RATE, rails=5)),
                ("rails", lambda: myotwitch.detect(self.x, RATE, rails=(np.nan, 1))),
                ("gap", lambda: myotwitch.Detector(RATE).gap(-1)),
                ("gap", lambda: myotwitch.Detector(RATE).gap(1 << 64))):
            with self.assertRaisesRegex(myotwitch.Refused, message):
                wrong()
        with self.assertRaisesRegex(TypeError, "no setting is called 'speed'"):
            myotwitch.detect(self.x, RATE, speed=3)
        with self.assertRaisesRegex(TypeError, "hum_cancel takes True or False, not 'no'"):
            myotwitch.detect(self.x, RATE, hum_cancel="no")
        with self.assertRaisesRegex(TypeError, "no numbers"):
            myotwitch.detect(np.array(["a", "b"]), RATE)

    def test_the_examples_of_the_page_run(self):
        with open(DOCS, encoding="utf-8") as page:
            blocks = re.findall(r"```python\n(.*?)```", page.read(), re.S)
        self.assertEqual(len(blocks), 2)
        done = subprocess.run([sys.executable, "-c", "\n".join(blocks)], capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("4.5", done.stdout)


class Version(unittest.TestCase):
    def test_library_and_program_agree(self):
        said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True)
        self.assertIn(myotwitch.__version__, said.stdout)
        self.assertIn(myotwitch.detector_version(), said.stdout)
        self.assertTrue(os.path.exists(myotwitch.library_path()))


if __name__ == "__main__":
    unittest.main()
