/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends the blocks of the noise floors of eight channels at once; compiled once for each instruction
 * set. Nothing rounds otherwise in one than in another. */
#include "dsp/vec.h"
#include "emg/octet_kern.h"

#include <math.h>

/* Below this share of the floor nothing is connected: a thousandth of its RMS. */
static const double dead_share = 1e-6;
static const double crest_blocks = 200.0;
static const int32_t tail_blocks = 40; /* fewer tell nothing of a tail */
/* A departure counts up to three times what chi-square lets expect, so that a burst that was missed, or weak
 * activity, weighs little. */
static const double most_square = 9.0;

enum { LANES = MYO_LANE_COUNT };

#define EACH_VECTOR for (size_t lane = 0; lane < MYO_OCTET; lane += WIDTH)

/* A finished block. */
typedef struct {
    myo_floor_row row;
    unsigned alive, learns; /* bits of the channels that had one, and in which it was quiet */
} block;

static vec_mask those(unsigned bits, size_t lane)
{
    return vec_those(bits >> lane);
}

static void store_if(vec_mask mask, double *to, vec value)
{
    vec_store(to, vec_choose(mask, value, vec_load(to)));
}

static void pick_up(const myo_floors *self, unsigned ends, block *b)
{
    const vec frames = vec_all(self->frames);
    unsigned alive = 0;
    EACH_VECTOR
    {
        for (int band = 0; band < LANES; band++) {
            const vec power = vec_load(self->sums.sum[band] + lane) / frames;
            vec_to_floats(b->row.power[band] + lane, power);
            if (band == MYO_LANE_DETECT) {
                /* Digital silence is an open lead, not a quiet muscle: such a block was not there. */
                const vec dead = vec_all(dead_share) * vec_load(self->power[band] + lane);
                alive |= vec_bits(vec_exceeds(power, dead)) << lane;
            }
        }
    }
    b->alive = ends & alive;
    b->learns = b->alive & self->quiet;
}

/* Puts a block into the rows of the channels of @p some, each at its own place, and takes out what was
 * there. Mostly all are at the same place. */
static void exchange(myo_floor_row *rows, const int32_t *place, unsigned some, const block *b,
                     myo_floor_row *gone)
{
    eight_ints places;
    eight_load_ints(&places, place);
    for (unsigned left = some; left != 0;) {
        const int32_t at = place[__builtin_ctz(left)];
        const eight_ints same = places == at;
        const unsigned here = left & eight_bits(&same);
        for (int band = 0; band < LANES; band++) {
            eight_mix(gone->power[band], rows[at].power[band], here);
            eight_mix(rows[at].power[band], b->row.power[band], here);
        }
        left &= ~here;
    }
}

/* The next place of each channel of @p some. */
static void advance(int32_t *place, unsigned some, int32_t capacity)
{
    eight_ints places, moves;
    eight_load_ints(&places, place);
    eight_spread(&moves, some);
    places -= moves;
    places &= places < capacity;
    eight_store_ints(place, &places);
}

/* A value comes into the sorted rows of each channel, infinite for none, and one goes; see myo_row_step. */
static void sort_in(float (*row)[MYO_OCTET], const float *value, const float *gone)
{
    eight_floats v, g, below, here, above;
    eight_load(&v, value);
    eight_load(&g, gone);
    eight_load(&here, row[0]);
    eight_floats in = EIGHT_LESSER(here, v);
    for (size_t i = 0; i < MYO_FLOOR_LOCAL; i++) {
        below = here;
        eight_load(&here, row[i + 1]);
        const eight_floats least = EIGHT_LESSER(here, v);
        above = EIGHT_GREATER(below, least);
        in = EIGHT_CHOOSE(in < g, in, above);
        eight_store(row[i], &in);
        in = above;
    }
}

