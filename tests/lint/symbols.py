#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine takes from outside itself, against symbols.txt.

usage: symbols.py ARCHIVE LIST HEADER_DIR
Reads the archive's relocations and calls (objdump -dr). A symbol of the list is allowed to `any`
function, or to those that are `not-rt`: that no function marked MYO_RT in the headers can reach.
Calls through a pointer in a table are not followed; tests/test_rt.c counts what really happens.
"""
import pathlib
import re
import subprocess
import sys

FUNCTION = re.compile(r"^[0-9a-f]+ <([^>]+)>:$")
RELOCATION = re.compile(r"^\s+[0-9a-f]+: R_\S+\s+([A-Za-z_][\w.]*)")
CALL = re.compile(r"\b(?:call|jmp|b|bl)\s+[0-9a-f]+ <([^>+]+)")
REAL_TIME = re.compile(r"MYO_RT\b[^;]*?\b(myo_\w+)\s*\(")
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


def references(archive):
    """For each function the names that its code refers to. A call with a relocation behind it goes where that
    says: the place in the call itself is the next instruction, which may be another function's first."""
    graph, function, called = {}, "?", None
    for line in run("objdump", "-dr", "--no-show-raw-insn", archive).splitlines():
        match = FUNCTION.match(line)
        if match:
            function = CLONE.sub("", match[1])
            graph.setdefault(function, set())
        match = RELOCATION.match(line)
        name, called = (match[1] if match else called), CALL.search(line)
        called = called and called[1]
        if name:
            graph.setdefault(function, set()).add(CLONE.sub("", name))
    return graph


def reachable(graph, roots):
    """Functions that the roots can reach, each with the function that leads there."""
    via, todo = {root: None for root in roots}, list(roots)
    while todo:
        function = todo.pop()
        for name in graph.get(function, ()):
            if name in graph and name not in via:
                via[name] = function
                todo.append(name)
    return via


def way(via, function):
    names = [function]
    while via[names[-1]] is not None:
        names.append(via[names[-1]])
    return " <- ".join(names)


def main():
    archive, path, headers = sys.argv[1:]
    rows = [line.split() for line in open(path, encoding="utf-8")
            if line.strip() and not line.startswith("#")]
    outside, graph = undefined(archive), references(archive)
    declared = {name for header in pathlib.Path(headers).glob("*.h")
                for name in REAL_TIME.findall(header.read_text())}
    real_time = reachable(graph, sorted(declared & graph.keys()))
    bad = []
    for symbol in sorted(outside):
        who = next((who for name, who in rows if re.fullmatch(name, symbol)), None)
        users = sorted(function for function, names in graph.items() if symbol in names)
        if who is None:
            bad.append(f"{symbol} is not in the list; used by {', '.join(users)}")
        elif who == "not-rt":
            bad += [f"{symbol} is reached in real time: {way(real_time, function)}"
                    for function in users if function in real_time]
    print("\n".join(bad) or f"{len(outside)} outside symbols, {len(graph)} functions, "
          f"{len(real_time)} of them real-time")
    return 1 if bad or not outside or not graph else 0


if __name__ == "__main__":
    sys.exit(main())
