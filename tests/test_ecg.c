/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heart beats are found and counted; resting RMS behind the gate is that of the muscle. */
#include "myotwitch/ecg.h"

#include "near.h"
#include "rest_signal.h"

#include <stdlib.h>

#define RATE 2000.0

static const rest_config heart_at_rest = {.rate_hz = RATE,
                                          .floor_uv = 3.0,
                                          .ecg_uv = 100.0,
                                          .heart_bpm = 72.0,
                                          .heart_sd = 0.03,
                                          .breath_hz = 0.25};

/* What the pipeline would hand over: raw, and 20-450 Hz of it. */
typedef struct {
    float *raw, *measure, *clean;
    uint8_t *flags;
    size_t frames;
} record;

static record record_new(const rest_config *config, double seconds, uint64_t seed)
{
    record r = {.frames = (size_t)(seconds * config->rate_hz)};
    r.raw = malloc(3 * r.frames * sizeof(float));
    r.measure = r.raw + r.frames;
    r.clean = r.raw + 2 * r.frames;
    r.flags = malloc(r.frames);
    rest_signal signal;
    rest_start(&signal, config, seed);
    double state[MYO_BAND_SECTIONS][2] = {{0}};
    for (size_t i = 0; i < r.frames; i++) {
        r.raw[i] = rest_next(&signal);
        r.measure[i] = (float)myo_band_run(&signal.band, state, (double)r.raw[i]);
    }
    return r;
}

static void record_free(record *r)
{
    free(r->raw);
    free(r->flags);
}

static myo_ecg *ecg_new(double rate_hz, uint32_t channels)
{
    myo_ecg_config config;
    myo_ecg_config_default(&config, rate_hz, channels);
    myo_ecg *ecg = NULL;
    assert_int_equal(myo_ecg_new(&config, &ecg), MYO_OK);
    return ecg;
}

/* RMS of x over frames [from, end) whose flag is 0; share of them in @p kept. */
static double rms_of(const float *x, const uint8_t *flags, size_t from, size_t end, double *kept)
{
    double sum = 0.0;
    size_t count = 0;
    for (size_t i = from; i < end; i++) {
        if (!flags || flags[i] == 0) {
            sum += (double)x[i] * (double)x[i];
            count++;
        }
    }
    if (kept) {
        *kept = (double)count / (double)(end - from);
    }
    return sqrt(sum / (double)count);
}

/* 100 uV over 3 uV: without removal the RMS is several times too large; gated it is within 5 %. */
static void test_resting_rms_is_unbiased(void **state)
{
    (void)state;
    double worst = 0.0, worst_subtracted = 0.0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        record r = record_new(&heart_at_rest, 60.0, seed);
        rest_config quiet = heart_at_rest;
        quiet.ecg_uv = 0.0;
        record truth = record_new(&quiet, 60.0, seed);
        const double expected = rms_of(truth.measure, NULL, 20000, truth.frames, NULL);
        assert_true(rms_of(r.measure, NULL, 20000, r.frames, NULL) > 2.0 * expected);
        myo_ecg *ecg = ecg_new(RATE, 1);
        myo_ecg_process(ecg, r.raw, r.measure, r.frames, r.clean, r.flags);
        double kept = 0.0;
        worst = fmax(worst, fabs(rms_of(r.clean, r.flags, 20000, r.frames, &kept) / expected - 1));
        worst_subtracted =
            fmax(worst_subtracted, rms_of(r.clean, NULL, 20000, r.frames, NULL) / expected);
        assert_true(kept > 0.75); /* 72 beats of 131 ms: 16 % */
        myo_ecg_free(ecg);
        record_free(&r);
        record_free(&truth);
    }
    print_message("gated: bias at most %.2f %%; subtracted: RMS x %.2f\n", 100.0 * worst,
                  worst_subtracted);
    assert_true(worst < 0.05);
    assert_true(worst_subtracted < 1.5);
}

/* 58 s at 72 a minute: about 70 beats, each within 10 ms of its R wave. */
static void test_beats_are_counted_and_timed(void **state)
{
    (void)state;
    rest_config config = heart_at_rest;
    config.heart_sd = 0.0;
    config.ecg_uv = 40.0;
    record r = record_new(&config, 58.0, 3);
    myo_ecg *ecg = ecg_new(RATE, 1);
    const double rr = 60.0 / 72.0;
    int64_t beats = 0;
    for (size_t i = 0; i < r.frames; i += 1000) {
        myo_ecg_process(ecg, r.raw + i, r.measure + i, 1000, r.clean + i, r.flags + i);
        myo_beat beat;
        while (myo_ecg_next(ecg, &beat)) {
            const double t = (double)beat.frame / RATE;
            const double nearest = 0.5 * rr + rr * floor((t - 0.5 * rr) / rr + 0.5);
            assert_near(t, nearest, 0.010);
            assert_true(beat.likeness > 0.75);
            beats++;
        }
    }
    myo_ecg_summary summary;
    myo_ecg_summary_get(ecg, &summary);
    assert_true(summary.present);
    assert_int_equal(summary.beats, beats);
    assert_in_range(beats, 64, 70); /* the first four teach the rhythm */
    assert_near(summary.heart_bpm, 72.0, 0.5);
    assert_true(summary.confidence > 0.8);
    /* 20-450 Hz keeps a third of an R wave of 10 ms. */
    assert_near(myo_ecg_amplitude(ecg, 0), 14.0, 3.0);
    myo_ecg_free(ecg);
    record_free(&r);
}

