#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session from end to end: a recording replayed as a device, recorded, commented by people, taken over,
checked, reported, and the page looked at in a browser where there is one.

usage: session_live.py PROGRAM [FOLDER]    FOLDER: keep the page and its pictures there"""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
KEEP = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else None
BROWSER = shutil.which("chromium")
SPEED = 10
SECONDS = 130  # the last is said long before, on a slow machine too
INSERTIONS = (12, 22, 32, 42, 52)
# When (s of the session), what people say through the socket. What is undone must leave no trace.
SAID = [(1, "phase inspect"), (3, "phase baseline"), (8, "phase palpate"), (10, "phase needle"),
        *((at, "insertion next") for at in INSERTIONS), (56, "mark needle moved"), (57, "phase stretch"),
        (58, "undo"), (59, "note patient calm"), (62, "phase compress"), (64, "hold"), (98, "after")]
LAST = (104, "phase aftercare")
SIGN = (60, "mark stop-sign sharp, shooting or electric pain")


class Desk:
    """A live session that is replayed, and the socket on which it takes commands."""

    def __init__(self, folder, recording, session, events):
        self.live = subprocess.Popen(
            [PROGRAM, "live", "--replay", recording, "--speed", str(SPEED), "--record", session, "-e", events,
             "--remote", "0", "-q"], cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.socket = socket.create_connection(("127.0.0.1", int(self.live.stderr.readline().split()[2])), 20)
        self.answers = self.socket.makefile("r", encoding="utf-8")

    def ask(self, line):
        self.socket.sendall((line + "\n").encode())
        return self.answers.readline().rstrip("\n")

    def now(self):
        return json.loads(self.ask("status"))["time_s"]

    def until(self, second):
        """Waits for this time of the session; what the time is then."""
        while (now := self.now()) < second:
            time.sleep(0.01)
        return now

    def end(self):
        self.answers.close()
        self.socket.close()
        self.live.stderr.read()
        self.live.stderr.close()
        return self.live.wait(timeout=60)


class Whole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.dir.name)
        cls.heard = {}  # when what was said was heard: name, words -> no sooner, no later (s of the session)
        cls.good("synth", "needling", "--seed", "31", "--duration", SECONDS, "--output", "s.wav")
        for name, said in (("calm", sorted([*SAID, LAST])), ("stopped", sorted([*SAID, SIGN, LAST]))):
            cls.held(name, said)

    @classmethod
    def held(cls, name, said):
        desk = Desk(cls.path, "s.wav", f"{name}.nwb", f"{name}.jsonl")
        for at, line in said:
            before = desk.until(at)
            answer = desk.ask(line)
            assert answer.startswith("ok"), answer
            cls.heard[name, line] = (before, desk.now())
        assert desk.end() == 0
        by = ("--by", "AB", "--when", "2026-11-20T10:00")
        cls.good("session", "new", f"{name}.json",
                 "id: S1, patient: P07, setting: clinical, qualified: yes, date: 2026-11-20, "
                 "protocol: professional_needling, channels: [emg]")
        cls.good("session", "add", f"{name}.json", "point",
                 "id: p1, muscle: trapezius_upper, side: left, referred: [temple], activity: active", *by)
        cls.good("session", "import", f"{name}.json", f"{name}.jsonl", *by)
        cls.good("session", "relax", f"{name}.json", f"{name}.nwb", *by)
        for step in cls.content(name)["steps"]:
            if step["kind"] not in ("inspect", "baseline"):
                cls.good("session", "set", f"{name}.json", step["id"], "point", "p1", *by)
        # The mark came late, as people do: the insertion was before the first twitch of the needling.
        content = cls.content(name)
        needle = next(step for step in content["steps"] if step["kind"] == "needle")
        first = min(one["at"] for one in content["findings"] if one.get("step") == needle["id"]
                    and one["type"] == "ltr" and one["at"] > needle["start"] + 1)
        cls.good("session", "set", f"{name}.json", content["insertions"][0]["id"], "at", first - 0.3, *by)
        cls.good("report", f"{name}.json", "--recording", f"{name}.nwb", "--out", f"{name}.html")

    @classmethod
    def tearDownClass(cls):
        if KEEP is not None:
            KEEP.mkdir(parents=True, exist_ok=True)
            for file in cls.path.iterdir():
                if file.suffix in (".html", ".png", ".pdf", ".json", ".jsonl"):
                    shutil.copy(file, KEEP)
        cls.dir.cleanup()

    @classmethod
    def run_it(cls, *args):
        return subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True, cwd=cls.path)

    @classmethod
    def good(cls, *args):
        done = cls.run_it(*args)
        assert done.returncode == 0, (args, done.stderr)
        return done.stdout

    @classmethod
    def content(cls, name):
        return json.loads((cls.path / f"{name}.json").read_text())

    @classmethod
    def lines(cls, path):
        rows = [json.loads(line) for line in (cls.path / path).read_text().splitlines()]
        # Ids differ: live counts them as they are reported.
        return sorted(json.dumps({k: v for k, v in row.items() if k != "id"}, sort_keys=True)
                      for row in rows if "type" in row and row["type"] not in ("relaxation", "release"))

    def test_the_recording_says_the_same(self):
        self.good("analyze", "calm.nwb", "-q", "-e", "again.jsonl")
        live = self.lines("calm.jsonl")
        self.assertEqual(live, self.lines("again.jsonl"))
        self.assertGreater(sum('"ltr"' in line for line in live), 10)
        self.assertIn("undone: phase: stretch", "".join(live))

    def test_marks_became_the_session(self):
        content = self.content("calm")
        steps = {step["kind"]: step for step in content["steps"]}
        self.assertEqual([step["kind"] for step in content["steps"]],
                         ["inspect", "baseline", "palpate", "needle", "compress", "recheck", "aftercare"])
        for kind, *said in (("needle", "phase needle", "phase compress"), ("compress", "hold", "after"),
                            ("recheck", "after", "phase aftercare")):
            for edge, line in zip(("start", "end"), said):
                soonest, latest = self.heard["calm", line]
                self.assertTrue(soonest - 1e-3 <= steps[kind][edge] <= latest + 1e-3, (steps[kind], line, soonest, latest))
        self.assertEqual(steps["needle"]["note"], "patient calm")
        self.assertEqual(len(content["insertions"]), len(INSERTIONS))
        self.assertEqual({one["step"] for one in content["insertions"]}, {steps["needle"]["id"]})
        twitches = [one for one in content["findings"] if one["type"] == "ltr"]
        inside = [one for one in twitches
                  if steps["needle"]["start"] <= one["at"] < steps["needle"]["end"]]
        self.assertGreater(len(inside), 5)
        for one in inside:
            self.assertEqual((one["step"], one["point"]), (steps["needle"]["id"], "p1"))

    def test_checks(self):
        calm = self.run_it("check", "--gate", "calm.json")
        self.assertEqual(calm.returncode, 0, calm.stdout)
        said = [json.loads(line) for line in self.good("check", "--json", "calm.json").splitlines()]
        codes = {(one["rule"], one["code"]) for one in said if "rule" in one}
        self.assertTrue({("C01", "OK"), ("N01", "PLACEMENT_CONFIRMED")} <= codes,
                        sorted(codes))
        # Twitches confirm the placement all the same: no signal takes the stop back.
        stopped = self.run_it("check", "--gate", "--all", "stopped.json")
        self.assertEqual(stopped.returncode, 5, stopped.stdout)
        for rule in ("X01", "X08", "N01"):
            self.assertIn(rule, stopped.stdout)

    def test_report(self):
        page = (self.path / "stopped.html").read_text()
        self.assertTrue("Stop sign: sharp, shooting or electric pain" in page)
        page = (self.path / "calm.html").read_text()
        self.assertFalse("Stop sign" in page)
        for words in ("Patient P07", "Upper trapezius, left", "needle: patient calm", "insertions answered", "not a medical device"):
            self.assertTrue(words in page, words)
        self.assertGreater(page.count('class="mark ltr'), 5)

    @unittest.skipIf(BROWSER is None, "no chromium on this machine")
    def test_pages_in_a_browser(self):
        for name in ("calm", "stopped"):
            shots = [self.browse(name, f"{name}-{kind}.png", *more)
                     for kind, more in (("light", ()), ("dark", ("--blink-settings=preferredColorScheme=0",)))]
            self.assertTrue(all(len(shot) > 50_000 for shot in shots))
            self.assertNotEqual(*shots)
            pdf = self.browse(name, f"{name}.pdf")
            self.assertEqual(len(re.findall(rb"/Type\s*/Page\b", pdf)), 2)

    def browse(self, name, output, *more):
        path = self.path / output
        what = ("--no-pdf-header-footer", f"--print-to-pdf={path}") if output.endswith(".pdf") else \
            ("--window-size=1280,2600", f"--screenshot={path}")
        with tempfile.TemporaryDirectory() as profile:
            done = subprocess.run(
                [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--hide-scrollbars", f"--user-data-dir={profile}", *what, *more,
                 f"file://{self.path}/{name}.html"], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return path.read_bytes()


if __name__ == "__main__":
    unittest.main()
