/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter bank: kernels equal the scalar reference bit by bit, cuts and neighbours do not
 * matter, and it filters as its design says. */
#include "dsp/bank.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define RATE 2000.0

/* xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016).
 */
static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint64_t random_bits(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1du;
}

static double random_sample(void)
{
    return (double)(random_bits() >> 11) * 0x1p-52 - 1.0;
}

static double *doubles(size_t count)
{
    double *p = calloc(count, sizeof *p);
    assert_non_null(p);
    return p;
}

/* Every lane another band, so that a lane that takes its neighbour's coefficients is seen. */
static myo_bank *bank_of(uint32_t channels, uint32_t cpu_mask)
{
    myo_band *bands = calloc((size_t)channels * MYO_BANK_BANDS, sizeof *bands);
    assert_non_null(bands);
    for (uint32_t c = 0; c < channels; c++) {
        myo_band *own = bands + (size_t)c * MYO_BANK_BANDS;
        assert_int_equal(myo_band_design(RATE, 20.0 + 0.1 * c, 450.0, &own[0]), MYO_OK);
        assert_int_equal(myo_band_design(RATE, 60.0, 300.0 + c, &own[1]), MYO_OK);
        assert_int_equal(myo_band_design(RATE, 0.5, 20.0 + 0.1 * c, &own[2]), MYO_OK);
        myo_band_silence(&own[3]);
    }
    myo_bank *bank = NULL;
    assert_int_equal(myo_bank_new(channels, bands, cpu_mask, &bank), MYO_OK);
    free(bands);
    return bank;
}

/* The definition: unfused sections one after the other, in long double. Returns the largest
 * difference of the lane from it. */
static double distance_from_definition(const myo_band *band, const double *x, size_t frames,
                                       const double *y, size_t y_step)
{
    long double s[MYO_BAND_SECTIONS][2] = {{0}};
    double worst = 0.0;
    for (size_t n = 0; n < frames; n++) {
        long double v = (long double)x[n] * band->gain;
        for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
            const long double u = v;
            v = u + s[k][0];
            s[k][0] = s[k][1] - band->section[k].a1 * v;
            s[k][1] = -band->section[k].a2 * v - u;
        }
        worst = fmax(worst, fabs((double)(v - y[n * y_step])));
    }
    return worst;
}

/* Errors of one rounding (2^-53 of a value of the order of the output) are amplified by the noise
 * gain of the poles, about (rate / low)^1.5 (see band.c); 100 of them are allowed. */
static double rounding_tolerance(double rate_hz, double low_hz)
{
    return 100.0 * 0x1p-53 * pow(rate_hz / low_hz, 1.5);
}

static void test_kernels_follow_the_definition(void **state)
{
    (void)state;
    enum { FRAMES = 5000 };
    double *x = doubles(FRAMES), *y = doubles(FRAMES * MYO_BANK_BANDS);
    for (size_t n = 0; n < FRAMES; n++) {
        x[n] = random_sample();
    }
    myo_band bands[MYO_BANK_BANDS];
    const double lows[3] = {20.0, 60.0, 0.5}, highs[3] = {450.0, 300.0, 20.0};
    for (int b = 0; b < 3; b++) {
        assert_int_equal(myo_band_design(RATE, lows[b], highs[b], &bands[b]), MYO_OK);
    }
    myo_band_silence(&bands[3]);
    for (size_t t = 0; myo_kern_tables[t] != NULL; t++) {
        if (myo_kern_tables[t]->needs & ~myo_cpu_detect()) {
            continue;
        }
        myo_bank *bank = NULL;
        assert_int_equal(myo_bank_new(1, bands, myo_kern_tables[t]->needs, &bank), MYO_OK);
        assert_string_equal(myo_bank_kernel(bank), myo_kern_tables[t]->name);
        myo_bank_process(bank, x, FRAMES, y);
        for (int b = 0; b < 3; b++) {
            assert_true(distance_from_definition(&bands[b], x, FRAMES, y + b, MYO_BANK_BANDS) <
                        rounding_tolerance(RATE, lows[b]));
        }
        for (size_t n = 0; n < FRAMES; n++) {
            assert_true(y[n * MYO_BANK_BANDS + 3] == 0.0);
        }
        myo_bank_free(bank);
    }
    free(x);
    free(y);
}

/* Feeds the frames in random pieces, some of them empty. */
static void process_in_pieces(myo_bank *bank, uint32_t channels, const double *x, size_t frames,
                              double *y)
{
    for (size_t done = 0; done < frames;) {
        size_t piece = random_bits() % 150;
        piece = piece < frames - done ? piece : frames - done;
        myo_bank_process(bank, x + done * channels, piece, y + done * channels * MYO_BANK_BANDS);
        done += piece;
    }
}

