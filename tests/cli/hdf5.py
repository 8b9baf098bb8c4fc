#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black-box test of the HDF5 readers and of the session file: real layouts, hostile ones, and what
h5py makes of our output. Usage: hdf5.py PROGRAM"""
import json
import os
import resource
import sys
import unittest

import h5py
import numpy as np

from recording import RATE, InFolder, noise_with_bursts, wav_bytes

InFolder.program = os.path.abspath(sys.argv.pop(1))


class Hdf5(InFolder):
    def make(self, name="a.h5", **more):
        return h5py.File(self.path(name), "w", **more)

    def analyze(self, *arguments, status=0):
        done = self.run_program("analyze", *arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def found(self, *arguments):
        done = self.analyze("-q", "-e", "-", *arguments)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        return [(e["channel"], e["onset_s"]) for e in events
                if e["schema"] == "myotwitch.event/1"]


class Layouts(Hdf5):
    def setUp(self):
        super().setUp()
        self.samples = noise_with_bursts()
        self.write("a.wav", wav_bytes(self.samples, floating=True))
        self.expected = self.found("a.wav")
        self.assertGreaterEqual(len(self.expected), 2)

    def test_plain(self):
        with self.make() as file:
            file["emg/raw"] = self.samples.astype("f4")
        self.assertEqual(self.found("-d", "/emg/raw", "-r", str(RATE), "a.h5"), self.expected)
        done = self.analyze("a.h5", status=3)
        self.assertIn("name a data set with --dataset (it holds /emg)", done.stderr)
        done = self.analyze("-d", "/emg/raw", "a.h5", status=3)
        self.assertIn("no frame rate; give it with --rate", done.stderr)
        done = self.analyze("-d", "/emg", "-r", "2000", "a.h5", status=3)
        self.assertIn("no data set /emg", done.stderr)

    def test_channels_first_and_compressed(self):
        with self.make() as file:
            data = file.create_dataset("x", data=self.samples.astype("f4").T, chunks=(2, RATE),
                                       compression="gzip", shuffle=True, fletcher32=True)
            data.attrs["rate"] = RATE
        self.assertEqual(self.found("-d", "x", "--channels-first", "a.h5"), self.expected)
        done = self.analyze("-d", "x", "a.h5", status=3)
        self.assertIn("--channels-first when rows are channels", done.stderr)

    def test_after_a_user_block(self):
        with self.make(userblock_size=512) as file:
            file.create_dataset("x", data=self.samples.astype("f4")).attrs["rate"] = RATE
        self.assertEqual(self.found("-d", "x", "a.h5"), self.expected)

    def opensignals(self, file, device, rate, sensors, bits=12):
        group = file.create_group(device)
        count = len(sensors)
        group.attrs.update({"sampling rate": rate, "device": "biosignalsplux",
                            "channels": np.arange(1, count + 1, dtype="i4"),
                            "resolution": np.full(count, bits, "i4")})
        for i, sensor in enumerate(sensors):
            codes = np.clip((self.samples[:, i] + 1) * 2 ** (bits - 1), 0, 2 ** bits - 1)
            data = group.create_dataset(f"raw/channel_{i + 1}",
                                        data=codes.astype("u2").reshape(-1, 1), chunks=(1024, 1))
            data.attrs.update({"sensor": sensor, "label": f"CH{i + 1}"})

    def test_opensignals(self):
        with self.make() as file:
            self.opensignals(file, "00:07:80:D8:A7:F9", RATE, ["EMG", "EMG"])
        found = self.found("a.h5")
        self.assertEqual([c for c, _ in found], [c for c, _ in self.expected])
        for (_, onset), (_, expected) in zip(found, self.expected):
            self.assertAlmostEqual(onset, expected, delta=0.005)
        done = self.run_program("info", "a.h5")
        self.assertIn("a sample of 1.0 is 1500 uV", done.stdout)
        self.assertIn("channel 1    CH2 EMG, rails -1 to 0.999512", done.stdout)

    def test_opensignals_of_several_devices(self):
        with self.make() as file:
            self.opensignals(file, "00:A", 10, ["EMG"])
            self.opensignals(file, "00:B", RATE, ["ECG", "EMG"])
        done = self.analyze("a.h5")
        self.assertIn("device 00:A (10 frames/s) is left out", done.stderr)
        self.assertIn("1 channel, 2000 frames/s", done.stdout)
        self.analyze("-d", "00:A", "a.h5", status=3)
        with self.make("b.h5") as file:
            self.opensignals(file, "00:B", RATE, ["ECG", "ECG"])
        self.assertIn("none of the 2 channels is called EMG",
                      self.analyze("b.h5", status=3).stderr)
        self.analyze("-c", "1", "b.h5")


class Session(Hdf5):
    def session(self, *options):
        self.write("a.wav", wav_bytes(noise_with_bursts()))
        self.write("a-events.txt", b"needle in,\t3.25\n=x,\t6\n")
        self.analyze("-q", "--out", "out", *options, "a.wav")
        lines = [json.loads(line) for line in self.read("out/a.events.jsonl").splitlines()]
        file = h5py.File(self.path("out/a.nwb"), "r")
        self.addCleanup(file.close)
        return file, lines[0], [e for e in lines[1:-1] if e["type"] != "marker"]

    def test_samples_events_and_marks(self):
        file, run, events = self.session("--full-scale-uv", "5000")
        data = file["acquisition/emg/data"]
        expected = np.frombuffer(self.read("a.wav")[44:], "<i2").reshape(-1, 2) / 32768
        np.testing.assert_array_equal(data[:], expected.astype("f4"))
        self.assertEqual((data.attrs["conversion"], data.attrs["unit"]), (0.005, "volts"))
        self.assertEqual(file["acquisition/emg/starting_time"].attrs["rate"], RATE)
        table = file["intervals/events"]
        self.assertEqual(len(table["id"]), len(events))
        for i, event in enumerate(events):
            self.assertAlmostEqual(table["start_time"][i], event["onset_s"], places=6)
            self.assertAlmostEqual(table["peak"][i] * 1e6 / event["peak_uv"], 1, places=3)
            self.assertEqual(table["type"].asstr()[i], event["type"])
            self.assertEqual(table["reasons"].asstr()[i], "; ".join(event["reasons"]))
        marks = file["acquisition/marks"]
        self.assertEqual(list(marks["data"].asstr()[:]), ["needle in", "=x"])
        self.assertEqual(list(marks["timestamps"][:]), [3.25, 6])
        ours = file["general/myotwitch"].attrs
        self.assertEqual((ours["config"], ours["config_hash"]),
                         (run["config"], run["config_hash"]))
        self.assertIn("not a medical device", ours["note"])

    def test_every_typed_object_has_its_own_id(self):
        file, _, _ = self.session()
        ids = []

        def visit(_, thing):
            if "neurodata_type" in thing.attrs:
                ids.append(thing.attrs["object_id"])
                self.assertIn(thing.attrs["namespace"], ("core", "hdmf-common"))
        visit("/", file)
        file.visititems(visit)
        self.assertGreater(len(ids), 20)
        self.assertEqual(len(set(ids)), len(ids))
        for text in ids:
            self.assertRegex(text, r"^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                   r"[0-9a-f]{12}$")

    def test_read_again_gives_the_same_events(self):
        _, _, events = self.session("--full-scale-uv", "5000")
        done = self.analyze("-q", "-e", "-", "out/a.nwb")
        again = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([e for e in again[1:-1] if e["type"] != "marker"], events)
        self.assertEqual([e["label"] for e in again[1:-1] if e["type"] == "marker"],
                         ["needle in", "=x"])
        self.assertAlmostEqual(again[0]["full_scale_uv"], 5000)

    def test_a_time_that_is_not_known_is_not_made_up(self):
        # NWB demands a time: that of the epoch stands for none, says so, and is read again as none.
        file, _, _ = self.session()
        self.assertEqual(file["session_start_time"].asstr()[()], "1970-01-01T00:00:00+00:00")
        self.assertIn("When it was recorded is not known: 1970-01-01T00:00:00+00:00 stands for that",
                      file["session_description"].asstr()[()])
        self.assertNotIn("started", self.run_program("info", "out/a.nwb").stdout)
        self.assertEqual(self.run_program("convert", "out/a.nwb", "out/again.nwb").returncode, 0)
        with h5py.File(self.path("out/again.nwb"), "r") as again:
            self.assertIn("is not known", again["session_description"].asstr()[()])

    def test_a_time_that_is_known_stands_alone(self):
        made = self.run_program("synth", "clean", "--duration", "5", "--output", "b.wav")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(self.run_program("convert", "b.wav", "b.nwb").returncode, 0)
        with h5py.File(self.path("b.nwb"), "r+") as file:
            file["session_start_time"][()] = "1999-12-31T23:59:58.500000+01:00"
        self.assertIn("started      1999-12-31T23:59:58.500000+01:00", self.run_program("info", "b.nwb").stdout)
        self.assertEqual(self.run_program("convert", "b.nwb", "c.nwb").returncode, 0)
        with h5py.File(self.path("c.nwb"), "r") as file:
            self.assertEqual(file["session_start_time"].asstr()[()], "1999-12-31T23:59:58.500000+01:00")
            self.assertEqual(file["session_description"].asstr()[()],
                             "EMG with the local twitch responses found in it")

    def test_a_calibration_that_is_no_number_is_none(self):
        file, _, _ = self.session("--full-scale-uv", "5000")
        file.close()
        with h5py.File(self.path("out/a.nwb"), "r+") as file:
            file["acquisition/emg/data"].attrs["conversion"] = 1e305  # in microvolts beyond a double
        done = self.run_program("info", "out/a.nwb")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("inf", done.stdout)
        self.analyze("-q", "out/a.nwb")

    def test_without_calibration(self):
        file, _, _ = self.session()
        data = file["acquisition/emg/data"]
        self.assertEqual((data.attrs["conversion"], data.attrs["unit"]),
                         (1, "fraction of full scale"))


class Hostile(Hdf5):
    def refuse(self, reason, dataset="x"):
        done = self.run_program("analyze", "-q", "-d", dataset, "-r", "2000", "a.h5")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(reason, done.stderr)

    def test_cut_off_anywhere(self):
        with self.make() as file:
            file["x"] = np.zeros(50_000, "f4")
        whole = self.read("a.h5")
        for size in list(range(8, 2000, 97)) + [len(whole) // 2, len(whole) - 1]:
            self.write("a.h5", whole[:size])
            self.refuse("HDF5: damaged or cut off")

    def test_other_files_are_not_read(self):
        self.write("secret", bytes(range(64)) * 1000)
        with self.make() as file:
            file.create_dataset("x", (4000,), "f4", external=[(self.path("secret"), 0, 16_000)])
            file["link"] = h5py.ExternalLink("other.h5", "/y")
        self.refuse("stored in another file")
        with self.make("other.h5") as other:
            other["y"] = np.zeros(4000, "f4")
        self.refuse("no data set link", "link")
        with self.make() as file:
            virtual = h5py.VirtualLayout((4000,), "f4")
            virtual[:] = h5py.VirtualSource("other.h5", "y", (4000,))
            file.create_virtual_dataset("x", virtual)
        self.refuse("virtual, made of other data sets")

    def test_what_is_not_plain_numbers(self):
        odd = h5py.h5t.IEEE_F32LE.copy()
        odd.set_ebias(99)
        for content in (np.zeros(4000, [("a", "f4"), ("b", "f4")]), [b"text"] * 4000,
                        np.zeros(4000, "c8"), np.zeros(4000, "f2")):
            with self.make() as file:
                file["x"] = content
            self.refuse("not plain numbers")
        with self.make() as file:
            h5py.h5d.create(file.id, b"x", odd, h5py.h5s.create_simple((4000,)))
        self.refuse("not plain numbers")

    def test_shapes(self):
        for shape, reason in (((40, 4, 25), "3 dimensions"), ((), "0 dimensions"),
                              ((0, 4), "0 frames of 4 channels"), ((4000, 0), "of 0 channels"),
                              ((400, 300), "400 frames of 300 channels")):
            with self.make() as file:
                file["x"] = np.zeros(shape, "f4")
            self.refuse(reason)

    def test_storage(self):
        with self.make() as file:
            file.create_dataset("x", data=np.zeros(4000, "f4"), compression="lzf")
        self.refuse("a filter other than deflate")
        with self.make() as file:
            file.create_dataset("x", (1 << 40,), "f4", chunks=(1 << 25,))
        self.refuse("chunks of more than 64 MB")

    @unittest.skipIf(os.environ.get("MYO_SANITIZE"), "a sanitizer reserves more than the limit")
    def test_a_huge_promise_is_no_huge_allocation(self):
        with self.make() as file:
            file.create_dataset("x", (1 << 50, 256), "f4", chunks=(1024, 256))
        limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS,
                                                          (256 << 20, 256 << 20))}
        if self.run_program("version", **limit).returncode != 0:
            self.skipTest("the program does not start in 256 MB: built with a sanitizer")
        done = self.run_program("info", "-d", "x", "-r", "2000", "a.h5", **limit)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_nwb_without_a_series(self):
        with self.make() as file:
            file.attrs["neurodata_type"] = "NWBFile"
            file.create_group("acquisition/text").attrs["neurodata_type"] = "AnnotationSeries"
        done = self.run_program("analyze", "-q", "a.h5")
        self.assertEqual(done.returncode, 3)
        self.assertIn("no TimeSeries under /acquisition", done.stderr)

    def test_bytes_changed_at_random(self):
        """No crash and no hang, whatever the answer: HDF5's checksummed format, 120 changes."""
        with self.make(libver="latest") as file:
            data = file.create_dataset("x", data=noise_with_bursts(1, bursts=()).astype("f4"),
                                       chunks=(256, 2), fletcher32=True)
            data.attrs["rate"] = RATE
        whole = self.read("a.h5")
        random = np.random.default_rng(7)
        # What HDF5 itself does not free after an error is not what is looked for here.
        no_leaks = {"env": {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}}
        for _ in range(120):
            broken = bytearray(whole)
            for at in random.integers(0, len(whole), 3):
                broken[at] = random.integers(0, 256)
            self.write("a.h5", bytes(broken))
            done = self.run_program("analyze", "-q", "-d", "x", "a.h5", **no_leaks)
            self.assertIn(done.returncode, (0, 3), done.stderr)


if __name__ == "__main__":
    unittest.main()
