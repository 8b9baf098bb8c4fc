/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the front door: recordings with planted twitches, a run over them, lists of events. */
#ifndef MYO_TESTS_PIPELINE_CASE_H
#define MYO_TESTS_PIPELINE_CASE_H

#include "myotwitch/pipeline.h"
#include "myotwitch/synth.h"
#include "near.h"
#include "synth/rng.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    float *samples; /* interleaved */
    size_t frames;
    double rate_hz;
    uint32_t channels;
} recording;

typedef struct {
    myo_event *event;
    size_t count, capacity;
} event_list;

static inline recording recording_new(double rate_hz, uint32_t channels, double seconds)
{
    recording r = {.rate_hz = rate_hz, .channels = channels};
    r.frames = (size_t)(seconds * rate_hz);
    r.samples = calloc(r.frames * channels, sizeof *r.samples);
    assert_non_null(r.samples);
    return r;
}

/* White Gaussian noise of standard deviation 1, another on each channel. */
static inline recording recording_noise(double rate_hz, uint32_t channels, double seconds,
                                        uint64_t seed)
{
    recording r = recording_new(rate_hz, channels, seconds);
    myo_rng rng;
    myo_rng_start(&rng, seed, 911, 0);
    for (size_t i = 0; i < r.frames * channels; i++) {
        r.samples[i] = (float)myo_rng_normal(&rng);
    }
    return r;
}

static inline recording recording_synth(const char *scenario, char generator, uint64_t seed,
                                        double seconds)
{
    myo_synth_config config;
    assert_int_equal(myo_synth_config_default(&config, scenario), MYO_OK);
    config.generator = generator;
    config.seed = seed;
    config.duration_s = seconds;
    recording r = recording_new(config.rate_hz, config.channels, seconds);
    myo_synth *synth = NULL;
    assert_int_equal(myo_synth_new(&config, &synth), MYO_OK);
    for (size_t done = 0; done < r.frames;) {
        const size_t got = myo_synth_read(synth, r.samples + done * r.channels, r.frames - done);
        assert_true(got > 0);
        done += got;
    }
    myo_synth_free(synth);
    return r;
}

/* A twitch of 60 ms: 15 biphasic potentials, each the derivative of a Gaussian with a standard
 * deviation of 1.5 ms (most of its energy at 60 to 200 Hz), the first at at_s. The same at each rate. */
static inline void recording_plant(recording *r, uint32_t channel, double at_s, double height)
{
    const double sd = 0.0015;
    myo_rng rng;
    myo_rng_start(&rng, 5, 912, 0);
    for (int k = 0; k < 15; k++) {
        const double centre = at_s + 3.0 * sd + (k == 0 ? 0.0 : 0.06 * myo_rng_uniform(&rng));
        const double size = height * (k == 0 ? 1.0 : 0.4 + 0.6 * myo_rng_uniform(&rng));
        const double sign = k % 2 ? -1.0 : 1.0;
        const size_t first = (size_t)((centre - 5.0 * sd) * r->rate_hz);
        const size_t last = (size_t)((centre + 5.0 * sd) * r->rate_hz);
        for (size_t i = first; i <= last && i < r->frames; i++) {
            const double u = ((double)i / r->rate_hz - centre) / sd;
            r->samples[i * r->channels + channel] +=
                (float)(sign * size * 1.6487 * u * exp(-0.5 * u * u));
        }
    }
}

static inline void list_add(event_list *list, const myo_event *event)
{
    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 64;
        list->event = realloc(list->event, list->capacity * sizeof *list->event);
        assert_non_null(list->event);
    }
    list->event[list->count++] = *event;
}

static inline void drain(myo_pipeline *pipeline, event_list *list)
{
    for (myo_event event; myo_pipeline_next(pipeline, &event);) {
        list_add(list, &event);
    }
}

/* Pushes frames [from, to), all of them. */
static inline void push(myo_pipeline *pipeline, const recording *r, size_t from, size_t to,
                        event_list *list)
{
    while (from < to) {
        from += myo_pipeline_process(pipeline, r->samples + from * r->channels, to - from);
        drain(pipeline, list);
    }
}

static inline void finish(myo_pipeline *pipeline, event_list *list)
{
    do {
        drain(pipeline, list);
    } while (!myo_pipeline_finish(pipeline));
    drain(pipeline, list);
}

static inline myo_pipeline *pipeline_of(const myo_config *config)
{
    myo_pipeline *pipeline = NULL;
    assert_int_equal(myo_pipeline_new(config, &pipeline), MYO_OK);
    return pipeline;
}

/* Everything in one call. */
static inline event_list analyse(const myo_config *config, const recording *r)
{
    event_list list = {0};
    myo_pipeline *pipeline = pipeline_of(config);
    push(pipeline, r, 0, r->frames, &list);
    finish(pipeline, &list);
    myo_pipeline_free(pipeline);
    return list;
}

static inline event_list analyse_default(const recording *r)
{
    myo_config config;
    myo_config_default(&config, r->rate_hz, r->channels);
    return analyse(&config, r);
}

static inline bool same_double(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* Every field, numbers by their bits; sizes may differ by a factor. */
static inline bool same_event(const myo_event *a, const myo_event *b, double gain)
{
    bool same = a->id == b->id && a->type == b->type && a->stage == b->stage &&
                a->onset_frame == b->onset_frame && a->offset_frame == b->offset_frame &&
                a->reported_frame == b->reported_frame &&
                a->confirmed_frame == b->confirmed_frame && a->channel == b->channel &&
                a->channel_count == b->channel_count && a->reasons == b->reasons &&
                memcmp(a->channel_mask, b->channel_mask, sizeof a->channel_mask) == 0 &&
                same_double(a->peak * gain, b->peak) && same_double(a->snr_db, b->snr_db) &&
                same_double(a->confidence, b->confidence);
    for (int f = 0; f < MYO_FEATURE_COUNT; f++) {
        same = same && same_double(a->features[f], b->features[f]);
    }
    return same;
}

static inline void assert_same_events(const event_list *a, const event_list *b, double gain,
                                      const char *what)
{
    if (a->count != b->count) {
        fail_msg("%s: %zu events, expected %zu", what, b->count, a->count);
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!same_event(&a->event[i], &b->event[i], gain)) {
            fail_msg("%s: event %zu of %zu differs (frame %lld, expected %lld)", what, i, a->count,
                     (long long)b->event[i].onset_frame, (long long)a->event[i].onset_frame);
        }
    }
}

/* The confirmed event of that type whose onset lies nearest to at_s, and within 20 ms; else NULL. */
static inline const myo_event *find_event(const event_list *list, myo_event_type type, double at_s,
                                          double rate_hz)
{
    const myo_event *best = NULL;
    double nearest = 0.02;
    for (size_t i = 0; i < list->count; i++) {
        const myo_event *e = &list->event[i];
        const double apart = fabs((double)e->onset_frame / rate_hz - at_s);
        if (e->stage == MYO_CONFIRMED && e->type == type && apart <= nearest) {
            best = e;
            nearest = apart;
        }
    }
    return best;
}

static inline size_t count_events(const event_list *list, myo_event_type type,
                                  myo_event_stage stage)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        count += list->event[i].type == type && list->event[i].stage == stage;
    }
    return count;
}

#endif
