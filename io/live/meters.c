/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levels, spectra and warnings of all channels; made in the desk's thread from the same blocks. */
#include "live/meters.h"

#include "live/suspect.h"

#include "myotwitch/spectrum.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double meter_s = 0.05;
static const double zero_s = 1.0;
static const double shown_hz = 500.0;
enum { PEAKS = 5 /* of 50 ms */, BINS_MOST = 1024 };

typedef struct {
    double sum, squares, envelope;
    float low, high;
    float lows[PEAKS], highs[PEAKS];
    int32_t zero_meters;
    uint32_t flags;
    myo_meter meter; /* the last one */
    myo_channel_summary summary;
    myo_suspect suspect;
    uint32_t warnings; /* to be told */
} channel_meter;

struct myo_meters {
    myo_feed_head head;
    int64_t frames, meter_frames, in_meter, meters;
    channel_meter *channel;
    uint32_t meters_from; /* channels before this one have told their meters */
    myo_spectrum *spectrum;
    double *density;
    float *db;
    uint32_t bins;
};

static void begin_meter(myo_meters *self)
{
    for (uint32_t c = 0; c < self->head.channels; c++) {
        channel_meter *m = &self->channel[c];
        m->sum = m->squares = m->envelope = 0.0;
        m->low = INFINITY;
        m->high = -INFINITY;
        m->flags = 0;
    }
    self->in_meter = 0;
}

static void add(channel_meter *m, const float *samples, uint32_t stride, size_t frames)
{
    for (size_t i = 0; i < frames; i++) {
        const float x = samples[i * stride];
        if (isfinite(x)) {
            m->sum += (double)x;
            m->squares += (double)x * (double)x;
            m->low = x < m->low ? x : m->low;
            m->high = x > m->high ? x : m->high;
        }
    }
}

static uint32_t flags_of(uint32_t meter)
{
    return ((meter & MYO_METER_ARMED) ? MYO_FEED_ARMED : 0) |
           ((meter & MYO_METER_ACTIVE) ? MYO_FEED_ACTIVE : 0) |
           ((meter & MYO_METER_BLANKED) ? MYO_FEED_BLANKED : 0) |
           ((meter & MYO_METER_SATURATED) ? MYO_FEED_SATURATED : 0) |
           ((meter & MYO_METER_HUM) ? MYO_FEED_HUM : 0);
}

static void end_meter(myo_meters *self, const myo_pipeline *pipeline)
{
    const int32_t zeros = (int32_t)(zero_s / meter_s);
    for (uint32_t c = 0; c < self->head.channels; c++) {
        channel_meter *m = &self->channel[c];
        m->lows[self->meters % PEAKS] = m->low;
        m->highs[self->meters % PEAKS] = m->high;
        m->zero_meters = m->squares == 0.0 ? m->zero_meters + 1 : 0;
        m->flags |= m->zero_meters >= zeros ? MYO_FEED_ZERO : 0;
        myo_pipeline_summary(pipeline, c, &m->summary);
    }
    self->meters++;
    self->meters_from = 0;
}

void myo_meters_process(myo_meters *self, const myo_pipeline *pipeline, const float *samples,
                        size_t frames)
{
    const uint32_t channels = self->head.channels;
    if (self->in_meter == 0) {
        begin_meter(self);
    }
    for (uint32_t c = 0; c < channels; c++) {
        channel_meter *m = &self->channel[c];
        add(m, samples + c, channels, frames);
        myo_pipeline_meter(pipeline, c, &m->meter);
        m->envelope = fmax(m->envelope, m->meter.envelope);
        m->flags |= flags_of(m->meter.flags);
    }
    (void)myo_spectrum_process(self->spectrum, samples, frames);
    self->frames += (int64_t)frames;
    self->in_meter += (int64_t)frames;
    if (self->in_meter >= self->meter_frames) {
        end_meter(self, pipeline);
    }
}

void myo_meters_gap(myo_meters *self, int64_t frames)
{
    self->frames += frames;
    myo_spectrum_gap(self->spectrum, frames);
}

void myo_meters_event(myo_meters *self, const myo_event *event)
{
    if (event->channel < self->head.channels && event->stage == MYO_CONFIRMED) {
        myo_suspect_event(&self->channel[event->channel].suspect, self->head.rate_hz, event);
    }
}

/* Largest magnitude of the last 250 ms around their middle. */
static float peak_of(const channel_meter *m, float mean)
{
    float peak = 0.0f;
    for (int i = 0; i < PEAKS; i++) {
        peak = fmaxf(peak, fmaxf(m->highs[i] - mean, mean - m->lows[i]));
    }
    return isfinite(peak) ? peak : 0.0f;
}

