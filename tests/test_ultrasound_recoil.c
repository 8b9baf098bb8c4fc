/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the return of a motion: told from a drift in quiet muscle, and where the muscle slides. */
#include "near.h"
#include "synth/rng.h"
#include "ultrasound/recoil.h"
#include "ultrasound/solve.h"

#include <math.h>

enum { STEPS = 240, RUNS = 40 };

#define RATE_HZ  60.0
#define ONSET_S  3.0
#define PEAK_S   3.06
#define HALF_S   0.1
#define RETURN_S 0.5
/* 1 - 2^-5: what has returned RETURN_S behind the peak. */
#define TRUE_BACK 0.96875
/* Pixels: a twitch of 0.35 mm, and the error of a mean over nine tiles, as in quiet muscle. */
#define SIZE_PX  1.0
#define ERROR_PX 0.03

/* A muscle that slides to and fro with the amplitude @p slide_px and a period of 2.5 s, in which
 * something goes at ONSET_S and, if @p returns, comes back. */
static double way_at(double time, double slide_px, bool returns)
{
    const double slide = slide_px * sin(2.0 * 3.14159265358979 * time / 2.5);
    if (time <= ONSET_S) {
        return slide;
    }
    if (time < PEAK_S) {
        const double s = sin(0.5 * 3.14159265358979 * (time - ONSET_S) / (PEAK_S - ONSET_S));
        return slide + SIZE_PX * s * s;
    }
    return slide + SIZE_PX * (returns ? exp2((PEAK_S - time) / HALF_S) : 1.0);
}

/* The share that returns as it is measured; @p known: with what the seconds before tell. */
static double back_of(double slide_px, bool returns, bool known, uint64_t run)
{
    static double time[STEPS + 1], x[STEPS + 1];
    const double away[2] = {1.0, 0.0};
    myo_history history;
    myo_recoil recoil;
    myo_rng rng;
    int32_t count = 1;
    assert_int_equal(myo_history_init(&history, 1, 1, STEPS), MYO_OK);
    myo_rng_start(&rng, 5, 0, run);
    for (int i = 1; i <= STEPS; i++) {
        const double to = i / RATE_HZ, from = (i - 1) / RATE_HZ;
        myo_step *step = myo_history_push(&history, to, to - from, 0.0);
        step->x = (float)(way_at(to, slide_px, returns) - way_at(from, slide_px, returns) +
                          ERROR_PX * myo_rng_normal(&rng));
        step->y = 0.0f;
        if (to > ONSET_S - 0.3 && to < ONSET_S + 0.6) {
            time[count] = to;
            time[count - 1] = from;
            x[count++] = (double)step->x;
        }
    }
    const myo_recoil_course course = {
        .time = time,
        .x = x,
        .count = count,
        .onset_s = ONSET_S,
        .peak_s = PEAK_S,
        .spread_px = 2.0 * ERROR_PX,
        .drift_px_s2 = known ? myo_recoil_drift(&history, 0, away, ONSET_S) : (double)INFINITY};
    const bool found = myo_recoil_measure(&course, &recoil);
    myo_history_clean(&history);
    return found ? myo_recoil_gone(&recoil, RETURN_S) : 0.0;
}

static double rms_error(double slide_px, bool known)
{
    double square = 0.0;
    for (uint64_t run = 0; run < RUNS; run++) {
        const double e = back_of(slide_px, true, known, run) - TRUE_BACK;
        square += e * e;
    }
    return sqrt(square / RUNS);
}

/* A drift that may bend as it likes takes for itself what returns, or adds to it. */
static void test_a_quiet_muscle_keeps_still(void **state)
{
    (void)state;
    const double free_drift = rms_error(0.0, false);
    assert_true(rms_error(0.0, true) < 0.8 * free_drift);
}

/* 20 pixels in a period of 2.5 s: up to 126 pixels per second squared. */
static void test_a_sliding_muscle_carries_its_twitch(void **state)
{
    (void)state;
    assert_true(rms_error(20.0, true) < 1.05 * rms_error(20.0, false));
}

static void test_what_stays_does_not_return(void **state)
{
    (void)state;
    for (uint64_t run = 0; run < RUNS; run++) {
        assert_true(back_of(0.0, false, true, run) < 0.4);
    }
}

/* A place whose speed changes evenly; of a short past nothing is said. */
static void test_drift_is_learned(void **state)
{
    (void)state;
    const double away[2] = {0.0, 1.0};
    myo_history history;
    assert_int_equal(myo_history_init(&history, 1, 1, STEPS), MYO_OK);
    for (int i = 1; i <= STEPS; i++) {
        const double bent = 0.5 * 8.0 / RATE_HZ / RATE_HZ; /* 8 pixels per second squared */
        myo_step *step = myo_history_push(&history, i / RATE_HZ, 1.0 / RATE_HZ, 0.0);
        step->x = 0.0f;
        step->y = (float)(bent * (2 * i - 1));
    }
    /* Blocks of 21 or 22 steps of 1/60 s. 1.4826 makes a standard deviation of a median. */
    assert_near(myo_recoil_drift(&history, 0, away, 4.0) / (1.4826 * 8.0), 1.0, 0.05);
    assert_true(isinf(myo_recoil_drift(&history, 0, away, 1.3)));
    myo_history_clean(&history);
}

static void test_equations(void **state)
{
    (void)state;
    myo_equations equations = {{{0.0}}};
    double found[MYO_TERMS];
    for (int i = 0; i < 6; i++) { /* 1 - 2 t + 3 t^2 - 4 t^3 */
        const double t = 0.5 * i;
        const double row[MYO_TERMS + 1] = {1.0, t, t * t, t * t * t,
                                           1.0 - 2.0 * t + 3.0 * t * t - 4.0 * t * t * t};
        myo_equations_add(&equations, row);
    }
    assert_true(myo_equations_solve(&equations, found));
    const double truth[MYO_TERMS] = {1.0, -2.0, 3.0, -4.0};
    for (int k = 0; k < MYO_TERMS; k++) {
        assert_near(found[k], truth[k], 1e-8);
    }
    equations = (myo_equations){{{0.0}}};
    assert_false(myo_equations_solve(&equations, found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_quiet_muscle_keeps_still),
        cmocka_unit_test(test_a_sliding_muscle_carries_its_twitch),
        cmocka_unit_test(test_what_stays_does_not_return),
        cmocka_unit_test(test_drift_is_learned),
        cmocka_unit_test(test_equations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
