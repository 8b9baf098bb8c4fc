/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over windows of one channel, each from shorter ones, so that they never drift (threshold.h). */
#include "emg/window.h"

#include "core/minmax.h"

void myo_windows_fill(myo_windows *w, size_t lane, double energy)
{
    for (int i = 0; i < MYO_BACK_FIVE; i++) {
        w->five[i][lane] = 5.0 * energy;
    }
    for (int i = 0; i < MYO_BACK_TWENTYFIVE; i++) {
        w->twentyfive[i][lane] = 25.0 * energy;
    }
    for (int i = 0; i < MYO_BACK_FIFTY; i++) {
        w->fifty[i][lane] = 50.0 * energy;
    }
    for (int i = 0; i < 5; i++) {
        w->score[i][lane] = energy;
    }
}

void myo_windows_slide(myo_windows *w, size_t lane, int64_t number, const myo_hop *hop)
{
    const size_t at = (size_t)number;
    const double low = (double)hop->energy[MYO_LANE_LOW];
    const double leak = myo_greater(MYO_LOW_LEAK * (low - w->low_noise[lane]), 0.0);
    w->score[at % 5][lane] = myo_greater((double)hop->energy[MYO_LANE_DETECT] - leak, 0.0);
    w->five[at % MYO_BACK_FIVE][lane] = w->score[0][lane] + w->score[1][lane] + w->score[2][lane] +
                                        w->score[3][lane] + w->score[4][lane];
    double sum[MYO_WINDOW_COUNT];
    myo_windows_sums(w, lane, number, sum);
    w->twentyfive[at % MYO_BACK_TWENTYFIVE][lane] = sum[3];
    w->fifty[at % MYO_BACK_FIFTY][lane] = sum[4];
}
