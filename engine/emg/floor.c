/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running quantiles of block powers: what is done for one channel. The ends of blocks are in the
 * kernels. */
#include "emg/floor.h"

#include "core/minmax.h"
#include "myotwitch/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 25 ms blocks (emg.md 7.5): long enough for ten degrees of freedom, short against a burst. */
static const double block_ms = 25.0;
static const double recent_s = 2.0;
/* A level that stayed below this share of the floor for most of 0.8 s is the floor now: the hum was
 * taken away, the electrode set right. By chance that happens in no lifetime (380 degrees of freedom). Where a few
 * units fire, a pause of theirs is such a fall: the floor's logarithm wanders by the root of its tail. */
static const double fell_to = 0.5;
/* Crest of Gaussian noise, for five hops of 2.4 degrees of freedom (60-300 Hz, 5 ms); simulated, 6 h:
 * 2.13 with a standard deviation of 0.025 for the mean of 200 blocks. Laplace and Student's t with 5
 * degrees give 2.22. */
static const double crest_gauss = 2.13;
static const double crest_freedom = 2.4;

/* Variance of a block of white noise in 60-300 Hz over that of 12 degrees of freedom: skirts let in more. Chosen
 * between the 0.78 to 0.83 of quiet records; an hour simulated behind a Butterworth filter of order 4, with what
 * floor_kern.c leaves out, gave 0.79. */
static const double white_variance = 0.81;
static const double spread_least_blocks = 300.0;

enum { LANES = MYO_LANE_COUNT, FORGET_BLOCKS = 25, CREST_BLOCKS = 200 };

/* --- blocks anew --------------------------------------------------------------------------- */

static void forget_blocks(myo_floors *all, size_t lane)
{
    myo_floor_set_count(all, lane, 0);
    all->next[lane] = 0;
    for (int q = 0; q < MYO_FLOOR_QUANTILES; q++) {
        myo_quantile_forget(&all->quantiles[q], lane);
    }
    all->moved = true;
}

/* So many blocks went into the ring, from its first place on. */
static void start_over(myo_floors *all, size_t lane, int32_t blocks)
{
    forget_blocks(all, lane);
    myo_floor_set_count(all, lane, blocks < all->capacity ? blocks : all->capacity);
    all->next[lane] = blocks % all->capacity;
}

/* The channel's block at one place becomes that at another. */
static void copy_block(myo_floor_row *to, const myo_floor_row *from, size_t lane)
{
    for (int band = 0; band < LANES; band++) {
        to->power[band][lane] = from->power[band][lane];
    }
}

/* Keeps the newest blocks only. */
static void drop_old(myo_floors *all, size_t lane)
{
    myo_floor_row kept[FORGET_BLOCKS];
    const int32_t count = all->count[lane] < FORGET_BLOCKS ? all->count[lane] : FORGET_BLOCKS;
    for (int32_t i = 0; i < count; i++) {
        const int32_t at = (all->next[lane] + 2 * all->capacity - count + i) % all->capacity;
        copy_block(&kept[i], &all->ring[at], lane);
    }
    for (int32_t i = 0; i < count; i++) {
        copy_block(&all->ring[i], &kept[i], lane);
    }
    start_over(all, lane, count);
}

/* Starts anew from the last `blocks` blocks, quiet or not. */
static void learn_from_recent(myo_floors *all, size_t lane, int32_t blocks)
{
    for (int32_t i = 0; i < blocks; i++) {
        const int32_t at = all->recent_next[lane] + all->recent_capacity - blocks + i;
        copy_block(&all->ring[i % all->capacity], &all->recent[at % all->recent_capacity], lane);
    }
    start_over(all, lane, blocks);
    if (blocks > 0) {
        all->tell(all, 1u << lane);
    }
}

static bool fell_far(const myo_floors *all, size_t lane)
{
    const double share = all->local[lane] / all->power[MYO_LANE_DETECT][lane];
    return share < fell_to && share < pow(fell_to, sqrt(all->tail[lane]));
}

void myo_floors_end(myo_floors *all, unsigned ends)
{
    const unsigned alive = all->take(all, ends), learned = all->learned;
    all->busy = all->moved = true;
    for (size_t lane = 0; learned >> lane != 0; lane++) {
        if ((learned >> lane & 1u) && all->forget_in[lane] > 0 && --all->forget_in[lane] == 0) {
            drop_old(all, lane);
        }
    }
    all->tell(all, learned);
    for (size_t lane = 0; alive >> lane != 0; lane++) {
        if ((alive >> lane & 1u) && all->local[lane] > 0.0 && fell_far(all, lane)) {
            learn_from_recent(all, lane, MYO_FLOOR_LOCAL);
        }
    }
}

/* --- one channel --------------------------------------------------------------------------- */

void myo_floor_begin(myo_floor *self)
{
    myo_floors *all = self->all;
    const size_t lane = self->lane;
    for (int band = 0; band < LANES; band++) {
        all->sums.sum[band][lane] = 0.0;
    }
    all->sums.five_most[lane] = 0.0;
    all->sums.hops[lane] = 0.0;
    all->quiet |= 1u << lane;
}

void myo_floor_forget(myo_floor *self)
{
    self->all->forget_in[self->lane] = FORGET_BLOCKS;
}

void myo_floor_relearn(myo_floor *self)
{
    learn_from_recent(self->all, self->lane, self->all->recent_count[self->lane]);
}

