/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matches one recording's events with its labels: the chosen types for the figures, and all types
 * for the confusion table. */
#ifndef MYO_CLI_SCORE_PAIRS_H
#define MYO_CLI_SCORE_PAIRS_H

#include "score_report.h"

#include "export/label_read.h"

typedef struct {
    score_summary *summary; /**< says which types and sizes count; gets the confusion table */
    myo_score *chosen, *all;
    FILE *list; /**< where misses and false alarms are listed; NULL for nowhere */
} score_pairs;

/** Adds one recording. On failure (as of myo_score_add) the sums are of no use any more. */
myo_status score_pairs_add(score_pairs *pairs, const myo_label_list *truth,
                           const myo_label_list *events, const char *name);

#endif
