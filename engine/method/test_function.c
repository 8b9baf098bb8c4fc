/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the published methods compute of the signal before they decide. */
#include "method.h"

#include <math.h>

/* Running sums begin anew so often: their rounding stays that of so few additions. */
enum { ANEW = 4096 };

static double mean_of(const double *x, size_t window, double (*of)(double))
{
    double sum = 0.0;
    for (size_t i = 0; i < window; i++) {
        sum += of(x[i]);
    }
    return sum;
}

static double square(double x)
{
    return x * x;
}

static double itself(double x)
{
    return x;
}

void myo_test_mean_abs(const double *x, size_t count, size_t window, myo_test *test)
{
    double sum = 0.0;
    test->count = count - window + 1;
    test->first = (int64_t)(window / 2);
    test->step = 1;
    for (size_t k = 0; k < test->count; k++) {
        sum = k % ANEW == 0 ? mean_of(x + k, window, fabs)
                            : sum + fabs(x[k + window - 1]) - fabs(x[k - 1]);
        test->value[k] = sum / (double)window;
    }
}

void myo_test_pairs(const double *x, size_t count, myo_test *test)
{
    test->count = count / 2;
    test->first = 0;
    test->step = 2;
    for (size_t k = 0; k < test->count; k++) {
        test->value[k] = x[2 * k] * x[2 * k] + x[2 * k + 1] * x[2 * k + 1];
    }
}

void myo_test_tkeo(const double *x, size_t count, myo_test *test)
{
    test->count = count - 2;
    test->first = 1;
    test->step = 1;
    for (size_t k = 0; k < test->count; k++) {
        test->value[k] = fabs(x[k + 1] * x[k + 1] - x[k + 2] * x[k]);
    }
}

void myo_test_variance(const double *x, size_t count, size_t window, myo_test *test)
{
    double sum = 0.0, squares = 0.0, size = (double)window;
    test->count = count - window + 1;
    test->first = (int64_t)(window / 2);
    test->step = 1;
    for (size_t k = 0; k < test->count; k++) {
        if (k % ANEW == 0) {
            sum = mean_of(x + k, window, itself);
            squares = mean_of(x + k, window, square);
        } else {
            sum += x[k + window - 1] - x[k - 1];
            squares += square(x[k + window - 1]) - square(x[k - 1]);
        }
        test->value[k] = (squares - sum * sum / size) / size;
    }
}

void myo_low_pass(double *x, size_t count, double rate_hz, double hz)
{
    const double pi = 3.14159265358979323846;
    double warp = tan(pi * hz / rate_hz), a0 = 1.0 + sqrt(2.0) * warp + warp * warp;
    double b = warp * warp / a0, a1 = 2.0 * (warp * warp - 1.0) / a0;
    double a2 = (1.0 - sqrt(2.0) * warp + warp * warp) / a0;
    double s1 = x[0] * (1.0 - b), s2 = x[0] * (b - a2);
    for (size_t i = 0; i < count; i++) {
        double in = x[i], out = b * in + s1;
        s1 = 2.0 * b * in - a1 * out + s2;
        s2 = b * in - a2 * out;
        x[i] = out;
    }
}

static void reverse(double *x, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        double other = x[count - 1 - i];
        x[count - 1 - i] = x[i];
        x[i] = other;
    }
}

void myo_low_pass_both(double *x, size_t count, double rate_hz, double hz)
{
    for (int way = 0; way < 2; way++) {
        myo_low_pass(x, count, rate_hz, hz);
        reverse(x, count);
    }
}
