/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holds over edges: what is no edge is left untouched to the bit, what is one is held and given back. */
#include "emg/edge.h"

#include "near.h"
#include "synth/rng.h"

#include <string.h>

static const double rates[] = {1000.0, 2000.0, 5000.0, 10000.0};
#define RATES (sizeof rates / sizeof rates[0])

enum { FRAMES_MAX = 20000 };

typedef struct {
    double x[FRAMES_MAX], y[FRAMES_MAX];
    size_t frames;
    int began, ended;
    size_t first_began, last_held;
    double size, step;
} trial;

/* One second of white noise of standard deviation 1 (of 0 if quiet), and the hold's view of it. */
static void noise(trial *t, double rate_hz, double sd)
{
    memset(t, 0, sizeof *t);
    t->frames = (size_t)rate_hz;
    myo_rng rng;
    myo_rng_start(&rng, 3, 921, (uint64_t)rate_hz);
    for (size_t i = 0; i < t->frames; i++) {
        t->x[i] = sd * myo_rng_normal(&rng);
    }
}

static void run(trial *t, double rate_hz)
{
    myo_edge_config config;
    myo_edge edge;
    myo_edge_config_default(&config, rate_hz);
    myo_edge_reset(&edge);
    for (size_t i = 0; i < t->frames; i++) {
        const myo_edge_result r = myo_edge_process(&config, &edge, t->x[i]);
        t->y[i] = r.y;
        t->first_began = r.began && t->began == 0 ? i : t->first_began;
        t->began += r.began;
        t->ended += r.ended;
        t->last_held = r.holding ? i : t->last_held;
        if (r.ended) {
            t->size = r.size;
            t->step = r.step;
        }
    }
}

/* The quickest surface potential, 5 ms long with sd 0.83 ms (emg.md 8), 30 dB over the noise, in
 * white noise: not one bit changes. */
static void test_action_potential_is_untouched(void **state)
{
    (void)state;
    static trial t;
    for (size_t k = 0; k < RATES; k++) {
        for (int phase = 0; phase < 10; phase++) {
            noise(&t, rates[k], 1.0);
            const double centre = 0.5 + 0.1 * phase / rates[k], sd = 0.00083;
            for (size_t i = 0; i < t.frames; i++) {
                const double u = ((double)i / rates[k] - centre) / sd;
                t.x[i] += 31.6 * 1.6487 * u * exp(-0.5 * u * u);
            }
            run(&t, rates[k]);
            assert_int_equal(t.began, 0);
            assert_memory_equal(t.x, t.y, t.frames * sizeof t.x[0]);
        }
    }
}

/* An impulse of one sample, 100 sigma: held from that very sample on for at most 5 ms (the longest
 * hold) and never seen in the output. */
static void test_impulse_is_held(void **state)
{
    (void)state;
    static trial t;
    for (size_t k = 0; k < RATES; k++) {
        noise(&t, rates[k], 1.0);
        const size_t at = t.frames / 2;
        t.x[at] += 100.0;
        run(&t, rates[k]);
        assert_int_equal(t.began, 1);
        assert_int_equal(t.ended, 1);
        assert_int_equal(t.first_began, at);
        assert_in_range(t.last_held, at, at + (size_t)(0.005 * rates[k]) + 3);
        assert_near(t.size, 100.0, 8.0); /* noise of two samples */
        assert_near(t.step, 0.0, 8.0);
        for (size_t i = at; i <= t.last_held; i++) {
            assert_true(t.y[i] == t.y[at - 1]);
        }
    }
}

/* A step of 100: the output goes on where it was and comes back to the input with a time constant
 * of 30 ms: after 30 ms 1/e of the step is missing, after 300 ms 0.005 %. */
