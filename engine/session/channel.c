/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One channel: hops go to its spans and its burst detector, what these tell becomes news. */
#include "session/channel.h"

#include "session/judge.h"
#include "session/spans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Needle channel: slow power over so many times the noise is a movement of the needle. */
static const double needle_motion_ratio = 60.0;
/* A burst's level is the highest RMS of so long a stretch (measure.c). */
static const double level_ms = 10.0;
/* What it rises from is the mean of so long a stretch before it. */
static const double before_ms = 100.0;

struct myo_channel {
    double hop_ms, delay_frames;
    int32_t hop_frames;
    bool hum_active;
    myo_hop_ring ring;
    myo_burst_detector *detector;
    myo_spans spans;
    myo_judge judge;
    myo_held held;
    myo_channel_summary summary;
};

/* --- hops ---------------------------------------------------------------------------------- */

void myo_channel_watch_needle(myo_channel *self)
{
    myo_burst_detector_follow_ground(self->detector);
    const int64_t at = myo_hop_end(&self->ring) - 1;
    const myo_hop hop = myo_hop_at(&self->ring, at);
    const double noise = myo_burst_detector_noise(self->detector, MYO_LANE_LOW);
    const double low = (double)hop.energy[MYO_LANE_LOW] / self->hop_frames;
    if ((hop.flags & MYO_HOP_EDGE) || (noise > 0.0 && low > needle_motion_ratio * noise)) {
        self->judge.needle_moved_hop = at;
    }
}

/* When hum begins or ceases to be taken away, the floor that was learned before is void. */
static void follow_hum(myo_channel *self, uint8_t flags)
{
    if (flags & MYO_HOP_LOST) {
        return;
    }
    const bool active = flags & MYO_HOP_HUM;
    if (active != self->hum_active) {
        myo_burst_detector_forget(self->detector);
    }
    self->hum_active = active;
}

void myo_channel_add(myo_channel *self, float edge, bool lost)
{
    const int64_t at = myo_hop_end(&self->ring) - 1;
    const uint8_t flags = myo_hop_flags(&self->ring, at);
    myo_burst_detector_wake(self->detector);
    if (flags != 0 || !myo_spans_quiet(&self->spans)) {
        myo_spans_follow(&self->spans, flags, edge, at, lost);
    }
    follow_hum(self, flags);
    myo_burst_detector_process(self->detector);
}

bool myo_channel_in_gap(const myo_channel *self)
{
    return myo_spans_in_gap(&self->spans);
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
    return myo_spans_quiet(&self->spans) && myo_burst_detector_rest(self->detector);
}

int64_t myo_channel_due(const myo_channel *self)
{
    return myo_burst_detector_due(self->detector);
}

void myo_channel_skip(myo_channel *self, int64_t hops)
{
    myo_burst_detector_skip(self->detector);
    myo_spans_skip(&self->spans, hops, myo_hop_end(&self->ring));
}

/* --- news ---------------------------------------------------------------------------------- */

static int64_t frame_of(const myo_channel *self, double hop)
{
    const double frame = floor(hop * self->hop_frames - self->delay_frames + 0.5);
    return frame < 0.0 ? 0 : (int64_t)frame;
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
    if (burst->news != MYO_BURST_SETTLED) {
        news->kind = burst->news == MYO_BURST_OPENED ? MYO_NEWS_OPENED : MYO_NEWS_HERALD;
        news->now_frame = (burst->opened_hop + 1) * self->hop_frames - 1;
        return;
    }
    news->kind = MYO_NEWS_SETTLED;
    news->now_frame = (burst->settled_hop + 1) * self->hop_frames - 1;
    const bool stimulator_on =
        myo_spans_stimulator_on(&self->spans, burst->onset_hop * self->hop_ms);
    myo_judge_burst(&self->judge, burst, &self->held, stimulator_on, news);
    if (news->refused) {
        self->summary.refusals[news->refusal]++;
    }
}

bool myo_channel_next_span(myo_channel *self, myo_news *news)
{
    return myo_spans_next(&self->spans, news);
}

static void tell_held(myo_channel *self, myo_news *news)
{
    const myo_burst burst = self->held.burst[0];
    self->held.count--;
    memmove(self->held.burst, self->held.burst + 1,
            (size_t)self->held.count * sizeof self->held.burst[0]);
    news_of(self, &burst, news);
}

bool myo_channel_next(myo_channel *self, myo_news *news)
{
    if (self->held.count == 0 && !myo_burst_detector_run(self->detector)) {
        return false; /* mostly */
    }
    for (;;) {
        myo_burst burst;
        const bool replaying = myo_burst_detector_replaying(self->detector);
        if (self->held.count > (replaying ? MYO_JUDGE_HELD - 1 : 0)) {
            tell_held(self, news);
            return true;
        }
        if (!myo_burst_detector_next(self->detector, &burst)) {
            if (!myo_burst_detector_step(self->detector) && self->held.count == 0) {
                return false;
            }
        } else if (replaying && burst.news == MYO_BURST_SETTLED) {
            self->held.burst[self->held.count++] = burst;
        } else {
            news_of(self, &burst, news);
            return true;
        }
    }
}

