/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thread takes images; the session's thread pairs and writes. They share a clock and a queue. */
#include "live_cine.h"

#include "cine_lines.h"
#include "talk.h"

#include "export/outfile.h"
#include "live/clock.h"
#include "signal/why.h"

#include "myotwitch/fusion.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two looks at the EMG's clock while an image waits. */
#define WAIT_US 2000

typedef struct {
    double onset_s;
    bool paired;
} twitch;

struct live_cine {
    const cine_settings *settings;
    myo_desk *desk;
    double rate_hz;
    cine_intake intake;
    bool anchored;   /* the first image's arrival lays it on the EMG's clock */
    int64_t came_ns; /* when that was: on opening, which waits for it; of a file, at the start */

    /* Written by the session's thread, read by the other: plain values, nothing hangs on their order. */
    _Atomic int64_t emg_frame; /* where the EMG is */
    atomic_bool ended;         /* and goes no further */

    /* The other thread's; the session's thread reads them under the lock or after the join. */
    pthread_mutex_t lock;
    myo_motion_event *motions; /* under the lock; on the cine's clock */
    size_t motion_count, motion_room;
    double offset_s; /* under the lock; settled before the first motion */
    bool complete;
    myo_why lost; /* why the images ended before their time, or "" */
    bool out_of_memory;

    myo_film *film; /* NULL = nobody looks */
    int64_t duplicates;
    pthread_t thread;
    bool running;
    twitch *twitches; /* of the EMG */
    size_t twitch_count, twitch_room;
    int64_t settled;
    size_t first; /* motions before it are written */
    size_t both, only;
    myo_outfile *file;
    myo_json json;
};

static bool is_stream(const cine_settings *settings, const myo_cine_info *info)
{
    return info->clock == MYO_CINE_TIME_ARRIVAL ||
           strncmp(settings->cine, MYO_CINE_IGTL, strlen(MYO_CINE_IGTL)) == 0 ||
           myo_cine_is_device(settings->cine);
}

static cine_lines_scale scale_of(live_cine *self)
{
    return (cine_lines_scale){self->offset_s, cine_intake_scale(&self->intake),
                              self->intake.config.carrier > 0.0};
}

myo_status live_cine_new(const cine_settings *settings, bool replay, myo_desk *desk,
                         live_cine **cine, myo_why *why)
{
    live_cine *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->settings = settings;
    self->desk = desk;
    self->rate_hz = myo_desk_info_get(desk)->rate_hz;
    self->offset_s = settings->offset_s;
    (void)pthread_mutex_init(&self->lock, NULL);
    myo_status status = cine_intake_open(settings, "live", &self->intake, why);
    if (status == MYO_OK) {
        self->anchored = !replay || is_stream(settings, self->intake.info);
        self->came_ns = is_stream(settings, self->intake.info) ? myo_clock_ns() : 0;
    } else {
        const myo_why what = *why;
        (void)myo_why_set(why, status, "%s: %s", settings->cine, what.text);
    }
    if (status == MYO_OK && settings->events != NULL) {
        status = myo_outfile_open(settings->events, settings->force, &self->file, why);
    }
    if (status != MYO_OK) {
        live_cine_free(self);
        return status;
    }
    *cine = self;
    return MYO_OK;
}

myo_status live_cine_film(live_cine *self, myo_film **film)
{
    const myo_ultrasound_config *config = &self->intake.config;
    if (config->width > 1 && config->carrier <= 0.0) {
        myo_film_head head = {.width = config->width,
                              .height = config->height,
                              .mm_per_px = config->mm_per_px,
                              .step = config->step,
                              .rate_hz = self->rate_hz};
        (void)myo_ultrasound_tiles(self->intake.ultrasound, &head.columns, &head.rows);
        const myo_status status = myo_film_new(&head, &self->film);
        if (status != MYO_OK) {
            return status;
        }
    }
    *film = self->film;
    return MYO_OK;
}

static double emg_time(live_cine *self)
{
    return (double)atomic_load_explicit(&self->emg_frame, memory_order_relaxed) / self->rate_hz;
}

/* --- the thread of the images ------------------------------------------------------------------- */

static bool motion_fits(live_cine *self)
{
    if (self->motion_count < self->motion_room) {
        return true;
    }
    const size_t room = self->motion_room == 0 ? 64 : 2 * self->motion_room;
    myo_motion_event *motions = realloc(self->motions, room * sizeof *motions);
    if (motions == NULL) {
        return false;
    }
    self->motions = motions;
    self->motion_room = room;
    return true;
}

static void motion_push(live_cine *self, const myo_motion_event *event)
{
    (void)pthread_mutex_lock(&self->lock);
    if (motion_fits(self)) {
        self->motions[self->motion_count++] = *event;
    } else {
        self->out_of_memory = true;
    }
    (void)pthread_mutex_unlock(&self->lock);
}