/* No heart, no rhythm; and what is flagged is little. */
static void test_noise_has_no_rhythm(void **state)
{
    (void)state;
    rest_config config = heart_at_rest;
    config.ecg_uv = 0.0;
    config.tonic_uv = 10.0;
    config.block_cv = 0.2;
    config.block_ar = 0.5;
    record r = record_new(&config, 300.0, 5);
    myo_ecg *ecg = ecg_new(RATE, 1);
    myo_ecg_process(ecg, r.raw, r.measure, r.frames, r.clean, r.flags);
    myo_ecg_summary summary;
    myo_ecg_summary_get(ecg, &summary);
    assert_false(summary.present);
    double kept = 0.0;
    rms_of(r.clean, r.flags, 20000, r.frames, &kept);
    assert_true(kept > 0.98);
    myo_ecg_free(ecg);
    record_free(&r);
}

/* A contraction hides the heart; behind it the old shape is taken up again. */
static void test_rhythm_is_taken_up_after_a_contraction(void **state)
{
    (void)state;
    record r = record_new(&heart_at_rest, 60.0, 2);
    myo_rng rng;
    myo_rng_start(&rng, 1, 1, 1);
    for (size_t i = 40000; i < 56000; i++) {
        const float burst = (float)(300.0 * myo_rng_normal(&rng));
        r.raw[i] += burst;
        r.measure[i] += burst;
    }
    myo_ecg *ecg = ecg_new(RATE, 1);
    myo_ecg_process(ecg, r.raw, r.measure, r.frames, r.clean, r.flags);
    double kept = 0.0;
    assert_near(rms_of(r.clean, r.flags, 64000, r.frames, &kept), 3.0, 0.15);
    assert_true(kept < 0.9);
    myo_ecg_free(ecg);
    record_free(&r);
}

static void test_block_split_changes_nothing(void **state)
{
    (void)state;
    record a = record_new(&heart_at_rest, 15.0, 4), b = record_new(&heart_at_rest, 15.0, 4);
    myo_ecg *ecg = ecg_new(RATE, 1);
    myo_ecg_process(ecg, a.raw, a.measure, a.frames, a.clean, a.flags);
    myo_ecg_reset(ecg);
    for (size_t i = 0, n = 1; i < b.frames; i += n, n = n % 61 + 1) {
        n = n < b.frames - i ? n : b.frames - i;
        myo_ecg_process(ecg, b.raw + i, b.measure + i, n, b.clean + i, b.flags + i);
    }
    assert_memory_equal(a.clean, b.clean, a.frames * sizeof(float));
    assert_memory_equal(a.flags, b.flags, a.frames);
    myo_ecg_free(ecg);
    record_free(&a);
    record_free(&b);
}

/* Output is the input, myo_ecg_delay later, where nothing was subtracted; the start is flagged. */
static void test_delay_and_gap(void **state)
{
    (void)state;
    rest_config config = heart_at_rest;
    config.ecg_uv = 0.0;
    record r = record_new(&config, 4.0, 6);
    myo_ecg *ecg = ecg_new(RATE, 1);
    const size_t delay = (size_t)myo_ecg_delay(ecg);
    assert_in_range(delay, 200, 1000);
    myo_ecg_process(ecg, r.raw, r.measure, r.frames, r.clean, r.flags);
    assert_memory_equal(r.clean + delay, r.measure, (r.frames - delay) * sizeof(float));
    assert_int_equal(r.flags[delay], MYO_ECG_UNSETTLED);
    assert_int_equal(r.flags[r.frames - 1], MYO_ECG_UNSETTLED);
    myo_ecg_gap(ecg, 100000);
    myo_ecg_process(ecg, r.raw, r.measure, 100, r.clean, r.flags);
    assert_int_equal(r.flags[0], MYO_ECG_UNSETTLED);
    assert_near((double)r.clean[0], 0.0, 0.0);
    myo_ecg_free(ecg);
    record_free(&r);
}

static void test_refusals(void **state)
{
    (void)state;
    myo_ecg_config config;
    myo_ecg *ecg = NULL;
    myo_ecg_config_default(&config, 400.0, 1);
    assert_int_equal(myo_ecg_new(&config, &ecg), MYO_ERR_BAD_ARG);
    myo_ecg_config_default(&config, 2000.0, 0);
    assert_int_equal(myo_ecg_new(&config, &ecg), MYO_ERR_BAD_ARG);
    assert_null(ecg);
    myo_ecg_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resting_rms_is_unbiased),
        cmocka_unit_test(test_beats_are_counted_and_timed),
        cmocka_unit_test(test_noise_has_no_rhythm),
        cmocka_unit_test(test_rhythm_is_taken_up_after_a_contraction),
        cmocka_unit_test(test_block_split_changes_nothing),
        cmocka_unit_test(test_delay_and_gap),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
