#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/oracle/band.h: responses of scipy's Butterworth bands.

The poles are compared as they are; the response is computed from scipy's zeros, poles and gain,
which lose nothing next to z = 1. Run: python3 tests/oracle/band.py > tests/oracle/band.h
"""
import numpy as np
import scipy
from scipy.signal import butter

BANDS = [(2000, 20, 450), (2000, 60, 300), (2000, 0.5, 20), (10000, 100, 2000), (48000, 20, 450),
         (100000, 0.5, 20), (500, 20, 240)]


def response(zpk, t):
    """Magnitude and group delay at angle t, factor by factor."""
    z, p, k = zpk
    e = np.exp(1j * t)
    h = k * np.prod(e - z) / np.prod(e - p)
    # d/dt arg(e - r) = Re(e / (e - r)); the delay is minus the derivative of the phase.
    delay = np.sum((e / (e - p)).real) - np.sum((e / (e - z)).real)
    return abs(h), delay


print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
print(f"/* Written by tests/oracle/band.py, scipy {scipy.__version__}, numpy {np.__version__}. */")
print("static const struct {\n    double rate_hz, low_hz, high_hz, hz, magnitude, delay;\n} oracle_band[] = {")
for rate, low, high in BANDS:
    hp = butter(4, low, "highpass", fs=rate, output="zpk")
    lp = butter(4, high, "lowpass", fs=rate, output="zpk")
    for hz in [low / 2, low, np.sqrt(low * high), high, (high + rate / 2) / 2]:
        t = 2 * np.pi * hz / rate
        (mh, dh), (ml, dl) = response(hp, t), response(lp, t)
        print(f"    {{{rate}, {low}, {high}, {hz:.17g}, {mh * ml:.17g}, {dh + dl:.17g}}},")
print("};")
print("static const struct {\n    double rate_hz, low_hz, high_hz, gain, a[4][2];\n} oracle_design[] = {")
for rate, low, high in BANDS:
    hp = butter(4, low, "highpass", fs=rate, output="sos")
    lp = butter(4, high, "lowpass", fs=rate, output="sos")
    gain = np.prod(hp[:, 0]) * np.prod(lp[:, 0])
    rows = np.vstack([hp, lp])[:, 4:]
    text = ", ".join(f"{{{a1:.17g}, {a2:.17g}}}" for a1, a2 in rows)
    print(f"    {{{rate}, {low}, {high}, {gain:.17g},\n     {{{text}}}}},")
print("};")
