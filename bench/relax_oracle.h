/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well a release can be timed at all: one who knows everything but the moment. */
#ifndef MYO_BENCH_RELAX_ORACLE_H
#define MYO_BENCH_RELAX_ORACLE_H

#include <stdint.h>

typedef struct {
    double likely; /**< |error| of the most likely moment, s */
    double median; /**< of the median of the moment given the record, s */
} oracle_error;

/** Draws the fluctuation of one relax-* session from @p seed and times a step of @p ratio in it. Known
 *  are the level, the ratio, the breath, the spread and memory of what is left, and that the step lies
 *  on one of the whole seconds at which the generator changes its level; what is measured is the
 *  level itself, without the noise of muscle and amplifier and without a heart. */
oracle_error oracle_session(double ratio, uint64_t seed);

#endif
