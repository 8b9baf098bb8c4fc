/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads blocks, pushes them through the pipeline, and hands events on in the order of onset. */
#include "analysis.h"

#include "command.h"
#include "outputs.h"
#include "relaxation.h"
#include "talk.h"

#include "export/order.h"
#include "signal/channels.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Large enough that calls cost nothing, small enough for the cache. */
enum { BLOCK_SAMPLES = 16384 };

typedef struct {
    const analysis_settings *settings;
    const char *path;
    myo_source *source;
    const myo_source_info *info;
    myo_config config;
    char *config_text;
    myo_session_head head;
    outputs outputs;
    myo_pipeline *pipeline;
    relaxation *relaxation; /* NULL: not asked for */
    myo_order order;
    float *block;
    size_t next_mark;
    int64_t frames;
    int64_t bad_samples, first_bad; /* not numbers; where the first one is */
    bool damaged;
    talk_progress progress;
    myo_why why;
} analysis;

static volatile sig_atomic_t stop_asked;

void analysis_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

bool analysis_stopped(void)
{
    return stop_asked != 0;
}

static void say(const analysis *self, const char *text)
{
    talk_file("analyze", self->path, text);
}

int analysis_exit_status(myo_status status)
{
    switch (status) {
    case MYO_OK:
        return EXIT_DONE;
    case MYO_ERR_BAD_ARG:
        return EXIT_USAGE;
    case MYO_ERR_OPEN:
    case MYO_ERR_READ:
    case MYO_ERR_FORMAT:
    case MYO_ERR_UNSUPPORTED:
    case MYO_ERR_EMPTY:
        return EXIT_BAD_INPUT;
    default:
        return EXIT_FAILED;
    }
}

static myo_status config_text_make(analysis *self)
{
    size_t size = myo_config_print(&self->config, NULL, 0) + 1;
    self->config_text = malloc(size);
    if (self->config_text == NULL) {
        return myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_config_print(&self->config, self->config_text, size);
    return MYO_OK;
}

myo_source_options analysis_source_options(const analysis_settings *settings)
{
    return (myo_source_options){.dataset = settings->dataset,
                                .rate_hz = settings->rate_hz,
                                .full_scale_uv = settings->full_scale_uv,
                                .channels = settings->channels,
                                .channels_first = settings->channels_first};
}

static myo_status source_open(analysis *self)
{
    myo_source_options options = analysis_source_options(self->settings);
    myo_status status = myo_source_open(self->path, &options, &self->source, &self->why);
    if (status != MYO_OK) {
        return status;
    }
    self->info = myo_source_info_get(self->source);
    if (self->info->note[0] != '\0') {
        say(self, self->info->note);
    }
    return MYO_OK;
}

static myo_status prepare(analysis *self)
{
    myo_status status = source_open(self);
    if (status == MYO_OK) {
        status = analysis_config_make(self->settings, self->info, &self->config, &self->why);
    }
    return status == MYO_OK ? config_text_make(self) : status;
}

static myo_status relaxation_open(analysis *self)
{
    size_t count = 0;
    const myo_mark *marks = myo_source_marks(self->source, &count);
    return relaxation_new(&self->settings->relaxation, self->info, marks, count, &self->relaxation,
                          &self->why);
}

static myo_status engine_open(analysis *self)
{
    const char *slash = strrchr(self->path, '/');
    self->head = (myo_session_head){.recording = slash == NULL ? self->path : slash + 1,
                                    .info = self->info,
                                    .config_text = self->config_text,
                                    .provisional = self->settings->provisional,
                                    .rest = relaxation_asked(self->relaxation),
                                    .sync_later = self->settings->sync_later,
                                    .cine = self->settings->cine};
    (void)snprintf(self->head.config_hash, sizeof self->head.config_hash, "%016" PRIx64,
                   myo_config_hash(&self->config));
    self->block = malloc(BLOCK_SAMPLES * sizeof *self->block);
    myo_status status =
        self->block == NULL ? MYO_ERR_NO_MEMORY : myo_pipeline_new(&self->config, &self->pipeline);
    return status == MYO_OK ? status
                            : myo_why_set(&self->why, status, "%s", myo_status_text(status));
}

/* Samples that are not finite become gaps in the engine; here the first is found for the message. */
static void bad_samples_count(analysis *self, size_t frames)
{
    size_t count = frames * self->info->channels;
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        bad += !(fabsf(self->block[i]) <= FLT_MAX);
    }
    for (size_t i = 0; bad > 0 && self->bad_samples == 0; i++) {
        if (!(fabsf(self->block[i]) <= FLT_MAX)) {
            self->first_bad = self->frames * self->info->channels + (int64_t)i;
            break;
        }
    }
    self->bad_samples += bad;
}

