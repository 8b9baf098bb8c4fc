/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Noise that rises and stays: the floor is learned anew, at once where it is steady, after twelve seconds where it
 * is not, and twitches over it are found again. */
#include "pipeline_case.h"

#define RATE 2000.0

/* A recording whose noise is times as large from 8 s on; with a sway its size goes up and down by that share
 * once a second until 24 s. */
static recording risen(double times, double sway, uint32_t seed)
{
    recording r = recording_noise(RATE, 1, 40.0, seed);
    for (size_t i = (size_t)(8.0 * RATE); i < r.frames; i++) {
        const double t = (double)i / RATE;
        const double swell = t < 24.0 ? sway * sin(6.283185307 * t) : 0.0;
        r.samples[i] *= (float)(times * (1.0 + swell));
    }
    return r;
}

/* Steady: within seconds where it is twice as large, within twelve where it is four times; twitches 12 s after the
 * rise and later are found. */
static void test_steady(void **state)
{
    (void)state;
    for (double times = 2.0; times < 5.0; times += 2.0) {
        recording r = risen(times, 0.0, 91);
        recording_plant(&r, 0, 5.0, 40.0);
        recording_plant(&r, 0, 21.0, (float)(40.0 * times));
        recording_plant(&r, 0, 30.0, (float)(40.0 * times));
        event_list list = analyse_default(&r);
        assert_non_null(find_event(&list, MYO_EVENT_LTR, 5.0, RATE));
        assert_non_null(find_event(&list, MYO_EVENT_LTR, 21.0, RATE));
        assert_non_null(find_event(&list, MYO_EVENT_LTR, 30.0, RATE));
        assert_int_equal(count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED), 3);
        free(list.event);
        free(r.samples);
    }
}

/* Swaying: it passes for activity until twelve seconds are over; then twitches are found over it. */
static void test_swaying(void **state)
{
    (void)state;
    recording r = risen(6.0, 0.5, 92);
    recording_plant(&r, 0, 35.0, 240.0);
    event_list list = analyse_default(&r);
    assert_non_null(find_event(&list, MYO_EVENT_LTR, 35.0, RATE));
    const myo_event *rise = find_event(&list, MYO_EVENT_CLICK, 8.0, RATE); /* white: no muscle */
    assert_non_null(rise);
    assert_in_range(rise->offset_frame, (int64_t)(19.9 * RATE), (int64_t)(20.1 * RATE));
    free(list.event);
    free(r.samples);
}

/* Exact silence tells nothing of the noise: nothing is found in it, and it arms nothing. */
static void test_silence_first(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 1, 24.0, 93);
    for (size_t i = 0; i < (size_t)(6.0 * RATE); i++) {
        r.samples[i] = 0.0f;
    }
    recording_plant(&r, 0, 18.0, 40.0);
    event_list list = analyse_default(&r);
    assert_int_equal(count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED), 1);
    assert_non_null(find_event(&list, MYO_EVENT_LTR, 18.0, RATE));
    free(list.event);
    r.frames = (size_t)(6.0 * RATE);
    list = analyse_default(&r);
    assert_int_equal(count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED), 0);
    free(list.event);
    free(r.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steady),
        cmocka_unit_test(test_swaying),
        cmocka_unit_test(test_silence_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
