/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One channel: hops -> bursts -> verdicts. */
#include "session/channel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Saturation blanks 50 ms on both sides (emg.md 7.1); edges of one train lie closer than 250 ms. */
static const double rail_bridge_ms = 50.0;
static const double edge_bridge_ms = 250.0;
/* A stretch longer than this is told in pieces, so that no event waits for ever. */
static const double span_max_ms = 10000.0;
/* A stimulator is on: many edges in half a second, and until it was silent for as long. */
static const double train_span_ms = 500.0;
static const int32_t train_edges = 7;
/* Among several bursts that are a stimulator's by their shape or rhythm, no other is a muscle's. */
static const double stimuli_span_ms = 2200.0;
static const int32_t stimuli_least = 3;
/* Needle channel: activity within 500 ms of a movement of the needle is suspect (emg.md 1.2). */
static const double needle_context_ms = 500.0;
static const double needle_motion_ratio = 60.0;
/* Within the refractory time only what is clearly stronger than the event before is an event itself. */
static const double afterdischarge_db = 6.0;
static const double turn_sigmas = 3.0;

/* A stimulator's train of single edges. */
static const myo_rhythm_rule train_rule = {2.0, 3, 0.1, 5.0, 80.0};
/* 37 to 170 beats a minute; sinus rhythm varies by several per cent from beat to beat. */
static const myo_rhythm_rule heart_rule = {2.0, 2, 0.2, 350.0, 1600.0};
/* Muscle does not repeat itself to 2 % in time and 15 % in size, three times in a row, nor at any size
 * like a clock, four times: a stimulator may swell. */
static const myo_rhythm_rule even_rule = {1.15, 2, 0.02, 20.0, 2200.0};
static const myo_rhythm_rule clock_rule = {6.0, 3, 0.006, 200.0, 2200.0};

/* HELD: bursts of the warm-up that wait for those behind them; packets of 2 Hz are five. */
enum { BALANCES = 12, HELD = 8 };

struct myo_channel {
    myo_config config;
    double hop_ms, delay_frames;
    int32_t hop_frames;
    bool hum_active;
    myo_classify_config classify_config;
    myo_hop_ring ring;
    myo_burst_detector *detector;
    myo_rhythm low, muscle, both, stimuli, edges;
    double balance[BALANCES];
    uint32_t balances;
    myo_burst held[HELD];
    int32_t held_count;
    myo_span gap, rail, train;
    int64_t needle_moved_hop;
    int64_t last_muscle_end;
    double last_muscle_db;
    myo_channel_summary summary;
    myo_news spans[MYO_CHANNEL_SPANS];
    int32_t span_count;
};

/* --- hops ---------------------------------------------------------------------------------- */

static void tell_span(myo_channel *self, const myo_span *span, myo_event_type type,
                      double confidence, uint32_t reasons)
{
    myo_news *news = &self->spans[self->span_count++];
    memset(news, 0, sizeof *news);
    news->kind = MYO_NEWS_SPAN;
    news->onset_frame = span->first * self->hop_frames;
    news->offset_frame = (span->last + 1) * self->hop_frames;
    news->now_frame = myo_hop_end(&self->ring) * self->hop_frames - 1;
    news->verdict = (myo_verdict){type, confidence, reasons};
    news->peak = span->size;
}

static void tell_train(myo_channel *self)
{
    const bool one_step = self->train.count == 1 && self->train.size < 0.0;
    const uint32_t reasons =
        (1u << MYO_REASON_HIGH_FREQUENCY) | (self->train.count > 2 ? 1u << MYO_REASON_PERIODIC : 0);
    self->train.size = fabs(self->train.size);
    tell_span(self, &self->train, one_step ? MYO_EVENT_CLICK : MYO_EVENT_STIMULUS, 0.9, reasons);
}

