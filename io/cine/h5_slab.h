/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A data set of up to four dimensions from which a frame is read at a time. Private to io/cine. */
#ifndef MYO_IO_CINE_H5_SLAB_H
#define MYO_IO_CINE_H5_SLAB_H

#include "signal/h5.h"

enum { H5_SLAB_RANK = 4 };

typedef struct {
    hid_t set, space;
    int rank;
    hsize_t size[H5_SLAB_RANK];
    int frame_axis; /**< -1: the whole is one frame. The caller sets it */
    hid_t memory;   /**< type of the numbers in memory */
    bool is_complex, is_bytes;
} h5_slab;

/** Opens @p path below @p place: plain numbers, or pairs of them called real and imag, or r and i. Everything is
 *  checked before the first byte is read (signal/h5.h). MYO_ERR_UNSUPPORTED, MYO_ERR_FORMAT. */
myo_status h5_slab_open(hid_t place, const char *path, h5_slab *slab, myo_why *why);

/** Reads the numbers of frame @p number, in the order of the file, complex ones as pairs; as bytes when is_bytes,
 *  else as floats. */
bool h5_slab_read(const h5_slab *slab, hsize_t number, void *to);

/** How many numbers there are in all, or @p max + 1 if more. */
hsize_t h5_slab_count(const h5_slab *slab, hsize_t max);

/** Reads all of them as doubles; not for complex ones. */
bool h5_slab_doubles(const h5_slab *slab, double *to);

void h5_slab_close(h5_slab *slab);

#endif
