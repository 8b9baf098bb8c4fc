/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pulses of a stimulator: edges far above the usual, at a constant period. */
#ifndef MYO_EMG_QUALITY_PULSE_H
#define MYO_EMG_QUALITY_PULSE_H

#include "myotwitch/api.h"

#define MYO_PULSE_INTERVALS 12

/** Zero-initialise, then set rate_hz. */
typedef struct {
    double rate_hz;
    double last;                            /* sample before */
    double median;                          /* running median of the magnitude of differences */
    int64_t frame, edge;                    /* frames so far; frame of the last edge, 0 = none */
    int32_t intervals[MYO_PULSE_INTERVALS]; /* frames */
    int64_t count;
} myo_pulse_train;

MYO_RT void myo_pulse_train_push(myo_pulse_train *train, double x);

/** Rate of the train if one goes on, 0 = none. */
MYO_RT double myo_pulse_train_hz(const myo_pulse_train *train);

#endif
