/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes the signal in, and watches it live. */
#include "emg/relax_state.h"
#include "emg/relax_step.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REBOUND_RATIO 0.95
#define LOOK_BACK_S   30.0 /* before a first guess of the onset: the level it fell from */

void myo_relax_config_default(myo_relax_config *config, double rate_hz, uint32_t channels)
{
    *config = (myo_relax_config){.rate_hz = rate_hz,
                                 .channels = channels,
                                 .memory_s = 1800.0,
                                 .slot_s = 0.125,
                                 .min_s = 30.0,
                                 .discard_s = 5.0,
                                 .relaxed_below = 0.90,
                                 .relaxed_upper = 0.995,
                                 .control_below = 0.95,
                                 .unchanged_low = 0.90,
                                 .unchanged_high = 1.11,
                                 .rest_level = 0.0,
                                 .gap_s = 0.2,
                                 .level = 0.95,
                                 .resamples = 1999,
                                 .seed = 1,
                                 .watch_ratio = 0.90,
                                 .watch_arl_s = 2400.0};
}

static bool within(double value, double low, double high)
{
    return value >= low && value <= high;
}

static bool config_holds(const myo_relax_config *c)
{
    return within(c->rate_hz, 500.0, 100000.0) && c->channels >= 1 &&
           c->channels <= MYO_MAX_CHANNELS && within(c->memory_s, 60.0, 36000.0) &&
           within(c->slot_s, 0.02, 0.25) && within(c->min_s, 8.0, 600.0) &&
           within(c->discard_s, 0.0, 60.0) && within(c->relaxed_below, 0.1, 1.0) &&
           within(c->relaxed_upper, 0.1, 1.0) && within(c->control_below, 0.1, 1.0) &&
           within(c->unchanged_low, 0.1, 1.0) && within(c->unchanged_high, 1.0, 10.0) &&
           c->rest_level >= 0.0 && within(c->gap_s, 0.02, 10.0) &&
           within(c->watch_ratio, 0.5, 0.95) && within(c->watch_arl_s, 60.0, 36000.0);
}

static bool buffers_new(myo_relax *self)
{
    const size_t room = (size_t)self->store.capacity, channels = self->config.channels;
    self->before = calloc(room, sizeof(double));
    self->after = calloc(room, sizeof(double));
    self->work = calloc(2 * room, sizeof(double));
    self->watchers = calloc(channels, sizeof *self->watchers);
    self->level = calloc(channels, sizeof(double));
    return self->before && self->after && self->work && self->watchers && self->level;
}

static myo_status boot_new(myo_relax *self)
{
    myo_boot_config config;
    myo_boot_config_default(&config, (size_t)self->store.capacity);
    config.level = self->config.level;
    config.resamples = self->config.resamples;
    config.seed = self->config.seed;
    config.value_s =
        (double)self->store.block_slots * self->store.slot_frames / self->config.rate_hz;
    return myo_boot_new(&config, &self->boot);
}

