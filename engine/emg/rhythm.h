/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of like events of one channel: do they come at a constant period? */
#ifndef MYO_EMG_RHYTHM_H
#define MYO_EMG_RHYTHM_H

#include "myotwitch/api.h"

enum { MYO_RHYTHM_LENGTH = 16 };

typedef struct {
    double at_ms[MYO_RHYTHM_LENGTH];
    double size[MYO_RHYTHM_LENGTH];
    int32_t count, next;
} myo_rhythm;

MYO_RT void myo_rhythm_reset(myo_rhythm *rhythm);
MYO_RT void myo_rhythm_add(myo_rhythm *rhythm, double at_ms, double size);

/** What makes a series. */
typedef struct {
    double size_ratio;        /**< largest of one size over another */
    int32_t least;            /**< intervals that are met, on both sides together */
    double spread;            /**< of an interval, as a share of it */
    double short_ms, long_ms; /**< bounds of an interval */
    int32_t misses;           /**< intervals on each side at whose end there is no like event */
} myo_rhythm_rule;

/** Period of the series that an event at @p at_ms of @p size belongs to, 0 if there is none. @p after:
 *  events behind it, told backwards in time: added latest first at the negative of their time. */
MYO_RT double myo_rhythm_period(const myo_rhythm *before, const myo_rhythm *after, double at_ms,
                                double size, const myo_rhythm_rule *rule);

/** Events in the @p span_ms before @p at_ms. */
MYO_RT int32_t myo_rhythm_recent(const myo_rhythm *rhythm, double at_ms, double span_ms);

/** Of those, the ones within @p ratio of @p size. */
MYO_RT int32_t myo_rhythm_alike(const myo_rhythm *rhythm, double at_ms, double span_ms, double size,
                                double ratio);

/** Of the events within @p span_ms before @p at_ms, but not at it, those larger than @p least. */
MYO_RT int32_t myo_rhythm_above(const myo_rhythm *rhythm, double at_ms, double span_ms,
                                double least);

/** How often, in the @p span_ms before @p at_ms, an event within @p ratio of @p size came less than @p gap_ms before
 *  the next of them, of which the last is one of @p size at @p at_ms. */
MYO_RT int32_t myo_rhythm_crowd(const myo_rhythm *rhythm, double at_ms, double span_ms,
                                double gap_ms, double size, double ratio);

/** By how many standard deviations the logarithm of @p size lies above the median of the events', which is 5 at least;
 *  the deviation is from the median too, and @p least at least. */
MYO_RT double myo_rhythm_departure(const myo_rhythm *rhythm, double size, double least);

#endif
