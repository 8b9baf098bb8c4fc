/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thresholds are chi-square quantiles of the stated rate. */
#include "emg/threshold.h"

#include "near.h"

#include <math.h>

/* 240 Hz for 25 ms are 12 degrees of freedom. One alarm an hour: 3600 s hold 3600 / (0.006 + 0.7 *
 * 0.025) = 153191 trials; 1 / (0.8 * 153191) = 8.16e-6 in the upper tail. scipy 1.10:
 * chi2.isf(8.16e-6, 12) / 12; the rows for 5 and 100 ms and 60 an hour alike. */
static void test_values(void **state)
{
    (void)state;
    static const struct {
        double rate;
        int window;
        double expected;
    } rows[] = {
        {1.0, 0, 11.0318346},  {1.0, 3, 3.79922867}, {1.0, 5, 2.0456139},
        {60.0, 0, 7.56193334}, {60.0, 3, 2.9065644}, {60.0, 5, 1.71012201},
    };
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        myo_threshold_table table;
        double ratio[MYO_WINDOW_COUNT];
        myo_threshold_design(rows[k].rate, 240.0, 1.0, &table);
        myo_threshold_get(&table, 1.0, ratio);
        assert_near(ratio[rows[k].window], rows[k].expected, 1e-6 * rows[k].expected);
    }
}

/* Longer windows, more alarms and a wider band lower the threshold; a heavier tail raises it. */
static void test_order(void **state)
{
    (void)state;
    myo_threshold_table few, many, wide;
    double a[MYO_WINDOW_COUNT], b[MYO_WINDOW_COUNT], c[MYO_WINDOW_COUNT], d[MYO_WINDOW_COUNT];
    myo_threshold_design(1.0, 240.0, 1.0, &few);
    myo_threshold_design(10.0, 240.0, 1.0, &many);
    myo_threshold_design(1.0, 400.0, 1.0, &wide);
    myo_threshold_get(&few, 1.0, a);
    myo_threshold_get(&many, 1.0, b);
    myo_threshold_get(&wide, 1.0, c);
    myo_threshold_get(&few, 1.5, d);
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        assert_true(k == 0 || a[k] < a[k - 1]);
        assert_true(b[k] < a[k] && c[k] < a[k] && d[k] > a[k] && b[k] > 1.0);
    }
}

/* Tails outside the table take its ends; between two steps it is between them. */
static void test_tails(void **state)
{
    (void)state;
    myo_threshold_table table;
    double low[MYO_WINDOW_COUNT], one[MYO_WINDOW_COUNT], six[MYO_WINDOW_COUNT];
    double high[MYO_WINDOW_COUNT];
    myo_threshold_design(1.0, 240.0, 1.0, &table);
    myo_threshold_get(&table, 0.3, low);
    myo_threshold_get(&table, 1.0, one);
    myo_threshold_get(&table, 6.0, six);
    myo_threshold_get(&table, 100.0, high);
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        assert_near(low[k], one[k], 0.0);
        assert_near(high[k], six[k], 0.0);
        assert_near(one[k], table.ratio[0][k], 1e-12 * one[k]);
        assert_near(six[k], table.ratio[MYO_TAIL_STEPS - 1][k], 1e-12 * six[k]);
    }
    double last = one[3]; /* 25 ms: more than one degree of freedom is left at any tail */
    for (double tail = 1.05; tail < 6.0; tail += 0.05) {
        double now[MYO_WINDOW_COUNT];
        myo_threshold_get(&table, tail, now);
        assert_true(now[3] > last);
        last = now[3];
    }
}

/* Of spread 1, coloured noise is as any other. Of more, the tail is its square in 25 ms, its root in 5 ms, 2.5 at
 * most; and of spread 2 the floor, the 0.4 quantile of a block of 25 ms, lies lower by chi2.ppf(0.4, 6) / 6 over
 * chi2.ppf(0.4, 12) / 12 = 0.7616923 / 0.8484976 (scipy 1.10), of 2.5 by 0.7237195 for 4.8 degrees of freedom. Half a
 * per cent is what lies between the steps of the tables. */
static void test_coloured(void **state)
{
    (void)state;
    const double lift = 0.8484976 / 0.7616923, lift_most = 0.8484976 / 0.7237195;
    myo_threshold_table table;
    double plain[MYO_WINDOW_COUNT], coloured[MYO_WINDOW_COUNT];
    myo_threshold_design(1.0, 240.0, 1.0, &table);
    myo_threshold_get(&table, 1.0, plain);
    myo_threshold_get_coloured(&table, 1.0, coloured);
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        assert_near(coloured[k], plain[k], 0.0);
    }
    myo_threshold_get_coloured(&table, 2.0, coloured);
    myo_threshold_get(&table, sqrt(2.0), plain);
    assert_near(coloured[0], lift * plain[0], 0.005 * coloured[0]);
    myo_threshold_get(&table, 2.5, plain);
    assert_near(coloured[3], lift * plain[3], 0.005 * coloured[3]);
    myo_threshold_get_coloured(&table, 6.0, coloured);
    assert_near(coloured[3], lift_most * plain[3], 0.005 * coloured[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_tails),
        cmocka_unit_test(test_coloured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
