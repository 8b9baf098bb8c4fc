/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Percentiles within one step, 6.25 %, and never too small. */
#include "live/histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_percentiles_of_a_ramp(void **state)
{
    (void)state;
    static const double shares[] = {0.01, 0.5, 0.9, 0.95, 0.99, 0.999};
    static myo_histogram histogram;
    for (int64_t i = 1; i <= 100000; i++) {
        myo_histogram_add(&histogram, i);
    }
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        const double exact = shares[i] * 100000.0;
        const double told = (double)myo_histogram_at(&histogram, shares[i]);
        assert_true(told >= exact && told <= exact * 1.0625);
    }
    assert_int_equal(histogram.largest, 100000);
    assert_int_equal(myo_histogram_at(&histogram, 1.0), 100000);
}

static void test_small_and_wild_values(void **state)
{
    (void)state;
    static myo_histogram histogram;
    assert_int_equal(myo_histogram_at(&histogram, 0.5), 0);
    for (int64_t i = 0; i < 16; i++) {
        myo_histogram_add(&histogram, i); /* below 16 every value has its own step */
    }
    assert_int_equal(myo_histogram_at(&histogram, 0.5), 7);
    myo_histogram_add(&histogram, -5);
    assert_int_equal(myo_histogram_at(&histogram, 0.05), 0);
    myo_histogram_add(&histogram, INT64_MAX);
    assert_int_equal(histogram.largest, INT64_MAX);
    assert_int_equal(histogram.count, 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_percentiles_of_a_ramp),
        cmocka_unit_test(test_small_and_wild_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
