#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of MATLAB, LabRecorder and Open Ephys, read by `myotwitch analyze`: samples, marks, gaps.

The MATLAB files are scipy's and h5py's; the others are put together here after their specifications.
Usage: formats.py PROGRAM"""
import json
import os
import random
import struct
import sys
import unittest

import h5py
import numpy as np
import scipy.io

from recording import InFolder

RATE = 2000.0


def xdf_chunk(tag, content):
    body = struct.pack("<H", tag) + content
    return b"\x04" + struct.pack("<I", len(body)) + body


def xdf_header(stream, name, kind, channels, rate, number, about=""):
    xml = (f"<?xml version=\"1.0\"?><info><name>{name}</name><type>{kind}</type>"
           f"<channel_count>{channels}</channel_count><nominal_srate>{rate}</nominal_srate>"
           f"<channel_format>{number}</channel_format><desc>{about}</desc></info>")
    return xdf_chunk(2, struct.pack("<I", stream) + xml.encode())


def xdf_samples(stream, samples, stamp):
    """A chunk of float32 samples, the first of which has a time stamp."""
    out = struct.pack("<IBI", stream, 4, len(samples))
    for k, row in enumerate(np.asarray(samples, "<f4")):
        out += (struct.pack("<Bd", 8, stamp) if k == 0 else b"\0") + row.tobytes()
    return xdf_chunk(3, out)


def xdf_mark(stream, stamp, text):
    return xdf_chunk(3, struct.pack("<IBBBdBB", stream, 1, 1, 8, stamp, 1, len(text))
                     + text.encode())


def xdf_offset(stream, time, offset):
    return xdf_chunk(4, struct.pack("<Idd", stream, time, offset))


class Formats(InFolder):
    def setUp(self):
        super().setUp()
        self.x = np.random.default_rng(1).normal(0, 20, (6000, 3))

    def analyze(self, name, *more, status=0):
        """Samples as analysed, in uV, the marks by frame, and what was said."""
        os.makedirs(self.path("out"), exist_ok=True)
        done = self.run_program("analyze", "-q", "--force", "--out", "out", name, *more)
        self.assertEqual(done.returncode, status, done.stderr)
        stem = os.path.splitext(os.path.basename(name))[0]
        if not os.path.exists(self.path(f"out/{stem}.nwb")):
            return None, None, done.stderr
        with h5py.File(self.path(f"out/{stem}.nwb")) as file:
            data = file["acquisition/emg/data"]
            samples = data[:].astype(float) * data.attrs["conversion"] * 1e6
        events = [json.loads(line) for line in self.read(f"out/{stem}.events.jsonl").splitlines()]
        marks = [(e["onset_frame"], e["label"]) for e in events if e.get("type") == "marker"]
        os.unlink(self.path(f"out/{stem}.nwb"))
        return samples, marks, done.stderr

    def check(self, got, wanted):
        self.assertEqual(got.shape, wanted.shape)
        np.testing.assert_allclose(got, wanted, atol=1e-4)

    def test_matlab_5(self):
        for packed in (False, True):
            for name, value, more in (("rows", self.x, ()), ("turned", self.x.T.copy(), ()),
                                      ("single", self.x.astype("f4"), ())):
                scipy.io.savemat(self.path("a.mat"), {"what": "hello", "emg": value, "fs": RATE,
                                                      "c": {"d": 1}}, do_compression=packed)
                samples, _, said = self.analyze("a.mat", "-s", "1", *more)
                self.check(samples, self.x)
                self.assertEqual(said, "", name)

    def test_matlab_5_whole_numbers_are_shares_of_their_range(self):
        whole = np.rint(self.x).astype(np.int16)
        scipy.io.savemat(self.path("a.mat"), {"emg": whole, "rate": RATE}, do_compression=True)
        self.check(self.analyze("a.mat", "-s", "32768")[0], whole.astype(float))
        # Doubles without fractions are stored as integers, but are doubles.
        scipy.io.savemat(self.path("a.mat"), {"emg": whole.astype(float), "rate": RATE})
        self.check(self.analyze("a.mat", "-s", "1")[0], whole.astype(float))

    def test_matlab_7_3(self):
        with h5py.File(self.path("a.mat"), "w", userblock_size=512) as file:
            for name, value in (("emg", self.x.T), ("Fs", [[RATE]])):
                file.create_dataset(name, data=value).attrs["MATLAB_class"] = np.bytes_("double")
        with open(self.path("a.mat"), "r+b") as file:
            file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512))
        self.check(self.analyze("a.mat", "-s", "1")[0], self.x)

    def test_matlab_says_what_it_cannot_choose(self):
        scipy.io.savemat(self.path("a.mat"), {"emg": self.x, "force": self.x[:, :1]})
        said = self.analyze("a.mat", status=3)[2]
        self.assertIn("a.mat: several matrices; name one with --dataset: emg (6000 x 3); force", said)
        said = self.analyze("a.mat", "-d", "emg", status=3)[2]
        self.assertIn("no frame rate; give it with --rate", said)
        said = self.analyze("a.mat", "-d", "eng", status=3)[2]
        self.assertIn("no matrix of numbers called eng", said)
        self.check(self.analyze("a.mat", "-d", "emg", "-r", "2000", "-s", "1")[0], self.x)
        whole = self.read("a.mat")
        self.write("a.mat", whole[:len(whole) // 2])
        self.assertIn("the file ends within a variable", self.analyze("a.mat", status=3)[2])

    def xdf(self, gap_s=0.0):
        """Samples from 100 s on the clock of stream 1, which is 40 s behind that of the marks."""
        channels = "".join(f"<channel><label>EMG {c}</label><unit>microvolts</unit></channel>"
                           for c in range(3))
        out = b"XDF:" + xdf_chunk(1, b"<info><version>1.0</version></info>")
        out += xdf_header(1, "amp", "EMG", 3, 2000, "float32",
                          f"<channels>{channels}</channels>")
        out += xdf_header(2, "keys &amp; pedal", "Markers", 1, 0, "string")
        out += xdf_offset(1, 100.0, 40.0) + xdf_offset(2, 140.0, 0.0)
        for start in range(0, 6000, 500):
            late = gap_s if start >= 3000 else 0.0
            out += xdf_samples(1, self.x[start:start + 500], 100.0 + start / RATE + late)
        out += xdf_mark(2, 140.25, "needle in") + xdf_mark(2, 142.0 + gap_s, "out")
        return out + xdf_offset(1, 103.0, 40.0) + xdf_offset(2, 143.0, 0.0)

    def test_xdf_brings_two_clocks_together(self):
        self.write("a.xdf", self.xdf())
        samples, marks, said = self.analyze("a.xdf")
        self.check(samples, self.x)
        self.assertEqual(marks, [(500, "needle in"), (4000, "out")])
        self.assertEqual(said, "")
        done = self.run_program("info", "a.xdf")
        for text in ("XDF, stream amp", "EMG 2", "2000 frames/s", "6000 frames"):
            self.assertIn(text, done.stdout)

    def test_a_name_begins_no_line_elsewhere(self):
        self.write("a.xdf", self.xdf().replace(b"<label>EMG 1<", b"<label>EMG\n1<"))
        done = self.run_program("convert", "a.xdf", "b.hea")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = self.read("b.hea").splitlines()
        self.assertEqual((len(lines), lines[2][-5:]), (4, b"EMG 1"))

    def test_xdf_gap_moves_no_time(self):
        self.write("a.xdf", self.xdf(gap_s=1.5))
        samples, marks, said = self.analyze("a.xdf")
        self.assertEqual(len(samples), 9000)
        self.check(samples[:3000], self.x[:3000])
        self.check(samples[6000:], self.x[3000:])
        self.assertTrue(np.isnan(samples[3000:6000]).all())
        self.assertEqual(marks, [(500, "needle in"), (7000, "out")])
        self.assertIn("3000 frames are missing by the time stamps", said)

    def test_xdf_cut_file_is_read_as_far_as_it_goes(self):
        whole = self.xdf()
        place = whole.index(b"needle in") - 3000
        self.write("a.xdf", whole[:place])
        samples, _, said = self.analyze("a.xdf", status=3)
        self.assertGreaterEqual(len(samples), 5500)
        self.check(samples, self.x[:len(samples)])
        self.assertIn("the file ends within a chunk", said)

    def test_xdf_asks_for_the_stream(self):
        out = self.xdf() + xdf_header(7, "other", "EMG", 1, 1000, "int16")
        self.write("a.xdf", out)
        said = self.analyze("a.xdf", status=3)[2]
        self.assertIn("name one with --dataset: amp (2000 Hz)", said)
        self.check(self.analyze("a.xdf", "-d", "amp")[0], self.x)
        self.write("a.xdf", b"XDF:" + xdf_header(2, "keys", "Markers", 1, 0, "string"))
        self.assertIn("no stream of numbers", self.analyze("a.xdf", status=3)[2])

    def open_ephys(self, numbers):
        counts = np.rint(self.x).astype("<i2")
        about = {"GUI version": "0.6.6", "continuous": [{
            "folder_name": "Board-100.Data/", "sample_rate": 2000, "stream_name": "Data",
            "num_channels": 3, "channels": [
                {"channel_name": f"EMG{c}", "bit_volts": 0.5, "units": "uV"} for c in range(3)]}],
            "events": [{"folder_name": "Board-100.Data/TTL/"}, {"folder_name": "MessageCenter/"}]}
        for room in ("continuous/Board-100.Data", "events/Board-100.Data/TTL", "events/MessageCenter"):
            os.makedirs(self.path(room), exist_ok=True)
        self.write("structure.oebin", json.dumps(about).encode())
        self.write("continuous/Board-100.Data/continuous.dat", counts.tobytes())
        np.save(self.path("continuous/Board-100.Data/sample_numbers.npy"), numbers.astype("<i8"))
        for room, field, what, when in (("Board-100.Data/TTL", "states", np.array([3, -3], "<i2"),
                                         [100, 4000]),
                                        ("MessageCenter", "text", np.array([b"needle in"]), [500])):
            np.save(self.path(f"events/{room}/{field}.npy"), what)
            np.save(self.path(f"events/{room}/sample_numbers.npy"),
                    numbers[0] + np.array(when, "<i8"))
        return counts * 0.5

    def test_open_ephys(self):
        wanted = self.open_ephys(np.arange(70000, 76000))
        samples, marks, said = self.analyze("structure.oebin")
        self.check(samples, wanted)
        self.assertEqual(marks, [(100, "TTL 3 on"), (500, "needle in"), (4000, "TTL 3 off")])
        self.assertEqual(said, "")

    def test_open_ephys_gap(self):
        numbers = np.arange(70000, 76000)
        numbers[2000:] += 250
        wanted = self.open_ephys(numbers)
        samples, marks, said = self.analyze("structure.oebin")
        self.check(samples[:2000], wanted[:2000])
        self.assertTrue(np.isnan(samples[2000:2250]).all())
        self.check(samples[2250:], wanted[2000:])
        self.assertEqual(marks[-1], (4000, "TTL 3 off"))
        self.assertIn("250 frames are missing by the numbers of the samples", said)

    def test_open_ephys_stays_below_its_folder(self):
        self.open_ephys(np.arange(6000))
        text = self.read("structure.oebin").replace(b"Board-100.Data/", b"../../etc/")
        self.write("structure.oebin", text)
        self.assertIn("is no file below this one", self.analyze("structure.oebin", status=3)[2])
        self.write("structure.oebin", text[:50])
        self.assertIn("not JSON", self.analyze("structure.oebin", status=3)[2])

    def test_damaged_files_are_refused_or_read_never_fatal(self):
        scipy.io.savemat(self.path("v7.mat"), {"emg": self.x[:600], "fs": RATE}, do_compression=True)
        scipy.io.savemat(self.path("v6.mat"), {"emg": self.x[:600], "fs": RATE})
        self.write("a.xdf", self.xdf())
        self.open_ephys(np.arange(6000))
        chance = random.Random(5)
        numbers = "continuous/Board-100.Data/sample_numbers.npy"
        for name, opened in (("v7.mat", None), ("v6.mat", None), ("a.xdf", None),
                             ("structure.oebin", None), (numbers, "structure.oebin")):
            whole = bytearray(self.read(name))
            for _ in range(12):
                bad = bytearray(whole)
                for _ in range(4):
                    at = chance.randrange(min(len(bad), chance.choice((200, len(bad)))))
                    bad[at] = chance.choice((0, 255, chance.randrange(256)))
                self.write(name, bad[:chance.choice((len(bad), chance.randrange(len(bad))))])
                done = self.run_program("info", opened or name,
                                        env={**os.environ, "MYOTWITCH_READER": "inside"})
                self.assertIn(done.returncode, (0, 3), done.stderr)
                if done.returncode == 3:
                    self.assertIn(os.path.basename(opened or name), done.stderr)
            self.write(name, whole)


if __name__ == "__main__":
    Formats.program = os.path.abspath(sys.argv.pop(1))
    unittest.main()
