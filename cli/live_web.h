/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The live page of a session: its server, and its address for the user. Main thread. */
#ifndef MYO_CLI_LIVE_WEB_H
#define MYO_CLI_LIVE_WEB_H

#include "live/desk.h"
#include "web/film.h"

typedef struct live_web live_web;

typedef struct {
    uint16_t port;
    bool open;      /**< start the user's browser, too */
    bool sound;     /**< the session is heard: there is something to mute */
    myo_film *film; /**< ultrasound to be shown; NULL = none; freed behind the page */
} live_web_options;

/** Between myo_desk_configure and myo_desk_start.
 *  MYO_ERR_EXISTS where the port is taken. */
myo_status live_web_start(myo_desk *desk, const live_web_options *options, live_web **web,
                          myo_why *why);

/** Whether there is something to say: the address, and the next one when a browser has used it.
 *  Call often; NULL is fine. */
bool live_web_news(live_web *web, char *text, size_t size);

/** Before the desk is freed; NULL is fine. */
void live_web_end(live_web *web);

#endif
