/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spectra against scipy, in any block split, with lines and fatigue found. */
#include "myotwitch/spectrum.h"

#include "near.h"
#include "oracle/spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FRAMES       8192
#define CHANNELS     3
#define MAX_RESULTS  1000

static const double pi = 3.14159265358979323846;

/* The signal of tests/oracle/spectrum.py. */
static float *coloured_noise(void)
{
    float *x = malloc(FRAMES * CHANNELS * sizeof *x);
    for (uint32_t c = 0; c < CHANNELS; c++) {
        uint32_t state = 12345 + c;
        double y = 0.0;
        for (int i = 0; i < FRAMES; i++) {
            state = 1664525u * state + 1013904223u;
            y = (0.2 + 0.3 * c) * y + ((double)state / 2147483648.0 - 1.0);
            x[i * CHANNELS + (int)c] = (float)y;
        }
    }
    return x;
}

static myo_spectrum *spectrum_new(uint32_t channels, uint32_t size, uint32_t hop)
{
    myo_spectrum_config config;
    myo_spectrum_config_default(&config, 2000.0, channels);
    config.size = size;
    config.hop = hop;
    myo_spectrum *spectrum = NULL;
    assert_int_equal(myo_spectrum_new(&config, &spectrum), MYO_OK);
    return spectrum;
}

/* Pushes in calls of @p block frames; returns the number of results. */
static size_t run(myo_spectrum *spectrum, const float *x, size_t frames, size_t channels,
                  size_t block, myo_spectrum_frame *results)
{
    size_t count = 0, done = 0;
    while (done < frames) {
        const size_t wanted = block < frames - done ? block : frames - done;
        done += myo_spectrum_process(spectrum, x + done * channels, wanted);
        while (count < MAX_RESULTS && myo_spectrum_next(spectrum, &results[count])) {
            count++;
        }
    }
    return count;
}

static const myo_spectrum_frame *find(const myo_spectrum_frame *results, size_t count,
                                      uint32_t channel, int64_t frame)
{
    for (size_t i = 0; i < count; i++) {
        if (results[i].channel == channel && results[i].frame == frame) {
            return &results[i];
        }
    }
    fail_msg("no window of channel %u at %ld", channel, (long)frame);
    return NULL;
}

/* Asked: within 0.1 bin. Float transforms of 1024 values err by 1e-6 of the largest bin. */
static void test_frequencies_agree_with_scipy(void **state)
{
    (void)state;
    float *x = coloured_noise();
    static myo_spectrum_frame results[MAX_RESULTS];
    uint32_t size = 0;
    size_t count = 0;
    for (size_t i = 0; i < COUNT(oracle_frames); i++) {
        if (oracle_frames[i].size != size) {
            size = oracle_frames[i].size;
            myo_spectrum *spectrum = spectrum_new(CHANNELS, size, oracle_frames[i].hop);
            count = run(spectrum, x, FRAMES, CHANNELS, 37, results);
            myo_spectrum_free(spectrum);
        }
        const double bin = 2000.0 / size;
        const myo_spectrum_frame *f =
            find(results, count, oracle_frames[i].channel, oracle_frames[i].frame);
        assert_near(f->mean_hz, oracle_frames[i].mean_hz, 0.001 * bin);
        assert_near(f->median_hz, oracle_frames[i].median_hz, 0.001 * bin);
        assert_near(f->power / oracle_frames[i].power, 1.0, 1e-5);
    }
    free(x);
}

static void test_welch_agrees_with_scipy(void **state)
{
    (void)state;
    float *x = coloured_noise();
    static myo_spectrum_frame results[MAX_RESULTS];
    static double density[513];
    myo_spectrum *spectrum = spectrum_new(CHANNELS, 1024, 512);
    run(spectrum, x, FRAMES, CHANNELS, 512, results);
    assert_int_equal(myo_spectrum_bins(spectrum), 513);
    assert_int_equal(myo_spectrum_density(spectrum, 0, density), 15);
    for (size_t i = 0; i < COUNT(oracle_welch); i++) {
        const double ratio = density[oracle_welch[i].bin] / oracle_welch[i].density;
        assert_near(ratio, 1.0, 1e-4);
    }
    myo_spectrum_restart(spectrum, 0);
    assert_int_equal(myo_spectrum_density(spectrum, 0, density), 0);
    myo_spectrum_free(spectrum);
    free(x);
}

