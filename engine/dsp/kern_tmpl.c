/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel template, compiled once for each instruction set with vectors as wide as its
 * registers.
 *
 * The arithmetic is that of kern.c. All four sections of a frame are in flight at once, together with
 * those of the next frames: that fills most of the time that each recurrence (an addition, then a
 * multiply-add, frame after frame) would wait. Two vectors side by side would fill the rest, but only
 * where 32 registers hold their states; with 16, states spilled to memory made AVX2 a fifth slower.
 */
#include "dsp/kern_list.h"

#if defined(__AVX512F__)

#include <immintrin.h>
#define WIDTH   8
#define VECTORS 1
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
#define WIDTH   4
#define VECTORS 1
typedef __m256d vec;

static inline vec muladd(vec a, vec b, vec c)
{
    return _mm256_fmadd_pd(a, b, c);
}

#elif defined(__aarch64__)

#include <arm_neon.h>
#define WIDTH   2
#define VECTORS 2
typedef float64x2_t vec;

static inline vec muladd(vec a, vec b, vec c)
{
    return vfmaq_f64(c, a, b);
}

#else

#include <emmintrin.h>
#define WIDTH   2
#define VECTORS 1
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

#define CHANNELS (WIDTH > MYO_LANES ? WIDTH / MYO_LANES : 1)
#define ROW      ((size_t)CHANNELS * MYO_LANES)

/* Unrolls a loop over sections or vectors, so that the states live in registers. */
#define UNROLL _Pragma("GCC unroll 4")

/* Runs VECTORS vectors over all frames. */
static inline void lanes_run(double *restrict rows, const double *restrict x, size_t x_step,
                             size_t frames, double *restrict y, size_t y_step)
{
    vec s1[MYO_BAND_SECTIONS][VECTORS], s2[MYO_BAND_SECTIONS][VECTORS];
    UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
    {
        UNROLL for (size_t i = 0; i < VECTORS; i++)
        {
            s1[k][i] = load(rows + MYO_ROW_S1(k) * ROW + i * WIDTH);
            s2[k][i] = load(rows + MYO_ROW_S2(k) * ROW + i * WIDTH);
        }
    }
    for (size_t n = 0; n < frames; n++, x += x_step, y += y_step) {
        vec v[VECTORS];
        UNROLL for (size_t i = 0; i < VECTORS; i++)
        {
            v[i] = spread(x) * load(rows + MYO_ROW_GAIN * ROW + i * WIDTH);
        }
        UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
        {
            UNROLL for (size_t i = 0; i < VECTORS; i++)
            {
                const vec u = v[i];
                v[i] = u + s1[k][i];
                s1[k][i] = muladd(load(rows + MYO_ROW_A1(k) * ROW + i * WIDTH), v[i], s2[k][i]);
                s2[k][i] = muladd(load(rows + MYO_ROW_A2(k) * ROW + i * WIDTH), v[i], -u);
            }
        }
        UNROLL for (size_t i = 0; i < VECTORS; i++)
        {
            store(y + i * WIDTH, v[i]);
        }
    }
    UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
    {
        UNROLL for (size_t i = 0; i < VECTORS; i++)
        {
            store(rows + MYO_ROW_S1(k) * ROW + i * WIDTH, s1[k][i]);
            store(rows + MYO_ROW_S2(k) * ROW + i * WIDTH, s2[k][i]);
        }
    }
}

void MYO_KERN(double *restrict rows, const double *restrict x, size_t x_step, size_t frames,
              double *restrict y, size_t y_step)
{
    for (size_t lane = 0; lane < ROW; lane += (size_t)VECTORS * WIDTH) {
        lanes_run(rows + lane, x, x_step, frames, y + lane, y_step);
    }
}
