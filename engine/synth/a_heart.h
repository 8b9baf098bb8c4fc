/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heart beats of model A: P, QRS and T as Gaussians, with variability and respiration. */
#ifndef MYO_SYNTH_A_HEART_H
#define MYO_SYNTH_A_HEART_H

#include "synth/a_layout.h"
#include "synth/a_timeline.h"

typedef struct {
    myo_a_timeline beats;
    double r_uv;                 /**< 0 = none */
    double qrs_sd_s, q, s, p, t; /**< width; heights over that of R */
    double interval_s, variability;
    double breath_hz, breath_depth, breath_turns;
    double wander; /**< slow part of the interval */
} myo_a_heart;

void myo_a_heart_start(myo_a_heart *heart, const myo_scene *scene);
void myo_a_heart_block(myo_a_heart *heart, myo_scene *scene, const myo_a_layout *layout);

#endif
