/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's thread: reads the feed, keeps the board, writes to each page what it is due.
 *
 * Threads: all but `stop`, `door` and the public functions belongs to the server's thread. `door` is
 * written by that thread and read by myo_web_address, both under its lock. */
#include "server.h"

#include "http.h"
#include "page.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The feed is looked at so often: half a screen frame at 60 Hz. */
#define TICK_US 8000
/* Traces go out every second tick. */
#define TICKS_A_FRAME 2
/* What a page may send in a second, and how long one that reads nothing is kept. */
#define LINES_A_SECOND 100
#define PATIENCE_S     10
/* The end of the session waits so long for pages to hear of it. */
#define FAREWELL_US   500000
#define MESSAGE_BYTES (192 * 1024)

typedef struct {
    struct lws *wsi;
    bool open, waiting; /**< waiting: it has been asked to be writable */
    myo_web_page page;
    char line[MYO_WEB_LINE + 1];
    size_t length;
    unsigned lines;
    lws_usec_t second, asked;
} visitor;

struct myo_web {
    myo_web_door door; /* first: the context's user pointer is both */
    myo_web_options options;
    struct lws_context *context;
    struct lws_vhost *vhost;
    lws_sorted_usec_list_t tick;
    unsigned ticks;
    int connections;
    myo_web_board *board;
    visitor visitors[MYO_WEB_PAGES];
    pthread_t thread;
    bool started;
    atomic_bool stop;
    _Alignas(16) uint8_t message[LWS_PRE + MESSAGE_BYTES];
};

static myo_web *web_of(struct lws *wsi)
{
    return myo_lws.lws_context_user(myo_lws.lws_get_context(wsi));
}

static int on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                   size_t length)
{
    (void)length;
    myo_web *web = web_of(wsi);
    switch (reason) {
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
        return web->connections >= MYO_WEB_CONNECTIONS;
    case LWS_CALLBACK_WSI_CREATE:
        web->connections++;
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        web->connections--;
        return 0;
    case LWS_CALLBACK_HTTP:
        return myo_web_http_serve(wsi, user, in);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return myo_web_http_deliver(wsi, user);
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return 1; /* a WebSocket must ask for "myotwitch" */
    default:
        return 0;
    }
}

/* --- WebSocket ----------------------------------------------------------------------------- */

static visitor *free_place(myo_web *web)
{
    for (visitor *each = web->visitors; each < web->visitors + MYO_WEB_PAGES; each++) {
        if (!each->open) {
            return each;
        }
    }
    return NULL;
}

static void ask_to_write(visitor *each, lws_usec_t now)
{
    if (!each->waiting) {
        each->waiting = true;
        each->asked = now;
        myo_lws.lws_callback_on_writable(each->wsi);
    }
}

static bool carry_out(myo_web *web, visitor *each)
{
    myo_web_view view;
    if (strncmp(each->line, "view ", 5) == 0) {
        bool good = myo_web_read_view(each->line + 5, web->board->head.channels, &view);
        if (good) {
            myo_web_page_look(&each->page, web->board, &view);
        }
        return good;
    }
    char *end = NULL;
    unsigned long id = strncmp(each->line, "do ", 3) == 0 ? strtoul(each->line + 3, &end, 10) : 0;
    if (end == NULL || *end != ' ' || id > UINT32_MAX) {
        return false;
    }
    myo_web_answer *answer = myo_web_page_answer(&each->page, (uint32_t)id);
    if (answer == NULL) {
        return false;
    }
    web->options.command(web->options.context, end + 1, answer->text, sizeof answer->text);
    return true;
}

/* False: too long, too often, or not of the protocol. */
static bool receive(myo_web *web, visitor *each, const char *bytes, size_t length)
{
    struct lws *wsi = each->wsi;
    if (each->length + length > MYO_WEB_LINE || myo_lws.lws_frame_is_binary(wsi)) {
        return false;
    }
    memcpy(each->line + each->length, bytes, length);
    each->length += length;
    if (!myo_lws.lws_is_final_fragment(wsi) || myo_lws.lws_remaining_packet_payload(wsi) != 0) {
        return true;
    }
    each->line[each->length] = '\0';
    bool whole = strlen(each->line) == each->length;
    each->length = 0;
    lws_usec_t now = myo_lws.lws_now_usecs();
    if (now - each->second > LWS_US_PER_SEC) {
        each->second = now;
        each->lines = 0;
    }
    bool good = whole && ++each->lines <= LINES_A_SECOND && carry_out(web, each);
    ask_to_write(each, now);
    return good;
}

static int write_next(myo_web *web, visitor *each)
{
    each->waiting = false;
    myo_web_wire wire = {.bytes = web->message + LWS_PRE, .size = MESSAGE_BYTES};
    if (!myo_web_page_keeps_up(&each->page, web->board)) {
        return -1;
    }
    myo_web_page_next(&each->page, web->board, &wire);
    if (wire.full || wire.used == 0) {
        return wire.full ? -1 : 0;
    }
    if (myo_lws.lws_write(each->wsi, wire.bytes, wire.used, LWS_WRITE_BINARY) < (int)wire.used) {
        return -1;
    }
    ask_to_write(each, myo_lws.lws_now_usecs());
    return 0;
}

