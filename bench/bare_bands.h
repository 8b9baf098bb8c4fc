/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing but the recurrences of the bands of eight channels, on AVX-512: what of the time of the kernel of
 * bands is theirs. */
#ifndef MYO_BENCH_BARE_BANDS_H
#define MYO_BENCH_BARE_BANDS_H

#include "emg/octet_kern.h"

/** Whether this processor can; the runs are otherwise not to be called. */
bool bare_bands_can(void);

/** As myo_bands_run of eight channels, without sums, peaks, turns and rows: energies go on and on. One band
 *  after the other, and two side by side. */
void bare_bands_one(myo_bands *bands, const double *z, size_t frames);
void bare_bands_two(myo_bands *bands, const double *z, size_t frames);

#endif
