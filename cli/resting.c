/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Band, heart, quality and relaxation, one after the other. */
#include "resting.h"

#include "myotwitch/band.h"
#include "myotwitch/ecg.h"

#include <math.h>
#include <stdlib.h>

/* Short enough that no second of quality is dropped and a missing sample takes little with it. */
enum { CHUNK = 256 };

/* Resting EMG: the measure band of the detector. */
#define LOW_HZ  20.0
#define HIGH_HZ 450.0

/* What relax.h takes, s. */
#define MEMORY_MIN 60.0
#define MEMORY_MAX 36000.0

/* Left out as soon as it has been seen. */
typedef struct {
    uint32_t channel;
    int64_t from, to;
} stretch;

struct resting {
    double rate_hz;
    uint32_t channels;
    int64_t delay, frames;
    myo_ecg *ecg;
    myo_quality *quality;
    myo_relax *relax; /* NULL: quality only */
    myo_band band;
    double (*state)[MYO_BAND_SECTIONS][2];
    float *finite, *measure, *clean; /* CHUNK frames each */
    uint8_t flags[CHUNK];
    stretch *coming;
    size_t coming_count, coming_room;
};

static bool buffers_new(resting *self)
{
    size_t samples = (size_t)CHUNK * self->channels;
    self->state = calloc(self->channels, sizeof *self->state);
    self->finite = calloc(samples, sizeof *self->finite);
    self->measure = calloc(samples, sizeof *self->measure);
    self->clean = calloc(samples, sizeof *self->clean);
    return self->state != NULL && self->finite != NULL && self->measure != NULL &&
           self->clean != NULL;
}

static myo_status quality_new(resting *self, const myo_source_info *info)
{
    myo_quality_config config;
    myo_quality_config_default(&config, self->rate_hz, self->channels);
    config.full_scale_uv = info->full_scale_uv;
    myo_status status = myo_quality_new(&config, &self->quality);
    for (uint32_t c = 0; status == MYO_OK && c < self->channels; c++) {
        myo_quality_set_rails(self->quality, c, info->rail_low[c], info->rail_high[c]);
    }
    return status;
}

static myo_status relax_new(resting *self, double memory_s)
{
    myo_relax_config config;
    myo_relax_config_default(&config, self->rate_hz, self->channels);
    config.memory_s = fmin(fmax(ceil(memory_s), MEMORY_MIN), MEMORY_MAX);
    return myo_relax_new(&config, &self->relax);
}

static myo_status parts_new(resting *self, const myo_source_info *info, double memory_s)
{
    myo_ecg_config ecg;
    myo_ecg_config_default(&ecg, self->rate_hz, self->channels);
    myo_status status = buffers_new(self) ? myo_ecg_new(&ecg, &self->ecg) : MYO_ERR_NO_MEMORY;
    if (status == MYO_OK) {
        self->delay = myo_ecg_delay(self->ecg);
        status = quality_new(self, info);
    }
    if (status == MYO_OK) {
        status = myo_band_design(self->rate_hz, LOW_HZ, fmin(HIGH_HZ, 0.45 * self->rate_hz),
                                 &self->band);
    }
    return status == MYO_OK && memory_s > 0.0 ? relax_new(self, memory_s) : status;
}

myo_status resting_new(const myo_source_info *info, double memory_s, resting **result)
{
    resting *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->rate_hz = info->rate_hz;
    self->channels = info->channels;
    myo_status status = parts_new(self, info, memory_s);
    if (status != MYO_OK) {
        resting_free(self);
        return status;
    }
    *result = self;
    return MYO_OK;
}

/* Fills the finite and the measure samples of a channel; whether one was missing. */
static bool channel_filter(resting *self, uint32_t channel, const float *samples, size_t frames)
{
    bool missing = false;
    for (size_t i = channel; i < frames * self->channels; i += self->channels) {
        bool good = isfinite(samples[i]);
        missing = missing || !good;
        self->finite[i] = good ? samples[i] : 0.0f;
        self->measure[i] =
            (float)myo_band_run(&self->band, self->state[channel], (double)self->finite[i]);
    }
    return missing;
}

static void exclude(resting *self, const stretch *s)
{
    if (self->relax != NULL) {
        myo_relax_exclude(self->relax, s->channel, s->from + self->delay, s->to + self->delay);
    }
}