myo_status myo_relax_new(const myo_relax_config *config, myo_relax **relax)
{
    *relax = NULL;
    if (!config_holds(config)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_relax *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    myo_status status = myo_relax_store_new(config, &self->store);
    status = status == MYO_OK ? boot_new(self) : status;
    if (status == MYO_OK && !buffers_new(self)) {
        status = MYO_ERR_NO_MEMORY;
    }
    if (status != MYO_OK) {
        myo_relax_free(self);
        return status;
    }
    *relax = self;
    return MYO_OK;
}

void myo_relax_free(myo_relax *relax)
{
    if (!relax) {
        return;
    }
    myo_relax_store_free(&relax->store);
    myo_boot_free(relax->boot);
    free(relax->before);
    free(relax->after);
    free(relax->work);
    free(relax->watchers);
    free(relax->level);
    free(relax);
}

void myo_relax_reset(myo_relax *relax)
{
    myo_relax_store_reset(&relax->store);
    memset(relax->watchers, 0, relax->config.channels * sizeof *relax->watchers);
    memset(relax->level, 0, relax->config.channels * sizeof *relax->level);
    relax->paused = false;
    relax->watched_from = 0;
    relax->first = 0;
    relax->count = 0;
}

static void put_out(myo_relax *self, myo_watch_type type, uint32_t channel, int64_t frame,
                    double ratio)
{
    if (self->count == MYO_RELAX_QUEUE) {
        self->first = (self->first + 1) % MYO_RELAX_QUEUE;
        self->count--;
    }
    self->queue[(self->first + self->count++) % MYO_RELAX_QUEUE] =
        (myo_watch_alarm){.type = type,
                          .channel = channel,
                          .frame = frame,
                          .reported_frame = self->store.slots * self->store.slot_frames - 1,
                          .ratio = ratio};
}

/* Where the release began: the best step between a little before the first guess and now. */
static int64_t release_frame(myo_relax *self, uint32_t channel, int64_t guess)
{
    const myo_relax_store *store = &self->store;
    const int64_t back = (int64_t)(LOOK_BACK_S / self->config.slot_s);
    const int64_t slot = guess / store->slot_frames;
    const int64_t oldest = store->slots > store->capacity ? store->slots - store->capacity : 0;
    int64_t first = slot - back > oldest ? slot - back : oldest;
    first = first > self->watched_from ? first : self->watched_from;
    const myo_relax_fall fall =
        myo_relax_step_locate_late(store, channel, first, store->slots, self->work);
    return fall.slot < 0 ? guess : fall.slot * store->slot_frames;
}

static void watch_block(myo_relax *self, uint32_t channel, double value)
{
    myo_relax_watcher *w = &self->watchers[channel];
    const int64_t block_frames = (int64_t)self->store.slot_frames * self->store.block_slots;
    const int64_t block = self->store.slots / self->store.block_slots - 1;
    const bool fell = myo_relax_watch_block(w, block, value);
    switch (w->phase) {
    case MYO_WATCH_OFF:
        break;
    case MYO_WATCH_ON:
        if (fell) {
            w->phase = MYO_WATCH_FELL;
            w->onset = release_frame(self, channel, w->start * block_frames);
            w->fell_at = w->recent_count;
            const int64_t onset_block = w->onset / block_frames;
            put_out(self, MYO_WATCH_RELEASED, channel, w->onset,
                    myo_relax_watch_ratio(w, block - onset_block));
        }
        break;
    case MYO_WATCH_FELL:
        if (w->recent_count - w->fell_at >= MYO_WATCH_RECENT) {
            const double ratio = myo_relax_watch_ratio(w, MYO_WATCH_RECENT);
            const bool stayed = ratio < self->config.relaxed_below;
            w->phase = stayed ? MYO_WATCH_STAYED : MYO_WATCH_ON;
            w->sum = 0.0;
            if (stayed) {
                w->onset = release_frame(self, channel, w->onset);
                put_out(self, MYO_WATCH_SUSTAINED, channel, w->onset, ratio);
            }
        }
        break;
    case MYO_WATCH_STAYED:
        if (myo_relax_watch_ratio(w, MYO_WATCH_RECENT) > REBOUND_RATIO) {
            w->phase = MYO_WATCH_ON;
            w->sum = 0.0;
            const int64_t back = (int64_t)MYO_WATCH_RECENT / 2 * self->store.block_slots;
            put_out(self, MYO_WATCH_REBOUND, channel,
                    (self->store.slots - back) * self->store.slot_frames,
                    myo_relax_watch_ratio(w, MYO_WATCH_RECENT));
        }
        break;
    }
}

static void end_slot(myo_relax *self)
{
    const myo_relax_store *store = &self->store;
    const bool block_ends = store->slots % store->block_slots == 0;
    for (uint32_t c = 0; c < self->config.channels; c++) {
        double power;
        if (myo_relax_store_power(store, c, store->slots - 1, 1, &power)) {
            self->level[c] = sqrt(power);
        }
        if (block_ends && !self->paused && self->watchers[c].phase != MYO_WATCH_OFF &&
            myo_relax_store_power(store, c, store->slots - store->block_slots, store->block_slots,
                                  &power)) {
            watch_block(self, c, myo_relax_store_log(store, c, power));
        }
    }
}

void myo_relax_process(myo_relax *relax, const float *samples, const uint8_t *flags, size_t frames)
{
    for (size_t i = 0; i < frames; i++, samples += relax->config.channels) {
        if (myo_relax_store_push(&relax->store, samples, flags && flags[i] != 0)) {
            end_slot(relax);
        }
    }
}

/* The CUSUM does not reach over a gap; an alarm that was given stays. */
static void interrupt_watch(myo_relax *self)
{
    self->watched_from = self->store.slots;
    for (uint32_t c = 0; c < self->config.channels; c++) {
        self->watchers[c].has_last = false;
        self->watchers[c].sum = 0.0;
        self->watchers[c].start = -1;
    }
}

void myo_relax_gap(myo_relax *relax, int64_t frames)
{
    myo_relax_store_gap(&relax->store, frames);
    interrupt_watch(relax);
}

void myo_relax_pause(myo_relax *relax, bool paused)
{
    relax->paused = paused;
    interrupt_watch(relax);
}

void myo_relax_exclude(myo_relax *relax, uint32_t channel, int64_t from, int64_t to)
{
    const bool all = channel == MYO_ALL_CHANNELS;
    const uint32_t first = all ? 0 : channel, last = all ? relax->config.channels - 1 : channel;
    for (uint32_t c = first; c <= last; c++) {
        myo_relax_store_exclude(&relax->store, c, from > 0 ? from : 0, to);
    }
}

void myo_relax_set_floor(myo_relax *relax, uint32_t channel, double rms)
{
    relax->store.floor[channel] = rms * rms;
}

double myo_relax_level(const myo_relax *relax, uint32_t channel)
{
    return relax->level[channel];
}

uint32_t myo_relax_watch(myo_relax *relax, const myo_span *baseline)
{
    uint32_t watched = 0;
    relax->watched_from = relax->store.slots;
    for (uint32_t c = 0; c < relax->config.channels; c++) {
        int64_t missing;
        const size_t count =
            myo_relax_store_blocks(&relax->store, c, baseline, relax->before, &missing);
        const double block_s = relax->config.slot_s * relax->store.block_slots;
        watched +=
            myo_relax_watch_start(&relax->watchers[c], relax->before, relax->work, count,
                                  relax->config.watch_ratio, relax->config.watch_arl_s / block_s);
    }
    return watched;
}

bool myo_relax_next(myo_relax *relax, myo_watch_alarm *alarm)
{
    if (relax->count == 0) {
        return false;
    }
    *alarm = relax->queue[relax->first];
    relax->first = (relax->first + 1) % MYO_RELAX_QUEUE;
    relax->count--;
    return true;
}
