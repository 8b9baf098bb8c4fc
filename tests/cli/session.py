#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of `myotwitch session`: typed in, analysed, edited, checked. Usage: session.py PROGRAM"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))


class Session(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.dir.name) / "s.json"
        self.good("new", self.path, "id: S1, patient: P07, setting: clinical, qualified: yes, "
                  "date: 2026-11-20, protocol: professional_needling, channels: [emg]")

    def tearDown(self):
        self.dir.cleanup()

    def run_it(self, command, *args):
        return subprocess.run([PROGRAM, command, *map(str, args)], capture_output=True, text=True,
                              cwd=self.dir.name)

    def good(self, *args):
        done = self.run_it("session", *args)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def content(self):
        return json.loads(self.path.read_text())

    def test_typed_in_and_taken_back(self):
        by = ("--by", "AB", "--when", "2026-11-20T10:00")
        self.good("add", self.path, "point", "id: p1, muscle: trapezius_upper, side: left", *by)
        self.good("add", self.path, "step", "id: s1, kind: compress, start: 0, end: 80, point: p1", *by)
        self.good("set", self.path, "s1", "discomfort", "7", *by)
        self.good("set", self.path, "s1", "discomfort", "8", *by)
        self.assertEqual(self.content()["steps"][0]["discomfort"], 8)
        self.good("undo", self.path, *by)
        self.assertEqual(self.content()["steps"][0]["discomfort"], 7)
        self.good("unset", self.path, "s1", "discomfort", *by)
        self.assertNotIn("discomfort", self.content()["steps"][0])
        audit = [json.loads(line) for line in self.good("audit", self.path).splitlines()]
        self.assertEqual([row["action"] for row in audit],
                         ["add", "add", "set", "set", "undo", "set"])
        self.assertEqual({row["who"] for row in audit}, {"AB"})
        self.assertEqual(audit[3]["before"], "7")
        self.assertIn("step s1 compress for 10.0 s, before the band 30-90 s",
                      self.good("at", self.path, "10"))

    def test_what_many_type_at_once_is_all_kept(self):
        adding = [subprocess.Popen([PROGRAM, "session", "add", self.path, "point", f"id: p{n}, muscle: trapezius_upper, side: left",
                                    "--by", "AB"]) for n in range(12)]
        self.assertEqual([one.wait(60) for one in adding], [0] * 12)
        self.assertEqual({point["id"] for point in self.content()["points"]}, {f"p{n}" for n in range(12)})
        self.assertEqual(len(self.content()["audit"]), 12)

    def test_a_change_keeps_who_may_read_the_file_and_where_it_lies(self):
        real = self.path.with_name("real.json")
        self.path.rename(real)
        self.path.symlink_to("real.json")
        real.chmod(0o600)
        self.good("add", self.path, "point", "id: p1, muscle: trapezius_upper, side: left", "--by", "AB")
        self.assertTrue(self.path.is_symlink())
        self.assertEqual(real.stat().st_mode & 0o777, 0o600)
        self.assertEqual(len(self.content()["points"]), 1)

    def test_refusals_leave_the_file(self):
        before = self.path.read_bytes()
        for status, args in ((2, ("set", self.path, "header", "note", "x")),
                             (3, ("set", self.path, "nobody", "note", "x", "--by", "AB")),
                             (3, ("add", self.path, "point", "muscle: liver", "--by", "AB")),
                             (2, ("add", self.path, "poem", "a: b", "--by", "AB")),
                             (3, ("undo", self.path, "--by", "AB")),
                             (3, ("import", self.path, "nowhere.jsonl", "--by", "AB")),
                             (1, ("new", self.path, "id: S2, setting: self")),
                             (2, ("dance", self.path)), (2, ("show",))):
            done = self.run_it("session", *args)
            self.assertEqual(done.returncode, status, args)
            self.assertEqual(done.stdout, "")
            self.assertTrue(done.stderr)
        self.assertEqual(self.path.read_bytes(), before)
        self.assertEqual(os.listdir(self.dir.name), ["s.json"])

    def test_out_never_overwrites(self):
        other = self.path.with_name("other.json")
        other.write_text("mine")
        done = self.run_it("session", "set", self.path, "header", "note", "x", "--by", "AB", "--out", other)
        self.assertEqual((done.returncode, other.read_text()), (1, "mine"))

    def test_tables(self):
        by = ("--by", "AB")
        self.good("add", self.path, "point", "id: p1, muscle: trapezius_upper", *by)
        self.good("add", self.path, "step", "kind: baseline, start: 0, end: 9, pain: 6, tension: 1", *by)
        self.good("add", self.path, "step",
                  "kind: compress, start: 10, end: 80, point: p1, released_s: 41", *by)
        self.good("add", self.path, "step", "kind: recheck, start: 90, pain: 4", *by)
        row = self.good("summary", self.path).splitlines()[1].split()
        self.assertEqual(row, ["p1", "trapezius_upper", "0", "0", "0", "0", "1", "1", "41"])
        other = self.path.with_name("before.json")
        self.good("new", other, "id: S0, patient: P07, setting: clinical, date: 2026-11-10")
        said = self.good("course", self.path, other).splitlines()
        self.assertEqual(said[1].split(), ["S0", "2026-11-10", *"0000", *"----"])
        self.assertEqual(said[2].split(), ["S1", "2026-11-20", *"1100", "6", "4", "1", "1"])
        self.assertEqual(said[5].split(), ["trapezius_upper", "1", "1", "0", "-"])
        self.good("new", self.path.with_name("x.json"), "id: S9, patient: P08, setting: clinical, date: 2026-11-10")
        self.assertEqual(self.run_it("session", "course", self.path, "x.json").returncode, 3)

    def test_recording_to_checks(self):
        """A synthetic recording with button marks: analysed, taken over, edited, analysed again."""
        self.assertEqual(self.run_it("synth", "clean", "--output", "r.wav").returncode, 0)
        truth = json.loads(pathlib.Path(self.dir.name, "r-truth.json").read_text())
        onsets = [e["onset_s"] for e in truth["events"] if e["type"] == "ltr"]
        marks = [("palpate start", 0.2), ("palpate end", onsets[0] - 1.0),
                 ("needle start", onsets[0] - 0.9)]
        marks += [("insertion", t - 0.2) for t in onsets] + [("end", truth["duration_s"] - 0.1)]
        pathlib.Path(self.dir.name, "r-events.txt").write_text(
            "".join(f"{name},\t{t:.4f}\n" for name, t in marks))
        self.assertEqual(self.run_it("analyze", "-q", "-e", "r.jsonl", "r.wav").returncode, 0)
        self.good("add", self.path, "point", "id: p1, muscle: soleus, side: left", "--by", "AB")
        self.good("import", self.path, "r.jsonl", "--by", "AB")
        steps = self.content()["steps"]
        self.assertEqual([s["kind"] for s in steps], ["palpate", "needle"])
        needle = steps[1]["id"]
        self.good("set", self.path, needle, "point", "p1", "--by", "AB")
        self.good("set", self.path, needle, "pain_quality", "dull", "--by", "AB")
        rows = self.checks()
        confirmed = [r for r in rows if r["code"] == "PLACEMENT_CONFIRMED"]
        self.assertGreaterEqual(len(confirmed), 0.9 * len(onsets))
        self.assertTrue(all(r["point"] == "p1" and 100 <= r["value"] <= 300 for r in confirmed))

        gone = self.content()["findings"][0]["id"]
        self.good("remove", self.path, gone, "--by", "AB")
        before = self.content()
        self.good("import", self.path, "r.jsonl", "--by", "AB")
        after = self.content()
        for part in ("points", "steps", "insertions", "findings"):
            self.assertEqual(before[part], after[part])
        self.assertEqual(len([r for r in self.checks() if r["code"] == "PLACEMENT_CONFIRMED"]),
                         len(confirmed) - 1)
        self.assertIn("configuration", after["audit"][-1]["after"])

        self.good("set", self.path, needle, "pain_quality", "electric", "--by", "AB")
        self.assertEqual(self.run_it("check", "--gate", self.path).returncode, 5)

    def test_holds_are_measured(self):
        """Scenarios whose muscle lets go at 60 s, by 40 % and not at all."""
        steps = ("id: b, kind: baseline, start: 0, end: 46", "id: c, kind: compress, start: 46, end: 137",
                 "id: r, kind: recheck, start: 140, end: 198")
        for step in steps:
            self.good("add", self.path, "step", step, "--by", "AB")
        for name in ("relax-40", "relax-0"):
            self.assertEqual(self.run_it("synth", name, "-d", "200", "--output", name + ".wav").returncode, 0)
        self.good("relax", self.path, "relax-40.wav", "--control", "1", "--by", "AB")
        said = {(r["rule"], r["code"]): r for r in self.checks()}
        self.assertAlmostEqual(said["C03", "RELEASED"]["value"], 14, delta=1.5)
        self.assertAlmostEqual(said["N05", "TENSION"]["value"], 0.6, delta=0.1)
        self.assertIn(("C07", "OK"), said)
        self.assertNotIn(("C04", "NO_RELEASE"), said)
        self.good("relax", self.path, "relax-0.wav", "--control", "1", "--by", "AB")
        said = {(r["rule"], r["code"]): r for r in self.checks()}
        self.assertIn(("C04", "NO_RELEASE"), said)
        self.assertNotIn(("C03", "RELEASED"), said)
        self.assertAlmostEqual(said["N05", "TENSION"]["value"], 1.0, delta=0.1)
        self.assertEqual(self.run_it("session", "relax", self.path, "relax-0.wav", "--channel", "7",
                                     "--by", "AB").returncode, 2)

    def checks(self):
        done = self.run_it("check", "--json", self.path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    unittest.main()
