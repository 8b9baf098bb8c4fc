/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes gray pictures with their own times as a video file that loses nothing.
 *
 * FFV1 in NUT, which keeps times to a microsecond, or in Matroska, to a millisecond (the name ends in
 * .mkv). Not for real-time threads.
 */
#ifndef MYO_IO_CINE_WRITER_H
#define MYO_IO_CINE_WRITER_H

#include "signal/why.h"

typedef struct myo_cine_writer myo_cine_writer;

/** Begins a file that appears under its name when it is complete (export/outfile.h says how; "-" is
 *  standard output). Sides of 1 to 16384. MYO_ERR_EXISTS, MYO_ERR_WRITE, MYO_ERR_UNSUPPORTED (no FFmpeg, or
 *  too large a picture), MYO_ERR_NO_MEMORY. */
myo_status myo_cine_writer_open(const char *path, bool replace, uint32_t width, uint32_t height,
                                myo_cine_writer **writer, myo_why *why);

/** Adds a picture: rows of bytes from top to bottom, @p stride bytes apart. @p time_s must be later than that
 *  of the picture before, by a millisecond in Matroska, and not negative: MYO_ERR_BAD_ARG. */
myo_status myo_cine_writer_add(myo_cine_writer *writer, const uint8_t *gray, size_t stride,
                               double time_s, myo_why *why);

/** Ends the file, puts it under its name and frees the writer. On failure nothing is left behind. */
myo_status myo_cine_writer_commit(myo_cine_writer *writer, myo_why *why);

/** Removes what was written and frees. NULL is fine. */
void myo_cine_writer_discard(myo_cine_writer *writer);

#endif
