#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How soon could the first word of a twitch come at best? An oracle beside this program's own detector.

Usage: bench/early_floor.py PROGRAM [--scenario S[,S...]] [--generator a,b] [--seeds FIRST-LAST]
       [--duration S] [--per-hour R]

Each session is made twice, with its twitches and with twitches of -100 dB: the difference is every twitch
without any noise, the second the noise without any twitch. Both are whitened by the noise's own median
spectrum. Two detectors then know more than any other could, and answer at once:

  shape  knows the noise, and of each twitch every sample to come on all channels but not when: a matched filter. It
         has its word when the energy since the onset, over the noise, exceeds the quantile of a Gaussian at which R alarms
         an hour come of one trial a ms (more trials would only put it off).
  onset  knows the noise and when each twitch would begin, but not its shape: the energy in 20-450 Hz since the
         onset on any channel, against the quantile of the chi-square of as many degrees of freedom.

The moments are those at which each has its word with even odds; what swings and beats add to the noise is not
held against them. `program` is what `analyze` reports of the twitches that it finds. All count from the label,
for twitches of 18 dB and more.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import numpy
import scipy.stats

SEGMENT = 256       # frames of a spectrum
TAPS = 128          # of the whitening filter
BAND_HZ = 430.0     # 20-450 Hz
LONGEST_MS = 200.0  # no word by then counts as this
AIM_MS = 11.0       # 15 less a block of 4
PEAK_DB = 18.0


def call(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stderr}")
    return done.stdout


def session(program, stem, scenario, generator, seed, seconds, *how):
    """Labels, and samples in uV by channel."""
    wav, truth = stem + ".wav", stem + ".json"
    call(program, "synth", scenario, "--generator", generator, "--seed", str(seed), "--duration",
         f"{seconds:g}", "--format", "float", "--output", wav, "--truth", truth, *how)
    with open(truth, encoding="utf-8") as file:
        labels = json.load(file)
    with open(wav, "rb") as file:
        data = file.read()
    start = data.index(b"data") + 8
    frames = labels["channels"] * round(labels["duration_s"] * labels["rate_hz"])
    samples = numpy.frombuffer(data, "<f4", count=frames, offset=start)
    return labels, samples.reshape(-1, labels["channels"]).T * labels["full_scale_uv"]


def whitening(noise):
    """Minimum-phase filter that makes this noise white and of unit variance."""
    window = numpy.hanning(SEGMENT)
    pieces = noise[:noise.size // SEGMENT * SEGMENT].reshape(-1, SEGMENT) * window
    power = numpy.abs(numpy.fft.rfft(pieces, axis=1)) ** 2
    density = numpy.median(power, axis=0) / numpy.log(2.0) / (window ** 2).sum()
    both = numpy.concatenate([density, density[-2:0:-1]])
    cepstrum = numpy.fft.ifft(-0.5 * numpy.log(both)).real
    cepstrum[1:SEGMENT // 2] *= 2.0
    cepstrum[SEGMENT // 2 + 1:] = 0.0
    return numpy.fft.ifft(numpy.exp(numpy.fft.fft(cepstrum))).real[:TAPS]


def reach_ms(over, rate_hz):
    """When the first of these is true, as time since the onset; the frame itself is to be seen."""
    at = int(numpy.argmax(over)) if over.any() else len(over)
    return min(LONGEST_MS, 1000.0 * (at + 1) / rate_hz)


def found(truth, events, tolerance_s=0.05):
    """The delay of each labelled twitch's nearest event, in ms."""
    delays = []
    for label in truth:
        near = [e for e in events if abs(e["onset_s"] - label["onset_s"]) <= tolerance_s]
        if near:
            best = min(near, key=lambda e: abs(e["onset_s"] - label["onset_s"]))
            delays.append(1000.0 * (best["reported_s"] - label["onset_s"]))
    return delays


def measure(program, directory, job, seconds, per_hour):
    """Delays in ms of the two oracles and of the program in one session."""
    stem = os.path.join(directory, "-".join(str(part) for part in job))
    labels, both = session(program, stem, *job, seconds)
    silent, noise = session(program, stem + "-silent", *job, seconds, "--snr", "-100")
    if [e["onset_frame"] for e in labels["events"] if e["type"] == "ltr"] != \
       [e["onset_frame"] for e in silent["events"] if e["type"] == "ltr"]:
        sys.exit(f"{stem}: the two sessions differ in more than the size of their twitches")
    rate_hz = labels["rate_hz"]
    white = numpy.array([numpy.convolve(b - n, whitening(n))[:b.size] ** 2
                         for b, n in zip(both, noise)])
    truth = [e for e in labels["events"] if e["type"] == "ltr" and e["snr_db"] >= PEAK_DB]
    chance = per_hour / 3.6e6
    matched = statistics.NormalDist().inv_cdf(1.0 - chance) ** 2
    frames = numpy.arange(1, round(LONGEST_MS * rate_hz / 1000.0) + 1)
    freedom = numpy.maximum(1.0, 2.0 * BAND_HZ * frames / rate_hz)
    surplus = scipy.stats.chi2.isf(chance / labels["channels"], freedom) - freedom
    shape, onset = [], []
    for label in truth:
        start = label["onset_frame"]
        energy = numpy.cumsum(white[:, start:start + frames.size], axis=1)
        shape.append(reach_ms(energy.sum(axis=0) > matched, rate_hz))
        over = energy > surplus[:energy.shape[1]]
        onset.append(reach_ms(over.any(axis=0), rate_hz))
    told = call(program, "analyze", stem + ".wav", "--events", "-", "--full-scale-uv",
                repr(labels["full_scale_uv"]))
    lines = [json.loads(line) for line in told.splitlines() if '"type":"ltr"' in line]
    for name in os.listdir(directory):
        os.remove(os.path.join(directory, name))
    return shape, onset, found(truth, lines)


def row(delays):
    if not delays:
        return "no twitch"
    values = numpy.array(delays)
    return f"{numpy.quantile(values, 0.5):5.1f} {numpy.quantile(values, 0.95):5.1f} " \
           f"{100.0 * numpy.mean(values > AIM_MS):5.1f} %  of {values.size}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--scenario", default="clean,multi,needling,upper-trapezius")
    parser.add_argument("--generator", default="a,b")
    parser.add_argument("--seeds", default="901-905")
    parser.add_argument("--duration", type=float, default=900.0)
    parser.add_argument("--per-hour", type=float, default=1.0)
    options = parser.parse_args()
    first, last = (int(part) for part in options.seeds.split("-"))
    print(f"from onset to the first word, ms: median, 95 %, later than {AIM_MS:g} ms; "
          f"{options.per_hour:g} alarms an hour")
    for scenario in options.scenario.split(","):
        for generator in options.generator.split(","):
            rows = {"shape": [], "onset": [], "program": []}
            for seed in range(first, last + 1):
                with tempfile.TemporaryDirectory() as directory:
                    job = scenario, generator, seed
                    parts = measure(options.program, directory, job, options.duration,
                                    options.per_hour)
                for known, part in zip(rows, parts):
                    rows[known] += part
            for known, delays in rows.items():
                print(f"{scenario:16} {generator} {known:8} {row(delays)}", flush=True)


if __name__ == "__main__":
    main()