static void test_block_split_changes_nothing(void **state)
{
    (void)state;
    float *x = coloured_noise();
    static myo_spectrum_frame whole[MAX_RESULTS], parts[MAX_RESULTS];
    const size_t blocks[] = {1, 7, 64, 500, 4096};
    myo_spectrum *spectrum = spectrum_new(CHANNELS, 360, 100);
    const size_t count = run(spectrum, x, FRAMES, CHANNELS, FRAMES, whole);
    assert_true(count > 200);
    for (size_t b = 0; b < COUNT(blocks); b++) {
        myo_spectrum_reset(spectrum);
        memset(parts, 0, sizeof parts);
        assert_int_equal(run(spectrum, x, FRAMES, CHANNELS, blocks[b], parts), count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(parts[i].channel, whole[i].channel);
            assert_int_equal(parts[i].frame, whole[i].frame);
            assert_memory_equal(&parts[i].mean_hz, &whole[i].mean_hz, 2 * sizeof(double));
            assert_memory_equal(parts[i].band, whole[i].band, sizeof whole[i].band);
        }
    }
    myo_spectrum_free(spectrum);
    free(x);
}

/* 8 channels, hop 512: four pairs, so no 32 frames hold more than one transform (2 results). */
static void test_transforms_are_staggered(void **state)
{
    (void)state;
    static float x[4096 * 8];
    myo_spectrum *spectrum = spectrum_new(8, 1024, 512);
    myo_spectrum_frame frame;
    size_t total = 0;
    for (size_t i = 0; i < 4096; i += 32) {
        assert_int_equal(myo_spectrum_process(spectrum, x + i * 8, 32), 32);
        size_t results = 0;
        while (myo_spectrum_next(spectrum, &frame)) {
            results++;
        }
        assert_in_range(results, 0, 2);
        total += results;
    }
    /* Pair p ends windows at 1024 + 512 r + 128 p <= 4096: 7, 6, 6, 6 of them. */
    assert_int_equal(total, 50);
    myo_spectrum_free(spectrum);
}

/* 100 Hz sine of amplitude 2: power 2, all in one band; frequencies at the line. */
static void test_sine_and_validity(void **state)
{
    (void)state;
    static float x[4096];
    for (int i = 0; i < 4096; i++) {
        x[i] = (float)(2.0 * sin(2.0 * pi * 100.0 * i / 2000.0));
    }
    static myo_spectrum_frame r[MAX_RESULTS];
    myo_spectrum *spectrum = spectrum_new(1, 1000, 500);
    size_t count = run(spectrum, x, 4096, 1, 100, r);
    assert_int_equal(count, 7);
    assert_true(isnan(r[0].snr_db) && !r[0].valid);
    assert_near(r[0].power, 2.0, 1e-5);
    assert_near(r[0].band[2], 2.0, 1e-5);
    assert_near(r[0].mean_hz, 100.0, 1e-3);
    assert_near(r[0].median_hz, 100.0, 1e-3);

    myo_spectrum_reset(spectrum);
    myo_spectrum_set_noise(spectrum, 0, 2.0 / 11.0 - 1e-4); /* just over 10 dB */
    x[2100] = NAN;
    count = run(spectrum, x, 4096, 1, 100, r);
    assert_near(r[0].snr_db, 10.0, 0.01);
    const bool valid[7] = {true, true, true, false, false, true, true};
    for (size_t i = 0; i < count; i++) {
        assert_true(isfinite(r[i].mean_hz));
        assert_int_equal(r[i].valid, valid[i]);
    }
    myo_spectrum_reset(spectrum);
    myo_spectrum_set_noise(spectrum, 0, 2.0 / 10.9);
    run(spectrum, x, 4096, 1, 100, r);
    assert_false(r[0].valid);
    myo_spectrum_free(spectrum);
}

static void test_gap_starts_windows_anew(void **state)
{
    (void)state;
    static float x[3000];
    static myo_spectrum_frame r[MAX_RESULTS];
    myo_spectrum *spectrum = spectrum_new(1, 1000, 500);
    assert_int_equal(run(spectrum, x, 1400, 1, 100, r), 1);
    myo_spectrum_gap(spectrum, 10000);
    assert_int_equal(run(spectrum, x, 999, 1, 100, r), 0);
    assert_int_equal(run(spectrum, x, 1, 1, 100, r), 1);
    assert_int_equal(r[0].frame, 11400 + 500);
    myo_spectrum_free(spectrum);
}

/* Median frequency falls from 100 Hz by 0.5 Hz a second: the line is found. */
static void test_fatigue_slope(void **state)
{
    (void)state;
    const size_t frames = 40000;
    float *x = malloc(frames * sizeof *x);
    double phase = 0.0;
    for (size_t i = 0; i < frames; i++) {
        phase += 2.0 * pi * (100.0 - 0.5 * (double)i / 2000.0) / 2000.0;
        x[i] = (float)sin(phase);
    }
    static myo_spectrum_frame r[MAX_RESULTS];
    myo_spectrum *spectrum = spectrum_new(1, 1024, 512);
    myo_spectrum_set_noise(spectrum, 0, 0.001);
    run(spectrum, x, frames, 1, 256, r);
    myo_spectrum_slope slope;
    myo_spectrum_slope_get(spectrum, 0, &slope);
    assert_int_equal(slope.windows, 1 + (40000 - 1024) / 512);
    assert_near(slope.slope_hz_s, -0.5, 0.005);
    assert_near(slope.initial_hz, 99.87, 0.1);
    assert_near(slope.percent_minute, -30.0, 0.5);
    assert_true(slope.slope_se < 0.01);
    myo_spectrum_free(spectrum);
    free(x);
}

