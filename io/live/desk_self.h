/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desk's inside, shared by its files: desk.c (life), desk_open.c (capture process), desk_run.c (its
 * thread), desk_report.c (state and latencies), desk_command.c (command language). */
#ifndef MYO_IO_LIVE_DESK_SELF_H
#define MYO_IO_LIVE_DESK_SELF_H

#include "live/child.h"
#include "live/desk.h"
#include "live/histogram.h"
#include "live/intake.h"
#include "live/journal.h"
#include "live/meters.h"

#include <pthread.h>
#include <stdatomic.h>

/** What other threads may ask for, under the lock `shared`. */
typedef struct {
    myo_feed_state state;
    myo_desk_latency latency;
} desk_snapshot;

/** Twitches that were confirmed so far. */
typedef struct {
    int64_t *onset;
    size_t count, capacity;
} desk_twitches;

struct myo_desk {
    myo_desk_options options;
    myo_source_info info;
    char name[128];
    char path[256]; /* of the recording, "" = none */
    double device_latency_s;

    myo_ring *ring;
    myo_child *child;
    myo_source *source; /* of a replay: its marks */
    myo_intake *intake;

    myo_config config;
    myo_pipeline *pipeline;
    myo_meters *meters;
    myo_recorder *recorder;
    myo_feed_head head;
    myo_feed *feed[MYO_DESK_FEEDS];
    uint32_t feeds;
    myo_journal *journal;

    pthread_t thread;
    bool configured, started, joined;
    atomic_bool stop;
    _Atomic int64_t frames;   /* on the time line; written by the desk's thread */
    atomic_bool state_due;    /* a command changed something: tell the state at once */
    atomic_bool record_asked; /* a recording that waits is to begin */
    atomic_bool muted;
    _Atomic double gain_db;
    _Atomic uint32_t heard;
    pthread_mutex_t shared; /* of the five below */
    desk_snapshot snapshot;
    myo_feed_relax *rest; /* one per channel */
    bool *rest_due;
    myo_feed_guide guide;
    bool guide_due;
    atomic_bool answered; /* rest or guide: one of them is due */

    /* The desk's thread only. */
    size_t next_mark; /* of the replayed file */
    desk_twitches twitches;
    myo_histogram wait_ns, compute_ns, detect_us, detect_18db_us;
    int64_t next_state, next_clock; /* frames */
    int64_t last_tick_ns;
    bool told; /* something since the readers were woken */
    bool disk_warned, record_failed;
    myo_desk_end end;
    myo_channel_summary *summaries;
};

/** Starts the capture process and waits for its device; fills in info and name. */
myo_status desk_open(myo_desk *self, myo_why *why);

/** The desk's thread. */
void *desk_run(void *desk);

/** Hands a message to every reader. */
void desk_tell(myo_desk *self, const myo_feed_message *message);
void desk_warn(myo_desk *self, myo_feed_warn kind, const char *text);

/** Tells the state to every reader and keeps it for other threads. */
void desk_state(myo_desk *self);
void desk_latency(const myo_desk *self, myo_desk_latency *latency);
/** One JSON object without the end of line; returns its length. */
size_t desk_status_print(myo_desk *self, char *text, size_t size);
size_t desk_latency_print(myo_desk *self, char *text, size_t size);

#endif
