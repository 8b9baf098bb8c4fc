/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gates heart beats out of the measure band and subtracts their mean shape, behind a delay line
 * that is long enough for a beat to be recognised before its first frame leaves. */
#include "myotwitch/ecg.h"

#include "emg/beat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE        64
#define ALIGN_MS     8.0   /* reach of the search for the best fit to the mean shape */
#define ALIGN_STEPS  8     /* to each side */
#define ALIGN_POINTS 64    /* of the shape that are compared: bounds the work of one beat */
#define MEAN_MEMORY  16.0  /* beats; follows respiration's slow change of shape */
#define LEAD_IN_MS   30.0  /* Q wave and what the measure band makes of a P wave */
#define SPREAD_MS    100.0 /* channels take turns in the subtraction: no block has all the work */
#define MEAN_READY   4     /* beats before the mean is clean enough to be subtracted */

struct myo_ecg {
    myo_ecg_config config;
    myo_beat_finder *finder;
    int32_t before, gate; /* frames of the gate in front of the R wave, and in all */
    int32_t lead_in;      /* frames of the mean beat in front of the gate */
    int32_t length;       /* of the mean beat: it reaches beyond the gate */
    int32_t delay, settle;
    float *line;         /* [delay][channel] */
    uint8_t *line_flags; /* [delay] */
    float *mean;         /* [channel][length], mean beat in the measure band */
    uint32_t lead;       /* channel whose mean beat is largest */
    int64_t mean_count;
    int64_t from;         /* of the beat that is being subtracted */
    uint32_t turn;        /* channel that is next; channels = none */
    int64_t turn_frame;   /* frame at which it is */
    double largest;       /* energy of a mean beat so far */
    int64_t frame, start; /* frames taken; first after the last gap */
    int64_t beats;
    myo_beat queue[QUEUE];
    uint32_t first, count;
};

void myo_ecg_config_default(myo_ecg_config *config, double rate_hz, uint32_t channels)
{
    *config = (myo_ecg_config){.rate_hz = rate_hz,
                               .channels = channels,
                               .before_ms = 50.0,
                               .after_ms = 80.0,
                               .match = 0.75,
                               .settle_s = 6.0};
}

static bool config_holds(const myo_ecg_config *c)
{
    return c->rate_hz >= 500.0 && c->rate_hz <= 100000.0 && c->channels >= 1 &&
           c->channels <= MYO_MAX_CHANNELS && c->before_ms >= 20.0 && c->before_ms <= 80.0 &&
           c->after_ms >= 40.0 && c->after_ms <= 150.0 && c->match >= 0.5 && c->match <= 0.95 &&
           c->settle_s >= 3.0 && c->settle_s <= 30.0;
}

static int32_t frames_of_ms(const myo_ecg_config *config, double ms)
{
    return (int32_t)(config->rate_hz * ms / 1000.0 + 0.5);
}

static bool buffers_new(myo_ecg *self)
{
    const size_t channels = self->config.channels;
    self->line = calloc((size_t)self->delay * channels, sizeof(float));
    self->line_flags = calloc((size_t)self->delay, 1);
    self->mean = calloc((size_t)self->length * channels, sizeof(float));
    return self->line && self->line_flags && self->mean;
}

