/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The live page of a session: its server, and its address for the user. Main thread. */
#ifndef MYO_CLI_LIVE_WEB_H
#define MYO_CLI_LIVE_WEB_H

#include "live/desk.h"

typedef struct live_web live_web;

/** Between myo_desk_configure and myo_desk_start. @p open: also starts the user's browser.
 *  MYO_ERR_EXISTS where the port is taken. */
myo_status live_web_start(myo_desk *desk, uint16_t port, bool open, live_web **web, myo_why *why);

/** Whether there is something to say: the address, and the next one when a browser has used it.
 *  Call often; NULL is fine. */
bool live_web_news(live_web *web, char *text, size_t size);

/** Before the desk is freed; NULL is fine. */
void live_web_end(live_web *web);

#endif
