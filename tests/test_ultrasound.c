/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Phantoms with known truth: twitches are found where and when they are, nothing else is called one,
 * and where nothing can be said that is said. */
#include "ultrasound/repeat.h"
#include "ultrasound_case.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every truth has its event within two images and 5 mm. */
static void assert_all_found(const outcome *out, double within_s, double within_px)
{
    assert_true(out->truths > 0);
    assert_int_equal(count_of(out, MYO_EVENT_LTR), out->truths);
    for (size_t i = 0; i < out->truths; i++) {
        assert_near(out->events[i].onset_s, out->truth[i].onset_s, within_s);
        assert_near(out->events[i].x_px, out->truth[i].x_px, within_px);
        assert_near(out->events[i].y_px, out->truth[i].y_px, within_px);
        assert_true(out->events[i].reported_s <= out->truth[i].onset_s + 0.1);
        assert_true(out->events[i].confidence > 0.5);
    }
}

static void test_twitches_are_found(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-twitch", 3, 4.0);
    run(&config, NULL, &out);
    assert_all_found(&out, 2.0 / 60.0, 57.0);
    assert_int_equal(out.count, out.truths);
    assert_int_equal(out.provisional, out.truths);
    assert_near((double)out.summary.frames, 240.0, 1.0); /* the last may fall on the end */
    assert_int_equal(out.summary.events[MYO_EVENT_LTR], out.truths);
    assert_near(out.summary.blind_s, 0.0, 0.0);
}

static void test_twitches_are_found_under_a_moving_probe(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-probe", 4, 3.5);
    run(&config, NULL, &out);
    assert_all_found(&out, 2.0 / 60.0, 57.0);
}

static void test_scan_lines(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-mmode", 1, 4.0);
    run(&config, NULL, &out);
    assert_all_found(&out, 0.012, 40.0);
}

/* 1 kHz: the tissue moves by less than a quarter of the wavelength from line to line. Sizes are means
 * over windows, and hence smaller than the largest displacement. */
static void test_lines_of_iq(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-iq", 1, 4.0);
    run(&config, NULL, &out);
    assert_all_found(&out, 0.003, 40.0);
    for (size_t i = 0; i < out.truths; i++) {
        const double share = out.events[i].features[MYO_MOTION_PEAK] / out.truth[i].size_mm;
        assert_true(share > 0.6 && share < 1.02);
    }
}

/* At 60 lines a second a twitch moves by more than that: nothing can be said, and that is said. */
static void test_aliased_iq_is_blind(void **state)
{
    (void)state;
    outcome out;
    myo_cine_synth_config config = phantom("us-iq", 1, 4.0);
    config.rate_hz = 60.0;
    run(&config, NULL, &out);
    assert_int_equal(count_of(&out, MYO_EVENT_LTR), 0);
    size_t blind = 0;
    for (size_t t = 0; t < out.truths; t++) {
        for (size_t i = 0; i < out.count; i++) {
            blind += (out.events[i].reasons & 1u << MYO_MOTION_BLIND_ALIAS) != 0 &&
                     out.events[i].onset_s < out.truth[t].onset_s + 0.1 &&
                     out.events[i].offset_s > out.truth[t].onset_s;
        }
    }
    assert_true(out.truths > 0 && blind >= out.truths);
}

static void test_contractions_are_no_twitches(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-slide", 2, 3.5);
    run(&config, NULL, &out);
    assert_int_equal(count_of(&out, MYO_EVENT_LTR), 0);
    assert_true(count_of(&out, MYO_EVENT_CONTRACTION) > 0);
}

static void test_quiet_muscle_is_silent(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-quiet", 5, 2.0);
    run(&config, NULL, &out);
    assert_int_equal(out.count, 0);
}

