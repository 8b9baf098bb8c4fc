/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs within the electromechanical delay, and clocks that were set on purpose. */
#include "myotwitch/fusion.h"

#include "near.h"

static void test_pairs_within_the_delay(void **state)
{
    (void)state;
    /* 10 ms behind: a pair. 81 ms behind: none. 15 ms before, images 17 ms apart: a pair. 18 ms
     * before: none. */
    const myo_moment emg[] = {{1.0, 0.0}, {2.0, 0.0}, {3.0, 0.0}, {4.0, 0.0}};
    const myo_moment motions[] = {{1.010, 0.017}, {2.081, 0.017}, {2.985, 0.017}, {3.982, 0.017}};
    const myo_clock clock = {.offset_s = 0.0};
    int64_t of[4];
    assert_int_equal(myo_fusion_pair(emg, 4, motions, 4, &clock, of), 2);
    assert_int_equal(of[0], 0);
    assert_int_equal(of[1], -1);
    assert_int_equal(of[2], 2);
    assert_int_equal(of[3], -1);
}

static void test_one_onset_pairs_once(void **state)
{
    (void)state;
    const myo_moment emg[] = {{1.0, 0.0}};
    const myo_moment motions[] = {{1.01, 0.0}, {1.05, 0.0}};
    const myo_clock clock = {.offset_s = 0.0};
    int64_t of[2];
    assert_int_equal(myo_fusion_pair(emg, 1, motions, 2, &clock, of), 1);
    assert_int_equal(of[1], -1);
}

/* Ultrasound that began 12.5 s later and runs 1e-4 fast, moved 6 ms behind the EMG. */
static void test_clock_is_found(void **state)
{
    (void)state;
    static const double times[] = {20.0, 23.1, 31.7, 45.2, 61.9, 80.3, 99.4, 120.8};
    myo_moment emg[9], motions[9];
    for (int i = 0; i < 8; i++) {
        emg[i] = (myo_moment){times[i], 0.0};
        motions[i] = (myo_moment){(times[i] + 0.006 - 12.5) / 1.0001, 1.0 / 60.0};
    }
    emg[8] = (myo_moment){140.0, 0.0};       /* EMG only */
    motions[8] = (myo_moment){150.0, 0.017}; /* ultrasound only */
    myo_clock_match match;
    assert_int_equal(myo_clock_find(emg, 9, motions, 9, 60.0, &match), MYO_OK);
    assert_int_equal(match.pairs, 8);
    assert_true(match.runner_up < 4);
    assert_true(match.drift_is_known);
    assert_near(match.clock.offset_s, 12.5, 1e-6);
    assert_near(match.clock.drift, 1e-4, 1e-8);
    assert_near(match.spread_s, 0.0, 1e-6);
}

static void test_nothing_in_common(void **state)
{
    (void)state;
    const myo_moment one[] = {{1.0, 0.0}}, far[] = {{500.0, 0.0}};
    myo_clock_match match;
    assert_int_equal(myo_clock_find(one, 1, far, 1, 10.0, &match), MYO_OK);
    assert_int_equal(match.pairs, 0);
    assert_int_equal(myo_clock_find(one, 0, far, 1, 10.0, &match), MYO_ERR_EMPTY);
    assert_int_equal(myo_clock_find(one, 1, far, 1, 0.0, &match), MYO_ERR_BAD_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs_within_the_delay),
        cmocka_unit_test(test_one_onset_pairs_once),
        cmocka_unit_test(test_clock_is_found),
        cmocka_unit_test(test_nothing_in_common),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
