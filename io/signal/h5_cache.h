/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much HDF5 may remember of a file. Private to io/. */
#ifndef MYO_IO_H5_CACHE_H
#define MYO_IO_H5_CACHE_H

#include <hdf5.h>

/** A file access list with a small cache for HDF5's own bookkeeping; close with H5Pclose.
 *
 *  The default is 2 MB and counts a node of the index of chunks as 2.6 kB, though it takes 18 kB of
 *  memory (65 keys of 284 bytes in H5Dbtree.c): a long recording, read or written from its start to
 *  its end, would make the program grow by 14 MB. */
hid_t h5_small_cache(void);

#endif