/* Image 100 on shows another place: a mirror image. */
static void turn_over(myo_frame *frame)
{
    static uint8_t other[WIDTH * HEIGHT];
    const uint8_t *from = frame->pixels;
    if (frame->sequence < 100) {
        return;
    }
    for (size_t i = 0; i < sizeof other; i++) {
        other[i] = from[sizeof other - 1 - i];
    }
    frame->pixels = other;
}

static void test_a_cut_is_blind(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-quiet", 6, 2.2);
    run(&config, turn_over, &out);
    assert_int_equal(out.count, 1);
    assert_int_equal(out.events[0].type, MYO_EVENT_GAP);
    assert_true(out.events[0].reasons & (1u << MYO_MOTION_BLIND_CHANGE));
    assert_near(out.events[0].onset_s, 99.0 / 60.0, 1e-9);
    assert_near(out.events[0].offset_s, 100.0 / 60.0, 1e-9);
}

/* From image 60 to 119 the scanner is frozen. */
static void freeze(myo_frame *frame)
{
    static uint8_t kept[WIDTH * HEIGHT];
    if (frame->sequence <= 60 || frame->sequence >= 120) {
        memcpy(kept, frame->pixels, sizeof kept);
    }
    frame->pixels = kept;
}

static void test_a_frozen_image_is_blind(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-quiet", 7, 2.3);
    run(&config, freeze, &out);
    assert_int_equal(out.summary.duplicates, 59);
    assert_int_equal(out.count, 1);
    assert_true(out.events[0].reasons & (1u << MYO_MOTION_BLIND_FROZEN));
    assert_near(out.events[0].onset_s, 1.0, 1e-9);
    assert_true(out.events[0].offset_s >= 119.0 / 60.0 - 1e-9);
}

/* Image 100 on: the clock starts again. */
static void turn_back(myo_frame *frame)
{
    frame->time_s -= frame->sequence >= 100 ? 1.0 : 0.0;
}

static void test_time_that_goes_back_is_blind(void **state)
{
    (void)state;
    outcome out;
    const myo_cine_synth_config config = phantom("us-quiet", 8, 2.2);
    run(&config, turn_back, &out);
    assert_true(out.count >= 1);
    assert_true(out.events[0].reasons & (1u << MYO_MOTION_BLIND_TIME));
}

/* Every image twice, as a grabber does: nothing but the count changes. */
static void test_doubled_images_change_nothing(void **state)
{
    (void)state;
    outcome once;
    size_t twice = 0;
    myo_cine_synth *synth = NULL;
    myo_frame frame;
    myo_motion_event event;
    const myo_cine_synth_config config = phantom("us-twitch", 9, 3.0);
    run(&config, NULL, &once);
    assert_int_equal(myo_cine_synth_new(&config, &synth), MYO_OK);
    myo_ultrasound *ultrasound = detector(&config, (double)NAN);
    while (myo_cine_synth_next(synth, &frame)) {
        myo_ultrasound_process(ultrasound, &frame);
        frame.time_s += 0.5 / config.rate_hz;
        myo_ultrasound_process(ultrasound, &frame);
        while (myo_ultrasound_next(ultrasound, &event)) {
            if (event.stage == MYO_CONFIRMED) {
                assert_memory_equal(&event, &once.events[twice], sizeof event);
                twice++;
            }
        }
    }
    assert_true(twice > 0);
    assert_int_equal(twice, once.count);
    myo_ultrasound_free(ultrasound);
    myo_cine_synth_free(synth);
}

/* Speeds with intervals that vary by 90 % against those of even ones: the shape of the twitch is the
 * same, only the places of its samples differ. */
static void test_irregular_times(void **state)
{
    (void)state;
    outcome even, odd;
    myo_cine_synth_config config = phantom("us-twitch", 10, 3.5);
    config.twitch_mm = 0.8;
    run(&config, NULL, &even);
    config.jitter = 0.9;
    run(&config, NULL, &odd);
    assert_int_equal(even.count, even.truths);
    assert_int_equal(odd.count, even.count);
    for (size_t i = 0; i < odd.count; i++) {
        assert_int_equal(odd.events[i].type, MYO_EVENT_LTR);
        const double ratio =
            odd.events[i].features[MYO_MOTION_PEAK] / even.events[i].features[MYO_MOTION_PEAK];
        assert_near(ratio, 1.0, 0.1);
    }
}

