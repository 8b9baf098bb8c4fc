/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running quantiles of block powers. */
#include "emg/floor.h"

#include "core/minmax.h"
#include "emg/quantile.h"
#include "emg/sorted.h"
#include "myotwitch/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 25 ms blocks (emg.md 7.5): long enough for ten degrees of freedom, short against a burst. */
static const double block_ms = 25.0;
/* Below the median, so that a third of the blocks may hold activity. */
static const double quantile = 0.4;
/* The tail is judged between these two: bursts live above the second. */
static const double tail_low = 0.1;
static const double tail_high = 0.8;
static const double tail_spread = 2.123; /* standard deviations between them */
static const double recent_s = 2.0;
/* A level that stayed below this share of the floor for most of 0.8 s is the floor now: the hum was
 * taken away, the electrode set right. By chance that happens in no lifetime (380 degrees of freedom). */
static const double fell_to = 0.5;
/* Below this share of the floor nothing is connected: a thousandth of its RMS. */
static const double dead_share = 1e-6;
/* Crest of Gaussian noise, for five hops of 2.4 degrees of freedom (60-300 Hz, 5 ms); simulated, 6 h:
 * 2.13 with a standard deviation of 0.025 for the mean of 200 blocks. Laplace and Student's t with 5
 * degrees give 2.22. */
static const double crest_gauss = 2.13;
static const double crest_freedom = 2.4;

enum {
    LANES = MYO_LANE_COUNT,
    LOCAL_BLOCKS = 32,
    FORGET_BLOCKS = 25,
    GROUP_BLOCKS = 4,
    GROUP_MEMORY = 200,
    CREST_BLOCKS = 200
};

struct myo_floor {
    int32_t hop_frames, block_hops, capacity, recent_capacity;
    double bias[LANES];   /* quantile of the mean of chi-square over its mean */
    double freedom;       /* degrees of freedom of a block in the detect band */
    double even;          /* up to this ratio of its quantiles there is no tail */
    myo_floor_sums *sums; /* the block so far */
    size_t place;         /* of the channel among the sums */
    bool block_quiet;
    float *ring[LANES]; /* powers of the quiet blocks, in order of arrival */
    myo_quantile level[LANES];
    myo_quantile low, high; /* of the detect band: see tail_of */
    int32_t count, next;
    int32_t forget_in; /* blocks until the older ones go; 0 = nothing to forget */
    float *recent[LANES];
    int32_t recent_count, recent_next;
    double power[LANES];
    double tail;
    double group_power; /* of the quiet blocks of this group of four so far */
    int32_t in_group;
    double group_variance; /* mean square of a group's departure from the floor, as a share of it */
    int32_t groups;
    double crest; /* mean over the last blocks of the highest 5 hops over the block's mean */
    float local_sorted[MYO_SORTED_PLACES(LOCAL_BLOCKS)];
    int32_t local_count;
    double local;
    int64_t generation;
};

/* The oldest value of a full ring goes as a new one comes. */
static void renew(const myo_floor *self, myo_quantile *level, float gone, float value)
{
    if (self->count == self->capacity) {
        myo_quantile_replace(level, self->count, gone, value);
    } else {
        myo_quantile_insert(level, self->count, value);
    }
}

static void add_block(myo_floor *self, const float *powers)
{
    for (int lane = 0; lane < LANES; lane++) {
        float *place = &self->ring[lane][self->next];
        const float gone = *place;
        renew(self, &self->level[lane], gone, powers[lane]);
        if (lane == MYO_LANE_DETECT) {
            renew(self, &self->low, gone, powers[lane]);
            renew(self, &self->high, gone, powers[lane]);
        }
        *place = powers[lane];
    }
    self->next = self->next + 1 == self->capacity ? 0 : self->next + 1;
    self->count += self->count < self->capacity;
}

