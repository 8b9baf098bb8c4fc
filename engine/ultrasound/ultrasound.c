/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole way of an image: is it new, can it be used, what moved, is that unusual, what was it. */
#include "myotwitch/ultrasound.h"

#include "core/cpu.h"
#include "ultrasound/needle.h"
#include "ultrasound/sight.h"
#include "ultrasound/source.h"
#include "ultrasound/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Seconds of motion that are kept: five for rhythms, the rest for the motion itself. */
#define HISTORY_S 6.5
/* Times of images do not lie this far apart in one recording: what is in between is a gap. */
#define LONGEST_INTERVAL_S 1.0

/* Bytes of a pixel: an image is kept as it came. */
static size_t pixel_bytes(myo_pixel pixel)
{
    const size_t each = pixel == MYO_PIXEL_U8 ? sizeof(uint8_t) : sizeof(float);
    return pixel == MYO_PIXEL_IQ ? 2 * each : each;
}

struct myo_ultrasound {
    myo_ultrasound_config config, scaled; /* scaled: the floor for displacements per step */
    myo_motion_source source;
    myo_history history;
    myo_normal normal;
    myo_watch watch;
    myo_sight sight;
    myo_needle *needle;   /* NULL = none is looked for */
    uint8_t *last_pixels; /* of the image before, as it came */
    double first_s, last_s;
    bool started;
    myo_motion_event blind; /* the stretch that is open; id 0 = none */
    int64_t last_sequence;
    uint32_t best;
    bool has_tiles;
    myo_ultrasound_summary summary;
};

static size_t bytes_of(const myo_frame *frame)
{
    return frame->width * pixel_bytes(frame->pixel);
}

static myo_status parts_init(myo_ultrasound *self)
{
    const myo_ultrasound_config *config = &self->config;
    myo_status status = myo_motion_source_init(&self->source, config);
    if (status == MYO_OK) {
        const double steps = HISTORY_S * config->rate_hz * 1.25 + 32.0;
        status = myo_history_init(&self->history, self->source.columns, self->source.rows,
                                  (int64_t)steps);
    }
    if (status == MYO_OK) {
        status = myo_normal_init(&self->normal, &self->scaled, self->history.places);
    }
    if (status == MYO_OK) {
        status = myo_watch_init(&self->watch, config, &self->history, &self->normal, &self->source);
    }
    if (status == MYO_OK && !isnan(config->needle_deg) && self->source.tracker) {
        status = myo_needle_new(config, &self->source, &self->needle);
    }
    return status;
}

