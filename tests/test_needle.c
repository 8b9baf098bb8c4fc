/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts that only a needle's channel has: its ground, the end of its bursts, the two questions. */
#include "emg/needle_classify.h"
#include "emg/needle_ground.h"
#include "emg/burst_shape.h"

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

/* --- shape --------------------------------------------------------------------------------- */

enum { HOPS = 600, ONSET = 200, END = 350, LANE = 2 };

typedef struct {
    myo_hop_kept held[HOPS];
    myo_hop_rows rows;
    myo_hop_ring ring;
} signal_ring;

/* Level of hop `t` of the burst in dB. */
typedef double (*course)(int t);

static double dies_away(int t)
{
    return 40.0 - 0.2 * t;
}

static double stays(int t)
{
    (void)t;
    return 20.0;
}

/* 10 ms volleys every 50 ms, 20 dB of quiet between them. */
static double volleys(int t)
{
    return t % 50 >= 20 && t % 50 < 30 ? 40.0 : 20.0;
}

static double pauses(int t)
{
    return t >= 60 && t < 120 ? 10.0 : 40.0;
}

/* Hops of 1 ms, @p behind_db from END on; @p ground_db: of a hop. */
static myo_burst_shape shape_of(course level, double behind_db, double ground_db, int64_t end)
{
    static signal_ring s;
    s = (signal_ring){.rows = {.kept = s.held, .capacity = HOPS}};
    s.ring = (myo_hop_ring){&s.rows, LANE};
    for (int hop = 0; hop < HOPS; hop++) {
        const uint8_t flags[MYO_OCTET] = {0};
        myo_hop_row row = {.energy = {{0}}};
        double db = hop < ONSET ? 0.0 : behind_db;
        if (hop >= ONSET && hop < END) {
            db = level(hop - ONSET);
        }
        row.energy[MYO_LANE_DETECT][LANE] = (float)pow(10.0, db / 10.0);
        myo_hop_push(&s.rows, &row, flags);
    }
    myo_burst_shape shape;
    myo_burst_shape_measure(&s.ring, 1.0, ONSET, end, HOPS, &shape);
    shape.fall_db =
        myo_burst_shape_fall(&s.ring, 1.0, pow(10.0, ground_db / 10.0), ONSET, end, HOPS);
    return shape;
}

/* 0.2 dB a ms: 3 dB in 15 ms; at its end it is at 10 dB, and so is what comes behind. Nothing but the first
 * windows, not full yet, departs from a straight line; the highest is full at -1 dB. */
static void test_what_dies_away_falls_little(void **state)
{
    (void)state;
    const myo_burst_shape shape = shape_of(dies_away, 10.0, -99.0, END);
    assert_near(shape.fall_db, 3.0, 0.01);
    assert_near(shape.drop_db, 29.0, 0.6);
    assert_near(shape.uneven_db, 0.0, 0.5);
}

/* A burst of 20 dB over hops of 0 dB ends at once: it falls by all of it, or down to a ground of 12 dB. */
static void test_what_ends_falls_to_its_ground(void **state)
{
    (void)state;
    assert_near(shape_of(stays, 0.0, -99.0, END).fall_db, 20.0, 1e-4);
    assert_near(shape_of(stays, 0.0, 12.0, END).fall_db, 8.0, 1e-4);
    assert_near(shape_of(stays, 0.0, -99.0, END).drop_db, 20.0, 1e-4);
    assert_near(shape_of(stays, 26.0, -99.0, END).drop_db, -6.0, 1e-4);
}

/* A pause within the burst is a fall; what goes on has none. */
static void test_pause_within(void **state)
{
    (void)state;
    assert_near(shape_of(pauses, 40.0, -99.0, END).fall_db, 30.0, 1e-4);
    assert_near(shape_of(stays, 40.0, -99.0, END).fall_db, 0.0, 1e-4);
}

/* Windows of 10 ms rise and fall between 40 and 20 dB: a spread of half of that. */
static void test_course_in_volleys(void **state)
{
    (void)state;
    assert_true(shape_of(volleys, 0.0, -99.0, END).uneven_db > 5.0);
}

/* A burst of one hop has no course; one may be the last that is known. The measures stay finite. */
static void test_shape_of_a_short_burst(void **state)
{
    (void)state;
    const myo_burst_shape shape = shape_of(stays, 0.0, -99.0, ONSET + 1);
    assert_near(shape.uneven_db, 0.0, 0.0);
    assert_true(isfinite(shape.fall_db) && shape.fall_db >= 0.0);
    assert_near(shape_of(stays, 0.0, -99.0, HOPS).drop_db, 25.0, 0.0);
}

/* --- questions ----------------------------------------------------------------------------- */

/* A clear twitch: 60 ms, its top in the middle, ending steeply. */
static myo_burst twitch(void)
{
    return (myo_burst){.strength = 100.0,
                       .shape = {.fall_db = 22.0, .drop_db = 25.0},
                       .measure = {.duration_ms = 60.0,
                                   .active_ms = 60.0,
                                   .rise_ms = 30.0,
                                   .centroid = 0.45,
                                   .band_fraction = 0.9,
                                   .level_db = 32.0}};
}

