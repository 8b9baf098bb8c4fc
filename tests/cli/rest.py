#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of what `myotwitch analyze` says of rest: signal quality, relaxation, series.
Usage: rest.py PROGRAM"""
import csv
import io
import json
import os
import sys
import unittest

import h5py
import numpy as np

from recording import RATE, InFolder, noise_with_bursts, wav_bytes

InFolder.program = os.path.abspath(sys.argv.pop(1))
SPANS = ("--baseline", "0-46", "--hold", "46-137", "--after", "140-198")
MARKS = b"baseline,\t0\ncompress start,\t46\ncompress end,\t137\nrecheck,\t140\nneedle in,\t198\n"


class Rest(InFolder):
    def analyze(self, *arguments, status=0):
        done = self.run_program("analyze", *arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def lines(self, *arguments):
        done = self.analyze("-q", "--events", "-", *arguments)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def synth(self, scenario, seconds="200"):
        """Two channels; the muscle of channel 0 lets go at 60 s, that of channel 1 does not."""
        self.assertEqual(self.run_program("synth", scenario, "-d", seconds, "--output",
                                          scenario + ".wav").returncode, 0)
        return scenario + ".wav"


class Relaxation(Rest):
    def answers(self, *arguments):
        lines = self.lines(*arguments)[1:-1]
        onsets = [line["onset_s"] for line in lines]
        self.assertEqual(onsets, sorted(onsets))
        return [line for line in lines if line["type"] in ("relaxation", "release")]

    def test_what_relaxed_by_40_percent(self):
        hold, release, after = self.answers(self.synth("relax-40"), *SPANS, "--control-channel", "1")
        self.assertEqual((hold["part"], hold["verdict"], hold["channel"]), ("hold", "released", 0))
        self.assertAlmostEqual(release["onset_s"], 60.0, delta=1.5)
        self.assertAlmostEqual(release["level"], 0.6, delta=0.1)
        self.assertEqual((after["part"], after["verdict"], after["control_channel"]),
                         ("after", "relaxed", 1))
        self.assertEqual((after["onset_s"], after["offset_s"], after["baseline_to_s"]), (140, 198, 46))
        self.assertLess(after["level_low"], 0.6)
        self.assertGreater(after["level_high"], 0.6)
        self.assertLess(after["level_high"], 0.9)

    def test_what_did_not_relax(self):
        hold, after = self.answers(self.synth("relax-0"), *SPANS, "--control-channel", "1")
        self.assertEqual(hold["verdict"], "not_released")
        self.assertIn(after["verdict"], ("unchanged", "indeterminate"))
        self.assertLess(after["level_low"], 1.0)
        self.assertGreater(after["level_high"], 1.0)

    def test_without_a_hold_release_is_looked_for_between(self):
        wav = self.synth("relax-40", "125")
        said = self.answers(wav, "--baseline", "0-58", "--after", "62-122")
        self.assertEqual([(a["type"], a["channel"]) for a in said],
                         [("release", 0), ("relaxation", 0), ("relaxation", 1)])
        self.assertAlmostEqual(said[0]["onset_s"], 60.0, delta=1.5)
        self.assertEqual(said[1]["verdict"], "relaxed")
        self.assertNotEqual(said[2]["verdict"], "relaxed")

    def test_marks_say_where(self):
        wav = self.synth("relax-40")
        given = self.answers(wav, *SPANS)
        self.write("relax-40-events.txt", MARKS)
        self.assertEqual(self.answers(wav), given)
        self.assertEqual(len(given), 5)
        # The phases of the live page; a hold that is marked begins there, not where its phase was chosen.
        self.write("relax-40-events.txt", b"phase: baseline,\t0\nphase: compress,\t44\nhold,\t46\nphase: needle,\t137\n"
                                          b"phase: recheck,\t140\nphase: aftercare,\t198\n")
        phases = self.answers(wav)
        self.assertEqual([(a["type"], a["channel"], a.get("verdict")) for a in phases],
                         [(a["type"], a["channel"], a.get("verdict")) for a in given])
        self.assertEqual([a["onset_s"] for a in phases], [a["onset_s"] for a in given])

    def test_other_lines_stay(self):
        wav = self.synth("relax-40")
        plain = self.analyze("-q", "-e", "-", wav).stdout.splitlines()
        looked = self.analyze("-q", "-e", "-", wav, *SPANS).stdout.splitlines()
        kept = [line for line in looked if "myotwitch-relax" not in line]
        self.assertEqual(kept[:-1], plain[:-1])
        self.assertGreaterEqual(len(plain), 3)

    def test_every_output_agrees(self):
        wav = self.synth("relax-40")
        done = self.analyze("--out", "out", wav, *SPANS)
        events = [json.loads(line) for line in self.read("out/relax-40.events.jsonl").splitlines()]
        said = [e for e in events if e.get("type") in ("relaxation", "release")]
        rows = list(csv.DictReader(io.StringIO(self.read("out/relax-40.events.tsv").decode()),
                                   delimiter="\t"))
        self.assertEqual(len(rows), len(events) - 2)
        rows = [row for row in rows if row["type"] in ("relaxation", "release")]
        with h5py.File(self.path("out/relax-40.nwb")) as session:
            table = session["intervals/relaxation"]
            verdicts = [v.decode() for v in table["verdict"][:]]
            self.assertEqual(list(table["start_time"][:]), [e["onset_s"] for e in said])
            np.testing.assert_allclose(table["level"][:], [e.get("level", np.nan) for e in said],
                                       rtol=1e-4)
            self.assertEqual(list(session["analysis/channels/usable_s"][:]),
                             [c["quality"]["usable_s"] for c in events[-1]["channels"]])
        for row, event, verdict in zip(rows, said, verdicts, strict=True):
            self.assertEqual(float(row["onset"]), event["onset_s"])
            self.assertEqual(row["verdict"], event.get("verdict", "n/a"))
            self.assertEqual(verdict, event.get("verdict", ""))
            self.assertEqual(row["level"], str(event.get("level", "n/a")))
        for text in ("channel 0: released", "release at ", "channel 0: relaxed, 0."):
            self.assertIn(text, done.stdout)

    def test_a_session_takes_the_lines(self):
        self.analyze("-q", "-e", "a.jsonl", self.synth("relax-40"), *SPANS)
        for command in (("new", "s.json", "id: S1, patient: P07, setting: clinical, date: 2026-11-20"),
                        ("import", "s.json", "a.jsonl")):
            done = self.run_program("session", *command, "--by", "AB")
            self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(self.read("s.json"))["findings"]
        self.assertEqual([(f["channel"], f["verdict"]) for f in found if f["type"] == "relaxation"],
                         [(0, "released"), (1, "not_released"), (0, "released"), (1, "unusable")])

    def test_too_short_is_not_assessed(self):
        for answer in self.answers(self.synth("relax-40", "100"), "--baseline", "0-20", "--after",
                                   "70-100"):
            self.assertEqual((answer["verdict"], answer["why"]),
                             ("not_assessed", "too few usable seconds"))
            self.assertNotIn("level", answer)

    def test_what_is_missing_is_not_measured(self):
        samples = np.random.default_rng(1).normal(0, 0.01, (100 * RATE, 1))
        self.write("whole.wav", wav_bytes(samples, floating=True))
        samples[10 * RATE:16 * RATE] = np.nan
        self.write("holed.wav", wav_bytes(samples, floating=True))
        whole, holed = (self.answers(name, "--baseline", "0-50", "--after", "50-100")[-1]
                        for name in ("whole.wav", "holed.wav"))
        self.assertIn(whole["baseline_seconds_used"] - holed["baseline_seconds_used"], (6, 7, 8))
        self.assertEqual((whole["verdict"], holed["verdict"]), ("unchanged", "unchanged"))

    def test_usage(self):
        self.write("a.wav", wav_bytes(noise_with_bursts()))
        for arguments, reason in (
                (("--after", "3-4"), "need --baseline"), (("--baseline", "3-4"), "--baseline needs"),
                (("--baseline", "3", "--after", "4-5"), "A-B in seconds"),
                (("--baseline", "3-2", "--after", "4-5"), "A-B in seconds"),
                (("--baseline", "1-3", "--after", "2-5"), "--after begins before"),
                (("--baseline", "1-3", "--after", "4-13"), "the recording ends at 12.000 s"),
                (("--baseline", "1-3", "--after", "4-5", "--control-channel", "2"),
                 "no such channel")):
            done = self.analyze("-q", "--out", "out", *arguments, "a.wav", status=2)
            self.assertIn(reason, done.stderr)
        self.assertEqual(self.files("out"), [])


class Quality(Rest):
    def test_only_when_asked(self):
        self.write("a.wav", wav_bytes(noise_with_bursts()))
        self.assertNotIn("quality", self.lines("a.wav")[-1]["channels"][0])
        for channel in self.lines("--quality", "a.wav")[-1]["channels"]:
            quality = channel["quality"]
            self.assertEqual((quality["verdict"], quality["ltr_absence"]), ("usable", "assessed"))
            self.assertGreaterEqual(quality["usable_s"], 11)

    def test_no_twitch_on_a_dead_channel_is_not_assessed(self):
        samples = noise_with_bursts(30, 3, ())
        samples[:, 1] = 0.25
        samples[8 * RATE:12 * RATE, 2] = np.nan
        self.write("a.wav", wav_bytes(samples, floating=True))
        done = self.analyze("--quality", "-e", "a.jsonl", "a.wav")
        good, dead, broken = (c["quality"] for c in
                              json.loads(self.read("a.jsonl").splitlines()[-1])["channels"])
        self.assertEqual((good["verdict"], good["ltr_absence"]), ("usable", "assessed"))
        self.assertEqual((dead["verdict"], dead["ltr_absence"], dead["usable_s"]),
                         ("unusable", "not_assessed", 0))
        self.assertIn("flat line", dead["why"])
        self.assertEqual((broken["verdict"], broken["ltr_absence"]), ("usable", "partly_assessed"))
        self.assertIn(broken["unusable_s"], (3, 4))
        said = [line for line in done.stdout.splitlines() if "quality of channel" in line]
        self.assertEqual([line.split("; ")[-1] for line in said[1:]],
                         ["absence of twitches is not assessed",
                          "absence of twitches is partly assessed"])

    def test_unusable_seconds_are_no_baseline(self):
        samples = np.random.default_rng(1).normal(0, 0.01, (100 * RATE, 2))
        samples[:40 * RATE, 1] = 0.25
        self.write("a.wav", wav_bytes(samples))
        said = [e for e in self.lines("a.wav", "--baseline", "0-50", "--after", "50-100")
                if e.get("type") == "relaxation"]
        self.assertEqual([e["verdict"] for e in said], ["unchanged", "not_assessed"])


class Series(Rest):
    def test_decay_and_exhaustion(self):
        """Against the peaks of the event lines, by the definitions of series.h."""
        wav = self.synth("clean", "60")
        _, *events, summary = self.lines("--quality", wav)
        for channel in summary["channels"]:
            twitches = [e for e in events if e["type"] == "ltr" and
                        e["channel"] == channel["channel"]]
            peaks = [e["peak_uv"] for e in twitches]
            series = channel["series"]
            quiet = 60 - twitches[-1]["onset_s"]
            self.assertGreaterEqual(len(peaks), 3)
            self.assertEqual(series["responses"], len(peaks))
            self.assertAlmostEqual(series["decay_ratio"], peaks[2] / peaks[0], delta=1e-3)
            self.assertAlmostEqual(series["decay_step"], (peaks[2] / peaks[0]) ** 0.5, delta=1e-3)
            self.assertAlmostEqual(series["interval_s"], np.median(np.diff(
                [e["onset_s"] for e in twitches])), delta=1e-3)
            self.assertAlmostEqual(series["quiet_s"], quiet, delta=1e-3)
            self.assertEqual(series["exhausted"], quiet >= 20)


if __name__ == "__main__":
    unittest.main()
