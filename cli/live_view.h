/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A live session in a terminal: traces, counts, last events, keys for marks. Main thread; one at a
 * time. */
#ifndef MYO_CLI_LIVE_VIEW_H
#define MYO_CLI_LIVE_VIEW_H

#include "live/desk.h"

typedef struct live_view live_view;

/** Takes the terminal over. MYO_ERR_UNSUPPORTED where there is none; MYO_ERR_NO_MEMORY. */
myo_status live_view_start(myo_desk *desk, const myo_feed_head *head, live_view **view,
                           myo_why *why);

/** Takes what the desk says. NULL is fine, here and below. */
void live_view_take(live_view *view, const myo_feed_message *message);

/** Shows a line for people until the next: an address, a warning. */
void live_view_say(live_view *view, const char *text);

/** Obeys the keys that were pressed and draws, ten times a second at most. Call often. */
void live_view_show(live_view *view);

/** Gives the terminal back. */
void live_view_end(live_view *view);

#endif
