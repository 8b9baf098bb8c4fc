/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How good a list of events is against a list of labels: one-to-one matching, rates with exact
 * intervals, errors of onset and delays.
 *
 * One recording after the other goes in with myo_score_add; myo_score_result_get pools them. Any
 * one thread at a time; not real-time.
 */
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
    bool ignored; /**< labels only: may be found, need not be; neither it nor its event counts */
} myo_score_item;

/** An estimate with its two-sided 95 % interval. NAN = cannot be said from so little data. */
typedef struct {
    double value, low, high;
} myo_estimate;

/** Sums over one or more recordings. */
typedef struct myo_score myo_score;

/** Quantiles interpolate linearly between order statistics (Hyndman and Fan 1996, type 7). Their
 *  intervals are those of the order statistics (binomial), free of any assumption on shape. */
typedef struct {
    int64_t truths, events, hits; /**< ignored labels and their events left out */
    double duration_s;
    myo_estimate recall, precision; /**< Clopper-Pearson */
    myo_estimate f1; /**< 2j/(1+j) of Clopper-Pearson on j = hits/(hits+false+missed) */
    myo_estimate false_per_minute, false_per_hour; /**< Garwood's exact Poisson interval */
    myo_estimate onset_bias_ms; /**< mean of event - label, with Student's t interval */
    myo_estimate onset_median_ms, onset_p95_ms; /**< of its magnitude */
    myo_estimate delay_median_ms, delay_p95_ms; /**< reported - true onset */
    double delay_max_ms;
    myo_estimate confirm_median_ms, confirm_p95_ms; /**< confirmed - true end */
    double confirm_max_ms;
} myo_score_result;

/** @p tolerance_s: a hit has its onset within this of the label's (emg.md 9.4: 0.05); 0 to 3600.
 *  MYO_ERR_BAD_ARG outside of that, MYO_ERR_NO_MEMORY. */
MYO_API myo_status myo_score_new(double tolerance_s, myo_score **score);

/** Adds one recording of @p duration_s (0 or more). Both lists in order of onset, onsets finite;
 *  else MYO_ERR_BAD_ARG. Matching is one to one and maximal, and of the maximal matchings the one
 *  with the least total onset error. On failure nothing was added. */
MYO_API myo_status myo_score_add(myo_score *score, const myo_score_item *truths, size_t truth_count,
                                 const myo_score_item *events, size_t event_count,
                                 double duration_s);

/** For each label of the recording last added the index of its event, or -1. Valid until the next
 *  call with @p score. */
MYO_API const int64_t *myo_score_matches(const myo_score *score);

/** Sorts what was gathered, hence not const. */
MYO_API void myo_score_result_get(myo_score *score, myo_score_result *result);

MYO_API void myo_score_free(myo_score *score);

MYO_END
#endif
