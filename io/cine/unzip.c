/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deflate through zlib. */
#include "unzip.h"

#include <stdlib.h>
#include <zlib.h>

enum { PIECE = 1 << 16, FIRST_ROOM = 1 << 20, LARGEST_READ = 1 << 30 };

struct myo_unzip {
    z_stream stream;
    const myo_bytes *bytes;
    int64_t offset, end; /* of what is not yet in piece */
    bool done;
    uint8_t piece[PIECE];
};

myo_status myo_unzip_new(const myo_bytes *bytes, int64_t offset, int64_t end, bool is_raw,
                         myo_unzip **unzip, myo_why *why)
{
    myo_unzip *u = calloc(1, sizeof *u);
    if (u == NULL || inflateInit2(&u->stream, is_raw ? -MAX_WBITS : MAX_WBITS) != Z_OK) {
        free(u);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    u->bytes = bytes;
    u->offset = offset;
    u->end = end < bytes->size ? end : bytes->size;
    *unzip = u;
    return MYO_OK;
}

/* Gives zlib the next piece of the file when it has used up the last one. */
static bool piece_read(myo_unzip *u)
{
    int64_t left = u->end - u->offset;
    if (u->stream.avail_in > 0 || left <= 0) {
        return u->stream.avail_in > 0;
    }
    size_t size = left < PIECE ? (size_t)left : PIECE;
    if (!myo_bytes_at(u->bytes, u->offset, u->piece, size)) {
        return false;
    }
    u->offset += (int64_t)size;
    u->stream.next_in = u->piece;
    u->stream.avail_in = (uInt)size;
    return true;
}

myo_status myo_unzip_read(myo_unzip *unzip, void *to, size_t size, size_t *got, myo_why *why)
{
    z_stream *stream = &unzip->stream;
    size = size < LARGEST_READ ? size : LARGEST_READ;
    stream->next_out = to;
    stream->avail_out = (uInt)size;
    *got = 0;
    while (stream->avail_out > 0 && !unzip->done) {
        if (!piece_read(unzip)) {
            return myo_why_set(why, MYO_ERR_READ, "the packed part is cut off");
        }
        int result = inflate(stream, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END) {
            return myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: cannot be unpacked",
                               (long long)unzip->offset - (long long)stream->avail_in);
        }
        unzip->done = result == Z_STREAM_END;
    }
    *got = size - stream->avail_out;
    return MYO_OK;
}

void myo_unzip_free(myo_unzip *unzip)
{
    if (unzip != NULL) {
        (void)inflateEnd(&unzip->stream);
        free(unzip);
    }
}

/* Reads on into memory that doubles when it is full. */
static myo_status all_read(myo_unzip *u, size_t max, uint8_t **memory, size_t *size, myo_why *why)
{
    size_t room = 0, got = 0;
    do {
        if (room == max) {
            return myo_why_set(why, MYO_ERR_UNSUPPORTED, "unpacks to more than %zu bytes", max);
        }
        size_t more = room == 0 ? FIRST_ROOM : 2 * room;
        room = more < max ? more : max;
        uint8_t *larger = realloc(*memory, room);
        if (larger == NULL) {
            return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
        }
        *memory = larger;
        myo_status status = myo_unzip_read(u, larger + *size, room - *size, &got, why);
        *size += got;
        if (status != MYO_OK) {
            return status;
        }
    } while (*size == room);
    return MYO_OK;
}

myo_status myo_unzip_all(const myo_bytes *bytes, int64_t offset, int64_t end, bool is_raw,
                         size_t max, uint8_t **memory, int64_t *size, myo_why *why)
{
    myo_unzip *u = NULL;
    size_t total = 0;
    *memory = NULL;
    myo_status status = myo_unzip_new(bytes, offset, end, is_raw, &u, why);
    *size = 0;
    if (u == NULL) {
        return status;
    }
    status = all_read(u, max, memory, &total, why);
    myo_unzip_free(u);
    *size = (int64_t)total;
    if (status != MYO_OK) {
        free(*memory);
        *memory = NULL;
    }
    return status;
}
