/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DICOM ultrasound, one frame or many: a small strict reader. What it does not know to be right it
 * refuses. FFmpeg has no DICOM reader, and takes some files for what they are not. */
#include "dicom_fragments.h"
#include "dicom_head.h"
#include "packbits.h"
#include "still.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PACKED = 1 << 26 };

typedef struct {
    dicom_head head;
    dicom_fragments fragments;
    myo_still *still;
    uint8_t *packed; /* bytes of one frame as they stand in the file */
    size_t packed_room;
    uint8_t *planes; /* decoded samples; native pixels are used where they are, in packed */
    uint8_t *gray;
    float *values;
    int64_t number; /* of the next frame */
} dicom;

/* Samples of a frame in memory: sample c of pixel i is at data + c * plane + i * pixel. */
typedef struct {
    const uint8_t *data;
    size_t pixel, plane;
    bool is_wide, is_big_endian;
} layout;

static bool dicom_known(const uint8_t *head, size_t size, int64_t file_size)
{
    (void)file_size;
    return size >= 132 && memcmp(head + 128, "DICM", 4) == 0;
}

static size_t pixels_of(const dicom_head *head)
{
    return (size_t)head->rows * head->columns;
}

static size_t native_bytes(const dicom_head *head)
{
    size_t samples = head->colour == DICOM_YBR_FULL_422 ? 2 : head->samples;
    return pixels_of(head) * samples * (head->allocated / 8);
}

static void dicom_close(myo_cine_reader *reader)
{
    dicom *d = reader->state;
    dicom_fragments_free(&d->fragments);
    dicom_head_free(&d->head);
    myo_still_free(d->still);
    free(d->packed);
    free(d->planes);
    free(d->gray);
    free(d->values);
    free(d);
    reader->state = NULL;
}

static myo_status packed_room(dicom *d, size_t size, myo_why *why)
{
    if (size > MAX_PACKED) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "a frame of %zu bytes", size);
    }
    if (size + MYO_STILL_PADDING > d->packed_room) {
        uint8_t *more = realloc(d->packed, size + MYO_STILL_PADDING);
        if (more == NULL) {
            return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
        }
        d->packed = more;
        d->packed_room = size + MYO_STILL_PADDING;
    }
    memset(d->packed + size, 0, MYO_STILL_PADDING);
    return MYO_OK;
}

static myo_status pictures_make(dicom *d, const myo_cine_info *info, myo_why *why)
{
    size_t pixels = pixels_of(&d->head);
    bool is_native = d->head.packing == DICOM_NATIVE;
    d->gray = info->is_float ? NULL : malloc(pixels);
    d->values = info->is_float ? malloc(pixels * sizeof *d->values) : NULL;
    d->planes = is_native ? NULL : malloc(pixels * d->head.samples * (d->head.allocated / 8));
    return (d->gray != NULL || d->values != NULL) && (is_native || d->planes != NULL)
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
}

static myo_status decoder_make(dicom *d, myo_why *why)
{
    switch (d->head.packing) {
    case DICOM_JPEG:
        return myo_still_new(MYO_STILL_JPEG, &d->still, why);
    case DICOM_JPEG_LS:
        return myo_still_new(MYO_STILL_JPEG_LS, &d->still, why);
    case DICOM_JPEG_2000:
        return myo_still_new(MYO_STILL_JPEG_2000, &d->still, why);
    default:
        return MYO_OK;
    }
}

/* Bytes that are swapped in pairs must come in pairs. */
static bool is_swapped(const dicom_head *head)
{
    return head->input.is_big_endian && head->allocated == 8 && strcmp(head->pixels.vr, "OW") == 0;
}

