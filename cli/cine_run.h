/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One cine on its way through the engine: events as JSON Lines, beside those of an EMG recording, whose
 * session file holds them too. */
#ifndef MYO_CLI_CINE_RUN_H
#define MYO_CLI_CINE_RUN_H

#include "cine_intake.h"

#include "export/sink.h"

/** A cine whose images were looked at. */
typedef struct cine_run cine_run;

/** Looks at all images; @p settings must outlive it. NULL without memory or when nothing could be
 *  read: @p status then is the exit status. Complaints go to standard error. */
cine_run *cine_run_new(const cine_settings *settings, int *status);

/** What was found, on the cine's clock; valid until it is freed. */
const myo_cine_findings *cine_run_findings(const cine_run *run);

/** Writes the event lines and the table; with @p emg_events, a file of event lines, says of each twitch
 *  who saw it. Returns an exit status. */
int cine_run_write(cine_run *run, const char *emg_events);

/** NULL is fine; an output that was not written leaves nothing behind. */
void cine_run_free(cine_run *run);

#endif
