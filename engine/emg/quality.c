/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers what one second of a channel shows, and concludes once a second, channels in turn. */
#include "myotwitch/quality.h"

#include "dsp/boot.h"
#include "emg/quality_pulse.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PARTS       40  /* of 25 ms */
#define TONES       6   /* 50 and 60 Hz, harmonics 1 to 3 */
#define QUIET       0.2 /* quantile of the parts that is the floor */
#define FLAT_S      0.5
#define EXTREME_RUN 3     /* equal extreme values that look like a rail */
#define FAR         10.0  /* they must lie so many floors out */
#define TONE_RATE   500.0 /* hum is looked for in means of so many a second */
#define HUM_OVER    9.0   /* line over what noise puts into a bin of 1 Hz, power */
#define QUEUE       8     /* seconds a channel that wait */
#define FLOOR_STEP  0.02  /* of the running median over seconds */

static const double tone_hz[TONES] = {50.0, 100.0, 150.0, 60.0, 120.0, 180.0};

/* One channel's running second. */
typedef struct {
    int64_t start; /* its first frame */
    int32_t seen, clipped;
    int32_t part;                     /* running part */
    int64_t part_end;                 /* first frame behind it */
    double power[PARTS], mean[PARTS]; /* sums of the parts */
    int32_t used[PARTS];
    double square;
    double re[TONES], im[TONES];
    int32_t means; /* that are in re and im */
    float high, low, last;
    int32_t high_run, low_run, high_best, low_best, flat, flat_best;
} second;

typedef struct {
    second now;
    double sum; /* of the running mean for the tones */
    myo_pulse_train pulses;
    double rail_low, rail_high;
    double ecg;
    double mean; /* of the second before */
    bool has_mean;
    myo_quality_summary summary;
} channel_state;

struct myo_quality {
    myo_quality_config config;
    int32_t length; /* frames of a second */
    int64_t frame;
    uint32_t turn; /* channel whose second ends next */
    int64_t round;
    int64_t due;         /* frames taken at which it ends */
    int32_t mean_frames; /* in a mean for the tones */
    int32_t mean_filled;
    double tone[TONES][2], step[TONES][2]; /* oscillators and their rotation a mean */
    double droop[TONES];                   /* power that the mean leaves of a tone */
    channel_state *channels;
    myo_quality_second *queue;
    uint32_t first, count, room;
};

void myo_quality_config_default(myo_quality_config *config, double rate_hz, uint32_t channels)
{
    *config = (myo_quality_config){.rate_hz = rate_hz,
                                   .channels = channels,
                                   .hum_doubtful = 1.0,
                                   .hum_unusable = 10.0,
                                   .hum_open_uv = 200.0,
                                   .floor_doubtful_uv = 20.0,
                                   .motion_ratio = 30.0,
                                   .drift_ratio = 100.0,
                                   .ecg_ratio = 5.0,
                                   .clip_share = 0.01};
}

static bool config_holds(const myo_quality_config *c)
{
    return c->rate_hz >= 500.0 && c->rate_hz <= 100000.0 && c->channels >= 1 &&
           c->channels <= MYO_MAX_CHANNELS && c->full_scale_uv >= 0.0 && c->hum_doubtful > 0.0 &&
           c->hum_unusable >= c->hum_doubtful && c->hum_open_uv > 0.0 &&
           c->floor_doubtful_uv > 0.0 && c->motion_ratio > 0.0 && c->drift_ratio > 0.0 &&
           c->ecg_ratio > 0.0 && c->clip_share > 0.0 && c->clip_share <= 1.0;
}

/* A mean of n samples leaves sin(n w / 2) / (n sin(w / 2)) of a tone. */
static void set_tones(myo_quality *self)
{
    const double pi = 3.14159265358979323846;
    const double n = fmax(1.0, floor(self->config.rate_hz / TONE_RATE));
    self->mean_frames = (int32_t)n;
    for (int k = 0; k < TONES; k++) {
        const double w = 2.0 * pi * tone_hz[k] / self->config.rate_hz;
        const double left = sin(0.5 * n * w) / (n * sin(0.5 * w));
        self->step[k][0] = cos(n * w);
        self->step[k][1] = sin(n * w);
        self->droop[k] = left * left;
    }
}