static void forget_blocks(myo_floor *self)
{
    self->count = self->next = 0;
    for (int lane = 0; lane < LANES; lane++) {
        myo_quantile_clear(&self->level[lane], quantile);
    }
    myo_quantile_clear(&self->low, tail_low);
    myo_quantile_clear(&self->high, tail_high);
}

/* Keeps the newest blocks only. */
static void drop_old(myo_floor *self)
{
    float kept[FORGET_BLOCKS][LANES];
    const int32_t count = self->count < FORGET_BLOCKS ? self->count : FORGET_BLOCKS;
    for (int32_t i = 0; i < count; i++) {
        const int32_t at = (self->next + 2 * self->capacity - count + i) % self->capacity;
        for (int lane = 0; lane < LANES; lane++) {
            kept[i][lane] = self->ring[lane][at];
        }
    }
    forget_blocks(self);
    for (int32_t i = 0; i < count; i++) {
        add_block(self, kept[i]);
    }
}

/* Spread of the block powers between their 10th and 80th percentile against what chi-square of the
 * nominal degrees of freedom would show (normal approximation). */
static double tail_of(myo_floor *self)
{
    if (self->count < 40) {
        return 1.0;
    }
    const float *powers = self->ring[MYO_LANE_DETECT];
    const double low = myo_quantile_get(&self->low, powers, self->count);
    const double high = myo_quantile_get(&self->high, powers, self->count);
    if (!(low > 0.0)) {
        return 1.0;
    }
    if (high < self->even * low) { /* the same as below, without the logarithm */
        return 1.0;
    }
    const double spread = log(high / low) / tail_spread;
    return fmax(1.0, spread * spread * self->freedom / 2.0);
}

/* The newest block's power in, that of LOCAL_BLOCKS before out; call before it enters `recent`. */
static void follow_local(myo_floor *self, float power)
{
    if (self->local_count < LOCAL_BLOCKS) {
        myo_sorted_insert(self->local_sorted, self->local_count++, power);
        return;
    }
    const int32_t at = self->recent_next - LOCAL_BLOCKS;
    const float gone = self->recent[MYO_LANE_DETECT][at < 0 ? at + self->recent_capacity : at];
    myo_sorted_replace(self->local_sorted, LOCAL_BLOCKS, gone, power);
}

/* The same quantile over the last blocks: a twitch fills a third of them at most. */
static double local_power(const myo_floor *self)
{
    if (self->local_count < LOCAL_BLOCKS) {
        return 0.0;
    }
    return myo_sorted_quantile(self->local_sorted, LOCAL_BLOCKS, quantile) /
           self->bias[MYO_LANE_DETECT];
}

static void update(myo_floor *self)
{
    for (int lane = 0; lane < LANES; lane++) {
        self->power[lane] =
            myo_quantile_get(&self->level[lane], self->ring[lane], self->count) / self->bias[lane];
    }
    self->tail = tail_of(self);
}

/* Starts anew from the last `blocks` blocks, quiet or not. */
static void learn_from_recent(myo_floor *self, int32_t blocks)
{
    forget_blocks(self);
    for (int32_t i = 0; i < blocks; i++) {
        const int32_t at =
            (self->recent_next + self->recent_capacity - blocks + i) % self->recent_capacity;
        float powers[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            powers[lane] = self->recent[lane][at];
        }
        add_block(self, powers);
    }
    if (self->count > 0) {
        update(self);
    }
}

/* Variance of the mean of four quiet blocks in a row. A departure counts up to three times what chi-square
 * lets expect, so that a burst that was missed weighs little. */
static void follow_group(myo_floor *self, double power)
{
    if (!self->block_quiet || !(self->power[MYO_LANE_DETECT] > 0.0)) {
        self->in_group = 0;
        self->group_power = 0.0;
        return;
    }
    self->group_power += power;
    self->in_group++;
    if (self->in_group < GROUP_BLOCKS) {
        return;
    }
    const double expected = 2.0 / (GROUP_BLOCKS * self->freedom);
    const double departure = self->group_power / GROUP_BLOCKS / self->power[MYO_LANE_DETECT] - 1.0;
    const double square = myo_lesser(departure * departure, 9.0 * expected);
    self->groups += self->groups < GROUP_MEMORY;
    self->group_variance += (square - self->group_variance) / self->groups;
    self->in_group = 0;
    self->group_power = 0.0;
}

