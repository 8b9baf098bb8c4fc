/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The label of a beat covers its QRS complex; P and T waves lie below 20 Hz. */
#include "synth/a_heart.h"

#include "synth/a_streams.h"
#include "synth/detmath.h"

#include <math.h>

/* Places of the waves' middles after the beat's first frame, at a rate of 60 a minute. */
static const double p_s = 0.08;
static const double r_s = 0.24;
static const double t_s = 0.50;
static const double wave_length_s = 0.7;

void myo_a_heart_start(myo_a_heart *heart, const myo_scene *scene)
{
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, MYO_A_HEART, 0);
    const myo_range range = scene->scenario->ecg_uv;
    if (range.high <= 0.0) {
        return;
    }
    const double height = myo_rng_log_in(&rng, range);
    heart->r_uv = myo_rng_chance(&rng, 0.5) ? height : -height;
    heart->qrs_sd_s = myo_rng_in(&rng, (myo_range){0.007, 0.012});
    heart->q = myo_rng_in(&rng, (myo_range){-0.2, 0.0});
    heart->s = myo_rng_in(&rng, (myo_range){-0.4, -0.05});
    heart->p = myo_rng_in(&rng, (myo_range){0.05, 0.15});
    heart->t = myo_rng_in(&rng, (myo_range){0.1, 0.35});
    heart->interval_s = 60.0 / myo_rng_in(&rng, (myo_range){50.0, 110.0});
    heart->variability = myo_rng_in(&rng, (myo_range){0.02, 0.06});
    heart->breath_hz = myo_rng_in(&rng, (myo_range){0.15, 0.35});
    heart->breath_depth = myo_rng_in(&rng, (myo_range){0.0, 0.1});
    heart->breath_turns = myo_rng_uniform(&rng);
    myo_a_timeline_start(&heart->beats, scene, MYO_A_HEART_TIMES,
                         heart->interval_s * myo_rng_uniform(&rng));
}

static void add_bell(myo_scene *scene, size_t length, double height, double centre_s, double sd_s)
{
    for (size_t i = 0; i < length; i++) {
        const double u = ((double)i / scene->rate_hz - centre_s) / sd_s;
        if (fabs(u) < 6.0) {
            scene->clip[i] += height * myo_det_exp(-0.5 * u * u);
        }
    }
}

static void place_beat(myo_a_heart *heart, myo_scene *scene, const myo_a_layout *layout)
{
    const double squeeze = sqrt(fmin(heart->interval_s, 1.0));
    const double now_s = (double)heart->beats.next_frame / scene->rate_hz;
    const double breath = 1.0 + heart->breath_depth * myo_det_sin_turns(heart->breath_turns +
                                                                        heart->breath_hz * now_s);
    myo_placement beat = {.frame = heart->beats.next_frame, .type = MYO_EVENT_CARDIAC};
    for (uint32_t c = 0; c < scene->channels; c++) {
        beat.gain[c] = heart->r_uv * layout->heart[c] * breath;
    }
    beat.length =
        myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, wave_length_s * squeeze));
    add_bell(scene, beat.length, heart->p, p_s * squeeze, 0.022);
    add_bell(scene, beat.length, heart->t, t_s * squeeze, 0.045 * squeeze);
    myo_scene_place(scene, &beat);
    const double sd = heart->qrs_sd_s;
    myo_scene_clear_clip(scene, beat.length);
    add_bell(scene, beat.length, heart->q, r_s * squeeze - 2.5 * sd, 0.8 * sd);
    add_bell(scene, beat.length, 1.0, r_s * squeeze, sd);
    add_bell(scene, beat.length, heart->s, r_s * squeeze + 2.5 * sd, 0.9 * sd);
    beat.labelled = true;
    myo_scene_place(scene, &beat);
}

/* Half of the variability swings with the breath, half wanders from beat to beat. */
static double next_interval_s(myo_a_heart *heart, const myo_scene *scene)
{
    const double now_s = (double)heart->beats.next_frame / scene->rate_hz;
    const double breath = myo_det_sin_turns(heart->breath_turns + heart->breath_hz * now_s);
    heart->wander = 0.8 * heart->wander + 0.6 * myo_rng_normal(&heart->beats.times);
    const double part = heart->variability * (breath + 0.70710678118654752440 * heart->wander);
    return heart->interval_s * fmax(1.0 + part, 0.7);
}

void myo_a_heart_block(myo_a_heart *heart, myo_scene *scene, const myo_a_layout *layout)
{
    while (heart->r_uv != 0.0 && myo_a_timeline_is_due(&heart->beats, scene)) {
        place_beat(heart, scene, layout);
        myo_a_timeline_step(&heart->beats, scene, next_interval_s(heart, scene));
    }
}
