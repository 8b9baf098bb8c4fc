/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The running quantile against one that sorts everything each time. */
#include "emg/quantile.h"

#include "near.h"
#include "synth/rng.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY = 320, STEPS = 6000, LANE = 5 };

static const double shares[] = {0.0, 0.1, 0.4, 0.8, 1.0};

static int order(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double by_sorting(double share, const float *values, int32_t count)
{
    float sorted[CAPACITY];
    memcpy(sorted, values, (size_t)count * sizeof *values);
    qsort(sorted, (size_t)count, sizeof *sorted, order);
    const double at = share * (count - 1);
    const int32_t low = (int32_t)at, high = low + 1 < count ? low + 1 : low;
    return (double)sorted[low] + (at - low) * ((double)sorted[high] - (double)sorted[low]);
}

typedef float source(myo_rng *rng, int step);

/* Powers of noise whose level jumps up and down. */
static float noise(myo_rng *rng, int step)
{
    const double x = myo_rng_normal(rng), y = myo_rng_normal(rng);
    const int level = step / 700 % 3 + 1;
    return (float)(level * (x * x + y * y));
}

/* A handful of values, again and again: most are equal. */
static float coarse(myo_rng *rng, int step)
{
    const int value = (int)(3.0 * fabs(myo_rng_normal(rng))) + step / 2000;
    return (float)value;
}

/* Each larger than the one before: the quantile runs away from what is near. */
static float rising(myo_rng *rng, int step)
{
    (void)rng;
    return (float)step;
}

static float falling(myo_rng *rng, int step)
{
    (void)rng;
    return (float)(STEPS - step);
}

static float constant(myo_rng *rng, int step)
{
    (void)rng, (void)step;
    return 2.5f;
}

/* What overflowed: it has an order too. */
static float infinite(myo_rng *rng, int step)
{
    return step % 3 == 0 ? INFINITY : noise(rng, step);
}

/* Searches that could not wait, and whether one could be made ahead now. */
static int late;
static bool close_by;

/* A new value in the place of an old one, in one of the channels; the others have none. */
static double replace(myo_quantiles *quantiles, double share, float *values, int32_t *count,
                      int32_t place, float value)
{
    const bool full = *count == CAPACITY;
    const unsigned takes = 1u << LANE, goes = full ? takes : 0u;
    const float come[MYO_OCTET] = {[LANE] = value}, gone[MYO_OCTET] = {[LANE] = values[place]};
    float lower[MYO_OCTET], upper[MYO_OCTET];
    int32_t places[MYO_OCTET];
    values[place] = value;
    if (myo_quantiles_count(quantiles, takes, come, goes, gone) != 0) {
        myo_quantile_step(quantiles, LANE, value, gone[LANE], full);
    }
    *count += !full;
    myo_quantile_rank(quantiles, LANE, share, *count);
    const int32_t counts[MYO_OCTET] = {[LANE] = *count};
    if (myo_quantiles_lost(quantiles, takes, places) != 0) {
        myo_quantile_find(quantiles, LANE, values, *count);
        assert_int_equal(myo_quantiles_lost(quantiles, takes, places), 0);
        assert_int_equal(myo_quantiles_close(quantiles, counts), 0);
        late++;
    }
    close_by = myo_quantiles_close(quantiles, counts) == takes;
    myo_quantiles_get(quantiles, places, lower, upper);
    const double low = (double)lower[LANE];
    return low + quantiles->part[LANE] * ((double)upper[LANE] - low);
}

static void run(source *next, double share, bool ahead)
{
    float values[CAPACITY] = {0.0f};
    myo_quantiles quantiles;
    myo_rng rng;
    myo_rng_start(&rng, 7, 952, 0);
    memset(&quantiles, 0, sizeof quantiles);
    myo_quantile_forget(&quantiles, LANE);
    int32_t count = 0;
    for (int step = 0; step < STEPS; step++) {
        const double found =
            replace(&quantiles, share, values, &count, step % CAPACITY, next(&rng, step));
        const double expected = by_sorting(share, values, count);
        /* Bit by bit: halfway between infinities is no number. */
        assert_memory_equal(&found, &expected, sizeof found);
        if (close_by && ahead) {
            myo_quantile_find(&quantiles, LANE, values, count);
        }
    }
}

static void run_all(source *next)
{
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        run(next, shares[i], false);
        run(next, shares[i], true);
    }
}

static void test_quantile_of_noise(void **state)
{
    (void)state;
    run_all(noise);
}

static float steady(myo_rng *rng, int step)
{
    (void)step;
    return (float)fabs(myo_rng_normal(rng));
}

/* Whoever looks ahead is never late: but for the first value, before which nothing is known. */
static void test_search_ahead_spares_the_late_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        late = 0;
        run(steady, shares[i], true);
        assert_int_equal(late, 1);
    }
    late = 0;
    run(steady, 0.4, false);
    assert_in_range(late, 20, STEPS);
}

static void test_quantile_of_equal_values(void **state)
{
    (void)state;
    run_all(coarse);
    run_all(constant);
}

static void test_quantile_that_runs_away(void **state)
{
    (void)state;
    run_all(rising);
    run_all(falling);
}

static void test_quantile_of_infinities(void **state)
{
    (void)state;
    run_all(infinite);
}

/* 1 to 320, of which those around 160.5 are near the median. The least goes, the gap fills up elsewhere, then
 * a value comes into the gap as one has to leave on that side, then that one's neighbour goes. */
static void test_value_in_a_gap_at_a_bound(void **state)
{
    (void)state;
#define LEAST (161.0f - 0.5f * MYO_QUANTILE_NEAR)
    static const struct {
        float gone, value;
    } steps[] = {
        {LEAST, 1000.0f}, {1000.0f, 150.5f}, {5.0f, LEAST + 0.5f}, {LEAST + 1.0f, 2000.0f}};
    float values[CAPACITY];
    myo_quantiles quantiles;
    memset(&quantiles, 0, sizeof quantiles);
    myo_quantile_forget(&quantiles, LANE);
    for (int32_t count = 0; count < CAPACITY;) {
        values[count] = 0.0f;
        (void)replace(&quantiles, 0.5, values, &count, count, (float)(count + 1));
    }
    /* In the order in which they came what is near lags behind: it is looked for anew. */
    myo_quantile_forget(&quantiles, LANE);
    int32_t count = CAPACITY;
    assert_near(replace(&quantiles, 0.5, values, &count, 0, values[0]), 160.5, 0.0);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int32_t at = 0;
        while (values[at] != steps[i].gone) {
            at++;
        }
        const double found = replace(&quantiles, 0.5, values, &count, at, steps[i].value);
        assert_near(found, by_sorting(0.5, values, CAPACITY), 0.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantile_of_noise),
        cmocka_unit_test(test_search_ahead_spares_the_late_one),
        cmocka_unit_test(test_quantile_of_equal_values),
        cmocka_unit_test(test_quantile_that_runs_away),
        cmocka_unit_test(test_quantile_of_infinities),
        cmocka_unit_test(test_value_in_a_gap_at_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
