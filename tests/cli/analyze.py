#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of `myotwitch analyze` and `info`: outputs, order, bad input, full disk.
Usage: analyze.py PROGRAM"""
import csv
import io
import json
import os
import signal
import stat
import subprocess
import sys
import time
import unittest

import numpy as np

from recording import RATE, InFolder, noise_with_bursts, wav_bytes

InFolder.program = os.path.abspath(sys.argv.pop(1))
GOOD = wav_bytes(noise_with_bursts())


class Outputs(InFolder):
    def setUp(self):
        super().setUp()
        self.write("a.wav", GOOD)

    def analyze(self, *arguments, status=0):
        done = self.run_program("analyze", *arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def lines(self, *arguments):
        done = self.analyze("-q", "--events", "-", *arguments)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_lines(self):
        run, *events, summary = self.lines("a.wav", "--full-scale-uv", "5000")
        self.assertEqual(run["schema"], "myotwitch.run/1")
        self.assertEqual((run["recording"], run["rate_hz"], run["full_scale_uv"]),
                         ("a.wav", RATE, 5000))
        self.assertIn("false_alarms_per_hour=1\n", run["config"])
        self.assertEqual(summary["schema"], "myotwitch.summary/1")
        self.assertEqual((summary["frames"], summary["duration_s"], summary["complete"]),
                         (12 * RATE, 12.0, True))
        self.assertAlmostEqual(summary["channels"][1]["floor_uv"], 50 * 0.66, delta=10)
        self.assertTrue(all(e["schema"] == "myotwitch.event/1" for e in events))
        onsets = [e["onset_s"] for e in events]
        self.assertEqual(onsets, sorted(onsets))
        for burst in (5.0, 8.0):
            near = [e for e in events if abs(e["onset_s"] - burst) < 0.03]
            self.assertEqual(len(near), 1)
            self.assertEqual(near[0]["channel"], 0)
            self.assertGreater(near[0]["peak_uv"], 300)
            self.assertLess(near[0]["onset_s"], near[0]["offset_s"])
            self.assertLessEqual(near[0]["reported_s"], near[0]["confirmed_s"])

    def test_table_and_lines_agree(self):
        self.analyze("-q", "-e", "a.jsonl", "-t", "a.tsv", "a.wav")
        events = [json.loads(line) for line in self.read("a.jsonl").splitlines()][1:-1]
        rows = list(csv.DictReader(io.StringIO(self.read("a.tsv").decode()), delimiter="\t"))
        self.assertEqual(len(rows), len(events))
        self.assertGreaterEqual(len(rows), 2)
        for row, event in zip(rows, events):
            self.assertEqual(float(row["onset"]), event["onset_s"])
            self.assertEqual(row["type"], event["type"])
            self.assertEqual(float(row["peak_fs"]), event["peak_fs"])
            self.assertEqual(row["reasons"].split("; "), event["reasons"] or ["n/a"])

    def test_same_bytes_twice(self):
        for folder in ("one", "two"):
            self.analyze("-q", "--out", folder, "a.wav")
        self.assertEqual(self.files("one"), ["a.events.jsonl", "a.events.tsv", "a.nwb"])
        for name in self.files("one"):
            self.assertEqual(self.read(f"one/{name}"), self.read(f"two/{name}"), name)

    def test_formats(self):
        self.analyze("-q", "--out", "out", "--format", "tsv", "a.wav")
        self.assertEqual(self.files("out"), ["a.events.tsv"])

    def test_summary(self):
        done = self.analyze("a.wav")
        self.assertIn("a.wav: WAV, 16 bit PCM, 2 channels, 2000 frames/s", done.stdout)
        self.assertIn("not a medical device", done.stdout)
        self.assertEqual(done.stderr, "")
        done = self.analyze("a.wav", "-e", "-")
        self.assertNotIn("medical", done.stdout.splitlines()[0])
        self.assertIn("WAV, 16 bit PCM", done.stderr)
        done = self.analyze("-q", "a.wav")
        self.assertEqual(done.stdout + done.stderr, "")

    def test_what_is_too_short_or_dead_says_that_nothing_could_be_detected(self):
        noise = noise_with_bursts(3, 2, ())
        for name, samples, known in (("short", noise[:int(1.9 * RATE)], False), ("long", noise, True),
                                     ("dead", 0 * noise, False)):
            self.write("a.wav", wav_bytes(samples))
            said = self.run_program("analyze", "a.wav").stdout
            self.assertEqual("no twitch was detected\n" in said, known, name)
            self.assertEqual("nothing could be detected: no channel has signal for the 2 s" in said, not known, name)
        self.assertIn("no twitch was detected", self.run_program("analyze", "--method", "bonato", "a.wav").stdout)

    def test_provisional_comes_before_its_verdict(self):
        stages = {}
        for event in self.lines("--provisional", "a.wav")[1:-1]:
            stages.setdefault(event["id"], []).append(event["stage"])
        self.assertIn(["provisional", "confirmed"], stages.values())
        final = self.lines("a.wav")[1:-1]
        confirmed = [s for s in stages.values() if s[-1] == "confirmed"]
        self.assertEqual(len(final), len(confirmed))

    def test_marks(self):
        self.write("a-events.txt", b"# id, s\nneedle in,\t3.25\n7,\t6\n")
        marks = [e for e in self.lines("a.wav") if e.get("type") == "marker"]
        self.assertEqual([(m["onset_s"], m["label"]) for m in marks], [(3.25, "needle in"), (6, "7")])

    def test_existing_outputs_are_kept(self):
        self.write("kept.jsonl", b"mine")
        done = self.analyze("-q", "-e", "kept.jsonl", "a.wav", status=1)
        self.assertIn("kept.jsonl: File exists", done.stderr)
        self.assertEqual(self.read("kept.jsonl"), b"mine")
        self.analyze("-q", "-e", "kept.jsonl", "--force", "a.wav")
        self.assertTrue(self.read("kept.jsonl").startswith(b'{"schema"'))
        self.assertEqual(self.files(), ["a.wav", "kept.jsonl"])

    def test_the_input_is_never_an_output(self):
        self.analyze("-q", "--out", "o", "a.wav")
        session = self.read("o/a.nwb")
        os.symlink("a.wav", self.path("link.wav"))
        for arguments in (["-e", "a.wav", "a.wav"], ["-t", "link.wav", "a.wav"], ["-e", "a.wav", "link.wav"],
                          ["--out", "o", "o/a.nwb"], ["--method", "aglr", "-e", "a.wav", "a.wav"]):
            done = self.analyze("-q", "--force", *arguments, status=1)
            self.assertIn("is the input itself, which is kept", done.stderr)
        self.assertEqual(self.read("a.wav"), GOOD)
        self.assertEqual(self.read("o/a.nwb"), session)
        self.assertEqual(self.files(), ["a.wav", "link.wav", "o"])

    def test_devices_and_pipes_are_written_as_they_stand(self):
        os.mkfifo(self.path("pipe"))
        with subprocess.Popen(["cat", self.path("pipe")], stdout=subprocess.PIPE) as reader:
            self.analyze("-q", "-e", "pipe", "--force", "a.wav")
            self.assertTrue(reader.communicate()[0].startswith(b'{"schema"'))
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path("pipe")).st_mode))

    def test_config_goes_round(self):
        printed = self.run_program("analyze", "--print-config", "-a", "3", "a.wav").stdout
        self.write("mine.conf", b"# a comment\n\n" + printed.encode())
        first = self.lines("-a", "3", "a.wav")[0]
        second = self.lines("--config", "mine.conf", "a.wav")[0]
        self.assertEqual(first["config_hash"], second["config_hash"])
        self.assertEqual(first["config"], printed)
        self.assertNotEqual(first["config_hash"], self.lines("a.wav")[0]["config_hash"])

    def test_bad_configuration_names_its_line(self):
        for text, reason in ((b"arm_s=2\nspeed=9\n", "line 2: 'speed=9' is not known"),
                             (b"nothing", "line 1: not key=value"),
                             (b"arm_s=9999\n", "arm_s is out of range")):
            self.write("bad.conf", text)
            done = self.analyze("--config", "bad.conf", "a.wav", status=2)
            self.assertIn(reason, done.stderr)

    def test_usage(self):
        self.write("b.wav", GOOD)
        os.mkdir(self.path("other"))
        self.write("other/a.wav", GOOD)
        for arguments in ([], ["--surface", "--needle", "0", "a.wav"], ["--format", "tsv", "a.wav"],
                          ["--out", "o", "--format", "xls", "a.wav"], ["-e", "x", "a.wav", "b.wav"],
                          ["--out", "o", "a.wav", "other/a.wav"], ["--channels", "7", "a.wav"],
                          ["--cpu", "z80", "a.wav"], ["-e", "x", "-t", "x", "a.wav"],
                          ["-e", "-", "-t", "-", "a.wav"], ["-a", "0", "a.wav"]):
            self.assertNotEqual(self.analyze(*arguments, status=2).stderr, "")
        self.assertEqual(self.files("o") + self.files("x"), [])

    def test_published_methods(self):
        for method in ("hodges_bui", "solnik", "aglr"):
            done = self.analyze("-q", "--method", method, "--method-settings", "threshold=8", "-e", "-", "a.wav")
            run, *events, summary = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual(run["detector"], "method/" + method)
            self.assertIn("threshold=8", run["config"])
            self.assertGreater(len(events), 0)
            self.assertEqual({event["type"] for event in events}, {"ltr"})
            self.assertEqual(summary["schema"], "myotwitch.summary/1")
        for bad in (["--method", "best"], ["--method", "silva", "--method-settings", "depth=3"],
                    ["--method-settings", "threshold=3"], ["--method", "aglr", "--method-settings", "window=x"]):
            self.analyze(*bad, "a.wav", status=2)
        self.write("short.wav", wav_bytes(noise_with_bursts()[:2000]))
        self.assertIn("two seconds", self.analyze("--method", "aglr", "short.wav", status=3).stderr)

    def test_info_without_the_person(self):
        self.write("Anna Muster-events.txt", b"Anna sneezed,\t1.0\n")
        self.write("Anna Muster.wav", GOOD)
        done = self.run_program("info", "--marks", "--deidentify", "Anna Muster.wav")
        self.assertEqual(done.returncode, 0)
        self.assertIn("24000 frames, 12.000 s", done.stdout)
        self.assertIn("1.0000", done.stdout)
        self.assertNotIn("Anna", done.stdout)

    def test_info(self):
        done = self.run_program("info", "a.wav")
        self.assertEqual(done.returncode, 0)
        self.assertIn("24000 frames, 12.000 s", done.stdout)
        self.assertEqual(self.run_program("info", "a.wav", "none.wav").returncode, 3)


class BadInput(InFolder):
    def refuse(self, name, reason, *options, status=3):
        done = self.run_program("analyze", "-q", "--out", "out", *options, name)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(name, done.stderr)
        self.assertIn(reason, done.stderr)
        return done

    def refuse_bytes(self, content, reason):
        self.write("bad.wav", content)
        self.refuse("bad.wav", reason)
        self.assertEqual(self.files("out"), [])

    def test_what_is_no_recording(self):
        self.refuse_bytes(b"", "the file is empty")
        self.refuse_bytes(b"hello, world\n" * 9, "line 9: no table of numbers")
        self.refuse_bytes(b"\x01\x02\x03\xff" * 30, "byte 0: no recording of a known kind")
        self.refuse_bytes(b"\x89HDF\r\n\x1a\n" + bytes(90), "HDF5: damaged or cut off")
        self.refuse_bytes(GOOD[:8], "no recording of a known kind")
        self.refuse_bytes(GOOD[:20], "the format chunk is cut off")
        self.refuse_bytes(GOOD[:40], "the file ends before its data")

    def test_headers_that_cannot_be(self):
        few = noise_with_bursts(1, 1, ())
        self.refuse_bytes(wav_bytes(few, channels=0), "header: zero channels")
        self.refuse_bytes(wav_bytes(few, rate=0), "header: 0 frames a second")
        seven = bytearray(wav_bytes(few))
        seven[34] = 7
        self.refuse_bytes(bytes(seven), "header: 7 bits a sample")
        self.refuse_bytes(wav_bytes(few, rate=44), "44 frames a second")
        self.refuse_bytes(wav_bytes(few, rate=4_000_000_000), "4000000000 frames a second")
        self.refuse_bytes(wav_bytes(few[:0]), "no frame")
        self.refuse_bytes(wav_bytes(np.zeros((9, 300))), "300 channels")
        self.refuse_bytes(wav_bytes(few)[:20] + b"\x11\0" + wav_bytes(few)[22:], "codec 0x0011")

    def test_what_cannot_be_opened(self):
        self.refuse("none.wav", "No such file or directory")
        os.symlink("gone", self.path("dangling.wav"))
        self.refuse("dangling.wav", "No such file or directory")
        os.mkdir(self.path("folder.wav"))
        self.refuse("folder.wav", "is not a regular file")
        os.mkfifo(self.path("pipe.wav"))
        self.refuse("pipe.wav", "is not a regular file")
        self.assertEqual(self.files("out"), [])

    @unittest.skipIf(os.geteuid() == 0, "root may read every file")
    def test_without_permission(self):
        self.write("secret.wav", GOOD)
        os.chmod(self.path("secret.wav"), 0)
        self.refuse("secret.wav", "Permission denied")

    def test_cut_off_is_analysed_as_far_as_it_goes(self):
        for frames in (1, 999, 17_001):
            self.write("cut.wav", GOOD[:44 + 4 * frames + 1])
            self.refuse("cut.wav", f"frame {frames}: the file ends before the 24000 frames",
                        "--force")
            lines = self.read("out/cut.events.jsonl").splitlines()
            summary = json.loads(lines[-1])
            self.assertEqual((summary["frames"], summary["complete"]), (frames, False))

    def test_what_is_not_a_number_is_missing(self):
        samples = noise_with_bursts()
        samples[10_000:10_100, 1] = np.nan
        samples[10_050, 0] = np.inf
        self.write("nan.wav", wav_bytes(samples, floating=True))
        done = self.refuse("nan.wav", "101 samples are not numbers, the first in frame 10000 of "
                           "channel 1; treated as missing", status=0)
        events = [json.loads(line) for line in self.read("out/nan.events.jsonl").splitlines()][1:-1]
        gaps = [e for e in events if e["type"] == "gap"]
        self.assertTrue(any(abs(e["onset_s"] - 5.0) < 0.01 for e in gaps), done.stdout)
        self.write("all.wav", wav_bytes(samples * np.nan, floating=True))
        self.refuse("all.wav", "48000 samples are not numbers")

    def test_one_bad_among_three(self):
        self.write("a.wav", GOOD)
        self.write("b.wav", b"RIFF....WAVE")
        self.write("c.wav", GOOD)
        done = self.run_program("analyze", "-q", "--out", "out", "a.wav", "b.wav", "c.wav")
        self.assertEqual(done.returncode, 3)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertEqual(self.files("out"), [f"{n}.{e}" for n in "ac" for e in
                                             ("events.jsonl", "events.tsv", "nwb")])

    def test_names_do_not_steer_the_terminal(self):
        name = "evil\x1b[2J.wav"
        self.write(name, b"")
        done = self.run_program("analyze", name)
        self.assertNotIn("\x1b", done.stderr)
        self.assertIn("evil?[2J.wav", done.stderr)


class Trouble(InFolder):
    def test_full_disk(self):
        self.write("a.wav", GOOD)
        os.mkdir(self.path("full"))
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs",
                                self.path("full")], capture_output=True, check=False)
        if mount.returncode != 0:
            self.skipTest("a small file system cannot be mounted here")
        try:
            for kind, reason in (("nwb", "session file: cannot be written"),
                                 ("jsonl", "No space left on device")):
                room = os.statvfs(self.path("full"))
                if kind == "jsonl":
                    self.write("full/filler", bytes(room.f_bavail * room.f_frsize))
                done = self.run_program("analyze", "-q", "--out", "full", "-f", kind, "a.wav")
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(reason, done.stderr)
                self.assertLessEqual(set(self.files("full")), {"filler"})
        finally:
            subprocess.run(["umount", self.path("full")], check=True)

    def test_no_such_folder(self):
        self.write("a.wav", GOOD)
        done = self.run_program("analyze", "-q", "-e", "none/a.jsonl", "a.wav")
        self.assertEqual(done.returncode, 1)
        self.assertIn("none/a.jsonl: No such file or directory", done.stderr)

    def test_reader_of_our_output_went_away(self):
        self.write("a.wav", GOOD)
        with subprocess.Popen([self.program, "analyze", "-q", "-e", "-", self.path("a.wav")],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.close()
            self.assertIn(b"Broken pipe", process.stderr.read())
            self.assertEqual(process.wait(60), 1)

    def test_a_signal_leaves_nothing_behind(self):
        # An hour of 64 channels of silence, as a hole in the file: longer than the test waits.
        head = bytearray(wav_bytes(np.zeros((1, 64))))[:44]
        size = 3600 * RATE * 128
        head[40:44] = size.to_bytes(4, "little")
        self.write("long.wav", bytes(head))
        os.truncate(self.path("long.wav"), 44 + size)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with subprocess.Popen([self.program, "analyze", "-q", "--out", "out", "long.wav"],
                                  cwd=self.folder, stderr=subprocess.PIPE) as process:
                until = time.monotonic() + 30
                while len(self.files("out")) < 3 and time.monotonic() < until:
                    time.sleep(0.01)
                self.assertEqual(len(self.files("out")), 3)
                process.send_signal(number)
                self.assertIn(b"interrupted", process.stderr.read())
                self.assertEqual(process.wait(60), 1)
            self.assertEqual(self.files("out"), [])


if __name__ == "__main__":
    unittest.main()
