/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What generator B's channels carry all the time: amplifier noise (Gaussian or Student's t5),
 * far-off activity (autoregressive, order 6), resting units, wander of level and zero, hum of a
 * clipped sine, tremor of the hand. */
#ifndef MYO_SYNTH_B_FLOOR_H
#define MYO_SYNTH_B_FLOOR_H

#include "synth/b_muap.h"
#include "synth/scene.h"

#define MYO_B_FAR_PAIRS   3
#define MYO_B_TONIC_UNITS 24

typedef struct {
    double a1, a2;
} myo_b_pole_pair;

typedef struct {
    myo_rng rng, wander_rng;
    double white_uv, far_uv; /**< gains of unit innovations */
    double y[MYO_B_FAR_PAIRS][2];
    double level, zero_uv; /**< wandering gain and zero at the block's start */
    double hum_phase, hum_gain;
    double tremor[2];
    double tone, tone_until_s; /**< of a tense muscle: logarithm in units of its CV */
} myo_b_floor_lane;

typedef struct {
    myo_b_pole_pair far[MYO_B_FAR_PAIRS];
    bool heavy; /**< t5 instead of Gaussian */
    double floor_uv, tonic_uv;
    double tonic_gain[MYO_B_TONIC_UNITS];
    double tonic_interval_s[MYO_B_TONIC_UNITS];
    double tonic_next_s[MYO_SYNTH_CHANNELS][MYO_B_TONIC_UNITS];
    myo_rng tonic_rng;
    double hum_uv, hum_hz, hum_now_hz, hum_top, hum_bottom, hum_load;
    double hum_switch_s;
    myo_rng hum_rng;
    myo_b_pole_pair tremor_pair;
    double tremor_uv;
    myo_rng tremor_rng;
    myo_b_floor_lane lane[MYO_SYNTH_CHANNELS];
} myo_b_floor;

/** Draws the record's levels and sets scene->noise_uv. */
void myo_b_floor_start(myo_b_floor *self, myo_scene *scene, const myo_b_library *library);

/** Adds the block to the rows and keeps scene->noise_uv. Uses the scratch clip. */
void myo_b_floor_block(myo_b_floor *self, myo_scene *scene, const myo_b_library *library);

#endif
