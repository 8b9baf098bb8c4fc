#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores the detector on real recordings whose truth is known from elsewhere.

Usage: score_real.py PROGRAM [--data DIR] [--json FILE] [--quiet] [--known FILE]

DIR holds emg/converted/NAME.wav with NAME_events.csv (datasets/CATALOG.tsv says whose they are);
default $MYOTWITCH_DATA, else shared/data beside the project. Exit status: 0 all met, 1 not,
77 no recording is there. With --known (lines of: row, worst count so far, why), a row that is missed
is still printed as missed, but fails the run only if it is worse than written there.

None of these recordings holds a labelled local twitch response. They hold the nearest: volleys
evoked by a stimulator and reviewed by people, voluntary bursts, and stimulus artefacts alone.
"""
import argparse
import csv
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

FULL_SCALE_UV = 10000.0  # of every converted WAV
EDGE_S = 0.05            # nothing counts this close to where two sweeps were joined
EVOKED_S = (0.015, 0.070)  # a response begins this long after its pulse
ARTEFACT_S = 0.010       # a burst this close to a pulse is its artefact
BURSTS = ("ltr", "single_unit", "contraction")
VOLLEYS = ("ltr", "single_unit")
SKIP = 77


class Recording:
    """One converted recording: its marks by type, as (seconds, channel name, value)."""

    def __init__(self, directory, name):
        self.name = name
        self.path = os.path.join(directory, name + ".wav")
        with open(os.path.join(directory, name + ".json"), encoding="utf-8") as file:
            about = json.load(file)
        self.duration_s = about["duration_s"]
        self.marks = {}
        with open(os.path.join(directory, name + "_events.csv"), encoding="utf-8") as file:
            for row in csv.DictReader(file):
                self.marks.setdefault(row["type"], []).append(
                    (int(row["sample"]) / about["fs_hz"], row["channel"], row["value"]))

    def times(self, kind, channel=None):
        """Times of the marks of a kind, on a channel where it matters."""
        return [m[0] for m in self.marks.get(kind, []) if channel in (None, m[1])]

    def sweeps(self):
        """(start, end) of each joined sweep; the whole recording where nothing was joined."""
        starts = self.times("segment_start") or [0.0]
        return list(zip(starts, starts[1:] + [self.duration_s]))

    def counted_s(self):
        """Time in which something may count, given the edges of the sweeps."""
        if "segment_start" not in self.marks:
            return self.duration_s
        return sum(max(0.0, end - start - 2 * EDGE_S) for start, end in self.sweeps())

    def is_counted(self, time_s):
        """Whether an event that begins at time_s is clear of the edges."""
        return all(abs(time_s - edge) >= EDGE_S for edge in self.times("segment_start"))


def analyze(program, recording, channel):
    """Event lines of one channel (from 0) of a recording; only those clear of the edges."""
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "events.jsonl")
        command = [program, "analyze", recording.path, "--events", out,
                   "--full-scale-uv", str(FULL_SCALE_UV), "--channels", str(channel)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stderr}")
        with open(out, encoding="utf-8") as file:
            events = [json.loads(line) for line in file if line.strip()]
    return [e for e in events if e.get("schema") == "myotwitch.event/1"
            and recording.is_counted(e["onset_s"])]


def of_types(events, types):
    return [e for e in events if e["type"] in types]


def overlaps(event, start_s, end_s):
    return event["onset_s"] < end_s and event["offset_s"] > start_s


def describe(event):
    return (f"{event['type']} {event['onset_s']:.4f}-{event['offset_s']:.4f} s, "
            f"{event.get('peak_uv') or float('nan'):.0f} uV, "
            f"{event.get('snr_db') or float('nan'):.1f} dB")


def near(events, time_s):
    """What was said around a miss, for the detail lines."""
    close = [describe(e) for e in events if abs(e["onset_s"] - time_s) < 0.25]
    return "; ".join(close) if close else "nothing"


class Report:
    """Rows of the table and the lines that explain them."""

    def __init__(self):
        self.rows = []
        self.details = []

    def row(self, what, measured, wanted, met):
        self.rows.append({"what": what, "measured": measured, "wanted": wanted, "met": met})

    def detail(self, recording, text):
        self.details.append(f"{recording.name}: {text}")

    def show(self, quiet):
        if not quiet:
            for line in self.details:
                print(" ", line)
        for row in self.rows:
            print(f"{'PASS' if row['met'] else 'MISS'}  {row['what']:<46} "
                  f"{row['measured']:<40} wanted: {row['wanted']}")


def score_evoked(report, recording, events, channel_name):
    """Reviewed evoked potentials: each found once, by a volley that begins where a response can."""
    volleys = of_types(events, VOLLEYS)
    pulses = recording.times("tms_pulse")
    onsets = recording.times("mep_onset", channel_name)
    errors_ms = []
    for onset in onsets:
        pulse = max(p for p in pulses if p < onset)
        hits = [v["onset_s"] for v in volleys
                if EVOKED_S[0] <= v["onset_s"] - pulse <= EVOKED_S[1]]
        if hits:
            error_ms = 1e3 * (min(hits, key=lambda t, o=onset: abs(t - o)) - onset)
            errors_ms.append(error_ms)
            if abs(error_ms) > 5:
                report.detail(recording, f"response at {onset:.4f} s: onset off by "
                                         f"{error_ms:+.1f} ms")
        else:
            report.detail(recording, f"response at {onset:.4f} s (pulse {pulse:.4f} s) missed; "
                                     f"there: {near(events, onset)}")
    found = len(errors_ms)
    median = statistics.median(map(abs, errors_ms)) if errors_ms else float("nan")
    bias = statistics.mean(errors_ms) if errors_ms else float("nan")
    return found, len(onsets), median, bias


def score_artefacts(report, recording, events, sweeps):
    """Bursts where only pulses are: those at a pulse, and all of them with the time they had."""
    pulses = recording.times("tms_pulse")
    at_pulse = 0
    false = 0
    for burst in of_types(events, BURSTS):
        if not any(start <= burst["onset_s"] < end for start, end in sweeps):
            continue
        distance = min((burst["onset_s"] - p for p in pulses), key=abs)
        false += 1
        at_pulse += abs(distance) <= ARTEFACT_S
        report.detail(recording, f"false burst {1e3 * distance:+.1f} ms from a pulse: "
                                 f"{describe(burst)}")
    counted_s = sum(max(0.0, end - start - 2 * EDGE_S) for start, end in sweeps)
    return at_pulse, false, counted_s


def score_voluntary(report, recording, channels, bursts):
    """bursts: (channel, must overlap from, to, widest from, to). Returns found, called ltr."""
    found = called_ltr = 0
    for channel, start, end, first, last in bursts:
        said = of_types(channels[channel], BURSTS)
        if any(overlaps(e, start, end) for e in said):
            found += 1
        else:
            report.detail(recording, f"burst at {start:.3f} s on channel {channel + 1} missed; "
                                     f"there: {near(channels[channel], start)}")
        twitches = [e for e in of_types(said, ("ltr",)) if overlaps(e, first, last)]
        called_ltr += bool(twitches)
        for event in twitches:
            report.detail(recording, f"burst at {start:.3f} s on channel {channel + 1} called "
                                     f"{describe(event)}")
    return found, called_ltr


def row_evoked(report, program, directory):
    recording = Recording(directory, "veta_sici")
    found, total, median, bias = score_evoked(report, recording, analyze(program, recording, 0),
                                              "ch1")
    report.row("veta_sici: responses found", f"{found} of {total}", ">= 28 of 30",
               found >= 28 and total == 30)
    report.row("veta_sici: onset error, median", f"{median:.2f} ms (bias {bias:+.2f})",
               "<= 3 ms", median <= 3.0)


def artefact_sets(directory):
    """(recording, channel, sweeps without a response) of each set that is there."""
    fdi = Recording(directory, "tms_signal_fdi")
    yield fdi, 1, fdi.sweeps()
    without = Recording(directory, "mepfeatx_ID02")
    silent = without.times("no_mep_per_source")
    yield without, 0, [(start, end) for start, end in without.sweeps()
                       if any(start <= s < end for s in silent)]
    for name in sorted(os.listdir(directory)):
        if name.startswith("yau_") and name.endswith("CTRLsite.wav"):
            control = Recording(directory, name[:-len(".wav")])
            yield control, 0, control.sweeps()


def row_artefacts(report, program, directory):
    at_pulse = false = 0
    counted_s = 0.0
    for recording, channel, sweeps in artefact_sets(directory):
        events = analyze(program, recording, channel)
        counts = score_artefacts(report, recording, events, sweeps)
        report.detail(recording, f"channel {channel + 1}: {counts[1]} false bursts, {counts[0]} of "
                                 f"them at a pulse, in {counts[2]:.1f} s of {len(sweeps)} sweeps")
        at_pulse += counts[0]
        false += counts[1]
        counted_s += counts[2]
    report.row("artefact only: bursts within 10 ms of a pulse", f"{at_pulse}", "0", at_pulse == 0)
    report.row("artefact only: false bursts",
               f"{false} in {counted_s:.0f} s, {60 * false / counted_s:.2f} a minute",
               "<= 1 a minute", 60 * false <= counted_s)


def row_voluntary(report, program, directory):
    recording = Recording(directory, "myonset_simon_task")
    channels = [analyze(program, recording, c) for c in (0, 1)]
    # the burst begins 50-150 ms before the button and lasts on after it
    bursts = [(0 if value == "100" else 1, t - 0.15, t, t - 0.25, t + 0.35)
              for t, _, value in recording.marks["trigger"] if value in ("100", "200")]
    found, called_ltr = score_voluntary(report, recording, channels, bursts)
    report.row("myonset: voluntary bursts found", f"{found} of {len(bursts)}", ">= 90 % of 16",
               found >= 0.9 * len(bursts) and len(bursts) == 16)
    report.row("myonset: voluntary bursts called ltr", f"{called_ltr} of {len(bursts)}",
               "at most 1 in 10", called_ltr <= 0.1 * len(bursts))

    recording = Recording(directory, "veta_delayed_response_A")
    channels = [analyze(program, recording, c) for c in (0, 1)]
    bursts = []
    for c in (0, 1):
        ends = recording.times("voluntary_burst_offset", f"ch{c + 1}")
        for start, end in zip(recording.times("voluntary_burst_onset", f"ch{c + 1}"), ends):
            bursts.append((c, start, end, start, end))
    found, called_ltr = score_voluntary(report, recording, channels, bursts)
    report.row("veta_delayed_response_A: voluntary bursts found", f"{found} of {len(bursts)}",
               ">= 90 % of 14", found >= 0.9 * len(bursts) and len(bursts) == 14)
    report.detail(recording, f"{called_ltr} of {len(bursts)} bursts of 150-300 ms called ltr")


def find_data(asked):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    base = asked or os.environ.get("MYOTWITCH_DATA") or os.path.join(root, "..", "shared", "data")
    directory = os.path.join(base, "emg", "converted")
    if not os.path.isdir(directory):
        print(f"skipped: no real recordings in {directory}; set MYOTWITCH_DATA")
        sys.exit(SKIP)
    return directory


def read_known(path):
    """Row name to (worst count, reason)."""
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file
                if line.strip() and not line.startswith("#")]
    return {row: (float(worst), why) for row, worst, why in rows}


def is_as_good(row, known):
    """Met, or missed by no more than is written down; says which."""
    if row["met"]:
        return True
    if row["what"] not in known:
        return False
    worst, why = known[row["what"]]
    count = float(re.match(r"[0-9.]+", row["measured"]).group())
    print(f"known miss: {row['what']}: {count:g}, at worst {worst:g} allowed: {why}")
    return count <= worst


def main():
    parser = argparse.ArgumentParser(description="score the detector on real recordings")
    parser.add_argument("program")
    parser.add_argument("--data")
    parser.add_argument("--json")
    parser.add_argument("--known")
    parser.add_argument("--quiet", action="store_true", help="the table alone")
    options = parser.parse_args()
    directory = find_data(options.data)
    report = Report()
    for row in (row_evoked, row_artefacts, row_voluntary):
        row(report, os.path.abspath(options.program), directory)
    report.show(options.quiet)
    if options.json:
        with open(options.json, "x", encoding="utf-8") as out:
            json.dump({"schema": "myotwitch.real/1", "rows": report.rows,
                       "details": report.details}, out, indent=1)
    known = read_known(options.known)
    sys.exit(0 if all(is_as_good(row, known) for row in report.rows) else 1)


if __name__ == "__main__":
    main()
