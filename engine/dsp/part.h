/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floats as many as a register of the instruction set holds that a kernel is compiled for.
 *
 * Operators round lane by lane as the scalar ones do, so a sum in the same order has the same bits at any
 * width. A four is four floats that follow each other in memory: a part holds PART / 4 of them. */
#ifndef MYO_DSP_PART_H
#define MYO_DSP_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PART_INLINE static inline __attribute__((always_inline))

#if defined(__AVX512F__)

#include <immintrin.h>
enum { PART = 16 };
typedef __m512 part;

PART_INLINE part part_all(float x)
{
    return _mm512_set1_ps(x);
}

PART_INLINE part part_fours(const float *p, size_t stride)
{
    part v = _mm512_castps128_ps512(_mm_loadu_ps(p));
    v = _mm512_insertf32x4(v, _mm_loadu_ps(p + 4 * stride), 1);
    v = _mm512_insertf32x4(v, _mm_loadu_ps(p + 8 * stride), 2);
    return _mm512_insertf32x4(v, _mm_loadu_ps(p + 12 * stride), 3);
}

PART_INLINE part part_low(part a, part b)
{
    return _mm512_unpacklo_ps(a, b);
}

PART_INLINE part part_high(part a, part b)
{
    return _mm512_unpackhi_ps(a, b);
}

PART_INLINE part part_low_twos(part a, part b)
{
    return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
}

PART_INLINE part part_high_twos(part a, part b)
{
    return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
}

PART_INLINE bool part_is_zero(part v)
{
    return _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ) == 0;
}

#elif defined(__AVX2__)

#include <immintrin.h>
enum { PART = 8 };
typedef __m256 part;

PART_INLINE part part_all(float x)
{
    return _mm256_set1_ps(x);
}

PART_INLINE part part_fours(const float *p, size_t stride)
{
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p)),
                                _mm_loadu_ps(p + 4 * stride), 1);
}

PART_INLINE part part_low(part a, part b)
{
    return _mm256_unpacklo_ps(a, b);
}

PART_INLINE part part_high(part a, part b)
{
    return _mm256_unpackhi_ps(a, b);
}

PART_INLINE part part_low_twos(part a, part b)
{
    return _mm256_castpd_ps(_mm256_unpacklo_pd(_mm256_castps_pd(a), _mm256_castps_pd(b)));
}

PART_INLINE part part_high_twos(part a, part b)
{
    return _mm256_castpd_ps(_mm256_unpackhi_pd(_mm256_castps_pd(a), _mm256_castps_pd(b)));
}

PART_INLINE bool part_is_zero(part v)
{
    return _mm256_movemask_ps(_mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_NEQ_UQ)) == 0;
}

#else

enum { PART = 4 };
typedef float part __attribute__((vector_size(16)));

PART_INLINE part part_all(float x)
{
    return (part){x, x, x, x};
}

PART_INLINE part part_fours(const float *p, size_t stride)
{
    (void)stride;
    part v;
    memcpy(&v, p, sizeof v);
    return v;
}

PART_INLINE part part_low(part a, part b)
{
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
}

PART_INLINE part part_high(part a, part b)
{
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
}

PART_INLINE part part_low_twos(part a, part b)
{
    return __builtin_shufflevector(a, b, 0, 1, 4, 5);
}

PART_INLINE part part_high_twos(part a, part b)
{
    return __builtin_shufflevector(a, b, 2, 3, 6, 7);
}

PART_INLINE bool part_is_zero(part v)
{
    return v[0] == 0.0f && v[1] == 0.0f && v[2] == 0.0f && v[3] == 0.0f;
}

#endif

PART_INLINE part part_load(const float *p)
{
    part v;
    memcpy(&v, p, sizeof v);
    return v;
}

PART_INLINE void part_store(float *p, part v)
{
    memcpy(p, &v, sizeof v);
}

/* Four parts of fours: the first of each four, the second ... come together. */
PART_INLINE void part_turn_fours(part *v)
{
    const part ab_low = part_low(v[0], v[1]), ab_high = part_high(v[0], v[1]);
    const part cd_low = part_low(v[2], v[3]), cd_high = part_high(v[2], v[3]);
    v[0] = part_low_twos(ab_low, cd_low);
    v[1] = part_high_twos(ab_low, cd_low);
    v[2] = part_low_twos(ab_high, cd_high);
    v[3] = part_high_twos(ab_high, cd_high);
}

/* PART rows of four columns, @p stride values apart, become four columns of PART rows. */
PART_INLINE void part_turn(const float *p, size_t stride, part *column)
{
    for (size_t i = 0; i < 4; i++) {
        column[i] = part_fours(p + i * stride, stride);
    }
    part_turn_fours(column);
}

#endif
