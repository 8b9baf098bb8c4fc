#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The BIDS validator, with the schema of 1.11.1 or later, has nothing against what `convert --bids`
and `bids` write; and it does find what is broken in a copy.

usage: bids.py PROGRAM BUILD"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from venv import SKIPPED, python_with

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cli"))
from recording import noise_with_bursts, wav_bytes  # noqa: E402


def errors(validator, folder):
    done = subprocess.run([validator, "--ignoreWarnings", "--format", "json", folder],
                          capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    return ([f"{i['code']} {i.get('subCode', '')} {i['location']}" for i in found["issues"]["issues"]],
            found["summary"])


def study_make(program, folder):
    """Two participants, one with a session, EDF and BDF, marks and events."""
    with open(os.path.join(folder, "a.wav"), "wb") as out:
        out.write(wav_bytes(noise_with_bursts(12, 2)))
    with open(os.path.join(folder, "a-events.txt"), "w", encoding="ascii") as out:
        out.write("needle in,\t3.25\n")

    def run(*arguments):
        subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True)

    run("analyze", "-q", "--events", "a.jsonl", "a.wav")
    for name in ("sub-01/emg/sub-01_task-needling_emg.edf",
                 "sub-02/ses-a/emg/sub-02_ses-a_task-needling_run-1_emg.bdf",
                 "sub-02/ses-b/emg/sub-02_ses-b_task-rest_recording-surface_emg.bdf"):
        run("convert", "--bids", "--line", "50", "-s", "5000", "-e", "a.jsonl", "a.wav",
            "study/" + name)
    os.makedirs(os.path.join(folder, "derivatives"))
    for level in ("participant", "group"):
        run("bids", "study", "derivatives/myotwitch", level)


def break_copies(study, folder):
    """(what was done, folder) for each copy that is broken in a way of its own."""
    sidecar = "sub-01/emg/sub-01_task-needling_emg.json"
    for what in ("no SamplingFrequency", "type in small letters", "unknown file", "no task"):
        copy = os.path.join(folder, what.replace(" ", "-"))
        shutil.copytree(study, copy)
        path = os.path.join(copy, sidecar)
        if what == "no SamplingFrequency":
            with open(path, encoding="utf-8") as file:
                about = json.load(file)
            del about["SamplingFrequency"]
            with open(path, "w", encoding="utf-8") as file:
                json.dump(about, file)
        elif what == "type in small letters":
            path = path.replace("_emg.json", "_channels.tsv")
            with open(path, encoding="utf-8") as file:
                text = file.read()
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace("\tEMG\t", "\temg\t"))
        elif what == "unknown file":
            with open(path.replace("_emg.json", "_emg.wav"), "w", encoding="utf-8"):
                pass
        else:
            os.rename(path.replace(".json", ".edf"),
                      path.replace("_task-needling_emg.json", "_emg.edf"))
        yield what, copy


def main():
    program, build = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    python = python_with(build, "bids", ["bids_validator_deno"], ["bids-validator-deno"])
    if python is None:
        print("skipped: bids-validator-deno cannot be had here")
        return SKIPPED
    validator = os.path.join(os.path.dirname(python), "bids-validator-deno")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        study_make(program, folder)
        for name in ("study", "derivatives/myotwitch"):
            found, summary = errors(validator, os.path.join(folder, name))
            print(f"{name}: {len(found)} errors, schema {summary['schemaVersion']}, modalities "
                  f"{summary['modalities']}, {summary['totalFiles']} files")
            print("".join(f"  {line}\n" for line in found), end="")
            failed += len(found)
            failed += name == "study" and summary["modalities"] != ["emg"]
        for what, copy in break_copies(os.path.join(folder, "study"), folder):
            found, _ = errors(validator, copy)
            print(f"broken copy ({what}): {len(found)} errors: {found[:1]}")
            failed += not found
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
