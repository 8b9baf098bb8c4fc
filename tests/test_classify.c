/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of the detector core that whole recordings do not separate, condition by condition: each row differs
 * from one beside it in one measure, and the answer changes with it. Values lie beside the constants of
 * classify.c; bands are those of emg.md 7.1. */
#include "emg/burst_state.h"
#include "emg/classify.h"
#include "session/channel_bands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* A plain twitch, 40 ms, 20 dB above its threshold, on still ground. */
static myo_burst twitch(void)
{
    return (myo_burst){.strength = 10.0,
                       .measure = {.duration_ms = 40.0,
                                   .active_ms = 30.0,
                                   .effective_ms = 20.0,
                                   .attack = 1.0,
                                   .first_fifth = 0.3,
                                   .last_fifth = 0.15,
                                   .rise_ms = 10.0,
                                   .turns = 10.0,
                                   .crest = 4.0,
                                   .snr_db = 25.0,
                                   .level_db = 20.0,
                                   .lf_ratio = 0.2,
                                   .low_balance = 5.0,
                                   .band_fraction = 0.8,
                                   .high_fraction = 0.01},
                       .shape = {.uneven_db = 4.0}};
}

/* Noise with heavy tails asks for more than a threshold of a burst as long as one spike, 1.07 * (1 + 8 * 0.19) = 2.70
 * times, and for half of the excess of one that is twice as long, 1.88. */
static void test_spiky_noise(void **state)
{
    (void)state;
    static const struct {
        double spikiness, active_ms, strength;
        bool weak;
    } rows[] = {
        {0.00, 21.0, 1.06, true},  {0.00, 21.0, 1.08, false}, {0.20, 10.0, 2.69, true},
        {0.20, 10.0, 2.71, false}, {0.20, 21.0, 2.69, true},  {0.20, 21.0, 2.71, false},
        {0.20, 42.0, 1.87, true},  {0.20, 42.0, 1.89, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_burst burst = twitch();
        burst.spikiness = rows[i].spikiness;
        burst.strength = rows[i].strength;
        burst.measure.active_ms = rows[i].active_ms;
        assert_int_equal(myo_is_too_weak(&burst), rows[i].weak);
    }
}

/* What keeps time is a stimulator's if it is as short as its pulses and turns no oftener, or has edges of
 * theirs in it, or rings; a twitch of 20 ms at an even pace is one. */
static void test_even_pace(void **state)
{
    (void)state;
    static const struct {
        double period_ms, effective_ms, turns, high_fraction, centroid;
        myo_event_type type;
    } rows[] = {
        {1000.0, 8.0, 7.0, 0.0, 0.4, MYO_EVENT_STIMULUS},
        {1000.0, 8.0, 9.0, 0.0, 0.4, MYO_EVENT_LTR},
        {1000.0, 10.0, 7.0, 0.0, 0.4, MYO_EVENT_LTR},
        {1000.0, 7.0, 12.0, 0.0, 0.4, MYO_EVENT_STIMULUS},
        {1000.0, 12.0, 12.0, 0.0, 0.2, MYO_EVENT_STIMULUS},
        {1000.0, 16.0, 12.0, 0.0, 0.2, MYO_EVENT_LTR},
        {1000.0, 20.0, 10.0, 0.01, 0.4, MYO_EVENT_LTR},
        {1000.0, 20.0, 10.0, 0.07, 0.4, MYO_EVENT_STIMULUS},
        {0.0, 20.0, 10.0, 0.07, 0.4, MYO_EVENT_LTR},
    };
    const myo_classify_config config = {.ltr_max_ms = 200.0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const myo_context context = {.period_ms = rows[i].period_ms};
        myo_burst burst = twitch();
        burst.measure.effective_ms = rows[i].effective_ms;
        burst.measure.turns = rows[i].turns;
        burst.measure.high_fraction = rows[i].high_fraction;
        burst.measure.centroid = rows[i].centroid;
        assert_int_equal(myo_classify(&config, &burst, &context).type, rows[i].type);
    }
}

/* 200 ms of many turns: a push begins weak and fades, a twitch begins and ends with discharges, which show as an uneven
 * course, too. (Medians of pushes and twitches of 130 to 300 ms on the development family: attack 0.13 and 1.1,
 * first fifth 0.07 and 0.23, last 0.03 and 0.07.) Shorter, or with its middle sooner, it is none. */
static void test_course(void **state)
{
    (void)state;
    static const struct {
        double duration_ms, centroid, attack, first_fifth, last_fifth, uneven_db;
        myo_event_type type;
    } rows[] = {
        {200.0, 0.345, 0.13, 0.07, 0.03, 5.3, MYO_EVENT_CONTRACTION},
        {150.0, 0.345, 0.13, 0.07, 0.03, 5.3, MYO_EVENT_LTR},
        {200.0, 0.300, 0.13, 0.07, 0.03, 5.3, MYO_EVENT_LTR},
        {200.0, 0.345, 1.10, 0.07, 0.03, 5.3, MYO_EVENT_LTR},
        {200.0, 0.345, 0.13, 0.23, 0.03, 5.3, MYO_EVENT_LTR},
        {200.0, 0.345, 0.13, 0.07, 0.20, 5.3, MYO_EVENT_LTR},
        {200.0, 0.345, 1.10, 0.23, 0.07, 4.6, MYO_EVENT_LTR},
        {200.0, 0.345, 0.13, 0.07, 0.03, 7.5, MYO_EVENT_CONTRACTION},
        {200.0, 0.400, 0.40, 0.07, 0.03, 4.0, MYO_EVENT_CONTRACTION},
        {200.0, 0.400, 0.40, 0.07, 0.03, 6.0, MYO_EVENT_LTR},
    };
    const myo_classify_config config = {.ltr_max_ms = 400.0};
    const myo_context context = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_burst burst = twitch();
        burst.measure.duration_ms = rows[i].duration_ms;
        burst.measure.centroid = rows[i].centroid;
        burst.measure.effective_ms = 45.0;
        burst.measure.turns = 45.0;
        burst.measure.attack = rows[i].attack;
        burst.measure.first_fifth = rows[i].first_fifth;
        burst.measure.last_fifth = rows[i].last_fifth;
        burst.shape.uneven_db = rows[i].uneven_db;
        assert_int_equal(myo_classify(&config, &burst, &context).type, rows[i].type);
    }
}

