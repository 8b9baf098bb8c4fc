/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks the questions that marks or options pose, as soon as their stretches have passed. */
#include "relaxation.h"

#include "options.h"
#include "resting.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Events are settled within seconds of their end; so long a baseline is remembered beyond need. */
#define MEMORY_SLACK_S 60.0

struct relaxation {
    const myo_source_info *info;
    resting *resting;
    uint32_t control;
    segment_jobs jobs;
    size_t next_job;
    myo_series *series; /* one per channel */
    myo_rest_event *answers;
    size_t first, count, room;
};

static myo_status out_of_memory(myo_why *why)
{
    return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
}

static bool segments_given(const relaxation_settings *settings)
{
    const char *const *span = settings->segments.span;
    return span[SEGMENT_BASELINE] != NULL || span[SEGMENT_HOLD] != NULL ||
           span[SEGMENT_AFTER] != NULL;
}

static myo_status control_find(relaxation *self, const char *text, myo_why *why)
{
    double number = 0.0;
    self->control = MYO_ALL_CHANNELS;
    if (text == NULL) {
        return MYO_OK;
    }
    bool is_number = options_number(text, &number);
    for (uint32_t c = 0; is_number && c < self->info->channels; c++) {
        if ((double)self->info->channel_number[c] == number) {
            self->control = c;
            return MYO_OK;
        }
    }
    return myo_why_set(why, MYO_ERR_BAD_ARG, "--control-channel %.32s: no such channel is analysed",
                       text);
}

/* From the first baseline to the last stretch. */
static double memory_needed(const relaxation *self)
{
    int64_t longest = 0;
    for (size_t j = 0; j < self->jobs.count; j++) {
        const segment_job *job = &self->jobs.items[j];
        int64_t length = job->span.to - job->baseline.from;
        longest = length > longest ? length : longest;
    }
    return longest > 0 ? (double)longest / self->info->rate_hz + MEMORY_SLACK_S : 0.0;
}

static myo_status parts_new(relaxation *self, myo_why *why)
{
    self->series = calloc(self->info->channels, sizeof *self->series);
    myo_status status = self->series == NULL
                            ? MYO_ERR_NO_MEMORY
                            : resting_new(self->info, memory_needed(self), &self->resting);
    for (uint32_t c = 0; status == MYO_OK && c < self->info->channels; c++) {
        myo_series_begin(&self->series[c], 0);
    }
    return status == MYO_OK ? status : myo_why_set(why, status, "%s", myo_status_text(status));
}

myo_status relaxation_new(const relaxation_settings *settings, const myo_source_info *info,
                          const myo_mark *marks, size_t mark_count, relaxation **result,
                          myo_why *why)
{
    relaxation *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return out_of_memory(why);
    }
    self->info = info;
    myo_status status = control_find(self, settings->control_channel, why);
    if (status == MYO_OK && segments_given(settings)) {
        status =
            segments_from_texts(&settings->segments, info->rate_hz, info->frames, &self->jobs, why);
    } else if (status == MYO_OK) {
        segments_from_marks(marks, mark_count, info->frames, &self->jobs);
    }
    bool asked = settings->quality || self->jobs.count > 0;
    if (status == MYO_OK && asked) {
        status = parts_new(self, why);
    }
    if (status != MYO_OK || !asked) {
        relaxation_free(self);
        return status;
    }
    *result = self;
    return MYO_OK;
}

bool relaxation_asked(const relaxation *self)
{
    return self != NULL && self->jobs.count > 0;
}

myo_status relaxation_push(relaxation *self, const float *samples, size_t frames, myo_why *why)
{
    return resting_push(self->resting, samples, frames) == MYO_OK ? MYO_OK : out_of_memory(why);
}

/* Heart beats are gated by themselves, and a gap is told by its missing samples. */
static bool is_no_rest(myo_event_type type)
{
    return type == MYO_EVENT_LTR || type == MYO_EVENT_SINGLE_UNIT ||
           type == MYO_EVENT_CONTRACTION || type == MYO_EVENT_MOTION || type == MYO_EVENT_CLICK ||
           type == MYO_EVENT_STIMULUS || type == MYO_EVENT_INSERTIONAL ||
           type == MYO_EVENT_SATURATION;
}

