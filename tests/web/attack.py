#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile client of the live page while a session is recorded: crowds, floods, words that drip, frames that lie,
stolen and guessed secrets. The recorder keeps every sample, memory stays bounded, a friendly page is served.
Usage: attack.py PROGRAM FEEDER"""
import os
import random
import resource
import socket
import struct
import sys
import tempfile
import threading
import time
import unittest

import h5py
import numpy as np

import guests
from desk import Live

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from recording import RATE, noise_with_bursts, wav_bytes  # noqa: E402, behind the path

SECONDS = 30
CROWD = 1000
SANITIZED = bool(os.environ.get("MYO_SANITIZE"))
GROWTH_KB = 16 * 1024  # the page's histories fill meanwhile: 30 s of 4 channels are 1 MB


def header(opcode, size, mask=True, reserved=0):
    """A frame's head that says `size`, whatever follows (RFC 6455, 5.2)."""
    return struct.pack(">BBQ", 128 | reserved << 4 | opcode, 128 * mask | 127, size) + (b"\0\0\0\0" if mask else b"")


LIES = {
    "a length of 2^62": header(1, 1 << 62) + b"x" * 65536,
    "a length with its top bit set": header(1, 1 << 63) + b"x",
    "a frame of 1 MB": guests.frame(b"x" * (1 << 20)),
    "no mask": header(1, 4, mask=False) + b"do 1",
    "reserved bits": header(1, 4, reserved=7) + b"do 1",
    "an unknown opcode": guests.frame(b"x", opcode=11),
    "a continuation of nothing": guests.frame(b"do 1 status", opcode=0),
    "text that is not UTF-8": guests.frame(b"do 1 mark \xff\xfe\xc0\x80"),
    "half a letter": guests.frame(b"do 1 mark \xe2\x82"),
    "a ping longer than 125 bytes": guests.frame(b"p" * 4000, opcode=9),
    "fragments without end": b"".join([guests.frame(b"do 1 mark ", final=False)] + [guests.frame(b"x", 0, False)] * 9000),
    "binary": guests.frame(bytes(range(256)) * 4, opcode=2),
}


class Attack(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory()
        cls.samples = noise_with_bursts(SECONDS, 4, (8.0, 15.0, 22.0)).astype("<f4")
        cls.recording = f"{cls.dir.name}/r.wav"
        with open(cls.recording, "wb") as file:
            file.write(wav_bytes(cls.samples, floating=True))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, CROWD + 200), hard), hard))

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def setUp(self):
        self.live = Live(self.recording, "--record", f"{self.dir.name}/out.nwb", "--force")
        self.live.enter()

    def connect(self, blocking=True):
        sock = socket.socket()
        sock.settimeout(5 if blocking else 0)
        sock.connect_ex(("127.0.0.1", int(self.live.port)))
        return sock

    def friendly(self):
        """Whether the page is still served to who may have it."""
        for _ in range(50):  # while a crowd holds every place, the next try may find one
            try:
                if guests.status(self.live.get("/", cookie=self.live.cookie)) == 200:
                    return True
            except OSError:
                pass
            time.sleep(0.2)
        return False

    def crowd(self):
        """A thousand connections at once that say nothing, then one request each."""
        socks = [self.connect(blocking=False) for _ in range(CROWD)]
        time.sleep(0.5)
        for sock in socks:
            try:
                sock.send(b"GET / HTTP/1.1\r\n")
            except OSError:
                pass
        for sock in socks:
            sock.close()

    def drip(self, until):
        """A request that never ends, a byte at a time, over many connections."""
        socks = [self.connect() for _ in range(30)]
        while time.monotonic() < until:
            for k, sock in enumerate(socks):
                try:
                    sock.send(b"X")
                except OSError:
                    sock.close()
                    socks[k] = self.connect()
            time.sleep(0.2)
        for sock in socks:
            sock.close()

    def flood(self, chance):
        """Bytes that are no HTTP, endless headers, ten thousand requests in one."""
        for text in (chance.randbytes(1 << 18), b"GET / HTTP/1.1\r\n" + b"A: " + b"b" * (1 << 20),
                     b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 100000, b"GET /" + b"a" * (1 << 20),
                     f"GET / HTTP/1.1\r\nHost: {self.live.host}\r\n\r\n".encode() * 10000,
                     f"POST / HTTP/1.1\r\nHost: {self.live.host}\r\nContent-Length: 99999999999\r\n\r\n".encode() + b"x" * 65536):
            try:
                with self.connect() as sock:
                    sock.sendall(text)
            except OSError:
                pass

    def lie(self):
        """Frames that lie, each on a connection of its own; none stays open."""
        for name, lie in LIES.items():
            sock = self.live.knock()
            self.assertIsNotNone(sock, name)
            with sock:
                sock.settimeout(10)
                until = time.monotonic() + 10
                try:
                    sock.sendall(lie)
                    reader = guests.Reader(sock)
                    while reader.message()[0] != 8:
                        self.assertLess(time.monotonic(), until, f"stays open after {name}")
                except (EOFError, ConnectionError):
                    pass
                except socket.timeout:
                    self.fail(f"stays open after {name}")

    def steal(self, chance):
        """A used secret, guesses, another origin, another host."""
        live = self.live
        self.assertEqual(guests.status(live.get(f"/?t={live.token}")), 403, "a secret opens once")
        for _ in range(20):
            self.assertEqual(guests.status(live.get(f"/?t={chance.randbytes(16).hex()}")), 403)
        self.assertIsNone(live.knock(origin="http://evil.example"))
        self.assertIsNone(live.knock(cookie="myotwitch=" + "0" * 32))
        self.assertEqual(guests.status(live.get("/", host="evil.example", cookie=live.cookie)), 421)

    def test_all_of_it_while_recording(self):
        chance = random.Random(1)
        before = self.live.memory_kb()
        begin = time.monotonic()
        self.steal(chance)
        self.lie()
        dripping = threading.Thread(target=self.drip, args=(begin + SECONDS - 12,))
        dripping.start()
        while time.monotonic() < begin + SECONDS - 12:
            self.crowd()
            self.flood(chance)
        dripping.join()
        self.assertTrue(self.friendly(), "the page is served no more")
        grown = self.live.memory_kb() - before
        self.assertEqual(self.live.end(), 0)
        self.assertRegex("".join(self.live.said), rf"{SECONDS * RATE} frames, 0 lost in 0 gaps")
        with h5py.File(f"{self.dir.name}/out.nwb", "r") as h5:
            self.assertTrue(np.array_equal(h5["/acquisition/emg/data"][:], self.samples), "a sample is another")
        print(f"memory grew by {grown} kB")
        if not SANITIZED:
            self.assertLess(grown, GROWTH_KB)


if __name__ == "__main__":
    unittest.main()
