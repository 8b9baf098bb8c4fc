/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HDF5 files that nobody vouches for, read through a narrow gate. Private to io/.
 *
 * HDF5 1.10 crashes on many damaged files and by default follows a file to other files. So: no
 * plugins, no external links, no external or virtual storage, only plain numbers, only the filters
 * deflate, shuffle and fletcher32, and sizes checked before anything is allocated.
 */
#ifndef MYO_IO_H5_H
#define MYO_IO_H5_H

#include "why.h"

#include <hdf5.h>

/** A chunk must be decoded as a whole; larger ones are refused. */
#define H5_MAX_CHUNK_BYTES ((size_t)64 << 20)

/** One data set of 1 or 2 dimensions seen as frames of channels. */
typedef struct {
    hid_t set, space;
    int rank;
    int time_axis; /**< 0: rows are frames; 1: rows are channels */
    int64_t frames;
    uint32_t channels;
    float *scratch; /**< for turning rows into columns; NULL if not needed */
    size_t scratch_frames;
    int bits; /**< of an integer type, 0 for floating point */
    bool is_signed;
} h5_array;

/** Opens for reading. Silences HDF5's own messages and locks its doors, for the whole process. */
myo_status h5_file_open(const char *path, hid_t *file, myo_why *why);

/** The same for a file that another program is writing, or has left unclosed (SWMR). Never writes. Data
 *  are read past the cache. */
myo_status h5_file_open_growing(const char *path, hid_t *file, myo_why *why);

/** Opens the data set at @p path below @p place, after every check. @p path stands in @p why. */
myo_status h5_array_open(hid_t place, const char *path, bool channels_first, h5_array *array,
                         myo_why *why);

/** Reads frames [start, start + frames) interleaved into @p samples, as numbers of the file. */
myo_status h5_array_read(h5_array *array, int64_t start, size_t frames, float *samples,
                         myo_why *why);

/** Whether a data set of 1 or 2 dimensions is kept in the file itself, through known filters. */
bool h5_storage_is_safe(hid_t set);

/** What is wrong with how a data set of any shape is kept; NULL: it is kept in the file itself, through known
 *  filters, in chunks of at most H5_MAX_CHUNK_BYTES. */
const char *h5_storage_fault(hid_t set);

/** Whether these are numbers as every machine has them: whole of 8 to 64 bits, floating point of 32 or 64. */
bool h5_type_is_plain(hid_t type);

void h5_array_close(h5_array *array);

/** An attribute that is one string, cut to @p size; false and "" when there is none. */
bool h5_text(hid_t object, const char *name, char *text, size_t size);

/** A data set that is one text of any length, cut to @p size; false and unchanged otherwise. */
bool h5_text_set(hid_t place, const char *path, char *text, size_t size);

/** Up to @p count numbers of a numeric attribute; returns how many were there, 0 if none. */
size_t h5_numbers(hid_t object, const char *name, double *values, size_t count);

/** Whether @p path below @p place leads to something, through hard and soft links only. */
bool h5_exists(hid_t place, const char *path);

/** Name of the link @p index (by name) of @p group if it is a hard link to a group. */
bool h5_group_at(hid_t group, hsize_t index, char *name, size_t size);

#endif
