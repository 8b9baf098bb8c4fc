/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the desk says of itself: state, latencies, and both as JSON. */
#include "live/desk_self.h"

#include "export/json.h"
#include "record/recorder.h"

#include <stdio.h>
#include <string.h>

static double ms(const myo_histogram *ns, double share)
{
    return 1e-6 * (double)myo_histogram_at(ns, share);
}

static void detect_times(const myo_histogram *us, double out[2], int64_t *count)
{
    out[0] = 1e-3 * (double)myo_histogram_at(us, 0.5);
    out[1] = 1e-3 * (double)myo_histogram_at(us, 0.95);
    *count = us->count;
}

void desk_latency(const myo_desk *self, myo_desk_latency *latency)
{
    *latency = (myo_desk_latency){
        .device_ms = 1e3 * self->device_latency_s,
        .period_ms = 1e3 * (double)myo_intake_period(self->intake) / self->info.rate_hz,
        .wait_ms = {ms(&self->wait_ns, 0.5), ms(&self->wait_ns, 0.95),
                    1e-6 * (double)self->wait_ns.largest},
        .compute_us = {1e3 * ms(&self->compute_ns, 0.5), 1e3 * ms(&self->compute_ns, 0.95),
                       1e3 * ms(&self->compute_ns, 0.99), 1e-3 * (double)self->compute_ns.largest},
        .blocks = self->compute_ns.count};
    detect_times(&self->detect_us, latency->detect_ms, &latency->twitches);
    detect_times(&self->detect_18db_us, latency->detect_18db_ms, &latency->twitches_18db);
}

/* Twitches that began in the present insertion. */
static uint64_t since(const desk_twitches *twitches, int64_t frame)
{
    size_t i = twitches->count;
    while (i > 0 && twitches->onset[i - 1] >= frame) {
        i--;
    }
    return twitches->count - i;
}

static void recorder_fill(myo_desk *self, myo_feed_state *state)
{
    myo_record_state record;
    if (self->recorder == NULL) {
        return;
    }
    myo_recorder_state(self->recorder, &record);
    state->recording = !record.failed && !record.armed;
    state->recorded_s = (double)record.frames_flushed / self->info.rate_hz;
    state->disk_left_s = record.disk_left_s;
    if (record.failed && !self->record_failed) {
        char text[192];
        self->record_failed = true;
        self->end.record_why = (myo_why){""};
        (void)snprintf(self->end.record_why.text, sizeof self->end.record_why.text, "%s",
                       record.why);
        (void)snprintf(text, sizeof text, "the recording has stopped: %.150s", record.why);
        desk_warn(self, MYO_WARN_DISK, text);
    } else if (!record.failed && !self->disk_warned && record.disk_left_s >= 0.0 &&
               record.disk_left_s < MYO_RECORD_WARN_S) {
        self->disk_warned = true;
        desk_warn(self, MYO_WARN_DISK, "the disk will be full within ten minutes");
    }
}

void desk_state(myo_desk *self)
{
    char label[sizeof((myo_feed_mark *)NULL)->label];
    int64_t begun = 0;
    desk_snapshot now;
    desk_latency(self, &now.latency);
    now.state =
        (myo_feed_state){.frame = atomic_load_explicit(&self->frames, memory_order_relaxed),
                         .settled = myo_pipeline_settled(self->pipeline),
                         .twitches = self->twitches.count,
                         .insertion = myo_journal_last(self->journal, "insertion", label, &begun),
                         .muted = atomic_load_explicit(&self->muted, memory_order_relaxed),
                         .gain_db = atomic_load_explicit(&self->gain_db, memory_order_relaxed),
                         .heard_channel = atomic_load_explicit(&self->heard, memory_order_relaxed),
                         .disk_left_s = -1.0,
                         .block_ms = now.latency.period_ms,
                         .device_latency_ms = now.latency.device_ms,
                         .detector_p95_ms = now.latency.detect_ms[1],
                         .lost_frames = (uint64_t)self->end.lost_frames};
    now.state.twitches_insertion = since(&self->twitches, begun);
    (void)myo_journal_last(self->journal, "phase", label, NULL);
    (void)snprintf(now.state.phase, sizeof now.state.phase, "%.31s", label);
    (void)snprintf(now.state.device, sizeof now.state.device, "%.63s", self->name);
    recorder_fill(self, &now.state);
    for (uint32_t i = 0; i < self->feeds; i++) {
        myo_feed_message message = {.kind = MYO_FEED_STATE, .state = now.state};
        message.state.trace_dropped = myo_feed_dropped(self->feed[i]);
        (void)myo_feed_push(self->feed[i], &message);
    }
    self->told = true;
    (void)pthread_mutex_lock(&self->shared);
    self->snapshot = now;
    (void)pthread_mutex_unlock(&self->shared);
}

