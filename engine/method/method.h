/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Test functions and rules that the published methods are made of. Private to engine/method. */
#ifndef MYO_METHOD_H
#define MYO_METHOD_H

#include "myotwitch/method.h"

/** A test function: value[k] belongs to sample first + k * step. */
typedef struct {
    double *value;
    size_t count;
    int64_t first;
    size_t step;
} myo_test;

/** A growing list of intervals; what was begun last and not ended ends with the recording. */
typedef struct {
    myo_interval *items;
    size_t count, capacity;
    bool no_memory;
} myo_intervals;

void myo_intervals_begin(myo_intervals *list, int64_t onset);
void myo_intervals_end(myo_intervals *list, int64_t offset);

/* Fill test->value (room for all of @p x); @p x has no mean. */
void myo_test_mean_abs(const double *x, size_t count, size_t window, myo_test *test);
void myo_test_pairs(const double *x, size_t count, myo_test *test);
void myo_test_tkeo(const double *x, size_t count, myo_test *test);
void myo_test_variance(const double *x, size_t count, size_t window, myo_test *test);

/** 2nd-order Butterworth low-pass, forwards, in place; settled at the first value. */
void myo_low_pass(double *x, size_t count, double rate_hz, double hz);
/** The same forwards and backwards: no delay. */
void myo_low_pass_both(double *x, size_t count, double rate_hz, double hz);

/** Every crossing. */
void myo_decide_crossings(const myo_test *test, double threshold, myo_intervals *list);

/** A state counts from its first sample when @p active more follow before @p fail + 1 are against it;
 *  @p above good ones after a failure make it forgotten. */
void myo_decide_held(const myo_test *test, double threshold, size_t active, size_t fail,
                     size_t above, myo_intervals *list);

#endif
