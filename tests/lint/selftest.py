#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the house find what they are for: each is shown a small tree that breaks its rule.

usage: selftest.py
"""
import pathlib
import subprocess
import sys
import tempfile

import requirements

HERE = pathlib.Path(__file__).resolve().parent
TOP = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n/* A file that breaks a rule. */\n"

# check, file, content, what the finding must say
BROKEN = [
    ("begin", "engine/core/a.c", "int x;\n", "no SPDX line"),
    ("begin", "engine/core/a.c", TOP.splitlines()[0] + "\n#include <math.h>\n", "what the file is"),
    ("length", "engine/core/a.c", TOP + "\n" * 499, "501 lines"),
    ("include", "engine/core/a.c", TOP + "#include <stdio.h>\n", "may not include <stdio.h>"),
    ("include", "engine/dsp/a.c", TOP + '#include "emg/burst.h"\n', "dsp may not include emg"),
    ("include", "engine/new/a.c", TOP + '#include "core/ring.h"\n', "not in the table"),
    ("include", "engine/core/a.c", TOP + '#include "io/signal/source.h"\n', "may not include io"),
    ("include", "io/signal/a.c", TOP + '#include "cli/options.h"\n', "io may not include"),
    ("include", "cli/a.c", TOP + '#include "emg/burst.h"\n', "cli may not include"),
    ("foreign", "io/signal/a.c", TOP + "#include <sndfile.h>\n", "<sndfile.h> is foreign"),
    ("paths", "docs/a.md", "see /ho" + "me/someone/data\n", "one machine"),
    ("rt", "engine/include/myotwitch/a.h", "MYO_API MYO_RT int myo_a(void);\n", "not in tests"),
    ("packages", "cmake/packages.txt", "gcc\n", "not: name"),
]


def house_finds(check, name, content, expected):
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        for empty in ("tests/lint/foreign.txt", "tests/lint/long.txt", "tests/test_rt.c", name):
            (root / empty).parent.mkdir(parents=True, exist_ok=True)
            (root / empty).write_text("")
        (root / name).write_text(content)
        done = subprocess.run([sys.executable, "-B", HERE / "house.py", root, check],
                              capture_output=True, text=True)
        return done.returncode == 1 and name in done.stdout and expected in done.stdout, done.stdout


def symbols_finds(source, expected):
    """A real-time function that comes to an outside symbol by way of another function."""
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        (root / "a.h").write_text("MYO_API MYO_RT int myo_a(void);\n")
        (root / "a.c").write_text(source)
        subprocess.run(["gcc", "-O2", "-c", "a.c"], cwd=root, check=True)
        subprocess.run(["ar", "rc", "a.a", "a.o"], cwd=root, check=True)
        done = subprocess.run([sys.executable, "-B", HERE / "symbols.py", root / "a.a",
                               HERE / "symbols.txt", root], capture_output=True, text=True)
        return done.returncode == 1 and expected in done.stdout, done.stdout


def requirements_find(row, tests, expected):
    """A table of one row against these tests."""
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        (root / "docs").mkdir()
        (root / "dev").write_text("bench)\n")
        (root / "docs/requirements.tsv").write_text("# id\trequirement\tevidence\n" + row + "\n")
        said = "\n".join(requirements.faults(root, tests))
        return expected in said if expected else said == "", said


def main():
    helper = "#include <stdlib.h>\nvoid *myo_b(int n);\n" \
             "__attribute__((noinline)) void *myo_b(int n) { return malloc(n); }\n"
    results = [(row[:2], house_finds(*row)) for row in BROKEN]
    results += [
        ("malloc", symbols_finds(helper + "int myo_a(void) { return myo_b(3) != 0; }\n",
                                 "malloc is reached in real time: myo_b <- myo_a")),
        ("puts", symbols_finds('#include <stdio.h>\nint myo_a(void) { return puts("x"); }\n',
                               "puts is not in the list; used by myo_a")),
    ]
    results += [
        ("asked and tested", requirements_find("ABC-01\tRuns\ttest_a dev:bench", ["test_a"], "")),
        ("no such test", requirements_find("ABC-01\tRuns\ttest_b", ["test_a"], "test_b is no test")),
        ("not asked for", requirements_find("ABC-01\tRuns\ttest_a", ["test_a", "test_c"], "asks for the test test_c")),
        ("nothing shows it", requirements_find("ABC-01\tRuns\t", ["test_a"], "not id, requirement and evidence")),
        ("no such file", requirements_find("ABC-01\tRuns\trun:a.py", [], "run:a.py is not there")),
    ]
    for name, (found, said) in results:
        if not found:
            print(f"{name}: not found; said: {said!r}")
    return 0 if all(found for _, (found, _) in results) else 1


if __name__ == "__main__":
    sys.exit(main())
