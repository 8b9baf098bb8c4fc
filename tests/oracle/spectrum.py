#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/oracle/spectrum.h: mean and median frequency, band power and Welch density of the test
signal of test_spectrum.c by scipy.signal, in double, on the same windows.

Run: /usr/bin/python3 tests/oracle/spectrum.py > tests/oracle/spectrum.h
"""
import numpy as np
from scipy import signal

RATE, FRAMES = 2000.0, 8192
CASES = [(1024, 512), (1000, 500), (360, 180)]


def noise(count, seed):
    """The 32-bit linear congruential generator of test_spectrum.c (Numerical Recipes' constants)."""
    state, out = seed, np.empty(count)
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = state / 2**31 - 1.0
    return out


def channel(index):
    """Noise through a first-order recursion, coloured differently in each channel, in float32."""
    x, y, last = noise(FRAMES, 12345 + index), np.empty(FRAMES), 0.0
    for i in range(FRAMES):
        last = (0.2 + 0.3 * index) * last + x[i]
        y[i] = last
    return y.astype(np.float32).astype(float)


def median(hz, power):
    """Halves the power, each bin's spread over its width."""
    step = hz[1] - hz[0]
    edges = np.append(hz - step / 2, hz[-1] + step / 2)
    return np.interp(0.5 * power.sum(), np.append(0, np.cumsum(power)), edges)


def rows(size, hop, index, start):
    x = channel(index)
    for first in range(start, FRAMES - size + 1, hop):
        hz, density = signal.periodogram(x[first:first + size], RATE, "hann", detrend=False)
        inside = (hz >= 20 - 1e-9) & (hz < 450 - 1e-9)
        f, p = hz[inside], density[inside]
        yield (size, hop, index, first + size // 2, (f * p).sum() / p.sum(), median(f, p),
               p.sum() * (hz[1] - hz[0]))


print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
print("/* Written by spectrum.py (scipy.signal.periodogram and welch). */")
print("static const struct {\n    uint32_t size, hop, channel;\n    int64_t frame;")
print("    double mean_hz, median_hz, power;\n} oracle_frames[] = {")
for size, hop in CASES:
    for index in range(3):
        # Three channels are two pairs: the second takes its turn half a hop later.
        for row in rows(size, hop, index, (index // 2) * hop // 2):
            if row[3] < 4096:
                print("    {%d, %d, %d, %d, %.9f, %.9f, %.12g}," % row)
print("};")
hz, density = signal.welch(channel(0), RATE, "hann", 1024, 512, detrend=False)
print("static const struct {\n    uint32_t bin;\n    double density;\n} oracle_welch[] = {")
for k in (0, 1, 10, 100, 300, 512):
    print("    {%d, %.12g}," % (k, density[k]))
print("};")
