/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the page's server answers to HTTP, and who may open a WebSocket. All on the server's thread
 * but for the lock; the context's user pointer is a myo_web_door.
 *
 * LWS_CALLBACK_HTTP_CONFIRM_UPGRADE is not handled, on purpose: CVE-2025-11677. */
#ifndef MYO_WEB_HTTP_H
#define MYO_WEB_HTTP_H

#include "access.h"
#include "files.h"

#include <libwebsockets.h>
#include <pthread.h>

/** The secrets. Written by the server's thread, and read by others, under @c lock. */
typedef struct {
    pthread_mutex_t lock;
    myo_web_access access;
} myo_web_door;

/** What is left of a file that is being sent; one a connection, zero-initialised. */
typedef struct {
    const myo_web_file *file;
    size_t sent;
} myo_web_delivery;

/** LWS_CALLBACK_HTTP and LWS_CALLBACK_HTTP_WRITEABLE: what the callback has to return. */
int myo_web_http_serve(struct lws *wsi, myo_web_delivery *out, const char *path);
int myo_web_http_deliver(struct lws *wsi, myo_web_delivery *out);

/** Whether the request for a WebSocket comes from a page of this server that was let in. */
bool myo_web_http_let_in(struct lws *wsi);

#endif
