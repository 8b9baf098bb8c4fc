#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of `myotwitch model`: questions, origins, refusals. Usage: model.py PROGRAM"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
LISTS = pathlib.Path(__file__).resolve().parent.parent / "clinic"


def run(*args):
    return subprocess.run([PROGRAM, "model", *args], capture_output=True, text=True)


def lines(*args):
    done = run(*args, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class Model(unittest.TestCase):
    def test_every_fact_is_carried_and_explained(self):
        listed = [row.split() for row in (LISTS / "fact_ids.txt").read_text().splitlines()]
        self.assertEqual(len(listed), 275)
        carried = {fact["id"]: fact for fact in lines("facts")}
        self.assertEqual(sorted(carried), sorted(name for name, _ in listed))
        for name, line in listed:
            self.assertEqual(carried[name]["line"], int(line))
        for name, line in listed[::9]:
            said = run("why", name)
            self.assertEqual(said.returncode, 0)
            self.assertIn(f"{name}  line {line},", said.stdout)
            self.assertIn("used by", said.stdout)

    def test_every_rule_is_carried_and_explained(self):
        listed = (LISTS / "rule_ids.txt").read_text().split()
        self.assertEqual(len(listed), 63)
        ours = ["X08"]  # the stop sign of the live view
        carried = [rule["id"] for rule in lines("rules")]
        self.assertEqual([name for name in carried if name not in ours], listed)
        self.assertEqual(len(carried), len(listed) + len(ours))
        why = lines("why", "C04")[0]
        self.assertEqual([fact["id"] for fact in why["facts"]], ["F080"])
        self.assertEqual(why["facts"][0]["line"], 66)

    def test_questions(self):
        first = lines("lookup", "--pain", "arm_lat,thumb")[0]
        self.assertEqual((first["muscle"], first["matched"], first["score"]), ("scalenes", 2, 1))
        self.assertEqual(first["review"], "unreviewed")
        self.assertEqual(lines("options", "scalenes", "--self"), [])
        self.assertIn("X03", run("options", "scalenes", "--self").stdout)
        self.assertEqual(lines("tool", "subscapularis", "--self")[0]["tool"], "dense_ball")
        self.assertEqual(list(lines("needle", "levator_scapulae")[0]["hazards"]), ["lung"])
        found = {row["muscle"] for row in lines("satellites", "trapezius_upper")}
        self.assertIn("levator_scapulae", found)

    def test_hold_band_follows_the_setting(self):
        for setting, name, band in (("clinical", "hold_clinical", [30, 90]),
                                    ("self", "hold_self", [60, 120])):
            rows = {row["technique"]: row["params"]
                    for row in lines("options", "soleus", "--setting", setting)}
            self.assertEqual(rows["compression"][name], band)
            self.assertEqual(len([p for p in rows["compression"] if p.startswith("hold_")]), 1)

    def test_article_only_hides_the_rest(self):
        muscles = lines("muscles", "--article-only")
        self.assertEqual(len(muscles), 26)
        for row in muscles:
            self.assertFalse(set(row) & {"nerve", "primary", "spill", "hazards", "needle_risk"})
        self.assertEqual([row["muscle"] for row in lines("lookup", "temple", "--article-only")],
                         ["trapezius_upper"])
        self.assertEqual(lines("hazards", "--article-only"), [])
        self.assertEqual(len(lines("rules", "--article-only")), 56)
        self.assertEqual(lines("needle", "soleus", "--article-only")
                         if run("needle", "soleus", "--article-only").stdout else [], [])

    def test_marks(self):
        self.assertIn("[unreviewed]", run("muscles").stdout)
        self.assertIn("unreviewed", run("muscle", "soleus").stdout)
        self.assertIn("no endorsement", run("tool", "foam_roller").stdout)

    def test_ids_for_completion(self):
        self.assertEqual(len(run("ids", "zones").stdout.split()), 80)

    def test_no_contact_data(self):
        everything = "".join(run(kind).stdout + run(kind, "--json").stdout
                             for kind in ("facts", "sources", "sections"))
        for piece in ("01325", "@", "http", ".co.uk", "WhatsApp"):
            self.assertNotIn(piece, everything)

    def test_refusals(self):
        self.assertEqual(run("muscle", "liver").returncode, 2)
        self.assertEqual(run("lookup", "--pain", "moon").returncode, 2)
        self.assertEqual(run("dance").returncode, 2)
        self.assertEqual(run("why").returncode, 2)
        self.assertEqual(run("zones", "--overlay", "/nonexistent").returncode, 3)

    def test_overlay(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "mine.yaml"
            path.write_text("muscles:\n  - {id: soleus, reviewed: AB 2026-11-01}\n")
            self.assertIn("AB 2026-11-01", run("muscle", "soleus", "--overlay", folder).stdout)
            path.write_text("muscles:\n  - {id: soleus, colour: red}\n  - {id: soleus}\n")
            bad = run("muscles", "--overlay", folder)
            self.assertEqual((bad.returncode, bad.stdout), (3, ""))
            self.assertIn(f"mine.yaml:2:18: unknown key 'colour'", bad.stderr)
            every = run("verify", "--overlay", folder, "--all")
            self.assertIn("mine.yaml:3:10: muscle 'soleus' stands here twice", every.stderr)


if __name__ == "__main__":
    unittest.main()
