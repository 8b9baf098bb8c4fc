/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The windows of one channel on its board, one by one: where a kernel does not slide them for all. */
#ifndef MYO_EMG_WINDOW_H
#define MYO_EMG_WINDOW_H

#include "emg/board.h"

/** Windows as if all that was before were hops of this energy. */
MYO_RT void myo_windows_fill(myo_windows *windows, size_t lane, double energy);

/** Slides all windows over @p hop, which has this number, as the kernels do. */
MYO_RT void myo_windows_slide(myo_windows *windows, size_t lane, int64_t number,
                              const myo_hop *hop);

/** Sums over all windows that end with hop @p number, the last that they slid over. */
static inline void myo_windows_sums(const myo_windows *w, size_t lane, int64_t number,
                                    double sum[MYO_WINDOW_COUNT])
{
    const size_t at = (size_t)number;
    sum[0] = w->five[at % MYO_BACK_FIVE][lane];
    sum[1] = sum[0] + w->five[(at - 5) % MYO_BACK_FIVE][lane];
    sum[2] = sum[1] + w->five[(at - 10) % MYO_BACK_FIVE][lane];
    sum[3] = sum[2] + w->five[(at - 15) % MYO_BACK_FIVE][lane] +
             w->five[(at - 20) % MYO_BACK_FIVE][lane];
    sum[4] = sum[3] + w->twentyfive[(at - 25) % MYO_BACK_TWENTYFIVE][lane];
    sum[5] = sum[4] + w->fifty[(at - 50) % MYO_BACK_FIFTY][lane];
}

#endif