/* Starts the next block. */
static void start_block(myo_floor *self)
{
    for (int lane = 0; lane < LANES; lane++) {
        self->sums->sum[lane][self->place] = 0.0;
    }
    self->sums->five_most[self->place] = 0.0;
    self->sums->hops[self->place] = 0.0;
    self->block_quiet = true;
}

static void end_block(myo_floor *self)
{
    float powers[LANES];
    const double frames = (double)self->block_hops * self->hop_frames;
    const double detect = self->sums->sum[MYO_LANE_DETECT][self->place] / frames;
    /* Digital silence is an open lead, not a quiet muscle: such a block was not there. */
    if (!(detect > dead_share * self->power[MYO_LANE_DETECT])) {
        return;
    }
    follow_local(self, (float)detect);
    for (int lane = 0; lane < LANES; lane++) {
        powers[lane] = (float)(self->sums->sum[lane][self->place] / frames);
        self->recent[lane][self->recent_next] = powers[lane];
    }
    self->recent_next = self->recent_next + 1 == self->recent_capacity ? 0 : self->recent_next + 1;
    if (self->recent_count < self->recent_capacity) {
        self->recent_count++;
    }
    const double block_energy = (double)powers[MYO_LANE_DETECT] * frames;
    const double five_most = self->sums->five_most[self->place];
    const double crest =
        block_energy > 0.0 ? five_most * self->block_hops / (5.0 * block_energy) : 0.0;
    follow_group(self, (double)powers[MYO_LANE_DETECT]);
    if (self->block_quiet) {
        const int32_t memory = self->count < CREST_BLOCKS ? self->count + 1 : CREST_BLOCKS;
        self->crest += (crest - self->crest) / memory;
        add_block(self, powers);
        if (self->forget_in > 0 && --self->forget_in == 0) {
            drop_old(self);
        }
        update(self);
    }
    self->local = local_power(self);
    if (self->local > 0.0 && self->local < fell_to * self->power[MYO_LANE_DETECT]) {
        learn_from_recent(self, LOCAL_BLOCKS);
    }
    self->generation++;
}

void myo_floor_block(myo_floor *self)
{
    end_block(self);
    start_block(self);
}

void myo_floor_hop(myo_floor *self, uint8_t flags, bool quiet)
{
    if (flags & (MYO_HOP_INVALID | MYO_HOP_SATURATED)) {
        start_block(self);
        return;
    }
    self->block_quiet = self->block_quiet && quiet && !(flags & MYO_HOP_HELD);
    if (self->sums->hops[self->place] >= self->sums->block_hops) {
        myo_floor_block(self);
    }
}

void myo_floor_forget(myo_floor *self)
{
    self->forget_in = FORGET_BLOCKS;
}

void myo_floor_relearn(myo_floor *self)
{
    learn_from_recent(self, self->recent_count);
}

bool myo_floor_looks_stationary(const myo_floor *self, double ratio)
{
    if (self->recent_count < self->recent_capacity) {
        return false;
    }
    double sum = 0.0;
    double sum_squares = 0.0;
    for (int32_t i = 0; i < self->recent_count; i++) {
        const double level = log(fmax((double)self->recent[MYO_LANE_DETECT][i], 1e-300));
        sum += level;
        sum_squares += level * level;
    }
    const double mean = sum / self->recent_count;
    const double variance = sum_squares / self->recent_count - mean * mean;
    /* Log of a mean of squares with nu degrees of freedom has variance 2/nu; activity that swells
     * and ebbs has several times that. */
    return variance < 2.0 * (2.0 / self->freedom) &&
           mean < log(ratio * ratio * fmax(self->power[MYO_LANE_DETECT], 1e-300));
}

