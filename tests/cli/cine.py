#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`myotwitch info` on ultrasound recordings, from outside.

usage: cine.py PROGRAM
"""
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
CORPUS = pathlib.Path(__file__).resolve().parent.parent / "fuzz/corpus"


def info(*arguments):
    done = subprocess.run([PROGRAM, "info", *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def expect(path, *lines, options=()):
    status, out, err = info(*options, path)
    assert status == 0, (path, status, err)
    for line in lines:
        assert line in out, (path, line, out)
    return out


def refused(path, reason):
    status, out, err = info(path)
    assert status == 3 and out == "" and reason in err and str(path) in err, (path, status, out, err)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        movie = folder / "a.y4m"
        movie.write_bytes(b"YUV4MPEG2 W16 H8 F20:1 Cmono\n" + 3 * (b"FRAME\n" + bytes(128)))
        expect(movie, "format       Y4M, rawvideo", "size         16 x 8, 8 bit",
               "times        one interval, declared by the file", "scale        not known")
        movie.write_bytes(movie.read_bytes()[:40])
        refused(movie, "frame 0: is cut off")
        pictures = folder / "pictures"
        pictures.mkdir()
        refused(pictures, "no picture in this directory")
        (pictures / "f1.pgm").write_bytes(b"P5 16 8 255\n" + bytes(128))
        expect(pictures, "directory of PGM", "times        not known")
    expect(CORPUS / "dicom/explicit", "DICOM, raw, MONOCHROME2", "length       2 frames", "0.1 x 0.2 mm a pixel",
           "region 1     tissue, 16x8 at 0,0")
    hidden = expect(CORPUS / "dicom/untimed", "note         withheld", options=["--deidentify"])
    assert "untimed" not in hidden, hidden
    expect(CORPUS / "matlab/rf", "carrier      5 MHz")
    expect(CORPUS / "uff/uff-earliest", "UFF, linear scan", "scan lines, IQ")
    refused(CORPUS / "../broken/uff/broken-link", "its reader broke on it")
    refused(CORPUS / "dicom/lying", "256 bytes of pixels; 100000 frames need 12800000")
    refused("igtl://127.0.0.1:1", "cannot be connected to")
    refused("v4l2:/dev/null", "cannot be opened")
    expect("lavfi:testsrc2=size=320x240", "format       lavfi, rawvideo", "size         320 x 240, 8 bit",
           "times        each frame has its own", "length       not known before it is read")
    print("ok")


main()
