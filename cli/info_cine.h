/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `myotwitch info` says of an ultrasound recording. */
#ifndef MYO_CLI_INFO_CINE_H
#define MYO_CLI_INFO_CINE_H

#include <stdbool.h>

/** The line on the format; with @p deidentify the kind of file alone. */
void info_format_print(const char *format, bool deidentify);

/** Says on standard error that a file was refused; with @p deidentify neither its name nor the reason, in which
 *  words of the file may stand. */
void info_refusal_print(const char *path, const char *reason, bool deidentify);

/** Prints what the recording at @p path holds; with @p deidentify without its name. An exit status; -1 when it
 *  is no ultrasound recording, or with @p may_be_other cannot be read as one, and then nothing is printed. */
int info_cine_print(const char *path, const char *dataset, bool deidentify, bool may_be_other);

#endif