/* The oldest of the last blocks' powers in the channels of @p some. Mostly all are at the same place. */
static void pick_local(const myo_floors *self, unsigned some, float *powers)
{
    eight_ints places;
    eight_load_ints(&places, self->recent_next);
    places -= MYO_FLOOR_LOCAL;
    places += (places < 0) & self->recent_capacity;
    while (some != 0) {
        const int32_t at = places[__builtin_ctz(some)];
        const eight_ints same = places == at;
        const unsigned here = some & eight_bits(&same);
        eight_mix(powers, self->recent[at].power[MYO_LANE_DETECT], here);
        some &= ~here;
    }
}

/* The level of the last blocks, quiet or not: a twitch fills a third of them at most. */
static void follow_local(myo_floors *self, const block *b)
{
    const eight_floats none = {0.0f}, most = none + INFINITY;
    MYO_ALIGNED float value[MYO_OCTET], gone[MYO_OCTET];
    eight_ints counts, alive;
    eight_load_ints(&counts, self->local_count);
    eight_spread(&alive, b->alive);
    const eight_ints goes = (counts == MYO_FLOOR_LOCAL) & alive;
    counts -= alive & ~goes;
    eight_store_ints(self->local_count, &counts);
    const eight_ints whole = (counts == MYO_FLOOR_LOCAL) & alive;
    const unsigned full = eight_bits(&whole);
    eight_store(value, &most);
    eight_store(gone, &most);
    eight_mix(value, b->row.power[MYO_LANE_DETECT], b->alive);
    pick_local(self, eight_bits(&goes), gone);
    sort_in(self->local_sorted, value, gone);
    const double at = myo_floor_share(MYO_LANE_DETECT) * (MYO_FLOOR_LOCAL - 1);
    const int32_t low = (int32_t)at;
    EACH_VECTOR
    {
        const vec lower = vec_from_floats(self->local_sorted[low] + lane);
        const vec upper = vec_from_floats(self->local_sorted[low + 1] + lane);
        const vec found = lower + vec_all(at - low) * (upper - lower);
        store_if(those(full, lane), self->local + lane,
                 found / vec_load(self->bias[MYO_LANE_DETECT] + lane));
    }
}

static void keep_recent(myo_floors *self, const block *b)
{
    myo_floor_row gone;
    follow_local(self, b);
    exchange(self->recent, self->recent_next, b->alive, b, &gone);
    advance(self->recent_next, b->alive, self->recent_capacity);
    eight_ints counts, alive;
    eight_load_ints(&counts, self->recent_count);
    eight_spread(&alive, b->alive);
    counts -= (counts < self->recent_capacity) & alive;
    eight_store_ints(self->recent_count, &counts);
    for (size_t lane = 0; lane < MYO_OCTET; lane++) {
        self->generation[lane] += b->alive >> lane & 1u;
    }
}

/* Variance of the mean of four quiet blocks in a row. */
static void follow_group(myo_floors *self, const block *b, size_t lane)
{
    const vec zero = vec_all(0.0), one = vec_all(1.0), four = vec_all(MYO_FLOOR_GROUP);
    const vec floor = vec_load(self->power[MYO_LANE_DETECT] + lane);
    const vec detect = vec_from_floats(b->row.power[MYO_LANE_DETECT] + lane);
    const vec_mask alive = those(b->alive, lane);
    const vec_mask counts = vec_both(those(b->learns, lane), vec_exceeds(floor, zero));
    const vec power = vec_keep(counts, vec_load(self->group_power + lane) + detect);
    const vec blocks = vec_keep(counts, vec_load(self->in_group + lane) + one);
    const vec_mask full = vec_exceeds(blocks, four - vec_all(0.5));
    if (vec_bits(full) != 0) {
        const vec expected = vec_all(2.0) / (four * vec_load(self->freedom + lane));
        const vec departure = power / four / floor - one;
        const vec square = vec_lesser(departure * departure, vec_all(most_square) * expected);
        const vec groups =
            vec_lesser(vec_load(self->groups + lane) + one, vec_all(MYO_FLOOR_GROUPS));
        const vec variance = vec_load(self->group_variance + lane);
        store_if(full, self->groups + lane, groups);
        store_if(full, self->group_variance + lane, variance + (square - variance) / groups);
    }
    store_if(alive, self->group_power + lane, vec_choose(full, zero, power));
    store_if(alive, self->in_group + lane, vec_choose(full, zero, blocks));
}

