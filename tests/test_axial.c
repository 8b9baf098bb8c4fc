/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Echoes that are shifted by known amounts, made of waves whose phases are known in closed form: the
 * shift comes back to a small part of a sample, also where the echoes' frequency is not the carrier. */
#include "myotwitch/axial.h"

#include "near.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 20, HEIGHT = 160, WAVES = 48, MOST = 64 };

static const double pi = 3.14159265358979323846;
#define CARRIER 0.25

/* Waves of CENTRE +- 0.06 cycles a sample; line and wave draw their phases, middle ones are strongest. */
static void wave(uint32_t line, int i, double centre, double *frequency, double *phase,
                 double *strength)
{
    /* The finaliser of MurmurHash3: neighbours get phases that have nothing to do with each other. */
    uint32_t mixed = line * WAVES + (uint32_t)i + 1;
    mixed = (mixed ^ mixed >> 16) * 0x85ebca6bu;
    mixed = (mixed ^ mixed >> 13) * 0xc2b2ae35u;
    mixed ^= mixed >> 16;
    const double part = (i + 0.5) / WAVES - 0.5;
    *frequency = centre + 0.12 * part;
    *phase = 2.0 * pi * (double)(mixed >> 8) / 16777216.0;
    *strength = cos(pi * part);
}

/* IQ of the frame whose tissue is @p moved deeper, samples. */
static void frame_fill(float *pairs, double centre, double moved)
{
    for (uint32_t l = 0; l < WIDTH; l++) {
        for (uint32_t m = 0; m < HEIGHT; m++) {
            double re = 0.0, im = 0.0;
            for (int i = 0; i < WAVES; i++) {
                double f, phase, strength;
                wave(l, i, centre, &f, &phase, &strength);
                const double a = 2.0 * pi * (f * (m - moved) - CARRIER * m) + phase;
                re += strength * cos(a);
                im += strength * sin(a);
            }
            pairs[2 * (m * WIDTH + l)] = (float)re;
            pairs[2 * (m * WIDTH + l) + 1] = (float)im;
        }
    }
}

static myo_frame frame_of(const float *pairs, double time_s)
{
    return (myo_frame){.pixels = pairs,
                       .pixel = MYO_PIXEL_IQ,
                       .stride = WIDTH,
                       .width = WIDTH,
                       .height = HEIGHT,
                       .time_s = time_s};
}

static myo_axial *phase_new(uint32_t pairs)
{
    myo_axial_config config;
    myo_axial *phase = NULL;
    myo_axial_config_default(&config, WIDTH, HEIGHT, CARRIER);
    config.pairs = pairs;
    assert_int_equal(myo_axial_new(&config, &phase), MYO_OK);
    return phase;
}

typedef struct {
    double mean, worst; /* of all windows: displacement; largest distance from @p moved */
    uint32_t aliased;
    float quality; /* least */
} outcome;

/* From a frame at rest to one that has moved. */
static outcome follow(double centre, double moved)
{
    float *pairs = malloc(2 * WIDTH * HEIGHT * sizeof *pairs);
    myo_tile tiles[MOST];
    myo_axial *phase = phase_new(1);
    uint32_t columns, rows;
    double span;
    myo_axial_size(phase, &columns, &rows);
    assert_true(columns * rows <= MOST);
    myo_frame frame = frame_of(pairs, 1.0);
    frame_fill(pairs, centre, 0.0);
    assert_false(myo_axial_process(phase, &frame, tiles, &span));
    frame_fill(pairs, centre, moved);
    frame.time_s = 1.25;
    assert_true(myo_axial_process(phase, &frame, tiles, &span));
    assert_near(span, 0.25, 0.0);
    outcome out = {.quality = 1.0f, .aliased = myo_axial_aliased(phase)};
    for (uint32_t i = 0; i < columns * rows; i++) {
        assert_near((double)tiles[i].dx, 0.0, 0.0);
        out.mean += (double)tiles[i].dy / (columns * rows);
        out.worst = fmax(out.worst, fabs((double)tiles[i].dy - moved));
        out.quality = fminf(out.quality, tiles[i].quality);
    }
    myo_axial_free(phase);
    free(pairs);
    return out;
}

/* A sample is 0.0385 mm at 20 MHz and 1540 m/s: 0.0001 of one is 4 nm. The wavelength is 8 samples, the
 * limit 2 either way. Windows of 32 samples do not see all of the waves alike: 2 % of a shift. */
static void test_shifts_of_less_than_a_wavelength(void **state)
{
    (void)state;
    static const double shifts[] = {0.0001, 0.003, 0.05, 0.2, 0.7, 1.2};
    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++) {
        for (double sign = -1.0; sign <= 1.0; sign += 2.0) {
            const outcome out = follow(CARRIER, sign * shifts[i]);
            assert_near(out.mean, sign * shifts[i], 0.003 * shifts[i] + 1e-6);
            assert_true(out.worst <= 0.02 * shifts[i] + 1e-6);
            assert_int_equal(out.aliased, 0);
            assert_true(out.quality > 0.95f);
        }
    }
    assert_near(follow(CARRIER, 0.0).worst, 0.0, 1e-7);
}

/* Echoes lower by a tenth than what they were demodulated with, as attenuation makes them: the carrier
 * alone (Kasai) would give nine tenths of the shift. */
