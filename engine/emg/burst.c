/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Multi-window energy detector (emg.md 0.6, 7.3): the power of 5 to 100 ms windows in the detect
 * band, less what a slow movement leaks into it, against thresholds for a stated alarm rate. */
#include "emg/burst.h"

#include "core/minmax.h"
#include "emg/floor.h"
#include "emg/onset.h"
#include "emg/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Over when 25 ms RMS stays under 1.3 sigma (emg.md 7.5). */
static const double end_ratio = 1.69;
/* How long after its end a burst is measured: the low band needs some 60 ms to answer. */
static const double settle_ms = 80.0;
/* Onset is searched this far before the window that fired. */
static const double onset_reach_ms = 60.0;
/* And again, when more was seen, this far before what was found. */
static const double refine_ms = 5.0;
/* Activity that goes on for so long, or that is steady noise, is the new floor. */
static const double relearn_s = 12.0;
static const double relearn_steady_s = 3.0;
static const double relearn_steady_ratio = 2.5;
/* Noise as it is measured is never lighter-tailed than this: margin for drift of the floor. */
static const double tail_least = 1.1;
/* Shortest recording that is worth a try when it ends before the detector was armed. */
static const double arm_least_ms = 200.0;
/* A part of a burst weaker than this share of its highest power, and apart, is not of it. */
static const double own_share = 0.01;
static const double forget_settle_ms = 300.0;
/* What stays in the ring beside the warm-up: measures look back this far. */
static const double keep_ms = 800.0;

enum { PENDING = 8, NEWS = 32 };

typedef enum { WARMING, IDLE, ACTIVE } detector_state;

/* Who slides the windows: the board's kernel, or, over the hops kept back while warming up, this file;
 * REFILL is before the first of those. */
typedef enum { BOARD, REFILL, REPLAY } window_source;

struct myo_burst_detector {
    myo_burst_config config;
    double hop_ms;
    int32_t hop_frames, arm_hops, merge_hops, refractory_hops, settle_hops;
    myo_threshold_table table;
    myo_windows *windows;     /* with those of other channels */
    size_t lane;              /* the place among them */
    int64_t limit_generation; /* of the floor that the limits were made from */
    myo_floor *floor;
    myo_hop_ring ring;
    int64_t cursor; /* next hop to decide on; while at rest, the end of the ring */
    bool at_rest;
    window_source source;
    detector_state state;
    int64_t crossing_hop, last_active_hop;
    myo_burst open;
    double floor_at_open[MYO_LANE_COUNT];
    int64_t chain_start, chain_end;
    uint64_t serial;
    myo_burst pending[PENDING];
    int32_t pending_count;
    myo_burst news[NEWS];
    int32_t news_first, news_count;
};

static double noise_power(const myo_burst_detector *self, int lane)
{
    return myo_floor_power(self->floor, lane);
}

static void announce(myo_burst_detector *self, const myo_burst *burst)
{
    /* There is room: a hop makes at most PENDING + 1 news and they are taken out after each. */
    self->news[(self->news_first + self->news_count) % NEWS] = *burst;
    self->news_count++;
}

static void set_limits(myo_burst_detector *self)
{
    double ratio[MYO_WINDOW_COUNT];
    myo_threshold_get(&self->table, myo_greater(tail_least, myo_floor_tail(self->floor)), ratio);
    double wide[MYO_WINDOW_COUNT];
    myo_threshold_get(&self->table, myo_greater(tail_least, myo_floor_long_tail(self->floor)),
                      wide);
    /* Where the level of the last second is above the floor, the floor is drifting: it counts. */
    const double noise =
        myo_greater(noise_power(self, MYO_LANE_DETECT), myo_floor_local_power(self->floor));
    const double hop_noise = self->hop_frames * noise;
    self->limit_generation = myo_floor_generation(self->floor);
    /* 50 ms lie half way between the block of 25 ms and the group of 100. */
    ratio[4] = myo_greater(ratio[4], 0.5 * (ratio[4] + wide[4]));
    ratio[5] = myo_greater(ratio[5], wide[5]);
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        self->windows->limit[k][self->lane] = ratio[k] * myo_window_hops[k] * hop_noise;
    }
}

/* What the windows need to know of the floor. */
static void set_noise(myo_burst_detector *self)
{
    self->windows->low_noise[self->lane] = 2.0 * self->hop_frames * noise_power(self, MYO_LANE_LOW);
    if (self->state == IDLE && self->limit_generation != myo_floor_generation(self->floor)) {
        set_limits(self);
    }
}

