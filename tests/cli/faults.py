#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every allocation and every system call that can fail, fails once: the program ends with a status of its
own and a reason, and a file has its final name only if it is whole. Usage: faults.py PROGRAM PRELOAD [EVERY]

System calls fail through strace, which injects the error in the kernel's place; those that load the program
are left out. Allocations fail through PRELOAD, without the session file: HDF5 1.10 does not survive a failed
allocation of its own (docs/known-limitations.md). EVERY: try each so-manieth (1 = all)."""
import os
import shutil
import subprocess
import sys
import tempfile

from recording import noise_with_bursts, wav_bytes

PROGRAM, PRELOAD = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
EVERY = int(sys.argv[3]) if len(sys.argv) > 3 else 1
CALLS = {"read": "EIO", "pread64": "EIO", "write": "ENOSPC", "pwrite64": "EIO", "openat": "EMFILE", "fsync": "EIO",
         "fdatasync": "EIO", "rename": "EACCES", "link": "EPERM", "ftruncate": "ENOSPC", "mmap": "ENOMEM",
         "clone": "EAGAIN", "fstat": "EIO", "lseek": "EIO", "socketpair": "EMFILE", "poll": "EINTR"}
INPUTS = ["in.wav", "in-events.txt"]


def outputs(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        if name not in INPUTS:
            with open(os.path.join(folder, name), "rb") as file:
                found[name] = file.read()
    return found


class Campaign:
    def __init__(self, folder):
        self.folder = os.path.join(folder, "work")
        self.log = os.path.join(folder, "log")
        self.reached = os.path.join(folder, "reached")
        os.mkdir(self.folder)
        with open(os.path.join(self.folder, "in.wav"), "wb") as file:
            file.write(wav_bytes(noise_with_bursts()))
        with open(os.path.join(self.folder, "in-events.txt"), "w", encoding="ascii") as file:
            file.write("needle in,\t1.0\n")
        self.command_is(["analyze", "--out", ".", "in.wav"], 3)

    def command_is(self, arguments, files):
        self.command = [PROGRAM] + arguments
        done = self.run([], {})
        assert done.returncode == 0, done.stderr
        self.whole = outputs(self.folder)
        assert len(self.whole) == files, self.whole.keys()

    def loading(self, call):
        """How many of these calls load the program."""
        subprocess.run(["strace", "-f", "-o", self.log, "-e", f"trace={call}", PROGRAM, "version"],
                       capture_output=True, check=True)
        with open(self.log, "rb") as file:
            return file.read().count(call.encode() + b"(")

    def run(self, before, environment):
        for name in os.listdir(self.folder):
            if name not in INPUTS:
                os.remove(os.path.join(self.folder, name))
        return subprocess.run(before + self.command, cwd=self.folder, env=dict(os.environ, **environment),
                              capture_output=True, timeout=60, check=False)

    def check(self, done):
        """None if all is well, else what is not."""
        text = done.stderr.decode(errors="replace")
        if done.returncode not in (0, 1, 3):
            return f"status {done.returncode}: {text[-300:]}"
        if done.returncode != 0 and not text.strip():
            return f"status {done.returncode} without a word"
        found = outputs(self.folder)
        for name, data in found.items():
            if name not in self.whole:
                return f"status {done.returncode}, left behind: {name}"
            if data != self.whole[name] and done.returncode == 0:
                return f"{name} differs, and the status is 0"
            if data != self.whole[name] and not (done.returncode == 3 and b'"complete":false' in
                                                 b"".join(found.values())):
                return f"{name} differs under its final name; status {done.returncode}: {text[-300:]}"
        if done.returncode == 0 and len(found) < len(self.whole):
            return f"status 0, but only {sorted(found)}"
        return None

    def call_fails(self, call, number):
        before = ["strace", "-f", "-o", self.log, "-e", f"trace={call}", "-e",
                  f"inject={call}:error={CALLS[call]}:when={number}"]
        done = self.run(before, {})
        with open(self.log, "rb") as file:
            return b"(INJECTED)" in file.read(), done

    def allocation_fails(self, number):
        if os.path.exists(self.reached):
            os.remove(self.reached)
        done = self.run([], {"LD_PRELOAD": PRELOAD, "FAULT_AT": str(number), "FAULT_REACHED": self.reached})
        return os.path.exists(self.reached), done

    def series(self, name, fail, number=1):
        tried, wrong = 0, []
        while True:
            reached, done = fail(number)
            if not reached:
                break
            tried += 1
            problem = self.check(done)
            if problem is not None:
                wrong.append(f"{name} {number}: {problem}")
            number += EVERY
        print(f"{name:<12} {tried:>6} failed once each, {len(wrong)} badly", flush=True)
        return wrong


def main():
    if shutil.which("strace") is None:
        print("skipped: no strace")
        sys.exit(77)
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(folder)
        for call in CALLS:
            wrong += campaign.series(call, lambda number, call=call: campaign.call_fails(call, number),
                                     campaign.loading(call) + 1)
        campaign.command_is(["analyze", "--out", ".", "--format", "jsonl,tsv", "in.wav"], 2)
        wrong += campaign.series("allocation", campaign.allocation_fails)
    print("\n".join(wrong))
    print(f"{0 if wrong else 1} passed, {1 if wrong else 0} failed")
    sys.exit(1 if wrong else 0)


main()
