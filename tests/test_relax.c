/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdict, release, hold and watch on series of known levels. */
#include "myotwitch/relax.h"

#include "near.h"
#include "synth/rng.h"

#include <stdlib.h>
#include <string.h>

#define RATE 800.0 /* a slot is 100 frames, a block 800 */

static myo_relax *relax_new(uint32_t channels)
{
    myo_relax_config config;
    myo_relax_config_default(&config, RATE, channels);
    config.resamples = 299;
    myo_relax *relax = NULL;
    assert_int_equal(myo_relax_new(&config, &relax), MYO_OK);
    return relax;
}

/* Pushes whole slots whose RMS is exactly @p level on every channel. */
static void push_level(myo_relax *relax, uint32_t channels, const double *level, int slots)
{
    float x[2];
    for (int i = 0; i < slots * 100; i++) {
        for (uint32_t c = 0; c < channels; c++) {
            x[c] = (float)(i % 2 ? level[c] : -level[c]);
        }
        myo_relax_process(relax, x, NULL, 1);
    }
}

/* A muscle whose log RMS is AR(1) 0.5, deviation cv, by blocks. */
typedef struct {
    myo_rng rng;
    double x, cv;
} muscle;

static void muscle_start(muscle *m, uint64_t seed, double cv)
{
    *m = (muscle){.cv = cv};
    myo_rng_start(&m->rng, seed, 77, 0);
    m->x = myo_rng_normal(&m->rng);
}

static void push_muscle(myo_relax *relax, muscle *m, uint32_t channels, double level, int seconds)
{
    for (int s = 0; s < seconds; s++) {
        m->x = 0.5 * m->x + sqrt(0.75) * myo_rng_normal(&m->rng);
        const double rms = level * exp(m->cv * m->x);
        const double both[2] = {rms, 5.0};
        push_level(relax, channels, both, 8);
    }
}

static myo_span seconds(double from, double to)
{
    return (myo_span){(int64_t)(from * RATE), (int64_t)(to * RATE)};
}

static myo_relax_verdict compare(myo_relax *relax, uint32_t control, myo_span a, myo_span b)
{
    myo_relax_verdict v;
    myo_relax_compare(relax, 0, control, &a, &b, &v);
    return v;
}

static void test_states(void **state)
{
    (void)state;
    const struct {
        double effect, cv;
        myo_relax_state expected;
        bool by_margin;
    } rows[] = {
        {0.60, 0.2, MYO_RELAX_RELAXED, true},
        {1.00, 0.05, MYO_RELAX_UNCHANGED, false},
        {1.60, 0.2, MYO_RELAX_INCREASED, false},
        {0.95, 0.4, MYO_RELAX_INDETERMINATE, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_relax *relax = relax_new(1);
        muscle m;
        muscle_start(&m, i + 1, rows[i].cv);
        push_muscle(relax, &m, 1, 10.0, 60);
        push_muscle(relax, &m, 1, 10.0 * rows[i].effect, 65);
        const myo_relax_verdict v =
            compare(relax, MYO_ALL_CHANNELS, seconds(0, 60), seconds(60, 125));
        assert_string_equal(myo_relax_state_name(v.state), myo_relax_state_name(rows[i].expected));
        assert_int_equal(v.before.blocks, 60);
        assert_int_equal(v.after.blocks, 60);
        assert_true(v.low < v.ratio && v.ratio < v.high);
        assert_near(v.ratio, rows[i].effect, 0.3 * rows[i].effect);
        assert_int_equal(v.by_margin, rows[i].by_margin);
        assert_true(isnan(v.adjusted));
        myo_relax_free(relax);
    }
}

/* A fall that the other side shares is not the treated muscle's. */
static void test_control_channel(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        myo_relax *relax = relax_new(2);
        const double before[2] = {10.0, 5.0}, after[2] = {7.0, shared ? 3.6 : 5.0};
        push_level(relax, 2, before, 400);
        push_level(relax, 2, after, 400);
        const myo_relax_verdict v = compare(relax, 1, seconds(0, 50), seconds(50, 100));
        assert_near(v.ratio, 0.7, 1e-6);
        assert_near(v.control_ratio, shared ? 0.72 : 1.0, 1e-6);
        assert_int_equal(v.state, shared ? MYO_RELAX_INDETERMINATE : MYO_RELAX_RELAXED);
        assert_int_equal(v.reasons, shared ? MYO_RELAX_CONTROL_TOO : 0);
        myo_relax_free(relax);
    }
}