myo_status relaxation_event(relaxation *self, const myo_event *event, myo_why *why)
{
    myo_status status = MYO_OK;
    if (event->type == MYO_EVENT_LTR && event->channel < self->info->channels) {
        myo_series_add(&self->series[event->channel], event->onset_frame, event->peak);
    }
    for (uint32_t c = 0; c < self->info->channels && is_no_rest(event->type); c++) {
        if (status == MYO_OK && myo_event_has_channel(event, c)) {
            status = resting_leave_out(self->resting, c, event->onset_frame, event->offset_frame);
        }
    }
    return status == MYO_OK ? status : out_of_memory(why);
}

static myo_status answer_add(relaxation *self, const myo_rest_event *answer)
{
    if (self->first + self->count == self->room) {
        size_t room = self->room == 0 ? 16 : 2 * self->room;
        myo_rest_event *items = realloc(self->answers, room * sizeof *items);
        if (items == NULL) {
            return MYO_ERR_NO_MEMORY;
        }
        self->answers = items;
        self->room = room;
    }
    myo_rest_event *at = self->answers + self->first + self->count;
    while (at > self->answers + self->first && at[-1].onset_frame > answer->onset_frame) {
        *at = at[-1];
        at--;
    }
    *at = *answer;
    self->count++;
    return MYO_OK;
}

static void reasons_print(uint32_t reasons, char *text, size_t size)
{
    static const char *const texts[] = {"too few usable seconds",
                                        "the baseline is at the amplifier's floor",
                                        "the interval holds more than one answer",
                                        "the control channel changed as well",
                                        "the control channel cannot be assessed",
                                        "part of it is too long ago"};
    size_t used = 0;
    for (size_t r = 0; r < sizeof texts / sizeof texts[0]; r++) {
        if ((reasons & 1u << r) && used < size) {
            used +=
                (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? "; " : "", texts[r]);
        }
    }
}

static myo_rest_event answer_begin(const relaxation *self, const segment_job *job, uint32_t channel)
{
    return (myo_rest_event){.type = MYO_EVENT_RELAXATION,
                            .hold = job->kind == SEGMENT_HOLD,
                            .channel = channel,
                            .control = self->control,
                            .onset_frame = job->span.from,
                            .offset_frame = job->span.to,
                            .baseline_from = job->baseline.from,
                            .baseline_to = job->baseline.to,
                            .verdict = "",
                            .level = (double)NAN,
                            .level_low = (double)NAN,
                            .level_high = (double)NAN,
                            .adjusted = (double)NAN,
                            .guarding_ratio = (double)NAN,
                            .tau_s = (double)NAN,
                            .detector = RESTING_DETECTOR};
}

static myo_status release_add(relaxation *self, const segment_job *job, uint32_t channel,
                              const myo_relax_release *release)
{
    myo_rest_event answer = answer_begin(self, job, channel);
    answer.type = MYO_EVENT_RELEASE;
    answer.onset_frame = answer.offset_frame = release->frame;
    answer.level = release->ratio;
    answer.tau_s = release->tau_s;
    return answer_add(self, &answer);
}

static myo_status hold_answer(relaxation *self, const segment_job *job, uint32_t channel,
                              const myo_relax_release *release)
{
    myo_rest_event answer = answer_begin(self, job, channel);
    myo_relax_hold hold;
    resting_hold(self->resting, channel, &job->baseline, &job->span, &hold);
    answer.verdict = !hold.assessed ? "unusable" : release->found ? "released" : "not_released";
    if (!hold.assessed) {
        reasons_print(MYO_RELAX_TOO_SHORT, answer.reasons, sizeof answer.reasons);
        return answer_add(self, &answer);
    }
    answer.guarding_ratio = hold.ratio;
    myo_status status = answer_add(self, &answer);
    return status == MYO_OK && release->found ? release_add(self, job, channel, release) : status;
}

