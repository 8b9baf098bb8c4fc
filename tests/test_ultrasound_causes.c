/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What moves for another reason is called by that reason: the needle, a pulse, a tremor, a motion that goes on. */
#include "ultrasound/verdict.h"
#include "ultrasound_case.h"

#include <math.h>

static bool has(const myo_motion_event *event, myo_motion_reason reason)
{
    return (event->reasons >> reason & 1U) != 0;
}

static void test_what_follows_the_needle_is_insertional(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-needle", 1, 8.0);
    run(&config, NULL, &out);
    assert_true(out.count > 0);
    for (size_t i = 0; i < out.count; i++) {
        assert_int_equal(out.events[i].type, MYO_EVENT_INSERTIONAL);
        assert_true(has(&out.events[i], MYO_MOTION_WITH_NEEDLE));
    }
    /* The strokes of this phantom are between 1 and 3 a second. */
    assert_true(out.summary.needle_hz >= 1.0 && out.summary.needle_hz <= 3.0);
    assert_true(out.summary.needle_stroke > 0.5 && out.summary.needle_stroke < 10.0);
}

/* The first beat has nothing before it that it could repeat. */
static void test_beats_of_an_artery_are_cardiac(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-pulse", 1, 4.5);
    run(&config, NULL, &out);
    assert_true(out.count >= 4);
    for (size_t i = 1; i < out.count; i++) {
        assert_int_equal(out.events[i].type, MYO_EVENT_CARDIAC);
        assert_true(has(&out.events[i], MYO_MOTION_PULSE_RHYTHM));
        assert_true(out.events[i].features[MYO_MOTION_REPEAT_HZ] >= 1.0);
        assert_true(out.events[i].features[MYO_MOTION_REPEAT_HZ] <= 1.5);
    }
}

/* A motion with the shape of a twitch and a rhythm, as the rules get it. */
static myo_motion_event judged(double hz, double rise_s, double follow)
{
    myo_ultrasound_config config;
    myo_ultrasound_config_default(&config, WIDTH, HEIGHT, 60.0);
    const myo_shape shape = {
        .rise_s = rise_s, .back = 0.9, .area = 0.1, .watched_s = 0.4, .images = 12};
    myo_motion_event event = {.type = MYO_EVENT_LTR};
    event.features[MYO_MOTION_REPEAT_HZ] = hz;
    event.features[MYO_MOTION_REPEAT] = hz > 0.0 ? 0.9 : 0.0;
    event.features[MYO_MOTION_NEEDLE] = follow;
    event.features[MYO_MOTION_STRENGTH] = 20.0;
    myo_verdict_give(&config, &shape, false, &event);
    return event;
}

static void test_rhythms_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(judged(0.0, 0.1, 0.0).type, MYO_EVENT_LTR);
    const myo_motion_event pulse = judged(1.2, 0.1, 0.0), tremor = judged(8.0, 0.05, 0.0);
    assert_int_equal(pulse.type, MYO_EVENT_CARDIAC);
    assert_true(has(&pulse, MYO_MOTION_PULSE_RHYTHM) && !has(&pulse, MYO_MOTION_TREMOR_RHYTHM));
    assert_int_equal(tremor.type, MYO_EVENT_MOTION);
    assert_true(has(&tremor, MYO_MOTION_TREMOR_RHYTHM) && !has(&tremor, MYO_MOTION_PULSE_RHYTHM));
    /* Between the two nothing is known that repeats; what rises for longer than half a period is no beat. */
    assert_int_equal(judged(3.2, 0.1, 0.0).type, MYO_EVENT_LTR);
    assert_int_not_equal(judged(1.2, 0.6, 0.0).type, MYO_EVENT_CARDIAC);
    /* The needle comes before any rhythm: its strokes have one. */
    assert_int_equal(judged(1.2, 0.1, 0.9).type, MYO_EVENT_INSERTIONAL);
    assert_true(judged(1.2, 0.1, 0.9).confidence > judged(1.2, 0.1, 0.65).confidence);
}

/* From 1.6 to 3 s a part of the image jumps to and fro ten times a second, farther each time. */
static void jump_on(myo_frame *frame)
{
    static uint8_t image[WIDTH * HEIGHT];
    enum { LEFT = 96, TOP = 64, WIDE = 128, HIGH = 96 };
    const int jumps = (int)floor((fmin(fmax(frame->time_s, 1.5), 3.0) - 1.5) / 0.1 + 1e-6);
    double at = 0.0;
    for (int k = 0; k < jumps; k++) {
        at += (k % 2 == 0 ? 3.0 : -3.0) * pow(1.1, k);
    }
    const size_t moved = (size_t)(WIDE + (int)lround(at));
    const uint8_t *from = frame->pixels;
    for (size_t y = 0; y < HEIGHT; y++, from += frame->stride) {
        memcpy(image + y * WIDTH, from, WIDTH);
        for (size_t x = 0; y >= TOP && y < TOP + HIGH && x < WIDE; x++) {
            image[y * WIDTH + LEFT + (x + moved) % WIDE] = from[LEFT + x];
        }
    }
    frame->pixels = image;
    frame->stride = WIDTH;
}

static void test_a_motion_that_goes_on_is_one_and_no_twitch(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-quiet", 5, 4.0);
    run(&config, jump_on, &out);
    assert_int_equal(out.count, 1);
    const myo_motion_event *event = &out.events[0];
    assert_int_not_equal(event->type, MYO_EVENT_LTR);
    assert_true(has(event, MYO_MOTION_TOO_LONG));
    assert_near(event->onset_s, 1.6, 0.05);
    assert_near(event->offset_s, 3.0, 0.1);
    const double ms = 1e3 * (event->offset_s - event->onset_s);
    assert_near(event->features[MYO_MOTION_DURATION_MS], ms, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_follows_the_needle_is_insertional),
        cmocka_unit_test(test_beats_of_an_artery_are_cardiac),
        cmocka_unit_test(test_rhythms_are_told_apart),
        cmocka_unit_test(test_a_motion_that_goes_on_is_one_and_no_twitch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