/* 10 uV muscle on a 5 uV floor falls to 5 uV: measured 11.18 and 7.07, ratio of the muscle 0.5. */
static void test_floor_is_subtracted(void **state)
{
    (void)state;
    myo_relax *relax = relax_new(1);
    const double before = sqrt(125.0), after = sqrt(50.0), floor_rms = 5.0;
    myo_relax_set_floor(relax, 0, floor_rms);
    push_level(relax, 1, &before, 400);
    push_level(relax, 1, &after, 400);
    myo_relax_verdict v = compare(relax, MYO_ALL_CHANNELS, seconds(0, 50), seconds(50, 100));
    assert_near(v.ratio, 0.5, 1e-6);
    assert_false(v.after_at_floor);
    push_level(relax, 1, &floor_rms, 400);
    v = compare(relax, MYO_ALL_CHANNELS, seconds(0, 50), seconds(100, 150));
    assert_true(v.after_at_floor);
    assert_near(v.ratio, sqrt(0.44) * 0.5, 1e-6); /* held at 1.2 x the floor */
    v = compare(relax, MYO_ALL_CHANNELS, seconds(100, 150), seconds(100, 150));
    assert_int_equal(v.state, MYO_RELAX_INDETERMINATE);
    assert_true(v.reasons & MYO_RELAX_AT_FLOOR);
    myo_relax_free(relax);
}

static void test_too_short_is_not_assessed(void **state)
{
    (void)state;
    myo_relax *relax = relax_new(1);
    const double level = 10.0;
    push_level(relax, 1, &level, 800);
    myo_relax_verdict v = compare(relax, MYO_ALL_CHANNELS, seconds(0, 29), seconds(40, 100));
    assert_int_equal(v.state, MYO_RELAX_NOT_ASSESSED);
    assert_int_equal(v.reasons, MYO_RELAX_TOO_SHORT);
    myo_relax_exclude(relax, MYO_ALL_CHANNELS, 0, (int64_t)(30 * RATE));
    v = compare(relax, MYO_ALL_CHANNELS, seconds(0, 50), seconds(50, 100));
    assert_int_equal(v.state, MYO_RELAX_NOT_ASSESSED);
    assert_int_equal(v.before.missing, 30);
    myo_relax_free(relax);
}

/* Half a second of 1 mV in each of 10 blocks, flagged or excluded: not seen. */
static void test_what_is_left_out_does_not_count(void **state)
{
    (void)state;
    for (int by_flag = 0; by_flag < 2; by_flag++) {
        myo_relax *relax = relax_new(1);
        const double level = 10.0, burst = 1000.0;
        static uint8_t flags[400];
        static float x[400];
        memset(flags, 1, sizeof flags);
        for (int i = 0; i < 400; i++) {
            x[i] = (float)burst;
        }
        for (int s = 0; s < 80; s++) {
            push_level(relax, 1, &level, 4);
            if (s % 8 == 3) {
                myo_relax_process(relax, x, by_flag ? flags : NULL, 400);
                const int64_t now = (int64_t)((s + 1) * RATE);
                if (!by_flag) {
                    myo_relax_exclude(relax, 0, now - 400, now);
                }
            } else {
                push_level(relax, 1, &level, 4);
            }
        }
        const myo_relax_verdict v =
            compare(relax, MYO_ALL_CHANNELS, seconds(0, 40), seconds(40, 80));
        assert_near(v.before.p90, 10.0, 1e-5);
        assert_near(v.after.rms, 10.0, 1e-5);
        assert_int_equal(v.state, MYO_RELAX_UNCHANGED);
        myo_relax_free(relax);
    }
}

