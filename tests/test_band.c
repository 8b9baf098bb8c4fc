/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Band design and response against scipy's Butterworth filters. */
#include "myotwitch/band.h"

#include "oracle/band.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void expect_close(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance)) {
        print_error("%.17g, expected %.17g within %g\n", value, expected, tolerance);
        fail();
    }
}

/* Every pole pair of the oracle is one of our sections, whatever the order. A coefficient is a sum
 * of a few terms up to 4, divided: some units of 2^-52; scipy's go through complex roots. */
static void test_poles_and_gain_are_scipys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(oracle_design); i++) {
        myo_band band;
        assert_int_equal(myo_band_design(oracle_design[i].rate_hz, oracle_design[i].low_hz,
                                         oracle_design[i].high_hz, &band),
                         MYO_OK);
        expect_close(band.gain / oracle_design[i].gain, 1.0, 1e-12);
        for (int pair = 0; pair < 4; pair++) {
            double best = INFINITY;
            for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
                best = fmin(best, fmax(fabs(band.section[k].a1 - oracle_design[i].a[pair][0]),
                                       fabs(band.section[k].a2 - oracle_design[i].a[pair][1])));
            }
            expect_close(best, 0.0, 1e-14);
        }
    }
}

/* Rounding a1 and a2 to double moves 1 + a1 + a2 = w^2 by 2^-52, so the response near the lower
 * corner moves by 2^-52 / w^2 relatively, w = 2 pi low / rate; ten times that is allowed. */
static void test_response_is_scipys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(oracle_band); i++) {
        const double rate = oracle_band[i].rate_hz, hz = oracle_band[i].hz;
        myo_band band;
        assert_int_equal(
            myo_band_design(rate, oracle_band[i].low_hz, oracle_band[i].high_hz, &band), MYO_OK);
        const double w = 6.283185307179586 * oracle_band[i].low_hz / rate;
        const double tolerance = 1e-11 + 10.0 * 0x1p-52 / (w * w);
        expect_close(myo_band_magnitude(&band, rate, hz) / oracle_band[i].magnitude, 1.0,
                     tolerance);
        expect_close(myo_band_delay(&band, rate, hz) / oracle_band[i].delay, 1.0, tolerance);
    }
}

static void test_zeros_at_both_ends(void **state)
{
    (void)state;
    myo_band band;
    assert_int_equal(myo_band_design(2000.0, 20.0, 450.0, &band), MYO_OK);
    assert_true(myo_band_magnitude(&band, 2000.0, 0.0) == 0.0);
    expect_close(myo_band_magnitude(&band, 2000.0, 1000.0), 0.0, 1e-40);
}

static void test_silence(void **state)
{
    (void)state;
    myo_band band;
    myo_band_silence(&band);
    assert_true(myo_band_magnitude(&band, 2000.0, 100.0) == 0.0);
    expect_close(myo_band_delay(&band, 2000.0, 100.0), 4.0, 1e-12);
}

static void test_refusals_leave_the_band_alone(void **state)
{
    (void)state;
    static const double bad[][3] = {
        {2000, 0, 450},   {2000, -1, 450},  {2000, 450, 450},    {2000, 500, 450},
        {2000, 20, 1000}, {2000, 20, 2000}, {NAN, 20, 450},      {2000, NAN, 450},
        {2000, 20, NAN},  {0, 20, 450},     {INFINITY, 20, 450}, {2000, 20, INFINITY},
    };
    myo_band band, before;
    memset(&before, 7, sizeof before);
    for (size_t i = 0; i < COUNT(bad); i++) {
        band = before;
        assert_int_equal(myo_band_design(bad[i][0], bad[i][1], bad[i][2], &band), MYO_ERR_BAD_ARG);
        assert_memory_equal(&band, &before, sizeof band);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_poles_and_gain_are_scipys),
        cmocka_unit_test(test_response_is_scipys),
        cmocka_unit_test(test_zeros_at_both_ends),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_refusals_leave_the_band_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
