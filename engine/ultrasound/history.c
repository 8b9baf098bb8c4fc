/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of steps. */
#include "ultrasound/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

myo_status myo_history_init(myo_history *history, uint32_t columns, uint32_t rows, int64_t capacity)
{
    const size_t places = (size_t)columns * rows, steps = (size_t)capacity;
    *history = (myo_history){
        .columns = columns, .rows = rows, .places = (uint32_t)places, .capacity = capacity};
    history->time = calloc(steps, sizeof *history->time);
    history->interval = calloc(steps, sizeof *history->interval);
    history->steps = calloc(steps * places, sizeof *history->steps);
    history->common = calloc(steps, sizeof *history->common);
    if (!history->time || !history->interval || !history->steps || !history->common) {
        myo_history_clean(history);
        return MYO_ERR_NO_MEMORY;
    }
    return MYO_OK;
}

void myo_history_clean(myo_history *history)
{
    free(history->time);
    free(history->interval);
    free(history->steps);
    free(history->common);
    memset(history, 0, sizeof *history);
}

myo_step *myo_history_push(myo_history *history, double time, double interval, double common)
{
    const int64_t at = history->end++ % history->capacity;
    history->time[at] = time;
    history->interval[at] = interval;
    history->common[at] = (float)common;
    return history->steps + (size_t)at * history->places;
}

int64_t myo_history_first(const myo_history *history)
{
    return history->end > history->capacity ? history->end - history->capacity : 0;
}

double myo_history_time(const myo_history *history, int64_t k)
{
    return history->time[k % history->capacity];
}

double myo_history_interval(const myo_history *history, int64_t k)
{
    return history->interval[k % history->capacity];
}

double myo_history_common(const myo_history *history, int64_t k)
{
    return (double)history->common[k % history->capacity];
}

const myo_step *myo_history_at(const myo_history *history, int64_t k)
{
    return history->steps + (size_t)(k % history->capacity) * history->places;
}

int64_t myo_history_since(const myo_history *history, double time)
{
    int64_t low = myo_history_first(history), high = history->end;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (myo_history_time(history, middle) < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool myo_history_around(const myo_history *history, int64_t k, uint32_t place, double mean[2])
{
    const int64_t column = place % history->columns, row = place / history->columns;
    const myo_step *steps = myo_history_at(history, k);
    double sum[2] = {0.0, 0.0};
    int count = 0;
    for (int64_t r = row - 1; r <= row + 1; r++) {
        for (int64_t c = column - 1; c <= column + 1; c++) {
            if (r < 0 || r >= history->rows || c < 0 || c >= history->columns) {
                continue;
            }
            const myo_step *step = &steps[r * history->columns + c];
            if (!isnan(step->x)) {
                sum[0] += (double)step->x;
                sum[1] += (double)step->y;
                count++;
            }
        }
    }
    mean[0] = count > 0 ? sum[0] / count : 0.0;
    mean[1] = count > 0 ? sum[1] / count : 0.0;
    return count > 0;
}
