/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other programs: command lines in, events out, on sockets of this machine.
 *
 * TCP on 127.0.0.1: one line in, one line out, the command language of desk.h; after the line `events` the
 * connection also gets every event and mark as JSON Lines, beginning with the line on the run. A Unix
 * socket gives events to everyone who connects, and takes the same lines; only its owner may connect.
 *
 * A web page can make a browser send lines to a port of this machine. The first line of a browser is
 * no command, and a connection whose first line is none is closed with what came behind it.
 *
 * At most 8 connections, lines of 512 bytes, 256 KiB that wait for a slow reader; who exceeds it is
 * disconnected. The desk never waits for anyone here.
 */
#ifndef MYO_IO_LIVE_REMOTE_H
#define MYO_IO_LIVE_REMOTE_H

#include "live/desk.h"

/** Zero-initialise. */
typedef struct {
    bool tcp;
    uint16_t port;                /**< 0 = a free one */
    const char *events_path;      /**< of the Unix socket; NULL = none. It must not exist */
    const myo_session_head *head; /**< for the lines; borrowed until free */
} myo_remote_options;

typedef struct myo_remote myo_remote;

/** Listens and starts. @p feed is one of the desk's, read by nobody else. MYO_ERR_OPEN: the port or the
 *  path is taken. */
myo_status myo_remote_new(const myo_remote_options *options, myo_desk *desk, myo_feed *feed,
                          myo_remote **remote, myo_why *why);

/** The port that it listens on, 0 = none. */
uint16_t myo_remote_port(const myo_remote *remote);

/** Sends what waits (0.2 s at most), closes everything, removes the path. Before the desk is freed. NULL is
 *  fine. */
void myo_remote_free(myo_remote *remote);

#endif
