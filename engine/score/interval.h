/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two-sided 95 % intervals that hold for every sample size. */
#ifndef MYO_SCORE_INTERVAL_H
#define MYO_SCORE_INTERVAL_H

#include "myotwitch/score.h"

/** @p hits of @p tries (Clopper and Pearson 1934). Without a try: NAN in [0, 1]. */
myo_estimate myo_interval_share(int64_t hits, int64_t tries);

/** @p count events in @p exposure units of time, a unit (Garwood 1936). No exposure: NAN. */
myo_estimate myo_interval_rate(int64_t count, double exposure);

/** Mean of @p count values; Student's t, exact for normal errors. */
myo_estimate myo_interval_mean(const double *values, size_t count);

/** Quantile @p share (in 0..1) of @p count values in ascending order; bounds are order statistics
 *  (David and Nagaraja 2003, Order Statistics, 7.1), NAN where the sample is too small for one. */
myo_estimate myo_interval_quantile(const double *sorted, size_t count, double share);

#endif
