#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of the fuzz corpus for ultrasound: small files of every kind that is read, good ones
and ones that are wrong in a chosen place.

    seeds_cine.py CORPUS
"""
import os
import struct
import sys
import zlib

import numpy as np

LONG = {"OB", "OW", "SQ", "UN", "UT", "OF", "OD"}
EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
BIG, DEFLATED, RLE = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.5"


def element(group, number, vr, value, syntax=EXPLICIT, undefined=False):
    """One data element as bytes."""
    order = ">" if syntax == BIG else "<"
    if isinstance(value, str):
        value = value.encode() + (b" " if len(value) % 2 else b"")
    elif isinstance(value, (int, float)):
        value = struct.pack(order + {"US": "H", "UL": "I", "FD": "d"}[vr], value)
    elif isinstance(value, tuple):
        value = b"".join(struct.pack(order + "H", v) for v in value)
    length = 0xFFFFFFFF if undefined else len(value)
    head = struct.pack(order + "HH", group, number)
    if syntax == IMPLICIT:
        return head + struct.pack("<I", length) + value
    if vr in LONG:
        return head + vr.encode() + b"\0\0" + struct.pack(order + "I", length) + value
    return head + vr.encode() + struct.pack(order + "H", length) + value


def item(value, syntax=EXPLICIT):
    order = ">" if syntax == BIG else "<"
    return struct.pack(order + "HHI", 0xFFFE, 0xE000, len(value)) + value


def region(syntax=EXPLICIT, x1=15, kind=1):
    rows = [(0x6012, "US", kind), (0x6014, "US", 1), (0x6018, "UL", 0), (0x601A, "UL", 0),
            (0x601C, "UL", x1), (0x601E, "UL", 7), (0x6024, "US", 3), (0x6026, "US", 3),
            (0x602C, "FD", 0.01), (0x602E, "FD", 0.02)]
    return item(b"".join(element(0x18, n, vr, v, syntax) for n, vr, v in rows), syntax)


def dicom(pixels, syntax=EXPLICIT, frames=2, photometric="MONOCHROME2", samples=1, bits=8, extra=(),
          planar=0, undefined=False, regions=1, vr="OW", rows=8, columns=16):
    """A file of 16 x 8 pixels."""
    meta = element(2, 0x10, "UI", syntax.ljust(len(syntax) + len(syntax) % 2, "\0"))
    data_syntax = EXPLICIT if syntax not in (IMPLICIT, BIG) else syntax
    def e(*a, **k):
        return element(*a, syntax=data_syntax, **k)
    parts = {0x00186011: e(0x18, 0x6011, "SQ", region(data_syntax) * regions),
             0x00280002: e(0x28, 2, "US", samples), 0x00280004: e(0x28, 4, "CS", photometric),
             0x00280006: e(0x28, 6, "US", planar), 0x00280008: e(0x28, 8, "IS", str(frames)),
             0x00280010: e(0x28, 0x10, "US", rows), 0x00280011: e(0x28, 0x11, "US", columns),
             0x00280100: e(0x28, 0x100, "US", bits), 0x00280101: e(0x28, 0x101, "US", bits),
             0x00280102: e(0x28, 0x102, "US", bits - 1), 0x00280103: e(0x28, 0x103, "US", 0)}
    for group, number, kind, value in extra:
        parts[group << 16 | number] = e(group, number, kind, value)
    body = b"".join(parts[key] for key in sorted(parts))
    body += e(0x7FE0, 0x10, vr, pixels, undefined=undefined)
    if syntax == DEFLATED:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = deflate.compress(body) + deflate.flush()
    return (bytes(128) + b"DICM" + element(2, 0, "UL", len(meta)) + meta + body)


def fragments(pictures, table=True):
    offsets, at = b"", 0
    for picture in pictures:
        offsets += struct.pack("<I", at)
        at += 8 + len(picture)
    return (item(offsets if table else b"") + b"".join(item(p) for p in pictures) +
            struct.pack("<HHI", 0xFFFE, 0xE0DD, 0))


def runs(planes):
    """RLE, every plane as copies of up to 128 bytes, and one run."""
    bodies = []
    for plane in planes:
        body = b"".join(bytes([len(plane[i:i + 128]) - 1]) + plane[i:i + 128]
                        for i in range(0, len(plane) - 16, 128) if plane[i:i + 128])
        done = sum(len(plane[i:i + 128]) for i in range(0, len(plane) - 16, 128))
        if done < len(plane):
            body += bytes([257 - (len(plane) - done)]) + plane[-1:]
        bodies.append(body + b"\x80" * (len(body) % 2))
    offsets, at = [], 64
    for body in bodies:
        offsets.append(at)
        at += len(body)
    return struct.pack("<16I", len(bodies), *(offsets + [0] * (15 - len(offsets)))) + b"".join(bodies)


def dicoms():
    gray = bytes(range(128)) * 2
    wide = np.arange(256, dtype="<u2").tobytes()
    time = [(0x28, 9, "AT", (0x18, 0x1063)), (0x18, 0x1063, "DS", "16.667")]
    vector = [(0x28, 9, "AT", (0x18, 0x1065)), (0x18, 0x1065, "DS", "0\\40.5")]
    yield "explicit", dicom(gray, extra=time)
    yield "implicit", dicom(gray, IMPLICIT, extra=time)
    yield "big", dicom(gray, BIG, extra=vector)
    yield "wide-big", dicom(np.arange(256, dtype=">u2").tobytes(), BIG, bits=16, extra=vector)
    yield "wide", dicom(wide, bits=16, extra=vector)
    yield "deflated", dicom(gray, DEFLATED, extra=time)
    yield "untimed", dicom(gray, regions=3)
    yield "rgb", dicom(gray * 3, samples=3, photometric="RGB", extra=time)
    yield "planar", dicom(gray * 3, samples=3, photometric="RGB", planar=1, extra=time)
    yield "ybr422", dicom(gray * 2, samples=3, photometric="YBR_FULL_422", extra=time)
    yield "white", dicom(gray, photometric="MONOCHROME1", extra=time)
    table = np.arange(256, dtype="<u2").tobytes()
    palette = [(0x28, 0x1101 + c, "US", (256, 0, 16)) for c in range(3)]
    yield "palette", dicom(gray, photometric="PALETTE COLOR", extra=time + palette +
                           [(0x28, 0x1201 + c, "OW", table) for c in range(3)])
    segments = struct.pack("<7H", 0, 1, 0, 1, 127, 40000, 2) + struct.pack("<8H", 1, 6, 0, 1, 128, 0, 0, 0)
    segments = struct.pack("<3H", 0, 1, 0) + struct.pack("<3H", 1, 127, 40000) + struct.pack(
        "<3H", 1, 128, 10)
    yield "segments", dicom(gray, photometric="PALETTE COLOR", extra=time + palette +
                            [(0x28, 0x1221 + c, "OW", segments) for c in range(3)])
    repeat = struct.pack("<6H", 0, 1, 5, 1, 85, 900) + struct.pack("<4H", 2, 1, 6, 0) * 2
    yield "repeats", dicom(gray, photometric="PALETTE COLOR", extra=time + palette +
                           [(0x28, 0x1221 + c, "OW", repeat) for c in range(3)])
    yield "rle", dicom(fragments([runs([gray[:128]])] * 2), RLE, undefined=True, vr="OB", extra=time)
    yield "rle-split", dicom(fragments([runs([gray[:128]])[:80], runs([gray[:128]])[80:]], False), RLE,
                             frames=1, undefined=True, vr="OB")
    yield "rle-wide", dicom(fragments([runs([gray[:128]] * 2)] * 2), RLE, undefined=True, vr="OB", bits=16,
                            extra=time)
    yield "cut", dicom(gray, extra=time)[:-70]
    yield "lying", dicom(gray, frames=100000, extra=time)
    nested = b""
    for _ in range(20):
        nested = element(0x9, 1, "SQ", item(nested))
    yield "nested", dicom(gray, extra=[(0x9, 1, "UN", nested)])


def corpus_write(folder, name, files):
    os.makedirs(os.path.join(folder, name), exist_ok=True)
    for file, data in files:
        with open(os.path.join(folder, name, file), "wb") as out:
            out.write(data)


def main():
    for name, files in (("dicom", dicoms()),):
        corpus_write(sys.argv[1], name, files)


main()
