# SPDX-License-Identifier: GPL-3.0-or-later
"""The streaming detector: blocks of samples in, events out."""
import ctypes as c
import operator
import threading
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from . import _library as lib

_NOT_SETTINGS = {"rate_hz", "channels", "profile", "rail_low", "rail_high", "cpu_mask"}
_SETTINGS = [name for name, _ in lib.Config._fields_ if name not in _NOT_SETTINGS]
_TAKE_FRAMES = 1 << 16
_MOST_FRAMES = 1 << 53  # beyond it seconds as doubles no longer tell frames apart


class Event(NamedTuple):
    """What the engine says of one event. Times are of the recording; an interval is
    [onset, offset). Sizes are in the unit of the samples that were given."""
    type: str
    stage: str
    onset_s: float
    offset_s: float
    reported_s: float   #: when its first, provisional word was given
    confirmed_s: float  #: when its type was settled; NaN before that
    onset_frame: int
    offset_frame: int
    channel: int        #: the strongest; -1 where none is meant
    channels: tuple     #: all that saw it
    peak: float
    snr_db: float
    confidence: float
    features: dict
    reasons: tuple
    id: int             #: the same from provisional to confirmed or withdrawn


class Summary(NamedTuple):
    """What is known of one channel after the blocks so far."""
    floor_rms: float
    detect_floor_rms: float
    hum_hz: float
    hum_rms: float
    saturated_frames: int
    gap_frames: int
    events: dict    #: confirmed events by type, with this channel as the strongest
    refusals: dict  #: candidates that were dropped, by reason


def settings(rate, channels=1):
    """The detector's settings and their defaults, by name."""
    config = lib.Config()
    lib.config_default(config, float(rate), operator.index(channels))
    return {name: getattr(config, name) for name in _SETTINGS}


def _per_channel(values, channels, what):
    try:
        return np.broadcast_to(np.asarray(values, float), (channels,))
    except ValueError as error:
        raise lib.Refused(f"{what}: one number, or one for each of {channels} channels") from error


def _rails(rails, channels):
    try:
        low, high = rails
    except (TypeError, ValueError) as error:
        raise lib.Refused("rails: (low, high) is needed") from error
    ends = [_per_channel(values, channels, "rails") for values in (low, high)]
    if not np.isfinite(ends).all():
        raise lib.Refused("rails: a limit is not finite")
    return ends


def _set(config, name, value):
    if name not in _SETTINGS:
        raise TypeError(f"no setting is called {name!r}; there are {', '.join(_SETTINGS)}")
    # Every text is true, "no" as well.
    if isinstance(getattr(config, name), bool) and not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} takes True or False, not {value!r}")
    setattr(config, name, value)


def _needles(needle, channels):
    if isinstance(needle, str):
        if needle != "all":
            raise lib.Refused(f"needle: numbers of channels or \"all\", not {needle!r}")
        return range(channels)
    return [operator.index(number) for number in np.atleast_1d(np.asarray(needle, object))]


def numbers(block):
    """The array, with missing for what a mask hides."""
    block = np.asanyarray(block)
    if block.dtype.kind not in "fiub":
        raise TypeError(f"samples of type {block.dtype} are no numbers")
    if isinstance(block, np.ma.MaskedArray):
        block = block.astype(np.result_type(block.dtype, np.float32)).filled(np.nan)
    return np.asarray(block)


def _config(rate, channels, needle, rails, chosen):
    config = lib.Config()
    if not 1 <= channels <= lib.MAX_CHANNELS:
        raise lib.Refused(f"channels: {channels}; 1 to {lib.MAX_CHANNELS} can be taken")
    lib.config_default(config, float(rate), channels)
    for name, value in chosen.items():
        _set(config, name, value)
    for number in _needles(needle, channels):
        if not 0 <= number < channels:
            raise lib.Refused(f"needle: there is no channel {number}")
        config.profile[number] = 1
    if rails is not None:
        for end, values in zip((config.rail_low, config.rail_high), _rails(rails, channels)):
            end[:channels] = list(values)
    where = c.c_char_p()
    if lib.config_check(config, c.byref(where)) != lib.OK:
        name = where.value.decode()
        raise lib.Refused(f"{name}: {getattr(config, name)} is out of range")
    return config


