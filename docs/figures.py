#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws docs/twitch.svg from a real run: a session is made, analysed, and what was found is shown.

usage: figures.py PROGRAM DIRECTORY
The same program gives the same bytes.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import wave

import matplotlib
import numpy

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "myotwitch", "font.size": 9, "svg.fonttype": "none"})
from matplotlib import pyplot  # noqa: E402 (the backend must be chosen first)

SCENARIO, SEED = "upper-trapezius", "3"
COLOURS = {"ltr": "#c0392b", "cardiac": "#2980b9", "motion": "#8e44ad", "contraction": "#27ae60"}


def samples_uv(path, full_scale_uv):
    """Channel 0 of a 16 bit WAV in microvolts."""
    with wave.open(str(path)) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        data = numpy.frombuffer(file.readframes(file.getnframes()), "<i2")
    return rate, data.reshape(-1, channels)[:, 0] / 32768.0 * full_scale_uv


def run(program, directory):
    """(rate, samples in uV, events) of the session."""
    stem = f"{SCENARIO}-a-{SEED}"
    subprocess.run([program, "synth", SCENARIO, "--seed", SEED, "--out", directory], check=True)
    subprocess.run([program, "analyze", "--quiet", "--out", directory,
                    f"{directory}/{stem}.wav"], check=True)
    lines = pathlib.Path(directory, stem + ".events.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    rate, uv = samples_uv(f"{directory}/{stem}.wav", rows[0]["full_scale_uv"])
    return rate, uv, [row for row in rows if row["schema"] == "myotwitch.event/1"]


def draw_session(axes, rate, uv, events):
    axes.plot(numpy.arange(len(uv)) / rate, uv, linewidth=0.3, color="#555555", rasterized=True)
    seen = set()
    for event in events:
        kind = event["type"]
        axes.axvspan(event["onset_s"], event["offset_s"], alpha=0.5, linewidth=1.5,
                     color=COLOURS.get(kind, "#f39c12"), label=None if kind in seen else kind)
        seen.add(kind)
    axes.set(xlabel="s", ylabel="uV", title=f"myotwitch synth {SCENARIO} --seed {SEED}")
    axes.legend(loc="upper right", fontsize=7, ncol=len(seen))


def draw_twitch(axes, rate, uv, event):
    first = max(0, int((event["onset_s"] - 0.1) * rate))
    last = int((event["confirmed_s"] + 0.05) * rate)
    time_ms = (numpy.arange(first, last) / rate - event["onset_s"]) * 1e3
    axes.plot(time_ms, uv[first:last], linewidth=0.7, color="#333333")
    for name, colour in (("onset", "#c0392b"), ("reported", "#f39c12"), ("offset", "#c0392b"),
                         ("confirmed", "#27ae60")):
        at = (event[name + "_s"] - event["onset_s"]) * 1e3
        axes.axvline(at, color=colour, linewidth=1, linestyle="-" if colour == "#c0392b" else "--")
        axes.annotate(name, (at, 1.0), xycoords=("data", "axes fraction"), rotation=60, fontsize=7)
    axes.set(xlabel=f"ms from the onset at {event['onset_s']:.3f} s", ylabel="uV")
    axes.text(0.98, 0.04, f"{event['type']}, SNR {event['snr_db']:.1f} dB, "
              f"confidence {event['confidence']:.2f}", transform=axes.transAxes, ha="right")


def main():
    program, directory = sys.argv[1:]
    with tempfile.TemporaryDirectory() as work:
        rate, uv, events = run(program, work)
    twitches = [event for event in events if event["type"] == "ltr"]
    shown = max(twitches, key=lambda event: event["snr_db"])
    figure, (above, below) = pyplot.subplots(2, 1, figsize=(8, 5), layout="constrained")
    draw_session(above, rate, uv, events)
    draw_twitch(below, rate, uv, shown)
    figure.savefig(pathlib.Path(directory) / "twitch.svg", metadata={"Date": None}, dpi=150)
    return 0


if __name__ == "__main__":
    sys.exit(main())
