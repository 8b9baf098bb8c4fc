/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The variables of a MATLAB file before 7.3, packed or not, from start to end. Private to io/cine.
 *
 * "MAT-File Format", The MathWorks, chapter 1 (level 5). */
#ifndef MYO_IO_CINE_MAT_DATA_H
#define MYO_IO_CINE_MAT_DATA_H

#include "stack.h"

enum { MAT_MAX_DIMENSIONS = 4, MAT_NAME = 64 };

/** Classes of arrays that matter here. */
enum { MAT_STRUCT = 2, MAT_DOUBLE = 6, MAT_U8 = 9, MAT_LAST_NUMERIC = 15 };

/** Bytes that are read in turn: of the file, or unpacked. */
typedef struct {
    const myo_bytes *bytes;
    int64_t at;
    myo_unzip *unzip; /**< NULL: the file */
    bool is_big_endian;
} mat_input;

/** What stands before the numbers of an array. */
typedef struct {
    int kind; /**< class */
    bool is_complex;
    int dimensions;
    int64_t size[MAT_MAX_DIMENSIONS];
    char name[MAT_NAME];
} mat_array;

/** Opens the variable at @p *at: a compressed one is unpacked from input->unzip, which the caller frees. *at goes
 *  on to the next. False at the end and at damage. */
bool mat_variable_open(const myo_bytes *bytes, int64_t *at, bool is_big_endian, mat_input *input);

/** Reads the header of an array whose tag is next (@p has_tag) or has been read. False: not an array, or more
 *  dimensions than here matter. */
bool mat_array_read(mat_input *input, bool has_tag, mat_array *array);

/** Reads the tag of numbers; *size is in bytes, *inside tells those that stand in the tag itself (4 at most). */
bool mat_numbers_tag(mat_input *input, myo_stack_type *type, uint32_t *size, uint8_t inside[4]);

/** The one number of an array of 1 x 1 whose header has been read; 0 when it is none. */
double mat_scalar_read(mat_input *input, const mat_array *array);

/** Exactly @p size bytes. */
bool mat_read(mat_input *input, void *to, size_t size);

/** Passes over bytes. */
bool mat_skip(mat_input *input, uint64_t size);

/** Fields of a structure of 1 x 1 whose header has been read: their number, and then the names' length; the values
 *  follow as arrays. */
bool mat_fields_read(mat_input *input, char (*names)[MAT_NAME], int max, int *count);

#endif
