/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sample-and-hold blanking of edges. */
#include "emg/edge.h"

#include "core/minmax.h"

#include <math.h>
#include <string.h>

/* Memory of the curvature scale: long against any burst, short against a change of electrode. */
static const double scale_s = 0.5;
/* Curvature has to exceed this many mean curvatures: 6.4 sigma of white noise, once in 2 h at 2 kHz
 * by chance, and a hold of 2 ms does no harm. */
static const double trigger_scales = 9.0;
/* The steepest action potential modelled (5 ms long, sd 0.83 ms, emg.md 8) lets its curvature
 * grow at most threefold from sample to sample at 2 kHz. */
static const double growth_ratio = 5.0;
static const double look_back_s = 0.0016;
/* A stimulus artefact proper lasts 1 to 4 ms; what lasts longer is left to the classifier. */
static const double hold_max_s = 0.005;
static const double calm_s = 0.001;
/* Remaining offset decays with this time constant: a 5 Hz corner, far below the detect band. */
static const double offset_s = 0.03;
static const double learn_s = 0.05;
static const int32_t flat_frames = 8;
/* Where a converter's step is larger than the noise, the signal rests and then moves by one step: that is no
 * edge. Rounding alone bends it by up to two of them in any frame, a potential of few steps by two more. */
static const int32_t grains_least = 6;
static const double edge_grains = 4.5;
static const double same_grain = 1.02; /* of floats */
/* One frame moves the scale by that of so many mean curvatures at most. */
static const double cap_scales = 2.0;
/* Learning is so many times as quick at first, for as many times the time before the first decision. */
static const double quick = 10.0;

static int32_t at_least(int32_t low, double frames)
{
    const int32_t rounded = (int32_t)(frames + 0.5);
    return rounded < low ? low : rounded;
}

void myo_edge_config_default(myo_edge_config *config, double rate_hz)
{
    config->scale_step = 1.0 / (scale_s * rate_hz);
    config->scale_keep = 1.0 - config->scale_step;
    config->scale_grow = 1.0 + (cap_scales - 1.0) * config->scale_step;
    config->offset_keep = exp(-1.0 / (offset_s * rate_hz));
    /* Below 2 kHz an action potential spans few samples: ask for more before calling it an edge. */
    const double coarse = rate_hz < 1900.0 ? 1900.0 / rate_hz : 1.0;
    config->trigger = trigger_scales * coarse * coarse;
    config->growth = growth_ratio * coarse;
    config->look_back = at_least(1, look_back_s * rate_hz / 4.0);
    config->calm_frames = at_least(2, calm_s * rate_hz);
    config->hold_max_frames = at_least(3, hold_max_s * rate_hz);
    config->learn_frames = at_least(8, learn_s * rate_hz);
    config->learned_frames = (int32_t)(quick * config->learn_frames);
    config->flat_frames = flat_frames;
    config->grains_least = grains_least;
}

void myo_edge_reset(myo_edge *edge)
{
    memset(edge, 0, sizeof *edge);
}

/* Largest curvature of the look-back, in four quarters so that it costs nothing per frame. */
static double recent_curvature(const myo_edge *edge)
{
    return myo_greater(myo_greater(edge->recent[0], edge->recent[1]),
                       myo_greater(edge->recent[2], edge->recent[3]));
}

static void remember_curvature(const myo_edge_config *config, myo_edge *edge, double curvature)
{
    if (edge->quarter_left == 0) {
        edge->recent[3] = edge->recent[2];
        edge->recent[2] = edge->recent[1];
        edge->recent[1] = edge->recent[0];
        edge->recent[0] = 0.0;
        edge->quarter_left = config->look_back;
    }
    edge->quarter_left--;
    edge->recent[0] = myo_greater(edge->recent[0], curvature);
}

/* Steps of a converter that is coarse beside the noise, 0 for others. */
static double coarse_step(const myo_edge_config *config, const myo_edge *edge)
{
    return edge->grains >= config->grains_least ? edge->grain : 0.0;
}

static void learn_grain(const myo_edge_config *config, myo_edge *edge, double curvature)
{
    if (edge->grains == 0 || curvature * same_grain < edge->grain) {
        edge->grain = curvature;
        edge->grains = 1;
    } else if (curvature < edge->grain * same_grain && edge->grains < config->grains_least) {
        edge->grains++;
    }
}

static bool is_edge(const myo_edge_config *config, const myo_edge *edge, double curvature)
{
    return edge->seen >= config->learn_frames && curvature > config->trigger * edge->scale &&
           curvature > edge_grains * coarse_step(config, edge) &&
           curvature > config->growth * recent_curvature(edge);
}

/* Mean of the curvature, each clipped at twice the mean: the pulses of a stimulator that has run from
 * the first frame on weigh little in it. Quick at first. */
static void learn_scale(const myo_edge_config *config, myo_edge *edge, double curvature)
{
    /* A flat line (an open lead, lost data) says nothing of the signal: a scale learned from it would hold
     * everything that comes after. */
    if (edge->flat > config->flat_frames && curvature > 0.0) {
        learn_grain(config, edge, curvature);
    }
    edge->flat = curvature == 0.0 ? edge->flat + 1 : 0;
    if (edge->flat > config->flat_frames) {
        edge->flat = config->flat_frames + 1;
        return;
    }
    const bool starting = edge->seen < config->learn_frames;
    edge->seen += edge->seen < config->learned_frames;
    if (starting) {
        if (edge->seen > 2) { /* the first two second differences lack their history */
            edge->scale += (curvature - edge->scale) / (edge->seen - 2);
        }
    } else if (edge->seen < config->learned_frames) {
        const double bounded = myo_lesser(curvature, cap_scales * edge->scale);
        edge->scale += quick * config->scale_step * (bounded - edge->scale);
    } else {
        edge->scale =
            myo_lesser(fma(config->scale_keep, edge->scale, config->scale_step * curvature),
                       config->scale_grow * edge->scale);
    }
}

static void hold_on(const myo_edge_config *config, myo_edge *edge, double x, double curvature,
                    myo_edge_result *result)
{
    edge->hold++;
    edge->size = myo_greater(edge->size, fabs(x - edge->offset - edge->held));
    const bool sharp = curvature > 0.5 * config->trigger * edge->scale;
    edge->calm = sharp ? 0 : edge->calm + 1;
    if (edge->calm >= config->calm_frames || edge->hold >= config->hold_max_frames) {
        result->ended = true;
        result->size = edge->size;
        result->step = fabs(x - edge->offset - edge->held);
        edge->offset = x - edge->held;
        edge->hold = 0;
    }
    result->holding = true;
    result->y = edge->held;
}

myo_edge_result myo_edge_process(const myo_edge_config *config, myo_edge *edge, double x)
{
    myo_edge_result result = {0};
    const double curvature = edge->seen < 2 && edge->hold == 0 && edge->scale == 0.0
                                 ? 0.0
                                 : fabs((x - edge->x1) - (edge->x1 - edge->x2));
    if (edge->hold == 0 && is_edge(config, edge, curvature)) {
        edge->held = edge->x1 - edge->offset;
        edge->size = 0.0;
        edge->calm = 0;
        result.began = true;
        hold_on(config, edge, x, curvature, &result);
    } else if (edge->hold > 0) {
        hold_on(config, edge, x, curvature, &result);
    } else {
        learn_scale(config, edge, curvature);
        edge->offset *= config->offset_keep;
        result.y = x - edge->offset;
    }
    remember_curvature(config, edge, result.holding ? 0.0 : curvature);
    edge->x2 = edge->x1;
    edge->x1 = x;
    return result;
}
