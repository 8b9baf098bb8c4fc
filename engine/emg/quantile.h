/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A quantile of a few hundred values of which one goes as another comes, exact, of eight channels.
 *
 * Only the values around it are kept in order: most that come and go are far from it and only change a
 * count, for all channels at once. Where the quantile leaves what is kept, its neighbourhood is found anew
 * among all values. Written to be compiled into the kernels of each instruction set; sets of channels are
 * a bit for each. */
#ifndef MYO_EMG_QUANTILE_H
#define MYO_EMG_QUANTILE_H

#include "core/octet.h"
#include "emg/sorted_row.h"

/** Most values that are kept in order, and their places; a quantile with fewer beside it is about to leave
 *  them. */
enum { MYO_QUANTILE_NEAR = 32, MYO_QUANTILE_PLACES = 40, MYO_QUANTILE_CLOSE = 2 };

typedef struct {
    MYO_ALIGNED float least[MYO_OCTET],
        most[MYO_OCTET];      /**< what lies between, these included, is near */
    int32_t below[MYO_OCTET]; /**< values before the near ones in order */
    int32_t held[MYO_OCTET];  /**< near ones; none: nothing is known */
    int32_t rank[MYO_OCTET];  /**< the quantile lies between this value, */
    int32_t next[MYO_OCTET];  /**< the one so much behind it, */
    double part[MYO_OCTET];   /**< and so much of the way there */
    float near[MYO_OCTET][MYO_ROW_FLOATS(MYO_QUANTILE_PLACES)];
} myo_quantiles;

/* Floats that are not negative lie in the order of their bits. */
static inline float myo_quantile_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t myo_quantile_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/** Nothing is known of the channel's values: all are looked at when the quantile is asked for. */
static inline void myo_quantile_forget(myo_quantiles *self, size_t lane)
{
    self->least[lane] = INFINITY;
    self->most[lane] = 0.0f;
    self->below[lane] = self->held[lane] = 0;
    myo_row_clear(self->near[lane], MYO_QUANTILE_PLACES);
}

/** There are @p count > 0 values; @p share of them, 0 to 1, lie below the quantile. */
static inline void myo_quantile_rank(myo_quantiles *self, size_t lane, double share, int32_t count)
{
    const double at = share * (count - 1);
    self->rank[lane] = (int32_t)at;
    self->next[lane] = self->rank[lane] + 1 < count;
    self->part[lane] = at - self->rank[lane];
}

/* One more is near than should be: the last on the side that the quantile is farther from goes. */
static inline void myo_quantile_drop(myo_quantiles *self, size_t lane)
{
    float *near = self->near[lane] + MYO_ROW_GUARD;
    if (self->rank[lane] - self->below[lane] > MYO_QUANTILE_NEAR / 2) {
        myo_row_step(self->near[lane], MYO_QUANTILE_PLACES, INFINITY, near[0]);
        self->below[lane]++;
        self->least[lane] = near[0];
    } else {
        near[MYO_QUANTILE_NEAR] = INFINITY;
        self->most[lane] = near[MYO_QUANTILE_NEAR - 1];
    }
    self->held[lane] = MYO_QUANTILE_NEAR;
}

/* The value or, without it, infinity. No branch: which it is cannot be foretold. */
static inline float myo_quantile_if(bool there, float value)
{
    const uint32_t none = myo_quantile_bits(INFINITY);
    const uint32_t change = (none ^ myo_quantile_bits(value)) & -(uint32_t)there;
    return myo_quantile_float(none ^ change);
}

/* One of the two is near, or both. No branch but the last. */
static inline void myo_quantile_step(myo_quantiles *self, size_t lane, float value, float gone,
                                     bool goes)
{
    float *row = self->near[lane];
    const float least = self->least[lane], most = self->most[lane];
    uint64_t equal;
    const int32_t at = myo_row_below(row, MYO_QUANTILE_PLACES, gone, &equal);
    const bool close = goes & !(gone < least) & !(gone > most);
    /* One of the values at a bound may be near and its equals not. */
    const bool out = close & (at < self->held[lane]) & (bool)(equal >> at & 1u);
    const bool under = goes & ((gone < least) | (close & !out & (gone == least)));
    const bool in = !(value < least) & !(value > most);
    self->below[lane] += (value < least) - under;
    self->held[lane] += in - out;
    myo_row_step(row, MYO_QUANTILE_PLACES, myo_quantile_if(in, value), myo_quantile_if(out, gone));
    if (self->held[lane] > MYO_QUANTILE_NEAR) {
        myo_quantile_drop(self, lane);
    }
}

