/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the text that --print-config writes. */
#ifndef MYO_CLI_CONFIG_FILE_H
#define MYO_CLI_CONFIG_FILE_H

#include "signal/why.h"

#include "myotwitch/pipeline.h"

/** Changes the fields of @p config that the file names, one "key=value" a line; '#' starts a
 *  comment. rate_hz and channels are passed over: the recording decides them. MYO_ERR_OPEN,
 *  MYO_ERR_BAD_ARG with the line in @p why. Ranges are for myo_config_check to judge. */
myo_status config_file_read(const char *path, myo_config *config, myo_why *why);

#endif
