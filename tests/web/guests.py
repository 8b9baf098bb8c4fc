#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is let in to the live page's server, and what guests that misbehave can do: raw sockets.
Usage: guests.py PROGRAM FEEDER"""
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

FEEDER = os.path.abspath(sys.argv.pop(2))
PROGRAM = os.path.abspath(sys.argv.pop(1))
KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455, 1.3


def read_all(sock):
    got = b""
    try:
        while piece := sock.recv(65536):
            got += piece
    except (socket.timeout, ConnectionResetError):
        pass
    return got


class Server:
    """A feeder that plays one recording."""

    def __init__(self, recording, copies=1, speed=1):
        self.process = subprocess.Popen([FEEDER, recording, str(copies), str(speed)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        address = self.process.stdout.readline()
        self.port, self.token = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?t=([0-9a-f]{32})\n", address).groups()
        self.host = f"127.0.0.1:{self.port}"
        self.cookie = None

    def ask(self, raw, timeout=5):
        with socket.create_connection(("127.0.0.1", int(self.port)), timeout) as sock:
            sock.sendall(raw)
            return read_all(sock)

    def get(self, path="/", method="GET", host=None, cookie=None):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host or self.host}", "Connection: close"]
        lines += [f"Cookie: {cookie}"] if cookie else []
        return self.ask("\r\n".join([*lines, "", ""]).encode())

    def enter(self):
        answer = self.get(f"/?t={self.token}")
        self.cookie = re.search(rb"\r\nset-cookie: ([^;]+); Path=/; HttpOnly; SameSite=Strict\r\n", answer)[1].decode()
        return answer

    def knock(self, host=None, origin="", cookie="", path="/ws", protocol="myotwitch"):
        """A WebSocket's opening; the socket, open, or None when it is refused. "" = the right one."""
        lines = [f"GET {path} HTTP/1.1", f"Host: {host or self.host}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13"]
        lines += [f"Origin: {origin or 'http://' + self.host}"] if origin is not None else []
        lines += [f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []
        lines += [f"Cookie: {cookie or self.cookie}"] if cookie is not None else []
        sock = socket.create_connection(("127.0.0.1", int(self.port)), 5)
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            try:
                piece = sock.recv(1)
            except ConnectionResetError:
                piece = b""
            if not piece:
                sock.close()
                return None
            head += piece
        if not head.startswith(b"HTTP/1.1 101 "):
            sock.close()
            return None
        return sock

    def memory_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(20)


def frame(payload, opcode=1, final=True):
    """A client's frame, masked with zeros (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        head = struct.pack(">BB", opcode | 128 * final, 128 | size)
    elif size < 65536:
        head = struct.pack(">BBH", opcode | 128 * final, 128 | 126, size)
    else:
        head = struct.pack(">BBQ", opcode | 128 * final, 128 | 127, size)
    return head + b"\0\0\0\0" + payload


class Reader:
    """Messages of the server."""

    def __init__(self, sock):
        self.sock, self.rest = sock, b""

    def take(self, count):
        while len(self.rest) < count:
            piece = self.sock.recv(65536)
            if not piece:
                raise EOFError
            self.rest += piece
        got, self.rest = self.rest[:count], self.rest[count:]
        return got

    def message(self):
        """(opcode, bytes), fragments joined."""
        opcode, whole = 0, b""
        while True:
            first, size = self.take(2)
            opcode = opcode or first & 15
            size = struct.unpack(">H", self.take(2))[0] if size == 126 else struct.unpack(">Q", self.take(8))[0] if size == 127 else size
            whole += self.take(size)
            if first & 128:
                return opcode, whole


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


class Guests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory()
        cls.recording = f"{cls.dir.name}/r.wav"
        subprocess.run([PROGRAM, "synth", "needling", "-d", "120", "-c", "4", "-r", "2000", "--output", cls.recording],
                       check=True, stdout=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def setUp(self):
        self.server = Server(self.recording)

    def tearDown(self):
        self.assertEqual(self.server.end(), 0)

    def test_http_matrix(self):
        """Of hosts, secrets and methods one cell opens the door, and it opens once."""
        s = self.server
        hosts = {s.host: True, f"localhost:{s.port}": True, f"evil.example:{s.port}": False, "127.0.0.1": False}
        for host, known in hosts.items():
            for token in ("", "0" * 32, s.token[:-1], s.token + "0"):
                answer = s.get(f"/?t={token}" if token else "/", host=host)
                self.assertEqual(status(answer), 403 if known else 421, (host, token))
            for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
                answer = s.get(f"/?t={s.token}", method=method, host=host)
                self.assertEqual(status(answer), 405 if known else 421, (host, method))
        self.assertEqual(status(s.get(f"/?t={s.token}", host="evil.example")), 421)
        answer = s.enter()
        self.assertEqual(status(answer), 303)
        self.assertIn(b"\r\nlocation: /\r\n", answer)
        self.assertEqual(status(s.get(f"/?t={s.token}")), 403)
        self.assertEqual(status(s.get("/", cookie=s.cookie)), 200)
        self.assertEqual(status(s.get("/", cookie=s.cookie[:-1] + "x")), 403)

    def test_files(self):
        s = self.server
        s.enter()
        index = s.get("/", cookie=s.cookie)
        for header in (b"content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; ",
                       b"x-content-type-options: nosniff", b"cross-origin-resource-policy: same-origin",
                       b"referrer-policy: no-referrer", b"cache-control: no-store"):
            self.assertIn(b"\r\n" + header, index)
        self.assertNotIn(b"unsafe-inline", index)
        for path, kind in (("/app.js", b"text/javascript"), ("/live.css", b"text/css"), ("/icon.svg", b"image/svg+xml")):
            answer = s.get(path, cookie=s.cookie)
            self.assertEqual(status(answer), 200)
            self.assertIn(b"content-type: " + kind, answer)
            head, body = answer.split(b"\r\n\r\n", 1)
            self.assertEqual(len(body), int(re.search(rb"content-length: (\d+)", head)[1]))
        for path in ("/server.c", "/../server.c", "/page/app.js", "/%2e%2e/etc/passwd", "/ws"):
            self.assertIn(status(s.get(path, cookie=s.cookie)), (403, 404), path)

    def test_websocket_matrix(self):
        s = self.server
        s.enter()
        for wrong in ({"host": f"evil.example:{s.port}"}, {"host": f"localhost:{s.port}"}, {"origin": "http://evil.example"},
                      {"origin": f"https://{s.host}"}, {"origin": None}, {"origin": "null"}, {"cookie": None},
                      {"cookie": s.cookie[:-1] + "x"}, {"path": "/"}, {"protocol": None}, {"protocol": "http"}):
            self.assertIsNone(s.knock(**wrong), wrong)
        with s.knock() as sock:
            self.assertEqual(Reader(sock).message()[1][0], 1)

    def test_http2_is_not_spoken(self):
        s = self.server
        s.enter()
        answer = s.ask((f"GET / HTTP/1.1\r\nHost: {s.host}\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                        f"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nCookie: {s.cookie}\r\n\r\n").encode(), 2)
        self.assertNotIn(b"<!doctype", answer)

    def test_words_out_of_the_protocol_close(self):
        s = self.server
        s.enter()
        for bad in (frame(b"hello"), frame(b"view 1 0 10 -1 0 0 0"), frame(b"do x mark"), frame(b"do 1"),
                    frame(b"view 1 1 10 -1 0 0 0", opcode=2), frame(b"do 1 mark a\0b"), frame(b"do 1 mark " + b"x" * 4000),
                    frame(b"do 1 mark " + b"x" * 1500, final=False) + frame(b"x" * 1500, opcode=0),
                    b"".join(frame(b"do 1 mark x") for _ in range(500))):
            with s.knock() as sock:
                sock.settimeout(5)
                until = time.monotonic() + 10
                try:
                    sock.sendall(bad)
                    reader = Reader(sock)
                    while reader.message()[0] != 8:
                        self.assertLess(time.monotonic(), until, f"stays open after {bad[:60]}")
                except (EOFError, ConnectionError):
                    pass
                except socket.timeout:
                    self.fail(f"stays open after {bad[:60]}")

    def test_commands_are_answered(self):
        s = self.server
        s.enter()
        with s.knock() as sock:
            sock.sendall(frame(b"do 7 mark \xce\xbcV test"))
            reader, seen = Reader(sock), {}
            while not {4, 11} <= set(seen):
                _, message = reader.message()
                seen[message[0]] = message
            self.assertEqual(struct.unpack_from("<I", seen[11], 4)[0], 7)
            self.assertEqual(seen[11][10:], "ok mark µV test".replace("µ", "\u03bc").encode())
            self.assertTrue(seen[4].endswith(b"\xce\xbcV test"))

    def test_too_many(self):
        """Connections beyond the limit are refused; those that say nothing are closed in time."""
        s = self.server
        s.enter()
        idle = [socket.create_connection(("127.0.0.1", int(s.port)), 5) for _ in range(60)]
        time.sleep(8)
        self.assertEqual(status(s.get("/", cookie=s.cookie)), 200)
        for sock in idle:
            self.assertEqual(read_all(sock), b"")
            sock.close()
        pages = [s.knock() for _ in range(6)]
        self.assertNotIn(None, pages)
        self.assertIsNone(s.knock())
        for sock in pages:
            sock.close()

    def test_who_does_not_read_disturbs_nobody(self):
        """Five pages ask for everything and read nothing; a sixth gets each event and every trace column."""
        slowed = bool(os.environ.get("MYO_SANITIZE"))  # the player would not keep up, and memory is not its own
        s = Server(self.recording, copies=1 if slowed else 16)
        s.enter()
        view = frame(b"view 1 1 8000 -1 20 0 " + b",".join(b"%d" % c for c in range(4 if slowed else 64)))
        lazy = [s.knock() for _ in range(5)]
        for sock in lazy:
            sock.sendall(view)
        with s.knock() as sock:
            sock.settimeout(10)
            sock.sendall(frame(b"view 2 20 100 -1 0 0 0"))
            reader, next_column, events, before = Reader(sock), None, 0, None
            until = time.monotonic() + 20
            while time.monotonic() < until:
                _, message = reader.message()
                events += message[0] == 3
                if message[0] == 2:
                    columns, first = struct.unpack_from("<Id", message, 12)
                    self.assertIn(next_column, (None, first), "columns were left out")
                    next_column = first + columns
                    if before is None and first > 500:  # 5 s: all buffers are full
                        before = s.memory_kb()
            self.assertGreater(events, 3)
            self.assertGreater(next_column, 600 if slowed else 1500)
            if not slowed:
                grown = s.memory_kb() - before
                print(f"grown by {grown} kB while five pages read nothing")
                history = 15 * 2000 * 64 * 4 // 1024  # what came in meanwhile and is kept for looking back
                self.assertLess(grown, history + 4096)
        for sock in lazy:
            sock.close()
        self.assertEqual(s.end(), 0)


if __name__ == "__main__":
    unittest.main()
