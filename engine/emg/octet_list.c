/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of kernels on octets and the choice among them. */
#include "core/cpu.h"
#include "emg/octet_kern.h"

#define KERNELS(isa)                                                                               \
    MYO_OCTET_JOIN(front, isa), MYO_OCTET_JOIN(hum, isa), MYO_OCTET_JOIN(bands, isa)
/* The front's reference is front.c itself. */
#define REFERENCE(isa) NULL, MYO_OCTET_JOIN(hum, isa), MYO_OCTET_JOIN(bands, isa)

static const myo_octet_kernels plain = {"c", MYO_CPU_C, REFERENCE(c)};

#if defined(__x86_64__)
static const myo_octet_kernels fused = {"c-fma", MYO_CPU_C | MYO_CPU_FMA, REFERENCE(fma)};
static const myo_octet_kernels sse2 = {"sse2", MYO_CPU_SSE2, KERNELS(sse2)};
static const myo_octet_kernels avx2 = {"avx2", MYO_CPU_AVX2, KERNELS(avx2)};
static const myo_octet_kernels avx512 = {"avx512", MYO_CPU_AVX512, KERNELS(avx512)};
#elif defined(__aarch64__)
static const myo_octet_kernels neon = {"neon", MYO_CPU_NEON, KERNELS(neon)};
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

const myo_octet_kernels *myo_octet_choose(uint32_t cpu_mask)
{
    const uint32_t have = cpu_mask & myo_cpu_detect();
    for (size_t i = 0; myo_octet_tables[i] != NULL; i++) {
        if ((myo_octet_tables[i]->needs & ~have) == 0) {
            return myo_octet_tables[i];
        }
    }
    return &plain;
}
