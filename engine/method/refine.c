/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarm first, then the best instant near it. */
#include "refine.h"

#include <math.h>

/* How well @p at separates low from high (an onset) or high from low: of 2 * around samples. */
static size_t separation(const double *value, size_t at, size_t around, double second, bool rising)
{
    size_t good = 0;
    for (size_t i = 1; i <= around; i++) {
        good += (value[at - i] < second) == rising;
        good += (value[at + i] > second) == rising;
    }
    return good;
}

void myo_decide_separated(const myo_test *test, double threshold, double second, size_t around,
                          myo_intervals *list)
{
    bool on = false;
    for (size_t k = around; k + 2 * around < test->count; k++) {
        if ((test->value[k] >= threshold) == on) {
            continue;
        }
        size_t from = k < 2 * around ? around : k - around, best = k, most = 0;
        for (size_t at = from; at <= k + around; at++) {
            size_t good = separation(test->value, at, around, second, !on);
            if (good > most) {
                most = good;
                best = at;
            }
        }
        on = !on;
        if (on) {
            myo_intervals_begin(list, test->first + (int64_t)best);
        } else {
            myo_intervals_end(list, test->first + (int64_t)best);
        }
        k += around; /* the next state can begin behind what decided on this one */
    }
}

/* Log likelihood ratio per sample that a Gaussian of variance ratio @p ratio is not of variance 1. */
static double ratio_gain(double ratio)
{
    return ratio > 0.0 ? 0.5 * (ratio - log(ratio) - 1.0) : 0.0;
}

/* The instant in [from, to) at which a change from variance @p before to @p after is most likely: the
 * maximum of the summed log likelihood ratios of what follows it. */
static size_t most_likely(const double *x, size_t from, size_t to, double before, double after)
{
    double sum = 0.0, most = -INFINITY;
    size_t best = from;
    for (size_t i = to; i-- > from;) {
        sum += 0.5 * (log(before / after) + x[i] * x[i] * (1.0 / before - 1.0 / after));
        if (sum > most) {
            most = sum;
            best = i;
        }
    }
    return best;
}

void myo_decide_likely(const double *x, size_t count, const myo_test *test, double sd,
                       size_t window, size_t around, double threshold, myo_intervals *list)
{
    bool on = false;
    double rest = sd * sd, active = rest;
    for (size_t k = 0; k < test->count; k++) {
        double ratio = test->value[k] / rest;
        bool high = ratio > 1.0 && (double)window * ratio_gain(ratio) >= threshold;
        if (high == on) {
            active = on && test->value[k] > active ? test->value[k] : active;
            continue;
        }
        size_t from = k > around ? k - around : 0, to = k + window < count ? k + window : count;
        double now = fmax(test->value[k], rest * 1e-6);
        if (!on) {
            myo_intervals_begin(list,
                                (int64_t)most_likely(x, from, to, rest, fmax(now, 1.0001 * rest)));
            active = now;
        } else {
            myo_intervals_end(list,
                              (int64_t)most_likely(x, from, to, fmax(active, 1.0001 * rest), rest));
        }
        on = high;
    }
}
