/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules by which the published methods take a test function for activity. */
#include "method.h"

#include <stdlib.h>

void myo_intervals_begin(myo_intervals *list, int64_t onset)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        myo_interval *items = realloc(list->items, capacity * sizeof *items);
        if (items == NULL) {
            list->no_memory = true;
            return;
        }
        list->items = items;
        list->capacity = capacity;
    }
    /* Methods that look back may find an instant before the last one. */
    int64_t earliest = list->count > 0 ? list->items[list->count - 1].offset : onset;
    list->items[list->count++] = (myo_interval){onset > earliest ? onset : earliest, INT64_MAX};
}

void myo_intervals_end(myo_intervals *list, int64_t offset)
{
    if (list->count > 0 && list->items[list->count - 1].offset == INT64_MAX) {
        myo_interval *last = &list->items[list->count - 1];
        last->offset = offset > last->onset ? offset : last->onset;
    }
}

static int64_t sample_of(const myo_test *test, size_t k)
{
    return test->first + (int64_t)(k * test->step);
}

void myo_decide_crossings(const myo_test *test, double threshold, myo_intervals *list)
{
    for (size_t k = 1; k < test->count; k++) {
        bool before = test->value[k - 1] >= threshold, now = test->value[k] >= threshold;
        if (now && !before) {
            myo_intervals_begin(list, sample_of(test, k - 1));
        } else if (before && !now) {
            myo_intervals_end(list, sample_of(test, k));
        }
    }
}

void myo_decide_held(const myo_test *test, double threshold, size_t active, size_t fail,
                     size_t above, myo_intervals *list)
{
    bool on = false, alarm = false;
    size_t since = 0, held = 0, failed = 0, good = 0;
    for (size_t k = 0; k < test->count; k++) {
        bool change = (test->value[k] >= threshold) != on;
        if (!alarm) {
            alarm = change;
            since = k;
            held = failed = good = 0;
        } else if (!change) {
            failed++;
            alarm = failed <= fail;
        } else {
            held++;
            good += failed > 0;
            if (good == above) {
                good = failed = 0;
            }
            if (held == active) {
                on = !on;
                alarm = false;
                if (on) {
                    myo_intervals_begin(list, sample_of(test, since));
                } else {
                    myo_intervals_end(list, sample_of(test, since));
                }
            }
        }
    }
}
