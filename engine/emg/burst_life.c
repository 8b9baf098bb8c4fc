/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the burst detector comes by its hops: it warms up on hops that it keeps back, goes through them
 * when it is armed, rests while nothing happens, and ends. */
#include "emg/burst_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How long after its end a burst is measured: the low band needs some 60 ms to answer, and what is the
 * forerunner of a stronger burst is known by then (at 70 ms a push of a real recording was parted in two). */
static const double settle_ms = 80.0;
/* ...but no longer than so long behind its onset, if this much behind its end was seen: a forerunner is short,
 * and the low band still shows most of its answer. */
static const double known_ms = 160.0;
static const double settle_least_ms = 45.0;
/* So long a weak rest is waited for to end: by then all that is measured behind a burst was seen, at a needle, too. */
static const double weak_ms = 90.0;
static const double needle_weak_ms = 95.0;
/* From a burst's first rest on the type of a twitch is waited for no longer than this: 150 ms are asked, the filters
 * are late by 4, and the windows show the end of a twitch up to 30 ms late. */
static const double glow_ms = 115.0;
/* ...and the rest is forgotten when what followed it goes on for so long. */
static const double forget_rest_ms = 150.0;
/* Longer than that is no twitch (emg.md 7.5). */
static const double brief_ms = 400.0;
/* Shortest recording that is worth a try when it ends before the detector was armed. */
static const double arm_least_ms = 200.0;
/* After the noise has changed the canceller is still settling for so long. */
static const double forget_settle_ms = 300.0;
/* What stays in the ring beside the warm-up: measures look back this far. */
static const double keep_ms = 800.0;

static int64_t next_hop(const myo_burst_detector *self)
{
    return self->at_rest && self->state != WARMING ? myo_hop_end(&self->ring) : self->cursor;
}

/* Ends the rest, if it rests; @p hop is to be decided on next. */
static void end_rest(myo_burst_detector *self, int64_t hop)
{
    if (self->at_rest && self->state != WARMING) {
        self->cursor = hop;
    }
    if (self->at_rest && self->state == ACTIVE) {
        myo_burst_take_back(self);
    }
    self->at_rest = false;
}

/* A hop of which nothing is known counts as noise. */
static void neutralise(const myo_burst_detector *self, myo_hop *hop)
{
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        hop->energy[lane] = (float)(self->hop_frames * myo_burst_noise(self, lane));
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
    myo_burst_set_limits(self);
    myo_burst_take_floor(self);
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
    if (myo_floor_blocks(&self->floor) >= needed && myo_burst_noise(self, MYO_LANE_DETECT) > 0.0) {
        arm(self);
    }
}

void myo_burst_detector_wake(myo_burst_detector *self)
{
    end_rest(self, myo_hop_end(&self->ring) - 1);
}

bool myo_burst_detector_rest(myo_burst_detector *self)
{
    if (self->state == WARMING) {
        self->at_rest = true;
        return true;
    }
    self->at_rest =
        self->source == BOARD && self->news_count == 0 &&
        self->cursor == myo_hop_end(&self->ring) &&
        (self->state == ACTIVE ? !self->needle
                               : self->limit_generation == myo_floor_generation(&self->floor));
    if (self->at_rest && self->state == ACTIVE) {
        myo_burst_hand_over(self);
    }
    return self->at_rest;
}

int64_t myo_burst_detector_due(const myo_burst_detector *self)
{
    int64_t due = INT64_MAX;
    if (self->pending_count > 0) {
        due = self->pending[0].due_hop;
    }
    if (self->state == ACTIVE) {
        const int64_t hop = myo_burst_long_hop(self, self->cursor - 1);
        due = hop < due ? hop : due;
    }
    return due;
}

bool myo_burst_detector_block(myo_burst_detector *self)
{
    if (self->state == WARMING) {
        warm_up(self);
    } else {
        myo_burst_take_floor(self);
    }
    const int64_t hop = myo_hop_end(&self->ring) - 1;
    if (self->state == ACTIVE && myo_burst_is_long(self, hop)) {
        end_rest(self, hop);
    }
    return !self->at_rest;
}