static desk_snapshot snapshot(myo_desk *self)
{
    (void)pthread_mutex_lock(&self->shared);
    const desk_snapshot now = self->snapshot;
    (void)pthread_mutex_unlock(&self->shared);
    return now;
}

/* Writes one object into @p text; its length, 0 when it does not fit. */
typedef void print_fields(const desk_snapshot *now, const myo_desk *self, myo_json *json);

static size_t print(myo_desk *self, print_fields *fields, char *text, size_t size)
{
    const desk_snapshot now = snapshot(self);
    FILE *out = size == 0 ? NULL : fmemopen(text, size, "w");
    if (out == NULL) {
        return 0;
    }
    myo_json json;
    myo_json_start(&json, out);
    myo_json_object(&json, NULL);
    fields(&now, self, &json);
    myo_json_end(&json);
    const bool whole = fflush(out) == 0 && ferror(out) == 0;
    const long length = ftell(out);
    (void)fclose(out);
    return whole && length > 0 && (size_t)length < size ? (size_t)length : 0;
}

static void status_fields(const desk_snapshot *now, const myo_desk *self, myo_json *json)
{
    const myo_feed_state *s = &now->state;
    const double rate_hz = self->info.rate_hz;
    myo_json_string(json, "schema", "myotwitch.status/1");
    myo_json_string(json, "device", self->name);
    myo_json_bool(json, "replay", self->options.replay != NULL);
    myo_json_number(json, "rate_hz", rate_hz, 9);
    myo_json_integer(json, "channels", self->info.channels);
    myo_json_integer(json, "frame", s->frame);
    myo_json_fixed(json, "time_s", (double)s->frame / rate_hz, 3);
    myo_json_integer(json, "twitches", (int64_t)s->twitches);
    myo_json_integer(json, "insertion", s->insertion);
    myo_json_integer(json, "twitches_insertion", (int64_t)s->twitches_insertion);
    myo_json_string(json, "phase", s->phase);
    myo_json_integer(json, "lost_frames", (int64_t)s->lost_frames);
    myo_json_bool(json, "recording", s->recording);
    myo_json_string(json, "file", self->path);
    myo_json_fixed(json, "recorded_s", s->recorded_s, 3);
    if (s->disk_left_s >= 0.0) {
        myo_json_fixed(json, "disk_left_s", s->disk_left_s, 0);
    }
    myo_json_bool(json, "muted", s->muted);
    myo_json_fixed(json, "gain_db", s->gain_db, 1);
    myo_json_integer(json, "heard_channel", s->heard_channel);
}

static void numbers(myo_json *json, const char *key, const double *values, int count)
{
    static const char *const names[] = {"p50", "p95", "p99", "max"};
    myo_json_object(json, key);
    for (int i = 0; i < count; i++) {
        /* Of three the last is the largest. */
        myo_json_fixed(json, names[count == 3 && i == 2 ? 3 : i], values[i], 3);
    }
    myo_json_end(json);
}

static void latency_fields(const desk_snapshot *now, const myo_desk *self, myo_json *json)
{
    const myo_desk_latency *l = &now->latency;
    (void)self;
    myo_json_string(json, "schema", "myotwitch.latency/1");
    if (l->device_ms > 0.0) {
        myo_json_fixed(json, "device_ms", l->device_ms, 3);
    }
    myo_json_fixed(json, "period_ms", l->period_ms, 3);
    numbers(json, "wait_ms", l->wait_ms, 3);
    numbers(json, "compute_us", l->compute_us, 4);
    myo_json_integer(json, "blocks", l->blocks);
    numbers(json, "detect_ms", l->detect_ms, 2);
    myo_json_integer(json, "twitches", l->twitches);
    numbers(json, "detect_18db_ms", l->detect_18db_ms, 2);
    myo_json_integer(json, "twitches_18db", l->twitches_18db);
}

size_t desk_status_print(myo_desk *self, char *text, size_t size)
{
    return print(self, status_fields, text, size);
}

size_t desk_latency_print(myo_desk *self, char *text, size_t size)
{
    return print(self, latency_fields, text, size);
}
