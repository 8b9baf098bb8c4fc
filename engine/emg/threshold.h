/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a false-alarm rate to thresholds on the power of each detection window. */
#ifndef MYO_EMG_THRESHOLD_H
#define MYO_EMG_THRESHOLD_H

#include "myotwitch/api.h"

/** Windows in hops; each is a sum of shorter ones, so that sums never drift. */
enum { MYO_WINDOW_COUNT = 6 };
extern const int32_t myo_window_hops[MYO_WINDOW_COUNT];

enum { MYO_TAIL_STEPS = 16 };

/** Thresholds as power over noise power, by window and heaviness of the noise's tail. */
typedef struct {
    double ratio[MYO_TAIL_STEPS][MYO_WINDOW_COUNT];
    double coloured[MYO_TAIL_STEPS][MYO_WINDOW_COUNT]; /**< by spread, not tail */
} myo_threshold_table;

/** @p rate_per_hour false alarms of all windows together, in noise of @p bandwidth_hz. */
void myo_threshold_design(double rate_per_hour, double bandwidth_hz, double hop_ms,
                          myo_threshold_table *table);

/** Those for white noise alone: for who does not ask for coloured ones. */
void myo_threshold_design_tails(double rate_per_hour, double bandwidth_hz, double hop_ms,
                                myo_threshold_table *table);

/** Thresholds for noise whose block power varies @p tail times as much as Gaussian noise's. */
MYO_RT void myo_threshold_get(const myo_threshold_table *table, double tail,
                              double ratio[MYO_WINDOW_COUNT]);

/** Thresholds for coloured noise: its block power varies @p spread times as much as that of white noise in
 *  the same band (myo_floor_spread). */
MYO_RT void myo_threshold_get_coloured(const myo_threshold_table *table, double spread,
                                       double ratio[MYO_WINDOW_COUNT]);

#endif
