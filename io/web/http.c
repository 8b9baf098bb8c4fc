/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP by hand on libwebsockets: a secret or a cookie, a fixed table of files, and refusals. */
#include "http.h"

#include "signal/late.h"

#include <stdio.h>
#include <string.h>

myo_web_lws myo_lws;

myo_status myo_web_lws_load(myo_why *why)
{
#define ENTRY(name) {#name, offsetof(myo_web_lws, name)},
    static const myo_late_entry entries[] = {MYO_WEB_LWS(ENTRY){NULL, 0}};
#undef ENTRY
    return myo_late_load(&myo_lws, MYO_LATE_WEBSOCKETS, "libwebsockets", entries, why);
}

static myo_web_door *door_of(struct lws *wsi)
{
    return myo_lws.lws_context_user(myo_lws.lws_get_context(wsi));
}

static bool header(uint8_t **at, uint8_t *end, struct lws *wsi, const char *name, const char *value)
{
    return myo_lws.lws_add_http_header_by_name(wsi, (const unsigned char *)name,
                                               (const unsigned char *)value, (int)strlen(value), at,
                                               end) == 0;
}

static bool guards(uint8_t **at, uint8_t *end, struct lws *wsi, unsigned port)
{
    char policy[400];
    snprintf(policy, sizeof policy,
             "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
             "connect-src 'self' ws://127.0.0.1:%u ws://localhost:%u; frame-ancestors 'none'; "
             "base-uri 'none'; form-action 'none'",
             port, port);
    return header(at, end, wsi, "content-security-policy:", policy) &&
           header(at, end, wsi, "x-content-type-options:", "nosniff") &&
           header(at, end, wsi, "cross-origin-resource-policy:", "same-origin") &&
           header(at, end, wsi, "cross-origin-opener-policy:", "same-origin") &&
           header(at, end, wsi, "referrer-policy:", "no-referrer") &&
           header(at, end, wsi, "cache-control:", "no-store");
}

/* Head of an answer; @p name and @p value are one more header, or NULL. */
static int answer_head(struct lws *wsi, unsigned status, const char *type, size_t size,
                       const char *name, const char *value)
{
    uint8_t bytes[LWS_PRE + 2048], *at = bytes + LWS_PRE, *end = bytes + sizeof bytes - 1;
    char length[24];
    snprintf(length, sizeof length, "%zu", size);
    if (myo_lws.lws_add_http_header_status(wsi, status, &at, end) != 0 ||
        !header(&at, end, wsi, "content-type:", type) ||
        !header(&at, end, wsi, "content-length:", length) ||
        (name != NULL && !header(&at, end, wsi, name, value)) ||
        !guards(&at, end, wsi, door_of(wsi)->access.port)) {
        return -1;
    }
    return myo_lws.lws_finalize_write_http_header(wsi, bytes + LWS_PRE, &at, end) != 0 ? -1 : 0;
}

/* A few words, then the connection closes. */
static int refuse(struct lws *wsi, unsigned status, const char *text)
{
    uint8_t bytes[LWS_PRE + 256];
    int length = snprintf((char *)bytes + LWS_PRE, sizeof bytes - LWS_PRE, "%s\n", text);
    if (answer_head(wsi, status, "text/plain; charset=utf-8", (size_t)length,
                    "connection:", "close") == 0) {
        myo_lws.lws_write(wsi, bytes + LWS_PRE, (size_t)length, LWS_WRITE_HTTP_FINAL);
    }
    return -1;
}

static bool copy_header(struct lws *wsi, enum lws_token_indexes token, char *text, int size)
{
    text[0] = '\0';
    return myo_lws.lws_hdr_copy(wsi, text, size, token) > 0;
}

static bool has_cookie(struct lws *wsi)
{
    char cookies[2048];
    return copy_header(wsi, WSI_TOKEN_HTTP_COOKIE, cookies, sizeof cookies) &&
           myo_web_access_cookie(&door_of(wsi)->access, cookies);
}

static bool right_host(struct lws *wsi, char *host, int size)
{
    return copy_header(wsi, WSI_TOKEN_HOST, host, size) &&
           myo_web_access_host(&door_of(wsi)->access, host);
}

