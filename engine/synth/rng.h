/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers for the generators: the same on every machine, with independent sub-streams.
 *
 * A stream is named by (seed, component, index). A component that is switched off or draws more
 * numbers than before leaves the numbers of every other component as they were.
 */
#ifndef MYO_SYNTH_RNG_H
#define MYO_SYNTH_RNG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t s[4];
    double spare; /**< the second of a pair of normals */
    bool has_spare;
} myo_rng;

typedef struct {
    double low, high;
} myo_range;

/** Starts stream (@p seed, @p component, @p index). */
void myo_rng_start(myo_rng *rng, uint64_t seed, uint64_t component, uint64_t index);

uint64_t myo_rng_bits(myo_rng *rng);

/** Uniform in [0, 1). */
double myo_rng_uniform(myo_rng *rng);

/** Uniform in [low, high). */
double myo_rng_in(myo_rng *rng, myo_range range);

/** Log-uniform in [low, high); both above 0. */
double myo_rng_log_in(myo_rng *rng, myo_range range);

/** True with probability @p p. */
bool myo_rng_chance(myo_rng *rng, double p);

/** A whole number in [low, high], both included. */
int myo_rng_int(myo_rng *rng, int low, int high);

/** Mean 0, standard deviation 1. */
double myo_rng_normal(myo_rng *rng);

/** Of the given mean. */
double myo_rng_exponential(myo_rng *rng, double mean);

/** Log-normal with median @p median and standard deviation @p log_sd of its natural logarithm. */
double myo_rng_log_normal(myo_rng *rng, double median, double log_sd);

/** As myo_rng_log_normal, drawn again until it lies in @p range. */
double myo_rng_log_normal_in(myo_rng *rng, double median, double log_sd, myo_range range);

/** Gamma with shape @p shape > 0 and mean shape * scale. */
double myo_rng_gamma(myo_rng *rng, double shape, double scale);

/** Poisson with mean @p mean >= 0. */
int myo_rng_poisson(myo_rng *rng, double mean);

#endif
