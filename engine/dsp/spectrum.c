/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streaming short-time spectra: one ring a channel, one transform for a pair when its turn comes. */
#include "myotwitch/spectrum.h"

#include "core/cpu.h"
#include "dsp/spectrum_pair.h"
#include "dsp/spectrum_sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    double noise;            /* mean square in the band, 0 = not known */
    int64_t dirty_until;     /* first frame whose window holds numbers only */
    int64_t windows;         /* in the Welch sum */
    int64_t valid;           /* in the regression */
    double first_s;          /* time of the first valid window */
    double t, f, tt, tf, ff; /* sums of time and median frequency over valid windows */
} channel_state;

struct myo_spectrum {
    myo_spectrum_config config;
    myo_spectrum_pair *pair;
    myo_spectrum_edges edges;
    double scale; /* 4 |X|^2 of a bin to mean square */
    uint32_t bins;
    uint32_t padded; /* bins in whole rows */
    uint32_t room;   /* values of a ring, and a copy of its first ones behind the last */
    uint32_t pairs;
    int64_t frame; /* frames taken, gaps included */
    int64_t start; /* first frame after the last gap */
    uint32_t head; /* oldest value of the rings */
    int64_t due;   /* frames taken at which the next pair has its turn */
    uint32_t turn; /* that pair */
    int64_t round; /* rounds of all pairs since start */
    channel_state *channels;
    float *rings;              /* [channel][room]; channels of whole pairs */
    double *welch;             /* [channel][padded], sum of 4 |X|^2; likewise */
    myo_spectrum_frame *queue; /* one round of results */
    uint32_t first, count;     /* of the queue */
};

uint32_t myo_spectrum_good_size(uint32_t frames)
{
    for (uint32_t size = frames + (frames & 1u);; size += 2) {
        uint32_t rest = size;
        while (rest > 0 && rest % 2 == 0) {
            rest /= 2;
        }
        while (rest > 0 && rest % 3 == 0) {
            rest /= 3;
        }
        while (rest > 0 && rest % 5 == 0) {
            rest /= 5;
        }
        if (rest == 1) {
            return size;
        }
    }
}

void myo_spectrum_config_default(myo_spectrum_config *config, double rate_hz, uint32_t channels)
{
    const double frames = fmin(fmax(0.5 * rate_hz, 64.0), 65536.0);
    uint32_t size = 64;
    while ((double)size < frames) {
        size *= 2;
    }
    *config = (myo_spectrum_config){.rate_hz = rate_hz,
                                    .channels = channels,
                                    .size = size,
                                    .hop = size / 2,
                                    .low_hz = 20.0,
                                    .high_hz = fmin(450.0, 0.45 * rate_hz),
                                    .valid_snr_db = 10.0,
                                    .cpu_mask = MYO_CPU_ALL};
}

static bool config_holds(const myo_spectrum_config *c)
{
    return c->rate_hz >= 500.0 && c->rate_hz <= 100000.0 && c->channels >= 1 &&
           c->channels <= MYO_MAX_CHANNELS && c->size >= 64 && c->size <= 65536 &&
           c->size == myo_spectrum_good_size(c->size) && c->hop >= 1 && c->hop <= c->size &&
           c->low_hz > 0.0 && c->low_hz < 60.0 && c->high_hz > c->low_hz &&
           c->high_hz < 0.5 * c->rate_hz && isfinite(c->valid_snr_db);
}

static bool buffers_new(myo_spectrum *self)
{
    const size_t channels = self->config.channels;
    self->channels = calloc(channels, sizeof *self->channels);
    self->rings = myo_spectrum_zeros((size_t)self->pairs * 2 * self->room * sizeof *self->rings);
    self->welch = myo_spectrum_zeros((size_t)self->pairs * 2 * self->padded * sizeof *self->welch);
    self->queue = calloc(channels, sizeof *self->queue);
    return self->channels && self->rings && self->welch && self->queue;
}

