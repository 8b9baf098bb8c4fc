/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One chunk of each kind that a PNG must have; rows as they are, packed by zlib. */
#include "png.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { HEAD = 8 + 25, CHUNK = 12, END = 12 };

static void u32_put(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        to[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

/* Length, kind and check around @p size bytes that stand at to + 8 already; returns what is behind. */
static uint8_t *chunk_close(uint8_t *to, const char *kind, uint32_t size)
{
    u32_put(to, size);
    memcpy(to + 4, kind, 4);
    u32_put(to + 8 + size, (uint32_t)crc32(0, to + 4, size + 4));
    return to + CHUNK + size;
}

/* The rows, each behind a byte that says that it is not filtered; NULL without memory. */
static uint8_t *rows_make(const uint8_t *grey, uint32_t width, uint32_t height)
{
    uint8_t *rows = malloc(((size_t)width + 1) * height);
    for (uint32_t y = 0; rows != NULL && y < height; y++) {
        rows[((size_t)width + 1) * y] = 0;
        memcpy(rows + ((size_t)width + 1) * y + 1, grey + (size_t)width * y, width);
    }
    return rows;
}

/* The whole file; NULL without memory. */
static uint8_t *png_make(const uint8_t *grey, uint32_t width, uint32_t height, size_t *size)
{
    static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    const uLong plain = ((uLong)width + 1) * height;
    uLongf packed = compressBound(plain);
    uint8_t *rows = rows_make(grey, width, height), *png = malloc(HEAD + CHUNK + packed + END);
    if (rows == NULL || png == NULL ||
        compress2(png + HEAD + 8, &packed, rows, plain, Z_BEST_COMPRESSION) != Z_OK) {
        free(rows);
        free(png);
        return NULL;
    }
    free(rows);
    memcpy(png, signature, sizeof signature);
    u32_put(png + 16, width);
    u32_put(png + 20, height);
    memcpy(png + 24, "\x08\0\0\0\0", 5); /* 8 bits of grey, the only methods, not interlaced */
    uint8_t *at = chunk_close(png + 8, "IHDR", 13);
    at = chunk_close(at, "IDAT", (uint32_t)packed);
    at = chunk_close(at, "IEND", 0);
    *size = (size_t)(at - png);
    return png;
}

static void base64_add(myo_string *text, const uint8_t *bytes, size_t size)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    enum { LINE = 768 };
    char out[LINE / 3 * 4 + 1];
    for (size_t from = 0; from < size;) {
        size_t used = 0;
        for (; from < size && used + 4 < sizeof out; from += 3) {
            const size_t left = size - from;
            const uint32_t three = (uint32_t)bytes[from] << 16 |
                                   (uint32_t)(left > 1 ? bytes[from + 1] : 0) << 8 |
                                   (left > 2 ? bytes[from + 2] : 0);
            out[used++] = letters[three >> 18];
            out[used++] = letters[three >> 12 & 63];
            out[used++] = left > 1 ? letters[three >> 6 & 63] : '=';
            out[used++] = left > 2 ? letters[three & 63] : '=';
        }
        out[used] = '\0';
        myo_string_add(text, "%s", out);
    }
}

void myo_png_add(myo_string *text, const uint8_t *grey, uint32_t width, uint32_t height)
{
    size_t size = 0;
    uint8_t *png = png_make(grey, width, height, &size);
    if (png == NULL) {
        text->failed = true;
        return;
    }
    myo_string_add(text, "data:image/png;base64,");
    base64_add(text, png, size);
    free(png);
}
