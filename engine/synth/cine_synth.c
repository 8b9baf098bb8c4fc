/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Phantoms: a scenario is drawn, then made image by image. */
#include "myotwitch/cine_synth.h"

#include "myotwitch/axial.h"

#include "synth/cine_echo.h"
#include "synth/cine_motion.h"
#include "synth/cine_texture.h"
#include "synth/detmath.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name, *about;
    double twitches_per_min, slides_per_min;
    bool probe, lines, echoes, sampled;       /* echoes: lines of IQ; sampled: of RF */
    myo_range pulse_hz, tremor_hz, needle_hz; /* ends at 0 = none */
} scenario;

static const scenario scenarios[] = {
    {.name = "us-quiet", .about = "a still muscle, no twitch"},
    {.name = "us-twitch", .about = "twitches in a still muscle", .twitches_per_min = 30.0},
    {.name = "us-probe",
     .about = "twitches while the probe slides, turns and presses",
     .twitches_per_min = 30.0,
     .probe = true},
    {.name = "us-needle", .about = "a needle moved in and out, no twitch", .needle_hz = {1.0, 3.0}},
    {.name = "us-pulse", .about = "an artery, no twitch", .pulse_hz = {1.0, 1.5}},
    {.name = "us-tremor", .about = "a tremor at one place, no twitch", .tremor_hz = {6.0, 10.0}},
    {.name = "us-slide", .about = "voluntary contractions, no twitch", .slides_per_min = 12.0},
    {.name = "us-mixed",
     .about = "twitches among contractions, with an artery",
     .twitches_per_min = 20.0,
     .slides_per_min = 4.0,
     .pulse_hz = {1.0, 1.5}},
    {.name = "us-mmode",
     .about = "scan lines at 1 kHz with twitches along them",
     .twitches_per_min = 30.0,
     .lines = true},
    {.name = "us-iq",
     .about = "scan lines of IQ at 1 kHz with twitches along them",
     .twitches_per_min = 30.0,
     .lines = true,
     .echoes = true},
    {.name = "us-rf",
     .about = "scan lines of RF at 1 kHz with twitches along them",
     .twitches_per_min = 30.0,
     .lines = true,
     .echoes = true,
     .sampled = true},
};

/* Sampling of the echoes along depth. */
#define ECHO_RATE_HZ 20e6

enum { SCENARIOS = sizeof scenarios / sizeof scenarios[0], MOST_TRUTHS = 8192 };

struct myo_cine_synth {
    myo_cine_synth_config config;
    const scenario *scenario;
    myo_texture texture;
    myo_echo echo;
    myo_cine_motion motion;
    myo_motion_now now;
    myo_cine_truth *truths;
    size_t truth_count;
    myo_rng noise, clock;
    uint8_t *pixels;
    float *pairs; /* of echoes */
    double time_s;
    int64_t frames;
};

static const scenario *scenario_find(const char *name)
{
    for (size_t i = 0; i < SCENARIOS; i++) {
        if (strcmp(scenarios[i].name, name) == 0) {
            return &scenarios[i];
        }
    }
    return NULL;
}

const char *myo_cine_scenario_name(size_t index, const char **about)
{
    if (index >= SCENARIOS) {
        return NULL;
    }
    if (about) {
        *about = scenarios[index].about;
    }
    return scenarios[index].name;
}

myo_status myo_cine_synth_config_default(myo_cine_synth_config *config, const char *name)
{
    const scenario *found = scenario_find(name);
    if (!found) {
        return MYO_ERR_BAD_ARG;
    }
    *config = (myo_cine_synth_config){
        .seed = 1,
        .width = found->lines ? 1 : 384,
        .height = found->echoes  ? 1024
                  : found->lines ? 512
                                 : 320,
        .rate_hz = found->lines ? 1000.0 : 60.0,
        .mm_per_px = found->echoes ? 500.0 * MYO_AXIAL_SOUND_M_S / ECHO_RATE_HZ : 0.0883,
        .duration_s = 20.0,
        .twitch_mm = (double)NAN,
        .rhythm_hz = (double)NAN,
        .noise = 4.0};
    strncpy(config->scenario, name, sizeof config->scenario - 1);
    return MYO_OK;
}

