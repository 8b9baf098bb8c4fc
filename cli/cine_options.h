/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options that say how a cine is to be read, of every command that takes one. */
#ifndef MYO_CLI_CINE_OPTIONS_H
#define MYO_CLI_CINE_OPTIONS_H

#include "cine_intake.h"
#include "options.h"

/** Rows for an option table whose settings have a cine_settings named cine. */
#define CINE_OPTION_ROWS(settings)                                                                 \
    OPTION_TEXT_ROW(settings, cine.times, "cine-times", 0, "CSV",                                  \
                    "times of the frames: a column time_s"),                                       \
        OPTION_NUMBER_ROW(settings, cine.interval_s, "cine-interval", 0, "S",                      \
                          "time between frames, for files without times", 1e-6, 10),               \
        OPTION_TEXT_ROW(settings, cine.crop, "cine-crop", 0, "X,Y,W,H",                            \
                        "the part of the picture that shows tissue, pixels"),                      \
        OPTION_NUMBER_ROW(settings, cine.mm_per_px, "mm-per-px", 0, "MM",                          \
                          "size of a pixel, for files without scale", 1e-4, 10),                   \
        OPTION_NUMBER_ROW(                                                                         \
            settings, cine.carrier_hz, "cine-carrier", 0, "HZ",                                    \
            "frequency of echoes, which IQ was demodulated with, for files that do not "           \
            "say",                                                                                 \
            1e4, 1e9),                                                                             \
        OPTION_FLAG_ROW(settings, cine.rf, "cine-rf", 0,                                           \
                        "the numbers along lines are echoes as sampled (RF): MATLAB, NumPy"),      \
        OPTION_FLAG_ROW(settings, cine.envelope, "cine-envelope", 0,                               \
                        "follow the brightness of IQ and RF, not their phase"),                    \
        OPTION_NUMBER_ROW(settings, cine.needle_deg, "needle-angle", 0, "DEG",                     \
                          "angle of the needle in the picture, 0 = to the right, positive down",   \
                          -90, 90)

#endif
