/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of slot powers a channel. */
#include "emg/relax_store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SPOILED INT32_MIN

myo_status myo_relax_store_new(const myo_relax_config *config, myo_relax_store *store)
{
    *store = (myo_relax_store){.channels = config->channels};
    store->slot_frames = (int32_t)fmax(1.0, floor(config->slot_s * config->rate_hz + 0.5));
    store->block_slots = (int32_t)(config->rate_hz / (double)store->slot_frames + 0.5);
    store->capacity =
        (int64_t)ceil(config->memory_s * config->rate_hz / (double)store->slot_frames);
    const size_t channels = config->channels, all = channels * (size_t)store->capacity;
    store->sum = calloc(channels, sizeof(double));
    store->used = calloc(channels, sizeof(int32_t));
    store->floor = calloc(channels, sizeof(double));
    store->power = calloc(all, sizeof(float));
    store->share = calloc(all, 1);
    if (!store->sum || !store->used || !store->floor || !store->power || !store->share) {
        myo_relax_store_free(store);
        return MYO_ERR_NO_MEMORY;
    }
    return MYO_OK;
}

void myo_relax_store_free(myo_relax_store *store)
{
    free(store->sum);
    free(store->used);
    free(store->floor);
    free(store->power);
    free(store->share);
    *store = (myo_relax_store){0};
}

void myo_relax_store_reset(myo_relax_store *store)
{
    store->slots = 0;
    store->filled = 0;
    memset(store->sum, 0, store->channels * sizeof *store->sum);
    memset(store->used, 0, store->channels * sizeof *store->used);
    memset(store->floor, 0, store->channels * sizeof *store->floor);
}

static size_t place(const myo_relax_store *store, uint32_t channel, int64_t slot)
{
    return (size_t)channel * (size_t)store->capacity + (size_t)(slot % store->capacity);
}

static void end_slot(myo_relax_store *store)
{
    for (uint32_t c = 0; c < store->channels; c++) {
        const size_t at = place(store, c, store->slots);
        const int32_t used = store->used[c];
        store->power[at] = used > 0 ? (float)(store->sum[c] / (double)used) : 0.0f;
        store->share[at] = used > 0 ? (uint8_t)(255 * (int64_t)used / store->slot_frames) : 0;
        store->sum[c] = 0.0;
        store->used[c] = 0;
    }
    store->slots++;
    store->filled = 0;
}

bool myo_relax_store_push(myo_relax_store *store, const float *frame, bool leave_out)
{
    for (uint32_t c = 0; !leave_out && c < store->channels; c++) {
        store->sum[c] += (double)frame[c] * (double)frame[c];
        store->used[c]++;
    }
    if (++store->filled < store->slot_frames) {
        return false;
    }
    end_slot(store);
    return true;
}

void myo_relax_store_gap(myo_relax_store *store, int64_t frames)
{
    int64_t left = frames;
    /* Slots that would be forgotten again at once need not be written. */
    const int64_t beyond = left / store->slot_frames - store->capacity - 1;
    if (beyond > 0) {
        end_slot(store);
        left -= beyond * store->slot_frames;
        store->slots += beyond - 1;
    }
    while (left > 0) {
        const int64_t room = store->slot_frames - store->filled;
        const int64_t step = left < room ? left : room;
        store->filled += (int32_t)step;
        left -= step;
        if (store->filled == store->slot_frames) {
            end_slot(store);
        }
    }
}

void myo_relax_store_exclude(myo_relax_store *store, uint32_t channel, int64_t from, int64_t to)
{
    const int64_t oldest = store->slots > store->capacity ? store->slots - store->capacity : 0;
    const int64_t first = from / store->slot_frames;
    const int64_t last = to > from ? (to - 1) / store->slot_frames : first - 1;
    for (int64_t slot = first > oldest ? first : oldest; slot <= last && slot < store->slots;
         slot++) {
        store->share[place(store, channel, slot)] = 0;
    }
    if (first <= store->slots && last >= store->slots) {
        store->used[channel] = SPOILED;
    }
}

void myo_relax_store_range(const myo_relax_store *store, const myo_span *span, int64_t *first,
                           int64_t *end)
{
    const int64_t oldest = store->slots > store->capacity ? store->slots - store->capacity : 0;
    const int64_t from = span->from > 0 ? span->from : 0;
    *first = (from + store->slot_frames - 1) / store->slot_frames;
    *end = span->to > 0 ? span->to / store->slot_frames : 0;
    *first = *first > oldest ? *first : oldest;
    *end = *end < store->slots ? *end : store->slots;
}

bool myo_relax_store_power(const myo_relax_store *store, uint32_t channel, int64_t first,
                           int64_t count, double *power)
{
    double sum = 0.0, shares = 0.0;
    for (int64_t slot = first; slot < first + count; slot++) {
        const size_t at = place(store, channel, slot);
        sum += (double)store->share[at] * (double)store->power[at];
        shares += (double)store->share[at];
    }
    *power = shares > 0.0 ? sum / shares : 0.0;
    return shares >= MYO_RELAX_MIN_SHARE * 255.0 * (double)count && *power > 0.0;
}

double myo_relax_store_log(const myo_relax_store *store, uint32_t channel, double power)
{
    const double floor_power = store->floor[channel];
    const double least = (MYO_RELAX_FLOOR_RATIO * MYO_RELAX_FLOOR_RATIO - 1.0) * floor_power;
    return 0.5 * log(fmax(power - floor_power, floor_power > 0.0 ? least : power));
}

size_t myo_relax_store_blocks(const myo_relax_store *store, uint32_t channel, const myo_span *span,
                              double *values, int64_t *missing)
{
    int64_t first, end;
    myo_relax_store_range(store, span, &first, &end);
    size_t count = 0;
    *missing = 0;
    for (int64_t slot = first; slot + store->block_slots <= end; slot += store->block_slots) {
        double power;
        if (myo_relax_store_power(store, channel, slot, store->block_slots, &power)) {
            values[count++] = myo_relax_store_log(store, channel, power);
        } else {
            ++*missing;
        }
    }
    return count;
}