static void motions_take(live_cine *self)
{
    myo_motion_event event;
    while (cine_intake_event(&self->intake, &event)) {
        if (event.stage == MYO_CONFIRMED) {
            motion_push(self, &event);
        }
        if (event.stage == MYO_CONFIRMED && event.type == MYO_EVENT_LTR && self->film) {
            myo_film_twitch(self->film, event.onset_s + self->offset_s, event.x_px,
                            event.y_px / self->intake.every, event.features[MYO_MOTION_PEAK]);
        }
    }
}

/* An image that was the one before once more has moved nothing. */
static void image_show(live_cine *self, const myo_frame *frame)
{
    uint32_t columns, rows;
    myo_ultrasound_summary summary;
    if (self->film == NULL) {
        return;
    }
    myo_ultrasound_summary_get(self->intake.ultrasound, &summary);
    const myo_tile *tiles = summary.duplicates > self->duplicates
                                ? NULL
                                : myo_ultrasound_tiles(self->intake.ultrasound, &columns, &rows);
    self->duplicates = summary.duplicates;
    myo_film_take(self->film, frame, tiles, frame->time_s + self->offset_s);
}

/* The image has its time on the EMG's clock; false when the EMG ends before it. */
static bool image_wait(live_cine *self, double time_s)
{
    for (;;) {
        /* Asked first: what the clock says afterwards is then its last word. */
        const bool ended = atomic_load(&self->ended);
        if (time_s <= emg_time(self)) {
            return true;
        }
        if (ended) {
            return false;
        }
        myo_clock_sleep_us(WAIT_US);
    }
}

/* Until the EMG has begun and moves on: just then its clock is at its newest. */
static void emg_wait(live_cine *self)
{
    const int64_t before = atomic_load_explicit(&self->emg_frame, memory_order_relaxed);
    while (atomic_load_explicit(&self->emg_frame, memory_order_relaxed) == before &&
           !atomic_load(&self->ended)) {
        myo_clock_sleep_us(WAIT_US);
    }
}

/* A stream's first image waited since it came, and those behind it since then. */
static void anchor(live_cine *self, double time_s)
{
    const double waited = self->came_ns > 0 ? 1e-9 * (double)(myo_clock_ns() - self->came_ns) : 0.0;
    (void)pthread_mutex_lock(&self->lock);
    self->offset_s = emg_time(self) - waited - time_s + self->settings->offset_s;
    (void)pthread_mutex_unlock(&self->lock);
}

static void *images_take(void *argument)
{
    live_cine *self = argument;
    myo_frame frame;
    bool got = true;
    for (int64_t n = 0;; n++) {
        const myo_status status = cine_intake_frame(&self->intake, &frame, &got, &self->lost);
        self->complete = status == MYO_OK;
        if (status != MYO_OK || !got) {
            break;
        }
        if (n == 0 && self->anchored) {
            emg_wait(self);
            anchor(self, frame.time_s);
        }
        if (!image_wait(self, frame.time_s + self->offset_s)) {
            break;
        }
        myo_ultrasound_process(self->intake.ultrasound, &frame);
        image_show(self, &frame);
        motions_take(self);
    }
    myo_ultrasound_finish(self->intake.ultrasound);
    motions_take(self);
    return NULL;
}

/* --- the session's thread ------------------------------------------------------------------------ */

myo_status live_cine_start(live_cine *self)
{
    if (self->file != NULL) {
        myo_json_start(&self->json, myo_outfile_stream(self->file));
        const cine_lines_scale scale = scale_of(self);
        cine_lines_head(&self->json, &scale, self->settings->cine, self->intake.info);
    }
    self->running = pthread_create(&self->thread, NULL, images_take, self) == 0;
    return self->running ? MYO_OK : MYO_ERR_NO_MEMORY;
}

static myo_status twitch_add(live_cine *self, double onset_s)
{
    if (self->twitch_count == self->twitch_room) {
        const size_t room = self->twitch_room == 0 ? 64 : 2 * self->twitch_room;
        twitch *twitches = realloc(self->twitches, room * sizeof *twitches);
        if (twitches == NULL) {
            return MYO_ERR_NO_MEMORY;
        }
        self->twitches = twitches;
        self->twitch_room = room;
    }
    self->twitches[self->twitch_count++] = (twitch){.onset_s = onset_s};
    return MYO_OK;
}

static void emg_came_to(live_cine *self, int64_t frame)
{
    if (frame > atomic_load_explicit(&self->emg_frame, memory_order_relaxed)) {
        atomic_store_explicit(&self->emg_frame, frame, memory_order_relaxed);
    }
}

