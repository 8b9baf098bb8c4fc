/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rhythm of a signal that was sampled at any times: pulse, tremor, strokes of a needle. */
#ifndef MYO_ULTRASOUND_REPEAT_H
#define MYO_ULTRASOUND_REPEAT_H

#include "myotwitch/api.h"

/** Values on an even grid of MYO_REPEAT_HZ over the last seconds. */
#define MYO_REPEAT_HZ   40.0
#define MYO_REPEAT_S    5.0
#define MYO_REPEAT_GRID 200

typedef struct {
    double values[MYO_REPEAT_GRID];
    uint32_t count; /**< values that are there; the last one is the newest */
} myo_repeat;

/** Takes out the mean of the second around each value: what drifts has no rhythm. */
MYO_RT void myo_repeat_level(myo_repeat *repeat);

/** Autocorrelation at its best period within @p low_hz to @p high_hz, 0 if there is no maximum; the
 *  signal must hold two and a half periods of it. */
MYO_RT double myo_repeat_find(const myo_repeat *repeat, double low_hz, double high_hz, double *hz);

/** Correlation of two signals on the same grid, at rest 0; shifted against each other by up to
 *  0.1 s either way, the largest magnitude counts. */
MYO_RT double myo_repeat_follow(const myo_repeat *a, const myo_repeat *b);

#endif
