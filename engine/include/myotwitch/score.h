/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How good a list of events is against a list of labels: one-to-one matching, rates with exact
 * intervals, errors of onset and delays. */
#ifndef MYOTWITCH_SCORE_H
#define MYOTWITCH_SCORE_H

#include "myotwitch/status.h"

MYO_BEGIN

/** One item to match. Times in seconds from the start of the recording. */
typedef struct {
    double onset_s;
    double offset_s;
    double reported_s;  /**< events only; NAN if not known */
    double confirmed_s; /**< events only; NAN if not known */
} myo_score_item;

/** An estimate with its exact two-sided 95 % interval. */
typedef struct {
    double value, low, high;
} myo_estimate;

/** Sums over one or more recordings. */
typedef struct myo_score myo_score;

typedef struct {
    int64_t truths, events, hits;
    double duration_s;
    myo_estimate recall, precision; /**< Clopper-Pearson */
    double f1;
    myo_estimate false_per_minute, false_per_hour; /**< Garwood's exact Poisson interval */
    double onset_bias_ms, onset_median_abs_ms, onset_p95_abs_ms; /**< NAN without hits */
    double delay_median_ms, delay_p95_ms, delay_max_ms; /**< reported - true onset */
    double confirm_median_ms, confirm_p95_ms, confirm_max_ms; /**< confirmed - true end */
} myo_score_result;

/** @p tolerance_s: a hit has its onset within this of the label's (emg.md 9.4: 0.05). */
MYO_API myo_status myo_score_new(double tolerance_s, myo_score **score);

/** Adds one recording. Both lists in order of onset. Matching is one to one and maximal, and of
 *  the maximal matchings the one with the least total onset error. */
MYO_API myo_status myo_score_add(myo_score *score, const myo_score_item *truths, size_t truth_count,
                                 const myo_score_item *events, size_t event_count,
                                 double duration_s);

/** For each label of the recording last added the index of its event, or -1. */
MYO_API const int64_t *myo_score_matches(const myo_score *score);

MYO_API void myo_score_result_get(const myo_score *score, myo_score_result *result);
MYO_API void myo_score_free(myo_score *score);

MYO_END
#endif