static void follow_spans(myo_channel *self, const myo_hop *hop, float edge, int64_t at)
{
    if (hop->flags & MYO_HOP_LOST) {
        myo_span_touch(&self->gap, at, 0.0);
        self->summary.gap_frames += self->hop_frames;
    }
    if (hop->flags & MYO_HOP_SATURATED) {
        myo_span_touch(&self->rail, at, 0.0);
        self->summary.saturated_frames += self->hop_frames;
    }
    if (hop->flags & MYO_HOP_EDGE) {
        myo_span_touch(&self->train, at, 0.0);
        myo_rhythm_add(&self->edges, (double)at * self->hop_ms, 1.0);
    }
    if (self->train.open && edge > 0.0f) {
        /* The sign tells a step from an impulse; it matters only while there is one edge. */
        const double size = fmax(fabs(self->train.size), (double)edge);
        self->train.size = (hop->flags & MYO_HOP_STEP) ? -size : size;
    }
    if (myo_span_ends(&self->gap, at)) {
        tell_span(self, &self->gap, MYO_EVENT_GAP, 1.0, 0);
    }
    if (myo_span_ends(&self->rail, at)) {
        tell_span(self, &self->rail, MYO_EVENT_SATURATION, 1.0, 0);
    }
    if (myo_span_ends(&self->train, at)) {
        tell_train(self);
    }
}

void myo_channel_watch_needle(myo_channel *self)
{
    const int64_t at = myo_hop_end(&self->ring) - 1;
    const myo_hop hop = myo_hop_at(&self->ring, at);
    const double noise = myo_burst_detector_noise(self->detector, MYO_LANE_LOW);
    const double low = (double)hop.energy[MYO_LANE_LOW] / self->hop_frames;
    if ((hop.flags & MYO_HOP_EDGE) || (noise > 0.0 && low > needle_motion_ratio * noise)) {
        self->needle_moved_hop = at;
    }
}

/* When hum begins or ceases to be taken away, the floor that was learned before is void. */
static void follow_hum(myo_channel *self, const myo_hop *hop)
{
    if (hop->flags & MYO_HOP_LOST) {
        return;
    }
    const bool active = hop->flags & MYO_HOP_HUM;
    if (active != self->hum_active) {
        myo_burst_detector_forget(self->detector);
    }
    self->hum_active = active;
}

double myo_channel_turn_limit(const myo_channel *self)
{
    return turn_sigmas * sqrt(myo_burst_detector_noise(self->detector, MYO_LANE_MEASURE));
}

void myo_channel_add(myo_channel *self, float edge)
{
    const int64_t at = myo_hop_end(&self->ring) - 1;
    const myo_hop hop = myo_hop_at(&self->ring, at);
    myo_burst_detector_wake(self->detector);
    follow_spans(self, &hop, edge, at);
    follow_hum(self, &hop);
    myo_burst_detector_process(self->detector);
}

void myo_channel_wake(myo_channel *self)
{
    myo_burst_detector_wake(self->detector);
}

bool myo_channel_block(myo_channel *self)
{
    return myo_burst_detector_block(self->detector);
}

bool myo_channel_rest(myo_channel *self)
{
    return !self->gap.open && !self->rail.open && !self->train.open && self->span_count == 0 &&
           myo_burst_detector_rest(self->detector);
}

void myo_channel_skip(myo_channel *self, int64_t hops)
{
    myo_burst_detector_skip(self->detector);
    myo_span_touch(&self->gap, myo_hop_end(&self->ring) - hops, 0.0);
    self->gap.last += hops - 1;
    self->gap.skipped += hops;
    self->summary.gap_frames += hops * self->hop_frames;
}

/* --- news ---------------------------------------------------------------------------------- */

static int64_t frame_of(const myo_channel *self, double hop)
{
    const double frame = floor(hop * self->hop_frames - self->delay_frames + 0.5);
    return frame < 0.0 ? 0 : (int64_t)frame;
}

static int32_t stimuli_around(const myo_channel *self, double at_ms)
{
    const myo_context nothing = {0};
    int32_t count = myo_rhythm_recent(&self->stimuli, at_ms, stimuli_span_ms);
    for (int32_t i = 0; i < self->held_count; i++) {
        const myo_burst *burst = &self->held[i];
        count += burst->onset_hop * self->hop_ms - at_ms < stimuli_span_ms &&
                 myo_classify(&self->classify_config, burst, &nothing).type == MYO_EVENT_STIMULUS;
    }
    return count;
}

static bool stimulator_on(const myo_channel *self, double at_ms)
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

