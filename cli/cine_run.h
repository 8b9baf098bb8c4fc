/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One cine on its way through the engine: events as JSON Lines, beside those of an EMG recording. */
#ifndef MYO_CLI_CINE_RUN_H
#define MYO_CLI_CINE_RUN_H

#include <stdbool.h>

/** As the command line gives them; what was not given is zero, numbers NAN. Strings are borrowed. */
typedef struct {
    const char *cine;   /**< file, directory, pipe */
    const char *events; /**< where the event lines go; "-" = standard output, NULL = nowhere */
    const char *times;  /**< CSV with the frames' times */
    const char *crop;   /**< X,Y,WIDTH,HEIGHT in pixels */
    double interval_s, mm_per_px, needle_deg;
    double offset_s; /**< EMG time - cine time */
    bool force, quiet;
} cine_settings;

/** Analyses the cine; with @p emg_events, a file of event lines, says of each twitch who saw it.
 *  Complaints go to standard error. Returns an exit status. */
int cine_run(const cine_settings *settings, const char *emg_events);

#endif
