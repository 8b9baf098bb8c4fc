/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes a MATLAB file apart. */
#include "mat_data.h"

#include <math.h>
#include <string.h>

/* Types of data elements. */
enum { MI_I8 = 1, MI_U8, MI_I16, MI_U16, MI_I32, MI_U32, MI_F32, MI_F64 = 9, MI_MATRIX = 14 };
enum { MI_COMPRESSED = 15, FLAG_COMPLEX = 0x0800 };

typedef struct {
    uint32_t type, size;
    bool is_small; /* the data stand in the tag */
    uint8_t small[4];
} tag;

bool mat_read(mat_input *input, void *to, size_t size)
{
    size_t got = 0;
    myo_why why;
    if (input->unzip != NULL) {
        return myo_unzip_read(input->unzip, to, size, &got, &why) == MYO_OK && got == size;
    }
    if (!myo_bytes_at(input->bytes, input->at, to, size)) {
        return false;
    }
    input->at += (int64_t)size;
    return true;
}

bool mat_skip(mat_input *input, uint64_t size)
{
    uint8_t waste[4096];
    if (input->unzip == NULL) {
        bool inside = size <= (uint64_t)(input->bytes->size - input->at);
        input->at += inside ? (int64_t)size : 0;
        return inside;
    }
    while (size > 0) {
        size_t part = size < sizeof waste ? (size_t)size : sizeof waste;
        if (!mat_read(input, waste, part)) {
            return false;
        }
        size -= part;
    }
    return true;
}

static uint32_t u32_of(const mat_input *input, const uint8_t *from)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        value = value << 8 | from[input->is_big_endian ? i : 3 - i];
    }
    return value;
}

static bool tag_read(mat_input *input, tag *t)
{
    uint8_t head[8];
    if (!mat_read(input, head, sizeof head)) {
        return false;
    }
    uint32_t first = u32_of(input, head);
    t->is_small = first >> 16 != 0;
    t->type = t->is_small ? first & 0xFFFF : first;
    t->size = t->is_small ? first >> 16 : u32_of(input, head + 4);
    memcpy(t->small, head + 4, sizeof t->small);
    return !t->is_small || t->size <= sizeof t->small;
}

static uint32_t padding(const tag *t)
{
    return t->is_small ? 0 : (8 - t->size % 8) % 8;
}

/* Up to @p max bytes of an element; what is more is passed over. Returns the bytes taken, -1 at damage. */
static int element_read(mat_input *input, void *to, uint32_t max, uint32_t *type)
{
    tag t;
    if (!tag_read(input, &t)) {
        return -1;
    }
    uint32_t taken = t.size < max ? t.size : max;
    *type = t.type;
    if (t.is_small) {
        memcpy(to, t.small, taken);
        return (int)taken;
    }
    return mat_read(input, to, taken) && mat_skip(input, (uint64_t)(t.size - taken) + padding(&t))
               ? (int)taken
               : -1;
}

bool mat_variable_open(const myo_bytes *bytes, int64_t *at, bool is_big_endian, mat_input *input)
{
    tag t;
    myo_why why;
    *input = (mat_input){.bytes = bytes, .at = *at, .is_big_endian = is_big_endian};
    if (!tag_read(input, &t) || t.is_small || t.size == 0) {
        return false;
    }
    int64_t from = input->at;
    *at = from + t.size;
    input->at = from - 8; /* an array's own tag comes next */
    return t.type != MI_COMPRESSED ||
           myo_unzip_new(bytes, from, from + t.size, false, &input->unzip, &why) == MYO_OK;
}

static bool dimensions_read(mat_input *input, mat_array *array)
{
    uint8_t sizes[4 * MAT_MAX_DIMENSIONS + 4];
    uint32_t type = 0;
    int got = element_read(input, sizes, sizeof sizes, &type);
    array->dimensions = got / 4;
    if (got < 8 || type != MI_I32 || array->dimensions > MAT_MAX_DIMENSIONS) {
        return false;
    }
    for (int i = 0; i < array->dimensions; i++) {
        array->size[i] = (int32_t)u32_of(input, sizes + 4 * (size_t)i);
    }
    return true;
}