static void test_rhythm(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    myo_repeat pulse = {.count = MYO_REPEAT_GRID}, drift = {.count = MYO_REPEAT_GRID};
    for (int i = 0; i < MYO_REPEAT_GRID; i++) {
        pulse.values[i] = 3.0 + sin(2.0 * pi * 1.25 * i / MYO_REPEAT_HZ);
        drift.values[i] = 0.01 * i;
    }
    double hz;
    myo_repeat_level(&pulse);
    assert_true(myo_repeat_find(&pulse, 0.7, 2.5, &hz) > 0.9);
    assert_near(hz, 1.25, 0.04);
    assert_true(myo_repeat_follow(&pulse, &pulse) > 0.999);
    myo_repeat_level(&drift);
    assert_true(myo_repeat_find(&drift, 4.0, 12.0, &hz) < 0.2);
}

static void test_phantoms_repeat(void **state)
{
    (void)state;
    const myo_cine_synth_config config = phantom("us-mixed", 11, 0.19);
    myo_cine_synth *a = NULL, *b = NULL;
    myo_frame one, other;
    assert_int_equal(myo_cine_synth_new(&config, &a), MYO_OK);
    assert_int_equal(myo_cine_synth_new(&config, &b), MYO_OK);
    for (int i = 0; i < 12; i++) {
        assert_true(myo_cine_synth_next(a, &one));
        assert_true(myo_cine_synth_next(b, &other));
        assert_memory_equal(one.pixels, other.pixels, WIDTH * HEIGHT);
    }
    assert_false(myo_cine_synth_next(a, &one));
    myo_cine_synth_free(a);
    myo_cine_synth_free(b);
}

/* A bright dot goes where the twitch says: 10 pixels to the right at its height. */
static void test_an_inserted_twitch_moves_pixels(void **state)
{
    (void)state;
    enum { SIDE = 64 };
    static float from[SIDE * SIDE], to[SIDE * SIDE];
    from[32 * SIDE + 32] = 100.0f;
    const myo_cine_twitch twitch = {.onset_s = 1.0,
                                    .rise_s = 0.05,
                                    .half_s = 0.1,
                                    .size_px = 10.0,
                                    .x_px = 32.0,
                                    .y_px = 32.0,
                                    .along_px = 30.0,
                                    .across_px = 30.0};
    myo_cine_twitch_insert(&twitch, 1, 1.0, from, SIDE, SIDE, to);
    assert_memory_equal(from, to, sizeof from);
    myo_cine_twitch_insert(&twitch, 1, 1.05, from, SIDE, SIDE, to);
    assert_near((double)to[32 * SIDE + 42], 100.0, 0.5);
    myo_cine_twitch_insert(&twitch, 1, 1.15, from, SIDE, SIDE, to);
    assert_near((double)to[32 * SIDE + 37], 100.0, 0.5);
    assert_near(myo_cine_twitch_course(&twitch, 1.025), 0.5, 1e-12);
}

