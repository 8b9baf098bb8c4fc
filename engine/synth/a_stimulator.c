/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pulse of 0.05-0.5 ms is shorter than a sample interval of a surface record: what is recorded is
 * its area, spread over the two nearest samples, a second phase, and a tail of 1-5 ms. */
#include "synth/a_stimulator.h"

#include "synth/a_streams.h"
#include "synth/detmath.h"

#include <math.h>

/* Timing of a crystal-driven device: far below the 2 % that section 7.6 allows. */
static const double jitter_part = 0.002;
/* A stimulator's knob is turned now and then while it is on. */
static const myo_range stretch_s = {4.0, 20.0};

static void draw_device(myo_a_stimulator *stim, const myo_scene *scene)
{
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, MYO_A_STIMULATOR, 0);
    const bool biphasic = myo_rng_chance(&rng, 0.6);
    stim->period_frames = scene->rate_hz / myo_rng_log_in(&rng, (myo_range){20.0, 150.0});
    stim->second = biphasic ? myo_rng_in(&rng, (myo_range){-0.8, -0.3}) : 0.0;
    stim->tail = myo_rng_in(&rng, (myo_range){-0.4, -0.05});
    stim->tail_s = myo_rng_in(&rng, (myo_range){0.001, 0.005});
    for (uint32_t c = 0; c < scene->channels; c++) {
        stim->gain[c] = c == 0 ? 1.0 : myo_rng_in(&rng, (myo_range){0.2, 1.0});
    }
}

void myo_a_stimulator_start(myo_a_stimulator *stim, const myo_scene *scene)
{
    const myo_stim_mode mode = scene->scenario->stimulator;
    if (mode == MYO_STIM_NONE) {
        return;
    }
    draw_device(stim, scene);
    myo_rng_start(&stim->jitter, scene->seed, MYO_A_STIMULATOR, 1u << 30);
    myo_a_timeline_start(&stim->trains, scene, MYO_A_STIMULATOR, mode == MYO_STIM_LEFT_ON ? 0 : 3);
    stim->trains.count = 1; /* stream 0 drew the device */
}

static size_t draw_pulse(const myo_a_stimulator *stim, myo_scene *scene, double fraction)
{
    const int64_t gap = myo_scene_frames(scene, 0.0005);
    const size_t second = gap > 0 ? (size_t)gap : 1;
    const size_t length =
        myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, 8.0 * stim->tail_s) + 4);
    scene->clip[0] += 1.0 - fraction;
    scene->clip[1] += fraction;
    scene->clip[second] += stim->second * (1.0 - fraction);
    scene->clip[second + 1] += stim->second * fraction;
    for (size_t i = 1; i < length; i++) {
        const double t = ((double)i - fraction) / scene->rate_hz;
        scene->clip[i] += stim->tail * myo_det_exp(-t / stim->tail_s);
    }
    return length;
}

static void place_pulse(myo_a_stimulator *stim, myo_scene *scene, double at, bool labelled)
{
    myo_placement placement = {
        .frame = (int64_t)floor(at), .labelled = labelled, .type = MYO_EVENT_STIMULUS};
    placement.length = draw_pulse(stim, scene, at - floor(at));
    for (uint32_t c = 0; c < scene->channels; c++) {
        placement.gain[c] = stim->level_uv * stim->gain[c];
    }
    myo_scene_place(scene, &placement);
}

static void label_train(const myo_a_stimulator *stim, myo_scene *scene)
{
    const size_t length = draw_pulse(stim, scene, 0.0);
    const myo_clip_size size = myo_scene_measure(scene, length);
    const double peak = stim->level_uv * size.peak;
    const double pulse_frames = (double)(size.last - size.first);
    const double rms = stim->level_uv * size.rms * sqrt(pulse_frames / stim->period_frames);
    const myo_truth truth = {.type = MYO_EVENT_STIMULUS,
                             .onset_frame = (int64_t)stim->pulse_at,
                             .offset_frame = (int64_t)stim->train_end_at,
                             .peak_uv = peak,
                             .snr_db = myo_det_to_db(peak / scene->noise_uv[0]),
                             .burst_snr_db = myo_det_to_db(rms / scene->noise_uv[0])};
    myo_scene_label(scene, &truth);
}

/* A train of its own level; what follows depends on the mode. */
static void begin_train(myo_a_stimulator *stim, myo_scene *scene)
{
    myo_rng rng = myo_a_timeline_event(&stim->trains, scene);
    stim->level_uv = myo_rng_log_in(&rng, (myo_range){100.0, 5000.0});
    stim->pulse_at = (double)stim->trains.next_frame;
    const double on_s = myo_rng_in(&rng, stretch_s);
    const double off_s = myo_rng_in(&rng, (myo_range){3.0, 10.0});
    const double single_s = myo_rng_in(&rng, (myo_range){1.0, 5.0});
    switch (scene->scenario->stimulator) {
    case MYO_STIM_SINGLE:
        place_pulse(stim, scene, stim->pulse_at, true);
        stim->train_end_at = stim->pulse_at;
        myo_a_timeline_step(&stim->trains, scene, single_s);
        return;
    case MYO_STIM_SWITCHED:
        stim->train_end_at = stim->pulse_at + on_s * scene->rate_hz;
        myo_a_timeline_step(&stim->trains, scene, on_s + off_s);
        break;
    default:
        stim->train_end_at = stim->pulse_at + on_s * scene->rate_hz;
        myo_a_timeline_step(&stim->trains, scene, on_s);
    }
    label_train(stim, scene);
}

static void run_train(myo_a_stimulator *stim, myo_scene *scene)
{
    const double block_end = (double)(scene->first_frame + MYO_SYNTH_BLOCK);
    while (stim->pulse_at < stim->train_end_at && stim->pulse_at < block_end) {
        place_pulse(stim, scene, stim->pulse_at, false);
        const double jitter = jitter_part * myo_rng_normal(&stim->jitter);
        stim->pulse_at += stim->period_frames * (1.0 + jitter);
    }
}

void myo_a_stimulator_block(myo_a_stimulator *stim, myo_scene *scene)
{
    if (scene->scenario->stimulator == MYO_STIM_NONE) {
        return;
    }
    run_train(stim, scene);
    while (myo_a_timeline_is_due(&stim->trains, scene)) {
        begin_train(stim, scene);
        run_train(stim, scene);
    }
}
