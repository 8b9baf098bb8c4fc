/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The result of an analysis for people: a table of the twitches, then what is known of each
 * channel. */
#ifndef MYO_CLI_SUMMARY_H
#define MYO_CLI_SUMMARY_H

#include "export/sink.h"

#include <stdio.h>

/** A sink that prints to @p out as events come. */
myo_status summary_new(FILE *out, const myo_session_head *head, myo_sink **sink, myo_why *why);

#endif
