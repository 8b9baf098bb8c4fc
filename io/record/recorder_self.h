/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder from inside: what the desk's thread and the disk thread share. Private.
 *
 * Thread safety: the desk's thread is the only one to touch `next_frame`. The disk thread is the only
 * one to touch `file` and `base` and to call HDF5, from its start to its end. Everything else that two
 * threads see is atomic. `why` is written once, before the release store of `failed`, and read after
 * its acquire load. The sync thread works on a descriptor of its own: fdatasync may take seconds on a
 * slow disk, and a kill in that time must not cost more than a flush.
 */
#ifndef MYO_IO_RECORDER_SELF_H
#define MYO_IO_RECORDER_SELF_H

#include "queue.h"
#include "record_file.h"

#include <pthread.h>
#include <stdatomic.h>

typedef enum { FRAMES, GAP, EVENT, REST, MARK, CLOCK } message_kind;

/* What stands in the queue; of FRAMES the samples follow. */
typedef struct {
    message_kind kind;
    int64_t at;            /* frames of the desk when it was pushed */
    int64_t frame, frames; /* what it is about; CLOCK: frames is the time in ns */
    double adc_s;
} message;

struct myo_recorder {
    record_queue *queue;
    record_file file;
    char *path;
    double bytes_per_s;
    int64_t lookback_frames;
    pthread_t disk, sync;
    bool created, disk_runs, sync_runs;
    int descriptor;     /* of the sync thread */
    int64_t next_frame; /* of the desk */
    int64_t base;       /* frame of the desk that is the file's first; -1 = not known yet */
    char why[256];
    atomic_bool stopping, armed, failed;
    _Atomic int64_t offered;   /* next_frame, for the others */
    _Atomic int64_t triggered; /* offered, as `armed` ended; -1 = not yet. Published by `armed` */
    _Atomic int64_t written, flushed, synced, reports, lost, bytes;
    _Atomic int64_t left_ms; /* until the disk is full */
};

static inline bool recorder_failed(const myo_recorder *self)
{
    return atomic_load_explicit(&self->failed, memory_order_acquire);
}

/** Starts and ends the disk thread and the sync thread. The end writes what is queued. */
bool recorder_threads_start(myo_recorder *self);
void recorder_threads_end(myo_recorder *self);

/** Makes @p frame the next one of the file: what is missing before it becomes a gap. */
void recorder_missing_fill(myo_recorder *self, int64_t frame);

/** Looks how much room is left; false = none. */
bool recorder_space_look(myo_recorder *self);

#endif