/** In the channels of @p takes a @p value comes that is neither negative nor NaN; where one @p goes, it is
 *  the one in @p gone, one of those that came. Far values are counted; where one is near, nothing is done:
 *  the bits of those channels are returned, for which myo_quantile_step does it. */
static inline unsigned myo_quantiles_count(myo_quantiles *self, unsigned takes, const float *value,
                                           unsigned goes, const float *gone)
{
    eight_floats least, most, come, go;
    eight_ints below, takes_all, goes_all;
    eight_load(&least, self->least);
    eight_load(&most, self->most);
    eight_load(&come, value);
    eight_load(&go, gone);
    eight_load_ints(&below, self->below);
    eight_spread(&takes_all, takes);
    eight_spread(&goes_all, goes);
    const eight_ints under = come < least, gone_under = (go < least) & goes_all;
    const eight_ints gone_far = gone_under | (go > most) | ~goes_all;
    const eight_ints near = takes_all & ~((under | (come > most)) & gone_far);
    below += (takes_all & ~near) & (gone_under - under);
    eight_store_ints(self->below, &below);
    return eight_bits(&near);
}

/* --- its neighbourhood anew ---------------------------------------------------------------- */

/* The values from @p at on, eight of them; where there are fewer, NaN, which no comparison holds for. */
static inline void myo_quantile_eight(eight_floats *v, const float *values, int32_t at,
                                      int32_t count)
{
    if (at + 8 <= count) {
        eight_load(v, values + at);
        return;
    }
    float some[8] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    memcpy(some, values + at, (size_t)(count - at) * sizeof *some);
    eight_load(v, some);
}

static inline int32_t myo_quantile_sum(const eight_ints *counts)
{
    int32_t sum = 0;
    for (int i = 0; i < 8; i++) {
        sum += (*counts)[i];
    }
    return sum;
}

static inline int32_t myo_quantile_up_to(const float *values, int32_t count, float most)
{
    const eight_floats none = {0.0f}, all = none + most;
    eight_ints found = {0};
    for (int32_t i = 0; i < count; i += 8) {
        eight_floats here;
        myo_quantile_eight(&here, values, i, count);
        found -= here <= all;
    }
    return myo_quantile_sum(&found);
}

/* How many of the values are smaller. */
static inline int32_t myo_quantile_under(const float *values, int32_t count, float value)
{
    const eight_floats none = {0.0f}, all = none + value;
    eight_ints found = {0};
    for (int32_t i = 0; i < count; i += 8) {
        eight_floats here;
        myo_quantile_eight(&here, values, i, count);
        found -= here < all;
    }
    return myo_quantile_sum(&found);
}

/* The least and the largest of the values. */
static inline void myo_quantile_range(const float *values, int32_t count, float range[2])
{
    const eight_floats none = {0.0f};
    eight_floats least = none + INFINITY, most = none;
    for (int32_t i = 0; i < count; i += 8) {
        eight_floats here;
        myo_quantile_eight(&here, values, i, count);
        least = EIGHT_LESSER(here, least); /* of a NaN and a number, the second */
        most = EIGHT_GREATER(here, most);
    }
    range[0] = least[0];
    range[1] = most[0];
    for (int i = 1; i < 8; i++) {
        range[0] = least[i] < range[0] ? least[i] : range[0];
        range[1] = most[i] > range[1] ? most[i] : range[1];
    }
}

/* Where a bound is looked for: fewer values than asked for do not exceed `low`, as bits, and enough do not exceed
 * `high`; about so many do not. */
typedef struct {
    int64_t low, high;
    int32_t low_count, high_count;
} myo_quantile_bracket;

