/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the matrices of a MATLAB 5 file and unpacks the one that is wanted. */
#include "mat_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

/* Element types and array classes of the format. */
enum {
    MI_MATRIX = 14,
    MI_COMPRESSED = 15,
    MX_DOUBLE = 6,
    MX_SINGLE = 7,
    MX_UINT32 = 13,
    IS_COMPLEX = 0x0800
};

/* Flags, dimensions, a name of 63 letters and the tag of the numbers take less. */
enum { HEAD_BYTES = 256, PACKED_BYTES = 8192 };

typedef struct {
    unsigned char bytes[HEAD_BYTES];
    size_t size, at;
} mat_head;

typedef struct {
    uint32_t type, bytes;
    size_t content; /* in the head */
} mat_tag;

static uint32_t word_at(const unsigned char *b)
{
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* The next tag; the head moves behind its content, which may lie outside. An element of up to four
 * bytes may stand in its tag. */
static bool tag_take(mat_head *head, mat_tag *tag)
{
    if (head->at + 8 > head->size) {
        return false;
    }
    uint32_t first = word_at(head->bytes + head->at);
    bool is_small = first >> 16 != 0;
    tag->type = first & 0xFFFF;
    tag->bytes = is_small ? first >> 16 : word_at(head->bytes + head->at + 4);
    tag->content = head->at + (is_small ? 4 : 8);
    head->at = is_small ? head->at + 8 : tag->content + ((size_t)tag->bytes + 7) / 8 * 8;
    return !is_small || tag->bytes <= 4;
}

static bool kind_find(uint32_t type, flat_kind *kind, uint32_t *bytes)
{
    static const struct {
        uint32_t type, bytes;
        flat_kind kind;
    } kinds[] = {{1, 1, FLAT_INT8},    {2, 1, FLAT_UINT8},  {3, 2, FLAT_INT16},
                 {4, 2, FLAT_UINT16},  {5, 4, FLAT_INT32},  {6, 4, FLAT_UINT32},
                 {7, 4, FLAT_FLOAT32}, {9, 8, FLAT_FLOAT64}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].type == type) {
            *kind = kinds[i].kind;
            *bytes = kinds[i].bytes;
            return true;
        }
    }
    return false;
}

/* Flags, dimensions, name, then the tag of the numbers: all that a matrix says of itself. */
static bool matrix_read(mat_head *head, mat_variable *variable)
{
    mat_tag flags, size, name, numbers;
    uint32_t bytes = 0;
    if (!tag_take(head, &flags) || flags.bytes != 8 || !tag_take(head, &size) || size.bytes != 8 ||
        !tag_take(head, &name) || name.content + name.bytes > head->size ||
        !tag_take(head, &numbers)) {
        return false;
    }
    uint32_t about = word_at(head->bytes + flags.content);
    variable->rows = (int32_t)word_at(head->bytes + size.content);
    variable->columns = (int32_t)word_at(head->bytes + size.content + 4);
    if ((about & 0xFF) < MX_DOUBLE || (about & 0xFF) > MX_UINT32 || (about & IS_COMPLEX) != 0 ||
        variable->rows < 1 || variable->columns < 1 ||
        !kind_find(numbers.type, &variable->kind, &bytes) ||
        variable->rows > (int64_t)UINT32_MAX / variable->columns ||
        variable->rows * variable->columns * bytes != numbers.bytes) {
        return false;
    }
    (void)snprintf(variable->name, sizeof variable->name, "%.*s", (int)name.bytes,
                   (const char *)head->bytes + name.content);
    variable->is_real = (about & 0xFF) <= MX_SINGLE;
    variable->data = (int64_t)numbers.content;
    variable->data_bytes = numbers.bytes;
    return true;
}

struct mat_stream {
    z_stream zlib;
    int file;
    int64_t at, end; /* of the packed bytes that were not read yet */
    unsigned char packed[PACKED_BYTES];
};

