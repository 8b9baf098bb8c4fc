/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recurrences of octet_tmpl.c in the same order, everything else left out. */
#include "bare_bands.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define UNROLL _Pragma("GCC unroll 4")
#define WIDE   __attribute__((target("avx512f,fma")))

WIDE static inline __attribute__((always_inline)) void
run(myo_bands *bands, size_t first, size_t count, const double *z, size_t frames)
{
    __m512d a1[2][MYO_BAND_SECTIONS], a2[2][MYO_BAND_SECTIONS];
    __m512d s1[2][MYO_BAND_SECTIONS], s2[2][MYO_BAND_SECTIONS];
    __m512d gain[2], energy[2];
    UNROLL for (size_t b = 0; b < count; b++)
    {
        UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
        {
            a1[b][k] = _mm512_load_pd(bands->a1[first + b][k]);
            a2[b][k] = _mm512_load_pd(bands->a2[first + b][k]);
            s1[b][k] = _mm512_load_pd(bands->s1[first + b][k]);
            s2[b][k] = _mm512_load_pd(bands->s2[first + b][k]);
        }
        gain[b] = _mm512_load_pd(bands->gain[first + b]);
        energy[b] = _mm512_load_pd(bands->energy[first + b]);
    }
    for (size_t n = 0; n < frames; n++) {
        const __m512d x = _mm512_load_pd(z + n * MYO_OCTET);
        __m512d v[2];
        UNROLL for (size_t b = 0; b < count; b++)
        {
            v[b] = _mm512_mul_pd(x, gain[b]);
        }
        UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
        {
            UNROLL for (size_t b = 0; b < count; b++)
            {
                const __m512d u = v[b];
                v[b] = _mm512_add_pd(u, s1[b][k]);
                s1[b][k] = _mm512_fmadd_pd(a1[b][k], v[b], s2[b][k]);
                s2[b][k] = _mm512_fmsub_pd(a2[b][k], v[b], u);
            }
        }
        UNROLL for (size_t b = 0; b < count; b++)
        {
            energy[b] = _mm512_fmadd_pd(v[b], v[b], energy[b]);
        }
    }
    UNROLL for (size_t b = 0; b < count; b++)
    {
        UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
        {
            _mm512_store_pd(bands->s1[first + b][k], s1[b][k]);
            _mm512_store_pd(bands->s2[first + b][k], s2[b][k]);
        }
        _mm512_store_pd(bands->energy[first + b], energy[b]);
    }
}

bool bare_bands_can(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma");
}

WIDE void bare_bands_one(myo_bands *bands, const double *z, size_t frames)
{
    for (size_t band = 0; band < MYO_LANE_COUNT; band++) {
        run(bands, band, 1, z, frames);
    }
}

WIDE void bare_bands_two(myo_bands *bands, const double *z, size_t frames)
{
    for (size_t band = 0; band < MYO_LANE_COUNT; band += 2) {
        run(bands, band, 2, z, frames);
    }
}

#else

bool bare_bands_can(void)
{
    return false;
}

void bare_bands_one(myo_bands *bands, const double *z, size_t frames)
{
    (void)bands, (void)z, (void)frames;
}

void bare_bands_two(myo_bands *bands, const double *z, size_t frames)
{
    (void)bands, (void)z, (void)frames;
}

#endif
