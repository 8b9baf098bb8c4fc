/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The twitch responses of one treated point as a series: how they decay, and when the point is
 * exhausted.
 *
 * The peak falls over the first three responses and is stable then (Baraja-Vegas 2020, Pain Med
 * 21:1224); so the decay is an outcome, never a reason to raise a threshold. */
#ifndef MYOTWITCH_SERIES_H
#define MYOTWITCH_SERIES_H

#include "myotwitch/event.h"

MYO_BEGIN

/** Responses that are kept with time and size; more are counted only. */
#define MYO_SERIES_MAX 64

/** One point. Zero-initialise, or use myo_series_begin. Any thread, one at a time. */
typedef struct {
    int64_t begin;
    int64_t count;
    int64_t frame[MYO_SERIES_MAX];
    double peak[MYO_SERIES_MAX];
    int64_t strokes;       /**< needle strokes told with myo_series_stroke */
    int64_t last_response; /**< stroke number of the last response */
} myo_series;

typedef struct {
    int64_t count;
    double first, last;   /**< peaks */
    double decay_ratio;   /**< third (or last, when fewer) over first; NAN below 2 */
    double decay_step;    /**< geometric mean ratio from one to the next over the first three */
    double plateau_ratio; /**< median from the third on over first; NAN below 3 */
    double interval_s;    /**< median time between responses; NAN below 2 */
    bool exhausted;       /**< it had responses and has ceased, by strokes or by time */
    double quiet_s;       /**< since the last response, or since the begin */
} myo_series_summary;

typedef struct {
    double rate_hz;
    double quiet_s; /**< without response: exhausted; default 20 s */
    int64_t
        quiet_strokes; /**< or after so many strokes without one, if strokes are told; default 5:
                                at the published 0.1-0.6 responses a stroke a chance run of 5
                                has a probability of 0.59 to 0.01 */
} myo_series_config;

MYO_API void myo_series_config_default(myo_series_config *config, double rate_hz);

/** A new point is treated from @p frame on. */
MYO_API MYO_RT void myo_series_begin(myo_series *series, int64_t frame);

/** A response (confirmed, in order of time) with its peak magnitude, above 0. */
MYO_API MYO_RT void myo_series_add(myo_series *series, int64_t frame, double peak);

/** The needle went in once more. */
MYO_API MYO_RT void myo_series_stroke(myo_series *series);

/** What is known at frame @p now. */
MYO_API MYO_RT void myo_series_describe(const myo_series *series, const myo_series_config *config,
                                        int64_t now, myo_series_summary *summary);

MYO_END
#endif
