/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Synthetic sessions: reproducible to the bit, streaming, and labelled with what they hold. */
#include "myotwitch/synth.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Longest part of a record that the tests make. */
static const double most_s = 30.0;

typedef struct {
    float *samples;
    size_t frames;
    uint32_t channels;
    double full_scale_uv;
    myo_truth truth[4096];
    size_t truths;
} record;

static myo_synth_config config_of(const char *scenario, char generator)
{
    myo_synth_config config;
    assert_int_equal(myo_synth_config_default(&config, scenario), MYO_OK);
    config.generator = generator;
    if (config.duration_s > most_s) {
        config.duration_s = most_s;
    }
    return config;
}

/* Reads everything in portions of @p portion frames. */
static record *record_new(const myo_synth_config *config, size_t portion)
{
    myo_synth *synth = NULL;
    assert_int_equal(myo_synth_new(config, &synth), MYO_OK);
    record *r = calloc(1, sizeof *r);
    assert_non_null(r);
    const size_t expected = (size_t)(config->duration_s * config->rate_hz + 0.5);
    r->channels = config->channels;
    r->full_scale_uv = myo_synth_full_scale_uv(synth);
    r->samples = calloc((expected + portion) * config->channels, sizeof *r->samples);
    assert_non_null(r->samples);
    size_t got;
    while ((got = myo_synth_read(synth, r->samples + r->frames * config->channels, portion)) > 0) {
        r->frames += got;
        while (myo_synth_next_truth(synth, &r->truth[r->truths])) {
            assert_true(r->truth[r->truths].offset_frame <= (int64_t)r->frames);
            r->truths++;
            assert_true(r->truths < sizeof r->truth / sizeof r->truth[0]);
        }
    }
    assert_int_equal(r->frames, expected);
    assert_int_equal(myo_synth_status(synth), MYO_OK);
    myo_synth_free(synth);
    return r;
}

static void record_free(record *r)
{
    free(r->samples);
    free(r);
}

static size_t count_of(const record *r, myo_event_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < r->truths; i++) {
        count += r->truth[i].type == type;
    }
    return count;
}

/* FNV-1a, 64 bits. */
static uint64_t hash_word(uint64_t hash, uint32_t word)
{
    for (int i = 0; i < 4; i++) {
        hash = (hash ^ ((word >> (8 * i)) & 0xffu)) * 0x100000001b3u;
    }
    return hash;
}

static uint64_t hash_of_floats(const record *r)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < r->frames * r->channels; i++) {
        uint32_t bits;
        memcpy(&bits, &r->samples[i], sizeof bits);
        hash = hash_word(hash, bits);
    }
    return hash;
}

/* As a 16 bit WAV holds them. */
static uint64_t hash_of_codes(const record *r)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < r->frames * r->channels; i++) {
        const double x = floor((double)r->samples[i] / r->full_scale_uv * 32768.0 + 0.5);
        hash = hash_word(hash, (uint32_t)(int32_t)fmin(fmax(x, -32768.0), 32767.0));
    }
    return hash;
}

/* What a generator gave with seed 1 (at most 30 s) when the row was written, gcc 12 on x86-64. A
 * change of the model changes a row on purpose (`test_synth a >pinned_a.inc`); another compiler or
 * machine must not. */
typedef struct {
    const char *scenario;
    uint64_t floats, codes;
} pin;

static const pin pinned_a[] = {
#include "pinned_a.inc"
};

static pin pin_of(const char *scenario, char generator)
{
    const myo_synth_config config = config_of(scenario, generator);
    record *r = record_new(&config, 4096);
    const pin found = {scenario, hash_of_floats(r), hash_of_codes(r)};
    record_free(r);
    return found;
}

static void print_pins(char generator)
{
    const char *name = NULL;
    printf("/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
           "/* Scenario, hash of the float samples, hash of the 16 bit codes: test_synth.c. */\n");
    for (size_t i = 0; (name = myo_synth_scenario_name(i, NULL)) != NULL; i++) {
        const pin p = pin_of(name, generator);
        printf("{\"%s\", 0x%016" PRIx64 "u, 0x%016" PRIx64 "u},\n", name, p.floats, p.codes);
    }
}

