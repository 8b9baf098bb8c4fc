/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The variables of a MATLAB 5 file (as save -v6 and -v7 write them), little-endian.
 *
 * Layout after MathWorks' "MAT-File Format", level 5: elements of [type][bytes][content], a
 * compressed one holding another as a zlib stream. */
#ifndef MYO_IO_MAT_FILE_H
#define MYO_IO_MAT_FILE_H

#include "flat.h"

/** A real matrix of two dimensions. */
typedef struct {
    char name[64];
    int64_t rows, columns;
    flat_kind kind;     /**< of the numbers as they are stored, which may be smaller than what they
                             are: a matrix of doubles without fractions is stored as integers */
    bool is_real;       /**< double or single in MATLAB */
    bool is_compressed; /**< its element is a zlib stream */
    int64_t element;    /**< content of its element, bytes from the start of the file */
    int64_t element_bytes;
    int64_t data; /**< first number: bytes from the start of the file or, if compressed, of the
                       stream */
    int64_t data_bytes;
} mat_variable;

typedef enum { MAT_VARIABLE, MAT_OTHER, MAT_END, MAT_CUT } mat_step;

/** Reads what stands at *at, which moves on to the next element. MAT_OTHER is what no signal is
 *  kept in: text, structures, cells, sparse and complex matrices, more than two dimensions. */
mat_step mat_next(int file, int64_t size, int64_t *at, mat_variable *variable);

/** What a compressed element holds, taken in order. It uses the file, which stays the caller's. */
typedef struct mat_stream mat_stream;

/** Begins at the first number of @p variable; NULL when that is not there, or without memory. */
mat_stream *mat_stream_new(int file, const mat_variable *variable);

/** Another one that goes on from where @p stream is now; NULL without memory. */
mat_stream *mat_stream_copy(mat_stream *stream);

/** Takes up to @p size bytes; @p out may be NULL: they are passed over. Returns how many there
 *  were. */
int64_t mat_stream_take(mat_stream *stream, unsigned char *out, int64_t size);

void mat_stream_free(mat_stream *stream);

/** The single number of a variable of one row and one column. */
bool mat_scalar(int file, const mat_variable *variable, double *value);

#endif
