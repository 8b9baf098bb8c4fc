/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beat finder: runs at about 400 Hz in 8-30 Hz, where a QRS of 7-12 ms is strong and muscle weak.
 *
 * A candidate is the highest point of the loudest channel's envelope within 120 ms to both sides.
 * It is a beat when the shape of all channels about it is like the mean of those before it, and it
 * comes in time; a rhythm holds after four in a row. Chance likeness in noise then costs nothing
 * but a few frames: a gate that is set at random leaves the RMS unbiased. */
#include "emg/beat.h"

#include "dsp/boot.h"
#include "myotwitch/band.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FINDER_HZ    400.0
#define LOW_HZ       8.0
#define HIGH_HZ      30.0
#define QRS_HZ       12.0  /* where the filter delays as it does a QRS of 7-12 ms (measured) */
#define SMOOTH       16    /* steps of the envelope: 40 ms, half a QRS as the filter shows it */
#define LOOK_S       0.12  /* nothing higher so far to both sides */
#define SHAPE_S      0.10  /* reach of the compared shape */
#define RAISED       4.0   /* power of a candidate over the channel's median */
#define MEDIAN_STEP  0.005 /* relative step of the running median: settles in a second */
#define FAR          30.0  /* a contraction, not noise: the median rises by an eighth step only */
#define WEAK         0.15  /* of the mean beat's level: too small for a beat */
#define RR_MIN_S     0.33  /* 180 a minute */
#define RR_MAX_S     1.6   /* 37 a minute */
#define RR_CHANGE    0.25
#define LOCK_MATCHES 4
#define MISSES       3   /* unlike candidates before a rhythmless shape is dropped */
#define SILENCE_S    4.0 /* without a beat the rhythm is lost */
#define INTERVALS    15
#define SHAPE_MEMORY 16.0
#define WARM_S       0.3 /* the filters' own start */

typedef struct {
    double s1[MYO_BAND_SECTIONS], s2[MYO_BAND_SECTIONS];
    double sum;    /* of the step's raw samples */
    double median; /* running median of the envelope */
    double scale;  /* one over its root */
} channel_state;

struct myo_beat_finder {
    double match;
    uint32_t channels;
    int32_t step; /* frames to one step */
    double step_s;
    double lag; /* frames from an R wave to its peak in the envelope */
    myo_band band;
    int32_t look, reach, wait, history; /* steps */
    channel_state *state;
    float *q;            /* [history][channel], filtered */
    float *level;        /* [history], envelope of the loudest channel over its median */
    float *shape, *seen; /* [2 reach + 1][channel]: mean beat, candidate */

    int64_t origin; /* frame of step 0 */
    int32_t filled; /* frames in the running step */
    int64_t steps;
    int64_t last; /* step of the last match, -1 = none */
    int32_t matches, misses;
    bool locked;
    bool known;      /* shape is from a rhythm that was lost */
    double interval; /* last, s; 0 = not known */
    double likeness;
    double strength; /* mean level of the beats */
    double intervals[INTERVALS];
    int32_t interval_count;
};

static void design(myo_beat_finder *self, double rate_hz)
{
    const double steps_hz = rate_hz / (double)self->step;
    myo_band_design(steps_hz, LOW_HZ, HIGH_HZ, &self->band);
    self->step_s = 1.0 / steps_hz;
    self->look = (int32_t)(LOOK_S * steps_hz + 0.5);
    self->reach = (int32_t)(SHAPE_S * steps_hz + 0.5);
    self->wait = self->look > self->reach ? self->look : self->reach;
    self->history = 2 * self->wait + SMOOTH + 2;
    self->lag = (myo_band_delay(&self->band, steps_hz, QRS_HZ) + 0.5 * (double)(SMOOTH - 1)) *
                (double)self->step;
}

