/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing HDF5 as NWB wants it: typed groups, text attributes, columns that grow. Private.
 *
 * The first call that fails is remembered in nwb_file and makes the others do nothing useful; the
 * caller looks once, at the end. Nothing of the clock goes into the file: the same calls give the
 * same bytes.
 */
#ifndef MYO_IO_NWB_H5_H
#define MYO_IO_NWB_H5_H

#include <hdf5.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    hid_t file;
    hid_t text_type; /**< UTF-8 of any length */
    hid_t transfer;  /**< how data moves: through a small buffer, the default is 1 MB twice */
    bool live;       /**< readable while it grows: data sets bypass the cache, texts have a width */
    bool failed;
    int error; /**< errno of the call that failed, 0 = HDF5 gave none */
} nwb_file;

/** Opens @p path, which may exist, for writing from its start. */
void nwb_file_open(nwb_file *nwb, const char *path);

/** Opens @p path, which may exist, in the latest format, for a recording. After all objects were made nwb_file_follow lets other programs read while it grows; from then on only rows
 *  may be added. */
void nwb_file_open_live(nwb_file *nwb, const char *path);
void nwb_file_follow(nwb_file *nwb);

/** Hands everything to the system, children before parents. False if this or any call before
 *  failed. */
bool nwb_file_flush(nwb_file *nwb);

/** The descriptor of the file, the library's own; -1 = none. */
int nwb_file_descriptor(const nwb_file *nwb);

/** Closes; false if this or any call before it failed. */
bool nwb_file_close(nwb_file *nwb);

/** Creates a group and its missing parents. The caller closes it with H5Gclose. */
hid_t nwb_group(nwb_file *nwb, const char *path);

/** Marks @p object as a type of a namespace: "core" or "hdmf-common". */
void nwb_type(nwb_file *nwb, hid_t object, const char *name_space, const char *type);

void nwb_text(nwb_file *nwb, hid_t object, const char *name, const char *text);
void nwb_texts(nwb_file *nwb, hid_t object, const char *name, const char *const *texts,
               size_t count);
void nwb_number(nwb_file *nwb, hid_t object, const char *name, double value);
void nwb_integer(nwb_file *nwb, hid_t object, const char *name, int32_t value);

/** A data set that holds one text; NWB wants some of them as an array of one. */
void nwb_text_set(nwb_file *nwb, const char *path, const char *text, bool as_array);

/** A data set of @p type that grows along its first dimension in chunks of @p chunk_rows; @p
 *  columns 0 makes it one-dimensional. */
hid_t nwb_growing_set(nwb_file *nwb, hid_t place, const char *name, hid_t type, size_t columns,
                      size_t chunk_rows);

/** The same data set again, of a file that is not live. @p chunk_bytes: of a chunk, in memory. */
hid_t nwb_growing_set_open(nwb_file *nwb, hid_t place, const char *name, size_t chunk_bytes);

/** Type of texts of @p bytes bytes, padded with zeros. The caller closes it with H5Tclose. */
hid_t nwb_fixed_text(size_t bytes);

/** Appends rows at @p start, which is the number of rows that are there. */
void nwb_append(nwb_file *nwb, hid_t set, hid_t memory_type, int64_t start, size_t rows,
                size_t columns, const void *data);

/** Gives every typed object an object_id: a UUID made from @p seed and the object's path, so that
 *  the same recording and configuration give the same file. After all else was created. */
void nwb_object_ids(nwb_file *nwb, uint64_t seed);

/** FNV-1a over 32-bit words (the last one filled up with zeros), from @p hash on. */
uint64_t nwb_hash(uint64_t hash, const void *bytes, size_t size);

/** What an empty hash starts with. */
#define NWB_HASH_START 0xcbf29ce484222325u

#endif
