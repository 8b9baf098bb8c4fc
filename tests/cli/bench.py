#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of `myotwitch bench`: reports, gates, refusals; its detection is that of the files.
No figure of time is judged here: those belong to the machine. Usage: bench.py PROGRAM"""
import json
import math
import os
import pathlib
import sys
import unittest
import xml.etree.ElementTree

from recording import InFolder

InFolder.program = os.path.abspath(sys.argv.pop(1))
DEMO = pathlib.Path(__file__).resolve().parents[2] / "datasets/demo"
SESSIONS = ("needling", "upper-trapezius", "multi")
MET = ("--max-p99-us", "1e9", "--max-delay-ms", "1e9", "--min-f1", "0", "--min-throughput", "0")


class Bench(InFolder):
    def bench(self, *arguments, status=0):
        done = self.run_program("bench", "--quick", *arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def test_reports_agree(self):
        table = self.bench("--json", "b.json", "--junit", "b.xml", "--benchmark-action", "s.json",
                           "--benchmark-action-bigger", "b2.json", *MET).stdout
        self.assertEqual(self.files(), ["b.json", "b.xml", "b2.json", "s.json"])
        report = json.loads(self.read("b.json"))
        self.assertEqual((report["schema"], report["cpu"], report["quick"]),
                         ("myotwitch.bench/1", "auto", True))
        figures = {f["name"]: f for f in report["figures"]}
        self.assertEqual(len(figures), len(report["figures"]), "a name stands twice")
        for name, figure in figures.items():
            self.assertTrue(math.isfinite(figure["value"]) and figure["value"] > 0, figure)
            self.assertIn(f"\n{name} ", table)
        self.check_speed({name: figure["value"] for name, figure in figures.items()})
        self.assertEqual({(g["figure"], g["limit"], g["met"]) for g in report["gates"]}, {
            ("latency.8x32.p99", 1e9, True), ("detection.delay.p95", 1e9, True),
            ("detection.f1", 0, True), ("throughput.8ch", 0, True)})
        self.check_actions(figures)
        self.check_junit(figures)

    def check_speed(self, value):
        """What must hold on every machine, because one figure is made from the other."""
        for channels in (1, 8, 64, 256):
            rate = value[f"throughput.{channels}ch"]
            self.assertAlmostEqual(value[f"throughput.{channels}ch.realtime"] /
                                   (rate * 1e6 / channels / 2000), 1, places=3)
            self.assertAlmostEqual(value[f"throughput.{channels}ch.of_compute"] /
                                   (rate * 36 / value["limit.multiply_adds"] / 10), 1, places=3)
            self.assertAlmostEqual(value[f"throughput.{channels}ch.of_memory"] /
                                   (rate * 4 / value["limit.memory_read"] / 10), 1, places=3)
        for block in ("8x32", "64x32"):
            times = [value[f"latency.{block}.{q}"] for q in ("p50", "p99", "p99.9")]
            self.assertEqual(times, sorted(times))
        memory = [value[f"memory.{channels}ch"] for channels in (1, 8, 64, 256)]
        self.assertEqual(memory, sorted(memory))
        self.assertLess(value["start.engine_8ch"] / 1000, value["start.first_event_8ch"])

    def check_actions(self, figures):
        for name, better in (("s.json", "smaller"), ("b2.json", "bigger")):
            rows = json.loads(self.read(name))
            self.assertEqual(rows, [{k: f[k] for k in ("name", "unit", "value")}
                                    for f in figures.values() if f.get("better") == better])

    def check_junit(self, figures):
        suite = xml.etree.ElementTree.fromstring(self.read("b.xml")).find("testsuite")
        cases = suite.findall("testcase")
        self.assertEqual([case.get("name") for case in cases], list(figures))
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("skipped")),
                         (str(len(cases)), "0", str(len(cases) - 4)))
        self.assertEqual(len(suite.findall("testcase/skipped")), len(cases) - 4)

    def unmet(self, *arguments):
        """Names of the gates that are not met, from two reports."""
        done = self.bench("--json", "-", "--junit", "b.xml", *arguments, status=5)
        report = json.loads(done.stdout)
        unmet = [gate["figure"] for gate in report["gates"] if not gate["met"]]
        suite = xml.etree.ElementTree.fromstring(self.read("b.xml")).find("testsuite")
        failed = [case.get("name") for case in suite.findall("testcase[failure]")]
        self.assertEqual((suite.get("failures"), failed), (str(len(unmet)), unmet))
        return report, unmet

    def test_gates_that_cannot_be_met(self):
        _, unmet = self.unmet("--max-p99-us", "0", "--max-delay-ms", "0", "--min-f1", "1",
                              "--min-throughput", "1e9")
        self.assertEqual(set(unmet), {"latency.8x32.p99", "detection.delay.p95", "detection.f1",
                                      "throughput.8ch"})

    def test_one_unmet_gate_is_enough(self):
        report, unmet = self.unmet(*MET[:2], "--max-delay-ms", "0", *MET[4:], "--cpu", "c")
        self.assertEqual((unmet, len(report["gates"]), report["cpu"]),
                         (["detection.delay.p95"], 4, "c"))

    def test_detection_is_that_of_the_shipped_files(self):
        pairs = []
        for session in SESSIONS:
            done = self.run_program("analyze", "-q", "-e", f"{session}.jsonl",
                                    str(DEMO / f"{session}.wav"))
            self.assertEqual(done.returncode, 0, done.stderr)
            pairs += [str(DEMO / f"{session}.json"), f"{session}.jsonl"]
        score = json.loads(self.run_program("score", "--min-snr-db", "18", "--json", "-",
                                            *pairs).stdout)
        figures = {f["name"]: f["value"]
                   for f in json.loads(self.bench("--json", "-").stdout)["figures"]}
        for name in ("labels", "events", "hits"):
            self.assertEqual(figures[f"detection.{name}"], score[name])
        for name, key in (("recall", "recall"), ("precision", "precision"), ("f1", "f1"),
                          ("onset_error.p50", "onset_median_ms"),
                          ("onset_error.p95", "onset_p95_ms"), ("delay.p50", "delay_median_ms"),
                          ("delay.p95", "delay_p95_ms")):
            self.assertAlmostEqual(figures[f"detection.{name}"], score[key]["value"], places=3)

    def test_an_existing_file_is_refused_before_measuring(self):
        self.write("old.xml", b"mine")
        done = self.bench("--json", "new.json", "--junit", "old.xml", status=1)
        self.assertIn("old.xml", done.stderr)
        self.assertEqual((done.stdout, self.files(), self.read("old.xml")),
                         ("", ["old.xml"], b"mine"))

    def test_usage(self):
        for arguments in (["a.wav"], ["--cpu", "mmx"], ["--min-f1", "2"], ["--max-p99-us", "-1"],
                          ["--json", "-", "--junit", "-"], ["--slow"]):
            with self.subTest(arguments):
                done = self.bench(*arguments, status=2)
                self.assertEqual(done.stdout, "")
                self.assertNotEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