static void test_bytes_of_generator_a_are_pinned(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pinned_a / sizeof pinned_a[0]; i++) {
        const pin p = pin_of(pinned_a[i].scenario, 'a');
        if (p.floats != pinned_a[i].floats || p.codes != pinned_a[i].codes) {
            fail_msg("%s: other samples than before", p.scenario);
        }
    }
}

static void test_every_scenario_is_pinned(void **state)
{
    (void)state;
    const char *name = NULL;
    const char *about = NULL;
    size_t count = 0;
    for (; (name = myo_synth_scenario_name(count, &about)) != NULL; count++) {
        assert_true(strlen(name) < sizeof((myo_synth_config *)0)->scenario);
        assert_true(about != NULL && strlen(about) > 0);
        assert_true(count < sizeof pinned_a / sizeof pinned_a[0]);
        assert_string_equal(name, pinned_a[count].scenario);
    }
    assert_int_equal(count, sizeof pinned_a / sizeof pinned_a[0]);
}

static void test_any_portion_gives_the_same(void **state)
{
    (void)state;
    static const size_t portions[] = {1, 7, 1023, 1024, 1025, 60000};
    myo_synth_config config = config_of("multi", 'a');
    config.duration_s = 9.0;
    record *whole = record_new(&config, 100000);
    for (size_t p = 0; p < sizeof portions / sizeof portions[0]; p++) {
        record *r = record_new(&config, portions[p]);
        assert_memory_equal(r->samples, whole->samples,
                            whole->frames * whole->channels * sizeof *whole->samples);
        assert_int_equal(r->truths, whole->truths);
        for (size_t i = 0; i < r->truths; i++) {
            assert_int_equal(r->truth[i].onset_frame, whole->truth[i].onset_frame);
            assert_int_equal(r->truth[i].type, whole->truth[i].type);
        }
        record_free(r);
    }
    record_free(whole);
}

static void test_seeds_give_different_records(void **state)
{
    (void)state;
    myo_synth_config config = config_of("clean", 'a');
    record *one = record_new(&config, 4096);
    config.seed = 2;
    record *two = record_new(&config, 4096);
    assert_true(hash_of_floats(one) != hash_of_floats(two));
    assert_true(one->truth[0].onset_frame != two->truth[0].onset_frame);
    record_free(one);
    record_free(two);
}

static void test_labels_are_in_order_and_inside(void **state)
{
    (void)state;
    const char *name = NULL;
    for (size_t s = 0; (name = myo_synth_scenario_name(s, NULL)) != NULL; s++) {
        const myo_synth_config config = config_of(name, 'a');
        record *r = record_new(&config, 4096);
        int64_t last = 0;
        for (size_t i = 0; i < r->truths; i++) {
            const myo_truth *t = &r->truth[i];
            assert_true(t->onset_frame >= last && t->onset_frame < t->offset_frame);
            assert_true(t->offset_frame <= (int64_t)r->frames);
            assert_true(t->channel < r->channels);
            assert_true(isfinite(t->snr_db) && isfinite(t->burst_snr_db) && t->peak_uv >= 0.0);
            last = t->onset_frame;
        }
        record_free(r);
    }
}

/* What each scenario promises by its name: must be there, or must not. */
static const struct {
    const char *scenario;
    myo_event_type type;
    bool present;
} promises[] = {
    {"clean", MYO_EVENT_LTR, true},
    {"clean", MYO_EVENT_CARDIAC, false},
    {"low-snr", MYO_EVENT_LTR, true},
    {"upper-trapezius", MYO_EVENT_LTR, true},
    {"upper-trapezius", MYO_EVENT_CARDIAC, true},
    {"needling", MYO_EVENT_LTR, true},
    {"needling", MYO_EVENT_MOTION, true},
    {"needling", MYO_EVENT_CLICK, true},
    {"voluntary", MYO_EVENT_CONTRACTION, true},
    {"voluntary", MYO_EVENT_LTR, false},
    {"cough", MYO_EVENT_CONTRACTION, true},
    {"cough", MYO_EVENT_LTR, false},
    {"ecg", MYO_EVENT_CARDIAC, true},
    {"ecg", MYO_EVENT_LTR, false},
    {"motion", MYO_EVENT_MOTION, true},
    {"motion", MYO_EVENT_CLICK, true},
    {"motion", MYO_EVENT_LTR, false},
    {"stimulator", MYO_EVENT_STIMULUS, true},
    {"stimulator", MYO_EVENT_LTR, false},
    {"stimulator-switched", MYO_EVENT_STIMULUS, true},
    {"stimulator-switched", MYO_EVENT_LTR, false},
    {"stimulator-single", MYO_EVENT_STIMULUS, true},
    {"stimulator-single", MYO_EVENT_LTR, false},
    {"fasciculation", MYO_EVENT_SINGLE_UNIT, true},
    {"fasciculation", MYO_EVENT_LTR, false},
    {"needle", MYO_EVENT_LTR, true},
    {"needle", MYO_EVENT_INSERTIONAL, true},
    {"needle", MYO_EVENT_SINGLE_UNIT, true},
    {"hum-60", MYO_EVENT_LTR, true},
    {"mixed", MYO_EVENT_LTR, true},
    {"multi", MYO_EVENT_LTR, true},
};

