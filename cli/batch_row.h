/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one recording contributes to the table of recordings. */
#ifndef MYO_CLI_BATCH_ROW_H
#define MYO_CLI_BATCH_ROW_H

#include "export/sink.h"

/** A sink that writes the names of the columns and one row of values to @p path. Values of several
 *  channels are parted by "|"; "n/a" stands for what is not known. Sizes are in uV where the
 *  recording is calibrated (column full_scale_uv), else in units of full scale. */
myo_status batch_row_new(const char *path, bool replace, const myo_session_head *head,
                         myo_sink **sink, myo_why *why);

#endif
