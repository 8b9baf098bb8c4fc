/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Noise floor: white with a 1/f part, Gaussian or heavy-tailed, steady or drifting and stepping;
 * its RMS in 20-450 Hz is exactly what the record drew. */
#include "synth/a_floor.h"

#include "synth/a_streams.h"
#include "synth/detmath.h"

#include <math.h>

/* Corners two octaves apart: equal power in each octave from 1 to 40 Hz. */
static const double corner_hz[MYO_A_FLOOR_POLES] = {1.5, 6.0, 25.0};
/* Electrode changes: one in this many seconds where the floor varies. */
static const double change_s = 60.0;
static const myo_range electrode_limits = {0.4, 2.5};

static double next_pink(myo_a_floor *floor, double white)
{
    double pink = 0.0;
    for (size_t i = 0; i < MYO_A_FLOOR_POLES; i++) {
        floor->memory[i] = floor->pole[i] * floor->memory[i] + (1.0 - floor->pole[i]) * white;
        pink += floor->memory[i] / sqrt(1.0 - floor->pole[i]);
    }
    return pink;
}

static double shape(myo_a_floor *floor, double white)
{
    return floor->white * white + floor->pink * next_pink(floor, white);
}

/* Frames in which an impulse response dies away: the slowest pole is at 1.5 Hz. */
static int64_t decay_frames(const myo_scene *scene)
{
    return myo_scene_frames(scene, 2.0);
}

/* RMS of the 1/f part alone, over all frequencies, from the energy of its impulse response. */
static double rms_of_pink(const myo_a_floor *floor, const myo_scene *scene)
{
    myo_a_floor probe = *floor;
    double energy = 0.0;
    for (int64_t i = 0; i < decay_frames(scene); i++) {
        const double y = next_pink(&probe, i == 0 ? 1.0 : 0.0);
        energy += y * y;
    }
    return sqrt(energy);
}

/* RMS in the band of the shaped noise, from the energy of the joint impulse response. */
static double rms_in_band(const myo_a_floor *floor, const myo_scene *scene)
{
    myo_a_floor probe = *floor;
    myo_label_band_state state = {0};
    double energy = 0.0;
    for (int64_t i = 0; i < decay_frames(scene); i++) {
        const double x = shape(&probe, i == 0 ? 1.0 : 0.0);
        const double y = myo_label_band_next(&scene->band, &state, x);
        energy += y * y;
    }
    return sqrt(energy);
}

/* The 1/f part has up to half the power that the white part has in the band, whatever the rate. */
static void draw_shape(myo_a_floor *floor, const myo_scene *scene)
{
    for (size_t i = 0; i < MYO_A_FLOOR_POLES; i++) {
        floor->pole[i] = myo_det_exp(-2.0 * MYO_PI * corner_hz[i] / scene->rate_hz);
    }
    const double part = myo_rng_in(&floor->rng, (myo_range){0.0, 0.5});
    floor->white = 1.0 / myo_label_band_gain_of_white(&scene->band, scene->rate_hz);
    floor->pink = sqrt(part) / rms_of_pink(floor, scene);
    const double scale = 1.0 / rms_in_band(floor, scene);
    floor->white *= scale;
    floor->pink *= scale;
}

void myo_a_floor_start(myo_a_floor *floor, const myo_scene *scene, uint32_t channel)
{
    const bool varies = scene->scenario->floor_varies;
    myo_rng_start(&floor->rng, scene->seed, MYO_A_FLOOR, channel);
    floor->sigma = myo_rng_in(&floor->rng, scene->scenario->floor_uv);
    draw_shape(floor, scene);
    const int tails = myo_rng_int(&floor->rng, MYO_A_GAUSS, MYO_A_STUDENT5);
    floor->tails = varies ? (myo_a_tails)tails : MYO_A_GAUSS;
    floor->drift_depth = varies ? myo_rng_in(&floor->rng, (myo_range){0.0, 0.3}) : 0.0;
    floor->drift_hz = myo_rng_in(&floor->rng, (myo_range){0.02, 0.2});
    floor->drift_turns = myo_rng_uniform(&floor->rng);
    floor->electrode = 1.0;
    floor->gain = 1.0 + floor->drift_depth * myo_det_sin_turns(floor->drift_turns);
    myo_a_timeline_start(&floor->change, scene, MYO_A_FLOOR_CHANGE + 1000 * (uint64_t)channel, 0.0);
    myo_a_timeline_step(&floor->change, scene,
                        5.0 + myo_rng_exponential(&floor->change.times, change_s));
}

static void change_electrode(myo_a_floor *floor, const myo_scene *scene)
{
    myo_rng rng = myo_a_timeline_event(&floor->change, scene);
    const double factor = floor->electrode * myo_rng_log_in(&rng, (myo_range){0.5, 2.0});
    floor->electrode = fmin(fmax(factor, electrode_limits.low), electrode_limits.high);
    myo_a_timeline_step(&floor->change, scene,
                        5.0 + myo_rng_exponential(&floor->change.times, change_s));
}

/* Standard deviation 1 whatever the tails; Student's t with 5 degrees has variance 5/3. */
static double draw_white(myo_a_floor *floor)
{
    switch (floor->tails) {
    case MYO_A_LAPLACE: {
        const double size = myo_rng_exponential(&floor->rng, 0.70710678118654752440);
        return myo_rng_chance(&floor->rng, 0.5) ? size : -size;
    }
    case MYO_A_STUDENT5: {
        const double chi2 = myo_rng_gamma(&floor->rng, 2.5, 2.0);
        return myo_rng_normal(&floor->rng) / sqrt(chi2 / 3.0);
    }
    default:
        return myo_rng_normal(&floor->rng);
    }
}

double myo_a_floor_block(myo_a_floor *floor, const myo_scene *scene, double *row)
{
    if (scene->scenario->floor_varies && myo_a_timeline_is_due(&floor->change, scene)) {
        change_electrode(floor, scene);
    }
    const double end_s = (double)(scene->first_frame + MYO_SYNTH_BLOCK) / scene->rate_hz;
    const double wave = myo_det_sin_turns(floor->drift_turns + floor->drift_hz * end_s);
    const double gain = floor->electrode * (1.0 + floor->drift_depth * wave);
    const double step = (gain - floor->gain) / MYO_SYNTH_BLOCK;
    for (size_t i = 0; i < MYO_SYNTH_BLOCK; i++) {
        const double level = floor->sigma * (floor->gain + step * (double)i);
        row[i] += level * shape(floor, draw_white(floor));
    }
    floor->gain = gain;
    return floor->sigma * gain;
}
