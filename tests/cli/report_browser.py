#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of `myotwitch report` in a real browser: light, dark, narrow, on paper.
Usage: report_browser.py PROGRAM. Status 77, with a message, where there is no chromium."""
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

PROGRAM = os.path.abspath(sys.argv.pop(1))
DEMO = pathlib.Path(__file__).resolve().parents[2] / "datasets" / "demo"
BROWSER = shutil.which("chromium")
DARK = ("--force-dark-mode", "--blink-settings=preferredColorScheme=0")


def rows_of_png(data):
    """Rows of (r, g, b) of an 8 bit PNG without interlace (PNG, second edition, 9.2: filters)."""
    at, body, size, step = 8, b"", None, 3
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IHDR":
            wide, high, depth, colour = struct.unpack_from(">IIBB", data, at + 8)
            size, step = (wide, high), {2: 3, 6: 4}[colour]
            assert depth == 8
        elif kind == b"IDAT":
            body += data[at + 8:at + 8 + length]
        at += length + 12
    raw, width = zlib.decompress(body), size[0] * step
    above = bytearray(width)
    for y in range(size[1]):
        line = bytearray(raw[y * (width + 1) + 1:(y + 1) * (width + 1)])
        how = raw[y * (width + 1)]
        for i in range(width if how else 0):
            left = line[i - step] if i >= step else 0
            up, corner = above[i], above[i - step] if i >= step else 0
            guess = left + up - corner
            near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
            line[i] = (line[i] + (0, left, up, (left + up) // 2, near[2])[how]) & 255
        above = line
        yield [tuple(line[x:x + 3]) for x in range(0, width, step)]


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.dir.name)

        def run(*args):
            subprocess.run([PROGRAM, *map(str, args)], check=True, cwd=cls.path, stdout=subprocess.DEVNULL)

        run("analyze", "-q", "-e", "r.jsonl", DEMO / "needling.wav")
        run("session", "new", "s.json", "id: S1, patient: P07, setting: clinical, date: 2026-11-20")
        for part, fields in (("point", "id: p1, muscle: trapezius_upper, side: left, referred: [temple, neck_lat]"),
                             ("step", "id: b, kind: baseline, start: 0, end: 2, pain: 6"),
                             ("step", "id: n, kind: needle, start: 2, end: 45, point: p1, pain_quality: dull"),
                             ("insertion", "id: i1, at: 2.5"), ("insertion", "id: i2, at: 44")):
            run("session", "add", "s.json", part, fields, "--by", "AB")
        run("report", "s.json", "-e", "r.jsonl", "-r", DEMO / "needling.wav", "-o", "page.html")

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def browse(self, *options, page="page.html"):
        with tempfile.TemporaryDirectory() as profile:
            done = subprocess.run(
                [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--hide-scrollbars", f"--user-data-dir={profile}", *options,
                 f"file://{self.path}/{page}"], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def picture(self, width, height, *options):
        self.browse(f"--window-size={width},{height}", f"--screenshot={self.path}/shot.png", *options)
        return list(rows_of_png((self.path / "shot.png").read_bytes()))

    def test_two_sides_of_paper(self):
        self.browse("--no-pdf-header-footer", f"--print-to-pdf={self.path}/page.pdf")
        pdf = (self.path / "page.pdf").read_bytes()
        self.assertEqual(len(re.findall(rb"/Type\s*/Page\b", pdf)), 2)
        box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
        self.assertAlmostEqual(float(box.group(1)), 595, delta=1)
        self.assertAlmostEqual(float(box.group(2)), 842, delta=1)

    def test_light_and_dark(self):
        # The sheet's middle, beside the text: what --paper says.
        for options, paper in (((), (0xff, 0xff, 0xff)), (DARK, (0x17, 0x1d, 0x23))):
            rows = self.picture(1280, 400, *options)
            self.assertEqual(rows[200][120], paper)

    def test_everything_is_drawn(self):
        """The colours of trace and twitches are there, so the style sheet reached the pictures."""
        seen = {pixel for row in self.picture(1280, 2200) for pixel in row}
        for colour in ((0xb8, 0x4a, 0x00), (0x5b, 0x7c, 0x9d), (0x00, 0x68, 0xa8)):
            self.assertIn(colour, seen)

    def test_the_trace_to_look_into_is_drawn(self):
        """The script ran under the page's policy: its part is shown and has its canvases."""
        page = self.browse("--virtual-time-budget=4000", "--dump-dom")
        part = re.search(r'<section class="zoom"(.*?)<script', page, re.DOTALL).group(1)
        self.assertNotIn("hidden", part.split(">")[0])
        self.assertGreaterEqual(part.count("<canvas"), 3)

    def test_the_table_of_points_is_cut_off_on_no_tablet(self):
        page = (self.path / "page.html").read_text(encoding="utf-8")
        page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
        (self.path / "probe.html").write_text(page.replace("</body>", """<script>addEventListener("load", () => {
            const table = document.querySelector(".points .wide");
            document.title = `points ${table.scrollWidth - table.clientWidth} hidden`;
        });</script></body>"""), encoding="utf-8")
        for width in (1045, 820, 500):
            shown = self.browse(f"--window-size={width},900", "--virtual-time-budget=2000", "--dump-dom", page="probe.html")
            self.assertIn("<title>points 0 hidden</title>", shown, width)

    def test_nothing_sticks_out_of_a_narrow_window(self):
        """At 500 pixels, the narrowest that a window may be: the margins stay empty."""
        for row in self.picture(500, 3600):
            self.assertEqual(set(row[-12:]), {row[-1]})


if __name__ == "__main__":
    if BROWSER is None:
        print("skipped: no chromium on this machine")
        sys.exit(77)
    unittest.main()
