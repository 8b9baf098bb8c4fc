#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modified condition/decision coverage of the detector core: each condition of each decision is shown to change the
decision by itself, or mcdc.tsv says why it need not.

    mcdc.py BUILD [--list]

BUILD is that of the preset mcdc (clang of 18 or later). Runs the tests named below and the corpus of the
pipeline's fuzz target. Status 5 when a condition is neither shown nor justified, or a justification is stale.
--list prints every open condition as a row for mcdc.tsv.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LLVM = os.environ.get("MYO_LLVM", "22")

# What decides whether something is a twitch, when it began, and on which channel it is told.
CORE = ["engine/emg/burst.c", "engine/emg/burst_life.c", "engine/emg/burst_needle.c", "engine/emg/burst_rest.c",
        "engine/emg/burst_shape.c", "engine/emg/classify.c", "engine/emg/edge.c", "engine/emg/floor.c", "engine/emg/front.c",
        "engine/emg/herald.c", "engine/emg/measure.c", "engine/emg/needle_classify.c", "engine/emg/needle_ground.c",
        "engine/emg/onset.c", "engine/emg/rhythm.c", "engine/emg/threshold.c", "engine/emg/window.c",
        "engine/session/channel.c", "engine/session/channel_bands.c", "engine/session/group.c", "engine/session/judge.c",
        "engine/session/spans.c"]
TESTS = ["test_classify", "test_alloc", "test_pipeline", "test_pipeline_gap", "test_pipeline_alarms",
         "test_pipeline_steady", "test_pipeline_settle", "test_pipeline_after", "test_pipeline_rest",
         "test_pipeline_beats", "test_pipeline_pulses", "test_pipeline_ground", "test_pipeline_crosstalk",
         "test_pipeline_needle", "test_needle", "test_judge", "test_group", "test_group_news", "test_herald",
         "test_octet", "test_onset", "test_rhythm", "test_threshold", "test_floor", "test_edge", "test_hum",
         "test_usage", "test_beside", "test_quality"]


def profile_make(build, scratch):
    """Programs that ran, and their counts together."""
    environment = dict(os.environ, LLVM_PROFILE_FILE=os.path.join(scratch, "%p.profraw"))
    programs = [os.path.join(build, "tests", name) for name in TESTS]
    commands = [[program] for program in programs]
    programs.append(os.path.join(build, "tests/fuzz/fuzz_pipeline"))
    commands.append([programs[-1], os.path.join(ROOT, "tests/fuzz/corpus/pipeline")])
    for command in commands:
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode != 0:
            sys.exit(f"{command[0]} failed")
    merged = os.path.join(scratch, "all.profdata")
    parts = [os.path.join(scratch, name) for name in os.listdir(scratch)]
    subprocess.run([f"llvm-profdata-{LLVM}", "merge", "-o", merged, *parts], check=True)
    return programs, merged


def listing(build):
    with tempfile.TemporaryDirectory() as scratch:
        programs, merged = profile_make(build, scratch)
        objects = [programs[0]] + ["-object=" + program for program in programs[1:]]
        return subprocess.run([f"llvm-cov-{LLVM}", "show", "-show-mcdc", "-instr-profile=" + merged, *objects,
                               *[os.path.join(ROOT, path) for path in CORE]],
                              capture_output=True, text=True, errors="replace", check=True, cwd=build).stdout


def conditions(text, build):
    """(file, source line, condition, whether it is shown) of every condition of the core's decisions."""
    path, starts = None, {}
    for line in text.splitlines():
        if re.match(r"^(/|\.\.?/).*:$", line):
            path = os.path.relpath(os.path.normpath(os.path.join(build, line[:-1])), ROOT)
        elif "Decision Region" in line:
            starts = {}
        elif match := re.search(r"Condition (C\d+) --> \((\d+):(\d+)\)", line):
            starts[match[1]] = int(match[2])
        elif (match := re.search(r"(C\d+)-Pair: (constant|folded|not covered|covered)", line)) and path in CORE:
            if match[2] not in ("constant", "folded"):
                yield path, starts[match[1]], match[1], match[2] == "covered"


def source_line(path, number):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return " ".join(file.read().splitlines()[number - 1].split())


def justified():
    """Reasons by (file, source line, condition)."""
    with open(os.path.join(HERE, "mcdc.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return {tuple(row[:3]): row[3] for row in rows if len(row) == 4}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    reasons, seen = justified(), set()
    counts = {path: [0, 0, 0] for path in CORE}  # conditions, shown, justified
    wrong = []
    for path, number, name, shown in conditions(listing(arguments.build), arguments.build):
        key = (path, source_line(path, number), name)
        counts[path][0] += 1
        counts[path][1] += shown
        if not shown:
            seen.add(key)
            counts[path][2] += key in reasons
            if key not in reasons:
                wrong.append(f"{path}:{number}: {name} of '{key[1]}' is not shown to matter")
            if arguments.list:
                print("\t".join((*key, reasons.get(key, "?"))))
    stale = [key for key in reasons if key not in seen]
    print(f"{'file':<34} {'conditions':>10} {'shown':>6} {'justified':>9} {'open':>5}")
    for path in CORE + ["all"]:
        total, shown, excused = counts[path] if path != "all" else [sum(c[i] for c in counts.values()) for i in range(3)]
        print(f"{path:<34} {total:>10} {shown:>6} {excused:>9} {total - shown - excused:>5}")
    for text in wrong + [f"mcdc.tsv: no longer a gap: {key}" for key in stale]:
        print(text)
    sys.exit(5 if wrong or stale or counts[CORE[0]][0] == 0 else 0)


main()
