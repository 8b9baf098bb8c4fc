/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of channels as people write them. */
#ifndef MYO_IO_CHANNELS_H
#define MYO_IO_CHANNELS_H

#include "source.h"

/** Reads "0,2-4,Trapezius" or "all": numbers count from 0 as in the file, anything that is not a
 *  number or a range is a name. Sets chosen[i] for the i-th channel of @p info, false for the
 *  others. Refuses what @p info does not have. */
myo_status myo_channel_list(const char *list, const myo_source_info *info,
                            bool chosen[MYO_MAX_CHANNELS], myo_why *why);

#endif