static void test_scenarios_hold_what_they_promise(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof promises / sizeof promises[0]; i++) {
        myo_synth_config config = config_of(promises[i].scenario, 'a');
        config.duration_s = 60.0;
        record *r = record_new(&config, 4096);
        if ((count_of(r, promises[i].type) > 0) != promises[i].present) {
            fail_msg("%s: type %d", promises[i].scenario, (int)promises[i].type);
        }
        record_free(r);
    }
}

static void test_rest_holds_no_label(void **state)
{
    (void)state;
    static const char *const names[] = {"rest", "rest-varied", "rest-long"};
    for (size_t i = 0; i < 3; i++) {
        const myo_synth_config config = config_of(names[i], 'a');
        record *r = record_new(&config, 4096);
        assert_int_equal(r->truths, 0);
        record_free(r);
    }
}

/* That the labels' own filter tells the truth is shown by cli/synth.py with another library's. */
static void test_peak_snr_is_what_was_asked(void **state)
{
    (void)state;
    myo_synth_config config = config_of("clean", 'a');
    config.snr_db = 20.0;
    record *r = record_new(&config, 4096);
    assert_true(count_of(r, MYO_EVENT_LTR) >= 3);
    for (size_t i = 0; i < r->truths; i++) {
        assert_true(fabs(r->truth[i].snr_db - 20.0) < 1e-9);
        assert_true(r->truth[i].burst_snr_db < 20.0 && r->truth[i].burst_snr_db > 5.0);
        const double ms = (double)(r->truth[i].offset_frame - r->truth[i].onset_frame) / 2.0;
        assert_true(ms >= 5.0 && ms <= 320.0);
    }
    record_free(r);
}

/* Components have streams of their own: before the first twitch or contraction, which comes after
 * 3 s, records of one seed are one floor, whatever their scenarios hold later. */
static void test_components_do_not_touch_each_other(void **state)
{
    (void)state;
    static const char *const others[] = {"low-snr", "voluntary", "cough", "fasciculation"};
    myo_synth_config config = config_of("clean", 'a');
    config.duration_s = 2.9;
    config.full_scale_uv = 4096.0;
    record *clean = record_new(&config, 4096);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        strcpy(config.scenario, others[i]);
        record *other = record_new(&config, 4096);
        assert_memory_equal(other->samples, clean->samples, clean->frames * sizeof(float));
        record_free(other);
    }
    record_free(clean);
}

/* Two records that differ in the twitches' size only differ nowhere but in the twitches. */
static void test_a_component_is_added_to_the_rest(void **state)
{
    (void)state;
    myo_synth_config config = config_of("upper-trapezius", 'a');
    config.full_scale_uv = 4096.0;
    config.snr_db = 24.0;
    record *large = record_new(&config, 4096);
    config.snr_db = -100.0;
    record *none = record_new(&config, 4096);
    size_t inside = 0;
    for (size_t f = 0; f < large->frames; f++) {
        if (large->samples[f] == none->samples[f]) {
            continue;
        }
        bool labelled = false;
        for (size_t i = 0; i < large->truths && !labelled; i++) {
            /* flanks below the edge of the label: a few ms at each side */
            labelled = large->truth[i].type == MYO_EVENT_LTR &&
                       (int64_t)f >= large->truth[i].onset_frame - 20 &&
                       (int64_t)f < large->truth[i].offset_frame + 20;
        }
        assert_true(labelled);
        inside++;
    }
    assert_true(inside > 500);
    record_free(large);
    record_free(none);
}

