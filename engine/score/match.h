/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One-to-one matching of two lists of onsets: as many pairs as possible, as close as possible. */
#ifndef MYO_SCORE_MATCH_H
#define MYO_SCORE_MATCH_H

#include "myotwitch/score.h"

/** Pairs labels with events whose onsets are at most @p tolerance_s apart. @p matches (one entry
 *  for each label) gets the index of its event or -1. Both lists in order of onset. Exact, in time
 *  and memory of labels times events within the tolerance of one label. MYO_ERR_NO_MEMORY. */
myo_status myo_match(const myo_score_item *truths, size_t truth_count, const myo_score_item *events,
                     size_t event_count, double tolerance_s, int64_t *matches);

#endif
