/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of kernels and the choice among them. */
#include "dsp/kern_list.h"

static const myo_kern_table plain = {"c", MYO_CPU_C, {{1, myo_kern_c}}};

#if defined(__x86_64__)
static const myo_kern_table fused = {"c-fma", MYO_CPU_C | MYO_CPU_FMA, {{1, myo_kern_fma}}};
static const myo_kern_table sse2 = {"sse2", MYO_CPU_SSE2, {{1, myo_kern_sse2}}};
static const myo_kern_table avx2 = {"avx2", MYO_CPU_AVX2, {{1, myo_kern_avx2}}};
/* A processor with AVX-512 runs AVX2 too; a single channel fills no wider register. */
static const myo_kern_table avx512 = {
    "avx512", MYO_CPU_AVX512, {{2, myo_kern_avx512}, {1, myo_kern_avx2}}};
#elif defined(__aarch64__)
static const myo_kern_table neon = {"neon", MYO_CPU_NEON, {{1, myo_kern_neon}}};
#endif

const myo_kern_table *const myo_kern_tables[] = {
#if defined(__x86_64__)
    &avx512, &avx2, &fused, /* before sse2: the bits of all the rest */
    &sse2,
#elif defined(__aarch64__)
    &neon,
#endif
    &plain,  NULL,
};

const myo_kern_table *myo_kern_choose(uint32_t cpu_mask)
{
    const uint32_t have = cpu_mask & myo_cpu_detect();
    for (size_t i = 0; myo_kern_tables[i] != NULL; i++) {
        if ((myo_kern_tables[i]->needs & ~have) == 0) {
            return myo_kern_tables[i];
        }
    }
    return &plain;
}