/* Median of the last slow events' balances; 0 before there were a few. */
static double usual_balance(const myo_channel *self)
{
    double sorted[BALANCES];
    const uint32_t count = self->balances < BALANCES ? self->balances : BALANCES;
    if (count < 4) {
        return 0.0;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i;
        for (; at > 0 && sorted[at - 1] > self->balance[i]; at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = self->balance[i];
    }
    return sorted[count / 2];
}

static double size_of(const myo_burst *burst)
{
    return pow(10.0, burst->measure.level_db / 20.0);
}

/* The held bursts behind this one, backwards in time: those of its kind, and those of both kinds. */
static void look_ahead(const myo_channel *self, bool low, double usual, myo_rhythm *after,
                       myo_rhythm *both)
{
    myo_rhythm_reset(after);
    myo_rhythm_reset(both);
    for (int32_t i = self->held_count - 1; i >= 0; i--) {
        const myo_burst *burst = &self->held[i];
        const double at_ms = -burst->onset_hop * self->hop_ms;
        myo_rhythm_add(both, at_ms, size_of(burst));
        if (myo_is_low_dominated(burst, usual) == low) {
            myo_rhythm_add(after, at_ms, size_of(burst));
        }
    }
}

static myo_context context_of(myo_channel *self, const myo_burst *burst, double onset_ms)
{
    myo_context context = {0};
    const double size = size_of(burst);
    context.stimulator_on = stimulator_on(self, onset_ms);
    const int64_t since = (int64_t)burst->onset_hop - self->needle_moved_hop;
    context.needle_moved =
        since <= myo_hops(needle_context_ms, self->hop_ms) && self->needle_moved_hop >= 0;
    context.usual_balance = usual_balance(self);
    const bool low = myo_is_low_dominated(burst, context.usual_balance);
    myo_rhythm after;
    myo_rhythm both_after;
    look_ahead(self, low, context.usual_balance, &after, &both_after);
    if (low) {
        self->balance[self->balances++ % BALANCES] = burst->measure.low_balance;
        context.period_ms = myo_rhythm_period(&self->low, &after, onset_ms, size, &heart_rule);
        context.heart_rate = context.period_ms > 0.0;
        myo_rhythm_add(&self->low, onset_ms, size);
    } else {
        const double even = myo_rhythm_period(&self->muscle, &after, onset_ms, size, &even_rule);
        context.period_ms =
            even > 0.0 ? even
                       : myo_rhythm_period(&self->both, &both_after, onset_ms, size, &clock_rule);
        myo_rhythm_add(&self->muscle, onset_ms, size);
    }
    myo_rhythm_add(&self->both, onset_ms, size);
    return context;
}

static void fill_features(const myo_burst *burst, const myo_context *context, double *features)
{
    const myo_measure *m = &burst->measure;
    features[MYO_FEATURE_DURATION_MS] = m->active_ms;
    features[MYO_FEATURE_EFFECTIVE_MS] = m->effective_ms;
    features[MYO_FEATURE_STRENGTH] = burst->strength;
    features[MYO_FEATURE_RISE_MS] = m->rise_ms;
    features[MYO_FEATURE_CENTROID] = m->centroid;
    features[MYO_FEATURE_ATTACK] = m->attack;
    features[MYO_FEATURE_TURNS] = m->turns;
    features[MYO_FEATURE_LF_RATIO] = m->lf_ratio;
    features[MYO_FEATURE_LOW_BALANCE] = m->low_balance;
    features[MYO_FEATURE_BAND_FRACTION] = m->band_fraction;
    features[MYO_FEATURE_HIGH_FRACTION] = m->high_fraction;
    features[MYO_FEATURE_POST_LEVEL] = m->post_level;
    features[MYO_FEATURE_PERIOD_MS] = context->period_ms;
}

static bool is_muscle(myo_event_type type)
{
    return type == MYO_EVENT_LTR || type == MYO_EVENT_CONTRACTION;
}

static void refuse(myo_channel *self, myo_news *news, myo_refusal why)
{
    news->refused = true;
    news->refusal = why;
    self->summary.refusals[why]++;
}

static void judge(myo_channel *self, const myo_burst *burst, myo_news *news)
{
    const double onset_ms = burst->onset_hop * self->hop_ms;
    const myo_context context = context_of(self, burst, onset_ms);
    news->verdict = myo_classify(&self->classify_config, burst, &context);
    if (news->verdict.type == MYO_EVENT_STIMULUS) {
        myo_rhythm_add(&self->stimuli, onset_ms, 1.0);
    }
    news->peak = burst->measure.peak;
    news->snr_db = burst->measure.snr_db;
    news->level_db = burst->measure.level_db;
    fill_features(burst, &context, news->features);
    const bool like_muscle =
        is_muscle(news->verdict.type) || news->verdict.type == MYO_EVENT_SINGLE_UNIT;
    if (context.stimulator_on || (like_muscle && stimuli_around(self, onset_ms) >= stimuli_least)) {
        refuse(self, news, MYO_REFUSED_STIMULATOR);
        return;
    }
    if (burst->floor_moved) {
        refuse(self, news, MYO_REFUSED_FLOOR);
        return;
    }
    if (myo_is_too_weak(burst)) {
        refuse(self, news, MYO_REFUSED_TOO_SMALL);
        return;
    }
    if (!is_muscle(news->verdict.type)) {
        return;
    }
    if (burst->dwarfed) { /* the forerunner of what comes */
        refuse(self, news, MYO_REFUSED_REFRACTORY);
        return;
    }
    const double since = burst->onset_hop - (double)self->last_muscle_end;
    if (burst->follows && since < self->config.refractory_ms / self->hop_ms &&
        news->level_db < self->last_muscle_db + afterdischarge_db) {
        refuse(self, news, MYO_REFUSED_REFRACTORY);
    }
    self->last_muscle_db = news->level_db;
    self->last_muscle_end = burst->end_hop;
}

static void news_of(myo_channel *self, const myo_burst *burst, myo_news *news)
{
    memset(news, 0, sizeof *news);
    news->serial = burst->serial;
    news->onset_frame = frame_of(self, burst->onset_hop);
    news->offset_frame = frame_of(self, (double)burst->end_hop);
    if (news->offset_frame <= news->onset_frame) {
        news->offset_frame = news->onset_frame + 1;
    }
    if (burst->news == MYO_BURST_OPENED) {
        news->kind = MYO_NEWS_OPENED;
        news->now_frame = (burst->opened_hop + 1) * self->hop_frames - 1;
        return;
    }
    news->kind = MYO_NEWS_SETTLED;
    news->now_frame = (burst->settled_hop + 1) * self->hop_frames - 1;
    judge(self, burst, news);
}

bool myo_channel_next_span(myo_channel *self, myo_news *news)
{
    if (self->span_count == 0) {
        return false;
    }
    *news = self->spans[--self->span_count];
    return true;
}

static void tell_held(myo_channel *self, myo_news *news)
{
    const myo_burst burst = self->held[0];
    self->held_count--;
    memmove(self->held, self->held + 1, (size_t)self->held_count * sizeof self->held[0]);
    news_of(self, &burst, news);
}

bool myo_channel_next(myo_channel *self, myo_news *news)
{
    for (;;) {
        myo_burst burst;
        const bool replaying = myo_burst_detector_replaying(self->detector);
        if (self->held_count > (replaying ? HELD - 1 : 0)) {
            tell_held(self, news);
            return true;
        }
        if (!myo_burst_detector_next(self->detector, &burst)) {
            if (!myo_burst_detector_step(self->detector) && self->held_count == 0) {
                return false;
            }
        } else if (replaying && burst.news == MYO_BURST_SETTLED) {
            self->held[self->held_count++] = burst;
        } else {
            news_of(self, &burst, news);
            return true;
        }
    }
}

void myo_channel_end_spans(myo_channel *self)
{
    if (self->gap.open) {
        self->gap.open = false;
        tell_span(self, &self->gap, MYO_EVENT_GAP, 1.0, 0);
    }
    if (self->rail.open) {
        self->rail.open = false;
        tell_span(self, &self->rail, MYO_EVENT_SATURATION, 1.0, 0);
    }
    if (self->train.open) {
        self->train.open = false;
        tell_train(self);
    }
}

bool myo_channel_finish(myo_channel *self)
{
    return myo_burst_detector_finish(self->detector);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t myo_channel_settled(const myo_channel *self)
{
    int64_t hop = myo_burst_detector_undecided(self->detector);
    const myo_span *spans[] = {&self->gap, &self->rail, &self->train};
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        hop = spans[i]->open ? earlier(hop, spans[i]->first) : hop;
    }
    if (self->held_count > 0) {
        hop = earlier(hop, (int64_t)self->held[0].onset_hop);
    }
    int64_t frame = frame_of(self, (double)hop);
    for (int32_t i = 0; i < self->span_count; i++) {
        frame = earlier(frame, self->spans[i].onset_frame);
    }
    return frame;
}

int64_t myo_channel_delay(const myo_channel *self)
{
    return (int64_t)(self->delay_frames + 0.5);
}

void myo_channel_meter(const myo_channel *self, myo_meter *meter)
{
    static const struct {
        uint8_t hop;
        uint8_t meter;
    } names[] = {
        {MYO_HOP_INVALID | MYO_HOP_LOST | MYO_HOP_HELD, MYO_METER_BLANKED},
        {MYO_HOP_SATURATED, MYO_METER_SATURATED},
        {MYO_HOP_HUM, MYO_METER_HUM},
    };
    const double hop_scale = 1.0 / self->hop_frames;
    const int64_t end = myo_hop_end(&self->ring);
    const uint8_t flags = end > 0 ? myo_hop_at(&self->ring, end - 1).flags : 0;
    double energy = 0.0;
    double limit = 0.0;
    *meter = (myo_meter){.flags = 0};
    if (myo_burst_detector_armed(self->detector)) {
        myo_burst_detector_level(self->detector, &energy, &limit);
        meter->envelope = sqrt(energy * hop_scale);
        meter->threshold = sqrt(limit * hop_scale);
        meter->floor = sqrt(myo_burst_detector_noise(self->detector, MYO_LANE_DETECT));
        meter->flags = MYO_METER_ARMED;
    }
    meter->flags |= myo_burst_detector_active(self->detector) ? MYO_METER_ACTIVE : 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        meter->flags |= (flags & names[i].hop) ? names[i].meter : 0;
    }
}