myo_status myo_ecg_new(const myo_ecg_config *config, myo_ecg **ecg)
{
    *ecg = NULL;
    if (!config_holds(config)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_ecg *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    self->before = frames_of_ms(config, config->before_ms);
    self->gate = self->before + frames_of_ms(config, config->after_ms) + 1;
    self->lead_in = frames_of_ms(config, LEAD_IN_MS);
    self->settle = frames_of_ms(config, 1000.0 * config->settle_s);
    if (myo_beat_finder_new(config, &self->finder) != MYO_OK) {
        myo_ecg_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    /* As far behind the R wave as has been seen when the beat is reported. */
    const int32_t align_frames = frames_of_ms(config, ALIGN_MS) + 1;
    self->length = self->lead_in + self->before +
                   (int32_t)myo_beat_finder_least_delay(self->finder) - align_frames;
    self->delay =
        (int32_t)myo_beat_finder_delay(self->finder) + self->before + self->lead_in + align_frames;
    if (!buffers_new(self)) {
        myo_ecg_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    myo_ecg_reset(self);
    *ecg = self;
    return MYO_OK;
}

void myo_ecg_free(myo_ecg *ecg)
{
    if (!ecg) {
        return;
    }
    myo_beat_finder_free(ecg->finder);
    free(ecg->line);
    free(ecg->line_flags);
    free(ecg->mean);
    free(ecg);
}

static void begin_at(myo_ecg *self, int64_t frame)
{
    self->frame = frame;
    self->start = frame;
    self->turn = self->config.channels;
    memset(self->line, 0, (size_t)self->delay * self->config.channels * sizeof(float));
    memset(self->line_flags, MYO_ECG_UNSETTLED, (size_t)self->delay);
    myo_beat_finder_restart(self->finder, frame);
}

void myo_ecg_reset(myo_ecg *ecg)
{
    ecg->mean_count = 0;
    ecg->lead = 0;
    ecg->beats = 0;
    ecg->first = 0;
    ecg->count = 0;
    memset(ecg->mean, 0, (size_t)ecg->length * ecg->config.channels * sizeof(float));
    begin_at(ecg, 0);
}

void myo_ecg_gap(myo_ecg *ecg, int64_t frames)
{
    begin_at(ecg, ecg->frame + frames);
}

static float *slot_at(myo_ecg *self, int32_t slot, uint32_t channel)
{
    return self->line + (size_t)slot * self->config.channels + channel;
}

static const float *mean_of(const myo_ecg *self, uint32_t channel)
{
    return self->mean + (size_t)channel * (size_t)self->length;
}

/* Likeness of the frames from @p from on to the mean beat, on some of its points. */
static double fit(myo_ecg *self, uint32_t channel, int64_t from)
{
    const float *mean = mean_of(self, channel);
    const int32_t stride = 1 + self->length / ALIGN_POINTS;
    int32_t slot = (int32_t)(from % self->delay);
    double sum = 0.0;
    for (int32_t i = 0; i < self->length; i += stride) {
        sum += (double)mean[i] * (double)*slot_at(self, slot, channel);
        slot += stride;
        slot -= slot >= self->delay ? self->delay : 0;
    }
    return sum;
}

/* First frame of the mean beat, moved to where the lead channel fits its mean best. */
static int64_t align(myo_ecg *self, int64_t from)
{
    const double reach = (double)frames_of_ms(&self->config, ALIGN_MS);
    int64_t best = from;
    double highest = fit(self, self->lead, from);
    for (int k = -ALIGN_STEPS; k <= ALIGN_STEPS; k++) {
        const int64_t at = from + (int64_t)floor(reach * k / ALIGN_STEPS + 0.5);
        const double value = fit(self, self->lead, at);
        if (value > highest) {
            highest = value;
            best = at;
        }
    }
    return best;
}

/* Subtracts the mean beat, scaled to fit, from @p count values of the line that lie in one piece,
 * and learns from what was there. */
static void subtract_piece(float *line, size_t stride, float *mean, int32_t count, double scale,
                           double weight)
{
    for (int32_t i = 0; i < count; i++, line += stride) {
        const double seen = (double)*line;
        *line = (float)(seen - scale * (double)mean[i]);
        mean[i] += (float)(weight * (seen - (double)mean[i]));
    }
}

static double product(const float *line, size_t stride, const float *mean, int32_t count)
{
    double sum = 0.0;
    for (int32_t i = 0; i < count; i++, line += stride) {
        sum += (double)mean[i] * (double)*line;
    }
    return sum;
}

/* Takes the mean beat out of one channel; returns the mean's energy. */
static double subtract(myo_ecg *self, uint32_t channel, int64_t from)
{
    float *mean = self->mean + (size_t)channel * (size_t)self->length;
    const size_t stride = self->config.channels;
    const int32_t slot = (int32_t)(from % self->delay);
    const int32_t to_end = self->delay - slot;
    const int32_t first = self->length < to_end ? self->length : to_end;
    const int32_t second = self->length - first;
    const double mm = product(mean, 1, mean, self->length);
    const double xm = product(slot_at(self, slot, channel), stride, mean, first) +
                      product(slot_at(self, 0, channel), stride, mean + first, second);
    const bool ready = self->mean_count >= MEAN_READY && mm > 0.0;
    const double scale = ready ? fmin(fmax(xm / mm, 0.0), 1.5) : 0.0;
    const double weight = 1.0 / fmin((double)self->mean_count + 1.0, MEAN_MEMORY);
    subtract_piece(slot_at(self, slot, channel), stride, mean, first, scale, weight);
    subtract_piece(slot_at(self, 0, channel), stride, mean + first, second, scale, weight);
    return mm;
}

static void begin_removal(myo_ecg *self, int64_t r_frame)
{
    int64_t from = r_frame - self->before - self->lead_in;
    if (from - frames_of_ms(&self->config, ALIGN_MS) < self->start) {
        return;
    }
    from = self->mean_count >= MEAN_READY ? align(self, from) : from;
    for (int32_t i = 0; i < self->gate; i++) {
        self->line_flags[(from + self->lead_in + i) % self->delay] |= MYO_ECG_BEAT;
    }
    self->from = from;
    self->turn = 0;
    self->turn_frame = self->frame;
    self->largest = 0.0;
}

/* Beats are 330 ms apart at least: the one before is done. */
static void go_on_with_removal(myo_ecg *self)
{
    const uint32_t channels = self->config.channels;
    while (self->turn < channels && self->frame >= self->turn_frame) {
        const double energy = subtract(self, self->turn, self->from);
        if (energy > self->largest) {
            self->largest = energy;
            self->lead = self->turn;
        }
        self->turn++;
        self->turn_frame +=
            frames_of_ms(&self->config, SPREAD_MS) * (int64_t)self->turn / (int64_t)channels -
            frames_of_ms(&self->config, SPREAD_MS) * (int64_t)(self->turn - 1) / (int64_t)channels;
        self->mean_count += self->turn == channels;
    }
}

static void put_out(myo_ecg *self, const myo_beat *beat)
{
    if (self->count == QUEUE) {
        self->first = (self->first + 1) % QUEUE;
        self->count--;
    }
    self->queue[(self->first + self->count++) % QUEUE] = *beat;
    self->beats++;
}

void myo_ecg_process(myo_ecg *ecg, const float *raw, const float *measure, size_t frames,
                     float *clean, uint8_t *flags)
{
    const size_t channels = ecg->config.channels;
    for (size_t i = 0; i < frames; i++, raw += channels, measure += channels, clean += channels) {
        float *slot = slot_at(ecg, (int32_t)(ecg->frame % ecg->delay), 0);
        uint8_t *slot_flags = &ecg->line_flags[ecg->frame % ecg->delay];
        for (size_t c = 0; c < channels; c++) {
            const float x = measure[c];
            clean[c] = slot[c];
            slot[c] = x;
        }
        flags[i] = *slot_flags;
        const bool settling = ecg->frame - ecg->start < ecg->settle;
        *slot_flags = settling && !myo_beat_finder_locked(ecg->finder) ? MYO_ECG_UNSETTLED : 0;
        ecg->frame++;
        myo_beat beat;
        if (myo_beat_finder_process(ecg->finder, raw, &beat)) {
            begin_removal(ecg, beat.frame);
            put_out(ecg, &beat);
        }
        go_on_with_removal(ecg);
    }
}

bool myo_ecg_next(myo_ecg *ecg, myo_beat *beat)
{
    if (ecg->count == 0) {
        return false;
    }
    *beat = ecg->queue[ecg->first];
    ecg->first = (ecg->first + 1) % QUEUE;
    ecg->count--;
    return true;
}

void myo_ecg_summary_get(const myo_ecg *ecg, myo_ecg_summary *summary)
{
    double regular = 0.0;
    const double interval = myo_beat_finder_interval(ecg->finder, &regular);
    summary->present = myo_beat_finder_locked(ecg->finder);
    summary->beats = ecg->beats;
    summary->heart_bpm = summary->present && interval > 0.0 ? 60.0 / interval : 0.0;
    summary->confidence = summary->present ? myo_beat_finder_likeness(ecg->finder) * regular : 0.0;
}

double myo_ecg_amplitude(const myo_ecg *ecg, uint32_t channel)
{
    const float *mean = mean_of(ecg, channel);
    double highest = 0.0;
    for (int32_t i = 0; ecg->mean_count > 0 && i < ecg->length; i++) {
        highest = fmax(highest, fabs((double)mean[i]));
    }
    return highest;
}

int64_t myo_ecg_delay(const myo_ecg *ecg)
{
    return ecg->delay;
}
