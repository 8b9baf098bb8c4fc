/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The live page's server: a thread of its own that reads one feed and shows it to browsers of this
 * machine.
 *
 * @code
 * myo_web_options options = {.port = 8123, .feed = feed, .command = desk_command, .context = desk};
 * if (myo_web_new(&options, &web, &why) != MYO_OK) return;
 * myo_web_address(web, text, sizeof text);   // for the user's browser
 * ...
 * myo_web_free(web);
 * @endcode
 *
 * It listens on 127.0.0.1 only; a browser is let in by the one-time address. Its pages cannot hold
 * up the desk: the feed is lossy on the desk's side, and slow or flooding pages are closed. */
#ifndef MYO_WEB_SERVER_H
#define MYO_WEB_SERVER_H

#include "film.h"
#include "live/feed.h"
#include "signal/source.h"

/** Connections of all kinds, and pages among them, at a time. */
#define MYO_WEB_CONNECTIONS 24
#define MYO_WEB_PAGES       6

/** Carries out one line and writes the answer, at most @p size with its end; as myo_desk_command.
 *  Called from the server's thread. */
typedef size_t myo_web_command(void *context, const char *line, char *reply, size_t size);

typedef struct {
    uint16_t port;  /**< 0 = any that is free */
    myo_feed *feed; /**< the server is its only reader from now on; to be freed after it */
    myo_web_command *command;
    void *context;
    myo_film *film; /**< ultrasound to be shown; NULL = none; to be freed after the server */
    bool sound;     /**< the session is heard: there is something to mute */
} myo_web_options;

typedef struct myo_web myo_web;

/** Binds and starts the thread. MYO_ERR_NO_MEMORY; MYO_ERR_EXISTS: the port is taken. */
myo_status myo_web_new(const myo_web_options *options, myo_web **web, myo_why *why);

uint16_t myo_web_port(const myo_web *web);

/** Writes the address that opens one browser; after its use a new one takes its place. */
void myo_web_address(myo_web *web, char *text, size_t size);

/** Closes all pages, ends the thread. NULL is fine. */
void myo_web_free(myo_web *web);

#endif