void myo_channel_summarise(const myo_channel *self, myo_channel_summary *summary)
{
    *summary = self->summary;
    summary->floor_rms = sqrt(myo_burst_detector_noise(self->detector, MYO_LANE_MEASURE));
    summary->detect_floor_rms = sqrt(myo_burst_detector_noise(self->detector, MYO_LANE_DETECT));
}

/* --- life ---------------------------------------------------------------------------------- */

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* A band, or silence where the rate has no room for it. */
static myo_status design(double rate_hz, double low_hz, double high_hz, myo_band *band)
{
    const double high = least(high_hz, 0.45 * rate_hz);
    if (high < 1.2 * low_hz) {
        myo_band_silence(band);
        return MYO_OK;
    }
    return myo_band_design(rate_hz, low_hz, high, band);
}

/* The bands of a channel in Hz (emg.md 7.1); a needle's are wider unless they were set. */
static void band_edges(const myo_config *config, uint32_t index, double low[MYO_LANE_COUNT],
                       double high[MYO_LANE_COUNT])
{
    const bool needle = config->profile[index] == MYO_PROFILE_NEEDLE;
    myo_config usual;
    myo_config_default(&usual, config->rate_hz, config->channels);
    low[MYO_LANE_MEASURE] = config->measure_low_hz;
    high[MYO_LANE_MEASURE] = config->measure_high_hz;
    low[MYO_LANE_DETECT] = config->detect_low_hz;
    high[MYO_LANE_DETECT] = config->detect_high_hz;
    low[MYO_LANE_LOW] = 8.0;
    high[MYO_LANE_LOW] = 45.0;
    if (needle && config->measure_high_hz == usual.measure_high_hz) {
        high[MYO_LANE_MEASURE] = 2000.0;
    }
    if (needle && config->detect_low_hz == usual.detect_low_hz &&
        config->detect_high_hz == usual.detect_high_hz) {
        low[MYO_LANE_DETECT] = 100.0;
        high[MYO_LANE_DETECT] = 2000.0;
    }
    low[MYO_LANE_HIGH] = 1.15 * high[MYO_LANE_MEASURE];
    high[MYO_LANE_HIGH] = 5.0 * high[MYO_LANE_MEASURE];
}

