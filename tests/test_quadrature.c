/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Demodulation of waves that are known in closed form: length, phase, what must not come through, and a
 * shift that the phase of what comes out tells. */
#include "myotwitch/axial.h"
#include "myotwitch/quadrature.h"

#include "near.h"

#include <stdlib.h>
#include <string.h>

enum { HEIGHT = 400, WIDTH = 3 };

static const double pi = 3.14159265358979323846;

static myo_quadrature *quadrature_new(uint32_t width, double carrier)
{
    myo_quadrature *q = NULL;
    assert_int_equal(myo_quadrature_new(width, HEIGHT, carrier, UINT32_MAX, &q), MYO_OK);
    return q;
}

static myo_frame frame_of(const float *echoes, uint32_t width)
{
    return (myo_frame){.pixels = echoes,
                       .pixel = MYO_PIXEL_F32,
                       .stride = width,
                       .width = width,
                       .height = HEIGHT,
                       .time_s = 1.5,
                       .sequence = 7};
}

/* Largest length of what comes out of A cos(2 pi f m + p) + constant, away from the ends of the line, whose filter
 * sees less; and the mean phase that it turns by from sample to sample. */
static double wave_run(double carrier, double f, double amplitude, double constant, double *turn)
{
    float echoes[HEIGHT];
    myo_quadrature *q = quadrature_new(1, carrier);
    myo_quadrature_shape shape;
    myo_frame iq;
    for (int m = 0; m < HEIGHT; m++) {
        echoes[m] = (float)(amplitude * cos(2.0 * pi * f * m + 0.4) + constant);
    }
    const myo_frame frame = frame_of(echoes, 1);
    myo_quadrature_process(q, &frame, &iq);
    myo_quadrature_shape_get(q, &shape);
    const float *z = iq.pixels;
    double most = 0.0, re = 0.0, im = 0.0;
    for (uint32_t k = 100 / shape.every; k < shape.height - 100 / shape.every; k++) {
        const double a[2] = {(double)z[2 * k], (double)z[2 * k + 1]};
        const double b[2] = {(double)z[2 * k + 2], (double)z[2 * k + 3]};
        most = fmax(most, hypot(a[0], a[1]));
        re += a[0] * b[0] + a[1] * b[1];
        im += a[0] * b[1] - a[1] * b[0];
    }
    *turn = atan2(im, re) / (2.0 * pi) / shape.every;
    myo_quadrature_free(q);
    return most;
}

/* Centre frequencies from 3 to 22 samples a wavelength: an echo keeps its amplitude to 1 % and turns by how
 * much its frequency differs from the carrier. A Hamming window's ripple is 0.2 % (Harris 1978). */
static void test_echoes_keep_length_and_phase(void **state)
{
    (void)state;
    static const double carriers[] = {0.045, 0.1, 0.125, 0.25, 0.33};
    for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++) {
        const double c = carriers[i];
        double turn = 0.0;
        assert_near(wave_run(c, c, 50.0, 0.0, &turn), 50.0, 0.5);
        assert_near(turn, 0.0, 2e-4);
        const double off = 0.1 * (c < 0.25 ? c : 0.5 - c);
        assert_near(wave_run(c, c + off, 50.0, 0.0, &turn), 50.0, 1.0);
        assert_near(turn, off, 2e-4);
        assert_near(wave_run(c, c - off, 50.0, 0.0, &turn), 50.0, 1.0);
        assert_near(turn, -off, 2e-4);
    }
}

/* A constant, as converters add it, and its image are beyond the stop band: 40 dB and more down. */
static void test_a_constant_does_not_come_through(void **state)
{
    (void)state;
    static const double carriers[] = {0.045, 0.125, 0.25, 0.4};
    for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++) {
        double turn;
        assert_true(wave_run(carriers[i], 0.3, 0.0, 100.0, &turn) < 1.0);
    }
}

static void test_shape(void **state)
{
    (void)state;
    static const struct {
        double carrier, out;
        uint32_t every, height, step;
    } rows[] = {
        {0.25, 0.5, 2, 200, 8},                                  /* 5 MHz at 20 MHz */
        {0.25 + 1e-12, 0.5, 2, 200, 8}, {0.125, 0.5, 4, 100, 8}, /* at 40 MHz */
        {0.1, 0.5, 5, 80, 8},           {0.3, 0.3, 1, 400, 13},  {0.45, 0.45, 1, 400, 9},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_quadrature *q = quadrature_new(2, rows[i].carrier);
        myo_quadrature_shape shape;
        myo_quadrature_shape_get(q, &shape);
        assert_int_equal(shape.every, rows[i].every);
        assert_int_equal(shape.height, rows[i].height);
        assert_int_equal(shape.step, rows[i].step);
        assert_near(shape.carrier, rows[i].out, 1e-9);
        myo_quadrature_free(q);
    }
}

