/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the kernels: myo_kern_ISA_CHANNELS. A kernel source is compiled with MYO_KERN_ISA set.
 */
#ifndef MYO_DSP_KERN_LIST_H
#define MYO_DSP_KERN_LIST_H

#include "dsp/kern.h"

#define MYO_KERN_JOIN(isa, channels) myo_kern_##isa##_##channels
#define MYO_KERN_NAME(isa, channels) MYO_KERN_JOIN(isa, channels)
#define MYO_KERN(channels)           MYO_KERN_NAME(MYO_KERN_ISA, channels)

myo_kern_run myo_kern_c_1;
#if defined(__x86_64__)
myo_kern_run myo_kern_fma_1;
myo_kern_run myo_kern_sse2_1;
myo_kern_run myo_kern_avx2_1, myo_kern_avx2_2;
myo_kern_run myo_kern_avx512_2, myo_kern_avx512_4;
#elif defined(__aarch64__)
myo_kern_run myo_kern_neon_1;
#endif

#endif
