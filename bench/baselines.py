#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published onset detectors on the campaign's records and on real ones, beside ours.

Usage: bench/baselines.py PROGRAM [--records N] [--rest-hours H] [--generators a,b] [--family val] [--data DIR]

The detectors are those of `analyze --method`, at their authors' windows (docs/methods.md). Each has its
threshold set on rest of the dev family to the same false-alarm rate as ours is set to, one an hour; what
cannot get there has the threshold that comes nearest. Figures are of the records of another family. They see the whole record at once, an advantage over a
detector that must answer at once, and name no type: ours therefore counts with every type that is a burst
(ltr, single_unit, contraction). Real: the reviewed evoked potentials and voluntary bursts in DIR (default
$MYOTWITCH_DATA), recall and false bursts a minute, at the thresholds of the last generator. In each cell the best
is marked with *, and what is tied with it, its interval overlapping, with =: by F1 or, where there is nothing to
be found, by false bursts. Exit status: 0.
"""
import argparse
import csv
import json
import math
import os
import tempfile

import campaign

METHODS = ("hodges_bui", "modified_hodges", "bonato", "lidierth", "abbink", "solnik", "silva", "londral", "aglr")
REST_RECORD_S = 1800.0
SCENARIOS = ("clean", "low-snr", "needling", "upper-trapezius", "ecg", "motion")
NOTHING_THERE = ("ecg", "motion")
BURSTS = "ltr,single_unit,contraction"
REAL = ("veta_sici", "veta_delayed_response_A")


class Bench:
    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.first, _ = campaign.read_families()["dev"]
        self.seeds, _ = campaign.read_families()[options.family]

    def make(self, generator, scenario, seed, *how):
        """Paths of a record and its truth."""
        stem = os.path.join(self.directory, f"{scenario}-{generator}-{seed}")
        if not os.path.exists(stem + ".wav"):
            campaign.call(self.options.program, "synth", scenario, "--generator", generator, "--seed", str(seed),
                          "--output", stem + ".wav", "--truth", stem + ".json", *how)
        return stem + ".wav", stem + ".json"

    def detect(self, wav, method, threshold=None):
        """Path of the event lines."""
        out = f"{wav}.{method}.jsonl"
        how = [] if method == "ours" else ["--method", method]
        if threshold is not None:
            how += ["--method-settings", f"threshold={threshold!r}"]
        campaign.call(self.options.program, "analyze", "--quiet", "--force", "--events", out, *how, wav)
        return out

    def rest_alarms(self, method, threshold, generator):
        count = 0
        for seed in range(self.first, self.first + round(self.options.rest_hours * 3600 / REST_RECORD_S)):
            wav, _ = self.make(generator, "rest", seed, "--duration", repr(REST_RECORD_S))
            with open(self.detect(wav, method, threshold), encoding="utf-8") as lines:
                count += sum('"myotwitch.event/1"' in line for line in lines)
        return count

    def tune(self, generator):
        """Thresholds that give one burst an hour of rest."""
        thresholds = {}
        for method in METHODS:
            low, high = 0.5, 200.0
            for _ in range(12):
                middle = math.sqrt(low * high)
                if self.rest_alarms(method, middle, generator) > self.options.rest_hours:
                    low = middle
                else:
                    high = middle
            thresholds[method] = high
        return thresholds

    def score(self, pairs, *how):
        return json.loads(campaign.call(self.options.program, "score", "--json", "-", "--truth-type", BURSTS,
                                        "--event-type", BURSTS, *how, *pairs))

    def compare(self, generator, scenario, thresholds):
        pairs = {name: [] for name in ("ours", *METHODS)}
        for seed in range(self.seeds, self.seeds + self.options.records):
            wav, truth = self.make(generator, scenario, seed)
            for name in pairs:
                pairs[name] += [truth, self.detect(wav, name, thresholds.get(name))]
        how = ["--min-snr-db", campaign.PEAK_DB] if scenario in campaign.TWITCHES else []
        return {name: self.score(paths, *how) for name, paths in pairs.items()}

    def compare_real(self, name, thresholds):
        wav = os.path.join(self.options.data, "emg", "converted", name + ".wav")
        truth = real_truth(wav, os.path.join(self.directory, name + ".json"))
        link = os.path.join(self.directory, name + ".wav")
        os.symlink(wav, link)
        return {method: self.score([truth, self.detect(link, method, thresholds.get(method))])
                for method in ("ours", *METHODS)}


def real_truth(wav, path):
    """The reviewed bursts of a converted recording, as truth; their onsets and offsets follow each other."""
    stem = os.path.splitext(wav)[0]
    with open(stem + ".json", encoding="utf-8") as file:
        about = json.load(file)
    with open(stem + "_events.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    events = []
    for channel, name in enumerate(about["channels"]):
        mine = [row for row in rows if row["channel"] == name]
        for row in mine:
            kind, _, edge = row["type"].rpartition("_")
            if edge == "onset":
                ends = [float(r["time_s"]) for r in mine
                        if r["type"] == kind + "_offset" and float(r["time_s"]) > float(row["time_s"])]
                onset = float(row["time_s"])
                events.append({"type": "ltr", "channel": channel, "onset_s": onset,
                               "offset_s": min(ends, default=onset + 0.02)})
    events.sort(key=lambda event: event["onset_s"])
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"schema": "myotwitch.truth/1", "duration_s": about["duration_s"], "events": events}, out)
    return path


def cell(results, key):
    """What stands behind the figure of each: the best one, or tied with it. Of false bursts few are good."""
    sign, bound = (-1, "low") if key == "false_per_minute" else (1, "high")
    value = {name: sign * got[key]["value"] for name, got in results.items() if got[key]["value"] is not None}
    best = max(value, key=value.get, default=None)
    marks = {}
    for name in value:
        tied = sign * results[name][key][bound] >= value[best]
        marks[name] = "*" if name == best else "=" if tied else " "
    return marks


def show(title, results, key):
    marks = cell(results, key)
    for name, got in results.items():
        columns = []
        for column in ("recall", "f1", "false_per_minute", "onset_bias_ms", "onset_median_ms", "onset_p95_ms"):
            value = None if key == "false_per_minute" and column == "f1" else got[column]["value"]
            text = campaign.number(value, 3 if column in ("recall", "f1") else 2)
            columns.append(text + (marks.get(name, " ") if column == key else " "))
        print(f"{title:<26} {name:<16} {columns[0]:>8} {columns[1]:>8} {columns[2]:>10} {columns[3]:>9} "
              f"{columns[4]:>8} {columns[5]:>8}", flush=True)


def main():
    parser = argparse.ArgumentParser(description="published onset detectors beside ours")
    parser.add_argument("program")
    parser.add_argument("--records", type=int, default=10)
    parser.add_argument("--rest-hours", type=float, default=2.0)
    parser.add_argument("--generators", default="a,b")
    parser.add_argument("--family", default="val", choices=campaign.read_families())
    parser.add_argument("--data", default=os.environ.get("MYOTWITCH_DATA", ""))
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    print(f"{'record':<26} {'detector':<16} {'recall':>7}  {'F1':>7}  {'false/min':>9}  {'bias ms':>8}  {'median':>7}  "
          f"{'p95':>7}")
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(options, directory)
        for generator in options.generators.split(","):
            thresholds = bench.tune(generator)
            print("# thresholds: " + ", ".join(f"{n} {t:.2f}" for n, t in thresholds.items()), flush=True)
            for scenario in SCENARIOS:
                key = "false_per_minute" if scenario in NOTHING_THERE else "f1"
                show(f"{scenario}, {generator}", bench.compare(generator, scenario, thresholds), key)
        for name in REAL if os.path.isdir(options.data) else ():
            show(name, bench.compare_real(name, thresholds), "f1")


if __name__ == "__main__":
    main()
