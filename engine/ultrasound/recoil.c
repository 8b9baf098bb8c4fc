/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rise, fall, and a rest that drifts in a straight line, by least squares over the steps: a muscle
 * that slides carries its twitch along.
 *
 * A drift that bends looks much like a return of some tenths of a second: left free, it took half of
 * the return of small twitches in quiet muscle away, or added as much. How much a drift usually bends
 * is known from the seconds before, and expected (ridge regression, Hoerl and Kennard 1970): a quiet
 * muscle keeps still, and a sliding one slides as it did. */
#include "ultrasound/recoil.h"

#include "core/minmax.h"
#include "ultrasound/median.h"
#include "ultrasound/solve.h"

#include <math.h>

/* Seconds behind the peak that are looked at. */
#define BEHIND_S 0.4
/* Half of what is looked at in all: the drift's speeds before and behind a motion lie so far apart. */
#define BLOCK_S 0.35

enum { MOST_BLOCKS = 32, FEWEST_CHANGES = 3 };

/* Pixels per second squared: some hundredth of what is seen in quiet muscle. */
#define LEAST_DRIFT 0.01
/* The standard deviation of a normal error over its median size. */
#define NORMAL 1.4826

/* Half lives of the return that are tried, s. */
static const double halves[] = {0.03, 0.06, 0.1, 0.16, 0.25};

/* Mean speed in the block that ends with step @p *k, which is left at the end of the one before; false
 * where the history ends. */
static bool block_speed(const myo_history *history, uint32_t place, const double away[2],
                        int64_t *k, double *speed)
{
    const int64_t first = myo_history_first(history);
    double way = 0.0, time = 0.0;
    for (; *k >= first && time < BLOCK_S; --*k) {
        double step[2];
        (void)myo_history_around(history, *k, place, step);
        way += step[0] * away[0] + step[1] * away[1];
        time += myo_history_interval(history, *k);
    }
    *speed = way / time;
    return time >= BLOCK_S;
}

double myo_recoil_drift(const myo_history *history, uint32_t place, const double away[2],
                        double before_s)
{
    float changes[MOST_BLOCKS];
    size_t count = 0;
    int64_t k = myo_history_since(history, before_s) - 1;
    double here, before;
    if (!block_speed(history, place, away, &k, &here)) {
        return (double)INFINITY;
    }
    while (count < MOST_BLOCKS && block_speed(history, place, away, &k, &before)) {
        changes[count++] = (float)fabs(here - before);
        here = before;
    }
    return count < FEWEST_CHANGES ? (double)INFINITY
                                  : NORMAL * (double)myo_median(changes, count) / BLOCK_S;
}

/* The rise, of length 1: a quarter of a sine, squared. */
static double rise_model(double time, double onset, double peak)
{
    const double part = (time - onset) / (peak - onset);
    if (part <= 0.0 || part >= 1.0) {
        return part <= 0.0 ? 0.0 : 1.0;
    }
    const double s = sin(1.5707963267948966 * part);
    return s * s;
}

static double fall_model(double time, double peak, double half)
{
    return time <= peak ? 0.0 : 1.0 - exp2((peak - time) / half);
}

/* Step @p i as rise, fall, the speed of rest, its change; and as it was. */
static void row_make(const myo_recoil_course *c, int32_t i, double half, double row[MYO_TERMS + 1])
{
    const double from = c->time[i - 1], to = c->time[i];
    row[0] = rise_model(to, c->onset_s, c->peak_s) - rise_model(from, c->onset_s, c->peak_s);
    row[1] = fall_model(from, c->peak_s, half) - fall_model(to, c->peak_s, half);
    row[2] = to - from;
    row[3] = (to - from) * (0.5 * (to + from) - c->onset_s);
    row[4] = c->x[i];
}

/* Of the bend of the drift, against steps: 0 where nothing is known of it. */
static double bend_weight(const myo_recoil_course *c)
{
    const double weight = c->spread_px / myo_greater(c->drift_px_s2, LEAST_DRIFT);
    return isfinite(weight) ? weight : 0.0;
}

/* Fits with one half life; what is left, against what is usual. INFINITY where nothing fits. */
static double half_try(const myo_recoil_course *c, double half, myo_recoil *recoil)
{
    myo_equations equations = {{{0.0}}};
    double row[MYO_TERMS + 1], term[MYO_TERMS];
    const double bend = bend_weight(c);
    int32_t end = 1;
    for (; end < c->count && c->time[end] <= c->peak_s + BEHIND_S; end++) {
        row_make(c, end, half, row);
        myo_equations_add(&equations, row);
    }
    equations.m[3][3] += bend * bend;
    if (!myo_equations_solve(&equations, term)) {
        return (double)INFINITY;
    }
    double left = bend * term[3] * bend * term[3];
    for (int32_t i = 1; i < end; i++) {
        row_make(c, i, half, row);
        double e = row[MYO_TERMS];
        for (int r = 0; r < MYO_TERMS; r++) {
            e -= row[r] * term[r];
        }
        left += e * e;
    }
    *recoil = (myo_recoil){.rise_px = term[0], .fall_px = term[1], .half_s = half};
    return left;
}

bool myo_recoil_measure(const myo_recoil_course *course, myo_recoil *recoil)
{
    double least = INFINITY;
    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
        myo_recoil found;
        const double left = half_try(course, halves[i], &found);
        if (left < least) {
            least = left;
            *recoil = found;
        }
    }
    return isfinite(least) && recoil->rise_px > 0.0;
}

double myo_recoil_gone(const myo_recoil *recoil, double after_s)
{
    return recoil->fall_px * (1.0 - exp2(-after_s / recoil->half_s)) / recoil->rise_px;
}
