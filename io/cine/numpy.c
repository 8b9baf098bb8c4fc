/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NumPy's arrays: a .npy, or the arrays of a .npz that are stored as they are. A .npz of the WULPUS probe
 * (data_arr, acq_num_arr) is one A-mode line for each acquisition, with its number.
 *
 * numpy.org/doc/stable/reference/generated/numpy.lib.format.html; PKWARE's APPNOTE 4.3.7 for the archive. */
#include "array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 1024, MAX_ENTRIES = 1024, MAX_NUMBERS = 1 << 20 };

static bool numpy_known(const uint8_t *head, size_t size, int64_t file_size)
{
    (void)file_size;
    bool is_array = size > 10 && memcmp(head, "\x93NUMPY", 6) == 0;
    uint32_t name = size > 30 ? (uint32_t)head[27] << 8 | head[26] : 0;
    bool is_archive = size > 30 + name && memcmp(head, "PK\3\4", 4) == 0 && name > 4 &&
                      memcmp(head + 30 + name - 4, ".npy", 4) == 0;
    return is_array || is_archive;
}

/* Text of a header, after "key'": what follows the colon. */
static const char *value_find(const char *text, const char *key)
{
    const char *found = strstr(text, key);
    found = found == NULL ? NULL : strchr(found + strlen(key), ':');
    return found == NULL ? "" : found + 1 + strspn(found + 1, " ");
}

static bool type_find(const char *text, myo_stack *s, bool *is_complex)
{
    static const struct {
        const char *name;
        myo_stack_type type;
        bool is_complex;
    } rows[] = {{"u1", MYO_STACK_U8, false},  {"i1", MYO_STACK_I8, false},
                {"u2", MYO_STACK_U16, false}, {"i2", MYO_STACK_I16, false},
                {"u4", MYO_STACK_U32, false}, {"i4", MYO_STACK_I32, false},
                {"f4", MYO_STACK_F32, false}, {"f8", MYO_STACK_F64, false},
                {"c8", MYO_STACK_F32, true},  {"c16", MYO_STACK_F64, true}};
    if (text[0] != '\'' || strchr("<>|=", text[1]) == NULL) {
        return false;
    }
    s->is_big_endian = text[1] == '>';
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = strlen(rows[i].name);
        if (strncmp(text + 2, rows[i].name, length) == 0 && text[2 + length] == '\'') {
            s->type = rows[i].type;
            *is_complex = rows[i].is_complex;
            return true;
        }
    }
    return false;
}

/* "(400, 100)", the slowest first. */
static bool shape_find(const char *text, myo_array *array)
{
    long long sizes[4] = {0};
    int used = 0;
    array->dimensions = 0;
    if (*text++ != '(') {
        return false;
    }
    while (array->dimensions < 4 &&
           sscanf(text, " %15lld%n", &sizes[array->dimensions], &used) == 1) {
        text += used;
        text += *text == ',';
        array->dimensions++;
    }
    for (int i = 0; i < array->dimensions; i++) {
        array->size[i] = sizes[array->dimensions - 1 - i];
    }
    return array->dimensions > 0 && *(text + strspn(text, " ")) == ')';
}

/* Reads the header of the array at @p at; s->offset is then where its numbers begin. */
static myo_status header_read(const myo_bytes *bytes, int64_t at, myo_stack *s, myo_array *array,
                              bool *is_fortran, myo_why *why)
{
    uint8_t head[12];
    char text[TEXT_BYTES + 1] = "";
    if (!myo_bytes_at(bytes, at, head, sizeof head) || memcmp(head, "\x93NUMPY", 6) != 0) {
        return myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: no NumPy array", (long long)at);
    }
    bool is_long = head[6] >= 2;
    uint32_t length = (uint32_t)head[9] << 8 | head[8];
    length |= is_long ? (uint32_t)head[11] << 24 | (uint32_t)head[10] << 16 : 0;
    s->offset = at + (is_long ? 12 : 10) + length;
    if (length > TEXT_BYTES || !myo_bytes_at(bytes, s->offset - length, text, length)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "NumPy: a header of %u bytes", length);
    }
    *is_fortran = strncmp(value_find(text, "'fortran_order'"), "True", 4) == 0;
    if (!type_find(value_find(text, "'descr'"), s, &array->is_complex)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "NumPy: numbers are %.20s",
                           value_find(text, "'descr'"));
    }
    return shape_find(value_find(text, "'shape'"), array)
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_FORMAT, "NumPy: no shape");
}