/* Variance of the quiet blocks, once the floor rests on enough of them. */
static void follow_spread(myo_floors *self, const block *b, size_t lane)
{
    const vec floor = vec_load(self->power[MYO_LANE_DETECT] + lane);
    const vec detect = vec_from_floats(b->row.power[MYO_LANE_DETECT] + lane);
    const vec_mask known = vec_exceeds(vec_load(self->known + lane), vec_all(tail_blocks - 0.5));
    const vec departure = detect / floor - vec_all(1.0);
    const vec share = departure * departure * vec_load(self->freedom + lane) * vec_all(0.5);
    const vec blocks = vec_lesser(vec_load(self->spread_blocks + lane) + vec_all(1.0),
                                  vec_all(MYO_FLOOR_SPREAD_BLOCKS));
    const vec old = vec_load(self->block_variance + lane);
    const vec_mask counts = vec_both(those(b->learns, lane), known);
    store_if(counts, self->spread_blocks + lane, blocks);
    store_if(counts, self->block_variance + lane,
             old + (vec_lesser(share, vec_all(most_square)) - old) / blocks);
}

/* Mean over the last blocks of the highest five hops over the block's mean. */
static void follow_crest(myo_floors *self, const block *b, size_t lane)
{
    const vec detect = vec_from_floats(b->row.power[MYO_LANE_DETECT] + lane);
    const vec energy = detect * vec_all(self->frames);
    const vec most = vec_load(self->sums.five_most + lane) * vec_all(self->sums.block_hops);
    const vec crest = vec_keep(vec_exceeds(energy, vec_all(0.0)), most / (vec_all(5.0) * energy));
    const vec memory =
        vec_lesser(vec_load(self->known + lane) + vec_all(1.0), vec_all(crest_blocks));
    const vec old = vec_load(self->crest + lane);
    store_if(those(b->learns, lane), self->crest + lane, old + (crest - old) / memory);
}

/* The oldest block of a full ring goes as a new one comes. */
static void add_blocks(myo_floors *self, const block *b)
{
    myo_floor_row gone = {.power = {{0.0f}}};
    exchange(self->ring, self->next, b->learns, b, &gone);
    advance(self->next, b->learns, self->capacity);
    uint64_t near = 0;
    for (int q = 0; q < MYO_FLOOR_QUANTILES; q++) {
        const int band = myo_floor_band(q);
        const unsigned some = myo_quantiles_count(&self->quantiles[q], b->learns,
                                                  b->row.power[band], self->full, gone.power[band]);
        near |= (uint64_t)some << (q * MYO_OCTET);
    }
    for (; near != 0; near &= near - 1) {
        const size_t at = (size_t)__builtin_ctzll(near), lane = at % MYO_OCTET;
        const int q = (int)(at / MYO_OCTET), band = myo_floor_band(q);
        myo_quantile_step(&self->quantiles[q], lane, b->row.power[band][lane],
                          gone.power[band][lane], self->full >> lane & 1u);
    }
}

/* One more block in those channels whose ring is not full. */
static void count_blocks(myo_floors *self, unsigned more)
{
    for (size_t lane = 0; more != 0; more >>= 1, lane++) {
        if (more & 1u) {
            myo_floor_set_count(self, lane, self->count[lane] + 1);
        }
    }
}

/* The next block of each. */
static void begin(myo_floors *self, unsigned ends)
{
    const vec zero = vec_all(0.0);
    EACH_VECTOR
    {
        const vec_mask ended = those(ends, lane);
        for (int band = 0; band < LANES; band++) {
            store_if(ended, self->sums.sum[band] + lane, zero);
        }
        store_if(ended, self->sums.five_most + lane, zero);
        store_if(ended, self->sums.hops + lane, zero);
    }
    self->quiet |= ends;
}

