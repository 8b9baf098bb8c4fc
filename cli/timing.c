/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks and order statistics for measurements. */
#include "timing.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

static double read_clock(clockid_t clock)
{
    struct timespec t = {0};
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double timing_cpu_s(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

double timing_wall_s(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int compare(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

double timing_quantile(double *values, size_t count, double q)
{
    qsort(values, count, sizeof *values, compare);
    return values[(size_t)lround(q * (double)(count - 1))];
}