/* In Fortran's order the first index varies fastest: the shape is turned round. */
static void order_turn(myo_array *array)
{
    for (int i = 0; i < array->dimensions / 2; i++) {
        int64_t size = array->size[i];
        array->size[i] = array->size[array->dimensions - 1 - i];
        array->size[array->dimensions - 1 - i] = size;
    }
    array->depth_first = true;
}

static uint32_t u32_le(const uint8_t *from)
{
    return (uint32_t)from[3] << 24 | (uint32_t)from[2] << 16 | (uint32_t)from[1] << 8 | from[0];
}

/* An entry of the archive: its name and where its bytes are. *at goes on to the next. */
static bool entry_next(const myo_bytes *bytes, int64_t *at, char *name, size_t size, int64_t *data,
                       bool *is_stored)
{
    uint8_t head[30];
    if (!myo_bytes_at(bytes, *at, head, sizeof head) || memcmp(head, "PK\3\4", 4) != 0) {
        return false;
    }
    uint32_t name_size = (uint32_t)head[27] << 8 | head[26],
             extra = (uint32_t)head[29] << 8 | head[28];
    uint64_t packed = u32_le(head + 18);
    uint8_t wide[20];
    if (name_size >= size || !myo_bytes_at(bytes, *at + 30, name, name_size)) {
        return false;
    }
    name[name_size] = '\0';
    /* NumPy always adds the field of 64 bit sizes: number 1, then both of them. */
    if (packed == UINT32_MAX || (extra >= 20 && packed == 0)) {
        if (!myo_bytes_at(bytes, *at + 30 + name_size, wide, sizeof wide) || wide[0] != 1) {
            return false;
        }
        packed = u32_le(wide + 12) | (uint64_t)u32_le(wide + 16) << 32;
    }
    *is_stored = head[8] == 0 && head[9] == 0;
    *data = *at + 30 + name_size + extra;
    *at = packed > INT64_MAX / 2 ? bytes->size : *data + (int64_t)packed;
    return true;
}

/* The array @p wanted of an archive; -1 when it is not there or is compressed. */
static int64_t entry_find(const myo_bytes *bytes, const char *wanted)
{
    char name[256], full[128];
    int64_t at = 0, data = 0;
    bool is_stored = false;
    (void)snprintf(full, sizeof full, "%.100s.npy", wanted);
    for (int i = 0; i < MAX_ENTRIES && entry_next(bytes, &at, name, sizeof name, &data, &is_stored);
         i++) {
        if (strcmp(name, full) == 0) {
            return is_stored ? data : -1;
        }
    }
    return -1;
}

