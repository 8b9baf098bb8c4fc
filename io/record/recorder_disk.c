/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder's threads: one takes from the queue, writes and flushes; the other syncs. */
#include "recorder_self.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* A flush begins every 50 ms, or at once behind one that took longer: while the file system commits, a write
 * may wait for 100 ms and more, and what a kill costs is the time since the last whole flush began. A
 * sync begins every 0.9 s, so that with a flush before it and 0.2 s for the disk a power cut costs no
 * more than 1.2 s. */
enum { POLL_MS = 10, FLUSH_MS = 50, SYNC_MS = 900, DISK_PRIORITY = 2 };

/* The recording ends in good order while there is still room to close the file. */
enum { RESERVE_BYTES = 1 << 20, RESERVE_S = 1 };

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
    const struct timespec time = {ms / 1000, ms % 1000 * 1000000L};
    (void)nanosleep(&time, NULL);
}

static void fail(myo_recorder *self, const char *text)
{
    if (!recorder_failed(self)) {
        (void)snprintf(self->why, sizeof self->why, "%s", text);
        atomic_store_explicit(&self->failed, true, memory_order_release);
    }
}

/* Frames that were refused, or that lie before a gap message that was: time must not shift. */
void recorder_missing_fill(myo_recorder *self, int64_t frame)
{
    if (frame > self->file.frames) {
        record_file_gap(&self->file, frame - self->file.frames, "disk was behind");
    }
}

static void event_write(myo_recorder *self, const myo_event *from)
{
    myo_event event = *from;
    event.onset_frame -= self->base;
    event.offset_frame -= self->base;
    event.reported_frame -= self->base;
    event.confirmed_frame -= event.confirmed_frame >= 0 ? self->base : 0;
    if (event.onset_frame >= 0) { /* else it is older than the look-back */
        record_file_event(&self->file, &event);
    }
}

static void rest_write(myo_recorder *self, const myo_rest_event *from)
{
    myo_rest_event rest = *from;
    rest.onset_frame -= self->base;
    rest.offset_frame -= self->base;
    rest.baseline_from -= self->base;
    rest.baseline_to -= self->base;
    record_file_rest(&self->file, &rest);
}

static void message_write(myo_recorder *self, const message *head)
{
    const void *about = head + 1;
    int64_t frame = head->frame - self->base;
    switch (head->kind) {
    case FRAMES:
        recorder_missing_fill(self, frame);
        record_file_samples(&self->file, about, (size_t)head->frames);
        break;
    case GAP:
        recorder_missing_fill(self, frame);
        record_file_gap(&self->file, head->frames, about);
        break;
    case EVENT:
        event_write(self, about);
        break;
    case REST:
        rest_write(self, about);
        break;
    case MARK:
        if (frame >= 0) {
            record_file_mark(&self->file, frame, about);
        }
        break;
    case CLOCK:
        record_file_clock(&self->file, frame, head->frames, head->adc_s);
        break;
    }
}

/* While nothing is recorded yet the queue itself is the look-back: what is too old falls out. @p next
 * is the frame that comes next. */
static void lookback_trim(myo_recorder *self, int64_t next)
{
    int64_t oldest = next - self->lookback_frames;
    const message *head = record_queue_front(self->queue);
    while (head != NULL && head->at < oldest) {
        record_queue_drop(self->queue);
        head = record_queue_front(self->queue);
    }
}

bool recorder_space_look(myo_recorder *self)
{
    struct statvfs disk;
    struct stat file;
    if (fstatvfs(self->descriptor, &disk) != 0 || fstat(self->descriptor, &file) != 0) {
        return true;
    }
    double reserve = RESERVE_BYTES + RESERVE_S * self->bytes_per_s;
    double left = (double)disk.f_bavail * (double)disk.f_frsize - reserve;
    atomic_store_explicit(&self->bytes, (int64_t)file.st_size, memory_order_relaxed);
    atomic_store_explicit(&self->left_ms, (int64_t)(fmax(left, 0.0) * 1000.0 / self->bytes_per_s),
                          memory_order_relaxed);
    return left > 0.0;
}

