/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks the processor what it can do, reads names of instruction sets, flushes denormals. */
#include "core/cpu.h"

#include <string.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

static const struct {
    const char *name;
    uint32_t mask;
} names[] = {
    {"c", MYO_CPU_C | MYO_CPU_FMA}, {"sse2", MYO_CPU_SSE2}, {"avx2", MYO_CPU_AVX2},
    {"avx512", MYO_CPU_AVX512},     {"neon", MYO_CPU_NEON}, {"auto", MYO_CPU_ALL},
};
#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

uint32_t myo_cpu_detect(void)
{
    uint32_t flags = MYO_CPU_C;
#if defined(__x86_64__)
    /* gcc and clang answer from CPUID and XGETBV, so that a kernel or hypervisor without the wide
     * registers counts. */
    flags |= MYO_CPU_SSE2;
    if (__builtin_cpu_supports("fma")) {
        flags |= MYO_CPU_FMA;
    }
    if ((flags & MYO_CPU_FMA) && __builtin_cpu_supports("avx2")) {
        flags |= MYO_CPU_AVX2;
    }
    if ((flags & MYO_CPU_AVX2) && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
        flags |= MYO_CPU_AVX512;
    }
#elif defined(__aarch64__)
    flags |= MYO_CPU_FMA | MYO_CPU_NEON; /* both belong to the base of the architecture */
#endif
    return flags;
}

static uint32_t mask_of(const char *name, size_t length)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (strlen(names[i].name) == length && memcmp(names[i].name, name, length) == 0) {
            return names[i].mask;
        }
    }
    return 0;
}

myo_status myo_cpu_from_name(const char *list, uint32_t *mask)
{
    uint32_t all = 0;
    for (const char *name = list;; name++) {
        const size_t length = strcspn(name, ",");
        const uint32_t one = mask_of(name, length);
        if (one == 0) {
            return MYO_ERR_BAD_ARG;
        }
        all |= one;
        name += length;
        if (*name == '\0') {
            break;
        }
    }
    *mask = all;
    return MYO_OK;
}

#if defined(__x86_64__)

uint64_t myo_cpu_flush_begin(void)
{
    const unsigned saved = _mm_getcsr();
    _mm_setcsr(saved | _MM_FLUSH_ZERO_ON);
    return saved;
}

void myo_cpu_flush_end(uint64_t saved)
{
    _mm_setcsr((unsigned)saved);
}

#elif defined(__aarch64__)

/* Bit FZ of FPCR (Arm Architecture Reference Manual, FPCR). */
#define FPCR_FZ (UINT64_C(1) << 24)

uint64_t myo_cpu_flush_begin(void)
{
    uint64_t saved;
    __asm__ volatile("mrs %0, fpcr" : "=r"(saved));
    __asm__ volatile("msr fpcr, %0" : : "r"(saved | FPCR_FZ));
    return saved;
}

void myo_cpu_flush_end(uint64_t saved)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(saved));
}

#else

uint64_t myo_cpu_flush_begin(void)
{
    return 0;
}

void myo_cpu_flush_end(uint64_t saved)
{
    (void)saved;
}

#endif
