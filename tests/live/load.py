# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten minutes of 8 channels at 10 kHz in blocks of 32 frames while every core is busy: no frame is lost.

usage: load.py PROGRAM HELPERS [SECONDS]
The time of the engine's thread is printed, not judged: it belongs to the machine."""
import os
import re
import resource
import subprocess
import sys

import live

PROGRAM, HELPERS = map(os.path.abspath, sys.argv[1:3])
SECONDS = int(sys.argv[3]) if len(sys.argv) > 3 else 600
live.need("stress-ng")
if resource.getrlimit(resource.RLIMIT_RTPRIO)[0] == 0 and os.geteuid() != 0:
    print("needs real-time priority: a limit rtprio, or root")
    sys.exit(77)
FOLDER = live.folder()


def main():
    with open(os.path.join(FOLDER, ".asoundrc"), "w", encoding="utf-8") as file:
        file.write(f'pcm_type.fault {{ lib "{HELPERS}/libasound_module_pcm_fault.so" }}\n'
                   'pcm.sound { type fault whole true hint { show on description "s" } }\n')
    out = os.path.join(FOLDER, "load.nwb")
    with subprocess.Popen(["stress-ng", "--cpu", str(os.cpu_count()), "--timeout", f"{SECONDS + 5}s"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as stress:
        try:
            session = live.Session(PROGRAM, FOLDER, "--device", "sound", "--channels", "0-7",
                                   "--rate", "10000", "--block", "3.2", "--duration",
                                   str(SECONDS), "--record", out,
                                   env=dict(os.environ, HOME=FOLDER, JACK_NO_START_SERVER="1"))
            status = session.end(SECONDS + 60)
        finally:
            live.end_process(stress)
    print(session.text())
    samples, gaps = live.recording(out)
    assert status == 0 and gaps == [], (status, gaps)
    assert len(samples) == SECONDS * 10000
    blocks = int(re.search(r"(\d+) blocks", session.text()).group(1))
    assert blocks < 1.1 * len(samples) / 32, f"{blocks} blocks: not of 32 frames"
    assert {shift % 2**23 for _, shift in live.shifts(samples)} == {0}


if __name__ == "__main__":
    try:
        main()
    finally:
        live.clean(FOLDER)
