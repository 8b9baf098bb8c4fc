#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session file of an analysis and that of a live recording are valid NWB in the eyes of pynwb, which
reads samples, events and marks. nwbinspector judges the first only: it stumbles over tables without rows.

pynwb is not in Debian 12. It is looked for in the virtual environment that MYOTWITCH_NWB_VENV names,
then in the one at BUILD/nwb, which is made with pip; where neither is to be had the test is skipped.
Usage: nwb.py PROGRAM [BUILD]"""
import os
import subprocess
import sys
import tempfile

from recording import noise_with_bursts, wav_bytes

SKIPPED = 77
CHECK = """
import sys
from pynwb import NWBHDF5IO, validate
path = sys.argv[1]
found = validate(path=path)
errors = found[0] if isinstance(found, tuple) else found
assert not errors, errors
with NWBHDF5IO(path, "r") as io:
    session = io.read()
    emg = session.acquisition["emg"]
    assert emg.data.shape == (24000, 2) and emg.rate == 2000 and emg.unit == "volts", emg
    marks = [m.decode() if isinstance(m, bytes) else m for m in session.acquisition["marks"].data]
    assert marks == ["needle in"], marks
    if "converted" not in path:
        events = session.intervals["events"].to_dataframe()
        assert len(events) >= 2 and (events.start_time <= events.stop_time).all()
        assert len(session.analysis["channels"].to_dataframe()) == 2
print("pynwb: valid")
"""
INSPECT = """
import sys
from nwbinspector import Importance, inspect_nwbfile
wanted = [m for m in inspect_nwbfile(nwbfile_path=sys.argv[1])
          if m.importance in (Importance.ERROR, Importance.PYNWB_VALIDATION, Importance.CRITICAL)
          and m.check_function_name != "check_subject_exists"]  # nobody is named unless asked
assert not wanted, wanted
print("nwbinspector: nothing critical")
"""


def has_pynwb(python):
    return os.path.exists(python) and subprocess.run(
        [python, "-c", "import pynwb, nwbinspector"], capture_output=True, check=False
    ).returncode == 0


def find_python(build):
    """An interpreter that has pynwb and nwbinspector, or None."""
    named = os.path.join(os.environ.get("MYOTWITCH_NWB_VENV", "/nonexistent"), "bin/python")
    if has_pynwb(named):
        return named
    folder = os.path.join(build, "nwb")
    python = os.path.join(folder, "bin/python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, check=False)
        subprocess.run([python, "-m", "pip", "install", "-q", "pynwb", "nwbinspector"],
                       capture_output=True, check=False, timeout=300)
    return python if has_pynwb(python) else None


def main():
    program, build = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "."
    try:
        python = find_python(build)
    except (OSError, subprocess.SubprocessError):
        python = None
    if python is None:
        print("skipped: pynwb and nwbinspector cannot be had here")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "a.wav"), "wb") as out:
            out.write(wav_bytes(noise_with_bursts()))
        with open(os.path.join(folder, "a-events.txt"), "w", encoding="ascii") as out:
            out.write("needle in,\t3.25\n")
        subprocess.run([program, "analyze", "-q", "--full-scale-uv", "5000", "--out", folder,
                        os.path.join(folder, "a.wav")], check=True)
        live = os.path.join(folder, "live.nwb")
        subprocess.run([program, "live", "-q", "--full-scale-uv", "5000", "--replay",
                        os.path.join(folder, "a.wav"), "--speed", "max", "--record", live],
                       check=True, stderr=subprocess.DEVNULL)
        subprocess.run([program, "convert", "--full-scale-uv", "5000", os.path.join(folder, "a.wav"),
                        os.path.join(folder, "converted.nwb")], check=True)
        for script, name in ((CHECK, "a.nwb"), (CHECK, "live.nwb"), (INSPECT, "a.nwb"), (CHECK, "converted.nwb"),
                             (INSPECT, "converted.nwb")):
            subprocess.run([python, "-W", "ignore", "-c", script, os.path.join(folder, name)],
                           check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
