/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors of doubles as wide as the registers of the instruction set that a template is compiled for.
 *
 * Every operation rounds as the scalar one does, lane by lane; muladd rounds once, but twice on sse2,
 * which has no fused multiply-add. vec_bits gives a bit for each lane of a mask, vec_those the mask of the
 * lowest bits. vec_flip turns signs, vec_where asks a sign bit instead of a mask, vec_further gives the greater
 * size of the two. */
#ifndef MYO_DSP_VEC_H
#define MYO_DSP_VEC_H

#include <stddef.h>

#define VEC_INLINE static inline __attribute__((always_inline))

#if defined(__AVX512F__)

#include <immintrin.h>
#define WIDTH 8
typedef __m512d vec;
typedef __mmask8 vec_mask;

static inline vec vec_muladd(vec a, vec b, vec c)
{
    return _mm512_fmadd_pd(a, b, c);
}

static inline vec vec_lesser(vec a, vec b)
{
    return _mm512_min_pd(a, b);
}

static inline vec vec_greater(vec a, vec b)
{
    return _mm512_max_pd(a, b);
}

static inline vec vec_size(vec a)
{
    return _mm512_abs_pd(a);
}

static inline vec_mask vec_equals(vec a, vec b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ);
}

static inline vec_mask vec_exceeds(vec a, vec b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_NLE_UQ);
}

static inline vec_mask vec_both(vec_mask a, vec_mask b)
{
    return (vec_mask)(a & b);
}

static inline vec_mask vec_either(vec_mask a, vec_mask b)
{
    return (vec_mask)(a | b);
}

static inline vec_mask vec_never(void)
{
    return 0;
}

static inline unsigned vec_bits(vec_mask m)
{
    return m;
}

static inline vec_mask vec_those(unsigned bits)
{
    return (vec_mask)bits;
}

static inline vec vec_choose(vec_mask m, vec a, vec b)
{
    return _mm512_mask_blend_pd(m, b, a);
}

static inline vec vec_keep(vec_mask m, vec a)
{
    return _mm512_maskz_mov_pd(m, a);
}

static inline vec vec_all(double x)
{
    return _mm512_set1_pd(x);
}

static inline vec vec_from_floats(const float *p)
{
    return _mm512_cvtps_pd(_mm256_loadu_ps(p));
}

static inline void vec_to_floats(float *p, vec a)
{
    _mm256_storeu_ps(p, _mm512_cvtpd_ps(a));
}

static inline vec vec_flip(vec a, vec signs)
{
    return _mm512_xor_pd(a, signs);
}

static inline vec vec_sign(vec a)
{
    return _mm512_and_pd(a, _mm512_set1_pd(-0.0));
}

/* Not by a mask register, which takes longer. */
static inline vec vec_where(vec sign, vec a, vec b)
{
    const __m512i all = _mm512_srai_epi64(_mm512_castpd_si512(sign), 63);
    return _mm512_castsi512_pd(
        _mm512_ternarylogic_epi64(all, _mm512_castpd_si512(a), _mm512_castpd_si512(b), 0xca));
}

static inline vec vec_further(vec size, vec a)
{
    return _mm512_range_pd(size, a, 0xb); /* the greater size */
}

#elif defined(__AVX2__)

#include <immintrin.h>
#define WIDTH 4
typedef __m256d vec;
typedef __m256d vec_mask;

static inline vec vec_muladd(vec a, vec b, vec c)
{
    return _mm256_fmadd_pd(a, b, c);
}

static inline vec vec_lesser(vec a, vec b)
{
    return _mm256_min_pd(a, b);
}

static inline vec vec_greater(vec a, vec b)
{
    return _mm256_max_pd(a, b);
}

static inline vec vec_size(vec a)
{
    return _mm256_andnot_pd(_mm256_set1_pd(-0.0), a);
}

static inline vec_mask vec_equals(vec a, vec b)
{
    return _mm256_cmp_pd(a, b, _CMP_EQ_OQ);
}

static inline vec_mask vec_exceeds(vec a, vec b)
{
    return _mm256_cmp_pd(a, b, _CMP_NLE_UQ);
}

