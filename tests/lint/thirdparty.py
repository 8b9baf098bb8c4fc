#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/third-party.md says what is so: every library that is linked or loaded, every package of cmake/packages.txt,
their versions as installed, licences by SPDX names that the packages' copyright files bear out.

usage: thirdparty.py ROOT PROGRAM LIBRARY...
"""
import pathlib
import re
import subprocess
import sys

# What the copyright file of a package under this licence must hold, lower case.
BORNE_OUT = {
    "LGPL-2.1-or-later": "lesser general public", "LGPL-2.1-only": "lesser general public", "MIT": "without restriction",
    "GPL-2.0-or-later": "general public|gpl", "GPL-3.0-or-later": "general public", "BSD-2-Clause": "redistribution",
    "BSD-3-Clause": "redistribution", "Zlib": "misrepresented|zlib", "Apache-2.0": "apache|llvm", "ISC": "permission to use|isc",
    "PSF-2.0": "python software foundation|psf|matplotlib", "LLVM-exception": "llvm", "GCC-exception-3.1": "general public"}
RUNTIME = re.compile(r"ld-linux|lib(asan|ubsan|tsan|gcc_s)\.")


def table(text, title):
    """Rows of the table below a heading, as dictionaries by column."""
    lines = text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [dict(zip(rows[0], row)) for row in rows[2:]]


def shared_objects(path):
    """Libraries that a program is linked to, and those whose names it holds to load them."""
    linked = subprocess.run(["objdump", "-p", path], capture_output=True, text=True, check=True).stdout
    loaded = re.findall(rb"lib[a-z0-9]+\.so\.\d+", pathlib.Path(path).read_bytes())
    names = set(re.findall(r"NEEDED +(\S+)", linked)) | {name.decode() for name in loaded}
    return {name for name in names if not RUNTIME.match(name) and "myotwitch" not in name}


def installed(package):
    """Version of Debian's package without its epoch; None: not installed, or not Debian's."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package], capture_output=True,
                          text=True, check=False)
    state, _, version = done.stdout.partition(" ")
    return version.split(":")[-1] if state == "installed" and "nodesource" not in version else None


def row_faults(row):
    name = row.get("library") or row.get("tool")
    licences = re.split(r" WITH | AND | OR ", row["licence"])
    if row["licence"] != "as above":
        yield from (f"{name}: '{licence}' is no SPDX name known here" for licence in licences if licence not in BORNE_OUT)
    for package in (row.get("package") or row.get("packages")).split():
        version = installed(package)
        if version is None:
            continue
        if re.match(r"\d", row["version"]) and " " not in row["version"] and not version.startswith(row["version"]):
            yield f"{name}: {package} is version {version}, not {row['version']}"
        path = pathlib.Path("/usr/share/doc", package, "copyright")
        if path.exists() and row["licence"] != "as above":
            text = " ".join(path.read_text(encoding="utf-8", errors="replace").lower().split())
            yield from (f"{name}: nothing of {licence} in {path}" for licence in licences
                        if licence in BORNE_OUT and not re.search(BORNE_OUT[licence], text))


def faults(root, programs):
    text = (root / "docs/third-party.md").read_text(encoding="utf-8")
    libraries = table(text, "Linked into the program, or loaded by it")
    tools = table(text, "Used to build, test and document")
    named = {name for row in libraries for name in row["shared object"].split() if ".so." in name}
    used = set().union(*(shared_objects(path) for path in programs))
    yield from (f"{name} is linked or loaded and not named" for name in sorted(used - named))
    yield from (f"{name} is named and neither linked nor loaded" for name in sorted(named - used))
    packages = {name for row in tools for name in row["packages"].split()}
    lines = (root / "cmake/packages.txt").read_text(encoding="utf-8").splitlines()
    asked = {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}
    yield from (f"package {name} is not named" for name in sorted(asked - packages))
    for row in libraries + tools:
        yield from row_faults(row)


def main():
    found = [f"docs/third-party.md:1: {text}" for text in faults(pathlib.Path(sys.argv[1]), sys.argv[2:])]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