static bool config_is_valid(const myo_cine_synth_config *c)
{
    return memchr(c->scenario, '\0', sizeof c->scenario) != NULL && scenario_find(c->scenario) &&
           ((c->width >= 64 && c->width <= 1024) || c->width == 1) && c->height >= 64 &&
           c->height <= 1024 && c->rate_hz >= 5.0 && c->rate_hz <= 5000.0 && c->jitter >= 0.0 &&
           c->jitter <= 0.9 && c->mm_per_px > 0.0 && c->mm_per_px <= 10.0 && c->duration_s > 0.0 &&
           c->duration_s <= 3600.0 &&
           (isnan(c->twitch_mm) || (c->twitch_mm > 0.0 && c->twitch_mm <= 5.0)) &&
           (isnan(c->rhythm_hz) || (c->rhythm_hz > 0.0 && c->rhythm_hz <= 20.0)) &&
           c->noise >= 0.0 && c->noise <= 50.0 &&
           (c->width == 1 || !scenario_find(c->scenario)->echoes);
}

static void truth_add(myo_cine_synth *self, const myo_cine_truth *truth)
{
    size_t at = self->truth_count++;
    for (; at > 0 && self->truths[at - 1].onset_s > truth->onset_s; at--) {
        self->truths[at] = self->truths[at - 1];
    }
    self->truths[at] = *truth;
}

static void twitch_draw(myo_cine_synth *self, double onset_s, myo_rng *rng)
{
    const myo_cine_synth_config *config = &self->config;
    const double size =
        isnan(config->twitch_mm) ? myo_rng_log_in(rng, (myo_range){0.35, 1.2}) : config->twitch_mm;
    myo_cine_twitch *t = &self->motion.twitches[self->motion.twitch_count++];
    myo_cine_twitch_default(t, config->mm_per_px, size);
    t->onset_s = onset_s;
    t->rise_s = myo_rng_in(rng, (myo_range){0.05, 0.12});
    t->half_s = myo_rng_in(rng, (myo_range){0.06, 0.15});
    t->angle_deg = myo_rng_in(rng, (myo_range){0.0, 360.0});
    t->x_px = config->width * myo_rng_in(rng, (myo_range){0.2, 0.8});
    t->y_px = config->height * myo_rng_in(rng, (myo_range){0.2, 0.8});
    if (config->width == 1) {
        t->angle_deg = myo_rng_chance(rng, 0.5) ? 90.0 : 270.0;
        t->x_px = 0.0;
    }
    /* A quarter sine, squared, is steepest in its middle: pi/2 of its mean slope. */
    truth_add(self,
              &(myo_cine_truth){MYO_EVENT_LTR, onset_s, onset_s + t->rise_s + 2.32 * t->half_s,
                                t->x_px, t->y_px, size, 0.5 * MYO_PI * size / t->rise_s});
}

static void slide_draw(myo_cine_synth *self, double onset_s, myo_rng *rng)
{
    myo_slide *s = &self->motion.slides[self->motion.slide_count++];
    *s = (myo_slide){.onset_s = onset_s,
                     .go_s = myo_rng_in(rng, (myo_range){0.4, 0.9}),
                     .stay_s = myo_rng_in(rng, (myo_range){0.5, 1.5}),
                     .back_s = myo_rng_in(rng, (myo_range){0.8, 1.5}),
                     .size_px = myo_rng_in(rng, (myo_range){25.0, 50.0})};
    truth_add(self, &(myo_cine_truth){MYO_EVENT_CONTRACTION, onset_s,
                                      onset_s + s->go_s + s->stay_s + s->back_s,
                                      0.5 * self->config.width, 0.6 * self->config.height,
                                      s->size_px * self->config.mm_per_px, 0.0});
}

