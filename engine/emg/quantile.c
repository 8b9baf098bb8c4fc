/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranks by counting; the neighbourhood anew by bisection. */
#include "emg/quantile.h"

#include <math.h>
#include <string.h>

void myo_quantile_clear(myo_quantile *self, double share)
{
    self->share = share;
    self->near_count = self->below = 0;
    for (int i = 0; i < MYO_QUANTILE_PLACES; i++) {
        self->near[i] = INFINITY;
    }
    self->least = INFINITY;
    self->most = 0.0f;
}

/* How many near values are smaller. All comparisons are independent of each other and none is a branch: a
 * binary search would wait for each, or guess every second one wrong. */
static int32_t near_below(const myo_quantile *self, float value)
{
    int32_t below = 0;
    for (int i = 0; i < MYO_QUANTILE_PLACES; i++) {
        below += self->near[i] < value;
    }
    return below;
}

static void put(myo_quantile *self, float value)
{
    const int32_t at = near_below(self, value);
    memmove(self->near + at + 1, self->near + at,
            (size_t)(self->near_count - at) * sizeof self->near[0]);
    self->near[at] = value;
    self->near_count++;
}

/* One of the values at a bound may be near and its equals not. */
static void take_out(myo_quantile *self, float value)
{
    const int32_t at = near_below(self, value);
    if (at == self->near_count || self->near[at] != value) {
        self->below -= value == self->least;
        return;
    }
    self->near_count--;
    memmove(self->near + at, self->near + at + 1,
            (size_t)(self->near_count - at) * sizeof self->near[0]);
    self->near[self->near_count] = INFINITY;
}

/* One more is near than should be: the last on the side that the quantile is farther from goes. */
static void drop_one(myo_quantile *self, int32_t count)
{
    self->near_count--;
    if (self->share * count - self->below > 0.5 * MYO_QUANTILE_NEAR) {
        memmove(self->near, self->near + 1, (size_t)self->near_count * sizeof self->near[0]);
        self->below++;
        self->least = self->near[0];
    } else {
        self->most = self->near[self->near_count - 1];
    }
    self->near[self->near_count] = INFINITY;
}

void myo_quantile_insert(myo_quantile *self, int32_t count, float value)
{
    const bool full = self->near_count == MYO_QUANTILE_NEAR;
    const bool lowest = self->below == 0;
    const bool highest = self->below + self->near_count == count;
    if (value < self->least && (full || !lowest)) {
        self->below++;
        return;
    }
    if (value > self->most && (full || !highest)) {
        return;
    }
    put(self, value);
    self->least = value < self->least ? value : self->least;
    self->most = value > self->most ? value : self->most;
    if (full) {
        drop_one(self, count);
    }
}

static void go(myo_quantile *self, float value)
{
    if (value < self->least) {
        self->below--;
    } else if (!(value > self->most)) {
        take_out(self, value);
    }
}

void myo_quantile_replace(myo_quantile *self, int32_t count, float gone, float value)
{
    const int gone_under = gone < self->least, under = value < self->least;
    /* Which side a value is on cannot be foretold; that both are far can. */
    if ((gone_under | (gone > self->most)) & (under | (value > self->most))) {
        self->below += under - gone_under;
        return;
    }
    go(self, gone);
    myo_quantile_insert(self, count - 1, value);
}

/* What lies behind infinity is no number. */
static float float_of(uint32_t bits)
{
    const uint32_t infinite = UINT32_C(0x7f800000);
    float value;
    bits = bits < infinite ? bits : infinite;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int32_t count_up_to(const float *values, int32_t count, float most)
{
    int32_t found = 0;
    for (int32_t i = 0; i < count; i++) {
        found += values[i] <= most;
    }
    return found;
}

/* The value of a rank: the smallest that more values than that do not exceed. Floats that are not negative
 * lie in the order of their bits: 31 halvings find it. */
static float value_at(const float *values, int32_t count, int32_t rank)
{
    uint32_t bits = 0;
    for (uint32_t bit = UINT32_C(1) << 30; bit != 0; bit >>= 1) {
        if (count_up_to(values, count, float_of(bits | (bit - 1))) <= rank) {
            bits |= bit;
        }
    }
    return float_of(bits);
}

/* Keeps as many values as fit on both sides of the quantile. Seldom: kept out of what is often. */
static __attribute__((noinline)) void find_near(myo_quantile *self, const float *values,
                                                int32_t count)
{
    const int32_t middle = (int32_t)(self->share * count);
    const int32_t half = MYO_QUANTILE_NEAR / 2;
    const int32_t from = middle > half ? middle - half : 0;
    const int32_t to = middle + half < count ? middle + half : count;
    const float least = value_at(values, count, from);
    const float most = value_at(values, count, to - 1);
    myo_quantile_clear(self, self->share);
    self->below = from;
    int32_t equal = count_up_to(values, count, least) - from;
    while (equal-- > 0 && self->near_count < to - from) {
        self->near[self->near_count++] = least;
    }
    for (int32_t i = 0; i < count && self->near_count < to - from; i++) {
        if (values[i] > least && values[i] < most) {
            put(self, values[i]);
        }
    }
    while (self->near_count < to - from) {
        self->near[self->near_count++] = most;
    }
    self->least = least;
    self->most = most;
}

double myo_quantile_get(myo_quantile *self, const float *values, int32_t count)
{
    const double at = self->share * (count - 1);
    const int32_t low = (int32_t)at;
    const int32_t high = low + 1 < count ? low + 1 : low;
    if (low < self->below || high >= self->below + self->near_count) {
        find_near(self, values, count);
    }
    const double lower = (double)self->near[low - self->below];
    const double upper = (double)self->near[high - self->below];
    return lower + (at - low) * (upper - lower);
}
