/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight floats, or whole numbers, side by side: whatever the width of the registers, the compiler takes as
 * many of them as that needs. Comparisons give -1 where they hold and 0 elsewhere. */
#ifndef MYO_DSP_EIGHT_H
#define MYO_DSP_EIGHT_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

typedef float eight_floats __attribute__((vector_size(32)));
typedef int32_t eight_ints __attribute__((vector_size(32)));

#define EIGHT_INLINE static inline __attribute__((always_inline))

/* Vectors wider than a register are handed over by address: their passing by value is no ABI. */
EIGHT_INLINE void eight_load(eight_floats *v, const float *p)
{
    memcpy(v, p, sizeof *v);
}

EIGHT_INLINE void eight_load_ints(eight_ints *v, const int32_t *p)
{
    memcpy(v, p, sizeof *v);
}

EIGHT_INLINE void eight_store_ints(int32_t *p, const eight_ints *v)
{
    memcpy(p, v, sizeof *v);
}

EIGHT_INLINE void eight_store(float *p, const eight_floats *v)
{
    memcpy(p, v, sizeof *v);
}

/* a where the mask says so, else b; the lesser and the greater, of equals either. */
#if defined(__AVX2__)
#define EIGHT_CHOOSE(mask, a, b)                                                                   \
    ((eight_floats)_mm256_blendv_ps((__m256)(b), (__m256)(a), (__m256)(mask)))
#define EIGHT_LESSER(a, b)  ((eight_floats)_mm256_min_ps((__m256)(a), (__m256)(b)))
#define EIGHT_GREATER(a, b) ((eight_floats)_mm256_max_ps((__m256)(a), (__m256)(b)))
#else
#define EIGHT_CHOOSE(mask, a, b)                                                                   \
    ((eight_floats)(((mask) & (eight_ints)(a)) | (~(mask) & (eight_ints)(b))))
#define EIGHT_LESSER(a, b)  EIGHT_CHOOSE((a) < (b), a, b)
#define EIGHT_GREATER(a, b) EIGHT_CHOOSE((a) > (b), a, b)
#endif

/* Whole numbers of 0 to 255, each in a byte. */
EIGHT_INLINE void eight_store_bytes(uint8_t *p, const float *v)
{
#if defined(__SSE2__)
    const __m128i low = _mm_cvttps_epi32(_mm_loadu_ps(v));
    const __m128i high = _mm_cvttps_epi32(_mm_loadu_ps(v + 4));
    const __m128i words = _mm_packs_epi32(low, high);
    _mm_storel_epi64((__m128i *)p, _mm_packus_epi16(words, words));
#else
    for (int i = 0; i < 8; i++) {
        p[i] = (uint8_t)v[i];
    }
#endif
}

/* -1 for each bit that is set. */
EIGHT_INLINE void eight_spread(eight_ints *v, unsigned bits)
{
    const eight_ints bit = {1, 2, 4, 8, 16, 32, 64, 128};
    *v = ((int32_t)bits & bit) != 0;
}

/* Those of @p from whose bit is set, into @p to. */
EIGHT_INLINE void eight_mix(float *to, const float *from, unsigned bits)
{
    eight_floats old, new;
    eight_ints mask;
    eight_load(&old, to);
    eight_load(&new, from);
    eight_spread(&mask, bits);
    old = EIGHT_CHOOSE(mask, new, old);
    eight_store(to, &old);
}

/* The bit of each that is not 0. */
EIGHT_INLINE unsigned eight_bits(const eight_ints *v)
{
#if defined(__AVX2__)
    __m256 all;
    memcpy(&all, v, sizeof all);
    return (unsigned)_mm256_movemask_ps(all);
#elif defined(__SSE2__)
    __m128 half[2];
    memcpy(half, v, sizeof half);
    return (unsigned)(_mm_movemask_ps(half[0]) | _mm_movemask_ps(half[1]) << 4);
#else
    unsigned bits = 0;
    for (int i = 0; i < 8; i++) {
        bits |= (*v)[i] != 0 ? 1u << i : 0u;
    }
    return bits;
#endif
}

/* The bits of those of a that are less than b's, and that equal them. */
EIGHT_INLINE unsigned eight_less_bits(const eight_floats *a, const eight_floats *b)
{
#if defined(__AVX512VL__)
    return _mm256_cmp_ps_mask((__m256)*a, (__m256)*b, _CMP_LT_OQ);
#else
    const eight_ints less = *a < *b;
    return eight_bits(&less);
#endif
}

EIGHT_INLINE unsigned eight_equal_bits(const eight_floats *a, const eight_floats *b)
{
#if defined(__AVX512VL__)
    return _mm256_cmp_ps_mask((__m256)*a, (__m256)*b, _CMP_EQ_OQ);
#else
    const eight_ints equal = *a == *b;
    return eight_bits(&equal);
#endif
}

#endif
