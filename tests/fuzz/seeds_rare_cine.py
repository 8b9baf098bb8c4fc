#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes more seeds of the fuzz corpus for ultrasound: what ordinary recordings do not have, and what each reader
refuses by name. The last part of an input holds options (fuzz.h). Pictures are coded by the program ffmpeg.

    seeds_rare_cine.py CORPUS
"""
import os
import struct
import sys
import zlib

import h5py
import numpy as np

from seeds_cine import (BIG, DEFLATED, EXPLICIT, IMPLICIT, NEXT, RLE, clarius, dicom, element, fragments, hdf5, item, mat_array,
                        mat_file, mat_struct, meta, npy, npz, plain5, region, runs, uff)
from seeds_talk import coded

JPEG, JPEG_LS, JPEG_2000 = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"
GRAY = bytes(range(128)) * 2
TIME = [(0x28, 9, "AT", (0x18, 0x1063)), (0x18, 0x1063, "DS", "16.667")]
VECTOR = [(0x28, 9, "AT", (0x18, 0x1065))]


def packed(pictures, syntax, table=True, **more):
    return dicom(fragments(pictures, table), syntax, undefined=True, vr="OB", **more)


def dicom_pictures():
    jpeg = coded("a.jpg", "-pix_fmt", "gray", size="16x8", frames=1)
    lossless = coded("a.jls", "-pix_fmt", "gray", size="16x8", frames=1)
    wavelet = coded("a.jp2", "-c:v", "jpeg2000", "-format", "j2k", "-pix_fmt", "gray", size="16x8", frames=1)
    colour = coded("a.jls", "-pix_fmt", "rgb24", size="16x8", frames=1)
    yield "jpeg", packed([jpeg] * 2, JPEG, extra=TIME)
    yield "jpeg-ls", packed([lossless] * 2, JPEG_LS, extra=TIME)
    yield "jpeg-2000", packed([wavelet] * 2, JPEG_2000, extra=TIME)
    yield "jpeg-rgb", packed([colour] * 2, JPEG_LS, samples=3, photometric="RGB", extra=TIME)
    yield "jpeg-luma", packed([coded("a.jpg", size="16x8", frames=1)] * 2, JPEG, samples=3, photometric="RGB", extra=TIME)
    yield "jpeg-size", packed([jpeg] * 2, JPEG, rows=9, extra=TIME)
    yield "jpeg-cut", packed([jpeg, jpeg[:-20]], JPEG, extra=TIME)
    yield "jpeg-damaged", packed([jpeg[:60] + b"\xff\xd9", jpeg], JPEG, extra=TIME)
    half = len(jpeg) // 2
    yield "jpeg-split", packed([jpeg[:half], jpeg[half:], jpeg], JPEG, False, extra=TIME)
    table = struct.pack("<2I", 0, half + len(jpeg) - half + 16)
    pieces = item(table) + b"".join(item(p) for p in (jpeg[:half], jpeg[half:], jpeg)) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    yield "jpeg-table", dicom(pieces, JPEG, undefined=True, vr="OB", extra=TIME)
    yield "jpeg-table-lies", dicom(pieces.replace(table, struct.pack("<2I", 0, 7)), JPEG, undefined=True, vr="OB", extra=TIME)
    yield "fragments-many", packed([b"xx"] * 5, JPEG, False, extra=TIME)
    yield "fragments-extra", packed([jpeg] * 3, JPEG, False, extra=TIME)
    yield "fragments-none", dicom(item(b"") + b"junkjunk", JPEG, undefined=True, vr="OB", extra=TIME)
    yield "fragments-cut", packed([jpeg] * 2, JPEG, extra=TIME)[:-len(jpeg) // 2]
    yield "fragments-end", packed([jpeg] * 2, JPEG, extra=TIME)[:-8]
    yield "jpeg-wide", packed([jpeg] * 2, JPEG, bits=16, extra=TIME)


def dicoms():
    yield from dicom_pictures()
    def changed(values, **more):
        return dicom(GRAY, extra=TIME + values, **more)
    for name, values in (("stored", [(0x28, 0x101, "US", 9)]), ("allocated", [(0x28, 0x100, "US", 12)]),
                         ("high", [(0x28, 0x102, "US", 3)]), ("signed", [(0x28, 0x103, "US", 1)]),
                         ("cine-rate", [(0x18, 0x40, "IS", "30"), (8, 0x2144, "IS", "25")]),
                         ("frames", [(0x28, 8, "IS", "-3")]), ("frames-word", [(0x28, 8, "IS", "x")])):
        yield name, changed(values)
    yield "rate-only", dicom(GRAY, extra=[(0x18, 0x40, "IS", "30")])
    yield "time-only", dicom(GRAY, extra=TIME[1:])
    yield "vector-only", dicom(GRAY, extra=[(0x18, 0x1065, "DS", "0\\40")])
    for name, text in (("short", "0"), ("long", "0\\1\\2\\3"), ("word", "0\\x"), ("huge", "0\\1e300"), ("negative", "0\\-5"),
                       ("empty", "")):
        yield "vector-" + name, dicom(GRAY, extra=VECTOR + [(0x18, 0x1065, "DS", text)])
    yield "ybr-odd", dicom(GRAY * 2, samples=3, photometric="YBR_FULL_422", columns=15, extra=TIME)
    yield "ybr-planar", dicom(GRAY * 2, samples=3, photometric="YBR_FULL_422", planar=1, extra=TIME)
    yield "ybr", dicom(GRAY * 3, samples=3, photometric="YBR_FULL", extra=TIME)
    yield "unknown-colour", dicom(GRAY, photometric="CMYK", extra=TIME)
    yield "no-colour", dicom(GRAY, photometric="", extra=TIME)
    yield "two-samples", dicom(GRAY, samples=2, extra=TIME)
    yield "rgb-wide", dicom(GRAY * 6, samples=3, photometric="RGB", bits=16, extra=TIME)
    yield "big-odd", dicom(GRAY[:255], BIG, bits=16, extra=TIME)
    yield "trailing", dicom(GRAY + bytes(10), extra=TIME)
    yield "raw-fragments", dicom(fragments([GRAY]), EXPLICIT, undefined=True, vr="OB", extra=TIME)
    yield "packed-whole", dicom(GRAY, JPEG, extra=TIME)
    yield "syntax", dicom(GRAY, "1.2.840.10008.1.2.4.102", extra=TIME)
    yield "syntax-unknown", dicom(GRAY, "1.2.3", extra=TIME)
    yield "wide-side", dicom(GRAY, rows=65535, columns=65535, extra=TIME)
    yield "rle-wrong", packed([runs([GRAY[:128]])[:70], b"\3\0\0\0" + bytes(60)], RLE, extra=TIME)
    yield "rle-noop", packed([struct.pack("<16I", 1, 64, *[0] * 14) + b"\x80\x7f" + GRAY[:128]] * 2, RLE, extra=TIME)
    yield "rle-run", packed([struct.pack("<16I", 1, 64, *[0] * 14) + b"\x81\x40"] * 2, RLE, extra=TIME)
    yield "rle-planes", packed([struct.pack("<16I", 99, *range(15))] * 2, RLE, extra=TIME)
    yield "rle-order", packed([struct.pack("<16I", 2, 900, 64, *[0] * 13) + b"\xf0\1"] * 2, RLE, bits=16, extra=TIME)
    for name, syntax in (("time", EXPLICIT), ("deflated", DEFLATED)):
        yield "crop-" + name, dicom(GRAY, syntax, extra=TIME) + NEXT + b"P"
    yield "region", dicom(GRAY, extra=TIME) + NEXT + b"D"
    yield "region-none", dicom(GRAY, regions=0, extra=TIME) + NEXT + b"D"
    yield "interval", dicom(GRAY) + NEXT + b"B"
    yield "pipe", dicom(GRAY, extra=TIME) + NEXT + b"A"
    yield "deflated-cut", dicom(GRAY, DEFLATED, extra=TIME)[:-20]
    yield "deflated-wrong", dicom(GRAY, DEFLATED, extra=TIME)[:180] + bytes(60)

    ends = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    unmeasured = element(0x18, 0x6011, "SQ", region() + region() + ends, undefined=True)
    yield "region-unmeasured", dicom(GRAY, regions=0, extra=TIME).replace(element(0x18, 0x6011, "SQ", b""), unmeasured)

    def with_regions(*regions):
        return dicom(GRAY, extra=TIME + [(0x18, 0x6011, "SQ", b"".join(regions))])
    yield "regions-kinds", with_regions(*[region(kind=k) for k in (0, 1, 2, 3, 4, 5, 9)])
    yield "regions-outside", with_regions(region(x1=200), region())
    yield "regions-scales", with_regions(region(), item(b"".join(element(0x18, n, vr, v) for n, vr, v in (
        (0x6012, "US", 1), (0x6014, "US", 1), (0x6018, "UL", 0), (0x601A, "UL", 0), (0x601C, "UL", 15), (0x601E, "UL", 7),
        (0x6024, "US", 3), (0x6026, "US", 3), (0x602C, "FD", 0.05), (0x602E, "FD", -0.02), (0x6050, "US", 1)))))
    yield "regions-many", with_regions(*[region()] * 40)
    yield "regions-upside", with_regions(region(x1=0), item(element(0x18, 0x6018, "UL", 9) + element(0x18, 0x601C, "UL", 3)))

    table = np.arange(256, dtype="<u2").tobytes()
    def palette(data, sizes=(256, 0, 16), number=0x1201, more=()):
        rows = [(0x28, 0x1101 + c, "US", sizes) for c in range(3)] + [(0x28, number + c, "OW", data) for c in range(3)]
        return dicom(GRAY, photometric="PALETTE COLOR", extra=TIME + rows + list(more))
    yield "palette-short", palette(table[:100])
    yield "palette-bytes", palette(bytes(range(256)), (256, 0, 8))
    yield "palette-first", palette(table, (256, 300, 16))
    yield "palette-differs", palette(table, more=[(0x28, 0x1102, "US", (128, 0, 16))])
    yield "palette-none", dicom(GRAY, photometric="PALETTE COLOR", extra=TIME)
    for name, segments in (("none", b""), ("kind", struct.pack("<2H", 9, 1)), ("line-first", struct.pack("<3H", 1, 5, 5)),
                           ("cut", struct.pack("<2H", 0, 9)), ("long", struct.pack("<3H", 0, 1, 0) + struct.pack("<3H", 1, 9999, 5)),
                           ("loop", struct.pack("<3H", 0, 1, 5) + struct.pack("<4H", 2, 9, 0, 0)),
                           ("short", struct.pack("<3H", 0, 1, 0))):
        yield "segments-" + name, palette(segments, number=0x1221)

    head = dicom(GRAY, extra=TIME)[:132] + dicom(GRAY, extra=TIME)[132:170]
    body = dicom(b"", extra=TIME)[:-12]
    yield "head-only", head[:132]
    yield "element-cut", body + b"\x28\0\x10\0US"
    yield "no-kind", body + b"\xe0\x7f\x08\0\1\1\4\0"
    yield "element-long", body + struct.pack("<HH2sHI", 0x7FE0, 8, b"OB", 0, 0x7FFFFFFF)
    yield "item-outside", body + item(b"abcd")
    yield "delimiter", body + struct.pack("<HHI", 0xFFFE, 0xE00D, 0) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    nested = struct.pack("<HH2sHI", 9, 1, b"SQ", 0, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    yield "deep", dicom(GRAY, extra=TIME)[:200] + nested * 80
    yield "open-sequence", body[:300] + nested + element(9, 2, "US", 3) + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
    yield "many-elements", body[:170] + element(9, 3, "US", 3) * 900
    yield "implicit-cut", dicom(GRAY, IMPLICIT, extra=TIME)[:250]
    yield "no-meta", bytes(128) + b"DICM" + element(8, 5, "CS", "x")


def metaimages():
    text = meta(GRAY)
    def swapped(old, new):
        return text.replace(old, new, 1)
    for name, old, new in (
            ("size-word", b"16 8 2", b"16 x 2"), ("size-none", b"DimSize", b"DimSice"), ("size-zero", b"16 8 2", b"0 8 2"),
            ("size-many", b"16 8 2", b"16 8 2 9 9"), ("size-negative", b"16 8 2", b"-16 8 2"), ("type-none", b"ElementType", b"Elementtype"),
            ("type", b"MET_UCHAR", b"MET_STRING"), ("ascii", b"BinaryData = True", b"BinaryData = False"),
            ("spacing", b"0.1 0.2 1", b"0.1"), ("spacing-word", b"0.1 0.2 1", b"a b c"), ("channels", b"ElementType", b"ElementNumberOfChannels = 3\nElementType"),
            ("channels-word", b"ElementType", b"ElementNumberOfChannels = x\nElementType"), ("stamp-word", b"15.5", b"soon"),
            ("stamp-back", b"15.5", b"99.5"), ("stamp-number", b"Frame0001", b"Frame0009"), ("status", b"ImageStatus = OK", b"ImageStatus = INVALID"),
            ("no-value", b"NDims = 3", b"NDims"), ("dims", b"NDims = 3", b"NDims = 9"), ("no-data", b"ElementDataFile", b"ElementDataFiles"),
            ("list", b"LOCAL", b"LIST"), ("msb", b"ElementType", b"BinaryDataByteOrderMSB = maybe\nElementType"),
            ("packed-word", b"CompressedData = False", b"CompressedData = maybe"), ("offset", b"ElementType", b"HeaderSize = 9\nElementType"),
            ("kinds", b"domain domain list", b"vector domain domain list"), ("image-type", b"ElementType", b"UltrasoundImageType = COLOR\nElementType")):
        yield name, swapped(old, new)
    for kind, form in (("MET_CHAR", "<i1"), ("MET_USHORT", "<u2"), ("MET_INT", "<i4"), ("MET_UINT", "<u4"), ("MET_LONG_LONG", "<i8"),
                       ("MET_DOUBLE", "<f8"), ("MET_FLOAT", "<f4")):
        yield kind.lower(), meta(np.arange(256).astype(form).tobytes(), kind=kind)
    yield "iq-odd", meta(np.arange(270, dtype="<i2").tobytes(), kind="MET_SHORT", size="15 9", more="UltrasoundImageOrientation = FM\nUltrasoundImageType = RF_IQ_LINE\n")
    yield "real", meta(np.arange(256, dtype="<i2").tobytes(), kind="MET_SHORT", more="UltrasoundImageOrientation = FM\nUltrasoundImageType = RF_REAL\n")
    yield "beside-none", meta(b"", file="b.raw")
    yield "flat", swapped(b"NDims = 3", b"NDims = 2").replace(b"16 8 2", b"16 8")
    yield "pipe", text + NEXT + NEXT + b"A"
    yield "crop", text + NEXT + NEXT + b"P"
    yield "interval", meta(GRAY, stamps=False) + NEXT + NEXT + b"B"
    yield "packed-wrong", meta(GRAY, packed=True)[:-30] + bytes(30)
    yield "packed-crop", meta(GRAY * 4, frames=8, packed=True) + NEXT + NEXT + b"P"
    yield "long-line", b"ObjectType = Image\n" + b"x" * 5000
    yield "stamps-less", swapped(b"Seq_Frame0001_Timestamp", b"Seq_Frame0001_Timestamps")


def matlabs():
    for name, size, more in (("row", (1, 200), {}), ("column", (200, 1), {}), ("one", (1, 1), {}), ("frames-one", (8, 16, 1), {}),
                             ("side", (20000, 1), {})):
        yield name, mat_file(mat_array("A", bytes(range(200)) * 100, 9, 2, size))
    whole = mat_file(mat_array("RF", np.arange(256, dtype="<i2").tobytes(), 10, 3, (8, 16, 2)))
    yield "pipe", whole + NEXT + b"A"
    yield "named", whole + NEXT + b"@RF"
    yield "not-named", whole + NEXT + b"@XX"
    yield "crop", whole + NEXT + b"P"
    yield "interval", whole + NEXT + b"B"
    other = mat_array("B", np.arange(512, dtype="<i2").tobytes(), 10, 3, (8, 16, 4))
    yield "two", mat_file(mat_array("RF", np.arange(256, dtype="<i2").tobytes(), 10, 3, (8, 16, 2)), other)
    for fields in ({"PRF": 0.0, "fs": -1.0}, {"fc": float("inf"), "fs": 2e7}, {"pitch": 2e-4, "dz": 1e-5}, {"x" * 31: 1.0}):
        yield "param-" + "-".join(fields)[:12], mat_file(mat_struct("param", fields), other)
    yield "struct-only", mat_file(mat_struct("param", {"fs": 2e7}))
    yield "struct-cut", mat_file(mat_struct("param", {"fs": 2e7}))[:-40]
    for number, form in ((1, "<i1"), (4, "<u2"), (5, "<i4"), (6, "<u4"), (9, "<f8"), (12, "<i8")):
        yield "kind" + form[1:], mat_file(mat_array("A", np.arange(256).astype(form).tobytes(), 6, number, (8, 16, 2)))
    yield "complex-packed", mat_file(mat_array("Q", np.arange(256, dtype="<f8").tobytes(), 6, 9, (8, 16, 2), bytes(2048)), packed=True)
    yield "complex-short", mat_file(mat_array("Q", np.arange(256, dtype="<f8").tobytes(), 6, 9, (8, 16, 2), bytes(20)))
    yield "short", whole[:130]
    yield "tag-cut", whole[:150]
    yield "packed-wrong", mat_file(other, packed=True)[:140] + bytes(90)
    yield "nothing", mat_file()


def numpys():
    stack = npy(np.arange(256, dtype="u1").reshape(2, 8, 16))
    lines = np.arange(800, dtype="<i2").reshape(8, 100)
    for name, data in (("pipe", stack + NEXT + b"A"), ("crop", stack + NEXT + b"P"), ("interval", stack + NEXT + b"B"),
                       ("version", stack.replace(b"NUMPY\x01", b"NUMPY\x09")), ("length", stack[:8] + b"\xff\xff" + stack[10:]),
                       ("short", stack[:9]), ("text", stack[:10] + b"{'descr'"), ("no-shape", stack.replace(b"shape", b"shope")),
                       ("no-order", stack.replace(b"fortran_order", b"fortran_urder")), ("shape-word", stack.replace(b"(2, 8", b"(x, 8")),
                       ("shape-zero", stack.replace(b"(2, 8", b"(0, 8")), ("shape-many", stack.replace(b"(2, 8, 16)", b"(1, 2, 1, 8, 16)")),
                       ("shape-open", stack.replace(b"16)", b"16 ")), ("order-word", stack.replace(b"False", b"Maybe"))):
        yield name, data
    for form in ("<i1", "<u2", "<i4", "<u4", "<f8", ">f4", ">i4", "<c16", "<i8"):
        yield "kind" + form.replace("<", "l").replace(">", "b"), npy(np.arange(256).astype(form).reshape(2, 8, 16))
    yield "flat", npy(np.arange(100, dtype="<f4"))
    yield "four", npy(np.arange(256, dtype="u1").reshape(2, 1, 8, 16))
    yield "version2", stack[:6] + b"\2\0" + struct.pack("<I", struct.unpack("<H", stack[8:10])[0]) + stack[10:]
    yield "archive", npz(a=np.arange(256, dtype="u1").reshape(2, 8, 16), b=lines)
    yield "archive-named", npz(a=np.arange(256, dtype="u1").reshape(2, 8, 16), b=lines) + NEXT + b"@b"
    yield "archive-not-named", npz(a=lines) + NEXT + b"@x"
    yield "archive-deflated", npz(a=lines).replace(b"\x14\0\0\0\0\0", b"\x14\0\0\0\x08\0")
    yield "archive-cut", npz(data_arr=lines, acq_num_arr=np.arange(100, dtype="<u2"))[:-900]
    yield "archive-end", npz(data_arr=lines, acq_num_arr=np.arange(100, dtype="<u2"))[:1000]
    yield "wulpus-short", npz(data_arr=lines, acq_num_arr=np.arange(50, dtype="<u2"))
    yield "wulpus-kind", npz(data_arr=lines.astype("<f4"), acq_num_arr=np.arange(100, dtype="<u2"))
    yield "wulpus-cube", npz(data_arr=lines.reshape(8, 10, 10), acq_num_arr=np.arange(10, dtype="<u2"))
    yield "wulpus-numbers", npz(data_arr=lines, acq_num_arr=np.arange(100, dtype="<f4"))
    yield "wulpus-cut", npz(acq_num_arr=np.arange(100, dtype="<u2"), data_arr=lines)[:-300]
    yield "wulpus-numbers-cut", npz(data_arr=lines, acq_num_arr=np.arange(100, dtype="<u2"))[:-60]


def clariuses():
    yield "pipe", clarius() + NEXT + NEXT + b"A"
    yield "crop", clarius() + NEXT + NEXT + b"P"
    yield "cut", clarius(cut=20)
    yield "kind", clarius(3)


def uffs():
    yield "named", hdf5(plain5) + NEXT + b"@frames"
    yield "not-named", hdf5(plain5) + NEXT + b"@x"
    yield "crop", hdf5(plain5) + NEXT + b"P"
    yield "pipe", hdf5(plain5) + NEXT + b"A"

    def other(form, shape=(2, 8, 16), times=None, name="frames"):
        def write(out):
            out[name] = np.arange(int(np.prod(shape))).astype(form).reshape(shape)
            if times is not None:
                out["time_s"] = np.array(times)
        return hdf5(write)
    for form in ("i1", "<u2", "<i4", "<f8", "<i8"):
        yield "kind" + form.strip("<"), other(form)
    yield "not-numbers", hdf5(lambda o: o.__setitem__("frames", np.full((2, 8, 16), np.nan, "<f4")))
    yield "times-back", other("u1", times=[1, 0])
    yield "times-short", other("u1", times=[1.0])
    yield "times-nan", other("u1", times=[np.nan, 1])
    yield "rank5", other("u1", (1, 1, 2, 8, 16))
    yield "rank4", other("u1", (2, 1, 8, 16))
    yield "rank1", other("u1", (200,))
    yield "empty", other("u1", (0, 8, 16))
    yield "wide", other("u1", (1, 1, 20000))
    yield "zea", other("u1", name="data/image")

    def changed(change, **more):
        def write(out):
            uff(out, **more)
            change(out)
        return hdf5(write)
    yield "no-scan", changed(lambda o: o.__delitem__("b_mode/scan"))
    yield "scan-kind", changed(lambda o: o["b_mode/scan"].attrs.__setitem__("class", "uff.other_scan"))
    yield "no-axis", changed(lambda o: o.__delitem__("b_mode/scan/x_axis"))
    yield "no-imag", changed(lambda o: o.__delitem__("b_mode/data/imag"))
    yield "no-data", changed(lambda o: o.__delitem__("b_mode/data"))
    def uneven(out):
        del out["b_mode/scan/x_axis"]
        out["b_mode/scan/x_axis"] = (np.arange(16) ** 2 * 1e-4).reshape(1, 16)
    yield "uneven", changed(uneven)
    def flat(out):
        del out["b_mode/scan/x_axis"]
        out["b_mode/scan/x_axis"] = np.zeros((1, 1))
    yield "flat", changed(flat)
    def carriers(out):
        del out["b_mode/modulation_frequency"]
        out["b_mode/modulation_frequency"] = np.full((1, 2), 5.2e6)
    yield "carriers", changed(carriers)


def videos():
    for name, options in (("interlaced", ("-c:v", "mpeg4", "-flags", "+ilme+ildct", "-top", "1")),
                          ("not-square", ("-c:v", "ffv1", "-aspect", "1:1")), ("two-streams", ("-map", "0", "-map", "0", "-c:v", "ffv1"))):
        yield name, coded("a.mkv", *options)
    raw = bytes(range(128)) * 3
    yield "raw", raw + NEXT + NEXT + b"H"
    yield "raw-interval", raw + NEXT + NEXT + b"J"
    yield "raw-pipe", raw + NEXT + NEXT + b"I"
    yield "raw-short", raw[:100] + NEXT + NEXT + b"H"
    yield "raw-cut", raw[:-9] + NEXT + NEXT + b"H"
    y4m = coded("a.y4m", "-pix_fmt", "gray", size="16x8")
    yield "pipe-y4m", y4m + NEXT + NEXT + b"A"
    yield "pipe-nut", coded("a.nut", "-c:v", "ffv1", "-pix_fmt", "gray") + NEXT + NEXT + b"A"
    yield "pipe-mkv", coded("a.mkv", "-c:v", "ffv1", "-pix_fmt", "gray") + NEXT + NEXT + b"A"
    yield "pipe-mp4", coded("a.mp4", "-c:v", "mpeg4") + NEXT + NEXT + b"A"
    yield "crop", y4m + NEXT + NEXT + b"P"
    yield "region", y4m + NEXT + NEXT + b"D"
    yield "crop-region-small", b"P5 2 2 255\n0000" + NEXT + NEXT + b"P"
    yield "vp8", coded("a.mkv", "-c:v", "libvpx")
    yield "changes", coded("a.mkv", "-c:v", "mjpeg", size="16x16") + coded("a.mkv", "-c:v", "mjpeg", size="32x16")
    yield "avi-cut", coded("a.avi", "-c:v", "mjpeg", frames=6)[:-900]
    yield "mjpeg-sizes", coded("a.avi", "-c:v", "mjpeg", size="16x16", frames=2)
    yield "nothing", b"" + NEXT + NEXT + b"@"
    whole = coded("a.mkv", "-c:v", "ffv1", "-pix_fmt", "gray")
    yield "seek", coded("a.mov", "-c:v", "rawvideo", "-pix_fmt", "gray", size="256x264", frames=1)
    yield "codec-unknown", coded("a.mkv", "-c:v", "ffv1").replace(b"V_MS/VFW/FOURCC", b"V_MS/UNKNOWNCOD")[:900]
    picture = coded("a.jpg", frames=1)
    at = picture.index(b"JFIF") + 7
    yield "jpeg-shape", picture[:at] + b"\0\0\2\0\1" + picture[at + 5:]
    yield "no-frame", whole[:whole.index(b"\x1f\x43\xb6\x75")]
    yield "damaged", whole[:-200] + bytes(40) + whole[-160:]
    yield "tall-pixels", coded("a.mkv", "-c:v", "ffv1", "-pix_fmt", "gray", "-vf", "setsar=2/1")
    mpeg = bytearray(coded("a.avi", "-c:v", "mpeg4", frames=5))
    mpeg[-600:-560] = b"\xff" * 40
    yield "damaged-avi", bytes(mpeg)
    for name, table in (("good", b"time_s\n1\n2\n3\n"), ("short", b"time_s\n1\n"), ("wrong", b"x\n"), ("back", b"time_s\n2\n1\n")):
        yield "times-" + name, y4m + NEXT + table
        yield "times-pipe-" + name, y4m + NEXT + table + NEXT + b"A"
    yield "words", b"no cine at all, but a text of some length"


def tables():
    yield "blank", b"\n\ntime_s\n\n1\n\n"
    yield "columns", b"a,time_s,b\n1,2,3,4\n5\n"
    yield "infinite", b"time_s\ninf\n"
    yield "long-line", b"time_s\n" + b"1" * 5000 + b"\n"


def main():
    for name, seeds in (("dicom", dicoms()), ("metaimage", metaimages()), ("matlab", matlabs()), ("numpy", numpys()),
                        ("clarius", clariuses()), ("uff", uffs()), ("video", videos()), ("times", tables())):
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        for seed, data in seeds:
            with open(os.path.join(folder, "rare-" + seed), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main()