myo_status myo_beat_finder_new(const myo_ecg_config *config, myo_beat_finder **finder)
{
    *finder = NULL;
    myo_beat_finder *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->match = config->match;
    self->channels = config->channels;
    self->step = (int32_t)fmax(1.0, floor(config->rate_hz / FINDER_HZ + 0.5));
    design(self, config->rate_hz);
    const size_t channels = config->channels;
    self->state = calloc(channels, sizeof *self->state);
    self->q = calloc((size_t)self->history * channels, sizeof(float));
    self->level = calloc((size_t)self->history, sizeof(float));
    self->shape = calloc((size_t)(2 * self->reach + 1) * channels, sizeof(float));
    self->seen = calloc((size_t)(2 * self->reach + 1) * channels, sizeof(float));
    if (!self->state || !self->q || !self->level || !self->shape || !self->seen) {
        myo_beat_finder_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    myo_beat_finder_restart(self, 0);
    *finder = self;
    return MYO_OK;
}

void myo_beat_finder_free(myo_beat_finder *finder)
{
    if (!finder) {
        return;
    }
    free(finder->state);
    free(finder->q);
    free(finder->level);
    free(finder->shape);
    free(finder->seen);
    free(finder);
}

static void forget_rhythm(myo_beat_finder *self)
{
    self->last = -1;
    self->matches = 0;
    self->misses = 0;
    self->locked = false;
    self->interval = 0.0;
    self->interval_count = 0;
}

void myo_beat_finder_restart(myo_beat_finder *finder, int64_t frame)
{
    memset(finder->state, 0, finder->channels * sizeof *finder->state);
    finder->origin = frame;
    finder->filled = 0;
    finder->steps = 0;
    finder->known = false;
    finder->likeness = 0.0;
    forget_rhythm(finder);
}

/* Transposed direct form II of the band's sections, numerator 1 - z^-2. */
static double filter(const myo_band *band, channel_state *s, double x)
{
    x *= band->gain;
    for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
        const double y = x + s->s1[k];
        s->s1[k] = s->s2[k] - band->section[k].a1 * y;
        s->s2[k] = -x - band->section[k].a2 * y;
        x = y;
    }
    return x;
}

static float *q_at(const myo_beat_finder *self, int64_t step)
{
    return self->q + (size_t)(step % self->history) * self->channels;
}

/* Energy of the last SMOOTH steps of a channel; the history is longer than that. */
static double envelope(const myo_beat_finder *self, uint32_t channel)
{
    int64_t slot = self->steps % self->history;
    double sum = 0.0;
    for (int k = 0; k < SMOOTH && k <= self->steps; k++) {
        const double q = (double)self->q[(size_t)slot * self->channels + channel];
        sum += q * q;
        slot = slot > 0 ? slot - 1 : self->history - 1;
    }
    return sum;
}

/* Equal chances up and down hold it at the median. */
static void follow(double *median, double power)
{
    const double step = power > FAR * *median ? 0.125 * MEDIAN_STEP : MEDIAN_STEP;
    *median *= power > *median ? 1.0 + step : 1.0 / (1.0 + step);
}

/* Filters one step of every channel; returns the level of the loudest. */
static double take_step(myo_beat_finder *self)
{
    double highest = 0.0;
    float *q = q_at(self, self->steps);
    const bool warm = (double)self->steps * self->step_s < WARM_S;
    for (uint32_t c = 0; c < self->channels; c++) {
        channel_state *s = &self->state[c];
        q[c] = (float)filter(&self->band, s, s->sum / (double)self->step);
        s->sum = 0.0;
        const double power = envelope(self, c);
        if (warm || s->median <= 0.0) {
            s->median = power;
            continue;
        }
        highest = fmax(highest, power / s->median);
        follow(&s->median, power);
    }
    return highest;
}

static double level_at(const myo_beat_finder *self, int64_t step)
{
    return step < 0 ? 0.0 : (double)self->level[step % self->history];
}

static bool is_candidate(const myo_beat_finder *self, int64_t step)
{
    const double level = level_at(self, step);
    if (level < RAISED) {
        return false;
    }
    for (int32_t k = 1; k <= self->look; k++) {
        if (level_at(self, step - k) >= level || level_at(self, step + k) > level) {
            return false;
        }
    }
    return true;
}

/* Copies the shape about @p step, each channel in units of its median; returns the likeness. */
static double compare(myo_beat_finder *self, int64_t step)
{
    double xx = 0.0, tt = 0.0, xt = 0.0;
    float *out = self->seen;
    const float *mean = self->shape;
    for (uint32_t c = 0; c < self->channels; c++) {
        const double median = self->state[c].median;
        self->state[c].scale = median > 0.0 ? 1.0 / sqrt(median) : 0.0;
    }
    for (int64_t k = step - self->reach; k <= step + self->reach; k++) {
        const float *q = k < 0 ? NULL : q_at(self, k);
        for (uint32_t c = 0; c < self->channels; c++, out++, mean++) {
            const double x = q ? (double)q[c] * self->state[c].scale : 0.0;
            *out = (float)x;
            xx += x * x;
            tt += (double)*mean * (double)*mean;
            xt += x * (double)*mean;
        }
    }
    return xx > 0.0 && tt > 0.0 ? xt / sqrt(xx * tt) : 0.0;
}

static void learn_shape(myo_beat_finder *self, double weight)
{
    const size_t count = (size_t)(2 * self->reach + 1) * self->channels;
    for (size_t i = 0; i < count; i++) {
        self->shape[i] += (float)weight * (self->seen[i] - self->shape[i]);
    }
}

