/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Constant periods, seen from both sides of an event. Expected values follow from the rules alone. */
#include "emg/rhythm.h"

#include "near.h"

static const myo_rhythm_rule rule = {2.0, 2, 0.02, 20.0, 2200.0};

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

static void counts_the_recent(void **state)
{
    (void)state;
    const myo_rhythm rhythm = series((const double[]){0.0, 500.0, 900.0, 1100.0}, 4, 1.0);
    assert_int_equal(myo_rhythm_recent(&rhythm, 1000.0, 600.0), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_back),
        cmocka_unit_test(looks_ahead),
        cmocka_unit_test(counts_the_recent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
