/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A quantile of a few hundred values of which one goes as another comes, exact.
 *
 * Only the values around it are kept in order: most that come and go are far from it and only change a
 * count. Where the quantile leaves what is kept, its neighbourhood is found anew among all values. */
#ifndef MYO_EMG_QUANTILE_H
#define MYO_EMG_QUANTILE_H

#include "myotwitch/api.h"

/** Values kept in order, and places to look at: those that are not used are infinite. */
enum { MYO_QUANTILE_NEAR = 40, MYO_QUANTILE_PLACES = 48 };

typedef struct {
    double share;      /**< of the values that lie below it */
    int32_t below;     /**< values before the near ones in order */
    float least, most; /**< what lies between, these included, is near */
    int32_t near_count;
    float near[MYO_QUANTILE_PLACES];
} myo_quantile;

/** No value yet. @p share from 0 to 1. */
MYO_RT void myo_quantile_clear(myo_quantile *quantile, double share);

/** A value that is neither negative nor NaN comes to @p count others. */
MYO_RT void myo_quantile_insert(myo_quantile *quantile, int32_t count, float value);

/** @p gone, one of the @p count values, goes, and another comes. */
MYO_RT void myo_quantile_replace(myo_quantile *quantile, int32_t count, float gone, float value);

/** The quantile, interpolated between order statistics, of the @p count values that came and did not go,
 *  in any order at @p values. @p count > 0. */
MYO_RT double myo_quantile_get(myo_quantile *quantile, const float *values, int32_t count);

#endif