static void coming_exclude(resting *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->coming_count; i++) {
        exclude(self, &self->coming[i]);
        if (self->coming[i].to > resting_known(self)) {
            self->coming[kept++] = self->coming[i];
        }
    }
    self->coming_count = kept;
}

myo_status resting_leave_out(resting *self, uint32_t channel, int64_t from, int64_t to)
{
    const stretch s = {channel, from, to};
    exclude(self, &s);
    if (to <= resting_known(self) || self->relax == NULL) {
        return MYO_OK;
    }
    if (self->coming_count == self->coming_room) {
        size_t room = self->coming_room == 0 ? 16 : 2 * self->coming_room;
        stretch *items = realloc(self->coming, room * sizeof *items);
        if (items == NULL) {
            return MYO_ERR_NO_MEMORY;
        }
        self->coming = items;
        self->coming_room = room;
    }
    self->coming[self->coming_count++] = s;
    return MYO_OK;
}

static myo_status seconds_take(resting *self)
{
    myo_quality_second second;
    myo_status status = MYO_OK;
    while (status == MYO_OK && myo_quality_next(self->quality, &second)) {
        if (second.verdict == MYO_QUALITY_UNUSABLE) {
            status = resting_leave_out(self, second.channel, second.frame,
                                       second.frame + llround(self->rate_hz));
        }
    }
    return status;
}

static myo_status chunk_push(resting *self, const float *samples, size_t frames)
{
    myo_status status = MYO_OK;
    for (uint32_t c = 0; c < self->channels && status == MYO_OK; c++) {
        if (channel_filter(self, c, samples, frames)) {
            status = resting_leave_out(self, c, self->frames, self->frames + (int64_t)frames);
        }
        myo_quality_set_ecg(self->quality, c, myo_ecg_amplitude(self->ecg, c));
    }
    myo_ecg_process(self->ecg, self->finite, self->measure, frames, self->clean, self->flags);
    myo_quality_process(self->quality, samples, self->measure, frames);
    if (self->relax != NULL) {
        myo_relax_process(self->relax, self->clean, self->flags, frames);
    }
    self->frames += (int64_t)frames;
    if (status == MYO_OK) {
        status = seconds_take(self);
    }
    coming_exclude(self);
    return status;
}

myo_status resting_push(resting *self, const float *samples, size_t frames)
{
    myo_status status = MYO_OK;
    for (size_t done = 0; done < frames && status == MYO_OK;) {
        size_t part = frames - done < CHUNK ? frames - done : CHUNK;
        status = chunk_push(self, samples + done * self->channels, part);
        done += part;
    }
    return status;
}

int64_t resting_known(const resting *self)
{
    return self->frames - self->delay;
}

/* Frames as relax counts them lie delay behind the recording's. */
static myo_span shifted(const resting *self, const myo_span *span)
{
    return (myo_span){span->from + self->delay, span->to + self->delay};
}

void resting_compare(resting *self, uint32_t channel, uint32_t control, const myo_span *baseline,
                     const myo_span *after, myo_relax_verdict *verdict)
{
    myo_span before = shifted(self, baseline), later = shifted(self, after);
    myo_relax_compare(self->relax, channel, control, &before, &later, verdict);
}

void resting_hold(resting *self, uint32_t channel, const myo_span *baseline, const myo_span *hold,
                  myo_relax_hold *result)
{
    myo_span before = shifted(self, baseline), during = shifted(self, hold);
    myo_relax_hold_get(self->relax, channel, &before, &during, result);
}

void resting_release(resting *self, uint32_t channel, const myo_span *span,
                     myo_relax_release *release)
{
    myo_span where = shifted(self, span);
    myo_relax_find_release(self->relax, channel, &where, release);
    release->frame -= self->delay;
}

double resting_level(const resting *self, uint32_t channel)
{
    return myo_relax_level(self->relax, channel);
}

void resting_quality(const resting *self, uint32_t channel, myo_quality_summary *summary)
{
    myo_quality_summary_get(self->quality, channel, summary);
}

void resting_free(resting *self)
{
    if (self == NULL) {
        return;
    }
    myo_ecg_free(self->ecg);
    myo_quality_free(self->quality);
    myo_relax_free(self->relax);
    free(self->state);
    free(self->finite);
    free(self->measure);
    free(self->clean);
    free(self->coming);
    free(self);
}
