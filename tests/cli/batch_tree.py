# SPDX-License-Identifier: GPL-3.0-or-later
"""A tree of recordings, some broken in ways of their own, for the tests of `myotwitch batch`."""
import os

import h5py
import numpy as np

from recording import noise_with_bursts, wav_bytes

TABLES = ["events.tsv", "recordings.tsv", "failures.tsv", "subjects.tsv", "overview.html"]

# Name -> (state in the table, a word of the reason).
BROKEN = {
    "day2/bad_cut.wav": ("damaged", "ends before"),
    "day2/bad_empty.wav": ("failed", "empty"),
    "day3/bad_kind.wav": ("failed", "no recording"),
    "day3/bad_rate.wav": ("failed", "frames a second"),
    "day4/bad_nan.wav": ("damaged", "not numbers"),
    "day4/bad_plain.h5": ("failed", ""),
}


def put(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(content)


def broken_make(folder):
    good = noise_with_bursts(4, 1, (3.0,))
    put(folder, "day2/bad_cut.wav", wav_bytes(good)[:9000])
    put(folder, "day2/bad_empty.wav", b"")
    put(folder, "day3/bad_kind.wav", b"\0\1 no recording, whatever the name" * 9)
    put(folder, "day3/bad_rate.wav", wav_bytes(good, rate=8))
    put(folder, "day4/bad_nan.wav", wav_bytes(np.full((4000, 1), np.nan), floating=True))
    with h5py.File(os.path.join(folder, "day4/bad_plain.h5"), "w") as file:
        file["text"] = "no samples"


def others_make(folder):
    """Files that are no recordings and no failures."""
    put(folder, "README.md", b"about the study\n")
    put(folder, "participants.tsv", b"participant_id\tage\nsub-1\t30\n")
    put(folder, "day1/r00-events.txt", b"# marks\n0,\t1.5\n")
    put(folder, "day1/r00.vmrk", b"Brain Vision Data Exchange Marker File, Version 1.0\r\n")
    put(folder, ".git/objects/copy.wav", wav_bytes(noise_with_bursts(4, 1, (3.0,))))


def tree_make(folder, good=54, seconds=4):
    for k in range(good):
        samples = noise_with_bursts(seconds, 1 + k % 2, (3.0,), seed=k)
        put(folder, f"day{1 + k % 5}/r{k:02d}.wav", wav_bytes(samples))
    broken_make(folder)
    others_make(folder)


def tables(out):
    """Name -> bytes of every table in the folder."""
    found = {}
    for name in TABLES:
        with open(os.path.join(out, name), "rb") as file:
            found[name] = file.read()
    return found


def rows(text):
    """A table as dictionaries."""
    lines = text.decode().rstrip("\n").split("\n")
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"))) for line in lines[1:]]
