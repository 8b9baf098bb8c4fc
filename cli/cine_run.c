/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads frames, pushes them through the detector, pairs its twitches with those of the EMG, writes. */
#include "cine_run.h"

#include "analysis.h"
#include "cine_lines.h"
#include "command.h"
#include "talk.h"

#include "export/json.h"
#include "export/label_read.h"
#include "export/outfile.h"

#include "myotwitch/fusion.h"
#include "myotwitch/ultrasound.h"
#include "myotwitch/version.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct cine_run {
    const cine_settings *settings;
    cine_intake intake;
    myo_motion_event *events; /* confirmed, in order of onset */
    size_t count, room;
    myo_label_list emg;
    myo_moment *emg_onsets, *motions;
    size_t emg_count, motion_count;
    int64_t *emg_of; /* of each twitch of the cine */
    size_t pairs;
    myo_outfile *file;
    myo_json json;
    talk_progress progress;
    bool damaged;
    myo_cine_moment *course; /* of every image that was compared */
    size_t course_count, course_room;
    double last_s; /* time of the image before */
    int64_t duplicates;
    myo_cine_findings findings;
    myo_why why;
};

typedef struct cine_run run;

static myo_status open_all(run *self)
{
    const myo_status status =
        cine_intake_open(self->settings, "analyze", &self->intake, &self->why);
    if (status != MYO_OK || self->settings->events == NULL) {
        return status;
    }
    return myo_outfile_open(self->settings->events, self->settings->force, &self->file, &self->why);
}

static myo_status event_keep(run *self, const myo_motion_event *event)
{
    if (self->count == self->room) {
        const size_t room = self->room == 0 ? 64 : 2 * self->room;
        myo_motion_event *events = realloc(self->events, room * sizeof *events);
        if (events == NULL) {
            return myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory");
        }
        self->events = events;
        self->room = room;
    }
    size_t at = self->count++;
    for (; at > 0 && self->events[at - 1].onset_s > event->onset_s; at--) {
        self->events[at] = self->events[at - 1];
    }
    self->events[at] = *event;
    return MYO_OK;
}

static myo_status events_take(run *self)
{
    myo_motion_event event;
    myo_status status = MYO_OK;
    while (status == MYO_OK && cine_intake_event(&self->intake, &event)) {
        if (event.stage == MYO_CONFIRMED) {
            status = event_keep(self, &event);
        }
    }
    return status;
}

/* The fastest of the tiles that can be believed. */
static double fastest(const run *self, double interval_s)
{
    uint32_t columns, rows;
    double speed = 0.0;
    const myo_tile *tiles = myo_ultrasound_tiles(self->intake.ultrasound, &columns, &rows);
    for (uint32_t i = 0; tiles != NULL && i < columns * rows; i++) {
        if (myo_tile_is_good(&tiles[i])) {
            speed = fmax(speed, hypot((double)tiles[i].dx, (double)tiles[i].dy));
        }
    }
    const double mm = self->intake.config.mm_per_px > 0.0 ? self->intake.config.mm_per_px : 1.0;
    return tiles != NULL ? mm * speed / interval_s : (double)NAN;
}

static myo_status course_keep(run *self, double time_s)
{
    myo_ultrasound_summary summary;
    myo_ultrasound_summary_get(self->intake.ultrasound, &summary);
    if (summary.duplicates > self->duplicates) {
        self->duplicates = summary.duplicates;
        return MYO_OK;
    }
    const double interval = time_s - self->last_s;
    const double speed = interval > 0.0 ? fastest(self, interval) : (double)NAN;
    self->last_s = time_s;
    if (isnan(speed)) {
        return MYO_OK; /* the first image, or a line */
    }
    if (self->course_count == self->course_room) {
        const size_t room = self->course_room == 0 ? 1024 : 2 * self->course_room;
        myo_cine_moment *course = realloc(self->course, room * sizeof *course);
        if (course == NULL) {
            return myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory");
        }
        self->course = course;
        self->course_room = room;
    }
    self->course[self->course_count++] = (myo_cine_moment){time_s, speed};
    return MYO_OK;
}

static myo_status frames_run(run *self)
{
    myo_frame frame;
    bool got = true;
    myo_status status = MYO_OK;
    int64_t frames = 0;
    self->last_s = (double)NAN;
    while (status == MYO_OK && got && !analysis_stopped()) {
        status = cine_intake_frame(&self->intake, &frame, &got, &self->why);
        if (status != MYO_OK || !got) {
            break;
        }
        myo_ultrasound_process(self->intake.ultrasound, &frame);
        status = events_take(self);
        if (status == MYO_OK) {
            status = course_keep(self, frame.time_s);
        }
        talk_progress_show(&self->progress, self->settings->cine, ++frames,
                           self->intake.info->frames);
    }
    talk_progress_hide(&self->progress);
    myo_ultrasound_finish(self->intake.ultrasound);
    const myo_status last = events_take(self);
    if (status == MYO_ERR_READ && frames > 0) {
        self->damaged = true; /* what could be read was analysed */
        talk_file("analyze", self->settings->cine, self->why.text);
        return last;
    }
    return status == MYO_OK ? last : status;
}

