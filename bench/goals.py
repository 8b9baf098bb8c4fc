#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every speed goal with what this machine does now: floor, target, measured.

usage: goals.py PROGRAM DIRECTORY [--runs N]
DIRECTORY holds bench_bands, bench_chain and bench_spectrum. Ratios are of one run, taken in turn; the
rows of whole processes are medians with the page cache warm, by the clock and by CPU time, which a
busy machine disturbs less. The figures belong to this machine and this moment. docs/bench.md says
what each row is.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

import h5py
import numpy

SECONDS = 600.0
# A process is told the memory of the one that it was forked from as its own peak: not this script's.
FROM_A_SHELL = '"$0" bench --json -; exit $?'
WIDE_SECONDS = 120.0


class Table:
    """Rows as they come, each judged against its floor and its target."""

    def __init__(self):
        print(f"{'goal':<58} {'floor':>9} {'target':>9} {'measured':>10}")

    @staticmethod
    def row(name, floor, target, measured, smaller=False):
        met = [limit is not None and (measured <= limit if smaller else measured >= limit)
               for limit in (floor, target)]
        verdict = "target met" if met[1] else "floor met" if met[0] else "not met"
        floor, target = ("-" if limit is None else f"{limit:g}" for limit in (floor, target))
        print(f"{name:<58} {floor:>9} {target:>9} {measured:>10.4g}  {verdict}", flush=True)


def output(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True,
                          text=True).stdout


def timed(command, runs):
    """Median seconds of the whole process: by the clock, and of CPU with all that it waited for."""
    times = []
    for run in range(runs + 1):
        begin = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        if status != 0:
            raise SystemExit(f"{command}: status {status}")
        if run > 0:  # the first one warms the cache
            times.append((time.monotonic() - begin, usage.ru_utime + usage.ru_stime))
    return [statistics.median(column) for column in zip(*times)]


def process_rows(table, name, limits, seconds, command, runs):
    for clock, taken in zip(("", ", CPU"), timed(command, runs)):
        table.row(f"{name}{clock}: x real time", *limits, seconds / taken)


def filters(table, directory):
    best = {}
    for line in output(directory / "bench_bands").splitlines()[2:]:
        _, channels, _, plain, limit = line.split()
        best[channels] = max(best.get(channels, (0.0, 0.0)), (float(limit), float(plain)))
    table.row("filters with sums of hops, 8 channels: % of the limit", 80, 90, best["8"][0])
    table.row("  times plain C", 10, None, best["8"][1])
    table.row("filters with sums of hops, 1 channel: % of the limit", None, 45, best["1"][0])
    table.row("  times plain C, in blocks of 64", 6, None, best["1"][1])


def engine(table, program, directory):
    figures = {figure["name"]: figure["value"]
               for figure in json.loads(output("sh", "-c", FROM_A_SHELL, program))["figures"]}
    print(f"limit of this run: {figures['limit.multiply_adds']:.1f} G multiply-adds/s, "
          f"{figures['limit.memory_read']:.1f} GB/s")
    for channels in (1, 8, 64, 256):
        floor, target = ((100, 250) if channels == 1 else (450, 600))
        table.row(f"whole engine, {channels} channels, 2 kHz: M channel-samples/s", floor, target,
                  figures[f"throughput.{channels}ch"])
    rate = re.search(r"([\d.]+) M", output(directory / "bench_chain", 8, 10000, 20, "auto"))
    table.row("whole engine, 8 channels, 10 kHz: M channel-samples/s", 450, 600, float(rate[1]))
    for quantile, floor, target in (("p50", None, 0.5), ("p99", 1, None)):
        table.row(f"block of 8 channels x 32 frames, hot: {quantile}, us", floor, target,
                  figures[f"latency.8x32.{quantile}"], smaller=True)
    table.row("memory with 64 channels: MB", 12, 6, figures["memory.64ch"], smaller=True)
    table.row("an engine for 8 channels is made in: us", None, 1000, figures["start.engine_8ch"],
              smaller=True)
    table.row("detection, F1 on the shipped sessions", 0.9, None, figures["detection.f1"])


def spectra(table, directory):
    ratio = re.search(r"ratio ([\d.]+)", output(directory / "bench_spectrum"))
    table.row("spectrum with its frequencies: times a plain transform", 1.0, 0.65, float(ratio[1]),
              smaller=True)


def first_event(program, wav):
    """Seconds from the start of the process to its first event line, in a pipe."""
    begin = time.monotonic()
    child = subprocess.Popen([program, "analyze", "-q", "--provisional", "-e", "-", wav],
                             stdout=subprocess.PIPE, text=True)
    for line in child.stdout:
        if '"type"' in line:
            break
    taken = time.monotonic() - begin
    child.communicate()
    return taken


def one_channel(table, program, folder, runs):
    wav = f"{folder}/one.wav"
    output(program, "synth", "upper-trapezius", "--duration", SECONDS, "--output", wav)
    command = [program, "analyze", "-q", "--force", "-e", f"{folder}/one.jsonl", wav]
    process_rows(table, "file to events, 10 min, 1 channel", (40000, 60000), SECONDS, command, runs)
    short = f"{folder}/short.wav"
    output(program, "synth", "clean", "--duration", 10, "--output", short)
    first_event(program, short)
    table.row("start to first event line: ms", 10, 5,
              1e3 * statistics.median(first_event(program, short) for _ in range(runs)),
              smaller=True)


def wide_files(folder):
    """64 channels of noise with a burst now and then, as WAV (16 bit) and as plain HDF5."""
    frames = int(2000 * WIDE_SECONDS)
    noise = numpy.random.default_rng(1)
    samples = noise.normal(0, 100, (frames, 64))
    samples[10000:10200] *= 20
    samples = samples.clip(-32767, 32767).astype("<i2")
    size = samples.nbytes
    head = (b"RIFF" + numpy.uint32(36 + size).tobytes() + b"WAVEfmt " +
            numpy.uint32(16).tobytes() + numpy.array([1, 64], "<u2").tobytes() +
            numpy.array([2000, 2000 * 128], "<u4").tobytes() +
            numpy.array([128, 16], "<u2").tobytes() + b"data" + numpy.uint32(size).tobytes())
    pathlib.Path(f"{folder}/wide.wav").write_bytes(head + samples.tobytes())
    with h5py.File(f"{folder}/wide.h5", "w") as file:
        file.create_dataset("emg", data=samples, chunks=(1024, 64))


def many_channels(table, program, folder, runs):
    wide_files(folder)
    for name, options, floor, target in (
            ("WAV", [f"{folder}/wide.wav"], 2000, 3000),
            ("HDF5", ["--dataset", "/emg", "--rate", "2000", f"{folder}/wide.h5"], 700, 1400)):
        command = [program, "analyze", "-q", "--force", "-e", f"{folder}/wide.jsonl", *options]
        process_rows(table, f"64 channels from {name}, no spectra", (floor, target), WIDE_SECONDS,
                     command, runs)


def main():
    parser = argparse.ArgumentParser(description="speed goals: floor, target, measured")
    parser.add_argument("program")
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=11)
    chosen = parser.parse_args()
    table = Table()
    filters(table, chosen.directory)
    engine(table, chosen.program, chosen.directory)
    spectra(table, chosen.directory)
    with tempfile.TemporaryDirectory() as folder:
        one_channel(table, chosen.program, folder, chosen.runs)
        many_channels(table, chosen.program, folder, chosen.runs)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
