/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of kernels on octets and the choice among them. */
#include "core/cpu.h"
#include "emg/octet_kern.h"

#define KERNELS(front, isa)                                                                        \
    front, MYO_OCTET_JOIN(hum, isa), MYO_OCTET_JOIN(bands, isa), MYO_OCTET_JOIN(gather, isa),      \
        MYO_OCTET_JOIN(slide, isa), MYO_OCTET_JOIN(hops, isa), MYO_OCTET_JOIN(floor_take, isa),    \
        MYO_OCTET_JOIN(floor_tell, isa), MYO_OCTET_JOIN(floor_ahead, isa)

/* The front's reference is front.c itself. */
static const myo_octet_kernels plain = {"c", MYO_CPU_C, KERNELS(NULL, c)};

#if defined(__x86_64__)
static const myo_octet_kernels fused = {"c-fma", MYO_CPU_C | MYO_CPU_FMA, KERNELS(NULL, fma)};
static const myo_octet_kernels sse2 = {"sse2", MYO_CPU_SSE2, KERNELS(myo_octet_front_sse2, sse2)};
static const myo_octet_kernels avx2 = {"avx2", MYO_CPU_AVX2, KERNELS(myo_octet_front_avx2, avx2)};
static const myo_octet_kernels avx512 = {"avx512", MYO_CPU_AVX512,
                                         KERNELS(myo_octet_front_avx512, avx512)};
#elif defined(__aarch64__)
static const myo_octet_kernels neon = {"neon", MYO_CPU_NEON, KERNELS(myo_octet_front_neon, neon)};
#endif

const myo_octet_kernels *const myo_octet_tables[] = {
#if defined(__x86_64__)
    &avx512, &avx2, &fused, /* before sse2: the bits of all the rest */
    &sse2,
#elif defined(__aarch64__)
    &neon,
#endif
    &plain,  NULL,
};

const myo_octet_kernels *myo_octet_choose(uint32_t cpu_mask, uint32_t lanes)
{
    const uint32_t have = cpu_mask & myo_cpu_detect();
    const uint32_t halves =
        MYO_CPU_AVX512 | MYO_CPU_AVX2; /* one is half the other, with its bits */
    const bool half = lanes <= MYO_OCTET / 2 && (have & halves) == halves;
    for (size_t i = 0; myo_octet_tables[i] != NULL; i++) {
        const uint32_t needs = myo_octet_tables[i]->needs;
        if ((needs & ~have) == 0 && !(half && needs == MYO_CPU_AVX512)) {
            return myo_octet_tables[i];
        }
    }
    return &plain;
}