static void test_the_frequency_is_that_of_the_echoes(void **state)
{
    (void)state;
    for (double centre = 0.9 * CARRIER; centre <= 1.11 * CARRIER; centre += 0.1 * CARRIER) {
        const outcome out = follow(centre, 0.4);
        assert_near(out.mean, 0.4, 0.004);
        assert_true(out.worst <= 0.012);
    }
}

/* A quarter of the wavelength is two samples here: 1.8 is said not to be sure, 2.2 comes out as -1.8 and
 * is said to be no better. */
static void test_aliasing_is_flagged(void **state)
{
    (void)state;
    const outcome near = follow(CARRIER, 1.8), beyond = follow(CARRIER, 2.2);
    assert_near(near.mean, 1.8, 0.05);
    assert_true(near.aliased >= 8); /* of 16 */
    assert_near(beyond.mean, -1.8, 0.05);
    assert_true(beyond.aliased >= 8);
}

/* Steps of different length over different times are added up. */
static void test_pairs_are_added_up(void **state)
{
    (void)state;
    static const double places[] = {0.0, 0.3, 0.2, 0.6, 1.1}, times[] = {0.0, 0.1, 0.4, 0.5, 0.7};
    float *pairs = malloc(2 * WIDTH * HEIGHT * sizeof *pairs);
    myo_tile tiles[MOST];
    myo_axial *phase = phase_new(3);
    double span = 0.0;
    for (int i = 0; i < 5; i++) {
        myo_frame frame = frame_of(pairs, times[i]);
        frame_fill(pairs, CARRIER, places[i]);
        assert_int_equal(myo_axial_process(phase, &frame, tiles, &span), i >= 3);
        if (i >= 3) {
            assert_near((double)tiles[5].dy, places[i] - places[i - 3], 0.02);
            assert_near(span, times[i] - times[i - 3], 1e-12);
        }
    }
    myo_axial_reset(phase);
    myo_frame frame = frame_of(pairs, 1.0);
    assert_false(myo_axial_process(phase, &frame, tiles, &span));
    myo_axial_free(phase);
    free(pairs);
}

/* Two frames of other tissue: 8 lines of 32 samples hold some 60 independent ones. */
static void test_what_is_another_thing_is_not_believed(void **state)
{
    (void)state;
    float *pairs = malloc(2 * WIDTH * HEIGHT * sizeof *pairs);
    myo_tile tiles[MOST];
    myo_axial *phase = phase_new(1);
    double span;
    uint32_t columns, rows, state_of = 1;
    myo_axial_size(phase, &columns, &rows);
    const myo_frame frame = frame_of(pairs, 0.0);
    for (int f = 0; f < 2; f++) {
        for (size_t i = 0; i < 2 * WIDTH * HEIGHT; i++) {
            state_of = 1664525u * state_of + 1013904223u;
            pairs[i] = (float)(state_of >> 8) / 8388608.0f - 1.0f;
        }
        (void)myo_axial_process(phase, &frame, tiles, &span);
    }
    for (uint32_t i = 0; i < columns * rows; i++) {
        assert_true(tiles[i].quality < 0.3f);
    }
    assert_int_equal(myo_axial_aliased(phase), 0);
    memset(pairs, 0, 2 * WIDTH * HEIGHT * sizeof *pairs);
    (void)myo_axial_process(phase, &frame, tiles, &span);
    assert_true(tiles[0].quality <= 0.0f && isinf(tiles[0].spread)); /* nothing there */
    myo_axial_free(phase);
    free(pairs);
}

static void test_windows_lie_where_they_are_said_to(void **state)
{
    (void)state;
    myo_axial *phase = phase_new(1);
    uint32_t columns, rows;
    double line, sample;
    myo_axial_size(phase, &columns, &rows);
    assert_int_equal(columns, 2); /* of 8 lines; 4 are left */
    assert_int_equal(rows, 8);    /* 112 + 32 + 1 samples */
    myo_axial_place(phase, 1, 7, &line, &sample);
    assert_near(line, 11.5, 0.0);
    assert_near(sample, 7 * 16 + 16, 0.0);
    myo_axial_free(phase);
    myo_axial_free(NULL);
}

static void test_bad_configurations_are_refused(void **state)
{
    (void)state;
    const myo_axial_config bad[] = {
        {0, 64, 32, 16, 1, 1, 0.25, 0},        {1, 32, 32, 16, 1, 1, 0.25, 0},
        {1, 64, 7, 16, 1, 1, 0.25, 0},         {1, 64, 32, 3, 1, 1, 0.25, 0},
        {1, 64, 32, 16, 2, 1, 0.25, 0},        {1, 64, 32, 16, 1, 0, 0.25, 0},
        {1, 64, 32, 16, 1, 1, 0.0, 0},         {1, 64, 32, 16, 1, 1, 5.0, 0},
        {1, 64, 32, 16, 1, 1, (double)NAN, 0},
    };
    myo_axial *phase;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(myo_axial_new(&bad[i], &phase), MYO_ERR_BAD_ARG);
        assert_null(phase);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shifts_of_less_than_a_wavelength),
        cmocka_unit_test(test_the_frequency_is_that_of_the_echoes),
        cmocka_unit_test(test_aliasing_is_flagged),
        cmocka_unit_test(test_pairs_are_added_up),
        cmocka_unit_test(test_what_is_another_thing_is_not_believed),
        cmocka_unit_test(test_windows_lie_where_they_are_said_to),
        cmocka_unit_test(test_bad_configurations_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