static int enter(struct lws *wsi, const char *secret)
{
    myo_web_door *door = door_of(wsi);
    pthread_mutex_lock(&door->lock);
    bool right = myo_web_access_enter(&door->access, secret);
    bool renewed = !right || myo_web_access_renew(&door->access) == MYO_OK;
    pthread_mutex_unlock(&door->lock);
    if (!right || !renewed) {
        return refuse(wsi, HTTP_STATUS_FORBIDDEN,
                      "This address was used already, or is not of this run. The program shows "
                      "the one that opens the page.");
    }
    char cookie[160];
    myo_web_access_set_cookie(&door->access, cookie, sizeof cookie);
    uint8_t bytes[LWS_PRE + 2048], *at = bytes + LWS_PRE, *end = bytes + sizeof bytes - 1;
    if (myo_lws.lws_add_http_header_status(wsi, HTTP_STATUS_SEE_OTHER, &at, end) != 0 ||
        !header(&at, end, wsi, "location:", "/") || !header(&at, end, wsi, "set-cookie:", cookie) ||
        !header(&at, end, wsi, "content-length:", "0") ||
        !guards(&at, end, wsi, door->access.port) ||
        myo_lws.lws_finalize_write_http_header(wsi, bytes + LWS_PRE, &at, end) != 0) {
        return -1;
    }
    return myo_lws.lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

int myo_web_http_serve(struct lws *wsi, myo_web_delivery *out, const char *path)
{
    char host[64], secret[2 * MYO_WEB_SECRET];
    if (myo_lws.lws_get_network_wsi(wsi) != wsi) {
        return -1; /* a stream of HTTP/2, to which libwebsockets upgrades unasked */
    }
    if (!right_host(wsi, host, sizeof host)) {
        return refuse(wsi, 421, "This server answers to its own name only.");
    }
    if (myo_lws.lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) == 0) {
        return refuse(wsi, HTTP_STATUS_METHOD_NOT_ALLOWED, "Only GET.");
    }
    int length =
        myo_lws.lws_hdr_copy_fragment(wsi, secret, sizeof secret, WSI_TOKEN_HTTP_URI_ARGS, 0);
    if (length > 2 && strncmp(secret, "t=", 2) == 0 && strcmp(path, "/") == 0) {
        return enter(wsi, secret + 2);
    }
    if (!has_cookie(wsi)) {
        return refuse(wsi, HTTP_STATUS_FORBIDDEN,
                      "Open the page by the address that the program shows.");
    }
    out->file = myo_web_file_find(path);
    out->sent = 0;
    if (out->file == NULL) {
        return refuse(wsi, HTTP_STATUS_NOT_FOUND, "There is no such file.");
    }
    if (answer_head(wsi, HTTP_STATUS_OK, out->file->type, out->file->size, NULL, NULL)) {
        return -1;
    }
    myo_lws.lws_callback_on_writable(wsi);
    return 0;
}

int myo_web_http_deliver(struct lws *wsi, myo_web_delivery *out)
{
    uint8_t bytes[LWS_PRE + 4096];
    if (out->file == NULL) {
        return 0;
    }
    size_t left = out->file->size - out->sent;
    size_t piece = left < sizeof bytes - LWS_PRE ? left : sizeof bytes - LWS_PRE;
    memcpy(bytes + LWS_PRE, out->file->bytes + out->sent, piece);
    out->sent += piece;
    bool last = piece == left;
    if (myo_lws.lws_write(wsi, bytes + LWS_PRE, piece,
                          last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)piece) {
        return -1;
    }
    if (last) {
        out->file = NULL;
        return myo_lws.lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
    }
    myo_lws.lws_callback_on_writable(wsi);
    return 0;
}

bool myo_web_http_let_in(struct lws *wsi)
{
    char host[64], origin[96], path[16];
    return right_host(wsi, host, sizeof host) &&
           copy_header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof origin) &&
           myo_web_access_origin(&door_of(wsi)->access, host, origin) &&
           copy_header(wsi, WSI_TOKEN_GET_URI, path, sizeof path) && strcmp(path, "/ws") == 0 &&
           has_cookie(wsi);
}
