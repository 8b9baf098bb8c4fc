#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loudspeaker of a live session, heard through a real JACK server: one tone for each provisional
twitch, of the right pitch, and the EMG between them.

usage: sound.py PROGRAM EAR"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cli"))
from recording import noise_with_bursts, wav_bytes  # noqa: E402

SKIPPED, RATE, PERIOD, TONE_HZ = 77, 48000, 512, 2637
BURSTS = (4.0, 5.5, 7.2)


def clock_ns():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)


class Server:
    """A JACK server without a device, of a name of its own."""

    def __init__(self, folder):
        self.environment = dict(os.environ, JACK_NO_AUDIO_RESERVATION="1", JACK_NO_START_SERVER="1",
                                JACK_DEFAULT_SERVER=f"sound{os.getpid()}", HOME=folder)
        priority = "-R" if os.geteuid() == 0 else "-r"  # ahead of what else computes, where that is permitted
        self.process = subprocess.Popen(
            ["jackd", "-n", self.environment["JACK_DEFAULT_SERVER"], priority, "-S", "-d", "dummy", "-r",
             str(RATE), "-p", str(PERIOD), "-C", "2", "-P", "2"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait = subprocess.run(["jack_wait", "-s", self.environment["JACK_DEFAULT_SERVER"], "-w", "-t", "10"],
                              env=self.environment, stdout=subprocess.DEVNULL, check=False)
        if wait.returncode != 0:
            self.end()
            raise AssertionError("jackd does not start")

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=10)


def follow(stream, lines):
    for line in stream:
        lines.append((clock_ns(), json.loads(line)))


def run(program, ear, folder, more):
    """Events with their time of arrival, what was heard, and the time of its first sample."""
    server = Server(folder)
    listener = session = None
    try:
        listener = subprocess.Popen([ear, "ear", os.path.join(folder, "heard")],
                                    env=server.environment, stdout=subprocess.PIPE, text=True)
        assert listener.stdout.readline() == "listening\n"
        session = subprocess.Popen(
            [program, "live", "--replay", os.path.join(folder, "a.wav"), "--sound", "ear", "-e", "-",
             "--provisional", "-q", *more],
            env=server.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = []
        reader = threading.Thread(target=follow, args=(session.stdout, lines))
        reader.start()
        words = session.stderr.read()
        reader.join()
        assert session.wait(timeout=30) == 0, words
        listener.send_signal(signal.SIGTERM)
        assert listener.wait(timeout=10) == 0
    finally:
        for process in (listener, session):
            if process is not None and process.poll() is None:
                process.kill()
        server.end()
    with open(os.path.join(folder, "heard"), "rb") as file:
        start = int(np.frombuffer(file.read(8), dtype=np.int64)[0])
        heard = np.frombuffer(file.read(), dtype=np.float32)
    return lines, heard, start, words


def tones_find(heard):
    """Samples at which a tone begins: the level at its pitch over 10 ms."""
    window = RATE // 100
    count = len(heard) // window
    phase = np.exp(-2j * np.pi * TONE_HZ * np.arange(window) / RATE)
    level = 2 * np.abs(heard[:count * window].reshape(count, window) @ phase) / window
    loud = level > 0.1
    begins = np.flatnonzero(loud & ~np.concatenate([[False], loud[:-1]]))
    return [int(b) * window for b in begins]


def check(lines, heard, start, words):
    provisional = [(arrived, line) for arrived, line in lines
                   if line.get("type") == "ltr" and line.get("stage") == "provisional"]
    tones = tones_find(heard)
    assert len(provisional) >= len(BURSTS), [line for _, line in lines]
    assert len(tones) == len(provisional), (len(tones), len(provisional), words)
    late = [start / 1e6 + 1000 * at / RATE - arrived / 1e6
            for at, (arrived, _) in zip(tones, provisional)]
    between = np.diff([1000 * at / RATE for at in tones])
    reported = np.diff([1000 * line["reported_s"] for _, line in provisional])
    assert np.abs(between - reported).max() < 100, (between, reported)
    print(f"{len(tones)} tones; against the event's line on standard output "
          + ", ".join(f"{ms:+.0f}" for ms in late) + " ms; blocks of "
          f"{1000 * PERIOD / RATE:.1f} ms", file=sys.stderr)
    return tones


def main():
    program, ear = (os.path.abspath(path) for path in sys.argv[1:3])
    if shutil.which("jackd") is None:
        print("skipped: no jackd")
        return SKIPPED
    samples = noise_with_bursts(seconds=9, bursts=BURSTS)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "a.wav"), "wb") as out:
            out.write(wav_bytes(samples))
        lines, heard, start, words = run(program, ear, folder, [])
        tones = check(lines, heard, start, words)
        # The EMG: the noise before the first burst is there, 1 % of full scale at 20 dB, less what is
        # outside 20-900 Hz, and without pauses.
        quiet = heard[tones[0] - RATE: tones[0] - RATE // 5]
        level = float(np.sqrt(np.mean(quiet.astype(np.float64) ** 2)))
        assert 0.07 < level < 0.11, level
        parts = quiet[:len(quiet) // 480 * 480].reshape(-1, 480)
        assert parts.std(axis=1).min() > 0.02, "the sound has pauses"
        lines, heard, start, words = run(program, ear, folder, ["--speed", "4"])
        assert len(tones_find(heard)) >= 1, words
        between = heard[:RATE // 2]
        assert not between.any(), "a replay faster than time has tones only"
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
