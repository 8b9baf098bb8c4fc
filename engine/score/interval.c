/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact intervals from the inverses of the incomplete beta and gamma functions. */
#include "score/interval.h"

#include "myotwitch/special.h"

#include <math.h>

/** Chance left outside on each side. */
#define TAIL 0.025

myo_estimate myo_interval_share(int64_t hits, int64_t tries)
{
    double k = (double)hits, n = (double)tries;
    myo_estimate e = {tries > 0 ? k / n : (double)NAN, 0.0, 1.0};
    if (hits > 0) {
        e.low = myo_beta_quantile(TAIL, k, n - k + 1.0);
    }
    if (hits < tries) {
        e.high = myo_beta_quantile(1.0 - TAIL, k + 1.0, n - k);
    }
    return e;
}

myo_estimate myo_interval_rate(int64_t count, double exposure)
{
    if (!(exposure > 0.0)) {
        return (myo_estimate){(double)NAN, (double)NAN, (double)NAN};
    }
    /* a Poisson tail is a chi-square one with twice the count: DLMF 8.4.10 */
    double twice = 2.0 * (double)count;
    myo_estimate e = {(double)count / exposure, 0.0,
                      0.5 * myo_chi2_quantile_upper(TAIL, twice + 2.0) / exposure};
    if (count > 0) {
        e.low = 0.5 * myo_chi2_quantile_upper(1.0 - TAIL, twice) / exposure;
    }
    return e;
}

myo_estimate myo_interval_mean(const double *values, size_t count)
{
    myo_estimate e = {(double)NAN, (double)NAN, (double)NAN};
    if (count == 0) {
        return e;
    }
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    e.value = sum / (double)count;
    if (count == 1) {
        return e;
    }
    for (size_t i = 0; i < count; i++) {
        squares += (values[i] - e.value) * (values[i] - e.value);
    }
    /* P(|T| > t) = I_x(nu/2, 1/2) with x = nu / (nu + t^2): Abramowitz and Stegun 26.7.1 */
    double freedom = (double)count - 1.0;
    double x = myo_beta_quantile(2.0 * TAIL, 0.5 * freedom, 0.5);
    double reach = sqrt(freedom * (1.0 - x) / x) * sqrt(squares / freedom / (double)count);
    e.low = e.value - reach;
    e.high = e.value + reach;
    return e;
}

/** Chance that fewer than @p rank of @p count values lie below the quantile @p share. */
static double chance_below(size_t rank, size_t count, double share)
{
    return myo_beta_i((double)(count - rank) + 1.0, (double)rank, 1.0 - share);
}

myo_estimate myo_interval_quantile(const double *sorted, size_t count, double share)
{
    myo_estimate e = {(double)NAN, (double)NAN, (double)NAN};
    if (count == 0) {
        return e;
    }
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;
    size_t above = below + 1 < count ? below + 1 : below;
    e.value = sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
    for (size_t rank = 1; rank <= count && chance_below(rank, count, share) <= TAIL; rank++) {
        e.low = sorted[rank - 1];
    }
    for (size_t rank = count; rank >= 1 && chance_below(rank, count, share) >= 1.0 - TAIL; rank--) {
        e.high = sorted[rank - 1];
    }
    return e;
}
