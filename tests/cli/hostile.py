#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile set of files of every format: the program answers each with an exit status and a reason, in time
and in bounds, and reads nothing but what it was given. Usage: hostile.py PROGRAM"""
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
import unittest

import h5py
import numpy as np

from recording import InFolder, noise_with_bursts, wav_bytes

InFolder.program = os.path.abspath(sys.argv.pop(1))
CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fuzz", "corpus")
NEXT = b"\nNEXT-FILE\n"
SECRET = 12345.678
SANITIZED = bool(os.environ.get("MYO_SANITIZE"))

# What the parts of an input are called; the first one is given to the program.
KINDS = {
    "audio": ["a.wav", "a-events.txt"],
    "edf": ["a.edf"],
    "hdf5": ["a.h5"],
    "text": ["a.txt"],
    "brainvision": ["a.vhdr", "a.vmrk", "a.eeg"],
    "wfdb": ["a.hea", "a.dat", "a.atr"],
    "xdf": ["a.xdf"],
    "matlab_emg": ["a.mat"],
    "openephys": ["structure.oebin", "continuous/a/continuous.dat", "continuous/a/sample_numbers.npy",
                  "events/a/states.npy", "events/a/sample_numbers.npy"],
    "dicom": ["a.dcm"],
    "metaimage": ["a.mha", "a.raw"],
    "clarius": ["a.raw", "a.yml"],
    "matlab": ["a.mat"],
    "numpy": ["a.npy"],
    "uff": ["a.uff"],
    "video": ["a.mkv"],
}
CINES = ("dicom", "metaimage", "clarius", "matlab", "numpy", "uff", "video")
# Read through a library that is known to break.
BREAKING = ("hdf5", "uff", "matlab_emg", "video")
FILES_OF_A_KIND = 150 if SANITIZED else 400


def limit():
    """One file may take as long; the kernel ends what takes longer."""
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))


# Frames of the sanitizer, and of what it stands in for.
RUNTIME = re.compile(rb"in (__interceptor|__asan|__sanitizer|mem|str|free|malloc|calloc|realloc)")


def is_of_the_library(report):
    """Whether the first frame behind the sanitizer's own is libhdf5's."""
    frames = re.findall(rb"^ *#\d+ 0x\w+ (.*)$", report, re.MULTILINE)
    own = [frame for frame in frames if not RUNTIME.match(frame)]
    return bool(own) and re.match(rb"in H5[A-Z]|\(.*libhdf5", own[0]) is not None


class Hostile(InFolder):
    def answer(self, *arguments, seconds=5.0, named=None, broken=False, statuses=(0, 3)):
        """Runs the program and checks that it came to an end of its own, and names what it refuses: `named`, or
        the last argument. Where the input is known to break libhdf5 (`broken`) a sanitizer may say so of the reader's
        process, and of nothing but libhdf5."""
        begin = time.monotonic()
        done = subprocess.run([self.program, *arguments], capture_output=True, cwd=self.folder, preexec_fn=limit,
                              check=False)
        self.assertIn(done.returncode, statuses, (arguments[:3], done.stderr[-2000:]))
        for report in done.stderr.split(b"ERROR: AddressSanitizer")[1:]:
            self.assertTrue(broken and is_of_the_library(report), report[:3000])
        self.assertTrue(broken or b"Sanitizer" not in done.stderr, done.stderr[:3000])
        self.assertNotIn(b"LeakSanitizer", done.stderr)
        self.assertNotIn(b"runtime error:", done.stderr)
        if not SANITIZED:
            self.assertLess(time.monotonic() - begin, seconds, arguments[:3])
        if done.returncode != 0:
            self.assertIn((named or os.path.basename(arguments[-1])).encode(), done.stderr)
        return done

    def variants(self, kind, total):
        """Each seed cut at many places and with bytes changed, about so many together; always the same ones."""
        chance = random.Random(1)
        folder = os.path.join(CORPUS, kind)
        seeds = sorted(os.listdir(folder))
        count = max(2, total // (2 * len(seeds)))
        for name in seeds:
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            step = max(1, len(data) // count)
            for cut in range(0, len(data), step):
                yield data[:cut]
            for _ in range(count if data else 0):
                changed = bytearray(data)
                for _ in range(chance.choice((1, 1, 2, 5))):
                    at = chance.randrange(min(len(data), chance.choice((128, 1024, 1 << 20))))
                    changed[at] = chance.choice((0, 1, 0x20, 0x39, 0x7F, 0x80, 0xFF, chance.randrange(256)))
                yield bytes(changed)

    def many(self, kind, total):
        names = []
        for number, data in enumerate(self.variants(kind, total)):
            folder = os.path.join(self.folder, str(number))
            for name, part in zip(KINDS[kind], data.split(NEXT)):
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(part)
            names.append(os.path.join(str(number), KINDS[kind][0]))
        broken = 0
        for at in range(0, len(names), 50):
            done = self.answer("info", "--rate", "1000", *names[at:at + 50], seconds=60)
            broken += done.stderr.count(b"reader broke")
        for name in names[::10]:
            if kind in CINES:
                self.answer("analyze", "-q", "--cine-events", os.devnull, "--cine-interval", "0.02", "--mm-per-px", "0.1",
                            "--force", "--cine", name, seconds=20)
            else:
                self.answer("analyze", "-q", "--rate", "1000", "--events", os.devnull, "--force", name)
        return len(names), broken

    def test_cut_and_changed(self):
        total = 0
        for kind in KINDS:
            with self.subTest(kind):
                count, broken = self.many(kind, FILES_OF_A_KIND)
                total += count
                print(f"{kind}: {count} files, {broken} broke their reader's process, none the program")
                if kind not in BREAKING:
                    self.assertEqual(broken, 0, "a reader of ours crashed")
                for number in range(count):
                    shutil.rmtree(os.path.join(self.folder, str(number)))
        self.assertGreater(total, 500)

    def test_what_breaks_a_library(self):
        """Inputs that fuzzing found to crash libhdf5, or to keep it busy for ever: their reader's process ends, the
        program names the file and goes on."""
        folder = os.path.join(CORPUS, "..", "broken")
        count = 0
        for kind in sorted(os.listdir(folder)):
            for name in sorted(os.listdir(os.path.join(folder, kind))):
                copy = f"{kind}-{name}.h5"
                shutil.copy(os.path.join(folder, kind, name), os.path.join(self.folder, copy))
                done = self.answer("info", "--rate", "1000", copy, "missing.wav", seconds=60, named=copy, broken=True)
                self.assertIn(b"missing.wav", done.stderr, "it went on to the next")
                if kind in CINES:
                    self.cine_given_up_once(copy)
                count += 1
        self.assertGreater(count, 3)

    def cine_given_up_once(self, name):
        """A reader that computes for ever is ended after four seconds of its processor, and not asked again."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        done = self.answer("analyze", "-q", "--cine-events", os.devnull, "--force", "--cine", name, seconds=60, broken=True,
                           statuses=(3,))
        self.assertIn(b"its reader broke on it", done.stderr)
        if not SANITIZED:
            self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, 7)

    def hdf5(self, name, write, **options):
        path = os.path.join(self.folder, name)
        with h5py.File(path, "w", **options) as h5:
            write(h5)
        return name

    def test_links_lead_nowhere(self):
        """What lies in other files is not read, whatever kind of reference asks for it."""
        np.full(2000, SECRET, "<f4").tofile(os.path.join(self.folder, "secret.raw"))
        secret = self.hdf5("secret.h5", lambda h5: h5.create_dataset("emg", data=np.full((2000, 1), SECRET, "<f4")))

        def external(h5):
            h5.create_dataset("emg", (2000,), "<f4", external=[(os.path.join(self.folder, "secret.raw"), 0, 8000)])

        def virtual(h5):
            layout = h5py.VirtualLayout((2000, 1), "<f4")
            layout[:] = h5py.VirtualSource(os.path.join(self.folder, secret), "emg", (2000, 1))
            h5.create_virtual_dataset("emg", layout)

        def link(h5):
            h5["emg"] = h5py.ExternalLink(secret, "/emg")

        for write in (external, virtual, link):
            name = self.hdf5(write.__name__ + ".h5", write)
            done = self.answer("analyze", "-q", "--dataset", "/emg", "--rate", "1000", "--events", "-", name)
            self.assertEqual(done.returncode, 3, write.__name__)
            self.assertNotIn(b"12345", done.stdout + done.stderr)

    def test_bombs(self):
        """Small files that would unpack to much: refused, or read in bounded memory."""
        def zeros(h5):
            h5.create_dataset("emg", (1 << 33, 1), "<f4", chunks=(1 << 20, 1), compression="gzip")

        def wide(h5):
            h5.create_dataset("emg", (10, 1 << 30), "<f4", chunks=(1, 1 << 20))

        def one_chunk(h5):
            h5.create_dataset("emg", (1 << 29, 1), "<f4", chunks=(1 << 29, 1), compression="gzip")

        def loops(h5):
            h5.create_group("a")["up"] = h5["/"]
            h5["emg"] = h5py.SoftLink("/emg")

        for write in (zeros, wide, one_chunk, loops):
            name = self.hdf5(write.__name__ + ".h5", write)
            self.answer("info", "--dataset", "/emg", "--rate", "1000", name)
        self.assertEqual(self.answer("analyze", "-q", "--dataset", "/emg", "--rate", "1000", "--events", os.devnull,
                                     "one_chunk.h5").returncode, 3)
        self.write("line.txt", b"1 " * (8 << 20))
        self.assertEqual(self.answer("info", "--rate", "1000", "line.txt").returncode, 3)
        self.write("many.edf", b"0       " + b" " * 244 + b"9999" + b" " * 5000)
        self.assertEqual(self.answer("info", "many.edf").returncode, 3)
        self.write("deep.json", b"[" * 3_000_000)
        self.answer("score", "deep.json", "deep.json")

    def test_what_is_no_file(self):
        os.mkfifo(os.path.join(self.folder, "pipe"))
        os.symlink("loop", os.path.join(self.folder, "loop"))
        os.mkdir(os.path.join(self.folder, "folder.wav"))
        for name in ("pipe", "loop", "folder.wav", "/dev/zero", "/dev/stdin"):
            self.assertEqual(self.answer("analyze", "-q", name).returncode, 3, name)
        done = self.answer("analyze", "-q", "missing\n\x1b[31m.wav", named="missing??[31m.wav")
        self.assertEqual(done.returncode, 3)

    def test_damaged_recordings(self):
        """What is recovered from a recording with changed bytes is a copy that opens; else it is refused."""
        self.write("a.wav", wav_bytes(noise_with_bursts(3, 2, (2.0,))))
        done = self.run_program("record", "--replay", "a.wav", "--speed", "20", "a.nwb")
        self.assertEqual(done.returncode, 0, done.stderr)
        whole = self.read("a.nwb")
        used = [at for at, byte in enumerate(whole) if byte]
        chance = random.Random(2)
        recovered = 0
        tries = 20 if SANITIZED else 60
        for number in range(tries):
            changed = bytearray(whole)
            for _ in range(chance.choice((1, 3, 20))):
                changed[chance.choice(used)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
            self.write("b.nwb", bytes(changed[:chance.choice((len(changed), len(changed), chance.randrange(len(changed)))) or 1]))
            copy = f"{number}.nwb"
            if self.answer("recover", "--out", copy, "b.nwb", broken=True).returncode == 0:
                recovered += 1
                self.assertEqual(self.answer("info", copy).returncode, 0)
            self.assertFalse([name for name in self.files() if name.startswith(".")])
        self.assertGreater(recovered, tries // 6)

    def test_tables_and_lists(self):
        """Labels, settings, calibrations and times: text that others may have written."""
        self.write("a.wav", wav_bytes(noise_with_bursts(3, 1, (2.0,))))
        self.write("a.raw", bytes(64 * 64 * 8))
        texts = (b"", b"\0" * 4096, b"\xff\xfe" * 999, b"{" * 200000, b"[" * 200000, b"a=" * 200000, b"9" * 400000,
                 b"\n" * 400000, b'{"onset_s":1e999}\n', b'{"labels":[{"onset_s":-1,"offset_s":1e308}]}',
                 b"time_s\nnan\n", b"time_s\n1e400\n", b"full_scale_uv=nan\n", b"rate_hz=-1\n", b"\xe2\x82" * 2000)
        for text in texts:
            self.write("x", text)
            self.answer("score", "x", "x")
            self.answer("analyze", "-q", "--force", "--events", os.devnull, "--config", "x", "a.wav", named="x",
                        statuses=(0, 2, 3))
            self.answer("record", "--replay", "a.wav", "--speed", "max", "--calibration", "x", "r.nwb", named="x",
                        statuses=(0, 2, 3))
            self.answer("analyze", "-q", "--force", "--cine-events", os.devnull, "--mm-per-px", "0.1", "--cine-times", "x", "--cine",
                        "a.raw", named="a.raw")
            if os.path.exists(self.path("r.nwb")):
                os.remove(self.path("r.nwb"))

    def test_side_files_of_a_study(self):
        """Tables of a BIDS data set that are to get another row: never lost, never made worse."""
        self.write("a.wav", wav_bytes(noise_with_bursts(3, 1, (2.0,))))
        for text in (b"", b"\0\1\2", b"a\tb\n" * 9, b"\xff" * 5000, b"participant_id\t" * 50000, b"\n" * 100000):
            for side in ("participants.tsv", "sub-01/sub-01_scans.tsv", "dataset_description.json"):
                shutil.rmtree(self.path("study"), ignore_errors=True)
                os.makedirs(self.path("study/sub-01/emg"))
                self.write("study/" + side, text)
                out = "study/sub-01/emg/sub-01_task-x_emg.bdf"
                done = self.answer("convert", "--full-scale-uv", "1000", "--bids", "a.wav", out, named=os.path.basename(side),
                                   statuses=(0, 1, 3))
                self.assertTrue(self.read("study/" + side).startswith(text.rstrip(b"\n")), (side, done.stderr))

    def test_models_and_sessions(self):
        bomb = "\n".join(f"k{i}: &k{i} [" + ", ".join([f"*k{i - 1}" if i else "x"] * 9) + "]" for i in range(12))
        os.mkdir(os.path.join(self.folder, "overlay"))
        for text in (bomb, "[" * 100000, "a: " * 100000, "muscles: !!python/object {}\n", "\0\1\2", "- " * 100000):
            self.write("overlay/bad.yaml", text.encode())
            self.assertEqual(self.answer("model", "--overlay", "overlay", "verify",
                                         named="overlay/bad.yaml").returncode, 3)
            self.write("bad.session", text.encode())
            self.assertEqual(self.answer("check", "bad.session").returncode, 3)

    @classmethod
    def tearDownClass(cls):
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"largest memory of any process: {peak:.0f} MB")
        assert SANITIZED or peak <= 512, peak


unittest.main(verbosity=2)