myo_status myo_ultrasound_new(const myo_ultrasound_config *config, myo_ultrasound **ultrasound)
{
    *ultrasound = NULL;
    if (myo_ultrasound_config_check(config, NULL) != MYO_OK) {
        return MYO_ERR_BAD_ARG;
    }
    myo_ultrasound *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = self->scaled = *config;
    const myo_pixel widest = config->carrier > 0.0 ? MYO_PIXEL_IQ : MYO_PIXEL_F32;
    self->last_pixels = malloc(pixel_bytes(widest) * config->width * config->height);
    if (!self->last_pixels || parts_init(self) != MYO_OK) {
        myo_ultrasound_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    self->watch.needle = self->needle;
    myo_ultrasound_reset(self);
    *ultrasound = self;
    return MYO_OK;
}

/* The motion before is of no use for what follows. */
static void sight_begins(myo_ultrasound *self)
{
    self->history.end = 0;
    myo_normal_reset(&self->normal, self->history.places);
    self->watch.armed_s = INFINITY;
    self->has_tiles = false;
}

void myo_ultrasound_reset(myo_ultrasound *ultrasound)
{
    myo_motion_source_reset(&ultrasound->source);
    myo_watch_reset(&ultrasound->watch);
    myo_sight_reset(&ultrasound->sight, &ultrasound->config);
    myo_needle_reset(ultrasound->needle);
    sight_begins(ultrasound);
    ultrasound->started = false;
    ultrasound->blind.id = 0;
    ultrasound->summary = (myo_ultrasound_summary){0};
}

void myo_ultrasound_free(myo_ultrasound *ultrasound)
{
    if (!ultrasound) {
        return;
    }
    myo_needle_free(ultrasound->needle);
    myo_watch_clean(&ultrasound->watch);
    myo_normal_clean(&ultrasound->normal);
    myo_history_clean(&ultrasound->history);
    myo_motion_source_clean(&ultrasound->source);
    free(ultrasound->last_pixels);
    free(ultrasound);
}

static void blind_close(myo_ultrasound *self, double now)
{
    if (self->blind.id == 0) {
        return;
    }
    self->blind.stage = MYO_CONFIRMED;
    self->blind.offset_s = now;
    self->blind.confirmed_s = now;
    self->summary.blind_s += now - self->blind.onset_s;
    myo_watch_push(&self->watch, &self->blind);
    self->blind.id = 0;
}

/* From @p onset on nothing can be said; what was open is settled with what had been seen. */
static void blind_open(myo_ultrasound *self, uint32_t reasons, double onset, double now)
{
    if (self->blind.id != 0) {
        self->blind.reasons |= reasons;
        return;
    }
    myo_watch_stop(&self->watch);
    self->blind = (myo_motion_event){.type = MYO_EVENT_GAP,
                                     .stage = MYO_PROVISIONAL,
                                     .onset_s = onset,
                                     .offset_s = now,
                                     .reported_s = now,
                                     .confirmed_s = (double)NAN,
                                     .interval_s = now - onset,
                                     .x_px = (double)NAN,
                                     .y_px = (double)NAN,
                                     .confidence = 1.0,
                                     .reasons = reasons};
    myo_watch_push(&self->watch, &self->blind);
    sight_begins(self);
}

/* Whether the image is the one before once more; keeps it for the next time. */
static bool is_same(myo_ultrasound *self, const myo_frame *frame)
{
    const size_t row = bytes_of(frame), step = row / frame->width * frame->stride;
    const uint8_t *from = frame->pixels;
    bool same = self->started;
    for (uint32_t y = 0; y < frame->height; y++, from += step) {
        uint8_t *kept = self->last_pixels + y * row;
        if (same && memcmp(kept, from, row) == 0) {
            continue;
        }
        same = false;
        memcpy(kept, from, row);
    }
    return same;
}

static void steps_store(myo_ultrasound *self, double now, double interval)
{
    /* A displacement over a longer span, as scan lines have it, is its share of one step, half the
     * span ago. */
    const double span = self->source.span_s > 0.0 ? self->source.span_s : interval;
    const float share = (float)(interval / span);
    self->scaled.floor_px = self->config.floor_px * (double)share;
    const uint8_t *mask = myo_needle_mask(self->needle);
    myo_step *steps = myo_history_push(&self->history, now - 0.5 * (span - interval), interval,
                                       self->source.common);
    for (uint32_t p = 0; p < self->history.places; p++) {
        const myo_tile *tile = &self->source.tiles[p];
        const bool known = myo_motion_source_knows(&self->source, p) && (!mask || !mask[p]);
        steps[p].x = known ? tile->dx * share : NAN;
        steps[p].y = known ? tile->dy * share : NAN;
    }
}

static void step_take(myo_ultrasound *self, double now, double interval)
{
    steps_store(self, now, interval);
    if (self->history.end == 1) {
        self->watch.armed_s = now + self->config.arm_s;
    }
    self->best = myo_normal_judge(&self->normal, &self->history);
    self->has_tiles = true;
    myo_watch_step(&self->watch, self->best);
}

/* The interval since the image before; 0 with @p reasons when there is none to speak of. */
static double interval_of(myo_ultrasound *self, const myo_frame *frame, uint32_t *reasons)
{
    const double interval = frame->time_s - self->last_s;
    *reasons = 0;
    if (!self->started) {
        return 0.0;
    }
    if (!(interval > 0.0) || interval > LONGEST_INTERVAL_S) {
        *reasons = 1u << MYO_MOTION_BLIND_TIME;
        return 0.0;
    }
    return interval;
}

static void frame_count(myo_ultrasound *self, const myo_frame *frame)
{
    myo_ultrasound_summary *summary = &self->summary;
    if (summary->frames++ == 0) {
        self->first_s = frame->time_s;
    } else if (frame->sequence > self->last_sequence + 1) {
        summary->lost += frame->sequence - self->last_sequence - 1;
    }
    self->last_sequence = frame->sequence;
    if (!isnan(frame->time_s)) {
        summary->seconds = frame->time_s - self->first_s;
    }
}

static void same_take(myo_ultrasound *self, const myo_frame *frame)
{
    self->summary.duplicates++;
    if (frame->time_s - self->last_s >= self->config.frozen_s) {
        myo_motion_source_reset(&self->source);
        blind_open(self, 1u << MYO_MOTION_BLIND_FROZEN, self->last_s, frame->time_s);
    }
}

/* @return reasons of blindness, 0 when the step was used or there was none yet. */
static uint32_t frame_follow(myo_ultrasound *self, const myo_frame *frame, double interval)
{
    if (!myo_motion_source_take(&self->source, frame, myo_needle_mask(self->needle)) ||
        interval <= 0.0) {
        return 0;
    }
    if (myo_motion_source_is_aliased(&self->source)) {
        return 1u << MYO_MOTION_BLIND_ALIAS;
    }
    if (self->config.width > 1) {
        const uint32_t reasons = myo_sight_judge(&self->sight, self->source.alike,
                                                 &self->source.fit, self->source.focus);
        if (reasons != 0) {
            return reasons;
        }
    }
    blind_close(self, frame->time_s - interval);
    myo_needle_step(self->needle, &self->source, frame->time_s, interval);
    step_take(self, frame->time_s, interval);
    return 0;
}

void myo_ultrasound_process(myo_ultrasound *ultrasound, const myo_frame *frame)
{
    const uint64_t saved = myo_cpu_flush_begin();
    frame_count(ultrasound, frame);
    uint32_t reasons = 0;
    const double interval = interval_of(ultrasound, frame, &reasons);
    if (ultrasound->config.width > 1 && is_same(ultrasound, frame) && reasons == 0) {
        same_take(ultrasound, frame);
    } else {
        if (reasons != 0) {
            myo_motion_source_reset(&ultrasound->source);
            blind_open(ultrasound, reasons, ultrasound->last_s, frame->time_s);
        }
        reasons = frame_follow(ultrasound, frame, interval);
        if (reasons != 0) {
            blind_open(ultrasound, reasons, ultrasound->last_s, frame->time_s);
        }
        ultrasound->last_s = frame->time_s;
        ultrasound->started = true;
    }
    myo_cpu_flush_end(saved);
}

bool myo_ultrasound_next(myo_ultrasound *ultrasound, myo_motion_event *event)
{
    if (!myo_watch_next(&ultrasound->watch, event)) {
        return false;
    }
    if (event->stage == MYO_CONFIRMED) {
        ultrasound->summary.events[event->type]++;
    }
    return true;
}

void myo_ultrasound_finish(myo_ultrasound *ultrasound)
{
    myo_watch_stop(&ultrasound->watch);
    blind_close(ultrasound, ultrasound->last_s);
}

const myo_tile *myo_ultrasound_tiles(const myo_ultrasound *ultrasound, uint32_t *columns,
                                     uint32_t *rows)
{
    *columns = ultrasound->source.columns;
    *rows = ultrasound->source.rows;
    return ultrasound->has_tiles && ultrasound->source.tracker ? ultrasound->source.tiles : NULL;
}

double myo_ultrasound_strength(const myo_ultrasound *ultrasound, double *x_px, double *y_px)
{
    if (!ultrasound->has_tiles) {
        *x_px = *y_px = (double)NAN;
        return 0.0;
    }
    myo_motion_source_place(&ultrasound->source, ultrasound->best, x_px, y_px);
    return (double)ultrasound->normal.statistic[ultrasound->best];
}

void myo_ultrasound_summary_get(const myo_ultrasound *ultrasound, myo_ultrasound_summary *summary)
{
    *summary = ultrasound->summary;
    summary->refused = ultrasound->watch.refused;
    const int64_t steps = summary->frames - summary->duplicates - 1;
    summary->mean_interval_s = steps > 0 ? summary->seconds / (double)steps : 0.0;
    myo_needle_strokes(ultrasound->needle, &summary->needle_hz, &summary->needle_stroke);
}
