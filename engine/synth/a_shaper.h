/* SPDX-License-Identifier: GPL-3.0-or-later */
/* White noise to interference pattern: the spectrum of many motor units, unit RMS in 20-450 Hz. */
#ifndef MYO_SYNTH_A_SHAPER_H
#define MYO_SYNTH_A_SHAPER_H

#include "synth/scene.h"

/** Shwedyk's spectrum: a high-pass and two equal low-pass poles. */
typedef struct {
    double high, low; /**< pole of each one-pole section */
    double scale;
    double h, x_last, l1, l2;
} myo_a_shaper;

/** Corners in Hz. */
void myo_a_shaper_start(myo_a_shaper *shaper, const myo_scene *scene, double high_hz,
                        double low_hz);

/** One shaped value from a white one of standard deviation 1. */
double myo_a_shaper_next(myo_a_shaper *shaper, double white);

#endif
