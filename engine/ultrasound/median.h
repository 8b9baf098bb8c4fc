/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The middle one of some numbers. */
#ifndef MYO_ULTRASOUND_MEDIAN_H
#define MYO_ULTRASOUND_MEDIAN_H

#include "myotwitch/api.h"

/** The value of rank count / 2 of @p values, which are put into another order; 0 when there are none.
 *  None may be NAN. */
MYO_RT float myo_median(float *values, size_t count);

/** 1.4826 times the median distance from @p center, the standard deviation of normal values; changes
 *  @p values. */
MYO_RT float myo_mad(float *values, size_t count, float center);

#endif
