/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Order statistics by counting. */
#include "emg/sorted.h"

#include <math.h>
#include <string.h>

enum { GROUP = 16 };

void myo_sorted_clear(float *sorted, int32_t places)
{
    for (int32_t i = 0; i < places; i++) {
        sorted[i] = INFINITY;
    }
}

/* How many of the values are below this one: of groups as a whole, then within a group. All comparisons
 * are independent of each other and none is a branch; a binary search would wait for each, or be wrong
 * about every second one. */
static int32_t count_below(const float *sorted, int32_t count, float value)
{
    int32_t groups = 0;
    int32_t below = 0;
    for (int32_t last = GROUP - 1; last < count; last += GROUP) {
        groups += sorted[last] < value;
    }
    const float *group = sorted + (size_t)groups * GROUP;
    for (int i = 0; i < GROUP; i++) {
        below += group[i] < value;
    }
    return groups * GROUP + below;
}

void myo_sorted_insert(float *sorted, int32_t count, float value)
{
    const int32_t at = count_below(sorted, count, value);
    memmove(sorted + at + 1, sorted + at, (size_t)(count - at) * sizeof *sorted);
    sorted[at] = value;
}

/* Only what lies between the two moves. */
void myo_sorted_replace(float *sorted, int32_t count, float gone, float value)
{
    const int32_t hole = count_below(sorted, count, gone);
    const int32_t at = count_below(sorted, count, value);
    if (at > hole) {
        memmove(sorted + hole, sorted + hole + 1, (size_t)(at - 1 - hole) * sizeof *sorted);
        sorted[at - 1] = value;
    } else {
        memmove(sorted + at + 1, sorted + at, (size_t)(hole - at) * sizeof *sorted);
        sorted[at] = value;
    }
}

double myo_sorted_quantile(const float *sorted, int32_t count, double q)
{
    const double at = q * (count - 1);
    const int32_t low = (int32_t)at;
    const int32_t high = low + 1 < count ? low + 1 : low;
    return (double)sorted[low] + (at - low) * ((double)sorted[high] - (double)sorted[low]);
}
