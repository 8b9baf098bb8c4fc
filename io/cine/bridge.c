/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live images of a scanner bridge, "igtl://HOST:PORT": a client of OpenIGTLink. Each image comes with its own
 * time; one whose time lies before that of the last is left out, and the step of the sequence tells. */
#include "igtl.h"
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An image of the largest size in four bytes a pixel, and what may stand around it. */
#define MAX_BODY ((uint64_t)MYO_CINE_MAX_PIXELS * 4 + 65536)

/* Images in a row whose time went back, after which the clock is taken to have been set. */
enum { MAX_LATE = 16, MAX_HOST = 256 };

typedef struct {
    myo_bytes stream;
    uint8_t *body;
    size_t room;
    uint8_t *gray;
    float *values;
    igtl_image image;
    double time_s;    /* of the image in body */
    double last_s;    /* of the last that was handed out */
    int64_t sequence; /* images that came */
    bool waits;       /* body holds an image that was not handed out */
} bridge;

/* "igtl://host:port" or "igtl://[v6]:port". */
static bool place_split(const char *path, char *host, const char **port)
{
    const char *from = path + strlen(MYO_CINE_IGTL), *colon = strrchr(from, ':');
    bool bracketed = from[0] == '[' && colon != NULL && colon > from && colon[-1] == ']';
    from += bracketed;
    size_t length = colon == NULL ? 0 : (size_t)(colon - from) - bracketed;
    if (colon == NULL || colon <= from || length < 1 || length >= MAX_HOST || colon[1] == '\0') {
        return false;
    }
    memcpy(host, from, length);
    host[length] = '\0';
    *port = colon + 1;
    return true;
}

static bool is_ready(int file, short events, double patience_s)
{
    struct pollfd wait = {.fd = file, .events = events};
    return poll(&wait, 1, (int)(patience_s * 1000.0)) > 0;
}

/* Connects without waiting longer than asked; -1 with errno. */
static int address_connect(const struct addrinfo *address, double patience_s)
{
    int error = 0;
    socklen_t size = sizeof error;
    int file = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file < 0) {
        return -1;
    }
    if (connect(file, address->ai_addr, address->ai_addrlen) != 0) {
        error = errno;
        if (error == EINPROGRESS) {
            error = ETIMEDOUT;
            if (is_ready(file, POLLOUT, patience_s)) {
                (void)getsockopt(file, SOL_SOCKET, SO_ERROR, &error, &size);
            }
        }
    }
    if (error != 0) {
        (void)close(file);
        errno = error;
        return -1;
    }
    return file;
}

static myo_status stream_open(bridge *b, const char *path, double patience_s, myo_why *why)
{
    char host[MAX_HOST];
    const char *port = NULL;
    struct addrinfo *list = NULL, hints = {.ai_socktype = SOCK_STREAM};
    if (!place_split(path, host, &port)) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "not igtl://HOST:PORT");
    }
    int error = getaddrinfo(host, port, &hints, &list);
    if (error != 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "%s", gai_strerror(error));
    }
    for (const struct addrinfo *at = list; at != NULL && b->stream.file < 0; at = at->ai_next) {
        b->stream.file = address_connect(at, patience_s);
    }
    freeaddrinfo(list);
    b->stream.patience_s = patience_s;
    return b->stream.file >= 0
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_OPEN, "cannot be connected to: %s", strerror(errno));
}

/* *got false: the bridge closed between two messages. */
static myo_status all_read(bridge *b, uint8_t *to, size_t size, bool *got, myo_why *why)
{
    size_t filled = 0;
    ssize_t more = 1;
    while (filled < size && more > 0) {
        more = myo_bytes_read(&b->stream, to + filled, size - filled);
        filled += more > 0 ? (size_t)more : 0;
    }
    *got = filled == size;
    if (more < 0 || (filled > 0 && !*got)) {
        return myo_why_set(why, MYO_ERR_READ, "image %lld: %s", (long long)b->sequence,
                           more < 0 ? strerror(errno) : "the connection ended in a message");
    }
    return MYO_OK;
}

static myo_status body_read(bridge *b, size_t size, myo_why *why)
{
    bool got = true;
    if (size > b->room) {
        uint8_t *more = realloc(b->body, size);
        if (more == NULL) {
            return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
        }
        b->body = more;
        b->room = size;
    }
    myo_status status = all_read(b, b->body, size, &got, why);
    return status == MYO_OK && !got && size > 0
               ? myo_why_set(why, MYO_ERR_READ, "image %lld: the connection ended in a message",
                             (long long)b->sequence)
               : status;
}