static void begin_anew(myo_beat_finder *self, int64_t step)
{
    learn_shape(self, 1.0);
    self->matches = 1;
    self->misses = 0;
    self->interval = 0.0;
    self->strength = level_at(self, step);
    self->last = step;
}

/* A beat of the shape; true when the rhythm holds. */
static bool accept(myo_beat_finder *self, int64_t step, double likeness, double interval)
{
    const bool in_time = interval <= RR_MAX_S;
    const bool steady =
        self->interval == 0.0 || fabs(interval - self->interval) < RR_CHANGE * self->interval;
    if (!self->locked && !(in_time && steady)) {
        begin_anew(self, step);
        return false;
    }
    self->matches++;
    self->misses = 0;
    learn_shape(self, 1.0 / fmin((double)self->matches, SHAPE_MEMORY));
    self->strength += (level_at(self, step) - self->strength) / SHAPE_MEMORY;
    self->likeness += (likeness - self->likeness) / fmin((double)self->matches - 1.0, SHAPE_MEMORY);
    self->interval = in_time ? interval : 0.0;
    if (in_time) {
        self->intervals[self->interval_count++ % INTERVALS] = interval;
    }
    self->last = step;
    self->locked = self->locked || self->matches >= LOCK_MATCHES;
    return self->locked;
}

/* After a contraction the old shape needs fewer matches than a new one. */
static void take_up_again(myo_beat_finder *self, int64_t step)
{
    self->last = step;
    self->misses = 0;
    self->matches = LOCK_MATCHES - 1;
}

static bool judge(myo_beat_finder *self, int64_t step)
{
    const double likeness = compare(self, step);
    const bool like = likeness >= self->match && level_at(self, step) > WEAK * self->strength;
    if (self->last < 0 && self->known && like) {
        take_up_again(self, step);
        return false;
    }
    if (self->last < 0 && !self->known) {
        begin_anew(self, step);
        return false;
    }
    if (self->last >= 0 && like) {
        const double interval = (double)(step - self->last) * self->step_s;
        return interval >= RR_MIN_S && accept(self, step, likeness, interval);
    }
    self->misses++;
    if (!self->locked && self->misses > MISSES) {
        self->known = false;
        begin_anew(self, step);
    }
    return false;
}

bool myo_beat_finder_process(myo_beat_finder *finder, const float *raw, myo_beat *beat)
{
    for (uint32_t c = 0; c < finder->channels; c++) {
        finder->state[c].sum += (double)raw[c];
    }
    if (++finder->filled < finder->step) {
        return false;
    }
    finder->filled = 0;
    finder->level[finder->steps % finder->history] = (float)take_step(finder);
    const int64_t step = finder->steps - finder->wait;
    const bool found = step >= 0 && is_candidate(finder, step) && judge(finder, step);
    if (found) {
        /* The middle of a step stands for its mean. */
        const double middle = ((double)step + 0.5) * (double)finder->step - 0.5;
        beat->frame = finder->origin + (int64_t)floor(middle - finder->lag + 0.5);
        beat->rr_s = finder->interval;
        beat->likeness = finder->likeness;
    }
    finder->steps++;
    if (finder->locked && (double)(finder->steps - finder->last) * finder->step_s > SILENCE_S) {
        forget_rhythm(finder);
        finder->known = true;
    }
    return found;
}

bool myo_beat_finder_locked(const myo_beat_finder *finder)
{
    return finder->locked;
}

double myo_beat_finder_likeness(const myo_beat_finder *finder)
{
    return finder->likeness;
}

double myo_beat_finder_interval(const myo_beat_finder *finder, double *regular)
{
    const size_t count =
        (size_t)(finder->interval_count < INTERVALS ? finder->interval_count : INTERVALS);
    *regular = 0.0;
    if (count == 0) {
        return 0.0;
    }
    double sorted[INTERVALS];
    memcpy(sorted, finder->intervals, count * sizeof *sorted);
    myo_sort(sorted, count);
    const double median = myo_quantile_sorted(sorted, count, 0.5);
    for (size_t i = 0; i < count; i++) {
        *regular += fabs(sorted[i] - median) < RR_CHANGE * median ? 1.0 / (double)count : 0.0;
    }
    return median;
}

int64_t myo_beat_finder_delay(const myo_beat_finder *finder)
{
    return (int64_t)ceil(finder->lag) + (int64_t)(finder->wait + 2) * finder->step;
}

int64_t myo_beat_finder_least_delay(const myo_beat_finder *finder)
{
    return (int64_t)finder->lag + (int64_t)finder->wait * finder->step;
}
