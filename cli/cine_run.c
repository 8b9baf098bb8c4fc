/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads frames, pushes them through the detector, pairs its twitches with those of the EMG, writes. */
#include "cine_run.h"

#include "analysis.h"
#include "command.h"
#include "talk.h"

#include "cine/cine.h"
#include "export/json.h"
#include "export/label_read.h"
#include "export/outfile.h"

#include "myotwitch/fusion.h"
#include "myotwitch/ultrasound.h"
#include "myotwitch/version.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    RATE_FRAMES = 32, /* are looked at to learn how fast frames come */
    RATE_HZ = 60,     /* where they cannot be looked at twice: a pipe */
    VALUE_DIGITS = 5
};

struct cine_run {
    const cine_settings *settings;
    myo_cine *cine;
    const myo_cine_info *info;
    myo_ultrasound_config config;
    myo_ultrasound *ultrasound;
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

static myo_status options_make(const cine_settings *settings, myo_cine_options *options,
                               myo_why *why)
{
    *options = (myo_cine_options){.times = settings->times};
    options->interval_s = isnan(settings->interval_s) ? 0.0 : settings->interval_s;
    options->mm_per_px = isnan(settings->mm_per_px) ? 0.0 : settings->mm_per_px;
    char end;
    myo_cine_rect *c = &options->crop;
    if (settings->crop != NULL &&
        sscanf(settings->crop, "%u,%u,%u,%u%c", &c->x, &c->y, &c->width, &c->height, &end) != 4) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "--cine-crop is X,Y,WIDTH,HEIGHT in pixels");
    }
    return MYO_OK;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Frames a second, from the middle interval of the first ones: it sizes memory, no time. */
static double rate_look(const cine_settings *settings, const myo_cine_options *options)
{
    double intervals[RATE_FRAMES], last = (double)NAN;
    int count = 0;
    bool got = true;
    myo_cine *cine = NULL;
    myo_cine_frame frame;
    myo_why why;
    if (!myo_cine_known(settings->cine) ||
        myo_cine_open(settings->cine, options, &cine, &why) != MYO_OK) {
        return RATE_HZ;
    }
    while (count < RATE_FRAMES && myo_cine_next(cine, &frame, &got, &why) == MYO_OK && got) {
        if (frame.time_s > last) {
            intervals[count++] = frame.time_s - last;
        }
        last = frame.time_s;
    }
    myo_cine_free(cine);
    qsort(intervals, (size_t)count, sizeof intervals[0], by_value);
    return count > 0 ? fmin(fmax(1.0 / intervals[count / 4], 1.0), 20000.0) : RATE_HZ;
}

static myo_status kind_check(run *self)
{
    const myo_cine_info *info = self->info;
    if (info->kind == MYO_CINE_IQ) {
        return myo_why_set(&self->why, MYO_ERR_UNSUPPORTED,
                           "IQ data: make amplitudes of them first");
    }
    if (info->clock == MYO_CINE_TIME_NONE) {
        return myo_why_set(&self->why, MYO_ERR_UNSUPPORTED,
                           "the frames have no times: give --cine-times or --cine-interval");
    }
    return MYO_OK;
}

static myo_status detector_open(run *self, double rate_hz)
{
    const myo_cine_info *info = self->info;
    const char *where = NULL;
    myo_ultrasound_config_default(&self->config, info->width, info->height, rate_hz);
    self->config.mm_per_px = info->mm_per_px_y;
    self->config.needle_deg = self->settings->needle_deg;
    if (info->width > 1 && fabs(info->mm_per_px_x - info->mm_per_px_y) > 0.02 * info->mm_per_px_y) {
        return myo_why_set(&self->why, MYO_ERR_UNSUPPORTED,
                           "its pixels are not square (%g by %g mm)", info->mm_per_px_x,
                           info->mm_per_px_y);
    }
    if (myo_ultrasound_config_check(&self->config, &where) != MYO_OK) {
        return myo_why_set(&self->why, MYO_ERR_UNSUPPORTED,
                           "%u x %u pixels: its %s is out of range", info->width, info->height,
                           where);
    }
    const myo_status status = myo_ultrasound_new(&self->config, &self->ultrasound);
    return status == MYO_OK ? status : myo_why_set(&self->why, status, "out of memory");
}

