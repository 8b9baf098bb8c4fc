#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of each fuzz target's own files (targets.tsv) that its corpus reaches.

    coverage.py BUILD [--lines] [TARGET...]

BUILD is that of the preset fuzz-coverage. With --lines those that are not reached are shown. Status 5 when a
target reaches less than 90 %.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ASKED = 90.0


def owned():
    """Files of each target, in the order of the table."""
    with open(os.path.join(HERE, "targets.tsv"), encoding="ascii") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return {name: files.split() for name, files in rows}


def profile_made(programs, folders, scratch):
    raw, merged = os.path.join(scratch, "%p.profraw"), os.path.join(scratch, "all.profdata")
    environment = dict(os.environ, LLVM_PROFILE_FILE=raw, MYOTWITCH_READER="inside")
    for program, folder in zip(programs, folders):
        done = subprocess.run([program, folder], env=environment, capture_output=True, text=True, errors="replace",
                              check=False)
        if done.returncode != 0:
            sys.exit(f"{program}: status {done.returncode}\n{done.stderr[-2000:]}")
    parts = [os.path.join(scratch, name) for name in os.listdir(scratch)]
    subprocess.run(["llvm-profdata-14", "merge", "-o", merged, *parts], check=True)
    return merged


def target_lines(build, name, files, show):
    """(lines, reached) of each file; with `show` those not reached are printed. Run where the compiler ran: names
    of files may be relative to it."""
    targets = name.split("+")
    programs = [os.path.join(build, "tests/fuzz/fuzz_" + target) for target in targets]
    objects = [programs[0]] + ["-object=" + program for program in programs[1:]]
    whole = {os.path.join(ROOT, path) for path in files}
    with tempfile.TemporaryDirectory() as scratch:
        folders = [os.path.join(HERE, "corpus", target) for target in targets]
        common = [*objects, "-instr-profile=" + profile_made(programs, folders, scratch)]
        out = subprocess.run(["llvm-cov-14", "export", "-summary-only", *common], capture_output=True, text=True,
                             cwd=build, check=True).stdout
        entries = {os.path.normpath(os.path.join(build, entry["filename"])): entry
                   for entry in json.loads(out)["data"][0]["files"]}
        if not whole <= set(entries):
            sys.exit(f"{name}: not in the program: {sorted(whole - set(entries))}")
        if show:
            lines_print(subprocess.run(["llvm-cov-14", "show", *common], capture_output=True, text=True,
                                       errors="replace", cwd=build, check=True).stdout, build, whole)
    totals = [entries[os.path.join(ROOT, path)]["summary"]["lines"] for path in files]
    return [(total["count"], total["covered"]) for total in totals]


def lines_print(text, build, wanted):
    """Of a listing of all files, the lines of those that are wanted that no input reached."""
    shown = False
    for line in text.splitlines():
        parts = line.split("|", 2)
        if line.startswith("/") and line.endswith(":"):
            path = os.path.normpath(os.path.join(build, line[:-1]))
            shown = path in wanted
            if shown:
                print(os.path.relpath(path, ROOT))
        elif shown and len(parts) == 3 and parts[1].strip() == "0" and parts[2].strip() != "}":
            print(parts[0], parts[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--lines", action="store_true")
    arguments = parser.parse_args()
    table, low = owned(), 0
    print(f"{'target':<28} {'inputs':>7} {'bytes':>8} {'lines':>6} {'reached':>8}  {'%':>5}", flush=True)
    for name in arguments.targets or table:
        counts = target_lines(os.path.abspath(arguments.build), name, table[name], arguments.lines)
        lines, reached = sum(c[0] for c in counts), sum(c[1] for c in counts)
        folders = [os.path.join(HERE, "corpus", target) for target in name.split("+")]
        sizes = [os.path.getsize(os.path.join(folder, seed)) for folder in folders for seed in os.listdir(folder)]
        percent = 100.0 * reached / lines
        low += percent < ASKED
        print(f"{name:<28} {len(sizes):>7} {sum(sizes):>8} {lines:>6} {reached:>8}  {percent:5.1f}", flush=True)
        if arguments.lines:
            for path, (count, hit) in zip(table[name], counts):
                print(f"    {path}: {hit} of {count}")
    sys.exit(5 if low else 0)


main()
