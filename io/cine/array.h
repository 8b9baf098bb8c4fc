/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays of two or three dimensions as stacks of frames, for files that say no more about them. Private to
 * io/cine. */
#ifndef MYO_IO_CINE_ARRAY_H
#define MYO_IO_CINE_ARRAY_H

#include "stack.h"

/** What is known of an array. Dimensions are in the order in which they vary in the file, the fastest first. */
typedef struct {
    int64_t size[4];
    int dimensions;
    bool depth_first; /**< the fastest runs down a column (MATLAB), not along a row (C) */
    bool is_complex;
} myo_array;

/** Lays frames over the array: the last of three dimensions counts them, two are one frame, a vector is one
 *  line. Dimensions of 1 at the end are dropped. Bytes are pictures, other numbers echoes along lines. s->type
 *  and is_complex decide the kind; the caller sets part_step when parts are apart. MYO_ERR_UNSUPPORTED: another
 *  number of dimensions, or too large. */
myo_status myo_array_lay(const myo_array *array, myo_stack *s, myo_cine_info *info, myo_why *why);

#endif
