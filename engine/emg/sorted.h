/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A few hundred values in order of size, of which one goes as another comes. */
#ifndef MYO_EMG_SORTED_H
#define MYO_EMG_SORTED_H

#include "myotwitch/api.h"

/** Places that an array of up to @p capacity values needs: it ends in infinities. */
#define MYO_SORTED_PLACES(capacity) (((capacity) / 16 + 1) * 16)

/** Makes an array of so many places empty. */
MYO_RT void myo_sorted_clear(float *sorted, int32_t places);

/** Adds a value, not NaN, to @p count others; there is a place for it. */
MYO_RT void myo_sorted_insert(float *sorted, int32_t count, float value);

/** @p gone, which is one of the @p count values, goes and @p value, not NaN, comes. */
MYO_RT void myo_sorted_replace(float *sorted, int32_t count, float gone, float value);

/** Quantile @p q, interpolated between order statistics. @p count > 0. */
MYO_RT double myo_sorted_quantile(const float *sorted, int32_t count, double q);

#endif
