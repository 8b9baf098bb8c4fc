/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deflate through zlib, with a limit on what comes out. */
#include "unzip.h"

#include <stdlib.h>
#include <zlib.h>

enum { PIECE = 1 << 16, FIRST_ROOM = 1 << 20 };

typedef struct {
    z_stream stream;
    uint8_t *memory;
    size_t room, max;
    uint8_t piece[PIECE];
} unzip;

/* Doubles the room when it is full. */
static myo_status room_make(unzip *u, myo_why *why)
{
    if (u->stream.avail_out > 0) {
        return MYO_OK;
    }
    if (u->room == u->max) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "unpacks to more than %zu bytes", u->max);
    }
    size_t used = u->room;
    u->room = u->room == 0 ? FIRST_ROOM : 2 * u->room;
    u->room = u->room < u->max ? u->room : u->max;
    uint8_t *more = realloc(u->memory, u->room);
    if (more == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    u->memory = more;
    u->stream.next_out = more + used;
    u->stream.avail_out = (uInt)(u->room - used);
    return MYO_OK;
}

/* Gives zlib the next piece of the file when it has used up the last one. */
static bool piece_read(unzip *u, const myo_bytes *bytes, int64_t *offset)
{
    int64_t left = bytes->size - *offset;
    if (u->stream.avail_in > 0 || left <= 0) {
        return u->stream.avail_in > 0;
    }
    size_t size = left < PIECE ? (size_t)left : PIECE;
    if (!myo_bytes_at(bytes, *offset, u->piece, size)) {
        return false;
    }
    *offset += (int64_t)size;
    u->stream.next_in = u->piece;
    u->stream.avail_in = (uInt)size;
    return true;
}

static myo_status all_unpack(unzip *u, const myo_bytes *bytes, int64_t offset, myo_why *why)
{
    int result = Z_OK;
    while (result == Z_OK) {
        myo_status status = room_make(u, why);
        if (status != MYO_OK) {
            return status;
        }
        if (!piece_read(u, bytes, &offset)) {
            return myo_why_set(why, MYO_ERR_READ, "the packed part is cut off");
        }
        result = inflate(&u->stream, Z_NO_FLUSH);
    }
    return result == Z_STREAM_END
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: cannot be unpacked",
                             (long long)offset - (long long)u->stream.avail_in);
}

myo_status myo_unzip(const myo_bytes *bytes, int64_t offset, bool is_raw, size_t max,
                     uint8_t **memory, int64_t *size, myo_why *why)
{
    unzip *u = calloc(1, sizeof *u);
    if (u == NULL || inflateInit2(&u->stream, is_raw ? -MAX_WBITS : MAX_WBITS) != Z_OK) {
        free(u);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    u->max = max < (size_t)1 << 30 ? max : (size_t)1 << 30;
    myo_status status = all_unpack(u, bytes, offset, why);
    *size = (int64_t)(u->room - u->stream.avail_out);
    (void)inflateEnd(&u->stream);
    *memory = status == MYO_OK ? u->memory : NULL;
    if (status != MYO_OK) {
        free(u->memory);
    }
    free(u);
    return status;
}
