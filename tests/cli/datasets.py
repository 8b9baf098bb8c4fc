#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of datasets/: fetch, convert, demo sessions; no network. Usage: datasets.py PROGRAM"""
import csv
import hashlib
import os
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
DATASETS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "datasets")
PROGRAM = os.path.abspath(sys.argv.pop(1))
MEMBER = "tiny/emg.h5"
CONTENT = b"not really HDF5"


def read_wav(path):
    """Channels, rate and values of a float32 WAV as convert writes it."""
    with open(path, "rb") as file:
        data = file.read()
    kind, channels, rate = struct.unpack("<HHI", data[20:28])
    at = data.index(b"data")
    size, = struct.unpack("<I", data[at + 4:at + 8])
    assert kind == 3 and len(data) == at + 8 + size == struct.unpack("<I", data[4:8])[0] + 8
    return channels, rate, struct.unpack(f"<{size // 4}f", data[at + 8:])


class InDirectory(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.dir = self.scratch.name

    def tearDown(self):
        self.scratch.cleanup()

    def write(self, name, data):
        path = os.path.join(self.dir, name)
        with open(path, "wb") as out:
            out.write(data)
        return path

    def run_tool(self, tool, *arguments, **variables):
        return subprocess.run(["/usr/bin/python3", os.path.join(DATASETS, tool), *arguments],
                              capture_output=True, text=True, check=False,
                              env={**os.environ, **variables})


class Catalog(unittest.TestCase):
    def test_every_row_is_complete(self):
        with open(os.path.join(DATASETS, "CATALOG.tsv"), encoding="utf-8") as file:
            rows = list(csv.DictReader((line for line in file if line[0] != "#"), delimiter="\t"))
        self.assertGreater(len(rows), 20)
        self.assertEqual(len({row["name"] for row in rows}), len(rows))
        for row in rows:
            self.assertTrue(all(row.values()), row)
            self.assertRegex(row["sha256"], "^[0-9a-f]{64}$")
            self.assertRegex(row["converter"], "^(-|joined|convert (text|edf|wfdb)( .*)?)$")


class Fetch(InDirectory):
    """pip is pointed at a directory with one tiny wheel of our own."""

    def setUp(self):
        super().setUp()
        wheel = os.path.join(self.dir, "tiny-1.0-py3-none-any.whl")
        with zipfile.ZipFile(wheel, "w") as out:
            out.writestr(MEMBER, CONTENT)
            out.writestr("tiny-1.0.dist-info/METADATA",
                         "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
            out.writestr("tiny-1.0.dist-info/WHEEL",
                         "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            out.writestr("tiny-1.0.dist-info/RECORD", "")
        self.target = os.path.join(self.dir, "data")

    def fetch(self, digest, requirement="tiny==1.0"):
        catalog = self.write("catalog.tsv", (
            "# comment\nname\tfile\tsha256\tlicence\tget\tholds\n"
            f"tiny\temg.h5\t{digest}\tMIT\tpip {requirement} {MEMBER}\tnothing\n"
            "other\tx\t0\tMIT\telsewhere\tnothing\n").encode())
        return self.run_tool("fetch", "--catalog", catalog, "--dir", self.target,
                             PIP_NO_INDEX="1", PIP_FIND_LINKS=self.dir)

    def test_brings_and_keeps(self):
        path = os.path.join(self.target, "emg.h5")
        for _ in range(2):
            done = self.fetch(hashlib.sha256(CONTENT).hexdigest())
            self.assertEqual((done.returncode, done.stdout), (0, path + "\n"), done.stderr)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), CONTENT)

    def test_refuses_what_differs(self):
        done = self.fetch("0" * 64)
        self.assertEqual(done.returncode, 1)
        self.assertIn("SHA-256", done.stderr)
        self.assertEqual(os.listdir(self.target), [])

    def test_leaves_a_foreign_file_alone(self):
        os.mkdir(self.target)
        path = self.write("data/emg.h5", b"mine")
        self.assertEqual(self.fetch(hashlib.sha256(CONTENT).hexdigest()).returncode, 1)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), b"mine")

    def test_says_when_there_is_no_package(self):
        done = self.fetch("0" * 64, "tiny==2.0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("tiny==2.0", done.stderr)


class Convert(InDirectory):
    def convert(self, kind, path, *options):
        out = os.path.join(self.dir, "out.wav")
        done = self.run_tool("convert", kind, path, out, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return read_wav(out)

    def assert_refused(self, kind, data, words, *options):
        path = self.write("bad", data)
        done = self.run_tool("convert", kind, path, os.path.join(self.dir, "bad.wav"), *options)
        self.assertEqual(done.returncode, 3, done)
        self.assertIn(words, done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.dir, "bad.wav")))

    def test_text(self):
        path = self.write("a.txt", b"# heading\nLabels: EMG\n0.001,2\n0.002,-4\n")
        got = self.convert("text", path, "--rate", "1000", "--columns", "1", "--unit-uv", "500",
                           "--full-scale-uv", "2000")
        self.assertEqual(got, (1, 1000, (0.5, -1.0)))

    def edf(self, width):
        """Two channels of two frames a record of 0.5 s, one of another rate; two records."""
        low, high = -(1 << (8 * width - 1)), (1 << (8 * width - 1)) - 1
        first = b"0" if width == 2 else b"\xff"
        head = first + b" " * 183 + f"{256 * 4:<8}{'':44}{2:<8}{0.5:<8}{3:<4}".encode()
        fields = [("%-16s", "abc"), ("%-80s", "   "), ("%-8s", ("uV",) * 3),
                  ("%-8s", (low, low, low)), ("%-8s", (high, high * 2 + 1, high)),
                  ("%-8s", (low,) * 3), ("%-8s", (high,) * 3), ("%-80s", "   "),
                  ("%-8s", (2, 2, 1)), ("%-32s", "   ")]
        body = b""
        for record in ((1, -2, 0, 0, 9), (low, high, 0, 0, 9)):
            body += b"".join((v & ((1 << 8 * width) - 1)).to_bytes(width, "little")
                             for v in record)
        return head + "".join(f % v for f, values in fields for v in values).encode() + body

    def test_edf_and_bdf(self):
        for width in (2, 3):
            path = self.write("a.edf", self.edf(width))
            channels, rate, values = self.convert("edf", path, "--full-scale-uv", "1")
            os.remove(os.path.join(self.dir, "out.wav"))
            low, high = -(1 << (8 * width - 1)), (1 << (8 * width - 1)) - 1
            self.assertEqual((channels, rate), (2, 4))
            self.assertEqual([round(v) for v in values[::2]], [1, -2, low, high])
            # the second channel's gain is (3 high + 2) / (2 high + 1) from the same lowest value
            gain = (2 * high + 1 - low) / (high - low)
            self.assertAlmostEqual(values[1] / (low - low * gain), 1.0, places=5)

    def test_pairs(self):
        path = self.write("a.txt", b"5 3 1\n6 2 1\n")
        got = self.convert("text", path, "--rate", "10", "--pairs", "0-1,1-2",
                           "--full-scale-uv", "1")
        self.assertEqual(got, (2, 10, (2.0, 2.0, 4.0, 1.0)))

    def test_wfdb(self):
        self.write("r.dat", struct.pack("<4h", 100, -5, 200, 5))
        path = self.write("r.hea", b"# note\nr 2 250 2\nr.dat 16 100/mV 16 0\nr.dat 16 1/uV 16 5\n")
        got = self.convert("wfdb", path, "--full-scale-uv", "1000")
        self.assertEqual((got[0], got[1]), (2, 250))
        for value, expected in zip(got[2], (1.0, -0.01, 2.0, 0.0)):
            self.assertAlmostEqual(value, expected, places=6)

    def test_refusals(self):
        self.assert_refused("text", b"1\n2\n", "--rate")
        self.assert_refused("text", b"1 2\n3\n", "line 2", "--rate", "1000")
        self.assert_refused("text", b"words\n", "no line of numbers", "--rate", "1000")
        self.assert_refused("text", b"1\n", "channels", "--rate", "1", "--columns", "4")
        self.assert_refused("edf", b"", "header")
        self.assert_refused("edf", self.edf(2)[:300], "header")
        self.assert_refused("wfdb", b"r 1 250\nr.dat 212 200 11\n", "header")

    def test_output_is_never_overwritten(self):
        path = self.write("a.txt", b"1\n")
        self.write("out.wav", b"mine")
        done = self.run_tool("convert", "text", path, os.path.join(self.dir, "out.wav"),
                             "--rate", "1")
        self.assertEqual(done.returncode, 3)


class Demo(InDirectory):
    def test_sessions_are_what_the_program_makes(self):
        """Pins the generator on this machine to the bytes of the machine that made them."""
        kept = os.path.join(DATASETS, "demo")
        subprocess.run([os.path.join(kept, "make"), PROGRAM, self.dir], check=True)
        made = sorted(os.listdir(self.dir))
        self.assertEqual(len(made), 6)
        for name in made:
            with open(os.path.join(self.dir, name), "rb") as new:
                with open(os.path.join(kept, name), "rb") as old:
                    self.assertTrue(new.read() == old.read(),
                                    f"{name} differs; 'datasets/demo/make PROGRAM datasets/demo' "
                                    "makes all anew if the generator was changed on purpose")


if __name__ == "__main__":
    unittest.main()
