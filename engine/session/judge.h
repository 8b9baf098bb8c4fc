/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a settled burst to its verdict, with what came before it and, in the warm-up, behind it. */
#ifndef MYO_SESSION_JUDGE_H
#define MYO_SESSION_JUDGE_H

#include "emg/needle_classify.h"
#include "session/news.h"

/* HELD: bursts of the warm-up that wait for those behind them; packets of 2 Hz are five. */
enum { MYO_JUDGE_HELD = 8 };

/** Bursts that were settled and are not told yet, oldest first. */
typedef struct {
    myo_burst burst[MYO_JUDGE_HELD];
    int32_t count;
} myo_held;

typedef struct {
    myo_classify_config config;
    double hop_ms, refractory_ms;
    myo_rhythm low, muscle, both, stimuli;
    myo_rhythm slow;   /* with the balance for the size */
    myo_rhythm pulses; /* what may be pulses of a stimulator, those within a burst one by one */
    int64_t needle_moved_hop; /* last hop in which its channel saw the needle move */
    int64_t last_muscle_end;
    double last_muscle_db;
    myo_needle_past needle; /* of a needle's channel */
} myo_judge;

MYO_RT void myo_judge_reset(myo_judge *judge);

/** Fills verdict, sizes, features and refusal of @p news. @p held: the bursts behind this one.
 *  @p stimulator_on: edges around its onset say so. Bursts come in order of time. */
MYO_RT void myo_judge_burst(myo_judge *judge, const myo_burst *burst, const myo_held *held,
                            bool stimulator_on, myo_news *news);

#endif
