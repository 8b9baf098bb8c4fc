/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expands segmented palettes. */
#include "dicom_segments.h"

enum { DISCRETE = 0, LINEAR = 1, INDIRECT = 2 };

typedef struct {
    const uint8_t *bytes;
    size_t words, at; /* of 16 bits */
    bool is_big_endian;
    uint16_t *entries;
    uint32_t count, done;
} expansion;

static uint32_t word_get(expansion *e)
{
    const uint8_t *from = e->bytes + 2 * e->at++;
    return e->is_big_endian ? (uint32_t)from[0] << 8 | from[1] : (uint32_t)from[1] << 8 | from[0];
}

static bool values_copy(expansion *e, uint32_t length)
{
    if (length > e->words - e->at || length > e->count - e->done) {
        return false;
    }
    for (uint32_t i = 0; i < length; i++) {
        e->entries[e->done++] = (uint16_t)word_get(e);
    }
    return true;
}

/* From the last entry, which is not repeated, to the value given, in equal steps. */
static bool line_draw(expansion *e, uint32_t length)
{
    if (e->at == e->words || e->done == 0 || length > e->count - e->done) {
        return false;
    }
    int64_t from = e->entries[e->done - 1], to = word_get(e);
    for (int64_t i = 1; i <= length; i++) {
        e->entries[e->done++] = (uint16_t)((from * (length - i) + to * i + length / 2) / length);
    }
    return true;
}

/* One segment that is not a repetition; its kind and length have been taken. */
static bool segment_expand(expansion *e, uint32_t kind, uint32_t length)
{
    return kind == DISCRETE ? values_copy(e, length) : kind == LINEAR && line_draw(e, length);
}

/* @p length segments from an offset in bytes on; they may not be repetitions themselves. */
static bool segments_repeat(expansion *e, uint32_t length)
{
    if (e->words - e->at < 2) {
        return false;
    }
    size_t low = word_get(e), offset = low | (size_t)word_get(e) << 16, back = e->at;
    bool ok = offset % 2 == 0;
    e->at = offset / 2;
    for (uint32_t i = 0; ok && i < length; i++) {
        ok = e->at < e->words && e->words - e->at >= 2;
        uint32_t kind = ok ? word_get(e) : INDIRECT;
        ok = ok && segment_expand(e, kind, word_get(e));
    }
    e->at = back;
    return ok;
}

bool dicom_segments_expand(const uint8_t *bytes, size_t size, bool is_big_endian, uint32_t count,
                           uint16_t *entries)
{
    expansion e = {.bytes = bytes,
                   .words = size / 2,
                   .is_big_endian = is_big_endian,
                   .entries = entries,
                   .count = count};
    bool ok = true;
    while (ok && e.words - e.at >= 2 && e.done < count) {
        uint32_t kind = word_get(&e), length = word_get(&e);
        ok = kind == INDIRECT ? segments_repeat(&e, length) : segment_expand(&e, kind, length);
    }
    return ok && e.done == count;
}
