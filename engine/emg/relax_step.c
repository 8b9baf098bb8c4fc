/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Least squares for one step in a series with memory, over all places it may have.
 *
 * Prewhitened, a step of d at value k is a blow of d in that value which dies away to the d c that
 * each later one gets, c = (1 - phi) / (1 - theta): both the sharp edge and the lasting level count
 * (Box & Tiao 1975, J Am Stat Assoc 70:70). */
#include "emg/relax_step.h"

#include "dsp/breath.h"

#include <math.h>

/* Slots of 125 ms. Chosen on 1800 sessions with steps of -30, -40 and -60 % (seeds of their own):
 * flat about here; a muscle that is AR(1) 0.5 from second to second would ask for phi 0.92, but then
 * every jump of it looks like an edge. */
#define LOCATE_PHI   0.85
#define LOCATE_THETA 0.50
#define TEST_PHI     0.5
#define EDGE_S       8
#define EDGE_SHARE   10 /* of a short range */
/* Of the some 120 places in two minutes noise alone passes in one of 70 records. */
#define BREATH_LEAST 18.0

/* Innovations; a value that is not usable carries the one before it on. Returns how many there are,
 * one less than values. */
static size_t innovations(const myo_relax_store *store, uint32_t channel,
                          const myo_relax_search *search, double *out)
{
    size_t count = 0;
    double level = (double)NAN, last = 0.0, fresh = 0.0;
    for (int64_t at = search->first; at + search->width <= search->end; at += search->width) {
        double power;
        double now = last;
        if (myo_relax_store_power(store, channel, at, search->width, &power)) {
            const double value = myo_relax_store_log(store, channel, power);
            /* The first usable value stands for those before it, and is where zero is. */
            level = isnan(level) ? value : level;
            now = value - level;
        }
        if (at > search->first) {
            fresh = now - search->phi * last + search->theta * fresh;
            out[count++] = fresh;
        }
        last = now;
    }
    return count;
}

/* What a step looks like in innovations: c + (1 - c) theta^j at value j behind it. */
typedef struct {
    double c, theta;
} shape;

static shape shape_of(const myo_relax_search *search)
{
    return (shape){(1.0 - search->phi) / (1.0 - search->theta), search->theta};
}

/* Sum of the first count values of it. */
static double shape_sum(shape s, double count)
{
    const double faded = (1.0 - pow(s.theta, count)) / (1.0 - s.theta);
    return s.c * count + (1.0 - s.c) * faded;
}

static double shape_square(shape s, double count)
{
    const double rest = 1.0 - s.c, fades = pow(s.theta, count);
    return s.c * s.c * count + 2.0 * s.c * rest * (1.0 - fades) / (1.0 - s.theta) +
           rest * rest * (1.0 - fades * fades) / (1.0 - s.theta * s.theta);
}

/* The best step in n innovations. */
typedef struct {
    size_t k;     /* innovation at which it begins */
    double d;     /* its size, below 0; 0 = no fall */
    double gain;  /* squares that it explains */
    double level; /* of the innovations without it */
    double left;  /* squares that stay */
} step;

/* Normal equations of level and step, a column of c and one of the shape, at every k. Writes what
 * a fall at each k explains to @p gains: 0 where there can be none. */
static step best_step(const double *r, size_t n, const myo_relax_search *search, double *gains)
{
    const shape s = shape_of(search);
    step best = {0};
    double total = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        total += r[i];
        squares += r[i] * r[i];
    }
    double after = 0.0, near = 0.0;
    const double mean = total / (double)n;
    best.level = mean;
    for (size_t k = n; k-- > 0;) {
        const double count = (double)(n - k);
        const double sum = shape_sum(s, count);
        const double rest = shape_square(s, count) - sum * sum / (double)n;
        after += r[k];
        near = r[k] + s.theta * near;
        const double d = (s.c * after + (1.0 - s.c) * near - sum * mean) / rest;
        const bool may = d < 0.0 && k >= (size_t)search->edge && count >= (double)search->edge;
        gains[k] = may ? d * d * rest : 0.0;
        if (gains[k] > best.gain) {
            best.gain = gains[k];
            best.k = k;
            best.d = d;
            best.level = mean - d * sum / (double)n;
        }
    }
    best.left = squares - (double)n * mean * mean - best.gain;
    return best;
}