/* Two twitches at both ends of the image, the second 0.15 s after the first, which is still watched. */
static void test_a_twitch_beside_another_motion(void **state)
{
    (void)state;
    enum { WIDE = 512, HIGH = 320 };
    static float from[WIDE * HIGH], to[WIDE * HIGH];
    myo_cine_synth_config config = phantom("us-quiet", 3, 2.8);
    myo_cine_twitch twitches[2];
    outcome out = {.count = 0};
    myo_cine_synth *synth = NULL;
    myo_frame frame;
    config.width = WIDE;
    config.height = HIGH;
    for (int i = 0; i < 2; i++) {
        myo_cine_twitch_default(&twitches[i], config.mm_per_px, 0.8);
        twitches[i].onset_s = 1.5 + 0.15 * i;
        twitches[i].x_px = i == 0 ? 100.0 : 412.0;
        twitches[i].y_px = 160.0;
    }
    assert_int_equal(myo_cine_synth_new(&config, &synth), MYO_OK);
    myo_ultrasound *ultrasound = detector(&config, (double)NAN);
    while (myo_cine_synth_next(synth, &frame)) {
        const uint8_t *bytes = frame.pixels;
        for (int i = 0; i < WIDE * HIGH; i++) {
            from[i] = bytes[i];
        }
        myo_cine_twitch_insert(twitches, 2, frame.time_s, from, WIDE, HIGH, to);
        frame.pixels = to;
        frame.pixel = MYO_PIXEL_F32;
        myo_ultrasound_process(ultrasound, &frame);
        take(ultrasound, &out);
    }
    myo_ultrasound_finish(ultrasound);
    take(ultrasound, &out);
    assert_int_equal(out.count, 2);
    assert_int_equal(count_of(&out, MYO_EVENT_LTR), 2);
    for (int i = 0; i < 2; i++) {
        assert_near(out.events[i].onset_s, twitches[i].onset_s, 0.017);
        assert_near(out.events[i].x_px, twitches[i].x_px, 40.0);
    }
    myo_ultrasound_free(ultrasound);
    myo_cine_synth_free(synth);
}

static void test_bad_configurations_are_refused(void **state)
{
    (void)state;
    myo_ultrasound_config config;
    myo_ultrasound *ultrasound = NULL;
    const char *where = NULL;
    myo_ultrasound_config_default(&config, 200, 200, 60.0);
    assert_int_equal(myo_ultrasound_config_check(&config, &where), MYO_OK);
    config.off = 5.0;
    assert_int_equal(myo_ultrasound_config_check(&config, &where), MYO_ERR_BAD_ARG);
    assert_string_equal(where, "on");
    assert_int_equal(myo_ultrasound_new(&config, &ultrasound), MYO_ERR_BAD_ARG);
    assert_null(ultrasound);
    myo_cine_synth_config synth;
    assert_int_equal(myo_cine_synth_config_default(&synth, "nothing"), MYO_ERR_BAD_ARG);
}

static void test_every_name_is_there(void **state)
{
    (void)state;
    for (int i = 0; i < MYO_MOTION_FEATURE_COUNT; i++) {
        assert_string_not_equal(myo_motion_feature_name((myo_motion_feature)i), "unknown");
    }
    for (int i = 0; i < MYO_MOTION_REASON_COUNT; i++) {
        assert_string_not_equal(myo_motion_reason_text((myo_motion_reason)i), "unknown");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twitches_are_found),
        cmocka_unit_test(test_twitches_are_found_under_a_moving_probe),
        cmocka_unit_test(test_scan_lines),
        cmocka_unit_test(test_lines_of_iq),
        cmocka_unit_test(test_aliased_iq_is_blind),
        cmocka_unit_test(test_contractions_are_no_twitches),
        cmocka_unit_test(test_quiet_muscle_is_silent),
        cmocka_unit_test(test_a_cut_is_blind),
        cmocka_unit_test(test_a_frozen_image_is_blind),
        cmocka_unit_test(test_time_that_goes_back_is_blind),
        cmocka_unit_test(test_doubled_images_change_nothing),
        cmocka_unit_test(test_irregular_times),
        cmocka_unit_test(test_rhythm),
        cmocka_unit_test(test_phantoms_repeat),
        cmocka_unit_test(test_an_inserted_twitch_moves_pixels),
        cmocka_unit_test(test_a_twitch_beside_another_motion),
        cmocka_unit_test(test_bad_configurations_are_refused),
        cmocka_unit_test(test_every_name_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
