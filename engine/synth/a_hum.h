/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mains hum of model A: a fundamental that drifts, odd harmonics, and steps as hands touch. */
#ifndef MYO_SYNTH_A_HUM_H
#define MYO_SYNTH_A_HUM_H

#include "synth/a_timeline.h"

#define MYO_A_HUM_LINES 3

typedef struct {
    myo_a_timeline touches;
    double peak_uv[MYO_SYNTH_CHANNELS]; /**< 0 = none */
    double base_hz, drift_hz, drift_rate_hz, drift_turns;
    double turns; /**< phase of the fundamental */
    double part[MYO_A_HUM_LINES], shift[MYO_A_HUM_LINES];
    double level, target; /**< factor now, and after the last touch */
} myo_a_hum;

void myo_a_hum_start(myo_a_hum *hum, const myo_scene *scene);
void myo_a_hum_block(myo_a_hum *hum, myo_scene *scene);

#endif
