/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A known signal gives back the full scale that it was made with. */
#include "live/calibration.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static const double pi = 3.14159265358979323846;
enum { RATE = 2048, FRAMES = 5 * RATE, CHANNELS = 2 };

static float samples[FRAMES * CHANNELS];

static myo_status measure(myo_calibrate_kind kind, double known_uv, myo_calibrate_result *result)
{
    myo_why why;
    return myo_calibrate(kind, samples + 1, CHANNELS, FRAMES, RATE, known_uv, result, &why);
}

/* Full scale 4000 uV; a sine of 200 uV peak to peak has an amplitude of 100/4000. */
static void sine_make(double hz, double offset, double noise)
{
    unsigned number = 1;
    for (int f = 0; f < FRAMES; f++) {
        number = number * 1664525u + 1013904223u;
        const double uniform = (double)number / 4294967296.0 - 0.5;
        samples[f * CHANNELS + 1] =
            (float)(offset + 0.025 * sin(2.0 * pi * hz * f / RATE + 0.3) + noise * uniform);
    }
}

static void test_sine(void **state)
{
    (void)state;
    static const double tones[] = {3.7, 10.0, 99.97, 400.0};
    for (size_t t = 0; t < sizeof tones / sizeof tones[0]; t++) {
        myo_calibrate_result result;
        sine_make(tones[t], 0.2, 0.0);
        assert_int_equal(measure(MYO_CALIBRATE_SINE, 200.0, &result), MYO_OK);
        assert_true(fabs(result.full_scale_uv - 4000.0) < 0.005 * 4000.0);
        assert_true(fabs(result.hz - tones[t]) < 0.001 * tones[t]);
        assert_true(result.doubt < 0.05);
    }
}

/* Uniform noise of width 0.003 has an RMS of 0.003/sqrt(12), 5 % of the sine's. */
static void test_noise(void **state)
{
    (void)state;
    myo_calibrate_result result;
    sine_make(10.0, 0.0, 0.003);
    assert_int_equal(measure(MYO_CALIBRATE_SINE, 200.0, &result), MYO_OK);
    assert_true(fabs(result.full_scale_uv - 4000.0) < 20.0);
    assert_true(result.doubt > 0.03 && result.doubt < 0.07);
    sine_make(10.0, 0.0, 0.02);
    assert_int_equal(measure(MYO_CALIBRATE_SINE, 200.0, &result), MYO_ERR_FORMAT);
}

/* A square wave of 2 Hz through a first-order high-pass at @p corner_hz. */
static void step_make(double corner_hz)
{
    const double keep = exp(-2.0 * pi * corner_hz / RATE);
    double before = 0.0, out = 0.0;
    for (int f = 0; f < FRAMES; f++) {
        const double in = f / (RATE / 4) % 2 == 0 ? 0.0 : 0.05;
        out = keep * (out + in - before);
        before = in;
        samples[f * CHANNELS + 1] = (float)out;
    }
}

/* 0.05 of 4000 uV are 200 uV. The filter itself takes half its keep of the first sample: 1.5 % at
 * 10 Hz. */
static void test_step(void **state)
{
    (void)state;
    static const double corners[] = {0.0, 0.5, 5.0, 10.0};
    for (size_t c = 0; c < sizeof corners / sizeof corners[0]; c++) {
        myo_calibrate_result result;
        step_make(corners[c]);
        assert_int_equal(measure(MYO_CALIBRATE_STEP, 200.0, &result), MYO_OK);
        assert_true(fabs(result.full_scale_uv - 4000.0) < 0.03 * 4000.0);
        assert_int_equal(result.count, 19);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    myo_calibrate_result result;
    memset(samples, 0, sizeof samples);
    assert_int_equal(measure(MYO_CALIBRATE_SINE, 200.0, &result), MYO_ERR_EMPTY);
    assert_int_equal(measure(MYO_CALIBRATE_STEP, 200.0, &result), MYO_ERR_EMPTY);
    sine_make(0.5, 0.0, 0.0);
    assert_int_equal(measure(MYO_CALIBRATE_SINE, 200.0, &result), MYO_ERR_EMPTY);
    sine_make(10.0, 0.0, 0.0);
    samples[101] = (float)NAN;
    assert_int_equal(measure(MYO_CALIBRATE_SINE, 200.0, &result), MYO_ERR_FORMAT);
}

static void test_file(void **state)
{
    (void)state;
    char folder[] = "/tmp/myo_calibration_XXXXXX", path[64], text[256];
    myo_why why;
    myo_calibration back, calibration = {.kind = MYO_CALIBRATE_STEP,
                                         .full_scale_uv = 4012.346,
                                         .known_uv = 200.0,
                                         .hz = 2.0,
                                         .rate_hz = 2048.0,
                                         .doubt = 0.01,
                                         .device = "hw:1 = USB"};
    (void)snprintf(path, sizeof path, "%s/cal", mkdtemp(folder));
    assert_int_equal(myo_calibration_write(path, false, &calibration, &why), MYO_OK);
    assert_int_equal(myo_calibration_write(path, false, &calibration, &why), MYO_ERR_EXISTS);
    assert_int_equal(myo_calibration_read(path, &back, &why), MYO_OK);
    assert_true(back.kind == MYO_CALIBRATE_STEP && fabs(back.full_scale_uv - 4012.346) < 1e-6);
    assert_string_equal(back.device, "hw:1 = USB");
    myo_calibration_print(&back, text, sizeof text);
    assert_string_equal(text, "full scale 4012.35 uV, by a step of 200 uV (2 Hz) on hw:1 = USB");
    FILE *file = fopen(path, "w");
    fputs("full_scale_uv=none\n", file);
    fclose(file);
    assert_int_equal(myo_calibration_read(path, &back, &why), MYO_ERR_FORMAT);
    unlink(path);
    assert_int_equal(myo_calibration_read(path, &back, &why), MYO_ERR_OPEN);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sine),     cmocka_unit_test(test_noise), cmocka_unit_test(test_step),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
