/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pulses of a stimulator that an amplifier rounded off come faster than a heart beats: no beats, no twitches. */
#include "pipeline_case.h"

#include <math.h>

#define RATE    2000.0
#define START_S 4.0
#define END_S   28.0
#define WHOLE_S 30.0

/* Down within a millisecond, back within three, and a slow tail the other way. */
static double pulse(double since_s)
{
    const double down = exp(-since_s / 0.003) - exp(-since_s / 0.001);
    const double tail = exp(-since_s / 0.02) - exp(-since_s / 0.0045);
    return since_s < 0.0 ? 0.0 : 0.8 * tail - 2.6 * down;
}

static void plant_pulse(recording *r, double at_s, double height)
{
    const size_t first = (size_t)(at_s * r->rate_hz);
    for (size_t i = first; i < first + 300 && i < r->frames; i++) {
        r->samples[i] += (float)(height * pulse((double)i / r->rate_hz - at_s));
    }
}

/* Groups of so many pulses; returns how many there are. */
static size_t plant_train(recording *r, int group, double step_s, double pause_s, double height)
{
    size_t count = 0;
    for (double at_s = START_S; at_s < END_S; at_s += pause_s) {
        for (int k = 0; k < group; k++, count++) {
            plant_pulse(r, at_s, height);
            at_s += step_s;
        }
    }
    return count;
}

/* The first half second may pass for anything, and now and then one of a group, where noise parts it from the others.
 * Two seconds behind the last pulse a twitch is one again. */
static void check_train(int group, double step_s, double pause_s, double height)
{
    recording r = recording_noise(RATE, 1, WHOLE_S + 5.0, 11);
    const size_t pulses = plant_train(&r, group, step_s, pause_s, height);
    recording_plant(&r, 0, WHOLE_S + 3.0, 12.0);
    event_list list = analyse_default(&r);
    size_t twitches = 0;
    for (size_t i = 0; i < list.count; i++) {
        const double at_s = (double)list.event[i].onset_frame / RATE;
        twitches += list.event[i].type == MYO_EVENT_LTR && list.event[i].stage == MYO_CONFIRMED &&
                    at_s > START_S + 0.5 && at_s < END_S + 1.0;
    }
    const size_t beats = count_events(&list, MYO_EVENT_CARDIAC, MYO_CONFIRMED);
    const size_t stimuli = count_events(&list, MYO_EVENT_STIMULUS, MYO_CONFIRMED);
    if (twitches > 2 || beats > stimuli / 2 || stimuli * 10 < pulses) {
        fail_msg("%d each %g s, %g high: of %zu pulses %zu twitches, %zu beats, %zu stimuli", group,
                 step_s, height, pulses, twitches, beats, stimuli);
    }
    assert_non_null(find_event(&list, MYO_EVENT_LTR, WHOLE_S + 3.0, RATE));
    free(list.event);
    free(r.samples);
}

static void test_steady(void **state)
{
    (void)state;
    check_train(1, 0.0, 0.12, 15.0);
    check_train(1, 0.0, 0.2, 15.0);
    check_train(1, 0.0, 0.1, 40.0);
}

static void test_groups(void **state)
{
    (void)state;
    check_train(3, 0.067, 0.116, 15.0);
    check_train(3, 0.05, 0.3, 20.0);
    check_train(2, 0.067, 0.5, 20.0);
    check_train(5, 0.06, 0.9, 15.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steady),
        cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
