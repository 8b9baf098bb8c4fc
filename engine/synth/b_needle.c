/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shots, fibre spikes and injury potentials; figures of emg.md 1.2 and 8. */
#include "synth/b_needle.h"

#include "synth/b_streams.h"
#include "synth/detmath.h"

#include <math.h>

static const myo_range noise_range_uv = {5.0, 20.0};
static const double move_every_s = 8.0;
static const double refractory_s = 0.004; /* least interval of endplate spikes */
static const double shot_length_s = 0.006;

/* A negative shot: difference of two exponentials. */
static double shot_at(const myo_b_needle *self, double t)
{
    return myo_det_exp(-t / self->rise_s) - myo_det_exp(-t / self->fall_s);
}

/* Campbell's theorem gives the shots' size for the RMS that was drawn. */
static void start_noise(myo_b_needle *self, myo_scene *scene)
{
    self->noise_uv = myo_rng_in(&self->rng, noise_range_uv);
    self->shot_hz = myo_rng_log_in(&self->rng, (myo_range){150.0, 1500.0});
    self->rise_s = myo_rng_in(&self->rng, (myo_range){0.15e-3, 0.4e-3});
    self->fall_s = myo_rng_in(&self->rng, (myo_range){0.6e-3, 1.2e-3});
    const size_t length =
        myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, shot_length_s));
    for (size_t i = 0; i < length; i++) {
        scene->clip[i] = shot_at(self, (double)i / scene->rate_hz);
    }
    const myo_clip_size size = myo_scene_measure(scene, length);
    const double shot_s = (double)(size.last - size.first) / scene->rate_hz;
    self->shot_uv = self->noise_uv / (size.rms * sqrt(self->shot_hz * shot_s));
}

void myo_b_needle_start(myo_b_needle *self, myo_scene *scene)
{
    myo_rng_start(&self->rng, scene->seed, MYO_B_STREAM_ENDPLATE, 0);
    if (!scene->scenario->needle) {
        return;
    }
    myo_b_fibre_make(&self->spike, &self->rng, true);
    myo_b_fibre_make(&self->fibrillation, &self->rng, false);
    start_noise(self, scene);
    self->next_move_s = myo_rng_exponential(&self->rng, move_every_s);
    self->spike_uv = myo_rng_log_in(&self->rng, (myo_range){100.0, 600.0});
    self->spike_interval_s = 1.0 / myo_rng_in(&self->rng, (myo_range){5.0, 50.0});
    self->fibrillation_uv = myo_rng_log_in(&self->rng, (myo_range){10.0, 100.0});
    self->fibrillation_interval_s = 1.0 / myo_rng_in(&self->rng, (myo_range){0.5, 10.0});
}

void myo_b_needle_move(myo_b_needle *self)
{
    self->near_endplate = myo_rng_chance(&self->rng, 0.4);
}

static void add_shots(myo_b_needle *self, myo_scene *scene, myo_placement *place, double start_s,
                      double end_s)
{
    const size_t reach = (size_t)myo_scene_frames(scene, shot_length_s);
    self->next_shot_s = fmax(self->next_shot_s, start_s);
    while (self->next_shot_s < end_s) {
        const double at = (self->next_shot_s - start_s) * scene->rate_hz;
        const size_t first = (size_t)ceil(at);
        for (size_t i = first; i < first + reach && i < place->length; i++) {
            scene->clip[i] += self->shot_uv * shot_at(self, ((double)i - at) / scene->rate_hz);
        }
        self->next_shot_s += myo_rng_exponential(&self->rng, 1.0 / self->shot_hz);
    }
}

static void add_spikes(myo_b_needle *self, myo_scene *scene, const myo_placement *place,
                       double start_s, double end_s)
{
    self->next_spike_s = fmax(self->next_spike_s, start_s);
    while (self->next_spike_s < end_s) {
        const double size_uv = self->spike_uv * myo_rng_in(&self->rng, (myo_range){0.7, 1.0});
        myo_b_unit_add(&self->spike, scene->rate_hz, self->next_spike_s - start_s, size_uv,
                       scene->clip, place->length);
        self->next_spike_s += refractory_s + myo_rng_gamma(&self->rng, 1.0, self->spike_interval_s);
    }
}

static void add_fibrillation(myo_b_needle *self, myo_scene *scene, const myo_placement *place,
                             double start_s, double end_s)
{
    while (self->next_fibrillation_s < end_s) {
        myo_b_unit_add(&self->fibrillation, scene->rate_hz,
                       fmax(self->next_fibrillation_s - start_s, 0.0), self->fibrillation_uv,
                       scene->clip, place->length);
        const double shape = 400.0; /* regular: coefficient of variation 0.05 */
        self->next_fibrillation_s +=
            myo_rng_gamma(&self->rng, shape, self->fibrillation_interval_s / shape);
    }
}

void myo_b_needle_block(myo_b_needle *self, myo_scene *scene)
{
    const myo_scenario *s = scene->scenario;
    if (!s->endplate && !s->fibrillation) {
        return;
    }
    const double start_s = (double)scene->first_frame / scene->rate_hz;
    const double end_s = start_s + MYO_SYNTH_BLOCK / scene->rate_hz;
    const size_t reach = (size_t)myo_scene_frames(scene, MYO_B_WAVE_LENGTH * MYO_B_WAVE_STEP_S);
    myo_placement place = {.frame = scene->first_frame, .gain = {1.0}};
    place.length = myo_scene_clear_clip(scene, MYO_SYNTH_BLOCK + reach);
    if (self->next_move_s < start_s) {
        myo_b_needle_move(self);
        self->next_move_s = start_s + myo_rng_exponential(&self->rng, move_every_s);
    }
    if (s->endplate && self->near_endplate) {
        add_shots(self, scene, &place, start_s, end_s);
        add_spikes(self, scene, &place, start_s, end_s);
        scene->noise_uv[0] =
            sqrt(scene->noise_uv[0] * scene->noise_uv[0] + self->noise_uv * self->noise_uv);
    }
    if (s->fibrillation) {
        add_fibrillation(self, scene, &place, start_s, end_s);
    }
    myo_scene_place(scene, &place);
}

/* Injured fibres fire fast and ever slower: the interval grows in proportion to the time. */
size_t myo_b_insertional_draw(myo_b_needle *self, myo_scene *scene, double length_s, double size_uv)
{
    const size_t length = myo_scene_clear_clip(
        scene, (size_t)myo_scene_frames(scene, length_s + MYO_B_WAVE_LENGTH * MYO_B_WAVE_STEP_S));
    double t = 0.0;
    while (t < length_s) {
        const double fade = 1.0 - t / length_s;
        const double spread = myo_rng_log_normal(&self->rng, 0.5, 0.5);
        const double direction = myo_rng_chance(&self->rng, 0.5) ? 1.0 : -1.0;
        const double size = size_uv * fade * spread * direction;
        const myo_b_unit *fibre =
            myo_rng_chance(&self->rng, 0.6) ? &self->spike : &self->fibrillation;
        myo_b_unit_add(fibre, scene->rate_hz, t, size, scene->clip, length);
        t += myo_rng_exponential(&self->rng, 0.0007 * (1.0 + 8.0 * t / length_s));
    }
    return length;
}