/* Events one after the other, at least @p pause apart. */
static void events_draw(myo_cine_synth *self, double per_min, double first, double pause,
                        uint64_t component,
                        void (*draw)(myo_cine_synth *self, double onset_s, myo_rng *rng))
{
    if (per_min <= 0.0) {
        return;
    }
    myo_rng rng;
    myo_rng_start(&rng, self->config.seed, component, 0);
    double time = first + myo_rng_uniform(&rng);
    size_t count = 0;
    while (time < self->config.duration_s - 1.0 && count++ < MYO_MOTION_MOST_TWITCHES) {
        draw(self, time, &rng);
        time += pause + myo_rng_exponential(&rng, fmax(60.0 / per_min - pause, 0.1));
    }
}

static double rhythm_draw(const myo_cine_synth *self, myo_range range, myo_rng *rng)
{
    if (range.high <= 0.0) {
        return 0.0;
    }
    const double drawn = myo_rng_in(rng, range);
    return isnan(self->config.rhythm_hz) ? drawn : self->config.rhythm_hz;
}

static void motion_draw(myo_cine_synth *self)
{
    const scenario *scene = self->scenario;
    myo_cine_motion *motion = &self->motion;
    myo_rng rng;
    myo_rng_start(&rng, self->config.seed, 2, 0);
    motion->width = self->config.width;
    motion->height = self->config.height;
    motion->probe = scene->probe;
    motion->probe_hz = myo_rng_in(&rng, (myo_range){0.2, 0.5});
    motion->pulse_hz = rhythm_draw(self, scene->pulse_hz, &rng);
    motion->tremor_hz = rhythm_draw(self, scene->tremor_hz, &rng);
    motion->needle_hz = rhythm_draw(self, scene->needle_hz, &rng);
    motion->needle_deg = myo_rng_in(&rng, (myo_range){30.0, 55.0});
    motion->needle_stroke_px = myo_rng_in(&rng, (myo_range){40.0, 80.0});
    motion->x = self->config.width * myo_rng_in(&rng, (myo_range){0.35, 0.65});
    motion->y = self->config.height * myo_rng_in(&rng, (myo_range){0.4, 0.6});
    motion->radius_px = motion->needle_hz > 0.0 ? 17.0 : 28.0;
    events_draw(self, scene->twitches_per_min, 1.0, 1.2, 3, twitch_draw);
    events_draw(self, scene->slides_per_min, 1.0, 4.5, 4, slide_draw);
}

static bool buffers_new(myo_cine_synth *self)
{
    const myo_cine_synth_config *c = &self->config;
    const size_t most = (size_t)c->duration_s + 8; /* events are more than a second apart */
    self->motion.twitches = calloc(most, sizeof *self->motion.twitches);
    self->motion.slides = calloc(most, sizeof *self->motion.slides);
    self->truths = calloc(2 * most, sizeof *self->truths);
    self->pixels = calloc((size_t)c->width * c->height, 1);
    self->pairs = calloc((size_t)c->width * c->height, 2 * sizeof *self->pairs);
    return self->motion.twitches && self->motion.slides && self->truths && self->pixels &&
           self->pairs;
}

static myo_status tissue_new(myo_cine_synth *self)
{
    const myo_cine_synth_config *c = &self->config;
    return self->scenario->echoes ? myo_echo_init(&self->echo, c->height, c->seed)
                                  : myo_texture_init(&self->texture, c->width, c->height, c->seed);
}