/* APDF, rest share and gaps of a known sequence: 6 slots of 10, 2 of 1, over and over. */
static void test_activity(void **state)
{
    (void)state;
    myo_relax_config config;
    myo_relax_config_default(&config, RATE, 1);
    config.rest_level = 2.0;
    myo_relax *relax = NULL;
    assert_int_equal(myo_relax_new(&config, &relax), MYO_OK);
    const double high = 10.0, low = 1.0;
    for (int s = 0; s < 80; s++) {
        push_level(relax, 1, &high, 6);
        push_level(relax, 1, &low, 2);
    }
    const myo_relax_verdict v = compare(relax, MYO_ALL_CHANNELS, seconds(0, 40), seconds(40, 80));
    assert_near(v.before.rest_share, 0.25, 1e-9);
    assert_near(v.before.gaps_minute, 60.0, 1e-9); /* 0.25 s each second */
    assert_near(v.before.p10, 1.0, 1e-5);
    assert_near(v.before.p50, 10.0, 1e-5);
    assert_false(v.before.relative);
    myo_relax_free(relax);
}

static void test_hold(void **state)
{
    (void)state;
    myo_relax *relax = relax_new(1);
    muscle m;
    muscle_start(&m, 5, 0.2);
    push_muscle(relax, &m, 1, 10.0, 60);
    push_muscle(relax, &m, 1, 20.0, 60);
    push_muscle(relax, &m, 1, 10.0, 60);
    const myo_span baseline = seconds(0, 60), guarded = seconds(60, 120), calm = seconds(120, 180);
    myo_relax_hold hold;
    myo_relax_hold_get(relax, 0, &baseline, &guarded, &hold);
    assert_true(hold.assessed && hold.guarding);
    assert_near(hold.ratio, 2.0, 0.4);
    myo_relax_hold_get(relax, 0, &baseline, &calm, &hold);
    assert_true(hold.assessed && !hold.guarding);

    myo_span found[3];
    assert_true(myo_relax_find_spans(relax, 0, &found[0], &found[1], &found[2]));
    assert_near((double)found[1].from / RATE, 60.0, 2.0);
    assert_near((double)found[1].to / RATE, 120.0, 2.0);
    myo_relax_free(relax);
}

static void test_no_hold_is_found_without_one(void **state)
{
    (void)state;
    int found = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        myo_relax *relax = relax_new(1);
        muscle m;
        muscle_start(&m, 100 + seed, 0.2);
        push_muscle(relax, &m, 1, 10.0, 180);
        myo_span spans[3];
        found += myo_relax_find_spans(relax, 0, &spans[0], &spans[1], &spans[2]);
        myo_relax_free(relax);
    }
    assert_true(found <= 1);
}

/* A step of -40 % at 60 s, back at 100 s. */
static void test_release_and_return(void **state)
{
    (void)state;
    myo_relax *relax = relax_new(1);
    muscle m;
    muscle_start(&m, 9, 0.1);
    push_muscle(relax, &m, 1, 10.0, 60);
    push_muscle(relax, &m, 1, 6.0, 40);
    push_muscle(relax, &m, 1, 10.0, 40);
    const myo_span span = seconds(0, 140);
    myo_relax_release release;
    myo_relax_find_release(relax, 0, &span, &release);
    assert_true(release.found);
    assert_near((double)release.frame / RATE, 60.0, 1.0);
    assert_near(release.ratio, 0.6, 0.08);
    assert_near(release.tau_s, 0.0, 0.0);
    assert_near(release.return_s, 40.0, 8.0);
    assert_near(release.rebound, 1.67, 0.25);
    const myo_span quiet = seconds(0, 55);
    myo_relax_find_release(relax, 0, &quiet, &release);
    assert_false(release.found);
    myo_relax_free(relax);
}

/* Falls to 0.4 with a time constant of 15 s. */
static void test_time_constant(void **state)
{
    (void)state;
    myo_relax *relax = relax_new(1);
    double level = 10.0;
    push_level(relax, 1, &level, 160);
    for (int slot = 0; slot < 800; slot++) {
        const double t = (slot + 0.5) / 8.0;
        level = 10.0 * exp(log(0.4) * (1.0 - exp(-t / 15.0)));
        push_level(relax, 1, &level, 1);
    }
    const myo_span span = seconds(0, 120);
    myo_relax_release release;
    myo_relax_find_release(relax, 0, &span, &release);
    assert_true(release.found);
    assert_near(release.tau_s, 15.0, 3.0);
    assert_near(release.lowest, 0.4, 0.02);
    assert_near(release.return_s, -1.0, 0.0);
    myo_relax_free(relax);
}

