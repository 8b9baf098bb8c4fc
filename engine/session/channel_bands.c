/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Band edges by profile, and their filters. */
#include "session/channel_bands.h"

/* A band, or silence where the rate has no room for it. */
static myo_status design(double rate_hz, double low_hz, double high_hz, myo_band *band)
{
    const double high = myo_channel_room(rate_hz, high_hz);
    if (high < 1.2 * low_hz) {
        myo_band_silence(band);
        return MYO_OK;
    }
    return myo_band_design(rate_hz, low_hz, high, band);
}

void myo_channel_edges(const myo_config *config, uint32_t index, double low[MYO_LANE_COUNT],
                       double high[MYO_LANE_COUNT])
{
    const bool needle = config->profile[index] == MYO_PROFILE_NEEDLE;
    myo_config usual;
    myo_config_default(&usual, config->rate_hz, config->channels);
    low[MYO_LANE_MEASURE] = config->measure_low_hz;
    high[MYO_LANE_MEASURE] = config->measure_high_hz;
    low[MYO_LANE_DETECT] = config->detect_low_hz;
    high[MYO_LANE_DETECT] = config->detect_high_hz;
    low[MYO_LANE_LOW] = 8.0;
    high[MYO_LANE_LOW] = 45.0;
    if (needle && config->measure_high_hz == usual.measure_high_hz) {
        high[MYO_LANE_MEASURE] = 2000.0;
    }
    if (needle && config->detect_low_hz == usual.detect_low_hz &&
        config->detect_high_hz == usual.detect_high_hz) {
        low[MYO_LANE_DETECT] = 100.0;
        high[MYO_LANE_DETECT] = 2000.0;
    }
    low[MYO_LANE_HIGH] = 1.15 * high[MYO_LANE_MEASURE];
    high[MYO_LANE_HIGH] = 5.0 * high[MYO_LANE_MEASURE];
}

myo_status myo_channel_design(const myo_config *config, uint32_t index, myo_band *bands,
                              double *high_hz)
{
    double low[MYO_LANE_COUNT];
    double high[MYO_LANE_COUNT];
    myo_channel_edges(config, index, low, high);
    *high_hz = high[MYO_LANE_DETECT];
    myo_status status = MYO_OK;
    for (int lane = 0; lane < MYO_LANE_COUNT && status == MYO_OK; lane++) {
        status = design(config->rate_hz, low[lane], high[lane], &bands[lane]);
    }
    return status;
}
