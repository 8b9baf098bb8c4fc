/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a live session is shown: lines on standard error, or a terminal view, and a page. Main
 * thread. */
#ifndef MYO_CLI_LIVE_SHOW_H
#define MYO_CLI_LIVE_SHOW_H

#include "live/desk.h"
#include "web/film.h"

typedef struct {
    bool web;       /**< serve the page ... */
    uint16_t port;  /**< ... on this port, 0 = any that is free */
    bool open;      /**< and start the user's browser */
    bool sound;     /**< the session is heard: the page can mute it */
    myo_film *film; /**< ultrasound for the page; NULL = none */
    bool view;      /**< take this terminal over */
} live_show_options;

typedef struct live_show live_show;

/** Between myo_desk_configure and myo_desk_start. MYO_ERR_EXISTS: the port is taken;
 *  MYO_ERR_UNSUPPORTED: there is no terminal. */
myo_status live_show_new(const live_show_options *options, myo_desk *desk,
                         const myo_feed_head *head, live_show **show, myo_why *why);

/** Shows or says one message. */
void live_show_take(live_show *show, const myo_feed_message *message);

/** Obeys keys, draws, says the page's address. Call often. */
void live_show_turn(live_show *show);

/** Gives the terminal back; lines may be written again. NULL is fine. */
void live_show_leave(live_show *show);

/** Before the desk is freed; leaves first. NULL is fine. */
void live_show_free(live_show *show);

#endif
