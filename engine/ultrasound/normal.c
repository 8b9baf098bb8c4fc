/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Median and MAD of every place, the statistic made of them.
 *
 * A rule over the whole image ("tiles beyond the median plus six MAD") found no twitch below 1 mm in
 * sliding muscle; measuring each place against itself did (docs/ultrasound.md). */
#include "ultrasound/normal.h"

#include "core/minmax.h"
#include "ultrasound/median.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 64, FEWEST_VALUES = 5 };

/* A step counts no more than this: one wild tile among nine cannot cross a threshold alone. */
#define CLIP 12.0
/* A place's past is gone through at most so often, seconds. */
#define UPDATE_S 0.012

myo_status myo_normal_init(myo_normal *normal, const myo_ultrasound_config *config, uint32_t places)
{
    *normal = (myo_normal){.config = config};
    normal->usual = calloc(places, sizeof *normal->usual);
    normal->z = calloc(places, 2 * sizeof *normal->z);
    normal->z_before = calloc(places, 2 * sizeof *normal->z_before);
    normal->statistic = calloc(places, sizeof *normal->statistic);
    normal->scratch = calloc(MOST_VALUES, sizeof *normal->scratch);
    if (!normal->usual || !normal->z || !normal->z_before || !normal->statistic ||
        !normal->scratch) {
        myo_normal_clean(normal);
        return MYO_ERR_NO_MEMORY;
    }
    return MYO_OK;
}

void myo_normal_clean(myo_normal *normal)
{
    free(normal->usual);
    free(normal->z);
    free(normal->z_before);
    free(normal->statistic);
    free(normal->scratch);
    memset(normal, 0, sizeof *normal);
}

void myo_normal_reset(myo_normal *normal, uint32_t places)
{
    memset(normal->z, 0, places * 2 * sizeof *normal->z);
    memset(normal->statistic, 0, places * sizeof *normal->statistic);
    normal->known = false;
    normal->updated_s = -INFINITY;
}

static float side(const myo_step *step, int axis)
{
    return axis == 0 ? step->x : step->y;
}

/* Steps that are looked at, the newest first: found once for all places. */
typedef struct {
    const myo_step *steps[MOST_VALUES];
    double interval[MOST_VALUES];
    size_t count;
} past;

/* Steps [from, to), at most MOST_VALUES evenly spread. */
static void past_take(const myo_history *history, int64_t from, int64_t to, past *seen)
{
    const int64_t stride = (to - from + MOST_VALUES - 1) / MOST_VALUES;
    seen->count = 0;
    for (int64_t k = to - 1; k >= from; k -= stride) {
        seen->steps[seen->count] = myo_history_at(history, k);
        seen->interval[seen->count++] = myo_history_interval(history, k);
    }
}

/* Speeds of one place along one axis. */
static size_t speeds(const past *seen, uint32_t place, int axis, float *values)
{
    size_t count = 0;
    for (size_t i = 0; i < seen->count; i++) {
        const float v = side(&seen->steps[i][place], axis);
        if (!isnan(v)) {
            values[count++] = (float)((double)v / seen->interval[i]);
        }
    }
    return count;
}

/* The same, as distances from the speed @p rest, in pixels a step. */
static size_t deviations(const past *seen, uint32_t place, int axis, double rest, float *values)
{
    size_t count = 0;
    for (size_t i = 0; i < seen->count; i++) {
        const float v = side(&seen->steps[i][place], axis);
        if (!isnan(v)) {
            values[count++] = (float)((double)v - rest * seen->interval[i]);
        }
    }
    return count;
}

/* What a place did along one axis; false where too little of it is known. */
static bool axis_update(myo_normal *normal, const past *near, const past *far, uint32_t place,
                        int axis)
{
    myo_usual *usual = &normal->usual[place];
    size_t count = speeds(near, place, axis, normal->scratch);
    const double rest = (double)myo_median(normal->scratch, count);
    count = deviations(far, place, axis, rest, normal->scratch);
    usual->rest[axis] = (float)rest;
    usual->spread[axis] = count < FEWEST_VALUES ? INFINITY
                                                : myo_mad(normal->scratch, count, 0.0f) +
                                                      (float)normal->config->floor_px;
    return count >= FEWEST_VALUES;
}

/* From the steps before the last one. Lines tell motion along their depth: across it all is zero. */
static void usual_update(myo_normal *normal, const myo_history *history)
{
    const myo_ultrasound_config *config = normal->config;
    const int64_t last = history->end - 1;
    const double now = myo_history_time(history, last);
    const bool lines = config->width == 1 || config->carrier > 0.0;
    past near, far;
    past_take(history, myo_history_since(history, now - config->rest_s), last, &near);
    past_take(history, myo_history_since(history, now - config->spread_s), last, &far);
    normal->known = true;
    for (uint32_t p = 0; p < history->places; p++) {
        const bool known = axis_update(normal, &near, &far, p, 1);
        if (lines) {
            normal->usual[p].rest[0] = 0.0f;
            normal->usual[p].spread[0] = known ? (float)config->floor_px : INFINITY;
        } else {
            (void)axis_update(normal, &near, &far, p, 0);
        }
    }
    normal->updated_s = now;
}

static void place_judge(const myo_usual *usual, const myo_step *step, double interval, float z[2])
{
    z[0] = z[1] = 0.0f;
    if (isnan(step->x)) {
        return;
    }
    double v[2];
    for (int axis = 0; axis < 2; axis++) {
        v[axis] = ((double)side(step, axis) - (double)usual->rest[axis] * interval) /
                  (double)usual->spread[axis];
    }
    const double length = hypot(v[0], v[1]);
    const double gain = length > CLIP ? CLIP / length : 1.0;
    z[0] = (float)(gain * v[0]);
    z[1] = (float)(gain * v[1]);
}

/* Over the up to nine places around one and two steps; scaled as if there were one step. */
static float mean_length(const myo_normal *normal, const myo_history *history, uint32_t place)
{
    const int64_t column = place % history->columns, row = place / history->columns;
    double sum[2] = {0.0, 0.0};
    int count = 0;
    for (int64_t r = row - 1; r <= row + 1; r++) {
        for (int64_t c = column - 1; c <= column + 1; c++) {
            if (r < 0 || r >= history->rows || c < 0 || c >= history->columns) {
                continue;
            }
            const size_t i = 2 * (size_t)(r * history->columns + c);
            sum[0] += (double)normal->z[i] + (double)normal->z_before[i];
            sum[1] += (double)normal->z[i + 1] + (double)normal->z_before[i + 1];
            count++;
        }
    }
    return (float)(hypot(sum[0], sum[1]) / (1.4142135623730951 * count));
}

uint32_t myo_normal_judge(myo_normal *normal, const myo_history *history)
{
    const int64_t last = history->end - 1;
    const myo_step *steps = myo_history_at(history, last);
    const double interval = myo_history_interval(history, last);
    float *before = normal->z_before;
    normal->z_before = normal->z;
    normal->z = before;
    if (!normal->known || myo_history_time(history, last) - normal->updated_s >= UPDATE_S) {
        usual_update(normal, history);
    }
    for (uint32_t p = 0; p < history->places; p++) {
        place_judge(&normal->usual[p], &steps[p], interval, normal->z + 2 * (size_t)p);
    }
    uint32_t best = 0;
    for (uint32_t p = 0; p < history->places; p++) {
        normal->statistic[p] = mean_length(normal, history, p);
        best = normal->statistic[p] > normal->statistic[best] ? p : best;
    }
    return best;
}
