/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model A's background: the noise floor of electrode and amplifier. */
#ifndef MYO_SYNTH_A_FLOOR_H
#define MYO_SYNTH_A_FLOOR_H

#include "synth/a_timeline.h"

/** One-pole sections whose sum falls like 1/f. */
#define MYO_A_FLOOR_POLES 3

typedef enum { MYO_A_GAUSS, MYO_A_LAPLACE, MYO_A_STUDENT5 } myo_a_tails;

typedef struct {
    myo_rng rng;
    myo_a_timeline change; /**< of the electrode */
    myo_a_tails tails;
    double sigma; /**< RMS in 20-450 Hz */
    double white; /**< weight of the white part that gives sigma = 1 in the band */
    double pink;  /**< weight of the 1/f part */
    double pole[MYO_A_FLOOR_POLES], memory[MYO_A_FLOOR_POLES];
    double drift_hz, drift_depth, drift_turns; /**< of the gain */
    double electrode;                          /**< factor that the last electrode change left */
    double gain;                               /**< at the end of the block before */
} myo_a_floor;

void myo_a_floor_start(myo_a_floor *floor, const myo_scene *scene, uint32_t channel);

/** Adds the block of one channel; returns its RMS in 20-450 Hz. */
double myo_a_floor_block(myo_a_floor *floor, const myo_scene *scene, double *row);

#endif
