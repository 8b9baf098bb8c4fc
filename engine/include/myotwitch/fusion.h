/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EMG and ultrasound on one clock: which twitches both saw, and how their clocks lie to each other.
 *
 * Any thread; no memory is taken.
 */
#ifndef MYOTWITCH_FUSION_H
#define MYOTWITCH_FUSION_H

#include "myotwitch/status.h"

MYO_BEGIN

/** The beginning of an event. Lists are in order of onset. */
typedef struct {
    double onset_s;
    double interval_s; /**< ultrasound: time between the two images around it; else 0 */
} myo_moment;

/** Time on the EMG's clock = offset_s + (1 + drift) * time on the ultrasound's. */
typedef struct {
    double offset_s;
    double drift; /**< seconds a second; of two quartzes some 1e-5 */
} myo_clock;

/** Muscle moves 4 to 7 ms after an evoked potential begins, 17 to 33 ms (median) after voluntary EMG
 *  does, up to 80 ms at a slow onset (Nordez 2009, Begovic 2014, Dieterich 2015). */
#define MYO_FUSION_LATEST_S 0.08
#define MYO_FUSION_USUAL_S  0.006

/** Pairs each ultrasound onset with the EMG onset that it follows by no more than
 *  MYO_FUSION_LATEST_S, or precedes by no more than its interval; one to one, as many as possible.
 *  @p emg_of gets, for each of @p motions, the index of its EMG onset or -1. Returns the number of
 *  pairs. */
MYO_API size_t myo_fusion_pair(const myo_moment *emg, size_t emg_count, const myo_moment *motions,
                               size_t motion_count, const myo_clock *clock, int64_t *emg_of);

/** What myo_clock_find came to. */
typedef struct {
    myo_clock clock;
    size_t pairs;
    size_t runner_up;    /**< pairs at the best offset that is another one */
    double spread_s;     /**< mean distance of the pairs from the clock */
    bool drift_is_known; /**< pairs enough, over time enough */
} myo_clock_match;

/** Finds the clock from events that both saw: the offset within @p most_s at which most pair up, then
 *  their mean; with 6 pairs over 60 s the drift too. MYO_ERR_EMPTY when a list is empty,
 *  MYO_ERR_BAD_ARG beyond 2000 events a list. An offset with few pairs more than the runner-up is a
 *  guess. */
MYO_API myo_status myo_clock_find(const myo_moment *emg, size_t emg_count,
                                  const myo_moment *motions, size_t motion_count, double most_s,
                                  myo_clock_match *match);

MYO_END
#endif
