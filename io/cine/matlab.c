/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MATLAB files before 7.3: the array that is named, or the largest, as a stack of frames; a pulse repetition
 * frequency PRF, sampling rate fs and carrier fc that stand beside it or in a structure are used. */
#include "array.h"
#include "mat_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_VARIABLE = 128, MAX_VARIABLES = 4096, MAX_FIELDS = 64 };

/* Complex arrays are kept as two: they are joined in memory. */
#define MAX_COMPLEX_BYTES ((uint64_t)128 << 20)

typedef struct {
    double prf_hz, fs_hz, fc_hz;
    int64_t at; /* of the array chosen; 0: none */
    mat_array array;
    uint64_t numbers; /* of it */
} findings;

static bool matlab_known(const uint8_t *head, size_t size, int64_t file_size)
{
    (void)file_size;
    return size >= FIRST_VARIABLE && memcmp(head, "MATLAB 5.0 MAT-file", 19) == 0 &&
           (memcmp(head + 126, "IM", 2) == 0 || memcmp(head + 126, "MI", 2) == 0);
}

static void parameter_take(findings *f, const char *name, double value)
{
    if (strcmp(name, "PRF") == 0 || strcmp(name, "prf") == 0) {
        f->prf_hz = value;
    } else if (strcmp(name, "fs") == 0) {
        f->fs_hz = value;
    } else if (strcmp(name, "fc") == 0) {
        f->fc_hz = value;
    }
}

/* Fields of one number each; the first that is another ends it only when it cannot be passed over. */
static void structure_look(mat_input *input, const mat_array *outer, findings *f)
{
    char names[MAX_FIELDS][MAT_NAME];
    int count = 0;
    if (outer->size[0] * outer->size[1] != 1 || outer->dimensions != 2 ||
        !mat_fields_read(input, names, MAX_FIELDS, &count)) {
        return;
    }
    for (int i = 0; i < count; i++) {
        uint8_t inside[4];
        mat_array array;
        myo_stack_type type = MYO_STACK_U8;
        uint32_t size = 0;
        if (!mat_array_read(input, true, &array)) {
            return;
        }
        if (array.size[0] * array.size[1] == 1 && array.kind >= MAT_DOUBLE) {
            parameter_take(f, names[i], mat_scalar_read(input, &array));
        } else if (!mat_numbers_tag(input, &type, &size, inside) ||
                   (size > 4 && !mat_skip(input, (uint64_t)size + (8 - size % 8) % 8))) {
            return;
        }
    }
}

static uint64_t numbers_of(const mat_array *array)
{
    uint64_t numbers = 1;
    for (int i = 0; i < array->dimensions; i++) {
        int64_t size = array->size[i];
        numbers =
            size < 1 || size > INT32_MAX || numbers > UINT32_MAX ? 0 : numbers * (uint64_t)size;
    }
    return numbers;
}

static void variable_look(mat_input *input, int64_t at, const char *wanted, findings *f)
{
    mat_array array;
    if (!mat_array_read(input, true, &array)) {
        return;
    }
    uint64_t numbers = numbers_of(&array);
    bool is_numeric = array.kind >= MAT_DOUBLE && array.kind <= MAT_LAST_NUMERIC;
    bool is_wanted = wanted != NULL ? strcmp(array.name, wanted) == 0 : numbers > f->numbers;
    if (array.kind == MAT_STRUCT) {
        structure_look(input, &array, f);
    } else if (is_numeric && numbers == 1) {
        parameter_take(f, array.name, mat_scalar_read(input, &array));
    } else if (is_numeric && is_wanted) {
        f->at = at;
        f->array = array;
        f->numbers = numbers;
    }
}

static void variables_look(const myo_bytes *bytes, bool is_big_endian, const char *wanted,
                           findings *f)
{
    int64_t at = FIRST_VARIABLE;
    for (int i = 0; i < MAX_VARIABLES; i++) {
        mat_input input;
        int64_t here = at;
        bool open = mat_variable_open(bytes, &at, is_big_endian, &input);
        if (open) {
            variable_look(&input, here, wanted, f);
        }
        myo_unzip_free(input.unzip);
        if (!open) {
            return;
        }
    }
}

