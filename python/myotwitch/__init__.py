# SPDX-License-Identifier: GPL-3.0-or-later
"""Local twitch responses in EMG, from NumPy arrays: the engine of myotwitch for Python.

    import myotwitch
    events = myotwitch.detect(x, rate)              # x: frames, or frames x channels
    twitches = [e for e in events if e.type == "ltr"]
    table = myotwitch.to_array(events)              # structured array; pandas.DataFrame(table)

    detector = myotwitch.Detector(rate, channels=2)  # the same, block by block
    for block in blocks:
        for event in detector.process(block):
            ...                                      # provisional, confirmed, withdrawn
    rest = detector.finish()

Research and education software, not a medical device; that no twitch was detected is not evidence
that none occurred.
"""
from ._detect import detect, to_array
from ._detector import Detector, Event, Summary, settings
from ._library import Refused, detector_version, library_path, version

__version__ = version()
__all__ = ["Detector", "Event", "Refused", "Summary", "detect", "detector_version", "library_path",
           "settings", "to_array", "version"]
