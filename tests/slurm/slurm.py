#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch as a job array on a real Slurm of one node: one task is killed and queued again half way,
and the tables are those of a single run.

usage: slurm.py PROGRAM
Skips (77) where Slurm is not installed and cannot be, or where this user may not run its daemons.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))
from batch_tree import put, tables, tree_make  # noqa: E402
from recording import noise_with_bursts, wav_bytes  # noqa: E402

PACKAGES = ["slurmctld", "slurmd", "slurm-client", "munge"]
SKIP = 77


def installed():
    paths = os.environ["PATH"] + ":/usr/sbin"
    return all(shutil.which(tool, path=paths) for tool in ("slurmctld", "slurmd", "sbatch", "munged"))


def install():
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    command = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    subprocess.run(command, env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"), **quiet)


def wait_for(what, seconds, why):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return
        time.sleep(0.1)
    raise SystemExit(f"after {seconds} s still not: {why}")


def job_field(job, field):
    """A field of one job or task as scontrol shows it."""
    shown = subprocess.run(["scontrol", "-o", "show", "job", job], capture_output=True, text=True,
                           check=False).stdout
    words = [word.split("=", 1) for word in shown.split("\n")[0].split(" ") if "=" in word]
    return dict(words).get(field, "")


def batch_process(out):
    """Process id of the first shard's batch, None when it does not run."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            above = pathlib.Path("/proc", parent, "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"1/4" in words and os.fsencode(out) in words and b"1/4" not in above:
            return int(folder.name)  # and not one of its workers
    return None


def kill_and_requeue(out, shards):
    """The batch of task 1 is killed at work and the task goes back into the queue; what it had
    made by then."""
    task = f"{shards}_1"
    entries = out / "recordings"
    wait_for(lambda: entries.is_dir() and any(entries.rglob("stamp")) and batch_process(out), 120,
             "task 1 at work")
    os.kill(batch_process(out), signal.SIGKILL)
    before = {str(path): path.stat().st_mtime_ns for path in entries.rglob("stamp")}
    subprocess.run(["scontrol", "requeue", task], check=True)
    wait_for(lambda: job_field(task, "Restarts") == "1", 60, "task 1 queued again")
    # A requeued job is held back for minutes; the test has no time for that.
    subprocess.run(["scontrol", "update", f"JobId={task}", "StartTime=now"], check=False)
    return before


def run(program, folder):
    tree, single, out = folder / "tree", folder / "single", folder / "array"
    tree_make(str(tree), good=34)
    for k in range(8):
        put(str(tree), f"long/l{k}.wav", wav_bytes(noise_with_bursts(120, 8, (30.0,), seed=k)))
    alone = subprocess.run([program, "batch", "--quiet", str(tree), "--out", str(single)], check=False)
    assert alone.returncode == 3, alone.returncode
    done = subprocess.run([program, "batch", str(tree), "--out", str(out), "--slurm", "--submit",
                           "--tasks", "4"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    words = done.stdout.replace(",", "").split()
    shards, merge = words[1], words[3]
    before = kill_and_requeue(out, shards)
    wait_for(lambda: job_field(merge, "JobState") in ("COMPLETED", "FAILED"), 400, "merge ended")
    assert job_field(merge, "ExitCode") == "3:0", (out / "slurm/merge.log").read_text()
    for path, made in before.items():
        assert pathlib.Path(path).stat().st_mtime_ns == made, f"{path} was done twice"
    assert tables(str(single)) == tables(str(out)), "the tables differ"
    print(f"4 shards, task 1 killed and queued again with {len(before)} of 48 entries made: "
          "none of them redone, tables equal to the byte")


def main():
    program = os.path.abspath(sys.argv[1])
    if not installed():
        install()
    if not installed() or os.geteuid() != 0:
        print("skipped: needs root and the packages", *PACKAGES)
        return SKIP
    folder = pathlib.Path(tempfile.mkdtemp(prefix="slurm"))
    cluster = folder / "cluster"
    cluster.mkdir()
    os.chmod(folder, 0o711)
    os.environ["SLURM_CONF"] = str(cluster / "slurm.conf")
    try:
        up = subprocess.run(["sh", HERE / "cluster.sh", "up", cluster], check=False)
        if up.returncode != 0:
            print("skipped: Slurm's daemons do not run here")
            return SKIP
        run(program, folder)
    finally:
        subprocess.run(["sh", HERE / "cluster.sh", "down", cluster], check=False)
        time.sleep(1)
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
