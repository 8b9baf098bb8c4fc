/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks and traces of a live session through the same parts as the verdicts of analyze. */
#include "live_rest.h"

#include "resting.h"
#include "segments.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double memory_s = 1800.0;
static const double answer_s = 2.0;
enum { GAP_FRAMES = 256 };

struct live_rest {
    const myo_source_info *info;
    myo_desk *desk;
    resting *resting;     /* NULL before the first baseline */
    int64_t origin, next; /* first frame that it was given; the one it gets next */
    int64_t next_answer;
    float *nothing; /* frames that are missing */
    myo_mark *marks;
    size_t count, capacity;
};

myo_status live_rest_new(const myo_source_info *info, myo_desk *desk, live_rest **rest)
{
    live_rest *self = calloc(1, sizeof *self);
    const size_t samples = (size_t)GAP_FRAMES * info->channels;
    float *nothing = malloc(samples * sizeof *nothing);
    if (self == NULL || nothing == NULL) {
        free(self);
        free(nothing);
        return MYO_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < samples; i++) {
        nothing[i] = NAN;
    }
    *self = (live_rest){.info = info, .desk = desk, .nothing = nothing};
    *rest = self;
    return MYO_OK;
}

void live_rest_free(live_rest *self)
{
    if (self != NULL) {
        resting_free(self->resting);
        free(self->nothing);
        free(self->marks);
        free(self);
    }
}

/* As recordings have it. */
static myo_mark recorded(const myo_feed_mark *mark)
{
    myo_mark made = {.frame = mark->frame};
    (void)snprintf(made.label, sizeof made.label, "%s%.56s",
                   strcmp(mark->kind, "phase") == 0 ? "phase: " : "", mark->label);
    return made;
}

static myo_status mark_add(live_rest *self, const myo_feed_mark *mark)
{
    if (self->count == self->capacity) {
        const size_t capacity = 2 * self->capacity + 16;
        myo_mark *marks = realloc(self->marks, capacity * sizeof *marks);
        if (marks == NULL) {
            return MYO_ERR_NO_MEMORY;
        }
        self->marks = marks;
        self->capacity = capacity;
    }
    self->marks[self->count++] = recorded(mark);
    return MYO_OK;
}

/* A mark that was taken back, or brought back at its place. */
static void mark_remove(live_rest *self, const myo_feed_mark *mark)
{
    const myo_mark gone = recorded(mark);
    for (size_t i = self->count; i > 0; i--) {
        if (self->marks[i - 1].frame == gone.frame &&
            strcmp(self->marks[i - 1].label, gone.label) == 0) {
            memmove(&self->marks[i - 1], &self->marks[i], (self->count - i) * sizeof *self->marks);
            self->count--;
            return;
        }
    }
}

static myo_status take_mark(live_rest *self, const myo_feed_mark *mark)
{
    const bool about_rest = strcmp(mark->kind, "mark") == 0 || strcmp(mark->kind, "phase") == 0 ||
                            strcmp(mark->kind, "recording") == 0;
    if (!about_rest) {
        return MYO_OK;
    }
    if (mark->undone) {
        mark_remove(self, mark);
        return MYO_OK;
    }
    const myo_status status = mark_add(self, mark);
    const bool begins = self->resting == NULL && strstr(mark->label, "baseline") != NULL;
    return status == MYO_OK && begins ? resting_new(self->info, memory_s, &self->resting) : status;
}

static myo_status push(live_rest *self, const myo_feed_trace *trace)
{
    myo_status status = MYO_OK;
    if (self->next == 0) {
        self->origin = self->next = trace->start;
        self->next_answer = self->origin + (int64_t)(answer_s * self->info->rate_hz);
    }
    /* Lost by the device, or by this reader, which was too slow. */
    while (status == MYO_OK && self->next < trace->start) {
        const int64_t left = trace->start - self->next;
        const int64_t part = left < GAP_FRAMES ? left : GAP_FRAMES;
        status = resting_push(self->resting, self->nothing, (size_t)part);
        self->next += part;
    }
    if (status == MYO_OK) {
        status = resting_push(self->resting, trace->samples, trace->frames);
        self->next += trace->frames;
    }
    return status;
}

