#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's EMG tools beside ours: speed, and detection on the same recordings.

usage: peers.py PROGRAM BENCH BUILD [--records N] [--rest-minutes M] [--generators a,b] [--only speed|detection]
BENCH: folder with bench_bands. The peers are fetched into BUILD/peers: BioSPPy, NeuroKit2, scipy and
BrainFlow with pip, aubio and liquid-dsp from Debian (apt-get download; nothing is installed).

Detection: every peer sees the whole record, band-passed to 20-450 Hz and scaled to its noise, and is given the
lowest threshold that keeps it silent in M minutes of rest of the seed family `dev`, within 5 %. Figures
are of the family `val`, on which nothing is tuned, ours neither. Ours counts with every type that is a burst, for
the peers name none. Speed: CPU time, best of three, ten minutes of one channel. docs/bench.md has a run of it.
Exit status: 0, 1 if a program fails, 77 if the peers are not to be had.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import baselines
import campaign

PIP = ("biosppy==2.2.4", "peakutils==1.3.5", "pywavelets", "h5py", "neurokit2==0.2.13", "brainflow==5.23.0")
DEBIAN = ("libaubio5", "libliquid1")
SCENARIOS = ("clean", "low-snr", "needling", "upper-trapezius")
SIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers_side.py")
SECTIONS = 5  # biquads of the peers' filter: a band-pass of four and a notch
OUR_SECTIONS = 16  # four bands of four


def fetch(folder):
    """Python of the peers' environment and folder of their libraries."""
    python, ready = os.path.join(folder, "venv", "bin", "python"), os.path.join(folder, "ready")
    if not os.path.exists(ready):
        os.makedirs(folder, exist_ok=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", os.path.join(folder, "venv")], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", *PIP], check=True, timeout=900)
            subprocess.run(["apt-get", "download", "-q", *DEBIAN], cwd=folder, check=True, timeout=300,
                           capture_output=True)
            for package in glob.glob(os.path.join(folder, "*.deb")):
                subprocess.run(["dpkg", "-x", package, folder], check=True)
        except (subprocess.SubprocessError, OSError) as error:
            print(f"peers.py: the peers are not to be had: {error}", file=sys.stderr)
            sys.exit(77)
        with open(ready, "w", encoding="ascii"):
            pass
    libraries, = glob.glob(os.path.join(folder, "usr", "lib", "*-linux-gnu"))
    return python, libraries


def cpu_of(*command):
    """Seconds of CPU of a whole process, best of three."""
    best = float("inf")
    for _ in range(3):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        if status != 0:
            sys.exit(f"peers.py: {command}: status {status}")
        best = min(best, usage.ru_utime + usage.ru_stime)
    return best


def show_speed(options, python, libraries, directory):
    wav = os.path.join(directory, "long.wav")
    campaign.call(options.program, "synth", "upper-trapezius", "--duration", "600", "--output", wav)
    peers = json.loads(subprocess.run([python, "-B", SIDE, "speed", wav, libraries], check=True,
                                      capture_output=True, text=True).stdout)
    bands = {}
    for line in campaign.call(os.path.join(options.bench, "bench_bands")).splitlines()[2:]:
        kernel, channels, rate, *_ = line.split()
        bands[channels] = max(bands.get(channels, (0.0, "")), (float(rate), kernel))
    ours = 600.0 / cpu_of(options.program, "analyze", "-q", "--force", "-e", wav + ".jsonl", wav)
    print("filters: M biquads a second; the peers have one channel after the other")
    sections = {name: got["filter"] * SECTIONS / 1e6 for name, got in peers.items() if "filter" in got}
    for channels in ("1", "8"):
        rate, kernel = bands[channels]
        sections[f"ours, {channels} channels, {kernel}, with sums of hops"] = rate * OUR_SECTIONS
    list_values(sections)
    print("\nfile to bursts, 10 min, x real time: read, band-pass, detect; the peers' Python runs already")
    speeds = {name: got["detector"] for name, got in peers.items() if "detector" in got}
    speeds["ours, whole process with its start, four bands, hum, types"] = ours
    list_values(speeds)


def list_values(values):
    best = max(values, key=values.get)
    for name, value in sorted(values.items(), key=lambda item: -item[1]):
        print(f"  {name:<60} {value:>10.0f}{'  *' if name == best else ''}")


class Recordings(baselines.Bench):
    """Rest of one family, records of another."""

    def __init__(self, options, directory):
        options.family = "val"
        super().__init__(options, directory)

    def rest(self, generator):
        return self.make(generator, "rest", self.first, "--duration", repr(60.0 * self.options.rest_minutes))[0]

    def records(self, generator, scenario):
        return [self.make(generator, scenario, self.seeds + i) for i in range(self.options.records)]


def show_detection(options, python, libraries, directory):
    recordings = Recordings(options, directory)
    generators = options.generators.split(",")
    plan = {"alarms": 0, "rest": {g: recordings.rest(g) for g in generators},
            "records": {g: [wav for s in SCENARIOS for wav, _ in recordings.records(g, s)] for g in generators}}
    path = os.path.join(directory, "plan.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(plan, file)
    begin = time.monotonic()
    thresholds = json.loads(subprocess.run([python, "-B", SIDE, "detect", path, libraries], check=True,
                                           capture_output=True, text=True).stdout)
    print(f"\n# thresholds ({time.monotonic() - begin:.0f} s): " +
          ", ".join(f"{name} {value:.2f}" for name, value in thresholds.items()))
    print(f"{'record':<26} {'detector':<20} {'recall':>7} {'F1':>7}  {'false/min':>10} {'median ms':>9} {'p95':>7}")
    names = sorted({re.sub(r", .$", "", name) for name in thresholds})
    for generator in generators:
        for scenario in SCENARIOS:
            show_cell(recordings, generator, scenario, names)


def show_cell(recordings, generator, scenario, names):
    how = ["--min-snr-db", campaign.PEAK_DB] if scenario in campaign.TWITCHES else []
    results = {}
    for name in ("ours", *names):
        pairs = []
        for wav, truth in recordings.records(generator, scenario):
            ours = name == "ours"
            pairs += [truth, recordings.detect(wav, "ours") if ours else f"{wav}.{name.replace(' ', '_')}.jsonl"]
        results[name] = recordings.score(pairs, *how)
    marks = baselines.cell(results, "f1")
    for name, got in results.items():
        figure = [campaign.number(got[key]["value"], places) for key, places in
                  (("recall", 3), ("f1", 3), ("false_per_minute", 2), ("onset_median_ms", 2), ("onset_p95_ms", 2))]
        print(f"{scenario + ', ' + generator:<26} {name:<20} {figure[0]:>7} {figure[1]:>7}{marks.get(name, ' ')} "
              f"{figure[2]:>10} {figure[3]:>9} {figure[4]:>7}", flush=True)


def main():
    parser = argparse.ArgumentParser(description="other people's EMG tools beside ours")
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("bench", type=os.path.abspath)
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("--records", type=int, default=4)
    parser.add_argument("--rest-minutes", type=float, default=10.0)
    parser.add_argument("--generators", default="a,b")
    parser.add_argument("--only", choices=("speed", "detection"))
    options = parser.parse_args()
    python, libraries = fetch(os.path.join(options.build, "peers"))
    with tempfile.TemporaryDirectory() as directory:
        if options.only != "detection":
            show_speed(options, python, libraries, directory)
        if options.only != "speed":
            show_detection(options, python, libraries, directory)


if __name__ == "__main__":
    main()
