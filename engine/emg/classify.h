/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the measures of a burst to what it was, how sure that is, and why. */
#ifndef MYO_EMG_CLASSIFY_H
#define MYO_EMG_CLASSIFY_H

#include "emg/burst.h"
#include "emg/rhythm.h"
#include "myotwitch/event.h"

typedef struct {
    double ltr_max_ms;
    bool needle; /**< the channel is a needle's */
} myo_classify_config;

/** What is known beside the burst's own measures. */
typedef struct {
    bool stimulator_on; /**< an edge train runs */
    double period_ms;   /**< constant interval to the like bursts before it; 0 = none */
    bool train; /**< slow ones like it, and pulses within them, come faster than a heart beats */
    bool heart_rate; /**< that interval is a heart's */
} myo_context;

typedef struct {
    myo_event_type type;
    double confidence;
    uint32_t reasons;
} myo_verdict;

MYO_RT myo_verdict myo_classify(const myo_classify_config *config, const myo_burst *burst,
                                const myo_context *context);

/** Whether it only just crossed a threshold: not confirmed. */
MYO_RT bool myo_is_too_weak(const myo_burst *burst);

/** Whether the slow part of the signal outweighs the burst: heart, motion, pop. */
MYO_RT bool myo_is_low_dominated(const myo_burst *burst);

/** Whether most of it lies below the detect band: a beat, a movement, or a twitch that rides on one. */
MYO_RT bool myo_is_slow(const myo_burst *burst);

/** Whether it may be several pulses of a stimulator that an amplifier rounded off: slow, short, alike, and apart. */
MYO_RT bool myo_is_pulse_group(const myo_burst *burst);

#endif
