/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model A's background: the noise floor of electrode and amplifier. */
#ifndef MYO_SYNTH_A_FLOOR_H
#define MYO_SYNTH_A_FLOOR_H

#include "synth/scene.h"

typedef struct {
    myo_rng rng;
    double white; /**< standard deviation of a sample that gives sigma in the band */
} myo_a_floor;

/** Draws the floor of @p channel; returns its RMS in 20-450 Hz. */
double myo_a_floor_start(myo_a_floor *floor, const myo_scene *scene, uint32_t channel);

/** Adds the block of one channel. */
void myo_a_floor_block(myo_a_floor *floor, double *row);

#endif