class Detector:
    """Takes blocks of any length and gives events as they are decided; which events does not
    depend on how the signal is cut. Belongs to one thread at a time (RuntimeError else); other
    threads of Python run while it computes. Cannot be copied.

    rate: frames a second, 500 to 100000. needle: number or numbers of needle channels, or "all".
    rails: (low, high) limits of the converter in samples, each a number or one for each channel;
    without them they are found. Further settings by name: see settings()."""

    def __init__(self, rate, channels=1, *, needle=(), rails=None, **chosen):
        self._pipeline, self._ended, self._lock = None, False, threading.Lock()
        self.rate, self.channels = float(rate), operator.index(channels)
        self._config = _config(rate, self.channels, needle, rails, chosen)
        pipeline = c.c_void_p()
        status = lib.pipeline_new(self._config, c.byref(pipeline))
        if status != lib.OK:
            kind = lib.Refused if status == lib.BAD_ARG else MemoryError
            raise kind(lib.status_text(status).decode())
        self._pipeline = pipeline

    def __del__(self):
        if getattr(self, "_pipeline", None) is not None:
            lib.pipeline_free(self._pipeline)
            self._pipeline = None

    def __reduce__(self):
        raise TypeError("a detector cannot be copied or pickled")

    @contextmanager
    def _alone(self):
        if not self._lock.acquire(blocking=False):
            raise RuntimeError("another thread is using this detector")
        try:
            yield
        finally:
            self._lock.release()

    def _goes_on(self):
        if self._ended:
            raise RuntimeError("the signal was ended by finish(); reset() begins another")

    def process(self, block):
        """Takes an array of frames, or of frames x channels; returns the events decided by then.
        NaN counts as missing, as does what a mask hides. Whole numbers are taken as they are:
        sizes come in their unit."""
        block = numbers(block)
        block = block.reshape(-1, 1) if block.ndim == 1 else block
        if block.ndim != 2 or block.shape[1] != self.channels:
            raise lib.Refused(f"an array of shape {block.shape}; (frames, {self.channels}) is "
                              "needed, rows are frames")
        found = []
        with self._alone():
            self._goes_on()
            for start in range(0, len(block), _TAKE_FRAMES):
                part = block[start:start + _TAKE_FRAMES]
                self._push(np.ascontiguousarray(part, np.float32), found)
        return found

    def _push(self, samples, found):
        done = 0
        while done < len(samples):
            done += lib.pipeline_process(self._pipeline, samples[done:].ctypes.data,
                                         len(samples) - done)
            self._drain(found)

    def gap(self, frames):
        """So many frames are missing here; time goes on. Returns events."""
        frames, found = operator.index(frames), []
        with self._alone():
            self._goes_on()
            if not 0 <= frames <= _MOST_FRAMES - self.frames:
                raise lib.Refused(f"a gap of {frames} frames")
            lib.pipeline_gap(self._pipeline, frames)
            self._drain(found)
        return found

    def finish(self):
        """Ends the signal: returns what is settled with what was seen."""
        found = []
        with self._alone():
            while not lib.pipeline_finish(self._pipeline):
                self._drain(found)
            self._drain(found)
            self._ended = True
        return found

    def reset(self):
        """As new."""
        with self._alone():
            lib.pipeline_reset(self._pipeline)
            self._ended = False

    def summary(self):
        """A Summary for each channel."""
        raw, rows = lib.Summary(), []
        with self._alone():
            for channel in range(self.channels):
                lib.pipeline_summary(self._pipeline, channel, raw)
                known = [getattr(raw, name) for name in Summary._fields[:6]]
                rows.append(Summary(*known, dict(zip(lib.TYPES, raw.events)),
                                    dict(zip(lib.REFUSALS, raw.refusals))))
        return rows

    @property
    def frames(self):
        """Frames taken so far, gaps included."""
        return lib.pipeline_frames(self._pipeline)

    @property
    def delay_s(self):
        """From an onset to the earliest word of it that the filters allow."""
        return lib.pipeline_delay(self._pipeline) / self.rate

    @property
    def configuration(self):
        """The whole configuration, as every output of the program states it."""
        return lib.config_text(self._config)

    @property
    def configuration_hash(self):
        """Sixteen hexadecimal digits that stand for it."""
        return f"{lib.config_hash(self._config):016x}"

    def _drain(self, found):
        raw = lib.Event()
        while lib.pipeline_next(self._pipeline, raw):
            found.append(self._event(raw))

    def _event(self, raw):
        mask = sum(word << 64 * k for k, word in enumerate(raw.channel_mask))
        confirmed = raw.confirmed_frame
        return Event(
            type=lib.TYPES[raw.type], stage=lib.STAGES[raw.stage],
            onset_s=raw.onset_frame / self.rate, offset_s=raw.offset_frame / self.rate,
            reported_s=raw.reported_frame / self.rate,
            confirmed_s=confirmed / self.rate if confirmed >= 0 else float("nan"),
            onset_frame=raw.onset_frame, offset_frame=raw.offset_frame,
            channel=raw.channel if raw.channel < lib.MAX_CHANNELS else -1,
            channels=tuple(k for k in range(self.channels) if mask >> k & 1),
            peak=raw.peak, snr_db=raw.snr_db, confidence=raw.confidence,
            features=dict(zip(lib.FEATURES, raw.features)),
            reasons=tuple(text for k, text in enumerate(lib.REASONS) if raw.reasons >> k & 1),
            id=raw.id)
