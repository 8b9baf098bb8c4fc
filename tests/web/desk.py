#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`myotwitch live --web` on the real desk: what a page is told, its commands, its end, guests that read nothing.
Usage: desk.py PROGRAM FEEDER"""
import json
import re
import select
import struct
import subprocess
import tempfile
import time
import unittest

import guests

LTR, CONFIRMED = 0, 1


def text_at(message, at):
    """A text, and where the next field is."""
    size = struct.unpack_from("<H", message, at)[0]
    return message[at + 2:at + 2 + size].decode(), at + 2 + size


def guide(message):
    """Kind 14 of io/web/protocol.h."""
    _, least, most = struct.unpack_from("<dff", message, 4)
    step, at = text_at(message, 20)
    words = []
    for _ in range(message[1]):
        rule, after = text_at(message, at + 4)
        said, after = text_at(message, after)
        words.append((struct.unpack_from("<I", message, at)[0], rule, said))
        at = after
    return {"step": step, "band": (least, most), "words": words}


class Live(guests.Server):
    """The program itself, on a recording that is replayed."""

    def __init__(self, recording, *options, port=0):
        self.process = subprocess.Popen([guests.PROGRAM, "live", "--replay", recording, "--web", str(port), "-q", *options],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        address = re.fullmatch(r"live page: http://127\.0\.0\.1:(\d+)/\?t=([0-9a-f]{32})\n", self.process.stderr.readline())
        self.port, self.token = address.groups()
        self.host, self.cookie = f"127.0.0.1:{self.port}", None
        self.said = []

    def end(self):
        self.said += self.process.stderr.readlines()
        self.process.stderr.close()
        return self.process.wait(30)


class Desk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory()
        cls.recording = f"{cls.dir.name}/r.wav"
        subprocess.run([guests.PROGRAM, "synth", "needling", "-d", "60", "-c", "4", "-r", "2000", "--output", cls.recording],
                       check=True, stdout=subprocess.DEVNULL)
        events = f"{cls.dir.name}/r.jsonl"
        subprocess.run([guests.PROGRAM, "analyze", "-q", "-e", events, cls.recording], check=True)
        with open(events, encoding="utf-8") as lines:
            cls.truth = [e["onset_frame"] for e in map(json.loads, lines) if e.get("type") == "ltr"]

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def twitches(self, reader):
        """Onsets of the confirmed twitches up to the end of the session."""
        found = []
        while True:
            opcode, message = reader.message()
            if opcode != 2:
                continue
            if message[0] == 3 and message[1] == LTR and message[2] == CONFIRMED:
                found.append(int(struct.unpack_from("<d", message, 20)[0]))
            if message[0] == 13:
                return found

    def test_a_page_is_told_what_analyze_finds(self):
        live = Live(self.recording, "--speed", "10")
        live.enter()
        with live.knock() as sock:
            sock.settimeout(60)
            self.assertEqual(sorted(self.twitches(guests.Reader(sock))), sorted(self.truth))
        self.assertEqual(live.end(), 0)

    def test_commands_reach_the_desk(self):
        live = Live(self.recording)
        live.enter()
        with live.knock() as sock:
            sock.settimeout(30)
            reader = guests.Reader(sock)
            sock.sendall(b"".join(guests.frame(line) for line in (b"do 1 mark needle out", b"do 2 undo", b"do 3 nonsense",
                                                                    b"do 4 stop", b"do 5 stop yes")))
            replies, marks = {}, []
            while True:
                _, message = reader.message()
                if message[0] == 11:
                    replies[struct.unpack_from("<I", message, 4)[0]] = message[10:].decode()
                if message[0] == 4:
                    marks.append((message[1], message[-10:]))
                if message[0] == 13:
                    break
        self.assertEqual({n: text[:2] for n, text in replies.items() if n != 5}, {1: "ok", 2: "ok", 3: "er", 4: "er"})
        self.assertEqual(marks, [(0, b"needle out"), (1, b"needle out")])
        self.assertEqual(live.end(), 0)

    def test_the_model_says_its_word(self):
        """Phase, its band, and a stop that stays through the next phase until it is taken back."""
        live = Live(self.recording)
        live.enter()
        said = []

        def hear(reader, ready):
            while not said or not ready(said[-1]):
                _, message = reader.message()
                if message[0] == 14:
                    said.append(guide(message))

        with live.knock() as sock:
            sock.settimeout(30)
            reader = guests.Reader(sock)
            sock.sendall(guests.frame(b"do 1 phase compress"))
            hear(reader, lambda now: now["step"] == "compress")
            self.assertEqual(said[-1]["band"], (30.0, 90.0))
            sock.sendall(guests.frame(b"do 2 mark stop-sign other sign") + guests.frame(b"do 3 phase stretch"))
            hear(reader, lambda now: now["step"] == "stretch")
            self.assertEqual(said[-1]["words"][0][:2], (6, "X08"))
            sock.sendall(guests.frame(b"do 4 undo") + guests.frame(b"do 5 undo"))
            hear(reader, lambda now: now["step"] == "compress" and all(word[1] != "X08" for word in now["words"]))
            sock.sendall(guests.frame(b"do 6 stop yes"))
        self.assertEqual(live.end(), 0)

    def test_the_ultrasound_is_shown(self):
        """Live pictures, then those around the phantom's first twitch, whose tissue has moved."""
        cine = f"{self.dir.name}/us.nut"
        subprocess.run([guests.PROGRAM, "synth", "us-twitch", "--seed", "3", "-d", "3", "--output", cine], check=True)
        with open(f"{self.dir.name}/us-truth.json", encoding="utf-8") as file:
            twitch = json.load(file)["events"][0]
        live = Live(self.recording, "--cine", cine, "--mm-per-px", "0.0883")
        live.enter()
        newest, around = [], []
        with live.knock() as sock:
            sock.settimeout(60)
            reader = guests.Reader(sock)
            while not around or len(around) < around[-1][2]:
                _, message = reader.message()
                if message[0] == 15:
                    kind = struct.unpack_from("<7I4f2d3f", message, 4)
                    (around if kind[0] else newest).append(kind)
                    last = message
            sock.sendall(guests.frame(b"do 1 stop yes"))
        self.assertEqual(live.end(), 0)
        self.assertGreater(len(newest), 3)
        self.assertEqual([one[1] for one in around], list(range(len(around))))
        width, height, columns, rows = around[0][3:7]
        self.assertEqual((width, height), (384, 320))
        self.assertAlmostEqual(around[0][10], 0.0883, places=6)
        self.assertLess(abs(around[0][12] / 2000 - twitch["onset_s"]), 0.02)
        self.assertLess(abs(around[0][13] - twitch["x_px"]), 64)
        self.assertGreater(len({one[11] for one in around}), 10)
        self.assertEqual(len(last), 76 + 8 * columns * rows + width * height)

    def test_the_next_address_is_said(self):
        live = Live(self.recording)
        live.enter()
        self.assertTrue(select.select([live.process.stderr], [], [], 30)[0])
        self.assertRegex(live.process.stderr.readline(), r"one more browser: http://127\.0\.0\.1:\d+/\?t=[0-9a-f]{32}\n")
        live.process.terminate()
        self.assertEqual(live.end(), 0)

    def test_a_port_that_is_taken(self):
        live = Live(self.recording)
        other = subprocess.run([guests.PROGRAM, "live", "--replay", self.recording, "--web", live.port], capture_output=True,
                               text=True, timeout=60)
        self.assertEqual(other.returncode, 1)
        self.assertIn(f"port {live.port} of 127.0.0.1 cannot be used", other.stderr)
        live.process.terminate()
        self.assertEqual(live.end(), 0)

    def test_who_reads_nothing_or_floods_does_not_disturb_the_desk(self):
        """Pages that stop reading, and one that floods, while it records: no frame is lost, all is written."""
        live = Live(self.recording, "--record", f"{self.dir.name}/out.nwb", "--duration", "15")
        live.enter()
        lazy = [live.knock() for _ in range(4)]
        for sock in lazy:
            sock.sendall(guests.frame(b"view 1 1 8000 -1 20 0 0,1,2,3"))
        floods, until = 0, time.monotonic() + 8
        while time.monotonic() < until:
            sock = live.knock()
            if sock is not None:  # else the server has yet to see that those before have gone
                try:
                    sock.sendall(b"".join(guests.frame(b"do 1 status") for _ in range(300)))
                except ConnectionError:
                    pass
            time.sleep(0.05)
            if sock is not None:
                sock.close()
                floods += 1
        self.assertGreater(floods, 10)
        self.assertEqual(live.end(), 0)
        for sock in lazy:
            sock.close()
        self.assertRegex("".join(live.said), r"15\.000 s, 30000 frames, 0 lost in 0 gaps")
        info = subprocess.run([guests.PROGRAM, "info", f"{self.dir.name}/out.nwb"], capture_output=True, text=True, check=True)
        self.assertIn("30000", info.stdout.replace(" ", "").replace(",", ""))


if __name__ == "__main__":
    unittest.main()
