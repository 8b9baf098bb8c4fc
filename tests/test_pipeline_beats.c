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
#define WEAK     12.0
#define STRONG   45.0

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

/* A beat that is close to the threshold has half or twice the share of the detect band that its neighbours have. */
static void test_weak_beats(void **state)
{
    (void)state;
    const int beats = 120;
    recording r = recording_noise(RATE, 1, FIRST_S + PERIOD_S * beats + 2.0, 7);
    for (int beat = 0; beat < beats; beat++) {
        plant_beat(&r, FIRST_S + PERIOD_S * beat, WEAK);
    }
    event_list list = analyse_default(&r);
    const size_t seen = count_events(&list, MYO_EVENT_CARDIAC, MYO_CONFIRMED);
    const size_t twitches = count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED);
    if (seen < (size_t)beats * 3 / 4 || twitches > 5) {
        fail_msg("%zu beats, %zu twitches", seen, twitches);
    }
    free(list.event);
    free(r.samples);
}

/* On every fifth of strong beats, which are alike, lies a twitch that adds half to what is in the detect band. */
static void test_twitches_on_beats(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 1, 40.0, 7);
    for (int beat = 0; beat < 48; beat++) {
        const double at_s = FIRST_S + PERIOD_S * beat;
        plant_beat(&r, at_s, STRONG);
        if (beat % 5 == 4 && beat > 10) {
            recording_plant(&r, 0, at_s, 12.0);
        }
    }
    event_list list = analyse_default(&r);
    const size_t twitches = count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED);
    size_t found = 0;
    for (int beat = 14; beat < 48; beat += 5) {
        found += find_event(&list, MYO_EVENT_LTR, FIRST_S + PERIOD_S * beat, RATE) != NULL;
    }
    if (found < 5 || twitches > found + 3) {
        fail_msg("%zu twitches, %zu of 7 found", twitches, found);
    }
    free(list.event);
    free(r.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beats_are_cardiac),
        cmocka_unit_test(test_weak_beats),
        cmocka_unit_test(test_twitches_on_beats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
