/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the hold in a recording without marks: the stretch that stands out from both its sides. */
#include "emg/relax_state.h"

#include <math.h>

#define HOLD_MIN_S 20.0
#define HOLD_MAX_S 120.0
#define STANDS_OUT 4.0 /* standard errors; the best of some 10000 places is chosen */
#define DEPENDENCE 3.0 /* (1 + phi) / (1 - phi) at AR(1) 0.5: variance of a mean of blocks */

/* A place of the hold, [start, end) in blocks, and what it explains. */
typedef struct {
    size_t start, end;
    double gain;
} place;

/* Log RMS of usable blocks in before[], their first slots in work[], sums up to each in after[]. */
static size_t gather(myo_relax *self, uint32_t channel)
{
    const myo_relax_store *store = &self->store;
    const int64_t oldest = store->slots > store->capacity ? store->slots - store->capacity : 0;
    size_t count = 0;
    double sum = 0.0;
    for (int64_t slot = oldest; slot + store->block_slots <= store->slots;
         slot += store->block_slots) {
        double power;
        if (myo_relax_store_power(store, channel, slot, store->block_slots, &power)) {
            self->before[count] = myo_relax_store_log(store, channel, power);
            self->work[count] = (double)slot;
            sum += self->before[count];
            self->after[count] = sum;
            count++;
        }
    }
    return count;
}

/* Sum of blocks [from, to). */
static double sum_of(const myo_relax *self, size_t from, size_t to)
{
    return self->after[to - 1] - (from > 0 ? self->after[from - 1] : 0.0);
}

static double mean_of(const myo_relax *self, size_t from, size_t to)
{
    return sum_of(self, from, to) / (double)(to - from);
}

/* Squares that the mean of [from, to) explains. */
static double explained(const myo_relax *self, size_t from, size_t to)
{
    const double sum = sum_of(self, from, to);
    return sum * sum / (double)(to - from);
}

static place best_place(const myo_relax *self, size_t count, size_t side, size_t shortest,
                        size_t longest)
{
    place best = {0};
    best.gain = -1.0;
    for (size_t start = side; start + shortest + side <= count; start++) {
        for (size_t end = start + shortest; end + side <= count && end - start <= longest; end++) {
            const double gain = explained(self, 0, start) + explained(self, start, end) +
                                explained(self, end, count);
            if (gain > best.gain) {
                best = (place){start, end, gain};
            }
        }
    }
    return best;
}

static bool stands_out(const myo_relax *self, size_t count, const place *p)
{
    double squares = 0.0;
    for (size_t i = 0; i < count; i++) {
        squares += self->before[i] * self->before[i];
    }
    const double variance = fmax(0.0, squares - p->gain) / (double)(count - 3);
    const double hold = mean_of(self, p->start, p->end);
    const double length = (double)(p->end - p->start);
    const double before_error =
        sqrt(DEPENDENCE * variance * (1.0 / (double)p->start + 1.0 / length));
    const double after_error =
        sqrt(DEPENDENCE * variance * (1.0 / (double)(count - p->end) + 1.0 / length));
    return fabs(hold - mean_of(self, 0, p->start)) > STANDS_OUT * before_error &&
           fabs(hold - mean_of(self, p->end, count)) > STANDS_OUT * after_error;
}

bool myo_relax_find_spans(myo_relax *relax, uint32_t channel, myo_span *baseline, myo_span *hold,
                          myo_span *after)
{
    const myo_relax_store *store = &relax->store;
    const double frames = (double)store->block_slots * (double)store->slot_frames;
    const double block_s = frames / relax->config.rate_hz;
    const size_t count = gather(relax, channel);
    const size_t side = (size_t)(relax->config.min_s / block_s);
    const size_t shortest = (size_t)(HOLD_MIN_S / block_s);
    if (count < 2 * side + shortest) {
        return false;
    }
    const place p = best_place(relax, count, side, shortest, (size_t)(HOLD_MAX_S / block_s));
    if (p.gain < 0.0 || !stands_out(relax, count, &p)) {
        return false;
    }
    const int64_t slot = store->slot_frames;
    baseline->from = (int64_t)relax->work[0] * slot;
    hold->from = (int64_t)relax->work[p.start] * slot;
    after->from = (int64_t)relax->work[p.end] * slot;
    baseline->to = hold->from;
    hold->to = after->from;
    after->to = store->slots * slot;
    return true;
}
