/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes to a configuration and a score of signals: whatever it is, events are ordered and inside the
 * recording, none comes after it was said to be settled, and they do not depend on how it is cut into
 * blocks, nor on the instruction set, nor on what the pipeline heard before it was reset. */
#include "fuzz.h"

#include "myotwitch/pipeline.h"

#include <math.h>
#include <string.h>

enum { MAX_CHANNELS = 5, MAX_FRAMES = 12000, MAX_EVENTS = 4096 };

/* Without what pads it at its end. */
enum { EVENT_BYTES = offsetof(myo_event, reasons) + sizeof(uint32_t) };

typedef struct {
    const uint8_t *at;
    size_t left;
} bytes;

typedef struct {
    float samples[MAX_FRAMES * MAX_CHANNELS];
    int64_t gap_at, gap; /* frames missing before frame gap_at; 0 = none */
    size_t frames;
} recording;

typedef struct {
    myo_event events[MAX_EVENTS];
    size_t count;
    int64_t settled; /* the latest frame that was said to be */
} heard;

static unsigned take(bytes *in)
{
    if (in->left == 0) {
        return 0;
    }
    in->left--;
    return *in->at++;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static float noise(uint32_t *state)
{
    float sum = 0.0f;
    for (int i = 0; i < 4; i++) {
        sum += (float)next_random(state) / 8388608.0f - 1.0f;
    }
    return sum;
}

static void config_take(bytes *in, myo_config *config)
{
    static const double rates[] = {500, 1000, 1000, 2000, 2048, 4000, 10000, 999.5};
    uint32_t channels = 1 + take(in) % MAX_CHANNELS;
    myo_config_default(config, rates[take(in) % 8], channels);
    unsigned needles = take(in), switches = take(in);
    for (uint32_t c = 0; c < channels; c++) {
        config->profile[c] = (needles >> c) & 1u ? MYO_PROFILE_NEEDLE : MYO_PROFILE_SURFACE;
    }
    config->hum_cancel = switches & 1u;
    config->blank_edges = switches & 2u;
    config->arm_s = switches & 4u ? 0.5 : 2.0;
    config->false_alarms_per_hour = switches & 8u ? 3600.0 : 1.0;
    config->floor_window_s = switches & 16u ? 3.0 : 8.0;
    config->refractory_ms = take(in);
    config->merge_gap_ms = 5.0 + take(in) % 196;
    config->ltr_max_ms = 50.0 + 4.0 * take(in);
    for (uint32_t c = 0; c < channels && (switches & 32U); c++) {
        config->rail_low[c] = -1.0;
        config->rail_high[c] = 1.0;
    }
}

/* One piece of signal: kind, length, size, and the channel it is on (or all). */
static void piece_add(bytes *in, recording *to, const myo_config *config, uint32_t *seed)
{
    unsigned kind = take(in) % 11, where = take(in);
    size_t length = (1 + (size_t)take(in)) * (size_t)(config->rate_hz / 100.0);
    float scale = exp2f((float)(take(in) % 48) * 0.5f - 12.0f);
    uint32_t channels = config->channels;
    length = length < MAX_FRAMES - to->frames ? length : MAX_FRAMES - to->frames;
    if (kind == 9) {
        to->gap_at = (int64_t)to->frames;
        to->gap = (int64_t)length * (1 + where % 8 * 40);
        return;
    }
    for (size_t i = 0; i < length; i++, to->frames++) {
        float *frame = &to->samples[to->frames * channels];
        double t = (double)i / config->rate_hz;
        for (uint32_t c = 0; c < channels; c++) {
            float base = 0.01f * noise(seed), more = 0.0f;
            switch (kind) {
            case 1:
                more = noise(seed);
                break;
            case 2:
                more = noise(seed) * (float)exp(-t * 20.0);
                break;
            case 3:
                more = (float)sin(6.283185307 * 50.0 * t);
                break;
            case 4:
                more = (i % (size_t)(config->rate_hz / 20.0)) < 2 ? 100.0f : 0.0f;
                break;
            case 5:
                more = i < length / 2 ? 1.0f : -1.0f;
                break;
            case 6:
                more = (float)sin(6.283185307 * 3.0 * t) * 50.0f;
                break;
            case 7:
                base = NAN;
                break;
            case 10: /* driven into the rails */
                base = sinf(0.01F * (float)i) > 0.0F ? 1.0F : -1.0F;
                break;
            case 8:
                base = (float)((int)take(in) - 128) / 128.0f;
                break;
            default:
                break;
            }
            frame[c] = base + (where % (channels + 1) == c ? 0.0f : more * scale);
        }
    }
}

/* What a confirmed event's onset may not lie before is never taken back. */
static void events_take(myo_pipeline *pipeline, heard *to)
{
    while (to->count < MAX_EVENTS && myo_pipeline_next(pipeline, &to->events[to->count])) {
        const myo_event *event = &to->events[to->count++];
        FUZZ_MUST(event->stage != MYO_CONFIRMED || event->onset_frame >= to->settled);
    }
    int64_t settled = myo_pipeline_settled(pipeline);
    FUZZ_MUST(to->count == MAX_EVENTS || settled <= myo_pipeline_frames(pipeline));
    to->settled = settled > to->settled ? settled : to->settled;
}

static void sums_check(const myo_pipeline *pipeline, const myo_config *config)
{
    for (uint32_t c = 0; c < config->channels; c++) {
        myo_channel_summary summary;
        myo_meter meter;
        myo_pipeline_summary(pipeline, c, &summary);
        myo_pipeline_meter(pipeline, c, &meter);
        FUZZ_MUST(!isnan(summary.floor_rms) && summary.gap_frames >= 0);
        FUZZ_MUST(!(meter.envelope < 0.0) && !(meter.threshold < 0.0));
    }
}

/* blocks: seeds their sizes; 0 = all in one. */
static void run(myo_pipeline *pipeline, const myo_config *config, const recording *from,
                uint32_t blocks, heard *to)
{
    to->count = 0;
    to->settled = 0;
    for (size_t at = 0; at < from->frames;) {
        if (from->gap > 0 && (int64_t)at == from->gap_at) {
            myo_pipeline_gap(pipeline, from->gap);
            events_take(pipeline, to);
        }
        size_t end = from->gap_at > (int64_t)at ? (size_t)from->gap_at : from->frames;
        size_t count = blocks == 0 ? end - at : 1 + next_random(&blocks) % 97;
        count = count < end - at ? count : end - at;
        at += myo_pipeline_process(pipeline, &from->samples[at * config->channels], count);
        events_take(pipeline, to);
    }
    for (bool finished = false; !finished;) {
        finished = myo_pipeline_finish(pipeline);
        events_take(pipeline, to);
    }
    sums_check(pipeline, config);
}

static myo_pipeline *pipeline_make(myo_config *config, const char *set)
{
    myo_pipeline *pipeline = NULL;
    FUZZ_MUST(myo_config_set_cpu(config, set) == MYO_OK);
    FUZZ_MUST(myo_pipeline_new(config, &pipeline) == MYO_OK);
    return pipeline;
}

static void heard_same(const heard *a, const heard *b)
{
    FUZZ_MUST(a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        FUZZ_MUST(memcmp(&a->events[i], &b->events[i], EVENT_BYTES) == 0);
    }
}

static void events_check(const heard *all, const recording *from, uint32_t channels)
{
    int64_t end = (int64_t)from->frames + from->gap;
    for (size_t i = 0; i < all->count; i++) {
        const myo_event *event = &all->events[i];
        FUZZ_MUST(event->type < MYO_EVENT_TYPE_COUNT);
        FUZZ_MUST(event->onset_frame >= 0 && event->offset_frame >= event->onset_frame);
        FUZZ_MUST(event->offset_frame <= end && event->reported_frame <= end);
        FUZZ_MUST(
            event->stage != MYO_CONFIRMED ||
            (event->confirmed_frame >= event->reported_frame && event->confirmed_frame <= end));
        FUZZ_MUST(event->channel < channels || event->channel == MYO_ALL_CHANNELS);
        FUZZ_MUST(event->confidence >= 0.0 && event->confidence <= 1.0);
        FUZZ_MUST(!isnan(event->peak) && !isnan(event->snr_db));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static recording from;
    static heard first, second;
    static const char *const sets[] = {"c", "c,avx2", "auto"};
    bytes in = {data, size};
    myo_config config;
    uint32_t blocks = 1 + take(&in), seed = 1 + take(&in);
    from.frames = 0;
    from.gap = from.gap_at = 0;
    const char *set = sets[take(&in) % 3];
    config_take(&in, &config);
    while (in.left > 0 && from.frames < MAX_FRAMES) {
        piece_add(&in, &from, &config, &seed);
    }
    if (from.gap_at == 0) {
        from.gap = 0;
    }
    if (myo_config_check(&config, NULL) != MYO_OK) {
        return 0;
    }
    myo_pipeline *pipeline = pipeline_make(&config, set);
    run(pipeline, &config, &from, blocks, &first);
    events_check(&first, &from, config.channels);
    if (blocks % 2 == 0) {
        myo_pipeline_reset(pipeline);
        run(pipeline, &config, &from, blocks / 2, &second);
        heard_same(&first, &second);
    }
    myo_pipeline_free(pipeline);
    pipeline = pipeline_make(&config, "auto");
    run(pipeline, &config, &from, 0, &second);
    heard_same(&first, &second);
    myo_pipeline_free(pipeline);
    return 0;
}