unsigned MYO_OCTET_NAME(floor_take)(myo_floors *self, unsigned ends)
{
    block b;
    pick_up(self, ends, &b);
    keep_recent(self, &b);
    EACH_VECTOR
    {
        follow_group(self, &b, lane);
        follow_spread(self, &b, lane);
        follow_crest(self, &b, lane);
    }
    add_blocks(self, &b);
    count_blocks(self, b.learns & ~self->full);
    begin(self, ends);
    self->learned = b.learns;
    return b.alive;
}

/* Spread of the block powers between their 10th and 80th percentile against what chi-square of the
 * nominal degrees of freedom would show (normal approximation). */
static double tail_of(const myo_floors *self, size_t lane, double low, double high)
{
    const double spread = log(high / low) / MYO_FLOOR_TAIL_SPREAD;
    return fmax(1.0, spread * spread * self->freedom[lane] / 2.0);
}

static void tell_tails(myo_floors *self, unsigned learned, const double *low, const double *high)
{
    for (size_t lane = 0; learned != 0; learned >>= 1, lane++) {
        if (learned & 1u) {
            /* Where it is even, the tail would be 1 with the logarithm, too. */
            const bool even = self->count[lane] < tail_blocks || !(low[lane] > 0.0) ||
                              high[lane] < self->even[lane] * low[lane];
            self->tail[lane] = even ? 1.0 : tail_of(self, lane, low[lane], high[lane]);
        }
    }
}

/* The quantile left what is near in the channels of @p lost. */
static void find(myo_floors *self, int q, unsigned lost)
{
    for (size_t lane = 0; lost != 0; lost >>= 1, lane++) {
        if (lost & 1u) {
            for (int32_t i = 0; i < self->count[lane]; i++) {
                self->scratch[i] = self->ring[i].power[myo_floor_band(q)][lane];
            }
            myo_quantile_find(&self->quantiles[q], lane, self->scratch, self->count[lane]);
        }
    }
}

void MYO_OCTET_NAME(floor_tell)(myo_floors *self, unsigned learned)
{
    double tail[MYO_FLOOR_QUANTILES - LANES][MYO_OCTET];
    for (int q = 0; q < MYO_FLOOR_QUANTILES; q++) {
        const myo_quantiles *quantiles = &self->quantiles[q];
        MYO_ALIGNED float lower[MYO_OCTET], upper[MYO_OCTET];
        int32_t place[MYO_OCTET];
        const unsigned lost = myo_quantiles_lost(quantiles, learned, place);
        if (lost != 0) {
            find(self, q, lost);
            (void)myo_quantiles_lost(quantiles, learned, place);
        }
        myo_quantiles_get(quantiles, place, lower, upper);
        EACH_VECTOR
        {
            const vec low = vec_from_floats(lower + lane), high = vec_from_floats(upper + lane);
            const vec found = low + vec_load(quantiles->part + lane) * (high - low);
            if (q < LANES) {
                store_if(those(learned, lane), self->power[q] + lane,
                         found / vec_load(self->bias[q] + lane));
            } else {
                vec_store(tail[q - LANES] + lane, found);
            }
        }
    }
    tell_tails(self, learned, tail[0], tail[1]);
}

/* All whose quantile may soon be lost. */
static uint64_t find_close(const myo_floors *self)
{
    uint64_t close = 0;
    for (int q = 0; q < MYO_FLOOR_QUANTILES; q++) {
        const unsigned some = myo_quantiles_close(&self->quantiles[q], self->count);
        close |= (uint64_t)some << (q * MYO_OCTET);
    }
    return close;
}

void MYO_OCTET_NAME(floor_ahead)(myo_floors *self)
{
    self->close = self->moved ? find_close(self) : self->close;
    self->moved = false;
    if (self->close != 0) {
        const size_t first = (size_t)__builtin_ctzll(self->close);
        self->close &= self->close - 1;
        find(self, (int)(first / MYO_OCTET), 1u << first % MYO_OCTET);
    }
}
