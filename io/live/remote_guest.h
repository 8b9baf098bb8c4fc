/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection of the remote: lines that come in, bytes that wait to go out. Private. */
#ifndef MYO_IO_LIVE_REMOTE_GUEST_H
#define MYO_IO_LIVE_REMOTE_GUEST_H

#include "live/desk.h"

enum { REMOTE_LINE = 512, REMOTE_WAITING = 256 * 1024 };

typedef struct {
    int fd;      /* -1 = nobody */
    bool events; /* gets events */
    bool known;  /* has given a command that exists */
    char line[REMOTE_LINE];
    size_t line_length;
    char *waiting; /* REMOTE_WAITING bytes */
    size_t waiting_length;
} remote_guest;

/** Takes over @p fd, which does not block. False on lack of memory; @p fd is closed then. */
bool remote_guest_begin(remote_guest *guest, int fd, bool events);

/** Queues and sends as much as goes. False: too slow, or gone. */
bool remote_guest_send(remote_guest *guest, const char *bytes, size_t size);

/** Sends what waits. False: gone. */
bool remote_guest_flush(remote_guest *guest);

/** Reads what has come and answers every whole line; the line `events` sends @p run and turns events
 *  on. False: it is to be disconnected. */
bool remote_guest_hear(remote_guest *guest, myo_desk *desk, const char *run, size_t run_size);

void remote_guest_end(remote_guest *guest);

#endif
