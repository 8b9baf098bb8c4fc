#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the house that need no compiler: who may include whom, and how a file begins.

usage: house.py ROOT CHECK, where CHECK is one of: begin, length, include, foreign, paths, rt, packages
Prints file:line: reason for every finding and exits 1 when there is one.
"""
import pathlib
import re
import sys

ROOMS = ["engine", "io", "cli", "python", "debian", "tests", "cmake", "docs", "datasets", "bench", "man", ".ci"]
SKIP = {"__pycache__", ".git"}

# Which rooms of the engine a room may include beside itself and the public headers.
ENGINE = {
    "core": [],
    "dsp": ["core"],
    "emg": ["core", "dsp"],
    "ultrasound": ["core", "dsp"],
    "clinic": ["core"],
    "session": ["core", "dsp", "emg", "ultrasound", "clinic"],
    "synth": ["core", "dsp"],
    "score": ["core"],
}

# ISO C without files, clocks, threads, signals and locale: what computation needs.
ENGINE_SYSTEM = {"assert.h", "complex.h", "errno.h", "float.h", "inttypes.h", "limits.h", "math.h",
                 "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdlib.h",
                 "string.h"}
# The one file of the engine that formats numbers and texts, into memory only.
ENGINE_FORMATS = ("engine/clinic/string.c", "stdio.h")
# The rest of ISO C, and POSIX, for io and cli.
HOSTED = ENGINE_SYSTEM | {
    "ctype.h", "locale.h", "setjmp.h", "signal.h", "stdio.h", "time.h", "stdatomic.h", "dirent.h",
    "fcntl.h", "fnmatch.h", "getopt.h", "glob.h", "libgen.h", "poll.h", "pthread.h", "sched.h",
    "strings.h", "unistd.h", "sys/ioctl.h", "sys/mman.h", "sys/resource.h", "sys/stat.h",
    "sys/prctl.h", "sys/time.h", "sys/types.h", "sys/wait.h"}

# How the comment begins that says what a file is for.
OPENS = {".c": "/*", ".h": "/*", ".py": '"""', ".sh": "# "}

