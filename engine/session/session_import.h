/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One import under way, shared by what takes over events and what takes over marks. */
#ifndef MYO_SESSION_IMPORT_H
#define MYO_SESSION_IMPORT_H

#include "session/session_record.h"

/** What is read of an event line; NAN and NULL where the line does not say. */
typedef struct {
    myo_record record;
    const char *type, *stage, *modality, *seen_by, *label, *verdict, *recording, *detector,
        *config_hash;
    double onset_s, offset_s, channel, peak_mm, peak_uv, peak_fs, snr_db, confidence, level,
        guarding_ratio, level_low, level_high;
} event_line;

typedef struct {
    myo_session *session;
    myo_reader reader;
    myo_bag met;   /**< elements that this analysis found again or made */
    myo_bag marks; /**< event_line of type marker, as they came */
    size_t taken, passed;
    myo_bag heard;      /**< names of the detectors whose lines are in this import */
    bool has_recording; /**< its run line or marks are, too: steps and insertions are from there */
    const char *recording, *detector, *config_hash; /**< of the run that found the events */
} import;

/** The element to fill, new or from an earlier analysis: of a part with times, of that kind (of step, of
 *  finding + 1), found at that time; of a finding, by the sense and on the channel of @p line.
 *  @p is_first: this import had not come to it before. NULL when a person has the say over it, or without
 *  memory, which the reader then knows. */
void *import_claim(import *self, myo_part part, int kind, double at, const event_line *line,
                   bool *is_first);

/** Steps, insertions and stop signs out of the marks that stand, once all lines are read. */
void import_marks(import *self);

#endif
