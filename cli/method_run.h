/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A published method in the detector's place, for comparison on the same recording. */
#ifndef MYO_CLI_METHOD_RUN_H
#define MYO_CLI_METHOD_RUN_H

#include "analysis.h"

/** As analysis_run, with settings->method: what the method takes for activity stands as `ltr` in every
 *  output, for it knows no types. Returns an exit status. */
int method_run(const char *path, const analysis_settings *settings);

/** Complains and returns false if settings->method or ->method_settings are not right. */
bool method_settings_good(const analysis_settings *settings);

#endif
