#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that bench/campaign.py measures what it says. Usage: campaign.py PROGRAM"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
BENCH = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                     "bench")


class Campaign(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.dir = self.scratch.name

    def tearDown(self):
        self.scratch.cleanup()

    def campaign(self, *options, bench=BENCH):
        return subprocess.run(["/usr/bin/python3", os.path.join(bench, "campaign.py"), PROGRAM,
                               *options], capture_output=True, text=True, check=False)

    def test_rows_agree_with_the_program(self):
        """The row of two records is what score says of the records that were kept."""
        out, keep = os.path.join(self.dir, "out.json"), os.path.join(self.dir, "keep")
        done = self.campaign("--scenario", "clean,cough", "--generator", "a", "--records", "2",
                             "--json", out, "--keep", keep)
        self.assertIn(done.returncode, (0, 5), done.stderr)
        self.assertEqual(sorted(os.listdir(keep)),
                         sorted(f"{s}-a-{n}.{e}" for s in ("clean", "cough")
                                for n in (1000, 1001) for e in ("json", "jsonl")))
        with open(out, encoding="utf-8") as file:
            rows = json.load(file)["rows"]
        self.assertEqual(len(rows), 2)
        files = [os.path.join(keep, f"clean-a-{n}.{e}") for n in (1000, 1001)
                 for e in ("json", "jsonl")]
        own = json.loads(subprocess.run([PROGRAM, "score", "--json", "-", "--min-snr-db", "18",
                                         *files], capture_output=True, check=True).stdout)
        self.assertEqual(rows[0]["score"], own)
        self.assertEqual(rows[0]["met"], own["f1"]["value"] >= 0.97)
        self.assertEqual(rows[1]["score"]["labels"], 0)
        self.assertEqual(done.stdout.count("PASS") + done.stdout.count("MISS"), 2)
        self.assertEqual(done.returncode, 0 if all(row["met"] for row in rows) else 5)

    def test_moved_seeds_are_refused(self):
        bench = os.path.join(self.dir, "bench")
        shutil.copytree(BENCH, bench)
        path = os.path.join(bench, "seeds.tsv")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("\t700000\t", "\t700001\t"))
        done = self.campaign("--family", "test", "--scenario", "clean", bench=bench)
        self.assertEqual(done.returncode, 1)
        self.assertIn("do not fit their hash", done.stderr)

    def test_a_failing_program_is_named(self):
        done = self.campaign("--generator", "z", "--scenario", "clean", "--records", "1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("synth", done.stderr)
        self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main()