static myo_status native_check(const dicom_head *head, myo_cine_info *info, myo_why *why)
{
    uint64_t needed = (uint64_t)native_bytes(head) * (uint64_t)head->frames;
    if (head->pixels.length == DICOM_UNDEFINED) {
        return myo_why_set(why, MYO_ERR_FORMAT, "DICOM: raw pixels are in fragments");
    }
    if (is_swapped(head) && native_bytes(head) % 2 != 0) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "DICOM: an odd number of swapped bytes");
    }
    if (head->pixels.length < needed) {
        return myo_why_set(why, MYO_ERR_FORMAT, "DICOM: %u bytes of pixels; %lld frames need %llu",
                           head->pixels.length, (long long)head->frames,
                           (unsigned long long)needed);
    }
    if (head->pixels.length > needed + 1) {
        myo_note_add(info->note, sizeof info->note, "%llu bytes follow the last frame",
                     (unsigned long long)(head->pixels.length - needed));
    }
    return MYO_OK;
}

static myo_status dicom_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                             const myo_cine_options *options, myo_why *why)
{
    (void)path, (void)options;
    dicom *d = calloc(1, sizeof *d);
    if (d == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    reader->state = d;
    myo_status status = dicom_head_read(bytes, &d->head, &reader->info, why);
    if (status == MYO_OK) {
        status = d->head.packing == DICOM_NATIVE
                     ? native_check(&d->head, &reader->info, why)
                     : dicom_fragments_find(&d->head, &d->fragments, why);
    }
    if (status == MYO_OK) {
        status = decoder_make(d, why);
    }
    if (status == MYO_OK) {
        status = pictures_make(d, &reader->info, why);
    }
    if (status != MYO_OK) {
        dicom_close(reader);
    }
    return status;
}

static void pairs_swap(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i + 1 < size; i += 2) {
        uint8_t first = bytes[i];
        bytes[i] = bytes[i + 1];
        bytes[i + 1] = first;
    }
}

static myo_status native_read(dicom *d, layout *at, myo_why *why)
{
    const dicom_head *head = &d->head;
    size_t size = native_bytes(head), wide = head->allocated / 8;
    myo_status status = packed_room(d, size, why);
    if (status != MYO_OK) {
        return status;
    }
    if (!dicom_at(&head->input, head->pixels.value + d->number * (int64_t)size, d->packed, size)) {
        return myo_why_set(why, MYO_ERR_READ, "frame %lld: the file is cut off",
                           (long long)d->number);
    }
    if (is_swapped(head)) {
        pairs_swap(d->packed, size);
    }
    *at = (layout){.data = d->packed,
                   .pixel = head->planar == 0 ? wide * head->samples : wide,
                   .plane = head->planar == 0 ? wide : wide * pixels_of(head),
                   .is_wide = wide == 2,
                   .is_big_endian = head->input.is_big_endian};
    return MYO_OK;
}

/* RLE has the more significant bytes of all pixels first, then the others. */
static void halves_join(dicom *d)
{
    size_t pixels = pixels_of(&d->head);
    for (uint32_t s = 0; s < d->head.samples; s++) {
        const uint8_t *most = d->planes + 2 * s * pixels, *least = most + pixels;
        uint8_t *to = d->packed + 2 * s * pixels;
        for (size_t i = 0; i < pixels; i++) {
            to[2 * i] = least[i];
            to[2 * i + 1] = most[i];
        }
    }
}

static myo_status rle_unpack(dicom *d, size_t size, layout *at, myo_why *why)
{
    size_t pixels = pixels_of(&d->head);
    uint32_t wide = d->head.allocated / 8;
    if (!myo_rle_decode(d->packed, size, d->head.samples * wide, pixels, d->planes)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "frame %lld: its runs do not give a picture",
                           (long long)d->number);
    }
    *at = (layout){.data = d->planes, .pixel = 1, .plane = pixels};
    if (wide == 2) {
        myo_status status = packed_room(d, 2 * pixels * d->head.samples, why);
        if (status != MYO_OK) {
            return status;
        }
        halves_join(d);
        *at = (layout){.data = d->packed, .pixel = 2, .plane = 2 * pixels, .is_wide = true};
    }
    return MYO_OK;
}

