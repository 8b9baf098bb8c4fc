/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard error of a difference of means of dependent values. */
#include "dsp/longrun.h"
#include "near.h"
#include "synth/rng.h"

#include <math.h>

enum { VALUES = 60, SESSIONS = 300 };

/* Adds @p depth of a breath of 0.1 Hz to values one second apart. */
static void fill(myo_rng *rng, double memory, double depth, double *values)
{
    const double pi = 3.14159265358979323846;
    const double phase = 2.0 * pi * myo_rng_uniform(rng);
    double x = myo_rng_normal(rng);
    for (int i = 0; i < VALUES; i++) {
        x = memory * x + sqrt(1.0 - memory * memory) * myo_rng_normal(rng);
        values[i] = 0.2 * x + depth * sin(0.2 * pi * i + phase);
    }
}

typedef struct {
    double error, degrees;
} answer;

/* Means over sessions. */
static answer run(double memory, double depth)
{
    myo_rng rng;
    myo_rng_start(&rng, 21, 1, (uint64_t)(100.0 * memory));
    double before[VALUES], after[VALUES], work[VALUES];
    const myo_longrun_stretch low = {before, VALUES}, high = {after, VALUES};
    answer mean = {0};
    for (int i = 0; i < SESSIONS; i++) {
        fill(&rng, memory, depth, before);
        fill(&rng, memory, depth, after);
        double degrees;
        mean.error += myo_longrun_error(&low, &high, 1.0, work, &degrees) / SESSIONS;
        mean.degrees += degrees / SESSIONS;
    }
    return mean;
}

/* The variance of the mean of n values of an AR(1) of variance v: v / n (1 + 2 sum (1 - k / n) phi^k). */
static double truth(double memory)
{
    double sum = 1.0;
    for (int k = 1; k < VALUES; k++) {
        sum += 2.0 * (1.0 - (double)k / VALUES) * pow(memory, k);
    }
    return sqrt(2.0 * 0.04 / VALUES * sum);
}

/* An estimate that leans on a usual memory is too large below it and too small above; one that was tied
 * to it would be off by 26 %. */
static void test_error_of_an_autoregression(void **state)
{
    (void)state;
    const double memory[] = {0.3, 0.5, 0.7};
    for (int i = 0; i < 3; i++) {
        const answer got = run(memory[i], 0.0);
        assert_near(got.error / truth(memory[i]), 1.0, i == 1 ? 0.04 : 0.2);
        assert_true(got.degrees > 5.0 && got.degrees < 60.0);
    }
}

/* A breath of a fifth, as large as all else together, moves the mean of whole breaths by nothing. */
static void test_breath_is_not_memory(void **state)
{
    (void)state;
    assert_near(run(0.5, 0.2).error / run(0.5, 0.0).error, 1.0, 0.08);
}

static void test_no_change_has_no_error(void **state)
{
    (void)state;
    const double values[8] = {0.0};
    const myo_longrun_stretch s = {values, 8};
    double work[8], degrees;
    assert_true(myo_longrun_error(&s, &s, 1.0, work, &degrees) == 0.0);
    assert_near(degrees, 8.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_error_of_an_autoregression),
                                       cmocka_unit_test(test_breath_is_not_memory),
                                       cmocka_unit_test(test_no_change_has_no_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