static void failure_keep(myo_recorder *self)
{
    myo_why why;
    (void)record_file_why(&self->file, self->path, &why);
    fail(self, why.text);
}

static void flush(myo_recorder *self)
{
    if (!record_file_flush(&self->file)) {
        failure_keep(self);
        return;
    }
    atomic_store_explicit(&self->flushed, self->file.frames, memory_order_release);
    atomic_store_explicit(&self->reports, nwb_table_rows(&self->file.reports),
                          memory_order_release);
    if (!recorder_space_look(self)) {
        char text[256];
        (void)snprintf(text, sizeof text, "%.200s: the disk is full", self->path);
        fail(self, text);
    }
}

/* Takes out what is there. Flushes meanwhile: a replay may fill the queue as fast as it is emptied. */
static void drain(myo_recorder *self, int64_t *next_flush_ms)
{
    for (const message *head = record_queue_front(self->queue);
         head != NULL && !recorder_failed(self); head = record_queue_front(self->queue)) {
        if (self->base < 0) {
            self->base = head->at;
        }
        message_write(self, head);
        record_queue_drop(self->queue);
        atomic_store_explicit(&self->written, self->file.frames, memory_order_relaxed);
        if (self->file.nwb.failed) {
            failure_keep(self);
        } else if (now_ms() >= *next_flush_ms) {
            *next_flush_ms = now_ms() + FLUSH_MS;
            flush(self);
        }
    }
}

/* Ahead of programs that compute, where that is permitted: what waits in the queue dies with the
 * program. It sleeps most of the time. */
static void prefer_this_thread(void)
{
    const struct sched_param priority = {.sched_priority = DISK_PRIORITY};
    (void)pthread_setschedparam(pthread_self(), SCHED_RR, &priority);
}

static void *disk_run(void *argument)
{
    myo_recorder *self = argument;
    prefer_this_thread();
    int64_t next_flush_ms = now_ms() + FLUSH_MS;
    bool stopping = false;
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* each thread has an error stack of its own */
    while (!stopping && !recorder_failed(self)) {
        pause_ms(POLL_MS);
        stopping = atomic_load_explicit(&self->stopping, memory_order_acquire);
        if (atomic_load_explicit(&self->armed, memory_order_acquire)) {
            lookback_trim(self, atomic_load_explicit(&self->offered, memory_order_relaxed));
            continue;
        }
        if (self->base < 0) { /* the trigger may have come while this thread waited for its turn */
            lookback_trim(self, atomic_load_explicit(&self->triggered, memory_order_relaxed));
        }
        drain(self, &next_flush_ms);
        if (now_ms() >= next_flush_ms && !recorder_failed(self)) {
            next_flush_ms = now_ms() + FLUSH_MS;
            flush(self);
        }
    }
    return NULL;
}

/* ---- the sync thread ---- */

static void *sync_run(void *argument)
{
    myo_recorder *self = argument;
    int64_t next_ms = now_ms() + SYNC_MS;
    while (!atomic_load_explicit(&self->stopping, memory_order_acquire)) {
        pause_ms(POLL_MS);
        if (now_ms() < next_ms) {
            continue;
        }
        next_ms = now_ms() + SYNC_MS;
        int64_t flushed = atomic_load_explicit(&self->flushed, memory_order_acquire);
        if (fdatasync(self->descriptor) == 0) {
            atomic_store_explicit(&self->synced, flushed, memory_order_relaxed);
        }
    }
    return NULL;
}

bool recorder_threads_start(myo_recorder *self)
{
    self->disk_runs = pthread_create(&self->disk, NULL, disk_run, self) == 0;
    self->sync_runs = self->disk_runs && pthread_create(&self->sync, NULL, sync_run, self) == 0;
    return self->sync_runs;
}

void recorder_threads_end(myo_recorder *self)
{
    atomic_store_explicit(&self->stopping, true, memory_order_release);
    if (self->disk_runs) {
        (void)pthread_join(self->disk, NULL);
    }
    if (self->sync_runs) {
        (void)pthread_join(self->sync, NULL);
    }
}