static myo_status after_answer(relaxation *self, const segment_job *job, uint32_t channel,
                               const myo_relax_release *release)
{
    myo_rest_event answer = answer_begin(self, job, channel);
    myo_relax_verdict verdict;
    resting_compare(self->resting, channel, self->control, &job->baseline, &job->span, &verdict);
    answer.verdict = myo_relax_state_name(verdict.state);
    answer.blocks[0] = verdict.before.blocks;
    answer.blocks[1] = verdict.after.blocks;
    reasons_print(verdict.reasons, answer.reasons, sizeof answer.reasons);
    if (verdict.state == MYO_RELAX_NOT_ASSESSED) {
        return answer_add(self, &answer);
    }
    answer.level = verdict.ratio;
    answer.level_low = verdict.low;
    answer.level_high = verdict.high;
    answer.adjusted = verdict.adjusted;
    myo_status status = answer_add(self, &answer);
    bool let_go = release->found && verdict.state == MYO_RELAX_RELAXED;
    return status == MYO_OK && let_go ? release_add(self, job, channel, release) : status;
}

static myo_status job_answer(relaxation *self, const segment_job *job)
{
    myo_status status = MYO_OK;
    for (uint32_t c = 0; c < self->info->channels && status == MYO_OK; c++) {
        if (c == self->control) {
            continue;
        }
        myo_relax_release release = {0};
        if (job->search.to > job->search.from) {
            resting_release(self->resting, c, &job->search, &release);
            release.found = release.found && release.ratio < 1.0;
        }
        status = job->kind == SEGMENT_HOLD ? hold_answer(self, job, c, &release)
                                           : after_answer(self, job, c, &release);
    }
    return status;
}

myo_status relaxation_settle(relaxation *self, int64_t settled, myo_why *why)
{
    bool over = settled == INT64_MAX;
    int64_t known = resting_known(self->resting);
    int64_t past = settled < known ? settled : known;
    myo_status status = MYO_OK;
    while (status == MYO_OK && self->next_job < self->jobs.count &&
           (over || self->jobs.items[self->next_job].span.to <= past)) {
        status = job_answer(self, &self->jobs.items[self->next_job++]);
    }
    return status == MYO_OK ? status : out_of_memory(why);
}

int64_t relaxation_pending(const relaxation *self)
{
    int64_t first = INT64_MAX;
    for (size_t j = self->next_job; j < self->jobs.count; j++) {
        const segment_job *job = &self->jobs.items[j];
        int64_t from = job->search.to > job->search.from && job->search.from < job->span.from
                           ? job->search.from
                           : job->span.from;
        first = from < first ? from : first;
    }
    return first;
}

bool relaxation_next(relaxation *self, int64_t frame, myo_rest_event *rest)
{
    if (self->count == 0 || self->answers[self->first].onset_frame > frame) {
        return false;
    }
    *rest = self->answers[self->first++];
    if (--self->count == 0) {
        self->first = 0;
    }
    return true;
}

static myo_absence absence_of(const myo_channel_summary *summary, const myo_channel_look *look)
{
    bool armed = summary->floor_rms > 0.0; /* at the end: without a floor nothing is found */
    if (!armed || look->verdict == MYO_QUALITY_UNUSABLE) {
        return MYO_ABSENCE_NOT_ASSESSED;
    }
    return look->quality.seconds[MYO_QUALITY_UNUSABLE] > 0 ? MYO_ABSENCE_PARTLY
                                                           : MYO_ABSENCE_ASSESSED;
}

void relaxation_look(const relaxation *self, uint32_t channel, const myo_channel_summary *summary,
                     int64_t frames, myo_channel_look *look)
{
    myo_series_config config;
    myo_series_config_default(&config, self->info->rate_hz);
    *look = (myo_channel_look){0};
    resting_quality(self->resting, channel, &look->quality);
    const int64_t *seconds = look->quality.seconds;
    int64_t bad = seconds[MYO_QUALITY_UNUSABLE], poor = bad + seconds[MYO_QUALITY_DOUBTFUL];
    int64_t all = poor + seconds[MYO_QUALITY_USABLE];
    look->verdict = 2 * bad > all                ? MYO_QUALITY_UNUSABLE
                    : all == 0 || 2 * poor > all ? MYO_QUALITY_DOUBTFUL
                                                 : MYO_QUALITY_USABLE;
    look->absence = absence_of(summary, look);
    myo_series_describe(&self->series[channel], &config, frames, &look->series);
}

void relaxation_free(relaxation *self)
{
    if (self == NULL) {
        return;
    }
    resting_free(self->resting);
    free(self->series);
    free(self->answers);
    free(self);
}
