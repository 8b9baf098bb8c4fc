/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stretches before, during and after a hold, and the questions that they make. */
#include "segments.h"

#include "options.h"

#include "myotwitch/clinic.h"
#include "myotwitch/event.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const option_names[SEGMENT_KINDS] = {"--baseline", "--hold", "--after"};

/* The last baseline and what followed it. */
typedef struct {
    segment_jobs *jobs;
    myo_span baseline;
    bool has_baseline, held;
} builder;

/* A release is looked for in the hold; without one it may lie anywhere from the baseline on. */
static void segment_add(builder *self, segment_kind kind, myo_span span)
{
    if (span.to <= span.from) {
        return;
    }
    if (kind == SEGMENT_BASELINE) {
        self->baseline = span;
        self->has_baseline = true;
        self->held = false;
        return;
    }
    if (!self->has_baseline || self->jobs->count == SEGMENT_JOBS_MAX) {
        return;
    }
    segment_job *job = &self->jobs->items[self->jobs->count++];
    *job = (segment_job){.kind = kind, .baseline = self->baseline, .span = span};
    if (kind == SEGMENT_HOLD) {
        job->search = span;
        self->held = true;
    } else if (!self->held) {
        job->search = (myo_span){self->baseline.from, span.to};
    }
}

/* "A-B" */
static bool span_parse(const char *text, double rate_hz, myo_span *span)
{
    char first[32];
    size_t length = strcspn(text, "-");
    double from = 0.0, to = 0.0;
    if (text[length] == '\0' || length >= sizeof first) {
        return false;
    }
    memcpy(first, text, length);
    first[length] = '\0';
    if (!options_number(first, &from) || !options_number(text + length + 1, &to) ||
        !(from >= 0.0 && to > from && to < 1e9)) {
        return false;
    }
    *span = (myo_span){llround(from * rate_hz), llround(to * rate_hz)};
    return true;
}

myo_status segments_from_texts(const segment_texts *texts, double rate_hz, int64_t frames,
                               segment_jobs *jobs, myo_why *why)
{
    builder self = {.jobs = jobs};
    int64_t end = 0;
    for (int k = 0; k < SEGMENT_KINDS; k++) {
        myo_span span;
        if (texts->span[k] == NULL) {
            continue;
        }
        if (!span_parse(texts->span[k], rate_hz, &span)) {
            return myo_why_set(why, MYO_ERR_BAD_ARG, "%s takes A-B in seconds, A below B, not '%s'",
                               option_names[k], texts->span[k]);
        }
        if (span.from < end) {
            return myo_why_set(why, MYO_ERR_BAD_ARG, "%s begins before the stretch before it ends",
                               option_names[k]);
        }
        if (frames >= 0 && span.to > frames) {
            return myo_why_set(why, MYO_ERR_BAD_ARG, "%s %s: the recording ends at %.3f s",
                               option_names[k], texts->span[k], (double)frames / rate_hz);
        }
        end = span.to;
        segment_add(&self, (segment_kind)k, span);
    }
    return MYO_OK;
}

static const struct {
    const char *word;
    segment_kind kind;
} words[] = {
    {"baseline", SEGMENT_BASELINE}, {"compress", SEGMENT_HOLD}, {"compression", SEGMENT_HOLD},
    {"hold", SEGMENT_HOLD},         {"recheck", SEGMENT_AFTER}, {"after", SEGMENT_AFTER},
};

static bool is_other_step(const char *word)
{
    int kind = 1;
    while (kind < MYO_STEP_KIND_COUNT &&
           strcmp(myo_step_kind_name((myo_step_kind)kind), word) != 0) {
        kind++;
    }
    return kind < MYO_STEP_KIND_COUNT;
}

static const char phase_begins[] = "phase: ";

static bool is_phase(const char *label)
{
    return strncmp(label, phase_begins, sizeof phase_begins - 1) == 0;
}

/* Whether a mark says something here; @p kind is SEGMENT_KINDS when it only ends what is open. */
static bool mark_read(const char *label, segment_kind *kind)
{
    char word[16] = "", more[8] = "";
    label += is_phase(label) ? sizeof phase_begins - 1 : 0;
    int parts = sscanf(label, "%15s %7s", word, more);
    bool ends = strcmp(parts == 2 ? more : word, "end") == 0;
    *kind = SEGMENT_KINDS;
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        if (strcmp(word, words[w].word) == 0 &&
            (parts == 1 || ends || strcmp(more, "start") == 0)) {
            *kind = ends ? SEGMENT_KINDS : words[w].kind;
            return true;
        }
    }
    return parts >= 1 && (strcmp(word, "end") == 0 || is_other_step(word));
}

/* What takes a mark back follows it at the same frame, before it is made anew. */
static bool is_undone(const myo_mark *marks, size_t count, size_t m)
{
    const myo_mark *mark = &marks[m];
    for (size_t i = m + 1; i < count && marks[i].frame == mark->frame; i++) {
        if (myo_mark_takes_back(marks[i].label, mark->label)) {
            return true;
        }
        if (strcmp(marks[i].label, mark->label) == 0) {
            return false;
        }
    }
    return false;
}

void segments_from_marks(const myo_mark *marks, size_t count, int64_t frames, segment_jobs *jobs)
{
    builder self = {.jobs = jobs};
    segment_kind open = SEGMENT_KINDS, kind;
    bool open_by_phase = false;
    int64_t since = 0;
    for (size_t m = 0; m < count; m++) {
        if (!mark_read(marks[m].label, &kind) || is_undone(marks, count, m)) {
            continue;
        }
        const bool by_phase = is_phase(marks[m].label);
        /* What a phase was chosen for begins where it is marked. */
        const bool marked_now = open_by_phase && !by_phase && kind == open;
        if (open != SEGMENT_KINDS && !marked_now) {
            segment_add(&self, open, (myo_span){since, marks[m].frame});
        }
        open = kind;
        open_by_phase = by_phase;
        since = marks[m].frame;
    }
    if (open != SEGMENT_KINDS && frames >= 0) {
        segment_add(&self, open, (myo_span){since, frames});
    }
    jobs->open = open;
}