void myo_channel_end_spans(myo_channel *self)
{
    myo_spans_end(&self->spans, myo_hop_end(&self->ring) - 1);
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
    hop = earlier(hop, myo_spans_open_hop(&self->spans));
    if (self->held.count > 0) {
        hop = earlier(hop, (int64_t)self->held.burst[0].onset_hop);
    }
    int64_t frame = frame_of(self, (double)hop);
    for (int32_t i = 0; i < self->spans.count; i++) {
        frame = earlier(frame, self->spans.told[i].onset_frame);
    }
    return frame;
}

int64_t myo_channel_delay(const myo_channel *self)
{
    return (int64_t)(self->delay_frames + 0.5);
}

static double decibel(double power, double reference)
{
    return 10.0 * log10(fmax(power, 1e-30) / fmax(reference, 1e-30));
}

static int64_t hop_of(const myo_channel *self, int64_t frame)
{
    return (int64_t)(((double)frame + self->delay_frames) / self->hop_frames);
}

bool myo_channel_lasts(const myo_channel *self, const myo_news *news)
{
    return myo_burst_detector_open_hop(self->detector) <= (double)hop_of(self, news->onset_frame);
}

myo_rise myo_channel_rise(const myo_channel *self, const myo_news *news)
{
    const int64_t onset = hop_of(self, news->onset_frame);
    const int64_t end = hop_of(self, news->offset_frame);
    const int32_t width = myo_hops(level_ms, self->hop_ms);
    const int32_t before = myo_hops(before_ms, self->hop_ms);
    const double noise =
        width * self->hop_frames * myo_burst_detector_noise(self->detector, MYO_LANE_DETECT);
    double highest = 0.0;
    for (int64_t at = onset; at + width <= end; at++) {
        highest = fmax(highest, myo_hop_energy(&self->ring, MYO_LANE_DETECT, at, at + width));
    }
    const double usual =
        myo_hop_energy(&self->ring, MYO_LANE_DETECT, onset - before, onset) * width / before;
    return (myo_rise){decibel(highest, noise), decibel(highest, fmax(usual, noise))};
}

/* What a hop says, and what the meter then says. */
static const struct {
    uint8_t hop;
    uint8_t meter;
} meter_names[] = {
    {MYO_HOP_INVALID | MYO_HOP_LOST | MYO_HOP_HELD, MYO_METER_BLANKED},
    {MYO_HOP_SATURATED, MYO_METER_SATURATED},
    {MYO_HOP_HUM, MYO_METER_HUM},
};

void myo_channel_meter(const myo_channel *self, myo_meter *meter)
{
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
    for (size_t i = 0; i < sizeof meter_names / sizeof meter_names[0]; i++) {
        meter->flags |= (flags & meter_names[i].hop) ? meter_names[i].meter : 0;
    }
}

void myo_channel_summarise(const myo_channel *self, myo_channel_summary *summary)
{
    *summary = self->summary;
    summary->gap_frames = self->spans.gap_frames;
    summary->saturated_frames = self->spans.saturated_frames;
    summary->floor_rms = sqrt(myo_burst_detector_noise(self->detector, MYO_LANE_MEASURE));
    summary->detect_floor_rms = sqrt(myo_burst_detector_noise(self->detector, MYO_LANE_DETECT));
}

/* --- life ---------------------------------------------------------------------------------- */

static myo_burst_config burst_config(const myo_config *c, bool needle)
{
    return (myo_burst_config){
        .rate_hz = c->rate_hz,
        .false_alarms_per_hour = c->false_alarms_per_hour,
        .floor_window_s = c->floor_window_s,
        .arm_s = c->arm_s,
        .ltr_max_ms = c->ltr_max_ms,
        .merge_gap_ms = c->merge_gap_ms,
        .refractory_ms = c->refractory_ms,
        .needle = needle,
    };
}

int32_t myo_channel_hops(const myo_config *config)
{
    const myo_burst_config burst = burst_config(config, false);
    return myo_burst_detector_hops(&burst);
}

static void derive(myo_channel *self, const myo_config *c, uint32_t index, const myo_band *bands,
                   myo_burst_config *burst)
{
    double low[MYO_LANE_COUNT];
    double high[MYO_LANE_COUNT];
    myo_channel_edges(c, index, low, high);
    self->hop_frames = myo_hop_frames(c->rate_hz);
    self->hop_ms = 1000.0 * self->hop_frames / c->rate_hz;
    const double centre_hz =
        sqrt(low[MYO_LANE_DETECT] * myo_channel_room(c->rate_hz, high[MYO_LANE_DETECT]));
    self->delay_frames = myo_band_delay(&bands[MYO_LANE_DETECT], c->rate_hz, centre_hz);
    self->judge.config =
        (myo_classify_config){c->ltr_max_ms, c->profile[index] == MYO_PROFILE_NEEDLE};
    self->judge.hop_ms = self->hop_ms;
    self->judge.refractory_ms = c->refractory_ms;
    myo_spans_init(&self->spans, self->hop_ms, self->hop_frames);
    *burst = burst_config(c, c->profile[index] == MYO_PROFILE_NEEDLE);
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        burst->bandwidth_hz[lane] = myo_channel_room(c->rate_hz, high[lane]) - low[lane];
    }
}

void myo_channel_reset(myo_channel *self)
{
    myo_burst_detector_reset(self->detector);
    myo_spans_reset(&self->spans);
    myo_judge_reset(&self->judge);
    self->held.count = 0;
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
    self->ring = (myo_hop_ring){&board->rows, lane};
    myo_burst_config burst;
    derive(self, config, index, bands, &burst);
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