static const myo_verdict as_ltr = {MYO_EVENT_LTR, 0.9, 1u << MYO_REASON_BURST_SHAPE};

static myo_event_type type_of(const myo_burst *burst)
{
    myo_needle_past past;
    myo_needle_past_reset(&past);
    const myo_verdict verdict = myo_needle_classify(&past, burst, 5000.0, false, as_ltr);
    assert_true(verdict.confidence >= 0.5 && verdict.confidence <= 1.0);
    return verdict.type;
}

/* Each row takes from the clear twitch what one of the questions asks for. */
static void test_each_question(void **state)
{
    (void)state;
    myo_burst burst = twitch();
    assert_int_equal(type_of(&burst), MYO_EVENT_LTR);
    burst.shape = (myo_burst_shape){.fall_db = 8.0, .drop_db = 8.0}; /* dies away... */
    burst.measure.rise_ms = 10.0;
    burst.measure.centroid = 0.25;
    assert_int_equal(type_of(&burst), MYO_EVENT_INSERTIONAL);
    burst = twitch();
    burst.measure.active_ms = 20.0; /* one potential */
    assert_int_equal(type_of(&burst), MYO_EVENT_SINGLE_UNIT);
    burst.measure.active_ms = 22.0;
    assert_int_equal(type_of(&burst), MYO_EVENT_LTR);
}

/* Each measure of the first question alone moves its odds the way that it is said to. */
static void test_what_speaks_against_insertion(void **state)
{
    (void)state;
    myo_burst weaker[5];
    for (int i = 0; i < 5; i++) {
        weaker[i] = twitch();
    }
    weaker[0].shape.fall_db = 12.0;
    weaker[1].shape.drop_db = 5.0;
    weaker[2].measure.rise_ms = 10.0;
    weaker[3].measure.centroid = 0.3;
    weaker[4].measure.band_fraction = 1.0;
    const myo_burst clear = twitch();
    for (int i = 0; i < 5; i++) {
        const myo_needle_odds odds = myo_needle_weigh(&weaker[i], 0);
        assert_true(odds.insertion < myo_needle_weigh(&clear, 0).insertion - 0.4);
        assert_near(odds.endplate, myo_needle_weigh(&clear, 0).endplate, 0.0);
    }
}

/* The same burst again and again is a train of spikes; one of another size is not of it. */
static void test_alike_bursts_are_a_train(void **state)
{
    (void)state;
    myo_burst burst = twitch();
    assert_near(myo_needle_weigh(&burst, 9).endplate, myo_needle_weigh(&burst, 5).endplate, 0.0);
    assert_near(myo_needle_weigh(&burst, 5).insertion, myo_needle_weigh(&burst, 0).insertion, 0.0);
    burst.measure.active_ms = 40.0; /* enough for two like bursts before it, not for three */
    assert_true(myo_needle_weigh(&burst, 1).endplate > 0.0);
    assert_true(myo_needle_weigh(&burst, 3).endplate < 0.0);
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
    verdict = myo_needle_classify(&past, &burst, 2200.0, false, as_ltr);
    assert_int_equal(verdict.type, MYO_EVENT_LTR);
}

/* A doubtful burst: 0.6 for a twitch by itself. */
static myo_burst doubtful(void)
{
    myo_burst burst = twitch();
    burst.shape = (myo_burst_shape){.fall_db = 12.0, .drop_db = 15.0};
    burst.measure.rise_ms = 20.0;
    burst.measure.centroid = 0.4;
    return burst;
}

/* In a session of clear twitches, sizes apart, it is one as well; among strokes it is not. */
static void test_session_says_what_to_expect(void **state)
{
    (void)state;
    myo_burst burst = doubtful();
    burst.shape.fall_db = 7.0;
    for (int strokes = 0; strokes < 2; strokes++) {
        myo_needle_past past;
        myo_needle_past_reset(&past);
        assert_near(myo_needle_expect(&past), 0.0, 1e-12);
        for (int k = 0; k < 6; k++) {
            myo_burst other = twitch();
            other.measure.level_db = 20.0 + 5.0 * k;
            if (strokes) {
                other.shape = (myo_burst_shape){.fall_db = 4.0, .drop_db = 5.0};
                other.measure.rise_ms = 8.0;
            }
            myo_needle_classify(&past, &other, 1000.0 + 900.0 * k, false, as_ltr);
        }
        if (strokes) {
            assert_near(myo_needle_expect(&past), -0.5, 1e-12); /* no less is expected */
        } else {
            /* (1 - 0.9^6) / 0.1 bursts of which all but a few hundredths count, and half a one of each kind */
            assert_near(myo_needle_expect(&past), log((4.69 + 0.5) / 0.5), 0.5);
        }
        const myo_verdict verdict = myo_needle_classify(&past, &burst, 9000.0, false, as_ltr);
        assert_int_equal(verdict.type, strokes ? MYO_EVENT_INSERTIONAL : MYO_EVENT_LTR);
    }
}