double myo_floor_power(const myo_floor *self, int lane)
{
    return self->power[lane];
}

double myo_floor_local_power(const myo_floor *self)
{
    return self->local;
}

double myo_floor_spikiness(const myo_floor *self)
{
    const double freedom = self->freedom * 5.0 / self->block_hops;
    const bool known = fabs(freedom - crest_freedom) < 0.3 && self->count >= CREST_BLOCKS / 2;
    return known ? fmax(0.0, self->crest / crest_gauss - 1.0) : 0.0;
}

double myo_floor_long_tail(const myo_floor *self)
{
    if (self->groups < GROUP_MEMORY / 8) {
        return 1.0;
    }
    const double expected = 2.0 / (GROUP_BLOCKS * self->freedom);
    return myo_lesser(myo_greater(self->group_variance / expected, 1.0), 6.0);
}

double myo_floor_tail(const myo_floor *self)
{
    return self->tail;
}

int64_t myo_floor_generation(const myo_floor *self)
{
    return self->generation;
}

int32_t myo_floor_blocks(const myo_floor *self)
{
    return self->count;
}

void myo_floor_reset(myo_floor *self)
{
    forget_blocks(self);
    self->recent_count = self->recent_next = 0;
    self->forget_in = 0;
    self->tail = 1.0;
    self->local = 0.0;
    self->local_count = 0;
    myo_sorted_clear(self->local_sorted, MYO_SORTED_PLACES(LOCAL_BLOCKS));
    self->crest = 0.0;
    self->group_power = self->group_variance = 0.0;
    self->in_group = self->groups = 0;
    start_block(self);
    memset(self->power, 0, sizeof self->power);
}

static myo_status allocate(myo_floor *self)
{
    for (int lane = 0; lane < LANES; lane++) {
        self->ring[lane] = calloc((size_t)self->capacity, sizeof(float));
        self->recent[lane] = calloc((size_t)self->recent_capacity, sizeof(float));
        if (self->ring[lane] == NULL || self->recent[lane] == NULL) {
            return MYO_ERR_NO_MEMORY;
        }
    }
    return MYO_OK;
}

/* What the quantile has to be divided by to give the mean. */
static void design_bias(myo_floor *self, const myo_floor_config *config, const myo_floor *like)
{
    const double block_s = (double)self->block_hops * self->hop_frames / config->rate_hz;
    for (int lane = 0; lane < LANES; lane++) {
        const double freedom = fmax(2.0, 2.0 * config->bandwidth_hz[lane] * block_s);
        self->bias[lane] = like != NULL
                               ? like->bias[lane]
                               : myo_chi2_quantile_upper(1.0 - quantile, freedom) / freedom;
        if (lane == MYO_LANE_DETECT) {
            self->freedom = freedom;
            /* A little less, so that rounding decides nothing. */
            self->even = 0.999999 * exp(tail_spread * sqrt(2.0 / freedom));
        }
    }
}

myo_status myo_floor_new(const myo_floor_config *config, const myo_floor *like, myo_floor **out)
{
    myo_floor *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->hop_frames = myo_hop_frames(config->rate_hz);
    const double hop_ms = 1000.0 * self->hop_frames / config->rate_hz;
    self->block_hops = myo_hops(block_ms, hop_ms);
    self->sums = &config->board->floor;
    self->sums->block_hops = self->block_hops;
    self->place = config->lane;
    const double block_s = self->block_hops * hop_ms / 1000.0;
    self->capacity = myo_hops(config->window_s, block_s);
    self->recent_capacity = myo_hops(recent_s, block_s);
    design_bias(self, config, like);
    if (allocate(self) != MYO_OK) {
        myo_floor_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    myo_floor_reset(self);
    *out = self;
    return MYO_OK;
}

void myo_floor_free(myo_floor *self)
{
    if (self == NULL) {
        return;
    }
    for (int lane = 0; lane < LANES; lane++) {
        free(self->ring[lane]);
        free(self->recent[lane]);
    }
    free(self);
}