static myo_status open_all(run *self)
{
    myo_cine_options options;
    myo_status status = options_make(self->settings, &options, &self->why);
    if (status != MYO_OK) {
        return status;
    }
    const double rate_hz = rate_look(self->settings, &options);
    status = myo_cine_open(self->settings->cine, &options, &self->cine, &self->why);
    if (status == MYO_OK) {
        self->info = myo_cine_info_get(self->cine);
        if (self->info->note[0] != '\0') {
            talk_file("analyze", self->settings->cine, self->info->note);
        }
        status = kind_check(self);
    }
    if (status == MYO_OK) {
        status = detector_open(self, rate_hz);
    }
    if (status == MYO_OK && self->settings->events != NULL) {
        status = myo_outfile_open(self->settings->events, self->settings->force, &self->file,
                                  &self->why);
    }
    return status;
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
    while (status == MYO_OK && myo_ultrasound_next(self->ultrasound, &event)) {
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
    const myo_tile *tiles = myo_ultrasound_tiles(self->ultrasound, &columns, &rows);
    for (uint32_t i = 0; tiles != NULL && i < columns * rows; i++) {
        if (myo_tile_is_good(&tiles[i])) {
            speed = fmax(speed, hypot((double)tiles[i].dx, (double)tiles[i].dy));
        }
    }
    const double mm = self->config.mm_per_px > 0.0 ? self->config.mm_per_px : 1.0;
    return tiles != NULL ? mm * speed / interval_s : (double)NAN;
}

static myo_status course_keep(run *self, double time_s)
{
    myo_ultrasound_summary summary;
    myo_ultrasound_summary_get(self->ultrasound, &summary);
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
    myo_cine_frame taken;
    bool got = true;
    myo_status status = MYO_OK;
    int64_t frames = 0;
    self->last_s = (double)NAN;
    while (status == MYO_OK && got && !analysis_stopped()) {
        status = myo_cine_next(self->cine, &taken, &got, &self->why);
        if (status != MYO_OK || !got) {
            break;
        }
        const myo_frame frame = {.pixels = self->info->is_float ? (const void *)taken.values
                                                                : (const void *)taken.gray,
                                 .pixel = self->info->is_float ? MYO_PIXEL_F32 : MYO_PIXEL_U8,
                                 .stride = taken.stride,
                                 .width = self->info->width,
                                 .height = self->info->height,
                                 .time_s = taken.time_s,
                                 .sequence = taken.sequence};
        myo_ultrasound_process(self->ultrasound, &frame);
        status = events_take(self);
        if (status == MYO_OK) {
            status = course_keep(self, frame.time_s);
        }
        talk_progress_show(&self->progress, self->settings->cine, ++frames, self->info->frames);
    }
    talk_progress_hide(&self->progress);
    myo_ultrasound_finish(self->ultrasound);
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

static void features_write(run *self, const myo_motion_event *event)
{
    static const char *const in_px[] = {
        [MYO_MOTION_PEAK] = "peak_px", [MYO_MOTION_SPEED] = "speed_px_s"};
    myo_json *json = &self->json;
    myo_json_object(json, "features");
    for (int f = 0; event->type != MYO_EVENT_GAP && f < MYO_MOTION_FEATURE_COUNT; f++) {
        const bool px = self->config.mm_per_px <= 0.0 && f <= MYO_MOTION_SPEED;
        const char *name = px ? in_px[f] : myo_motion_feature_name((myo_motion_feature)f);
        if (f != MYO_MOTION_NEEDLE_AWAY || event->features[f] >= 0.0) {
            myo_json_number(json, name, event->features[f], VALUE_DIGITS);
        }
    }
    myo_json_end(json);
    myo_json_array(json, "reasons");
    for (int r = 0; r < MYO_MOTION_REASON_COUNT; r++) {
        if (event->reasons & 1u << r) {
            myo_json_string(json, NULL, myo_motion_reason_text((myo_motion_reason)r));
        }
    }
    myo_json_end(json);
}

/* Times stand on the recording's clock; cine_s on the frames' own. @p emg is the index of the EMG's
 * twitch, -1 for none; @p asked: there was an EMG. */
static void event_write(run *self, const myo_motion_event *event, bool asked, int64_t emg)
{
    myo_json *json = &self->json;
    const double mm = self->config.mm_per_px, offset = self->settings->offset_s;
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.event/1");
    myo_json_string(json, "type", myo_event_type_name(event->type));
    myo_json_string(json, "modality", "ultrasound");
    myo_json_fixed(json, "onset_s", event->onset_s + offset, 6);
    myo_json_fixed(json, "offset_s", event->offset_s + offset, 6);
    myo_json_fixed(json, "reported_s", event->reported_s + offset, 6);
    myo_json_fixed(json, "confirmed_s", event->confirmed_s + offset, 6);
    myo_json_fixed(json, "cine_s", event->onset_s, 6);
    myo_json_fixed(json, "interval_s", event->interval_s, 6);
    if (event->type != MYO_EVENT_GAP && mm > 0.0) {
        myo_json_number(json, "peak_mm", event->features[MYO_MOTION_PEAK], VALUE_DIGITS);
    }
    if (event->type != MYO_EVENT_GAP) {
        myo_json_fixed(json, mm > 0.0 ? "x_mm" : "x_px", event->x_px * (mm > 0.0 ? mm : 1.0), 2);
        myo_json_fixed(json, mm > 0.0 ? "y_mm" : "y_px", event->y_px * (mm > 0.0 ? mm : 1.0), 2);
    }
    myo_json_fixed(json, "confidence", event->confidence, 3);
    if (asked) {
        myo_json_string(json, "seen_by", emg >= 0 ? "both" : "ultrasound");
    }
    if (emg >= 0) {
        myo_json_fixed(json, "emg_onset_s", self->emg_onsets[emg].onset_s, 6);
    }
    features_write(self, event);
    myo_json_string(json, "provenance", "auto");
    myo_json_string(json, "detector", MYO_ULTRASOUND_DETECTOR);
    myo_json_end(json);
    myo_json_line(json);
}

static void head_write(run *self)
{
    const char *slash = strrchr(self->settings->cine, '/');
    myo_json *json = &self->json;
    myo_json_start(json, myo_outfile_stream(self->file));
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.cine/1");
    myo_json_string(json, "recording", slash == NULL ? self->settings->cine : slash + 1);
    myo_json_string(json, "format", self->info->format);
    myo_json_integer(json, "width", self->info->width);
    myo_json_integer(json, "height", self->info->height);
    myo_json_number(json, "mm_per_px", self->config.mm_per_px, 9);
    myo_json_number(json, "offset_s", self->settings->offset_s, 12);
    myo_json_string(json, "version", myo_version());
    myo_json_string(json, "detector", MYO_ULTRASOUND_DETECTOR);
    myo_json_end(json);
    myo_json_line(json);
}

static void tail_write(run *self, const myo_ultrasound_summary *summary)
{
    myo_json *json = &self->json;
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.cine_summary/1");
    myo_json_integer(json, "frames", summary->frames);
    myo_json_integer(json, "duplicates", summary->duplicates);
    myo_json_integer(json, "lost", summary->lost);
    myo_json_fixed(json, "duration_s", summary->seconds, 6);
    myo_json_fixed(json, "blind_s", summary->blind_s, 6);
    myo_json_fixed(json, "mean_interval_s", summary->mean_interval_s, 6);
    myo_json_number(json, "needle_hz", summary->needle_hz, VALUE_DIGITS);
    myo_json_bool(json, "complete", !self->damaged);
    myo_json_string(json, "note", myo_honest_sentence());
    myo_json_end(json);
    myo_json_line(json);
}

static void events_write(run *self)
{
    size_t twitch = 0;
    for (size_t i = 0; i < self->count; i++) {
        const bool asked = self->emg_of != NULL && self->events[i].type == MYO_EVENT_LTR;
        const int64_t emg = asked ? self->emg_of[twitch] : -1;
        twitch += asked;
        event_write(self, &self->events[i], asked, emg);
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
            self->info->format, self->info->width, self->info->height, (long long)summary->frames,
            summary->seconds, summary->blind_s);
    for (size_t i = 0; i < self->count; i++) {
        const myo_motion_event *e = &self->events[i];
        fprintf(out, "  %10.4f s  %-12s", e->onset_s, myo_event_type_name(e->type));
        if (e->type != MYO_EVENT_GAP) {
            fprintf(out, " %7.2f %s  confidence %.2f", e->features[MYO_MOTION_PEAK],
                    self->config.mm_per_px > 0.0 ? "mm" : "px", e->confidence);
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
    myo_ultrasound_summary_get(self->ultrasound, &summary);
    myo_status status = MYO_OK;
    if (self->file != NULL) {
        head_write(self);
        events_write(self);
        tail_write(self, &summary);
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
                            .mm_per_px = self->config.mm_per_px};
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
    myo_ultrasound_free(self->ultrasound);
    myo_cine_free(self->cine);
    free(self);
}
