#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`myotwitch live --view` in a terminal of our own (pty): what is shown, keys, and that it is given back.
Usage: live_view.py PROGRAM"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
LEAVE = b"\x1b[0m\x1b[?25h\x1b[?1049l"


class Terminal:
    """The program on a terminal of a size; keeps what it wrote and what that makes of the screen."""

    def __init__(self, recording, columns=100, rows=30, **environment):
        self.columns, self.rows, self.wrote = columns, rows, b""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment}
        self.process = subprocess.Popen([PROGRAM, "live", "--replay", recording, "--view"], stdin=slave, stdout=slave,
                                        stderr=slave, env=environment, start_new_session=True)

    def screen(self):
        text = self.wrote.decode("utf-8", "replace").split("\x1b[?1049l")[0]
        cells = [[" "] * self.columns for _ in range(self.rows)]
        row = column = 0
        for move in re.finditer(r"\x1b\[(\d+);(\d+)H|\x1b\[[?\d;]*[A-Za-z]|([^\r\n])", text):
            if move[1]:
                row, column = int(move[1]) - 1, int(move[2]) - 1
            elif move[0] == "\x1b[2J":
                cells = [[" "] * self.columns for _ in range(self.rows)]
            elif move[3]:
                if row < self.rows and column < self.columns:  # else meant for the window as it was before
                    cells[row][column] = move[3]
                column += 1
        return "\n".join("".join(line) for line in cells)

    def follow(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if select.select([self.master], [], [], 0.05)[0]:
                self.wrote += os.read(self.master, 65536)

    def wait_for(self, pattern, seconds=60):
        until = time.monotonic() + seconds
        while not re.search(pattern, self.screen()):
            if time.monotonic() > until:
                raise AssertionError(f"{pattern} is not on the screen:\n{self.screen()}")
            self.follow(0.2)

    def press(self, keys):
        os.write(self.master, keys)

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        until = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < until:
            self.follow(0.1)
        while select.select([self.master], [], [], 0.2)[0]:  # all that it left
            self.wrote += os.read(self.master, 65536)
        after = termios.tcgetattr(self.slave)
        os.close(self.master)
        os.close(self.slave)
        return self.process.wait(1), after


class View(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory()
        cls.recording = f"{cls.dir.name}/needling.wav"
        subprocess.run([PROGRAM, "synth", "needling", "-d", "120", "-c", "2", "-r", "2000", "--output", cls.recording],
                       check=True, stdout=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def test_shows_and_obeys(self):
        terminal = Terminal(self.recording)
        terminal.wait_for("needling.wav")
        terminal.wait_for("no insertion marked yet")
        terminal.press(b"1")
        terminal.wait_for("in insertion 1")
        terminal.press(b"p4")
        terminal.wait_for("needle")
        terminal.press(b"tA note, 1 of 2\r")
        terminal.wait_for("note A note, 1 of 2")
        terminal.press("tneedle turned by the thumb, the patient says that it is her familiar pa\u00fc\u00fc\x7f\x7fin\r".encode())
        terminal.wait_for("note her familiar pain")  # the rest of it: event lines keep 57 bytes of a note
        terminal.press(b"02")
        terminal.wait_for("STOP:.*swelling, colour or warmth")
        terminal.press(b"\x7f")
        terminal.wait_for("undo")
        terminal.wait_for(r"^(?![^$]*STOP:)")
        for letter in b"bcdefghijklmnoqrsuvwxyz":
            terminal.press(bytes([letter]))
        terminal.wait_for("twitch +[0-9]+ ")
        self.assertRegex(terminal.screen(), "[\u2801-\u28ff]")
        status, after = terminal.end()
        self.assertEqual(status, 0)
        self.assertIn(LEAVE, terminal.wrote)
        self.assertEqual(after, terminal.before)

    def test_says_that_there_are_more_channels_and_how_to_end(self):
        eight = f"{self.dir.name}/eight.wav"
        subprocess.run([PROGRAM, "synth", "needling", "-d", "120", "-c", "8", "-r", "2000", "--output", eight],
                       check=True, stdout=subprocess.DEVNULL)
        terminal = Terminal(eight, 80, 24)
        terminal.wait_for("4 of 8 channels from ch 0, c the next")
        terminal.wait_for("Ctrl-C ends")
        terminal.press(b"0")
        terminal.wait_for("4 other sign")
        terminal.press(b"\x1bp")
        terminal.wait_for("8 aftercare")
        terminal.press(b"\x1b")
        terminal.wait_for("Ctrl-C ends")
        terminal.press(b"c")
        terminal.wait_for("4 of 8 channels from ch 4")
        terminal.wait_for("ch 7 ")
        terminal.press(b"c")
        terminal.wait_for("4 of 8 channels from ch 0")
        terminal.wait_for("twitch +[0-9]+ uV  ch [0-7]")
        self.assertEqual(terminal.end()[0], 0)

    def test_given_back_whatever_ends_it(self):
        for number, status in ((signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGQUIT, -signal.SIGQUIT)):
            terminal = Terminal(self.recording)
            terminal.wait_for("needling.wav")
            got, after = terminal.end(number)
            self.assertEqual(got, status)
            self.assertIn(LEAVE, terminal.wrote)
            self.assertEqual(after, terminal.before, number)

    def test_without_colour_and_beyond_ascii(self):
        terminal = Terminal(self.recording, NO_COLOR="1", LC_ALL="C")
        terminal.wait_for(r"\|\|\|\|")
        terminal.end()
        self.assertNotRegex(terminal.wrote, rb"\x1b\[[0-9;]*3[0-9]m|\x1b\[[0-9;]*4[0-9]m")
        self.assertTrue(terminal.wrote.isascii())
        terminal = Terminal(self.recording)
        terminal.wait_for("0 twitches")
        terminal.end()
        self.assertIn(b"\x1b[0;1;33m", terminal.wrote)

    def test_small_windows(self):
        for columns, rows in ((1, 1), (20, 4), (39, 9), (40, 10), (300, 100)):
            terminal = Terminal(self.recording, columns, rows)
            terminal.follow(1.5)
            fcntl.ioctl(terminal.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            terminal.columns, terminal.rows, terminal.wrote = 80, 24, b""
            terminal.wait_for("needling.wav")
            self.assertEqual(terminal.end()[0], 0)

    def test_names_cannot_steer_the_terminal(self):
        evil = f"{self.dir.name}/a\x1b[31m\x07\u202eb\u00e9.wav"
        os.link(self.recording, evil)
        terminal = Terminal(evil)
        terminal.wait_for(r"a\?\[31m\?\?b\u00e9\.wav")
        terminal.end()
        self.assertNotIn(b"\x07", terminal.wrote)

    def test_needs_a_terminal(self):
        done = subprocess.run([PROGRAM, "live", "--replay", self.recording, "--view"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("--view needs a terminal", done.stderr)


if __name__ == "__main__":
    unittest.main()
