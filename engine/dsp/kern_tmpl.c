/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel template, compiled once for each instruction set with vectors as wide as its
 * registers.
 *
 * The arithmetic is that of kern.c. Vectors of the same group are independent of each other: their
 * operations interleave and fill the time that one recurrence (add, then fused multiply-add, frame
 * after frame) would wait.
 */
#include "dsp/kern_list.h"

#if defined(__AVX512F__)

#include <immintrin.h>
#define WIDTH 8
typedef __m512d vec;

static inline vec muladd(vec a, vec b, vec c)
{
    return _mm512_fmadd_pd(a, b, c);
}

/* Two channels: four lanes of x[0], four of x[1]. */
static inline vec spread(const double *x)
{
    return _mm512_mask_broadcastsd_pd(_mm512_set1_pd(x[0]), 0xf0, _mm_load_sd(x + 1));
}

#elif defined(__AVX2__)

#include <immintrin.h>
#define WIDTH 4
typedef __m256d vec;

static inline vec muladd(vec a, vec b, vec c)
{
    return _mm256_fmadd_pd(a, b, c);
}

#elif defined(__aarch64__)

#include <arm_neon.h>
#define WIDTH 2
typedef float64x2_t vec;

static inline vec muladd(vec a, vec b, vec c)
{
    return vfmaq_f64(c, a, b);
}

#else

#include <emmintrin.h>
#define WIDTH 2
typedef __m128d vec;

/* Two roundings: the one kernel whose last bits differ. */
static inline vec muladd(vec a, vec b, vec c)
{
    return a * b + c;
}

#endif

#if WIDTH == 4
static inline vec spread(const double *x)
{
    return (vec){x[0], x[0], x[0], x[0]};
}
#elif WIDTH == 2
static inline vec spread(const double *x)
{
    return (vec){x[0], x[0]};
}
#endif

/* Most vectors that run interleaved. */
#define MAX_VECTORS 2

static inline vec load(const double *p)
{
    vec v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

static inline void store(double *p, vec v)
{
    __builtin_memcpy(p, &v, sizeof v);
}

/* Runs `vectors` vectors, a constant wherever this is inlined. */
static inline __attribute__((always_inline)) void
group_run(const size_t vectors, double *restrict rows, const double *restrict x, size_t x_step,
          size_t frames, double *restrict y, size_t y_step)
{
    const size_t row = vectors * WIDTH;
    vec s1[MYO_BAND_SECTIONS][MAX_VECTORS], s2[MYO_BAND_SECTIONS][MAX_VECTORS];
#pragma GCC unroll 4
    for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
#pragma GCC unroll 4
        for (size_t i = 0; i < vectors; i++) {
            s1[k][i] = load(rows + MYO_ROW_S1(k) * row + i * WIDTH);
            s2[k][i] = load(rows + MYO_ROW_S2(k) * row + i * WIDTH);
        }
    }
    for (size_t n = 0; n < frames; n++, x += x_step, y += y_step) {
        vec v[MAX_VECTORS];
#pragma GCC unroll 4
        for (size_t i = 0; i < vectors; i++) {
            v[i] = spread(x + i * WIDTH / MYO_LANES) * load(rows + MYO_ROW_GAIN * row + i * WIDTH);
        }
#pragma GCC unroll 4
        for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
#pragma GCC unroll 4
            for (size_t i = 0; i < vectors; i++) {
                const vec u = v[i];
                v[i] = u + s1[k][i];
                s1[k][i] = muladd(load(rows + MYO_ROW_A1(k) * row + i * WIDTH), v[i], s2[k][i]);
                s2[k][i] = muladd(load(rows + MYO_ROW_A2(k) * row + i * WIDTH), v[i], -u);
            }
        }
#pragma GCC unroll 4
        for (size_t i = 0; i < vectors; i++) {
            store(y + i * WIDTH, v[i]);
        }
    }
#pragma GCC unroll 4
    for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
#pragma GCC unroll 4
        for (size_t i = 0; i < vectors; i++) {
            store(rows + MYO_ROW_S1(k) * row + i * WIDTH, s1[k][i]);
            store(rows + MYO_ROW_S2(k) * row + i * WIDTH, s2[k][i]);
        }
    }
}

#define KERNEL(channels)                                                                           \
    void MYO_KERN(channels)(double *restrict rows, const double *restrict x, size_t x_step,        \
                            size_t frames, double *restrict y, size_t y_step)                      \
    {                                                                                              \
        group_run((channels)*MYO_LANES / WIDTH, rows, x, x_step, frames, y, y_step);               \
    }

#if WIDTH <= 4
KERNEL(1)
#endif
#if WIDTH == 4
KERNEL(2)
#endif
#if WIDTH == 8
KERNEL(2)
KERNEL(4)
#endif
