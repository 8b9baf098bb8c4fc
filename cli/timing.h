/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks and order statistics for measurements. */
#ifndef MYO_CLI_TIMING_H
#define MYO_CLI_TIMING_H

#include <stddef.h>

/** CPU time of this thread in seconds: other work on the machine does not count. */
double timing_cpu_s(void);

/** Monotonic time in seconds: what a user waits, other work included. Cheap to read. */
double timing_wall_s(void);

/** Quantile @p q (0 to 1) of @p count (1 or more) values, the nearest order statistic. Sorts. */
double timing_quantile(double *values, size_t count, double q);

#endif
