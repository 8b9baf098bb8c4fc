/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A contraction that another electrode sees from afar is told once; a twitch beside it stays a twitch. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pipeline_case.h"

#define RATE    2000.0
#define SWELL_S 6.0 /* when the contraction swells, or a twitch comes */

typedef struct {
    double tense, swell; /* of channel 0 from 5 to 7 s, and once in it; times the noise */
    double through;      /* share of both that the last channel sees */
    double twitch;       /* of that channel itself */
    bool told;           /* as a twitch */
} beside;

static void plant_through(recording *r, double at_s, double height, double through)
{
    recording_plant(r, 0, at_s, height);
    recording_plant(r, r->channels - 1, at_s, through * height);
}

static recording recording_beside(const beside *b, uint32_t channels)
{
    recording r = recording_noise(RATE, channels, 10.0, 21);
    for (int k = 0; k < 80; k++) {
        plant_through(&r, 5.0 + 0.025 * k, b->tense, b->through);
    }
    plant_through(&r, SWELL_S, b->swell, b->through);
    recording_plant(&r, channels - 1, SWELL_S, b->twitch);
    return r;
}

static const beside seen_from_afar = {6.0, 60.0, 0.05, 0.0, false};

static void test_only_what_swells_elsewhere_is_crosstalk(void **state)
{
    (void)state;
    const beside rows[] = {
        seen_from_afar,
        {0.0, 0.0, 0.0, 3.0, true},   /* the same alone: it is high enough */
        {60.0, 0.0, 0.0, 3.0, true},  /* beside one that is as tense before and behind it */
        {6.0, 60.0, 0.0, 40.0, true}, /* beside one that swells, but no higher */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        recording r = recording_beside(&rows[i], 2);
        event_list list = analyse_default(&r);
        const myo_event *twitch = find_event(&list, MYO_EVENT_LTR, SWELL_S, RATE);
        if ((twitch != NULL) != rows[i].told) {
            fail_msg("row %zu: told %d", i, twitch != NULL);
        }
        free(list.event);
        free(r.samples);
    }
}

static void expect_blocks_do_not_matter(uint32_t channels)
{
    myo_config config;
    myo_config_default(&config, RATE, channels);
    recording r = recording_beside(&seen_from_afar, channels);
    event_list whole = analyse(&config, &r);
    for (size_t block = 1; block < 5000; block = 3 * block + 4) {
        event_list list = {0};
        myo_pipeline *pipeline = pipeline_of(&config);
        for (size_t from = 0; from < r.frames; from += block) {
            push(pipeline, &r, from, from + block < r.frames ? from + block : r.frames, &list);
        }
        finish(pipeline, &list);
        myo_pipeline_free(pipeline);
        assert_same_events(&whole, &list, 1.0, "blocks");
        free(list.event);
    }
    free(whole.event);
    free(r.samples);
}

/* What is asked of the other channel does not depend on how far ahead blocks let it run, be it among the same
 * eight channels or not. */
static void test_blocks(void **state)
{
    (void)state;
    expect_blocks_do_not_matter(2);
    expect_blocks_do_not_matter(9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_what_swells_elsewhere_is_crosstalk),
        cmocka_unit_test(test_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
