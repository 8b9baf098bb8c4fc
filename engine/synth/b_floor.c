/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Noise, resting units, wander, hum and tremor. */
#include "synth/b_floor.h"

#include "synth/b_streams.h"
#include "synth/detmath.h"
#include "synth/relax_course.h"

#include <math.h>
#include <string.h>

/* Resonances of far-off activity: centre and width. A muscle's hump lies at 20-200 Hz. */
static const myo_range far_centre_hz[MYO_B_FAR_PAIRS] = {{20, 35}, {60, 90}, {120, 180}};
static const myo_range far_width_hz[MYO_B_FAR_PAIRS] = {{50, 90}, {100, 160}, {200, 320}};
static const double most_log_level = 0.3;  /* emg.md 8: gain drift up to 30 % */
static const double log_level_step = 0.04; /* per root second */
static const double most_zero_uv = 40.0;
static const double zero_step_uv = 4.0; /* per root second */
static const double level_step_every_s = 90.0;
static const double load_every_s = 15.0;

static myo_b_pole_pair pole_pair(double centre_hz, double width_hz, double rate_hz)
{
    const double centre = fmin(centre_hz / rate_hz, 0.4);
    const double r = myo_det_exp(-MYO_PI * width_hz / rate_hz);
    return (myo_b_pole_pair){.a1 = -2.0 * r * myo_det_cos_turns(centre), .a2 = r * r};
}

static double next_resonance(const myo_b_pole_pair *p, double *y, double x)
{
    const double now = x - p->a1 * y[0] - p->a2 * y[1];
    y[1] = y[0];
    y[0] = now;
    return now;
}

static double next_far(const myo_b_floor *self, double (*y)[2], double x)
{
    for (size_t i = 0; i < MYO_B_FAR_PAIRS; i++) {
        x = next_resonance(&self->far[i], y[i], x);
    }
    return x;
}

/* RMS in the label band of the far-off activity of unit innovations: energy of one's answer. */
static double far_gain(const myo_b_floor *self, const myo_scene *scene)
{
    double y[MYO_B_FAR_PAIRS][2] = {{0}};
    myo_label_band_state state = {0};
    double energy = 0.0;
    const int64_t frames = myo_scene_frames(scene, 1.0);
    for (int64_t i = 0; i < frames; i++) {
        const double far = next_far(self, y, i == 0 ? 1.0 : 0.0);
        const double in_band = myo_label_band_next(&scene->band, &state, far);
        energy += in_band * in_band;
    }
    return sqrt(energy);
}

static void start_floor(myo_b_floor *self, myo_scene *scene, myo_rng *rng)
{
    for (size_t i = 0; i < MYO_B_FAR_PAIRS; i++) {
        /* One statement a draw: compilers differ in which argument they evaluate first. */
        const double width_hz = myo_rng_in(rng, far_width_hz[i]);
        const double centre_hz = myo_rng_in(rng, far_centre_hz[i]);
        self->far[i] = pole_pair(centre_hz, width_hz, scene->rate_hz);
    }
    self->floor_uv = myo_rng_in(rng, scene->scenario->floor_uv);
    self->heavy = scene->scenario->floor_varies && myo_rng_chance(rng, 0.6);
    const double white = myo_label_band_gain_of_white(&scene->band, scene->rate_hz);
    const double far = far_gain(self, scene);
    for (uint32_t c = 0; c < scene->channels; c++) {
        myo_b_floor_lane *lane = &self->lane[c];
        const double far_part = myo_rng_in(rng, (myo_range){0.1, 0.5});
        lane->white_uv = sqrt(1.0 - far_part) / white;
        lane->far_uv = sqrt(far_part) / far;
        lane->level = 1.0;
        myo_rng_start(&lane->rng, scene->seed, MYO_B_STREAM_FLOOR, c + 1);
        myo_rng_start(&lane->wander_rng, scene->seed, MYO_B_STREAM_WANDER, c);
    }
}