bool myo_floor_looks_stationary(const myo_floor *self, double ratio)
{
    const myo_floors *all = self->all;
    const int32_t count = all->recent_count[self->lane];
    if (count < all->recent_capacity) {
        return false;
    }
    double sum = 0.0;
    double sum_squares = 0.0;
    for (int32_t i = 0; i < count; i++) {
        const float power = all->recent[i].power[MYO_LANE_DETECT][self->lane];
        const double level = log(fmax((double)power, 1e-300));
        sum += level;
        sum_squares += level * level;
    }
    const double mean = sum / count;
    const double variance = sum_squares / count - mean * mean;
    /* Log of a mean of squares with nu degrees of freedom has variance 2/nu; activity that swells
     * and ebbs has several times that. */
    return variance < 2.0 * (2.0 / all->freedom[self->lane]) &&
           mean < log(ratio * ratio * fmax(all->power[MYO_LANE_DETECT][self->lane], 1e-300));
}

double myo_floor_spikiness(const myo_floor *self)
{
    const myo_floors *all = self->all;
    const double freedom = all->freedom[self->lane] * 5.0 / all->sums.block_hops;
    const bool known =
        fabs(freedom - crest_freedom) < 0.3 && all->count[self->lane] >= CREST_BLOCKS / 2;
    return known ? fmax(0.0, all->crest[self->lane] / crest_gauss - 1.0) : 0.0;
}

double myo_floor_long_tail(const myo_floor *self)
{
    const myo_floors *all = self->all;
    if (8.0 * all->groups[self->lane] < MYO_FLOOR_GROUPS) {
        return 1.0;
    }
    const double expected = 2.0 / (MYO_FLOOR_GROUP * all->freedom[self->lane]);
    return myo_lesser(myo_greater(all->group_variance[self->lane] / expected, 1.0), 6.0);
}

double myo_floor_spread(const myo_floor *self)
{
    const myo_floors *all = self->all;
    if (all->spread_blocks[self->lane] < spread_least_blocks) {
        return 1.0;
    }
    return myo_greater(all->block_variance[self->lane] / white_variance, 1.0);
}

int32_t myo_floor_blocks(const myo_floor *self)
{
    return self->all->count[self->lane];
}

/* --- life ---------------------------------------------------------------------------------- */

void myo_floor_reset(myo_floor *self)
{
    myo_floors *all = self->all;
    const size_t lane = self->lane;
    forget_blocks(all, lane);
    all->recent_count[lane] = all->recent_next[lane] = all->local_count[lane] = 0;
    all->forget_in[lane] = 0;
    all->tail[lane] = 1.0;
    all->local[lane] = all->crest[lane] = 0.0;
    all->group_power[lane] = all->group_variance[lane] = 0.0;
    all->in_group[lane] = all->groups[lane] = 0.0;
    all->block_variance[lane] = all->spread_blocks[lane] = 0.0;
    for (int i = 0; i <= MYO_FLOOR_LOCAL; i++) {
        all->local_sorted[i][lane] = INFINITY;
    }
    myo_floor_begin(self);
    for (int band = 0; band < LANES; band++) {
        all->power[band][lane] = 0.0;
    }
}

/* What the quantile has to be divided by to give the mean. */
static void design_bias(myo_floor *self, const myo_floor_config *config, const myo_floor *like)
{
    myo_floors *all = self->all;
    const double block_s = all->frames / config->rate_hz;
    for (int band = 0; band < LANES; band++) {
        const double freedom = fmax(2.0, 2.0 * config->bandwidth_hz[band] * block_s);
        all->bias[band][self->lane] =
            like != NULL ? like->all->bias[band][like->lane]
                         : myo_chi2_quantile_upper(1.0 - myo_floor_share(band), freedom) / freedom;
        if (band == MYO_LANE_DETECT) {
            all->freedom[self->lane] = freedom;
            /* A little less, so that rounding decides nothing. */
            all->even[self->lane] = 0.999999 * exp(MYO_FLOOR_TAIL_SPREAD * sqrt(2.0 / freedom));
        }
    }
}

static void design_blocks(myo_floors *all, const myo_floor_config *config)
{
    const int32_t hop_frames = myo_hop_frames(config->rate_hz);
    const double hop_ms = 1000.0 * hop_frames / config->rate_hz;
    const int32_t block_hops = myo_hops(block_ms, hop_ms);
    const double block_s = block_hops * hop_ms / 1000.0;
    all->sums.block_hops = block_hops;
    all->frames = (double)block_hops * hop_frames;
    all->capacity = myo_hops(config->window_s, block_s);
    all->recent_capacity = myo_hops(recent_s, block_s);
}

/* Rings for all channels, when the first comes. */
static myo_status allocate(myo_floors *all)
{
    const size_t rows = (size_t)all->capacity, recent = (size_t)all->recent_capacity;
    all->ring = aligned_alloc(_Alignof(myo_floor_row), rows * sizeof *all->ring);
    all->recent = aligned_alloc(_Alignof(myo_floor_row), recent * sizeof *all->recent);
    all->scratch = malloc(rows * sizeof *all->scratch);
    if (all->ring == NULL || all->recent == NULL || all->scratch == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    memset(all->ring, 0, rows * sizeof *all->ring);
    memset(all->recent, 0, recent * sizeof *all->recent);
    return MYO_OK;
}

void myo_floors_free(myo_floors *all)
{
    free(all->ring);
    free(all->recent);
    free(all->scratch);
    all->ring = all->recent = NULL;
    all->scratch = NULL;
}

myo_status myo_floor_init(const myo_floor_config *config, const myo_floor *like, myo_floor *self)
{
    myo_floors *all = &config->board->floor;
    design_blocks(all, config);
    if (all->scratch == NULL && allocate(all) != MYO_OK) {
        return MYO_ERR_NO_MEMORY;
    }
    *self = (myo_floor){.all = all, .lane = config->lane};
    design_bias(self, config, like);
    myo_floor_reset(self);
    return MYO_OK;
}
