/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A band run sample by sample, for commands that look at a recording beside the detector. */
#ifndef MYO_CLI_BAND_RUN_H
#define MYO_CLI_BAND_RUN_H

#include "myotwitch/band.h"

/** The sections in direct form II transposed, numerator 1 - z^-2 (band.h). @p state starts as 0. */
static inline double band_run(const myo_band *band, double state[][2], double x)
{
    x *= band->gain;
    for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
        const double y = x + state[k][0];
        state[k][0] = state[k][1] - band->section[k].a1 * y;
        state[k][1] = -x - band->section[k].a2 * y;
        x = y;
    }
    return x;
}

#endif