/* The twitches of both, and which belong together. */
static myo_status fuse(run *self, const char *emg_events)
{
    if (emg_events == NULL) {
        return MYO_OK;
    }
    const myo_status status = myo_label_read_events(emg_events, &self->emg, &self->why);
    if (status != MYO_OK) {
        return status;
    }
    self->emg_onsets = calloc(self->emg.count + 1, sizeof *self->emg_onsets);
    self->motions = calloc(self->count + 1, sizeof *self->motions);
    self->emg_of = calloc(self->count + 1, sizeof *self->emg_of);
    if (self->emg_onsets == NULL || self->motions == NULL || self->emg_of == NULL) {
        return myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < self->emg.count; i++) {
        if (self->emg.labels[i].type == MYO_EVENT_LTR) {
            self->emg_onsets[self->emg_count++].onset_s = self->emg.labels[i].onset_s;
        }
    }
    for (size_t i = 0; i < self->count; i++) {
        if (self->events[i].type == MYO_EVENT_LTR) {
            self->motions[self->motion_count++] =
                (myo_moment){self->events[i].onset_s, self->events[i].interval_s};
        }
    }
    const myo_clock clock = {.offset_s = self->settings->offset_s};
    self->pairs = myo_fusion_pair(self->emg_onsets, self->emg_count, self->motions,
                                  self->motion_count, &clock, self->emg_of);
    return MYO_OK;
}

static void events_write(run *self, const cine_lines_scale *scale)
{
    size_t twitch = 0;
    for (size_t i = 0; i < self->count; i++) {
        const bool asked = self->emg_of != NULL && self->events[i].type == MYO_EVENT_LTR;
        const int64_t emg = asked ? self->emg_of[twitch++] : -1;
        const char *seen_by = emg >= 0 ? "both" : "ultrasound";
        cine_lines_event(&self->json, scale, &self->events[i], asked ? seen_by : NULL,
                         emg >= 0 ? self->emg_onsets[emg].onset_s : (double)NAN);
    }
}

static void summary_print(const run *self, const myo_ultrasound_summary *summary)
{
    const bool taken = self->settings->events != NULL && strcmp(self->settings->events, "-") == 0;
    FILE *out = taken ? stderr : stdout;
    if (self->settings->quiet) {
        return;
    }
    talk_clean(self->settings->cine, out);
    fprintf(out, "\n  %s, %u x %u, %lld frames, %.3f s, of which %.3f s blind\n",
            self->intake.info->format, self->intake.info->width, self->intake.info->height,
            (long long)summary->frames, summary->seconds, summary->blind_s);
    for (size_t i = 0; i < self->count; i++) {
        const myo_motion_event *e = &self->events[i];
        fprintf(out, "  %10.4f s  %-12s", e->onset_s, myo_event_type_name(e->type));
        if (e->type != MYO_EVENT_GAP) {
            fprintf(out, " %7.2f %s  confidence %.2f", e->features[MYO_MOTION_PEAK],
                    self->intake.config.mm_per_px > 0.0 ? "mm" : "px", e->confidence);
        }
        fputc('\n', out);
    }
    if (self->emg_of != NULL) {
        fprintf(out, "  twitches: both %zu, EMG only %zu, ultrasound only %zu\n", self->pairs,
                self->emg_count - self->pairs, self->motion_count - self->pairs);
    }
    fprintf(out, "%s\n", myo_honest_sentence());
}

static myo_status results_write(run *self)
{
    myo_ultrasound_summary summary;
    myo_ultrasound_summary_get(self->intake.ultrasound, &summary);
    myo_status status = MYO_OK;
    if (self->file != NULL) {
        const cine_lines_scale scale = {self->settings->offset_s, cine_intake_scale(&self->intake),
                                        self->intake.config.carrier > 0.0};
        myo_json_start(&self->json, myo_outfile_stream(self->file));
        cine_lines_head(&self->json, &scale, self->settings->cine, self->intake.info);
        events_write(self, &scale);
        cine_lines_tail(&self->json, &summary, !self->damaged);
        myo_outfile *file = self->file;
        self->file = NULL;
        status = myo_outfile_commit(file, &self->why);
    }
    if (status == MYO_OK) {
        summary_print(self, &summary);
    }
    return status;
}

const myo_cine_findings *cine_run_findings(const cine_run *self)
{
    return &self->findings;
}

static int status_of(const run *self, myo_status status)
{
    if (status != MYO_OK) {
        talk_file("analyze", self->settings->cine, self->why.text);
    }
    return status == MYO_OK && self->damaged ? EXIT_BAD_INPUT : analysis_exit_status(status);
}

static void findings_set(run *self)
{
    const char *slash = strrchr(self->settings->cine, '/');
    self->findings =
        (myo_cine_findings){.recording = slash == NULL ? self->settings->cine : slash + 1,
                            .events = self->events,
                            .count = self->count,
                            .course = self->course,
                            .course_count = self->course_count,
                            .offset_s = self->settings->offset_s,
                            .mm_per_px = cine_intake_scale(&self->intake)};
}

cine_run *cine_run_new(const cine_settings *settings, int *status)
{
    run *self = calloc(1, sizeof *self);
    *status = EXIT_FAILED;
    if (self == NULL) {
        return NULL;
    }
    self->settings = settings;
    self->progress.quiet = settings->quiet;
    myo_status done = open_all(self);
    if (done == MYO_OK) {
        done = frames_run(self);
    }
    *status = status_of(self, done);
    if (done != MYO_OK) {
        cine_run_free(self);
        return NULL;
    }
    findings_set(self);
    return self;
}

int cine_run_write(cine_run *self, const char *emg_events)
{
    myo_status status = fuse(self, emg_events);
    if (status == MYO_OK) {
        status = results_write(self);
    }
    return status_of(self, status);
}

void cine_run_free(cine_run *self)
{
    if (self == NULL) {
        return;
    }
    myo_outfile_discard(self->file);
    myo_label_list_free(&self->emg);
    free(self->emg_onsets);
    free(self->motions);
    free(self->emg_of);
    free(self->events);
    free(self->course);
    cine_intake_close(&self->intake);
    free(self);
}