/* Close to the fibres a twitch stands 50 dB above the noise. That it is short and high speaks for one unit only
 * as far as the rule was fitted, 30 dB: beyond that, height alone changes nothing. */
static void test_height_beyond_the_fit(void **state)
{
    (void)state;
    static const struct {
        double snr_db, effective_ms;
        myo_event_type type;
    } rows[] = {
        {20.0, 8.0, MYO_EVENT_LTR},
        {30.0, 8.0, MYO_EVENT_LTR},
        {55.0, 8.0, MYO_EVENT_LTR},
        {55.0, 4.0, MYO_EVENT_SINGLE_UNIT},
    };
    const myo_classify_config config = {.ltr_max_ms = 200.0};
    const myo_context context = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_burst burst = twitch();
        burst.measure.snr_db = rows[i].snr_db;
        burst.measure.effective_ms = rows[i].effective_ms;
        assert_int_equal(myo_classify(&config, &burst, &context).type, rows[i].type);
    }
}

/* A volley of wide potentials under fat has most of its energy below the detect band, as a pop has. It turns more, is
 * slow to its middle, has nothing sharp, leaves nothing behind it in the low band, and does not all lie at its
 * beginning, as the ring of a pulse does. (Medians on the development
 * family of wide potentials of 20 to 50 ms that were called clicks, and of pops and movements.) */
