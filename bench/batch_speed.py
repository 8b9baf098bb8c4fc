#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much faster a batch is with two processes than with one, and a thousand recordings of which
twenty are broken: all of it done, killed half way, and started again.

usage: batch_speed.py PROGRAM [--recordings N] [--seconds S] [--runs N]
Wall-clock time of the whole process, page cache warm; ratios within a round, as a machine's speed changes from
minute to minute, and their median. The figures belong to this machine and this moment.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

TABLES = ("events.tsv", "recordings.tsv", "failures.tsv", "overview.html")


def batch(program, tree, out, *options, cores=None):
    """Seconds and exit status of one batch."""
    command = [program, "batch", "--quiet", str(tree), "--out", str(out), *options]
    if cores is not None:
        command[:0] = ["taskset", "-c", f"0-{cores - 1}"]
    begin = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    return time.monotonic() - begin, done.returncode


def synth(program, folder, count, seconds):
    folder.mkdir()
    subprocess.run([program, "synth", "needling", "--duration", str(seconds), "--count", str(count),
                    "--out", str(folder)], check=True, stdout=subprocess.DEVNULL)


def speed_up(program, folder, recordings, seconds, runs):
    tree = folder / "tree"
    synth(program, tree, recordings, seconds)
    rounds = []
    # One job on both cores already uses more than one of them: its reader is a process of its own.
    for _ in range(runs):
        took = []
        for jobs, cores in ((1, 1), (1, 2), (2, 2)):
            out = folder / "out"
            shutil.rmtree(out, ignore_errors=True)
            seconds_taken, status = batch(program, tree, out, "--jobs", str(jobs), cores=cores)
            assert status == 0, status
            took.append(seconds_taken)
        rounds.append(took)
    for k, name in ((0, "one job on one core"), (1, "one job on two cores")):
        ratios = sorted(took[k] / took[2] for took in rounds)
        print(f"{recordings} recordings of {seconds} s, two jobs on two cores over {name}: "
              f"{statistics.median(ratios):.2f} times as fast ({ratios[0]:.2f} to {ratios[-1]:.2f}, {runs} rounds)")
    print(f"two jobs: {min(took[2] for took in rounds):.2f} s at best; load of the machine {os.getloadavg()[0]:.1f}")


def breakages(data):
    """Twenty ways to break a recording, each its own."""
    cuts = [0, 1, 11, 12, 20, 35, 43]
    broken = [data[:cut] for cut in cuts]
    broken += [data[:len(data) // k] for k in (2, 3, 5)]
    broken += [b"\0" * 5000, b"no recording", os.urandom(4096), data[4:], b"RIFX" + data[4:]]
    for at, value in ((20, b"\x99\x99"), (22, b"\0\0"), (24, b"\1\0\0\0"), (34, b"\xff\0"),
                      (24, b"\xff\xff\xff\x7f")):
        broken.append(data[:at] + value + data[at + len(value):])
    return broken


def kill_half_way(program, tree, out):
    run = subprocess.Popen([program, "batch", "--quiet", str(tree), "--out", str(out), "--jobs", "2"],
                           stdout=subprocess.DEVNULL)
    stamps = []
    while len(stamps) < 500 and run.poll() is None:
        time.sleep(0.02)
        stamps = list((out / "recordings").rglob("stamp")) if (out / "recordings").is_dir() else []
    run.kill()
    run.wait()
    time.sleep(0.2)
    return {path: path.stat().st_mtime_ns for path in (out / "recordings").rglob("stamp")}


def thousand(program, folder):
    tree, whole, killed = folder / "many", folder / "whole", folder / "killed"
    synth(program, tree, 980, 5)
    good = next(tree.glob("*.wav")).read_bytes()
    for k, data in enumerate(breakages(good)):
        (tree / f"broken{k:02d}.wav").write_bytes(data)
    took, status = batch(program, tree, whole, "--jobs", "2")
    failures = (whole / "failures.tsv").read_text().splitlines()[1:]
    rows = (whole / "recordings.tsv").read_text().splitlines()[1:]
    done = sum("\tdone\t" in row for row in rows)
    print(f"1000 recordings of 5 s in {took:.1f} s, status {status}: {done} done, "
          f"{len(failures)} reported for {len({line.split(chr(9), 2)[2] for line in failures})} reasons")
    before = kill_half_way(program, tree, killed)
    took, status = batch(program, tree, killed, "--jobs", "2")
    redone = sum(path.stat().st_mtime_ns != made for path, made in before.items())
    same = all((whole / name).read_bytes() == (killed / name).read_bytes() for name in TABLES)
    print(f"killed with {len(before)} done, started again: {took:.1f} s, {redone} redone, "
          f"tables {'equal to the byte' if same else 'DIFFER'}")
    took, status = batch(program, tree, killed)
    print(f"with nothing left to do: {took:.2f} s")


def main():
    parser = argparse.ArgumentParser(description="speed of batches")
    parser.add_argument("program")
    parser.add_argument("--recordings", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--runs", type=int, default=9)
    chosen = parser.parse_args()
    program = os.path.abspath(chosen.program)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        speed_up(program, folder, chosen.recordings, chosen.seconds, chosen.runs)
        thousand(program, folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