static int64_t next_hop(const myo_burst_detector *self)
{
    return self->at_rest && self->state == IDLE ? myo_hop_end(&self->ring) : self->cursor;
}

static int crossed_window(const myo_burst_detector *self, const double sum[MYO_WINDOW_COUNT])
{
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        if (sum[k] > self->windows->limit[k][self->lane]) {
            return k;
        }
    }
    return -1;
}

static double strength(const myo_burst_detector *self, const double sum[MYO_WINDOW_COUNT])
{
    double most = 0.0;
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        most = myo_greater(most, sum[k] / self->windows->limit[k][self->lane]);
    }
    return most;
}

static void open_burst(myo_burst_detector *self, int window)
{
    memset(&self->open, 0, sizeof self->open);
    int64_t earliest =
        self->cursor - myo_window_hops[window] - myo_hops(onset_reach_ms, self->hop_ms);
    if (earliest <= self->chain_end && self->chain_end > 0) {
        earliest = self->chain_end + 1;
    }
    const myo_onset_question question = {
        .lane = MYO_LANE_DETECT,
        .noise_power = noise_power(self, MYO_LANE_DETECT),
        .low_power = noise_power(self, MYO_LANE_LOW),
        .hop_frames = self->hop_frames,
        .earliest_hop = earliest,
        .crossing_hop = self->cursor,
        .hop_ms = self->hop_ms,
    };
    self->open.news = MYO_BURST_OPENED;
    self->open.spikiness = myo_floor_spikiness(self->floor);
    self->open.serial = ++self->serial;
    self->open.onset_hop = myo_onset_find(&self->ring, &question);
    self->open.opened_hop = myo_hop_end(&self->ring) - 1;
    self->open.end_hop = self->cursor + 1;
    self->open.follows = self->chain_end > 0 && self->open.onset_hop - (double)self->chain_end <
                                                    (double)self->refractory_hops;
    if (!self->open.follows) {
        self->chain_start = (int64_t)self->open.onset_hop;
    }
    self->crossing_hop = self->cursor;
    self->last_active_hop = self->cursor;
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        self->floor_at_open[lane] = noise_power(self, lane);
    }
    self->state = ACTIVE;
    announce(self, &self->open);
}

/* A burst that was told must not fire again. */
static void fill_windows(myo_burst_detector *self)
{
    myo_windows_fill(self->windows, self->lane,
                     self->hop_frames * noise_power(self, MYO_LANE_DETECT));
}

/* Where the energy first stays within a hundredth of its highest for a pause and more, looking back
 * from the highest: what lies before is another, weaker thing (a heart beat, the kink of a movement)
 * that the burst only followed. */
static int64_t own_start(const myo_burst_detector *self, int64_t from, int64_t to)
{
    const int32_t step = 5;
    double most = 0.0;
    int64_t most_hop = from;
    for (int64_t hop = from; hop + step <= to; hop++) {
        const double energy = myo_hop_energy(&self->ring, MYO_LANE_DETECT, hop, hop + step);
        if (energy > most) {
            most = energy;
            most_hop = hop;
        }
    }
    int64_t start = most_hop;
    for (int64_t hop = most_hop; hop >= from; hop--) {
        if (myo_hop_energy(&self->ring, MYO_LANE_DETECT, hop, hop + step) > own_share * most) {
            start = hop;
        } else if (start - hop > self->merge_hops / 2) {
            return hop;
        }
    }
    return from;
}

/* The onset again, now with what came after the crossing. */
static void refine_onset(myo_burst_detector *self, myo_burst *burst)
{
    const int64_t before = (int64_t)burst->onset_hop - myo_hops(refine_ms, self->hop_ms);
    const int64_t start = own_start(self, before, burst->end_hop);
    const bool apart = start > self->crossing_hop;
    const myo_onset_question question = {
        .lane = MYO_LANE_DETECT,
        .noise_power = self->floor_at_open[MYO_LANE_DETECT],
        .low_power = self->floor_at_open[MYO_LANE_LOW],
        .hop_frames = self->hop_frames,
        .earliest_hop = start,
        .crossing_hop = apart ? start + myo_hops(15.0, self->hop_ms) : self->crossing_hop,
        .hop_ms = self->hop_ms,
    };
    burst->onset_hop = myo_onset_find(&self->ring, &question);
}

