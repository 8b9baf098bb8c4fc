#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Snakemake workflow gives the bytes of a single batch, and does nothing when it is run again.

Usage: workflow.py PROGRAM SNAKEFILE; skipped where there is no snakemake"""
import os
import shutil
import subprocess
import sys
import tempfile

from batch_tree import tables, tree_make


def main():
    program, workflow = map(os.path.abspath, sys.argv[1:3])
    if shutil.which("snakemake", path="/usr/bin") is None:
        print("skipped: no snakemake")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        tree_make(os.path.join(folder, "tree"), good=12)
        done = subprocess.run([program, "batch", "-q", "--out", "alone", "tree"], cwd=folder,
                              capture_output=True, check=False)
        assert done.returncode == 3, done.stderr
        command = ["/usr/bin/snakemake", "-s", workflow, "-c", "2", "--config", "tree=tree",
                   "out=results", "parts=3", "program=" + program]
        for said in ("4 of 4 steps (100%) done", "Nothing to be done"):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0 and said in done.stdout + done.stderr, done.stderr
        same = tables(os.path.join(folder, "results")) == tables(os.path.join(folder, "alone"))
        print("byte-equal to a single batch:", same)
        return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
