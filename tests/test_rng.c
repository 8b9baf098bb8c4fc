/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random streams: the published sequence, independence, and the moments of each distribution. */
#include "synth/rng.h"

#include "synth/detmath.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { DRAWS = 200000 };

/* First outputs of xoshiro256++ from the state 1, 2, 3, 4: the sequence that implementations of
 * Blackman and Vigna's reference agree on. The first can be checked by hand:
 * rotl(1 + 4, 23) + 1 = 5 * 2^23 + 1 = 41943041. */
static void test_generator_gives_the_published_sequence(void **state)
{
    (void)state;
    static const uint64_t expected[10] = {41943041u,
                                          58720359u,
                                          3588806011781223u,
                                          3591011842654386u,
                                          9228616714210784205u,
                                          9973669472204895162u,
                                          14011001112246962877u,
                                          12406186145184390807u,
                                          15849039046786891736u,
                                          10450023813501588000u};
    myo_rng rng = {.s = {1, 2, 3, 4}};
    for (size_t i = 0; i < 10; i++) {
        assert_true(myo_rng_bits(&rng) == expected[i]);
    }
}

static void test_streams_differ_in_each_of_their_names(void **state)
{
    (void)state;
    myo_rng streams[4];
    myo_rng_start(&streams[0], 1, 1, 1);
    myo_rng_start(&streams[1], 2, 1, 1);
    myo_rng_start(&streams[2], 1, 2, 1);
    myo_rng_start(&streams[3], 1, 1, 2);
    uint64_t first[4];
    for (size_t i = 0; i < 4; i++) {
        first[i] = myo_rng_bits(&streams[i]);
        for (size_t k = 0; k < i; k++) {
            assert_true(first[i] != first[k]);
        }
    }
    myo_rng again;
    myo_rng_start(&again, 1, 1, 1);
    assert_true(myo_rng_bits(&again) == first[0]);
}

typedef double draw(myo_rng *rng);

static double uniform(myo_rng *rng)
{
    return myo_rng_uniform(rng);
}

static double normal(myo_rng *rng)
{
    return myo_rng_normal(rng);
}

static double exponential(myo_rng *rng)
{
    return myo_rng_exponential(rng, 3.0);
}

static double gamma_wide(myo_rng *rng)
{
    return myo_rng_gamma(rng, 2.5, 2.0);
}

static double gamma_narrow(myo_rng *rng)
{
    return myo_rng_gamma(rng, 0.7, 1.0);
}

static double poisson_small(myo_rng *rng)
{
    return myo_rng_poisson(rng, 1.7);
}

static double poisson_large(myo_rng *rng)
{
    return myo_rng_poisson(rng, 50.0);
}

static double whole(myo_rng *rng)
{
    return myo_rng_int(rng, 2, 12);
}

static double log_of_log_normal(myo_rng *rng)
{
    return myo_det_log(myo_rng_log_normal(rng, 2.0, 0.5));
}

static double log_of_log_uniform(myo_rng *rng)
{
    return myo_det_log(myo_rng_log_in(rng, (myo_range){1.0, 7.38905609893065}));
}

/* Mean and variance from the textbook formulas; kurtosis is the fourth standardised moment, from
 * which the standard error of the variance follows: sqrt((kurtosis - 1)/n) times the variance. */
static const struct {
    draw *function;
    double mean, variance, kurtosis;
} rows[] = {
    {uniform, 0.5, 1.0 / 12.0, 1.8},
    {normal, 0.0, 1.0, 3.0},
    {exponential, 3.0, 9.0, 9.0},
    {gamma_wide, 5.0, 10.0, 3.0 + 6.0 / 2.5},
    {gamma_narrow, 0.7, 0.7, 3.0 + 6.0 / 0.7},
    {poisson_small, 1.7, 1.7, 3.0 + 1.0 / 1.7},
    {poisson_large, 50.0, 50.0, 3.02},
    {whole, 7.0, 10.0, 1.8},
    {log_of_log_normal, 0.6931471805599453, 0.25, 3.0},
    {log_of_log_uniform, 1.0, 1.0 / 3.0, 1.8},
};

/* Five standard errors: a false alarm in 3.5 million, and the seed is fixed. */
static void test_distributions_have_their_moments(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        myo_rng rng;
        myo_rng_start(&rng, 42, r, 0);
        double sum = 0.0;
        double squares = 0.0;
        for (int i = 0; i < DRAWS; i++) {
            const double d = rows[r].function(&rng) - rows[r].mean;
            sum += d;
            squares += d * d;
        }
        const double mean_error = 5.0 * sqrt(rows[r].variance / DRAWS);
        const double variance_error =
            5.0 * rows[r].variance * sqrt((rows[r].kurtosis - 1.0) / DRAWS);
        assert_true(fabs(sum / DRAWS) < mean_error);
        assert_true(fabs(squares / DRAWS - rows[r].variance) < variance_error);
    }
}

static void test_ranges_hold(void **state)
{
    (void)state;
    myo_rng rng;
    myo_rng_start(&rng, 7, 0, 0);
    bool low = false;
    bool high = false;
    for (int i = 0; i < 20000; i++) {
        const double u = myo_rng_uniform(&rng);
        assert_true(u >= 0.0 && u < 1.0);
        const int k = myo_rng_int(&rng, -1, 1);
        assert_in_range(k + 1, 0, 2);
        low = low || k == -1;
        high = high || k == 1;
        const double x = myo_rng_log_normal_in(&rng, 0.06, 0.6, (myo_range){0.02, 0.3});
        assert_true(x >= 0.02 && x <= 0.3);
        assert_true(myo_rng_exponential(&rng, 1.0) >= 0.0);
    }
    assert_true(low && high);
    assert_int_equal(myo_rng_poisson(&rng, 0.0), 0);
    assert_false(myo_rng_chance(&rng, 0.0));
    assert_true(myo_rng_chance(&rng, 1.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generator_gives_the_published_sequence),
        cmocka_unit_test(test_streams_differ_in_each_of_their_names),
        cmocka_unit_test(test_distributions_have_their_moments),
        cmocka_unit_test(test_ranges_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
