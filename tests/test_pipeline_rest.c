/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left behind a twitch: its type does not wait for what is weak, and what is not belongs to it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pipeline_case.h"

#define RATE 2000.0

static const double onset_s = 6.0;
static const double end_s = 6.06;

/* A twitch, and for @p rest_s behind it noise of @p level times the RMS of the recording's. */
static event_list behind_twitch(double level, double rest_s, uint64_t seed)
{
    recording r = recording_noise(RATE, 1, 12.0, seed);
    myo_rng rng;
    myo_rng_start(&rng, seed, 913, 0);
    for (size_t i = (size_t)(end_s * RATE); i < (size_t)((end_s + rest_s) * RATE); i++) {
        r.samples[i] += (float)(sqrt(level * level - 1.0) * myo_rng_normal(&rng));
    }
    recording_plant(&r, 0, onset_s, 40.0);
    const event_list list = analyse_default(&r);
    free(r.samples);
    return list;
}

/* 1.4 times the noise does not end by the usual rule (1.3 times). The type is told within 150 ms of the
 * twitch all the same, but for a rest that chance lifts to twice the noise again. */
static void test_weak_rest_is_not_waited_for(void **state)
{
    (void)state;
    int soon = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        event_list list = behind_twitch(1.4, 0.3, seed);
        const myo_event *twitch = find_event(&list, MYO_EVENT_LTR, onset_s, RATE);
        assert_non_null(twitch);
        soon += (double)twitch->confirmed_frame / RATE - end_s < 0.150;
        assert_int_equal(count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED), 1);
        free(list.event);
    }
    assert_in_range(soon, 6, 8);
}

/* Where it ends by itself before that, and is longer than a gap, it is no part of the twitch either. */
static void test_short_weak_rest_is_not_of_it(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        event_list list = behind_twitch(1.4, 0.08, seed);
        const myo_event *twitch = find_event(&list, MYO_EVENT_LTR, onset_s, RATE);
        assert_non_null(twitch);
        assert_true((double)twitch->offset_frame / RATE - end_s < 0.070);
        assert_true((double)twitch->confirmed_frame / RATE - end_s < 0.150);
        free(list.event);
    }
}

/* At four times the noise it is the same activity, whatever it was before: one event, to its end. */
static void test_strong_rest_belongs_to_it(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        event_list list = behind_twitch(4.0, 0.3, seed);
        for (size_t i = 0; i < list.count; i++) {
            const myo_event *event = &list.event[i];
            if (event->stage == MYO_CONFIRMED && event->onset_frame > (int64_t)(5.9 * RATE)) {
                assert_near((double)event->offset_frame / RATE, end_s + 0.3, 0.05);
            }
        }
        free(list.event);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weak_rest_is_not_waited_for),
        cmocka_unit_test(test_short_weak_rest_is_not_of_it),
        cmocka_unit_test(test_strong_rest_belongs_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
