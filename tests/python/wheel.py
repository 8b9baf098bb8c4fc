#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wheel is built with pip, installed in an empty environment, and passes the package's tests there.

What builds it comes from PyPI; where that is not to be had the test is skipped.
usage: wheel.py SOURCE BUILD PROGRAM LAYOUT"""
import glob
import os
import subprocess
import sys
import tempfile

SKIPPED = 77


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


def pip_can_fetch(python):
    return run(python, "-m", "pip", "install", "-q", "numpy", "scikit-build-core>=0.10",
               timeout=300).returncode == 0


def main():
    source, build, program, layout = map(os.path.abspath, sys.argv[1:5])
    tests = os.path.join(source, "tests/python/package.py")
    with tempfile.TemporaryDirectory(dir=build) as folder:
        python = os.path.join(folder, "venv/bin/python")
        run(sys.executable, "-m", "venv", os.path.join(folder, "venv"))
        if not pip_can_fetch(python):
            print("skipped: numpy and scikit-build-core cannot be had here")
            return SKIPPED
        made = run(python, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", folder,
                   source)
        wheels = glob.glob(os.path.join(folder, "myotwitch-*-py3-none-*.whl"))
        if made.returncode != 0 or len(wheels) != 1:
            print(made.stdout, made.stderr, wheels)
            return 1
        print(os.path.basename(wheels[0]), os.path.getsize(wheels[0]), "bytes")
        run(python, "-m", "pip", "install", "-q", "--no-deps", *wheels)
        clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "MYOTWITCH_LIBRARY")}
        where = run(python, "-c", "import myotwitch; print(myotwitch.library_path())", env=clean,
                    cwd=folder)
        if not where.stdout.startswith(os.path.join(folder, "venv")):
            print("the library of the wheel was not loaded:", where.stdout, where.stderr)
            return 1
        return subprocess.run([python, tests, program, layout, os.path.join(source, "docs/python.md")],
                              env=clean, cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
