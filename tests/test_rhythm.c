/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Constant periods, seen from both sides of an event. Expected values follow from the rules alone. */
#include "emg/rhythm.h"

#include "near.h"

#include <math.h>

static const myo_rhythm_rule rule = {2.0, 2, 0.02, 20.0, 2200.0, 0};

static myo_rhythm series(const double *at_ms, int count, double size)
{
    myo_rhythm rhythm;
    myo_rhythm_reset(&rhythm);
    for (int i = 0; i < count; i++) {
        myo_rhythm_add(&rhythm, at_ms[i], size);
    }
    return rhythm;
}

static void looks_back(void **state)
{
    (void)state;
    const myo_rhythm none = series(NULL, 0, 1.0);
    const myo_rhythm before = series((const double[]){100.0, 600.0}, 2, 1.0);
    assert_near(myo_rhythm_period(&before, &none, 1100.0, 1.0, &rule), 500.0, 1e-9);
    assert_near(myo_rhythm_period(&before, &none, 1150.0, 1.0, &rule), 0.0, 0.0);
    assert_near(myo_rhythm_period(&before, &none, 1100.0, 2.5, &rule), 0.0, 0.0);
}

/* The first of a series is known by those behind it, the second by both sides. */
static void looks_ahead(void **state)
{
    (void)state;
    const myo_rhythm none = series(NULL, 0, 1.0);
    const myo_rhythm two = series((const double[]){-1100.0, -600.0}, 2, 1.0);
    assert_near(myo_rhythm_period(&none, &two, 100.0, 1.0, &rule), 500.0, 1e-9);
    assert_near(myo_rhythm_period(&none, &two, 130.0, 1.0, &rule), 0.0, 0.0);
    const myo_rhythm first = series((const double[]){100.0}, 1, 1.0);
    const myo_rhythm last = series((const double[]){-1100.0}, 1, 1.0);
    assert_near(myo_rhythm_period(&first, &last, 600.0, 1.0, &rule), 500.0, 1e-9);
    assert_near(myo_rhythm_period(&first, &none, 600.0, 1.0, &rule), 0.0, 0.0);
}

/* An unlike event in time, or none, is a miss; one allowed is no two. */
static void steps_over_misses(void **state)
{
    (void)state;
    const myo_rhythm none = series(NULL, 0, 1.0);
    myo_rhythm_rule one = rule;
    one.misses = 1;
    const myo_rhythm gap = series((const double[]){100.0, 1100.0}, 2, 1.0);
    assert_near(myo_rhythm_period(&gap, &none, 1600.0, 1.0, &rule), 0.0, 0.0);
    assert_near(myo_rhythm_period(&gap, &none, 1600.0, 1.0, &one), 500.0, 1e-9);
    myo_rhythm unlike = series((const double[]){100.0}, 1, 1.0);
    myo_rhythm_add(&unlike, 600.0, 5.0);
    myo_rhythm_add(&unlike, 1100.0, 1.0);
    assert_near(myo_rhythm_period(&unlike, &none, 1600.0, 1.0, &rule), 0.0, 0.0);
    assert_near(myo_rhythm_period(&unlike, &none, 1600.0, 1.0, &one), 500.0, 1e-9);
    const myo_rhythm two = series((const double[]){100.0, 1600.0}, 2, 1.0);
    assert_near(myo_rhythm_period(&two, &none, 2100.0, 1.0, &one), 0.0, 0.0);
}

static void counts_the_recent(void **state)
{
    (void)state;
    const myo_rhythm rhythm = series((const double[]){0.0, 500.0, 900.0, 1100.0}, 4, 1.0);
    assert_int_equal(myo_rhythm_recent(&rhythm, 1000.0, 600.0), 2);
}

