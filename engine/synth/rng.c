/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xoshiro256++ with hashed sub-streams, and the distributions that the generators draw from. */
#include "synth/rng.h"

#include "synth/detmath.h"

#include <math.h>

/* SplitMix64's output function (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
 * OOPSLA 2014). */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Weyl increment of SplitMix64: the odd number closest to 2^64 over the golden ratio. */
static const uint64_t golden = 0x9e3779b97f4a7c15u;

void myo_rng_start(myo_rng *rng, uint64_t seed, uint64_t component, uint64_t index)
{
    uint64_t state = mix(seed + golden);
    state = mix(state ^ mix(component + 2 * golden));
    state = mix(state ^ mix(index + 3 * golden));
    for (int i = 0; i < 4; i++) {
        state += golden;
        rng->s[i] = mix(state);
    }
    rng->spare = 0.0;
    rng->has_spare = false;
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* Blackman, Vigna: Scrambled linear pseudorandom number generators, ACM TOMS 47 (2021). */
uint64_t myo_rng_bits(myo_rng *rng)
{
    uint64_t *s = rng->s;
    const uint64_t result = rotate(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double myo_rng_uniform(myo_rng *rng)
{
    return (double)(myo_rng_bits(rng) >> 11) * 0x1p-53;
}

double myo_rng_in(myo_rng *rng, myo_range range)
{
    return range.low + (range.high - range.low) * myo_rng_uniform(rng);
}

double myo_rng_log_in(myo_rng *rng, myo_range range)
{
    return range.low * myo_det_pow(range.high / range.low, myo_rng_uniform(rng));
}

bool myo_rng_chance(myo_rng *rng, double p)
{
    return myo_rng_uniform(rng) < p;
}

int myo_rng_int(myo_rng *rng, int low, int high)
{
    return low + (int)floor(myo_rng_uniform(rng) * (high - low + 1));
}

/* Marsaglia's polar method: two normals from a point in the unit disc. */
double myo_rng_normal(myo_rng *rng)
{
    if (rng->has_spare) {
        rng->has_spare = false;
        return rng->spare;
    }
    double u, v, r2;
    do {
        u = 2.0 * myo_rng_uniform(rng) - 1.0;
        v = 2.0 * myo_rng_uniform(rng) - 1.0;
        r2 = u * u + v * v;
    } while (r2 >= 1.0 || r2 <= 0.0);
    const double scale = sqrt(-2.0 * myo_det_log(r2) / r2);
    rng->spare = v * scale;
    rng->has_spare = true;
    return u * scale;
}

double myo_rng_exponential(myo_rng *rng, double mean)
{
    return -mean * myo_det_log(1.0 - myo_rng_uniform(rng));
}

double myo_rng_log_normal(myo_rng *rng, double median, double log_sd)
{
    return median * myo_det_exp(log_sd * myo_rng_normal(rng));
}

double myo_rng_log_normal_in(myo_rng *rng, double median, double log_sd, myo_range range)
{
    double x;
    do {
        x = myo_rng_log_normal(rng, median, log_sd);
    } while (x < range.low || x > range.high);
    return x;
}

/* Marsaglia, Tsang: A simple method for generating gamma variables, ACM TOMS 26 (2000); shapes
 * below 1 through that of shape + 1. */
double myo_rng_gamma(myo_rng *rng, double shape, double scale)
{
    double boost = 1.0;
    double a = shape;
    if (a < 1.0) {
        boost = myo_det_pow(1.0 - myo_rng_uniform(rng), 1.0 / a);
        a += 1.0;
    }
    const double d = a - 1.0 / 3.0;
    const double c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        const double x = myo_rng_normal(rng);
        const double t = 1.0 + c * x;
        const double v = t * t * t;
        if (v > 0.0) {
            const double u = 1.0 - myo_rng_uniform(rng);
            if (myo_det_log(u) < 0.5 * x * x + d - d * v + d * myo_det_log(v)) {
                return boost * d * v * scale;
            }
        }
    }
}

/* Knuth's product of uniforms, in portions whose exponential does not vanish. */
static int poisson_portion(myo_rng *rng, double mean)
{
    const double limit = myo_det_exp(-mean);
    int count = 0;
    for (double p = 1.0 - myo_rng_uniform(rng); p > limit; p *= 1.0 - myo_rng_uniform(rng)) {
        count++;
    }
    return count;
}

int myo_rng_poisson(myo_rng *rng, double mean)
{
    int count = 0;
    for (; mean > 16.0; mean -= 16.0) {
        count += poisson_portion(rng, 16.0);
    }
    return count + poisson_portion(rng, mean);
}
