/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bands that a channel's profile and configuration ask for. */
#ifndef MYO_SESSION_CHANNEL_BANDS_H
#define MYO_SESSION_CHANNEL_BANDS_H

#include "emg/burst.h"
#include "myotwitch/band.h"
#include "myotwitch/pipeline.h"

/** The bands of channel @p index in Hz (emg.md 7.1); a needle's are wider unless they were set. */
void myo_channel_edges(const myo_config *config, uint32_t index, double low[MYO_LANE_COUNT],
                       double high[MYO_LANE_COUNT]);

/** @p high_hz, or less where the rate has no room for it. */
static inline double myo_channel_room(double rate_hz, double high_hz)
{
    return high_hz < 0.45 * rate_hz ? high_hz : 0.45 * rate_hz;
}

/** Designs the bands of channel @p index and says where the detect band ends. */
myo_status myo_channel_design(const myo_config *config, uint32_t index, myo_band *bands,
                              double *high_hz);

#endif
