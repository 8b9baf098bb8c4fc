#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of the fuzz corpus for ultrasound: small files of every kind that is read, good ones
and ones that are wrong in a chosen place.

    seeds_cine.py CORPUS
"""
import os
import struct
import sys
import tempfile
import zlib

import h5py
import numpy as np

NEXT = b"\nNEXT-FILE\n"
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


def meta(body, frames=2, kind="MET_UCHAR", size="16 8", packed=False, stamps=True, more="", file="LOCAL"):
    text = f"ObjectType = Image\nNDims = 3\nBinaryData = True\nCompressedData = {packed}\n"
    if packed:
        body = zlib.compress(body)
        text += f"CompressedDataSize = {len(body)}\n"
    text += f"DimSize = {size} {frames}\nKinds = domain domain list\nElementSpacing = 0.1 0.2 1\nElementType = {kind}\n{more}"
    for i in range(frames if stamps else 0):
        text += f"Seq_Frame{i:04d}_Timestamp = {15.5 + 0.04 * i * (i + 1):.6f}\nSeq_Frame{i:04d}_ImageStatus = OK\n"
    return text.encode() + f"ElementDataFile = {file}\n".encode() + body


def metas():
    gray = bytes(range(128)) * 2
    lines = "UltrasoundImageOrientation = FM\n"
    yield "plain", meta(gray)
    text = meta(b"")
    yield "returns", text.replace(b"\n", b"\r\n") + gray
    yield "packed", meta(gray, packed=True)
    yield "beside", meta(b"", file="a.raw") + NEXT + gray
    yield "elsewhere", meta(b"", file="../a.raw") + NEXT + gray
    yield "short", meta(np.arange(256, dtype="<i2").tobytes(), kind="MET_SHORT")
    yield "big", meta(np.arange(256, dtype=">i2").tobytes(), kind="MET_SHORT", more="ElementByteOrderMSB = True\n")
    yield "iq", meta(np.arange(256, dtype="<i2").tobytes(), kind="MET_SHORT",
                     more=lines + "UltrasoundImageType = RF_IQ_LINE\n")
    yield "rf", meta(np.arange(256, dtype="<i2").tobytes(), kind="MET_SHORT",
                     more=lines + "UltrasoundImageType = RF_REAL\n")
    yield "rf-across", meta(np.arange(256, dtype="<i2").tobytes(), kind="MET_SHORT",
                            more="UltrasoundImageOrientation = MF\nUltrasoundImageType = RF_REAL\n")
    yield "lines", meta(np.arange(256, dtype="<f4").tobytes(), kind="MET_FLOAT", more=lines)
    yield "untimed", meta(gray, stamps=False)
    yield "double", meta(np.array([np.nan] * 256).tobytes(), kind="MET_DOUBLE")
    yield "cut", meta(gray)[:-50]
    yield "packed-cut", meta(gray, packed=True)[:-9]
    yield "lying", meta(gray, frames=4000000, stamps=False)
    yield "wide", meta(gray, size="16777216 8")
    yield "bomb", meta(bytes(1 << 22), size="2048 2048", packed=True)


def clarius(size=1, frames=2, lines=16, samples=8, cut=0):
    body = b"".join(struct.pack("<Q", 1000000000 + 18000000 * f) + bytes(
        i % 251 for i in range(lines * samples * size)) for f in range(frames))
    return struct.pack("<5I", 1, frames, lines, samples, size) + body[:len(body) - cut]


def clariuses():
    yml = b"# raw data parameters\n\ntransmit frequency: 10 MHz\nsampling rate: 15 MHz\n"
    yield "plain", clarius()
    yield "envelope", clarius() + NEXT + yml
    yield "rf", clarius(2) + NEXT + yml.replace(b"15", b"30")
    yield "rf-bare", clarius(2)
    yield "iq", clarius(4)
    yield "wrong-yml", clarius() + NEXT + b"sampling rate: 1e309 MHz\n" + bytes(300)
    yield "backwards", clarius()[:156] + struct.pack("<Q", 5) + clarius()[164:]


def mat_tag(kind, data, big=False):
    order = ">" if big else "<"
    if 0 < len(data) <= 4:
        return struct.pack(order + "I", len(data) << 16 | kind) + data.ljust(4, b"\0")
    return struct.pack(order + "II", kind, len(data)) + data + bytes(-len(data) % 8)


def mat_array(name, data, kind, number, size, imaginary=None, big=False):
    order = ">" if big else "<"
    flags = kind | (0x800 if imaginary is not None else 0)
    body = (mat_tag(6, struct.pack(order + "II", flags, 0), big) +
            mat_tag(5, struct.pack(order + f"{len(size)}i", *size), big) + mat_tag(1, name.encode(), big) +
            mat_tag(number, data, big) + (mat_tag(number, imaginary, big) if imaginary is not None else b""))
    return mat_tag(14, body, big)


def mat_struct(name, fields):
    names = b"".join(n.encode().ljust(32, b"\0") for n in fields)
    body = (mat_tag(6, struct.pack("<II", 2, 0)) + mat_tag(5, struct.pack("<ii", 1, 1)) +
            mat_tag(1, name.encode()) + mat_tag(5, struct.pack("<i", 32)) + mat_tag(1, names) +
            b"".join(mat_array("", struct.pack("<d", v), 6, 9, (1, 1)) for v in fields.values()))
    return mat_tag(14, body)


def mat_file(*variables, packed=False, big=False):
    head = b"MATLAB 5.0 MAT-file, written by a test".ljust(124) + (b"\x01\x00MI" if big else b"\x00\x01IM")
    if packed:
        variables = [struct.pack("<II", 15, len(z)) + z for z in map(zlib.compress, variables)]
    return head + b"".join(variables)


def mats():
    bmode = mat_array("I", bytes(range(256)), 9, 2, (8, 16, 2))
    rf = mat_array("RF", np.arange(256, dtype="<i2").tobytes(), 10, 3, (8, 16, 2))
    iq = mat_array("IQ", np.arange(256, dtype="<f4").tobytes(), 7, 7, (8, 16, 2),
                   (-np.arange(256, dtype="<f4")).tobytes())
    param = mat_struct("param", {"PRF": 5000.0, "fs": 2e7, "fc": 5e6})
    yield "bmode", mat_file(bmode)
    yield "rf", mat_file(param, rf)
    yield "iq", mat_file(iq, param)
    yield "bmode-packed", mat_file(bmode, packed=True)
    yield "rf-packed", mat_file(param, rf, packed=True)
    yield "iq-packed", mat_file(iq, param, packed=True)
    yield "big", mat_file(mat_array("RF", np.arange(256, dtype=">i2").tobytes(), 10, 3, (8, 16, 2), None, True),
                          big=True)
    yield "double", mat_file(mat_array("D", np.arange(128, dtype="<f8").tobytes(), 6, 9, (8, 16)))
    yield "vector", mat_file(mat_array("V", np.arange(100, dtype="<f8").tobytes(), 6, 9, (1, 100)))
    yield "cut", mat_file(param, rf)[:-100]
    yield "packed-cut", mat_file(rf, packed=True)[:-20]
    yield "lying", mat_file(mat_array("RF", bytes(512), 10, 3, (8, 16, 2000000)))
    yield "five", mat_file(mat_array("F", bytes(512), 10, 3, (2, 2, 2, 2, 16)))


def npy(array, fortran=False):
    text = f"{{'descr': '{array.dtype.str}', 'fortran_order': {fortran}, 'shape': {array.shape}, }}"
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + array.tobytes("A")


def npz(**arrays):
    out = b""
    for name, array in arrays.items():
        body, full = npy(array), (name + ".npy").encode()
        wide = struct.pack("<HHQQ", 1, 16, len(body), len(body))
        out += (b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, zlib.crc32(body), 0xFFFFFFFF,
                                             0xFFFFFFFF, len(full), len(wide)) + full + wide + body)
    return out


def numpys():
    lines = np.arange(800, dtype="<i2").reshape(8, 100)
    yield "stack", npy(np.arange(256, dtype="u1").reshape(2, 8, 16))
    yield "fortran", npy(np.asfortranarray(np.arange(256, dtype="<f4").reshape(8, 16, 2)), True)
    yield "complex", npy((np.arange(256) * (1 + 2j)).astype("<c8").reshape(2, 8, 16))
    yield "big", npy(np.arange(256, dtype=">i2").reshape(2, 8, 16))
    yield "wulpus", npz(data_arr=lines, acq_num_arr=np.array([*range(65500, 65536), *range(1, 65)], "<u2"))
    yield "repeated", npz(data_arr=lines, acq_num_arr=np.zeros(100, "<u2"))
    yield "cut", npy(np.arange(256, dtype="u1").reshape(2, 8, 16))[:-40]
    yield "object", npy(np.arange(256, dtype="u1").reshape(2, 8, 16)).replace(b"|u1", b"|O8")
    yield "large", npy(np.arange(256, dtype="u1").reshape(2, 8, 16)).replace(b"(2, 8, 16)", b"(9999999999, 8, 16)")


def hdf5(write, latest=False):
    with tempfile.NamedTemporaryFile() as file:
        with h5py.File(file.name, "w", libver="latest" if latest else "earliest") as out:
            write(out)
        return open(file.name, "rb").read()


def uff(out, turned=True, sector=False, pixels=128):
    group = out.create_group("b_mode")
    group.attrs["class"] = "uff.beamformed_data"
    scan = group.create_group("scan")
    scan.attrs["class"] = "uff.sector_scan" if sector else "uff.linear_scan"
    scan["azimuth_axis" if sector else "x_axis"] = (np.arange(16) * 2e-4).reshape(1, 16)
    scan["depth_axis" if sector else "z_axis"] = (5e-3 + np.arange(8) * 1e-4).reshape(1, 8)
    data = group.create_group("data")
    data.attrs["complex"] = 1
    group["modulation_frequency"] = np.full((1, 1), 5.2e6)
    count = np.arange(2 * pixels, dtype="<f4").reshape(2, 1, 1, pixels)
    for name, factor in (("real", 1), ("imag", -1)):
        data[name] = factor * (count if turned else count.transpose(3, 1, 2, 0))


def envelope(out):
    uff(out)
    del out["b_mode/data"]
    out["b_mode/data"] = np.arange(256, dtype="<f4").reshape(2, 1, 1, 128)


def mat73(out):
    out["I"] = np.arange(256, dtype="u1").reshape(2, 16, 8)
    out["I"].attrs["MATLAB_class"] = np.bytes_("uint8")


def mat73_iq(out):
    pair = np.zeros((2, 16, 8), [("real", "<f8"), ("imag", "<f8")])
    pair["real"], pair["imag"] = np.arange(256).reshape(2, 16, 8), -np.arange(256).reshape(2, 16, 8)
    out["IQ"] = pair
    out["IQ"].attrs["MATLAB_class"] = np.bytes_("double")


def plain5(out):
    out.create_dataset("frames", data=np.arange(256, dtype="u1").reshape(2, 8, 16), chunks=(1, 8, 16),
                       compression="gzip", shuffle=True)
    out["time_s"] = np.array([0.25, 0.29])


def hdf5s():
    for latest in (False, True):
        name = "latest" if latest else "earliest"
        for kind, write in (("uff", uff), ("envelope", envelope), ("mat73", mat73), ("mat73-iq", mat73_iq),
                            ("plain", plain5), ("straight", lambda o: uff(o, False)),
                            ("sector", lambda o: uff(o, sector=True)), ("pixels", lambda o: uff(o, pixels=100))):
            if not latest or kind in ("uff", "plain"):
                yield f"{kind}-{name}", hdf5(write, latest)
    def elsewhere(out):
        out["frames"] = h5py.ExternalLink("b.h5", "/frames")
    yield "elsewhere", hdf5(elsewhere)
    def external(out):
        out.create_dataset("frames", (2, 8, 16), "u1", external=[("/etc/passwd", 0, 256)])
    yield "external", hdf5(external)
    def two(out):
        plain5(out)
        out["others"] = np.zeros((2, 3, 4))
    yield "two", hdf5(two)
    yield "cut", hdf5(plain5)[:-200]


def corpus_write(folder, name, files):
    os.makedirs(os.path.join(folder, name), exist_ok=True)
    for file, data in files:
        with open(os.path.join(folder, name, file), "wb") as out:
            out.write(data)


def main():
    for name, files in (("dicom", dicoms()), ("metaimage", metas()), ("clarius", clariuses()),
                        ("matlab", mats()), ("numpy", numpys()), ("uff", hdf5s())):
        corpus_write(sys.argv[1], name, files)


if __name__ == "__main__":
    main()
