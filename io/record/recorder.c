/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder from outside: what the desk pushes, opening and closing. */
#include "recorder.h"

#include "recorder_self.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long the disk may be behind, and the bounds of the memory for it. */
enum { QUEUE_S = 10, QUEUE_MIN_BYTES = 4 << 20 };
#define QUEUE_MAX_BYTES ((double)((size_t)1 << 30))

/* A message holds no more samples than this, so that the ring's end wastes little. */
enum { PIECE_SAMPLES = 8192 };

/* ---- the desk's thread ---- */

static void frames_count(myo_recorder *self, int64_t frames)
{
    self->next_frame += frames;
    atomic_store_explicit(&self->offered, self->next_frame, memory_order_relaxed);
}

static bool message_push(myo_recorder *self, message *head, const void *about, size_t size)
{
    head->at = self->next_frame;
    return !recorder_failed(self) &&
           record_queue_push(self->queue, head, sizeof *head, about, size);
}

bool myo_recorder_frames(myo_recorder *self, const float *samples, size_t frames)
{
    size_t channels = self->file.info.channels, most = PIECE_SAMPLES / channels;
    bool taken = true;
    while (frames > 0) {
        size_t part = frames < most ? frames : most;
        message head = {.kind = FRAMES, .frame = self->next_frame, .frames = (int64_t)part};
        if (!message_push(self, &head, samples, part * channels * sizeof *samples)) {
            taken = false;
            atomic_fetch_add_explicit(&self->lost, (int64_t)part, memory_order_relaxed);
        }
        frames_count(self, (int64_t)part);
        samples += part * channels;
        frames -= part;
    }
    return taken;
}

bool myo_recorder_gap(myo_recorder *self, int64_t frame, int64_t frames, const char *why)
{
    assert(frame == self->next_frame && frames >= 0);
    message head = {.kind = GAP, .frame = frame, .frames = frames};
    bool taken = message_push(self, &head, why, strlen(why) + 1);
    frames_count(self, frames);
    return taken;
}

bool myo_recorder_event(myo_recorder *self, const myo_event *event)
{
    message head = {.kind = EVENT, .frame = event->onset_frame};
    return message_push(self, &head, event, sizeof *event);
}

bool myo_recorder_rest(myo_recorder *self, const myo_rest_event *rest)
{
    message head = {.kind = REST, .frame = rest->onset_frame};
    return message_push(self, &head, rest, sizeof *rest);
}

bool myo_recorder_mark(myo_recorder *self, int64_t frame, const char *text)
{
    message head = {.kind = MARK, .frame = frame};
    return message_push(self, &head, text, strlen(text) + 1);
}

bool myo_recorder_clock(myo_recorder *self, int64_t frame, int64_t monotonic_ns, double adc_s)
{
    message head = {.kind = CLOCK, .frame = frame, .frames = monotonic_ns, .adc_s = adc_s};
    return message_push(self, &head, NULL, 0);
}

/* ---- any thread ---- */

void myo_recorder_trigger(myo_recorder *self)
{
    int64_t none = -1;
    (void)atomic_compare_exchange_strong_explicit(
        &self->triggered, &none, atomic_load_explicit(&self->offered, memory_order_relaxed),
        memory_order_relaxed, memory_order_relaxed);
    atomic_store_explicit(&self->armed, false, memory_order_release);
}

double myo_recorder_room(const myo_recorder *self)
{
    return record_queue_room(self->queue);
}

void myo_recorder_state(myo_recorder *self, myo_record_state *state)
{
    *state = (myo_record_state){
        .armed = atomic_load_explicit(&self->armed, memory_order_relaxed),
        .frames_written = atomic_load_explicit(&self->written, memory_order_relaxed),
        .frames_flushed = atomic_load_explicit(&self->flushed, memory_order_relaxed),
        .frames_synced = atomic_load_explicit(&self->synced, memory_order_relaxed),
        .reports_flushed = atomic_load_explicit(&self->reports, memory_order_relaxed),
        .lost_frames = atomic_load_explicit(&self->lost, memory_order_relaxed),
        .bytes = atomic_load_explicit(&self->bytes, memory_order_relaxed),
        .disk_left_s = (double)atomic_load_explicit(&self->left_ms, memory_order_relaxed) / 1000.0,
        .failed = recorder_failed(self)};
    if (state->failed) {
        (void)snprintf(state->why, sizeof state->why, "%s", self->why);
    }
}

/* ---- opening and closing ---- */

static myo_status head_check(const myo_record_head *head, myo_why *why)
{
    bool ok = head->channels >= 1 && head->channels <= MYO_MAX_CHANNELS &&
              head->rate_hz >= MYO_SOURCE_MIN_RATE_HZ && head->rate_hz <= MYO_SOURCE_MAX_RATE_HZ &&
              head->full_scale_uv >= 0.0 && head->lookback_s >= 0.0 && head->lookback_s <= 600.0;
    return ok ? MYO_OK
              : myo_why_set(why, MYO_ERR_BAD_ARG,
                            "recorder: rate, channels, full scale or look-back out of range");
}