myo_status live_cine_take(live_cine *self, const myo_feed_message *message)
{
    if (self == NULL) {
        return MYO_OK;
    }
    switch (message->kind) {
    case MYO_FEED_TRACE:
        emg_came_to(self, message->trace.start + message->trace.frames);
        return MYO_OK;
    case MYO_FEED_STATE:
        emg_came_to(self, message->state.frame);
        self->settled = message->state.settled;
        return MYO_OK;
    case MYO_FEED_EVENT:
        return message->event.stage == MYO_CONFIRMED && message->event.type == MYO_EVENT_LTR
                   ? twitch_add(self, (double)message->event.onset_frame / self->rate_hz)
                   : MYO_OK;
    default:
        return MYO_OK;
    }
}

/* The EMG's twitch to which the motion belongs, the earliest that is free; NULL. */
static twitch *partner_of(live_cine *self, double onset_s, double interval_s)
{
    twitch *found = NULL;
    for (size_t i = 0; i < self->twitch_count; i++) {
        twitch *t = &self->twitches[i];
        if (!t->paired && t->onset_s >= onset_s - MYO_FUSION_LATEST_S &&
            t->onset_s <= onset_s + interval_s && (!found || t->onset_s < found->onset_s)) {
            found = t;
        }
    }
    return found;
}

static void mark_leave(live_cine *self, const myo_motion_event *event, const char *seen_by)
{
    char text[128];
    const bool mm = self->intake.config.mm_per_px > 0.0;
    (void)snprintf(text, sizeof text, "twitch at %.3f s, %.2f %s, %s",
                   event->onset_s + self->offset_s, event->features[MYO_MOTION_PEAK],
                   mm ? "mm" : "px",
                   strcmp(seen_by, "both") == 0 ? "in the EMG too" : "not in the EMG");
    myo_desk_tell_mark(self->desk, "ultrasound", text);
}

static void motion_write(live_cine *self, const myo_motion_event *event)
{
    const char *seen_by = NULL;
    double emg = (double)NAN;
    if (event->type == MYO_EVENT_LTR) {
        twitch *t = partner_of(self, event->onset_s + self->offset_s, event->interval_s);
        seen_by = t ? "both" : "ultrasound";
        self->both += t != NULL;
        self->only += t == NULL;
        if (t) {
            t->paired = true;
            emg = t->onset_s;
        }
        mark_leave(self, event, seen_by);
    }
    if (self->file != NULL) {
        const cine_lines_scale scale = scale_of(self);
        cine_lines_event(&self->json, &scale, event, seen_by, emg);
        (void)fflush(myo_outfile_stream(self->file));
    }
}

/* In the order in which they were settled; all of them at @p last. */
static void motions_write(live_cine *self, bool last)
{
    (void)pthread_mutex_lock(&self->lock);
    const double settled = (double)self->settled / self->rate_hz - self->offset_s;
    while (self->first < self->motion_count) {
        const myo_motion_event event = self->motions[self->first];
        if (!last && event.onset_s + event.interval_s >= settled) {
            break;
        }
        self->first++;
        motion_write(self, &event);
    }
    (void)pthread_mutex_unlock(&self->lock);
}

void live_cine_turn(live_cine *self)
{
    if (self != NULL) {
        motions_write(self, false);
    }
}

static void thread_end(live_cine *self)
{
    if (self->running) {
        atomic_store(&self->ended, true);
        (void)pthread_join(self->thread, NULL);
        self->running = false;
    }
}

myo_status live_cine_finish(live_cine *self, int64_t frames, myo_why *why)
{
    if (self == NULL) {
        return MYO_OK;
    }
    emg_came_to(self, frames);
    thread_end(self);
    motions_write(self, true);
    if (self->lost.text[0] != '\0') {
        talk_file("live", self->settings->cine, self->lost.text);
    }
    if (self->out_of_memory) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_ultrasound_summary summary;
    myo_ultrasound_summary_get(self->intake.ultrasound, &summary);
    fprintf(stderr,
            "ultrasound: %lld images, %.1f s blind; twitches: both %zu, ultrasound only %zu, EMG "
            "only %zu\n",
            (long long)summary.frames, summary.blind_s, self->both, self->only,
            self->twitch_count - self->both);
    if (self->file == NULL) {
        return MYO_OK;
    }
    cine_lines_tail(&self->json, &summary, self->complete);
    myo_outfile *file = self->file;
    self->file = NULL;
    return myo_outfile_commit(file, why);
}

void live_cine_free(live_cine *self)
{
    if (self == NULL) {
        return;
    }
    thread_end(self);
    myo_outfile_discard(self->file);
    cine_intake_close(&self->intake);
    myo_film_free(self->film);
    (void)pthread_mutex_destroy(&self->lock);
    free(self->motions);
    free(self->twitches);
    free(self);
}
