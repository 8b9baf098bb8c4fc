/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decodes runs and copies of bytes. */
#include "packbits.h"

#include <string.h>

enum { HEADER_BYTES = 64, MAX_SEGMENTS = 15 };

static uint32_t u32_le(const uint8_t *from)
{
    return (uint32_t)from[3] << 24 | (uint32_t)from[2] << 16 | (uint32_t)from[1] << 8 | from[0];
}

/* n < 128: n + 1 bytes follow; n > 128: the next byte, 257 - n times; 128: nothing. What is more than
 * a plane holds is padding. */
static bool segment_decode(const uint8_t *from, size_t size, uint8_t *to, size_t pixels)
{
    size_t at = 0, done = 0;
    while (done < pixels && at < size) {
        uint8_t n = from[at++];
        bool is_run = n > 128;
        size_t count = is_run ? 257U - n : n + 1U, left = pixels - done;
        size_t taken = count < left ? count : left;
        if (n == 128) {
            continue;
        }
        if ((is_run ? 1 : count) > size - at) {
            return false;
        }
        if (is_run) {
            memset(to + done, from[at], taken);
        } else {
            memcpy(to + done, from + at, taken);
        }
        at += is_run ? 1 : count;
        done += taken;
    }
    return done == pixels;
}

bool myo_rle_decode(const uint8_t *packed, size_t size, uint32_t segments, size_t pixels,
                    uint8_t *planes)
{
    if (size < HEADER_BYTES || segments > MAX_SEGMENTS || u32_le(packed) != segments) {
        return false;
    }
    for (uint32_t s = 0; s < segments; s++) {
        size_t start = u32_le(packed + 4 + 4 * (size_t)s);
        size_t end = s + 1 < segments ? u32_le(packed + 8 + 4 * (size_t)s) : size;
        if (start < HEADER_BYTES || start > end || end > size ||
            !segment_decode(packed + start, end - start, planes + s * pixels, pixels)) {
            return false;
        }
    }
    return true;
}