static myo_status take_event(live_rest *self, const myo_event *event)
{
    myo_status status = MYO_OK;
    for (uint32_t c = 0; status == MYO_OK && c < self->info->channels; c++) {
        if (event->stage == MYO_CONFIRMED && myo_event_has_channel(event, c)) {
            status = resting_leave_out(self->resting, c, event->onset_frame - self->origin,
                                       event->offset_frame - self->origin);
        }
    }
    return status;
}

/* As the parts count. */
static myo_span shifted(const live_rest *self, const myo_span *span)
{
    const int64_t from = span->from - self->origin;
    return (myo_span){from < 0 ? 0 : from, span->to - self->origin};
}

static void compare(live_rest *self, const segment_job *job, myo_feed_relax *answer)
{
    const myo_span baseline = shifted(self, &job->baseline);
    const myo_span span = shifted(self, &job->span);
    if (job->kind == SEGMENT_AFTER) {
        myo_relax_verdict verdict;
        resting_compare(self->resting, answer->channel, MYO_ALL_CHANNELS, &baseline, &span,
                        &verdict);
        if (verdict.state != MYO_RELAX_NOT_ASSESSED) {
            answer->ratio = verdict.ratio;
            answer->low = verdict.low;
            answer->high = verdict.high;
        }
        answer->state = MYO_FEED_REST_AFTER;
        return;
    }
    myo_relax_hold hold;
    myo_relax_release release;
    resting_hold(self->resting, answer->channel, &baseline, &span, &hold);
    resting_release(self->resting, answer->channel, &span, &release);
    answer->ratio = hold.assessed ? hold.ratio : (double)NAN;
    answer->state = release.found ? MYO_FEED_REST_RELEASED : MYO_FEED_REST_HOLD;
    answer->release_frame = release.found ? release.frame + self->origin : -1;
}

/* The last question that the marks ask, of every channel. */
static void answer(live_rest *self)
{
    segment_jobs jobs = {.count = 0};
    const int64_t now = resting_known(self->resting) + self->origin;
    segments_from_marks(self->marks, self->count, now, &jobs);
    const segment_job *job = jobs.count > 0 ? &jobs.items[jobs.count - 1] : NULL;
    const bool open = job != NULL && job->span.to >= now;
    const bool baseline = jobs.open == SEGMENT_BASELINE;
    for (uint32_t c = 0; c < self->info->channels; c++) {
        myo_feed_relax relax = {.frame = now,
                                .channel = c,
                                .ratio = NAN,
                                .low = NAN,
                                .high = NAN,
                                .release_frame = -1,
                                .level = resting_level(self->resting, c),
                                .state = MYO_FEED_REST_READY};
        if (job != NULL) {
            compare(self, job, &relax);
        }
        if (!open) {
            relax.state = baseline ? MYO_FEED_REST_BASELINE : MYO_FEED_REST_READY;
        }
        myo_desk_tell_rest(self->desk, &relax);
    }
}

myo_status live_rest_take(live_rest *self, const myo_feed_message *message)
{
    if (message->kind == MYO_FEED_MARK) {
        return take_mark(self, &message->mark);
    }
    if (self->resting == NULL) {
        return MYO_OK;
    }
    if (message->kind == MYO_FEED_EVENT && self->next > 0) {
        return take_event(self, &message->event);
    }
    if (message->kind != MYO_FEED_TRACE) {
        return MYO_OK;
    }
    const myo_status status = push(self, &message->trace);
    if (status == MYO_OK && self->next >= self->next_answer) {
        self->next_answer = self->next + (int64_t)(answer_s * self->info->rate_hz);
        answer(self);
    }
    return status;
}
