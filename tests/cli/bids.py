#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of `myotwitch bids`: which recordings, which files, and what group joins.

Usage: bids.py PROGRAM
"""
import json
import os
import sys
import unittest

from batch_tree import put, rows, tables
from recording import InFolder, noise_with_bursts, wav_bytes

RECORDINGS = ["sub-01/emg/sub-01_task-needle_emg.wav",
              "sub-02/ses-a/emg/sub-02_ses-a_task-needle_emg.wav",
              "sub-02/ses-b/emg/sub-02_ses-b_task-needle_emg.wav"]
OTHERS = ["sub-01/emg/sub-01_task-needle_audio.wav", "sourcedata/sub-01/emg/sub-01_emg.wav",
          "sub-01/beh/sub-01_task-x_emg.wav", "sub-01/emg/deep/sub-01_emg.wav"]


class Bids(InFolder):
    program = os.path.abspath(sys.argv.pop(1))

    def setUp(self):
        super().setUp()
        for k, name in enumerate(RECORDINGS + OTHERS):
            put(self.path("in"), name, wav_bytes(noise_with_bursts(4, 1, (3.0,), seed=k)))

    def bids(self, *arguments, status=0):
        done = self.run_program("bids", *arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def derivatives(self):
        found = []
        for folder, _, names in os.walk(self.path("out")):
            found += [os.path.relpath(os.path.join(folder, name), self.path("out"))
                      for name in names if name.endswith("_desc-ltr_events.tsv")]
        return sorted(found)

    def test_participants_then_group(self):
        self.bids("in", "out", "participant", "--participant_label", "02")
        wanted = [name.replace("_emg.wav", "_desc-ltr_events.tsv") for name in RECORDINGS]
        self.assertEqual(self.derivatives(), wanted[1:])
        done = self.bids("in", "out", "group", status=1)
        self.assertIn("1 of 3 recordings are not done", done.stderr)
        done = self.bids("in", "out", "participant", "--n-cpus", "2")
        self.assertIn("2 were done before, 1 done", done.stdout)
        self.assertEqual(self.derivatives(), wanted)
        self.bids("in", "out", "group")
        listed = [row["recording"] for row in rows(tables(self.path("out"))["recordings.tsv"])]
        self.assertEqual(listed, RECORDINGS)
        about = json.loads(self.read("out/dataset_description.json"))
        self.assertEqual(about["DatasetType"], "derivative")
        self.assertEqual(about["GeneratedBy"][0]["Name"], "myotwitch")
        table = self.read(f"out/{wanted[0]}").decode().split("\n")[0].split("\t")
        self.assertEqual(table[:2], ["onset", "duration"])

    def test_labels_with_and_without_sub_and_several(self):
        self.bids("in", "out", "participant", "--participant_label", "sub-01", "02")
        self.assertEqual(len(self.derivatives()), 3)

    def test_output_inside_the_data_set(self):
        out = "in/derivatives/myotwitch"
        self.bids("in", out, "participant")
        self.bids("in", out, "group")
        self.assertEqual(len(rows(tables(self.path(out))["recordings.tsv"])), 3)

    def test_wrong_command_lines(self):
        for arguments in ([], ["in", "out"], ["in", "out", "both"], ["in", "out", "group", "01"]):
            self.bids(*arguments, status=2)
        self.bids("in", "out", "participant", "--participant_label", "07", status=3)
        self.bids("gone", "gone/derivatives/myotwitch", "participant", status=3)
        self.assertFalse(os.path.exists(self.path("gone")))


if __name__ == "__main__":
    unittest.main()
