/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tail probabilities and quantiles against mpmath and scipy. */
#include "myotwitch/special.h"

#include "oracle/special.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What special.h promises. */
#define PROBABILITY 1e-10
#define QUANTILE    1e-8

static void expect_relative(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance * fabs(expected))) {
        print_error("%.17g, expected %.17g within %g\n", value, expected, tolerance);
        fail();
    }
}

static void test_gamma(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(oracle_gamma); i++) {
        const double a = oracle_gamma[i].a, x = oracle_gamma[i].x;
        expect_relative(myo_gamma_q(a, x), oracle_gamma[i].q, PROBABILITY);
        expect_relative(myo_gamma_p(a, x), oracle_gamma[i].p, PROBABILITY);
    }
    assert_true(myo_gamma_p(2.0, 0.0) == 0.0 && myo_gamma_q(2.0, 0.0) == 1.0);
    assert_true(myo_gamma_p(2.0, INFINITY) == 1.0 && myo_gamma_q(2.0, INFINITY) == 0.0);
}

static void test_chi2_quantile(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(oracle_chi2); i++) {
        expect_relative(myo_chi2_quantile_upper(oracle_chi2[i].p, oracle_chi2[i].nu),
                        oracle_chi2[i].x, QUANTILE);
    }
}

static void test_beta(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(oracle_beta); i++) {
        expect_relative(myo_beta_i(oracle_beta[i].a, oracle_beta[i].b, oracle_beta[i].x),
                        oracle_beta[i].value, PROBABILITY);
    }
    assert_true(myo_beta_i(2.0, 3.0, 0.0) == 0.0 && myo_beta_i(2.0, 3.0, 1.0) == 1.0);
}

static void test_beta_quantile(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(oracle_beta_quantile); i++) {
        expect_relative(myo_beta_quantile(oracle_beta_quantile[i].p, oracle_beta_quantile[i].a,
                                          oracle_beta_quantile[i].b),
                        oracle_beta_quantile[i].x, QUANTILE);
    }
}

static void test_normal_quantile(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(oracle_normal); i++) {
        expect_relative(myo_normal_quantile_upper(oracle_normal[i].p), oracle_normal[i].z,
                        QUANTILE);
    }
    assert_true(fabs(myo_normal_quantile_upper(0.5)) < 1e-15);
}

static void test_arguments_out_of_range_give_nan(void **state)
{
    (void)state;
    const double results[] = {
        myo_gamma_p(0.0, 1.0),
        myo_gamma_p(1.0, -1.0),
        myo_gamma_q(NAN, 1.0),
        myo_gamma_q(1.0, NAN),
        myo_gamma_q(INFINITY, 1.0),
        myo_chi2_quantile_upper(0.0, 1.0),
        myo_chi2_quantile_upper(1.0, 1.0),
        myo_chi2_quantile_upper(0.5, 0.0),
        myo_chi2_quantile_upper(NAN, 1.0),
        myo_beta_i(0.0, 1.0, 0.5),
        myo_beta_i(1.0, -1.0, 0.5),
        myo_beta_i(1.0, 1.0, 1.5),
        myo_beta_i(1.0, 1.0, NAN),
        myo_beta_quantile(0.0, 1.0, 1.0),
        myo_beta_quantile(0.5, 1.0, NAN),
        myo_normal_quantile_upper(0.0),
        myo_normal_quantile_upper(1.0),
        myo_normal_quantile_upper(NAN),
    };
    for (size_t i = 0; i < COUNT(results); i++) {
        assert_true(isnan(results[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gamma),
        cmocka_unit_test(test_chi2_quantile),
        cmocka_unit_test(test_beta),
        cmocka_unit_test(test_beta_quantile),
        cmocka_unit_test(test_normal_quantile),
        cmocka_unit_test(test_arguments_out_of_range_give_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
