# SPDX-License-Identifier: GPL-3.0-or-later
"""The peers' side of peers.py: runs in their own environment, with their packages.

usage: peers_side.py speed WAV LIBRARIES
       peers_side.py detect PLAN LIBRARIES
Both print JSON. PLAN: {"rest": {generator: WAV}, "alarms": N, "records": {generator: [WAV]}}; each
record gets event lines beside it, WAV.DETECTOR.jsonl. LIBRARIES: folder with libaubio and libliquid.
"""
import contextlib
import ctypes
import io
import json
import math
import os
import sys
import time
import wave

import neurokit2
import numpy as np
import scipy.signal
from biosppy.signals import emg
from brainflow.data_filter import DataFilter, FilterTypes

JOIN_S = 0.03                  # as the detector joins bursts
HIGHEST, LOWEST = 200.0, 0.05  # thresholds; halved until there are bursts,
STEPS = 4                      # then halved so often in between
LOUDER = 1.2                   # standard deviations of rest
START_S = 0.1                  # aubio always hears the beginning


def read(path):
    with wave.open(path) as file:
        rate = float(file.getframerate())
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return samples.astype(np.float64) / 32768.0, rate


def conditioned(path):
    """Band-passed to 20-450 Hz, over the noise: rest is the whole second whose power is at the lower quartile."""
    x, rate = read(path)
    sos = scipy.signal.butter(4, (20.0, 450.0), "bandpass", fs=rate, output="sos")
    x = scipy.signal.sosfiltfilt(sos, x)
    size = int(rate)
    powers = [float(np.mean(x[i:i + size] ** 2)) for i in range(0, len(x) - size + 1, size)]
    at = int(np.argsort(powers)[len(powers) // 4])
    x = x / math.sqrt(powers[at])
    return x, rate, x[at * size:(at + 1) * size]


# --- detectors: (samples, rate, rest, threshold) to a list of changes or of onsets ---------------

def biosppy(detector, mean_of, **settings):
    def run(x, rate, rest, threshold):
        quiet = {"mean": mean_of(rest), "std_dev": float(np.std(rest)), "var": float(np.var(rest))}
        given = {name: value(rate) for name, value in settings.items()}
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            found = detector(x, rest=quiet, sampling_rate=rate, threshold=threshold, **given)
        return pairs_of([int(t) for t in found["onsets"]], x)
    return run


def silva(x, rate, _rest, threshold):
    found = emg.silva_onset_detector(x, sampling_rate=rate, size=int(0.025 * rate), threshold_size=int(rate),
                                     threshold=threshold)
    return pairs_of([int(t) for t in found["onsets"]], x)


def neurokit(x, rate, _rest, threshold):
    """What emg_activation does with method "threshold", without its table of one row a sample."""
    amplitude = neurokit2.emg_amplitude(x)
    active = neurokit2.signal_binarize(amplitude, method="threshold", threshold=threshold)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.asarray(active, int), [0]))))
    return [(a, b) for a, b in zip(edges[::2], edges[1::2]) if b - a >= 0.02 * rate]