/* Campbell's theorem: the power of a shot process is rate times energy of one shot. */
static void start_tonic(myo_b_floor *self, myo_scene *scene, const myo_b_library *library,
                        myo_rng *rng)
{
    self->tonic_uv = myo_rng_in(rng, scene->scenario->tonic_uv);
    if (self->tonic_uv <= 0.0) {
        return;
    }
    const size_t length = (size_t)myo_scene_frames(scene, MYO_B_WAVE_LENGTH * MYO_B_WAVE_STEP_S);
    double power = 0.0;
    for (size_t i = 0; i < MYO_B_TONIC_UNITS; i++) {
        const double interval_s = 1.0 / myo_rng_in(rng, (myo_range){6.0, 11.0});
        self->tonic_interval_s[i] = interval_s;
        /* Far off, so that all are of like size: unit size takes the recruitment order out. */
        self->tonic_gain[i] = myo_rng_log_normal(rng, 1.0, 0.4) / library->unit[i].peak_to_peak_uv;
        myo_scene_clear_clip(scene, length);
        myo_b_unit_add(&library->unit[i], scene->rate_hz, 0.0, self->tonic_gain[i], scene->clip,
                       length);
        const myo_clip_size size = myo_scene_measure(scene, length);
        const double shot_s = (double)(size.last - size.first) / scene->rate_hz;
        power += size.rms * size.rms * shot_s / interval_s;
        for (uint32_t c = 0; c < scene->channels; c++) {
            self->tonic_next_s[c][i] = interval_s * myo_rng_uniform(rng);
        }
    }
    for (size_t i = 0; i < MYO_B_TONIC_UNITS; i++) {
        self->tonic_gain[i] *= self->tonic_uv / sqrt(power);
    }
    myo_rng_start(&self->tonic_rng, scene->seed, MYO_B_STREAM_TONIC, 0);
}

static void start_hum(myo_b_floor *self, const myo_scene *scene, myo_rng *rng)
{
    const myo_scenario *s = scene->scenario;
    self->hum_uv = myo_rng_in(rng, s->hum_uv);
    self->hum_hz = s->hum_hz > 0.0 ? s->hum_hz : myo_rng_chance(rng, 0.5) ? 50.0 : 60.0;
    self->hum_now_hz = self->hum_hz;
    /* Unequal limits make even harmonics beside the odd ones. */
    self->hum_top = myo_rng_in(rng, (myo_range){0.7, 1.0});
    self->hum_bottom = -myo_rng_in(rng, (myo_range){0.7, 1.0});
    self->hum_load = 1.0;
    self->hum_switch_s = myo_rng_exponential(rng, load_every_s);
    myo_rng_start(&self->hum_rng, scene->seed, MYO_B_STREAM_HUM, 0);
    for (uint32_t c = 0; c < scene->channels; c++) {
        self->lane[c].hum_phase = 0.05 * myo_rng_uniform(rng);
        self->lane[c].hum_gain = c == 0 ? 1.0 : myo_rng_in(rng, (myo_range){0.4, 1.0});
    }
}

static void start_tremor(myo_b_floor *self, const myo_scene *scene, myo_rng *rng)
{
    if (!scene->scenario->tremor) {
        return;
    }
    const double width_hz = 1.5;
    self->tremor_pair =
        pole_pair(myo_rng_in(rng, (myo_range){6.0, 12.0}), width_hz, scene->rate_hz);
    /* Variance of an AR(2) process of unit innovations. */
    const double a1 = self->tremor_pair.a1;
    const double a2 = self->tremor_pair.a2;
    const double variance = (1.0 + a2) / ((1.0 - a2) * ((1.0 + a2) * (1.0 + a2) - a1 * a1));
    self->tremor_uv = myo_rng_in(rng, (myo_range){10.0, 70.0}) / sqrt(variance);
    myo_rng_start(&self->tremor_rng, scene->seed, MYO_B_STREAM_TREMOR, 0);
}

