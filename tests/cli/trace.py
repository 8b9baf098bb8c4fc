#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What outputs tell of the program, and what they do not tell of people and machines. Usage: trace.py PROGRAM"""
import json
import os
import re
import socket
import struct
import subprocess
import sys
import unittest

import h5py
import numpy as np
import scipy.io

from recording import InFolder

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lint"))
from thirdparty import shared_objects  # pylint: disable=wrong-import-position

InFolder.program = os.path.abspath(sys.argv.pop(1))
PERSON = "Muster"
FRAMES = 3000


def samples(channels=1):
    return (np.sin(np.arange(FRAMES * channels)) * 1000).astype("<i2").reshape(FRAMES, channels)


class Trace(InFolder):
    def write(self, name, content):
        return super().write(name, content if isinstance(content, bytes) else content.encode())

    def test_version_names_every_library(self):
        told = self.run_program("version", "--all").stdout
        lines = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
        self.assertRegex(told.splitlines()[0], r"^myotwitch \d+\.\d+\.\d+, detector myotwitch-emg/\d+$")
        self.assertRegex(lines["compiler"], r"^(GNU|Clang) \d+\.\d+")
        self.assertRegex(lines["glibc"], r"^\d+\.\d+$")
        self.assertRegex(lines["hdf5"], r"^1\.\d+\.\d+")
        runtime = {"libc", "libm", "libsz", "libdl", "libpthread", "librt"}
        for name in shared_objects(self.program):
            stem = re.match(r"lib[A-Za-z_]+\d*f?", name)[0]
            if stem in runtime:
                continue
            key = {"libz": "zlib"}.get(stem, stem)
            found = [k for k in lines if key in (k, "lib" + k) or key.startswith("lib" + k)]
            self.assertTrue(found, f"{name} has no line in\n{told}")
            self.assertRegex(lines[found[0]], r"^\d+")

    def outputs(self):
        """Every output of an analysis, by name."""
        wav = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + 2 * FRAMES, b"WAVE", b"fmt ", 16, 1, 1, 2000, 4000, 2, 16,
                          b"data", 2 * FRAMES) + samples().tobytes()
        self.write("a.wav", wav)
        done = self.run_program("analyze", "--out", ".", "--format", "jsonl,tsv,nwb", "a.wav")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in sorted(os.listdir(self.folder)):
            if name != "a.wav":
                with open(os.path.join(self.folder, name), "rb") as file:
                    yield name, file.read()

    def test_outputs_tell_version_and_nothing_of_the_machine(self):
        private = [socket.gethostname(), os.path.expanduser("~"), self.folder]
        version = self.run_program("version").stdout.split(",")[0].split()[1].encode()
        count = 0
        for name, data in self.outputs():
            for word in private:
                if len(word) > 5:  # shorter ones may stand in any data
                    self.assertNotIn(word.encode(), data, name)
            if name.endswith((".jsonl", ".nwb")):
                self.assertIn(version, data, name)
                self.assertIn(b"config_hash", data, name)
            count += 1
        self.assertGreaterEqual(count, 3)

    def people(self):
        """Recordings of most kinds with a name in each place that can hold one."""
        os.mkdir(os.path.join(self.folder, PERSON))
        rows = samples()
        fixed = (b"0       " + f"{PERSON} X X X".encode().ljust(80) + f"Startdate 02-MAR-2002 {PERSON} X X".encode().ljust(80) +
                 b"02.03.0223.59.58" + b"768".ljust(8) + b"EDF+C".ljust(44) + b"1".ljust(8) + b"1.5".ljust(8) + b"2".ljust(4))
        fields = ((f"EMG {PERSON}", "EDF Annotations", 16), ("", "", 80), ("uV", "", 8), ("-1000", "-1", 8), ("1000", "1", 8),
                  ("-32768", "-32768", 8), ("32767", "32767", 8), ("", "", 80), (str(FRAMES), "40", 8), ("", "", 32))
        head = b"".join(text.encode().ljust(size) for a, b, size in fields for text in (a, b))
        note = b"+0\x14\x14\0+0.5\x14" + PERSON.encode() + b"\x14\0"
        yield self.write(f"{PERSON}/a.edf", fixed + head + rows.tobytes() + note.ljust(80, b"\0"))
        scipy.io.savemat(os.path.join(self.folder, f"{PERSON}/a.mat"), {PERSON + "_emg": rows.astype("f8"), "fs": 2000.0})
        yield f"{PERSON}/a.mat"
        self.write(f"{PERSON}/{PERSON}.dat", rows.tobytes())
        yield self.write(f"{PERSON}/a.hea", f"{PERSON} 1 2000 {FRAMES}\n{PERSON}.dat 16 200(0)/mV 16 0 0 0 0 EMG {PERSON}\n"
                         f"# {PERSON}\n")
        yield self.write(f"{PERSON}/a.txt", f"t,{PERSON}\n" + "".join(f"{i / 2000},{v}\n" for i, v in enumerate(rows[:, 0])))
        with h5py.File(os.path.join(self.folder, f"{PERSON}/a.nwb"), "w") as h5:
            h5.attrs["neurodata_type"] = np.bytes_("NWBFile")
            series = h5.create_group("acquisition/" + PERSON)
            series.attrs["neurodata_type"] = np.bytes_("TimeSeries")
            series["data"] = rows
            series["data"].attrs["channel_0"] = np.bytes_(PERSON)
            series["starting_time"] = 0.0
            series["starting_time"].attrs["rate"] = 2000.0
        yield f"{PERSON}/a.nwb"
        with h5py.File(os.path.join(self.folder, f"{PERSON}/b.mat"), "w", userblock_size=512) as h5:
            for name, data in ((PERSON, rows.T.astype("f8")), ("fs", np.array([[2000.0]]))):
                h5[name] = data
                h5[name].attrs["MATLAB_class"] = np.bytes_("double")
        yield f"{PERSON}/b.mat"
        header = (f"Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\nDataFile={PERSON}.eeg\n"
                  f"MarkerFile={PERSON}.vmrk\nDataFormat=BINARY\nNumberOfChannels=1\nSamplingInterval=500\n[Binary Infos]\n"
                  f"BinaryFormat=INT_16\n[Channel Infos]\nCh1={PERSON},,0.5,uV\n")
        self.write(f"{PERSON}/{PERSON}.eeg", rows.tobytes())
        yield self.write(f"{PERSON}/a.vhdr", header)  # its marker file is missing, which is noted by name
        structure = {"continuous": [{"folder_name": PERSON + "/", "sample_rate": 2000, "stream_name": PERSON, "num_channels": 1,
                                     "channels": [{"channel_name": PERSON, "bit_volts": 0.2, "units": "uV"}]}]}
        place = os.path.join(self.folder, PERSON, "continuous", PERSON)
        os.makedirs(place)
        rows.tofile(os.path.join(place, "continuous.dat"))
        yield self.write(f"{PERSON}/structure.oebin", json.dumps(structure))

    def test_no_name_of_a_person_where_it_is_to_be_withheld(self):
        for name in self.people():
            with self.subTest(name):
                done = self.run_program("info", "--marks", "--deidentify", name)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("2000 frames/s", done.stdout)
                self.assertNotIn(PERSON, done.stdout + done.stderr)
                self.assertIn(PERSON, self.run_program("info", "--marks", name).stdout)

    def test_nor_where_a_file_is_refused(self):
        os.mkdir(os.path.join(self.folder, PERSON))
        for name in (self.write(f"{PERSON}/cut.edf", b"0       " + PERSON.encode()), f"{PERSON}/missing.wav"):
            done = self.run_program("info", "--deidentify", name)
            self.assertEqual(done.returncode, 3)
            self.assertNotEqual(done.stderr, "")
            self.assertNotIn(PERSON, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
