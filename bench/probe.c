/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Multiply-add throughput: more independent chains than latency times units. */
#include "probe.h"

#include "core/cpu.h"

/* Latency 4 or 5 times 2 units. */
#define CHAINS 12

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx512f"))) static double run_avx512(size_t rounds, double *sink)
{
    __m512d v[CHAINS], a = _mm512_set1_pd(0.999), b = _mm512_set1_pd(0.001);
    for (int i = 0; i < CHAINS; i++) {
        v[i] = _mm512_set1_pd(i);
    }
    for (size_t n = 0; n < rounds; n++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++) {
            v[i] = _mm512_fmadd_pd(v[i], a, b);
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        *sink += v[i][0];
    }
    return (double)rounds * CHAINS * 8;
}

__attribute__((target("avx2,fma"))) static double run_avx2(size_t rounds, double *sink)
{
    __m256d v[CHAINS], a = _mm256_set1_pd(0.999), b = _mm256_set1_pd(0.001);
    for (int i = 0; i < CHAINS; i++) {
        v[i] = _mm256_set1_pd(i);
    }
    for (size_t n = 0; n < rounds; n++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++) {
            v[i] = _mm256_fmadd_pd(v[i], a, b);
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        *sink += v[i][0];
    }
    return (double)rounds * CHAINS * 4;
}
#endif

/* Vectors of two: SSE2 (multiply and add apart) or NEON. */
typedef double pair __attribute__((vector_size(16)));

static double run_base(size_t rounds, double *sink)
{
    pair v[CHAINS], a = {0.999, 0.999}, b = {0.001, 0.001};
    for (int i = 0; i < CHAINS; i++) {
        v[i] = (pair){i, i};
    }
    for (size_t n = 0; n < rounds; n++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++) {
            v[i] = v[i] * a + b;
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        *sink += v[i][0];
    }
    return (double)rounds * CHAINS * 2;
}

double probe_run(uint32_t cpu_flags, size_t rounds, double *sink)
{
#if defined(__x86_64__)
    if (cpu_flags & MYO_CPU_AVX512) {
        return run_avx512(rounds, sink);
    }
    if (cpu_flags & MYO_CPU_AVX2) {
        return run_avx2(rounds, sink);
    }
#endif
    (void)cpu_flags;
    return run_base(rounds, sink);
}
