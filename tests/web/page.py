#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live page in a real Chromium: brings playwright-core into the build tree, makes recordings and runs page.mjs.
Usage: page.py PROGRAM FEEDER BUILD. Status 77, with a message, where browser, node or registry are missing."""
import array
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import wave

PLAYWRIGHT = "playwright-core@1.65.1"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def modules(build):
    """Folder whose node_modules has playwright-core."""
    home = build / "browser"
    if not (home / "node_modules/playwright-core/package.json").exists():
        home.mkdir(exist_ok=True)
        (home / "package.json").write_text('{"private": true}\n')
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", PLAYWRIGHT], cwd=home,
                              capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            skip(f"{PLAYWRIGHT} cannot be had: {done.stderr.strip().splitlines()[-1:]}")
    return home


def write_wide(path):
    """16 channels at 10 kHz, 40 s of noise."""
    chance = random.Random(1)
    noise = [round(chance.gauss(0, 60)) for _ in range(100003)]
    frames = 400000
    samples = array.array("h", (noise[(i * 7919) % len(noise)] for i in range(frames * 16)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(16)
        out.setsampwidth(2)
        out.setframerate(10000)
        out.writeframes(samples.tobytes())


def main():
    program, feeder, build = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    browser = shutil.which("chromium")
    for name, found in (("chromium", browser), ("node", shutil.which("node")), ("npm", shutil.which("npm"))):
        if found is None:
            skip(f"no {name} on this machine")
    home = modules(build)
    with tempfile.TemporaryDirectory() as folder:
        recording, wide = f"{folder}/needling.wav", f"{folder}/wide.wav"
        subprocess.run([program, "synth", "needling", "-d", "180", "-c", "4", "-r", "2000", "--output", recording], check=True,
                       stdout=subprocess.DEVNULL)
        write_wide(wide)
        environment = {**os.environ, "MYO_FEEDER": feeder, "MYO_RECORDING": recording, "MYO_WIDE": wide, "MYO_BROWSER": browser,
                       "MYO_MODULES": str(home)}
        script = pathlib.Path(__file__).with_name("page.mjs")
        sys.exit(subprocess.run(["node", "--test", "--test-reporter=spec", "--test-timeout=400000", str(script)], env=environment).returncode)


if __name__ == "__main__":
    main()