myo_status myo_cine_synth_new(const myo_cine_synth_config *config, myo_cine_synth **synth)
{
    *synth = NULL;
    if (!config_is_valid(config)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_cine_synth *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    self->scenario = scenario_find(config->scenario);
    if (!buffers_new(self) || tissue_new(self) != MYO_OK) {
        myo_cine_synth_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    motion_draw(self);
    myo_rng_start(&self->noise, config->seed, 5, 0);
    myo_rng_start(&self->clock, config->seed, 6, 0);
    *synth = self;
    return MYO_OK;
}

/* Sum of four uniforms: near enough to a normal value, and quick; its variance is 1/3. */
static double noise_draw(myo_rng *rng)
{
    const uint64_t bits = myo_rng_bits(rng);
    double sum = 0.0;
    for (int i = 0; i < 4; i++) {
        sum += (double)((bits >> (16 * i)) & 0xffff) / 65536.0;
    }
    return (sum - 2.0) * 1.7320508075688772;
}

static void image_make(myo_cine_synth *self)
{
    const myo_cine_synth_config *c = &self->config;
    uint8_t *to = self->pixels;
    myo_cine_motion_now(&self->motion, self->time_s, &self->now);
    for (uint32_t y = 0; y < c->height; y++) {
        myo_cine_motion_row(&self->motion, &self->now, y);
        for (uint32_t x = 0; x < c->width; x++) {
            double dx, dy;
            myo_cine_motion_at(&self->motion, &self->now, x, y, &dx, &dy);
            double grey = (double)myo_texture_at(&self->texture, x - dx, y - dy);
            if (self->motion.needle_hz > 0.0) {
                grey += myo_cine_motion_needle(&self->motion, &self->now, x, y);
            }
            grey += c->noise * noise_draw(&self->noise) + 0.5;
            *to++ = (uint8_t)fmin(fmax(grey, 0.0), 255.0);
        }
    }
}

static void echoes_make(myo_cine_synth *self)
{
    const myo_cine_synth_config *c = &self->config;
    myo_cine_motion_now(&self->motion, self->time_s, &self->now);
    myo_cine_motion_row(&self->motion, &self->now, 0.0);
    myo_echo_line(&self->echo, &self->motion, &self->now, self->pairs);
    for (size_t i = 0; i < 2 * (size_t)c->height; i++) {
        self->pairs[i] += (float)(sqrt(0.5) * c->noise * noise_draw(&self->noise));
    }
}

/* What a scanner samples: the real part of the echoes on their carrier, in the place of the pairs. */
static void carrier_put_back(myo_cine_synth *self)
{
    for (uint32_t m = 0; m < self->config.height; m++) {
        const double turns = MYO_ECHO_CARRIER * m;
        const double re = (double)self->pairs[2 * (size_t)m];
        const double im = (double)self->pairs[2 * (size_t)m + 1];
        self->pairs[m] = (float)(re * myo_det_cos_turns(turns) - im * myo_det_sin_turns(turns));
    }
}

bool myo_cine_synth_next(myo_cine_synth *synth, myo_frame *frame)
{
    const myo_cine_synth_config *c = &synth->config;
    if (synth->frames > 0) {
        const double vary = c->jitter * (2.0 * myo_rng_uniform(&synth->clock) - 1.0);
        synth->time_s += (1.0 + vary) / c->rate_hz;
    }
    if (synth->time_s >= c->duration_s) {
        return false;
    }
    const bool echoes = synth->scenario->echoes, sampled = synth->scenario->sampled;
    if (echoes) {
        echoes_make(synth);
    } else {
        image_make(synth);
    }
    if (sampled) {
        carrier_put_back(synth);
    }
    *frame = (myo_frame){.pixels = echoes ? (const void *)synth->pairs : synth->pixels,
                         .pixel = sampled  ? MYO_PIXEL_F32
                                  : echoes ? MYO_PIXEL_IQ
                                           : MYO_PIXEL_U8,
                         .stride = c->width,
                         .width = c->width,
                         .height = c->height,
                         .time_s = synth->time_s,
                         .sequence = synth->frames++};
    return true;
}

const myo_cine_truth *myo_cine_synth_truth(const myo_cine_synth *synth, size_t *count)
{
    *count = synth->truth_count;
    return synth->truths;
}

double myo_cine_synth_needle_deg(const myo_cine_synth *synth)
{
    return synth->motion.needle_hz > 0.0 ? synth->motion.needle_deg : (double)NAN;
}

double myo_cine_synth_carrier(const myo_cine_synth *synth)
{
    return synth->scenario->echoes ? MYO_ECHO_CARRIER : 0.0;
}

void myo_cine_synth_free(myo_cine_synth *synth)
{
    if (!synth) {
        return;
    }
    myo_texture_clean(&synth->texture);
    myo_echo_clean(&synth->echo);
    free(synth->motion.twitches);
    free(synth->motion.slides);
    free(synth->truths);
    free(synth->pixels);
    free(synth->pairs);
    free(synth);
}
