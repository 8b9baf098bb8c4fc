# SPDX-License-Identifier: GPL-3.0-or-later
"""What formats.py runs among the readers of others, in an empty folder.

usage: readers.py PROGRAM BIOSIG; BIOSIG may be empty"""
import json
import os
import shutil
import struct
import subprocess
import sys
import unittest

import mne
import numpy as np
import pyedflib
import pyxdf
import scipy.io
import soundfile
import wfdb

PROGRAM, BIOSIG = (sys.argv.pop(1) for _ in range(2))
RATE, SCALE = 2000, 5000.0
MARKS = [(1.2345, "needle in"), (3.0005, "needle out")]
EVENTS = [(1.0, 1.0555, "ltr", 1), (2.5, 2.501, "click", 0)]
TIMES = sorted([t for t, _ in MARKS] + [t for t, *_ in EVENTS])
TEXTS = ["ltr@@EMG 1", "needle in", "click@@EMG 0", "needle out"]


def program(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ours(name):
    """Samples in uV, or as they are, and marks, as our reader sees them."""
    program("convert", "--replace", "-c", "all", name, "ours.wav")
    with open("ours.wav", "rb") as file:
        found = file.read()
    at = found.find(b"full_scale_uv=")
    scale = float(found[at + 14:].split(b"\0")[0]) if at >= 0 else 1.0
    lines = program("info", "-m", name).split("\n  marks")[1].splitlines()[1:]
    samples = soundfile.read("ours.wav", dtype="float64", always_2d=True)[0] * scale
    return samples, [tuple(line.split(None, 1)) for line in lines]


class Ours(unittest.TestCase):
    """What we write, read by others."""

    @classmethod
    def setUpClass(cls):
        random = np.random.default_rng(1)
        cls.x = random.normal(0, 0.02, (4 * RATE, 2)).astype(np.float32)
        soundfile.write("a.wav", cls.x, RATE, subtype="FLOAT")
        with open("a-events.txt", "w", encoding="ascii") as out:
            out.write("".join(f"{label},\t{time}\n" for time, label in MARKS))
        with open("a.jsonl", "w", encoding="ascii") as out:
            for onset, offset, kind, channel in EVENTS:
                out.write(json.dumps({"schema": "myotwitch.event/1", "type": kind, "onset_s": onset,
                                      "offset_s": offset, "channel": channel}) + "\n")
        cls.uv = cls.x.astype(float) * SCALE
        for ending in ("edf", "bdf", "wav", "xdf", "hea"):
            program("convert", "-s", str(SCALE), "-e", "a.jsonl", "a.wav", "b." + ending)

    def check(self, samples, step, times, texts):
        self.assertEqual(samples.shape, self.uv.shape)
        np.testing.assert_allclose(samples, self.uv, atol=0.51 * step)
        np.testing.assert_allclose(times, TIMES, atol=1e-6)
        self.assertEqual(list(texts), TEXTS)

    def test_edflib(self):
        for name in ("b.edf", "b.bdf"):
            with pyedflib.EdfReader(name) as file:
                samples = np.stack([file.readSignal(c) for c in range(2)], axis=1)
                step = ((file.getPhysicalMaximum(0) - file.getPhysicalMinimum(0)) /
                        (file.getDigitalMaximum(0) - file.getDigitalMinimum(0)))
                onsets, lengths, texts = file.readAnnotations()
                self.assertEqual(file.getSampleFrequency(0), RATE)
                self.assertEqual(file.getPhysicalDimension(0), "uV")
            self.check(samples, step, onsets, texts)
            np.testing.assert_allclose(lengths[0], 0.0555, atol=1e-6)

    def test_mne(self):
        for name, read in (("b.edf", mne.io.read_raw_edf), ("b.bdf", mne.io.read_raw_bdf)):
            raw = read(name, verbose="error")
            times, texts = raw.annotations.onset, raw.annotations.description
            self.check(raw.get_data().T * 1e6, 0.05 if name == "b.edf" else 2e-4, times,
                       [whole for whole, text in zip(TEXTS, texts)  # @@ names a channel to MNE
                        if text in (whole, whole.split("@@")[0])])

    def test_wfdb(self):
        record, notes = wfdb.rdrecord("b", physical=True), wfdb.rdann("b", "atr")
        self.assertEqual((record.fs, record.units, record.sig_name),
                         (RATE, ["uV", "uV"], ["EMG 0", "EMG 1"]))
        self.check(record.p_signal, 1 / record.adc_gain[0], notes.sample / RATE, notes.aux_note)
        sums = wfdb.rdrecord("b", physical=False).calc_checksum()
        self.assertEqual([c % 65536 for c in record.checksum], [int(c) % 65536 for c in sums])

    def test_pyxdf(self):
        streams, _ = pyxdf.load_xdf("b.xdf")
        emg = [s for s in streams if s["info"]["type"] == ["EMG"]][0]
        marks = [s for s in streams if s["info"]["type"] == ["Markers"]][0]
        self.check(emg["time_series"], 1e-3, marks["time_stamps"],
                   [row[0] for row in marks["time_series"]])
        np.testing.assert_allclose(emg["time_stamps"], np.arange(len(self.x)) / RATE, atol=1e-7)

    def test_libsndfile(self):
        self.check(soundfile.read("b.wav", dtype="float64")[0] * SCALE, 1e-3, TIMES, TEXTS)

    @unittest.skipIf(not BIOSIG, "no biosig here")
    def test_biosig(self):
        for name in ("b.edf", "b.bdf"):
            shutil.copy(name, "biosig-" + name)  # it may write where it reads
            done = subprocess.run([BIOSIG, "-JSON", "biosig-" + name], capture_output=True, text=True,
                                  check=False)
            about = json.loads(done.stdout[done.stdout.index("{"):])
            self.assertEqual(round(float(about["Samplingrate"])), RATE)
            found = sorted(float(event["POS"]) for event in about["EVENT"])
            np.testing.assert_allclose(found, TIMES, atol=1 / RATE)


class Theirs(unittest.TestCase):
    """What others write, read by us."""

    def setUp(self):
        self.x = np.random.default_rng(2).normal(0, 40, (6000, 3))

    def check(self, name, step, marks=()):
        samples, found = ours(name)
        np.testing.assert_allclose(samples, self.x, atol=0.51 * step + 1e-4)
        self.assertEqual([(round(float(t) * RATE), label) for t, label in found], list(marks))

    def test_edflib(self):
        for name, kind, step in (("c.edf", pyedflib.FILETYPE_EDFPLUS, 0.01),
                                 ("c.bdf", pyedflib.FILETYPE_BDFPLUS, 1e-4)):
            top = 32000 * step if name == "c.edf" else 8e6 * step
            codes = 32000 if name == "c.edf" else 8000000
            with pyedflib.EdfWriter(name, 3, file_type=kind) as out:
                out.setSignalHeaders([{"label": f"EMG {c}", "dimension": "uV",
                                       "sample_frequency": RATE, "physical_min": -top,
                                       "physical_max": top, "digital_min": -codes,
                                       "digital_max": codes, "transducer": "", "prefilter": ""}
                                      for c in range(3)])
                out.writeAnnotation(1.5, -1, "needle in")
                out.writeSamples([np.ascontiguousarray(self.x[:, c]) for c in range(3)])
            self.check(name, 2 * step, [(3000, "needle in")])  # EDFlib cuts, it does not round

    def test_wfdb(self):
        for fmt, gain in (("16", 100.0), ("24", 10000.0), ("212", 10.0)):
            name = "d" + fmt
            wfdb.wrsamp(name, fs=RATE, units=["uV"] * 3, sig_name=["EMG a", "EMG b", "EMG c"],
                        p_signal=self.x, fmt=[fmt] * 3, adc_gain=[gain] * 3, baseline=[0] * 3)
            wfdb.wrann(name, "atr", np.array([100, 5000]), ['"', '"'],
                       aux_note=["needle in", "needle out"])
            self.check(name + ".hea", 1 / gain, [(100, "needle in"), (5000, "needle out")])

    def test_wfdb_checksum_is_looked_at(self):
        wfdb.wrsamp("e", fs=RATE, units=["uV"] * 3, sig_name=["EMG a", "EMG b", "EMG c"],
                    p_signal=self.x, fmt=["16"] * 3, adc_gain=[100.0] * 3, baseline=[0] * 3)
        with open("e.dat", "r+b") as file:
            file.seek(1000)
            file.write(struct.pack("<h", 12345))
        done = subprocess.run([PROGRAM, "analyze", "-q", "e.hea"], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn("checksum", done.stderr)

    def test_matlab(self):
        scipy.io.savemat("f.mat", {"emg": self.x, "fs": float(RATE)}, do_compression=True)
        samples, _ = ours("f.mat")
        np.testing.assert_allclose(samples, self.x, atol=1e-4)

    def test_flac_and_wav(self):
        for name, subtype, step in (("g.wav", "PCM_24", 2**-23), ("g.flac", "PCM_24", 2**-23),
                                    ("h.wav", "PCM_16", 2**-15)):
            soundfile.write(name, self.x / 1000, RATE, subtype=subtype)
            samples, _ = ours(name)
            np.testing.assert_allclose(samples, self.x / 1000, atol=step)


if __name__ == "__main__":
    os.environ["MNE_LOGGING_LEVEL"] = "ERROR"
    unittest.main()