/* The numbers of the acquisitions, which wrap at 65536, rise from 0 and skip what was lost. */
static myo_status acquisitions_read(const myo_bytes *bytes, myo_stack *s, const myo_cine_info *info,
                                    myo_why *why)
{
    myo_stack list = {0};
    myo_array array = {0};
    bool is_fortran = false;
    int64_t at = entry_find(bytes, "acq_num_arr"), count = info->frames;
    if (at < 0 || header_read(bytes, at, &list, &array, &is_fortran, why) != MYO_OK ||
        list.type != MYO_STACK_U16 || array.size[0] != count || array.dimensions != 1 ||
        count > MAX_NUMBERS) {
        return myo_why_set(why, MYO_ERR_FORMAT, "NumPy: no number for each of %lld acquisitions",
                           (long long)count);
    }
    s->sequence = calloc((size_t)count, sizeof *s->sequence);
    if (s->sequence == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    uint16_t last = 0;
    for (int64_t i = 0; i < count; i++) {
        uint8_t two[2];
        if (!myo_bytes_at(bytes, list.offset + 2 * i, two, sizeof two)) {
            return myo_why_set(why, MYO_ERR_READ, "NumPy: the numbers are cut off");
        }
        uint16_t number = (uint16_t)(two[1] << 8 | two[0]), step = (uint16_t)(number - last);
        if (i > 0 && step == 0) {
            return myo_why_set(why, MYO_ERR_FORMAT, "frame %lld: has the number of the one before",
                               (long long)i);
        }
        s->sequence[i] = i == 0 ? 0 : s->sequence[i - 1] + step;
        last = number;
    }
    return MYO_OK;
}

/* Samples x acquisitions, C order: a frame is a column of the array, which is not together in the file; the
 * whole array is small and is turned in memory. */
static myo_status wulpus_turn(const myo_bytes *bytes, myo_stack *s, const myo_array *array,
                              myo_cine_info *info, myo_why *why)
{
    size_t lines = (size_t)array->size[0], samples = (size_t)array->size[1],
           total = 2 * lines * samples;
    if (array->dimensions != 2 || s->type != MYO_STACK_I16 || array->size[0] > MAX_NUMBERS ||
        array->size[1] > MYO_CINE_MAX_SIDE || (int64_t)total > bytes->size) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "NumPy: data_arr is not samples x acquisitions");
    }
    uint8_t *rows = malloc(total);
    s->memory = malloc(total);
    if (rows == NULL || s->memory == NULL || !myo_bytes_at(bytes, s->offset, rows, total)) {
        free(rows);
        return myo_why_set(why, MYO_ERR_READ, "NumPy: the samples are cut off");
    }
    for (size_t i = 0; i < lines * samples; i++) {
        memcpy(s->memory + 2 * (i % lines * samples + i / lines), rows + 2 * i, 2);
    }
    free(rows);
    s->memory_size = total;
    s->offset = 0;
    s->frame_step = 2 * (int64_t)samples;
    s->row_step = s->column_step = 1;
    info->kind = MYO_CINE_LINES;
    info->width = 1;
    info->height = (uint32_t)samples;
    info->frames = (int64_t)lines;
    return acquisitions_read(bytes, s, info, why);
}

static myo_status numpy_fill(myo_cine_reader *reader, const myo_bytes *bytes,
                             const myo_cine_options *options, myo_why *why)
{
    myo_stack *s = reader->state;
    myo_array array = {0};
    bool is_fortran = false, is_archive = bytes->head[0] == 'P', is_wulpus = false;
    int64_t at = 0;
    if (is_archive) {
        is_wulpus = options->dataset == NULL && entry_find(bytes, "acq_num_arr") >= 0;
        const char *wanted = options->dataset != NULL ? options->dataset : "data_arr";
        at = entry_find(bytes, wanted);
        if (at < 0) {
            return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                               "NumPy: no array %.100s that is stored uncompressed; name one",
                               wanted);
        }
    }
    myo_status status = header_read(bytes, at, s, &array, &is_fortran, why);
    if (status != MYO_OK) {
        return status;
    }
    if (is_fortran) {
        order_turn(&array);
    }
    (void)snprintf(reader->info.format, sizeof reader->info.format, "NumPy%s",
                   is_wulpus ? ", WULPUS lines" : "");
    status = is_wulpus ? wulpus_turn(bytes, s, &array, &reader->info, why)
                       : myo_array_lay(&array, s, &reader->info, why);
    return status == MYO_OK ? myo_stack_start(reader, why) : status;
}

static myo_status numpy_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                             const myo_cine_options *options, myo_why *why)
{
    myo_stack *s = NULL;
    (void)path;
    if (bytes->size < 0) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "NumPy: is read from files, not from pipes");
    }
    myo_status status = myo_stack_new(reader, bytes, &s, why);
    if (status != MYO_OK) {
        return status;
    }
    status = numpy_fill(reader, bytes, options, why);
    if (status != MYO_OK) {
        myo_stack_close(reader);
    }
    return status;
}

const myo_cine_class myo_cine_numpy = {numpy_known, numpy_open, myo_stack_next, myo_stack_close};
