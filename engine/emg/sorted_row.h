/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A few dozen values in order of size, of which one goes as another comes. */
#ifndef MYO_EMG_SORTED_ROW_H
#define MYO_EMG_SORTED_ROW_H

#include "dsp/eight.h"
#include "myotwitch/api.h"

#include <math.h>

/** What lies before and behind the places of a row. */
enum { MYO_ROW_GUARD = 8 };

/** Floats of a row of a multiple of 8 places, the first of them at MYO_ROW_GUARD. */
#define MYO_ROW_FLOATS(places) ((places) + 2 * MYO_ROW_GUARD)

/** Empties a row: places that are not used are infinite. */
static inline void myo_row_clear(float *row, int places)
{
    for (int i = 0; i < MYO_ROW_FLOATS(places); i++) {
        row[i] = i < MYO_ROW_GUARD ? -1.0f : INFINITY;
    }
}

/** @p value comes, @p gone goes, which is in the row or is @p value; infinity stands for none. Values are
 *  neither negative nor NaN. The caller leaves a place free.
 *
 *  With the value between its neighbours everything above moves up by one, without the other
 *  everything above moves down: no place waits for another, and none is searched for. */
static inline void myo_row_step(float *row, int places, float value, float gone)
{
    const eight_floats none = {0.0f}, come = none + value, go = none + gone;
    float *at = row + MYO_ROW_GUARD;
    eight_floats below, here, above;
    eight_load(&below, at - 1);
    for (int i = 0; i < places; i += 8) {
        eight_load(&here, at + i);
        eight_load(&above, at + i + 1);
        const eight_floats least = EIGHT_LESSER(here, come),
                           least_above = EIGHT_LESSER(above, come);
        const eight_floats in = EIGHT_GREATER(below, least);
        const eight_floats in_above = EIGHT_GREATER(here, least_above);
        const eight_floats next = EIGHT_CHOOSE(in < go, in, in_above);
        eight_load(&below, at + i + 7); /* before it is another */
        eight_store(at + i, &next);
    }
}

/** How many values of the row, which has fewer than 64 places, are smaller. @p equal: a bit for each that is as
 *  large. */
static inline int32_t myo_row_below(const float *row, int places, float value, uint64_t *equal)
{
    const eight_floats none = {0.0f}, all = none + value;
    uint64_t below = 0, same = 0;
    for (int i = 0; i < places; i += 8) {
        eight_floats here;
        eight_load(&here, row + MYO_ROW_GUARD + i);
        below |= (uint64_t)eight_less_bits(&here, &all) << i;
        same |= (uint64_t)eight_equal_bits(&here, &all) << i;
    }
    *equal = same;
    return __builtin_ctzll(~below); /* they are the first */
}

#endif
