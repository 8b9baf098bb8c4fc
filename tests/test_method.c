/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published methods: each finds plain bursts near where they are, refuses what cannot be, and holds to its
 * rule at the border. What they say to the sample is compared with others' code in interop/methods.py. */
#include "method/method.h"

#include "near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 1000, LENGTH = 10000, BURSTS = 3, BURST = 150 };

static const int64_t onsets[BURSTS] = {3000, 5000, 8000};

static float signal[LENGTH];

/* Noise of RMS 1 and bursts twelve times as large, from a linear congruential generator. */
static int setup(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int i = 0; i < LENGTH; i++) {
        float sum = 0.0f;
        for (int k = 0; k < 12; k++) {
            seed = seed * 1664525u + 1013904223u;
            sum += (float)(seed >> 8) / 16777216.0f - 0.5f;
        }
        signal[i] = sum;
    }
    for (int b = 0; b < BURSTS; b++) {
        for (int64_t i = onsets[b]; i < onsets[b] + BURST; i++) {
            signal[i] *= 12.0f;
        }
    }
    return 0;
}

static void test_each_finds_the_bursts(void **state)
{
    (void)state;
    for (int m = 0; m < MYO_METHOD_COUNT; m++) {
        myo_method method = (myo_method)m;
        myo_method_settings set;
        myo_method_rest rest;
        myo_interval *found = NULL;
        size_t count = 0;
        myo_method_default(method, RATE, &set);
        set.threshold = method == MYO_METHOD_SOLNIK ? 8.0 : fmax(set.threshold, 5.0);
        assert_int_equal(myo_method_rest_of(method, &set, signal, 2000, &rest), MYO_OK);
        assert_int_equal(myo_method_run(method, &set, &rest, signal, LENGTH, &found, &count),
                         MYO_OK);
        for (int b = 0; b < BURSTS; b++) {
            bool hit = false;
            for (size_t i = 0; i < count; i++) {
                hit = hit || llabs(found[i].onset - onsets[b]) <= 60;
            }
            if (!hit) {
                fail_msg("%s misses the burst at %lld", myo_method_name(method),
                         (long long)onsets[b]);
            }
        }
        for (size_t i = 0; i < count; i++) {
            assert_true(found[i].offset >= found[i].onset && found[i].offset <= LENGTH + 60);
            assert_true(i == 0 || found[i].onset >= found[i - 1].onset);
        }
        free(found);
    }
}

static void test_names_are_known(void **state)
{
    (void)state;
    for (int m = 0; m < MYO_METHOD_COUNT; m++) {
        assert_int_equal(myo_method_from_name(myo_method_name((myo_method)m)), m);
    }
    assert_int_equal(myo_method_from_name("hodges"), MYO_METHOD_COUNT);
    assert_string_equal(myo_method_name(MYO_METHOD_COUNT), "unknown");
}

static void test_what_cannot_be_is_refused(void **state)
{
    (void)state;
    myo_method_settings set;
    myo_method_rest rest = {0.0, 1.0}, silent = {0.0, 0.0};
    myo_interval *found = NULL;
    size_t count = 0;
    myo_method_default(MYO_METHOD_HODGES_BUI, RATE, &set);
    assert_int_equal(myo_method_run(MYO_METHOD_COUNT, &set, &rest, signal, 100, &found, &count),
                     MYO_ERR_BAD_ARG);
    assert_int_equal(
        myo_method_run(MYO_METHOD_HODGES_BUI, &set, &silent, signal, 100, &found, &count),
        MYO_ERR_BAD_ARG);
    assert_int_equal(
        myo_method_run(MYO_METHOD_HODGES_BUI, &set, &rest, signal, set.window - 1, &found, &count),
        MYO_ERR_BAD_ARG);
    set.window = 0;
    assert_int_equal(
        myo_method_run(MYO_METHOD_HODGES_BUI, &set, &rest, signal, 100, &found, &count),
        MYO_ERR_BAD_ARG);
    myo_method_default(MYO_METHOD_SILVA, RATE, &set);
    set.long_window = set.window;
    assert_int_equal(myo_method_run(MYO_METHOD_SILVA, &set, &rest, signal, LENGTH, &found, &count),
                     MYO_ERR_BAD_ARG);
    assert_null(found);
}

/* A state that holds one sample less than asked does not count; a failure more than allowed ends it. */
static void test_a_state_must_hold(void **state)
{
    (void)state;
    double value[] = {0, 0, 9, 9, 9, 9, 0, 0, 0, 9, 9, 0, 9, 9, 0, 0, 0, 0, 0, 0};
    myo_test test = {.value = value, .count = sizeof value / sizeof value[0], .step = 1};
    myo_intervals list = {0};
    myo_decide_held(&test, 5.0, 4, 0, 1, &list);
    assert_int_equal(list.count, 0);
    myo_decide_held(&test, 5.0, 3, 0, 1, &list);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].onset, 2);
    assert_int_equal(list.items[0].offset, 14);
    list.count = 0;
    value[5] =
        0.0; /* 2-4 hold three: one alarm, two more; 9 begins anew and survives one failure */
    myo_decide_held(&test, 5.0, 3, 1, 1, &list);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].onset, 9);
    free(list.items);
}

static void test_low_pass_is_butterworth(void **state)
{
    (void)state;
    enum { COUNT = 4000 };
    static double x[COUNT];
    const double hz[] = {5.0, 50.0, 200.0};
    for (size_t h = 0; h < 3; h++) {
        double largest = 0.0;
        for (int i = 0; i < COUNT; i++) {
            x[i] = sin(2.0 * 3.14159265358979323846 * hz[h] * i / RATE);
        }
        myo_low_pass(x, COUNT, RATE, 50.0);
        for (int i = COUNT / 2; i < COUNT; i++) {
            largest = fmax(largest, fabs(x[i]));
        }
        double warp =
            tan(3.14159265358979323846 * hz[h] / RATE) / tan(3.14159265358979323846 * 50.0 / RATE);
        assert_near(largest, 1.0 / sqrt(1.0 + pow(warp, 4.0)), 2e-3);
    }
    for (int i = 0; i < COUNT; i++) {
        x[i] = 7.0; /* settled at the first value */
    }
    myo_low_pass_both(x, COUNT, RATE, 30.0);
    assert_near(x[0], 7.0, 1e-9);
    assert_near(x[COUNT - 1], 7.0, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_finds_the_bursts),     cmocka_unit_test(test_names_are_known),
        cmocka_unit_test(test_what_cannot_be_is_refused), cmocka_unit_test(test_a_state_must_hold),
        cmocka_unit_test(test_low_pass_is_butterworth),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
