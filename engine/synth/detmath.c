/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elementary functions made of exactly rounded operations. */
#include "synth/detmath.h"

#include <math.h>

/* ln 2 in two parts: the first has 33 bits, so that k times it is exact for |k| < 2^20. */
static const double ln2_high = 0x1.62e42fee00000p-1;
static const double ln2_low = 0x1.a39ef35793c76p-33;
static const double ln10_over_20 = 0.11512925464970228;
static const double sqrt_half = 0.70710678118654752440;

/* Taylor series: on |r| <= ln(2)/2 the 14th term is below 1e-17. */
static double exp_reduced(double r)
{
    double sum = 1.0;
    for (int n = 14; n >= 1; n--) {
        sum = 1.0 + sum * r / n;
    }
    return sum;
}

double myo_det_exp(double x)
{
    if (x < -700.0) {
        return 0.0;
    }
    const double bounded = x > 700.0 ? 700.0 : x;
    const double k = floor(bounded / ln2_high + 0.5);
    const double r = (bounded - k * ln2_high) - k * ln2_low;
    return ldexp(exp_reduced(r), (int)k);
}

/* ln m = 2 artanh((m - 1)/(m + 1)); for m in [sqrt(1/2), sqrt(2)) the argument is below 0.172 and
 * its 21st power below 1e-16. */
double myo_det_log(double x)
{
    int exponent = 0;
    double m = frexp(x, &exponent);
    if (m < sqrt_half) {
        m *= 2.0;
        exponent--;
    }
    const double s = (m - 1.0) / (m + 1.0);
    const double s2 = s * s;
    double sum = 0.0;
    for (int n = 21; n >= 1; n -= 2) {
        sum = sum * s2 + 1.0 / n;
    }
    return exponent * ln2_high + (2.0 * s * sum + exponent * ln2_low);
}

double myo_det_pow(double x, double y)
{
    return myo_det_exp(y * myo_det_log(x));
}

/* Sine and cosine of |x| <= pi/4 by Taylor series; the first term left out is below 1e-18. */
static double sin_reduced(double x)
{
    const double x2 = x * x;
    double sum = 1.0;
    for (int n = 17; n >= 3; n -= 2) {
        sum = 1.0 - sum * x2 / (n * (n - 1));
    }
    return x * sum;
}

static double cos_reduced(double x)
{
    const double x2 = x * x;
    double sum = 1.0;
    for (int n = 18; n >= 2; n -= 2) {
        sum = 1.0 - sum * x2 / (n * (n - 1));
    }
    return sum;
}

double myo_det_sin_turns(double turns)
{
    const double fraction = turns - floor(turns);
    const double quarter = floor(fraction * 4.0 + 0.5);
    const double x = (fraction - quarter * 0.25) * (2.0 * MYO_PI);
    switch ((int)quarter) {
    case 1:
        return cos_reduced(x);
    case 2:
        return -sin_reduced(x);
    case 3:
        return -cos_reduced(x);
    default:
        return sin_reduced(x);
    }
}

double myo_det_cos_turns(double turns)
{
    return myo_det_sin_turns(turns - floor(turns) + 0.25);
}

double myo_det_from_db(double db)
{
    return myo_det_exp(db * ln10_over_20);
}

double myo_det_to_db(double ratio)
{
    return myo_det_log(ratio) / ln10_over_20;
}