static int on_page(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                   size_t length)
{
    myo_web *web = web_of(wsi);
    visitor **mine = user;
    switch (reason) {
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return !myo_web_http_let_in(wsi) || free_place(web) == NULL;
    case LWS_CALLBACK_ESTABLISHED:
        *mine = free_place(web);
        if (*mine == NULL) {
            return -1;
        }
        memset(*mine, 0, sizeof **mine);
        (*mine)->open = true;
        (*mine)->wsi = wsi;
        myo_web_page_open(&(*mine)->page, web->board);
        ask_to_write(*mine, myo_lws.lws_now_usecs());
        return 0;
    case LWS_CALLBACK_RECEIVE:
        if (!receive(web, *mine, in, length)) {
            myo_lws.lws_close_reason(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION, NULL, 0);
            return -1;
        }
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        /* libwebsockets calls this unasked as well */
        return (*mine)->waiting ? write_next(web, *mine) : 0;
    case LWS_CALLBACK_CLOSED:
        if (*mine != NULL) {
            (*mine)->open = false;
        }
        return 0;
    default:
        return 0;
    }
}

/* --- the thread ---------------------------------------------------------------------------- */

static void tick(lws_sorted_usec_list_t *sul)
{
    myo_web *web = lws_container_of(sul, myo_web, tick);
    myo_feed_message message;
    while (myo_feed_next(web->options.feed, &message)) {
        myo_web_board_take(web->board, &message);
    }
    bool frame = web->ticks++ % TICKS_A_FRAME == 0;
    lws_usec_t now = myo_lws.lws_now_usecs();
    for (visitor *each = web->visitors; each < web->visitors + MYO_WEB_PAGES; each++) {
        if (each->open) {
            each->page.beat = each->page.beat || frame;
            if (each->waiting && now - each->asked > PATIENCE_S * LWS_US_PER_SEC) {
                myo_lws.lws_set_timeout(each->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
            }
            ask_to_write(each, now);
        }
    }
    myo_lws.lws_sul_schedule(web->context, 0, &web->tick, tick, TICK_US);
}

static bool all_told(const myo_web *web)
{
    for (const visitor *each = web->visitors; each < web->visitors + MYO_WEB_PAGES; each++) {
        if (each->open && each->page.note < web->board->note_count) {
            return false;
        }
    }
    return true;
}

/* Until it is asked to stop; then what happened last still goes out to pages that read. */
static void *serve_all(void *argument)
{
    myo_web *web = argument;
    myo_lws.lws_sul_schedule(web->context, 0, &web->tick, tick, 1);
    while (!atomic_load_explicit(&web->stop, memory_order_acquire) &&
           myo_lws.lws_service(web->context, 0) >= 0) {
    }
    const lws_usec_t until = myo_lws.lws_now_usecs() + FAREWELL_US;
    tick(&web->tick);
    while (!all_told(web) && myo_lws.lws_now_usecs() < until &&
           myo_lws.lws_service(web->context, 0) >= 0) {
    }
    return NULL;
}

static const struct lws_protocols protocols[] = {
    {"http", on_http, sizeof(myo_web_delivery), 0, 0, NULL, 0},
    {"myotwitch", on_page, sizeof(visitor *), MYO_WEB_LINE, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static myo_status listen_here(myo_web *web, myo_why *why)
{
    const myo_status loaded = myo_web_lws_load(why);
    if (loaded != MYO_OK) {
        return loaded;
    }
    myo_lws.lws_set_log_level(0, NULL);
    struct lws_context_creation_info info = {
        .port = web->options.port,
        .iface = "127.0.0.1",
        .protocols = protocols,
        .options = LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_VALIDATE_UTF8,
        .user = web,
        .gid = -1,
        .uid = -1,
        .server_string = "myotwitch",
        .timeout_secs = 5,
        .timeout_secs_ah_idle = 3,
        .keepalive_timeout = 5,
        .max_http_header_data = 8192,
        .max_http_header_pool = MYO_WEB_CONNECTIONS,
    };
    web->context = myo_lws.lws_create_context(&info);
    if (web->context == NULL) {
        snprintf(why->text, sizeof why->text,
                 "port %u of 127.0.0.1 cannot be used; --web 0 takes one that is free",
                 web->options.port);
        return MYO_ERR_EXISTS;
    }
    web->vhost = myo_lws.lws_get_vhost_by_name(web->context, "default");
    return myo_web_access_open(&web->door.access,
                               (uint16_t)myo_lws.lws_get_vhost_listen_port(web->vhost));
}

myo_status myo_web_new(const myo_web_options *options, myo_web **web, myo_why *why)
{
    myo_web *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    made->options = *options;
    pthread_mutex_init(&made->door.lock, NULL);
    myo_status status = myo_web_board_new(myo_feed_head_get(options->feed), &made->board);
    if (status == MYO_OK) {
        made->board->film = options->film;
        made->board->sound = options->sound;
        status = listen_here(made, why);
    }
    if (status == MYO_OK) {
        made->started = pthread_create(&made->thread, NULL, serve_all, made) == 0;
        status = made->started ? MYO_OK : MYO_ERR_NO_MEMORY;
    }
    if (status != MYO_OK) {
        myo_web_free(made);
        return status;
    }
    *web = made;
    return MYO_OK;
}

uint16_t myo_web_port(const myo_web *web)
{
    return web->door.access.port;
}

void myo_web_address(myo_web *web, char *text, size_t size)
{
    pthread_mutex_lock(&web->door.lock);
    snprintf(text, size, "http://127.0.0.1:%u/?t=%s", web->door.access.port,
             web->door.access.address);
    pthread_mutex_unlock(&web->door.lock);
}

void myo_web_free(myo_web *web)
{
    if (web == NULL) {
        return;
    }
    if (web->started) {
        atomic_store_explicit(&web->stop, true, memory_order_release);
        myo_lws.lws_cancel_service(web->context);
        pthread_join(web->thread, NULL);
    }
    if (web->context != NULL) {
        myo_lws.lws_context_destroy(web->context);
    }
    myo_web_board_free(web->board);
    pthread_mutex_destroy(&web->door.lock);
    free(web);
}
