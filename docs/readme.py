#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the examples of a Markdown page and puts their output into it.

usage: readme.py PAGE PROGRAM
Everything between <!-- run: COMMAND --> and <!-- end --> becomes the command and what it prints.
Commands run where datasets/ and recordings/ can be reached, and leave nothing behind.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"<!-- run: (.*?) -->\n.*?<!-- end -->", re.S)
LONGEST = 100  # characters of a line; longer ones are folded


def output(command, directory, program):
    path = f"{pathlib.Path(program).resolve().parent}:{os.environ['PATH']}"
    done = subprocess.run(command, shell=True, cwd=directory, capture_output=True, text=True,
                          env={**os.environ, "PATH": path})
    if done.returncode != 0:
        sys.exit(f"readme.py: {command}: status {done.returncode}: {done.stderr}")
    lines = done.stdout.rstrip().splitlines()
    return [line[at:at + LONGEST] for line in lines for at in range(0, max(len(line), 1), LONGEST)]


def main():
    page, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    root = pathlib.Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as directory:
        for name in ("datasets", "recordings"):
            os.symlink(root / name, pathlib.Path(directory, name))

        def block(match):
            lines = ["$ " + match[1]] + output(match[1], directory, program)
            return "\n".join([f"<!-- run: {match[1]} -->", "```", *lines, "```", "<!-- end -->"])

        page.write_text(BLOCK.sub(block, page.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
