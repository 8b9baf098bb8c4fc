# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared library: where it is, its structures, and what its functions take.

The structures mirror myotwitch/pipeline.h and myotwitch/event.h. Lengths of lists come from the
library; the places of the fields are held against the C compiler by tests/python/layout.c, and against
the library itself whenever it is loaded."""
import ctypes as c
import ctypes.util
import os
import pathlib

MAX_CHANNELS = 256
OK, BAD_ARG = 0, 2


class Refused(ValueError):
    """The engine does not take a setting or a signal."""


def _candidates():
    if "MYOTWITCH_LIBRARY" in os.environ:
        return [os.environ["MYOTWITCH_LIBRARY"]]
    beside = pathlib.Path(__file__).parent / "libmyotwitch.so"
    return [str(beside)] if beside.exists() else ["libmyotwitch.so.0"]


def _load():
    tried = _candidates()[0]
    try:
        return c.CDLL(tried), tried
    except OSError as error:
        raise ImportError(f"{tried}: the myotwitch library cannot be loaded: {error}") from error


_lib, _path = _load()


def _declare(name, result, *arguments):
    function = getattr(_lib, "myo_" + name)
    function.restype, function.argtypes = result, arguments
    return function


def _names(function):
    """What a function of the library calls 0, 1, 2 ...; it says "unknown" behind the last one."""
    found = []
    while (name := function(len(found)).decode()) != "unknown":
        found.append(name)
    return tuple(found)


def _text(name):
    return _declare(name, c.c_char_p)().decode()


TYPES = _names(_declare("event_type_name", c.c_char_p, c.c_int))
FEATURES = _names(_declare("feature_name", c.c_char_p, c.c_int))
REASONS = _names(_declare("reason_text", c.c_char_p, c.c_int))
REFUSALS = _names(_declare("refusal_text", c.c_char_p, c.c_int))
STAGES = ("provisional", "confirmed", "withdrawn")


class Config(c.Structure):
    """myo_config"""
    _fields_ = [("rate_hz", c.c_double), ("channels", c.c_uint32),
                ("profile", c.c_uint8 * MAX_CHANNELS),
                ("rail_low", c.c_double * MAX_CHANNELS), ("rail_high", c.c_double * MAX_CHANNELS),
                *((name, c.c_double) for name in (
                    "false_alarms_per_hour", "measure_low_hz", "measure_high_hz", "detect_low_hz",
                    "detect_high_hz", "ltr_max_ms", "merge_gap_ms", "refractory_ms",
                    "floor_window_s", "arm_s")),
                ("hum_cancel", c.c_bool), ("blank_edges", c.c_bool), ("cpu_mask", c.c_uint32)]


class Event(c.Structure):
    """myo_event"""
    _fields_ = [("id", c.c_uint64), ("type", c.c_int), ("stage", c.c_int),
                ("onset_frame", c.c_int64), ("offset_frame", c.c_int64),
                ("reported_frame", c.c_int64), ("confirmed_frame", c.c_int64),
                ("channel", c.c_uint32), ("channel_count", c.c_uint32),
                ("channel_mask", c.c_uint64 * (MAX_CHANNELS // 64)),
                ("peak", c.c_double), ("snr_db", c.c_double), ("confidence", c.c_double),
                ("features", c.c_double * len(FEATURES)), ("reasons", c.c_uint32)]


class Summary(c.Structure):
    """myo_channel_summary"""
    _fields_ = [("floor_rms", c.c_double), ("detect_floor_rms", c.c_double),
                ("hum_hz", c.c_double), ("hum_rms", c.c_double),
                ("saturated_frames", c.c_int64), ("gap_frames", c.c_int64),
                ("events", c.c_int64 * len(TYPES)), ("refusals", c.c_int64 * len(REFUSALS))]


_pipeline = c.c_void_p
status_text = _declare("status_text", c.c_char_p, c.c_int)
config_default = _declare("config_default", None, c.POINTER(Config), c.c_double, c.c_uint32)
config_check = _declare("config_check", c.c_int, c.POINTER(Config), c.POINTER(c.c_char_p))
config_print = _declare("config_print", c.c_size_t, c.POINTER(Config), c.c_char_p, c.c_size_t)
config_hash = _declare("config_hash", c.c_uint64, c.POINTER(Config))
pipeline_new = _declare("pipeline_new", c.c_int, c.POINTER(Config), c.POINTER(_pipeline))
pipeline_process = _declare("pipeline_process", c.c_size_t, _pipeline, c.c_void_p, c.c_size_t)
pipeline_gap = _declare("pipeline_gap", None, _pipeline, c.c_int64)
pipeline_next = _declare("pipeline_next", c.c_bool, _pipeline, c.POINTER(Event))
pipeline_finish = _declare("pipeline_finish", c.c_bool, _pipeline)
pipeline_frames = _declare("pipeline_frames", c.c_int64, _pipeline)
pipeline_summary = _declare("pipeline_summary", None, _pipeline, c.c_uint32, c.POINTER(Summary))
pipeline_reset = _declare("pipeline_reset", None, _pipeline)
pipeline_delay = _declare("pipeline_delay", c.c_int64, _pipeline)
pipeline_free = _declare("pipeline_free", None, _pipeline)


def config_text(config):
    """The configuration as the library prints it, which is what its hash is made of."""
    size = config_print(config, None, 0) + 1
    text = c.create_string_buffer(size)
    config_print(config, text, size)
    return text.value.decode()


def _check_layout():
    """A library of another version may keep its settings elsewhere; its own print tells."""
    config = Config()
    config_default(config, 2000.0, 3)
    for line in config_text(config).splitlines():
        name, _, value = line.partition("=")
        if name != "needle_channels" and float(value) != float(getattr(config, name)):
            raise ImportError(f"{_path}: another version of the library ({version()}): {name} is "
                              f"{value} there and {getattr(config, name)} here")


def version():
    """Version of the library, "MAJOR.MINOR.PATCH"."""
    return _text("version")


def detector_version():
    """Changes whenever the same samples and settings could give other events."""
    return _text("detector_version")


def library_path():
    """The file that was loaded."""
    return _path


_check_layout()
