/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interference patterns as shaped Gaussian noise under an envelope. */
#include "synth/a_voluntary.h"

#include "synth/a_streams.h"
#include "synth/detmath.h"
#include "synth/relax_course.h"

#include <math.h>

/* A contraction that hardly leaves the floor is not one that anybody could have labelled. */
static const myo_range contraction_uv = {15.0, 500.0};
static const myo_range brief_uv = {15.0, 300.0};

typedef struct {
    double length_s, rise_s, fall_s;
    double tremor_hz, tremor_depth;
} envelope;

static double raised_cosine(double part)
{
    return part >= 1.0 ? 1.0 : 0.5 - 0.5 * myo_det_cos_turns(0.5 * part);
}

static double envelope_at(const envelope *e, double t)
{
    const double up = raised_cosine(t / e->rise_s);
    const double down = raised_cosine((e->length_s - t) / e->fall_s);
    return up * down * (1.0 + e->tremor_depth * myo_det_sin_turns(e->tremor_hz * t));
}

static double half_sine(double t, double length_s)
{
    return myo_det_sin_turns(0.5 * t / length_s);
}

static myo_a_shaper draw_shaper(const myo_scene *scene, myo_rng *rng)
{
    myo_a_shaper shaper;
    const double high_hz = myo_rng_in(rng, (myo_range){25.0, 45.0});
    const double low_hz = myo_rng_in(rng, (myo_range){120.0, 200.0});
    myo_a_shaper_start(&shaper, scene, high_hz, low_hz);
    return shaper;
}

/* Every electrode sees other motor units: noise of its own under the common envelope. */
static void place_on(myo_scene *scene, myo_rng *rng, const envelope *e, myo_placement *placement,
                     uint32_t channel, double gain)
{
    myo_a_shaper shaper = draw_shaper(scene, rng);
    for (size_t i = 0; i < placement->length; i++) {
        const double t = (double)i / scene->rate_hz;
        const double level = e->rise_s > 0.0 ? envelope_at(e, t) : half_sine(t, e->length_s);
        scene->clip[i] = level * myo_a_shaper_next(&shaper, myo_rng_normal(rng));
    }
    for (uint32_t c = 0; c < scene->channels; c++) {
        placement->gain[c] = c == channel ? gain : 0.0;
    }
    myo_scene_place(scene, placement);
}

double myo_a_contraction_place(myo_scene *scene, const myo_a_layout *layout, myo_rng *rng,
                               int64_t frame)
{
    envelope e = {.length_s = myo_rng_log_in(rng, (myo_range){0.3, 10.0})};
    e.rise_s = fmin(myo_rng_in(rng, (myo_range){0.05, 0.3}), 0.5 * e.length_s);
    e.fall_s = fmin(myo_rng_in(rng, (myo_range){0.05, 0.3}), 0.5 * e.length_s);
    e.tremor_hz = myo_rng_in(rng, (myo_range){8.0, 12.0});
    e.tremor_depth = myo_rng_in(rng, (myo_range){0.0, 0.2});
    const double level = myo_rng_log_in(rng, contraction_uv);
    myo_placement spread = {0};
    myo_a_layout_muscle(layout, scene, rng, &spread);
    const uint32_t nearest = myo_a_layout_nearest(scene, &spread);
    myo_placement placement = {.frame = frame, .type = MYO_EVENT_CONTRACTION};
    placement.length = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, e.length_s));
    for (uint32_t c = 0; c < scene->channels; c++) {
        placement.labelled = c == nearest;
        place_on(scene, rng, &e, &placement, c, level * spread.gain[c]);
    }
    return e.length_s;
}

double myo_a_brief_place(myo_scene *scene, myo_rng *rng, int64_t frame)
{
    const envelope e = {.length_s = myo_rng_in(rng, (myo_range){0.15, 0.4})};
    const double level = myo_rng_log_in(rng, brief_uv);
    myo_placement placement = {.frame = frame, .type = MYO_EVENT_CONTRACTION};
    placement.length = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, e.length_s));
    for (uint32_t c = 0; c < scene->channels; c++) {
        placement.labelled = c == 0;
        const double gain = c == 0 ? 1.0 : myo_rng_in(rng, (myo_range){0.3, 1.0});
        place_on(scene, rng, &e, &placement, c, level * gain);
    }
    return e.length_s;
}

void myo_a_tonic_start(myo_a_tonic *tonic, const myo_scene *scene, uint32_t channel)
{
    myo_rng_start(&tonic->rng, scene->seed, MYO_A_TONIC, channel);
    tonic->level = myo_rng_in(&tonic->rng, scene->scenario->tonic_uv);
    tonic->breath_hz = myo_rng_in(&tonic->rng, (myo_range){0.05, 0.3});
    tonic->breath_depth = myo_rng_in(&tonic->rng, (myo_range){0.0, 0.3});
    tonic->breath_turns = myo_rng_uniform(&tonic->rng);
    tonic->wander_sd = myo_rng_in(&tonic->rng, (myo_range){0.15, 0.30});
    tonic->wander_memory = myo_rng_in(&tonic->rng, (myo_range){0.3, 0.7});
    tonic->shaper = draw_shaper(scene, &tonic->rng);
    tonic->channel = channel;
    if (scene->scenario->relaxation.to > 0.0) {
        myo_relax_course_fluctuation(&tonic->breath_depth, &tonic->wander_sd,
                                     &tonic->wander_memory);
    }
}

static void step_wander(myo_a_tonic *tonic, const myo_scene *scene)
{
    const double memory = tonic->wander_memory;
    const double fresh = tonic->wander_sd * sqrt(1.0 - memory * memory);
    tonic->wander = memory * tonic->wander + fresh * myo_rng_normal(&tonic->rng);
    tonic->next_wander_frame += myo_scene_frames(scene, 1.0);
}

double myo_a_tonic_block(myo_a_tonic *tonic, const myo_scene *scene, double *row)
{
    if (tonic->level <= 0.0) {
        return 0.0;
    }
    if (scene->first_frame >= tonic->next_wander_frame) {
        step_wander(tonic, scene);
    }
    const bool relaxes = scene->scenario->relaxation.to > 0.0;
    const double now_s = (double)scene->first_frame / scene->rate_hz;
    const double breath = myo_det_sin_turns(tonic->breath_turns + tonic->breath_hz * now_s);
    const double level =
        tonic->level * myo_det_exp(tonic->wander) * (1.0 + tonic->breath_depth * breath);
    for (size_t i = 0; i < MYO_SYNTH_BLOCK; i++) {
        const double x = level * myo_a_shaper_next(&tonic->shaper, myo_rng_normal(&tonic->rng));
        const double t = (double)(scene->first_frame + (int64_t)i) / scene->rate_hz;
        row[i] += relaxes ? x * myo_relax_course(scene, tonic->channel, t) : x;
    }
    return level * myo_relax_course(scene, tonic->channel, now_s);
}
