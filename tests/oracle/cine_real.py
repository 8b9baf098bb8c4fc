#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the table of tests/test_cine_real.c: what readers that are not ours make of real recordings.

    cine_real.py DATA/ultrasound

Needs pydicom with pylibjpeg, pylibjpeg-libjpeg, pylibjpeg-openjpeg and pylibjpeg-rle, numpy, scipy, Pillow,
ffmpeg. Colours become luma of BT.601, rounded; the check is CRC-32 over the bytes of all pictures, or over
little-endian floats where numbers are not bytes, or for lossy codecs, whose decoders round as they
like, the mean.
"""
import json
import re
import struct
import subprocess
import sys
import warnings
import zlib

import numpy as np
import pydicom
from PIL import Image
from pydicom.pixel_data_handlers.util import apply_color_lut
from scipy.io import loadmat

warnings.filterwarnings("ignore")
ROOT = sys.argv[1]
NAN = float("nan")


def luma(rgb):
    r, g, b = (rgb[..., i].astype(np.int64) for i in range(3))
    return (299 * r + 587 * g + 114 * b + 500) // 1000


def dicom(name):
    data = pydicom.dcmread(f"{ROOT}/{name}")
    frames = int(data.get("NumberOfFrames", 1))
    pixels = data.pixel_array
    pixels = pixels[None] if frames == 1 else pixels
    kind = data.PhotometricInterpretation
    if kind == "PALETTE COLOR":
        rgb = apply_color_lut(pixels, data).astype(np.int64)
        pixels = luma(rgb >> 8 if rgb.max() > 255 else rgb)
    elif kind in ("RGB", "YBR_ICT", "YBR_RCT"):
        pixels = luma(pixels)
    elif kind.startswith("YBR"):
        pixels = pixels[..., 0]
    last = NAN
    if frames == 1:
        last = 0.0
    elif "FrameTime" in data:
        last = float(data.FrameTime) * 1e-3 * (frames - 1)
    mm = (0.0, 0.0)
    for region in data.get("SequenceOfUltrasoundRegions", []):
        inside = region.RegionLocationMaxX1 <= data.Columns and region.RegionLocationMaxY1 <= data.Rows
        if inside and region.RegionSpatialFormat == 1 and region.RegionDataType == 1:
            mm = (10 * region.PhysicalDeltaX, 10 * region.PhysicalDeltaY)
    lossy = data.file_meta.TransferSyntaxUID.name in ("JPEG Baseline (Process 1)", "JPEG 2000 Image Compression")
    clock = "INTERVAL" if frames > 1 and last == last else "NONE"
    return "BMODE", clock, 0.0 if last == last else NAN, last, mm, pixels.astype(np.uint8), lossy


def video(name):
    about = json.loads(subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
         "stream=width,height:frame=best_effort_timestamp_time", "-of", "json", f"{ROOT}/{name}"],
        capture_output=True, check=True).stdout)
    times = [float(f["best_effort_timestamp_time"]) for f in about["frames"]]
    width, height = about["streams"][0]["width"], about["streams"][0]["height"]
    plane = subprocess.run(["ffmpeg", "-v", "error", "-i", f"{ROOT}/{name}", "-vsync", "passthrough", "-vf",
                            "extractplanes=y", "-f", "rawvideo", "-"], capture_output=True, check=True).stdout
    return ("BMODE", "FRAME", times[0], times[-1], (0.0, 0.0),
            np.frombuffer(plane, np.uint8).reshape(len(times), height, width), False)


def picture(name):
    image, frames, times = Image.open(f"{ROOT}/{name}"), [], [0.0]
    for i in range(getattr(image, "n_frames", 1)):
        image.seek(i)
        frames.append(luma(np.asarray(image.convert("RGB"))))
        times.append(times[-1] + image.info.get("duration", 0) * 1e-3)
    return ("BMODE", "FRAME" if len(frames) > 1 else "NONE", 0.0, times[len(frames) - 1], (0.0, 0.0),
            np.array(frames).astype(np.uint8), False)


def meta(name):
    text, _, rest = open(f"{ROOT}/{name}", "rb").read().partition(b"ElementDataFile = ")
    file, _, body = rest.partition(b"\n")
    keys = dict(re.findall(r"(\w+) = (.*?)\s*\n", text.decode("latin1")))
    if file.strip() != b"LOCAL":
        body = open(f"{ROOT}/{name.rsplit('/', 1)[0]}/{file.decode().strip()}", "rb").read()
    body = zlib.decompress(body) if keys["CompressedData"] == "True" else body
    size = [int(v) for v in keys["DimSize"].split()] + [1]
    times = [float(v) for v in re.findall(r"Timestamp = ([\d.]+)", text.decode("latin1"))]
    pixels = np.frombuffer(body, {"MET_UCHAR": "u1", "MET_SHORT": "<i2"}[keys["ElementType"]])
    pixels = pixels.reshape(size[2], size[1], size[0])
    kind = "BMODE"
    if keys["UltrasoundImageType"] == "RF_IQ_LINE" if "UltrasoundImageType" in keys else False:
        kind = "IQ"
        pixels = pixels.reshape(size[2], size[1], size[0] // 2, 2).transpose(0, 2, 1, 3).astype("<f4")
    return kind, "FRAME", times[0], times[-1], (0.0, 0.0), pixels, False


def clarius(name):
    raw = open(f"{ROOT}/{name}", "rb").read()
    _, _, lines, samples, size = struct.unpack("<5I", raw[:20])
    time = struct.unpack("<Q", raw[20:28])[0] * 1e-9
    mm = (0.0, 1540 / 2 / 15e6 * 1e3)
    if size == 1:
        return ("LINES", "FRAME", time, time, mm,
                np.frombuffer(raw[28:], "u1").reshape(1, lines, samples).transpose(0, 2, 1), False)
    iq = np.frombuffer(raw[28:], "<i2").reshape(1, lines, samples, 2).transpose(0, 2, 1, 3)
    return "IQ", "FRAME", time, time, mm, iq.astype("<f4"), False


def matlab(name, variable, last):
    array = loadmat(f"{ROOT}/{name}")[variable]
    array = array.T if array.shape[0] == 1 else array
    array = array.reshape(array.shape[0], array.shape[1], -1).transpose(2, 0, 1)
    bytes_ = array.dtype == np.uint8
    clock = "INTERVAL" if last > 0 else "NONE"
    return ("BMODE" if bytes_ else "LINES", clock, 0.0 if last == last else NAN, last, (0.0, 0.0),
            array if bytes_ else array.astype("<f4"), False)


def wulpus(name):
    lines = np.load(f"{ROOT}/{name}")["data_arr"].T
    return "LINES", "NONE", NAN, NAN, (0.0, 0.0), lines[:, :, None].astype("<f4"), False


def number(value):
    return "NAN" if value != value else repr(round(float(value), 9))


def row(name, made):
    kind, clock, first, last, mm, pixels, lossy = made
    check = 0 if lossy else zlib.crc32(np.ascontiguousarray(pixels).tobytes())
    mean = float(pixels.mean()) if lossy else 0.0
    print(f'    {{"{name}", MYO_CINE_{kind}, MYO_CINE_TIME_{clock}, {pixels.shape[2]}, {pixels.shape[1]}, '
          f'{pixels.shape[0]}, {number(first)}, {number(last)}, {number(mm[0])}, {number(mm[1])}, '
          f'0x{check:08x}, {mean:.4f}}},')


def main():
    for name in ("JPGLosslessP14SV1_1s_1f_8b OBXXXX1A OBXXXX1A_2frame OBXXXX1A_rle OBXXXX1A_rle_2frame US1_J2KI "
                 "US1_J2KR US1_UNCI US1_UNCR color-pl color-px examples_palette examples_rgb_color "
                 "examples_ybr_color gdcm-US-ALOKA-16 gdcm-US-RGB-8-epicard gdcm-US-RGB-8-esopecho "
                 "multiframe-test1").split():
        row(f"dicom/{name}.dcm", dicom(f"dicom/{name}.dcm"))
    for name in ("isokinetic030_01_push_01 isokinetic030_01_push_02 isokinetic210_01_push_01 "
                 "isokinetic210_01_push_02 isokinetic500_02_push_01 isometric_max_01_push_01 "
                 "isometric_max_01_push_02 passive_ROM_01_push_01 passive_ROM_01_push_02 "
                 "passive_ROM_01_push_03").split():
        row(f"muscle/p6_{name}.mp4", video(f"muscle/p6_{name}.mp4"))
    evoked = "muscle/evoked_twitch/"
    for name in ("contraction.gif", "published_displacement_velocity_plots.png"):
        row(evoked + name, picture(evoked + name))
    for name in ("BkCurvilinearRfData.igs.mhd", "BkCurvilinearScanConvertedData.igs.mha",
                 "BoneUltrasound_L14.igs.mha", "USTC_3NWires_ProbeTranslation.igs.mha"):
        row("other/metaimage/" + name, meta("other/metaimage/" + name))
    for name in ("carotid_env", "carotid_iq"):
        row(f"other/clarius_carotid_doppler/{name}.raw", clarius(f"other/clarius_carotid_doppler/{name}.raw"))
    row("other/pymust/PWI_disk.mat", matlab("other/pymust/PWI_disk.mat", "RF", 31e-4))
    row("other/pymust/RFsignal@20MHz.mat", matlab("other/pymust/RFsignal@20MHz.mat", "RF", 0.0))
    row("other/pymust/bmode_PWI_disk.mat", matlab("other/pymust/bmode_PWI_disk.mat", "I", NAN))
    row("other/wulpus/data_0.npz", wulpus("other/wulpus/data_0.npz"))


main()
