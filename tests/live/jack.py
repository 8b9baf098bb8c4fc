# SPDX-License-Identifier: GPL-3.0-or-later
"""Live capture through PortAudio from JACK without hardware: bit for bit, and what happens when it dies.

usage: jack.py PROGRAM HELPERS"""
import os
import re
import subprocess
import sys
import time

import live
import numpy as np

PROGRAM, HELPERS = sys.argv[1:3]
live.need("jackd", "jack_wait")
FOLDER = live.folder()
SERVER = f"myotwitch{os.getpid()}"
ENV = dict(os.environ, JACK_DEFAULT_SERVER=SERVER, JACK_NO_AUDIO_RESERVATION="1",
           JACK_NO_START_SERVER="1", HOME=FOLDER)


def server_start(rate, period, sync=True):
    priority = ["-R"] if os.geteuid() == 0 else ["-r"]
    server = subprocess.Popen(
        ["jackd", *priority, *(["-S"] if sync else []), "-n", SERVER, "-d", "dummy", "-r",
         str(rate), "-p", str(period), "-C", "2", "-P", "2"],
        env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait = subprocess.run(["jack_wait", "-s", SERVER, "-w", "-t", "10"], env=ENV, check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert wait.returncode == 0, "jackd does not start"
    return server


def place_give_back():
    """A machine has eight places for JACK servers. One that was killed keeps its own, until one of its name comes
    and goes in good order."""
    live.end_process(server_start(48000, 1024), seconds=30)


class Jack:
    """A server of its own with one player."""

    def __init__(self, rate, period, play, *options, sync=True):
        self.server = server_start(rate, period, sync)
        self.player = subprocess.Popen([f"{HELPERS}/jack_play", "player", play, *options], env=ENV,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.player.stdout.readline() == "ready\n", "the player does not start"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        live.end_process(self.player)
        self.player.stdout.close()
        live.end_process(self.server)


def start(*options):
    return live.Session(PROGRAM, FOLDER, "--device", "player", *options, env=ENV)


def fresh(name):
    path = os.path.join(FOLDER, name)
    if os.path.exists(path):
        os.unlink(path)
    return path


def labelled(scenario, seconds):
    subprocess.run([PROGRAM, "synth", scenario, "--seed", "7", "--duration", str(seconds)],
                   cwd=FOLDER, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    name = next(n for n in os.listdir(FOLDER) if n.startswith(scenario) and n.endswith(".wav"))
    return os.path.join(FOLDER, name)


def read_wav(path):
    """Samples of a 16-bit or 24-bit file as the float32 that libsndfile makes of them, by the program itself."""
    out = fresh("plain.nwb")
    subprocess.run([PROGRAM, "live", "-q", "--replay", path, "--speed", "max", "--record", out],
                   check=True, stderr=subprocess.DEVNULL)
    return live.recording(out)[0]


def same_bits(a, b):
    return np.array_equal(np.ascontiguousarray(a).view(np.uint32),
                          np.ascontiguousarray(b).view(np.uint32))


def write_float_wav(path, samples, rate):
    """IEEE float, so that every bit is kept."""
    data = np.ascontiguousarray(samples, dtype="<f4").tobytes()
    channels = samples.shape[1]
    head = (b"fmt " + (16).to_bytes(4, "little") + (3).to_bytes(2, "little") +
            channels.to_bytes(2, "little") + rate.to_bytes(4, "little") +
            (rate * channels * 4).to_bytes(4, "little") + (channels * 4).to_bytes(2, "little") +
            (32).to_bytes(2, "little") + b"data" + len(data).to_bytes(4, "little"))
    with open(path, "wb") as file:
        file.write(b"RIFF" + (len(head) + len(data) + 4).to_bytes(4, "little") + b"WAVE" + head + data)


def check_latency(session, period_ms):
    """From the sound to the decision, each part apart: device, its block, the engine, the detector."""
    said = dict(re.findall(r"^  (device|block|compute|detector) +(.+)$", session.text(), re.M))
    assert set(said) == {"device", "block", "compute", "detector"}, session.text()
    assert said["block"].startswith(f"{period_ms:.2f} ms to fill"), said
    wait = float(re.search(r"answer ([\d.]+) ms \(p50\)", said["block"]).group(1))
    compute = float(re.match(r"([\d.]+) us \(p50\)", said["compute"]).group(1))
    detector = float(re.match(r"([\d.]+) ms \(p50\)", said["detector"]).group(1))
    # The engine's work is part of the wait, and a twitch is some milliseconds old when it is heard of.
    assert 0 < 1e-3 * compute <= wait and 0 < detector < 50, said
    for part in ("device", "block", "compute", "detector"):
        print(f"   {part:9} {said[part]}")


def compare(wav, seconds, rate, period, *options):
    """Plays a labelled session into a live one: the same bits, and the same events as analyze finds in
    the file with as many zeros in front."""
    played = read_wav(wav)
    out, lines = fresh("live.nwb"), fresh("live.jsonl")
    with Jack(rate, period, wav, "0.5", *options):
        session = start("--duration", str(seconds), "--allow-silence", "--record", out, "--events",
                        lines, *(["--unpaced"] if options else []))
        status = session.end(seconds + 60)
    assert status == 0, session.text()
    assert "0 lost in 0 gaps" in session.text(), session.text()
    got, gaps = live.recording(out)
    assert gaps == [] and len(got) == round(seconds * rate), (gaps, len(got))
    lead = int(np.flatnonzero(np.any(got != 0, axis=1))[0])
    lead -= int(np.flatnonzero(np.any(played != 0, axis=1))[0])
    length = min(len(played), len(got) - lead)
    assert length > 0.9 * len(got), (lead, length)
    assert same_bits(got[lead:lead + length], played[:length]), "samples differ"
    padded, analysed = fresh("padded.wav"), fresh("analysed.jsonl")
    write_float_wav(padded, np.vstack([np.zeros((lead, played.shape[1]), "f4"), played])[:len(got)],
                    rate)
    subprocess.run([PROGRAM, "analyze", "-q", "--events", analysed, padded], check=True)
    expected = live.events(analysed)
    assert expected == live.events(lines), "events differ"
    print(f"   {length} frames of {played.shape[1]} channels, {len(expected)} events; lead {lead}")
    check_latency(session, 1e3 * period / rate)


def test_a_minute_in_real_time():
    compare(labelled("multi", 62), 60, 2000, 128)


def test_freewheel():
    compare(labelled("needling", 300), 299, 2000, 128, "freewheel")


def test_twenty_hours_of_eight_channels():
    hours, channels, rate = 20, 8, 2048
    with Jack(rate, 1024, f"count:{channels}", "0.1", "freewheel"):
        done = subprocess.run([f"{HELPERS}/verify", PROGRAM, "player", str(channels),
                               str(3600 * hours)], env=ENV, check=False, stdout=subprocess.PIPE,
                              text=True)
    print("   " + done.stdout.strip())
    assert done.returncode == 0, done.stdout


def test_server_killed():
    out = fresh("killed.nwb")
    with Jack(48000, 1024, "count:2", "0.1") as jack:
        session = start("--allow-silence", "--record", out)
        assert jack.player.stdout.readline() == "playing\n"
        time.sleep(3)
        killed = time.monotonic()
        jack.server.kill()
        reported = session.read_until("the device", 10)
        status = session.end(10)
    assert status == 4, (status, session.text())
    assert reported is not None and reported - killed <= 2.0, session.text()
    assert session.ended - killed <= 3.0, session.ended - killed
    samples, _ = live.recording(out)
    assert len(samples) > 2.5 * 48000
    print(f"   reported after {reported - killed:.2f} s, ended after {session.ended - killed:.2f} s")


def test_player_dies_and_zeros_come():
    with Jack(48000, 1024, "count:2", "0.1") as jack:
        session = start()
        assert jack.player.stdout.readline() == "playing\n"
        time.sleep(2)
        killed = time.monotonic()
        jack.player.kill()
        reported = session.read_until("the device", 10)
        status = session.end(10)
    assert status == 4, (status, session.text())
    assert reported is not None and reported - killed <= 2.0, session.text()
    assert session.ended - killed <= 3.0
    print(f"   reported after {reported - killed:.2f} s, ended after {session.ended - killed:.2f} s")


def test_capture_process_stopped():
    """Half a second without a breath: the server goes on, so that much is lost, found, and time does not
    shift. Then for good: a stalled device."""
    out = fresh("stopped.nwb")
    period = 1024
    with Jack(48000, period, "count:2", "0.1", sync=False) as jack:
        session = start("--allow-silence", "--record", out)
        assert jack.player.stdout.readline() == "playing\n"
        time.sleep(4)
        child = session.child()[0]
        os.kill(child, 19)
        time.sleep(0.5)
        os.kill(child, 18)
        time.sleep(4)
        stopped = time.monotonic()
        os.kill(child, 19)
        reported = session.read_until("stalled", 10)
        status = session.end(10)
    assert status == 4 and reported - stopped <= 2.0, session.text()
    assert session.ended - stopped <= 3.0
    samples, gaps = live.recording(out)
    at = live.shifts(samples)
    assert len(gaps) >= 1 and sum(frames for _, frames in gaps) > 0.3 * 48000, gaps
    off = [shift - at[0][1] for _, shift in at]
    assert max(abs(o) for o in off) <= period, (gaps, off[:9])
    print(f"   gaps {gaps}, time is off by {off} frames")


if __name__ == "__main__":
    try:
        live.run_all([test_a_minute_in_real_time, test_freewheel,
                      test_twenty_hours_of_eight_channels, test_server_killed,
                      test_player_dies_and_zeros_come, test_capture_process_stopped])
    finally:
        place_give_back()
        live.clean(FOLDER)
