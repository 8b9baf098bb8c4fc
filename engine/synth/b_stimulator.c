/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trains of pulses. */
#include "synth/b_stimulator.h"

#include "synth/b_streams.h"
#include "synth/detmath.h"

#include <math.h>

static const double pulse_s = 0.06;
static const double packet_every_s = 0.5; /* usual "burst TENS": 2 packets a second */
static const double lead_s = 2.0;

static void draw_pulse_form(myo_b_stimulator *self)
{
    myo_rng *rng = &self->rng;
    self->width_s = myo_rng_log_in(rng, (myo_range){0.05e-3, 0.4e-3});
    self->ratio = myo_rng_in(rng, (myo_range){2.0, 6.0});
    self->tail = myo_rng_in(rng, (myo_range){0.02, 0.15});
    self->tail_s = myo_rng_in(rng, (myo_range){0.8e-3, 2e-3});
    self->slope = myo_rng_in(rng, (myo_range){1.2, 2.0});
}

static void draw_train(myo_b_stimulator *self, const myo_scene *scene, double start_s)
{
    myo_rng *rng = &self->rng;
    const bool switched = scene->scenario->stimulator == MYO_STIM_SWITCHED;
    self->form = (myo_b_stim_form)myo_rng_int(rng, 0, 2);
    self->size_uv = myo_rng_log_in(rng, (myo_range){100.0, 5000.0});
    self->start_s = start_s;
    self->next_s = start_s;
    self->end_s = start_s + (switched ? myo_rng_in(rng, (myo_range){2.0, 8.0})
                                      : myo_rng_in(rng, (myo_range){10.0, 40.0}));
    self->interval_s =
        1.0 / (self->form == MYO_B_PACKETS ? myo_rng_in(rng, (myo_range){70.0, 120.0})
                                           : myo_rng_log_in(rng, (myo_range){4.0, 120.0}));
    self->ramp_s = myo_rng_in(rng, (myo_range){0.1, 1.5});
    self->packet_s = myo_rng_in(rng, (myo_range){0.06, 0.15});
    self->swell_hz = myo_rng_in(rng, (myo_range){0.1, 0.5});
}

static void draw_single(myo_b_stimulator *self, double after_s)
{
    myo_rng *rng = &self->rng;
    self->next_s = after_s + myo_rng_in(rng, (myo_range){1.0, 5.0});
    self->size_uv = myo_rng_log_in(rng, (myo_range){100.0, 5000.0});
}

void myo_b_stimulator_start(myo_b_stimulator *self, const myo_scene *scene)
{
    if (scene->scenario->stimulator == MYO_STIM_NONE) {
        return;
    }
    myo_rng_start(&self->rng, scene->seed, MYO_B_STREAM_STIMULATOR, 0);
    draw_pulse_form(self);
    for (uint32_t c = 0; c < scene->channels; c++) {
        self->gain[c] = c == 0 ? 1.0 : myo_rng_in(&self->rng, (myo_range){0.2, 1.0});
    }
    if (scene->scenario->stimulator == MYO_STIM_SINGLE) {
        draw_single(self, lead_s);
    } else {
        const bool left_on = scene->scenario->stimulator == MYO_STIM_LEFT_ON;
        draw_train(self, scene, left_on ? 0.0 : lead_s + myo_rng_uniform(&self->rng));
    }
}

/* Charge-balanced: the second phase is ratio times longer and as much smaller. The mean from 0. */
static double charge_until(const myo_b_stimulator *self, double t)
{
    const double first = fmin(fmax(t, 0.0), self->width_s);
    const double second = fmin(fmax(t - self->width_s, 0.0), self->width_s * self->ratio);
    return first - second / self->ratio;
}

