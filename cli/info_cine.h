/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `myotwitch info` says of an ultrasound recording. */
#ifndef MYO_CLI_INFO_CINE_H
#define MYO_CLI_INFO_CINE_H

#include <stdbool.h>

/** Prints what the recording at @p path holds; with @p deidentify without its name. An exit status; -1 when it
 *  is no ultrasound recording, or with @p may_be_other cannot be read as one, and then nothing is printed. */
int info_cine_print(const char *path, const char *dataset, bool deidentify, bool may_be_other);

#endif