void myo_burst_detector_process(myo_burst_detector *self)
{
    const int64_t at = myo_hop_end(&self->ring) - 1;
    const uint8_t flags = myo_hop_flags(&self->ring, at);
    if ((flags & MYO_HOP_INVALID) && self->state != WARMING) {
        myo_hop hop = myo_hop_at(&self->ring, at);
        neutralise(self, &hop);
        myo_hop_set(&self->ring, at, &hop);
    }
    myo_floor_hop(&self->floor, flags, self->state != ACTIVE);
    if (self->state == WARMING) {
        warm_up(self);
    } else {
        myo_burst_take_floor(self);
    }
}

bool myo_burst_detector_step(myo_burst_detector *self)
{
    if (self->state == WARMING || next_hop(self) >= myo_hop_end(&self->ring)) {
        return false;
    }
    if (self->source == REFILL) {
        myo_burst_fill(self);
        self->source = REPLAY;
    }
    if (self->source == REPLAY) {
        const myo_hop hop = myo_hop_at(&self->ring, self->cursor);
        myo_windows_slide(self->windows, self->lane, self->cursor, &hop);
    }
    myo_burst_decide(self);
    if (self->cursor == myo_hop_end(&self->ring)) {
        self->source = BOARD;
    }
    return true;
}

bool myo_burst_detector_run(myo_burst_detector *self)
{
    while (self->news_count == 0) {
        if (!myo_burst_detector_step(self)) {
            return false;
        }
    }
    return true;
}

bool myo_burst_detector_finish(myo_burst_detector *self)
{
    end_rest(self, myo_hop_end(&self->ring));
    if (self->state == WARMING && (double)myo_floor_blocks(&self->floor) * 25.0 >= arm_least_ms &&
        myo_burst_noise(self, MYO_LANE_DETECT) > 0.0) {
        arm(self);
    }
    while (self->news_count < MYO_BURST_NEWS - MYO_BURST_PENDING - 2 &&
           myo_burst_detector_step(self)) {
    }
    if (next_hop(self) < myo_hop_end(&self->ring) && self->state != WARMING) {
        return false;
    }
    if (self->state == ACTIVE) {
        myo_burst_close(self);
    }
    while (self->pending_count > 0) {
        myo_burst_settle(self);
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
    self->news_first = (self->news_first + 1) % MYO_BURST_NEWS;
    self->news_count--;
    return true;
}

void myo_burst_detector_forget(myo_burst_detector *self)
{
    myo_floor_forget(&self->floor);
    if (self->state == WARMING) {
        self->cursor = myo_hop_end(&self->ring) - 1 + myo_hops(forget_settle_ms, self->hop_ms);
        self->chain_start = self->chain_end = self->cursor;
    }
}

bool myo_burst_detector_replaying(const myo_burst_detector *self)
{
    return self->source != BOARD;
}

bool myo_burst_detector_armed(const myo_burst_detector *self)
{
    return self->state != WARMING;
}

bool myo_burst_detector_active(const myo_burst_detector *self)
{
    return self->state == ACTIVE;
}

double myo_burst_detector_open_hop(const myo_burst_detector *self)
{
    return self->state == ACTIVE ? self->open.onset_hop : (double)INFINITY;
}

void myo_burst_detector_level(const myo_burst_detector *self, double *energy, double *limit)
{
    const int shown = 3; /* 25 ms */
    double sum[MYO_WINDOW_COUNT];
    myo_windows_sums(self->windows, self->lane, next_hop(self) - 1, sum);
    *limit = self->limit[shown] / myo_window_hops[shown];
    *energy = myo_burst_strength(self, sum) * *limit;
}

int64_t myo_burst_detector_undecided(const myo_burst_detector *self)
{
    /* The reach of the two searches for an onset: before the longest window, and before the first. */
    int64_t hop = next_hop(self) - myo_window_hops[MYO_WINDOW_COUNT - 1] -
                  myo_hops(MYO_ONSET_REACH_MS, self->hop_ms);
    if (self->state == ACTIVE) {
        const int64_t refined =
            (int64_t)self->open.onset_hop - myo_hops(MYO_ONSET_REFINE_MS, self->hop_ms);
        hop = refined < hop ? refined : hop;
    }
    for (int32_t i = 0; i < self->pending_count; i++) {
        if ((int64_t)self->pending[i].onset_hop < hop) {
            hop = (int64_t)self->pending[i].onset_hop;
        }
    }
    for (int32_t i = 0; i < self->news_count; i++) {
        const myo_burst *news = &self->news[(self->news_first + i) % MYO_BURST_NEWS];
        if ((int64_t)news->onset_hop < hop) {
            hop = (int64_t)news->onset_hop;
        }
    }
    return hop;
}

double myo_burst_detector_noise(const myo_burst_detector *self, int lane)
{
    return myo_burst_noise(self, lane);
}

void myo_burst_detector_reset(myo_burst_detector *self)
{
    myo_floor_reset(&self->floor);
    self->cursor = 0;
    self->at_rest = false;
    self->source = BOARD;
    self->state = WARMING;
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        self->limit[k] = (double)INFINITY; /* no limit before it is known */
        self->windows->limit[k][self->lane] = (double)INFINITY;
    }
    self->chain_start = self->chain_end = 0;
    self->serial = 0;
    self->herald.quiet_until = 0;
    if (self->ground != NULL) {
        myo_needle_ground_reset(self->ground, self->hop_ms);
    }
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
    self->weak_hops = myo_hops(self->needle ? needle_weak_ms : weak_ms, self->hop_ms);
    self->brief_hops = myo_hops(brief_ms, self->hop_ms);
    self->forget_hops = myo_hops(forget_rest_ms, self->hop_ms);
    self->known_hops = myo_hops(known_ms, self->hop_ms);
    /* What a needle set off dies away, and is known by what follows it: it is waited for. */
    self->settle_least_hops =
        self->needle ? self->settle_hops : myo_hops(settle_least_ms, self->hop_ms);
    self->glow_hops = self->needle ? INT32_MAX : myo_hops(glow_ms, self->hop_ms);
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
                a->refractory_ms == b->refractory_ms && a->needle == b->needle;
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        same = same && a->bandwidth_hz[lane] == b->bandwidth_hz[lane];
    }
    return same;
}