static myo_status marks_until(analysis *self, int64_t frame)
{
    size_t count = 0;
    const myo_mark *marks = myo_source_marks(self->source, &count);
    myo_status status = MYO_OK;
    while (status == MYO_OK && self->next_mark < count && marks[self->next_mark].frame <= frame) {
        status = outputs_mark(&self->outputs, &marks[self->next_mark++], &self->why);
    }
    return status;
}

/* Answers on rest with the marks before them. */
static myo_status answers_until(analysis *self, int64_t frame)
{
    myo_rest_event rest;
    myo_status status = MYO_OK;
    while (status == MYO_OK && self->relaxation != NULL &&
           relaxation_next(self->relaxation, frame, &rest)) {
        status = marks_until(self, rest.onset_frame);
        if (status == MYO_OK) {
            status = outputs_rest(&self->outputs, &rest, &self->why);
        }
    }
    return status;
}

static myo_status event_write(analysis *self, const myo_event *event)
{
    myo_status status = answers_until(self, event->onset_frame);
    if (status == MYO_OK) {
        status = marks_until(self, event->onset_frame);
    }
    return status == MYO_OK ? outputs_event(&self->outputs, event, &self->why) : status;
}

static myo_status events_take(analysis *self)
{
    myo_event event;
    myo_status status = MYO_OK;
    while (status == MYO_OK && myo_pipeline_next(self->pipeline, &event)) {
        if (self->relaxation != NULL && event.stage == MYO_CONFIRMED) {
            status = relaxation_event(self->relaxation, &event, &self->why);
        }
        if (status != MYO_OK) {
            return status;
        }
        if (self->settings->provisional) {
            status = event_write(self, &event);
        } else if (event.stage == MYO_CONFIRMED) {
            status = myo_order_push(&self->order, &event);
        }
    }
    return status;
}

/* An answer may lie before events that are settled already; they wait for it. */
static myo_status ordered_write(analysis *self, int64_t settled)
{
    myo_event event;
    myo_status status = MYO_OK;
    if (self->relaxation != NULL) {
        status = relaxation_settle(self->relaxation, settled, &self->why);
        int64_t pending = relaxation_pending(self->relaxation);
        settled = pending < settled ? pending : settled;
    }
    while (status == MYO_OK && myo_order_pop(&self->order, settled, &event)) {
        status = event_write(self, &event);
    }
    return status;
}

static myo_status block_process(analysis *self, size_t frames)
{
    myo_status status = outputs_samples(&self->outputs, self->block, frames, &self->why);
    if (status == MYO_OK && self->relaxation != NULL) {
        status = relaxation_push(self->relaxation, self->block, frames, &self->why);
    }
    for (size_t done = 0; status == MYO_OK && done < frames;) {
        done += myo_pipeline_process(self->pipeline, self->block + done * self->info->channels,
                                     frames - done);
        status = events_take(self);
    }
    self->frames += (int64_t)frames;
    return status == MYO_OK ? ordered_write(self, myo_pipeline_settled(self->pipeline)) : status;
}

static myo_status blocks_process(analysis *self)
{
    size_t room = BLOCK_SAMPLES / self->info->channels, got = 0;
    for (;;) {
        myo_why why;
        myo_status status = myo_source_read(self->source, self->block, room, &got, &why);
        if (status != MYO_OK) {
            self->damaged = true;
            talk_progress_hide(&self->progress);
            say(self, why.text);
        }
        if (status != MYO_OK || got == 0) {
            return MYO_OK;
        }
        bad_samples_count(self, got);
        status = block_process(self, got);
        if (status != MYO_OK) {
            return status;
        }
        if (stop_asked) {
            return myo_why_set(&self->why, MYO_ERR_WRITE, "interrupted; nothing was written");
        }
        talk_progress_show(&self->progress, self->head.recording, self->frames, self->info->frames);
    }
}