static void close_burst(myo_burst_detector *self)
{
    myo_burst *burst = &self->open;
    burst->end_hop = self->last_active_hop + 1;
    if ((double)burst->end_hop <= burst->onset_hop) {
        burst->end_hop = (int64_t)burst->onset_hop + 1;
    }
    self->chain_end = burst->end_hop;
    burst->chain_hops = self->chain_end - self->chain_start;
    if (burst->onset_hop > (double)myo_hop_first(&self->ring)) {
        refine_onset(self, burst);
    }
    self->state = IDLE;
    fill_windows(self);
    if (self->pending_count < PENDING) {
        self->pending[self->pending_count++] = *burst;
    }
}

static void settle_oldest(myo_burst_detector *self)
{
    myo_burst burst = self->pending[0];
    self->pending_count--;
    memmove(self->pending, self->pending + 1, (size_t)self->pending_count * sizeof *self->pending);
    myo_noise noise = {.hop_ms = self->hop_ms, .hop_frames = self->hop_frames};
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        noise.power[lane] = noise_power(self, lane);
    }
    const int64_t end = myo_hop_end(&self->ring);
    const int64_t now = self->cursor < end ? self->cursor + 1 : end;
    myo_measure_burst(&self->ring, &noise, (int64_t)burst.onset_hop, burst.end_hop, now,
                      &burst.measure);
    burst.dwarfed = self->state == ACTIVE && self->open.strength > 10.0 * burst.strength &&
                    self->open.onset_hop - (double)burst.end_hop < (double)self->refractory_hops;
    burst.news = MYO_BURST_SETTLED;
    burst.settled_hop = end - 1;
    announce(self, &burst);
}

static double active_s(const myo_burst_detector *self)
{
    return (double)(self->cursor - (int64_t)self->open.onset_hop) * self->hop_ms / 1000.0;
}

/* What does not end and is steady is not a burst: the floor moved. */
static bool is_new_floor(const myo_burst_detector *self)
{
    return active_s(self) > relearn_steady_s &&
           myo_floor_looks_stationary(self->floor, relearn_steady_ratio);
}

static void go_on_active(myo_burst_detector *self, const double sum[MYO_WINDOW_COUNT])
{
    self->open.strength = myo_greater(self->open.strength, strength(self, sum));
    const double noise25 = 25.0 * self->hop_frames * self->floor_at_open[MYO_LANE_DETECT];
    if (sum[3] > end_ratio * noise25) {
        /* The 25 ms window is still full of activity 10 to 25 hops after it ended. */
        if (sum[1] > end_ratio * noise25 * 10.0 / 25.0) {
            self->last_active_hop = self->cursor;
        }
    }
    if (self->cursor - self->last_active_hop > self->merge_hops) {
        close_burst(self);
    } else if (is_new_floor(self) || active_s(self) > relearn_s) {
        self->open.floor_moved = active_s(self) <= relearn_s;
        self->last_active_hop = self->cursor;
        myo_floor_relearn(self->floor);
        close_burst(self);
        set_noise(self);
    }
}

/* Decides on the hop at the cursor, which went through the windows. */
static void decide(myo_burst_detector *self)
{
    const uint8_t flags = myo_hop_at(&self->ring, self->cursor).flags;
    double sum[MYO_WINDOW_COUNT];
    myo_windows_sums(self->windows, self->lane, self->cursor, sum);
    if (self->state == ACTIVE) {
        go_on_active(self, sum);
    } else {
        const int window = crossed_window(self, sum);
        if (window >= 0 && !(flags & MYO_HOP_INVALID)) {
            open_burst(self, window);
        }
    }
    while (self->pending_count > 0 &&
           self->cursor - self->pending[0].end_hop >= self->settle_hops) {
        settle_oldest(self);
    }
    self->cursor++;
}

/* A hop of which nothing is known counts as noise. */
static void neutralise(const myo_burst_detector *self, myo_hop *hop)
{
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        hop->energy[lane] = (float)(self->hop_frames * noise_power(self, lane));
    }
    hop->peak = 0.0f;
    hop->turns = 0;
}

static void arm(myo_burst_detector *self)
{
    const int64_t first = myo_hop_first(&self->ring);
    self->state = IDLE;
    self->at_rest = false;
    /* Never armed for so long: the oldest hops are given up. */
    self->cursor = self->cursor < first ? first : self->cursor;
    set_limits(self);
    set_noise(self);
    for (int64_t at = first; at < myo_hop_end(&self->ring); at++) {
        myo_hop hop = myo_hop_at(&self->ring, at);
        if (hop.flags & MYO_HOP_INVALID) {
            neutralise(self, &hop);
            myo_hop_set(&self->ring, at, &hop);
        }
    }
    self->source = REFILL;
}

