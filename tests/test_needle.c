/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts that only a needle's channel has: its ground, the course of its bursts, the two questions. */
#include "emg/needle_classify.h"
#include "emg/needle_ground.h"
#include "emg/needle_shape.h"

#include "near.h"

#include <string.h>

/* --- ground -------------------------------------------------------------------------------- */

enum { FRAMES = 10 };

/* Hops of energy 1 with one of `height` at every `period`-th of them (0 = none), the last of `length`. */
static double ground_after(int32_t hops, int32_t period, double height)
{
    myo_needle_ground ground;
    myo_needle_ground_reset(&ground, 1.0);
    for (int32_t hop = 0; hop < hops; hop++) {
        const bool spike = period > 0 && hop % period == 0;
        myo_needle_ground_add(&ground, spike ? height : 1.0, FRAMES);
    }
    return myo_needle_ground_power(&ground);
}

/* Pieces of 12 hops: a spike of 1201 makes one of 1212 out of 12, over 120 frames 10.1. At 40 ms three pieces
 * in ten hold one, more than the share; at 200 ms six in a hundred. */
static void test_ground_is_that_of_a_train(void **state)
{
    (void)state;
    assert_near(ground_after(470, 0, 0.0), 0.0, 0.0); /* 39 pieces */
    assert_near(ground_after(480, 0, 0.0), 0.1, 1e-7);
    assert_near(ground_after(3000, 40, 1201.0), 10.1, 1e-5);
    assert_near(ground_after(3000, 200, 1201.0), 0.1, 1e-7);
}

/* 200 ms of a twitch do not become the ground, and a train is forgotten 1.5 s after it. */
static void test_ground_forgets(void **state)
{
    (void)state;
    myo_needle_ground ground;
    myo_needle_ground_reset(&ground, 1.0);
    for (int32_t hop = 0; hop < 2000; hop++) {
        myo_needle_ground_add(&ground, hop >= 1800 ? 1000.0 : 1.0, FRAMES);
    }
    assert_near(myo_needle_ground_power(&ground), 0.1, 1e-7);
    for (int32_t hop = 0; hop < 1000; hop++) {
        myo_needle_ground_add(&ground, 1000.0, FRAMES);
    }
    assert_near(myo_needle_ground_power(&ground), 100.0, 1e-4);
    for (int32_t hop = 0; hop < 1536; hop++) {
        myo_needle_ground_add(&ground, 1.0, FRAMES);
    }
    assert_near(myo_needle_ground_power(&ground), 0.1, 1e-7);
}

/* --- course -------------------------------------------------------------------------------- */

enum { HOPS = 600, ONSET = 200, END = 350, LANE = 2 };

typedef struct {
    myo_hop_row held[HOPS];
    uint8_t flags[HOPS][MYO_OCTET];
    myo_hop_rows rows;
    myo_hop_ring ring;
} signal_ring;

/* Level of hop `t` of the burst in dB. */
typedef double (*course)(int t);

static double dies_away(int t)
{
    return 40.0 - 0.2 * t;
}

/* 10 ms volleys every 50 ms, 20 dB of quiet between them. */
static double volleys(int t)
{
    return t % 50 >= 20 && t % 50 < 30 ? 40.0 : 20.0;
}

static void shape_of(signal_ring *s, course level, myo_needle_shape *shape)
{
    s->rows = (myo_hop_rows){.rows = s->held, .flags = s->flags, .capacity = HOPS};
    s->ring = (myo_hop_ring){&s->rows, LANE};
    for (int hop = 0; hop < HOPS; hop++) {
        const uint8_t flags[MYO_OCTET] = {0};
        myo_hop_row row = {.energy = {{0}}};
        const double db = hop >= ONSET && hop < END ? level(hop - ONSET) : 0.0;
        row.energy[MYO_LANE_DETECT][LANE] = (float)pow(10.0, db / 10.0);
        myo_hop_push(&s->rows, &row, flags);
    }
    myo_needle_shape_measure(&s->ring, 1.0, ONSET, END, HOPS, shape);
}

