#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends recordings badly, brings them back with `myotwitch recover`, and prints what was lost.

usage: campaign.py PROGRAM FEED WRITES KIND [COUNT] [--seed N]

KIND: kills     COUNT kill -9 at random instants
      full      COUNT kills on a nearly full disk, and one recording that fills it (root, tmpfs)
      prefixes  a crash after every COUNTth write, truncation or sync of a recording
      cuts      a whole recording of half a second cut off at every COUNTth byte: what comes back is right, or it
                is refused
      power     COUNT modelled power cuts: all before the last whole fdatasync is there, of the later
                writes a random half of their pieces of 4 KiB
      faults    I/O error and full disk at every COUNTth write
      follow    h5py reads along (SWMR) while a recording grows
      long      20 h of 8 channels at 2048 Hz, as fast as the disk takes them: time to close
Exit status 0: nothing was wrong, no case lost more than its bound, half of the kills lost less than
60 ms; 5: else; 77: skipped.
FEED and WRITES are record_feed and librecord_writes.so of this folder."""
import argparse
import hashlib
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

RATE, CHANNELS = 2048, 8
KILL_BOUND_S, POWER_BOUND_S = 0.2, 1.2
KILL_MEDIAN_S = 0.06  # of a flush that begins every 50 ms half is lost
PAGE = 4096
FAULT_RUN = (0.6, 1.0)  # seconds, speed
GIVEN, FLUSHED, SYNCED, REPORTS, REPORTS_FLUSHED, FAILED = range(6)


class Row:
    """One row of the printed table: cases of one kind, with the worst loss."""

    def __init__(self, name, bound_s, median_s=None):
        self.name, self.bound_s, self.median_s = name, bound_s, median_s
        self.cases = self.faults = self.over = 0
        self.losses, self.messages = [], []

    def add(self, loss_s, faults):
        self.cases += 1
        self.losses.append(loss_s)
        if loss_s is not None and self.bound_s is not None and loss_s > self.bound_s:
            self.over += 1
        self.faults += bool(faults)
        self.messages += faults

    def is_kept(self):
        usual = self.median_s is None or self.spread()[0] <= self.median_s
        return self.cases > 0 and self.faults == 0 and self.over == 0 and usual

    def spread(self):
        """Median and worst of the losses."""
        losses = sorted(x for x in self.losses if x is not None)
        return (losses[len(losses) // 2], losses[-1]) if losses else (0, 0)

    def print(self):
        losses = sorted(x for x in self.losses if x is not None)
        median, worst = self.spread()
        bound = "-" if self.bound_s is None else f"{self.bound_s * 1e3:.0f}"
        print(f"{self.name:34} {self.cases:6} {self.faults:7} {median * 1e3:9.0f} "
              f"{losses[len(losses) * 99 // 100] * 1e3 if losses else 0:9.0f} "
              f"{worst * 1e3:9.0f} {bound:>9} {self.over:5}", flush=True)
        for message in self.messages[:5]:
            print("   ", message)


def print_head():
    print(f"{'what':34} {'cases':>6} {'failed':>7} {'median ms':>9} {'p99 ms':>9} "
          f"{'worst ms':>9} {'bound ms':>9} {'over':>5}")


def shared_numbers(path):
    with open(path, "rb") as file:
        data = file.read(48)
    return struct.unpack("6q", data) if len(data) == 48 else (0,) * 6  # not begun yet


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def expected(start, frames):
    index = np.arange(start, start + frames, dtype=np.int64)[:, None] * 7
    return ((index + np.arange(CHANNELS) * 1013) % 8388593).astype(np.float32)


def recovered_faults(path):
    """Frames of a recovered file, and what is wrong with it."""
    with h5py.File(path, "r") as file:
        data = file["/acquisition/emg/data"][:]
        faults = []
        if not np.array_equal(data, expected(0, len(data))):
            wrong = np.flatnonzero((data != expected(0, len(data))).any(axis=1))
            faults.append(f"{path}: {len(wrong)} frames differ, the first is {wrong[0]}")
        due = int(file["/analysis/flushes/reports"][-1])
        stages = file["/intervals/reports/stage"][:]
        if len(stages) != due:
            faults.append(f"{path}: {len(stages)} reports, {due} by the last flush")
        confirmed = int(np.count_nonzero(stages == b"confirmed"))
        events = len(file["/intervals/events/id"])
        if events != confirmed:
            faults.append(f"{path}: {events} events, {confirmed} confirmed by the last flush")
    return len(data), len(stages), faults


class Bench:
    def __init__(self, arguments, folder):
        self.program, self.feed, self.writes = (
            os.path.abspath(arguments.program), os.path.abspath(arguments.feed),
            os.path.abspath(arguments.writes))
        self.folder = folder
        self.number = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, recording, shared, seconds, speed=1.0, environment=None):
        return subprocess.Popen(
            [self.feed, recording, shared, str(seconds), str(speed), str(CHANNELS), str(RATE)],
            stderr=subprocess.PIPE, env={**os.environ, **(environment or {})})

    def recover(self, recording, limit_s=30):
        """Frames, reports and faults of what `recover` makes of it; None frames: refused."""
        self.number += 1
        out = self.path(f"out{self.number}.nwb")
        before = digest(recording)
        try:
            done = subprocess.run([self.program, "recover", recording, "--out", out],
                                  capture_output=True, text=True, timeout=limit_s, check=False)
        except subprocess.TimeoutExpired:
            return None, 0, ["recover hangs"]
        faults = [] if digest(recording) == before else ["recover changed the original"]
        if done.returncode != 0:
            return None, 0, faults + [f"recover: {done.returncode} {done.stderr.strip()[-200:]}"]
        frames, reports, more = recovered_faults(out)
        os.unlink(out)
        return frames, reports, faults + more


def kill_once(bench, rng, folder=None):
    folder = folder or bench.folder
    recording, shared = os.path.join(folder, "k.nwb"), bench.path("k.shared")
    for path in (recording, shared):
        if os.path.exists(path):
            os.unlink(path)
    feed = bench.start(recording, shared, 60)
    while not os.path.exists(shared) or shared_numbers(shared)[FLUSHED] == 0:
        time.sleep(0.01)
    time.sleep(rng.uniform(0.0, 1.5))
    feed.send_signal(signal.SIGKILL)
    feed.wait()
    numbers = shared_numbers(shared)
    frames, reports, faults = bench.recover(recording)
    os.unlink(recording)
    if frames is None:
        return None, faults
    if frames < numbers[FLUSHED]:
        faults.append(f"{frames} frames, {numbers[FLUSHED]} were said to be flushed")
    if not numbers[REPORTS_FLUSHED] <= reports <= numbers[REPORTS] + 1:
        faults.append(f"{reports} reports, between {numbers[REPORTS_FLUSHED]} and "
                      f"{numbers[REPORTS]} were due")
    return (numbers[GIVEN] - frames) / RATE, faults


def kills(bench, count, rng):
    row = Row("kill -9", KILL_BOUND_S, KILL_MEDIAN_S)
    for _ in range(count):
        row.add(*kill_once(bench, rng))
    return [row]


def full(bench, count, rng):
    """A disk of 8 MB of which 1.6 MB are free when the recording begins."""
    if os.geteuid() != 0:
        print("skipped: needs root to mount a small disk")
        sys.exit(77)
    disk = bench.path("disk")
    os.mkdir(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], check=True)
    killed, filled = Row("kill -9, nearly full disk", KILL_BOUND_S), Row("disk fills up", None)
    try:
        with open(os.path.join(disk, "ballast"), "wb") as file:
            file.write(b"x" * (int(6.4 * 2**20)))
        for _ in range(count):
            killed.add(*kill_once(bench, rng, disk))
        filled.add(*fill_once(bench, disk))
    finally:
        subprocess.run(["umount", disk], check=True)
    return [killed, filled]


def fill_once(bench, disk):
    """The recording must end by itself, say why, and be whole without recovery."""
    recording, shared = os.path.join(disk, "f.nwb"), bench.path("f.shared")
    feed = bench.start(recording, shared, 600, 20)
    message = feed.communicate(timeout=60)[1].decode()
    faults = [] if feed.returncode == 1 and "full" in message else [f"no message: {message}"]
    frames, _, more = recovered_faults(recording)
    numbers = shared_numbers(shared)
    if frames < numbers[FLUSHED]:
        faults.append(f"{frames} frames, {numbers[FLUSHED]} were flushed")
    return None, faults + more


def write_log(bench, seconds, speed=1.0):
    """Writes of one recording of so many seconds, as (what, offset, given, flushed, bytes)."""
    recording, shared, log = bench.path("w.nwb"), bench.path("w.shared"), bench.path("w.log")
    feed = bench.start(recording, shared, seconds, speed,
                       environment={"LD_PRELOAD": bench.writes, "WRITES_TARGET": "w.nwb",
                                    "WRITES_LOG": log, "WRITES_SHARED": shared})
    if feed.wait(timeout=seconds + 60) != 0:
        sys.exit(f"the recording failed: {feed.stderr.read().decode()}")
    with open(log, "rb") as file:
        data = file.read()
    entries, at = [], 0
    while at < len(data):
        what = chr(data[at])
        offset, length, given, flushed = struct.unpack_from("4q", data, at + 1)
        at += 33
        entries.append((what, offset, given, flushed, data[at:at + length]))
        at += length
    return entries


def apply(image, entry):
    what, offset, _, _, data = entry
    if what == "w":
        if len(image) < offset + len(data):
            image.extend(bytes(offset + len(data) - len(image)))
        image[offset:offset + len(data)] = data
    elif what == "t":
        if len(image) > offset:
            del image[offset:]
        else:
            image.extend(bytes(offset - len(image)))


def image_check(bench, image, given, secured):
    """Loss and faults of one state of the disk. Before the first flush nothing is owed."""
    state = bench.path("state.nwb")
    with open(state, "wb") as file:
        file.write(image)
    frames, _, faults = bench.recover(state)
    if frames is None:
        return (given / RATE, faults) if secured > 0 else (None, [])
    if frames < secured:
        faults.append(f"{frames} frames, {secured} were secured")
    return (given - frames) / RATE, faults


def prefixes(bench, step, _):
    row = Row(f"crash prefixes, every {step}", KILL_BOUND_S)
    image = bytearray()
    entries = write_log(bench, 2.0)
    for number, entry in enumerate(entries):
        apply(image, entry)
        if number % step == step - 1 or number == len(entries) - 1:
            given, flushed = entry[2], entry[3]
            row.add(*image_check(bench, image, given, flushed))
    return [row]


def cuts(bench, step, _):
    """What lay behind the cut is lost; what is recovered before it has to be right."""
    recording, cut = bench.path("whole.nwb"), bench.path("cut.nwb")
    bench.start(recording, bench.path("shared"), 0.5).communicate()
    with open(recording, "rb") as file:
        whole = file.read()
    row = Row(f"cut at every {step} of {len(whole)} bytes", None)
    refused = 0
    for end in range(0, len(whole), step):
        with open(cut, "wb") as file:
            file.write(whole[:end])
        frames, _, faults = bench.recover(cut)
        if frames is None and len(faults) == 1 and faults[0].startswith("recover: 3 "):
            refused += 1
            faults = []
        row.add(None, faults)
    row.name += f", {refused} refused"
    return [row]


def power(bench, count, rng):
    row = Row("power cuts", POWER_BOUND_S)
    entries = write_log(bench, 5.0)
    ends = [n for n, entry in enumerate(entries) if entry[0] == "S"]
    for _ in range(count):
        cut = rng.randrange(ends[1] + 1, len(entries))
        end = max(n for n in ends if n < cut)
        begin = max(n for n in range(end) if entries[n][0] == "s")
        image = bytearray()
        for entry in entries[:begin]:
            apply(image, entry)
        for entry in entries[begin:cut]:
            pieces_apply(image, entry, rng)
        given, secured = entries[cut - 1][2], entries[begin][3]
        row.add(*image_check(bench, image, given, secured))
    return [row]


def pieces_apply(image, entry, rng):
    what, offset, given, flushed, data = entry
    if what == "t":
        if rng.random() < 0.5:
            apply(image, entry)
        return
    at = 0
    while at < len(data):
        stop = min(len(data), ((offset + at) // PAGE + 1) * PAGE - offset)
        if rng.random() < 0.5:
            apply(image, ("w", offset + at, given, flushed, data[at:stop]))
        at = stop


def faults(bench, step, _):
    rows = []
    writes = sum(entry[0] == "w" for entry in write_log(bench, *FAULT_RUN))
    for name, number in (("I/O error", 5), ("no space", 28)):
        for once in ("", ":once"):
            row = Row(f"{name}{' once' if once else ', for good'}, of {writes}", None)
            for nth in range(1, writes, step):
                row.add(*fault_once(bench, nth, f"{nth}:{number}{once}"))
            rows.append(row)
    return rows


def fault_once(bench, nth, fail):
    """Whatever was flushed before the failing write is there, and the program says what happened."""
    recording, shared = bench.path("e.nwb"), bench.path("e.shared")
    for path in (recording, shared):
        if os.path.exists(path):
            os.unlink(path)
    feed = bench.start(recording, shared, *FAULT_RUN,
                       {"LD_PRELOAD": bench.writes, "WRITES_TARGET": "e.nwb",
                        "WRITES_FAIL": fail})
    try:
        message = feed.communicate(timeout=30)[1].decode()
    except subprocess.TimeoutExpired:
        feed.kill()
        return None, [f"write {nth}: hangs"]
    if feed.returncode < 0:
        return None, [f"write {nth}: signal {-feed.returncode}"]
    numbers = shared_numbers(shared)
    if feed.returncode == 0 or not os.path.exists(recording):
        return None, []  # later than its last write; or it never began, and left nothing
    wrong = [] if "error" in message or "space" in message or "full" in message else [
        f"write {nth}: {message.strip()}"]
    frames, _, more = bench.recover(recording)
    if frames is None:
        return None, wrong + (more if numbers[FLUSHED] > 0 else [])
    if frames < numbers[FLUSHED]:
        wrong.append(f"write {nth}: {frames} frames, {numbers[FLUSHED]} were flushed")
    return None, wrong + more


def follow(bench, _, __):
    """The reader opens the file anew each time, and refreshes in between."""
    row = Row("followed with h5py while it grows", 0.5)
    recording, shared = bench.path("g.nwb"), bench.path("g.shared")
    feed = bench.start(recording, shared, 6)
    while not os.path.exists(shared) or shared_numbers(shared)[FLUSHED] == 0:
        time.sleep(0.01)
    while feed.poll() is None and shared_numbers(shared)[GIVEN] < 5 * RATE:
        flushed = shared_numbers(shared)[FLUSHED]
        with h5py.File(recording, "r", swmr=True, libver="latest") as file:
            emg = file["/acquisition/emg/data"]
            for _ in range(5):
                emg.refresh()
                data = emg[:]
                wrong = [] if np.array_equal(data, expected(0, len(data))) else ["frames differ"]
                if len(data) < flushed:
                    wrong.append(f"{len(data)} frames seen, {flushed} were flushed")
                row.add((shared_numbers(shared)[GIVEN] - len(data)) / RATE, wrong)
                flushed = shared_numbers(shared)[FLUSHED]
                time.sleep(0.05)
    feed.wait()
    return [row]


def long(bench, hours, _):
    seconds = hours * 3600
    recording, shared = bench.path("l.nwb"), bench.path("l.shared")
    free = os.statvfs(bench.folder)
    if free.f_bavail * free.f_frsize < seconds * RATE * CHANNELS * 4 * 1.3:
        print("skipped: not enough room")
        sys.exit(77)
    feed = bench.start(recording, shared, seconds, 0)
    message = feed.communicate()[1].decode().strip()
    row = Row(f"{hours} h, {message}", None)
    with h5py.File(recording, "r") as file:
        data = file["/acquisition/emg/data"]
        wrong = [] if len(data) >= seconds * RATE - 8 else [f"{len(data)} frames"]
        for start in range(0, len(data), 1 << 20):
            part = data[start:start + (1 << 20)]
            if not np.array_equal(part, expected(start, len(part))):
                wrong.append(f"frames from {start} differ")
    row.add(None, wrong)
    return [row]


KINDS = {"kills": (kills, 20), "full": (full, 20), "prefixes": (prefixes, 1), "cuts": (cuts, 97), "power": (power, 600),
         "faults": (faults, 10), "follow": (follow, 1), "long": (long, 20)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("program", "feed", "writes"):
        parser.add_argument(name)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("count", nargs="?", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    run, count = KINDS[arguments.kind]
    with tempfile.TemporaryDirectory(dir=os.environ.get("MYOTWITCH_SCRATCH")) as folder:
        rows = run(Bench(arguments, folder), arguments.count or count,
                   random.Random(arguments.seed))
    print_head()
    for row in rows:
        row.print()
    return 0 if all(row.is_kept() for row in rows) else 5


if __name__ == "__main__":
    sys.exit(main())
