/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a burst began: the likeliest step of variance before the moment of detection. */
#ifndef MYO_EMG_ONSET_H
#define MYO_EMG_ONSET_H

#include "emg/ring.h"

typedef struct {
    int lane;           /**< filter that is looked at */
    double noise_power; /**< mean square of a sample of the noise in that lane */
    double low_power;   /**< the same in the low lane */
    int32_t hop_frames;
    int64_t earliest_hop; /**< search from here */
    int64_t crossing_hop; /**< the hop in which the detector fired */
    double hop_ms;
} myo_onset_question;

/** Returns the hop at which the activity began, with a fraction of a hop. */
MYO_RT double myo_onset_find(const myo_hop_ring *ring, const myo_onset_question *question);

#endif