static void set_noise(const myo_b_floor *self, myo_scene *scene, uint32_t c)
{
    const double floor_uv = self->floor_uv * self->lane[c].level;
    const double start_s = (double)scene->first_frame / scene->rate_hz;
    const double tonic_uv = self->tonic_uv * myo_relax_course(scene, c, start_s);
    scene->noise_uv[c] = sqrt(floor_uv * floor_uv + tonic_uv * tonic_uv);
}

void myo_b_floor_start(myo_b_floor *self, myo_scene *scene, const myo_b_library *library)
{
    myo_rng rng;
    myo_rng_start(&rng, scene->seed, MYO_B_STREAM_FLOOR, 0);
    start_floor(self, scene, &rng);
    start_tonic(self, scene, library, &rng);
    start_hum(self, scene, &rng);
    start_tremor(self, scene, &rng);
    for (uint32_t c = 0; c < scene->channels; c++) {
        set_noise(self, scene, c);
    }
}

/* Chi-square with 5 degrees of freedom is twice an Erlang of 2 plus a squared normal; variance of
 * t5 is 5/3. */
static double innovation(bool heavy, myo_rng *rng)
{
    const double n = myo_rng_normal(rng);
    if (!heavy) {
        return n;
    }
    const double z = myo_rng_normal(rng);
    const double u = (1.0 - myo_rng_uniform(rng)) * (1.0 - myo_rng_uniform(rng));
    return n * sqrt(3.0 / (z * z - 2.0 * myo_det_log(u)));
}

/* A random walk that stays within +-limit. */
static double bounded_walk(double at, double limit, double step)
{
    const double next = at + step;
    return next > limit ? 2.0 * limit - next : next < -limit ? -2.0 * limit - next : next;
}

static double next_level(myo_b_floor_lane *lane, double block_s)
{
    const double step = log_level_step * sqrt(block_s) * myo_rng_normal(&lane->wander_rng);
    double log_level = bounded_walk(myo_det_log(lane->level), most_log_level, step);
    if (myo_rng_chance(&lane->wander_rng, block_s / level_step_every_s)) {
        log_level = most_log_level * (2.0 * myo_rng_uniform(&lane->wander_rng) - 1.0);
    }
    return myo_det_exp(log_level);
}

static void add_noise(myo_b_floor *self, myo_scene *scene, uint32_t c)
{
    myo_b_floor_lane *lane = &self->lane[c];
    const double block_s = MYO_SYNTH_BLOCK / scene->rate_hz;
    const double level = scene->scenario->floor_varies ? next_level(lane, block_s) : lane->level;
    const double zero_uv =
        bounded_walk(lane->zero_uv, most_zero_uv,
                     zero_step_uv * sqrt(block_s) * myo_rng_normal(&lane->wander_rng));
    double *row = myo_scene_row(scene, c);
    for (size_t i = 0; i < MYO_SYNTH_BLOCK; i++) {
        const double part = (double)i / MYO_SYNTH_BLOCK;
        const double now_uv = self->floor_uv * (lane->level + part * (level - lane->level));
        const double white = lane->white_uv * innovation(self->heavy, &lane->rng);
        const double far = lane->far_uv * next_far(self, lane->y, myo_rng_normal(&lane->rng));
        row[i] += now_uv * (white + far) + lane->zero_uv + part * (zero_uv - lane->zero_uv);
    }
    lane->level = level;
    lane->zero_uv = zero_uv;
    set_noise(self, scene, c);
}

/* A tense muscle: what it is asked to be tried with, CV 20 % and AR(1) 0.5 over seconds, and how it
 * lets go. 1 in every other session. */
static double tension(myo_b_floor *self, const myo_scene *scene, uint32_t c, double at_s)
{
    myo_b_floor_lane *lane = &self->lane[c];
    if (scene->scenario->relaxation.to <= 0.0) {
        return 1.0;
    }
    while (lane->tone_until_s <= at_s) {
        lane->tone = 0.5 * lane->tone + sqrt(0.75) * myo_rng_normal(&lane->wander_rng);
        lane->tone_until_s += 1.0;
    }
    return myo_relax_course(scene, c, at_s) * myo_det_exp(0.2 * lane->tone);
}