static void expect_kernel_equal(const myo_kern_table *table, uint32_t channels, size_t frames)
{
    const size_t count = frames * channels, values = count * MYO_BANK_BANDS;
    /* One more at each end: off by one double, the buffers are on no vector's boundary. */
    double *x = doubles(count + 1), *expected = doubles(values), *y = doubles(values + 2);
    for (size_t i = 0; i < count; i++) {
        x[i + 1] = random_sample();
    }
    y[0] = y[values + 1] = 12345.0;
    myo_bank *reference = bank_of(channels, MYO_CPU_C), *bank = bank_of(channels, table->needs);
    assert_string_equal(myo_bank_kernel(reference), "c");
    assert_string_equal(myo_bank_kernel(bank), table->name);
    myo_bank_process(reference, x + 1, frames, expected);
    process_in_pieces(bank, channels, x + 1, frames, y + 1);
    assert_memory_equal(y + 1, expected, values * sizeof *y);
    assert_true(y[0] == 12345.0 && y[values + 1] == 12345.0);
    myo_bank_free(reference);
    myo_bank_free(bank);
    free(x);
    free(expected);
    free(y);
}

static void test_fused_kernels_equal_the_reference(void **state)
{
    (void)state;
    for (size_t t = 0; myo_kern_tables[t] != NULL; t++) {
        const myo_kern_table *table = myo_kern_tables[t];
        if ((table->needs & MYO_CPU_SSE2) || (table->needs & ~myo_cpu_detect())) {
            continue;
        }
        for (uint32_t channels = 1; channels <= 17; channels++) {
            expect_kernel_equal(table, channels, 1 + random_bits() % 700);
        }
        expect_kernel_equal(table, 64, 131);
        expect_kernel_equal(table, 256, 67);
    }
}

static void test_sse2_is_near_the_reference(void **state)
{
    (void)state;
    if (!(myo_cpu_detect() & MYO_CPU_SSE2)) {
        skip();
    }
    enum { FRAMES = 1001, CHANNELS = 5, VALUES = FRAMES * CHANNELS * MYO_BANK_BANDS };
    double *x = doubles(FRAMES * CHANNELS), *expected = doubles(VALUES), *y = doubles(VALUES);
    for (size_t i = 0; i < FRAMES * CHANNELS; i++) {
        x[i] = random_sample();
    }
    myo_bank *reference = bank_of(CHANNELS, MYO_CPU_C), *bank = bank_of(CHANNELS, MYO_CPU_SSE2);
    assert_string_equal(myo_bank_kernel(bank), "sse2");
    myo_bank_process(reference, x, FRAMES, expected);
    process_in_pieces(bank, CHANNELS, x, FRAMES, y);
    for (size_t i = 0; i < VALUES; i++) {
        const double low = i % MYO_BANK_BANDS == 2 ? 0.5 : 20.0;
        assert_true(fabs(y[i] - expected[i]) < rounding_tolerance(RATE, low));
    }
    myo_bank_free(reference);
    myo_bank_free(bank);
    free(x);
    free(expected);
    free(y);
}

/* The spectrum of the impulse response at one frequency is the designed magnitude. */
static void test_impulse_response_has_the_designed_magnitude(void **state)
{
    (void)state;
    enum { FRAMES = 40000 };
    static const double hz[] = {1.0, 10.0, 20.0, 60.0, 134.0, 300.0, 450.0, 800.0};
    double *x = doubles(FRAMES), *y = doubles(FRAMES * MYO_BANK_BANDS);
    x[0] = 1.0;
    myo_band bands[MYO_BANK_BANDS];
    assert_int_equal(myo_band_design(RATE, 20.0, 450.0, &bands[0]), MYO_OK);
    assert_int_equal(myo_band_design(RATE, 60.0, 300.0, &bands[1]), MYO_OK);
    assert_int_equal(myo_band_design(RATE, 0.5, 20.0, &bands[2]), MYO_OK);
    assert_int_equal(myo_band_design(RATE, 100.0, 900.0, &bands[3]), MYO_OK);
    myo_bank *bank = NULL;
    assert_int_equal(myo_bank_new(1, bands, MYO_CPU_ALL, &bank), MYO_OK);
    myo_bank_process(bank, x, FRAMES, y);
    for (int b = 0; b < MYO_BANK_BANDS; b++) {
        for (size_t i = 0; i < sizeof hz / sizeof hz[0]; i++) {
            double re = 0.0, im = 0.0;
            for (size_t n = 0; n < FRAMES; n++) {
                const double angle = 6.283185307179586 * fmod(hz[i] * (double)n / RATE, 1.0);
                re += y[n * MYO_BANK_BANDS + (size_t)b] * cos(angle);
                im += y[n * MYO_BANK_BANDS + (size_t)b] * sin(angle);
            }
            /* 40000 terms, each wrong by at most some 1e-14. */
            assert_true(fabs(hypot(re, im) - myo_band_magnitude(&bands[b], RATE, hz[i])) < 1e-9);
        }
    }
    myo_bank_free(bank);
    free(x);
    free(y);
}

/* Hardest band and rate in use, a large offset and noise: after 1e7 frames the slow band is still
 * where the exact filter would be, within rounding. */
