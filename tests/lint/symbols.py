#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine takes from outside itself, function by function, against symbols.txt.

usage: symbols.py ARCHIVE LIST
Reads the relocations of the archive (objdump -dr), so that malloc may be allowed in a constructor
and be refused in a function that runs in real time.
"""
import re
import subprocess
import sys

FUNCTION = re.compile(r"^[0-9a-f]+ <([^>]+)>:$")
RELOCATION = re.compile(r"^\s+[0-9a-f]+: R_\S+\s+([^\s+-]+)")
# Names that the compiler makes from a function: name.part.0, name.constprop.0, name.cold.
CLONE = re.compile(r"\.(part|constprop|isra|cold|lto_priv)(\.\d+)*")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def undefined(archive):
    """Symbols that no member of the archive defines."""
    defined, wanted = set(), set()
    for line in run("nm", archive).splitlines():
        words = line.split()
        if len(words) == 2 and words[0] in "Uwv":
            wanted.add(words[1])
        elif len(words) == 3:
            defined.add(words[2])
    return wanted - defined


def users(archive, outside):
    """(symbol, function) for every use of an outside symbol in code."""
    found, function = set(), "?"
    for line in run("objdump", "-dr", "--no-show-raw-insn", archive).splitlines():
        match = FUNCTION.match(line)
        if match:
            function = CLONE.sub("", match[1])
        match = RELOCATION.match(line)
        if match and match[1] in outside:
            found.add((match[1], function))
    return found


def main():
    archive, path = sys.argv[1:]
    rows = [line.split(None, 1) for line in open(path, encoding="utf-8")
            if line.strip() and not line.startswith("#")]
    outside = undefined(archive)
    uses = users(archive, outside)
    # Used by data only (a table of function pointers): no function to blame.
    uses |= {(symbol, "data") for symbol in outside - {symbol for symbol, _ in uses}}
    bad = [(symbol, function) for symbol, function in sorted(uses)
           if not any(re.fullmatch(name, symbol) and re.fullmatch(where.strip(), function)
                      for name, where in rows)]
    for symbol, function in bad:
        print(f"{archive}: {function} may not use {symbol}")
    print(f"{len(outside)} outside symbols, {len(uses)} uses")
    return 1 if bad or not outside else 0


if __name__ == "__main__":
    sys.exit(main())