/* Six strokes of these measures, each stronger than the last. */
static myo_needle_past behind_strokes(double fall_db, double rise_ms)
{
    myo_burst stroke = twitch();
    stroke.shape = (myo_burst_shape){.fall_db = fall_db, .drop_db = 5.0};
    stroke.measure.rise_ms = rise_ms;
    myo_needle_past past;
    myo_needle_past_reset(&past);
    for (int k = 0; k < 6; k++) {
        stroke.measure.level_db = 20.0 + 5.0 * k;
        myo_needle_classify(&past, &stroke, 1000.0 + 900.0 * k, false, as_ltr);
    }
    return past;
}

/* What follows another burst within 160 ms is an answer: how many twitches there were does not count for it,
 * nor it for that. */
static void test_answers_stand_apart(void **state)
{
    (void)state;
    myo_burst burst = doubtful();
    burst.shape.fall_db = 10.0;
    burst.measure.level_db = 60.0; /* 15 dB over the last of them */
    myo_needle_past past = behind_strokes(4.0, twitch().measure.rise_ms);
    myo_needle_past other = past;
    const double counted = past.spontaneous;
    assert_int_equal(myo_needle_classify(&past, &burst, 5600.0, false, as_ltr).type, MYO_EVENT_LTR);
    assert_near(past.spontaneous, counted, 0.0);
    assert_int_equal(myo_needle_classify(&other, &burst, 5700.0, false, as_ltr).type,
                     MYO_EVENT_INSERTIONAL);
    assert_true(other.spontaneous != counted);
}

/* Verdict on @p burst behind six strokes of these measures. */
static myo_verdict among_strokes(const myo_burst *burst, double fall_db, double *habit)
{
    myo_needle_past past = behind_strokes(fall_db, 8.0);
    *habit = myo_needle_habit(&past);
    return myo_needle_classify(&past, burst, 9000.0, false, as_ltr);
}

/* A burst that departs from the strokes of its session is a twitch; one that is like them is none. */
static void test_strokes_have_a_habit(void **state)
{
    (void)state;
    myo_needle_past past;
    myo_needle_past_reset(&past);
    assert_near(myo_needle_habit(&past), -1.4, 1e-12); /* of all generators */
    myo_burst burst = doubtful();
    burst.shape.fall_db = 10.0;
    double plain = 0.0;
    double twitchlike = 0.0;
    assert_int_equal(among_strokes(&burst, 0.0, &plain).type, MYO_EVENT_LTR);
    assert_int_equal(among_strokes(&burst, 10.0, &twitchlike).type, MYO_EVENT_INSERTIONAL);
    /* (1 - 0.9^6) / 0.1 strokes, 0.23 a dB, beside three bursts of the usual kind */
    assert_near(twitchlike - plain, 0.23 * 10.0 * 4.69 / (4.69 + 3.0), 0.15);
}

/* A twitch towers over the stroke that it answers; by 15 dB and more alike. */
static void test_answers_tower_over_what_they_follow(void **state)
{
    (void)state;
    const double over[] = {-20.0, -15.0, 0.0, 15.0, 20.0};
    double confidence[5];
    for (int i = 0; i < 5; i++) {
        myo_needle_past past;
        myo_needle_past_reset(&past);
        myo_burst burst = doubtful();
        burst.shape.fall_db = 15.0;
        myo_burst stroke = twitch();
        stroke.measure.active_ms = 10.0; /* does not count for the session */
        stroke.measure.level_db = burst.measure.level_db - over[i];
        myo_needle_classify(&past, &stroke, 1000.0, false, as_ltr);
        confidence[i] = myo_needle_classify(&past, &burst, 1050.0, false, as_ltr).confidence;
    }
    assert_near(confidence[0], confidence[1], 0.0);
    assert_near(confidence[3], confidence[4], 0.0);
    assert_true(confidence[1] < confidence[2] && confidence[2] < confidence[3]);
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
    assert_near(myo_needle_expect(&past), 0.0, 1e-12); /* no twitch, no stroke */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ground_is_that_of_a_train),
        cmocka_unit_test(test_ground_forgets),
        cmocka_unit_test(test_what_dies_away_falls_little),
        cmocka_unit_test(test_what_ends_falls_to_its_ground),
        cmocka_unit_test(test_pause_within),
        cmocka_unit_test(test_course_in_volleys),
        cmocka_unit_test(test_shape_of_a_short_burst),
        cmocka_unit_test(test_each_question),
        cmocka_unit_test(test_what_speaks_against_insertion),
        cmocka_unit_test(test_alike_bursts_are_a_train),
        cmocka_unit_test(test_session_says_what_to_expect),
        cmocka_unit_test(test_answers_stand_apart),
        cmocka_unit_test(test_strokes_have_a_habit),
        cmocka_unit_test(test_answers_tower_over_what_they_follow),
        cmocka_unit_test(test_needle_that_moved),
        cmocka_unit_test(test_artefacts_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
