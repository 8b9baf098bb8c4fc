/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the spectra's kernels and the choice among them. */
#include "core/cpu.h"
#include "dsp/spectrum_kern.h"

#define KERNELS(isa)                                                                               \
    MYO_SPECTRUM_JOIN(take, isa), MYO_SPECTRUM_JOIN(window, isa),                                  \
        MYO_SPECTRUM_JOIN(transform, isa), MYO_SPECTRUM_JOIN(separate, isa),                       \
        MYO_SPECTRUM_JOIN(weigh, isa)

static const myo_spectrum_kernels plain = {"c", MYO_CPU_C, KERNELS(c)};

#if defined(__x86_64__)
static const myo_spectrum_kernels avx2 = {"avx2", MYO_CPU_AVX2, KERNELS(avx2)};
static const myo_spectrum_kernels avx512 = {"avx512", MYO_CPU_AVX512, KERNELS(avx512)};
#endif

const myo_spectrum_kernels *const myo_spectrum_tables[] = {
#if defined(__x86_64__)
    &avx512,
    &avx2,
#endif
    &plain,
    NULL,
};

const myo_spectrum_kernels *myo_spectrum_choose(uint32_t cpu_mask)
{
    const uint32_t have = cpu_mask & myo_cpu_detect();
    for (size_t i = 0; myo_spectrum_tables[i] != NULL; i++) {
        if ((myo_spectrum_tables[i]->needs & ~have) == 0) {
            return myo_spectrum_tables[i];
        }
    }
    return &plain;
}