myo_status myo_channel_design(const myo_config *config, uint32_t index, myo_band *bands,
                              double *high_hz)
{
    double low[MYO_LANE_COUNT];
    double high[MYO_LANE_COUNT];
    band_edges(config, index, low, high);
    *high_hz = high[MYO_LANE_DETECT];
    myo_status status = MYO_OK;
    for (int lane = 0; lane < MYO_LANE_COUNT && status == MYO_OK; lane++) {
        status = design(config->rate_hz, low[lane], high[lane], &bands[lane]);
    }
    return status;
}

static myo_burst_config burst_config(const myo_config *c)
{
    return (myo_burst_config){
        .rate_hz = c->rate_hz,
        .false_alarms_per_hour = c->false_alarms_per_hour,
        .floor_window_s = c->floor_window_s,
        .arm_s = c->arm_s,
        .ltr_max_ms = c->ltr_max_ms,
        .merge_gap_ms = c->merge_gap_ms,
        .refractory_ms = c->refractory_ms,
    };
}

int32_t myo_channel_hops(const myo_config *config)
{
    const myo_burst_config burst = burst_config(config);
    return myo_burst_detector_hops(&burst);
}

static void derive(myo_channel *self, uint32_t index, const myo_band *bands,
                   myo_burst_config *burst)
{
    const myo_config *c = &self->config;
    double low[MYO_LANE_COUNT];
    double high[MYO_LANE_COUNT];
    band_edges(c, index, low, high);
    self->hop_frames = myo_hop_frames(c->rate_hz);
    self->hop_ms = 1000.0 * self->hop_frames / c->rate_hz;
    const double centre_hz =
        sqrt(low[MYO_LANE_DETECT] * least(high[MYO_LANE_DETECT], 0.45 * c->rate_hz));
    self->delay_frames = myo_band_delay(&bands[MYO_LANE_DETECT], c->rate_hz, centre_hz);
    self->classify_config =
        (myo_classify_config){c->ltr_max_ms, c->profile[index] == MYO_PROFILE_NEEDLE};
    self->gap.bridge_hops = self->rail.bridge_hops = myo_hops(rail_bridge_ms, self->hop_ms);
    self->train.bridge_hops = myo_hops(edge_bridge_ms, self->hop_ms);
    self->gap.max_hops = self->rail.max_hops = self->train.max_hops =
        myo_hops(span_max_ms, self->hop_ms);
    *burst = burst_config(c);
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        burst->bandwidth_hz[lane] = least(high[lane], 0.45 * c->rate_hz) - low[lane];
    }
}

