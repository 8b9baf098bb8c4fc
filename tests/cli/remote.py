#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs beside a live session: commands over TCP, events over a socket, and who is thrown out.

usage: remote.py PROGRAM"""
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import h5py

from recording import noise_with_bursts, wav_bytes

PROGRAM = os.path.abspath(sys.argv[1])
BURSTS = (2.5, 4.0)


class Guest:
    """One connection, read line by line."""

    def __init__(self, address, room=None):
        self.socket = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        self.socket.settimeout(20)
        if room is not None:
            # Before it connects: a reset that falls behind a window that shrank since is not taken, and it would wait.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.connect(address)
        self.file = self.socket.makefile("r", encoding="utf-8")

    def say(self, text):
        self.socket.sendall(text.encode())

    def ask(self, line):
        self.say(line + "\n")
        return self.file.readline().rstrip("\n")

    def line(self):
        return self.file.readline()

    def close(self):
        self.file.close()
        self.socket.close()


class Remote(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "events.sock")
        with open(os.path.join(folder.name, "a.wav"), "wb") as out:
            out.write(wav_bytes(noise_with_bursts(seconds=6, bursts=BURSTS)))
        self.events_path = os.path.join(folder.name, "e.jsonl")
        self.start("--events-socket", self.path, "-e", self.events_path)
        self.addCleanup(self.end)

    def start(self, *options):
        recording = os.path.join(os.path.dirname(self.path), "a.wav")
        self.session = subprocess.Popen(
            [PROGRAM, "live", "--replay", recording, "--remote", "0", "-q", *options],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.port = int(self.session.stderr.readline().split()[2])

    def end(self):
        if self.session.poll() is None:
            self.session.kill()
        self.session.wait()
        self.session.stderr.close()

    def guest(self, address=None, room=None):
        guest = Guest(("127.0.0.1", self.port) if address is None else address, room)
        self.addCleanup(guest.close)
        return guest

    def test_commands_and_events(self):
        guest, listener = self.guest(), self.guest(self.path)
        self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o600)
        self.assertTrue(guest.ask("mark foot switch").startswith("ok"))
        self.assertEqual(json.loads(guest.ask("status"))["insertion"], 0)
        self.assertTrue(guest.ask("nonsense").startswith("error: no such command"))
        self.assertTrue(guest.ask("undo").startswith("ok"))
        self.assertEqual(guest.ask("stop"), "error: say 'stop yes' to end the session")
        lines = [json.loads(line) for line in listener.file]  # until the session has ended
        self.assertEqual(lines[0]["schema"], "myotwitch.run/1")
        self.assertIn("foot switch", [line.get("label") for line in lines])
        self.assertIn("undone: foot switch", [line.get("label") for line in lines])
        stages = [line["stage"] for line in lines if "stage" in line]
        self.assertEqual((stages.count("provisional"), stages.count("confirmed")), (2, 2))
        self.assertEqual(self.session.wait(timeout=20), 0)
        self.assertFalse(os.path.exists(self.path))
        with open(self.events_path, encoding="utf-8") as file:
            final = [line["onset_s"] for line in map(json.loads, file) if "snr_db" in line]
        self.assertEqual([line["onset_s"] for line in lines if line.get("stage") == "confirmed"],
                         final)

    def test_recording_begins_before_its_command(self):
        self.end()
        path = os.path.join(os.path.dirname(self.path), "a.nwb")
        self.start("--record", path, "--lookback", "1")
        guest = self.guest()
        while json.loads(guest.ask("status"))["frame"] < 5000:
            time.sleep(0.05)
        self.assertFalse(json.loads(guest.ask("status"))["recording"])
        self.assertEqual(guest.ask("record"), "ok")
        self.assertEqual(self.session.wait(timeout=20), 0)
        with h5py.File(path, "r") as file:
            frames = len(file["acquisition/emg/data"])
        self.assertGreater(frames, 2000)
        self.assertLess(frames, 12000 - 5000 + 2000 + 10)

    def test_events_over_tcp(self):
        guest = self.guest()
        self.assertEqual(guest.ask("events"), "ok")
        self.assertEqual(json.loads(guest.line())["schema"], "myotwitch.run/1")
        self.assertEqual(json.loads(guest.line())["stage"], "provisional")

    def test_browser_is_thrown_out(self):
        guest = self.guest()
        guest.say("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nstop yes\r\n")
        self.assertTrue(guest.line().startswith("error: no such command"))
        self.assertRaises_or_empty(guest)
        self.assertIsNone(self.session.poll())
        self.assertTrue(self.guest().ask("mark still here").startswith("ok"))

    def assertRaises_or_empty(self, guest):
        try:
            self.assertEqual(guest.line(), "")
        except ConnectionError:
            pass

    def test_long_line_is_thrown_out(self):
        guest = self.guest()
        guest.say("mark " + 2000 * "x")
        self.assertEqual(guest.line(), "error: the line is too long\n")

    def test_at_most_eight(self):
        guests = [self.guest() for _ in range(8)]
        for guest in guests:
            self.assertTrue(guest.ask("mark x").startswith("ok"))
        self.assertRaises_or_empty(self.guest())
        guests[3].close()
        for _ in range(100):
            try:
                if self.guest().ask("mark y").startswith("ok"):
                    return
            except ConnectionError:
                pass
            time.sleep(0.05)
        self.fail("the free place was not given away")

    def test_who_does_not_read_is_thrown_out(self):
        guest = self.guest(room=4096)
        for _ in range(100000):  # until the connection is cut
            try:
                guest.socket.sendall(b"status\n" * 100)
            except OSError:
                break
        else:
            self.fail("70 MB were taken from somebody who reads nothing")
        self.assertTrue(self.guest().ask("mark z").startswith("ok"))

    def test_path_that_exists_is_refused(self):
        recording = os.path.join(os.path.dirname(self.path), "a.wav")
        for taken in (recording, self.path):
            done = subprocess.run([PROGRAM, "live", "--replay", recording, "--events-socket", taken],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("a file of that name exists", done.stderr)
        done = subprocess.run([PROGRAM, "live", "--replay", "x.wav", "--remote", "70000"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