static myo_status packed_read(dicom *d, layout *at, myo_why *why)
{
    const dicom_head *head = &d->head;
    size_t size = dicom_fragments_size(&d->fragments, d->number);
    myo_status status = packed_room(d, size, why);
    if (status != MYO_OK) {
        return status;
    }
    if (size == 0 || !dicom_fragments_read(head, &d->fragments, d->number, d->packed)) {
        return myo_why_set(why, MYO_ERR_READ, "frame %lld: the file is cut off",
                           (long long)d->number);
    }
    if (head->packing == DICOM_RLE) {
        return rle_unpack(d, size, at, why);
    }
    myo_why inner = {""};
    *at = (layout){.data = d->planes, .pixel = 1, .plane = pixels_of(head)};
    status = myo_still_decode(d->still, d->packed, size, head->columns, head->rows,
                              head->colour == DICOM_RGB ? 3 : 1, d->planes, &inner);
    return status == MYO_OK
               ? MYO_OK
               : myo_why_set(why, status, "frame %lld: %.200s", (long long)d->number, inner.text);
}

static uint32_t sample_get(const layout *at, size_t pixel, uint32_t sample)
{
    const uint8_t *from = at->data + pixel * at->pixel + sample * at->plane;
    if (!at->is_wide) {
        return from[0];
    }
    return at->is_big_endian ? (uint32_t)from[0] << 8 | from[1] : (uint32_t)from[1] << 8 | from[0];
}

/* The bits that count, of a sample that may hold others beside them. */
static int32_t bits_take(const dicom_head *head, uint32_t sample)
{
    uint32_t mask = (1U << head->stored) - 1U;
    uint32_t value = sample >> (head->high + 1U - head->stored) & mask;
    bool is_negative = head->is_signed && (value >> (head->stored - 1U) & 1U) != 0;
    return is_negative ? (int32_t)value - (int32_t)mask - 1 : (int32_t)value;
}

static int32_t palette_look(const dicom_head *head, int32_t index)
{
    int32_t last = (int32_t)head->palette_size - 1, at = index - head->palette_first;
    return head->palette[at < 0 ? 0 : at > last ? last : at];
}

static int32_t brightness(const dicom_head *head, const layout *at, size_t pixel)
{
    switch (head->colour) {
    case DICOM_RGB:
        return (int32_t)myo_luma(sample_get(at, pixel, 0), sample_get(at, pixel, 1),
                                 sample_get(at, pixel, 2));
    case DICOM_YBR_FULL_422:
        return (int32_t)(head->packing == DICOM_NATIVE ? at->data[4 * (pixel / 2) + pixel % 2]
                                                       : sample_get(at, pixel, 0));
    case DICOM_MONOCHROME1:
        return (int32_t)(1U << head->stored) - 1 - bits_take(head, sample_get(at, pixel, 0));
    case DICOM_PALETTE:
        return palette_look(head, bits_take(head, sample_get(at, pixel, 0)));
    default:
        return bits_take(head, sample_get(at, pixel, 0));
    }
}

static void picture_fill(dicom *d, const layout *at)
{
    size_t pixels = pixels_of(&d->head);
    for (size_t i = 0; i < pixels; i++) {
        int32_t value = brightness(&d->head, at, i);
        if (d->gray != NULL) {
            d->gray[i] = (uint8_t)value;
        } else {
            d->values[i] = (float)value;
        }
    }
}

static myo_status dicom_next_frame(myo_cine_reader *reader, myo_cine_frame *frame, bool *got,
                                   myo_why *why)
{
    dicom *d = reader->state;
    layout at = {0};
    *got = false;
    if (d->number == d->head.frames) {
        return MYO_OK;
    }
    myo_status status =
        d->head.packing == DICOM_NATIVE ? native_read(d, &at, why) : packed_read(d, &at, why);
    if (status != MYO_OK) {
        return status;
    }
    assert(at.data != NULL);
    picture_fill(d, &at);
    *frame = (myo_cine_frame){.gray = d->gray,
                              .values = d->values,
                              .stride = d->head.columns,
                              .time_s = dicom_head_time(&d->head, d->number),
                              .sequence = d->number};
    d->number++;
    *got = true;
    return MYO_OK;
}

const myo_cine_class myo_cine_dicom = {dicom_known, dicom_open, dicom_next_frame, dicom_close};
