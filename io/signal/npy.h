/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists in NumPy's .npy files (format 1.0 to 3.0): one dimension, whole numbers or byte strings. */
#ifndef MYO_IO_NPY_H
#define MYO_IO_NPY_H

#include "why.h"

typedef struct {
    int file;            /**< -1: none */
    bool is_text;        /**< of bytes; otherwise signed, little-endian */
    int64_t width;       /**< bytes of an item: 1, 2, 4 or 8 of a number, up to 4096 of a text */
    int64_t count;       /**< items, all of which are there */
    int64_t offset;      /**< of the first */
    int64_t held, first; /**< numbers in the buffer, and which is the first */
    unsigned char buffer[4096];
} npy_list;

/** Takes over @p file; closes it on failure. */
myo_status npy_open(int file, npy_list *list, myo_why *why);

/** A number; neighbours cost no reading. 0 when it cannot be read. */
int64_t npy_number(npy_list *list, int64_t index);

/** A text, cut to @p size. */
void npy_text(npy_list *list, int64_t index, char *text, size_t size);

void npy_close(npy_list *list);

#endif
