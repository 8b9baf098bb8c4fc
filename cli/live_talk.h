/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a live session says to people on standard error: warnings, gaps, and how it went. */
#ifndef MYO_CLI_LIVE_TALK_H
#define MYO_CLI_LIVE_TALK_H

#include "live/desk.h"

/** Says a warning or a gap; messages of other kinds are ignored. */
void live_talk_message(const myo_feed_head *head, const myo_feed_message *message);

/** Says how it ended, and the latencies, each apart. */
void live_talk_end(const myo_feed_head *head, const myo_desk_end *end);

#endif
