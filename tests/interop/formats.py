#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers and writers that others wrote agree with ours: samples to one step of the format, times of
events to one sample. They come from PyPI; where that is not to be had the test is skipped.

usage: formats.py PROGRAM BUILD"""
import os
import shutil
import subprocess
import sys
import tempfile

from venv import SKIPPED, python_with

MODULES = ["pyedflib", "mne", "wfdb", "pyxdf", "h5py", "soundfile", "scipy"]


def main():
    program, build = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    python = python_with(build, "interop", MODULES)
    if python is None:
        print("skipped: " + ", ".join(MODULES) + " cannot be had here")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "readers.py")
        return subprocess.run([python, "-B", "-W", "ignore", script, program,
                               shutil.which("save2gdf") or ""],
                              cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
