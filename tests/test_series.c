/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decay over the first three responses, plateau, exhaustion. */
#include "myotwitch/series.h"

#include "near.h"

static myo_series_summary describe(const myo_series *series, int64_t now)
{
    myo_series_config config;
    myo_series_config_default(&config, 1000.0);
    myo_series_summary summary;
    myo_series_describe(series, &config, now, &summary);
    return summary;
}

/* 200, 140, 98, 70, 72: third over first 0.49, a step of 0.7; plateau 72 / 200. */
static void test_decay(void **state)
{
    (void)state;
    const double peaks[] = {200.0, 140.0, 98.0, 70.0, 72.0};
    myo_series series;
    myo_series_begin(&series, 1000);
    for (int i = 0; i < 5; i++) {
        myo_series_add(&series, 2000 + 900 * i, peaks[i]);
    }
    const myo_series_summary s = describe(&series, 6600);
    assert_int_equal(s.count, 5);
    assert_near(s.decay_ratio, 0.49, 1e-12);
    assert_near(s.decay_step, 0.7, 1e-12);
    assert_near(s.plateau_ratio, 0.36, 1e-12);
    assert_near(s.interval_s, 0.9, 1e-12);
    assert_near(s.quiet_s, 1.0, 1e-12);
    assert_false(s.exhausted);
}

static void test_few_responses(void **state)
{
    (void)state;
    myo_series series;
    myo_series_begin(&series, 1000);
    myo_series_summary s = describe(&series, 40000);
    assert_int_equal(s.count, 0);
    assert_near(s.quiet_s, 39.0, 1e-12);
    assert_false(s.exhausted); /* there was nothing to exhaust */
    myo_series_add(&series, 2000, 100.0);
    s = describe(&series, 3000);
    assert_true(isnan(s.decay_ratio) && isnan(s.plateau_ratio));
    myo_series_add(&series, 3000, 60.0);
    s = describe(&series, 3500);
    assert_near(s.decay_ratio, 0.6, 1e-12);
    assert_near(s.decay_step, 0.6, 1e-12);
}

static void test_exhaustion_by_time_and_by_strokes(void **state)
{
    (void)state;
    myo_series series;
    myo_series_begin(&series, 0);
    myo_series_stroke(&series);
    myo_series_add(&series, 1000, 100.0);
    assert_false(describe(&series, 20999).exhausted);
    assert_true(describe(&series, 21000).exhausted);
    for (int i = 0; i < 4; i++) {
        myo_series_stroke(&series);
    }
    assert_false(describe(&series, 5000).exhausted);
    myo_series_stroke(&series);
    assert_true(describe(&series, 5000).exhausted);
    myo_series_add(&series, 6000, 50.0);
    assert_false(describe(&series, 6001).exhausted);
}

/* The last of many stays known. */
static void test_more_than_are_kept(void **state)
{
    (void)state;
    myo_series series;
    myo_series_begin(&series, 0);
    for (int i = 0; i < 100; i++) {
        myo_series_add(&series, 1000 * (i + 1), 100.0 - i);
    }
    const myo_series_summary s = describe(&series, 100500);
    assert_int_equal(s.count, 100);
    assert_near(s.last, 1.0, 0.0);
    assert_near(s.quiet_s, 0.5, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decay),
        cmocka_unit_test(test_few_responses),
        cmocka_unit_test(test_exhaustion_by_time_and_by_strokes),
        cmocka_unit_test(test_more_than_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
