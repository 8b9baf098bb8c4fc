/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The onset is found where a step of variance was planted. */
#include "emg/onset.h"

#include "near.h"
#include "synth/rng.h"

enum { HOPS = 400, HOP_FRAMES = 2, PLANTED = 300 };

/* The fourth of eight channels; of the others nothing is known. */
enum { LANE = 3 };

typedef struct {
    myo_hop_kept held[HOPS];
    myo_hop_rows rows;
    myo_hop_ring ring;
} signal_ring;

/* Hops of white noise of power 1 whose power rises by db at hop PLANTED for `length` hops. */
static void make(signal_ring *s, double db, int length, uint64_t seed)
{
    myo_rng rng;
    myo_rng_start(&rng, seed, 941, 0);
    const double sd = pow(10.0, db / 20.0);
    s->rows = (myo_hop_rows){.kept = s->held, .capacity = HOPS};
    s->ring = (myo_hop_ring){&s->rows, LANE};
    for (int hop = 0; hop < HOPS; hop++) {
        const bool active = hop >= PLANTED && hop < PLANTED + length;
        myo_hop_row row = {.energy = {{0}}};
        const uint8_t flags[MYO_OCTET] = {0};
        for (int i = 0; i < HOP_FRAMES; i++) {
            const double x = (active ? sd : 1.0) * myo_rng_normal(&rng);
            row.energy[MYO_LANE_DETECT][LANE] += (float)(x * x);
        }
        myo_hop_push(&s->rows, &row, flags);
    }
}

static double find(const signal_ring *s, int64_t crossing)
{
    const myo_onset_question question = {.lane = MYO_LANE_DETECT,
                                         .noise_power = 1.0,
                                         .low_power = 1.0,
                                         .hop_frames = HOP_FRAMES,
                                         .earliest_hop = crossing - 70,
                                         .crossing_hop = crossing,
                                         .hop_ms = 1.0};
    return myo_onset_find(&s->ring, &question);
}

/* With the detector firing 5 ms in: the median error of 101 noises, and the 90th percentile. At 12 dB
 * the log likelihood ratio gains some 8 a frame, so that one frame decides; an onset may still fall on
 * noise that happened to be loud just before, or miss a frame that happened to be small. */
static void test_planted_step_is_found(void **state)
{
    (void)state;
    static const struct {
        double db;
        double median_ms, most_ms; /* of 101, and of the best 91 */
    } rows[] = {{12.0, 1.0, 2.0}, {15.0, 1.0, 2.0}, {20.0, 0.0, 1.0}, {30.0, 0.0, 1.0}};
    static signal_ring s;
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        int within_median = 0, within_most = 0;
        for (uint64_t seed = 0; seed < 101; seed++) {
            make(&s, rows[k].db, 50, seed);
            const double error = fabs(find(&s, PLANTED + 5) - PLANTED);
            within_median += error <= rows[k].median_ms;
            within_most += error <= rows[k].most_ms;
        }
        assert_in_range(within_median, 51, 101);
        assert_in_range(within_most, 91, 101);
    }
}

/* A first small volley 25 ms before the burst that fires belongs to it; one 60 ms before does not. */
static void test_forerunner(void **state)
{
    (void)state;
    static const struct {
        int ahead;
        int expected;
    } rows[] = {{25, PLANTED - 25}, {60, PLANTED}};
    static signal_ring s;
    for (size_t k = 0; k < 2; k++) {
        make(&s, 25.0, 50, 3);
        for (int i = 0; i < 5; i++) {
            s.held[PLANTED - rows[k].ahead + i].energy[MYO_LANE_DETECT][LANE] = 20.0f * HOP_FRAMES;
        }
        assert_near(find(&s, PLANTED + 3), rows[k].expected, 1.0);
    }
}

/* A discharge of seven times the noise counts 5 ms before the burst that fires, and does not 30 ms before it, where eight times
 * are asked for. */
static void test_nearer_forerunner_may_be_weaker(void **state)
{
    (void)state;
    static const struct {
        int ahead;
        int expected;
    } rows[] = {{10, PLANTED - 10}, {35, PLANTED}};
    static signal_ring s;
    for (size_t k = 0; k < 2; k++) {
        make(&s, 25.0, 50, 3);
        for (int i = 0; i < 5; i++) {
            s.held[PLANTED - rows[k].ahead + i].energy[MYO_LANE_DETECT][LANE] = 7.0f * HOP_FRAMES;
        }
        assert_near(find(&s, PLANTED + 3), rows[k].expected, 1.0);
    }
}

/* A movement sets in 30 ms before the burst and puts a tenth of its power into the detect band, all of it
 * leaked from a low band a thousand times as strong that answers 15 ms later: the onset stays the burst's. With a low
 * band at rest the same energy is a first discharge. */
static void test_leak_is_no_onset(void **state)
{
    (void)state;
    enum { AHEAD = 30, LAG = 15 };
    static signal_ring s;
    for (int moved = 0; moved < 2; moved++) {
        make(&s, 20.0, 50, 5);
        for (int hop = PLANTED - AHEAD; hop < PLANTED; hop++) {
            s.held[hop].energy[MYO_LANE_DETECT][LANE] = 10.0f * HOP_FRAMES;
            s.held[hop + LAG].energy[MYO_LANE_LOW][LANE] = moved ? 10000.0f * HOP_FRAMES : 0.0f;
        }
        const double found = find(&s, PLANTED + 5);
        if (moved) {
            assert_near(found, PLANTED, 3.0);
        } else {
            assert_near(found, PLANTED - AHEAD, 3.0);
        }
    }
}

/* The search stays within what it is allowed and what the ring holds. */
static void test_search_is_bounded(void **state)
{
    (void)state;
    static signal_ring s;
    make(&s, 20.0, 100, 1);
    const myo_onset_question late = {MYO_LANE_DETECT, 1.0,          1.0, HOP_FRAMES,
                                     PLANTED + 20,    PLANTED + 30, 1.0};
    assert_true(myo_onset_find(&s.ring, &late) >= PLANTED + 20);
    const myo_onset_question before = {MYO_LANE_DETECT, 1.0, 1.0, HOP_FRAMES, -50, 10, 1.0};
    assert_in_range(myo_onset_find(&s.ring, &before), 0, 16);
    const myo_onset_question end = {MYO_LANE_DETECT, 1.0,      1.0, HOP_FRAMES,
                                    HOPS - 20,       HOPS - 1, 1.0};
    assert_in_range(myo_onset_find(&s.ring, &end), HOPS - 20, HOPS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planted_step_is_found),
        cmocka_unit_test(test_forerunner),
        cmocka_unit_test(test_nearer_forerunner_may_be_weaker),
        cmocka_unit_test(test_leak_is_no_onset),
        cmocka_unit_test(test_search_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
