/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Multiply-add throughput: more independent chains than latency times units. Reading: one pass of
 * additions, which every processor does faster than its memory delivers. */
#include "probe.h"

#include <string.h>

/* Latency 4 or 5 times 2 units. */
#define CHAINS 12

/* Latency 3 or 4 times 2 loads. */
#define READ_CHAINS 8

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

double probe_multiply_adds(size_t rounds, double *sink)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
        return run_avx512(rounds, sink);
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return run_avx2(rounds, sink);
    }
#endif
    return run_base(rounds, sink);
}

double probe_read(const double *values, size_t count, double *sink)
{
    pair sums[READ_CHAINS] = {{0.0, 0.0}};
    const size_t whole = count - count % (2 * (size_t)READ_CHAINS);
    for (size_t n = 0; n < whole; n += 2 * (size_t)READ_CHAINS) {
#pragma GCC unroll 8
        for (size_t i = 0; i < READ_CHAINS; i++) {
            pair v;
            memcpy(&v, values + n + 2 * i, sizeof v);
            sums[i] += v;
        }
    }
    for (int i = 0; i < READ_CHAINS; i++) {
        *sink += sums[i][0] + sums[i][1];
    }
    return (double)(whole * sizeof *values);
}
