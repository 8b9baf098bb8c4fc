/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heart beats whose QRS turns like a twitch of wide potentials are known by their rhythm. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pipeline_case.h"

#define RATE     2000.0
#define FIRST_S  3.0
#define PERIOD_S 0.75
#define BEATS    22

/* Four waves of alternating sign, 10 ms apart: 40 ms, most of it below 60 Hz. */
static void plant_beat(recording *r, double at_s, double height)
{
    static const double wave[] = {0.5, -1.0, 0.9, -0.4};
    const double sd = 0.005;
    for (size_t i = 0; i < r->frames; i++) {
        const double t = (double)i / r->rate_hz - at_s;
        for (int k = 0; k < 4 && fabs(t) < 0.1; k++) {
            const double u = (t - 2.0 * sd * k) / sd;
            r->samples[i] += (float)(height * wave[k] * exp(-0.5 * u * u));
        }
    }
}

/* The first two beats may pass for twitches, for two intervals make the rhythm, and a few that noise distorts. */
static void test_beats_are_cardiac(void **state)
{
    (void)state;
    for (double height = 30.0; height < 50.0; height += 15.0) {
        recording r = recording_noise(RATE, 1, 20.0, 7);
        for (int beat = 0; beat < BEATS; beat++) {
            plant_beat(&r, FIRST_S + PERIOD_S * beat, height);
        }
        recording_plant(&r, 0, 10.0, 12.0);
        event_list list = analyse_default(&r);
        const size_t beats = count_events(&list, MYO_EVENT_CARDIAC, MYO_CONFIRMED);
        const size_t twitches = count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED);
        if (beats < BEATS - 6 || twitches > 6) {
            fail_msg("height %g: %zu beats, %zu twitches", height, beats, twitches);
        }
        assert_non_null(find_event(&list, MYO_EVENT_LTR, 10.0, RATE));
        free(list.event);
        free(r.samples);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_beats_are_cardiac)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
