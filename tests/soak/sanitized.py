#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session of hours at 64 channels and 2 kHz through a program built with a sanitizer: replayed as fast as it goes,
recorded, followed and commanded through the remote, analysed again. No report, no frame lost, the file whole.

    sanitized.py PROGRAM [HOURS]
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import h5py

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "../live"))
import steady  # pylint: disable=wrong-import-position

REPORTS = ("Sanitizer", "runtime error:")
ENVIRONMENT = dict(os.environ, TSAN_OPTIONS="halt_on_error=0:exitcode=66", ASAN_OPTIONS="detect_stack_use_after_return=1",
                   LSAN_OPTIONS="suppressions=" + os.path.join(HERE, "../lsan.supp"),
                   UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1")


class Remote(threading.Thread):
    """Asks and marks while the session runs; counts what came back."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.replies, self.events = port, 0, 0

    def connected(self):
        """The program may take seconds to listen."""
        for _ in range(600):
            try:
                return socket.create_connection(("127.0.0.1", self.port), 10)
            except ConnectionRefusedError:
                time.sleep(0.1)
        raise OSError("nobody listens")

    def run(self):
        words = [b"events\n", b"mark soak\n", b"status\n", b"undo\n", b"latency\n", b"note a remark\n", b"insertion next\n"]
        try:
            with self.connected() as line:
                line.settimeout(60)
                for number in range(1 << 30):
                    line.sendall(words[0] if number == 0 else words[1 + number % (len(words) - 1)])
                    got = line.recv(1 << 16)
                    self.replies += bool(got)
                    self.events += got.count(b'"event/1"') + got.count(b"myotwitch.event/1")
                    if not got:
                        return
                    time.sleep(0.2)
        except OSError:
            return  # the session ended


def free_port():
    with socket.socket() as any_:
        any_.bind(("127.0.0.1", 0))
        return any_.getsockname()[1]


def reports_check(text):
    for word in REPORTS:
        if word in text:
            sys.exit("a report:\n" + text[text.index(word) - 200:][:6000])


def session(program, folder, minutes):
    """The events of a replayed and recorded session."""
    wave, lines, out = (os.path.join(folder, name) for name in ("a.wav", "a.jsonl", "a.nwb"))
    steady.write(wave, minutes)
    port = free_port()
    guest = Remote(port)
    begin = time.monotonic()
    with subprocess.Popen([program, "live", "-q", "--replay", wave, "--speed", "max", "--events", lines, "--record", out,
                           "--remote", str(port)], stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as live:
        guest.start()
        talk = live.stderr.read()
    reports_check(talk)
    if live.returncode != 0:
        sys.exit(f"status {live.returncode}: {talk[-2000:]}")
    print(f"{minutes} min of {steady.CHANNELS} channels in {time.monotonic() - begin:.0f} s; the remote had {guest.replies} replies "
          f"and saw {guest.events} events", flush=True)
    if guest.replies == 0 or guest.events == 0:
        sys.exit("the remote said nothing")
    with h5py.File(out, "r") as file:
        data = file["/acquisition/emg/data"]
        if data.shape != (minutes * steady.MINUTE, steady.CHANNELS):
            sys.exit(f"{data.shape} was recorded")
    with open(lines, encoding="utf-8") as file:
        return wave, [json.loads(line) for line in file]


def main():
    program, hours = os.path.abspath(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    minutes = round(60 * hours)
    if shutil.disk_usage(tempfile.gettempdir()).free < minutes * steady.MINUTE * steady.CHANNELS * 6 * 1.3:
        print("needs more room in the temporary folder")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        wave, heard = session(program, folder, minutes)
        onsets = [e["onset_frame"] for e in heard if e["schema"] == "myotwitch.event/1" and e["type"] != "marker"]
        by_minute = steady.moved(onsets, minutes)
        if by_minute is not None:
            sys.exit(f"events moved: {by_minute}")
        done = subprocess.run([program, "analyze", "-q", "--events", os.devnull, "--force", wave], capture_output=True,
                              text=True, env=ENVIRONMENT, check=False)
        reports_check(done.stderr)
        if done.returncode != 0:
            sys.exit(f"analyze: status {done.returncode}: {done.stderr[-2000:]}")
    print(f"{len(onsets)} events, at the same frames of every minute; no report")


if __name__ == "__main__":
    main()