static myo_status rest_process(analysis *self)
{
    bool finished = false;
    myo_status status = MYO_OK;
    while (status == MYO_OK && !finished) {
        finished = myo_pipeline_finish(self->pipeline);
        status = events_take(self);
    }
    if (status == MYO_OK) {
        status = ordered_write(self, INT64_MAX);
    }
    if (status == MYO_OK) {
        status = answers_until(self, INT64_MAX);
    }
    return status == MYO_OK ? marks_until(self, INT64_MAX) : status;
}

static myo_status outputs_close(analysis *self)
{
    uint32_t channels = self->info->channels;
    myo_channel_summary *summaries = calloc(channels, sizeof *summaries);
    myo_channel_look *looks = calloc(channels, sizeof *looks);
    if (summaries == NULL || looks == NULL) {
        free(summaries);
        free(looks);
        return myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    for (uint32_t c = 0; c < channels; c++) {
        myo_pipeline_summary(self->pipeline, c, &summaries[c]);
        if (self->relaxation != NULL) {
            relaxation_look(self->relaxation, c, &summaries[c], self->frames, &looks[c]);
        }
    }
    myo_session_tail tail = {.frames = self->frames,
                             .complete = !self->damaged,
                             .channels = summaries,
                             .looks = self->relaxation != NULL ? looks : NULL};
    myo_status status = outputs_finish(&self->outputs, &tail, &self->why);
    free(summaries);
    free(looks);
    return status;
}

/* Missing samples in an otherwise sound recording are gap events, not an error; a recording that
 * holds no number at all is one. */
static void bad_samples_tell(analysis *self)
{
    int64_t channels = self->info->channels;
    if (self->bad_samples == 0) {
        return;
    }
    char text[160];
    (void)snprintf(text, sizeof text,
                   "%" PRId64 " samples are not numbers, the first in frame %" PRId64
                   " of channel %u; treated as missing",
                   self->bad_samples, self->first_bad / channels,
                   self->info->channel_number[self->first_bad % channels]);
    talk_progress_hide(&self->progress);
    say(self, text);
    self->damaged = self->damaged || self->bad_samples == self->frames * channels;
}

static myo_status analyse(analysis *self)
{
    myo_status status = prepare(self);
    if (status == MYO_OK) {
        status = relaxation_open(self);
    }
    if (status == MYO_OK) {
        status = engine_open(self);
    }
    if (status == MYO_OK) {
        status = outputs_open(&self->outputs, self->settings, self->path, &self->head, &self->why);
    }
    if (status == MYO_OK) {
        status = blocks_process(self);
    }
    if (status == MYO_OK) {
        status = rest_process(self);
    }
    if (status == MYO_OK) {
        talk_progress_hide(&self->progress);
        bad_samples_tell(self);
        if (self->settings->computed != NULL) {
            self->settings->computed(self->settings->computed_context);
        }
        status = outputs_close(self);
    }
    return status;
}

static void analysis_clear(analysis *self)
{
    outputs_free(&self->outputs);
    myo_pipeline_free(self->pipeline);
    relaxation_free(self->relaxation);
    myo_order_free(&self->order);
    myo_source_free(self->source);
    free(self->config_text);
    free(self->block);
}

int analysis_run(const char *path, const analysis_settings *settings)
{
    analysis self = {.settings = settings, .path = path, .progress = {.quiet = settings->quiet}};
    myo_status status = analyse(&self);
    talk_progress_hide(&self.progress);
    if (status != MYO_OK) {
        say(&self, self.why.text[0] != '\0' ? self.why.text : myo_status_text(status));
    }
    analysis_clear(&self);
    return status == MYO_OK && self.damaged ? EXIT_BAD_INPUT : analysis_exit_status(status);
}

int analysis_print_config(const char *path, const analysis_settings *settings)
{
    static const myo_source_info plain = {.rate_hz = 2000.0, .channels = 1};
    analysis self = {.settings = settings, .path = path == NULL ? "defaults" : path};
    self.info = &plain;
    myo_status status = path == NULL
                            ? analysis_config_make(settings, &plain, &self.config, &self.why)
                            : prepare(&self);
    if (status == MYO_OK && self.config_text == NULL) {
        status = config_text_make(&self);
    }
    if (status == MYO_OK) {
        fputs(self.config_text, stdout);
    } else {
        say(&self, self.why.text);
    }
    analysis_clear(&self);
    return analysis_exit_status(status);
}
