/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the page's server answers to HTTP, and who may open a WebSocket. All on the server's thread
 * but for the lock; the context's user pointer is a myo_web_door.
 *
 * LWS_CALLBACK_HTTP_CONFIRM_UPGRADE is not handled, on purpose: CVE-2025-11677. */
#ifndef MYO_WEB_HTTP_H
#define MYO_WEB_HTTP_H

#include "access.h"
#include "files.h"
#include "signal/why.h"

#include <libwebsockets.h>
#include <pthread.h>

/* clang-format off */
#define MYO_WEB_LWS(X) \
    X(lws_add_http_header_by_name) X(lws_add_http_header_status) \
    X(lws_callback_on_writable) X(lws_cancel_service) X(lws_close_reason) \
    X(lws_context_destroy) X(lws_context_user) X(lws_create_context) \
    X(lws_finalize_write_http_header) X(lws_frame_is_binary) X(lws_get_context) \
    X(lws_get_network_wsi) X(lws_get_vhost_by_name) X(lws_get_vhost_listen_port) \
    X(lws_hdr_copy) X(lws_hdr_copy_fragment) X(lws_hdr_total_length) \
    X(lws_http_transaction_completed) X(lws_is_final_fragment) X(lws_now_usecs) \
    X(lws_remaining_packet_payload) X(lws_service) X(lws_set_log_level) \
    X(lws_set_timeout) X(lws_sul_schedule) X(lws_write)
/* clang-format on */

/** libwebsockets' functions under their own names; loaded when a page is asked for. */
typedef struct {
#define MYO_WEB_LWS_MEMBER(name) __typeof__(&(name)) name;
    MYO_WEB_LWS(MYO_WEB_LWS_MEMBER)
#undef MYO_WEB_LWS_MEMBER
} myo_web_lws;

/** Filled by myo_web_lws_load, before the server's thread starts, and never changed after. */
extern myo_web_lws myo_lws;
myo_status myo_web_lws_load(myo_why *why);

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