/* Those before, not the one at the time itself, and none of the least size. */
static void counts_the_larger(void **state)
{
    (void)state;
    myo_rhythm rhythm = series((const double[]){0.0, 500.0, 900.0, 1000.0}, 4, 2.0);
    assert_int_equal(myo_rhythm_above(&rhythm, 1000.0, 600.0, 1.9), 2);
    assert_int_equal(myo_rhythm_above(&rhythm, 1000.0, 600.0, 2.0), 0);
    myo_rhythm_add(&rhythm, 1100.0, 3.0);
    assert_int_equal(myo_rhythm_above(&rhythm, 1200.0, 600.0, 2.5), 1);
}

/* Those that are neither later, nor longer ago, nor of another size. */
static void counts_the_alike(void **state)
{
    (void)state;
    myo_rhythm rhythm = series((const double[]){300.0, 500.0, 900.0, 1100.0}, 4, 1.0);
    assert_int_equal(myo_rhythm_alike(&rhythm, 1000.0, 600.0, 1.2, 1.5), 2);
    myo_rhythm_add(&rhythm, 950.0, 2.0);
    assert_int_equal(myo_rhythm_alike(&rhythm, 1000.0, 600.0, 1.2, 1.5), 2);
    assert_int_equal(myo_rhythm_alike(&rhythm, 1000.0, 600.0, 1.6, 1.5), 1);
}

/* Sizes e^-0.2 to e^0.2 in steps of 0.1 have the median 1 and half of them within 0.1 of it: a deviation of 0.14826. Like
 * sizes have the least one. */
static void measures_departure(void **state)
{
    (void)state;
    myo_rhythm spread, even;
    myo_rhythm_reset(&spread);
    myo_rhythm_reset(&even);
    for (int i = 0; i < 5; i++) {
        myo_rhythm_add(&spread, 100.0 * i, exp(0.1 * ((i * 2) % 5 - 2)));
        myo_rhythm_add(&even, 100.0 * i, 3.0);
    }
    assert_near(myo_rhythm_departure(&spread, exp(0.5), 0.03), 0.5 / 0.14826, 1e-9);
    assert_near(myo_rhythm_departure(&spread, exp(-0.5), 0.03), -0.5 / 0.14826, 1e-9);
    assert_near(myo_rhythm_departure(&spread, exp(0.5), 0.25), 2.0, 1e-9);
    assert_near(myo_rhythm_departure(&even, 3.0 * exp(0.06), 0.03), 2.0, 1e-9);
}

/* Intervals below the gap, between like events within the span only; an unlike one between two does not part them. */
static void counts_a_crowd(void **state)
{
    (void)state;
    myo_rhythm near = series((const double[]){100.0, 1000.0, 1200.0}, 3, 1.0);
    assert_int_equal(myo_rhythm_crowd(&near, 1400.0, 2200.0, 250.0, 1.0, 2.0), 2);
    assert_int_equal(myo_rhythm_crowd(&near, 1450.0, 2200.0, 250.0, 1.0, 2.0), 1);
    assert_int_equal(myo_rhythm_crowd(&near, 1400.0, 300.0, 250.0, 1.0, 2.0), 1);
    assert_int_equal(myo_rhythm_crowd(&near, 1400.0, 2200.0, 950.0, 1.0, 2.0), 3);
    assert_int_equal(myo_rhythm_crowd(&near, 1400.0, 2200.0, 250.0, 2.5, 2.0), 0);
    myo_rhythm_add(&near, 1300.0, 5.0);
    assert_int_equal(myo_rhythm_crowd(&near, 1400.0, 2200.0, 250.0, 1.0, 2.0), 2);
    const myo_rhythm none = series(NULL, 0, 1.0);
    assert_int_equal(myo_rhythm_crowd(&none, 1400.0, 2200.0, 250.0, 1.0, 2.0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_a_crowd),    cmocka_unit_test(looks_back),
        cmocka_unit_test(looks_ahead),       cmocka_unit_test(steps_over_misses),
        cmocka_unit_test(counts_the_recent), cmocka_unit_test(counts_the_larger),
        cmocka_unit_test(counts_the_alike),  cmocka_unit_test(measures_departure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