void myo_channel_reset(myo_channel *self)
{
    myo_burst_detector_reset(self->detector);
    myo_rhythm_reset(&self->low);
    myo_rhythm_reset(&self->muscle);
    myo_rhythm_reset(&self->both);
    myo_rhythm_reset(&self->stimuli);
    myo_rhythm_reset(&self->edges);
    self->gap.open = self->rail.open = self->train.open = false;
    self->needle_moved_hop = -1;
    self->last_muscle_end = INT64_MIN / 2;
    self->last_muscle_db = 0.0;
    self->span_count = 0;
    self->balances = self->held_count = 0;
    self->hum_active = false;
    memset(&self->summary, 0, sizeof self->summary);
}

myo_status myo_channel_new(const myo_config *config, uint32_t index, const myo_band *bands,
                           myo_board *board, size_t lane, const myo_channel *like,
                           myo_channel **out)
{
    myo_channel *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    self->ring = (myo_hop_ring){&board->rows, lane};
    myo_burst_config burst;
    derive(self, index, bands, &burst);
    const myo_status status = myo_burst_detector_new(
        &burst, board, lane, like == NULL ? NULL : like->detector, &self->detector);
    if (status != MYO_OK) {
        free(self);
        return status;
    }
    myo_channel_reset(self);
    *out = self;
    return MYO_OK;
}

void myo_channel_free(myo_channel *self)
{
    if (self != NULL) {
        myo_burst_detector_free(self->detector);
        free(self);
    }
}
