/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the kernels: myo_kern_ISA. A kernel source is compiled with MYO_KERN_ISA set. */
#ifndef MYO_DSP_KERN_LIST_H
#define MYO_DSP_KERN_LIST_H

#include "dsp/kern.h"

#define MYO_KERN_JOIN(isa) myo_kern_##isa
#define MYO_KERN_NAME(isa) MYO_KERN_JOIN(isa)
#define MYO_KERN           MYO_KERN_NAME(MYO_KERN_ISA)

myo_kern_run myo_kern_c;
#if defined(__x86_64__)
myo_kern_run myo_kern_fma, myo_kern_sse2, myo_kern_avx2;
myo_kern_run myo_kern_avx512; /* two channels, all others one */
#elif defined(__aarch64__)
myo_kern_run myo_kern_neon;
#endif

#endif