static void meter_message(myo_meters *self, uint32_t c, myo_feed_message *message)
{
    channel_meter *m = &self->channel[c];
    const double n = (double)self->in_meter;
    const double mean = m->sum / n;
    *message =
        (myo_feed_message){.kind = MYO_FEED_METER,
                           .meter = {.frame = self->frames - 1,
                                     .channel = c,
                                     .rms = (float)sqrt(fmax(0.0, m->squares / n - mean * mean)),
                                     .envelope = (float)m->envelope,
                                     .threshold = (float)m->meter.threshold,
                                     .floor = (float)m->meter.floor,
                                     .peak_250ms = peak_of(m, (float)mean),
                                     .hum_hz = (float)m->summary.hum_hz,
                                     .hum_rms = (float)m->summary.hum_rms,
                                     .flags = m->flags}};
    if (m->high == m->low) {
        message->meter.rms = 0.0f; /* no change at all, whatever rounding says */
    }
    m->warnings |= myo_suspect_meter(&m->suspect, self->head.rate_hz, self->head.full_scale_uv,
                                     &message->meter);
}

static bool next_meter(myo_meters *self, myo_feed_message *message)
{
    if (self->meters_from >= self->head.channels) {
        return false;
    }
    meter_message(self, self->meters_from++, message);
    if (self->meters_from == self->head.channels) {
        self->in_meter = 0;
    }
    return true;
}

static bool next_spectrum(myo_meters *self, myo_feed_message *message)
{
    myo_spectrum_frame frame;
    if (!myo_spectrum_next(self->spectrum, &frame)) {
        return false;
    }
    const double bin_hz =
        self->head.rate_hz / (2.0 * (double)(myo_spectrum_bins(self->spectrum) - 1));
    *message = (myo_feed_message){.kind = MYO_FEED_SPECTRUM,
                                  .spectrum = {.frame = frame.frame,
                                               .channel = frame.channel,
                                               .bin_hz = (float)bin_hz,
                                               .mnf = (float)frame.mean_hz,
                                               .mdf = (float)frame.median_hz,
                                               .valid = frame.valid,
                                               .db = self->db}};
    if (myo_spectrum_density(self->spectrum, frame.channel, self->density) > 0) {
        for (uint32_t k = 0; k < self->bins; k++) {
            self->db[k] = (float)(10.0 * log10(fmax(self->density[k], 1e-30)));
        }
        message->spectrum.bins = self->bins;
    }
    channel_meter *m = &self->channel[frame.channel];
    m->warnings |= myo_suspect_spectrum(&m->suspect, self->head.rate_hz, &message->spectrum);
    myo_spectrum_set_noise(self->spectrum, frame.channel,
                           m->summary.floor_rms * m->summary.floor_rms);
    myo_spectrum_restart(self->spectrum, frame.channel);
    return true;
}

static bool next_warning(myo_meters *self, myo_feed_message *message)
{
    for (uint32_t c = 0; c < self->head.channels; c++) {
        channel_meter *m = &self->channel[c];
        for (int kind = 0; m->warnings != 0 && kind < MYO_SUSPECT_KINDS; kind++) {
            if (!(m->warnings & (1u << kind))) {
                continue;
            }
            m->warnings &= ~(1u << kind);
            *message = (myo_feed_message){
                .kind = MYO_FEED_WARNING,
                .warning = {.frame = self->frames - 1, .kind = (myo_feed_warn)kind, .channel = c}};
            (void)snprintf(message->warning.text, sizeof message->warning.text, "%s",
                           myo_suspect_text((myo_feed_warn)kind));
            return true;
        }
    }
    return false;
}

bool myo_meters_next(myo_meters *self, myo_feed_message *message)
{
    return next_meter(self, message) || next_spectrum(self, message) || next_warning(self, message);
}

static myo_status make(myo_meters *self)
{
    myo_spectrum_config config;
    myo_spectrum_config_default(&config, self->head.rate_hz, self->head.channels);
    /* Half a second each, one after the other: what is shown is new every time. */
    config.hop = config.size;
    const myo_status status = myo_spectrum_new(&config, &self->spectrum);
    if (status != MYO_OK) {
        return status;
    }
    const uint32_t all = myo_spectrum_bins(self->spectrum);
    const double bin_hz = self->head.rate_hz / (double)config.size;
    const double shown = floor(shown_hz / bin_hz) + 1.0;
    self->bins = all < BINS_MOST ? all : BINS_MOST;
    self->bins = shown < (double)self->bins ? (uint32_t)shown : self->bins;
    self->channel = calloc(self->head.channels, sizeof *self->channel);
    self->density = calloc(all, sizeof *self->density);
    self->db = calloc(BINS_MOST, sizeof *self->db);
    return self->channel != NULL && self->density != NULL && self->db != NULL ? MYO_OK
                                                                              : MYO_ERR_NO_MEMORY;
}

myo_status myo_meters_new(const myo_feed_head *head, myo_meters **meters)
{
    myo_meters *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->head = *head;
    self->meter_frames = (int64_t)ceil(meter_s * head->rate_hz);
    self->meters_from = head->channels;
    const myo_status status = make(self);
    if (status != MYO_OK) {
        myo_meters_free(self);
        return status;
    }
    *meters = self;
    return MYO_OK;
}

void myo_meters_free(myo_meters *self)
{
    if (self == NULL) {
        return;
    }
    myo_spectrum_free(self->spectrum);
    free(self->channel);
    free(self->density);
    free(self->db);
    free(self);
}
