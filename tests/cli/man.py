#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command has a man page, the page is sound, and it names every option of --help.

usage: man.py PROGRAM
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PAGES = pathlib.Path(__file__).resolve().parents[2] / "man/pages.sh"


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def options(text):
    return set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", text))


def check_page(program, command, page):
    shown = run("mandoc", "-T", "ascii", page)
    text = re.sub(r".\x08", "", shown)
    help_text = run(program, command, "--help")
    rows = [line for line in help_text.splitlines() if re.match(r"  (-\w, )?--\w", line)]
    named = set().union(*(options(row.split("  ")[1]) for row in rows))
    assert "--help" in named, f"{command}: no options in its help"
    assert named <= options(text), f"{command}: not in the page: {named - options(text)}"
    for part in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "NOTES"):
        assert re.search(f"^{part}$", text, re.M), f"{command}: no {part}"
    run("mandoc", "-T", "lint", "-W", "error", page)


def main():
    program = sys.argv[1]
    if shutil.which("mandoc") is None:
        print("mandoc is not installed")
        return 77
    commands = re.findall(r"^  ([a-z]{2,}) ", run(program, "--help"), re.M)
    assert commands
    with tempfile.TemporaryDirectory() as directory:
        run("sh", PAGES, program, directory)
        pages = {path.stem: path for path in pathlib.Path(directory).glob("*.1")}
        assert set(pages) == {f"myotwitch-{command}" for command in commands}, sorted(pages)
        for command in commands:
            check_page(program, command, pages[f"myotwitch-{command}"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
