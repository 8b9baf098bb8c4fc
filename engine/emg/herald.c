/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The measure band's windows against a threshold of their own, together with those of the detect band. */
#include "emg/herald.h"

#include "core/minmax.h"

/* The measure band lets through what the detect band keeps out, and its noise is less white than a
 * threshold takes it to be: it is held to a tenth of the false alarms. */
static const double rate_share = 0.1;
/* What comes from muscle has more than this share of the measure band's energy in the detect band; of a heart beat
 * or a movement a few hundredths are there (emg.md 7.6). The detect band lags by these hops: it is compared with
 * what the measure band had then. */
static const double detect_share = 0.25;
enum { DETECT_LAG = 2 };
/* Neither band has to be over: it is enough that what both have of their thresholds, multiplied, is so much. In 24
 * hours of white noise, in which 24 bursts open, 0.55, 0.7 and 0.75 gave 158, 15 and 7 words that came to nothing. */
static const double both_share = 0.75;
static const double pause_ms = 50.0;

void myo_herald_design(double rate_per_hour, double bandwidth_hz, double hop_ms,
                       myo_threshold_table *table)
{
    myo_threshold_design_tails(rate_share * rate_per_hour, bandwidth_hz, hop_ms, table);
}

/* Over the hops of a window that ended @p lag hops ago. */
static double measure_energy(const myo_herald_question *q, int window, int lag)
{
    const int64_t end = q->hop + 1 - lag;
    return myo_hop_energy(q->ring, MYO_LANE_MEASURE, end - myo_window_hops[window], end);
}

/* What the measure band has of its threshold. */
static double measure_height(const myo_herald *self, const myo_herald_question *q)
{
    double ratio[MYO_WINDOW_COUNT], most = 0.0;
    myo_threshold_get(self->table, q->tail, ratio);
    for (int k = 0; k < MYO_HERALD_WINDOWS; k++) {
        const double limit = ratio[k] * myo_window_hops[k] * q->noise_energy;
        most = myo_greater(most, measure_energy(q, k, 0) / limit);
    }
    return most;
}

/* What the detect band has of that of a burst. */
static double detect_height(const myo_herald_question *q)
{
    double most = 0.0;
    for (int k = 0; k < MYO_HERALD_WINDOWS; k++) {
        most = myo_greater(most, q->sum[k] / q->limit[k]);
    }
    return most;
}

/* Most of the hops that are looked at are the noise's: the first questions cost least. */
static bool is_due(const myo_herald *self, const myo_herald_question *q)
{
    const double detect = detect_height(q);
    return detect > MYO_HERALD_SHARE &&
           q->sum[0] > detect_share * measure_energy(q, 0, DETECT_LAG) &&
           detect * measure_height(self, q) > both_share;
}

bool myo_herald_is_due(myo_herald *self, const myo_herald_question *q, double hop_ms)
{
    if (q->hop < self->quiet_until || !is_due(self, q)) {
        return false;
    }
    self->quiet_until = q->hop + myo_hops(pause_ms, hop_ms);
    return true;
}