static void warm_up(myo_burst_detector *self)
{
    const int32_t needed = self->arm_hops / myo_hops(25.0, self->hop_ms);
    if (myo_floor_blocks(self->floor) >= needed && noise_power(self, MYO_LANE_DETECT) > 0.0) {
        arm(self);
    }
}

void myo_burst_detector_wake(myo_burst_detector *self)
{
    if (self->at_rest && self->state == IDLE) {
        self->cursor = myo_hop_end(&self->ring) - 1;
    }
    self->at_rest = false;
}

bool myo_burst_detector_rest(myo_burst_detector *self)
{
    if (self->state == WARMING) {
        self->at_rest = true;
        return true;
    }
    self->at_rest = self->state == IDLE && self->source == BOARD && self->pending_count == 0 &&
                    self->news_count == 0 && self->cursor == myo_hop_end(&self->ring) &&
                    self->limit_generation == myo_floor_generation(self->floor);
    return self->at_rest;
}

bool myo_burst_detector_block(myo_burst_detector *self)
{
    myo_floor_block(self->floor);
    if (self->state == WARMING) {
        warm_up(self);
    } else {
        set_noise(self);
    }
    return !self->at_rest;
}

void myo_burst_detector_process(myo_burst_detector *self)
{
    const int64_t at = myo_hop_end(&self->ring) - 1;
    myo_hop hop = myo_hop_at(&self->ring, at);
    const bool unknown = (hop.flags & MYO_HOP_INVALID) && self->state != WARMING;
    if (unknown) {
        neutralise(self, &hop);
        myo_hop_set(&self->ring, at, &hop);
    }
    myo_floor_hop(self->floor, hop.flags, self->state != ACTIVE);
    if (self->state == WARMING) {
        warm_up(self);
    } else {
        set_noise(self);
    }
}

bool myo_burst_detector_step(myo_burst_detector *self)
{
    if (self->state == WARMING || next_hop(self) >= myo_hop_end(&self->ring)) {
        return false;
    }
    if (self->source == REFILL) {
        fill_windows(self);
        self->source = REPLAY;
    }
    if (self->source == REPLAY) {
        const myo_hop hop = myo_hop_at(&self->ring, self->cursor);
        myo_windows_slide(self->windows, self->lane, self->cursor, &hop);
    }
    decide(self);
    if (self->cursor == myo_hop_end(&self->ring)) {
        self->source = BOARD;
    }
    return true;
}

bool myo_burst_detector_finish(myo_burst_detector *self)
{
    if (self->state == WARMING && (double)myo_floor_blocks(self->floor) * 25.0 >= arm_least_ms &&
        noise_power(self, MYO_LANE_DETECT) > 0.0) {
        arm(self);
    }
    while (self->news_count < NEWS - PENDING - 2 && myo_burst_detector_step(self)) {
    }
    if (next_hop(self) < myo_hop_end(&self->ring) && self->state != WARMING) {
        return false;
    }
    if (self->state == ACTIVE) {
        close_burst(self);
    }
    while (self->pending_count > 0) {
        settle_oldest(self);
    }
    return true;
}

void myo_burst_detector_skip(myo_burst_detector *self)
{
    self->cursor = myo_hop_end(&self->ring);
}

bool myo_burst_detector_next(myo_burst_detector *self, myo_burst *burst)
{
    if (self->news_count == 0) {
        return false;
    }
    *burst = self->news[self->news_first];
    self->news_first = (self->news_first + 1) % NEWS;
    self->news_count--;
    return true;
}

void myo_burst_detector_forget(myo_burst_detector *self)
{
    myo_floor_forget(self->floor);
    if (self->state == WARMING) {
        /* The canceller is still settling for a while. */
        self->cursor = myo_hop_end(&self->ring) - 1 + myo_hops(forget_settle_ms, self->hop_ms);
        self->chain_start = self->chain_end = self->cursor;
    }
}

bool myo_burst_detector_replaying(const myo_burst_detector *self)
{
    return self->state != WARMING && self->source != BOARD;
}

bool myo_burst_detector_armed(const myo_burst_detector *self)
{
    return self->state != WARMING;
}

bool myo_burst_detector_active(const myo_burst_detector *self)
{
    return self->state == ACTIVE;
}

void myo_burst_detector_level(const myo_burst_detector *self, double *energy, double *limit)
{
    const int shown = 3; /* 25 ms */
    double sum[MYO_WINDOW_COUNT];
    myo_windows_sums(self->windows, self->lane, next_hop(self) - 1, sum);
    *limit = self->windows->limit[shown][self->lane] / myo_window_hops[shown];
    *energy = strength(self, sum) * *limit;
}