/* Reads the two parts of a complex array and puts them in turn. */
static myo_status parts_join(mat_input *input, myo_stack *s, uint64_t numbers, uint32_t size,
                             myo_why *why)
{
    size_t each = myo_stack_bytes(s->type), total = (size_t)numbers * each;
    uint8_t inside[4], *part = NULL;
    myo_stack_type type = s->type;
    if (2 * (uint64_t)total > MAX_COMPLEX_BYTES) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "MATLAB: complex array of %llu bytes",
                           2 * (unsigned long long)total);
    }
    s->memory = malloc(2 * total);
    part = malloc(total);
    bool ok = s->memory != NULL && part != NULL;
    for (size_t p = 0; ok && p < 2; p++) {
        ok = p == 0 || (mat_numbers_tag(input, &type, &size, inside) && type == s->type);
        ok = ok && size == total && size > 4 && mat_read(input, part, total) &&
             mat_skip(input, p == 0 ? (8 - size % 8) % 8 : 0);
        for (size_t i = 0; ok && i < numbers; i++) {
            memcpy(s->memory + (2 * i + p) * each, part + i * each, each);
        }
    }
    free(part);
    s->memory_size = 2 * total;
    s->offset = 0;
    return ok ? MYO_OK : myo_why_set(why, MYO_ERR_READ, "MATLAB: the complex array is cut off");
}

static myo_status numbers_find(mat_input *input, myo_stack *s, const findings *f, myo_why *why)
{
    mat_array array;
    uint8_t inside[4];
    uint32_t size = 0;
    if (!mat_array_read(input, true, &array) || !mat_numbers_tag(input, &s->type, &size, inside) ||
        size <= 4 || size != f->numbers * myo_stack_bytes(s->type)) {
        return myo_why_set(why, MYO_ERR_FORMAT,
                           "MATLAB: array %.60s has not the numbers it promises", f->array.name);
    }
    if (f->array.is_complex) {
        return parts_join(input, s, f->numbers, size, why);
    }
    s->offset = input->at;
    s->unzip = input->unzip;
    input->unzip = NULL;
    return MYO_OK;
}

static void info_take(myo_cine_info *info, myo_stack *s, const findings *f)
{
    info->kind = f->array.is_complex       ? MYO_CINE_IQ
                 : f->array.kind == MAT_U8 ? MYO_CINE_BMODE
                                           : MYO_CINE_LINES;
    info->depth_rate_hz = info->kind == MYO_CINE_BMODE ? 0.0 : f->fs_hz;
    info->carrier_hz = info->kind == MYO_CINE_BMODE ? 0.0 : f->fc_hz;
    s->interval_s = f->prf_hz > 0.0 ? 1.0 / f->prf_hz : 0.0;
    (void)snprintf(info->format, sizeof info->format, "MATLAB 5, %.40s", f->array.name);
}

static myo_status matlab_fill(myo_cine_reader *reader, const myo_bytes *bytes, const char *wanted,
                              myo_why *why)
{
    myo_stack *s = reader->state;
    mat_input input;
    findings f = {0};
    s->is_big_endian = bytes->head[126] == 'M';
    variables_look(bytes, s->is_big_endian, wanted, &f);
    int64_t at = f.at;
    if (at == 0 || f.numbers < 2 || !mat_variable_open(bytes, &at, s->is_big_endian, &input)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "MATLAB: no array of numbers%s%.60s",
                           wanted == NULL ? "" : " called ", wanted == NULL ? "" : wanted);
    }
    myo_status status = numbers_find(&input, s, &f, why);
    myo_unzip_free(input.unzip);
    if (status != MYO_OK) {
        return status;
    }
    myo_array shape = {
        .dimensions = f.array.dimensions, .depth_first = true, .is_complex = f.array.is_complex};
    memcpy(shape.size, f.array.size, sizeof shape.size);
    status = myo_array_lay(&shape, s, &reader->info, why);
    if (status == MYO_OK) {
        info_take(&reader->info, s, &f);
        status = myo_stack_start(reader, why);
    }
    return status;
}

static myo_status matlab_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                              const myo_cine_options *options, myo_why *why)
{
    myo_stack *s = NULL;
    (void)path;
    if (bytes->size < 0) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "MATLAB: is read from files, not from pipes");
    }
    myo_status status = myo_stack_new(reader, bytes, &s, why);
    if (status != MYO_OK) {
        return status;
    }
    status = matlab_fill(reader, bytes, options->dataset, why);
    if (status != MYO_OK) {
        myo_stack_close(reader);
    }
    return status;
}

const myo_cine_class myo_cine_matlab = {matlab_known, matlab_open, myo_stack_next, myo_stack_close};