/* A pulse of three samples' deviation at @p place, whose waves are a quarter of a cycle a sample. */
static double pulse(double m, double place)
{
    const double x = m - place;
    return 100.0 * exp(-0.5 * x * x / 9.0) * cos(2.0 * pi * 0.25 * x);
}

/* Tissue moves as one: what the phase says is what was done, to 2 % (as in test_axial). */
static void test_a_shift_is_told(void **state)
{
    (void)state;
    static const double shifts[] = {0.01, 0.2, -0.7, 1.2};
    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++) {
        float echoes[HEIGHT * WIDTH];
        myo_quadrature *q = quadrature_new(WIDTH, 0.25);
        myo_quadrature_shape shape;
        myo_quadrature_shape_get(q, &shape);
        myo_axial_config config;
        myo_axial_config_default(&config, WIDTH, shape.height, shape.carrier);
        config.step = shape.step;
        config.window = 2 * shape.step;
        config.lines = 1;
        myo_axial *axial = NULL;
        assert_int_equal(myo_axial_new(&config, &axial), MYO_OK);
        myo_tile tiles[WIDTH * 32];
        uint32_t columns, rows;
        double span;
        myo_axial_size(axial, &columns, &rows);
        assert_true(columns * rows <= WIDTH * 32);
        for (int f = 0; f < 2; f++) {
            for (int m = 0; m < HEIGHT; m++) {
                for (int l = 0; l < WIDTH; l++) {
                    double sum = 3.0;              /* and a constant */
                    for (int s = 0; s < 60; s++) { /* scatterers at uneven places */
                        sum +=
                            pulse(m, 6.9 * s + 2.3 * sin(9.0 * s + l) + (f == 1 ? shifts[i] : 0.0));
                    }
                    echoes[m * WIDTH + l] = (float)sum;
                }
            }
            const myo_frame frame = frame_of(echoes, WIDTH);
            myo_frame iq;
            myo_quadrature_process(q, &frame, &iq);
            assert_int_equal(iq.sequence, 7);
            assert_near(iq.time_s, 1.5, 0.0);
            assert_true(myo_axial_process(axial, &iq, tiles, &span) == (f == 1));
        }
        double mean = 0.0;
        for (uint32_t w = 0; w < columns * rows; w++) {
            mean += (double)tiles[w].dy * shape.every / (columns * rows);
        }
        assert_near(mean, shifts[i], 0.02 * fabs(shifts[i]));
        myo_axial_free(axial);
        myo_quadrature_free(q);
    }
}

/* 60 dB from black to white. */
static void test_brightness(void **state)
{
    (void)state;
    static const float pairs[] = {3.0f, 4.0f, 0.0f, 0.1f, 0.004f, 0.0f, 30.0f, 40.0f};
    const myo_frame iq = {pairs, MYO_PIXEL_IQ, 2, 2, 2, 0.0, 0};
    uint8_t gray[4];
    assert_near(myo_envelope_peak(&iq), 50.0, 1e-9);
    myo_envelope_take(&iq, 5.0, gray);
    assert_int_equal(gray[0], 255);
    assert_int_equal(gray[1],
                     111);        /* 20 log10(0.1 / 5) = -33.98 dB: 255 (1 - 33.98 / 60) = 110.6 */
    assert_int_equal(gray[2], 0); /* -62 dB */
    assert_int_equal(gray[3], 255); /* over the peak */
    memset(gray, 9, sizeof gray);
    myo_envelope_take(&iq, 0.0, gray); /* a first frame without an echo */
    assert_int_equal(gray[0], 0);
}

static void test_refusals(void **state)
{
    (void)state;
    myo_quadrature *q = NULL;
    assert_int_equal(myo_quadrature_new(0, 100, 0.25, UINT32_MAX, &q), MYO_ERR_BAD_ARG);
    assert_int_equal(myo_quadrature_new(1, 0, 0.25, UINT32_MAX, &q), MYO_ERR_BAD_ARG);
    assert_int_equal(myo_quadrature_new(1, 70000, 0.25, UINT32_MAX, &q), MYO_ERR_BAD_ARG);
    assert_int_equal(myo_quadrature_new(1, 100, 0.5, UINT32_MAX, &q), MYO_ERR_BAD_ARG);
    assert_int_equal(myo_quadrature_new(1, 100, (double)NAN, UINT32_MAX, &q), MYO_ERR_BAD_ARG);
    assert_null(q);
    myo_quadrature_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_echoes_keep_length_and_phase),
        cmocka_unit_test(test_a_constant_does_not_come_through),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_a_shift_is_told),
        cmocka_unit_test(test_brightness),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