static inline vec_mask vec_both(vec_mask a, vec_mask b)
{
    return _mm256_and_pd(a, b);
}

static inline vec_mask vec_either(vec_mask a, vec_mask b)
{
    return _mm256_or_pd(a, b);
}

static inline vec_mask vec_never(void)
{
    return _mm256_setzero_pd();
}

static inline unsigned vec_bits(vec_mask m)
{
    return (unsigned)_mm256_movemask_pd(m);
}

static inline vec_mask vec_those(unsigned bits)
{
    const __m256i bit = _mm256_set_epi64x(8, 4, 2, 1);
    const __m256i all = _mm256_and_si256(_mm256_set1_epi64x((long long)bits), bit);
    return _mm256_castsi256_pd(_mm256_cmpeq_epi64(all, bit));
}

static inline vec vec_choose(vec_mask m, vec a, vec b)
{
    return _mm256_blendv_pd(b, a, m);
}

static inline vec vec_keep(vec_mask m, vec a)
{
    return _mm256_and_pd(m, a);
}

static inline vec vec_all(double x)
{
    return _mm256_set1_pd(x);
}

static inline vec vec_from_floats(const float *p)
{
    return _mm256_cvtps_pd(_mm_loadu_ps(p));
}

static inline void vec_to_floats(float *p, vec a)
{
    _mm_storeu_ps(p, _mm256_cvtpd_ps(a));
}

static inline vec vec_flip(vec a, vec signs)
{
    return _mm256_xor_pd(a, signs);
}

static inline vec vec_sign(vec a)
{
    return _mm256_and_pd(a, _mm256_set1_pd(-0.0));
}

static inline vec vec_where(vec sign, vec a, vec b)
{
    return _mm256_blendv_pd(b, a, sign);
}

static inline vec vec_further(vec size, vec a)
{
    return vec_greater(size, vec_size(a));
}

#elif defined(__aarch64__)

#include <arm_neon.h>
#define WIDTH 2
typedef float64x2_t vec;
typedef uint64x2_t vec_mask;

static inline vec vec_muladd(vec a, vec b, vec c)
{
    return vfmaq_f64(c, a, b);
}

/* Not vminq: it orders zeros and passes on what is not a number. */
static inline vec vec_lesser(vec a, vec b)
{
    return vbslq_f64(vcltq_f64(a, b), a, b);
}

static inline vec vec_greater(vec a, vec b)
{
    return vbslq_f64(vcgtq_f64(a, b), a, b);
}

static inline vec vec_size(vec a)
{
    return vabsq_f64(a);
}

static inline vec_mask vec_equals(vec a, vec b)
{
    return vceqq_f64(a, b);
}

static inline vec_mask vec_exceeds(vec a, vec b)
{
    return veorq_u64(vcleq_f64(a, b), vdupq_n_u64(~(uint64_t)0));
}

static inline vec_mask vec_both(vec_mask a, vec_mask b)
{
    return vandq_u64(a, b);
}

static inline vec_mask vec_either(vec_mask a, vec_mask b)
{
    return vorrq_u64(a, b);
}

static inline vec_mask vec_never(void)
{
    return vdupq_n_u64(0);
}

static inline unsigned vec_bits(vec_mask m)
{
    return (unsigned)(vgetq_lane_u64(m, 0) & 1u) | (unsigned)(vgetq_lane_u64(m, 1) & 2u);
}

static inline vec_mask vec_those(unsigned bits)
{
    const uint64_t all[2] = {-(uint64_t)(bits & 1u), -(uint64_t)(bits >> 1 & 1u)};
    return vld1q_u64(all);
}

static inline vec vec_choose(vec_mask m, vec a, vec b)
{
    return vbslq_f64(m, a, b);
}

static inline vec vec_keep(vec_mask m, vec a)
{
    return vreinterpretq_f64_u64(vandq_u64(m, vreinterpretq_u64_f64(a)));
}

static inline vec vec_all(double x)
{
    return vdupq_n_f64(x);
}

