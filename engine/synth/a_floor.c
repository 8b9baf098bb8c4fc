/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gaussian noise floor whose RMS in 20-450 Hz is exactly what the record was given. */
#include "synth/a_floor.h"

#include "synth/a_streams.h"

double myo_a_floor_start(myo_a_floor *floor, const myo_scene *scene, uint32_t channel)
{
    myo_rng_start(&floor->rng, scene->seed, MYO_A_FLOOR, channel);
    const double sigma = myo_rng_in(&floor->rng, scene->scenario->floor_uv);
    floor->white = sigma / myo_label_band_gain_of_white(&scene->band, scene->rate_hz);
    return sigma;
}

void myo_a_floor_block(myo_a_floor *floor, double *row)
{
    for (size_t i = 0; i < MYO_SYNTH_BLOCK; i++) {
        row[i] += floor->white * myo_rng_normal(&floor->rng);
    }
}
