/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The measure band's windows against a threshold of their own, and the share that is of the detect band. */
#include "emg/herald.h"

/* The measure band lets through what the detect band keeps out, and its noise is less white than a
 * threshold takes it to be: it is held to a tenth of the false alarms. */
static const double rate_share = 0.1;
/* What comes from muscle has more than this share of its energy in the detect band even while that one lags;
 * of a heart beat or a movement a few hundredths are there (emg.md 7.6). */
static const double detect_share = 0.2;
static const double pause_ms = 50.0;

void myo_herald_design(double rate_per_hour, double bandwidth_hz, double hop_ms,
                       myo_threshold_table *table)
{
    myo_threshold_design_tails(rate_share * rate_per_hour, bandwidth_hz, hop_ms, table);
}

static double measure_energy(const myo_herald_question *q, int window)
{
    return myo_hop_energy(q->ring, MYO_LANE_MEASURE, q->hop + 1 - myo_window_hops[window],
                          q->hop + 1);
}

static bool is_over(const myo_herald *self, const myo_herald_question *q)
{
    double ratio[MYO_WINDOW_COUNT];
    myo_threshold_get(self->table, q->tail, ratio);
    for (int k = 0; k < MYO_HERALD_WINDOWS; k++) {
        if (measure_energy(q, k) > ratio[k] * myo_window_hops[k] * q->noise_energy) {
            return true;
        }
    }
    return false;
}

static bool detect_band_follows(const myo_herald_question *q)
{
    bool follows = false;
    for (int k = 0; k < MYO_HERALD_WINDOWS; k++) {
        follows = follows || q->sum[k] > MYO_HERALD_SHARE * q->limit[k];
    }
    return follows && q->sum[0] > detect_share * measure_energy(q, 0);
}

bool myo_herald_is_due(myo_herald *self, const myo_herald_question *q, double hop_ms)
{
    if (q->hop < self->quiet_until || !detect_band_follows(q) || !is_over(self, q)) {
        return false;
    }
    self->quiet_until = q->hop + myo_hops(pause_ms, hop_ms);
    return true;
}
