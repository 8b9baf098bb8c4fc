/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A histogram with logarithmic steps: exponent and the four bits behind the leading one. */
#include "live/histogram.h"

#include <math.h>

static int step_of(int64_t value)
{
    const int64_t most = (INT64_C(1) << (MYO_HISTOGRAM_DOUBLINGS - 1)) - 1;
    const uint64_t v = value < 0 ? 0 : (uint64_t)(value > most ? most : value);
    if (v < MYO_HISTOGRAM_STEPS) {
        return (int)v;
    }
    const int exponent = 63 - __builtin_clzll(v);
    return MYO_HISTOGRAM_STEPS * (exponent - 3) +
           (int)((v >> (exponent - 4)) & (MYO_HISTOGRAM_STEPS - 1));
}

/* Largest value of a step. */
static int64_t edge_of(int step)
{
    if (step < MYO_HISTOGRAM_STEPS) {
        return step;
    }
    const int exponent = step / MYO_HISTOGRAM_STEPS + 3;
    const int64_t mantissa = MYO_HISTOGRAM_STEPS + step % MYO_HISTOGRAM_STEPS;
    return ((mantissa + 1) << (exponent - 4)) - 1;
}

void myo_histogram_add(myo_histogram *self, int64_t value)
{
    self->counts[step_of(value)]++;
    self->count++;
    self->largest = value > self->largest ? value : self->largest;
}

int64_t myo_histogram_at(const myo_histogram *self, double share)
{
    const int64_t wanted = (int64_t)ceil(share * (double)self->count);
    int64_t seen = 0;
    for (int step = 0; step < MYO_HISTOGRAM_STEPS * MYO_HISTOGRAM_DOUBLINGS; step++) {
        seen += self->counts[step];
        if (seen >= wanted && seen > 0) {
            const int64_t edge = edge_of(step);
            return edge < self->largest ? edge : self->largest;
        }
    }
    return self->largest;
}