static void test_step_is_given_back(void **state)
{
    (void)state;
    static trial t;
    for (size_t k = 0; k < RATES; k++) {
        noise(&t, rates[k], 1.0);
        const size_t at = t.frames / 2;
        for (size_t i = at; i < t.frames; i++) {
            t.x[i] += 100.0;
        }
        run(&t, rates[k]);
        assert_int_equal(t.began, 1);
        assert_int_equal(t.first_began, at);
        assert_near(t.size, 100.0, 8.0);
        assert_near(t.step, 100.0, 8.0);
        const size_t tau = t.last_held + (size_t)(0.03 * rates[k]);
        assert_near(t.x[tau] - t.y[tau], 100.0 * exp(-1.0), 3.0);
        const size_t late = t.last_held + (size_t)(0.3 * rates[k]);
        assert_near(t.x[late] - t.y[late], 0.0, 0.01);
        /* Nothing jumps by more than the noise does (9 sigma of a difference). */
        for (size_t i = at; i < late; i++) {
            assert_near(t.y[i] - t.y[i - 1], 0.0, 9.0 * 1.4143 + 100.0 / (0.03 * rates[k]));
        }
    }
}

/* No edge in 1000 s of white noise but by chance: the trigger lies at 9 mean curvatures = 9 * 0.798
 * = 7.2 standard deviations, 3e-13 a frame on each side. */
static void test_noise_has_no_edges(void **state)
{
    (void)state;
    myo_edge_config config;
    myo_edge edge;
    myo_rng rng;
    myo_edge_config_default(&config, 2000.0);
    myo_edge_reset(&edge);
    myo_rng_start(&rng, 4, 922, 0);
    for (int i = 0; i < 2000000; i++) {
        const double x = myo_rng_normal(&rng);
        const myo_edge_result r = myo_edge_process(&config, &edge, x);
        assert_false(r.holding);
        assert_true(r.y == x);
    }
}

/* The smallest numbers and none at all: a flat signal divides by nothing. */
static void test_silence_passes(void **state)
{
    (void)state;
    static trial t;
    noise(&t, 2000.0, 0.0);
    run(&t, 2000.0);
    assert_int_equal(t.began, 0);
    assert_memory_equal(t.x, t.y, t.frames * sizeof t.x[0]);
}

/* A converter with steps of five times the noise: rounding alone moves by one step, a potential of 14 dB by a few,
 * neither is an edge; a pulse of ten steps is one. (Noise passes half a step in 1.2 % of the samples: twelve times
 * in the second at 1 kHz.) */
static void test_coarse_converter(void **state)
{
    (void)state;
    static trial t;
    for (size_t i = 0; i < RATES; i++) {
        noise(&t, rates[i], 0.2);
        const size_t at = t.frames * 4 / 5, wide = (size_t)(0.005 * rates[i]);
        for (size_t n = 0; n < wide; n++) {
            t.x[at + n] += 2.6 * sin(6.283185307179586 * (double)n / (double)wide);
        }
        for (size_t n = 0; n < t.frames; n++) {
            t.x[n] = floor(t.x[n] + 0.5);
        }
        run(&t, rates[i]);
        assert_int_equal(t.began, 0);
        t.x[at + 100] = 10.0;
        t.began = t.ended = 0;
        run(&t, rates[i]);
        assert_int_equal(t.began, 1);
        assert_int_equal(t.first_began, at + 100);
    }
}

/* Flat lines that end by one step, the first of them by three: one step is what counts, and a rise of eight is an
 * edge (of steps of three it would be less than three). */
static void test_least_step_counts(void **state)
{
    (void)state;
    static trial t;
    for (size_t first = 1; first <= 3; first += 2) {
        noise(&t, 2000.0, 0.0);
        const size_t flat = 20, at = 1500;
        for (size_t n = 0; n < t.frames; n++) {
            const double risen = n < flat ? 0.0 : (double)first + (double)(n / flat % 2);
            t.x[n] = risen + (n >= at ? 8.0 : 0.0);
        }
        run(&t, 2000.0);
        assert_int_equal(t.began, 1);
        assert_int_equal(t.first_began, at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_action_potential_is_untouched),
        cmocka_unit_test(test_impulse_is_held),
        cmocka_unit_test(test_step_is_given_back),
        cmocka_unit_test(test_noise_has_no_edges),
        cmocka_unit_test(test_silence_passes),
        cmocka_unit_test(test_coarse_converter),
        cmocka_unit_test(test_least_step_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