/* 2 uV of 50 Hz with a third harmonic of 0.5 uV in 1 uV of noise; none is found in noise. */
static void test_mains_comb(void **state)
{
    (void)state;
    const size_t frames = 40000;
    float *x = malloc(2 * frames * sizeof *x);
    uint32_t seed = 1;
    for (size_t i = 0; i < frames; i++) {
        const double t = (double)i / 2000.0;
        for (int c = 0; c < 2; c++) {
            seed = 1664525u * seed + 1013904223u;
            x[2 * i + (size_t)c] = (float)(sqrt(3.0) * (seed / 2147483648.0 - 1.0));
        }
        x[2 * i] += (float)(2.0 * sin(2.0 * pi * 50.0 * t) + 0.5 * sin(2.0 * pi * 150.0 * t));
    }
    static myo_spectrum_frame r[MAX_RESULTS];
    static double density[1025];
    myo_spectrum *spectrum = spectrum_new(2, 2000, 1000);
    run(spectrum, x, frames, 2, 1000, r);
    myo_spectrum_comb comb;
    myo_spectrum_density(spectrum, 0, density);
    myo_spectrum_find_comb(density, 1001, 1.0, 48.0, 62.0, 3, &comb);
    assert_near(comb.base_hz, 50.0, 0.25);
    assert_near(comb.rms, sqrt(2.0 + 0.125), 0.05);
    myo_spectrum_density(spectrum, 1, density);
    myo_spectrum_find_comb(density, 1001, 1.0, 48.0, 62.0, 3, &comb);
    assert_near(comb.base_hz, 0.0, 0.0);
    myo_spectrum_free(spectrum);
    free(x);
}

/* A wave of 12 ms each 0.85 s (1.176 Hz) in windows of 16 s. */
static void test_heart_comb(void **state)
{
    (void)state;
    const size_t frames = 64000;
    float *x = malloc(frames * sizeof *x);
    uint32_t seed = 1;
    for (size_t i = 0; i < frames; i++) {
        const double t = fmod((double)i / 2000.0, 0.85) - 0.4;
        seed = 1664525u * seed + 1013904223u;
        x[i] = (float)(50.0 * exp(-0.5 * t * t / (0.012 * 0.012)) +
                       3.0 * sqrt(3.0) * (seed / 2147483648.0 - 1.0));
    }
    static myo_spectrum_frame r[MAX_RESULTS];
    static double density[16001];
    myo_spectrum *spectrum = spectrum_new(1, 32000, 16000);
    run(spectrum, x, frames, 1, 1000, r);
    myo_spectrum_comb comb;
    myo_spectrum_density(spectrum, 0, density);
    myo_spectrum_find_comb(density, 16001, 1.0 / 16.0, 0.7, 2.0, 8, &comb);
    assert_near(comb.base_hz, 1.0 / 0.85, 0.03);
    myo_spectrum_free(spectrum);
    free(x);
}

static void test_sizes_and_refusals(void **state)
{
    (void)state;
    assert_int_equal(myo_spectrum_good_size(1000), 1000);
    assert_int_equal(myo_spectrum_good_size(1001), 1024);
    assert_int_equal(myo_spectrum_good_size(514), 540);
    myo_spectrum_config good, bad;
    myo_spectrum_config_default(&good, 2000.0, 1);
    assert_int_equal(good.size, 1024);
    assert_int_equal(good.hop, 512);
    myo_spectrum *spectrum = NULL;
    bad = good, bad.size = 1022;
    assert_int_equal(myo_spectrum_new(&bad, &spectrum), MYO_ERR_BAD_ARG);
    bad = good, bad.hop = 1025;
    assert_int_equal(myo_spectrum_new(&bad, &spectrum), MYO_ERR_BAD_ARG);
    bad = good, bad.high_hz = 1000.0;
    assert_int_equal(myo_spectrum_new(&bad, &spectrum), MYO_ERR_BAD_ARG);
    bad = good, bad.channels = 0;
    assert_int_equal(myo_spectrum_new(&bad, &spectrum), MYO_ERR_BAD_ARG);
    myo_spectrum_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frequencies_agree_with_scipy),
        cmocka_unit_test(test_welch_agrees_with_scipy),
        cmocka_unit_test(test_block_split_changes_nothing),
        cmocka_unit_test(test_transforms_are_staggered),
        cmocka_unit_test(test_sine_and_validity),
        cmocka_unit_test(test_gap_starts_windows_anew),
        cmocka_unit_test(test_fatigue_slope),
        cmocka_unit_test(test_mains_comb),
        cmocka_unit_test(test_heart_comb),
        cmocka_unit_test(test_sizes_and_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
