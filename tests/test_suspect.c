/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Warnings: what is told, when, and how often. */
#include "live/suspect.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define RATE 2000.0
enum { METER = 100 /* frames of 50 ms */, BINS = 251 };

/* A meter every 50 ms, of a sound channel unless changed. */
typedef struct {
    myo_suspect suspect;
    myo_feed_meter meter;
} bench;

static bench bench_of(void)
{
    return (bench){.meter = {.rms = 0.01f, .floor = 0.005f, .peak_250ms = 0.04f}};
}

static uint32_t next(bench *b)
{
    b->meter.frame += METER;
    b->meter.flags &= ~(uint32_t)MYO_FEED_LEAD_OFF;
    return myo_suspect_meter(&b->suspect, RATE, 1000.0, &b->meter);
}

/* How often @p kind is told in so many seconds; nothing else may be. */
static int told(bench *b, myo_feed_warn kind, double seconds)
{
    int count = 0;
    for (int i = 0; i < (int)(seconds * 20.0); i++) {
        const uint32_t warnings = next(b);
        assert_int_equal(warnings & ~(1u << kind), 0);
        count += warnings != 0;
    }
    return count;
}

static void test_a_sound_channel_is_quiet(void **state)
{
    (void)state;
    bench b = bench_of();
    assert_int_equal(told(&b, MYO_WARN_OTHER, 600.0), 0);
}

static void test_clipping_is_told_once_and_again(void **state)
{
    (void)state;
    bench b = bench_of();
    b.meter.flags = MYO_FEED_SATURATED;
    assert_int_equal(told(&b, MYO_WARN_CLIPPING, 0.4), 1);
    b.meter.flags = 0;
    assert_int_equal(told(&b, MYO_WARN_CLIPPING, 5.0), 0);
    b.meter.flags = MYO_FEED_SATURATED;
    assert_int_equal(told(&b, MYO_WARN_CLIPPING, 0.4), 0); /* not forgotten yet */
    b.meter.flags = 0;
    assert_int_equal(told(&b, MYO_WARN_CLIPPING, 11.0), 0);
    b.meter.flags = MYO_FEED_SATURATED;
    assert_int_equal(told(&b, MYO_WARN_CLIPPING, 0.4), 1);
}

static void test_hum(void **state)
{
    (void)state;
    bench b = bench_of();
    b.meter.hum_rms = 0.014f; /* below three times the floor */
    assert_int_equal(told(&b, MYO_WARN_HUM, 5.0), 0);
    b.meter.hum_rms = 0.016f;
    assert_int_equal(told(&b, MYO_WARN_HUM, 5.0), 1);
}

/* Nothing changes: after 1.2 s the electrode is off, unless it is zeros. */
static void test_lead_off_or_zeros(void **state)
{
    (void)state;
    bench b = bench_of();
    b.meter.rms = 0.0f;
    assert_int_equal(told(&b, MYO_WARN_LEAD_OFF, 1.1), 0);
    assert_int_equal(told(&b, MYO_WARN_LEAD_OFF, 0.2), 1);
    assert_true(b.meter.flags & MYO_FEED_LEAD_OFF);
    b = bench_of();
    b.meter.rms = 0.0f;
    assert_int_equal(told(&b, MYO_WARN_ZERO, 0.9), 0);
    b.meter.flags = MYO_FEED_ZERO; /* known after a second */
    assert_int_equal(told(&b, MYO_WARN_ZERO, 10.0), 1);
    assert_false(b.meter.flags & MYO_FEED_LEAD_OFF);
    b = bench_of();
    b.meter.hum_rms = 0.21f; /* 210 uV of hum: an open input; heavy hum it is, too */
    const uint32_t warnings = next(&b);
    assert_int_equal(warnings, 1u << MYO_WARN_LEAD_OFF | 1u << MYO_WARN_HUM);
}

/* Twenty spectra of half a second, level apart below 20 Hz by @p low_db. */
static int roll_off(double low_db)
{
    myo_suspect suspect = {.levels = 0};
    float db[BINS];
    int count = 0;
    for (int k = 0; k < BINS; k++) {
        db[k] = 2 * k < 20 ? (float)low_db : 0.0f;
    }
    for (int i = 0; i < 60; i++) {
        const myo_feed_spectrum spectrum = {
            .frame = i * 1000, .bins = BINS, .bin_hz = 2.0f, .db = db};
        const uint32_t warnings = myo_suspect_spectrum(&suspect, RATE, &spectrum);
        assert_true(warnings == 0 || i >= 19);
        count += warnings != 0;
    }
    return count;
}

static void test_roll_off(void **state)
{
    (void)state;
    assert_int_equal(roll_off(10.0), 0); /* as skin and amplifiers do */
    assert_int_equal(roll_off(-6.0), 0);
    assert_int_equal(roll_off(-9.0), 1); /* a corner at 20 Hz */
}

/* @p events loud twitches, 4 s apart, behind which the level falls to @p ratio for a second. */
static int ducking(int events, float ratio)
{
    bench b = bench_of();
    int count = 0;
    for (int e = 0; e < events; e++) {
        b.meter.rms = 0.01f;
        for (int i = 0; i < 60; i++) {
            count += next(&b) != 0;
        }
        const myo_event twitch = {.snr_db = 26.0, .offset_frame = b.meter.frame};
        myo_suspect_event(&b.suspect, RATE, &twitch);
        b.meter.rms = 0.01f * ratio;
        for (int i = 0; i < 20; i++) {
            count += next(&b) != 0;
        }
    }
    return count;
}

static void test_automatic_gain(void **state)
{
    (void)state;
    assert_int_equal(ducking(2, 0.3f), 0); /* twice may be chance */
    assert_int_equal(ducking(5, 0.3f), 1);
    assert_int_equal(ducking(20, 0.8f), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sound_channel_is_quiet),
        cmocka_unit_test(test_clipping_is_told_once_and_again),
        cmocka_unit_test(test_hum),
        cmocka_unit_test(test_lead_off_or_zeros),
        cmocka_unit_test(test_roll_off),
        cmocka_unit_test(test_automatic_gain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
