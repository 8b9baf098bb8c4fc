/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times of frames from a table beside a recording. Private to io/cine. */
#ifndef MYO_IO_CINE_TIMES_H
#define MYO_IO_CINE_TIMES_H

#include "signal/why.h"

/** Reads a CSV: a row with the names of the columns, one of them time_s (seconds), then a row for each
 *  frame. When there is a column video_frame or frame it must count 0, 1, 2, ... The caller frees
 *  *times. The table's name stands in @p why. */
myo_status myo_cine_times_read(const char *path, double **times, int64_t *count, myo_why *why);

#endif