static myo_status queue_make(myo_recorder *self, const myo_record_head *head, myo_why *why)
{
    self->bytes_per_s = head->rate_hz * head->channels * sizeof(float);
    self->lookback_frames = llround(head->lookback_s * head->rate_hz);
    /* Twice the samples: short blocks are half header. */
    double bytes = 2.0 * self->bytes_per_s * (QUEUE_S + head->lookback_s) + QUEUE_MIN_BYTES;
    if (bytes > QUEUE_MAX_BYTES) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "recorder: a look-back of %.0f s is %.0f MB",
                           head->lookback_s, bytes * 1e-6);
    }
    self->queue = record_queue_new((size_t)bytes);
    return self->queue != NULL ? MYO_OK : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
}

/* The name itself must survive a power cut. */
static void folder_sync(const char *path)
{
    char *copy = strdup(path);
    char *slash = copy == NULL ? NULL : strrchr(copy, '/');
    if (slash != NULL) {
        slash[slash == copy] = '\0';
    }
    int folder = open(slash == NULL ? "." : copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        (void)fsync(folder);
        (void)close(folder);
    }
    free(copy);
}

/* Made here, not by the library: it then belongs to this recording for certain, and goes with it if
 * that never begins. */
static myo_status name_take(myo_recorder *self, myo_why *why)
{
    if (self->path == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    int fd = open(self->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        return myo_why_set(why, errno == EEXIST ? MYO_ERR_EXISTS : MYO_ERR_WRITE, "%.160s: %s",
                           self->path, strerror(errno));
    }
    (void)close(fd);
    self->created = true;
    return MYO_OK;
}

static myo_status file_make(myo_recorder *self, const myo_record_head *head, myo_why *why)
{
    myo_status status = name_take(self, why);
    if (status == MYO_OK) {
        status = record_file_open(&self->file, self->path, head, why);
    }
    if (status != MYO_OK) {
        return status;
    }
    record_file_follow(&self->file);
    bool ok = record_file_flush(&self->file);
    if (ok) {
        self->descriptor = dup(nwb_file_descriptor(&self->file.nwb));
        ok = self->descriptor >= 0 && fsync(self->descriptor) == 0;
    }
    if (!ok) {
        return record_file_why(&self->file, self->path, why);
    }
    folder_sync(self->path);
    (void)recorder_space_look(self);
    return MYO_OK;
}

static void recorder_free(myo_recorder *self)
{
    if (self->descriptor >= 0) {
        (void)close(self->descriptor);
    }
    record_queue_free(self->queue);
    free(self->path);
    free(self);
}

/* Nothing of value is in a file that never began. */
static void give_up(myo_recorder *self)
{
    recorder_threads_end(self);
    (void)record_file_close(&self->file, "never begun");
    if (self->created) {
        (void)unlink(self->path);
    }
    recorder_free(self);
}

myo_status myo_recorder_open(const char *path, const myo_record_head *head, myo_recorder **recorder,
                             myo_why *why)
{
    *recorder = NULL;
    myo_status status = head_check(head, why);
    myo_recorder *self = status == MYO_OK ? calloc(1, sizeof *self) : NULL;
    if (self == NULL) {
        return status != MYO_OK ? status : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->descriptor = -1;
    self->base = head->lookback_s > 0.0 ? -1 : 0;
    atomic_init(&self->armed, head->lookback_s > 0.0);
    atomic_init(&self->triggered, -1);
    self->path = strdup(path);
    status = queue_make(self, head, why);
    if (status == MYO_OK) {
        status = file_make(self, head, why);
    }
    if (status == MYO_OK && !recorder_threads_start(self)) {
        status = myo_why_set(why, MYO_ERR_NO_MEMORY, "no thread can be started");
    }
    if (status != MYO_OK) {
        give_up(self);
        return status;
    }
    *recorder = self;
    return MYO_OK;
}

static void ending_write(myo_recorder *self, const myo_session_tail *tail)
{
    int64_t offered = atomic_load_explicit(&self->offered, memory_order_relaxed);
    recorder_missing_fill(self, offered - (self->base < 0 ? offered : self->base));
    if (tail != NULL && tail->channels != NULL) {
        record_file_channels(&self->file, tail);
    }
}

myo_status myo_recorder_close(myo_recorder *self, const myo_session_tail *tail, bool complete,
                              myo_why *why)
{
    if (self == NULL) {
        return MYO_OK;
    }
    recorder_threads_end(self);
    if (atomic_load_explicit(&self->armed, memory_order_relaxed)) {
        give_up(self);
        return MYO_OK;
    }
    bool stopped = recorder_failed(self);
    char state[RECORD_STATE_BYTES];
    (void)snprintf(state, sizeof state, "%s",
                   stopped    ? "stopped: the disk is full or failed"
                   : complete ? MYO_RECORD_COMPLETE
                              : "stopped: the device was lost");
    if (!stopped) {
        ending_write(self, tail);
    }
    bool closed = record_file_close(&self->file, state);
    if (closed && !stopped) {
        closed = fsync(self->descriptor) == 0;
    }
    myo_status status = MYO_OK;
    if (stopped) {
        status = myo_why_set(why, MYO_ERR_WRITE, "%.255s", self->why);
    } else if (!closed) {
        status = record_file_why(&self->file, self->path, why);
    }
    recorder_free(self);
    return status;
}

void myo_recorder_abandon(myo_recorder *self)
{
    if (self != NULL) {
        give_up(self);
    }
}
