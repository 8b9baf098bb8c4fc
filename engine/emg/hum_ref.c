/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scalar reference of the hum's kernel: what every other must equal bit by bit.
 *
 * Compiled once plainly, where fma() may be a call, and on x86 once more with -mfma; the results are the
 * same (see octet_ref.c). */
#include "emg/octet_kern.h"

#include "core/minmax.h"

#include <math.h>

/* What the phasors are in the eight frames of a block: amplitude and oscillator in its middle, turned forth, and
 * back as far. */
static void guess(const myo_hum_phasors *p, size_t lane, myo_lanes *rows)
{
    for (size_t k = 0; k < MYO_HUM_HALF; k++) {
        double both = 0.0, turned = 0.0;
        for (int h = 0; h < p->lines[lane]; h++) {
            const double even =
                fma(p->cosine[h][lane], p->re[h][lane], p->sine[h][lane] * p->im[h][lane]);
            const double odd =
                fma(p->sine[h][lane], p->re[h][lane], -(p->cosine[h][lane] * p->im[h][lane]));
            both = fma(p->at_re[h][k][lane], even, both);
            turned = fma(p->at_im[h][k][lane], odd, turned);
        }
        rows[MYO_HUM_HALF + k][lane] = both + turned;
        rows[MYO_HUM_HALF - 1 - k][lane] = both - turned;
    }
}

/* Sum of four products. */
static double dot(const double *half, myo_lanes *at, size_t lane)
{
    return fma(half[2], at[2][lane], half[0] * at[0][lane]) +
           fma(half[3], at[3][lane], half[1] * at[1][lane]);
}

/* Filtered-x least mean squares over a block: the error is a high-passed one, so the reference is turned
 * as the high-pass would turn it. Then the oscillators go on to the next block. */
static void learn(myo_hum_phasors *p, size_t lane, myo_lanes *change)
{
    double sum[MYO_HUM_HALF], difference[MYO_HUM_HALF];
    for (size_t k = 0; k < MYO_HUM_HALF; k++) {
        const double later = change[MYO_HUM_HALF + k][lane];
        const double sooner = change[MYO_HUM_HALF - 1 - k][lane];
        sum[k] = later + sooner;
        difference[k] = later - sooner;
    }
    for (int h = 0; h < p->lines[lane]; h++) {
        const double even = dot(sum, p->at_re[h], lane), odd = dot(difference, p->at_im[h], lane);
        const double re = p->re[h][lane], im = p->im[h][lane];
        const double ref_re = fma(re, p->shift_re[h][lane], -(im * p->shift_im[h][lane]));
        const double ref_im = fma(re, p->shift_im[h][lane], im * p->shift_re[h][lane]);
        p->cosine[h][lane] = fma(ref_re, even, fma(-ref_im, odd, p->cosine[h][lane]));
        p->sine[h][lane] = fma(ref_im, even, fma(ref_re, odd, p->sine[h][lane]));
        p->re[h][lane] = fma(re, p->turn_re[h][lane], -(im * p->turn_im[h][lane]));
        p->im[h][lane] = fma(re, p->turn_im[h][lane], im * p->turn_re[h][lane]);
    }
}

/* @p x: a sample times the gain. */
static double high_pass(const myo_hum_config *config, double x, double *s1, double *s2)
{
    const double y = x + *s1;
    *s1 = fma(config->a1, y, fma(-2.0, x, *s2));
    *s2 = fma(config->a2, y, x);
    return y;
}

/* The rest behind all phasors, high-passed and clipped to the size of the noise. */
static double clipped_rest(const myo_hum_config *config, myo_hum *hum, size_t lane, int32_t seen,
                           double rest)
{
    const double high = high_pass(config, rest, &hum->s1[lane], &hum->s2[lane]);
    const double size = fabs(high);
    double *scale = &hum->scale[lane];
    if (hum->checks == 0 && seen < config->check_frames / 2) {
        *scale += (size - *scale) / (seen + 1);
    } else {
        *scale = myo_lesser(fma(config->scale_keep, *scale, config->scale_step * size),
                            config->scale_grow * *scale);
    }
    hum->rest_size[lane] += size;
    const double limit = config->clip * *scale;
    return myo_lesser(myo_greater(high, -limit), limit);
}

static double cancel(const myo_hum_config *config, myo_hum *hum, size_t lane, int32_t seen,
                     double learns, double x)
{
    const size_t n = (size_t)seen % MYO_HUM_BLOCK;
    const double first = hum->guess[0][n][lane], second = hum->guess[1][n][lane];
    const double input = config->b0 * x;
    const double rest = fma(-config->b0, second, fma(-config->b0, first, input));
    hum->input_size[lane] += fabs(high_pass(config, input, &hum->t1[lane], &hum->t2[lane]));
    const double error = clipped_rest(config, hum, lane, seen, rest);
    const double change = learns * error;
    hum->change[n][lane] = change;
    for (size_t later = n + 1; later < MYO_HUM_BLOCK; later++) {
        for (int m = 0; m < MYO_HUM_MAINS; m++) {
            hum->guess[m][later][lane] =
                fma(change, hum->echo[m][later - n][lane], hum->guess[m][later][lane]);
        }
    }
    hum->rest_energy[lane] = fma(error, error, hum->rest_energy[lane]);
    return fma(-hum->take[1][lane], second, fma(-hum->take[0][lane], first, x));
}

void MYO_OCTET_NAME(hum)(const myo_hum_config *config, myo_hum *hum, double *z,
                         const double *learns, size_t frames, size_t lanes)
{
    for (size_t lane = 0; lane < lanes; lane++) {
        myo_hum_phasors *p = hum->phasors;
        for (size_t n = 0; (hum->running >> lane & 1u) && n < frames; n++) {
            const int32_t seen = hum->since_check + (int32_t)n;
            double *x = &z[n * MYO_OCTET + lane];
            if (seen % MYO_HUM_BLOCK == 0) {
                guess(&p[0], lane, hum->guess[0]);
                guess(&p[1], lane, hum->guess[1]);
            }
            const double learned = learns != NULL ? learns[n * MYO_OCTET + lane] : 1.0;
            *x = cancel(config, hum, lane, seen, learned, *x);
            if (seen % MYO_HUM_BLOCK == MYO_HUM_BLOCK - 1) {
                learn(&p[0], lane, hum->change);
                learn(&p[1], lane, hum->change);
            }
        }
    }
}
