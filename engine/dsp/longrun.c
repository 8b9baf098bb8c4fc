/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long-run variance from the slow half of the spectrum, for an autoregression whose memory is not known.
 *
 * Of 60 + 60 values nobody can tell memory well, and the variance of their mean goes with
 * 1 / (1 - memory)^2. So every memory of 0 to 0.85 is tried: how likely it is by its spectrum (Whittle
 * 1953, Ark Mat 2:423) and by what is known of muscle at rest, and what variance goes with it. The mean of
 * the variance's logarithm is the estimate; its spread and the number of projections give the
 * degrees of freedom. The breath's line is taken out before, since it would pass for memory. Only
 * the slow half, because blocks that lie across the changes of the level are smoother than any
 * autoregression, and that shows in the fast half. */
#include "dsp/longrun.h"

#include "dsp/breath.h"

#include <math.h>

#define WHITENER 0.5 /* about right: a line stands out best from white noise */
/* Noise alone passes in a tenth of stretches of 60 values, which costs them two projections. */
#define BREATH_LEAST  13.0
#define MEMORIES      18
#define MEMORY_STEP   0.05
#define MEMORY_USUAL  0.5  /* emg.md 8: 0.3 to 0.7 in muscle at rest; */
#define MEMORY_SPREAD 0.25 /* wide, for that is no more than an opinion */
#define COSINES_MOST  64   /* of a long stretch the slowest: its mean depends on nothing else */

/* What both stretches say of each memory. */
typedef struct {
    double log_shape[MEMORIES]; /* sum of logarithms of the spectrum that it has */
    double power[MEMORIES];     /* sum of squares of projections over that spectrum */
    double degrees;
} evidence;

static double memory_at(int k)
{
    return MEMORY_STEP * k;
}

/* Innovations, if the memory were the whitener, about their mean. */
static size_t whiten(const myo_longrun_stretch *s, double *out)
{
    const size_t count = s->count - 1;
    double mean = 0.0;
    for (size_t i = 0; i < count; i++) {
        out[i] = s->values[i + 1] - WHITENER * s->values[i];
        mean += out[i] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        out[i] -= mean;
    }
    return count;
}

/* Square of what is left of the values along one cosine of unit length. */
static double projection(const double *x, size_t count, double turn)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += x[i] * cos(turn * ((double)i + 0.5));
    }
    return 2.0 * sum * sum / (double)count;
}

/* Spectrum of an autoregression behind the whitener, white noise 1. */
static double shape(double memory, double turn)
{
    const double c = 2.0 * cos(turn);
    return (1.0 - WHITENER * c + WHITENER * WHITENER) / (1.0 - memory * c + memory * memory);
}

static void add_stretch(evidence *e, const myo_longrun_stretch *s, double value_s, double *work)
{
    const double pi = 3.14159265358979323846;
    const size_t count = whiten(s, work), half = s->count / 2;
    const size_t cosines = half < COSINES_MOST ? half : COSINES_MOST;
    e->degrees += (double)cosines;
    if (myo_breath_remove(work, work, count, value_s, BREATH_LEAST)) {
        e->degrees -= 2.0;
    }
    for (size_t j = 1; j <= cosines; j++) {
        const double turn = pi * (double)j / (double)count;
        const double square = projection(work, count, turn);
        for (int k = 0; k < MEMORIES; k++) {
            const double expected = shape(memory_at(k), turn);
            e->log_shape[k] += log(expected);
            e->power[k] += square / expected;
        }
    }
}

/* Variance of the mean of so many values of an autoregression with innovations of variance 1. */
static double variance_of_mean(double memory, size_t count)
{
    const double n = (double)count, rest = 1.0 - memory;
    const double ends = 2.0 * memory * (1.0 - pow(memory, n)) / (n * (1.0 - memory * memory));
    return (1.0 - ends) / (n * rest * rest);
}

/* Logarithm of the likelihood with the best innovations, and of what is known beforehand. */
static double plausibility(const evidence *e, int k)
{
    const double away = (memory_at(k) - MEMORY_USUAL) / MEMORY_SPREAD;
    return -0.5 * (e->log_shape[k] + e->degrees * log(e->power[k]) + away * away);
}

double myo_longrun_error(const myo_longrun_stretch *before, const myo_longrun_stretch *after,
                         double value_s, double *work, double *degrees)
{
    evidence e = {0};
    add_stretch(&e, before, value_s, work);
    add_stretch(&e, after, value_s, work);
    *degrees = e.degrees;
    if (e.power[0] <= 0.0) {
        return 0.0;
    }
    double most = plausibility(&e, 0), sum = 0.0, mean = 0.0, square = 0.0;
    for (int k = 1; k < MEMORIES; k++) {
        most = fmax(most, plausibility(&e, k));
    }
    for (int k = 0; k < MEMORIES; k++) {
        const double share = exp(plausibility(&e, k) - most), memory = memory_at(k);
        const double variance =
            e.power[k] / e.degrees *
            (variance_of_mean(memory, before->count) + variance_of_mean(memory, after->count));
        sum += share;
        mean += share * log(variance);
        square += share * log(variance) * log(variance);
    }
    mean /= sum;
    const double spread = fmax(0.0, square / sum - mean * mean);
    /* The logarithm of a chi-square over its n degrees has the variance 2 / n or so. */
    *degrees = 1.0 / (1.0 / e.degrees + 0.5 * spread);
    return exp(0.5 * mean);
}
