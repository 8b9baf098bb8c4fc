/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact intervals from the inverses of the incomplete beta and gamma functions. */
#include "score/interval.h"

#include <float.h>
#include <math.h>

/** Chance left outside on each side. */
#define TAIL 0.025

/** Regularised incomplete beta I_x(a, b): continued fraction DLMF 8.17.22, modified Lentz. */
static double beta_fraction(double x, double a, double b)
{
    double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0);
    d = 1.0 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
    double value = d;
    for (int m = 1; m < 10000; m++) {
        double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / (1.0 + even * d);
        c = 1.0 + even / c;
        value *= c * d;
        d = 1.0 / (1.0 + odd * d);
        c = 1.0 + odd / c;
        value *= c * d;
        if (fabs(c * d - 1.0) < 1e-15) {
            break;
        }
    }
    return value;
}

static double beta_share(double x, double a, double b)
{
    if (x <= 0.0 || x >= 1.0) {
        return x <= 0.0 ? 0.0 : 1.0;
    }
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1.0) / (a + b + 2.0) ? front * beta_fraction(x, a, b) / a
                                         : 1.0 - front * beta_fraction(1.0 - x, b, a) / b;
}

static double beta_inverse(double share, double a, double b)
{
    double low = 0.0, high = 1.0;
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high);
        *(beta_share(middle, a, b) < share ? &low : &high) = middle;
    }
    return 0.5 * (low + high);
}

/** Chance of at most @p count events where @p mean are expected. */
static double poisson_share(int64_t count, double mean)
{
    double sum = 0.0;
    for (int64_t k = 0; k <= count; k++) {
        sum += exp((double)k * log(mean) - mean - lgamma((double)k + 1.0));
    }
    return sum;
}

/** The mean at which at most @p count events come with chance @p share. */
static double poisson_inverse(double share, int64_t count)
{
    double low = 0.0, high = 20.0 + 2.0 * (double)count;
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high);
        *(poisson_share(count, middle) > share ? &low : &high) = middle;
    }
    return 0.5 * (low + high);
}

myo_estimate myo_interval_share(int64_t hits, int64_t tries)
{
    double k = (double)hits, n = (double)tries;
    myo_estimate e = {tries > 0 ? k / n : (double)NAN, 0.0, 1.0};
    if (hits > 0) {
        e.low = beta_inverse(TAIL, k, n - k + 1.0);
    }
    if (hits < tries) {
        e.high = beta_inverse(1.0 - TAIL, k + 1.0, n - k);
    }
    return e;
}

myo_estimate myo_interval_rate(int64_t count, double exposure)
{
    if (!(exposure > 0.0)) {
        return (myo_estimate){(double)NAN, (double)NAN, (double)NAN};
    }
    myo_estimate e = {(double)count / exposure, 0.0, poisson_inverse(TAIL, count) / exposure};
    if (count > 0) {
        e.low = poisson_inverse(1.0 - TAIL, count - 1) / exposure;
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
    /* P(|T| > t) = I_x(nu/2, 1/2) with x = nu / (nu + t^2): DLMF 8.17.6 */
    double freedom = (double)count - 1.0;
    double x = beta_inverse(2.0 * TAIL, 0.5 * freedom, 0.5);
    double reach = sqrt(freedom * (1.0 - x) / x) * sqrt(squares / freedom / (double)count);
    e.low = e.value - reach;
    e.high = e.value + reach;
    return e;
}

/** Chance that fewer than @p rank of @p count values lie below the quantile @p share. */
static double chance_below(size_t rank, size_t count, double share)
{
    return rank > count ? 1.0 : beta_share(1.0 - share, (double)(count - rank) + 1.0, (double)rank);
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