bool mat_array_read(mat_input *input, bool has_tag, mat_array *array)
{
    uint8_t flags[8];
    uint32_t type = 0;
    tag t = {.type = MI_MATRIX};
    *array = (mat_array){0};
    if ((has_tag && !tag_read(input, &t)) || t.type != MI_MATRIX ||
        element_read(input, flags, sizeof flags, &type) != 8 || type != MI_U32) {
        return false;
    }
    uint32_t word = u32_of(input, flags);
    array->kind = (int)(word & 0xFF);
    array->is_complex = (word & FLAG_COMPLEX) != 0;
    if (!dimensions_read(input, array)) {
        return false;
    }
    int length = element_read(input, array->name, MAT_NAME - 1, &type);
    return length >= 0 && type == MI_I8;
}

bool mat_numbers_tag(mat_input *input, myo_stack_type *type, uint32_t *size, uint8_t inside[4])
{
    static const struct {
        uint32_t type;
        myo_stack_type number;
    } rows[] = {{MI_I8, MYO_STACK_I8},   {MI_U8, MYO_STACK_U8},   {MI_I16, MYO_STACK_I16},
                {MI_U16, MYO_STACK_U16}, {MI_I32, MYO_STACK_I32}, {MI_U32, MYO_STACK_U32},
                {MI_F32, MYO_STACK_F32}, {MI_F64, MYO_STACK_F64}};
    tag t;
    if (!tag_read(input, &t)) {
        return false;
    }
    *size = t.size;
    memcpy(inside, t.small, sizeof t.small);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].type == t.type) {
            *type = rows[i].number;
            return true;
        }
    }
    return false;
}

static double number_of(const mat_input *input, myo_stack_type type, const uint8_t *from)
{
    uint64_t bits = 0;
    size_t size = myo_stack_bytes(type);
    double wide = 0.0;
    float narrow = 0.0F;
    for (size_t i = 0; i < size; i++) {
        bits = bits << 8 | from[input->is_big_endian ? i : size - 1 - i];
    }
    uint32_t half = (uint32_t)bits;
    memcpy(&wide, &bits, sizeof wide);
    memcpy(&narrow, &half, sizeof narrow);
    return type == MYO_STACK_F64 ? wide : type == MYO_STACK_F32 ? (double)narrow : (double)bits;
}

/* Negative numbers are of no use as rates and frequencies: signs of whole ones are not looked at. */
double mat_scalar_read(mat_input *input, const mat_array *array)
{
    uint8_t bytes[8] = {0};
    myo_stack_type type = MYO_STACK_U8;
    uint32_t size = 0;
    bool is_one = array->dimensions == 2 && array->size[0] == 1 && array->size[1] == 1;
    if (!is_one || array->is_complex || array->kind < MAT_DOUBLE ||
        array->kind > MAT_LAST_NUMERIC || !mat_numbers_tag(input, &type, &size, bytes) ||
        size != myo_stack_bytes(type)) {
        return 0.0;
    }
    if (size == 8 && !mat_read(input, bytes, sizeof bytes)) {
        return 0.0;
    }
    double value = number_of(input, type, bytes);
    return isfinite(value) && value > 0.0 ? value : 0.0;
}

bool mat_fields_read(mat_input *input, char (*names)[MAT_NAME], int max, int *count)
{
    uint8_t bytes[4];
    uint32_t type = 0;
    tag t;
    if (element_read(input, bytes, sizeof bytes, &type) != 4 || !tag_read(input, &t)) {
        return false;
    }
    uint32_t length = u32_of(input, bytes);
    if (length < 1 || length > MAT_NAME || t.is_small || t.size % length != 0 ||
        t.size / length > (uint32_t)max) {
        return false;
    }
    *count = (int)(t.size / length);
    for (int i = 0; i < *count; i++) {
        memset(names[i], 0, MAT_NAME);
        if (!mat_read(input, names[i], length)) {
            return false;
        }
        names[i][length - 1] = '\0';
    }
    return mat_skip(input, padding(&t));
}
