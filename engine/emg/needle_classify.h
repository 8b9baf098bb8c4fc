/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a burst on a needle's channel is: a twitch is told from what the needle's movement sets off and from
 * the spikes of the endplate, one question each (emg.md 7.8). */
#ifndef MYO_EMG_NEEDLE_CLASSIFY_H
#define MYO_EMG_NEEDLE_CLASSIFY_H

#include "emg/classify.h"

/** The bursts before the one in question. */
typedef struct {
    myo_rhythm bursts;    /**< their times and sizes */
    double last_onset_ms; /**< of the last one */
    double last_level_db; /**< the same */
    double spontaneous;   /**< how many of late came by themselves and were several discharges... */
    double twitches;      /**< ...and how many of these, by their odds, were twitches */
    double others;        /**< how many of several discharges, by their odds, were none... */
    double other_odds;    /**< ...and the sum of what their own measures said against insertion */
} myo_needle_past;

MYO_RT void myo_needle_past_reset(myo_needle_past *past);

/** What a burst has to be told from, in log odds of a twitch against it; positive speaks for the twitch. */
typedef struct {
    double insertion; /**< activity that the needle's movement set off */
    double endplate;  /**< spikes, fibrillations, single units */
} myo_needle_odds;

/** By its own measures. @p alike: bursts of its size in the 1.5 s before it. */
MYO_RT myo_needle_odds myo_needle_weigh(const myo_burst *burst, int32_t alike);

/** What the bursts of late say beforehand of one that came by itself: log odds of a twitch against
 *  insertional activity; 0 as long as there were none. */
MYO_RT double myo_needle_expect(const myo_needle_past *past);

/** What the measures say of this session's insertional activity: log odds of a twitch against it, on average. */
MYO_RT double myo_needle_habit(const myo_needle_past *past);

/** Verdict on the next burst, which then belongs to the past. @p moved: the needle moved within 500 ms before
 *  it; @p usual: what myo_classify made of it, kept where that is an artefact or too long for a twitch. */
MYO_RT myo_verdict myo_needle_classify(myo_needle_past *past, const myo_burst *burst,
                                       double onset_ms, bool moved, myo_verdict usual);

#endif
