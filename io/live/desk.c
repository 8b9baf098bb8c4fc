/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desk's life: made, set up, started, ended. */
#include "live/desk.h"

#include "live/clock.h"
#include "live/desk_self.h"
#include "record/recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* PortAudio may take for ever to close: the program may not. */
enum { STOP_MS = 500 };
static const double gain_default_db = 20.0;

myo_status myo_desk_new(const myo_desk_options *options, myo_desk **desk, myo_why *why)
{
    myo_desk *self = calloc(1, sizeof *self);
    if (self == NULL || pthread_mutex_init(&self->shared, NULL) != 0) {
        free(self);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->options = *options;
    atomic_init(&self->gain_db, gain_default_db);
    myo_status status = myo_journal_new(&self->journal);
    if (status == MYO_OK) {
        status = desk_open(self, why);
    }
    if (status != MYO_OK) {
        myo_desk_free(self);
        return status;
    }
    *desk = self;
    return MYO_OK;
}

const myo_source_info *myo_desk_info_get(const myo_desk *self)
{
    return &self->info;
}

const char *myo_desk_name(const myo_desk *self)
{
    return self->name;
}

static void fill_head(myo_desk *self)
{
    myo_feed_head *head = &self->head;
    *head = (myo_feed_head){.rate_hz = self->info.rate_hz,
                            .channels = self->info.channels,
                            .full_scale_uv = self->info.full_scale_uv,
                            .detect_low_hz = self->config.detect_low_hz,
                            .detect_high_hz = self->config.detect_high_hz,
                            .measure_low_hz = self->config.measure_low_hz,
                            .measure_high_hz = self->config.measure_high_hz,
                            .replay = self->options.replay != NULL};
    memcpy(head->name, self->info.channel_name, sizeof head->name);
    memcpy(head->channel_number, self->info.channel_number, sizeof head->channel_number);
    (void)snprintf(head->device, sizeof head->device, "%.63s", self->name);
    (void)snprintf(head->recording, sizeof head->recording, "%s", self->path);
}

myo_status myo_desk_configure(myo_desk *self, const myo_config *config, myo_why *why)
{
    if (config->rate_hz != self->info.rate_hz || config->channels != self->info.channels) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "configuration for another rate or channels");
    }
    self->config = *config;
    fill_head(self);
    self->summaries = calloc(config->channels, sizeof *self->summaries);
    self->rest = calloc(config->channels, sizeof *self->rest);
    self->rest_due = calloc(config->channels, sizeof *self->rest_due);
    const bool room = self->summaries != NULL && self->rest != NULL && self->rest_due != NULL;
    myo_status status = room ? myo_pipeline_new(config, &self->pipeline) : MYO_ERR_NO_MEMORY;
    if (status == MYO_OK) {
        status = myo_meters_new(&self->head, &self->meters);
    }
    self->configured = status == MYO_OK;
    return status == MYO_OK ? status : myo_why_set(why, status, "%s", myo_status_text(status));
}

void myo_desk_record(myo_desk *self, myo_recorder *recorder, const char *path)
{
    self->recorder = recorder;
    (void)snprintf(self->path, sizeof self->path, "%s", path);
    fill_head(self);
}

myo_status myo_desk_attach(myo_desk *self, myo_feed **feed)
{
    if (!self->configured || self->started || self->feeds == MYO_DESK_FEEDS) {
        return MYO_ERR_BAD_ARG;
    }
    const myo_status status = myo_feed_new(&self->head, feed);
    if (status == MYO_OK) {
        self->feed[self->feeds++] = *feed;
    }
    return status;
}

myo_status myo_desk_start(myo_desk *self, myo_why *why)
{
    if (!self->configured || self->started) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "the desk is not ready");
    }
    myo_intake_begin(self->intake, myo_clock_ns());
    if (pthread_create(&self->thread, NULL, desk_run, self) != 0) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "no thread can be started");
    }
    self->started = true;
    myo_ring_command(self->ring, MYO_CAPTURE_GO);
    return MYO_OK;
}

void myo_desk_stop(myo_desk *self)
{
    atomic_store_explicit(&self->stop, true, memory_order_relaxed);
}

/* The recording is closed first: it must be valid within three seconds of a loss. */
static void finish(myo_desk *self)
{
    const bool sound = !self->end.lost && !self->end.damaged;
    myo_why why = {""};
    if (self->recorder != NULL &&
        myo_recorder_close(self->recorder, &self->end.tail, sound, &why) != MYO_OK &&
        self->end.record_why.text[0] == '\0') {
        self->end.record_why = why;
    }
    self->recorder = NULL;
    myo_ring_command(self->ring, MYO_CAPTURE_STOP);
    myo_child_end(self->child, self->end.lost ? 0 : STOP_MS);
    self->child = NULL;
}

void myo_desk_join(myo_desk *self, myo_desk_end *end)
{
    if (self->started && !self->joined) {
        (void)pthread_join(self->thread, NULL);
        self->joined = true;
        finish(self);
    }
    *end = self->end;
}

void myo_desk_free(myo_desk *self)
{
    if (self == NULL) {
        return;
    }
    myo_desk_end end;
    myo_desk_stop(self);
    myo_desk_join(self, &end);
    myo_recorder_abandon(self->recorder); /* still there: the session was never started */
    if (self->child != NULL) {
        myo_ring_command(self->ring, MYO_CAPTURE_STOP);
        myo_child_end(self->child, STOP_MS);
    }
    for (uint32_t i = 0; i < self->feeds; i++) {
        myo_feed_free(self->feed[i]);
    }
    myo_intake_free(self->intake);
    myo_ring_free(self->ring);
    myo_source_free(self->source);
    myo_pipeline_free(self->pipeline);
    myo_meters_free(self->meters);
    myo_journal_free(self->journal);
    (void)pthread_mutex_destroy(&self->shared);
    free(self->twitches.onset);
    free(self->summaries);
    free(self->rest);
    free(self->rest_due);
    free(self);
}

void myo_desk_tell_rest(myo_desk *self, const myo_feed_relax *answer)
{
    if (answer->channel >= self->info.channels) {
        return;
    }
    (void)pthread_mutex_lock(&self->shared);
    self->rest[answer->channel] = *answer;
    self->rest_due[answer->channel] = true;
    (void)pthread_mutex_unlock(&self->shared);
    atomic_store_explicit(&self->answered, true, memory_order_release);
}

void myo_desk_tell_mark(myo_desk *self, const char *kind, const char *label)
{
    const int64_t frame = atomic_load_explicit(&self->frames, memory_order_relaxed);
    (void)myo_journal_tell(self->journal, frame, kind, label);
}

void myo_desk_tell_guide(myo_desk *self, const myo_feed_guide *guide)
{
    (void)pthread_mutex_lock(&self->shared);
    self->guide = *guide;
    self->guide_due = true;
    (void)pthread_mutex_unlock(&self->shared);
    atomic_store_explicit(&self->answered, true, memory_order_release);
}

void myo_desk_sound_get(const myo_desk *self, myo_desk_sound *sound)
{
    *sound = (myo_desk_sound){.muted = atomic_load_explicit(&self->muted, memory_order_relaxed),
                              .gain_db = atomic_load_explicit(&self->gain_db, memory_order_relaxed),
                              .channel = atomic_load_explicit(&self->heard, memory_order_relaxed)};
}
