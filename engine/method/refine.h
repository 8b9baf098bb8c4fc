/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The methods that look back from their alarm for the best instant. Private to engine/method. */
#ifndef MYO_METHOD_REFINE_H
#define MYO_METHOD_REFINE_H

#include "method.h"

/** Abbink: among the samples within @p around of an alarm, that which separates best those below
 *  @p second before it from those above it after it; for an end the other way round. */
void myo_decide_separated(const myo_test *test, double threshold, double second, size_t around,
                          myo_intervals *list);

/** Staude and Wolf: alarm when the log likelihood ratio of a window's variance against that of rest
 *  (@p sd) crosses @p threshold, then the most likely instant within @p around of it. @p test holds the
 *  windows' variances, @p x the samples. */
void myo_decide_likely(const double *x, size_t count, const myo_test *test, double sd,
                       size_t window, size_t around, double threshold, myo_intervals *list);

#endif
