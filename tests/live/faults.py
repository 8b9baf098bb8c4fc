# SPDX-License-Identifier: GPL-3.0-or-later
"""A device that breaks as told (alsa_fault.c), through ALSA and PortAudio.

usage: faults.py PROGRAM HELPERS"""
import os
import sys

import live

PROGRAM, HELPERS = sys.argv[1:3]
FOLDER = live.folder()
ENV = dict(os.environ, HOME=FOLDER, JACK_NO_START_SERVER="1")
ENV.pop("DISPLAY", None)
RATE = 48000


def device(script):
    """Makes ALSA know a device of that script, by the name of broken."""
    with open(os.path.join(FOLDER, ".asoundrc"), "w", encoding="utf-8") as file:
        file.write(f'pcm_type.fault {{ lib "{HELPERS}/libasound_module_pcm_fault.so" }}\n'
                   f'pcm.broken {{ type fault script "{script}" hint {{ show on description "b" }} }}\n')


def start(script, *options, rate=RATE):
    device(script)
    return live.Session(PROGRAM, FOLDER, "--device", "broken", "--channels", "0-3", "--rate",
                        str(rate), *options, env=ENV)


def fresh(name):
    path = os.path.join(FOLDER, name)
    if os.path.exists(path):
        os.unlink(path)
    return path


def period_of(session):
    line = next(line for line in session.text().splitlines() if line.startswith("  block"))
    return float(line.split()[1]) * 1e-3


def check_gaps(script, planted, seconds, rate=RATE):
    """Every planted loss is a gap of its length within one period, nothing else is, and every frame stands
    where the device's own count says, within one period."""
    out = fresh("gaps.nwb")
    session = start(script, "--duration", str(seconds), "--block", "10", "--record", out, rate=rate)
    assert session.end(seconds + 30) == 0, session.text()
    period = period_of(session) * rate
    samples, gaps = live.recording(out)
    off = [shift for _, shift in live.shifts(samples)]
    assert max(map(abs, off)) <= period, (gaps, off[:9])
    # A busy machine may overrun the device's buffer by itself: such a gap is true too, or else the
    # frames behind it would be off.
    for at_ms, frames in planted:
        near = [(f, n) for f, n in gaps if abs(f - at_ms * rate / 1000) <= period and
                abs(n - frames) <= period]
        assert len(near) == 1, (at_ms, frames, gaps)
    print(f"   {len(planted)} planted, {len(gaps)} found, time off by {max(map(abs, off))} frames, "
          f"period {period:.0f}")


def test_gaps_of_every_length():
    lengths = [(4000, 1024), (6000, 2048), (8000, 4800), (10000, 20000), (13000, 65536)]
    check_gaps("; ".join(f"drop {at} {n}" for at, n in lengths), lengths, 17)


def test_gaps_that_are_told():
    lengths = [(3000, 1500), (5000, 9600)]
    device_script = "; ".join(f"xrun {at} {n}" for at, n in lengths)
    out = fresh("told.nwb")
    session = start(device_script, "--duration", "8", "--block", "10", "--record", out)
    assert session.end(60) == 0, session.text()
    samples, gaps = live.recording(out)
    off = [shift for _, shift in live.shifts(samples)]
    # The restart behind an overrun takes its own time; the device's count is the truth.
    assert max(map(abs, off)) <= period_of(session) * RATE, (gaps, off[:9])
    for at_ms, frames in lengths:
        assert any(abs(f - at_ms * 48) <= 2048 and n >= frames - 512 for f, n in gaps), gaps
    print(f"   {gaps}")


def test_slow_rates():
    check_gaps("drop 4000 100; drop 6000 500", [(4000, 100), (6000, 500)], 9, rate=2000)


def test_late_is_not_lost():
    out = fresh("late.nwb")
    session = start("late 3000 1000; late 5000 1500", "--duration", "7", "--block", "20",
                    "--record", out)
    assert session.end(60) == 0, session.text()
    samples, gaps = live.recording(out)
    assert gaps == [], gaps
    assert {shift for _, shift in live.shifts(samples)} == {0}
    print("   two delays, no gap")


def dies(script, word, *options):
    """Reported within 2 s, ended with a valid file within 3 s, whatever PortAudio does."""
    out = fresh("dies.nwb")
    session = start(script, "--record", out, *options, rate=2000)
    begun = session.read_until("isolated amplifier", 10)
    reported = session.read_until(word, 20)
    status = session.end(20)
    assert status == 4 and reported is not None, (status, session.text())
    samples, _ = live.recording(out)
    broke = begun + 3.0
    assert len(samples) >= 5900, len(samples)
    assert reported - broke <= 2.0 and session.ended - broke <= 3.0, session.text()
    assert len(session.text()) < 10000
    print(f"   reported after {reported - broke:.2f} s, ended after {session.ended - broke:.2f} s")


def test_unplugged():
    dies("unplug 3000", "the device")


def test_stalls():
    dies("stall 3000", "stalled")


def test_falls_silent():
    dies("silence 3000", "no sample changed")


def test_silence_allowed():
    session = start("silence 1000", "--allow-silence", "--duration", "5", rate=2000)
    assert session.end(30) == 0, session.text()
    assert "nothing but zeros" in session.text()


def test_unknown_device():
    device("")
    session = live.Session(PROGRAM, FOLDER, "--device", "no such thing", env=ENV)
    assert session.end(20) == 3
    assert "no audio device with inputs is called 'no such thing'" in session.text()


if __name__ == "__main__":
    try:
        live.run_all([test_gaps_of_every_length, test_gaps_that_are_told, test_slow_rates,
                      test_late_is_not_lost, test_unplugged, test_stalls, test_falls_silent,
                      test_silence_allowed, test_unknown_device])
    finally:
        live.clean(FOLDER)
