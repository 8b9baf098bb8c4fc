/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bursts that keep coming are the ground of what stands out of them; seldom ones are twitches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pipeline_case.h"

#define RATE     2000.0
#define FIRST_S  4.0
#define LAST_S   24.0
#define TWITCH_S 15.5

/* Twitches told among bursts that come every @p apart seconds, give or take 20 ms, and one three times as high. */
static size_t twitches(double apart_s, bool *found, size_t *bursts)
{
    recording r = recording_noise(RATE, 1, 26.0, 3);
    myo_rng rng;
    myo_rng_start(&rng, 4, 913, 0);
    *bursts = 0;
    for (double at = FIRST_S; at < LAST_S; at += apart_s) {
        const double jittered = at + 0.04 * (myo_rng_uniform(&rng) - 0.5);
        if (jittered < TWITCH_S - 0.3 || jittered > TWITCH_S + 0.3) {
            recording_plant(&r, 0, jittered, 5.0);
            ++*bursts;
        }
    }
    recording_plant(&r, 0, TWITCH_S, 15.0);
    event_list list = analyse_default(&r);
    const size_t count = count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED);
    *found = find_event(&list, MYO_EVENT_LTR, TWITCH_S, RATE) != NULL;
    free(list.event);
    free(r.samples);
    return count;
}

/* Once a second nine in ten are told; close to four a second one in six at most: the first three, the one that stands
 * out, what comes behind the pause around that, and what noise made twice as strong. */
static void test_ground(void **state)
{
    (void)state;
    bool found = false;
    size_t bursts = 0;
    const size_t seldom = twitches(1.0, &found, &bursts);
    assert_true(found);
    assert_true(seldom > bursts * 9 / 10);
    const size_t often = twitches(0.27, &found, &bursts);
    assert_true(found);
    assert_true(bursts > 60);
    if (often > bursts / 6) {
        fail_msg("%zu of %zu", often, bursts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ground)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
