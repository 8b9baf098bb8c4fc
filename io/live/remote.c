/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The remote's thread: listens, hears commands, passes events on. */
#include "live/remote.h"

#include "live/remote_guest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { GUESTS = 8, WAIT_MS = 100, LAST_MS = 200, BACKLOG = 4 };

/* Descriptors to poll: the two that listen, the feed, the guests. */
enum { TCP, LOCAL, FEED, FIRST_GUEST, POLLED = FIRST_GUEST + GUESTS };

struct myo_remote {
    myo_remote_options options;
    myo_desk *desk;
    myo_feed *feed;
    int listening[2]; /* TCP, LOCAL; -1 = none */
    uint16_t port;
    bool has_path;
    remote_guest guests[GUESTS];
    myo_sink *lines;
    FILE *stream; /* that the lines are written to, into memory */
    char *text;
    size_t text_size;
    char *run; /* the first line */
    size_t run_size;
    pthread_t thread;
    bool has_thread;
    atomic_bool stopping;
};

/* ---- lines ---- */

static bool lines_start(myo_remote *self)
{
    myo_why why;
    self->stream = open_memstream(&self->text, &self->text_size);
    if (self->stream == NULL ||
        myo_jsonl_stream_new(self->stream, self->options.head, &self->lines, &why) != MYO_OK ||
        fflush(self->stream) != 0) {
        return false;
    }
    self->run = malloc(self->text_size + 1);
    if (self->run == NULL) {
        return false;
    }
    memcpy(self->run, self->text, self->text_size);
    self->run_size = self->text_size;
    rewind(self->stream);
    return true;
}

/* What was written to the stream goes to all who want events, and the stream starts anew. */
static void lines_send(myo_remote *self)
{
    if (fflush(self->stream) == 0) {
        const size_t size = (size_t)ftell(self->stream);
        for (size_t g = 0; g < GUESTS; g++) {
            remote_guest *guest = &self->guests[g];
            if (guest->fd >= 0 && guest->events && !remote_guest_send(guest, self->text, size)) {
                remote_guest_end(guest);
            }
        }
    }
    rewind(self->stream);
}

static void mark_write(myo_remote *self, const myo_feed_mark *mark)
{
    myo_why why;
    myo_mark line = {.frame = mark->frame};
    myo_feed_mark_text(mark, line.label, sizeof line.label);
    (void)self->lines->mark(self->lines, &line, &why);
}

/* True at the feed's end. */
static bool feed_take(myo_remote *self)
{
    myo_feed_message message;
    myo_why why;
    while (myo_feed_next(self->feed, &message)) {
        if (message.kind == MYO_FEED_EVENT) {
            (void)self->lines->event(self->lines, &message.event, &why);
            lines_send(self);
        } else if (message.kind == MYO_FEED_MARK) {
            mark_write(self, &message.mark);
            lines_send(self);
        } else if (message.kind == MYO_FEED_END) {
            return true;
        }
    }
    return false;
}

/* ---- guests ---- */

static void guest_let_in(myo_remote *self, int which)
{
    const int fd = accept4(self->listening[which], NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        return;
    }
    for (size_t g = 0; g < GUESTS; g++) {
        remote_guest *guest = &self->guests[g];
        if (guest->fd < 0) {
            if (remote_guest_begin(guest, fd, which == LOCAL) && which == LOCAL &&
                !remote_guest_send(guest, self->run, self->run_size)) {
                remote_guest_end(guest);
            }
            return;
        }
    }
    (void)close(fd); /* full */
}

static void guest_serve(myo_remote *self, remote_guest *guest, short events)
{
    bool stays = true;
    if (events & POLLOUT) {
        stays = remote_guest_flush(guest);
    }
    if (stays && (events & (POLLIN | POLLHUP | POLLERR))) {
        stays = remote_guest_hear(guest, self->desk, self->run, self->run_size);
    }
    if (!stays) {
        remote_guest_end(guest);
    }
}

static void polls_fill(const myo_remote *self, struct pollfd *polls)
{
    polls[TCP] = (struct pollfd){.fd = self->listening[TCP], .events = POLLIN};
    polls[LOCAL] = (struct pollfd){.fd = self->listening[LOCAL], .events = POLLIN};
    polls[FEED] = (struct pollfd){.fd = myo_feed_fd(self->feed), .events = POLLIN};
    for (size_t g = 0; g < GUESTS; g++) {
        const remote_guest *guest = &self->guests[g];
        polls[FIRST_GUEST + g] = (struct pollfd){
            .fd = guest->fd, .events = (short)(POLLIN | (guest->waiting_length > 0 ? POLLOUT : 0))};
    }
}