myo_status myo_spectrum_new(const myo_spectrum_config *config, myo_spectrum **spectrum)
{
    *spectrum = NULL;
    if (!config_holds(config)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_spectrum *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    self->bins = config->size / 2 + 1;
    self->room = config->size + MYO_SPECTRUM_LANES;
    self->padded = myo_spectrum_padded(self->bins);
    self->pairs = (config->channels + 1) / 2;
    self->edges.kernels = myo_spectrum_choose(config->cpu_mask);
    if (!buffers_new(self) ||
        myo_spectrum_pair_new(config->size, self->edges.kernels, &self->pair) != MYO_OK) {
        myo_spectrum_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    double square = 0.0;
    myo_spectrum_pair_window(self->pair, &square);
    self->scale = 0.5 / (square * (double)config->size);
    const double bin_hz = config->rate_hz / (double)config->size;
    myo_spectrum_edges_set(&self->edges, bin_hz, self->bins, config->low_hz, config->high_hz);
    myo_spectrum_reset(self);
    *spectrum = self;
    return MYO_OK;
}

void myo_spectrum_free(myo_spectrum *spectrum)
{
    if (!spectrum) {
        return;
    }
    myo_spectrum_pair_free(spectrum->pair);
    free(spectrum->channels);
    free(spectrum->rings);
    free(spectrum->welch);
    free(spectrum->queue);
    free(spectrum);
}

/* Pair p of round r ends its window at start + size + r hop + p hop / pairs. */
static void set_due(myo_spectrum *self)
{
    self->due = self->start + (int64_t)self->config.size + self->round * self->config.hop +
                (int64_t)((uint64_t)self->turn * self->config.hop / self->pairs);
}

static void restart_windows(myo_spectrum *self)
{
    self->start = self->frame;
    self->head = 0;
    self->turn = 0;
    self->round = 0;
    set_due(self);
}

void myo_spectrum_restart(myo_spectrum *spectrum, uint32_t channel)
{
    channel_state *state = &spectrum->channels[channel];
    *state = (channel_state){.noise = state->noise, .dirty_until = state->dirty_until};
    memset(spectrum->welch + (size_t)channel * spectrum->padded, 0,
           spectrum->padded * sizeof *spectrum->welch);
}

void myo_spectrum_reset(myo_spectrum *spectrum)
{
    spectrum->frame = 0;
    spectrum->first = 0;
    spectrum->count = 0;
    for (uint32_t c = 0; c < spectrum->config.channels; c++) {
        myo_spectrum_restart(spectrum, c);
        spectrum->channels[c].noise = 0.0;
        spectrum->channels[c].dirty_until = 0;
    }
    restart_windows(spectrum);
}

void myo_spectrum_gap(myo_spectrum *spectrum, int64_t frames)
{
    spectrum->frame += frames;
    restart_windows(spectrum);
}

/* Time is taken from the first window on, else the sums lose digits in a long recording. */
static void regress(channel_state *state, double time_s, double median_hz)
{
    if (state->valid == 0) {
        state->first_s = time_s;
    }
    const double t = time_s - state->first_s;
    state->valid++;
    state->t += t;
    state->f += median_hz;
    state->tt += t * t;
    state->tf += t * median_hz;
    state->ff += median_hz * median_hz;
}

static double snr_db(double power, double noise)
{
    if (noise <= 0.0) {
        return (double)NAN;
    }
    return power > noise ? 10.0 * log10((power - noise) / noise) : (double)-INFINITY;
}

static void conclude(myo_spectrum *self, uint32_t channel, const float *power)
{
    channel_state *state = &self->channels[channel];
    myo_spectrum_sums sums;
    myo_spectrum_sums_take(&sums, &self->edges, power);
    state->windows++;
    myo_spectrum_frame *out = &self->queue[self->count++];
    out->channel = channel;
    out->frame = self->frame - (int64_t)self->config.size / 2;
    for (int b = 0; b < MYO_SPECTRUM_BANDS; b++) {
        out->band[b] = sums.power[b] * self->scale;
    }
    out->power = sums.total * self->scale;
    const double bin_hz = self->config.rate_hz / (double)self->config.size;
    out->mean_hz = sums.mean_bin * bin_hz;
    out->median_hz = sums.median_bin * bin_hz;
    out->snr_db = snr_db(out->power, state->noise);
    out->valid = out->snr_db >= self->config.valid_snr_db && self->frame >= state->dirty_until;
    if (out->valid) {
        regress(state, (double)out->frame / self->config.rate_hz, out->median_hz);
    }
}

static void transform(myo_spectrum *self)
{
    const uint32_t a = 2 * self->turn;
    const bool both = a + 1 < self->config.channels;
    float *ring = self->rings + (size_t)a * self->room;
    double *welch = self->welch + (size_t)a * self->padded;
    memcpy(ring + self->config.size, ring, MYO_SPECTRUM_LANES * sizeof *ring);
    memcpy(ring + self->room + self->config.size, ring + self->room,
           MYO_SPECTRUM_LANES * sizeof *ring);
    const float *power[2];
    myo_spectrum_pair_power(self->pair, ring, self->head, welch, power);
    conclude(self, a, power[0]);
    if (both) {
        conclude(self, a + 1, power[1]);
    }
    self->turn++;
    if (self->turn == self->pairs) {
        self->turn = 0;
        self->round++;
    }
    set_due(self);
}

/* Zeros instead of what is not a number; the windows that hold one are not valid. */
static void mend_channel(myo_spectrum *self, uint32_t channel, float *ring, size_t frames)
{
    for (size_t i = 0; i < frames; i++) {
        if (!isfinite(ring[i])) {
            ring[i] = 0.0f;
            self->channels[channel].dirty_until =
                self->frame + (int64_t)i + 1 + (int64_t)self->config.size;
        }
    }
}

/* Copies one channel; false when a value is not a number. */
static bool take_one(float *restrict ring, const float *restrict x, size_t stride, size_t frames)
{
    bool numbers = true;
    for (size_t i = 0; i < frames; i++) {
        ring[i] = x[i * stride];
        numbers = numbers && isfinite(ring[i]);
    }
    return numbers;
}

/* Takes frames that neither wrap the ring nor pass a due transform. */
static void push(myo_spectrum *self, const float *samples, size_t frames)
{
    const uint32_t channels = self->config.channels;
    uint32_t step = 4;
    for (uint32_t c = 0; c < channels; c += step) {
        float *ring = self->rings + (size_t)c * self->room + self->head;
        step = channels - c >= 4 ? 4 : 1;
        const bool numbers =
            step == 4 ? self->edges.kernels->take(samples + c, channels, frames, ring, self->room)
                      : take_one(ring, samples + c, channels, frames);
        for (uint32_t i = 0; !numbers && i < step; i++) {
            mend_channel(self, c + i, ring + (size_t)i * self->room, frames);
        }
    }
    self->head = (self->head + (uint32_t)frames) % self->config.size;
    self->frame += (int64_t)frames;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Frames that make transforms due are taken only when the queue is empty, which holds a round. */
size_t myo_spectrum_process(myo_spectrum *spectrum, const float *samples, size_t frames)
{
    size_t done = 0;
    while (done < frames) {
        const bool waits = spectrum->first < spectrum->count;
        const size_t to_due = (size_t)(spectrum->due - spectrum->frame) - (waits ? 1 : 0);
        const size_t step =
            smaller(smaller(frames - done, to_due), spectrum->config.size - spectrum->head);
        if (step == 0) {
            break;
        }
        push(spectrum, samples + done * spectrum->config.channels, step);
        done += step;
        while (spectrum->frame == spectrum->due) {
            transform(spectrum);
        }
    }
    return done;
}

bool myo_spectrum_next(myo_spectrum *spectrum, myo_spectrum_frame *frame)
{
    if (spectrum->first == spectrum->count) {
        return false;
    }
    *frame = spectrum->queue[spectrum->first++];
    if (spectrum->first == spectrum->count) {
        spectrum->first = 0;
        spectrum->count = 0;
    }
    return true;
}

void myo_spectrum_set_noise(myo_spectrum *spectrum, uint32_t channel, double power)
{
    spectrum->channels[channel].noise = power;
}

uint32_t myo_spectrum_bins(const myo_spectrum *spectrum)
{
    return spectrum->bins;
}

int64_t myo_spectrum_delay(const myo_spectrum *spectrum)
{
    return (int64_t)spectrum->config.size / 2;
}

int64_t myo_spectrum_density(const myo_spectrum *spectrum, uint32_t channel, double *density)
{
    const int64_t windows = spectrum->channels[channel].windows;
    if (windows == 0) {
        return 0;
    }
    const double *sum = spectrum->welch + (size_t)channel * spectrum->padded;
    const double bin_hz = spectrum->config.rate_hz / (double)spectrum->config.size;
    const double scale = spectrum->scale / ((double)windows * bin_hz);
    for (uint32_t k = 0; k < spectrum->bins; k++) {
        density[k] = sum[k] * scale;
    }
    /* The factor 2 of a one-sided density counts a bin and its mirror; these two have none. */
    density[0] *= 0.5;
    density[spectrum->bins - 1] *= 0.5;
    return windows;
}

void myo_spectrum_slope_get(const myo_spectrum *spectrum, uint32_t channel,
                            myo_spectrum_slope *slope)
{
    const channel_state *s = &spectrum->channels[channel];
    *slope = (myo_spectrum_slope){.windows = s->valid};
    if (s->valid < 3) {
        return;
    }
    const double n = (double)s->valid;
    const double tt = s->tt - s->t * s->t / n;
    const double tf = s->tf - s->t * s->f / n;
    const double ff = s->ff - s->f * s->f / n;
    slope->slope_hz_s = tf / tt;
    slope->initial_hz = (s->f - slope->slope_hz_s * s->t) / n;
    slope->slope_se = sqrt(fmax(0.0, ff - slope->slope_hz_s * tf) / ((n - 2.0) * tt));
    slope->percent_minute = 6000.0 * slope->slope_hz_s / slope->initial_hz;
}
