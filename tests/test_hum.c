/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hum canceller: which mains, how much is left, and that it neither ghosts nor rings. */
#include "emg/octet_kern.h"

#include "near.h"
#include "synth/rng.h"

#include <stdlib.h>

#define RATE 2000.0
enum { SECONDS = 20, FRAMES = SECONDS * 2000 };

typedef struct {
    double hz, drift_hz_per_s;
    double height; /* of the fundamental; the third has a third, the fifth a fifth of it */
    double noise;
    double seventh; /* share of the seventh */
} source;

static const double two_pi = 6.283185307179586;

/* Hum alone into hum[], hum and noise into x[]. */
static void make(const source *s, double *hum, double *x)
{
    myo_rng rng;
    myo_rng_start(&rng, 7, 931, 0);
    double phase = 0.4;
    for (int i = 0; i < FRAMES; i++) {
        hum[i] = s->height * (sin(phase) + sin(3.0 * phase + 1.0) / 3.0 + sin(5.0 * phase) / 5.0 +
                              s->seventh * sin(7.0 * phase));
        x[i] = hum[i] + s->noise * myo_rng_normal(&rng);
        phase += two_pi * (s->hz + s->drift_hz_per_s * i / RATE) / RATE;
    }
}

/* One channel, the third of eight; the others are silent. */
enum { LANE = 2, LANES = 3 };

static void cancel_learning(myo_hum *hum, double learns, const double *x, double *y)
{
    static const myo_lanes high_hz = {[LANE] = 450.0};
    const myo_lanes learning = {[LANE] = learns};
    myo_hum_config config;
    myo_hum_config_default(&config, RATE, high_hz);
    myo_hum_reset(&config, hum);
    for (int i = 0; i < FRAMES; i++) {
        myo_lanes z = {[LANE] = x[i]};
        myo_hum_process(&config, hum, myo_octet_hum_c, z, learning, 1, LANES);
        y[i] = z[LANE];
    }
}

static void cancel(myo_hum *hum, const double *x, double *y)
{
    cancel_learning(hum, 1.0, x, y);
}

static double power(const double *x, int from, int to)
{
    double sum = 0.0;
    for (int i = from; i < to; i++) {
        sum += x[i] * x[i];
    }
    return sum / (to - from);
}

/* Amplitude squared over two of the component at hz in x, over whole seconds. */
static double line_power(const double *x, double hz, int from, int to)
{
    double c = 0.0, s = 0.0;
    for (int i = from; i < to; i++) {
        c += x[i] * cos(two_pi * hz * i / RATE);
        s += x[i] * sin(two_pi * hz * i / RATE);
    }
    const double n = to - from;
    return 2.0 * (c * c + s * s) / (n * n);
}

/* Either mains and its harmonics, 40 dB over the noise: in the last ten seconds each of the three
 * lines is 30 dB down. */
static void test_lines_are_removed(void **state)
{
    (void)state;
    static double hum_only[FRAMES], x[FRAMES], y[FRAMES];
    static const double mains[] = {50.0, 60.0, 49.9, 50.2, 59.8, 60.2};
    for (size_t k = 0; k < sizeof mains / sizeof mains[0]; k++) {
        const source s = {.hz = mains[k], .height = 100.0, .noise = 1.0};
        myo_hum hum;
        make(&s, hum_only, x);
        cancel(&hum, x, y);
        assert_near(myo_hum_hz(&hum, LANE), mains[k], 0.02);
        for (int h = 1; h <= 5; h += 2) {
            const double left = line_power(y, h * s.hz, FRAMES / 2, FRAMES);
            const double was = line_power(x, h * s.hz, FRAMES / 2, FRAMES);
            if (10.0 * log10(left / was) > -30.0) {
                fail_msg("%g Hz: harmonic %d is %.1f dB down", s.hz, h, -10.0 * log10(left / was));
            }
        }
        /* RMS of the three lines: 100 / sqrt(2) * sqrt(1 + 1/9 + 1/25). */
        assert_near(myo_hum_rms(&hum, LANE), 75.9, 1.0);
    }
}

/* Of hum 40 dB over the noise the seventh harmonic counts, too, though it lies behind the detect band (300 Hz, of
 * which the canceller hears 450): 20 dB down. Of weak hum it does not, and none is looked for. */
