/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Speeds of the same twitches at even times and at irregular ones. */
#ifndef MYO_BENCH_US_PEAK_ROWS_H
#define MYO_BENCH_US_PEAK_ROWS_H

#include <stdint.h>

/** Phantoms from seed @p from on. */
void us_peak_rows(uint64_t from);

#endif
