#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/events.md names every field of the event lines and every column of the tables, and no other.

usage: columns.py PROGRAM
"""
import json
import os
import pathlib
import re
import sys
import unittest

from recording import InFolder

PROGRAM = os.path.abspath(sys.argv.pop(1))
PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/events.md"
REST = ("--quality", "--baseline", "0-46", "--hold", "46-137", "--after", "140-198")


def fields(value):
    """Names in a line, those inside it too; what is counted by name is no field."""
    found = set()
    for name, inner in value.items():
        found.add(name)
        for item in inner if isinstance(inner, list) else [inner]:
            if isinstance(item, dict) and name not in ("events", "refusals"):
                found |= fields(item)
    return found


class Columns(InFolder):
    maxDiff = None
    program = PROGRAM

    def good(self, *arguments):
        done = self.run_program(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_the_page_names_each(self):
        os.mkdir(self.path("in"))
        self.good("synth", "relax-40", "-d", "200", "--output", "in/rest.wav")
        self.write("in/rest-events.txt", b"needle in,\t3\n")
        written = set()
        self.good("synth", "needling", "-d", "40", "--output", "needling.wav")
        for arguments in (("-p", *REST, "in/rest.wav"), ("--quality", "needling.wav"),
                          ("--baseline", "0-46", "--after", "62-150", "--control-channel", "1", "in/rest.wav")):
            for line in self.good("analyze", "-q", "-e", "-", *arguments).splitlines():
                written |= fields(json.loads(line))
        written |= set(self.good("analyze", "-q", "-t", "-", "-p", *REST, "in/rest.wav").split("\n")[0].split("\t"))
        self.good("batch", "in", "--out", "out")
        for table in ("events", "recordings", "failures", "subjects"):
            written |= set(self.read(f"out/{table}.tsv").decode().split("\n")[0].split("\t"))
        named = set()
        for row in re.findall(r"^\| ((?:`[^|]*`,? ?)+) \|", PAGE.read_text(encoding="utf-8"), re.M):
            named |= set(re.findall(r"`([^`]+)`", row))
        self.assertEqual(sorted(written - named), [], "not on the page")
        without_scale = {"peak_fs"}
        self.assertEqual(sorted(named - written - without_scale), [], "on the page only")


if __name__ == "__main__":
    unittest.main()