int64_t myo_burst_detector_undecided(const myo_burst_detector *self)
{
    /* The reach of the two searches for an onset: before the longest window, and before the first. */
    int64_t hop = next_hop(self) - myo_window_hops[MYO_WINDOW_COUNT - 1] -
                  myo_hops(onset_reach_ms, self->hop_ms);
    if (self->state == ACTIVE) {
        const int64_t refined = (int64_t)self->open.onset_hop - myo_hops(refine_ms, self->hop_ms);
        hop = refined < hop ? refined : hop;
    }
    for (int32_t i = 0; i < self->pending_count; i++) {
        if ((int64_t)self->pending[i].onset_hop < hop) {
            hop = (int64_t)self->pending[i].onset_hop;
        }
    }
    for (int32_t i = 0; i < self->news_count; i++) {
        const myo_burst *news = &self->news[(self->news_first + i) % NEWS];
        if ((int64_t)news->onset_hop < hop) {
            hop = (int64_t)news->onset_hop;
        }
    }
    return hop;
}

double myo_burst_detector_noise(const myo_burst_detector *self, int lane)
{
    return noise_power(self, lane);
}

void myo_burst_detector_reset(myo_burst_detector *self)
{
    myo_floor_reset(self->floor);
    self->cursor = 0;
    self->at_rest = false;
    self->source = BOARD;
    self->state = WARMING;
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        self->windows->limit[k][self->lane] = (double)INFINITY; /* no limit before it is known */
    }
    self->chain_start = self->chain_end = 0;
    self->serial = 0;
    self->pending_count = self->news_count = self->news_first = 0;
}

static void derive(myo_burst_detector *self)
{
    const myo_burst_config *c = &self->config;
    self->hop_frames = myo_hop_frames(c->rate_hz);
    self->hop_ms = 1000.0 * self->hop_frames / c->rate_hz;
    self->arm_hops = myo_hops(1000.0 * c->arm_s, self->hop_ms);
    self->merge_hops = myo_hops(c->merge_gap_ms, self->hop_ms);
    self->refractory_hops = myo_hops(c->refractory_ms, self->hop_ms);
    self->settle_hops = myo_hops(settle_ms, self->hop_ms);
}

int32_t myo_burst_detector_hops(const myo_burst_config *config)
{
    const double hop_ms = 1000.0 * myo_hop_frames(config->rate_hz) / config->rate_hz;
    return myo_hops(1000.0 * config->arm_s, hop_ms) + myo_hops(keep_ms, hop_ms);
}

/* Whether the tables of one are those of the other. */
static bool same_config(const myo_burst_config *a, const myo_burst_config *b)
{
    bool same = a->rate_hz == b->rate_hz && a->false_alarms_per_hour == b->false_alarms_per_hour &&
                a->floor_window_s == b->floor_window_s && a->arm_s == b->arm_s &&
                a->ltr_max_ms == b->ltr_max_ms && a->merge_gap_ms == b->merge_gap_ms &&
                a->refractory_ms == b->refractory_ms;
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        same = same && a->bandwidth_hz[lane] == b->bandwidth_hz[lane];
    }
    return same;
}

myo_status myo_burst_detector_new(const myo_burst_config *config, myo_board *board, size_t lane,
                                  const myo_burst_detector *like, myo_burst_detector **out)
{
    myo_burst_detector *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    self->windows = &board->windows;
    self->lane = lane;
    self->ring = (myo_hop_ring){&board->rows, lane};
    derive(self);
    like = like != NULL && same_config(config, &like->config) ? like : NULL;
    if (like != NULL) {
        self->table = like->table;
    } else {
        myo_threshold_design(config->false_alarms_per_hour, config->bandwidth_hz[MYO_LANE_DETECT],
                             self->hop_ms, &self->table);
    }
    myo_floor_config floor = {.rate_hz = config->rate_hz,
                              .board = board,
                              .lane = lane,
                              .window_s = config->floor_window_s};
    memcpy(floor.bandwidth_hz, config->bandwidth_hz, sizeof floor.bandwidth_hz);
    if (myo_floor_new(&floor, like == NULL ? NULL : like->floor, &self->floor) != MYO_OK) {
        myo_burst_detector_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    myo_burst_detector_reset(self);
    *out = self;
    return MYO_OK;
}

void myo_burst_detector_free(myo_burst_detector *self)
{
    if (self == NULL) {
        return;
    }
    myo_floor_free(self->floor);
    free(self);
}