/* All discharges of a channel that begin in the block, as one clip. */
static void add_tonic(myo_b_floor *self, myo_scene *scene, uint32_t c, const myo_b_library *library)
{
    const double wave_s = MYO_B_WAVE_LENGTH * MYO_B_WAVE_STEP_S;
    const double block_s = MYO_SYNTH_BLOCK / scene->rate_hz;
    const double start_s = (double)scene->first_frame / scene->rate_hz;
    myo_placement place = {.frame = scene->first_frame};
    place.length =
        myo_scene_clear_clip(scene, MYO_SYNTH_BLOCK + (size_t)myo_scene_frames(scene, wave_s));
    place.gain[c] = 1.0;
    for (size_t i = 0; i < MYO_B_TONIC_UNITS; i++) {
        double *next_s = &self->tonic_next_s[c][i];
        while (*next_s < start_s + block_s) {
            myo_b_unit_add(&library->unit[i], scene->rate_hz, *next_s - start_s,
                           self->tonic_gain[i] * tension(self, scene, c, *next_s), scene->clip,
                           place.length);
            const double shape = 16.0; /* coefficient of variation 0.25 */
            *next_s += myo_rng_gamma(&self->tonic_rng, shape, self->tonic_interval_s[i] / shape);
        }
    }
    myo_scene_place(scene, &place);
}

/* Mains frequency wanders within 0.2 Hz; now and then a load goes on or off. */
static void next_mains(myo_b_floor *self, double block_s)
{
    const double off_hz = bounded_walk(self->hum_now_hz - self->hum_hz, 0.2,
                                       0.02 * sqrt(block_s) * myo_rng_normal(&self->hum_rng));
    self->hum_now_hz = self->hum_hz + off_hz;
    self->hum_switch_s -= block_s;
    if (self->hum_switch_s < 0.0) {
        self->hum_load = myo_rng_in(&self->hum_rng, (myo_range){0.5, 1.0});
        self->hum_switch_s = myo_rng_exponential(&self->hum_rng, load_every_s);
    }
}

static void add_hum(myo_b_floor *self, myo_scene *scene, uint32_t c, double load)
{
    myo_b_floor_lane *lane = &self->lane[c];
    const double gain = self->hum_uv * lane->hum_gain;
    const double step = self->hum_now_hz / scene->rate_hz;
    double *row = myo_scene_row(scene, c);
    for (size_t i = 0; i < MYO_SYNTH_BLOCK; i++) {
        const double part = fmin((double)i / (0.02 * scene->rate_hz), 1.0);
        const double wave =
            fmin(fmax(myo_det_sin_turns(lane->hum_phase), self->hum_bottom), self->hum_top);
        row[i] += gain * (load + part * (self->hum_load - load)) * wave;
        lane->hum_phase += step;
        lane->hum_phase -= floor(lane->hum_phase);
    }
}

static void add_tremor(myo_b_floor *self, myo_scene *scene)
{
    double *row = myo_scene_row(scene, 0);
    for (size_t i = 0; i < MYO_SYNTH_BLOCK; i++) {
        row[i] += self->tremor_uv * next_resonance(&self->tremor_pair, self->lane[0].tremor,
                                                   myo_rng_normal(&self->tremor_rng));
    }
}

void myo_b_floor_block(myo_b_floor *self, myo_scene *scene, const myo_b_library *library)
{
    const double load = self->hum_load;
    if (self->hum_uv > 0.0) {
        next_mains(self, MYO_SYNTH_BLOCK / scene->rate_hz);
    }
    for (uint32_t c = 0; c < scene->channels; c++) {
        add_noise(self, scene, c);
        if (self->tonic_uv > 0.0) {
            add_tonic(self, scene, c, library);
        }
        if (self->hum_uv > 0.0) {
            add_hum(self, scene, c, load);
        }
    }
    if (self->tremor_uv > 0.0) {
        add_tremor(self, scene);
    }
}
