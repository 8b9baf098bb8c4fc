#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`myotwitch convert` from outside: what it writes, read again by us and by MNE, is the same to a step.

Usage: convert.py PROGRAM"""
import json
import os
import signal
import subprocess
import sys
import time
import unittest
from xml.etree import ElementTree

import numpy as np

from recording import RATE, InFolder, noise_with_bursts, wav_bytes

try:
    import mne
except ImportError:
    mne = None


class Convert(InFolder):
    def setUp(self):
        super().setUp()
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)
        self.samples = noise_with_bursts(seconds=4, bursts=(1.0, 2.5)).astype("<f4")
        with open("a.wav", "wb") as out:
            out.write(wav_bytes(self.samples, floating=True))
        with open("a-events.txt", "w", encoding="ascii") as out:
            out.write("needle in@@EMG 1,\t1.2345\nout & <away>,\t3.0005\n")

    def convert(self, *arguments):
        return subprocess.run([self.program, "convert", *arguments], capture_output=True, text=True,
                              check=False)

    def marks(self, path):
        lines = subprocess.run([self.program, "info", "-m", path], capture_output=True, text=True,
                               check=True).stdout.splitlines()
        start = [i for i, line in enumerate(lines) if line.startswith("  marks")][0]
        return lines[start:]

    def test_marks_come_back(self):
        for name in ("a.edf", "a.bdf"):
            result = self.convert("a.wav", name, "--full-scale-uv", "5000")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertEqual(self.marks(name), self.marks("a.wav"))
            self.assertEqual(len(self.marks(name)), 3)

    def test_an_existing_output_stays(self):
        with open("a.bdf", "w", encoding="ascii") as out:
            out.write("mine")
        done = self.convert("a.wav", "a.bdf")
        self.assertEqual((done.returncode, done.stderr), (1, "myotwitch convert: a.bdf: File exists\n"))
        with open("a.bdf", encoding="ascii") as file:
            self.assertEqual(file.read(), "mine")

    def test_of_several_files_none_is_written_where_one_is_taken(self):
        for name, taken in (("b.hea", "b.dat"), ("b.hea", "b.atr"), ("b.hea", "b.hea"), ("b.wav", "b-events.txt")):
            with open(taken, "w", encoding="ascii") as out:
                out.write("mine")
            self.assertEqual(self.convert("a.wav", name).returncode, 1)
            self.assertEqual(sorted(os.listdir(".")), sorted(["a.wav", "a-events.txt", taken]))
            with open(taken, encoding="ascii") as file:
                self.assertEqual(file.read(), "mine")
            os.unlink(taken)

    def test_the_input_is_never_the_output(self):
        with open("a.wav", "rb") as file:
            before = file.read()
        os.symlink("a.wav", "link.wav")
        for name in ("a.wav", "link.wav"):
            result = self.convert("a.wav", name, "--replace")
            self.assertEqual(result.returncode, 1)
            self.assertIn("is the input itself, which is kept", result.stderr)
        with open("a.wav", "rb") as file:
            self.assertEqual(file.read(), before)

    def test_unknown_ending_is_a_usage_error(self):
        result = self.convert("a.wav", "a.mp3")
        self.assertEqual(result.returncode, 2)
        self.assertFalse(os.path.exists("a.mp3"))

    def test_status_tells_what_was_wrong(self):
        for status, arguments in ((2, ("a.wav", "b.edf", "--channels", "7")), (3, ("nowhere.wav", "b.edf")),
                                  (1, ("a.wav", "nowhere/b.edf"))):
            done = self.convert(*arguments)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertFalse(os.path.exists("b.edf"))

    def test_labels(self):
        self.assertEqual(self.convert("a.wav", "a.txt").returncode, 0)
        with open("a.txt", encoding="utf-8") as file:
            self.assertEqual(file.read(), "1.2345000\t1.2345000\tneedle in@@EMG 1\n"
                                          "3.0005000\t3.0005000\tout & <away>\n")
        self.assertEqual(self.convert("a.wav", "a.xml").returncode, 0)
        with open("a.xml", encoding="utf-8") as file:
            self.assertIn("<annotation><onset>3.0005000</onset><duration/>"
                          "<description>out &amp; &lt;away&gt;</description>", file.read())

    def test_whatever_a_label_holds_the_outputs_are_utf8(self):
        """A label with no room for its last letter, and one in Latin 1: one such byte makes a whole table unreadable."""
        with open("a-events.txt", "wb") as out:
            out.write(b"a" + "\u00fc".encode() * 60 + b",\t1.0\nm\xfcde,\t2.0\n")
        for name in ("b.txt", "b.tsv", "b.xml", "b.nwb"):
            self.assertEqual(self.convert("a.wav", name).returncode, 0)
        subprocess.run([self.program, "analyze", "-q", "--tsv", "a.events.tsv", "a.wav"], check=True)
        for name in ("b.txt", "b.tsv", "b.xml", "a.events.tsv"):
            with open(name, encoding="utf-8") as file:
                text = file.read()
            self.assertIn("a" + "\u00fc" * 31, text, name)
            self.assertIn("m?de", text, name)
        ElementTree.parse("b.xml")
        with open("b.nwb", "rb") as file:
            self.assertIn(("a" + "\u00fc" * 31).encode() + b"\0", file.read())

    def test_a_signal_leaves_nothing_behind(self):
        # Ten minutes of 64 channels of silence, as a hole in the file: longer than the test waits.
        size = 600 * RATE * 128
        with open("long.wav", "wb") as out:
            head = bytearray(wav_bytes(np.zeros((1, 64))))[:44]
            head[40:44] = size.to_bytes(4, "little")
            out.write(head)
            out.truncate(44 + size)
        before = sorted(os.listdir("."))
        for name, number in (("b.edf", signal.SIGTERM), ("b.wav", signal.SIGHUP), ("b.nwb", signal.SIGINT)):
            with subprocess.Popen([self.program, "convert", "long.wav", name]) as process:
                until = time.monotonic() + 60
                while sorted(os.listdir(".")) == before and time.monotonic() < until:
                    time.sleep(0.005)
                process.send_signal(number)
                self.assertEqual(process.wait(60), -number)
            self.assertEqual(sorted(os.listdir(".")), before, name)

    def check_samples(self, got, name):
        step = {"a.edf": 0.05, "a.bdf": 0.0002}[name]  # peaks of 640 to 1600 uV
        np.testing.assert_allclose(got, 5000.0 * self.samples.T, atol=0.51 * step)

    def events_write(self):
        """Two events as `analyze` writes them, on channels 0 and 1."""
        lines = [{"schema": "myotwitch.run/1"}]
        for kind, channel, onset, offset in (("ltr", 1, 1.0, 1.0555), ("click", 0, 2.5, 2.501)):
            lines.append({"schema": "myotwitch.event/1", "type": kind, "channel": channel,
                          "onset_s": onset, "offset_s": offset, "confidence": 0.9})
        lines.append({"schema": "myotwitch.event/1", "type": "marker", "label": "needle in",
                      "onset_s": 1.2345, "offset_s": 1.2345})
        with open("ev.jsonl", "w", encoding="ascii") as out:
            out.write("".join(json.dumps(line) + "\n" for line in lines))

    def frames_of(self, path):
        return [line.split(None, 1) for line in self.marks(path)[1:]]

    def test_every_format_gives_samples_and_marks_back(self):
        """Through a format and from there to WAV of floats: within half a step, marks to the frame."""
        self.events_write()
        wanted = [["1.0000", "ltr@@EMG 1"], ["1.2345", "needle in@@EMG 1"],
                  ["2.5000", "click@@EMG 0"], ["3.0005", "out & <away>"]]
        for name, step in (("b.edf", 0.05), ("b.bdf", 2e-4), ("b.xdf", 1e-4), ("b.nwb", 1e-4), ("b.hea", 0.05),
                           ("b.wav", 1e-4)):
            result = self.convert("a.wav", name, "-s", "5000", "-e", "ev.jsonl")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("of 2 events type, channel, onset and length are kept", result.stderr)
            self.assertEqual(self.frames_of(name), wanted, name)
            result = self.convert(name, f"{name}.wav")
            self.assertEqual(result.returncode, 0, result.stderr)
            with open(f"{name}.wav", "rb") as file:
                bytes_ = file.read()
            comment = float(bytes_[bytes_.index(b"full_scale_uv=") + 14:].split(b"\0")[0])
            start = bytes_.index(b"data") + 8
            got = np.frombuffer(bytes_, "<f4", self.samples.size, start).reshape(-1, 2) * comment
            np.testing.assert_allclose(got, 5000.0 * self.samples, atol=0.51 * step)
            self.assertEqual(self.frames_of(f"{name}.wav"), wanted, name)

    def test_an_offset_costs_no_resolution(self):
        """-40 mV, as an amplifier without a high-pass has it, in 16 bit: steps of the signal's size."""
        samples = (self.samples * 0.02 - 0.8).astype("<f4")
        with open("c.wav", "wb") as out:
            out.write(wav_bytes(samples, floating=True))
        for name in ("c.edf", "c.hea"):
            self.assertEqual(self.convert("c.wav", name, "-s", "50000").returncode, 0)
            self.convert(name, "d.wav", "--replace")
            with open("d.wav", "rb") as file:
                bytes_ = file.read()
            comment = float(bytes_[bytes_.index(b"full_scale_uv=") + 14:].split(b"\0")[0])
            got = np.frombuffer(bytes_, "<f4", samples.size, bytes_.index(b"data") + 8) * comment
            np.testing.assert_allclose(got.reshape(-1, 2), 50000.0 * samples, atol=0.03)

    def test_what_is_lost_is_said(self):
        self.events_write()
        for name, text in (("b.xdf", "XDF has no length of a mark: 2 are moments"),
                           ("b.hea", "WFDB has no length of an annotation: 2 are moments"),
                           ("b.tsv", "holds the marks only, no samples")):
            self.assertIn(text, self.convert("a.wav", name, "-e", "ev.jsonl").stderr)
        self.convert("a.wav", "c.bdf", "-s", "5000")
        self.assertIn("names of channels are not kept", self.convert("c.bdf", "c.wav").stderr)

    def test_lengths_of_annotations_come_through(self):
        self.events_write()
        self.convert("a.wav", "b.bdf", "-e", "ev.jsonl")
        self.convert("b.bdf", "c.edf")
        for name in ("b.bdf", "c.edf"):
            with open(name, "rb") as file:
                self.assertIn(b"+1.0000000\x150.0555000\x14ltr@@EMG 1\x14\0", file.read())
            self.convert(name, name + ".tsv")
            with open(name + ".tsv", encoding="utf-8") as file:
                self.assertEqual(file.readlines()[1], "1.0000000\t0.0555000\tltr\tEMG 1\n")

    def test_no_event_file_is_named(self):
        result = self.convert("a.wav", "b.bdf", "-e", "none.jsonl")
        self.assertEqual(result.returncode, 1)
        self.assertIn("none.jsonl", result.stderr)
        self.assertFalse(os.path.exists("b.bdf"))

    def test_bids_sidecars(self):
        place = "study/sub-01/emg/sub-01_task-needling_emg"
        for wrong in ("a.bdf", "study/sub-01/emg/sub-02_task-x_emg.bdf", "sub-01/emg/sub-01_emg.bdf",
                      "sub-01/emg/sub-01_run-1_task-x_emg.bdf", "sub-01/emg/sub-01_task-x_emg.wav"):
            self.assertEqual(self.convert("--bids", "a.wav", wrong).returncode, 2, wrong)
        result = self.convert("--bids", "--line", "50", "a.wav", place + ".bdf")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(place + ".json", encoding="utf-8") as file:
            about = json.load(file)
        self.assertEqual((about["TaskName"], about["SamplingFrequency"], about["EMGChannelCount"],
                          about["PowerLineFrequency"]), ("needling", 2000, 2, 50))
        with open(place[:-3] + "channels.tsv", encoding="utf-8") as file:
            self.assertEqual(len(file.readlines()), 3)
        with open(place[:-3] + "events.tsv", encoding="utf-8") as file:
            self.assertIn("1.2345000\t0.0000000\tneedle in\tEMG 1\n", file.read())
        self.convert("--bids", "a.wav", place.replace("01", "02") + ".edf")
        with open("study/participants.tsv", encoding="utf-8") as file:
            self.assertEqual(file.read(), "participant_id\nsub-01\nsub-02\n")
        with open("study/participants.tsv", "w", encoding="utf-8") as file:
            file.write("participant_id\tage\nsub-01\t40\n")
        self.convert("--bids", "a.wav", place.replace("01", "03") + ".edf")
        with open("study/participants.tsv", encoding="utf-8") as file:
            self.assertEqual(file.read(), "participant_id\tage\nsub-01\t40\nsub-03\tn/a\n")

    @unittest.skipIf(mne is None, "python3-mne is not here")
    def test_another_reader_agrees(self):
        for name, read in (("a.edf", mne.io.read_raw_edf), ("a.bdf", mne.io.read_raw_bdf)):
            self.convert("a.wav", name, "--full-scale-uv", "5000")
            raw = read(name, verbose="error")
            self.assertEqual(raw.info["sfreq"], 2000)
            self.check_samples(raw.get_data() * 1e6, name)
            np.testing.assert_allclose(raw.annotations.onset, [1.2345, 3.0005], atol=1e-6)
            self.assertEqual(list(raw.annotations.description)[1], "out & <away>")

    def test_a_padded_record_is_told(self):
        with open("b.wav", "wb") as out:
            out.write(wav_bytes(self.samples[:3000], floating=True))
        result = self.convert("b.wav", "b.bdf")
        self.assertEqual(result.returncode, 0)
        self.assertIn("1000 frames of 0 fill the last record", result.stderr)


if __name__ == "__main__":
    Convert.program = InFolder.program = os.path.abspath(sys.argv.pop(1))
    unittest.main()
