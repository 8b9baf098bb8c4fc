# SPDX-License-Identifier: GPL-3.0-or-later
"""A long recording that repeats itself: the same minute of 64 channels at 2 kHz, with six bursts, over and over. What
is heard in it stands at the same frames of every minute."""
import struct

import numpy as np

CHANNELS, RATE = 64, 2000
MINUTE = 60 * RATE
BURSTS = 6  # a minute


def minute():
    """Noise with bursts, each on another channel; 16 bit."""
    rng = np.random.default_rng(1)
    samples = rng.standard_normal((MINUTE, CHANNELS)) * 60
    window = np.hanning(RATE * 60 // 1000)
    for k in range(BURSTS):
        at = (5 + 9 * k) * RATE
        samples[at:at + len(window), 7 * k] += rng.standard_normal(len(window)) * window * 3000
    return np.clip(samples, -32000, 32000).astype("<i2").tobytes()


def write(path, minutes):
    """RF64 (EBU Tech 3306): a WAV of more than 4 GB."""
    piece = minute()
    size = minutes * len(piece)
    with open(path, "wb") as file:
        file.write(b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<IQQQI", 28, size + 72, size, minutes * MINUTE, 0) +
                   b"fmt " + struct.pack("<IHHIIHH", 16, 1, CHANNELS, RATE, RATE * CHANNELS * 2, CHANNELS * 2, 16) +
                   b"data\xff\xff\xff\xff")
        for _ in range(minutes):
            file.write(piece)


def moved(onsets, minutes):
    """Frames of the events minute by minute where they are not those of the last one; None where all are."""
    by_minute = [sorted(at % MINUTE for at in onsets if at // MINUTE == m) for m in range(minutes)]
    alike = len(by_minute[-1]) == BURSTS and all(found == by_minute[-1] for found in by_minute)
    return None if alike else by_minute
