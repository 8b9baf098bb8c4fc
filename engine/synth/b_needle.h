/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only a needle hears, generator B: endplate noise and spikes, fibrillation, insertional
 * bursts. Channel 0. */
#ifndef MYO_SYNTH_B_NEEDLE_H
#define MYO_SYNTH_B_NEEDLE_H

#include "synth/b_muap.h"
#include "synth/scene.h"

typedef struct {
    myo_b_unit spike, fibrillation;
    myo_rng rng;
    bool near_endplate;
    double noise_uv;         /**< RMS in 20-450 Hz of endplate noise where there is some */
    double shot_uv, shot_hz; /**< size and rate of its shots */
    double rise_s, fall_s;   /**< of a shot */
    double next_move_s, next_shot_s, next_spike_s, next_fibrillation_s;
    double spike_uv, spike_interval_s, fibrillation_uv, fibrillation_interval_s;
} myo_b_needle;

void myo_b_needle_start(myo_b_needle *self, myo_scene *scene);

/** Adds what goes on in the block. Adds the endplate noise to scene->noise_uv of channel 0. */
void myo_b_needle_block(myo_b_needle *self, myo_scene *scene);

/** The needle moves: the tip leaves its site or finds another. */
void myo_b_needle_move(myo_b_needle *self);

/** Draws an insertional burst of about @p length_s into the clip, largest potentials @p size_uv;
 *  returns the clip's length. */
size_t myo_b_insertional_draw(myo_b_needle *self, myo_scene *scene, double length_s,
                              double size_uv);

#endif
