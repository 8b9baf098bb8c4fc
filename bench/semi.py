#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the detector on model twitches laid into a real recording (semi-simulated).

Usage: bench/semi.py PROGRAM [--family F] [--records N] [--generator a|b]
                     [--data DIR] [--list]

The recording (myonset, two channels, 58 s; datasets/CATALOG.tsv) gives noise, hum and
disturbances as they are. Twitches come from `synth clean`, nearly free of noise, each scaled to a peak of
18-30 dB over the recording's own resting RMS in 20-450 Hz, and are laid where the recording is at rest.
Only rest counts, for events as for time: what the person's own bursts were is not known (some are as
short as a twitch). Exit status: 0, or 77 if the recording is not there.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import numpy
from scipy.io import wavfile
from scipy.signal import butter, sosfiltfilt

import campaign

NAME = "myonset_simon_task"
FULL_SCALE_UV = 10000.0
NOISE_FREE_DB = 60       # twitches of this size drown the generator's own floor
PEAK_DB = (18.0, 30.0)   # after scaling
AROUND_S = (0.02, 0.06)  # laid in from so long before a twitch to so long after
REST_S = 0.5             # the recording must be at rest for so long on both sides
REST_RATIO = 3.0         # at rest: 50 ms RMS below this many times the resting RMS


class Ground:
    """One channel of the real recording and where it is at rest."""

    def __init__(self, directory, channel):
        self.rate, frames = wavfile.read(os.path.join(directory, NAME + ".wav"))
        self.uv = frames[:, channel].astype(float) * FULL_SCALE_UV
        band = sosfiltfilt(butter(4, (20, 450), "bandpass", fs=self.rate, output="sos"), self.uv)
        window = int(0.05 * self.rate)
        power = numpy.convolve(band ** 2, numpy.ones(window) / window, "same")
        # the lower half of the blocks is rest; its median is that of all rest blocks or less
        self.floor_uv = float(numpy.sqrt(numpy.median(power[power < numpy.median(power)])))
        self.active = power > (REST_RATIO * self.floor_uv) ** 2

    def is_rest(self, start_s, end_s):
        first = max(0, int((start_s - REST_S) * self.rate))
        return not self.active[first:int((end_s + REST_S) * self.rate)].any()

    def rest_duration_s(self):
        window = int(2 * REST_S * self.rate)
        near = numpy.convolve(self.active, numpy.ones(window), "same") > 0.5
        return float((~near).sum() / self.rate)


def make_twitches(program, ground, generator, seed, scratch):
    """Samples in uV and labels of a session of the recording's rate and length."""
    wav, truth = os.path.join(scratch, "twitches.wav"), os.path.join(scratch, "twitches.json")
    campaign.call(program, "synth", "clean", "--generator", generator, "--seed", str(seed),
                  "--rate", str(ground.rate), "--duration", repr(len(ground.uv) / ground.rate),
                  "--snr", str(NOISE_FREE_DB), "--format", "float", "--force",
                  "--output", wav, "--truth", truth)
    with open(truth, encoding="utf-8") as file:
        labels = json.load(file)
    _, samples = wavfile.read(wav)
    return samples * labels["full_scale_uv"], [e for e in labels["events"] if e["type"] == "ltr"]


def lay_in(ground, twitches, labels, seed):
    """The recording with the twitches that fit, and their labels."""
    draw = random.Random(seed)
    mixed = ground.uv.copy()
    kept = []
    for label in labels:
        snr_db = draw.uniform(*PEAK_DB)
        if not ground.is_rest(label["onset_s"], label["offset_s"]):
            continue
        gain = ground.floor_uv * 10 ** (snr_db / 20) / label["peak_uv"]
        first = max(0, int((label["onset_s"] - AROUND_S[0]) * ground.rate))
        last = int((label["offset_s"] + AROUND_S[1]) * ground.rate)
        mixed[first:last] += gain * twitches[first:last]
        kept.append({"type": "ltr", "onset_s": label["onset_s"], "offset_s": label["offset_s"],
                     "snr_db": snr_db})
    return mixed, kept


def make_record(options, ground, seed, stem):
    """Writes labels and events of one mixed record; returns their paths."""
    with tempfile.TemporaryDirectory() as scratch:
        twitches, labels = make_twitches(options.program, ground, options.generator, seed, scratch)
        mixed, kept = lay_in(ground, twitches, labels, seed)
        wav, truth, events = os.path.join(scratch, "mixed.wav"), stem + ".json", stem + ".jsonl"
        wavfile.write(wav, ground.rate, (mixed / FULL_SCALE_UV).astype(numpy.float32))
        with open(truth, "w", encoding="utf-8") as out:
            json.dump({"schema": "myotwitch.truth/1", "duration_s": ground.rest_duration_s(),
                       "events": kept}, out)
        found = campaign.call(options.program, "analyze", wav, "--events", "-", "--quiet",
                              "--full-scale-uv", str(FULL_SCALE_UV))
        with open(events, "w", encoding="utf-8") as out:
            for line in found.splitlines():
                event = json.loads(line)
                if "onset_s" in event and ground.is_rest(event["onset_s"], event["onset_s"]):
                    print(line, file=out)
    return truth, events


def find_data(asked):
    root = os.path.dirname(campaign.HERE)
    base = asked or os.environ.get("MYOTWITCH_DATA") or os.path.join(root, "..", "shared", "data")
    directory = os.path.join(base, "emg", "converted")
    if not os.path.exists(os.path.join(directory, NAME + ".wav")):
        print(f"skipped: no {NAME}.wav in {directory}; set MYOTWITCH_DATA")
        sys.exit(77)
    return directory


def main():
    parser = argparse.ArgumentParser(description="measure on model twitches in a real recording")
    parser.add_argument("program")
    parser.add_argument("--family", default="dev", choices=campaign.read_families())
    parser.add_argument("--records", type=int, default=20, help="of each channel (default 20)")
    parser.add_argument("--generator", default="a")
    parser.add_argument("--data")
    parser.add_argument("--list", action="store_true", help="list each miss and false alarm too")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    directory = find_data(options.data)
    first, _ = campaign.read_families()[options.family]
    with tempfile.TemporaryDirectory() as out:
        files = []
        for channel in (0, 1):
            ground = Ground(directory, channel)
            print(f"channel {channel + 1}: {ground.rest_duration_s():.1f} s of rest with "
                  f"{ground.floor_uv:.2f} uV RMS in 20-450 Hz")
            for seed in range(first, first + options.records):
                stem = os.path.join(out, f"channel-{channel + 1}-seed-{seed}")
                files += make_record(options, ground, seed, stem)
        try:
            print(campaign.call(options.program, "score", *(["--list"] if options.list else []),
                                *files).replace(out + os.sep, ""))
        except campaign.ProgramFailed as failure:
            sys.exit(str(failure))


if __name__ == "__main__":
    main()
