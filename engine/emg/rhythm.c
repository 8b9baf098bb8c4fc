/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Constant periods among the last events of a kind. */
#include "emg/rhythm.h"

#include <math.h>
#include <string.h>

void myo_rhythm_reset(myo_rhythm *rhythm)
{
    memset(rhythm, 0, sizeof *rhythm);
}

void myo_rhythm_add(myo_rhythm *rhythm, double at_ms, double size)
{
    rhythm->at_ms[rhythm->next] = at_ms;
    rhythm->size[rhythm->next] = size;
    rhythm->next = (rhythm->next + 1) % MYO_RHYTHM_LENGTH;
    rhythm->count += rhythm->count < MYO_RHYTHM_LENGTH;
}

/* The k-th latest event, 0 = the last one. */
static int32_t latest(const myo_rhythm *rhythm, int32_t k)
{
    return (rhythm->next + 2 * MYO_RHYTHM_LENGTH - 1 - k) % MYO_RHYTHM_LENGTH;
}

static bool like(double a, double b, double ratio)
{
    return a < b * ratio && b < a * ratio;
}

/* How many steps of `period` back from `at` meet a like event, before the first miss. */
static int32_t steps_met(const myo_rhythm *rhythm, double at_ms, double size, double size_ratio,
                         double period, double spread)
{
    int32_t met = 0;
    double expected = at_ms - period;
    for (int32_t k = 0; k < rhythm->count; k++) {
        const int32_t i = latest(rhythm, k);
        const double error = rhythm->at_ms[i] - expected;
        if (error < -spread * period) {
            break;
        }
        if (error <= spread * period && like(rhythm->size[i], size, size_ratio)) {
            met++;
            expected = rhythm->at_ms[i] - period;
        }
    }
    return met;
}

double myo_rhythm_period(const myo_rhythm *rhythm, double at_ms, double size, double size_ratio,
                         int32_t least, double spread, double short_ms, double long_ms)
{
    for (int32_t k = 0; k < rhythm->count; k++) {
        const int32_t i = latest(rhythm, k);
        const double period = at_ms - rhythm->at_ms[i];
        if (period > long_ms) {
            break;
        }
        if (period >= short_ms && like(rhythm->size[i], size, size_ratio) &&
            steps_met(rhythm, at_ms, size, size_ratio, period, spread) >= least) {
            return period;
        }
    }
    return 0.0;
}

int32_t myo_rhythm_recent(const myo_rhythm *rhythm, double at_ms, double span_ms)
{
    int32_t count = 0;
    for (int32_t k = 0; k < rhythm->count; k++) {
        const double ago = at_ms - rhythm->at_ms[latest(rhythm, k)];
        count += ago >= 0.0 && ago <= span_ms;
    }
    return count;
}
