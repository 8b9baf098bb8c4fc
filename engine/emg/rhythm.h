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

/** Period of the series that ends with an event at @p at_ms of like size (within @p size_ratio):
 *  at least @p least intervals that differ by less than @p spread of their median, each between
 *  @p short_ms and @p long_ms, missed ones allowed. 0 if there is none. */
MYO_RT double myo_rhythm_period(const myo_rhythm *rhythm, double at_ms, double size,
                                double size_ratio, int32_t least, double spread, double short_ms,
                                double long_ms);

/** Events in the @p span_ms before @p at_ms. */
MYO_RT int32_t myo_rhythm_recent(const myo_rhythm *rhythm, double at_ms, double span_ms);

#endif
