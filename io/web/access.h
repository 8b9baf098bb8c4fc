/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may talk to the page's server: checks on texts, apart from the server so that each can be
 * tried alone.
 *
 * A loopback port is open to every program of the machine and, through a browser, to every page of
 * the web. So: the Host must be this server's (a foreign name that was made to resolve to loopback
 * is refused), the Origin of a WebSocket must be this server's page, and a browser must have come by
 * the one-time address, in exchange for which it got a cookie. One thread. */
#ifndef MYO_WEB_ACCESS_H
#define MYO_WEB_ACCESS_H

#include "myotwitch/status.h"

/** 128 bits as hexadecimal digits, and the end of the text. */
#define MYO_WEB_SECRET 33

typedef struct {
    uint16_t port;
    char address[MYO_WEB_SECRET]; /**< in the one-time address; "" = none open */
    char cookie[MYO_WEB_SECRET];
} myo_web_access;

/** Draws the secrets. MYO_ERR_READ where the system has no randomness. */
myo_status myo_web_access_open(myo_web_access *access, uint16_t port);

/** Draws a new one-time address. */
myo_status myo_web_access_renew(myo_web_access *access);

/** Whether @p host is 127.0.0.1 or localhost with this port. */
bool myo_web_access_host(const myo_web_access *access, const char *host);

/** Whether @p origin is that of a page of this server, under the name of @p host. */
bool myo_web_access_origin(const myo_web_access *access, const char *host, const char *origin);

/** Whether the value of the Cookie header holds this server's cookie. */
bool myo_web_access_cookie(const myo_web_access *access, const char *cookies);

/** Whether @p secret opens the door; it does so once, and costs the same time for every text of
 *  the same length. */
bool myo_web_access_enter(myo_web_access *access, const char *secret);

/** Value of the Set-Cookie header. */
void myo_web_access_set_cookie(const myo_web_access *access, char *text, size_t size);

#endif
