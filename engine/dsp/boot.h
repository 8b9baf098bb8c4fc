/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two stretches of a dependent series compared: shift, interval, effect size. */
#ifndef MYO_DSP_BOOT_H
#define MYO_DSP_BOOT_H

#include "myotwitch/api.h"
#include "myotwitch/status.h"

/** How the interval is made. */
typedef struct {
    size_t capacity;  /**< longest stretch, values, 8 to 100000 */
    size_t block;     /**< length of a resampled block, values, 1 to 64; default 5 */
    size_t resamples; /**< 99 to 9999; default 1999 */
    double level;     /**< of the interval, 0.5 to 0.999; default 0.95 */
    double value_s;   /**< from one value to the next, 0.01 to 10; default 1 */
    uint64_t seed;    /**< the same seed gives the same interval; default 1 */
} myo_boot_config;

/** What differs between the two stretches, "after minus before". */
typedef struct {
    double shift;          /**< difference of the means, values held within 3 robust sigma */
    double low, high;      /**< interval of the shift */
    double hodges_lehmann; /**< median of all pairwise differences */
    double median_shift;   /**< difference of the medians */
    double cliff;          /**< P(after > before) - P(after < before), -1 to 1 */
    double se;             /**< standard error of the shift, dependence included */
    double degrees;        /**< degrees of freedom of se */
} myo_boot_result;

typedef struct myo_boot myo_boot;

void myo_boot_config_default(myo_boot_config *config, size_t capacity);

myo_status myo_boot_new(const myo_boot_config *config, myo_boot **boot);

/** Compares @p before with @p after, in time order, each of 8 to capacity values.
 *  MYO_ERR_EMPTY below 8, MYO_ERR_BAD_ARG above capacity. Allocates nothing; takes about
 *  resamples x values x 2 ns, so not for a real-time thread. */
myo_status myo_boot_compare(myo_boot *boot, const double *before, size_t before_count,
                            const double *after, size_t after_count, myo_boot_result *result);

void myo_boot_free(myo_boot *boot);

/** Quantile @p p of sorted values, linear between order statistics (Hyndman & Fan 1996, type 7). */
MYO_RT double myo_quantile_sorted(const double *sorted, size_t count, double p);

/** Sorts ascending in place; no allocation, no recursion. */
MYO_RT void myo_sort(double *values, size_t count);

/** Median of all differences after[j] - before[i] of two sorted stretches. */
double myo_hodges_lehmann(const double *before, size_t before_count, const double *after,
                          size_t after_count);

/** Quantile of Student's t with @p degrees > 0, @p p in (0.5, 1). */
double myo_student_quantile(double p, double degrees);

#endif
