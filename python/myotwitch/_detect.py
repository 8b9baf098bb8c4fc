# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole recording at once, and its events as a table."""
import numpy as np

from . import _library as lib
from ._detector import Detector, Event, numbers

_COLUMNS = [("type", "U16"), ("onset_s", "f8"), ("offset_s", "f8"), ("reported_s", "f8"),
            ("confirmed_s", "f8"), ("onset_frame", "i8"), ("offset_frame", "i8"),
            ("channel", "i4"), ("channel_count", "i4"), ("peak", "f8"), ("snr_db", "f8"),
            ("confidence", "f8"), *((name, "f8") for name in lib.FEATURES)]


def detect(x, rate, *, needle=(), rails=None, **chosen):
    """The confirmed events of a recording, in the order of their onsets: a list of Event.

    x: frames, or frames x channels, of any number type; sizes come in its unit. Other arguments as
    for Detector. The same samples give the same events as in the program and block by block."""
    x = numbers(x)
    detector = Detector(rate, x.shape[1] if x.ndim == 2 else 1, needle=needle, rails=rails,
                        **chosen)
    found = detector.process(x) + detector.finish()
    return sorted((event for event in found if event.stage == "confirmed"),
                  key=lambda event: (event.onset_frame, event.id))


def to_array(events):
    """Events as a structured array, a row each: plain columns that pandas and numpy.savetxt take."""
    rows = np.zeros(len(events), _COLUMNS)
    for row, event in zip(rows, events):
        for name, _ in _COLUMNS:
            if name in lib.FEATURES:
                row[name] = event.features[name]
            elif name in Event._fields:
                row[name] = getattr(event, name)
        row["channel_count"] = len(event.channels)
    return rows
