/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selection without sorting (C. A. R. Hoare, "Algorithm 65: Find", 1961). */
#include "ultrasound/median.h"

#include <math.h>

static void swap(float *a, float *b)
{
    const float t = *a;
    *a = *b;
    *b = t;
}

float myo_median(float *values, size_t count)
{
    if (count == 0) {
        return 0.0f;
    }
    const ptrdiff_t rank = (ptrdiff_t)(count / 2);
    ptrdiff_t left = 0, right = (ptrdiff_t)count - 1;
    while (left < right) {
        const float pivot = values[rank];
        ptrdiff_t i = left, j = right;
        while (i <= j) {
            while (values[i] < pivot) {
                i++;
            }
            while (pivot < values[j]) {
                j--;
            }
            if (i <= j) {
                swap(&values[i++], &values[j--]);
            }
        }
        if (j < rank) {
            left = i;
        }
        if (rank < i) {
            right = j;
        }
    }
    return values[rank];
}

float myo_mad(float *values, size_t count, float center)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = fabsf(values[i] - center);
    }
    return 1.4826f * myo_median(values, count);
}
