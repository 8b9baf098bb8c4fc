#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of `myotwitch score`: figures, gates, refusals. Usage: score.py PROGRAM"""
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))


def label(kind, onset, offset, snr=25.0):
    return {"type": kind, "onset_s": onset, "offset_s": offset, "snr_db": snr}


def event(kind, onset, offset, reported, confirmed):
    return {"schema": "myotwitch.event/1", "type": kind, "onset_s": onset, "offset_s": offset,
            "reported_s": reported, "confirmed_s": confirmed}


TRUTH = {"schema": "myotwitch.truth/1", "duration_s": 60.0, "events": [
    label("ltr", 5.0, 5.06), label("ltr", 8.0, 8.06, 12.0), label("ltr", 11.0, 11.05),
    label("contraction", 20.0, 21.0)]}
# deliberately out of order, with a line of another schema and an empty one
EVENTS = [event("ltr", 20.03, 20.05, 20.06, 20.2), event("ltr", 5.003, 5.05, 5.012, 5.1),
          {"schema": "myotwitch.run/1"}, dict(event("ltr", 9.0, 9.1, 9.1, 9.2), stage="withdrawn"), event("ltr", 7.996, 8.05, 8.01, 8.1),
          event("single_unit", 11.0, 11.01, 11.01, 11.1)]


