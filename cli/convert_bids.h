/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What belongs beside a recording in a BIDS data set (BIDS 1.11.1, datatype emg). */
#ifndef MYO_CLI_CONVERT_BIDS_H
#define MYO_CLI_CONVERT_BIDS_H

#include "convert_marks.h"

/** Whether @p path is where BIDS wants a recording of EMG, with a task. */
bool convert_bids_name_is_good(const char *path);

typedef struct {
    const char *path; /**< of the recording, of a good name */
    bool replace;     /**< existing files of the recording may be replaced */
    double line_hz;   /**< 0 = not known */
    const myo_source_info *info;
    int64_t frames;
    const convert_marks *marks;
} convert_bids_options;

/** Writes _emg.json, _channels.tsv, _events.tsv and _events.json; and, where they are not there yet,
 *  dataset_description.json, README, participants.tsv and the line of the recording in scans.tsv. */
myo_status convert_bids_write(const convert_bids_options *options, myo_why *why);

#endif
