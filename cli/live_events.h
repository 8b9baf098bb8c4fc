/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events of a live session into the same outputs, in the same order and form, as an analysis. */
#ifndef MYO_CLI_LIVE_EVENTS_H
#define MYO_CLI_LIVE_EVENTS_H

#include "outputs.h"

#include "live/feed.h"

/** Borrowed parts stay where they are until live_events_finish. */
typedef struct {
    const analysis_settings *settings;
    const myo_source_info *info;
    const char *recording; /**< name of the device or file */
    const char *input;     /**< path of the file that is replayed, NULL for a device */
    const myo_config *config;
} live_events_source;

typedef struct live_events live_events;

myo_status live_events_new(const live_events_source *source, live_events **events, myo_why *why);

/** Takes what a feed says; messages of other kinds are ignored. */
myo_status live_events_take(live_events *events, const myo_feed_message *message, myo_why *why);

/** Writes what waits and the last lines, and gives the files their names. */
myo_status live_events_finish(live_events *events, const myo_session_tail *tail, myo_why *why);

/** Frees; what was not finished leaves nothing behind. NULL is fine. */
void live_events_free(live_events *events);

#endif
