#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of `myotwitch check`: the worked example, gates, courses. Usage: check.py PROGRAM"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
HERE = pathlib.Path(__file__).resolve().parent.parent / "clinic"
EXAMPLE = HERE / "worked_example.yaml"


def run(*args):
    return subprocess.run([PROGRAM, "check", *map(str, args)], capture_output=True, text=True)


def annotations(*args):
    done = run("--json", *args)
    assert done.returncode in (0, 5), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


SESSION = """schema: myotwitch.session/1
header: {{id: S{n}, patient: {patient}, setting: {setting}, qualified: yes, date: {date}{more}}}
points:
  - {{id: p1, muscle: soleus, side: left, onset: 2026-01-01}}
steps:
  - {{id: a, kind: baseline, start: 0, end: 9, pain: {before}, zones: [heel], rom: 10, tissue: taut}}
  - {{id: c, kind: compress, start: 10, end: 80, point: p1, discomfort: 6, pain_quality: {quality}}}
  - {{id: r, kind: recheck, start: 90, end: 99, pain: {after}}}
"""


class Check(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()

    def tearDown(self):
        self.dir.cleanup()

    def session(self, n=1, setting="self", date="2026-11-20", before=6, after=6, quality="dull",
                patient="P07", more=""):
        path = pathlib.Path(self.dir.name) / f"s{n}.yaml"
        path.write_text(SESSION.format(**{k: v for k, v in locals().items() if k != "self"}))
        return path

    def test_worked_example(self):
        """The rows of the example in the model: times, label, severity, value, rule, fact."""
        found = {(a.get("label"), a["code"]): a for a in annotations(EXAMPLE)}
        for key, t0, t1, severity, shown, expected, rule, fact in (
                (("BASELINE", "TENSION"), 0, 60, "info", "1", "", "A08", "F128"),
                (("H_DURATION", "OK"), 61, 961, "ok", "15 min", "15-20 min", "H02", "F110"),
                (("RELEASE", "RELEASED"), 970, 1046, "ok", "41 s", "", "C03", "F080"),
                (("SOFTEN", "EXPECTED"), 970, 1046, "ok", "41 s", "30-60 s", "C05", "F180"),
                (("HOLD", "OK"), 970, 1046, "ok", "76 s", "60-120 s", "C01", "F177"),
                (("DISCOMFORT", "HIGH"), 970, 1046, "warn", "8/10", "6-7", "C06", "F169"),
                (("REPERFUSION", "REPERFUSION"), 1046, 1166, "info", "", "", "C10", "F074"),
                (("STRETCH_HOLD", "OK"), 1060, 1085, "ok", "25 s", "20-30 s", "S02", "F188"),
                (("OUTCOME", "TENSION"), 1090, 1120, "info", "0.72", "", "N05", "F103")):
            a = found[key]
            self.assertEqual((a["onset_s"], a["offset_s"], a["severity"], a["shown"],
                              a["expected"], a["rule"], a["fact"]),
                             (t0, t1, severity, shown, expected, rule, fact))
        course = found["COURSE", "ON_TRACK"]
        self.assertEqual(course["text"], "Session 7; expected 6+ for chronic; pain 6 to 4")

    def test_worked_example_is_golden(self):
        golden = (HERE / "worked_example.txt").read_text()
        self.assertEqual(run("--by-time", "--all", EXAMPLE).stdout, golden)

    def test_gate(self):
        self.assertEqual(run("--gate", self.session()).returncode, 0)
        sharp = self.session(quality="sharp")
        self.assertEqual(run(sharp).returncode, 0)
        done = run("--gate", sharp)
        self.assertEqual(done.returncode, 5)
        first = done.stdout.splitlines()[1]
        self.assertIn("stop", first)
        self.assertIn("X01", first)
        self.assertIn("may be a nerve", first)

    def test_missing_is_not_assessed(self):
        rows = annotations(self.session())
        breath = [a for a in rows if a["rule"] == "C08"]
        self.assertEqual([a["severity"] for a in breath], ["not_assessed"])
        self.assertIn("not recorded", breath[0]["text"])

    def test_course(self):
        weeks = [self.session(n, date=f"2026-{n + 4:02d}-01") for n in range(1, 7)]
        said = {a["rule"]: a["code"] for a in annotations(*reversed(weeks))}
        self.assertEqual((said["K02"], said["K01"]), ("REVISIT", "ON_TRACK"))
        said = {a["rule"]: a["code"] for a in annotations(*weeks[:5])}
        self.assertNotIn("K02", said)

    def test_refusals(self):
        one, other = self.session(1), self.session(2, patient="P08")
        self.assertEqual(run(one, other).returncode, 3)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("/nonexistent").returncode, 3)
        bad = pathlib.Path(self.dir.name) / "bad.yaml"
        bad.write_text("schema: myotwitch.session/1\nheader: {id: S, setting: clinic}\n")
        done = run(bad)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn("bad.yaml:2:26: setting: 'clinic'", done.stderr)

    def test_a_locked_rule_cannot_be_weakened(self):
        folder = pathlib.Path(self.dir.name) / "overlay"
        folder.mkdir()
        for text, reason in (("rules:\n  - {id: X01, locked: false}\n", "matter of safety"),
                             ("rules:\n  - id: X01\n    outcomes: [{code: NEURAL, severity: info},"
                              " {code: OK, severity: ok}]\n", "stays a stop"),
                             ("rules:\n  - id: C01\n    outcomes: [{code: OK, severity: ok}]\n",
                              "lacks the outcome SHORT"),
                             ("rules:\n  - {id: Z99, name: z, label: Z, scope: session, origin: engine,"
                              " condition: c, outcomes: [{code: OK, severity: ok}], message: m,"
                              " note: n}\n", "no function judges it")):
            (folder / "x.yaml").write_text(text)
            done = run("--overlay", folder, self.session())
            self.assertEqual(done.returncode, 3)
            self.assertIn(reason, done.stderr)

    def test_an_overlay_moves_a_number(self):
        folder = pathlib.Path(self.dir.name) / "overlay"
        folder.mkdir()
        (folder / "x.yaml").write_text("params:\n  - {id: hold_self, lo: 80, hi: 120, origin: engine, "
                                       "note: ours}\n")
        path = self.session()
        self.assertEqual([a["code"] for a in annotations(path) if a["rule"] == "C01"], ["OK"])
        self.assertEqual([a["code"] for a in annotations("--overlay", folder, path)
                          if a["rule"] == "C01"], ["SHORT"])


if __name__ == "__main__":
    unittest.main()
