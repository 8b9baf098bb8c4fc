#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes more seeds of the fuzz corpus: what ordinary recordings do not have, and what each reader refuses by
name. The last part of an input holds options (fuzz.h).

    seeds_rare.py CORPUS
"""
import json
import os
import struct
import sys
import tempfile
import zlib

import h5py
import numpy as np

from seeds import NEXT, signal, wave


def riff(*chunks):
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def form(kind, channels, rate, bits, more=b""):
    return struct.pack("<HHIIHH", kind, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits) + more


def audio():
    data = bytes(400)
    ext = struct.pack("<HHI", 22, 16, 3) + struct.pack("<H", 1) + b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
    yield "extensible", riff((b"fmt ", form(0xFFFE, 2, 1000, 16, ext)), (b"data", data))
    yield "adpcm", riff((b"fmt ", form(0x11, 1, 1000, 4, b"\2\0\xf9\1")), (b"data", data))
    yield "channels-none", riff((b"fmt ", form(1, 0, 1000, 16)), (b"data", data))
    yield "channels-many", riff((b"fmt ", form(1, 2000, 1000, 16)), (b"data", data))
    yield "rate-none", riff((b"fmt ", form(1, 1, 0, 16)), (b"data", data))
    yield "format-cut", riff((b"fmt ", b"\1\0\1\0"))
    yield "format-end", wave(signal(4, 1))[:22]
    yield "data-first", riff((b"data", data), (b"fmt ", form(1, 1, 1000, 16)))
    yield "head", b"RIFF\0\0\0\0WAVE"
    yield "alaw", struct.pack(">4sIIIII", b".snd", 24, 400, 27, 1000, 1) + data
    yield "flac-cut", b"fLaC" + bytes(60)
    yield "codec", riff((b"fmt ", form(0x55, 1, 1000, 16)), (b"data", data))
    yield "bits-few", riff((b"fmt ", form(1, 1, 1000, 4)), (b"data", data))
    yield "bits-many", riff((b"fmt ", form(1, 1, 1000, 96)), (b"data", data))
    yield "channels-au", struct.pack(">4sIIIII", b".snd", 24, 4800, 3, 1000, 600) + bytes(4800)
    yield "marks-again", (wave(signal(300, 1)) + NEXT + b"needle in; left,\t0.1\nneedle in, left,\t0.1\nneedle,\t0.1\n"
                          b"needle in, right,\t0.1\n")
    yield "marks", (wave(signal(300, 1)) + NEXT + b"# comment\na,b\n\n1,\t0.1\n1;\t0.1\nx;y,\t0.1\nx,y,\t0.1\nneedle\t0.2\n"
                    b"z,\t-1\n\x01\x02,\t0.05\nend,\t9e9\n")


def edf_file(rows, count, kind="", bdf=False, record_s="0.1", body=b"", **fields):
    """rows: (label, unit, physical low and high, digital low and high, samples of a record)."""
    fixed = {"version": b"\xffBIOSEMI" if bdf else b"0       ", "patient": b"S07 X X X",
             "recording": b"Startdate 02-MAR-2002 X X X", "date": b"02.03.02", "time": b"23.59.58",
             "bytes": b"%d" % (256 * (len(rows) + 1)), "kind": kind.encode(), "records": b"%d" % count,
             "record_s": record_s.encode(), "signals": b"%d" % len(rows), **fields}
    sizes = {"version": 8, "patient": 80, "recording": 80, "date": 8, "time": 8, "bytes": 8, "kind": 44, "records": 8,
             "record_s": 8, "signals": 4}
    out = b"".join(fixed[name].ljust(size)[:size] for name, size in sizes.items())
    for at, size in ((0, 16), (None, 80), (1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (None, 80), (6, 8), (None, 32)):
        for row in rows:
            out += (b"" if at is None else str(row[at]).encode()).ljust(size)
    return out + body


def edf():
    emg = ("EMG 1", "uV", -1000, 1000, -32768, 32767, 100)
    note = ("EDF Annotations", "", -1, 1, -32768, 32767, 30)
    data = (signal(100, 1)[:, 0] * 3000).astype("<i2").tobytes()
    def tal(start, *texts):
        out = b"+%g\x14\x14\0" % start + b"".join(b"+%g%s\x14%s\x14\0" % text for text in texts)
        return out.ljust(60, b"\0")
    def plus(*starts, kind="EDF+D", texts=((0.05, b"\x150.1", b"needle in"),), **fields):
        return edf_file([emg, note], len(starts), kind, body=b"".join(data + tal(s, *texts) for s in starts), **fields)
    yield "gaps", plus(0, 0.1, 0.5, 0.55, 2.75)
    yield "gap-days", plus(0, 900000)
    yield "fraction", plus(0.25, 0.35, date=b"01.01.90", recording=b"none")
    yield "bad-list", plus(0, 0.1, texts=((0.05, b"\x15x", b"a"),))
    yield "bad-length", plus(0, 0.1, texts=((0.05, b"\x15-3", b"a"),))
    yield "no-start", edf_file([emg, note], 2, "EDF+D", body=(data + b"x" * 60) * 2)
    yield "open", edf_file([emg], -1, body=data * 3)
    yield "trailing", edf_file([emg], 1, body=data + b"xyz")
    yield "rates", edf_file([emg, ("Temp", "C", 0, 50, 0, 100, 1)], 1, body=data + b"\0\0")
    yield "no-scale", edf_file([("EMG", "uV", "x", 1000, 0, 0, 100)], 1, body=data)
    yield "no-samples", edf_file([("EMG", "uV", -1, 1, -1, 1, "x")], 1, body=data)
    yield "zero-samples", edf_file([("EMG", "uV", -1, 1, -1, 1, 0)], 1)
    yield "wide-record", edf_file([("EMG", "uV", -1, 1, -1, 1, 99999999)] * 3, 1)
    yield "zero-length", edf_file([emg], 1, record_s="0", body=data)
    yield "negative-length", edf_file([emg], 1, record_s="-1", body=data)
    yield "long-record", edf_file([emg], 1, record_s="9e300", body=data)
    yield "no-signals", edf_file([], 1)
    yield "signals-word", edf_file([emg], 1, signals=b"x", body=data)
    yield "records-word", edf_file([emg], 1, records=b"x", body=data)
    yield "bytes-wrong", edf_file([emg], 1, bytes=b"99", body=data)
    yield "header-ends", edf_file([emg] * 3, 1)[:500]
    yield "many", edf_file([("E", "uV", -1, 1, -1, 1, 100)] * 257, 1)
    yield "patient-none", plus(0, patient=b"X X X X", date=b"99.99.99")
    status = b"".join(struct.pack("<I", code)[:3] for code in [0] * 20 + [7] * 10 + [0] * 20 + [9] * 50)
    wide = b"".join(struct.pack("<i", int(v * 1e6))[:3] for v in signal(100, 1)[:, 0])
    yield "triggers", edf_file([("A1", "uV", -1e5, 1e5, -8388608, 8388607, 100), ("Status", "Boolean", -8388608, 8388607,
                               -8388608, 8388607, 100)], 2, "24BIT", True, body=(wide + status) * 2)
    yield "chosen", edf_file([emg] * 3, 1, body=data * 3) + NEXT + b"D"


def text():
    rows = b"".join(b"%.3f,%.4f,%.4f\n" % (0.001 * i, i % 7, -i % 5) for i in range(80))
    yield "mark-of-order", b"\xef\xbb\xbft,emg (mV),b [uV]\n" + rows
    yield "quoted", b'"time (s)","EMG 1"\r\n' + b"".join(b'"%.3f","%.4f"\r\n' % (0.001 * i, i % 9) for i in range(70))
    yield "no-rate", b"emg\n" + b"1\n-1\n" * 40 + NEXT + b"A"
    yield "chosen", rows + NEXT + b"D"
    yield "wide", b",".join([b"1"] * 400) + b"\n" + b",".join([b"2"] * 400) + b"\n"
    yield "words", b"one two three\nfour five six\n" * 20
    yield "exponents", b"1e-3 1.5E+2\n-2e5 .5\n+3. -0\n1e400 1e-400\n123456789012345678901234567890 0.00000000000000000001\n" * 9
    yield "missing", b"t;emg\n" + b"0,001;1,5\n0,002;\n0,003;nan\n0,004;-\n" * 20
    yield "milliseconds", b"time_ms,emg\n" + b"".join(b"%d,%d\n" % (i, i % 3) for i in range(90))
    yield "hz", b"# sampling rate: 2000 Hz\n# unit: mV\nemg\n" + b"1\n2\n" * 60
    header = {"00:07": {"sampling rate": 1000, "resolution": [16, 10], "channels": [1, 2], "sensor": ["EMG", "ACC"],
                        "device": "biosignalsplux", "column": ["nSeq", "DI", "CH1", "CH2"], "label": ["CH1", "CH2"],
                        "time": "10:0:0.5", "date": "2020-1-1"}}
    body = b"\n# EndOfHeader\n" + b"".join(b"%d\t0\t32768\t512\t\n" % (i % 16) for i in range(60))
    yield "plux", b"# OpenSignals Text File Format\n# " + json.dumps(header).encode() + body
    header["00:07"].update(device="bitalino_rev", resolution=[], channels="x")
    yield "plux-wrong", b"# OpenSignals Text File Format\n# " + json.dumps(header).encode() + body
    yield "plux-cut", b"# OpenSignals Text File Format\n# {" + body
    yield "plux-none", b"# OpenSignals Text File Format\n# {}" + body


def brainvision():
    head = ("Brain Vision Data Exchange Header File Version 1.0\n; comment\n[Common Infos]\nDataFile={file}\n"
            "MarkerFile={marks}\nDataFormat={form}\nDataOrientation={order}\nNumberOfChannels={count}\n"
            "DataPoints={points}\nSamplingInterval={step}\n{more}[Binary Infos]\nBinaryFormat={binary}\n[Channel Infos]\n"
            "Ch1={first}\nCh2=EMG\\1 2,ref,,{unit}\nCh9=x\n[Comment]\nwhatever = here\n")
    def made(data=True, lines=b"", name="a.eeg", **changed):
        values = dict(file=name, marks="a.vmrk", form="BINARY", order="MULTIPLEXED", count=2, points=300, step=1000,
                      more="", binary="INT_16", first="EMG 1,,0.5,µV", unit="mV")
        values.update(changed)
        body = (signal() * 3000).astype("<i2").tobytes() if data else b""
        return head.format(**values).encode() + NEXT + lines + NEXT + body
    yield "uint", made(binary="UINT_16")
    yield "int32", made(binary="INT_32")
    yield "ascii", made(form="ASCII")
    yield "order", made(order="SIDEWAYS")
    yield "binary", made(binary="INT_64")
    yield "codepage", made(more="Codepage=UTF-16\nUseBigEndianOrder=YES\n")
    yield "channels-none", made(count=0)
    yield "channels-many", made(count=9999)
    yield "interval", made(step="")
    yield "units", made(unit="V", first="a,,x,nV")
    yield "units-none", made(unit="C", first="a,,2,")
    yield "no-data", made(data=False)
    yield "long-name", made(name="x" * 300)
    yield "marks-elsewhere", made(marks="../a.vmrk")
    yield "marks-none", made(marks="b.vmrk")
    yield "marks", made(lines=b"Brain Vision Data Exchange Marker File, Version 1.0\r\n[Marker Infos]\r\nMk1=Stimulus,S 1,x\r\n"
                        b"Mk2=Stimulus,,5,3,0\r\nMk3=Comment,in\\1 here,6,1,0\r\nMk4\r\nMk5=New Segment,,1\r\n")
    yield "chosen", made() + NEXT + b"D"
    yield "head-only", b"BrainVision Data Exchange Header File Version 2.0\n"


def wfdb():
    data = (signal(200, 1) * 1000).astype("<i2").tobytes()
    line = b"a.dat 16 200(0)/mV 16 0 0 0 0 EMG\n"
    for name, record in (("segments", b"a/3 1 1000 200\n"), ("no-count", b"a x 1000\n"), ("none", b"a 0 1000\n"),
                         ("many", b"a 9999 1000\n"), ("rate", b"a 1 x\n"), ("short", b"a 2\n"), ("empty", b"# only\n"),
                         ("promise", b"a 1 1000/500(3) 9999 12:00:00 1/1/2000\n")):
        yield "record-" + name, record + line + NEXT + data
    for name, words in (("samples", b"16x2"), ("skew", b"16:3"), ("offset", b"16+24"), ("offset-bad", b"16+x"),
                        ("big", b"61"), ("unknown", b"310"), ("word", b"x")):
        yield "format-" + name, b"a 1 1000\na.dat " + words + b" 200(0)/mV 16 0 0 0 0 EMG\n" + NEXT + data
    yield "two-formats", b"a 2 1000\n" + line + b"a.dat 212 200 12 0 0 0 0 x\n" + NEXT + data
    yield "two-files", b"a 2 1000 100\n" + line + b"b.dat 16 200 16 0 0 0 0 x\n" + NEXT + data
    yield "no-format", b"a 2 1000\n" + line + b"a.dat\n" + NEXT + data
    yield "comments", b"#c\n\na 1 1000\n# d\n" + line + b"# end\n" + NEXT + data
    yield "gains", b"a 3 1000 60\na.dat 16 0/uV 16 5 1 77 0 A\na.dat 16 100(12)/V 16 0\na.dat 16 -5.5e1/C 0 0\n" + NEXT + data
    yield "marks-cut", b"a 1 1000 200\n" + line + NEXT + data + NEXT + struct.pack("<HH", 63 << 10 | 900, 0x4141)
    yield "marks-skip", (b"a 1 1000 200\n" + line + NEXT + data + NEXT + struct.pack("<HHHHHH", 59 << 10, 0xFFFF, 0xFFFF,
                         1 << 10 | 5, 59 << 10, 0x7FFF))
    yield "marks-kinds", (b"a 1 1000 200\n" + line + NEXT + data + NEXT +
                          b"".join(struct.pack("<H", kind << 10 | 3) for kind in range(64)) + b"abcd\0\0")
    yield "chosen", b"a 3 1000 60\n" + line * 3 + NEXT + data + NEXT + NEXT + b"D"


def xdf_chunk(tag, content):
    return b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content


def xdf_header(stream, kind, rate, channels, more="", name=None):
    return xdf_chunk(2, struct.pack("<I", stream) + f"<info><name>{name or 's%d' % stream}</name><type>EMG</type>"
                     f"<channel_count>{channels}</channel_count><nominal_srate>{rate}</nominal_srate><channel_format>{kind}"
                     f"</channel_format>{more}</info>".encode())


def xdf():
    rows = b"".join((struct.pack("<Bd", 8, 5.0) if k == 0 else b"\0") + struct.pack("<i", k) for k in range(100))
    samples = xdf_chunk(3, struct.pack("<IBB", 1, 1, 100) + rows)
    yield "int32", b"XDF:" + xdf_header(1, "int32", 1000, 1) + samples
    yield "int64", b"XDF:" + xdf_header(1, "int64", 1000, 1) + xdf_chunk(3, struct.pack("<IBB", 1, 1, 10) + (
        struct.pack("<Bd", 8, 5.0) + bytes(8)) * 10)
    yield "two", b"XDF:" + xdf_header(1, "int32", 1000, 1) + xdf_header(2, "float32", 2000, 1) + samples
    yield "two-named", b"XDF:" + xdf_header(1, "int32", 1000, 1) + xdf_header(2, "float32", 2000, 1) + samples + NEXT + b"@s1"
    yield "not-named", b"XDF:" + xdf_header(1, "int32", 1000, 1) + samples + NEXT + b"@nothing"
    yield "none", b"XDF:" + xdf_header(1, "string", 0, 1)
    yield "slow", b"XDF:" + xdf_header(1, "int32", 1, 1) + samples
    yield "wide", b"XDF:" + xdf_header(1, "int32", 1000, 5000) + samples
    yield "unknown", b"XDF:" + xdf_header(1, "float128", "x", 1) + samples
    yield "streams", b"XDF:" + b"".join(xdf_header(i, "int32", 1000, 1) for i in range(300))
    yield "twice", b"XDF:" + xdf_header(1, "int32", 1000, 1) * 2 + samples
    yield "no-times", b"XDF:" + xdf_header(1, "int32", 1000, 1) + xdf_chunk(3, struct.pack("<IBB", 1, 1, 9) + bytes(45))
    yield "counts", b"XDF:" + xdf_header(1, "int8", 1000, 1) + xdf_chunk(3, struct.pack("<IBI", 1, 4, 3) + b"\0\1\0\2\0\3") + \
        xdf_chunk(3, struct.pack("<IBQ", 1, 8, 2) + b"\0\1\0\2") + xdf_chunk(3, struct.pack("<IBB", 1, 3, 2))
    yield "marks", (b"XDF:" + xdf_header(1, "int32", 1000, 1, "<desc><synced>&lt;a&amp;b&quot;&#65;&#x41;&gt;</synced></desc>") +
                    xdf_header(2, "string", 0, 1, name="M&amp;N") + xdf_header(3, "int32", 0, 1) + samples +
                    xdf_chunk(3, struct.pack("<IBBBdBB", 2, 1, 1, 8, 5.02, 1, 3) + b"\x01in") +
                    xdf_chunk(3, struct.pack("<IBBBdBI", 2, 1, 1, 8, 5.03, 4, 3) + b"out") +
                    xdf_chunk(3, struct.pack("<IBBBBB", 2, 1, 1, 0, 1, 2) + b"no") +
                    xdf_chunk(3, struct.pack("<IBBBdi", 3, 1, 1, 8, 5.04, 7)) +
                    xdf_chunk(3, struct.pack("<IBBBdBB", 2, 1, 1, 8, 5.05, 1, 250) + b"x"))
    yield "lengths", b"XDF:" + b"\x01\x02\x05\0" + b"\x08" + struct.pack("<QH", 2, 5) + b"\x03"
    yield "lying", b"XDF:" + b"\x08" + struct.pack("<QH", 1 << 62, 2)
    yield "short", b"XDF:\x04\1\0\0\0\0"
    yield "clock", b"XDF:" + xdf_header(1, "int32", 1000, 1) + b"".join(
        xdf_chunk(4, struct.pack("<Idd", 1, 5.0 + i, 0.5 + i * 1e-3)) for i in range(9)) + samples + xdf_chunk(9, b"later")


def npy(array):
    with tempfile.TemporaryFile() as file:
        np.save(file, array)
        file.seek(0)
        return file.read()


def openephys():
    channel = {"channel_name": "EMG", "bit_volts": 0.2, "units": "uV"}
    def about(**changed):
        stream = dict({"folder_name": "a/", "sample_rate": 1000, "stream_name": "a", "num_channels": 2,
                       "channels": [channel] * 2}, **changed)
        return {"continuous": [stream], "events": [{"folder_name": "a/"}]}
    data = (signal(200) * 3000).astype("<i2").tobytes()
    numbers = npy(np.arange(5000, 5200))
    def made(what, *more):
        return NEXT.join((json.dumps(what).encode(), data, *more))
    yield "no-numbers", made(about())
    yield "wide", made(about(num_channels=9999), numbers)
    yield "rate", made(about(sample_rate=-1), numbers)
    yield "channels-short", made(about(channels=[channel]), numbers)
    yield "channels-none", made(about(channels=None, num_channels=0), numbers)
    yield "volts", made(about(channels=[dict(channel, units="mV"), dict(channel, bit_volts="x")]), numbers)
    yield "two", made({"continuous": about()["continuous"] * 2}, numbers)
    two = {"continuous": [about()["continuous"][0], about(stream_name="b")["continuous"][0]]}
    yield "two-named", made(two, numbers, b"", b"", b"@b")
    yield "not-named", made(two, numbers, b"", b"", b"@c")
    yield "none", made({"continuous": []}, numbers)
    yield "json", b"{\"continuous\": [" + NEXT + data
    yield "json-kind", b"[1, 2]" + NEXT + data
    yield "numbers-short", made(about(), npy(np.arange(50)))
    yield "numbers-kind", made(about(), npy(np.arange(200) + 0.5))
    yield "numbers-text", made(about(), npy(np.array(["a", "b"])))
    yield "numbers-cut", made(about(), numbers[:90])
    yield "numbers-head", made(about(), numbers[:9])
    yield "numbers-magic", made(about(), b"xNUMPY" + numbers[6:])
    yield "numbers-big", made(about(), npy(np.arange(200).astype(">i8")))
    yield "numbers-wide", made(about(), npy(np.zeros((10, 20))))
    yield "events-text", made(about(), numbers, npy(np.array([b"in", b"out"])), npy(np.array([5010, 5020])))
    yield "events-short", made(about(), numbers, npy(np.array([1, -1], "<i2")), npy(np.array([5010])))
    yield "events-early", made(about(), numbers, npy(np.array([1, -1], "<i2")), npy(np.array([10, 1 << 62])))
    yield "leaps", made(about(), npy(np.cumsum(np.where(np.arange(200) % 9 == 0, 50, 1))))


def labels():
    event = {"schema": "myotwitch.event/1", "type": "ltr", "stage": "confirmed", "onset_s": 1.5, "offset_s": 1.6}
    def line(**changed):
        return json.dumps(dict(event, **changed)).encode() + b"\n"
    yield "order", line(onset_s=3, offset_s=4) + line() + line(type="click") + line(stage="provisional")
    yield "type", line(type="nothing")
    yield "schema", line(schema="other/1")
    yield "schema-none", b'{"type":"ltr"}\n'
    yield "backwards", line(offset_s=1)
    yield "not-object", b"3\n"
    yield "cut", line()[:30]
    yield "withdrawn", line(stage="withdrawn") + b"\n\n" + line(channel="x")
    yield "truth-no-end", json.dumps({"schema": "myotwitch.truth/1", "events": []}).encode()
    yield "truth-no-events", json.dumps({"schema": "myotwitch.truth/1", "duration_s": 3}).encode()
    yield "truth-order", json.dumps({"schema": "myotwitch.truth/1", "duration_s": 9, "events": [
        dict(event, onset_s=5, offset_s=6), event, dict(event, type="gap")]}).encode()
    yield "truth-wrong", json.dumps({"schema": "myotwitch.truth/1", "duration_s": 9, "events": [dict(event, type="x")]}).encode()
    yield "truth-schema", json.dumps({"schema": "myotwitch.truth/9", "duration_s": 9, "events": []}).encode()


def hdf5():
    def made(write, options=None):
        with tempfile.NamedTemporaryFile(suffix=".h5") as file:
            with h5py.File(file.name, "w") as h5:
                write(h5)
            with open(file.name, "rb") as again:
                return again.read() + (b"" if options is None else NEXT + options)

    def set_(h5, data, name="emg", **more):
        made_ = h5.create_dataset(name, data=data, **more)
        made_.attrs["rate"] = 1000.0
        return made_

    long = signal(600, 2)
    yield "named", made(lambda h: set_(h, long), b"@/emg")
    yield "named-missing", made(lambda h: set_(h, long), b"@/eng")
    yield "named-no-rate", made(lambda h: h.create_dataset("emg", data=long), b"A/emg")
    yield "rows", made(lambda h: set_(h, long.T.copy(), chunks=(1, 100), compression="gzip"), b"B/emg")
    yield "integers", made(lambda h: set_(h, (long * 3000).astype("<i2"), chunks=(100, 2), fletcher32=True), b"@/emg")
    yield "unsigned", made(lambda h: set_(h, (long * 9 + 99).astype("<u2"), chunks=(100, 2), shuffle=True), b"@/emg")
    yield "int64", made(lambda h: set_(h, long.astype("<i8")), b"@/emg")
    yield "column", made(lambda h: set_(h, long[:, 0]), b"@/emg")
    yield "cube", made(lambda h: set_(h, np.zeros((9, 9, 9))), b"@/emg")
    yield "none", made(lambda h: set_(h, np.zeros((0, 2))), b"@/emg")
    yield "wide", made(lambda h: set_(h, np.zeros((2, 5000), "i1")), b"@/emg")
    yield "lzf", made(lambda h: set_(h, long, chunks=(100, 2), compression="lzf"), b"@/emg")
    yield "texts", made(lambda h: set_(h, np.array([b"a", b"b"])), b"@/emg")
    yield "group", made(lambda h: h.create_group("emg"), b"@/emg")
    yield "nothing", made(lambda h: None)

    def matlab(h5, *more, rate="fs"):
        for name, data, kind in (("emg", (long * 9).T, "double"), (rate, np.array([[1000.0]]), "double"),
                                 ("note", np.array([[104], [105]], "<u2"), "char"), *more):
            h5[name] = data
            h5[name].attrs["MATLAB_class"] = np.bytes_(kind)
    yield "matlab", made(matlab)
    yield "matlab-row", made(lambda h: matlab(h), b"D")
    yield "matlab-two", made(lambda h: matlab(h, ("other", np.zeros((2, 600)), "single")))
    yield "matlab-named", made(lambda h: matlab(h, ("other", np.zeros((2, 600)), "single")), b"A/other")
    yield "matlab-named-char", made(matlab, b"@/note")
    yield "matlab-not-named", made(matlab, b"@/x")
    yield "matlab-none", made(lambda h: [matlab(h), h.__delitem__("emg")])
    yield "matlab-no-rate", made(lambda h: matlab(h, rate="x"), b"A")

    def nwb(h5, unit="volts", rate=True, series=True, marks=True, text=b"needle in", path="emg"):
        h5.attrs["neurodata_type"] = np.bytes_("NWBFile")
        h5["session_start_time"] = np.bytes_("1970-01-01T00:00:00+00:00")
        group = h5.create_group("acquisition/" + path)
        if series:
            group.attrs["neurodata_type"] = np.bytes_("TimeSeries")
            data = group.create_dataset("data", data=long)
            data.attrs.update(unit=np.bytes_(unit), conversion=1e-6, channel_0=np.bytes_("left"))
            if rate:
                group["starting_time"] = 0.0
                group["starting_time"].attrs.update(rate=1000.0)
        if marks:
            list_ = h5.create_group("acquisition/marks")
            list_.attrs["neurodata_type"] = np.bytes_("AnnotationSeries")
            list_["data"] = np.array([text, b"out", b""], "S20")
            list_["timestamps"] = [0.05, np.nan, 0.3]
    yield "nwb-fixed", made(nwb)
    yield "nwb-unit", made(lambda h: nwb(h, "meters"))
    yield "nwb-no-rate", made(lambda h: nwb(h, rate=False), b"A")
    yield "nwb-no-series", made(lambda h: nwb(h, series=False))
    yield "nwb-named", made(nwb, b"@/acquisition/emg")
    yield "nwb-set", made(nwb, b"@/acquisition/emg/data")

    def plux(h5, name="00:07", rate=1000, bits=(16, 16), channels=(1, 2), device="biosignalsplux", sets=True, columns=1):
        group = h5.create_group(name)
        group.attrs.update({"sampling rate": rate, "resolution": list(bits), "channels": list(channels), "device": device,
                            "date": "2020-1-2", "time": "3:4:5.6"})
        raw = group.create_group("raw")
        for c in channels if sets else ():
            set__ = raw.create_dataset(f"channel_{c}", data=np.full((200, columns), 999, "<u2"))
            set__.attrs.update({"sensor": np.bytes_("EMG"), "label": np.bytes_("CH")})
        for more in ("digital", "events", "support"):
            group.create_group(more)
    yield "plux", made(plux)
    yield "plux-two", made(lambda h: [plux(h), plux(h, "00:08", 100)])
    yield "plux-named", made(lambda h: [plux(h), plux(h, "00:08")], b"@/00:08")
    yield "plux-not-named", made(plux, b"@x")
    yield "plux-slow", made(lambda h: plux(h, rate=100))
    yield "plux-bits", made(lambda h: plux(h, bits=(99, 0)))
    yield "plux-lists", made(lambda h: plux(h, bits=(16,)))
    yield "plux-sets", made(lambda h: plux(h, sets=False))
    yield "plux-columns", made(lambda h: plux(h, columns=3))
    yield "plux-chosen", made(plux, b"D")


def matlab_emg():
    from seeds_cine import mat_array, mat_file
    long = (100 * np.asfortranarray(signal(300, 2)))
    def matrix(form, number, kind, name="emg", size=(300, 2)):
        return mat_array(name, long.astype(form).tobytes("F"), kind, number, size)
    fs = mat_array("fs", struct.pack("<d", 1000.0), 6, 9, (1, 1))
    for form, number, kind in (("<i1", 1, 8), ("<u2", 4, 11), ("<i4", 5, 12), ("<u4", 6, 13), ("<i8", 12, 14)):
        yield form[1:], mat_file(matrix(form, number, kind), fs)
        yield form[1:] + "-packed", mat_file(matrix(form, number, kind), fs, packed=True)
    rows = mat_array("emg", (100 * signal(300, 2)).astype("<f4").tobytes(), 7, 7, (2, 300))
    yield "rows", mat_file(rows, fs)
    yield "rows-packed", mat_file(rows, fs, packed=True)
    yield "two", mat_file(rows, matrix("<f4", 7, 7, "b"), fs)
    yield "two-named", mat_file(rows, matrix("<f4", 7, 7, "b"), fs) + NEXT + b"@b"
    yield "not-named", mat_file(rows, fs) + NEXT + b"@nothing"
    yield "none", mat_file(fs)
    yield "no-rate", mat_file(rows) + NEXT + b"A"
    yield "chosen", mat_file(rows, fs) + NEXT + b"D"
    yield "wide", mat_file(mat_array("emg", bytes(360000), 9, 2, (600, 600)), fs, packed=True)
    yield "big-endian", mat_file(rows, big=True)
    yield "short", mat_file()[:100]
    yield "cut", mat_file(fs, rows)[:-900]
    yield "cut-tag", mat_file(fs)[:-60]
    packed = mat_file(rows, fs, packed=True)
    yield "packed-cut", packed[:-40]
    yield "packed-wrong", packed[:160] + bytes(20) + packed[180:]
    yield "packed-other", mat_file()[:128] + struct.pack("<II", 15, 12) + zlib.compress(b"abcd")
    yield "lying", mat_file(mat_array("emg", bytes(64), 6, 9, (300, 2)), fs)
    yield "complex", mat_file(mat_array("emg", bytes(4800), 6, 9, (300, 2), bytes(4800)), fs)
    yield "cells", mat_file(mat_array("c", bytes(8), 1, 9, (1, 1)), rows, fs)


def main():
    for kind in (audio, edf, text, brainvision, wfdb, xdf, openephys, labels, hdf5, matlab_emg):
        folder = os.path.join(sys.argv[1], kind.__name__)
        os.makedirs(folder, exist_ok=True)
        for name, data in kind():
            with open(os.path.join(folder, "rare-" + name), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main()
