/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of gray, picture after picture, of a size that the caller gives; also from a pipe, where the time of a
 * picture is when it came. */
#include "stack.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    myo_bytes *bytes;
    uint8_t *gray;
    size_t size;
    bool is_pipe;
    int64_t number;
} raw;

static void raw_close(myo_cine_reader *reader)
{
    raw *r = reader->state;
    free(r->gray);
    free(r);
    reader->state = NULL;
}

static myo_status raw_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                           const myo_cine_options *options, myo_why *why)
{
    (void)path;
    myo_cine_info *info = &reader->info;
    myo_status status = myo_cine_size_check(options->width, options->height, why);
    if (status != MYO_OK) {
        return status;
    }
    raw *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    reader->state = r;
    r->bytes = bytes;
    r->size = (size_t)options->width * options->height;
    r->is_pipe = bytes->size < 0;
    r->gray = malloc(r->size);
    info->width = options->width;
    info->height = options->height;
    info->full_scale = 255.0;
    info->frames = r->is_pipe ? -1 : bytes->size / (int64_t)r->size;
    info->clock = r->is_pipe ? MYO_CINE_TIME_ARRIVAL : MYO_CINE_TIME_NONE;
    (void)snprintf(info->format, sizeof info->format, "raw gray");
    if (r->gray == NULL) {
        raw_close(reader);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    return MYO_OK;
}

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static myo_status raw_next(myo_cine_reader *reader, myo_cine_frame *frame, bool *got, myo_why *why)
{
    raw *r = reader->state;
    size_t filled = 0;
    ssize_t more = 1;
    while (filled < r->size && more > 0) {
        more = myo_bytes_read(r->bytes, r->gray + filled, r->size - filled);
        filled += more > 0 ? (size_t)more : 0;
    }
    *got = filled == r->size;
    if (more < 0 || (filled > 0 && !*got)) {
        *got = false;
        return myo_why_set(why, MYO_ERR_READ, "frame %lld: %s", (long long)r->number,
                           more < 0 ? strerror(errno) : "is cut off");
    }
    *frame = (myo_cine_frame){.gray = r->gray,
                              .stride = reader->info.width,
                              .time_s = r->is_pipe ? now_s() : (double)NAN,
                              .sequence = r->number};
    r->number += *got;
    return MYO_OK;
}

static bool raw_known(const uint8_t *head, size_t size, int64_t file_size)
{
    (void)head, (void)size, (void)file_size;
    return false;
}

const myo_cine_class myo_cine_raw = {raw_known, raw_open, raw_next, raw_close};
