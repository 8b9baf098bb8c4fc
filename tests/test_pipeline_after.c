/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes soon after a twitch: an afterdischarge is no second twitch, a much larger burst is. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pipeline_case.h"

#define RATE 2000.0

/* Two bursts of 60 ms, the second @p gap_s after the end of the first: how many twitches are told. */
static size_t told(double gap_s, double second)
{
    recording r = recording_noise(RATE, 1, 12.0, 3);
    recording_plant(&r, 0, 6.0, 8.0);
    recording_plant(&r, 0, 6.06 + gap_s, second);
    event_list list = analyse_default(&r);
    const size_t count = (size_t)count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED);
    assert_non_null(find_event(&list, MYO_EVENT_LTR, 6.0, RATE));
    free(list.event);
    free(r.samples);
    return count;
}

/* As large as the first, or smaller: withdrawn within the refractory time (150 ms), told after it. */
static void test_afterdischarge(void **state)
{
    (void)state;
    for (double second = 4.0; second < 9.0; second += 2.0) {
        assert_int_equal(told(0.12, second), 1);
        assert_int_equal(told(0.30, second), 2);
    }
}

/* From 6 dB above the first it is a twitch of its own at any time. */
static void test_larger_is_told(void **state)
{
    (void)state;
    for (double second = 18.0; second < 60.0; second *= 1.7) {
        assert_int_equal(told(0.12, second), 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_afterdischarge),
        cmocka_unit_test(test_larger_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
