/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meter says what the detector decides: a burst opens exactly when its envelope is over its
 * threshold. */
#include "pipeline_case.h"

enum { HOP = 2 }; /* frames of 1 ms at 2000 Hz */

static recording noise_with_twitches(void)
{
    recording r = recording_noise(2000.0, 1, 30.0, 3);
    for (int i = 0; i < 8; i++) {
        recording_plant(&r, 0, 6.0 + 3.0 * i, 1.5 + i);
    }
    return r;
}

static myo_meter meter_after(myo_pipeline *pipeline, const recording *r, size_t from)
{
    event_list list = {0};
    myo_meter meter;
    push(pipeline, r, from, from + HOP, &list);
    free(list.event);
    myo_pipeline_meter(pipeline, 0, &meter);
    return meter;
}

static void test_burst_opens_over_the_threshold(void **state)
{
    (void)state;
    recording r = noise_with_twitches();
    myo_config config;
    myo_config_default(&config, r.rate_hz, r.channels);
    myo_pipeline *pipeline = pipeline_of(&config);
    myo_meter before = meter_after(pipeline, &r, 0);
    assert_int_equal(before.flags & MYO_METER_ARMED, 0);
    assert_true(before.threshold == 0.0 && before.envelope == 0.0);
    int opened = 0;
    for (size_t from = HOP; from + HOP <= r.frames; from += HOP) {
        const myo_meter now = meter_after(pipeline, &r, from);
        const bool fires = now.envelope > now.threshold;
        if ((before.flags & MYO_METER_ARMED) && !(before.flags & MYO_METER_ACTIVE)) {
            assert_int_equal(fires, (now.flags & MYO_METER_ACTIVE) != 0);
            opened += fires;
        }
        before = now;
    }
    assert_in_range(opened, 6, 10); /* eight twitches; the smallest may be missed or split */
    /* White noise of variance 1 in 60-300 Hz of 0-1000 Hz: sqrt(0.24); the filter's edges are not
     * vertical. */
    assert_true(fabs(before.floor - sqrt(0.24)) < 0.05);
    myo_pipeline_free(pipeline);
    free(r.samples);
}

static void test_gap_blanks(void **state)
{
    (void)state;
    recording r = recording_noise(2000.0, 1, 5.0, 4);
    myo_config config;
    myo_config_default(&config, r.rate_hz, r.channels);
    myo_pipeline *pipeline = pipeline_of(&config);
    event_list list = {0};
    push(pipeline, &r, 0, 8000, &list);
    assert_int_equal(meter_after(pipeline, &r, 8000).flags & MYO_METER_BLANKED, 0);
    myo_pipeline_gap(pipeline, 100);
    assert_true(meter_after(pipeline, &r, 8002).flags & MYO_METER_BLANKED);
    push(pipeline, &r, 8004, 8204, &list); /* filters settle within 40 ms */
    assert_int_equal(meter_after(pipeline, &r, 8204).flags & MYO_METER_BLANKED, 0);
    free(list.event);
    myo_pipeline_free(pipeline);
    free(r.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burst_opens_over_the_threshold),
        cmocka_unit_test(test_gap_blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