/* A straight fall of 0.2 dB a ms: nothing but the first windows, not full yet, departs from it. 6 dB last
 * 30 ms, 12 last 60, 20 last 100; behind it the level is that of hops of 0 dB, 10 dB below the last. */
static void test_course_that_dies_away(void **state)
{
    (void)state;
    static signal_ring s;
    myo_needle_shape shape;
    shape_of(&s, dies_away, &shape);
    assert_near(shape.slope_db, -0.2, 0.005);
    assert_near(shape.uneven_db, 0.0, 0.5);
    assert_near(shape.share6, 0.5, 0.05);
    assert_near(shape.share12, 0.6, 0.05);
    assert_near(shape.drop_db, 39.0, 0.6); /* the highest window is full at -1 dB */
}

/* Windows of 10 ms rise and fall between 40 and 20 dB: a spread of half of that, and no slope. */
static void test_course_in_volleys(void **state)
{
    (void)state;
    static signal_ring s;
    myo_needle_shape shape;
    shape_of(&s, volleys, &shape);
    assert_near(shape.slope_db, 0.0, 0.03);
    assert_true(shape.uneven_db > 5.0);
}

/* A burst as short as one window has no course; the measures stay finite. */
static void test_course_of_a_short_burst(void **state)
{
    (void)state;
    static signal_ring s;
    myo_needle_shape shape;
    shape_of(&s, dies_away, &shape);
    myo_needle_shape_measure(&s.ring, 1.0, ONSET, ONSET + 1, HOPS, &shape);
    assert_near(shape.uneven_db, 0.0, 0.0);
    assert_near(shape.slope_db, 0.0, 0.0);
    assert_near(shape.share6, 1.0, 0.0);
}

/* --- questions ----------------------------------------------------------------------------- */

/* A clear twitch: 60 ms, filled, uneven, high over the ground. */
static myo_burst twitch(void)
{
    return (myo_burst){.strength = 100.0,
                       .over_ground_db = 25.0,
                       .shape = {.uneven_db = 6.0,
                                 .slope_db = -0.1,
                                 .share6 = 0.6,
                                 .share12 = 0.7,
                                 .drop_db = 25.0},
                       .measure = {.duration_ms = 60.0,
                                   .active_ms = 60.0,
                                   .turns = 60.0,
                                   .attack = 1.2,
                                   .snr_db = 42.0,
                                   .level_db = 32.0,
                                   .post_level = 1.0}};
}

static const myo_verdict as_ltr = {MYO_EVENT_LTR, 0.9, 1u << MYO_REASON_BURST_SHAPE};

/* Each row takes from the clear twitch what one of the questions asks for. */
static void test_each_question(void **state)
{
    (void)state;
    myo_burst rows[5];
    for (int i = 0; i < 5; i++) {
        rows[i] = twitch();
    }
    rows[1].shape = (myo_needle_shape){1.0, -0.2, 0.45, 0.55, 15.0}; /* dies away evenly */
    rows[1].measure.attack = 3.0;
    rows[2].measure.active_ms = 8.0; /* brief, few turns */
    rows[2].measure.duration_ms = 10.0;
    rows[2].measure.turns = 5.0;
    rows[3].measure.active_ms = 25.0; /* long and empty */
    rows[3].measure.duration_ms = 400.0;
    rows[3].measure.turns = 20.0;
    rows[4].measure.edges = 5; /* cut by a stimulator's edges */
    rows[4].shape.uneven_db = 2.0;
    rows[4].shape.share6 = 0.4;
    static const myo_event_type expected[5] = {MYO_EVENT_LTR, MYO_EVENT_INSERTIONAL,
                                               MYO_EVENT_SINGLE_UNIT, MYO_EVENT_SINGLE_UNIT,
                                               MYO_EVENT_INSERTIONAL};
    for (int i = 0; i < 5; i++) {
        myo_needle_past past;
        myo_needle_past_reset(&past);
        const myo_verdict verdict = myo_needle_classify(&past, &rows[i], 5000.0, false, as_ltr);
        assert_int_equal(verdict.type, expected[i]);
        assert_true(verdict.confidence >= 0.5 && verdict.confidence <= 1.0);
    }
}