/* Each sample is the mean over its interval, as a converter with a short aperture gives it. */
static size_t draw_pulse(const myo_b_stimulator *self, myo_scene *scene, double late_s)
{
    const size_t length = myo_scene_clear_clip(scene, (size_t)myo_scene_frames(scene, pulse_s));
    const double step_s = 1.0 / scene->rate_hz;
    for (size_t i = 0; i < length; i++) {
        const double t = (double)i * step_s - late_s;
        const double mean = (charge_until(self, t + step_s) - charge_until(self, t)) / step_s;
        const double end_s = self->width_s * (1.0 + self->ratio);
        const double fade = 1.0 - (double)i / (double)length;
        const double tail =
            t < end_s ? 0.0
                      : -self->tail * myo_det_pow(1.0 + (t - end_s) / self->tail_s, -self->slope);
        scene->clip[i] = mean + fade * tail;
    }
    return length;
}

static double pulse_size(const myo_b_stimulator *self)
{
    const double since_s = self->next_s - self->start_s;
    const double ramp = fmin(0.1 + since_s / self->ramp_s, 1.0);
    if (self->form != MYO_B_SWELLING) {
        return ramp * self->size_uv;
    }
    const double turns = since_s * self->swell_hz;
    const double saw = turns - floor(turns);
    return ramp * self->size_uv * (1.0 - 1.6 * fmin(saw, 1.0 - saw));
}

static void place_pulse(myo_b_stimulator *self, myo_scene *scene, double size_uv, bool labelled)
{
    const double exact = self->next_s * scene->rate_hz;
    const int64_t frame = (int64_t)floor(exact);
    myo_placement place = {.frame = frame < scene->first_frame ? scene->first_frame : frame,
                           .labelled = labelled,
                           .type = MYO_EVENT_STIMULUS};
    place.length = draw_pulse(self, scene, (exact - floor(exact)) / scene->rate_hz);
    for (uint32_t c = 0; c < scene->channels; c++) {
        place.gain[c] = size_uv * self->gain[c];
    }
    myo_scene_place(scene, &place);
}

static void label_train(const myo_b_stimulator *self, myo_scene *scene)
{
    const size_t length = draw_pulse(self, scene, 0.0);
    const myo_clip_size size = myo_scene_measure(scene, length);
    const double pulse_frames = (double)(size.last - size.first);
    const double share = fmin(pulse_frames / (self->interval_s * scene->rate_hz), 1.0);
    const double noise_uv = scene->noise_uv[0];
    const int64_t onset = (int64_t)floor(self->start_s * scene->rate_hz);
    myo_scene_label(
        scene, &(myo_truth){.type = MYO_EVENT_STIMULUS,
                            .onset_frame = onset < scene->first_frame ? scene->first_frame : onset,
                            .offset_frame = myo_scene_frames(scene, self->end_s),
                            .peak_uv = self->size_uv * size.peak,
                            .snr_db = myo_det_to_db(self->size_uv * size.peak / noise_uv),
                            .burst_snr_db =
                                myo_det_to_db(self->size_uv * size.rms * sqrt(share) / noise_uv)});
}

static void next_in_train(myo_b_stimulator *self, const myo_scene *scene)
{
    self->next_s += self->interval_s;
    const double since_s = self->next_s - self->start_s;
    const double packets = floor(since_s / packet_every_s);
    if (self->form == MYO_B_PACKETS && since_s - packets * packet_every_s > self->packet_s) {
        self->next_s = self->start_s + (packets + 1.0) * packet_every_s;
    }
    if (self->next_s >= self->end_s) {
        const bool switched = scene->scenario->stimulator == MYO_STIM_SWITCHED;
        const double pause_s = switched ? myo_rng_in(&self->rng, (myo_range){2.0, 10.0}) : 0.05;
        draw_train(self, scene, self->end_s + pause_s);
    }
}

void myo_b_stimulator_block(myo_b_stimulator *self, myo_scene *scene)
{
    if (scene->scenario->stimulator == MYO_STIM_NONE) {
        return;
    }
    const bool single = scene->scenario->stimulator == MYO_STIM_SINGLE;
    const double end = (double)(scene->first_frame + MYO_SYNTH_BLOCK);
    while (self->next_s * scene->rate_hz < end) {
        if (single) {
            place_pulse(self, scene, self->size_uv, true);
            draw_single(self, self->next_s);
            continue;
        }
        if (self->next_s == self->start_s) {
            label_train(self, scene);
        }
        place_pulse(self, scene, pulse_size(self), false);
        next_in_train(self, scene);
    }
}
