/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of an analysis that every command with analyses has: how to read, how to detect. */
#ifndef MYO_CLI_ANALYSIS_OPTIONS_H
#define MYO_CLI_ANALYSIS_OPTIONS_H

#include "analysis.h"
#include "options.h"

/** Rows for an option table whose settings have an analysis_settings named analysis. What is here
 *  decides the events, and nothing else does. */
#define ANALYSIS_OPTION_ROWS(settings)                                                             \
    OPTION_NUMBER_ROW(                                                                             \
        settings, analysis.full_scale_uv, "full-scale-uv", 's', "UV",                              \
        "size of a sample of 1.0 in uV; without it sizes are relative to full scale", 1e-6, 1e12), \
        OPTION_TEXT_ROW(                                                                           \
            settings, analysis.channels, "channels", 'c', "LIST",                                  \
            "analyse only these: numbers from 0, ranges, names (0,2-4,Trapezius) or all"),         \
        OPTION_TEXT_ROW(settings, analysis.needle, "needle", 'n', "LIST",                          \
                        "these channels are needle electrodes, or all"),                           \
        OPTION_FLAG_ROW(settings, analysis.surface, "surface", 0,                                  \
                        "every channel is a surface electrode (the default)"),                     \
        OPTION_TEXT_ROW(settings, analysis.dataset, "dataset", 'd', "PATH",                        \
                        "data set of HDF5, stream of XDF or Open Ephys, variable of MATLAB"),      \
        OPTION_FLAG_ROW(settings, analysis.channels_first, "channels-first", 0,                    \
                        "HDF5, MATLAB: the rows of the data set are channels, not frames"),        \
        OPTION_NUMBER_ROW(settings, analysis.rate_hz, "rate", 'r', "HZ",                           \
                          "frames a second, for data that does not say", 500, 100000),             \
        OPTION_NUMBER_ROW(                                                                         \
            settings, analysis.false_alarms_per_hour, "false-alarms-per-hour", 'a', "X",           \
            "false detections to accept per hour and channel of plain noise (default 1)", 0.01,    \
            3600),                                                                                 \
        OPTION_FLAG_ROW(settings, analysis.no_hum, "no-hum", 0, "leave mains hum alone"),          \
        OPTION_TEXT_ROW(                                                                           \
            settings, analysis.config, "config", 0, "FILE",                                        \
            "read detector settings, as --print-config writes them, before the options"),          \
        OPTION_TEXT_ROW(                                                                           \
            settings, analysis.cpu, "cpu", 0, "LIST",                                              \
            "use only these instruction sets: c, sse2, avx2, avx512, neon (default auto)")

#endif
