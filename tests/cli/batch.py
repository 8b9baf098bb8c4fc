#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of `myotwitch batch`: failures, kills, parts, and the tables' bytes.

Usage: batch.py PROGRAM
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

import numpy as np

from batch_tree import BROKEN, TABLES, put, rows, tables, tree_make
from recording import InFolder, noise_with_bursts, wav_bytes

GOOD = 54


def long_one(seconds, channels):
    """A recording that a worker is at for longer than this test may have to wait for a processor."""
    return wav_bytes(np.tile(noise_with_bursts(seconds / 4, channels, (30.0,)), (4, 1)))


class Batch(InFolder):
    program = os.path.abspath(sys.argv.pop(1))

    def batch(self, *arguments, status=3):
        done = self.run_program("batch", *arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def tree(self, good=GOOD, **more):
        tree_make(self.path("tree"), good, **more)

    def stamps(self, out):
        """When each entry was made."""
        return {str(path): path.stat().st_mtime_ns
                for path in pathlib.Path(self.path(out), "recordings").rglob("stamp")}

    def start(self, *arguments):
        return subprocess.Popen([self.program, "batch", *arguments], cwd=self.folder, start_new_session=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait_for(self, what, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = what()
            if found:
                return found
            time.sleep(0.002)
        self.fail("it never came to it")

    def alive(self, group):
        """Whether a process of the group still runs; who has ended counts no more, whether or not anybody asked."""
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, its = stat.read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue
            if int(its) == group and state not in "ZX":
                return True
        return False

    def workers(self, parent):
        """Process ids of a batch's workers that are at their recording already."""
        children = pathlib.Path(f"/proc/{parent}/task/{parent}/children")
        try:
            return [int(pid) for pid in children.read_text().split()
                    if os.readlink(f"/proc/{pid}/fd/2").endswith("/log")]
        except OSError:
            return []


class Tables(Batch):
    def test_sixty_recordings_of_which_six_are_broken(self):
        self.tree()
        done = self.batch("tree", "--out", "out", "--jobs", "2")
        found = tables(self.path("out"))
        failures = {row["recording"]: row for row in rows(found["failures.tsv"])}
        self.assertEqual(set(failures), set(BROKEN))
        for name, (state, word) in BROKEN.items():
            self.assertEqual(failures[name]["status"], state, failures[name])
            self.assertIn(word, failures[name]["reason"])
            self.assertIn(f"tree/{name}: {failures[name]['reason']}", done.stderr)
        listed = rows(found["recordings.tsv"])
        names = [row["recording"] for row in listed]
        self.assertEqual(names, sorted(names))
        self.assertEqual(len(names), GOOD + sum(s == "damaged" for s, _ in BROKEN.values()))
        self.assertIn(f"60 recordings: {GOOD} done, 2 damaged, 4 failed; 4 other files",
                      done.stdout)
        self.assertEqual(done.stdout.count("\n"), 1)

    def test_tables_of_numbers_are_recordings_when_they_tell_their_rate(self):
        samples = noise_with_bursts(4, 1, (3.0,))[:, 0]
        timed = "".join(f"{k / 2000:.4f},{x:.6f}\n" for k, x in enumerate(samples))
        put(self.path("tree"), "timed.csv", ("time,EMG\n" + timed).encode())
        put(self.path("tree"), "said.txt", b"Sampling Rate (Hz): 2000\n" +
            "".join(f"{x:.6f}\n" for x in samples).encode())
        put(self.path("tree"), "ages.csv", b"name,age\n" + b"a,30\n" * 200)
        put(self.path("tree"), "numbers.csv", b"3,4\n" * 500)
        put(self.path("tree"), "notes.txt", b"nothing to be read\n" * 200)
        done = self.batch("tree", "--out", "out", status=0)
        self.assertIn("2 recordings: 2 done, 0 damaged, 0 failed; 3 other files", done.stdout)
        found = rows(tables(self.path("out"))["recordings.tsv"])
        self.assertEqual([row["recording"] for row in found], ["said.txt", "timed.csv"])
        self.assertEqual(found[0]["ltr"], found[1]["ltr"])

    def test_links_in_circles_and_to_nothing_stop_nobody(self):
        put(self.path("tree"), "sub-01/a.wav", wav_bytes(noise_with_bursts(4, 1, (3.0,))))
        for name, target in (("loop", "."), ("sub-01/up", "../sub-01"), ("sub-01/b.wav", "../.annex/none"),
                             ("sub-01/itself.edf", "itself.edf"), ("notes", "nowhere")):
            os.symlink(target, os.path.join(self.path("tree"), name))
        done = self.batch("tree", "--out", "out", status=3)
        self.assertIn("3 recordings: 1 done, 0 damaged, 2 failed; 1 other files", done.stdout)
        found = tables(self.path("out"))
        self.assertEqual([row["recording"] for row in rows(found["recordings.tsv"])], ["sub-01/a.wav"])
        self.assertEqual({row["recording"]: row["reason"] for row in rows(found["failures.tsv"])},
                         {"sub-01/b.wav": "cannot be opened: No such file or directory",
                          "sub-01/itself.edf": "cannot be opened: Too many levels of symbolic links"})
        os.mkdir(self.path("tree/.annex"))
        os.rename(self.path("tree/sub-01/a.wav"), self.path("tree/.annex/none"))
        self.batch("tree", "--out", "out", status=3)
        found = tables(self.path("out"))
        self.assertEqual([row["recording"] for row in rows(found["recordings.tsv"])], ["sub-01/b.wav"])

    def test_a_folder_that_cannot_be_read_stops_nobody(self):
        put(self.path("tree"), "a.wav", wav_bytes(noise_with_bursts(4, 1, (3.0,))))
        os.makedirs(self.path("tree/" + "d/" * 70))
        reasons = ["nested too deep"]
        if os.geteuid() != 0:  # the superuser reads everything
            os.mkdir(self.path("tree/closed"), 0)
            reasons.append("tree/closed: Permission denied")
        done = self.batch("tree", "--out", "out", status=3)
        for reason in reasons:
            self.assertIn(reason, done.stderr)
        self.assertIn("1 recordings: 1 done", done.stdout)

    def test_a_row_for_each_subject(self):
        for name, seconds in (("sub-02/a.wav", 4), ("sub-02/ses-1/b.wav", 8), ("sub-01/c.wav", 4),
                              ("other/sub-01_x.wav", 4), ("day1/d.wav", 4), ("e.wav", 4)):
            put(self.path("tree"), name, wav_bytes(noise_with_bursts(seconds, 1, (3.0,))))
        put(self.path("tree"), "sub-02/broken.wav", b"")
        self.batch("tree", "--out", "out")
        found = tables(self.path("out"))
        listed = rows(found["recordings.tsv"])
        subjects = {row["subject"]: row for row in rows(found["subjects.tsv"])}
        self.assertEqual(list(subjects), ["day1", "n/a", "sub-01", "sub-02"])
        self.assertEqual(subjects["sub-02"]["duration_s"], "12.000")
        self.assertEqual((subjects["sub-02"]["recordings"], subjects["sub-02"]["failed"]), ("3", "1"))
        self.assertEqual(subjects["sub-01"]["done"], "2")
        self.assertEqual(sum(int(row["ltr"]) for row in subjects.values()),
                         sum(int(row["ltr"]) for row in listed))

    def test_the_tables_hold_what_analyze_says(self):
        self.tree(good=4)
        self.batch("tree", "--out", "out")
        found = tables(self.path("out"))
        events = rows(found["events.tsv"])
        for row in rows(found["recordings.tsv"]):
            if row["status"] != "done":
                continue
            single = self.run_program("analyze", f"tree/{row['recording']}", "--tsv", "-")
            alone = rows(single.stdout.encode())
            joined = [e for e in events if e["recording"] == row["recording"]]
            self.assertGreater(len(alone), 0)
            self.assertEqual([e["onset"] for e in joined], [e["onset"] for e in alone])
            self.assertEqual([e["peak_fs"] for e in joined], [e["peak_fs"] for e in alone])
            self.assertEqual({e["peak_uv"] for e in joined}, {"n/a"})
            for kind in ("ltr", "single_unit", "contraction", "marker"):
                self.assertEqual(int(row[kind]), sum(e["type"] == kind for e in alone), kind)
            self.assertEqual(float(row["duration_s"]), 4.0)
            self.assertAlmostEqual(float(row["ltr_per_min"]), int(row["ltr"]) * 15, places=3)
            self.assertEqual(len(row["floor_rms"].split("|")), int(row["channels"]))

    def test_calibrated_and_not_calibrated_do_not_mix(self):
        put(self.path("tree"), "a.wav", wav_bytes(noise_with_bursts(6, 1, (5.0,))))
        made = self.run_program("synth", "clean", "--duration", "10", "--output", "tree/b.wav")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.batch("tree", "--out", "out", status=0)
        events = rows(tables(self.path("out"))["events.tsv"])
        self.assertEqual({e["recording"] for e in events}, {"a.wav", "b.wav"})
        for event in events:
            known = "peak_fs" if event["recording"] == "a.wav" else "peak_uv"
            other = "peak_uv" if event["recording"] == "a.wav" else "peak_fs"
            self.assertGreater(float(event[known]), 0)
            self.assertEqual(event[other], "n/a")

    def test_the_page_stands_alone_and_escapes_names(self):
        put(self.path("tree"), "a<b>&.wav", wav_bytes(noise_with_bursts(3, 1, ())))
        put(self.path("tree"), "=1+1\t.wav", b"")
        self.batch("tree", "--out", "out")
        page = tables(self.path("out"))["overview.html"].decode()
        self.assertIn("a&lt;b&gt;&amp;.wav", page)
        self.assertNotIn("a<b>", page)
        self.assertIn("prefers-color-scheme:dark", page)
        self.assertIn("<th>twitches</th>", page, "none is a finding")
        self.assertNotIn("<th>stimuli</th>", page, "a column that is empty for all")
        self.assertIn("not a medical device", page)
        self.assertIsNone(re.search(r"https?:|src=|href=|@import|url\(", page))
        row = rows(tables(self.path("out"))["failures.tsv"])[0]
        self.assertEqual(row["recording"], "'=1+1?.wav")

    def test_a_name_that_is_no_utf8_spoils_no_table(self):
        put(self.path("tree"), os.fsdecode(b"m\xfcde.wav"), wav_bytes(noise_with_bursts(3, 1, ())))
        put(self.path("tree"), os.fsdecode(b"br\xf6sel.wav"), b"")
        self.batch("tree", "--out", "out")
        found = {name: text.decode() for name, text in tables(self.path("out")).items()}
        self.assertEqual(rows(found["recordings.tsv"].encode())[0]["recording"], "m?de.wav")
        self.assertEqual(rows(found["failures.tsv"].encode())[0]["recording"], "br?sel.wav")
        self.assertIn("m?de.wav", found["overview.html"])

    def test_an_empty_tree_gives_empty_tables(self):
        os.mkdir(self.path("tree"))
        self.batch("tree", "--out", "out", status=0)
        self.assertEqual(rows(tables(self.path("out"))["events.tsv"]), [])


class Equality(Batch):
    def test_jobs_and_parts_change_no_byte(self):
        self.tree(good=14)
        self.batch("tree", "--out", "one", "--jobs", "1")
        self.batch("tree", "--out", "two", "--jobs", "2")
        self.assertEqual(tables(self.path("one")), tables(self.path("two")))
        for parts in range(1, 5):
            out = f"parts{parts}"
            for k in range(parts, 0, -1):
                self.run_program("batch", "tree", "--out", out, "--shard", f"{k}/{parts}")
                self.assertEqual([t for t in TABLES if t in self.files(out)], [])
            self.batch("tree", "--out", out, "--merge")
            self.assertEqual(tables(self.path("one")), tables(self.path(out)), out)

    def test_parts_that_start_together_agree_whose_folder_it_is(self):
        os.mkdir(self.path("tree"))
        for run in range(40):
            parts = [self.start("tree", "--out", f"out{run}", "--shard", f"{k}/8") for k in range(1, 9)]
            self.assertEqual([part.wait() for part in parts], [0] * 8)
            with open(self.path(f"out{run}/.batch"), encoding="ascii") as key:
                self.assertIn("detector=myotwitch-emg/", key.read())

    def test_the_merge_refuses_while_a_part_is_missing(self):
        self.tree(good=4)
        self.run_program("batch", "tree", "--out", "out", "--shard", "1/2")
        done = self.batch("tree", "--out", "out", "--merge", status=1)
        self.assertIn("5 of 10 recordings are not done", done.stderr)
        self.assertEqual([t for t in TABLES if t in self.files("out")], [])


class Resume(Batch):
    def test_killed_at_any_instant_it_goes_on_and_redoes_nothing(self):
        self.tree(good=30)
        self.batch("tree", "--out", "whole", "--jobs", "2")
        for after in (0, 1, 7, 8, 9, 20, 33):
            out = f"killed{after}"
            run = self.start("tree", "--out", out, "--jobs", "2")
            self.wait_for(lambda: len(self.stamps(out)) >= after or run.poll() is not None)
            run.kill()
            run.wait()
            self.wait_for(lambda group=run.pid: not self.alive(group))  # its workers die with it
            before = self.stamps(out)
            self.batch("tree", "--out", out, "--jobs", "2")
            now = self.stamps(out)
            self.assertEqual({path: now[path] for path in before}, before)
            self.assertEqual(tables(self.path("whole")), tables(self.path(out)), out)
            self.assertNotIn(".part", self.files(out))

    def test_an_interrupt_leaves_nothing_half_done(self):
        self.tree(good=20)
        run = self.start("tree", "--out", "out", "--jobs", "1")
        self.wait_for(lambda: len(self.stamps("out")) >= 3)
        run.send_signal(signal.SIGTERM)
        self.assertEqual(run.wait(), 1)
        self.assertEqual(self.files("out/.part"), [])
        self.batch("tree", "--out", "out")

    def test_what_changed_is_done_again_and_nothing_else(self):
        self.tree(good=6)
        self.assertNotIn("done before", self.batch("tree", "--out", "out").stderr)
        before = self.stamps("out")
        put(self.path("tree"), "day1/r00.wav", wav_bytes(noise_with_bursts(5, 1, (4.0,))))
        put(self.path("tree"), "day2/r01-events.txt", b"0,\t1.0\n")
        self.assertIn("10 were done before", self.batch("tree", "--out", "out").stderr)
        now = self.stamps("out")
        changed = sorted(os.path.relpath(path, self.path("out/recordings"))
                         for path in before if now[path] != before[path])
        self.assertEqual(changed, ["day1/r00.wav/stamp", "day2/r01.wav/stamp"])

    def test_other_settings_need_another_folder_or_force(self):
        self.tree(good=3)
        self.batch("tree", "--out", "out")
        found = tables(self.path("out"))
        done = self.batch("tree", "--out", "out", "--no-hum", status=1)
        self.assertIn("other settings", done.stderr)
        self.assertEqual(tables(self.path("out")), found)
        self.batch("tree", "--out", "out", "--no-hum", "--force")
        self.assertNotEqual(tables(self.path("out")), found)

    def test_a_folder_that_is_no_batch_is_left_alone(self):
        self.tree(good=1)
        done = self.batch("tree", "--out", "tree", status=1)
        self.assertIn("no folder of a batch", done.stderr)

    def test_two_runs_of_one_part_do_not_meet(self):
        self.tree(good=200)  # a second's work: it is caught long before its end
        run = self.start("tree", "--out", "out", "--jobs", "1")
        self.wait_for(lambda: self.stamps("out"))
        run.send_signal(signal.SIGSTOP)  # it waits until the other was refused
        done = self.batch("tree", "--out", "out", status=1)
        self.assertIn("another run is at work", done.stderr)
        run.send_signal(signal.SIGCONT)
        self.assertEqual(run.wait(), 3)


class Workers(Batch):
    """Workers are crashed and stopped from outside."""

    def setUp(self):
        super().setUp()
        put(self.path("tree"), "z.wav", long_one(1200, 8))
        put(self.path("tree"), "b.wav", wav_bytes(noise_with_bursts(4, 1, (3.0,))))

    def hit(self, number, *options):
        """Runs the batch, one recording at a time, with a signal to its first worker; its tables."""
        run = self.start("tree", "--out", "out", "--jobs", "1", *(options or ["--time-limit", "600"]))
        os.kill(self.wait_for(lambda: self.workers(run.pid))[0], number)
        self.assertEqual(run.wait(), 3)
        return tables(self.path("out"))

    def test_a_crash_is_one_failed_recording_and_tried_again(self):
        found = self.hit(signal.SIGKILL)
        self.assertEqual([(r["recording"], r["status"]) for r in rows(found["failures.tsv"])],
                         [("z.wav", "failed")], "the longest is begun first")
        self.assertIn("crashed", rows(found["failures.tsv"])[0]["reason"])
        self.assertEqual([r["recording"] for r in rows(found["recordings.tsv"])], ["b.wav"])
        self.batch("tree", "--out", "out", status=0)
        self.assertEqual(len(rows(tables(self.path("out"))["recordings.tsv"])), 2)

    def test_what_the_disk_refuses_is_one_failed_recording_and_tried_again(self):
        refused = subprocess.run(["strace", "-f", "-o", os.devnull, "-e", "trace=fsync", "-e",
                                  "inject=fsync:error=EIO:when=1", self.program, "batch", "tree", "--out", "out"],
                                 cwd=self.folder, capture_output=True, check=False)
        self.assertEqual(refused.returncode, 1, refused.stderr)  # of the tables' own process it is the first too
        for name in ("b.wav", "z.wav"):
            stamp = pathlib.Path(self.path("out/recordings"), name, "stamp").read_text()
            self.assertTrue(stamp.endswith("\nbroke\nInput/output error\n"), stamp)
            self.assertEqual(self.files(f"out/recordings/{name}"), ["stamp"])
        self.assertEqual([t for t in TABLES if t in self.files("out")], [])
        self.batch("tree", "--out", "out", status=0)
        self.assertEqual(len(rows(tables(self.path("out"))["recordings.tsv"])), 2)

    def test_nohup_holds_for_readers_too(self):
        # The shell whose terminal was closed tells the whole process group.
        with subprocess.Popen([self.program, "batch", "tree", "--out", "out", "--jobs", "1"], cwd=self.folder,
                              start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as run:
            self.wait_for(lambda: self.workers(run.pid))
            while run.poll() is None:
                os.killpg(run.pid, signal.SIGHUP)
                time.sleep(0.01)
        self.assertEqual(run.returncode, 0)
        found = tables(self.path("out"))
        self.assertEqual((len(rows(found["recordings.tsv"])), rows(found["failures.tsv"])), (2, []))

    def test_a_hang_is_one_failed_recording(self):
        found = self.hit(signal.SIGSTOP, "--time-limit", "5")
        self.assertEqual(rows(found["failures.tsv"])[0]["reason"], "took longer than 5 s")
        self.assertEqual([r["recording"] for r in rows(found["recordings.tsv"])], ["b.wav"])


class Sharing(Batch):
    """Which recordings are computed beside each other: each worker is stopped as soon as it is at its own."""

    def stopped(self, run, count):
        now = self.workers(run.pid)
        for pid in now:
            os.kill(pid, signal.SIGSTOP)
        return len(now) >= count and now

    def test_two_share_a_processor_where_all_are_free(self):
        processors = len(os.sched_getaffinity(0))
        long = long_one(400, 16)
        for k in range(2 * processors + 1):
            put(self.path("tree"), f"{k}.wav", long)
        cases = [([], 2 * processors), (["--time-limit", "600"], processors)]
        cases += [(["--jobs", str(processors - 1)], processors - 1)] if processors > 1 else []
        for options, beside in cases:
            with self.subTest(options=options):
                run = self.start("tree", "--out", f"out{beside}", *options)
                now = self.wait_for(lambda run=run, beside=beside: self.stopped(run, beside))
                time.sleep(0.1)  # for more than there may be
                self.assertEqual((len(now), len(self.workers(run.pid))), (beside, beside))
                for pid in now:
                    os.kill(pid, signal.SIGCONT)
                self.assertEqual(run.wait(), 0)


class CommandLine(Batch):
    def test_wrong_command_lines(self):
        os.mkdir(self.path("tree"))
        for arguments in ([], ["tree"], ["--out", "out"], ["tree", "--out", "out", "--shard", "0/4"],
                          ["tree", "--out", "out", "--shard", "5/4"],
                          ["tree", "--out", "out", "--shard", "1/2x"],
                          ["tree", "--out", "out", "--shard", "1/2", "--merge"],
                          ["tree", "--out", "out", "--submit"],
                          ["tree", "--out", "out", "--format", "mp3"],
                          ["tree", "--out", "out", "--cpu", "z80"],
                          ["tree", "--out", "out", "--jobs", "0"]):
            self.batch(*arguments, status=2)
        self.assertEqual(self.files(), ["tree"])

    def test_a_tree_that_is_not_there(self):
        done = self.batch("nowhere", "--out", "out")
        self.assertIn("nowhere: No such file", done.stderr)

    def test_scripts_for_slurm_survive_a_shell(self):
        self.tree(good=2)
        os.rename(self.path("tree"), self.path("it's a tree"))
        self.batch("it's a tree", "--out", "alone", "--format", "jsonl")
        done = self.batch("it's a tree", "--out", "out", "--format", "jsonl", "--slurm", "--tasks",
                          "2", status=0)
        self.assertIn("out/slurm/submit.sh", done.stdout)
        for k in ("1", "2"):
            task = dict(os.environ, SLURM_ARRAY_TASK_ID=k, SLURM_ARRAY_TASK_COUNT="2")
            subprocess.run(["dash", self.path("out/slurm/shard.sh")], env=task, cwd="/", check=True,
                           capture_output=True)
        merge = subprocess.run(["dash", self.path("out/slurm/merge.sh")], cwd="/", check=False,
                               capture_output=True)
        self.assertEqual(merge.returncode, 3)
        self.assertEqual(tables(self.path("out")), tables(self.path("alone")))


if __name__ == "__main__":
    unittest.main()