/* What is near tells of a bound that @p few to @p many values do not exceed; where nothing is, their range does. */
static inline void myo_quantile_narrow(const myo_quantiles *self, size_t lane, const float range[2],
                                       int32_t count, int32_t few, int32_t many,
                                       myo_quantile_bracket *b)
{
    const float *near = self->near[lane] + MYO_ROW_GUARD;
    const int32_t below = self->below[lane], held = self->held[lane];
    const int32_t first = few - below - 1, last = many - below - 1;
    *b = (myo_quantile_bracket){(int64_t)myo_quantile_bits(range[0]) - 1,
                                myo_quantile_bits(range[1]), 0, count};
    if (held > 0 && first >= 0) {
        const int32_t at = first < held ? first : held - 1;
        b->low = (int64_t)myo_quantile_bits(near[at]) - 1;
        b->low_count = below + at;
    }
    if (held > 0 && last < held) {
        const int32_t at = last > 0 ? last : 0;
        b->high = myo_quantile_bits(near[at]);
        b->high_count = below + at + 1;
    }
}

/* A guess within the bracket: as if the values in it were spread evenly, or, where they are not, its middle. */
static inline int64_t myo_quantile_guess(const myo_quantile_bracket *b, int32_t aim, bool even)
{
    const int64_t middle = b->low + (b->high - b->low) / 2;
    if (!even) {
        return middle;
    }
    const double from = (double)myo_quantile_float((uint32_t)(b->low + 1));
    const double to = (double)myo_quantile_float((uint32_t)b->high);
    const double share = (double)(aim - b->low_count) / (b->high_count - b->low_count);
    const double there = share < 1.0 ? from + share * (to - from) : to;
    const int64_t guess = myo_quantile_bits((float)there);
    return guess <= b->low ? b->low + 1 : guess >= b->high ? b->high - 1 : guess;
}

/* A bound that at least @p few > 0 and at most @p many of the values do not exceed, if there is one; else
 * the least that more do not. @p found: how many do not. */
static inline float myo_quantile_bound(const float *values, int32_t count, myo_quantile_bracket b,
                                       int32_t few, int32_t many, int32_t *found)
{
    bool counted = false;
    *found = many + 1;
    for (unsigned step = 0; b.high - b.low > 1 && *found > many; step++) {
        const int64_t guess = myo_quantile_guess(&b, (few + many) / 2, step % 3 != 2);
        const int32_t here = myo_quantile_up_to(values, count, myo_quantile_float((uint32_t)guess));
        if (here < few) {
            b.low = guess;
            b.low_count = here;
        } else {
            b.high = guess;
            b.high_count = *found = here;
            counted = true;
        }
    }
    if (!counted) {
        *found = myo_quantile_up_to(values, count, myo_quantile_float((uint32_t)b.high));
    }
    return myo_quantile_float((uint32_t)b.high);
}

/** Looks for the quantile's neighbourhood among the channel's @p count > 0 values that came and did not go, in
 *  any order: keeps about as many as fit on both sides. Of equals that lie across a bound, some are near.
 *  Seldom: kept out of what is often. */
static __attribute__((noinline, unused)) void myo_quantile_find(myo_quantiles *self, size_t lane,
                                                                const float *values, int32_t count)
{
    const int32_t half = MYO_QUANTILE_NEAR / 2, play = MYO_QUANTILE_NEAR / 6;
    const int32_t first = self->rank[lane] - half, last = self->rank[lane] + half;
    int32_t under = 0, to = count, left_low = 0, left_high = 0;
    float least = 0.0f, most = INFINITY, range[2];
    myo_quantile_bracket bracket;
    myo_quantile_range(values, count, range);
    if (first > 0) {
        myo_quantile_narrow(self, lane, range, count, first, first + play, &bracket);
        least = myo_quantile_bound(values, count, bracket, first, first + play, &under);
        if (under <= first + play) {
            least = myo_quantile_float(myo_quantile_bits(least) + 1);
        } else {
            under = first;
            left_low = first - myo_quantile_under(values, count, least);
        }
    }
    if (last < count) {
        myo_quantile_narrow(self, lane, range, count, last - play, last, &bracket);
        most = myo_quantile_bound(values, count, bracket, last - play, last, &to);
        left_high = to > last ? to - last : 0;
        to -= left_high;
    }
    myo_quantile_forget(self, lane);
    const eight_floats none = {0.0f}, low = none + least, high = none + most;
    for (int32_t i = 0; i < count; i += 8) {
        eight_floats here;
        myo_quantile_eight(&here, values, i, count);
        const eight_ints inside = (here >= low) & (here <= high);
        for (unsigned left = eight_bits(&inside); left != 0; left &= left - 1) {
            const float value = values[i + __builtin_ctz(left)];
            if (value == least && left_low > 0) {
                left_low--;
            } else if (value == most && left_high > 0) {
                left_high--;
            } else {
                myo_row_step(self->near[lane], MYO_QUANTILE_PLACES, value, INFINITY);
            }
        }
    }
    self->least[lane] = least;
    self->most[lane] = most;
    self->below[lane] = under;
    self->held[lane] = to - under;
}

