#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what is told in trains of a stimulator whose pulses an amplifier rounded off: no muscle is in them.

Usage: bench/trains.py PROGRAM [--seed N] [--records N]

Records of 40 s at 2 kHz: noise of 15-480 Hz; from 4 s on pulses of 1 to 4 ms with a tail of the other sign, alike to 5 %, some
growing by up to 30 %, 14 to 32 dB over the noise; steady, in groups of two to five, or in trains of 5 to 24. Seeds from 100 on were
not looked at when detector 10 was made.
"""
import argparse
import collections
import json
import subprocess
import sys
import tempfile

import numpy
import scipy.io.wavfile
import scipy.signal

RATE = 2000
SECONDS = 40
FIRST_S, LAST_S = 4.0, SECONDS - 2
FULL_SCALE_UV = 10000.0
NOISE_UV = 2.0


def pulse(rng):
    """A response of 200 ms, 1 high."""
    rise, fall = rng.uniform(0.0005, 0.0015), rng.uniform(0.001, 0.004)
    tau, share = rng.uniform(0.006, 0.035), rng.uniform(0.15, 0.6)
    t = numpy.arange(int(0.2 * RATE)) / RATE
    sharp = numpy.exp(-t / rise) - numpy.exp(-t / fall)
    tail = numpy.exp(-t / tau) - numpy.exp(-t / (1.5 * fall))
    return t, sharp / abs(sharp).max() + share * tail / abs(tail).max()


def times(rng):
    """When the pulses come."""
    kind = rng.integers(3)
    if kind == 0:
        return list(numpy.arange(FIRST_S, LAST_S, rng.uniform(0.045, 0.24)))
    at, found = FIRST_S, []
    if kind == 1:
        count, step, pause = rng.integers(2, 6), rng.uniform(0.03, 0.1), rng.uniform(0.15, 1.0)
        while at < LAST_S:
            found += [at + i * step for i in range(count)]
            at += (count - 1) * step + pause
        return found
    step = rng.uniform(0.045, 0.2)
    while at < LAST_S:
        count = rng.integers(5, 25)
        found += [at + i * step for i in range(count)]
        at += count * step + rng.uniform(0.5, 3)
    return found


def record(seed):
    """Samples in multiples of full scale."""
    rng = numpy.random.default_rng(seed)
    band = scipy.signal.butter(2, [15, 480], "band", fs=RATE)
    x = scipy.signal.lfilter(*band, rng.normal(0, 1, SECONDS * RATE))
    x /= x.std()
    height = 10 ** (rng.uniform(14, 32) / 20)
    t, shape = pulse(rng)
    for at in times(rng):
        if at > SECONDS - 0.3:
            break
        first = int(numpy.ceil(at * RATE))
        size = height * (1 + 0.05 * rng.normal()) * (1 + 0.3 * at / SECONDS * rng.choice([0, 1]))
        x[first:first + len(t)] += size * numpy.interp(t + first / RATE - at, t, shape)
    return (x * NOISE_UV / FULL_SCALE_UV).astype(numpy.float32)


def told(program, path):
    done = subprocess.run([program, "analyze", path, "--quiet", "--events", "-", "--full-scale-uv", str(FULL_SCALE_UV)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{path}: status {done.returncode}: {done.stderr}")
    events = map(json.loads, done.stdout.splitlines())
    return collections.Counter(e["type"] for e in events if e.get("schema") == "myotwitch.event/1")


def main():
    parser = argparse.ArgumentParser(description="count what is told in trains of rounded pulses")
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--records", type=int, default=60)
    options = parser.parse_args()
    total = collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for seed in range(options.seed, options.seed + options.records):
            path = f"{scratch}/{seed}.wav"
            scipy.io.wavfile.write(path, RATE, record(seed))
            total += told(options.program, path)
    minutes = options.records * SECONDS / 60
    for kind, count in total.most_common():
        print(f"{kind:<14}{count:>6} {count / minutes:>8.2f} a minute")


if __name__ == "__main__":
    main()
