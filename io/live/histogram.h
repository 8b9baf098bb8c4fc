/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts durations so that percentiles can be told at any time: 16 steps to every doubling, so a
 * percentile is at most 6.25 % too large; the largest is exact. */
#ifndef MYO_IO_LIVE_HISTOGRAM_H
#define MYO_IO_LIVE_HISTOGRAM_H

#include <stdint.h>

enum { MYO_HISTOGRAM_STEPS = 16, MYO_HISTOGRAM_DOUBLINGS = 44 };

/** Zero-initialise. */
typedef struct {
    int64_t count, largest;
    uint32_t counts[MYO_HISTOGRAM_STEPS * MYO_HISTOGRAM_DOUBLINGS];
} myo_histogram;

/** @p value from 0 to 2^43; smaller and larger ones count as these. */
void myo_histogram_add(myo_histogram *histogram, int64_t value);

/** The value that @p share (0 to 1) of all do not exceed; 0 when there are none. */
int64_t myo_histogram_at(const myo_histogram *histogram, double share);

#endif