/** Those of the channels of @p asked whose quantile is not among what is near: for them myo_quantile_find is
 *  to be called, then this again. The others' places are put down at @p place. */
static inline unsigned myo_quantiles_lost(const myo_quantiles *self, unsigned asked, int32_t *place)
{
    eight_ints rank, below, held, next, all;
    eight_load_ints(&rank, self->rank);
    eight_load_ints(&below, self->below);
    eight_load_ints(&held, self->held);
    eight_load_ints(&next, self->next);
    eight_spread(&all, asked);
    const eight_ints at = rank - below, lost = (at < 0) | (at + next >= held);
    const eight_ints found = at & all & ~lost, looked_for = lost & all;
    eight_store_ints(place, &found);
    return eight_bits(&looked_for);
}

/** The channels whose quantile is about to leave what is near of @p count values, to a side on which there are
 *  more: to call myo_quantile_find for them before another value comes changes no quantile, and spares the
 *  call later. */
static inline unsigned myo_quantiles_close(const myo_quantiles *self, const int32_t *count)
{
    eight_ints rank, below, held, next, counts;
    eight_load_ints(&rank, self->rank);
    eight_load_ints(&below, self->below);
    eight_load_ints(&held, self->held);
    eight_load_ints(&next, self->next);
    eight_load_ints(&counts, count);
    const eight_ints at = rank - below, left = held - at - next;
    const eight_ints low = (at < MYO_QUANTILE_CLOSE) & (below > 0);
    const eight_ints high = (left <= MYO_QUANTILE_CLOSE) & (below + held < counts);
    const eight_ints close = low | high;
    return eight_bits(&close);
}

/** The values before and behind the quantiles, by their places; of channels that were not asked for, any. */
static inline void myo_quantiles_get(const myo_quantiles *self, const int32_t *place, float *lower,
                                     float *upper)
{
    /* Put together in registers: what is written in parts cannot be read as a whole at once. */
#define MYO_QUANTILE_AT(lane, more) self->near[lane][MYO_ROW_GUARD + place[lane] + (more)]
#define MYO_QUANTILE_NEXT(lane)     MYO_QUANTILE_AT(lane, self->next[lane])
    const eight_floats low = {MYO_QUANTILE_AT(0, 0), MYO_QUANTILE_AT(1, 0), MYO_QUANTILE_AT(2, 0),
                              MYO_QUANTILE_AT(3, 0), MYO_QUANTILE_AT(4, 0), MYO_QUANTILE_AT(5, 0),
                              MYO_QUANTILE_AT(6, 0), MYO_QUANTILE_AT(7, 0)};
    const eight_floats high = {MYO_QUANTILE_NEXT(0), MYO_QUANTILE_NEXT(1), MYO_QUANTILE_NEXT(2),
                               MYO_QUANTILE_NEXT(3), MYO_QUANTILE_NEXT(4), MYO_QUANTILE_NEXT(5),
                               MYO_QUANTILE_NEXT(6), MYO_QUANTILE_NEXT(7)};
#undef MYO_QUANTILE_AT
#undef MYO_QUANTILE_NEXT
    eight_store(lower, &low);
    eight_store(upper, &high);
}

#endif