static inline vec vec_from_floats(const float *p)
{
    return vcvt_f64_f32(vld1_f32(p));
}

static inline void vec_to_floats(float *p, vec a)
{
    vst1_f32(p, vcvt_f32_f64(a));
}

static inline vec vec_flip(vec a, vec signs)
{
    return vreinterpretq_f64_u64(veorq_u64(vreinterpretq_u64_f64(a), vreinterpretq_u64_f64(signs)));
}

static inline vec vec_sign(vec a)
{
    return vreinterpretq_f64_u64(
        vandq_u64(vreinterpretq_u64_f64(a), vdupq_n_u64((uint64_t)1 << 63)));
}

static inline vec vec_where(vec sign, vec a, vec b)
{
    return vbslq_f64(vcltzq_s64(vreinterpretq_s64_f64(sign)), a, b);
}

static inline vec vec_further(vec size, vec a)
{
    return vec_greater(size, vec_size(a));
}

#else

#include <emmintrin.h>
#define WIDTH 2
typedef __m128d vec;
typedef __m128d vec_mask;

/* Two roundings: the one instruction set whose last bits differ. */
static inline vec vec_muladd(vec a, vec b, vec c)
{
    return _mm_add_pd(_mm_mul_pd(a, b), c);
}

static inline vec vec_lesser(vec a, vec b)
{
    return _mm_min_pd(a, b);
}

static inline vec vec_greater(vec a, vec b)
{
    return _mm_max_pd(a, b);
}

static inline vec vec_size(vec a)
{
    return _mm_andnot_pd(_mm_set1_pd(-0.0), a);
}

static inline vec_mask vec_equals(vec a, vec b)
{
    return _mm_cmpeq_pd(a, b);
}

static inline vec_mask vec_exceeds(vec a, vec b)
{
    return _mm_cmpnle_pd(a, b);
}

static inline vec_mask vec_both(vec_mask a, vec_mask b)
{
    return _mm_and_pd(a, b);
}

static inline vec_mask vec_either(vec_mask a, vec_mask b)
{
    return _mm_or_pd(a, b);
}

static inline vec_mask vec_never(void)
{
    return _mm_setzero_pd();
}

static inline unsigned vec_bits(vec_mask m)
{
    return (unsigned)_mm_movemask_pd(m);
}

static inline vec_mask vec_those(unsigned bits)
{
    return _mm_castsi128_pd(_mm_set_epi64x(-(long long)(bits >> 1 & 1u), -(long long)(bits & 1u)));
}

static inline vec vec_choose(vec_mask m, vec a, vec b)
{
    return _mm_or_pd(_mm_and_pd(m, a), _mm_andnot_pd(m, b));
}

static inline vec vec_keep(vec_mask m, vec a)
{
    return _mm_and_pd(m, a);
}

static inline vec vec_all(double x)
{
    return _mm_set1_pd(x);
}

static inline vec vec_from_floats(const float *p)
{
    return _mm_set_pd((double)p[1], (double)p[0]);
}

static inline void vec_to_floats(float *p, vec a)
{
    _mm_storel_pi((__m64 *)p, _mm_cvtpd_ps(a));
}

static inline vec vec_flip(vec a, vec signs)
{
    return _mm_xor_pd(a, signs);
}

static inline vec vec_sign(vec a)
{
    return _mm_and_pd(a, _mm_set1_pd(-0.0));
}

static inline vec vec_where(vec sign, vec a, vec b)
{
    const __m128i half = _mm_srai_epi32(_mm_castpd_si128(sign), 31);
    const vec all = _mm_castsi128_pd(_mm_shuffle_epi32(half, 0xf5));
    return _mm_or_pd(_mm_and_pd(all, a), _mm_andnot_pd(all, b));
}

static inline vec vec_further(vec size, vec a)
{
    return vec_greater(size, vec_size(a));
}

#endif

static inline vec vec_load(const double *p)
{
    vec v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

static inline void vec_store(double *p, vec v)
{
    __builtin_memcpy(p, &v, sizeof v);
}

#endif
