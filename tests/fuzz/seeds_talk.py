#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of the fuzz corpus for what is sent or lies beside a recording: a scanner bridge, a table
of times, commands, key=value files; and small videos, through the program ffmpeg.

    seeds_talk.py CORPUS
"""
import os
import struct
import subprocess
import sys
import tempfile
import zlib

from seeds import NEXT


def message(kind, body, version=1, time_s=1.0):
    head = struct.pack(">H12s20sIIQQ", version, kind, b"Scanner", int(time_s), int(time_s % 1 * 2**32), len(body), 0)
    return head + body


def image(scalar=3, size=1, components=1, order=2, width=6, height=4, part=None, depth=1, fill=7):
    part = part or (width, height, depth)
    return (struct.pack(">HBBBBHHH", 1, components, scalar, order, 1, width, height, depth) +
            struct.pack(">12f", 0.06, 0.08, 0, 0, 0.2, 0, 0, 0, 1, 0, 0, 0) + struct.pack(">6H", 0, 0, 0, *part) +
            bytes((fill + i) % 256 for i in range(width * height * components * size)))


def bridges():
    good = message(b"IMAGE", image())
    extended = struct.pack(">HHII", 12, 0, 0, 5)
    yield "gray", b"\0" + good + message(b"IMAGE", image(fill=9), time_s=1.1)
    yield "others", b"\0" + message(b"STATUS", b"x" * 30) + message(b"TRANSFORM", b"") + good
    yield "colour", b"\0" + message(b"IMAGE", image(components=3)) * 2
    for name, scalar, size in (("int8", 2, 1), ("int16", 4, 2), ("uint16", 5, 2), ("int32", 6, 4), ("uint32", 7, 4),
                               ("float", 10, 4), ("double", 11, 8)):
        yield name, b"\0" + message(b"IMAGE", image(scalar, size, order=1 + size % 2)) * 2
    yield "version2", b"\0" + message(b"IMAGE", extended + image() + bytes(5), 2) * 2
    yield "skips-all", b"\0" + message(b"IMAGE", b"\xff\xff" + image(), 2)
    yield "late", b"\0" + good + message(b"IMAGE", image(), time_s=0.5) * 20
    yield "changes", b"\0" + good + message(b"IMAGE", image(width=8), time_s=2.0)
    yield "checksum", b"\7" + good
    yield "half", b"\0" + good + good[:70]
    yield "head-cut", b"\0" + good[:30]
    yield "no-body", b"\0" + good[:58]
    yield "nothing", b"\0"
    yield "volume", b"\0" + message(b"IMAGE", image(depth=2))
    yield "part", b"\0" + message(b"IMAGE", image(part=(2, 2, 1)))
    yield "short", b"\0" + message(b"IMAGE", image()[:80])
    yield "tiny", b"\0" + message(b"IMAGE", b"abc")
    yield "flat", b"\0" + message(b"IMAGE", image(width=0))
    yield "huge", b"\0" + message(b"IMAGE", b"")[:42] + b"\xff" * 16
    yield "garbage", b"\0GET / HTTP/1.1\r\nHost: x\r\n" + bytes(60)


def tables():
    yield "plain", b"video_frame,time_s\n0,0.25\n1,0.29\n2,0.40\n"
    yield "frame", b"x,frame,time_s\r\n\"a\",0,1e-3\r\nb,1,2e-3\r\n\r\n"
    yield "alone", b"time_s\n1\n2\n2\n"
    yield "back", b"time_s\n1\n0.5\n"
    yield "numbers", b"frame,time_s\n0,1\n2,3\n"
    yield "word", b"frame,time_s\nx,1\n"
    yield "none", b"frame,time_s\n0,\n"
    yield "head", b"time_s\n"
    yield "no-column", b"a,b\n1,2\n"
    yield "many", b"time_s\n" + b"1\n" * 1100
    yield "large", b"time_s\n1e309\n"
    yield "empty", b""


def talks():
    words = [b"mark needle in", b"note a b c", b"phase hold", b"insertion", b"insertion next", b"insertion x", b"undo",
             b"redo", b"redo", b"undo", b"undo", b"undo", b"undo", b"undo", b"undo", b"undo", b"baseline", b"hold",
             b"after", b"end", b"mute", b"unmute", b"gain -3.5", b"gain 1e9", b"gain", b"channel 3", b"channel 4",
             b"channel x", b"record", b"status", b"latency", b"stop", b"stop yes", b"mark", b"end now", b"", b"nonsense"]
    yield "all", b"\xfe" + b"\n".join(words) + b"\n"
    yield "record", b"\xff" + b"status\r\nrecord\nevents\nevents\n"
    yield "pieces", b"\2status\nmark x\n"
    yield "long", b"\xfestatus\n" + b"mark " + b"x" * 600 + b"\n"
    yield "browser", b"\xfeGET / HTTP/1.1\nstop yes\n"
    yield "view", b"\xfe7 8 1200 -1 20 1 0,1"
    yield "view-all", b"\xfe4294967295 16777216 8192 9007199254740991 1000 3 0,1,2,3"
    yield "view-bad", b"\xfe1 0 1200 -1 20 1 0,9"
    yield "view-twice", b"\xfe1 1 1200 -2 2000 1 0,,1"
    yield "blanks", b"\xfe  \t mark   spaced out  \t\n\t\n"
    yield "marks", b"\xfe" + b"".join(b"mark %d\n" % i for i in range(400)) + b"undo\n" * 300 + b"redo\n" * 50


def keys():
    yield "calibration", (b"# a calibration\nkind=sine\nfull_scale_uv=1234.5\nknown_uv=100\nhz=10\nrate_hz=2000\n"
                          b"doubt=0.01\ndevice=USB: Codec\n")
    yield "step", b"kind=step\r\nfull_scale_uv=1e-3\n\n"
    yield "neither", b"kind=square\nfull_scale_uv=1\n"
    yield "no-scale", b"kind=sine\n"
    yield "config", (b"rate_hz=1\nchannels=9\nfalse_alarms_per_hour=1\nmeasure_low_hz=20\nmeasure_high_hz=450\n"
                     b"detect_low_hz=60\ndetect_high_hz=300\nltr_max_ms=400\nmerge_gap_ms=40\nrefractory_ms=100\n"
                     b"floor_window_s=8\narm_s=2\nhum_cancel=1\nblank_edges=0\nneedle_channels=0 2\n# end\n")
    yield "switch", b"hum_cancel=2\n"
    yield "switch-word", b"blank_edges=yes\n"
    yield "needles", b"needle_channels=0 7\n"
    yield "needles-word", b"needle_channels=x\n"
    yield "unknown", b"colour=blue\n"
    yield "no-value", b"arm_s\n"
    yield "not-a-number", b"arm_s=1e\n"
    yield "nan", b"full_scale_uv=nan\narm_s=nan\n"
    yield "long", b"device=" + b"x" * 4000 + b"\n"


def png(depth=8, colour=0, pixels=bytes(16)):
    rows = b"".join(b"\0" + pixels[i:i + 4] for i in range(0, 16, 4))
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, depth, colour, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def coded(name, *options, size="32x16", frames=3):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        done = subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc=s={size}:r=25", "-frames:v",
                               str(frames), *options, path], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"ffmpeg, {name}: {done.stderr}")
        with open(path, "rb") as file:
            return file.read()


def videos():
    yield "ffv1", coded("a.mkv", "-c:v", "ffv1", "-pix_fmt", "gray")
    yield "ffv1-cut", coded("a.mkv", "-c:v", "ffv1", "-pix_fmt", "gray")[:-150]
    yield "rgb", coded("a.mkv", "-c:v", "ffv1", "-pix_fmt", "bgr0")
    yield "wide", coded("a.mkv", "-c:v", "ffv1", "-pix_fmt", "gray16le", frames=1)
    yield "yuv10", coded("a.mkv", "-c:v", "ffv1", "-pix_fmt", "yuv420p10le", frames=1)
    yield "rgb16", coded("a.mkv", "-c:v", "ffv1", "-pix_fmt", "gbrp16le", frames=1)
    yield "nut", coded("a.nut", "-c:v", "ffv1", "-pix_fmt", "gray")
    yield "avi", coded("a.avi", "-c:v", "mjpeg")
    yield "avi-palette", coded("a.avi", "-c:v", "rawvideo", "-pix_fmt", "pal8", frames=1)
    yield "mp4", coded("a.mp4", "-c:v", "mpeg4")
    yield "mov", coded("a.mov", "-c:v", "rawvideo", "-pix_fmt", "yuyv422", frames=1)
    yield "h264", coded("a.mp4", "-c:v", "libx264")
    yield "y4m", coded("a.y4m", "-pix_fmt", "yuv420p", size="16x8")
    yield "y4m-cut", coded("a.y4m", "-pix_fmt", "yuv420p", size="16x8")[:-70]
    yield "gif", coded("a.gif")
    yield "bmp", coded("a.bmp", frames=1, size="16x8")
    yield "tiff", coded("a.tiff", frames=1, size="16x8")
    yield "jpeg", coded("a.jpg", frames=1)
    yield "png", png()
    yield "png-bits", png(1)
    yield "png-palette-none", png(8, 3)
    yield "pgm", b"P5 4 4 255\n" + bytes(range(16))
    yield "pgm-wide", b"P5 4 4 65535\n" + bytes(range(32))
    yield "pgm-short", b"P5 4 4 255\n" + bytes(range(9))
    yield "matroska-cut", b"\x1A\x45\xDF\xA3" + bytes(40)
    yield "other-codec", coded("a.mkv", "-c:v", "huffyuv")


def damages():
    """Groups of five bytes: which byte of the recording, what it becomes, whether the file ends there."""
    def group(which, value, ends=0):
        return struct.pack("<I", which)[:3] + bytes((value, ends))

    yield "none", b""
    for value in (0, 1, 0x7F, 0xFF):
        yield f"spread-{value}", b"".join(group(at, value) for at in range(500, 60000, 7001))
    for at in range(0, 12000, 1500):
        yield f"one-{at}", group(at, 0x80)
    for at in (10, 3000, 5000, 8000):
        yield f"cut-{at}", group(at, 0, 1)
    for at in range(0, 20):
        yield f"head-{at}", group(at, 2)


def stretches():
    yield "all", b"0-10\n20-80.5\n100-120\n0 baseline\n20000 baseline end\n40000 compress\n160000 end\n200000 recheck\n"
    yield "none", b"\n\n\n"
    yield "marks", b"\n\n\n0 baseline start\n9 hold\n99 after\n999 end\n1000 baseline\n2000 compression\n3000 after end\n"
    yield "wrong", b"10-5\n"
    yield "lone", b"7\n"
    yield "long", b"1" * 40 + b"-2\n"
    yield "baseline-alone", b"0-5\n\n\n5 hold\n5 hold end\n6 baseline\n6 baseline end\n9 after\n99 end\n"
    yield "redone", b"\n\n\n5 hold\n5 hold\n5 undone: hold\n7 end\n"
    yield "order", b"0-10\n5-8\n"
    yield "end", b"0-400\n"
    yield "names", b"\n\n\n5 baseline\n5 undone: baseline\n5 baseline\n70 insertion\n90 rest\n"
    yield "many", b"\n\n\n" + b"".join(b"%d %s\n" % (k, (b"baseline", b"hold", b"after")[k % 3]) for k in range(190))


def tables_of_a_batch():
    head = b"recording\tstatus\tsubject\tduration_s\tltr\n"
    rows = b"sub-01/emg/a.wav\tdone\tn/a\t12.5\t3\nsub-01/emg/b.wav\tdamaged\tP1\t1e999\t-4\nb/c.edf\tdone\tn/a\tx\t9999999999\n"
    failed = b"recording\tstatus\treason\nx/y.edf\tfailed\tno header\nx/z.edf\tdamaged\tcut\n"
    yield "both", head + rows + NEXT + failed
    yield "stamped", head + NEXT + failed + NEXT + b"key\n1 2 3\ndone\nall is well\n"
    yield "stamp-cut", head + NEXT + failed + NEXT + b"key\n1 2 3\ndamaged"
    yield "columns", b"ltr\tduration_s\n3\t2\n" + NEXT + b"x\n\tfailed\t\n"
    yield "empty", b""
    yield "one", head + rows
    yield "no-end", (head + rows)[:-1] + NEXT + failed[:-1]
    yield "alone", head + b"a.wav\tdone\t\t1\t1\n" + NEXT + failed


def main():
    for name, seeds in (("recover", damages()), ("segments", stretches()), ("batch", tables_of_a_batch()),
                        ("bridge", bridges()), ("times", tables()), ("talk", talks()), ("keys", keys()),
                        ("video", videos())):
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        for seed, data in seeds:
            with open(os.path.join(folder, seed), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main()
