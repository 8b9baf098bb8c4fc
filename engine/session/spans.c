/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows the flags of the hops and tells each stretch when it has ended. */
#include "session/spans.h"

#include "emg/board.h"

#include <math.h>
#include <string.h>

/* Saturation blanks 50 ms on both sides (emg.md 7.1); edges of one train lie closer than 250 ms. */
static const double rail_bridge_ms = 50.0;
static const double edge_bridge_ms = 250.0;
/* A stretch longer than this is told in pieces, so that no event waits for ever. */
static const double span_max_ms = 10000.0;
/* A stimulator is on: many edges in half a second, and until it was silent for as long. */
static const double train_span_ms = 500.0;
static const int32_t train_edges = 7;
/* A stimulator's train of single edges. */
static const myo_rhythm_rule train_rule = {2.0, 3, 0.1, 5.0, 80.0, 0};

static void tell_span(myo_spans *self, int64_t now, const myo_span *span, myo_event_type type,
                      double confidence, uint32_t reasons)
{
    myo_news *news = &self->told[self->count++];
    memset(news, 0, sizeof *news);
    news->kind = MYO_NEWS_SPAN;
    news->onset_frame = span->first * self->hop_frames;
    news->offset_frame = (span->last + 1) * self->hop_frames;
    news->now_frame = (now + 1) * self->hop_frames - 1;
    news->verdict = (myo_verdict){type, confidence, reasons};
    news->peak = span->size;
}

static void tell_train(myo_spans *self, int64_t now)
{
    const bool one_step = self->train.count == 1 && self->train.size < 0.0;
    const uint32_t reasons =
        (1u << MYO_REASON_HIGH_FREQUENCY) | (self->train.count > 2 ? 1u << MYO_REASON_PERIODIC : 0);
    self->train.size = fabs(self->train.size);
    tell_span(self, now, &self->train, one_step ? MYO_EVENT_CLICK : MYO_EVENT_STIMULUS, 0.9,
              reasons);
}

void myo_spans_follow(myo_spans *self, uint8_t flags, float edge, int64_t at, bool lost)
{
    if (flags & MYO_HOP_LOST) {
        myo_span_touch(&self->gap, at, 0.0);
        self->gap_frames += self->hop_frames;
    }
    if (flags & MYO_HOP_SATURATED) {
        myo_span_touch(&self->rail, at, 0.0);
        self->saturated_frames += self->hop_frames;
    }
    if (flags & MYO_HOP_EDGE) {
        myo_span_touch(&self->train, at, 0.0);
        myo_rhythm_add(&self->edges, (double)at * self->hop_ms, 1.0);
    }
    if (self->train.open && edge > 0.0f) {
        /* The sign tells a step from an impulse; it matters only while there is one edge. */
        const double size = fmax(fabs(self->train.size), (double)edge);
        self->train.size = (flags & MYO_HOP_STEP) ? -size : size;
    }
    if (myo_span_ends(&self->gap, at, lost)) {
        tell_span(self, at, &self->gap, MYO_EVENT_GAP, 1.0, 0);
    }
    if (myo_span_ends(&self->rail, at, false)) {
        tell_span(self, at, &self->rail, MYO_EVENT_SATURATION, 1.0, 0);
    }
    if (myo_span_ends(&self->train, at, false)) {
        tell_train(self, at);
    }
}

bool myo_spans_next(myo_spans *self, myo_news *news)
{
    if (self->count == 0) {
        return false;
    }
    *news = self->told[--self->count];
    return true;
}

void myo_spans_end(myo_spans *self, int64_t at)
{
    if (self->gap.open) {
        self->gap.open = false;
        tell_span(self, at, &self->gap, MYO_EVENT_GAP, 1.0, 0);
    }
    if (self->rail.open) {
        self->rail.open = false;
        tell_span(self, at, &self->rail, MYO_EVENT_SATURATION, 1.0, 0);
    }
    if (self->train.open) {
        self->train.open = false;
        tell_train(self, at);
    }
}

bool myo_spans_stimulator_on(const myo_spans *self, double at_ms)
{
    if (myo_rhythm_recent(&self->edges, at_ms + train_span_ms, 2.0 * train_span_ms) >=
        train_edges) {
        return true;
    }
    const myo_rhythm none = {.count = 0};
    const int32_t last = (self->edges.next + MYO_RHYTHM_LENGTH - 1) % MYO_RHYTHM_LENGTH;
    const double last_ms = self->edges.at_ms[last];
    return self->edges.count > 3 && fabs(last_ms - at_ms) < train_span_ms &&
           myo_rhythm_period(&self->edges, &none, last_ms, 1.0, &train_rule) > 0.0;
}

int64_t myo_spans_open_hop(const myo_spans *self)
{
    const myo_span *spans[] = {&self->gap, &self->rail, &self->train};
    int64_t hop = INT64_MAX;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        hop = spans[i]->open && spans[i]->first < hop ? spans[i]->first : hop;
    }
    return hop;
}

void myo_spans_skip(myo_spans *self, int64_t hops, int64_t end)
{
    myo_span_touch(&self->gap, end - hops, 0.0);
    self->gap.last += hops - 1;
    self->gap.skipped += hops;
    self->gap_frames += hops * self->hop_frames;
}

void myo_spans_init(myo_spans *self, double hop_ms, int32_t hop_frames)
{
    self->hop_ms = hop_ms;
    self->hop_frames = hop_frames;
    self->gap.bridge_hops = self->rail.bridge_hops = myo_hops(rail_bridge_ms, hop_ms);
    self->train.bridge_hops = myo_hops(edge_bridge_ms, hop_ms);
    self->gap.max_hops = self->rail.max_hops = self->train.max_hops = myo_hops(span_max_ms, hop_ms);
}

void myo_spans_reset(myo_spans *self)
{
    myo_rhythm_reset(&self->edges);
    self->gap.open = self->rail.open = self->train.open = false;
    self->gap_frames = self->saturated_frames = 0;
    self->count = 0;
}