/* Takes the sinusoid away that is left beside level and step. */
static void still_breath(double *r, size_t n, const step *at, const myo_relax_search *search,
                         double value_s, double *rest)
{
    const shape s = shape_of(search);
    double fades = 1.0;
    for (size_t i = 0; i < n; i++) {
        rest[i] = r[i] - at->level;
        if (at->d < 0.0 && i >= at->k) {
            rest[i] -= at->d * (s.c + (1.0 - s.c) * fades);
            fades *= s.theta;
        }
    }
    (void)myo_breath_remove(r, rest, n, value_s, BREATH_LEAST);
}

/* The innovations in work, what each place explains behind them. */
static step search_steps(const myo_relax_store *store, uint32_t channel,
                         const myo_relax_search *search, double *work, size_t *count)
{
    if (search->end - search->first < (2 * search->edge + 2) * search->width) {
        return (step){0};
    }
    const size_t n = innovations(store, channel, search, work);
    *count = n;
    const step found = best_step(work, n, search, work + n);
    if (!search->breathes) {
        return found;
    }
    const double value_s = (double)search->width / (double)store->block_slots;
    still_breath(work, n, &found, search, value_s, work + n);
    return best_step(work, n, search, work + n);
}

static myo_relax_fall fall_at(const step *found, const myo_relax_search *search, size_t n, size_t k)
{
    if (found->d >= 0.0) {
        return (myo_relax_fall){.slot = -1};
    }
    const double noise = found->left / (double)(n - 2);
    return (myo_relax_fall){.slot = search->first + (1 + (int64_t)k) * search->width,
                            .t = noise > 0.0 ? sqrt(found->gain / noise) : 0.0};
}

myo_relax_fall myo_relax_step_find(const myo_relax_store *store, uint32_t channel,
                                   const myo_relax_search *search, double *work)
{
    size_t n = 0;
    const step found = search_steps(store, channel, search, work, &n);
    return fall_at(&found, search, n, found.k);
}

/* Where half of the probability lies on either side, all places alike before. */
static size_t median_place(const double *gains, size_t n, double best, double noise, double *shares)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        shares[k] = gains[k] > 0.0 ? exp(0.5 * (gains[k] - best) / noise) : 0.0;
        sum += shares[k];
    }
    size_t k = 0;
    for (double reached = shares[0]; reached < 0.5 * sum && k + 1 < n; reached += shares[k]) {
        k++;
    }
    return k;
}

static int64_t edge_of(const myo_relax_store *store, const myo_relax_search *search)
{
    const int64_t values = (search->end - search->first) / search->width;
    const int64_t most = EDGE_S * store->block_slots / search->width;
    const int64_t edge = values / EDGE_SHARE < most ? values / EDGE_SHARE : most;
    return edge > 1 ? edge : 1;
}

static myo_relax_fall locate(const myo_relax_store *store, uint32_t channel,
                             const myo_relax_search *search, double *work)
{
    size_t n = 0;
    const step found = search_steps(store, channel, search, work, &n);
    const double noise = found.d < 0.0 ? found.left / (double)(n - 2) : 0.0;
    const size_t k = noise > 0.0 ? median_place(work + n, n, found.gain, noise, work) : found.k;
    return fall_at(&found, search, n, k);
}

static myo_relax_search slots_from(int64_t first, int64_t end)
{
    return (myo_relax_search){
        .first = first, .end = end, .width = 1, .phi = LOCATE_PHI, .theta = LOCATE_THETA};
}

myo_relax_fall myo_relax_step_locate(const myo_relax_store *store, uint32_t channel, int64_t first,
                                     int64_t end, double *work)
{
    myo_relax_search search = slots_from(first, end);
    search.edge = edge_of(store, &search);
    search.breathes = true;
    return locate(store, channel, &search, work);
}

myo_relax_fall myo_relax_step_locate_late(const myo_relax_store *store, uint32_t channel,
                                          int64_t first, int64_t end, double *work)
{
    myo_relax_search search = slots_from(first, end);
    search.edge = (store->block_slots + 1) / 2;
    return locate(store, channel, &search, work);
}

myo_relax_fall myo_relax_step_test(const myo_relax_store *store, uint32_t channel, int64_t first,
                                   int64_t end, double *work)
{
    myo_relax_search search = {
        .first = first, .end = end, .width = store->block_slots, .phi = TEST_PHI};
    search.edge = edge_of(store, &search);
    return myo_relax_step_find(store, channel, &search, work);
}
