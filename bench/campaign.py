#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the detector on synthetic sessions: one command gives every row of the table.

Usage: bench/campaign.py PROGRAM [--family F] [--records N] [--scenario S[,S...]]
       [--generator a,b] [--rest-hours H] [--jobs N] [--json FILE] [--keep DIR]
       [--list] [--grid] [--with "ANALYZE OPTIONS"]

Each record is made (synth), read (analyze) and deleted; its labels and events are pooled by score,
which gives the figures and their exact 95 % intervals. F1 has a second interval, in braces, from
drawing whole records anew (bootstrap), as twitches of one record are alike. Records have seeds from a family of
bench/seeds.tsv. A family `test...` is run once for a release and never tuned on.

Exit status: 0 all rows met, 5 some row missed, 1 a program failed.
"""
import argparse
import concurrent.futures
import hashlib
import json
import math
import os
import random
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TWITCHES = ("clean", "needling", "upper-trapezius")
NO_TWITCH = ("voluntary", "cough", "ecg", "motion", "stimulator", "stimulator-switched",
             "stimulator-single")
NEEDLE = ("needle",)  # its channel is analysed as a needle's; no row of the table sets a limit
# The same strokes and endplates with twitches far below the noise, and without their labels.
SILENT = "needle-silent"
NOT_ASKED = ("fasciculation",)  # measured, but no row of the table sets a limit
REST = ("rest", "rest-varied")
SCENARIOS = TWITCHES + ("low-snr",) + NO_TWITCH + NOT_ASKED + NEEDLE + (SILENT,) + REST
REST_RECORD_S = 3600.0  # rest is made in records of this length
PEAK_DB = "18"          # peak over RMS noise that makes a twitch count in the rows that say so
GRID_DB = (6, 9, 12, 15, 18, 21, 24, 30, math.inf)
GRID_MS = (20, 40, 80, 150, 300, math.inf)
DRAWS = 2000            # of the bootstrap
B_MAY_LOSE = 0.03       # F1 of the second generator below that of the first


class ProgramFailed(Exception):
    """A command of the program ended with a status that is not its result."""


def read_families():
    """First seed and number of seeds of each family, checked against its hash."""
    families = {}
    with open(os.path.join(HERE, "seeds.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    for name, first, count, digest in rows[1:]:
        families[name] = int(first), int(count)
        text = "".join(f"{seed}\n" for seed in range(int(first), int(first) + int(count)))
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            sys.exit(f"bench/seeds.tsv: the seeds of '{name}' do not fit their hash")
    return families


def call(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ProgramFailed(f"{' '.join(command)}: status {done.returncode}\n{done.stderr}")
    return done.stdout


def grid_cell(snr_db, length_ms):
    """Upper edges of the bins that a twitch falls into; printed figures fall into the same."""
    return (next(edge for edge in GRID_DB if round(snr_db, 1) < edge),
            next(edge for edge in GRID_MS if round(length_ms, 1) < edge))


class Campaign:
    """Makes records once and scores sets of them on demand."""

    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.first, self.seeds = read_families()[options.family]
        self.pairs = {}  # (scenario, generator): [truth, events, truth, events...]
        self.scores = {}

    def record(self, scenario, generator, seed, duration_s):
        """One record's labels and events; the samples live only as long as this call."""
        stem = os.path.join(self.directory, f"{scenario}-{generator}-{seed}")
        wav, truth, events = stem + ".wav", stem + ".json", stem + ".jsonl"
        made = "needle" if scenario == SILENT else scenario
        make = [self.options.program, "synth", made, "--generator", generator,
                "--seed", str(seed), "--output", wav, "--truth", truth]
        if scenario == SILENT:
            make += ["--snr", "-40"]
        if duration_s is not None:
            make += ["--duration", f"{duration_s:g}"]
        try:
            call(*make)
            with open(truth, encoding="utf-8") as file:
                labels = json.load(file)
            if scenario == SILENT:
                labels["events"] = [e for e in labels["events"] if e["type"] != "ltr"]
                with open(truth, "w", encoding="utf-8") as file:
                    json.dump(labels, file)
            how = ["--needle", "0"] if made in NEEDLE else []
            call(self.options.program, "analyze", wav, "--events", events, "--full-scale-uv",
                 repr(labels["full_scale_uv"]), *how, *shlex.split(self.options.extra))
        finally:
            if os.path.exists(wav):
                os.remove(wav)
        return truth, events

    def plan(self):
        """(scenario, generator, seed, duration) of every record that is asked for."""
        for scenario in self.options.scenario:
            for generator in self.options.generator:
                records, duration_s = self.options.records, None
                if scenario in REST:
                    records = math.ceil(self.options.rest_hours * 3600.0 / REST_RECORD_S)
                    duration_s = REST_RECORD_S
                if records > self.seeds:
                    sys.exit(f"the family has {self.seeds} seeds, not {records}")
                for i in range(records):
                    yield scenario, generator, self.first + i, duration_s

    def make(self):
        plan = list(self.plan())
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            jobs = [pool.submit(self.record, *job) for job in plan]
            for n, (job, done) in enumerate(zip(plan, jobs), 1):
                try:
                    self.pairs.setdefault(job[:2], []).extend(done.result())
                except ProgramFailed:
                    pool.shutdown(cancel_futures=True)
                    raise
                if sys.stderr.isatty():
                    print(f"\r{n} of {len(plan)} records", end="", file=sys.stderr)
        if sys.stderr.isatty():
            print(file=sys.stderr)

    def has(self, scenarios, generator):
        return all((s, generator) in self.pairs for s in scenarios)

    def score(self, scenarios, generator, *how):
        """The JSON of `score` over all records of some scenarios."""
        key = (tuple(scenarios), generator, how)
        if key not in self.scores:
            files = sum((self.pairs[(s, generator)] for s in scenarios), [])
            self.scores[key] = json.loads(call(self.options.program, "score", "--json", "-", *how,
                                               *files))
        return self.scores[key]

    def bootstrap_f1(self, scenario, generator, *how):
        """2.5 and 97.5 % points of F1 over draws of whole records; the same draws every time."""
        files = self.pairs[(scenario, generator)]
        counts = []
        for i in range(0, len(files), 2):
            one = json.loads(call(self.options.program, "score", "--json", "-", *how,
                                  *files[i:i + 2]))
            counts.append((one["hits"], one["labels"] + one["events"]))
        draw = random.Random(1)
        values = []
        for _ in range(DRAWS):
            drawn = draw.choices(counts, k=len(counts))
            both = sum(d[1] for d in drawn)
            values.append(2 * sum(d[0] for d in drawn) / both if both else 0.0)
        values.sort()
        return values[DRAWS // 40], values[-DRAWS // 40 - 1]

    def errors(self, scenario, generator, *how):
        """Lines of `score --list`: what was missed and what was false, with the record."""
        text = call(self.options.program, "score", "--list", *how,
                    *self.pairs[(scenario, generator)])
        return [line.replace(self.directory + os.sep, "") for line in text.splitlines()
                if line.startswith(("missed ", "false "))]

    def grid(self, scenario, generator):
        """{(SNR bin, duration bin): [found, labels]} of all twitches, whatever their size."""
        cells = {}
        for path in self.pairs[(scenario, generator)][::2]:
            with open(path, encoding="utf-8") as file:
                for label in json.load(file)["events"]:
                    if label["type"] == "ltr":
                        length_ms = 1e3 * (label["offset_s"] - label["onset_s"])
                        cell = cells.setdefault(grid_cell(label["snr_db"], length_ms), [0, 0])
                        cell[0] += 1
                        cell[1] += 1
        for line in self.errors(scenario, generator):
            if line.startswith("missed "):
                fields = line.split()
                onset, offset = map(float, fields[2].split("-"))
                cells[grid_cell(float(fields[4]), 1e3 * (offset - onset))][0] -= 1
        return cells


def number(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def estimate(figure, digits):
    return (f"{number(figure['value'], digits)} "
            f"[{number(figure['low'], digits)}, {number(figure['high'], digits)}]")


class Table:
    """Rows: what, measured with interval, asked for, met (None where nothing is asked)."""

    def __init__(self):
        self.rows = []

    def add(self, what, shown, asked, met, score):
        self.rows.append({"what": what, "measured": shown, "asked": asked, "met": met,
                          "score": score})
        verdict = "    " if met is None else "PASS" if met else "MISS"
        print(f"{verdict}  {what:<46} {shown:<40} {asked}", flush=True)

    def add_figure(self, what, score, key, limit, digits=3):
        """A row on one measure; limit is (sign, number)."""
        figure = score[key]
        value = figure["value"] if isinstance(figure, dict) else figure
        shown = estimate(figure, digits) if isinstance(figure, dict) else number(value, digits)
        sign, bound = limit
        met = value is not None and (value >= bound if sign == ">=" else
                                     abs(value) <= bound if sign == "+-" else value <= bound)
        self.add(what, shown, f"{sign} {bound:g}", met, score)


def show_grid(cells):
    print("    dB below " + "".join(f"{edge:>8g} ms" for edge in GRID_MS))
    for snr in GRID_DB:
        row = [cells.get((snr, length), [0, 0]) for length in GRID_MS]
        if any(labels for _, labels in row):
            print(f"{snr:12g} " + "".join(f"{found:>5}/{labels:<5}" for found, labels in row))


def rows_of_detection(campaign, table, generator):
    """F1 of the scenarios with twitches; the second generator against the first."""
    cases = [(s, ("--min-snr-db", PEAK_DB), 0.97 if s == "clean" else 0.95) for s in TWITCHES]
    cases.append(("low-snr", ("--min-snr-db", "11", "--max-snr-db", "16"), 0.85))
    for scenario, how, least in cases:
        if not campaign.has((scenario,), generator):
            continue
        score = campaign.score((scenario,), generator, *how)
        low, high = campaign.bootstrap_f1(scenario, generator, *how)
        shown = f"{estimate(score['f1'], 3)} {{{low:.3f}, {high:.3f}}}"
        if generator == "b" and scenario != "low-snr" and campaign.has((scenario,), "a"):
            first = campaign.score((scenario,), "a", *how)["f1"]["value"] or 0.0
            least, asked = first - B_MAY_LOSE, f">= {first:.3f} - {B_MAY_LOSE}"
        else:
            asked = f">= {least}"
        table.add(f"{generator}: {scenario}, {score['labels']} labels: F1", shown, asked,
                  (score["f1"]["value"] or 0.0) >= least, score)


def rows_of_needle(campaign, table, generator):
    """A needle's channel alone: all twitches, whatever their size."""
    for scenario in NEEDLE:
        if campaign.has((scenario,), generator):
            score = campaign.score((scenario,), generator)
            low, high = campaign.bootstrap_f1(scenario, generator)
            what = f"{generator}: {scenario}, {score['labels']} labels"
            shown = f"{estimate(score['f1'], 3)} {{{low:.3f}, {high:.3f}}}"
            table.add(f"{what}: F1", shown, "", None, score)
            table.add(f"{what}: recall", estimate(score["recall"], 3), "", None, score)
            table.add(f"{generator}: {scenario}: false ltr a minute",
                      estimate(score["false_per_minute"], 3), "", None, score)


def rows_of_timing(campaign, table, generator):
    """Onset error and delays of the strong twitches of all scenarios together."""
    if not campaign.has(TWITCHES, generator):
        return
    score = campaign.score(TWITCHES, generator, "--min-snr-db", PEAK_DB)
    for key, what, limit in (("onset_median_ms", "onset error, median, ms", ("<=", 2)),
                             ("onset_p95_ms", "onset error, p95, ms", ("<=", 8)),
                             ("onset_bias_ms", "onset error, bias, ms", ("+-", 2)),
                             ("delay_median_ms", "reported after onset, median, ms", ("<=", 10)),
                             ("delay_p95_ms", "reported after onset, p95, ms", ("<=", 25)),
                             ("confirm_p95_ms", "type settled after end, p95, ms", ("<=", 150)),
                             ("confirm_max_ms", "type settled after end, longest, ms",
                              ("<=", 150))):
        table.add_figure(f"{generator}: {what}", score, key, limit, 2)


def rows_of_false_alarms(campaign, table, generator):
    """Twitches seen where there is none."""
    there = [s for s in NO_TWITCH if campaign.has((s,), generator)]
    for scenario in there:
        table.add_figure(f"{generator}: {scenario}: false ltr a minute",
                         campaign.score((scenario,), generator), "false_per_minute", ("<=", 0.3))
    for scenario in NOT_ASKED:
        if campaign.has((scenario,), generator):
            score = campaign.score((scenario,), generator)
            table.add(f"{generator}: {scenario}: false ltr a minute",
                      estimate(score["false_per_minute"], 3), "", None, score)
    if campaign.has((SILENT,), generator):
        score = campaign.score((SILENT,), generator)
        table.add(f"{generator}: {SILENT}: false ltr a minute",
                  estimate(score["false_per_minute"], 3), "", None, score)
    for scenario in REST:
        if campaign.has((scenario,), generator):
            score = campaign.score((scenario,), generator)
            table.add_figure(f"{generator}: {scenario}, {score['duration_s'] / 3600:.1f} h: "
                             "false ltr an hour", score, "false_per_hour", ("<=", 1))


def parse():
    parser = argparse.ArgumentParser(description="measure the detector on synthetic sessions")
    parser.add_argument("program")
    parser.add_argument("--family", default="dev", choices=read_families())
    parser.add_argument("--records", type=int, default=40, help="of each scenario (default 40)")
    parser.add_argument("--scenario", default=",".join(SCENARIOS),
                        help=f"some of {','.join(SCENARIOS)}")
    parser.add_argument("--generator", default="a,b")
    parser.add_argument("--rest-hours", type=float, default=20.0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", help="write the table with all figures to a new file")
    parser.add_argument("--keep", metavar="DIR", help="leave labels and events in DIR")
    parser.add_argument("--list", action="store_true", help="list each miss and false alarm too")
    parser.add_argument("--grid", action="store_true",
                        help="show recall by SNR and length of the twitch too")
    parser.add_argument("--with", dest="extra", default="", metavar="OPTIONS",
                        help="more options for analyze, in one argument")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    options.scenario = options.scenario.split(",")
    options.generator = options.generator.split(",")
    for scenario in options.scenario:
        if scenario not in SCENARIOS:
            parser.error(f"no scenario '{scenario}'")
    return options


def run(options, directory):
    campaign = Campaign(options, directory)
    campaign.make()
    table = Table()
    for generator in options.generator:
        rows_of_detection(campaign, table, generator)
        rows_of_needle(campaign, table, generator)
        rows_of_timing(campaign, table, generator)
        rows_of_false_alarms(campaign, table, generator)
    for scenario, generator in campaign.pairs:
        how = ("--min-snr-db", PEAK_DB) if scenario in TWITCHES else ()
        if options.list:
            print(f"\n{generator}: {scenario}")
            print("\n".join(campaign.errors(scenario, generator, *how)))
        if options.grid and scenario in TWITCHES + ("low-snr",):
            print(f"\n{generator}: {scenario}: found / labels by peak SNR and length")
            show_grid(campaign.grid(scenario, generator))
    return table


def main():
    options = parse()
    try:
        if options.keep:
            os.makedirs(options.keep)
            table = run(options, options.keep)
        else:
            with tempfile.TemporaryDirectory() as directory:
                table = run(options, directory)
    except ProgramFailed as failure:
        sys.exit(str(failure))
    if options.json:
        with open(options.json, "x", encoding="utf-8") as out:
            json.dump({"schema": "myotwitch.campaign/1", "family": options.family,
                       "records": options.records, "program": call(options.program, "version"),
                       "rows": table.rows}, out, indent=1)
    sys.exit(5 if any(row["met"] is False for row in table.rows) else 0)


if __name__ == "__main__":
    main()
