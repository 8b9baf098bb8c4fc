/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditioning of one channel, sample by sample. */
#include "emg/front.h"

#include "core/minmax.h"

#include <math.h>
#include <string.h>

/* What is left of an edge, against its height, above which it was a step and not an impulse. */
static const double step_share = 0.3;

void myo_front_config_default(myo_front_config *config, double rate_hz)
{
    memset(config, 0, sizeof *config);
    myo_edge_config_default(&config->edge, rate_hz);
    config->blank_edges = true;
    config->rail_frames = 3; /* emg.md 7.1 */
}

void myo_front_reset(myo_front *front)
{
    memset(front, 0, sizeof *front);
}

/* At a rail: equal samples in a row at the converter's limit or, where that is not known, at the
 * most extreme value so far, for longer than a slow signal dwells there. */
static bool is_saturated(const myo_front_config *config, myo_front *front, double x)
{
    front->equal = x == front->last ? front->equal + 1 : 1;
    if (config->rail_low < config->rail_high) {
        return (x <= front->low || x >= front->high) && front->equal >= config->rail_frames;
    }
    const bool extreme = x <= front->low || x >= front->high;
    front->low = myo_lesser(front->low, x);
    front->high = myo_greater(front->high, x);
    return extreme && front->equal >= 2 * config->rail_frames &&
           fabs(x - front->level) > 40.0 * front->edge.scale;
}

static void start(const myo_front_config *config, myo_front *front, double x)
{
    myo_front_reset(front);
    front->started = true;
    front->level = x;
    front->last = x;
    front->low = x;
    front->high = x;
    if (config->rail_low < config->rail_high) {
        front->low = config->rail_low;
        front->high = config->rail_high;
    }
}

myo_front_result myo_front_process(const myo_front_config *config, myo_front *front, float x)
{
    myo_front_result result = {0};
    if (!isfinite(x)) {
        result.flags = MYO_HOP_INVALID;
        return result;
    }
    if (!front->started) {
        start(config, front, (double)x);
    }
    if (is_saturated(config, front, (double)x)) {
        result.flags |= MYO_HOP_SATURATED;
    }
    front->last = (double)x;
    result.y = (double)x - front->level;
    if (!config->blank_edges) {
        return result;
    }
    const myo_edge_result edge = myo_edge_process(&config->edge, &front->edge, result.y);
    result.y = edge.y;
    result.flags |= edge.holding ? MYO_HOP_HELD : 0;
    result.flags |= edge.began ? MYO_HOP_EDGE : 0;
    if (edge.ended) {
        result.edge = (float)edge.size;
        result.flags |= edge.step > step_share * edge.size ? MYO_HOP_STEP : 0;
    }
    return result;
}