/* NULL: no memory. */
static myo_burst_tables *design_tables(const myo_burst_config *config, double hop_ms)
{
    myo_burst_tables *tables = calloc(1, sizeof *tables);
    if (tables != NULL) {
        myo_threshold_design(config->false_alarms_per_hour, config->bandwidth_hz[MYO_LANE_DETECT],
                             hop_ms, &tables->burst);
        myo_herald_design(config->false_alarms_per_hour, config->bandwidth_hz[MYO_LANE_MEASURE],
                          hop_ms, &tables->herald);
    }
    return tables;
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
    self->followed = &board->followed;
    self->lane = lane;
    self->ring = (myo_hop_ring){&board->rows, lane};
    self->needle = config->needle;
    derive(self);
    like = like != NULL && same_config(config, &like->config) ? like : NULL;
    self->tables = like != NULL ? like->tables : design_tables(config, self->hop_ms);
    if (self->tables != NULL) {
        self->tables->users++;
        self->table = &self->tables->burst;
        self->herald.table = &self->tables->herald;
    }
    myo_floor_config floor = {.rate_hz = config->rate_hz,
                              .board = board,
                              .lane = lane,
                              .window_s = config->floor_window_s};
    memcpy(floor.bandwidth_hz, config->bandwidth_hz, sizeof floor.bandwidth_hz);
    self->ground = config->needle ? calloc(1, sizeof *self->ground) : NULL;
    if (self->tables == NULL || (config->needle && self->ground == NULL) ||
        myo_floor_init(&floor, like == NULL ? NULL : &like->floor, &self->floor) != MYO_OK) {
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
    if (self->tables != NULL && --self->tables->users == 0) {
        free(self->tables);
    }
    free(self->ground);
    free(self);
}