/* The same burst again and again is a train of spikes; one of another size is not of it. */
static void test_alike_bursts_are_a_train(void **state)
{
    (void)state;
    myo_burst burst = twitch();
    assert_true(myo_needle_weigh(&burst, 5, false).endplate <
                myo_needle_weigh(&burst, 0, false).endplate - 4.0);
    assert_near(myo_needle_weigh(&burst, 9, false).endplate,
                myo_needle_weigh(&burst, 5, false).endplate, 0.0);
    assert_near(myo_needle_weigh(&burst, 5, false).insertion,
                myo_needle_weigh(&burst, 0, false).insertion, 0.0);
    assert_true(myo_needle_weigh(&burst, 0, true).endplate >
                myo_needle_weigh(&burst, 0, false).endplate);
    burst.measure.active_ms = 40.0; /* less clear by itself */
    burst.measure.turns = 40.0;
    myo_needle_past past;
    myo_needle_past_reset(&past);
    myo_verdict verdict = as_ltr;
    for (int k = 0; k < 6; k++) {
        verdict = myo_needle_classify(&past, &burst, 1000.0 + 200.0 * k, false, as_ltr);
        if (k == 0) {
            assert_int_equal(verdict.type, MYO_EVENT_LTR);
        }
    }
    assert_int_equal(verdict.type, MYO_EVENT_SINGLE_UNIT);
    burst.measure.level_db += 10.0;
    burst.measure.snr_db += 10.0;
    verdict = myo_needle_classify(&past, &burst, 2200.0, false, as_ltr);
    assert_int_equal(verdict.type, MYO_EVENT_LTR);
}

/* After a movement of the needle the same twitch is said with less confidence, and why. */
static void test_needle_that_moved(void **state)
{
    (void)state;
    const myo_burst burst = twitch();
    myo_needle_past past;
    myo_needle_past_reset(&past);
    const myo_verdict still = myo_needle_classify(&past, &burst, 1000.0, false, as_ltr);
    myo_needle_past_reset(&past);
    const myo_verdict moved = myo_needle_classify(&past, &burst, 1000.0, true, as_ltr);
    assert_int_equal(moved.type, MYO_EVENT_LTR);
    assert_near(moved.confidence, 0.7 * still.confidence, 1e-12);
    assert_true(moved.reasons & (1u << MYO_REASON_NEEDLE_MOVED));
    assert_false(still.reasons & (1u << MYO_REASON_NEEDLE_MOVED));
}

/* What is no muscle stays what it was unless it is a twitch. */
static void test_artefacts_stay(void **state)
{
    (void)state;
    myo_burst burst = twitch();
    burst.measure.active_ms = 5.0;
    burst.measure.turns = 2.0;
    static const myo_event_type types[] = {MYO_EVENT_STIMULUS, MYO_EVENT_CLICK, MYO_EVENT_MOTION,
                                           MYO_EVENT_CARDIAC};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        myo_needle_past past;
        myo_needle_past_reset(&past);
        const myo_verdict usual = {types[i], 0.6, 0};
        assert_int_equal(myo_needle_classify(&past, &burst, 9.0, false, usual).type, types[i]);
    }
    myo_needle_past past;
    myo_needle_past_reset(&past);
    const myo_verdict longer = {MYO_EVENT_CONTRACTION, 0.9, 1u << MYO_REASON_TOO_LONG};
    assert_int_equal(myo_needle_classify(&past, &burst, 9.0, false, longer).type,
                     MYO_EVENT_CONTRACTION);
    burst = twitch(); /* but for its length */
    myo_needle_past_reset(&past);
    assert_int_equal(myo_needle_classify(&past, &burst, 9.0, false, longer).type,
                     MYO_EVENT_CONTRACTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ground_is_that_of_a_train),
        cmocka_unit_test(test_ground_forgets),
        cmocka_unit_test(test_course_that_dies_away),
        cmocka_unit_test(test_course_in_volleys),
        cmocka_unit_test(test_course_of_a_short_burst),
        cmocka_unit_test(test_each_question),
        cmocka_unit_test(test_alike_bursts_are_a_train),
        cmocka_unit_test(test_needle_that_moved),
        cmocka_unit_test(test_artefacts_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