REAL_TIME = re.compile(r"MYO_RT\b[^;]*?\b(myo_\w+)\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def files(root, *suffixes):
    """Every file of the rooms with one of these suffixes, in a stable order."""
    found = [p for room in ROOMS for p in (root / room).rglob("*")]
    found += [p for p in root.iterdir() if p.is_file()]
    return sorted(p for p in found if p.is_file() and not SKIP & set(p.parts)
                  and (not suffixes or p.suffix in suffixes or p.name in suffixes))


def includes(root, room):
    """(file, line number, '<' or '"', included name) for every include of the room."""
    for path in files(root, ".c", ".h"):
        if path.relative_to(root).parts[0] != room:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if match:
                yield path, number, match[1], match[2]


def listed(root, name):
    """Lines of a list beside this program: the first word, and the others of all its lines."""
    lines = (root / "tests/lint" / name).read_text().splitlines()
    rows = {}
    for line in lines:
        if line.strip() and not line.startswith("#"):
            first, *others = line.split()
            rows.setdefault(first, set()).update(others)
    return rows


def check_begin(root):
    """The licence on top, then a sentence that says what the file is for."""
    code = files(root, ".c", ".h", ".py", ".sh", ".txt", ".cmake", ".in", "dev")
    for path in code:
        if path.name != "CMakeLists.txt" and path.suffix == ".txt":
            continue
        lines = path.read_text().splitlines() + ["", "", ""]
        top = 1 if lines[0].startswith("#!") else 0
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in lines[top]:
            yield path, top + 1, "no SPDX line on top"
        elif path.suffix in OPENS:
            words = re.findall(r"\w+", lines[top + 1])
            if len(words) < 3 or not lines[top + 1].startswith(OPENS[path.suffix]):
                yield path, top + 2, "the line after SPDX must say what the file is for"


def check_length(root):
    """500 lines is the alarm: a longer file is two concepts or stands in long.txt with a reason."""
    allowed = listed(root, "long.txt")
    for path in files(root, ".c", ".h", ".py", ".sh", ".cmake", "dev"):
        count = len(path.read_text().splitlines())
        if count > 500 and str(path.relative_to(root)) not in allowed:
            yield path, count, f"{count} lines"


def check_include(root):
    """Inside the engine core <- dsp <- emg, ultrasound <- session; io and cli see its public face."""
    for path, number, kind, name in includes(root, "engine"):
        room = path.relative_to(root / "engine").parts[0]
        if (kind == "<" and name not in ENGINE_SYSTEM and name not in listed(root, "foreign.txt")
                and (str(path.relative_to(root)), name) != ENGINE_FORMATS):
            yield path, number, f"the engine may not include <{name}>"
        if kind == '"' and "/" in name and not name.startswith("myotwitch/"):
            target = name.split("/")[0]
            if room not in ENGINE:
                yield path, number, f"room {room} is not in the table of tests/lint/house.py"
            elif target != room and target not in ENGINE[room]:
                yield path, number, f"{room} may not include {target}"
    for path, number, kind, name in includes(root, "io"):
        if kind == '"' and name.split("/")[0] in {"cli", *ENGINE}:
            yield path, number, f"io may not include {name}"
    for path, number, kind, name in includes(root, "cli"):
        if kind == '"' and name.split("/")[0] in {"tests", "bench", *ENGINE}:
            yield path, number, f"cli may not include {name}"


def check_foreign(root):
    """A foreign header is included only by the files that foreign.txt names for it."""
    allowed = listed(root, "foreign.txt")
    seen = set()
    for room in ("engine", "io", "cli"):
        for path, number, kind, name in includes(root, room):
            if kind != "<" or name in HOSTED:
                continue
            file = str(path.relative_to(root))
            seen.add((name, file))
            if file not in allowed.get(name, []):
                yield path, number, f"<{name}> is foreign: tests/lint/foreign.txt names who may"
    for header, users in allowed.items():
        for user in users:
            if (header, user) not in seen:
                yield root / "tests/lint/foreign.txt", 0, f"stale: {user} does not include <{header}>"


def check_paths(root):
    """Nothing names a place of one person's machine."""
    place = re.compile(r"(?<![\w.}])/(?:work|root|home/\w+|tmp/w|Users/\w+)\b")
    for path in files(root):
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if place.search(line):
                yield path, number, "names a path of one machine"


def check_rt(root):
    """test_rt.c calls every function of a public header that is marked MYO_RT."""
    called = (root / "tests/test_rt.c").read_text()
    for header in sorted((root / "engine/include/myotwitch").glob("*.h")):
        for name in REAL_TIME.findall(header.read_text()):
            if name + "(" not in called:
                yield header, 0, f"{name} is MYO_RT and not in tests/test_rt.c"


def check_packages(root):
    """Rows of cmake/packages.txt: a name, a kind and a reason, once; what builds, in debian/ too."""
    path, names = root / "cmake/packages.txt", set()
    control = root / "debian/control"
    debian = re.findall(r"[\w.+-]+", control.read_text()) if control.exists() else None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split(None, 2)
        if len(words) < 3 or words[1] not in {"build", "test", "soak", "docs"}:
            yield path, number, "not: name, build|test|soak|docs, reason"
        elif words[0] in names:
            yield path, number, f"{words[0]} stands twice"
        elif (debian and words[1] == "build" and words[0] not in {"gcc", "libc6-dev"}
              and words[0] not in debian):
            yield path, number, f"{words[0]} is not in debian/control"
        names.add(words[0])


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    found = list(globals()["check_" + sys.argv[2]](root))
    for path, number, reason in found:
        print(f"{path.relative_to(root)}:{number}: {reason}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
