/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the technique model says while a live session goes on: the step that people marked, the model's band
 * for its time, and what the rules say of it - told to every reader of the desk's feeds when it changes.
 *
 * It reminds and decides nothing: no detection looks at it, and no signal takes a stop back. */
#ifndef MYO_CLI_LIVE_GUIDE_H
#define MYO_CLI_LIVE_GUIDE_H

#include "live/feed.h"

typedef struct live_guide live_guide;

/** Who is told, and with what: to whom, what is said now. */
typedef struct {
    void (*tell)(void *to, const myo_feed_guide *guide);
    void *to;
} live_guide_ear;

/** @p session: a session file whose header, points and steps count as known; NULL = a clinical session of
 *  which nothing is known. It is read once and never written. Complaints go to standard error; returns an
 *  exit status. */
int live_guide_new(const char *session, double rate_hz, live_guide_ear ear, live_guide **guide);

/** Takes what a feed says; NULL takes nothing. MYO_ERR_NO_MEMORY. */
myo_status live_guide_take(live_guide *guide, const myo_feed_message *message);

/** NULL is fine. */
void live_guide_free(live_guide *guide);

#endif
