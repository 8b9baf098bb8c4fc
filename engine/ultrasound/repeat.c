/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normalised autocorrelation of a speed. */
#include "ultrasound/repeat.h"

#include <math.h>

enum { MOST_SHIFT = 4, HALF_WINDOW = 20 };

/* Correlation of two stretches, each by its own energy; the mean of both is 0. */
static double correlation(const double *a, const double *b, uint32_t count)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return aa > 0.0 && bb > 0.0 ? ab / sqrt(aa * bb) : 0.0;
}

void myo_repeat_level(myo_repeat *repeat)
{
    double level[MYO_REPEAT_GRID];
    const int32_t count = (int32_t)repeat->count;
    for (int32_t i = 0; i < count; i++) {
        const int32_t from = i < HALF_WINDOW ? 0 : i - HALF_WINDOW;
        const int32_t to = i + HALF_WINDOW < count ? i + HALF_WINDOW : count - 1;
        level[i] = 0.0;
        for (int32_t k = from; k <= to; k++) {
            level[i] += repeat->values[k];
        }
        level[i] /= to - from + 1;
    }
    for (int32_t i = 0; i < count; i++) {
        repeat->values[i] -= level[i];
    }
}

double myo_repeat_find(const myo_repeat *repeat, double low_hz, double high_hz, double *hz)
{
    const uint32_t first = (uint32_t)ceil(MYO_REPEAT_HZ / high_hz);
    const uint32_t last = (uint32_t)floor(MYO_REPEAT_HZ / low_hz);
    const double *x = repeat->values;
    double best = 0.0, left = 1.0;
    *hz = 0.0;
    for (uint32_t lag = first - 1; lag <= last && 5 * lag <= 2 * repeat->count; lag++) {
        const double here = correlation(x, x + lag, repeat->count - lag);
        const double right = correlation(x, x + lag + 1, repeat->count - lag - 1);
        /* Twice the period fits as well: it must fit clearly better to be taken. */
        if (lag >= first && here > best + 0.1 * (best > 0.0) && here >= left && here >= right) {
            best = here;
            *hz = MYO_REPEAT_HZ / lag;
        }
        left = here;
    }
    return best;
}

double myo_repeat_follow(const myo_repeat *a, const myo_repeat *b)
{
    const uint32_t count = a->count < b->count ? a->count : b->count;
    const double *x = a->values + (a->count - count), *y = b->values + (b->count - count);
    double best = 0.0;
    for (uint32_t lag = 0; lag <= MOST_SHIFT && lag < count; lag++) {
        best = fmax(best, fabs(correlation(x, y + lag, count - lag)));
        best = fmax(best, fabs(correlation(x + lag, y, count - lag)));
    }
    return best;
}
