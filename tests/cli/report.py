#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of `myotwitch report`: a whole page, and its numbers. Usage: report.py PROGRAM"""
import html.parser
import base64
import hashlib
import json
import math
import os
import pathlib
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import unittest
import wave

PROGRAM = os.path.abspath(sys.argv.pop(1))
DEMO = pathlib.Path(__file__).resolve().parents[2] / "datasets" / "demo"
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(html.parser.HTMLParser):
    """Checks that what is opened is closed, and keeps tags and text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text, self.faults = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if len(attrs) != len({name for name, _ in attrs}):
            self.faults.append(f"attribute twice in {tag}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if "script" not in self.open:
            self.text.append(data)

    def words(self):
        return " ".join("".join(self.text).split())

    def with_class(self, name):
        return [a for _, a in self.tags if name in (a.get("class") or "").split()]


class Report(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.dir.name)

    def tearDown(self):
        self.dir.cleanup()

    def run_it(self, *args):
        return subprocess.run([PROGRAM, *map(str, args)], capture_output=True, cwd=self.path)

    def good(self, *args):
        done = self.run_it(*args)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def page(self, *args):
        text = self.good("report", *args)
        page = Page(text)
        self.assertEqual((page.faults, page.open), ([], []))
        self.assertNotIn("nan", page.words().split())
        ours = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)  # what the library names it may not fetch
        addresses = set(re.findall(r"""(?:https?:)?//[^\s"'<>)]+""", ours))
        self.assertLessEqual(addresses, {"http://www.w3.org/2000/svg"})
        self.assertEqual([t for t, _ in page.tags if t in ("link", "img", "iframe")], [])
        self.check_scripts(text)
        self.assertNotIn("@import", ours)
        self.assertNotIn("url(", ours)
        return page, text

    def check_scripts(self, text):
        """Nothing runs but what the page names by its hash; the numbers beside it are numbers."""
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
        scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        data = re.findall(r'<script type="application/json" id="trace-data">(.*?)</script>', text, re.DOTALL)
        self.assertEqual((text.count("<script"), len(scripts)), (2 * len(data), len(data)))
        self.assertTrue(policy.startswith("default-src 'none'; style-src 'unsafe-inline'"))
        if not data:
            self.assertNotIn("script-src", policy)
            return
        self.assertEqual(len(data), 1)
        digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
        self.assertIn(f"script-src 'sha256-{digest}'", policy)
        trace = json.loads(data[0])
        self.assertEqual(set(trace), {"unit", "bin", "step", "low", "high", "twitches"})
        self.assertEqual(len(trace["low"]), len(trace["high"]))
        self.assertTrue(all(isinstance(value, int) for value in trace["low"] + trace["high"]))
        self.assertTrue(all(low <= high for low, high in zip(trace["low"], trace["high"])))

    def analysed(self):
        self.good("analyze", "-q", "-e", "r.jsonl", DEMO / "needling.wav")
        lines = [json.loads(line) for line in (self.path / "r.jsonl").read_text().splitlines()]
        return lines, [e for e in lines if e.get("type") == "ltr"]

    def session(self, patient="P07"):
        self.good("session", "new", "s.json", f"id: S1, patient: '{patient}', setting: clinical, "
                  "date: 2026-11-20, qualified: yes")
        for part, fields in (("point", "id: p1, muscle: trapezius_upper, side: left, referred: [temple]"),
                             ("step", "id: n, kind: needle, start: 0, end: 45, point: p1, pain_quality: dull"),
                             ("insertion", "id: i1, at: 0.5"), ("insertion", "id: i2, at: 44")):
            self.good("session", "add", "s.json", part, fields, "--by", "AB")

    def test_recording(self):
        """Every event, and the numbers that analyze gave."""
        lines, twitches = self.analysed()
        page, text = self.page("-e", "r.jsonl", "-r", DEMO / "needling.wav")
        flagged = [a for a in page.with_class("ltr") if "data-id" in a]
        self.assertEqual(len(flagged), len(twitches))
        self.assertEqual(len(page.with_class("dot")), len(twitches))
        self.assertEqual(len(page.with_class("one")), len(twitches))
        self.assertIn(f"{len(twitches)}twitches detected", page.words())
        rows = re.findall(r"<tr data-id=.*?</tr>", text)
        cells = [re.findall(r"<t[hd]>(.*?)</t[hd]>", row) for row in rows]
        kept = [e for e in lines if e.get("type") in ("ltr", "single_unit", "contraction", "gap", "saturation")]
        self.assertEqual([c[0] for c in cells], [e["type"] for e in kept])
        for cell, event in zip(cells, kept):
            self.assertEqual(cell[1], f"{event['onset_s']:.4f}")
            self.assertEqual(cell[3], str(event["channel"]))
            self.assertAlmostEqual(float(cell[4]), event["peak_uv"], delta=0.006 * event["peak_uv"])
            self.assertAlmostEqual(float(cell[5]), event["snr_db"], delta=0.051)
        median = statistics.median(e["peak_uv"] for e in twitches)
        shown = float(re.search(r'([\d.]+)<small>&micro;V', text).group(1))
        self.assertAlmostEqual(shown, median, delta=0.006 * median)
        self.assertIn(lines[0]["config_hash"], text)
        self.assertIn(lines[0]["detector"], text)
        self.assertIn("not a medical device", page.words())

    def test_trace_is_the_recording(self):
        """A burst of 50 ms at 3 s stands there in the trace, and at 0 ms among the twitches."""
        rate, low = 2000, 4
        samples = [low * (-1) ** (i // 7) for i in range(10 * rate)]
        for i in range(rate // 20):
            samples[3 * rate + i] = round(9000 * math.sin(2 * math.pi * 100 * i / rate))
        with wave.open(str(self.path / "r.wav"), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(rate)
            out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
        event = {"schema": "myotwitch.event/1", "type": "ltr", "channel": 0, "onset_s": 3.0,
                 "offset_s": 3.05, "peak_fs": 9000 / 32768}
        (self.path / "x.jsonl").write_text(json.dumps(event) + "\n")
        _, text = self.page("-e", "x.jsonl", "-r", "r.wav")

        def path(name):
            numbers = re.search(f'class="{name}" d="M([-\\d ]+)', text).group(1).split()
            return list(zip(map(int, numbers[::2]), map(int, numbers[1::2])))

        # Time axis 0 to 10 s from 760 to 9780; half height 750 = 1.1 times the largest, and edges
        # of a burst overshoot in any band.
        trace = path("envelope")
        loud = [(x - 760) / 902.0 for x, y in trace if abs(y - 1170) > 300]
        self.assertAlmostEqual(min(loud), 3.0, delta=0.01)
        self.assertAlmostEqual(max(loud), 3.05, delta=0.015)
        # -30 to 170 ms from 640 to 4720, 20.4 a ms.
        aligned = [(x - 640) / 20.4 - 30 for x, y in path("middle") if abs(y - 1240) > 500]
        self.assertAlmostEqual(min(aligned), 1.5, delta=2)
        self.assertAlmostEqual(max(aligned), 49, delta=3)
        self.assertIn("% of full scale", text)

    def test_session_file_of_analyze(self):
        """The NWB session serves as the recording: the same picture."""
        self.good("analyze", "-q", "-o", ".", DEMO / "needling.wav")
        _, wav = self.page("-e", "needling.events.jsonl", "-r", DEMO / "needling.wav")
        _, nwb = self.page("-e", "needling.events.jsonl", "-r", "needling.nwb")
        self.assertEqual(nwb.count("<path"), wav.count("<path"))
        self.assertIn("<h1>needling.nwb</h1>", nwb)
        self.assertNotIn('class="checks"', nwb)

    def test_session(self):
        self.analysed()
        self.session()
        before = (self.path / "s.json").read_bytes()
        page, text = self.page("s.json", "-e", "r.jsonl")
        self.assertEqual((self.path / "s.json").read_bytes(), before)
        words = page.words()
        for said in ("Patient P07", "Upper trapezius, left", "2026-11-20", "insertions answered"):
            self.assertIn(said, words)
        rows = [json.loads(line) for line in self.good("check", "--json", "s.json").splitlines()]
        self.assertIn("not assessed", words)
        loud = [r for r in rows if r["severity"] in ("note", "warn", "refer", "stop")]
        for row in loud:
            if row["rule"].startswith("X"):
                self.assertIn(row["rule"], words)
        order = [a["class"] for t, a in page.tags if t == "li" and a.get("class") in ("stop", "refer", "warn", "note")]
        ranks = ["stop", "refer", "warn", "note"]
        self.assertTrue(order)
        self.assertEqual(order[0], min(order, key=ranks.index))
        zones = [a["data-zone"] for a in page.with_class("referred") if "data-zone" in a]
        self.assertEqual(zones, ["temple"])
        self.assertEqual([a["data-id"] for a in page.with_class("point") if "data-id" in a], ["p1"])
        self.assertEqual(text, self.good("report", "s.json", "-e", "r.jsonl"))

    def test_a_step_without_an_end_lasts_until_the_next_or_the_end(self):
        self.good("session", "new", "o.json", "id: S1, setting: clinical, date: 2026-11-20")
        for fields in ("id: a, kind: palpate, start: 3", "id: b, kind: needle, start: 10", "id: c, kind: recheck, start: 20, end: 30"):
            self.good("session", "add", "o.json", "step", fields, "--by", "AB")
        page, text = self.page("o.json")
        for title in ("palpate 0:03&ndash;0:10, no end noted", "needle 0:10&ndash;0:20, no end noted", "recheck 0:20&ndash;0:30<"):
            self.assertIn(title, text)
        self.good("session", "unset", "o.json", "c", "end", "--by", "AB")
        self.good("session", "add", "o.json", "insertion", "id: i, at: 42", "--by", "AB")
        self.assertIn("recheck 0:20&ndash;0:42, no end noted", self.page("o.json")[1])

    def test_stop_is_told(self):
        self.session()
        self.good("session", "set", "s.json", "n", "pain_quality", "electric", "--by", "AB")
        page, _ = self.page("s.json")
        names = [a.get("class") for _, a in page.tags]
        self.assertEqual(names.count("stop-banner"), 1)
        self.assertLess(names.index("stop-banner"), names.index("figures"))

    def test_relaxation(self):
        self.session()
        event = {"schema": "myotwitch.event/1", "type": "relaxation", "onset_s": 50, "offset_s": 90,
                 "verdict": "relaxed", "level": 0.62, "level_low": 0.55, "level_high": 0.71}
        (self.path / "x.jsonl").write_text(json.dumps(event) + "\n")
        page, text = self.page("s.json", "-e", "x.jsonl")
        self.assertIn("released: 0.62 (0.55 to 0.71)", page.words())
        self.assertEqual(len(page.with_class("interval")), 1)

    def test_texts_are_escaped(self):
        evil = "<script>x(1)</script>&\" onload=1"
        self.session(evil)
        page, text = self.page("s.json")
        self.assertNotIn("<script", text)
        self.assertIn(f"Patient {evil}", page.words())

    def test_every_zone_has_its_place(self):
        zones = [json.loads(line)["id"] for line in self.good("model", "zones", "--json").splitlines()]
        self.session()
        self.good("session", "set", "s.json", "p1", "referred", "[" + ", ".join(zones) + "]", "--by", "AB")
        page, _ = self.page("s.json")
        shown = [a["data-zone"] for a in page.with_class("referred") if "data-zone" in a]
        self.assertEqual(sorted(shown), sorted(zones))

    def test_course(self):
        self.session()
        self.good("session", "new", "b.json", "id: S0, patient: P07, setting: clinical, date: 2026-11-10")
        page, _ = self.page("s.json", "b.json")
        self.assertIn("Course", page.words())
        self.good("session", "new", "c.json", "id: S9, patient: P08, setting: clinical, date: 2026-11-10")
        self.assertEqual(self.run_it("report", "s.json", "c.json").returncode, 3)

    def test_refusals(self):
        self.session()
        (self.path / "mine.html").write_text("mine")
        (self.path / "bad.jsonl").write_text("{not json\n")
        for status, args in ((2, ()), (1, ("s.json", "-o", "mine.html")), (3, ("nowhere.json",)),
                             (3, ("s.json", "-e", "bad.jsonl", "-o", "new.html")),
                             (3, ("s.json", "-r", "s.json", "-o", "new.html")),
                             (3, ("s.json", "-r", DEMO / "needling.wav", "-c", "7", "-o", "new.html"))):
            done = self.run_it("report", *args)
            self.assertEqual(done.returncode, status, (args, done.stderr))
            self.assertEqual(done.stdout, b"")
            self.assertTrue(done.stderr)
        self.assertEqual((self.path / "mine.html").read_text(), "mine")
        before = (self.path / "s.json").read_bytes()
        done = self.run_it("report", "s.json", "-o", "./s.json", "--force")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"is the input itself, which is kept", done.stderr)
        self.assertEqual((self.path / "s.json").read_bytes(), before)
        for command in ("report", "check"):
            done = self.run_it(command, DEMO / "needling.wav")
            self.assertEqual(done.returncode, 3)
            self.assertIn(b"is a recording, not the record of a session", done.stderr)
        self.assertFalse((self.path / "new.html").exists())
        self.good("report", "s.json", "-o", "mine.html", "--force")
        self.assertIn("<!DOCTYPE html>", (self.path / "mine.html").read_text())


if __name__ == "__main__":
    unittest.main()
