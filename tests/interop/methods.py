#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published methods against BioSPPy's implementations of them, on noise with bursts.

BioSPPy is not in Debian 12: the test goes on in the virtual environment BUILD/biosppy, which is made with pip;
where it is not to be had the test is skipped. Usage: methods.py LIBRARY BUILD"""
import ctypes
import os
import subprocess
import sys

PACKAGES = ["biosppy==2.2.4", "peakutils", "pywavelets", "h5py"]
SKIPPED = 77


def elsewhere():
    """The status of this program in an environment of its own."""
    folder = os.path.join(os.path.abspath(sys.argv[2]), "biosppy")
    python = os.path.join(folder, "bin", "python")
    try:
        if not os.path.exists(os.path.join(folder, "ready")):
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True, timeout=300)
            with open(os.path.join(folder, "ready"), "w", encoding="ascii"):
                pass
    except (subprocess.SubprocessError, OSError) as error:
        print(f"skipped: no biosppy: {error}")
        return SKIPPED
    return subprocess.run([python, "-B", os.path.abspath(__file__), os.path.abspath(sys.argv[1])],
                          check=False).returncode


if len(sys.argv) > 2:
    sys.exit(elsewhere())

import numpy as np
from biosppy.signals import emg

RATE = 1000.0
METHODS = ["hodges_bui", "modified_hodges", "bonato", "lidierth", "abbink", "solnik", "silva", "londral", "aglr"]
FOREVER = ctypes.c_size_t(-1).value - 1


class Settings(ctypes.Structure):
    _fields_ = ([("rate_hz", ctypes.c_double), ("threshold", ctypes.c_double), ("second", ctypes.c_double),
                 ("low_pass_hz", ctypes.c_double)] +
                [(name, ctypes.c_size_t) for name in ("window", "long_window", "active", "fail", "above")])


class Rest(ctypes.Structure):
    _fields_ = [("mean", ctypes.c_double), ("sd", ctypes.c_double)]


def ours(library, method, x, rest, **settings):
    given = Settings(rate_hz=RATE, above=settings.pop("above", 1), **settings)
    found, count = ctypes.POINTER(ctypes.c_int64)(), ctypes.c_size_t()
    samples = np.ascontiguousarray(x, np.float32)
    status = library.myo_method_run(METHODS.index(method), ctypes.byref(given), ctypes.byref(Rest(*rest)),
                                    samples.ctypes.data_as(ctypes.POINTER(ctypes.c_float)), ctypes.c_size_t(len(x)),
                                    ctypes.byref(found), ctypes.byref(count))
    assert status == 0, status
    times = [found[i] for i in range(2 * count.value)]
    return times[:-1] if times and times[-1] == len(x) else times  # they do not end what is open at the end


def signal(seed):
    chance = np.random.default_rng(seed)
    x = chance.normal(0, 1, 20000)
    for onset in range(1500, 19000, 1700):
        length = int(chance.integers(60, 300))
        x[onset:onset + length] *= chance.uniform(4, 12)
    return x.astype(np.float32).astype(float)


def cases(x):
    """Method, our settings, what BioSPPy says."""
    rest_signal = x[:1000]
    rest = {"mean": 0.0, "std_dev": float(np.std(rest_signal)), "var": float(np.var(rest_signal))}
    plain, sd = (rest["mean"], rest["std_dev"]), rest["std_dev"]
    for window, threshold in ((25, 2.0), (50, 1.5), (51, 3.0)):
        yield ("hodges_bui", plain, {"window": window, "threshold": threshold},
               emg.hodges_bui_onset_detector(x, rest, RATE, window, threshold))
        for active, fail in ((10, 0), (20, 5)):
            yield ("lidierth", plain, {"window": window, "threshold": threshold, "active": active, "fail": fail},
                   emg.lidierth_onset_detector(x, rest, RATE, window, threshold, active, fail))
    for threshold, active, above, fail in ((8.0, 10, 3, 5), (12.0, 15, 1, 2), (20.0, 5, 2, 0)):
        yield ("bonato", plain, {"threshold": threshold, "active": active, "fail": fail, "above": above},
               emg.bonato_onset_detector(x, rest, RATE, threshold, active, above, fail))
    for threshold, active in ((5.0, 25), (10.0, 10)):
        yield ("solnik", plain, {"threshold": threshold, "active": active, "fail": FOREVER},
               emg.solnik_onset_detector(x, rest, RATE, threshold, active))
    for window, slow, level in ((25, 500, 2.0), (40, 1000, 1.5)):
        yield ("silva", (0.0, 1.0), {"window": window, "long_window": slow, "threshold": level},
               emg.silva_onset_detector(x, RATE, window, slow, level))
    for window, threshold, active in ((25, 4.0, 20), (40, 6.0, 30)):
        yield ("londral", plain, {"window": window, "threshold": threshold, "active": active, "fail": FOREVER},
               emg.londral_onset_detector(x, rest, RATE, window, threshold, active))
    assert sd > 0


def abbink_separates(library):
    """BioSPPy counts from the first sample that can be judged, one alarm window (100) late, keeps only the last
    change, and every sample of equal merit: on one burst, ours is among them."""
    x = np.random.default_rng(3).normal(0, 1, 3000)
    x[1500:] *= 8
    x = x.astype(np.float32).astype(float)
    rest = {"mean": float(np.mean(np.abs(x[:1000]))), "std_dev": float(np.std(x[:1000]))}
    theirs = emg.abbink_onset_detector(x, rest, RATE, 25, 100, 2.0, 1.0)["onsets"]
    found = ours(library, "abbink", x, (rest["mean"], rest["std_dev"]), window=25, long_window=100, threshold=2.0,
                 second=1.0, low_pass_hz=30.0)
    assert min(abs(found[0] - (their + 100)) for their in theirs) <= 1, (found, theirs)
    assert abs(found[0] - 1500) <= 30, found


def main():
    library = ctypes.CDLL(sys.argv[1])
    compared = 0
    for seed in range(5):
        x = signal(seed)
        for method, rest, settings, theirs in cases(x):
            found = ours(library, method, x, rest, **dict(settings))
            expected = sorted(int(t) for t in theirs["onsets"])
            assert sorted(set(found)) == expected, (method, settings, sorted(found)[:20], expected[:20])
            compared += len(expected)
    abbink_separates(library)
    print(f"{compared} onsets and ends are BioSPPy's, to the sample")
    assert compared > 500


main()