/* Waits for the next IMAGE; other messages (STATUS, TRANSFORM ...) are passed over. */
static myo_status image_receive(bridge *b, bool *got, myo_why *why)
{
    for (;;) {
        uint8_t bytes[IGTL_HEADER];
        igtl_header header;
        myo_status status = all_read(b, bytes, sizeof bytes, got, why);
        if (status != MYO_OK || !*got) {
            return status;
        }
        status = igtl_header_read(bytes, MAX_BODY, &header, why);
        if (status == MYO_OK) {
            status = body_read(b, (size_t)header.body, why);
        }
        if (status != MYO_OK) {
            return status;
        }
        if (strcmp(header.type, "IMAGE") == 0) {
            b->time_s = header.time_s;
            return igtl_image_read(&header, b->body, &b->image, why);
        }
    }
}

static void bridge_close(myo_cine_reader *reader)
{
    bridge *b = reader->state;
    myo_bytes_close(&b->stream);
    free(b->body);
    free(b->gray);
    free(b->values);
    free(b);
    reader->state = NULL;
}

static myo_status info_fill(bridge *b, myo_cine_info *info, myo_why *why)
{
    size_t pixels = (size_t)b->image.width * b->image.height;
    info->width = b->image.width;
    info->height = b->image.height;
    info->mm_per_px_x = b->image.mm_x;
    info->mm_per_px_y = b->image.mm_y;
    info->frames = -1;
    info->clock = MYO_CINE_TIME_FRAME;
    info->is_float = b->image.scalar != 1 || b->image.is_signed;
    info->full_scale = info->is_float ? 0.0 : 255.0;
    (void)snprintf(info->format, sizeof info->format, "OpenIGTLink");
    b->gray = info->is_float ? NULL : malloc(pixels);
    b->values = info->is_float ? malloc(pixels * sizeof *b->values) : NULL;
    return b->gray != NULL || b->values != NULL
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
}

static myo_status bridge_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                              const myo_cine_options *options, myo_why *why)
{
    (void)bytes;
    bridge *b = calloc(1, sizeof *b);
    if (b == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    reader->state = b;
    b->stream = (myo_bytes){.file = -1, .size = -1};
    b->last_s = -INFINITY;
    myo_status status =
        stream_open(b, path, options->patience_s > 0.0 ? options->patience_s : 10.0, why);
    if (status == MYO_OK) {
        status = image_receive(b, &b->waits, why);
    }
    if (status == MYO_OK && !b->waits) {
        status = myo_why_set(why, MYO_ERR_EMPTY, "the bridge sent no image");
    }
    if (status == MYO_OK) {
        status = info_fill(b, &reader->info, why);
    }
    if (status != MYO_OK) {
        bridge_close(reader);
    }
    return status;
}

static double brightness(const igtl_image *image, size_t pixel)
{
    if (image->components == 1) {
        return igtl_sample(image, pixel);
    }
    return 0.299 * igtl_sample(image, 3 * pixel) + 0.587 * igtl_sample(image, 3 * pixel + 1) +
           0.114 * igtl_sample(image, 3 * pixel + 2);
}

static void picture_fill(bridge *b)
{
    size_t pixels = (size_t)b->image.width * b->image.height;
    for (size_t i = 0; i < pixels; i++) {
        double value = brightness(&b->image, i);
        if (b->gray != NULL) {
            b->gray[i] = (uint8_t)(value + 0.5);
        } else {
            b->values[i] = (float)value;
        }
    }
}

/* The next image that is not late. */
static myo_status image_next(bridge *b, bool *got, myo_why *why)
{
    for (int late = 0; late < MAX_LATE; late++) {
        myo_status status = MYO_OK;
        *got = b->waits;
        if (!b->waits) {
            status = image_receive(b, got, why);
        }
        b->waits = false;
        if (status != MYO_OK || !*got) {
            return status;
        }
        b->sequence++;
        if (b->time_s >= b->last_s) {
            return MYO_OK;
        }
    }
    return myo_why_set(why, MYO_ERR_FORMAT, "image %lld: the bridge's clock went back",
                       (long long)b->sequence);
}

static myo_status bridge_next(myo_cine_reader *reader, myo_cine_frame *frame, bool *got,
                              myo_why *why)
{
    bridge *b = reader->state;
    const myo_cine_info *info = &reader->info;
    myo_status status = image_next(b, got, why);
    if (status == MYO_OK && *got &&
        (b->image.width != info->width || b->image.height != info->height ||
         (b->image.scalar != 1 || b->image.is_signed) != info->is_float)) {
        status = myo_why_set(why, MYO_ERR_UNSUPPORTED,
                             "image %lld: the size of the picture changes", (long long)b->sequence);
    }
    *got = *got && status == MYO_OK;
    if (*got) {
        picture_fill(b);
        b->last_s = b->time_s;
        *frame = (myo_cine_frame){.gray = b->gray,
                                  .values = b->values,
                                  .stride = info->width,
                                  .time_s = b->time_s,
                                  .sequence = b->sequence - 1};
    }
    return status;
}

static bool bridge_known(const uint8_t *head, size_t size, int64_t file_size)
{
    (void)head, (void)size, (void)file_size;
    return false;
}

const myo_cine_class myo_cine_bridge = {bridge_known, bridge_open, bridge_next, bridge_close};