static void test_seventh_of_strong_hum(void **state)
{
    (void)state;
    static double hum_only[FRAMES], x[FRAMES], y[FRAMES];
    source s = {.hz = 50.0, .height = 100.0, .noise = 1.0, .seventh = 0.08};
    myo_hum hum;
    make(&s, hum_only, x);
    cancel(&hum, x, y);
    const double left = line_power(y, 350.0, FRAMES / 2, FRAMES);
    assert_true(10.0 * log10(left / 32.0) < -20.0); /* a line of 8: a power of 32 */
    assert_true(hum.phasors[0].lines[LANE] > 6.0);
    s.height = 5.0;
    make(&s, hum_only, x);
    cancel(&hum, x, y);
    assert_near(hum.phasors[0].lines[LANE], 6.0, 0.0);
}

/* A mains that wanders from 0.2 Hz below to 0.2 Hz above within 20 s. */
static void test_drift_is_followed(void **state)
{
    (void)state;
    static double hum_only[FRAMES], x[FRAMES], y[FRAMES];
    for (int m = 0; m < 2; m++) {
        const double nominal = m ? 60.0 : 50.0;
        const source s = {
            .hz = nominal - 0.2, .drift_hz_per_s = 0.02, .height = 100.0, .noise = 1.0};
        myo_hum hum;
        make(&s, hum_only, x);
        cancel(&hum, x, y);
        assert_near(myo_hum_hz(&hum, LANE), nominal + 0.2, 0.03);
        const double left = power(y, FRAMES / 4, FRAMES) - 1.0;
        const double was = power(hum_only, FRAMES / 4, FRAMES);
        assert_true(10.0 * log10(fmax(left, 1e-9) / was) < -30.0);
    }
}

/* White noise has no lines: the output is the input, to the bit, for its whole length. */
static void test_white_noise_passes(void **state)
{
    (void)state;
    static double hum_only[FRAMES], x[FRAMES], y[FRAMES];
    const source s = {.hz = 50.0, .height = 0.0, .noise = 1.0};
    myo_hum hum;
    make(&s, hum_only, x);
    cancel(&hum, x, y);
    assert_memory_equal(x, y, sizeof x);
    assert_near(myo_hum_hz(&hum, LANE), 0.0, 0.0);
    assert_near(myo_hum_rms(&hum, LANE), 0.0, 0.0);
}

/* A stimulus of 1000 (100 sigma and more) for 2 ms in hum and noise: what is subtracted from the
 * frames around it is the hum, as well as without it; a notch would ring at 1000 * 2 pi * B * 2 ms. */
static void test_stimulus_does_not_ring(void **state)
{
    (void)state;
    static double hum_only[FRAMES], x[FRAMES], plain[FRAMES], y[FRAMES];
    const source s = {.hz = 50.1, .height = 20.0, .noise = 1.0};
    const int at = 15 * 2000;
    myo_hum hum;
    make(&s, hum_only, x);
    cancel(&hum, x, plain);
    for (int i = at; i < at + 4; i++) {
        x[i] += 1000.0;
    }
    cancel(&hum, x, y);
    assert_memory_equal(plain, y, (size_t)at * sizeof y[0]);
    double most = 0.0;
    for (int i = at; i < at + 4000; i++) {
        const double stimulus = i < at + 4 ? 1000.0 : 0.0;
        most = fmax(most, fabs(y[i] - stimulus - plain[i]));
    }
    /* Six lines, each moved by at most 2 / (0.2 s * 2000 Hz) * 2.5 * 0.8 sigma = 0.01 a frame by the
     * four frames of the stimulus and the 20 that the high-pass needs to forget it. */
    assert_true(most < 6 * 24 * 0.01);
}

/* Frozen frames teach nothing. */
static void test_frozen_frames_teach_nothing(void **state)
{
    (void)state;
    static double hum_only[FRAMES], x[FRAMES], y[FRAMES];
    const source s = {.hz = 60.0, .height = 100.0, .noise = 1.0};
    myo_hum hum;
    make(&s, hum_only, x);
    cancel_learning(&hum, 0.0, x, y);
    assert_memory_equal(x, y, sizeof x);
    assert_near(myo_hum_hz(&hum, LANE), 0.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_removed),
        cmocka_unit_test(test_seventh_of_strong_hum),
        cmocka_unit_test(test_drift_is_followed),
        cmocka_unit_test(test_white_noise_passes),
        cmocka_unit_test(test_stimulus_does_not_ring),
        cmocka_unit_test(test_frozen_frames_teach_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