static mat_stream *stream_begin(int file, const mat_variable *variable)
{
    mat_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) {
        return NULL;
    }
    stream->file = file;
    stream->at = variable->element;
    stream->end = variable->element + variable->element_bytes;
    if (inflateInit(&stream->zlib) != Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static void packed_load(mat_stream *stream)
{
    int64_t left = stream->end - stream->at;
    ssize_t got = pread(stream->file, stream->packed,
                        (size_t)(left < PACKED_BYTES ? left : PACKED_BYTES), (off_t)stream->at);
    stream->zlib.next_in = stream->packed;
    stream->zlib.avail_in = got < 0 ? 0 : (uInt)got;
    stream->at += got < 0 ? 0 : got;
}

int64_t mat_stream_take(mat_stream *stream, unsigned char *out, int64_t size)
{
    unsigned char passed[PACKED_BYTES] = {0};
    z_stream *zlib = &stream->zlib;
    int64_t done = 0;
    int state = Z_OK;
    while (state == Z_OK && done < size) {
        if (zlib->avail_in == 0) {
            packed_load(stream);
        }
        int64_t room = out != NULL || size - done < PACKED_BYTES ? size - done : PACKED_BYTES;
        room = room < UINT_MAX ? room : UINT_MAX;
        zlib->next_out = out != NULL ? out + done : passed;
        zlib->avail_out = (uInt)room;
        state = inflate(zlib, Z_NO_FLUSH); /* Z_BUF_ERROR: the input has ended */
        done += room - zlib->avail_out;
    }
    return done;
}

mat_stream *mat_stream_new(int file, const mat_variable *variable)
{
    mat_stream *stream = stream_begin(file, variable);
    if (stream != NULL && mat_stream_take(stream, NULL, variable->data) != variable->data) {
        mat_stream_free(stream);
        return NULL;
    }
    return stream;
}

mat_stream *mat_stream_copy(mat_stream *stream)
{
    mat_stream *copy = calloc(1, sizeof *copy);
    if (copy == NULL) {
        return NULL;
    }
    *copy = *stream;
    if (inflateCopy(&copy->zlib, &stream->zlib) != Z_OK) {
        free(copy);
        return NULL;
    }
    copy->at -= stream->zlib.avail_in; /* its pointer is into the other's buffer: read again */
    copy->zlib.avail_in = 0;
    return copy;
}

void mat_stream_free(mat_stream *stream)
{
    if (stream != NULL) {
        (void)inflateEnd(&stream->zlib);
        free(stream);
    }
}

/* Brings the first bytes of the matrix into the head. */
static bool head_load(int file, const mat_variable *variable, mat_head *head)
{
    head->at = 0;
    if (!variable->is_compressed) {
        int64_t wanted =
            variable->element_bytes < HEAD_BYTES ? variable->element_bytes : HEAD_BYTES;
        ssize_t got = pread(file, head->bytes, (size_t)wanted, (off_t)variable->element);
        head->size = got < 0 ? 0 : (size_t)got;
        return true;
    }
    mat_tag tag;
    mat_stream *stream = stream_begin(file, variable);
    head->size =
        stream == NULL ? 0 : (size_t)mat_stream_take(stream, head->bytes, sizeof head->bytes);
    mat_stream_free(stream);
    bool is_matrix = head->size >= 8 && tag_take(head, &tag) && tag.type == MI_MATRIX;
    head->at = 8;
    return is_matrix;
}

mat_step mat_next(int file, int64_t size, int64_t *at, mat_variable *variable)
{
    unsigned char tag[8];
    mat_head head = {.size = 0};
    if (*at >= size) {
        return MAT_END;
    }
    if (pread(file, tag, sizeof tag, (off_t)*at) != sizeof tag ||
        (int64_t)word_at(tag + 4) > size - *at - 8) {
        return MAT_CUT;
    }
    uint32_t type = word_at(tag);
    *variable = (mat_variable){.is_compressed = type == MI_COMPRESSED,
                               .element = *at + 8,
                               .element_bytes = word_at(tag + 4)};
    *at = variable->element + variable->element_bytes;
    if (type != MI_COMPRESSED) { /* padded; compressed ones are not */
        *at = (*at + 7) / 8 * 8;
    }
    if ((type != MI_COMPRESSED && type != MI_MATRIX) || !head_load(file, variable, &head) ||
        !matrix_read(&head, variable)) {
        return MAT_OTHER;
    }
    if (!variable->is_compressed) {
        bool is_there = variable->data + variable->data_bytes <= variable->element_bytes;
        variable->data += variable->element;
        return is_there ? MAT_VARIABLE : MAT_CUT;
    }
    return MAT_VARIABLE;
}

bool mat_scalar(int file, const mat_variable *variable, double *value)
{
    unsigned char bytes[8];
    int64_t got = 0;
    if (variable->rows != 1 || variable->columns != 1) {
        return false;
    }
    if (variable->is_compressed) {
        mat_stream *stream = mat_stream_new(file, variable);
        got = stream == NULL ? 0 : mat_stream_take(stream, bytes, variable->data_bytes);
        mat_stream_free(stream);
    } else {
        got = pread(file, bytes, (size_t)variable->data_bytes, (off_t)variable->data);
    }
    *value = got == variable->data_bytes ? flat_number(bytes, variable->kind, 0) : 0.0;
    return got == variable->data_bytes;
}
