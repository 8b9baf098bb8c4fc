/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heart beats of generator B: drawn curves through landmarks, several forms, breathing, extra beats.
 */
#ifndef MYO_SYNTH_B_HEART_H
#define MYO_SYNTH_B_HEART_H

#include "synth/scene.h"

typedef struct {
    bool on;
    int form;
    double r_uv[MYO_SYNTH_CHANNELS]; /**< signed */
    double interval_s, breath_s, breath_depth, extra_chance;
    double slow;   /**< first-order random part of the interval, standard deviation 1 */
    double next_s; /**< start of the next beat's P wave */
    bool next_is_extra;
    myo_rng rng;
} myo_b_heart;

void myo_b_heart_start(myo_b_heart *self, const myo_scene *scene);

/** Places and labels the beats that begin in the block. */
void myo_b_heart_block(myo_b_heart *self, myo_scene *scene);

#endif
