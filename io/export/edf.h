/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a recording as EDF+C (16 bit) or BDF+C (24 bit) with its marks as annotations. The same
 * recording gives the same bytes. Any one thread at a time. */
#ifndef MYO_IO_EXPORT_EDF_H
#define MYO_IO_EXPORT_EDF_H

#include "signal/source.h"

typedef struct {
    const char *path; /**< final name; borrowed for the call */
    bool replace;     /**< an existing file of that name may be replaced */
    bool is_bdf;
    const myo_source_info *info; /**< borrowed until the end */
    const float *peak; /**< largest magnitude of each channel: the step is the smallest of 1, 2, 5
                            times a power of ten with which nothing is clipped */
    int64_t frames;
    const myo_mark *marks; /**< in order of frame; borrowed until the end */
    size_t mark_count;
} myo_edf_options;

typedef struct myo_edf_writer myo_edf_writer;

/** MYO_ERR_EXISTS, MYO_ERR_WRITE, MYO_ERR_NO_MEMORY; MYO_ERR_UNSUPPORTED when no record of up to a
 *  minute holds whole frames, or a value is too large for the fields of the header. */
myo_status myo_edf_writer_new(const myo_edf_options *options, myo_edf_writer **writer,
                              myo_why *why);

/** Adds interleaved frames; samples that are not numbers are written as 0. */
myo_status myo_edf_writer_add(myo_edf_writer *writer, const float *samples, size_t frames,
                              myo_why *why);

/** Completes the file, gives it its final name, and frees. *padding is how many frames of 0 fill
 *  the last record. On failure nothing is left behind. */
myo_status myo_edf_writer_commit(myo_edf_writer *writer, int64_t *padding, myo_why *why);

/** Frees and leaves nothing behind. NULL is fine. */
void myo_edf_writer_free(myo_edf_writer *writer);

#endif