static void test_wide_potentials(void **state)
{
    (void)state;
    static const struct {
        double turns, low_rest, effective_ms, centroid;
        int32_t edges;
        bool low_dominated;
    } rows[] = {
        {6.0, 0.004, 15.0, 0.34, 0, false}, {6.0, 0.300, 15.0, 0.34, 0, true},
        {2.0, 0.004, 15.0, 0.34, 0, true},  {6.0, 0.004, 15.0, 0.34, 1, true},
        {6.0, 0.004, 15.0, 0.24, 0, false}, {6.0, 0.004, 13.0, 0.24, 0, true},
        {6.0, 0.004, 13.0, 0.26, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_burst burst = twitch();
        burst.measure.active_ms = 33.0;
        burst.measure.effective_ms = rows[i].effective_ms;
        burst.measure.attack = 1.6;
        burst.measure.centroid = rows[i].centroid;
        burst.measure.turns = rows[i].turns;
        burst.measure.level_db = 39.3;
        burst.measure.lf_ratio = 0.95;
        burst.measure.band_fraction = 0.35;
        burst.measure.high_fraction = 0.0;
        burst.measure.low_rest = rows[i].low_rest;
        burst.measure.edges = rows[i].edges;
        assert_int_equal(myo_is_low_dominated(&burst), rows[i].low_dominated);
    }
}

/* Discharges that coincide at the beginning ring like a pop; but its slow part is larger, it turns less, or less of it
 * lies in the detect band. */
static void test_first_discharges_together(void **state)
{
    (void)state;
    static const struct {
        double lf_ratio, turns, band_fraction;
        bool low_dominated;
    } rows[] = {
        {0.87, 5.0, 0.26, false},
        {0.89, 5.0, 0.26, true},
        {0.87, 4.0, 0.26, true},
        {0.87, 5.0, 0.24, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_burst burst = twitch();
        burst.measure.effective_ms = 10.0;
        burst.measure.centroid = 0.2;
        burst.measure.lf_ratio = rows[i].lf_ratio;
        burst.measure.turns = rows[i].turns;
        burst.measure.band_fraction = rows[i].band_fraction;
        assert_int_equal(myo_is_low_dominated(&burst), rows[i].low_dominated);
    }
}

/* Many turns on a slow part that outweighs them: a twitch on a heart beat, if it is strong and not all of it lies at
 * its beginning. */
static void test_riding(void **state)
{
    (void)state;
    static const struct {
        double turns, strength, attack;
        bool low_dominated;
    } rows[] = {
        {13.0, 3.1, 3.4, false},
        {12.0, 3.1, 3.4, true},
        {13.0, 2.9, 3.4, true},
        {13.0, 3.1, 3.6, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_burst burst = twitch();
        burst.strength = rows[i].strength;
        burst.measure.lf_ratio = 0.95;
        burst.measure.band_fraction = 0.3;
        burst.measure.effective_ms = 10.0;
        burst.measure.centroid = 0.2;
        burst.measure.turns = rows[i].turns;
        burst.measure.attack = rows[i].attack;
        assert_int_equal(myo_is_low_dominated(&burst), rows[i].low_dominated);
    }
}

/* What keeps a heart's time is a beat, also where its spectrum is a twitch's. */
static void test_beat_by_its_rhythm(void **state)
{
    (void)state;
    const myo_classify_config config = {.ltr_max_ms = 200.0};
    const myo_burst burst = twitch();
    const myo_context beats = {.period_ms = 800.0, .heart_rate = true}, none = {0};
    assert_int_equal(myo_classify(&config, &burst, &beats).type, MYO_EVENT_CARDIAC);
    assert_int_equal(myo_classify(&config, &burst, &none).type, MYO_EVENT_LTR);
}

/* A ring of the filters at both ends of a stretch at the rail. */
static void test_ring_at_the_rail(void **state)
{
    (void)state;
    static const struct {
        bool saturated;
        double effective_ms;
        bool low_dominated;
    } rows[] = {{true, 5.0, true}, {false, 5.0, false}, {true, 7.0, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_burst burst = twitch(); /* a fifth of 30 ms */
        burst.measure.saturated = rows[i].saturated;
        burst.measure.effective_ms = rows[i].effective_ms;
        assert_int_equal(myo_is_low_dominated(&burst), rows[i].low_dominated);
    }
}

/* A needle's bands are wider, each unless it was set. */
static void test_bands_of_a_needle(void **state)
{
    (void)state;
    static const struct {
        myo_profile profile;
        double measure_high, detect_low, detect_high; /* as set */
        double measure_to, detect_from, detect_to;    /* as used */
    } rows[] = {
        {MYO_PROFILE_NEEDLE, 450, 60, 300, 2000, 100, 2000},
        {MYO_PROFILE_SURFACE, 450, 60, 300, 450, 60, 300},
        {MYO_PROFILE_NEEDLE, 400, 60, 300, 400, 100, 2000},
        {MYO_PROFILE_NEEDLE, 450, 70, 300, 2000, 70, 300},
        {MYO_PROFILE_NEEDLE, 450, 60, 250, 2000, 60, 250},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_config config;
        double low[MYO_LANE_COUNT], high[MYO_LANE_COUNT];
        myo_config_default(&config, 10000.0, 1);
        config.profile[0] = rows[i].profile;
        config.measure_high_hz = rows[i].measure_high;
        config.detect_low_hz = rows[i].detect_low;
        config.detect_high_hz = rows[i].detect_high;
        myo_channel_edges(&config, 0, low, high);
        assert_true(high[MYO_LANE_MEASURE] == rows[i].measure_to);
        assert_true(low[MYO_LANE_DETECT] == rows[i].detect_from);
        assert_true(high[MYO_LANE_DETECT] == rows[i].detect_to);
    }
}

static const myo_burst_config usual = {.rate_hz = 2000.0,
                                       .false_alarms_per_hour = 1.0,
                                       .bandwidth_hz = {430.0, 240.0, 37.0, 100.0},
                                       .floor_window_s = 8.0,
                                       .arm_s = 2.0,
                                       .ltr_max_ms = 200.0,
                                       .merge_gap_ms = 30.0,
                                       .refractory_ms = 100.0};

/* Thresholds of a detector with this configuration, made after the example of one with the usual one. */
static myo_threshold_table table_after_usual(const myo_burst_config *config, bool with_example)
{
    static myo_board board; /* nothing runs on it */
    myo_burst_detector *example = NULL, *detector = NULL;
    assert_int_equal(myo_burst_detector_new(&usual, &board, 0, NULL, &example), MYO_OK);
    assert_int_equal(
        myo_burst_detector_new(config, &board, 1, with_example ? example : NULL, &detector),
        MYO_OK);
    myo_threshold_table table = *detector->table;
    myo_burst_detector_free(detector);
    myo_burst_detector_free(example);
    return table;
}

/* Tables are taken over from a detector of the same configuration only: whichever number differs, one made
 * after an example is as one made alone. */
static void test_example_of_another_configuration(void **state)
{
    (void)state;
    static const size_t numbers[] = {offsetof(myo_burst_config, rate_hz),
                                     offsetof(myo_burst_config, false_alarms_per_hour),
                                     offsetof(myo_burst_config, bandwidth_hz),
                                     offsetof(myo_burst_config, bandwidth_hz[1]),
                                     offsetof(myo_burst_config, bandwidth_hz[2]),
                                     offsetof(myo_burst_config, bandwidth_hz[3]),
                                     offsetof(myo_burst_config, floor_window_s),
                                     offsetof(myo_burst_config, arm_s),
                                     offsetof(myo_burst_config, ltr_max_ms),
                                     offsetof(myo_burst_config, merge_gap_ms),
                                     offsetof(myo_burst_config, refractory_ms)};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        myo_burst_config config = usual;
        double number;
        memcpy(&number, (char *)&config + numbers[i], sizeof number);
        number *= 1.5;
        memcpy((char *)&config + numbers[i], &number, sizeof number);
        myo_threshold_table alone = table_after_usual(&config, false);
        myo_threshold_table after = table_after_usual(&config, true);
        assert_memory_equal(&after, &alone, sizeof alone);
    }
    myo_burst_config needle = usual;
    needle.needle = true;
    const myo_threshold_table needle_alone = table_after_usual(&needle, false);
    const myo_threshold_table needle_after = table_after_usual(&needle, true);
    assert_memory_equal(&needle_after, &needle_alone, sizeof needle_alone);
    myo_threshold_table same = table_after_usual(&usual, true);
    myo_threshold_table made = table_after_usual(&usual, false);
    assert_memory_equal(&same, &made, sizeof same);
}

/* Several rounded pulses in one burst: two lumps or more, alike, short, and on a slow part; of a train only. */
static void test_pulse_group(void **state)
{
    (void)state;
    static const struct {
        int32_t lumps;
        double lump_db, effective_ms, lf_ratio, band_fraction;
        bool group;
    } rows[] = {
        {2, 3.9, 21.0, 0.6, 0.59, true},  {1, 3.9, 10.0, 0.6, 0.59, false},
        {2, 4.1, 21.0, 0.6, 0.59, false}, {2, 3.9, 23.0, 0.6, 0.59, false},
        {3, 3.9, 32.0, 0.6, 0.59, true},  {2, 3.9, 21.0, 0.5, 0.59, false},
        {2, 3.9, 21.0, 0.6, 0.61, false},
    };
    const myo_classify_config config = {.ltr_max_ms = 400.0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_burst burst = twitch();
        burst.shape.lumps = rows[i].lumps;
        burst.shape.lump_db = rows[i].lump_db;
        burst.measure.effective_ms = rows[i].effective_ms;
        burst.measure.lf_ratio = rows[i].lf_ratio;
        burst.measure.band_fraction = rows[i].band_fraction;
        burst.measure.turns = 10.0;
        assert_int_equal(myo_is_pulse_group(&burst), rows[i].group);
        const myo_context train = {.train = rows[i].group};
        const myo_verdict verdict = myo_classify(&config, &burst, &train);
        assert_int_equal(verdict.type == MYO_EVENT_STIMULUS, rows[i].group);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spiky_noise),
        cmocka_unit_test(test_pulse_group),
        cmocka_unit_test(test_even_pace),
        cmocka_unit_test(test_course),
        cmocka_unit_test(test_wide_potentials),
        cmocka_unit_test(test_first_discharges_together),
        cmocka_unit_test(test_riding),
        cmocka_unit_test(test_height_beyond_the_fit),
        cmocka_unit_test(test_beat_by_its_rhythm),
        cmocka_unit_test(test_ring_at_the_rail),
        cmocka_unit_test(test_bands_of_a_needle),
        cmocka_unit_test(test_example_of_another_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
