/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the judge makes of a burst for what came before it, condition by condition. */
#include "session/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define HOP_MS 1.0

static const myo_held none;

/* A filled burst of 75 ms, 25 dB over still noise, that both channels of muscle and of a needle call a twitch. */
static myo_burst burst_at(double onset_ms)
{
    return (myo_burst){.onset_hop = onset_ms / HOP_MS,
                       .end_hop = (int64_t)(onset_ms / HOP_MS) + 75,
                       .strength = 10.0,
                       .measure = {.duration_ms = 75.0,
                                   .active_ms = 70.0,
                                   .effective_ms = 40.0,
                                   .attack = 1.0,
                                   .first_fifth = 0.2,
                                   .last_fifth = 0.15,
                                   .rise_ms = 20.0,
                                   .turns = 20.0,
                                   .crest = 4.0,
                                   .centroid = 0.45,
                                   .snr_db = 25.0,
                                   .level_db = 25.0,
                                   .lf_ratio = 0.2,
                                   .low_balance = 5.0,
                                   .band_fraction = 0.6,
                                   .high_fraction = 0.01},
                       .shape = {.uneven_db = 4.0, .fall_db = 10.0, .drop_db = 15.0}};
}

static myo_judge judge_new(bool needle)
{
    myo_judge judge = {.config = {.ltr_max_ms = 200.0, .needle = needle},
                       .hop_ms = HOP_MS,
                       .refractory_ms = 100.0};
    myo_judge_reset(&judge);
    return judge;
}

/* Four like bursts within a second, at no even pace: the last is the ground of what goes on, but not beside a needle,
 * whose strokes may answer one another, and not where it is the highest by far. */
static void test_fourth_of_a_second(void **state)
{
    (void)state;
    static const struct {
        bool needle;
        double more_db;
        bool refused;
    } rows[] = {{false, 0.0, true}, {true, 0.0, false}, {false, 6.0, false}};
    static const double at_ms[] = {10000.0, 10300.0, 10520.0, 10900.0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_judge judge = judge_new(rows[i].needle);
        myo_news news = {0};
        for (size_t k = 0; k < 4; k++) {
            myo_burst burst = burst_at(at_ms[k]);
            burst.measure.level_db += k == 3 ? rows[i].more_db : 0.0;
            news = (myo_news){0};
            myo_judge_burst(&judge, &burst, &none, false, &news);
            assert_int_equal(news.verdict.type, MYO_EVENT_LTR);
            assert_true(k == 3 || !news.refused);
        }
        if (news.refused != rows[i].refused) {
            fail_msg("row %zu: refused %d for %d", i, news.refused, news.refusal);
        }
        assert_true(!news.refused || news.refusal == MYO_REFUSED_TOO_SMALL);
    }
}

/* That the needle moved counts for 500 ms. */
static void test_needle_moved(void **state)
{
    (void)state;
    static const struct {
        int64_t moved_hop;
        bool counts;
    } rows[] = {{9600, true}, {9400, false}, {INT64_MIN, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_judge judge = judge_new(true);
        if (rows[i].moved_hop != INT64_MIN) {
            judge.needle_moved_hop = rows[i].moved_hop;
        }
        const myo_burst burst = burst_at(10000.0);
        myo_news news = {0};
        myo_judge_burst(&judge, &burst, &none, false, &news);
        assert_int_equal((news.verdict.reasons >> MYO_REASON_NEEDLE_MOVED) & 1U, rows[i].counts);
    }
}

/* A stimulator's pulse by its edge. */
static myo_burst pulse_at(double onset_ms)
{
    myo_burst burst = burst_at(onset_ms);
    burst.measure.behind_edge = true;
    burst.measure.turns = 4.0;
    return burst;
}

/* Held in the warm-up: with three of a stimulator's within 2.2 s behind it no burst is a muscle's; two, with another
 * too late or no pulse, say nothing. */
static void test_stimuli_behind(void **state)
{
    (void)state;
    static const struct {
        double last_ms;
        bool pulse, refused;
    } rows[] = {{12100.0, true, true}, {12300.0, true, false}, {12100.0, false, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_judge judge = judge_new(false);
        const myo_burst burst = burst_at(10000.0);
        const double last_ms = rows[i].last_ms;
        const myo_held held = {.burst = {pulse_at(10700.0), pulse_at(11650.0),
                                         rows[i].pulse ? pulse_at(last_ms) : burst_at(last_ms)},
                               .count = 3};
        myo_news news = {0};
        myo_judge_burst(&judge, &burst, &held, false, &news);
        assert_int_equal(news.verdict.type, MYO_EVENT_LTR);
        assert_int_equal(news.refused, rows[i].refused);
        assert_true(!news.refused || news.refusal == MYO_REFUSED_STIMULATOR);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fourth_of_a_second),
        cmocka_unit_test(test_needle_moved),
        cmocka_unit_test(test_stimuli_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
