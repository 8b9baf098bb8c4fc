#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements lead to tests and tests to requirements: docs/requirements.tsv against what ctest knows.

usage: requirements.py ROOT BUILD
"""
import fnmatch
import pathlib
import re
import subprocess
import sys


def tests_of(build):
    out = subprocess.run(["ctest", "--test-dir", build, "-N"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^ *Test +#\d+: (\S+)$", out, re.MULTILINE)


def rows(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("#"):
            yield number, line.split("\t")


def evidence_fault(root, item, tests):
    """What is wrong with one piece of evidence; None: nothing."""
    kind, _, name = item.partition(":")
    if kind in ("run", "doc") and name:
        return None if (root / name).is_file() else "is not there"
    if kind == "dev" and name:
        text = (root / "dev").read_text(encoding="utf-8")
        return None if re.search(rf"^{re.escape(name)}\)", text, re.MULTILINE) else "is no verb of ./dev"
    return None if fnmatch.filter(tests, item) else "is no test"


def faults(root, tests):
    path = root / "docs/requirements.tsv"
    ids, named = set(), set()
    for number, row in rows(path):
        where = f"docs/requirements.tsv:{number}"
        if len(row) != 3 or not all(part.strip() for part in row):
            yield f"{where}: not id, requirement and evidence"
            continue
        if not re.fullmatch(r"[A-Z]{3}-\d\d", row[0]) or row[0] in ids:
            yield f"{where}: '{row[0]}' is no new id"
        ids.add(row[0])
        for item in row[2].split():
            fault = evidence_fault(root, item, tests)
            if fault is not None:
                yield f"{where}: {item} {fault}"
            named.update(fnmatch.filter(tests, item))
    if not ids:
        yield "docs/requirements.tsv:1: holds nothing"
    for test in sorted(set(tests) - named):
        yield f"docs/requirements.tsv:1: nothing asks for the test {test}"


def main():
    found = list(faults(pathlib.Path(sys.argv[1]), tests_of(sys.argv[2])))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