static void test_slow_band_at_high_rate_stays_stable(void **state)
{
    (void)state;
    enum { TILE = 1000, TILES = 10000 };
    static double x[TILE], y[TILE * MYO_BANK_BANDS];
    const double rate = 100000.0;
    myo_band bands[MYO_BANK_BANDS];
    for (int b = 0; b < MYO_BANK_BANDS; b++) {
        assert_int_equal(myo_band_design(rate, 0.5, 20.0, &bands[b]), MYO_OK);
    }
    myo_bank *bank = NULL;
    assert_int_equal(myo_bank_new(1, bands, MYO_CPU_ALL, &bank), MYO_OK);
    double largest = 0.0;
    for (int tile = 0; tile < TILES; tile++) {
        for (int n = 0; n < TILE; n++) {
            x[n] = 1000.0 + (tile < TILES / 2 ? random_sample() : 0.0);
        }
        myo_bank_process(bank, x, TILE, y);
        largest = fmax(largest, fabs(y[0]));
    }
    /* The step of 1000 passes; 50 s after the last noise nothing but rounding is left of it. */
    assert_true(largest > 100.0 && largest < 2000.0);
    assert_true(fabs(y[0]) < 1000.0 * rounding_tolerance(rate, 0.5));
    myo_bank_free(bank);
}

static void test_silence_never_leaves_denormals(void **state)
{
    (void)state;
#if !defined(__x86_64__) && !defined(__aarch64__)
    skip();
#endif
    enum { FRAMES = 20000 };
    double *x = doubles(FRAMES), *y = doubles(FRAMES * MYO_BANK_BANDS);
    x[0] = 1.0;
    for (size_t t = 0; myo_kern_tables[t] != NULL; t++) {
        if (myo_kern_tables[t]->needs & ~myo_cpu_detect()) {
            continue;
        }
        myo_bank *bank = bank_of(1, myo_kern_tables[t]->needs);
        myo_bank_process(bank, x, FRAMES, y);
        for (size_t i = 0; i < FRAMES * MYO_BANK_BANDS; i++) {
            assert_true(y[i] == 0.0 || fabs(y[i]) >= DBL_MIN);
        }
        /* Band 1 falls by a factor e in 8 ms at the slowest: to zero within 6 s of 10. */
        assert_true(y[(FRAMES - 1) * MYO_BANK_BANDS + 1] == 0.0);
        myo_bank_free(bank);
    }
    free(x);
    free(y);
}

static void test_reset_of_one_channel_leaves_the_others(void **state)
{
    (void)state;
    enum { CHANNELS = 7, FRAMES = 100, VALUES = FRAMES * CHANNELS * MYO_BANK_BANDS };
    double *x = doubles(FRAMES * CHANNELS), *first = doubles(VALUES), *y = doubles(VALUES);
    double *second = doubles(VALUES);
    for (size_t i = 0; i < FRAMES * CHANNELS; i++) {
        x[i] = random_sample();
    }
    for (uint32_t channel = 0; channel < CHANNELS; channel++) {
        myo_bank *bank = bank_of(CHANNELS, MYO_CPU_ALL);
        myo_bank_process(bank, x, FRAMES, first);
        myo_bank_process(bank, x, FRAMES, second);
        myo_bank_reset(bank);
        myo_bank_process(bank, x, FRAMES, y);
        assert_memory_equal(y, first, VALUES * sizeof *y);
        myo_bank_reset_channel(bank, channel);
        myo_bank_process(bank, x, FRAMES, y);
        for (size_t i = 0; i < VALUES; i++) {
            const bool own = i / MYO_BANK_BANDS % CHANNELS == channel;
            assert_true(y[i] == (own ? first[i] : second[i]));
        }
        myo_bank_free(bank);
    }
    free(x);
    free(first);
    free(second);
    free(y);
}

static void test_channel_counts_are_checked(void **state)
{
    (void)state;
    static myo_band bands[257 * MYO_BANK_BANDS];
    myo_bank *bank = NULL;
    assert_int_equal(myo_bank_new(0, bands, MYO_CPU_ALL, &bank), MYO_ERR_BAD_ARG);
    assert_int_equal(myo_bank_new(257, bands, MYO_CPU_ALL, &bank), MYO_ERR_BAD_ARG);
    assert_null(bank);
    myo_bank_free(NULL);
    assert_int_equal(myo_bank_new(1, bands, 0, &bank), MYO_OK);
    assert_string_equal(myo_bank_kernel(bank), "c");
    myo_bank_free(bank);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels_follow_the_definition),
        cmocka_unit_test(test_fused_kernels_equal_the_reference),
        cmocka_unit_test(test_sse2_is_near_the_reference),
        cmocka_unit_test(test_impulse_response_has_the_designed_magnitude),
        cmocka_unit_test(test_slow_band_at_high_rate_stays_stable),
        cmocka_unit_test(test_silence_never_leaves_denormals),
        cmocka_unit_test(test_reset_of_one_channel_leaves_the_others),
        cmocka_unit_test(test_channel_counts_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