class Score(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.truth = self.write("truth.json", json.dumps(TRUTH))
        self.events = self.write("events.jsonl",
                                 "\n\n".join(json.dumps(e) for e in EVENTS) + "\n")

    def tearDown(self):
        self.dir.cleanup()

    def write(self, name, text):
        path = os.path.join(self.dir.name, name)
        with open(path, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        return path

    def run_score(self, *arguments):
        return subprocess.run([PROGRAM, "score", *arguments], capture_output=True, text=True,
                              check=False)

    def measure(self, *options):
        done = self.run_score(self.truth, self.events, "--json", "-", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_figures(self):
        got = self.measure()
        self.assertEqual((got["labels"], got["events"], got["hits"]), (3, 3, 2))
        self.assertAlmostEqual(got["f1"]["value"], 4 / 6)
        self.assertAlmostEqual(got["onset_bias_ms"]["value"], -0.5, places=6)
        self.assertAlmostEqual(got["delay_max_ms"], 12.0, places=6)
        self.assertAlmostEqual(got["confirm_max_ms"], 40.0, places=6)
        self.assertAlmostEqual(got["false_per_minute"]["value"], 1.0)
        pairs = {(c["label"], c["event"]): c["count"] for c in got["confusion"]}
        self.assertEqual(pairs, {("ltr", "ltr"): 2, ("ltr", "single_unit"): 1,
                                 ("contraction", "ltr"): 1})

    def test_small_labels_count_neither_way(self):
        got = self.measure("--min-snr-db", "18")
        self.assertEqual((got["labels"], got["events"], got["hits"]), (2, 2, 1))

    def test_types(self):
        got = self.measure("--event-type", "ltr,single_unit")
        self.assertEqual((got["events"], got["hits"]), (4, 3))
        got = self.measure("-e", "any", "-t", "any")
        self.assertEqual((got["labels"], got["events"], got["hits"]), (4, 4, 4))

    def test_tolerance(self):
        self.assertEqual(self.measure("--tolerance-ms", "3.5")["hits"], 1)

    def test_recordings_are_pooled(self):
        got = json.loads(self.run_score(self.truth, self.events, self.truth, self.events,
                                        "--json", "-").stdout)
        self.assertEqual((got["recordings"], got["hits"], got["duration_s"]), (2, 4, 120))

    def test_gates(self):
        gates = ["--gate-f1", "0.6", "--gate-onset-bias-ms", "0.6", "--gate-delay-p95-ms", "20"]
        done = self.run_score(self.truth, self.events, *gates)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(done.stdout.count("  met"), 3)
        done = self.run_score(self.truth, self.events, "--gate-f1", "0.7", *gates[2:])
        self.assertEqual(done.returncode, 5)
        self.assertIn("NOT MET", done.stdout)

    def test_unknown_figure_meets_no_gate(self):
        empty = self.write("none.jsonl", "")
        done = self.run_score(self.truth, empty, "--gate-onset-median-ms", "2")
        self.assertEqual(done.returncode, 5)

    def test_list_names_each_error(self):
        lines = self.run_score(self.truth, self.events, "--list").stdout.splitlines()
        self.assertEqual([line.split()[:3] for line in lines[:2]],
                         [["missed", "ltr", "11.000000-11.050000"],
                          ["false", "ltr", "20.030000-20.050000"]])
        self.assertIn("there: single_unit 11.000000", lines[0])
        self.assertIn("there: contraction 20.000000", lines[1])

    def test_json_file_is_never_overwritten(self):
        path = os.path.join(self.dir.name, "out.json")
        self.assertEqual(self.run_score(self.truth, self.events, "--json", path).returncode, 0)
        with open(path, encoding="utf-8") as file:
            before = file.read()
        self.assertEqual(json.loads(before)["schema"], "myotwitch.score/1")
        done = self.run_score(self.truth, self.truth, "--json", path)
        self.assertNotEqual(done.returncode, 0)
        done = self.run_score(self.truth, self.events, "--json", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn(path, done.stderr)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), before)

    def test_bad_input_is_named(self):
        good = json.dumps(EVENTS[0])
        backwards = json.dumps(event("ltr", 2.0, 1.0, 2.0, 2.0))
        rows = [  # truth, events, what must stand in the message
            (None, b"", "No such file"),
            (b"", b"", "not JSON"),
            (b"{\n \"schema\":\n]", b"", "line 3: column 1"),
            (b"[]", b"", "schema"),
            (b'{"schema":"myotwitch.truth/2"}', b"", "myotwitch.truth/2"),
            (b'{"schema":"myotwitch.truth/1","events":[]}', b"", "duration_s"),
            (b'{"schema":"myotwitch.truth/1","duration_s":-1,"events":[]}', b"", "duration_s"),
            (b'{"schema":"myotwitch.truth/1","duration_s":1e999,"events":[]}', b"", "duration_s"),
            (b'{"schema":"myotwitch.truth/1","duration_s":1}', b"", "events"),
            (json.dumps(dict(TRUTH, events=[label("twitch", 1, 2)])), b"", "event 1: "),
            (json.dumps(dict(TRUTH, events=[3])), b"", "event 1: "),
            (json.dumps(TRUTH), good + "\n" + good[:40] + "\n", "line 2: column"),
            (json.dumps(TRUTH), good + "\n\n" + backwards, "line 3: "),
            (json.dumps(TRUTH), good + " " + good, "line 1: column"),
            (json.dumps(TRUTH), "{}\n", "line 1: no \"schema\""),
            (json.dumps(TRUTH), b'{"schema":"myotwitch.event/9"}', "event/9"),
            (json.dumps(TRUTH), json.dumps(TRUTH), "labels, not event lines"),
            (json.dumps(TRUTH), b"\x00\xff" * 50, "line 1: column"),
            (json.dumps(TRUTH), b"[" * 5000, "line 1: column"),
        ]
        for truth, events, words in rows:
            path = self.write("t", truth) if truth is not None else "missing"
            done = self.run_score(path, self.write("e", events))
            self.assertEqual(done.returncode, 3, (truth, events, done))
            self.assertIn(words, done.stderr)

    def test_damaged_files_never_crash_it(self):
        """Cut, changed and doubled bytes: a result or a refusal, nothing else."""
        draw = random.Random(1)
        for turn in range(200):
            files = [json.dumps(TRUTH).encode(), "\n".join(map(json.dumps, EVENTS)).encode()]
            which = turn % 2
            data = bytearray(files[which])
            for _ in range(draw.randrange(1, 4)):
                at = draw.randrange(len(data))
                if draw.random() < 0.3:
                    data[at:at] = data[at:at + draw.randrange(40)]
                elif draw.random() < 0.3:
                    del data[at:at + draw.randrange(1, 40)]
                else:
                    data[at] = draw.choice(b'\x00\xff"{}[]:,.-+eE0123456789ntf\\ \n')
            files[which] = bytes(data)
            done = self.run_score(self.write("t", files[0]), self.write("e", files[1]))
            self.assertIn(done.returncode, (0, 3), (files, done))

    def test_usage(self):
        for arguments in ([], [self.truth], ["-t", "twitch", self.truth, self.events],
                          ["-t", "", self.truth, self.events],
                          ["--list", "--json", "-", self.truth, self.events]):
            self.assertEqual(self.run_score(*arguments).returncode, 2, arguments)


if __name__ == "__main__":
    unittest.main()
