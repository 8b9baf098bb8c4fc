# SPDX-License-Identifier: GPL-3.0-or-later
"""Eight hours of 64 channels at 2 kHz, replayed as fast as it goes: memory stays flat, and events stand at
the same frame of every minute of a recording that repeats itself.

usage: long.py PROGRAM HELPERS [HOURS]"""
import json
import os
import shutil
import sys
import tempfile

import live
import steady

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cli"))
from recording import peak_kb  # pylint: disable=wrong-import-position

PROGRAM = os.path.abspath(sys.argv[1])
HOURS = float(sys.argv[3]) if len(sys.argv) > 3 else 8.0
FOLDER = live.folder()


def replay(minutes):
    """Onsets of the events, and the most memory that the session needed, kB."""
    path, lines = os.path.join(FOLDER, "long.wav"), os.path.join(FOLDER, "long.jsonl")
    steady.write(path, minutes)
    peak = peak_kb(PROGRAM, "live", "-q", "--replay", path, "--speed", "max", "--force", "--events", lines)
    os.unlink(path)
    with open(lines, encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    assert abs(found[-1]["duration_s"] - 60 * minutes) < 1e-6
    return [e["onset_frame"] for e in found if e["schema"] == "myotwitch.event/1"], peak


def main():
    minutes = round(60 * HOURS)
    needed = minutes * steady.MINUTE * steady.CHANNELS * 2 * 1.2
    if shutil.disk_usage(tempfile.gettempdir()).free < needed:
        print("needs more room in the temporary folder")
        sys.exit(77)
    _, before = replay(10)
    onsets, after = replay(minutes)
    by_minute = steady.moved(onsets, minutes)
    assert by_minute is None, f"events moved: {by_minute}"
    print(f"{len(onsets)} events; {before} kB after ten minutes, {after} kB after {HOURS:g} hours")
    assert after < before + 4096


if __name__ == "__main__":
    try:
        main()
    finally:
        live.clean(FOLDER)
