#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch as a job array on a real Slurm of one node: one task is killed and queued again half way,
and the tables are those of a single run.

usage: slurm.py PROGRAM
Skips (77) where Slurm is not installed and cannot be, or where this user may not run its daemons.
"""
import fcntl
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


def stamps(out):
    """The files that say that an entry is made, below the folder of entries."""
    entries = out / "recordings"
    return {path.relative_to(entries) for path in entries.rglob("stamp")}


def partition(state):
    subprocess.run(["scontrol", "update", "PartitionName=main", f"State={state}"], check=True)


def kill_half_way(out, share, key):
    """The batch of task 1 is ended when it has made some of its entries and not all. It is caught where
    it waits for the folder's key, which is locked here, and then let on a step at a time: however fast or
    busy the machine, it is not at its end when it is looked at. No task begins meanwhile: were all at an end
    while this one is not in the queue again, the merge would begin."""
    partition("UP")
    wait_for(lambda: batch_process(out), 120, "task 1 started")
    partition("DOWN")
    batch = batch_process(out)
    os.kill(batch, signal.SIGSTOP)
    fcntl.lockf(key, fcntl.LOCK_UN)
    while not share & stamps(out):
        os.kill(batch, signal.SIGCONT)
        time.sleep(0.001)
        os.kill(batch, signal.SIGSTOP)
    os.kill(batch, signal.SIGKILL)
    assert not share <= stamps(out), "task 1 was at its end"


def begun(task):
    """Whether a task runs or has run. One that was put back into the queue is held there for minutes, from
    a moment after it is seen in it; a test has no time for that."""
    if job_field(task, "JobState") == "PENDING":
        subprocess.run(["scontrol", "update", f"JobId={task}", "StartTime=now"], check=False)
        return False
    return True


def kill_and_requeue(out, shards, share, key):
    """The batch of task 1 is killed at work and the task goes back into the queue; what there was by then
    of its entries and of the other task's."""
    task = f"{shards}_1"
    kill_half_way(out, share, key)
    before = {str(path): path.stat().st_mtime_ns for path in (out / "recordings").rglob("stamp")}
    subprocess.run(["scontrol", "requeue", task], check=True)
    wait_for(lambda: job_field(task, "Restarts") == "1", 60, "task 1 queued again")
    partition("UP")
    wait_for(lambda: begun(task), 60, "task 1 begun again")
    return before


def run(program, folder):
    tree, single, share, out = (folder / name for name in ("tree", "single", "share", "array"))
    tree_make(str(tree), good=34)
    for k in range(8):
        put(str(tree), f"long/l{k}.wav", wav_bytes(noise_with_bursts(120, 8, (30.0,), seed=k)))
    for alone, part in ((single, []), (share, ["--shard", "1/4"])):
        done = subprocess.run([program, "batch", "--quiet", str(tree), "--out", str(alone), *part], check=False)
        assert done.returncode == 3, done.returncode
    # The queue waits until the key is locked that the shards ask for first.
    partition("DOWN")
    done = subprocess.run([program, "batch", str(tree), "--out", str(out), "--slurm", "--submit",
                           "--tasks", "4"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    words = done.stdout.replace(",", "").split()
    shards, merge = words[1], words[3]
    with open(out / ".batch", "r+b") as key:
        fcntl.lockf(key, fcntl.LOCK_EX)
        before = kill_and_requeue(out, shards, stamps(share), key)
    wait_for(lambda: job_field(merge, "JobState") in ("COMPLETED", "FAILED"), 400, "merge ended")
    assert job_field(merge, "ExitCode") == "3:0", (out / "slurm/merge.log").read_text()
    for path, when in before.items():
        assert pathlib.Path(path).stat().st_mtime_ns == when, f"{path} was done twice"
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