static void *thread_run(void *argument)
{
    myo_remote *self = argument;
    bool ended = false;
    while (!ended && !atomic_load_explicit(&self->stopping, memory_order_acquire)) {
        struct pollfd polls[POLLED];
        polls_fill(self, polls);
        (void)poll(polls, POLLED, WAIT_MS);
        ended = feed_take(self);
        for (size_t g = 0; g < GUESTS; g++) {
            const struct pollfd *polled = &polls[FIRST_GUEST + g];
            if (polled->fd >= 0 && polled->fd == self->guests[g].fd && polled->revents != 0) {
                guest_serve(self, &self->guests[g], polled->revents);
            }
        }
        for (int which = TCP; which <= LOCAL; which++) {
            if (polls[which].revents & POLLIN) {
                guest_let_in(self, which);
            }
        }
    }
    return NULL;
}

/* ---- listening ---- */

static myo_status tcp_listen(myo_remote *self, myo_why *why)
{
    const int one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(self->options.port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    self->listening[TCP] = fd;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, BACKLOG) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        return myo_why_set(why, MYO_ERR_WRITE, "remote: port %u of 127.0.0.1: %s",
                           self->options.port, strerror(errno));
    }
    self->port = ntohs(address.sin_port);
    return MYO_OK;
}

/* The path is made readable for its owner alone before anybody can connect. */
static myo_status local_listen(myo_remote *self, myo_why *why)
{
    const char *path = self->options.events_path;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        return myo_why_set(why, MYO_ERR_WRITE, "events socket: the path is longer than %zu bytes",
                           sizeof address.sun_path - 1);
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    self->listening[LOCAL] = fd;
    self->has_path = fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    if (!self->has_path || chmod(path, 0600) != 0 || listen(fd, BACKLOG) != 0) {
        return myo_why_set(why, MYO_ERR_WRITE, "events socket %.150s: %s", path,
                           errno == EADDRINUSE ? "a file of that name exists" : strerror(errno));
    }
    return MYO_OK;
}

myo_status myo_remote_new(const myo_remote_options *options, myo_desk *desk, myo_feed *feed,
                          myo_remote **remote, myo_why *why)
{
    myo_remote *self = calloc(1, sizeof *self);
    *remote = NULL;
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->options = *options;
    self->desk = desk;
    self->feed = feed;
    self->listening[TCP] = self->listening[LOCAL] = -1;
    for (size_t g = 0; g < GUESTS; g++) {
        self->guests[g].fd = -1;
    }
    myo_status status = options->tcp ? tcp_listen(self, why) : MYO_OK;
    if (status == MYO_OK && options->events_path != NULL) {
        status = local_listen(self, why);
    }
    if (status == MYO_OK) {
        self->has_thread =
            lines_start(self) && pthread_create(&self->thread, NULL, thread_run, self) == 0;
        status = self->has_thread ? MYO_OK : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    if (status != MYO_OK) {
        myo_remote_free(self);
        return status;
    }
    *remote = self;
    return MYO_OK;
}

uint16_t myo_remote_port(const myo_remote *self)
{
    return self->port;
}

/* What the last moments brought still goes out to those who read. */
static void guests_end(myo_remote *self)
{
    for (size_t g = 0; g < GUESTS; g++) {
        remote_guest *guest = &self->guests[g];
        struct pollfd wait = {.fd = guest->fd, .events = POLLOUT};
        for (int waited = 0; guest->fd >= 0 && guest->waiting_length > 0 && waited < LAST_MS;
             waited += LAST_MS / 4) {
            (void)poll(&wait, 1, LAST_MS / 4);
            if (!remote_guest_flush(guest)) {
                break;
            }
        }
        remote_guest_end(guest);
    }
}

void myo_remote_free(myo_remote *self)
{
    if (self == NULL) {
        return;
    }
    atomic_store_explicit(&self->stopping, true, memory_order_release);
    if (self->has_thread) {
        (void)pthread_join(self->thread, NULL);
    }
    guests_end(self);
    for (int which = TCP; which <= LOCAL; which++) {
        if (self->listening[which] >= 0) {
            (void)close(self->listening[which]);
        }
    }
    if (self->has_path) {
        (void)unlink(self->options.events_path);
    }
    if (self->lines != NULL) {
        self->lines->free(self->lines);
    }
    if (self->stream != NULL) {
        (void)fclose(self->stream);
    }
    free(self->text);
    free(self->run);
    free(self);
}
