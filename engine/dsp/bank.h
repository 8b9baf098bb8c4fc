/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter bank: every channel through its four bands, sample by sample, in one pass.
 *
 * Output does not depend on how the frames are cut into calls, nor on the number of channels beside
 * a channel, nor on the kernel (sse2 excepted: it has no fused multiply-add).
 */
#ifndef MYO_DSP_BANK_H
#define MYO_DSP_BANK_H

#include "dsp/kern.h"

#define MYO_BANK_BANDS MYO_LANES

typedef struct myo_bank myo_bank;

/** @p bands has MYO_BANK_BANDS bands for each of @p channels (1 to MYO_MAX_CHANNELS) channels; use
 *  myo_band_silence for those that are not wanted. @p cpu_mask: flags of myo_cpu_flag that may be
 *  used, MYO_CPU_ALL for the best. MYO_ERR_BAD_ARG, MYO_ERR_NO_MEMORY. Not real-time. */
myo_status myo_bank_new(uint32_t channels, const myo_band *bands, uint32_t cpu_mask,
                        myo_bank **bank);

/** Filters @p frames frames of @p x, [frame][channel], into @p y, [frame][channel][band]. Values
 *  must be finite; the buffers may not overlap and need no alignment. Denormal results become
 *  zero. */
MYO_RT void myo_bank_process(myo_bank *bank, const double *x, size_t frames, double *y);

/** As new: all states zero. */
MYO_RT void myo_bank_reset(myo_bank *bank);

/** States of one channel zero. */
MYO_RT void myo_bank_reset_channel(myo_bank *bank, uint32_t channel);

/** Name of the kernel in use: "c", "c-fma", "sse2", "avx2", "avx512", "neon". */
MYO_RT const char *myo_bank_kernel(const myo_bank *bank);

void myo_bank_free(myo_bank *bank);

#endif