/* Watched live: released, sustained, and back. */
static void test_watch(void **state)
{
    (void)state;
    myo_relax *relax = relax_new(1);
    muscle m;
    muscle_start(&m, 12, 0.15);
    const myo_span baseline = seconds(0, 60);
    push_muscle(relax, &m, 1, 10.0, 60);
    assert_int_equal(myo_relax_watch(relax, &baseline), 1);
    push_muscle(relax, &m, 1, 10.0, 40);
    myo_watch_alarm alarm;
    assert_false(myo_relax_next(relax, &alarm));
    push_muscle(relax, &m, 1, 6.0, 40);
    push_muscle(relax, &m, 1, 10.5, 60);
    assert_true(myo_relax_next(relax, &alarm));
    assert_int_equal(alarm.type, MYO_WATCH_RELEASED);
    assert_near((double)alarm.frame / RATE, 100.0, 1.0);
    assert_true(alarm.reported_frame > alarm.frame);
    assert_true((double)(alarm.reported_frame - alarm.frame) < 15.0 * RATE);
    assert_true(myo_relax_next(relax, &alarm));
    assert_int_equal(alarm.type, MYO_WATCH_SUSTAINED);
    assert_near(alarm.ratio, 0.6, 0.15);
    assert_true(myo_relax_next(relax, &alarm));
    assert_int_equal(alarm.type, MYO_WATCH_REBOUND);
    assert_near((double)alarm.frame / RATE, 140.0, 10.0);
    myo_relax_free(relax);
}

static void test_block_split_and_gap(void **state)
{
    (void)state;
    static float x[160000];
    muscle m;
    muscle_start(&m, 3, 0.2);
    for (size_t i = 0; i < 160000; i++) {
        x[i] = (float)myo_rng_normal(&m.rng);
    }
    myo_relax *a = relax_new(1), *b = relax_new(1);
    myo_relax_process(a, x, NULL, 80000);
    myo_relax_gap(a, 333);
    myo_relax_process(a, x + 80000, NULL, 80000);
    for (size_t i = 0, n; i < 160000; i += n) {
        if (i == 80000) {
            myo_relax_gap(b, 133);
            myo_relax_gap(b, 200);
        }
        n = i % 47 + 1;
        n = i < 80000 && i + n > 80000 ? 80000 - i : n;
        n = i + n > 160000 ? 160000 - i : n;
        myo_relax_process(b, x + i, NULL, n);
    }
    const myo_relax_verdict va = compare(a, MYO_ALL_CHANNELS, seconds(0, 90), seconds(90, 200));
    const myo_relax_verdict vb = compare(b, MYO_ALL_CHANNELS, seconds(0, 90), seconds(90, 200));
    assert_memory_equal(&va.ratio, &vb.ratio, 4 * sizeof(double));
    assert_near(va.ratio, 1.0, 0.02);
    myo_relax_free(a);
    myo_relax_free(b);
}

static void test_refusals(void **state)
{
    (void)state;
    myo_relax_config config;
    myo_relax *relax = NULL;
    myo_relax_config_default(&config, RATE, 1);
    config.slot_s = 0.01;
    assert_int_equal(myo_relax_new(&config, &relax), MYO_ERR_BAD_ARG);
    myo_relax_config_default(&config, RATE, 1);
    config.resamples = 10;
    assert_int_equal(myo_relax_new(&config, &relax), MYO_ERR_BAD_ARG);
    assert_null(relax);
    myo_relax_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_control_channel),
        cmocka_unit_test(test_floor_is_subtracted),
        cmocka_unit_test(test_too_short_is_not_assessed),
        cmocka_unit_test(test_what_is_left_out_does_not_count),
        cmocka_unit_test(test_activity),
        cmocka_unit_test(test_hold),
        cmocka_unit_test(test_no_hold_is_found_without_one),
        cmocka_unit_test(test_release_and_return),
        cmocka_unit_test(test_time_constant),
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_block_split_and_gap),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
