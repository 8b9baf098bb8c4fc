# SPDX-License-Identifier: GPL-3.0-or-later
"""`live`, `record` and `devices` from outside, on replayed files: no device is needed."""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

PROGRAM = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory()
os.chdir(FOLDER.name)


def run(*arguments, status=0):
    done = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done


def read(path):
    with open(path, "rb") as file:
        return file.read()


def events(text):
    lines = [json.loads(line) for line in text.splitlines()]
    return [line for line in lines if line["schema"] == "myotwitch.event/1"]


run("synth", "needling", "--seed", "1", "--duration", "40")
WAV = "needling-a-1.wav"
run("analyze", "-q", "--events", "analyzed.jsonl", WAV)
run("analyze", "-q", "-p", "--events", "analyzed-all.jsonl", WAV)

# The same bytes as analyze, at every speed; the recording too gives the same events.
for speed in ("max", "20"):
    run("live", "-q", "--replay", WAV, "--speed", speed, "--force", "--events", "live.jsonl")
    assert read("live.jsonl") == read("analyzed.jsonl"), speed
run("live", "-q", "-p", "--replay", WAV, "--speed", "max", "--events", "all.jsonl")
assert read("all.jsonl") == read("analyzed-all.jsonl")
run("record", "--replay", WAV, "--speed", "max", "session.nwb")
run("analyze", "-q", "--events", "recorded.jsonl", "session.nwb")
expected = events(read("analyzed.jsonl").decode())
recorded = events(read("recorded.jsonl").decode())
assert len(expected) > 5
times = [[e["type"], e["onset_frame"], e["reported_s"]] for e in expected]
assert [[e["type"], e["onset_frame"], e["reported_s"]] for e in recorded] == times

# Events on standard output, the rest on standard error; latencies are told at the end.
done = run("live", "--replay", WAV, "--speed", "max", "--events", "-")
assert events(done.stdout) == expected
for word in ("0 lost in 0 gaps", "device ", "block ", "compute ", "detector "):
    assert word in done.stderr, word

# --duration ends after so much signal, to the frame.
run("live", "-q", "--replay", WAV, "--speed", "max", "--duration", "10.5", "--events", "short.jsonl")
summary = json.loads(read("short.jsonl").splitlines()[-1])
assert summary["schema"] == "myotwitch.summary/1"
assert abs(summary["duration_s"] - 10.5) < 1e-9, summary

# Ctrl-C ends the session: outputs are complete, the recording is valid, the status is 0. So does a terminal that is
# closed, which tells the whole process group.
def heard(session, seconds):
    """Waits until the session has heard so much; handlers are at work long before."""
    port = int(session.stderr.readline().split()[2])
    with socket.create_connection(("127.0.0.1", port), 60) as remote, remote.makefile("rw", encoding="utf-8") as talk:
        now = 0.0
        while now < seconds:
            time.sleep(0.05)
            talk.write("status\n")
            talk.flush()
            now = json.loads(talk.readline())["time_s"]


for number, name in ((signal.SIGINT, "cut"), (signal.SIGHUP, "hung-up")):
    with subprocess.Popen([PROGRAM, "live", "-q", "--replay", WAV, "--events", name + ".jsonl", "--record",
                           name + ".nwb", "--remote", "0"], stderr=subprocess.PIPE, start_new_session=True) as session:
        heard(session, 1.0)
        os.killpg(session.pid, number)
        session.stderr.read()
        assert session.wait(60) == 0
    summary = json.loads(read(name + ".jsonl").splitlines()[-1])
    assert summary["schema"] == "myotwitch.summary/1" and 1.0 <= summary["duration_s"] < 40, summary
    run("info", name + ".nwb")

# A recording that waits begins before the first twitch.
first = next(e for e in expected if e["type"] == "ltr")
run("record", "--replay", WAV, "--speed", "10", "--lookback", "1", "--on-twitch", "waited.nwb")
run("analyze", "-q", "--events", "waited.jsonl", "waited.nwb")
length = json.loads(read("waited.jsonl").splitlines()[-1])["duration_s"]
assert 38.0 < length + first["onset_s"] < 42.5, (length, first["onset_s"])

# Refusals: what, where, and a status; nothing is overwritten, nothing is left behind.
before = read("session.nwb")
assert "exists" in run("record", "--replay", WAV, "session.nwb", status=1).stderr
assert read("session.nwb") == before
run("live", "-q", "--replay", WAV, "--events", "live.jsonl", status=1)
samples = read(WAV)
run("live", "-q", "--replay", WAV, "--force", "--events", WAV, status=1)
assert read(WAV) == samples
for one, other in (("--events", "--tsv"), ("--record", "--events"), ("--record", "--tsv"), ("--events", "--events-socket")):
    done = run("live", "-q", "--replay", WAV, "--speed", "max", "--force", one, "both", other, "./both", status=2)
    assert "two outputs have one name" in done.stderr and not os.path.exists("both"), (one, other)

# A session that is refused leaves no recording behind, whose name would be taken when it is tried again.
with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    taken.listen(1)
    port = str(taken.getsockname()[1])
    for more in (["--events", "live.jsonl"], ["--remote", port], ["--web", port], ["--web", "0", "--session", "nowhere.json"],
                 ["--cine", "nowhere.mp4"], ["--tsv", "nowhere/x.tsv"]):
        done = run("live", "-q", "--replay", WAV, "--record", "again.nwb", *more,
                   status=3 if "nowhere.json" in more or "--cine" in more else 1)
        assert not os.path.exists("again.nwb"), more
assert "nowhere.wav" in run("live", "--replay", "nowhere.wav", status=3).stderr
run("live", "--replay", WAV, "--speed", "fast", status=2)
run("live", "--speed", "2", status=2)
run("live", "--device", "x", "--replay", WAV, status=2)
run("live", WAV, status=2)
run("live", "--replay", WAV, "--lookback", "5", status=2)
run("live", "--replay", WAV, "--on-twitch", status=2)
run("record", status=2)
run("live", "--replay", WAV, "--channels", "7", status=2)
with open("text.txt", "w", encoding="utf-8") as file:
    file.write("no numbers here\n")
run("live", "--replay", "text.txt", status=3)

# A file that is cut off is replayed as far as it goes.
whole = read(WAV)
with open("torn.wav", "wb") as file:
    file.write(whole[:len(whole) // 2 + 1])
torn = subprocess.run([PROGRAM, "analyze", "-q", "--events", "torn-analyzed.jsonl", "torn.wav"],
                      stderr=subprocess.DEVNULL, check=False).returncode
run("live", "-q", "--replay", "torn.wav", "--speed", "max", "--events", "torn-live.jsonl", status=torn)
assert events(read("torn-live.jsonl").decode()) == events(read("torn-analyzed.jsonl").decode())

# Without any device the list is empty, and says so; with some every line has what it needs.
listed = run("devices", "--json")
for line in listed.stdout.splitlines():
    device = json.loads(line)
    assert device["schema"] == "myotwitch.device/1" and device["name"] and device["rate_hz"] > 0
run("devices", "x", status=2)
