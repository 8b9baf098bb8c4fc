/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the muscle rests, while a live session goes on: against the baseline that somebody marked.
 *
 * Nothing is done before the first baseline. Readers of the desk's feeds get an answer for every channel
 * every two seconds. */
#ifndef MYO_CLI_LIVE_REST_H
#define MYO_CLI_LIVE_REST_H

#include "live/desk.h"

typedef struct live_rest live_rest;

/** @p info and @p desk are borrowed. */
myo_status live_rest_new(const myo_source_info *info, myo_desk *desk, live_rest **rest);

/** Takes what a feed says; messages of other kinds are ignored. MYO_ERR_NO_MEMORY. */
myo_status live_rest_take(live_rest *rest, const myo_feed_message *message);

/** NULL is fine. */
void live_rest_free(live_rest *rest);

#endif
