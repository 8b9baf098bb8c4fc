# SPDX-License-Identifier: GPL-3.0-or-later
"""What the live tests share: a folder of their own, sessions with their times, recordings read back."""
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time

try:
    import h5py
    import numpy as np
except ImportError:
    print("needs python3-h5py")
    sys.exit(77)


class Session:
    """`myotwitch live` with its standard error as it comes: (seconds, line)."""

    def __init__(self, program, folder, *options, env=None):
        self.begun = time.monotonic()
        self.process = subprocess.Popen([program, "live", "-q", *options], cwd=folder, env=env,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        text=True, errors="replace")
        self.lines = []

    def read_until(self, word, seconds):
        """Reads lines until one has the word; the time at which it came, or None."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            line = self.process.stderr.readline()
            if line == "":
                return None
            self.lines.append((time.monotonic(), line.rstrip()))
            if word in line:
                return self.lines[-1][0]
        return None

    def end(self, seconds=120):
        """Waits for the end; the exit status."""
        try:
            _, rest = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        self.ended = time.monotonic()
        self.lines += [(self.ended, line) for line in rest.splitlines()]
        return self.process.returncode

    def text(self):
        return "\n".join(line for _, line in self.lines)

    def child(self):
        """Process number of its capture process."""
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(word) for word in open(path, encoding="ascii").read().split()]


def recording(path):
    """Samples (frames x channels, NAN where missing), and the gaps (frame, frames)."""
    with h5py.File(path, "r") as file:
        samples = file["/acquisition/emg/data"][:]
        gaps = file["/intervals/gaps"]
        return samples, list(zip(gaps["start_frame"][:].tolist(), gaps["frames"][:].tolist()))


def events(path):
    """The lines of the events, without run and summary."""
    with open(path, encoding="utf-8") as file:
        return [line for line in file if json.loads(line)["schema"] == "myotwitch.event/1"]


def shifts(samples):
    """Of a counted signal (count.h): (frame, true frame - frame), once for each stretch; zeros, which come
    before it, are left out."""
    counted = np.round(samples[:, 0].astype(np.float64) * 2**24)
    there = np.flatnonzero(np.isfinite(counted) & (counted > 0))
    off = counted[there] - there
    first = np.concatenate([[0], np.flatnonzero(np.diff(off)) + 1])
    return [(int(there[i]), int(off[i])) for i in first]


def folder():
    path = tempfile.mkdtemp(prefix="myotwitch-live-")
    return path


def clean(path):
    shutil.rmtree(path, ignore_errors=True)


def need(*tools):
    for tool in tools:
        if shutil.which(tool) is None:
            print(f"needs {tool}")
            sys.exit(77)


def end_process(process, sign=signal.SIGTERM, seconds=5):
    """Ends what this test started."""
    if process.poll() is None:
        process.send_signal(sign)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run_all(tests):
    """Runs functions until one fails; says how long each took."""
    for test in tests:
        begun = time.monotonic()
        test()
        print(f"ok {test.__name__} ({time.monotonic() - begun:.1f} s)", flush=True)
