/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generator B: pinned bytes, potentials of the sizes that the literature gives, labels and levels
 * that say what is in the record. */
#include "myotwitch/synth.h"

#include "synth/b_muap.h"
#include "synth/band.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SAMPLES 4096

typedef struct {
    uint64_t hash; /**< FNV-1a of the float samples */
    size_t count[MYO_EVENT_TYPE_COUNT];
    double least_ltr_db, most_ltr_db, least_ltr_s, most_ltr_s;
    double noise_uv; /**< as told before the first read */
    double rms_uv;   /**< of channel 0 in 20-450 Hz, without the first second */
} summary;

static myo_synth_config config_of(const char *scenario, double duration_s)
{
    myo_synth_config config;
    assert_int_equal(myo_synth_config_default(&config, scenario), MYO_OK);
    config.generator = 'b';
    config.duration_s = duration_s;
    return config;
}

static void add_truth(summary *sum, const myo_truth *truth, const myo_synth_config *config)
{
    assert_true(truth->offset_frame > truth->onset_frame && truth->onset_frame >= 0);
    assert_true(truth->channel < config->channels);
    sum->count[truth->type]++;
    if (truth->type == MYO_EVENT_LTR) {
        const double length_s =
            (double)(truth->offset_frame - truth->onset_frame) / config->rate_hz;
        sum->least_ltr_db = fmin(sum->least_ltr_db, truth->snr_db);
        sum->most_ltr_db = fmax(sum->most_ltr_db, truth->snr_db);
        sum->least_ltr_s = fmin(sum->least_ltr_s, length_s);
        sum->most_ltr_s = fmax(sum->most_ltr_s, length_s);
    }
}

static uint64_t hash_float(uint64_t hash, float x)
{
    uint32_t word;
    memcpy(&word, &x, sizeof word);
    for (int i = 0; i < 4; i++) {
        hash = (hash ^ ((word >> (8 * i)) & 0xffu)) * 0x100000001b3u;
    }
    return hash;
}

static summary summarise(const myo_synth_config *config, size_t portion)
{
    static float samples[SAMPLES * 16];
    summary sum = {.hash = 0xcbf29ce484222325u, .least_ltr_db = 1e9, .least_ltr_s = 1e9};
    myo_synth *synth = NULL;
    assert_int_equal(myo_synth_new(config, &synth), MYO_OK);
    sum.noise_uv = myo_synth_noise_uv(synth, 0);
    myo_label_band band;
    myo_label_band_state state = {0};
    myo_label_band_design(&band, config->rate_hz);
    double frame = 0.0;
    double energy = 0.0;
    size_t got;
    while ((got = myo_synth_read(synth, samples, portion)) > 0) {
        for (size_t i = 0; i < got * config->channels; i++) {
            sum.hash = hash_float(sum.hash, samples[i]);
        }
        for (size_t i = 0; i < got; i++, frame += 1.0) {
            const double y =
                myo_label_band_next(&band, &state, (double)samples[i * config->channels]);
            energy += frame > config->rate_hz ? y * y : 0.0;
        }
        myo_truth truth;
        while (myo_synth_next_truth(synth, &truth)) {
            add_truth(&sum, &truth, config);
        }
    }
    sum.rms_uv = sqrt(energy / (frame - config->rate_hz));
    myo_synth_free(synth);
    return sum;
}

/* What seed 1 gave for 20 s when the row was written (gcc 12, x86-64). A change of the model
 * changes rows on purpose (`test_synth_b pins >pinned_b.inc`); another machine must not. */
static const struct {
    const char *scenario;
    uint64_t hash;
} pinned[] = {
#include "pinned_b.inc"
};

static void print_pins(void)
{
    const char *name;
    printf("/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
           "/* Scenario, hash of the samples: test_synth_b.c. */\n");
    for (size_t i = 0; (name = myo_synth_scenario_name(i, NULL)) != NULL; i++) {
        const myo_synth_config config = config_of(name, 20.0);
        printf("{\"%s\", 0x%016" PRIx64 "u},\n", name, summarise(&config, SAMPLES).hash);
    }
}