myo_status myo_quality_new(const myo_quality_config *config, myo_quality **quality)
{
    *quality = NULL;
    if (!config_holds(config)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_quality *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    self->length = (int32_t)(config->rate_hz + 0.5);
    self->channels = calloc(config->channels, sizeof *self->channels);
    self->room = QUEUE * config->channels;
    self->queue = calloc(self->room, sizeof *self->queue);
    if (!self->channels || !self->queue) {
        myo_quality_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    set_tones(self);
    myo_quality_reset(self);
    *quality = self;
    return MYO_OK;
}

void myo_quality_free(myo_quality *quality)
{
    if (!quality) {
        return;
    }
    free(quality->channels);
    free(quality->queue);
    free(quality);
}

/* By how much the seconds of a channel are late. */
static int64_t offset_of(const myo_quality *self, uint32_t channel)
{
    assert(self->config.channels > 0);
    return (int64_t)channel * self->length / (int64_t)self->config.channels;
}

static void set_due(myo_quality *self)
{
    self->due = (self->round + 1) * self->length + offset_of(self, self->turn);
}

static void begin_second(channel_state *state, int64_t start)
{
    state->now = (second){.start = start, .part = -1, .part_end = start, .last = NAN};
}

void myo_quality_reset(myo_quality *quality)
{
    quality->frame = 0;
    quality->turn = 0;
    quality->round = 0;
    quality->mean_filled = 0;
    quality->first = 0;
    quality->count = 0;
    for (uint32_t c = 0; c < quality->config.channels; c++) {
        const double low = quality->channels[c].rail_low, high = quality->channels[c].rail_high;
        quality->channels[c] = (channel_state){.rail_low = low, .rail_high = high};
        quality->channels[c].pulses.rate_hz = quality->config.rate_hz;
        begin_second(&quality->channels[c], offset_of(quality, c));
    }
    for (int k = 0; k < TONES; k++) {
        quality->tone[k][0] = 1.0;
        quality->tone[k][1] = 0.0;
    }
    set_due(quality);
}

void myo_quality_set_rails(myo_quality *quality, uint32_t channel, double low, double high)
{
    quality->channels[channel].rail_low = low;
    quality->channels[channel].rail_high = high;
}

void myo_quality_set_ecg(myo_quality *quality, uint32_t channel, double peak)
{
    quality->channels[channel].ecg = peak;
}

/* Runs of equal values at the extremes, and of no change at all. */
static void follow_runs(second *s, float x)
{
    const bool again = x == s->last;
    if (s->seen == 0 || x > s->high) {
        s->high = x;
        s->high_run = s->high_best = 0;
    }
    if (s->seen == 0 || x < s->low) {
        s->low = x;
        s->low_run = s->low_best = 0;
    }
    s->high_run = x == s->high ? (again ? s->high_run + 1 : 1) : 0;
    s->low_run = x == s->low ? (again ? s->low_run + 1 : 1) : 0;
    s->flat = again ? s->flat + 1 : 0;
    s->high_best = s->high_run > s->high_best ? s->high_run : s->high_best;
    s->low_best = s->low_run > s->low_best ? s->low_run : s->low_best;
    s->flat_best = s->flat > s->flat_best ? s->flat : s->flat_best;
    s->last = x;
}

static void take_sample(myo_quality *self, channel_state *state, float x, double y)
{
    second *s = &state->now;
    if (!isfinite(x) || self->frame < s->start) {
        return;
    }
    follow_runs(s, x);
    s->seen++;
    const bool rails = state->rail_high > state->rail_low;
    s->clipped += rails && ((double)x <= state->rail_low || (double)x >= state->rail_high);
    while (self->frame >= s->part_end) {
        s->part++;
        s->part_end = s->start + (int64_t)(s->part + 1) * self->length / PARTS;
    }
    const int32_t part = s->part;
    s->power[part] += y * y;
    s->mean[part] += (double)x;
    s->used[part]++;
    s->square += y * y;
    state->sum += y;
    myo_pulse_train_push(&state->pulses, (double)x);
}

/* The rotation loses or gains 1e-16 a frame; this pulls the length back to 1. */
static void turn_tones(myo_quality *self)
{
    for (int k = 0; k < TONES; k++) {
        double *t = self->tone[k];
        const double *d = self->step[k];
        const double re = t[0] * d[0] - t[1] * d[1], im = t[0] * d[1] + t[1] * d[0];
        const double pull = 1.5 - 0.5 * (re * re + im * im);
        t[0] = re * pull;
        t[1] = im * pull;
    }
}

/* One more mean of every channel meets the tones. */
static void take_means(myo_quality *self)
{
    for (uint32_t c = 0; c < self->config.channels; c++) {
        channel_state *state = &self->channels[c];
        second *s = &state->now;
        const double y = state->sum / (double)self->mean_frames;
        state->sum = 0.0;
        for (int k = 0; k < TONES; k++) {
            s->re[k] += self->tone[k][0] * y;
            s->im[k] += self->tone[k][1] * y;
        }
        s->means++;
    }
    turn_tones(self);
    self->mean_filled = 0;
}

/* Mean square of the quiet fifth of the parts. */
static double quiet_power(const second *s)
{
    double sorted[PARTS];
    size_t count = 0;
    for (int i = 0; i < PARTS; i++) {
        if (s->used[i] > 0) {
            sorted[count++] = s->power[i] / (double)s->used[i];
        }
    }
    if (count == 0) {
        return 0.0;
    }
    myo_sort(sorted, count);
    return myo_quantile_sorted(sorted, count, QUIET);
}

/* RMS of the parts' means about their regression line: what is below 20 Hz but no drift. */
static double slow_rms(const second *s, double *mean)
{
    double n = 0.0, t = 0.0, y = 0.0, tt = 0.0, ty = 0.0, yy = 0.0;
    for (int i = 0; i < PARTS; i++) {
        if (s->used[i] == 0) {
            continue;
        }
        const double at = (double)i - 0.5 * (PARTS - 1);
        const double value = s->mean[i] / (double)s->used[i];
        n += 1.0;
        t += at;
        y += value;
        tt += at * at;
        ty += at * value;
    }
    *mean = n > 0.0 ? y / n : 0.0;
    if (n < 3.0) {
        return 0.0;
    }
    const double slope = (ty - t * y / n) / (tt - t * t / n);
    for (int i = 0; i < PARTS; i++) {
        if (s->used[i] > 0) {
            const double at = (double)i - 0.5 * (PARTS - 1) - t / n;
            const double rest = s->mean[i] / (double)s->used[i] - *mean - slope * at;
            yy += rest * rest;
        }
    }
    return sqrt(yy / n);
}

/* The stronger of 50 and 60 Hz that stands out of the noise in a bin of 1 Hz. */
static void find_hum(const myo_quality *self, const second *s, double power,
                     myo_quality_second *out)
{
    const double n = fmax(1.0, (double)s->means);
    const double noise = 2.0 * power / (0.5 * fmin(self->config.rate_hz, 900.0));
    for (int base = 0; base < TONES; base += 3) {
        double line[3], sum = 0.0;
        for (int k = 0; k < 3; k++) {
            const double re = s->re[base + k], im = s->im[base + k];
            line[k] = 2.0 * (re * re + im * im) / (n * n * self->droop[base + k]);
            sum += line[k] > HUM_OVER * noise ? line[k] : 0.0;
        }
        if (line[0] > HUM_OVER * noise && sum > out->hum_rms * out->hum_rms) {
            out->hum_hz = tone_hz[base];
            out->hum_rms = sqrt(sum);
        }
    }
}

static bool looks_clipped(const second *s, double floor_rms)
{
    const bool high = s->high_best >= EXTREME_RUN;
    const bool low = s->low_best >= EXTREME_RUN;
    return (high || low) && (double)s->high - (double)s->low > 2.0 * FAR * floor_rms;
}

static uint32_t find_reasons(const myo_quality *self, const channel_state *state,
                             const myo_quality_second *q)
{
    const myo_quality_config *c = &self->config;
    const second *s = &state->now;
    const double uv = c->full_scale_uv, least = fmax(q->floor_rms, 1e-12);
    uint32_t reasons = 0;
    reasons |= s->flat_best >= (int32_t)(FLAT_S * c->rate_hz) ? MYO_QUALITY_FLAT : 0;
    reasons |= 2 * s->clipped > s->seen && s->seen > 0 ? MYO_QUALITY_LEAD_OFF : 0;
    reasons |= uv > 0.0 && q->hum_rms * uv > c->hum_open_uv ? MYO_QUALITY_LEAD_OFF : 0;
    reasons |= q->clipped_frames > 0 ? MYO_QUALITY_CLIPPED : 0;
    reasons |= q->gap_frames > 0 ? MYO_QUALITY_GAP : 0;
    reasons |= q->hum_rms > c->hum_doubtful * least ? MYO_QUALITY_HUM : 0;
    reasons |= q->stimulator_hz > 0.0 ? MYO_QUALITY_STIMULATOR : 0;
    reasons |= q->slow_rms > c->motion_ratio * least ? MYO_QUALITY_MOTION : 0;
    reasons |= fabs(q->drift) > c->drift_ratio * least ? MYO_QUALITY_DRIFT : 0;
    reasons |= state->ecg > c->ecg_ratio * least ? MYO_QUALITY_ECG : 0;
    reasons |= uv > 0.0 && q->floor_rms * uv > c->floor_doubtful_uv ? MYO_QUALITY_NOISY : 0;
    return reasons;
}

static myo_verdict judge(const myo_quality *self, const second *s, const myo_quality_second *q)
{
    const uint32_t fatal = MYO_QUALITY_FLAT | MYO_QUALITY_LEAD_OFF | MYO_QUALITY_STIMULATOR;
    const double length = (double)self->length;
    if ((q->reasons & fatal) || 2 * q->gap_frames >= self->length || s->seen == 0 ||
        (double)q->clipped_frames >= self->config.clip_share * length ||
        q->hum_rms > self->config.hum_unusable * fmax(q->floor_rms, 1e-12)) {
        return MYO_QUALITY_UNUSABLE;
    }
    return q->reasons & ~(uint32_t)MYO_QUALITY_ECG ? MYO_QUALITY_DOUBTFUL : MYO_QUALITY_USABLE;
}

static void count_second(myo_quality_summary *summary, const myo_quality_second *q)
{
    summary->seconds[q->verdict]++;
    summary->reasons |= q->reasons;
    if (q->verdict == MYO_QUALITY_UNUSABLE) {
        return;
    }
    if (summary->floor_rms <= 0.0) {
        summary->floor_rms = q->floor_rms;
    }
    summary->floor_rms *=
        q->floor_rms > summary->floor_rms ? 1.0 + FLOOR_STEP : 1.0 / (1.0 + FLOOR_STEP);
}

static myo_quality_second *next_slot(myo_quality *self)
{
    if (self->count == self->room) {
        self->first = (self->first + 1) % self->room;
        self->count--;
    }
    return &self->queue[(self->first + self->count++) % self->room];
}

static void conclude(myo_quality *self, uint32_t channel)
{
    channel_state *state = &self->channels[channel];
    const second *s = &state->now;
    myo_quality_second *q = next_slot(self);
    *q = (myo_quality_second){.channel = channel, .frame = s->start, .clipped_frames = s->clipped};
    q->gap_frames = (int32_t)(self->frame - s->start) - s->seen;
    if (s->seen > 0) {
        double mean;
        const double power = s->square / (double)s->seen;
        find_hum(self, s, power, q);
        /* By its share of the power: 25 ms hold no whole number of periods of the hum. */
        const double hum_share = power > 0.0 ? q->hum_rms * q->hum_rms / power : 0.0;
        q->floor_rms = sqrt(quiet_power(s) * fmax(1.0 - hum_share, 1e-4));
        q->rms = sqrt(power);
        q->slow_rms = slow_rms(s, &mean);
        q->drift = state->has_mean ? mean - state->mean : 0.0;
        q->stimulator_hz = myo_pulse_train_hz(&state->pulses);
        if (state->rail_high <= state->rail_low && looks_clipped(s, q->floor_rms)) {
            q->clipped_frames = s->high_best + s->low_best;
        }
        state->mean = mean;
        state->has_mean = true;
    }
    q->reasons = find_reasons(self, state, q);
    q->verdict = judge(self, s, q);
    count_second(&state->summary, q);
}

static void end_seconds(myo_quality *self)
{
    while (self->frame == self->due) {
        conclude(self, self->turn);
        begin_second(&self->channels[self->turn], self->frame);
        if (++self->turn == self->config.channels) {
            self->turn = 0;
            self->round++;
        }
        set_due(self);
    }
}

void myo_quality_process(myo_quality *quality, const float *raw, const float *measure,
                         size_t frames)
{
    const uint32_t channels = quality->config.channels;
    for (size_t i = 0; i < frames; i++, raw += channels, measure += channels) {
        for (uint32_t c = 0; c < channels; c++) {
            take_sample(quality, &quality->channels[c], raw[c], (double)measure[c]);
        }
        quality->frame++;
        if (++quality->mean_filled == quality->mean_frames) {
            take_means(quality);
        }
        end_seconds(quality);
    }
}

void myo_quality_gap(myo_quality *quality, int64_t frames)
{
    int64_t left = frames;
    while (left > 0) {
        const int64_t room = quality->due - quality->frame;
        const int64_t step = left < room ? left : room;
        quality->frame += step;
        left -= step;
        end_seconds(quality);
    }
}

bool myo_quality_next(myo_quality *quality, myo_quality_second *next)
{
    if (quality->count == 0) {
        return false;
    }
    *next = quality->queue[quality->first];
    quality->first = (quality->first + 1) % quality->room;
    quality->count--;
    return true;
}

void myo_quality_summary_get(const myo_quality *quality, uint32_t channel,
                             myo_quality_summary *summary)
{
    *summary = quality->channels[channel].summary;
}

const char *myo_verdict_name(myo_verdict verdict)
{
    static const char *const names[] = {"usable", "doubtful", "unusable"};
    return (size_t)verdict < 3 ? names[verdict] : "unknown";
}

const char *myo_quality_reason_text(uint32_t bit)
{
    static const char *const texts[] = {
        "flat line",         "lead off", "clipped",         "frames missing", "mains hum",
        "stimulator pulses", "motion",   "baseline drifts", "heart beats",    "noisy"};
    uint32_t index = 0;
    while (index < sizeof texts / sizeof *texts && bit != 1u << index) {
        index++;
    }
    return index < sizeof texts / sizeof *texts ? texts[index] : "unknown";
}
