#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of the engine and of the readers that no test reaches, each with the reason in lines.tsv.

    lines.py BUILD [--list]

BUILD is that of the preset coverage, behind its tests. Lines that follow each other are one stretch, known by its
function and the text of its first line. Status 5 when a stretch has no reason. Those that are "unproven:" are
counted apart: they name what no test has, and do not show that nothing can get there. A reason for a stretch that was
reached is told, too: how far tests come that end by the clock differs. --list prints each stretch as a row for
lines.tsv.
"""
import argparse
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
KEPT = os.path.join(HERE, "lines.tsv")
PARTS = ["engine/", "io/signal/", "io/cine/", "io/record/recover", "io/export/label_read", "io/export/json"]


def function_of(text, number):
    """The function around a line: what was last defined at the margin."""
    for line in reversed(text[:number]):
        found = re.match(r"\w[^;=]*?\b(\w+)\(", line)
        if found:
            return found.group(1)
    return "-"


def stretches(build):
    """(file, function, first line, number of lines, its text) of what was compiled and not reached."""
    filters = [word for part in PARTS for word in ("--filter", part)]
    done = subprocess.run(["gcovr", "--root", ROOT, *filters, "--json", "--output", "-", build],
                          capture_output=True, text=True, check=True, cwd=ROOT)
    for file in json.loads(done.stdout)["files"]:
        with open(os.path.join(ROOT, file["file"]), encoding="utf-8") as source:
            text = source.read().splitlines()
        first, before = None, False
        lines = [line for line in file["lines"] if not line.get("gcovr/noncode")] + [{"line_number": 0, "count": 1}]
        for line in lines:
            missed = line["count"] == 0
            if missed and not before:
                first, count = line["line_number"], 0
            if missed:
                count += 1
            elif before:
                yield file["file"], function_of(text, first), first, count, " ".join(text[first - 1].split())
            before = missed


def reasons():
    """Reasons by (file, function, text)."""
    with open(KEPT, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return {tuple(row[:3]): row[3] for row in rows if len(row) == 4}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    known, seen = reasons(), set()
    justified = unproven = lines = 0
    wrong = []
    for path, function, number, count, text in stretches(arguments.build):
        key = (path, function, text)
        seen.add(key)
        lines += count
        if key in known:
            justified += 1
            unproven += known[key].startswith("unproven:")
        else:
            wrong.append(f"{path}:{number}: {function}: {text}")
        if arguments.list:
            print("\t".join((*key, known.get(key, "?"))))
    for text in wrong:
        print(text + ": not reached, and no reason is given")
    for key in sorted(set(known) - seen):
        print(f"lines.tsv: reached this time: {key[0]}: {key[1]}: {key[2]}")
    print(f"{lines} lines not reached in {justified + len(wrong)} stretches: {justified} with a reason, {unproven} of them "
          f"unproven; {len(wrong)} without")
    sys.exit(5 if wrong else 0)


main()
