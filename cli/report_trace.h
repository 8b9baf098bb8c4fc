/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads from a recording what a report shows of it, in constant memory. */
#ifndef MYO_CLI_REPORT_TRACE_H
#define MYO_CLI_REPORT_TRACE_H

#include "export/report.h"
#include "signal/source.h"

/** Fills @p trace from the channel that the list @p options->channels names (exactly one), with
 *  the twitches of @p session that were strongest on it. Complains on standard error. Returns an
 *  exit status; free the trace in any case. */
int report_trace_read(const char *path, const myo_source_options *options,
                      const myo_session *session, myo_report_trace *trace);

void report_trace_free(myo_report_trace *trace);

#endif
