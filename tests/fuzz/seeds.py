#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of the fuzz corpus: small files of every kind that is read, good ones and ones that
are wrong in a chosen place.

    seeds.py PROGRAM CORPUS
"""
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import scipy.io

NEXT = b"\nNEXT-FILE\n"
RATE = 1000


def signal(frames=300, channels=2):
    t = np.arange(frames)[:, None]
    return (0.01 * np.sin(0.7 * t + np.arange(channels)) + (t == frames // 2)).astype("<f4")


def wave(samples, kind=3, bits=32, extra=b""):
    frames, channels = samples.shape
    width = bits // 8
    if kind == 3:
        data = samples.astype("<f4").tobytes()
    elif bits == 24:
        data = b"".join(struct.pack("<i", int(v * 8e6))[:3] for v in samples.ravel())
    else:
        data = (samples * 30000).astype("<i2").tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, kind, channels, RATE, RATE * channels * width,
                       channels * width, bits)
    body = b"WAVE" + form + extra + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def audio():
    cue = struct.pack("<4sII6I", b"cue ", 28, 1, 1, 10, 0x61746164, 0, 0, 10)
    events = b"# Marker IDs\n1,\t0.0100\nneedle in,\t0.2\n"
    yield "float", wave(signal()) + NEXT + events
    yield "pcm16", wave(signal(200, 1), 1, 16)
    yield "pcm24", wave(signal(100, 3), 1, 24)
    yield "cue", wave(signal(), 1, 16, cue)
    yield "cut", wave(signal())[:700]
    whole = bytearray(wave(signal()))
    whole[4:8] = b"\xff\xff\xff\xff"
    yield "length", bytes(whole)
    ds64 = struct.pack("<4sIQQQI", b"ds64", 28, 1 << 40, 1 << 39, 1 << 38, 0)
    yield "rf64", b"RF64\xff\xff\xff\xffWAVE" + ds64 + wave(signal(50, 1))[12:]
    yield "au", struct.pack(">4sIIIII", b".snd", 24, 400, 6, RATE, 1) + signal(100, 1).astype(">f4").tobytes()
    yield "aiff", (b"FORM" + struct.pack(">I", 254) + b"AIFF" + b"COMM" +
                   struct.pack(">IhIh", 18, 1, 100, 16) + b"\x40\x08\xfa\0\0\0\0\0\0\0" + b"SSND" +
                   struct.pack(">III", 208, 0, 0) + bytes(200))


def converted(program, names):
    """The same recording through our own writers."""
    with tempfile.TemporaryDirectory() as folder:
        wav = os.path.join(folder, "a.wav")
        with open(wav, "wb") as file:
            file.write(wave(signal(1500, 2)))
        with open(os.path.join(folder, "a-events.txt"), "w", encoding="ascii") as file:
            file.write("needle in,\t0.2\nneedle out,\t0.9\n")
        for name in names:
            out = os.path.join(folder, "out." + name)
            done = subprocess.run([program, "convert", "--full-scale-uv", "1000", wav, out],
                                  capture_output=True, check=False)
            if done.returncode == 0:
                with open(out, "rb") as file:
                    yield name, file.read()


def edf(program):
    for name, data in converted(program, ["edf", "bdf"]):
        yield name, data
        yield name + "-cut", data[:len(data) // 2]
        yield name + "-header", data[:250]
        lying = bytearray(data)
        lying[236:244] = b"99999999"
        yield name + "-records", bytes(lying)


def hdf5():
    def made(write, **options):
        with tempfile.NamedTemporaryFile(suffix=".h5") as file:
            with h5py.File(file.name, "w", **options) as h5:
                write(h5)
            with open(file.name, "rb") as again:
                return again.read()

    def plain(h5):
        data = h5.create_dataset("emg", data=signal(200, 2))
        data.attrs["rate"] = 1000.0

    def chunked(h5):
        h5.create_dataset("emg", data=signal(200, 2), chunks=(50, 2), compression="gzip", shuffle=True)

    def opensignals(h5):
        device = h5.create_group("00:07:80:3B:46:61")
        device.attrs["sampling rate"] = 1000
        device.attrs["resolution"] = [16, 16]
        device.attrs["channels"] = [1, 2]
        raw = device.create_group("raw")
        for c in (1, 2):
            raw.create_dataset(f"channel_{c}", data=np.full((200, 1), 32768, "<u2"))
        device.create_group("digital")
        device.create_group("events")

    def nwb(h5):
        h5.attrs["neurodata_type"] = "NWBFile"
        h5["session_start_time"] = "1970-01-01T00:00:00+00:00"
        series = h5.create_group("acquisition/emg")
        series.attrs["neurodata_type"] = "TimeSeries"
        data = series.create_dataset("data", data=signal(200, 1))
        data.attrs.update(unit="volts", conversion=1e-6)
        series["starting_time"] = 0.0
        series["starting_time"].attrs.update(rate=1000.0, unit="seconds")
        marks = h5.create_group("acquisition/marks")
        marks.attrs["neurodata_type"] = "AnnotationSeries"
        marks["data"] = ["needle in", "needle out"]
        marks["timestamps"] = [0.05, 0.15]

    def virtual(h5):
        layout = h5py.VirtualLayout(shape=(100,), dtype="<f4")
        layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(100,))
        h5.create_virtual_dataset("emg", layout)

    def elsewhere(h5):
        h5["emg"] = h5py.ExternalLink("/etc/passwd", "/")
        h5["loop"] = h5py.SoftLink("/loop")
        h5.create_group("a")["up"] = h5["/"]

    def external(h5):
        h5.create_dataset("emg", shape=(100,), dtype="u1", external=[("/etc/passwd", 0, 100)])

    for version in ("earliest", "latest"):
        yield "plain-" + version, made(plain, libver=version)
        yield "chunked-" + version, made(chunked, libver=version)
        yield "opensignals-" + version, made(opensignals, libver=version)
    yield "virtual", made(virtual)
    yield "elsewhere", made(elsewhere)
    yield "external", made(external)
    data = made(plain)
    yield "cut", data[:len(data) // 2]
    yield "nwb", made(nwb)


def text():
    rows = signal(60, 2)
    yield "csv", b"t,emg\n" + b"".join(b"%.3f,%.4f\n" % (i / RATE, v) for i, v in enumerate(rows[:, 0]))
    yield "tab", b"".join(b"%.4f\t%.4f\n" % tuple(row) for row in rows)
    yield "cr", b"".join(b"%.4f %.4f\r" % tuple(row) for row in rows)
    yield "comma", b"".join(b"%s;%s\n" % tuple(b"%.4f" % v for v in row) for row in rows).replace(b".", b",")
    yield "garbled", b"1 2\n3 4\nx y\n5\n" + b"6 nan\n7 1e400\n" * 10
    yield "long", b"1" * 3000 + b"\n2 3\n"
    header = {"00:07:80": {"sampling rate": 1000, "resolution": [16], "channels": [1], "sensor": ["EMG"],
                           "column": ["nSeq", "DI", "CH1"], "label": ["CH1"], "time": "10:0:0",
                           "date": "2020-1-1"}}
    yield "opensignals", (b"# OpenSignals Text File Format\n# " + json.dumps(header).encode() +
                          b"\n# EndOfHeader\n" + b"".join(b"%d\t0\t32768\t\n" % (i % 16) for i in range(60)))


def brainvision():
    head = ("Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\nCodepage=UTF-8\n"
            "DataFile={}\nMarkerFile=a.vmrk\nDataFormat=BINARY\nDataOrientation={}\nNumberOfChannels=2\n"
            "SamplingInterval=1000\n[Binary Infos]\nBinaryFormat={}\n[Channel Infos]\nCh1=EMG 1,,0.5,µV\n"
            "Ch2=EMG 2,,0.1,mV\n")
    marks = ("Brain Vision Data Exchange Marker File, Version 1.0\n[Common Infos]\nDataFile=a.eeg\n"
             "[Marker Infos]\nMk1=New Segment,,1,1,0,20200101000000000000\nMk2=Stimulus,S  1,100,1,0\n").encode()
    for kind, data in (("INT_16", (signal() * 3000).astype("<i2").tobytes()),
                       ("IEEE_FLOAT_32", signal().tobytes())):
        for order in ("MULTIPLEXED", "VECTORIZED"):
            yield f"{kind}-{order}", head.format("a.eeg", order, kind).encode() + NEXT + marks + NEXT + data
    yield "elsewhere", head.format("../../etc/passwd", "MULTIPLEXED", "INT_16").encode() + NEXT + marks


def wfdb():
    data = (signal(200, 1) * 1000).astype("<i2").tobytes()
    for form, samples in ((16, data), (212, bytes(600)), (24, bytes(600)), (80, bytes(200))):
        yield str(form), (f"a 1 1000 200\na.dat {form} 200(0)/mV 16 0 0 0 0 EMG\n".encode() + NEXT + samples)
    yield "lying", b"a 250 1000 99999999999\n" + b"a.dat 16 200 16 0 0 0 0 x\n" * 250 + NEXT + data
    yield "marks", (b"a 1 1000 200\na.dat 16 200(0)/mV 16 0 0 0 0 EMG\n" + NEXT + data + NEXT +
                    struct.pack("<HHHHH", 59 << 10, 1, 5, 22 << 10 | 7, 63 << 10 | 3) + b"in\0\0" +
                    struct.pack("<HH", 1 << 10 | 900, 0))
    yield "elsewhere", b"a 1 1000 200\n/etc/passwd 16 200 16 0 0 0 0 EMG\n" + NEXT + data


def xdf():
    def chunk(tag, content):
        return b"\x01" + bytes([len(content) + 2]) + struct.pack("<H", tag) + content \
            if len(content) < 250 else b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content

    def header(stream, form, rate, channels):
        return chunk(2, struct.pack("<I", stream) + f"<info><name>s{stream}</name><type>EMG</type>"
                     f"<channel_count>{channels}</channel_count><nominal_srate>{rate}</nominal_srate>"
                     f"<channel_format>{form}</channel_format><desc><channels><channel><label>EMG</label>"
                     "<unit>uV</unit></channel></channels></desc></info>".encode())

    for form, value in (("float32", struct.pack("<f", 1)), ("double64", struct.pack("<d", 1)),
                        ("int16", struct.pack("<h", 7)), ("int8", b"\1")):
        out = b"XDF:" + chunk(1, b"<info><version>1.0</version></info>") + header(1, form, 1000, 2)
        out += header(2, "string", 0, 1) + chunk(4, struct.pack("<Idd", 1, 5.0, 0.5))
        for start in (5.0, 5.1, 8.0):
            rows = b"".join((struct.pack("<Bd", 8, start) if k == 0 else b"\0") + value * 2
                            for k in range(100))
            out += chunk(3, struct.pack("<IBB", 1, 1, 100) + rows)
        out += chunk(3, struct.pack("<IBBBdBB", 2, 1, 1, 8, 5.2, 1, 2) + b"in")
        out += chunk(6, struct.pack("<I", 1) + b"<info/>")
        yield form, out
    yield "cut", out[:-300]


def matlab_emg():
    for packed in (False, True):
        for kind in ("f8", "f4", "i2", "u1"):
            with tempfile.NamedTemporaryFile(suffix=".mat") as file:
                scipy.io.savemat(file.name, {"emg": (100 * signal(300, 2)).astype(kind), "fs": 1000.0,
                                             "note": "x"}, do_compression=packed)
                with open(file.name, "rb") as again:
                    yield f"{kind}-{'packed' if packed else 'plain'}", again.read()


def openephys():
    def listed(values, form):
        with tempfile.TemporaryFile() as file:
            np.save(file, np.asarray(values, form))
            file.seek(0)
            return file.read()

    about = {"continuous": [{"folder_name": "a/", "sample_rate": 1000, "stream_name": "a", "num_channels": 2,
                             "channels": [{"channel_name": "EMG", "bit_volts": 0.2, "units": "uV"}] * 2}],
             "events": [{"folder_name": "a/"}]}
    numbers = np.arange(5000, 5200)
    leaps = np.where(numbers > 5100, numbers + 40, numbers)
    for name, list_ in (("even", numbers), ("leaps", leaps), ("back", numbers[::-1])):
        yield name, NEXT.join((json.dumps(about).encode(), (signal(200) * 3000).astype("<i2").tobytes(),
                               listed(list_, "<i8"), listed([1, -1], "<i2"), listed([5010, 5020], "<i8")))
    yield "elsewhere", json.dumps(about).replace("a/", "../").encode()


def labels():
    event = {"schema": "myotwitch.event/1", "type": "ltr", "stage": "confirmed", "channel": 0, "onset_s": 1.5,
             "offset_s": 1.6, "reported_s": 1.51, "confirmed_s": 1.7, "snr_db": 20.0}
    yield "events", (json.dumps({"schema": "myotwitch.run/1"}) + "\n" + json.dumps(event) + "\n").encode()
    yield "truth", json.dumps({"schema": "myotwitch.truth/1", "duration_s": 5, "events": [event]}).encode()
    yield "deep", b"[" * 2000
    yield "numbers", json.dumps(event).replace("1.5", "1e999").encode()


def texts_of(name):
    """The texts that a test of ours holds, as its compiler would read them."""
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "..", name), encoding="utf-8") as file:
        source = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
    literal = r'"(?:[^"\\\n]|\\.)*"'
    for group in re.finditer(literal + r"(?:\s*" + literal + ")*", source):
        parts = re.findall(r'"((?:[^"\\\n]|\\.)*)"', group[0])
        yield "".join(parts).encode().decode("unicode_escape").encode("latin-1")


def clinic():
    yield "tool", (b"tools:\n  - id: my_ball\n    name: ball\n    facts: []\n")
    yield "bomb", b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"
    yield "kind", b"muscles: {id: 1}\nzones:\n  - [\n"
    yield "deep", b"muscles: " + b"[" * 1002
    yield "empty", b"# nothing\n"
    yield "second-bad", b"zones: []\n---\n[\n"
    yield "nul", b'zones:\n  - {id: "a\\0b", label: a, group: b}\n'
    for name, text in {
            "param-bare": "params:\n  - {id: p, label: x, unit: s, origin: engine, note: x}\n",
            "param-note": "params:\n  - {id: p, label: x, lo: 1e2, hi: 1.5e+3, unit: s, origin: engine}\n",
            "param-number": "params:\n  - {id: guarding, hi: 1e}\n  - {id: guarding, lo: 1e-400}\n  - {id: x, lo: -2e-1x}\n",
            "muscle-zones": "muscles:\n  - {id: soleus, primary: [], article_zones: [thumb], hazards: [], needle_risk: high}\n",
            "muscle-lists": "muscles:\n  - {id: soleus, primary: heel, spill: [{a: b}], roots: [L5, L5], palpation: [flat, x]}\n",
            "muscle-kinds": "muscles:\n  - {id: {a: b}, depth: [deep], palpation: flat, entry: [1], region: {}}\n  - 3\n  - [x]\n",
            "muscle-viscera": "muscles:\n  - {id: soleus, hazards: [viscera], self: yes}\n",
            "muscle-entry": "muscles:\n  - {id: soleus, entry: 3}\n",
            "fact": "facts:\n  - {id: F999, kind: claim, text: x, numbers: [1, x, [2]], evidence: claim}\n",
            "fact-numbers": "facts:\n  - {id: F999, kind: range, section: x, text: x, numbers: 3, evidence: claim}\n",
            "rule": "rules:\n  - {id: Z9, scope: step, steps: [rest], outcomes: 3}\n",
            "rule-bare": "rules:\n  - {id: C01, facts: [], origin: engine}\n",
            "rule-outcomes": "rules:\n  - {id: C01, outcomes: [{severity: stop}, 3, {x: y}]}\n",
            "protocol-heat": "protocols:\n  - id: self_standard\n    steps: [{step: cold}, {step: compress}, {step: heat, optional: maybe}]\n",
            "protocol-flag": "protocols:\n  - id: self_standard\n    steps: [{step: compress, optional: yes}, {step: rest, optional: false}]\n",
            "source": "sources:\n  - {id: article, date: 2026-13-01}\n  - {id: b, read: x}\n",
            "zone": "zones:\n  - {id: lonely, label: a, group: b}\n",
            "top-kinds": "3\n", "top-list": "- a\n", "key-kinds": "{[a]: [b]}\n"}.items():
        yield name, text.encode()
    texts = (text for text in texts_of("test_clinic.c") if b"\n" in text and b":" in text)
    for number, text in enumerate(texts):
        yield f"test-{number:02}", text


def session():
    head = b"schema: myotwitch.session/1\nheader: {id: S1, patient: P07, setting: clinical, date: 2026-11-20}\n"
    lines = [b'{"type":"%s","onset_s":%g,"offset_s":%g,"channel":%d,"peak_uv":200,"features":{"turns":5},"detector":"d/1",'
             b'"reasons":["x"],"confidence":0.9,"reported_s":1,"confirmed_s":2}\n' % row for row in (
                 (b"ltr", 110.2, 110.3, 0), (b"single_unit", 111, 111.1, 1), (b"gap", 112, 113, -1), (b"ltr", 150, 149, 0),
                 (b"contraction", 114, 119, 0), (b"release", 120, 121, 0), (b"nothing", 1, 2, 0))]
    answers = [b'{"type":"relaxation","onset_s":%d,"offset_s":%d,"verdict":"%s","ratio":0.5}\n' % (i, i + 1, verdict)
               for i, verdict in enumerate((b"released", b"relaxed", b"unchanged", b"increased", b"unusable", b"x"))]
    marks = [b'{"type":"marker","onset_s":%d,"label":"%s","provenance":"recording"}\n' % (i, label) for i, label in enumerate(
        (b"needle start", b"insertion", b"needle end", b"compress", b"end", b"palpate start", b"x y", b"hold end"))]
    run = b'{"schema":"myotwitch.run/1","detector":"emg/2","config_hash":"abc","recording":"a.wav"}\n'
    whole = next(text for text in texts_of("session_case.h") if text.startswith(b"schema"))
    yield "needled", whole + NEXT + run + b"".join(lines + answers + marks)
    for name, more in (("marks", marks), ("answers", answers), ("events", lines)):
        yield name, whole + NEXT + run + b"".join(more)
    signs = [b'{"type":"marker","onset_s":%d,"label":"%s","provenance":"recording"}\n' % mark for mark in (
        (9, b"phase: needle"), (3, b"phase: compress"), (4, b"stop-sign sharp, shooting or electric pain"), (5, b"note: pale"),
        (5, b"note: paler"), (6, b"stop-sign swelling, colour or warmth"), (10, b"insertion: 1"), (10, b"undone: insertion: 1"),
        (12, b"undone: never said"), (13, b"end"), (14, b"stop-sign sharp, shooting or electric pain"), (15, b"stop-sign dizzy"),
        (16, b"end"), (17, b"stop-sign swelling, colour or warmth"), (18, b"note: nobody"), (19, b"phase: rest"), (20, b"hold"),
        (30, b"hold end"), (31, b"recheck"), (31, b"needle moved"))]
    yield "signs", whole + NEXT + run + b"".join(signs)
    yield "signs-more", whole + NEXT + run + b"".join(signs[:6] + lines + signs[6:] + answers)
    seen = [line.replace(b'"channel":0', b'"channel":0,"modality":"%s"' % sense) for line in lines
            for sense in (b"emg", b"ultrasound")]
    yield "senses", whole + NEXT + run + b"".join(seen)
    yield "stages", whole + NEXT + b"".join(lines[0].replace(b"{", b'{"stage":"%s",' % stage, 1) for stage in (
        b"provisional", b"withdrawn", b"confirmed", b"x"))
    yield "list", whole + NEXT + b"[1]\n"
    yield "word", whole + NEXT + lines[0].replace(b"110.2", b'"soon"')
    yield "cut", whole + NEXT + lines[0][:40]
    yield "empty", b"myotwitch_session: 1\n"
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../clinic/worked_example.yaml"), "rb") as file:
        yield "example", file.read() + NEXT + run + b"".join(lines)
    number = 0
    for test in ("test_session.c", "test_session_flow.c", "test_rules_session.c"):
        for text in texts_of(test):
            if re.match(rb"(schema|points|steps|insertions|findings|answers|doctors|header|audit):", text) and b"\n" in text:
                yield f"test-{number:02}", text if text.startswith(b"schema") else head + text
                number += 1


def pipeline():
    def piece(kind, length, size, where=255):
        return bytes([kind, where, length, size])

    head = lambda channels, rate, needles, switches: bytes([7, 3, 2, channels - 1, rate, needles, switches, 150, 30, 95])
    twitch = piece(0, 250, 0) + piece(2, 8, 30) + piece(0, 60, 0)
    yield "twitches", head(1, 3, 0, 3) + twitch * 3
    yield "many", head(5, 1, 2, 7) + twitch + piece(1, 60, 28, 3) + piece(7, 5, 0, 1) + twitch
    yield "stimulator", head(2, 2, 0, 15) + piece(4, 255, 24) + piece(4, 255, 24)
    yield "hum", head(1, 3, 0, 1) + piece(3, 255, 26) + twitch
    yield "gap", head(2, 0, 1, 31) + piece(0, 255, 0) + bytes([9, 0, 20]) + bytes([0]) + twitch
    yield "rails", head(2, 3, 0, 35) + piece(0, 250, 0) + piece(10, 20, 0) + twitch
    yield "long-gap", bytes([8]) + head(2, 1, 0, 3)[1:] + twitch + bytes([9, 7, 250, 0]) + twitch
    yield "both", bytes([4]) + head(2, 3, 0, 3)[1:] + piece(0, 250, 0) + piece(2, 8, 34) * 3 + twitch
    yield "heart", head(2, 1, 0, 3) + (piece(2, 3, 30) + piece(0, 76, 0)) * 15
    yield "motion", head(1, 1, 0, 3) + piece(0, 250, 0) + piece(6, 200, 40) + piece(5, 3, 40) + twitch
    yield "louder", head(2, 1, 0, 19) + piece(0, 250, 0) + piece(1, 255, 10) + piece(1, 255, 13) + piece(1, 255, 12) + twitch
    yield "steps", head(3, 4, 0, 2) + piece(5, 80, 30) + piece(6, 120, 20) + twitch


def main():
    program, corpus = os.path.abspath(sys.argv[1]), sys.argv[2]
    kinds = {"audio": audio(), "edf": edf(program), "hdf5": hdf5(), "text": text(),
             "brainvision": brainvision(), "wfdb": wfdb(), "xdf": xdf(), "matlab_emg": matlab_emg(),
             "openephys": openephys(), "labels": labels(), "clinic": clinic(),
             "session": session(), "pipeline": pipeline()}
    for kind, seeds in kinds.items():
        folder = os.path.join(corpus, kind)
        os.makedirs(folder, exist_ok=True)
        for name, data in seeds:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main()
