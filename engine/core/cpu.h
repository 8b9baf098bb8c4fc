/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the processor can do, and the switch that turns denormal numbers into zero. */
#ifndef MYO_CORE_CPU_H
#define MYO_CORE_CPU_H

#include "myotwitch/status.h"

/** Instruction sets for which there are kernels; a mask of them allows kernels to be chosen. */
typedef enum {
    MYO_CPU_C = 1u << 0,      /**< plain C, everywhere */
    MYO_CPU_FMA = 1u << 1,    /**< fma() is one instruction */
    MYO_CPU_SSE2 = 1u << 2,   /**< no fused multiply-add: other last bits than all the rest */
    MYO_CPU_AVX2 = 1u << 3,   /**< AVX2 and FMA */
    MYO_CPU_AVX512 = 1u << 4, /**< AVX-512 F, VL and DQ, AVX2 and FMA */
    MYO_CPU_NEON = 1u << 5    /**< AArch64 Advanced SIMD */
} myo_cpu_flag;

#define MYO_CPU_ALL UINT32_MAX

/** The flags of the processor that runs this, with the operating system's support. MYO_CPU_C is
 *  always among them. Any thread. */
MYO_API uint32_t myo_cpu_detect(void);

/** Reads a comma-separated list of "c", "sse2", "avx2", "avx512", "neon" or "auto" into a mask
 *  ("c" allows MYO_CPU_FMA too, which changes no bit; "auto" allows all). MYO_ERR_BAD_ARG for any
 *  other name or an empty one; @p mask is then untouched. That the processor has what was named
 *  is not checked. Any thread. */
MYO_API myo_status myo_cpu_from_name(const char *list, uint32_t *mask);

/** Makes results that would be denormal zero in this thread (x86: FTZ, AArch64: FZ; elsewhere
 *  nothing happens) and returns what to hand to myo_cpu_flush_end. Without it a filter that decays
 *  in digital silence runs many times slower. */
MYO_RT uint64_t myo_cpu_flush_begin(void);

/** Restores what myo_cpu_flush_begin found. */
MYO_RT void myo_cpu_flush_end(uint64_t saved);

#endif
