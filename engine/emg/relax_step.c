/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Least squares for one step in an AR(1) series, over all places it may have.
 *
 * Prewhitened, a step of d at slot k is a blow of d in that slot and d (1 - phi) in each later one:
 * both the sharp edge and the lasting level count (Box & Tiao 1975, J Am Stat Assoc 70:70). */
#include "emg/relax_step.h"

#include <math.h>

/* Chosen on 300 sessions with steps of -30 and -40 % (seeds of their own): less or more memory
 * placed the step worse. */
#define LOCATE_PHI 0.2
#define TEST_PHI   0.5
#define EDGE_S     8
#define EDGE_SHARE 10 /* of a short range */

/* Innovations y[t] - phi y[t-1]; a value that is not usable carries the one before it on. Returns
 * how many there are, one less than values. */
static size_t innovations(const myo_relax_store *store, uint32_t channel,
                          const myo_relax_search *search, double *out)
{
    size_t count = 0;
    double last = (double)NAN;
    for (int64_t at = search->first; at + search->width <= search->end; at += search->width) {
        double power, now = last;
        if (myo_relax_store_power(store, channel, at, search->width, &power)) {
            now = myo_relax_store_log(store, channel, power);
        }
        /* The first usable value stands for those before it. */
        if (isnan(last) && !isnan(now)) {
            for (size_t i = 0; i < count; i++) {
                out[i] = (1.0 - search->phi) * now;
            }
            last = now;
        }
        if (at > search->first) {
            out[count++] = isnan(now) ? 0.0 : now - search->phi * last;
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

myo_relax_fall myo_relax_step_find(const myo_relax_store *store, uint32_t channel,
                                   const myo_relax_search *search, double *work)
{
    myo_relax_fall best = {.slot = -1};
    if (search->end - search->first < (2 * search->edge + 2) * search->width) {
        return best;
    }
    const size_t n = innovations(store, channel, search, work);
    const double c = 1.0 - search->phi;
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        total += work[i];
    }
    /* Normal equations of level and step: level column c, step column 1 at k and c behind it. */
    const double aa = (double)n * c * c;
    double after = 0.0, best_gain = 0.0;
    for (size_t k = n; k-- > (size_t)search->edge;) {
        const double behind = (double)(n - 1 - k);
        const double ab = c * (1.0 + c * behind), bb = 1.0 + c * c * behind;
        const double rest = bb - ab * ab / aa;
        const double d = (work[k] + c * after - ab * c * total / aa) / rest;
        const double gain = d * d * rest;
        if (d < 0.0 && gain > best_gain && behind + 1.0 >= (double)search->edge) {
            best_gain = gain;
            best.slot = search->first + (1 + (int64_t)k) * search->width;
        }
        after += work[k];
    }
    const double left = sum_of_squares(work, n) - c * c * total * total / aa - best_gain;
    best.t = left > 0.0 ? sqrt(best_gain * (double)(n - 2) / left) : 0.0;
    return best;
}

static int64_t edge_of(const myo_relax_store *store, const myo_relax_search *search)
{
    const int64_t values = (search->end - search->first) / search->width;
    const int64_t most = EDGE_S * store->block_slots / search->width;
    const int64_t edge = values / EDGE_SHARE < most ? values / EDGE_SHARE : most;
    return edge > 1 ? edge : 1;
}

myo_relax_fall myo_relax_step_locate(const myo_relax_store *store, uint32_t channel, int64_t first,
                                     int64_t end, double *work)
{
    myo_relax_search search = {.first = first, .end = end, .width = 1, .phi = LOCATE_PHI};
    search.edge = edge_of(store, &search);
    return myo_relax_step_find(store, channel, &search, work);
}

myo_relax_fall myo_relax_step_test(const myo_relax_store *store, uint32_t channel, int64_t first,
                                   int64_t end, double *work)
{
    myo_relax_search search = {
        .first = first, .end = end, .width = store->block_slots, .phi = TEST_PHI};
    search.edge = edge_of(store, &search);
    return myo_relax_step_find(store, channel, &search, work);
}