static void test_rails_are_labelled_as_saturation(void **state)
{
    (void)state;
    myo_synth_config config = config_of("voluntary", 'a');
    config.full_scale_uv = 50.0;
    record *r = record_new(&config, 4096);
    size_t beyond = 0;
    for (size_t i = 0; i < r->frames; i++) {
        beyond += fabsf(r->samples[i]) > 50.0F;
    }
    assert_int_equal(beyond, 0);
    assert_true(count_of(r, MYO_EVENT_SATURATION) > 0);
    record_free(r);
}

static void test_lost_packets_hold_and_are_labelled(void **state)
{
    (void)state;
    myo_synth_config config = config_of("mixed", 'a');
    config.duration_s = 120.0;
    size_t gaps = 0;
    for (uint64_t seed = 1; gaps == 0 && seed < 20; seed++) {
        config.seed = seed;
        record *r = record_new(&config, 4096);
        for (size_t i = 0; i < r->truths; i++) {
            const myo_truth *t = &r->truth[i];
            if (t->type == MYO_EVENT_GAP) {
                gaps++;
                for (int64_t f = t->onset_frame; f < t->offset_frame; f++) {
                    assert_true(r->samples[f] == r->samples[t->onset_frame - 1]);
                }
            }
        }
        record_free(r);
    }
    assert_true(gaps > 0);
}

static void test_other_rates_and_channel_counts_work(void **state)
{
    (void)state;
    static const double rates[] = {500.0, 1000.0, 10000.0, 50000.0};
    for (size_t i = 0; i < 4; i++) {
        myo_synth_config config = config_of("clean", 'a');
        config.rate_hz = rates[i];
        config.channels = 1 + 5 * (uint32_t)i;
        config.duration_s = 6.0;
        record *r = record_new(&config, 4096);
        assert_true(count_of(r, MYO_EVENT_LTR) > 0);
        record_free(r);
    }
}

static void test_wrong_configurations_are_refused(void **state)
{
    (void)state;
    myo_synth_config config;
    myo_synth *synth = NULL;
    assert_int_equal(myo_synth_config_default(&config, "no-such"), MYO_ERR_BAD_ARG);
    const myo_synth_config good = config_of("clean", 'a');
    for (int row = 0; row < 9; row++) {
        config = good;
        config.generator = row == 0 ? 'z' : config.generator;
        config.rate_hz = row == 1 ? 499.0 : row == 2 ? (double)NAN : config.rate_hz;
        config.channels = row == 3 ? 0 : row == 4 ? 17 : config.channels;
        config.duration_s = row == 5 ? 0.0 : row == 6 ? (double)INFINITY : config.duration_s;
        config.full_scale_uv = row == 7 ? -1.0 : config.full_scale_uv;
        config.scenario[0] = row == 8 ? 'X' : config.scenario[0];
        assert_int_equal(myo_synth_new(&config, &synth), MYO_ERR_BAD_ARG);
        assert_null(synth);
    }
    myo_synth_free(NULL);
}

int main(int argc, char **argv)
{
    if (argc == 2) {
        print_pins(argv[1][0]);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_of_generator_a_are_pinned),
        cmocka_unit_test(test_every_scenario_is_pinned),
        cmocka_unit_test(test_any_portion_gives_the_same),
        cmocka_unit_test(test_seeds_give_different_records),
        cmocka_unit_test(test_labels_are_in_order_and_inside),
        cmocka_unit_test(test_scenarios_hold_what_they_promise),
        cmocka_unit_test(test_rest_holds_no_label),
        cmocka_unit_test(test_peak_snr_is_what_was_asked),
        cmocka_unit_test(test_components_do_not_touch_each_other),
        cmocka_unit_test(test_a_component_is_added_to_the_rest),
        cmocka_unit_test(test_rails_are_labelled_as_saturation),
        cmocka_unit_test(test_lost_packets_hold_and_are_labelled),
        cmocka_unit_test(test_other_rates_and_channel_counts_work),
        cmocka_unit_test(test_wrong_configurations_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
