/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Least squares for one step in an AR(1) series, over all places it may have.
 *
 * Prewhitened, a step of d at slot k is a blow of d in that slot and d (1 - phi) in each later one:
 * both the sharp edge and the lasting level count (Box & Tiao 1975, J Am Stat Assoc 70:70). */
#include "emg/relax_step.h"

#include <math.h>

/* Muscle's own fluctuation has 0.92 from slot to slot (0.5 a second), the estimate of a slot's
 * power is white; between the two the place of the step hardly depends on it. */
#define PHI        0.8
#define EDGE_SLOTS 4 /* half a second must lie on both sides */

/* Innovations y[t] - phi y[t-1] of usable slots; the slot of each is not needed but for its place,
 * so unusable ones carry the level before them on. Returns how many of count - 1 are there. */
static size_t innovations(const myo_relax_store *store, uint32_t channel, int64_t first,
                          int64_t end, double *out)
{
    size_t count = 0;
    double last = (double)NAN;
    for (int64_t slot = first; slot < end; slot++) {
        double power, now = last;
        if (myo_relax_store_power(store, channel, slot, 1, &power)) {
            now = myo_relax_store_log(store, channel, power);
        }
        if (slot > first) {
            out[count++] = isnan(last) ? 0.0 : now - PHI * last;
        }
        last = now;
    }
    return count;
}

static double sum_of_squares(const double *r, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += r[i] * r[i];
    }
    return sum;
}

myo_relax_fall myo_relax_step_find(const myo_relax_store *store, uint32_t channel, int64_t first,
                                   int64_t end, double *work)
{
    myo_relax_fall best = {.slot = -1};
    if (end - first < 2 * EDGE_SLOTS + 2) {
        return best;
    }
    const size_t n = innovations(store, channel, first, end, work);
    const double c = 1.0 - PHI;
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        total += work[i];
    }
    /* Normal equations of level and step: level column c, step column 1 at k and c behind it. */
    const double aa = (double)n * c * c;
    double after = 0.0, best_gain = 0.0;
    for (size_t k = n - 1; k >= EDGE_SLOTS; k--) {
        const double behind = (double)(n - 1 - k);
        const double ab = c * (1.0 + c * behind), bb = 1.0 + c * c * behind;
        const double rest = bb - ab * ab / aa;
        const double d = (work[k] + c * after - ab * c * total / aa) / rest;
        const double gain = d * d * rest;
        if (d < 0.0 && gain > best_gain && behind >= EDGE_SLOTS) {
            best_gain = gain;
            best.slot = first + 1 + (int64_t)k;
        }
        after += work[k];
    }
    const double left = sum_of_squares(work, n) - c * c * total * total / aa - best_gain;
    best.t = left > 0.0 ? sqrt(best_gain * (double)(n - 2) / left) : 0.0;
    return best;
}