static void test_bytes_are_pinned(void **state)
{
    (void)state;
    const char *name;
    size_t i = 0;
    for (; (name = myo_synth_scenario_name(i, NULL)) != NULL; i++) {
        assert_true(i < sizeof pinned / sizeof pinned[0]);
        assert_string_equal(pinned[i].scenario, name);
        const myo_synth_config config = config_of(name, 20.0);
        if (summarise(&config, SAMPLES).hash != pinned[i].hash) {
            fail_msg("%s: other samples than before", name);
        }
    }
    assert_int_equal(i, sizeof pinned / sizeof pinned[0]);
}

static void test_portions_do_not_matter(void **state)
{
    (void)state;
    const myo_synth_config config = config_of("multi", 15.0);
    assert_true(summarise(&config, 1).hash == summarise(&config, 977).hash);
}

/* Time over a tenth of the peak, in ms. */
static double duration_ms(const myo_b_unit *unit)
{
    size_t first = MYO_B_WAVE_LENGTH;
    size_t last = 0;
    double peak = 0.0;
    for (size_t i = 0; i < unit->length; i++) {
        peak = fmax(peak, fabs(unit->wave[i]));
    }
    for (size_t i = 0; i < unit->length; i++) {
        if (fabs(unit->wave[i]) > 0.1 * peak) {
            first = i < first ? i : first;
            last = i;
        }
    }
    return 1000.0 * MYO_B_WAVE_STEP_S * (double)(last - first + 1);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* emg.md 1.1: one unit at the skin lasts 10.9 (5.0-17.0) ms and has 48 (8.1-327) uV peak to peak
 * (PMC1779696); in a needle 2-15 ms and 0.3-3 mV. */
static void check_library(bool needle, double least_ms, double most_ms, myo_range size_uv)
{
    static myo_b_library library;
    double duration[MYO_B_UNITS];
    myo_rng rng;
    myo_rng_start(&rng, 7, 1, 0);
    myo_b_library_make(&library, &rng, needle);
    for (size_t i = 0; i < MYO_B_UNITS; i++) {
        const myo_b_unit *unit = &library.unit[i];
        assert_in_range((uintmax_t)unit->peak_to_peak_uv, (uintmax_t)size_uv.low,
                        (uintmax_t)size_uv.high);
        assert_true(i == 0 || unit->peak_to_peak_uv >= library.unit[i - 1].peak_to_peak_uv);
        /* The dipoles are gone at the end: nothing is cut off. */
        assert_true(fabs(unit->wave[MYO_B_WAVE_LENGTH - 1]) < 1e-3 * unit->peak_to_peak_uv);
        duration[i] = duration_ms(unit);
    }
    qsort(duration, MYO_B_UNITS, sizeof duration[0], compare);
    const double median = duration[MYO_B_UNITS / 2];
    if (median < least_ms || median > most_ms) {
        fail_msg("median duration %.1f ms", median);
    }
}

static void test_units_are_of_the_sizes_measured_in_people(void **state)
{
    (void)state;
    check_library(false, 8.0, 15.0, (myo_range){8.0, 327.0});
    check_library(true, 2.0, 15.0, (myo_range){300.0, 3000.0});
}

static void test_twitches_keep_to_the_scenario(void **state)
{
    (void)state;
    const myo_synth_config config = config_of("clean", 120.0);
    const summary sum = summarise(&config, SAMPLES);
    assert_true(sum.count[MYO_EVENT_LTR] >= 12);
    assert_true(sum.least_ltr_db >= 18.0 - 1e-9 && sum.most_ltr_db <= 30.0 + 1e-9);
    assert_true(sum.least_ltr_s >= 0.015 && sum.most_ltr_s <= 0.36);
}

static void test_snr_is_what_was_asked_for(void **state)
{
    (void)state;
    myo_synth_config config = config_of("needling", 120.0);
    config.snr_db = 21.5;
    const summary sum = summarise(&config, SAMPLES);
    assert_true(sum.count[MYO_EVENT_LTR] >= 5);
    assert_true(fabs(sum.least_ltr_db - 21.5) < 1e-6 && fabs(sum.most_ltr_db - 21.5) < 1e-6);
}

static void test_noise_is_what_it_says(void **state)
{
    (void)state;
    /* RMS of 120 s in 430 Hz: standard error 0.3 %; units' intervals are not Poisson's, which
     * Campbell's theorem takes them for: a few percent of a part of the power. */
    const myo_synth_config config = config_of("rest", 120.0);
    const summary sum = summarise(&config, SAMPLES);
    assert_true(fabs(sum.rms_uv / sum.noise_uv - 1.0) < 0.03);
}

/* A fall to 60 % (relax-40) at 60 s: the second minute's RMS over the first's, heart and floor of
 * 3 uV included; fluctuation of CV 20 % over 60 blocks leaves 4 % of standard error. */
static void test_a_muscle_lets_go(void **state)
{
    (void)state;
    myo_synth_config config = config_of("relax-40", 60.0);
    const summary before = summarise(&config, SAMPLES);
    config.duration_s = 125.0;
    const summary both = summarise(&config, SAMPLES);
    const double after =
        sqrt((124.0 * both.rms_uv * both.rms_uv - 59.0 * before.rms_uv * before.rms_uv) / 65.0);
    assert_true(after / before.rms_uv > 0.5 && after / before.rms_uv < 0.85);
}

static void test_scenarios_hold_their_events(void **state)
{
    (void)state;
    static const struct {
        const char *scenario;
        myo_event_type type;
    } rows[] = {
        {"upper-trapezius", MYO_EVENT_CARDIAC},
        {"upper-trapezius", MYO_EVENT_LTR},
        {"needling", MYO_EVENT_MOTION},
        {"voluntary", MYO_EVENT_CONTRACTION},
        {"cough", MYO_EVENT_CONTRACTION},
        {"ecg", MYO_EVENT_CARDIAC},
        {"motion", MYO_EVENT_CLICK},
        {"stimulator", MYO_EVENT_STIMULUS},
        {"stimulator-switched", MYO_EVENT_STIMULUS},
        {"stimulator-single", MYO_EVENT_STIMULUS},
        {"fasciculation", MYO_EVENT_SINGLE_UNIT},
        {"needle", MYO_EVENT_INSERTIONAL},
        {"needle", MYO_EVENT_LTR},
        {"motion", MYO_EVENT_SATURATION},
        {"relax-40", MYO_EVENT_RELEASE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const myo_synth_config config = config_of(rows[i].scenario, 180.0);
        if (summarise(&config, SAMPLES).count[rows[i].type] == 0) {
            fail_msg("%s holds no %s", rows[i].scenario, myo_event_type_name(rows[i].type));
        }
    }
}

static void test_confounders_hold_no_twitch(void **state)
{
    (void)state;
    static const char *const rows[] = {"voluntary",           "cough", "ecg",          "motion",
                                       "stimulator-switched", "rest",  "fasciculation"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const myo_synth_config config = config_of(rows[i], 60.0);
        assert_int_equal(summarise(&config, SAMPLES).count[MYO_EVENT_LTR], 0);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "pins") == 0) {
        print_pins();
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_are_pinned),
        cmocka_unit_test(test_portions_do_not_matter),
        cmocka_unit_test(test_units_are_of_the_sizes_measured_in_people),
        cmocka_unit_test(test_twitches_keep_to_the_scenario),
        cmocka_unit_test(test_snr_is_what_was_asked_for),
        cmocka_unit_test(test_noise_is_what_it_says),
        cmocka_unit_test(test_a_muscle_lets_go),
        cmocka_unit_test(test_scenarios_hold_their_events),
        cmocka_unit_test(test_confounders_hold_no_twitch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
