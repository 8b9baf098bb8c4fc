#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks of each false burst in the recordings of stimulus artefacts alone whether the stimulator made it.

Usage: at_rest.py PROGRAM [--data DIR]

What a pulse leaves comes with pulses; what muscle fires does not know of them. The highest potential of the burst, 16 ms of
20-450 Hz without hum, is looked for in the whole recording: correlation of 0.8 or more, half to twice as high. Printed are how many there are,
how many within 3 s of the burst, their median interval there, how many lie within 10 ms of a pulse, how many would by chance, and
how probable so many or more are by chance. A small probability speaks for an artefact; a large one, with several of them, for muscle.
Needs NumPy and SciPy. It judges nothing and weakens no row: score_real.py counts all of them as false.
"""
import argparse
import json
import os

import numpy
import scipy.io.wavfile
import scipy.signal
import scipy.stats

import score_real

HALF_S = 0.008
LIKE = 0.8
NEAR_S = 3.0
APART_S = 0.02


def samples(recording, channel):
    """One channel in uV, 20-450 Hz, without the stronger of 50 and 60 Hz and seven harmonics, and its rate."""
    with open(recording.path[:-len(".wav")] + ".json", encoding="utf-8") as file:
        rate = json.load(file)["fs_hz"]
    _, x = scipy.io.wavfile.read(recording.path)
    x = numpy.asarray(x, dtype=float).reshape(len(x), -1)[:, channel] * score_real.FULL_SCALE_UV
    band = scipy.signal.butter(2, [20, 450], "band", fs=rate, output="sos")
    x = scipy.signal.sosfiltfilt(band, x)
    freq, power = scipy.signal.welch(x, rate, nperseg=int(2 * rate))
    hum = max((50.0, 60.0), key=lambda f: power[numpy.argmin(abs(freq - f))])
    for harmonic in range(1, 8):
        b, a = scipy.signal.iirnotch(hum * harmonic, 12 if harmonic == 1 else 30, rate)
        x = scipy.signal.filtfilt(b, a, x)
    return x, rate


def like(x, rate, burst):
    """Times of all potentials like the highest of a burst."""
    first, end = int(burst["onset_s"] * rate), int(burst["offset_s"] * rate)
    half = int(HALF_S * rate)
    top = first + int(numpy.argmax(abs(x[first:end])))
    shape = x[top - half:top + half]
    product = numpy.correlate(x, shape, "valid")
    norm = numpy.sqrt(numpy.convolve(x * x, numpy.ones(2 * half), "valid") * (shape @ shape))
    height = product / (shape @ shape)
    score = numpy.where((height > 0.5) & (height < 2.0), product / norm, 0.0)
    found, _ = scipy.signal.find_peaks(score, height=LIKE, distance=int(APART_S * rate))
    return (found + half) / rate


def report(recording, x, rate, burst):
    pulses = numpy.array(recording.times("tms_pulse"))
    times = like(x, rate, burst)
    distance = abs(times[:, None] - pulses[None, :]).min(axis=1)
    at_pulse = int((distance <= score_real.ARTEFACT_S).sum())
    share = len(pulses) * 2 * score_real.ARTEFACT_S / recording.duration_s
    chance = scipy.stats.binom.sf(at_pulse - 1, len(times), share)
    near = times[abs(times - burst["onset_s"]) < NEAR_S]
    interval = f"{1e3 * numpy.median(numpy.diff(near)):.0f} ms" if len(near) > 1 else "-"
    print(f"{recording.name}: {score_real.describe(burst)}\n"
          f"    {len(times)} like it, {len(near)} within {NEAR_S:g} s, every {interval} (median); "
          f"{at_pulse} at a pulse, {share * len(times):.1f} by chance, p {chance:.2g}")


def main():
    parser = argparse.ArgumentParser(description="were false bursts made by the stimulator?")
    parser.add_argument("program")
    parser.add_argument("--data")
    options = parser.parse_args()
    directory = score_real.find_data(options.data)
    for recording, channel, sweeps in score_real.artefact_sets(directory):
        events = score_real.analyze(os.path.abspath(options.program), recording, channel)
        bursts = [e for e in score_real.of_types(events, score_real.BURSTS)
                  if any(start <= e["onset_s"] < end for start, end in sweeps)]
        if bursts:
            x, rate = samples(recording, channel)
        for burst in bursts:
            report(recording, x, rate, burst)


if __name__ == "__main__":
    main()
