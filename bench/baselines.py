#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Classical burst detectors on the campaign's records, beside ours.

Usage: bench/baselines.py PROGRAM [--records N] [--rest-hours H] [--generator a|b]

Each detector thresholds one function of the 20-450 Hz signal, in units of its own median absolute
deviation over the record:
  rectified   |x|, mean + h SD (Di Fabio 1987), held for 10 ms
  hodges      |x| low-passed at 50 Hz (Hodges and Bui 1996), held for 25 ms
  tkeo        x[n]^2 - x[n-1] x[n+1], smoothed over 25 ms (Li and Aruin 2005; Solnik 2010)
  rms25       RMS of 25 ms
All look at the whole record, filter forwards and backwards, and have their threshold set on dev rest to the
same false-alarm rate, one an hour: an advantage over a detector that must answer at once. They
name no type, so ours counts with every type that is a burst (ltr, single_unit, contraction).
Records are of the dev family. Exit status: 0.
"""
import argparse
import json
import os
import tempfile

import numpy
from scipy.io import wavfile
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfiltfilt

import campaign

MERGE_S = 0.030       # gaps shorter than this are bridged
REFRACTORY_S = 0.150  # no new event for so long after an end
REST_RECORD_S = 1800.0
SCENARIOS = ("clean", "low-snr", "needling", "upper-trapezius", "ecg", "motion")
BURSTS = "ltr,single_unit,contraction"


def rectified(x, _rate):
    return numpy.abs(x)


def hodges(x, rate):
    return sosfiltfilt(butter(2, 50, fs=rate, output="sos"), numpy.abs(x))


def tkeo(x, rate):
    energy = numpy.zeros_like(x)
    energy[1:-1] = x[1:-1] ** 2 - x[:-2] * x[2:]
    return uniform_filter1d(numpy.abs(energy), int(0.025 * rate))


def rms25(x, rate):
    # the running sum may fall a rounding error below nought
    return numpy.sqrt(numpy.maximum(uniform_filter1d(x * x, int(0.025 * rate)), 0.0))


DETECTORS = {"rectified": (rectified, 0.010), "hodges": (hodges, 0.025), "tkeo": (tkeo, 0.0),
             "rms25": (rms25, 0.0)}


def standard(values):
    """In units of the median absolute deviation, from the median."""
    middle = numpy.median(values)
    return (values - middle) / (1.4826 * numpy.median(numpy.abs(values - middle)))


def bursts(values, rate, threshold, held_s):
    """[start, end) frames above the threshold for at least held_s, merged, with a refractory."""
    above = numpy.concatenate(([0], (values > threshold).astype(numpy.int8), [0]))
    edges = numpy.flatnonzero(numpy.diff(above)).reshape(-1, 2)
    merged = []
    for start, end in edges:
        if merged and start - merged[-1][1] < MERGE_S * rate:
            merged[-1][1] = end
        else:
            merged.append([start, end])
    kept = []
    for start, end in merged:
        if end - start >= held_s * rate and (not kept or
                                             start - kept[-1][1] >= REFRACTORY_S * rate):
            kept.append((start, end))
    return kept


class Records:
    """Makes records of the dev family and keeps their detection functions."""

    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.first, _ = campaign.read_family("dev")

    def make(self, scenario, seed, *how):
        """(truth path, ours' events path, rate, {detector: values}) of one record."""
        stem = os.path.join(self.directory, f"{scenario}-{seed}")
        program = self.options.program
        campaign.call(program, "synth", scenario, "--generator", self.options.generator, "--seed",
                      str(seed), "--output", stem + ".wav", "--truth", stem + ".json", *how)
        campaign.call(program, "analyze", stem + ".wav", "--events", stem + ".jsonl", "--quiet")
        rate, x = wavfile.read(stem + ".wav")
        os.remove(stem + ".wav")
        x = sosfiltfilt(butter(4, (20, 450), "bandpass", fs=rate, output="sos"), x.astype(float))
        values = {name: standard(make(x, rate)) for name, (make, _) in DETECTORS.items()}
        return stem + ".json", stem + ".jsonl", rate, values

    def of(self, scenario, records, *how):
        for seed in range(self.first, self.first + records):
            yield self.make(scenario, seed, *how)


def tune(records, hours):
    """Thresholds that give one burst an hour of rest."""
    rest = [(rate, values) for _, _, rate, values in
            records.of("rest", round(hours * 3600 / REST_RECORD_S), "--duration",
                       repr(REST_RECORD_S))]
    thresholds = {}
    for name, (_, held_s) in DETECTORS.items():
        low, high = 1.0, 1000.0
        for _ in range(30):
            middle = (low * high) ** 0.5
            count = sum(len(bursts(v[name], rate, middle, held_s)) for rate, v in rest)
            low, high = (middle, high) if count > hours else (low, middle)
        thresholds[name] = high
    return thresholds


def write_events(path, found, rate):
    with open(path, "w", encoding="utf-8") as out:
        for start, end in found:
            out.write(json.dumps({"schema": "myotwitch.event/1", "type": "ltr",
                                  "onset_s": start / rate, "offset_s": end / rate}) + "\n")
    return path


def compare(records, scenario, count, thresholds):
    """{detector: score JSON} of a scenario."""
    files = {name: [] for name in ("ours", *DETECTORS)}
    for truth, events, rate, values in records.of(scenario, count):
        files["ours"] += [truth, events]
        for name, (_, held_s) in DETECTORS.items():
            found = bursts(values[name], rate, thresholds[name], held_s)
            files[name] += [truth, write_events(f"{events}.{name}", found, rate)]
    how = ["--truth-type", BURSTS, "--event-type", BURSTS]
    if scenario in campaign.TWITCHES:
        how += ["--min-snr-db", campaign.PEAK_DB]
    return {name: json.loads(campaign.call(records.options.program, "score", "--json", "-", *how,
                                           *paths)) for name, paths in files.items()}


def main():
    parser = argparse.ArgumentParser(description="classical burst detectors beside ours")
    parser.add_argument("program")
    parser.add_argument("--records", type=int, default=10)
    parser.add_argument("--rest-hours", type=float, default=4.0)
    parser.add_argument("--generator", default="a")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory() as directory:
        records = Records(options, directory)
        thresholds = tune(records, options.rest_hours)
        print("thresholds: " + ", ".join(f"{n} {t:.1f}" for n, t in thresholds.items()))
        print(f"{'scenario':<16} {'detector':<10} {'recall':>7} {'F1':>7} {'false/min':>10} "
              f"{'onset bias, median, p95 ms':>28}")
        for scenario in SCENARIOS:
            for name, got in compare(records, scenario, options.records, thresholds).items():
                value = {k: campaign.number(got[k]["value"], 3 if k in ("recall", "f1") else 2)
                         for k in ("recall", "f1", "false_per_minute", "onset_bias_ms",
                                   "onset_median_ms", "onset_p95_ms")}
                print(f"{scenario:<16} {name:<10} {value['recall']:>7} {value['f1']:>7} "
                      f"{value['false_per_minute']:>10} {value['onset_bias_ms']:>12} "
                      f"{value['onset_median_ms']:>7} {value['onset_p95_ms']:>7}", flush=True)


if __name__ == "__main__":
    main()
