/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of samples, one row a channel, so that a channel's columns are read front to back. */
#include "history.h"

#include <math.h>
#include <stdlib.h>

/* The page promises to look back 60 s while it is frozen; 10 s more, because time goes on while it
 * looks. */
#define LEAST_S 70.0
#define MOST_S  600.0
#define BYTES   (64.0 * 1024 * 1024)
/* The high-pass has forgotten after so many periods of its corner: exp(-2 pi 0.707 4) = 2e-8. */
#define SETTLE_PERIODS 4.0

struct myo_web_history {
    double rate_hz;
    uint32_t channels;
    int64_t capacity, begin, end;
    float *samples;
};

double myo_web_history_seconds(double rate_hz, uint32_t channels)
{
    double affordable = BYTES / (rate_hz * channels * sizeof(float));
    return fmin(fmax(affordable, LEAST_S), MOST_S);
}

myo_status myo_web_history_new(double rate_hz, uint32_t channels, myo_web_history **history)
{
    myo_web_history *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    made->rate_hz = rate_hz;
    made->channels = channels;
    made->capacity = (int64_t)ceil(myo_web_history_seconds(rate_hz, channels) * rate_hz);
    made->samples = calloc((size_t)made->capacity * channels, sizeof *made->samples);
    if (made->samples == NULL) {
        free(made);
        return MYO_ERR_NO_MEMORY;
    }
    *history = made;
    return MYO_OK;
}

static float *row_of(const myo_web_history *history, uint32_t channel)
{
    return history->samples + (size_t)channel * (size_t)history->capacity;
}

static void leave_empty(myo_web_history *history, int64_t from, int64_t to)
{
    from = to - from > history->capacity ? to - history->capacity : from;
    for (uint32_t channel = 0; channel < history->channels; channel++) {
        float *row = row_of(history, channel);
        for (int64_t frame = from; frame < to; frame++) {
            row[frame % history->capacity] = NAN;
        }
    }
}

void myo_web_history_put(myo_web_history *history, int64_t start, const float *samples,
                         size_t frames)
{
    int64_t end = start + (int64_t)frames;
    if (end <= history->end) {
        return;
    }
    if (history->end == 0) {
        history->begin = history->end = start;
    }
    if (start > history->end) {
        leave_empty(history, history->end, start);
    }
    int64_t from = start > history->end ? start : history->end;
    from = end - from > history->capacity ? end - history->capacity : from;
    for (uint32_t channel = 0; channel < history->channels; channel++) {
        float *row = row_of(history, channel);
        const float *in = samples + (from - start) * history->channels + channel;
        for (int64_t frame = from; frame < end; frame++, in += history->channels) {
            row[frame % history->capacity] = *in;
        }
    }
    history->end = end;
    if (end - history->begin > history->capacity) {
        history->begin = end - history->capacity;
    }
}

int64_t myo_web_history_begin(const myo_web_history *history)
{
    return history->begin;
}

int64_t myo_web_history_end(const myo_web_history *history)
{
    return history->end;
}

/* Butterworth high-pass of 2nd order by the bilinear transform, corner prewarped (Oppenheim and
 * Schafer, Discrete-Time Signal Processing, 7.1), transposed direct form II. */
typedef struct {
    double b0, a1, a2, z1, z2;
    bool running;
} high_pass;

static high_pass high_pass_design(double hz, double rate_hz)
{
    double w = tan(3.14159265358979323846 * hz / rate_hz), root = sqrt(2.0) * w;
    double scale = 1.0 / (1.0 + root + w * w);
    return (high_pass){
        .b0 = scale, .a1 = 2.0 * (w * w - 1.0) * scale, .a2 = (1.0 - root + w * w) * scale};
}

/* Behind a hole it starts as if the first sample had stood for ever: answer 0, no ringing. */
static float high_pass_step(high_pass *f, float sample)
{
    double x = (double)sample;
    if (isnan(sample)) {
        f->running = false;
        return sample;
    }
    if (!f->running) {
        f->running = true;
        f->z1 = -f->b0 * x;
        f->z2 = f->b0 * x;
    }
    double y = f->b0 * x + f->z1;
    f->z1 = -2.0 * f->b0 * x - f->a1 * y + f->z2;
    f->z2 = f->b0 * x - f->a2 * y;
    return (float)y;
}

typedef struct {
    float low, high;
    uint32_t frames;
} column;

static float *column_write(column *c, uint32_t width, float *out)
{
    bool empty = c->low > c->high;
    *out++ = empty ? NAN : c->low;
    if (width > 1) {
        *out++ = empty ? NAN : c->high;
    }
    *c = (column){INFINITY, -INFINITY, 0};
    return out;
}

void myo_web_history_columns(const myo_web_history *history, uint32_t channel, int64_t first,
                             uint32_t width, size_t columns, double low_hz, float *out)
{
    const float *row = row_of(history, channel);
    bool filtered = low_hz > 0.0 && low_hz < 0.5 * history->rate_hz;
    high_pass f = high_pass_design(filtered ? low_hz : 1.0, history->rate_hz);
    int64_t settle = filtered ? (int64_t)(SETTLE_PERIODS * history->rate_hz / low_hz) : 0;
    int64_t frame = first - settle, end = first + (int64_t)columns * width;
    int64_t at = (frame % history->capacity + history->capacity) % history->capacity;
    column c = {INFINITY, -INFINITY, 0};
    for (; frame < end; frame++) {
        float x = frame >= history->begin && frame < history->end ? row[at] : NAN;
        at = at + 1 == history->capacity ? 0 : at + 1;
        x = filtered ? high_pass_step(&f, x) : x;
        if (frame >= first) {
            /* what is not a number compares false both times and is passed over */
            c.low = x < c.low ? x : c.low;
            c.high = x > c.high ? x : c.high;
            if (++c.frames == width) {
                out = column_write(&c, width, out);
            }
        }
    }
}

void myo_web_history_free(myo_web_history *history)
{
    if (history != NULL) {
        free(history->samples);
        free(history);
    }
}
