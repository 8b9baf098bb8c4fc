/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads frames of plain numbers. */
#include "stack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A frame as it stands in the file. */
enum { MAX_FRAME_BYTES = 1 << 27, STAMP_BYTES = 8 };

size_t myo_stack_bytes(myo_stack_type type)
{
    static const uint8_t sizes[] = {1, 1, 2, 2, 4, 4, 4, 8};
    return sizes[type];
}

myo_status myo_stack_new(myo_cine_reader *reader, const myo_bytes *bytes, myo_stack **stack,
                         myo_why *why)
{
    *stack = calloc(1, sizeof **stack);
    if (*stack == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    (*stack)->bytes = bytes;
    (*stack)->own.file = -1;
    (*stack)->part_step = 1;
    reader->state = *stack;
    return MYO_OK;
}

static size_t numbers_of(const myo_cine_info *info)
{
    return (size_t)info->width * info->height * (info->kind == MYO_CINE_IQ ? 2 : 1);
}

static size_t frame_bytes(const myo_stack *s, const myo_cine_info *info)
{
    return numbers_of(info) * myo_stack_bytes(s->type);
}

myo_status myo_stack_start(myo_cine_reader *reader, myo_why *why)
{
    myo_stack *s = reader->state;
    myo_cine_info *info = &reader->info;
    myo_status status = myo_cine_size_check(info->width, info->height, why);
    if (status != MYO_OK) {
        return status;
    }
    size_t size = frame_bytes(s, info);
    if (size > MAX_FRAME_BYTES) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "frames of %zu bytes", size);
    }
    info->is_float = s->type != MYO_STACK_U8 || info->kind == MYO_CINE_IQ;
    info->full_scale = s->type == MYO_STACK_U8 ? 255.0 : 0.0;
    info->clock = s->times_s != NULL || s->has_stamps ? MYO_CINE_TIME_FRAME
                  : s->interval_s > 0.0               ? MYO_CINE_TIME_INTERVAL
                                                      : MYO_CINE_TIME_NONE;
    s->raw = malloc(size);
    s->gray = info->is_float ? NULL : malloc(size);
    s->values = info->is_float ? malloc(numbers_of(info) * sizeof *s->values) : NULL;
    return s->raw != NULL && (s->gray != NULL || s->values != NULL)
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
}

static uint64_t whole_get(const uint8_t *from, size_t size, bool is_big_endian)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | from[is_big_endian ? i : size - 1 - i];
    }
    return value;
}

static float number_get(const myo_stack *s, size_t index)
{
    size_t size = myo_stack_bytes(s->type);
    uint64_t bits = whole_get(s->raw + index * size, size, s->is_big_endian);
    uint32_t half = (uint32_t)bits;
    float narrow = 0.0F;
    double wide = 0.0;
    switch (s->type) {
    case MYO_STACK_I8:
        return (float)(int8_t)bits;
    case MYO_STACK_I16:
        return (float)(int16_t)bits;
    case MYO_STACK_I32:
        return (float)(int32_t)bits;
    case MYO_STACK_F32:
        memcpy(&narrow, &half, sizeof narrow);
        return narrow;
    case MYO_STACK_F64:
        memcpy(&wide, &bits, sizeof wide);
        return fabs(wide) <= 3e38 ? (float)wide : (float)NAN;
    default:
        return (float)bits;
    }
}

/* Not a number means nothing in a picture, and would spread through every transform of it. */
static bool values_fill(myo_stack *s, const myo_cine_info *info)
{
    size_t parts = info->kind == MYO_CINE_IQ ? 2 : 1, at = 0;
    for (size_t y = 0; y < info->height; y++) {
        for (size_t x = 0; x < info->width; x++) {
            for (size_t p = 0; p < parts; p++) {
                float value =
                    number_get(s, y * s->row_step + x * s->column_step + p * s->part_step);
                if (!isfinite(value)) {
                    return false;
                }
                s->values[at++] = value;
            }
        }
    }
    return true;
}

static void gray_fill(myo_stack *s, const myo_cine_info *info)
{
    size_t at = 0;
    for (size_t y = 0; y < info->height; y++) {
        for (size_t x = 0; x < info->width; x++) {
            s->gray[at++] = s->raw[y * s->row_step + x * s->column_step];
        }
    }
}

/* Bytes of the frame itself, and its stamp when there is one. */
static bool frame_fetch(myo_stack *s, const myo_cine_info *info, uint8_t *stamp, myo_why *why)
{
    size_t size = frame_bytes(s, info), got = 0;
    int64_t at = s->offset + s->number * s->frame_step;
    if (s->unzip != NULL) {
        return myo_unzip_read(s->unzip, s->raw, size, &got, why) == MYO_OK && got == size;
    }
    if (s->memory != NULL) {
        bool inside = (uint64_t)at + size <= s->memory_size;
        memcpy(s->raw, s->memory + (inside ? at : 0), inside ? size : 0);
        return inside;
    }
    return (!s->has_stamps || myo_bytes_at(s->bytes, at, stamp, STAMP_BYTES)) &&
           myo_bytes_at(s->bytes, at + s->frame_skip, s->raw, size);
}

static double time_of(const myo_stack *s, const uint8_t *stamp, int64_t sequence)
{
    if (s->has_stamps) {
        return (double)whole_get(stamp, STAMP_BYTES, false) * 1e-9;
    }
    if (s->times_s != NULL) {
        return s->times_s[s->number];
    }
    return s->interval_s > 0.0 ? (double)sequence * s->interval_s : (double)NAN;
}

myo_status myo_stack_next(myo_cine_reader *reader, myo_cine_frame *frame, bool *got, myo_why *why)
{
    myo_stack *s = reader->state;
    const myo_cine_info *info = &reader->info;
    uint8_t stamp[STAMP_BYTES] = {0};
    *got = false;
    if (s->number == info->frames) {
        return MYO_OK;
    }
    if (!frame_fetch(s, info, stamp, why)) {
        return myo_why_set(why, MYO_ERR_READ, "frame %lld: the file is cut off or damaged",
                           (long long)s->number);
    }
    if (info->is_float && !values_fill(s, info)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "frame %lld: holds what is no number",
                           (long long)s->number);
    }
    if (!info->is_float) {
        gray_fill(s, info);
    }
    int64_t sequence = s->sequence != NULL ? s->sequence[s->number] : s->number;
    *frame = (myo_cine_frame){.gray = s->gray,
                              .values = s->values,
                              .stride = info->width,
                              .time_s = time_of(s, stamp, sequence),
                              .sequence = sequence};
    s->number++;
    *got = true;
    return MYO_OK;
}

void myo_stack_close(myo_cine_reader *reader)
{
    myo_stack *s = reader->state;
    myo_bytes_close(&s->own);
    myo_unzip_free(s->unzip);
    free(s->memory);
    free(s->times_s);
    free(s->sequence);
    free(s->raw);
    free(s->gray);
    free(s->values);
    free(s);
    reader->state = NULL;
}