class Aubio:
    """Onsets only: each is given 20 ms."""

    def __init__(self, folder, method):
        lib = self.lib = ctypes.CDLL(os.path.join(folder, "libaubio.so.5"))
        self.method = method.encode()
        for name in ("new_aubio_onset", "new_fvec"):
            getattr(lib, name).restype = ctypes.c_void_p
        lib.fvec_get_data.restype = ctypes.POINTER(ctypes.c_float)

    def __call__(self, x, rate, _rest, threshold):
        lib, hop = self.lib, 16
        onset = ctypes.c_void_p(lib.new_aubio_onset(self.method, 64, hop, int(rate)))
        lib.aubio_onset_set_threshold(onset, ctypes.c_float(threshold))
        lib.aubio_onset_set_silence(onset, ctypes.c_float(-200.0))
        lib.aubio_onset_set_minioi_ms(onset, ctypes.c_float(50.0))
        given, told = ctypes.c_void_p(lib.new_fvec(hop)), ctypes.c_void_p(lib.new_fvec(1))
        data, news = lib.fvec_get_data(given), lib.fvec_get_data(told)
        hops = (0.02 * x).astype(np.float32)[:len(x) // hop * hop].reshape(-1, hop)
        found = []
        for row in hops:
            ctypes.memmove(data, row.ctypes.data, 4 * hop)
            lib.aubio_onset_do(onset, given, told)
            if news[0] > 0:
                found.append(int(lib.aubio_onset_get_last(onset)))
        lib.del_aubio_onset(onset)
        lib.del_fvec(given)
        lib.del_fvec(told)
        return [(at, at + int(0.02 * rate)) for at in found if at > START_S * rate]


def pairs_of(changes, x):
    """They tell onsets and ends in one list, with one missing here and there: active is what is louder than rest."""
    changes = sorted(set(changes)) + [len(x)]
    return [(a, b) for a, b in zip(changes, changes[1:]) if b - a > 1 and np.std(x[a:b]) > LOUDER]


def joined(pairs, rate):
    whole = []
    for onset, offset in pairs:
        if whole and onset - whole[-1][1] < JOIN_S * rate:
            whole[-1] = (whole[-1][0], offset)
        else:
            whole.append((onset, offset))
    return whole


def detectors(folder):
    def zero(_rest):
        return 0.0

    def of_size(rest):
        return float(np.mean(np.abs(rest)))

    return {
        "biosppy hodges_bui": biosppy(emg.hodges_bui_onset_detector, of_size, size=lambda r: int(0.05 * r)),
        "biosppy bonato": biosppy(emg.bonato_onset_detector, zero, active_state_duration=lambda r: int(0.03 * r),
                                  samples_above_fail=lambda _: 1, fail_size=lambda r: int(0.01 * r)),
        "biosppy lidierth": biosppy(emg.lidierth_onset_detector, of_size, size=lambda r: int(0.015 * r),
                                    active_state_duration=lambda r: int(0.02 * r),
                                    fail_size=lambda r: int(0.005 * r)),
        "biosppy solnik": biosppy(emg.solnik_onset_detector, zero, active_state_duration=lambda r: int(0.025 * r)),
        "biosppy silva": silva,
        "neurokit2 threshold": neurokit,
        "aubio energy": Aubio(folder, "energy"),
        "aubio hfc": Aubio(folder, "hfc"),
        "aubio specflux": Aubio(folder, "specflux"),
    }


# --- detection ------------------------------------------------------------------------------------

def tune(run, rest, alarms):
    """The threshold with at most so many bursts at rest, found from above: where everything is over a threshold,
    there are no bursts either."""
    x, rate, quiet = rest

    def is_silent(threshold):
        return len(joined(safely(run, x, rate, quiet, threshold), rate)) <= alarms

    high = HIGHEST
    while high > LOWEST and is_silent(high / 2):
        high /= 2
    low = high / 2
    for _ in range(STEPS):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if is_silent(middle) else (middle, high)
    return high


def safely(run, *given):
    """Some of them fail where they find nothing."""
    try:
        return run(*given)
    except (ValueError, TypeError, IndexError):
        return []


def write_events(path, pairs, rate):
    with open(path, "w", encoding="utf-8") as out:
        for serial, (onset, offset) in enumerate(pairs, 1):
            out.write(json.dumps({"schema": "myotwitch.event/1", "type": "ltr", "id": serial, "stage": "confirmed",
                                  "modality": "emg", "channel": 0, "channels": [0], "onset_s": onset / rate,
                                  "offset_s": offset / rate, "reported_s": offset / rate,
                                  "confirmed_s": offset / rate, "onset_frame": int(onset)}) + "\n")


def detect(plan, folder):
    thresholds = {}
    for generator, rest in plan["rest"].items():
        quiet = conditioned(rest)
        records = {path: conditioned(path) for path in plan["records"][generator]}
        for name, run in detectors(folder).items():
            threshold = thresholds[f"{name}, {generator}"] = tune(run, quiet, plan["alarms"])
            for path, record in records.items():
                pairs = joined(safely(run, *record, threshold), record[1])
                write_events(f"{path}.{name.replace(' ', '_')}.jsonl", pairs, record[1])
    return thresholds


# --- speed ----------------------------------------------------------------------------------------

def rate_of(samples, run):
    """Samples a second of CPU, best of three."""
    best = math.inf
    for _ in range(3):
        begin = time.process_time()
        run()
        best = min(best, time.process_time() - begin)
    return samples / best


def liquid_filter(folder, sos, x):
    lib = ctypes.CDLL(os.path.join(folder, "libliquid.so.1"))
    lib.iirfilt_rrrf_create_sos.restype = ctypes.c_void_p
    up = np.ascontiguousarray(sos[:, :3], np.float32).ravel()
    down = np.ascontiguousarray(sos[:, 3:], np.float32).ravel()
    float_p = ctypes.POINTER(ctypes.c_float)
    q = ctypes.c_void_p(lib.iirfilt_rrrf_create_sos(up.ctypes.data_as(float_p), down.ctypes.data_as(float_p),
                                                    len(sos)))
    given = x.astype(np.float32)
    out = np.empty_like(given)
    return lambda: lib.iirfilt_rrrf_execute_block(q, given.ctypes.data_as(float_p), len(given),
                                                  out.ctypes.data_as(float_p))


def speed(wav, folder):
    x, rate = read(wav)
    sos = np.vstack((scipy.signal.butter(4, (20.0, 450.0), "bandpass", fs=rate, output="sos"),
                     np.append(*(np.atleast_2d(c) for c in scipy.signal.iirnotch(50.0, 30.0, rate)), axis=1)))

    def brainflow():
        y = x.copy()
        DataFilter.perform_bandpass(y, int(rate), 20.0, 450.0, 4, FilterTypes.BUTTERWORTH.value, 0)
        DataFilter.perform_bandstop(y, int(rate), 48.0, 52.0, 1, FilterTypes.BUTTERWORTH.value, 0)

    filters = {"scipy sosfilt": lambda: scipy.signal.sosfilt(sos, x), "brainflow": brainflow,
               "liquid-dsp (f32)": liquid_filter(folder, sos, x)}
    found = {name: {"filter": rate_of(len(x), run)} for name, run in filters.items()}
    for name, run in detectors(folder).items():
        found[name] = {"detector": rate_of(len(x), lambda run=run: safely(run, *conditioned(wav), 6.0)) / rate}
    return found


def main():
    if sys.argv[1] == "speed":
        found = speed(sys.argv[2], sys.argv[3])
    else:
        with open(sys.argv[2], encoding="utf-8") as file:
            found = detect(json.load(file), sys.argv[3])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
