/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds compressed frames. */
#include "dicom_fragments.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FRAGMENTS = 1 << 22, ITEM_BYTES = 8 };

static uint32_t u32_le(const uint8_t *from)
{
    return (uint32_t)from[3] << 24 | (uint32_t)from[2] << 16 | (uint32_t)from[1] << 8 | from[0];
}

static myo_status fragment_add(dicom_fragments *fragments, dicom_fragment fragment, myo_why *why)
{
    if (fragments->count == fragments->room) {
        size_t room = fragments->room == 0 ? 64 : 2 * fragments->room;
        dicom_fragment *more =
            room > MAX_FRAGMENTS ? NULL : realloc(fragments->list, room * sizeof *fragments->list);
        if (more == NULL) {
            return myo_why_set(why, MYO_ERR_NO_MEMORY, "no memory for %zu fragments", room);
        }
        fragments->list = more;
        fragments->room = room;
    }
    fragments->list[fragments->count++] = fragment;
    return MYO_OK;
}

/* Items up to the delimiter, or to where the file is cut off (*cut_off); the first is the offset table. */
static myo_status items_read(const dicom_head *head, dicom_fragments *fragments, bool *cut_off,
                             myo_why *why)
{
    int64_t at = head->pixels.value;
    myo_status status = MYO_OK;
    for (*cut_off = false; status == MYO_OK;) {
        uint8_t item[ITEM_BYTES];
        if (!dicom_at(&head->input, at, item, sizeof item)) {
            *cut_off = true;
            return MYO_OK;
        }
        uint32_t size = u32_le(item + 4);
        if (memcmp(item, "\xFE\xFF\xDD\xE0", 4) == 0) {
            return MYO_OK;
        }
        if (memcmp(item, "\xFE\xFF\x00\xE0", 4) != 0) {
            return myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: no item of the pixels",
                               (long long)at);
        }
        at += ITEM_BYTES;
        if (size > head->input.size - at) {
            *cut_off = true;
            return MYO_OK;
        }
        status = fragment_add(fragments, (dicom_fragment){at, size}, why);
        at += size;
    }
    return status;
}

/* The fragment that begins @p offset bytes after the offset table; count if none does. */
static size_t fragment_at(const dicom_fragments *fragments, size_t from, int64_t offset)
{
    size_t i = from;
    while (i < fragments->count && fragments->list[i].at - fragments->list[1].at < offset) {
        i++;
    }
    bool exact = i < fragments->count && fragments->list[i].at - fragments->list[1].at == offset;
    return exact ? i : fragments->count;
}

static bool by_table(const dicom_head *head, dicom_fragments *fragments)
{
    dicom_fragment table = fragments->list[0];
    size_t frames = (size_t)head->frames, from = 1;
    if (table.size != 4 * frames || fragments->count < 2) {
        return false;
    }
    for (size_t f = 0; f < frames; f++) {
        uint8_t bytes[4];
        if (!dicom_at(&head->input, table.at + 4 * (int64_t)f, bytes, sizeof bytes)) {
            return false;
        }
        from = fragment_at(fragments, from, u32_le(bytes));
        if (from == fragments->count || (f > 0 && from <= fragments->first[f - 1]) ||
            (f == 0 && from != 1)) {
            return false;
        }
        fragments->first[f] = from;
    }
    fragments->first[frames] = fragments->count;
    return true;
}

/* JPEG's and JPEG-LS's start of image, JPEG 2000's start of codestream. */
static bool begins_image(const dicom_head *head, dicom_fragment fragment)
{
    uint8_t two[2] = {0};
    return fragment.size >= 2 && dicom_at(&head->input, fragment.at, two, 2) && two[0] == 0xFF &&
           two[1] == (head->packing == DICOM_JPEG_2000 ? 0x4F : 0xD8);
}

static bool by_image(const dicom_head *head, dicom_fragments *fragments)
{
    int64_t frames = 0;
    if (head->packing == DICOM_RLE) {
        return false;
    }
    for (size_t i = 1; i < fragments->count; i++) {
        if (begins_image(head, fragments->list[i])) {
            if (frames == head->frames) {
                return false;
            }
            fragments->first[frames++] = i;
        } else if (frames == 0) {
            return false;
        }
    }
    fragments->first[head->frames] = fragments->count;
    return frames == head->frames;
}

static myo_status deal_out(const dicom_head *head, dicom_fragments *fragments, bool cut_off,
                           myo_why *why)
{
    size_t frames = (size_t)head->frames, pieces = fragments->count > 0 ? fragments->count - 1 : 0;
    if (pieces == frames || (cut_off && pieces < frames) || (frames == 1 && pieces > 0)) {
        for (size_t f = 0; f <= frames; f++) {
            fragments->first[f] = f < pieces ? f + 1 : fragments->count;
        }
        fragments->first[frames] = fragments->count;
        return MYO_OK;
    }
    if (pieces > frames && (by_table(head, fragments) || by_image(head, fragments))) {
        return MYO_OK;
    }
    return myo_why_set(why, MYO_ERR_FORMAT, "DICOM: %zu fragments for %zu frames", pieces, frames);
}

myo_status dicom_fragments_find(const dicom_head *head, dicom_fragments *fragments, myo_why *why)
{
    bool cut_off = false;
    *fragments = (dicom_fragments){0};
    if (head->pixels.length != DICOM_UNDEFINED) {
        return myo_why_set(why, MYO_ERR_FORMAT, "DICOM: compressed pixels are not in fragments");
    }
    myo_status status = items_read(head, fragments, &cut_off, why);
    /* A frame takes the 8 bytes of an item at least, unless the file is cut off. */
    if (status == MYO_OK && head->frames > head->input.size / ITEM_BYTES) {
        return myo_why_set(why, MYO_ERR_FORMAT, "DICOM: %lld frames in %lld bytes",
                           (long long)head->frames, (long long)head->input.size);
    }
    if (status == MYO_OK) {
        fragments->first = calloc((size_t)head->frames + 1, sizeof *fragments->first);
        status = fragments->first == NULL ? myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory")
                                          : deal_out(head, fragments, cut_off, why);
    }
    return status;
}

size_t dicom_fragments_size(const dicom_fragments *fragments, int64_t number)
{
    size_t size = 0;
    for (size_t i = fragments->first[number]; i < fragments->first[number + 1]; i++) {
        size += fragments->list[i].size;
    }
    return size;
}

bool dicom_fragments_read(const dicom_head *head, const dicom_fragments *fragments, int64_t number,
                          uint8_t *to)
{
    bool ok = true;
    for (size_t i = fragments->first[number]; ok && i < fragments->first[number + 1]; i++) {
        ok = dicom_at(&head->input, fragments->list[i].at, to, fragments->list[i].size);
        to += fragments->list[i].size;
    }
    return ok;
}

void dicom_fragments_free(dicom_fragments *fragments)
{
    free(fragments->list);
    free(fragments->first);
    *fragments = (dicom_fragments){0};
}
