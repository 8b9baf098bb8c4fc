/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads lists of labelled intervals: the truth of a synthetic session and event lines.
 *
 * Truth: one JSON object, "schema":"myotwitch.truth/1", with "duration_s" and "events".
 * Events: JSON Lines, "schema":"myotwitch.event/1"; lines of another schema and of
 * stages that are not final are passed over.
 * Files are taken as hostile; at most MYO_LABEL_MAX_BYTES are read. Any thread. */
#ifndef MYO_IO_LABEL_READ_H
#define MYO_IO_LABEL_READ_H

#include "signal/source.h"

#include "myotwitch/score.h"

#define MYO_LABEL_MAX_BYTES ((size_t)256 << 20)

typedef struct {
    myo_event_type type;
    double onset_s;     /**< finite */
    double offset_s;    /**< finite, not before the onset */
    double reported_s;  /**< events only; NAN where there is none */
    double confirmed_s; /**< events only; NAN where there is none */
    double snr_db;      /**< peak over noise; NAN where there is none */
    uint32_t channel; /**< number in the recording, the strongest; MYO_ALL_CHANNELS = none named */
} myo_label;

typedef struct {
    myo_label *labels; /**< in order of onset; NULL if there is none */
    size_t count;
    double duration_s; /**< of the recording; NAN in a list of events */
} myo_label_list;

/** On failure @p list is empty and @p why names line and reason. MYO_ERR_OPEN, _READ, _FORMAT,
 *  _UNSUPPORTED, _NO_MEMORY. Free the list with myo_label_list_free. */
myo_status myo_label_read_truth(const char *path, myo_label_list *list, myo_why *why);
myo_status myo_label_read_events(const char *path, myo_label_list *list, myo_why *why);

void myo_label_list_free(myo_label_list *list);

#endif
