/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the type of a twitch is told: not later because something weaker goes on behind it; but what goes on is
 * neither cut off a push nor told apart. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/cpu.h"
#include "pipeline_case.h"

#define RATE  2000.0
#define AT_S  6.0
#define END_S 6.07 /* of a twitch that is planted there, with what the last potential takes */

/* More white noise, of another standard deviation, from one time to another. */
static void add_noise(recording *r, double from_s, double to_s, double sd)
{
    myo_rng rng;
    myo_rng_start(&rng, 17, 913, 0);
    for (size_t i = (size_t)(from_s * RATE); i < (size_t)(to_s * RATE); i++) {
        r->samples[i] += (float)(sd * myo_rng_normal(&rng));
    }
}

/* Muscle that goes on from one time to another, at no multiple of hum's period. */
static void add_muscle(recording *r, double from_s, double to_s, double height)
{
    for (double at = from_s; at < to_s - 0.05; at += 0.047) {
        recording_plant(r, 0, at, height);
    }
}

static recording twitch(double height)
{
    recording r = recording_noise(RATE, 1, 12.0, 3);
    recording_plant(&r, 0, AT_S, height);
    return r;
}

static const myo_event *first_at(const event_list *list, myo_event_type type)
{
    const myo_event *event = find_event(list, type, AT_S, RATE);
    assert_non_null(event);
    return event;
}

static double told_s(const myo_event *event)
{
    return (double)event->confirmed_frame / RATE;
}

static double end_s(const myo_event *event)
{
    return (double)event->offset_frame / RATE;
}

static void drop(recording *r, event_list *list)
{
    free(list->event);
    free(r->samples);
}

/* Three times the noise's power keeps the burst alive, and something higher comes after a rest, and again. */
static void add_glow(recording *r)
{
    add_noise(r, END_S, 6.6, 1.4);
    for (double at = 6.15; at < 6.5; at += 0.05) {
        add_noise(r, at, at + 0.01, 2.5);
    }
}

/* The twitch ended before. */
static void test_glow_is_not_waited_for(void **state)
{
    (void)state;
    recording r = twitch(30.0);
    add_glow(&r);
    event_list list = analyse_default(&r);
    const myo_event *event = first_at(&list, MYO_EVENT_LTR);
    assert_true(told_s(event) < end_s(event) + 0.12);
    assert_true(end_s(event) < END_S + 0.04);
    assert_int_equal(count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED), 1);
    drop(&r, &list);
}

/* The twitch stands on a ground of twice the noise's power, and three times that is what goes on behind it. */
static void test_ground_is_not_waited_for(void **state)
{
    (void)state;
    recording r = twitch(30.0);
    add_noise(&r, 4.5, 7.5, 1.0);
    add_noise(&r, END_S, 6.6, 2.0);
    event_list list = analyse_default(&r);
    const myo_event *event = first_at(&list, MYO_EVENT_LTR);
    assert_true(told_s(event) < end_s(event) + 0.12);
    assert_true(end_s(event) < END_S + 0.04);
    drop(&r, &list);
}

/* A rest that nothing higher follows is one, too; the noise is more than a twentieth of a weak twitch. */
static void test_faint_rest_is_noted(void **state)
{
    (void)state;
    recording r = twitch(12.0);
    add_noise(&r, END_S, 6.6, 1.2);
    event_list list = analyse_default(&r);
    const myo_event *event = first_at(&list, MYO_EVENT_LTR);
    assert_true(told_s(event) < end_s(event) + 0.12);
    assert_true(end_s(event) < END_S + 0.04);
    drop(&r, &list);
}

/* What follows the first rest belongs to it; it is told by the next one. */
static void test_second_rest_ends_it(void **state)
{
    (void)state;
    recording r = twitch(30.0);
    recording_plant(&r, 0, 6.105, 20.0);
    add_noise(&r, END_S, 6.7, 1.4);
    event_list list = analyse_default(&r);
    const myo_event *event = first_at(&list, MYO_EVENT_LTR);
    assert_true(end_s(event) > 6.15 && end_s(event) < 6.21);
    assert_true(told_s(event) < end_s(event) + 0.12);
    drop(&r, &list);
}

/* What goes on behind such a rest with a third of the height is a push; it is told as a whole, when it is over. */
static void test_push_is_not_cut(void **state)
{
    (void)state;
    recording r = twitch(30.0);
    add_noise(&r, END_S, 6.13, 1.4);
    add_muscle(&r, 6.13, 6.8, 15.0);
    event_list list = analyse_default(&r);
    const myo_event *event = first_at(&list, MYO_EVENT_CONTRACTION);
    assert_true(end_s(event) > 6.75);
    assert_int_equal(count_events(&list, MYO_EVENT_LTR, MYO_CONFIRMED), 0);
    drop(&r, &list);
}

/* What has lasted for longer than a twitch is not cut where it first rests. */
static void test_long_one_goes_on(void **state)
{
    (void)state;
    recording r = recording_noise(RATE, 1, 12.0, 3);
    add_muscle(&r, AT_S, 6.55, 30.0);
    add_noise(&r, 6.55, 7.0, 1.4);
    for (double at = 6.63; at < 6.9; at += 0.05) {
        add_noise(&r, at, at + 0.01, 2.5);
    }
    event_list list = analyse_default(&r);
    const myo_event *event = first_at(&list, MYO_EVENT_CONTRACTION);
    assert_true(end_s(event) > 6.85);
    drop(&r, &list);
}

/* So much of a long one was seen that nothing is waited for but what is measured behind its end. */
static void test_long_one_is_known(void **state)
{
    (void)state;
    recording r = twitch(20.0);
    event_list list = analyse_default(&r);
    const myo_event *event = first_at(&list, MYO_EVENT_LTR);
    assert_near(told_s(event) - (double)event->onset_frame / RATE, 0.1635, 0.001);
    drop(&r, &list);
    r = twitch(20.0);
    recording_plant(&r, 0, AT_S + 0.08, 18.0);
    list = analyse_default(&r);
    event = first_at(&list, MYO_EVENT_LTR);
    assert_true(end_s(event) > AT_S + 0.14);
    assert_near(told_s(event) - end_s(event), 0.0485, 0.001);
    drop(&r, &list);
}

/* A rest is noted by the kernels as by the detector, and in whatever blocks the frames come. */
static void test_same_on_all(void **state)
{
    (void)state;
    recording r = twitch(30.0);
    add_glow(&r);
    myo_config config;
    myo_config_default(&config, RATE, 1);
    event_list list = analyse(&config, &r);
    event_list pieces = {0};
    myo_pipeline *pipeline = pipeline_of(&config);
    for (size_t at = 0; at < r.frames; at += 5) {
        push(pipeline, &r, at, at + 5 < r.frames ? at + 5 : r.frames, &pieces);
    }
    finish(pipeline, &pieces);
    myo_pipeline_free(pipeline);
    assert_same_events(&list, &pieces, 1.0, "blocks of five");
    free(pieces.event);
    config.cpu_mask = MYO_CPU_C;
    pieces = analyse(&config, &r);
    assert_same_events(&list, &pieces, 1.0, "plain C");
    free(pieces.event);
    drop(&r, &list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_glow_is_not_waited_for),
        cmocka_unit_test(test_ground_is_not_waited_for),
        cmocka_unit_test(test_faint_rest_is_noted),
        cmocka_unit_test(test_second_rest_ends_it),
        cmocka_unit_test(test_push_is_not_cut),
        cmocka_unit_test(test_long_one_goes_on),
        cmocka_unit_test(test_long_one_is_known),
        cmocka_unit_test(test_same_on_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
