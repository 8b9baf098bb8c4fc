/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Multi-window energy detector (emg.md 0.6, 7.3): the power of 5 to 100 ms windows in the detect
 * band, less what a slow movement leaks into it, against thresholds for a stated alarm rate. */
#include "emg/burst_state.h"

#include "core/minmax.h"
#include "emg/onset.h"

#include <string.h>

/* Over when 25 ms RMS stays under 1.3 sigma (emg.md 7.5). At 1.55 types settle sooner (95 % within 116 ms instead of
 * 132), but a push of a real recording was parted from its weak beginning, which was told as a twitch. */
static const double end_ratio = 1.69;
/* What is left of a burst is weak where 10 ms are below this share of its highest and they or 25 ms below twice the
 * noise's RMS: a heart beat behind it, or the noise itself, for which its type does not wait, and which is not of it
 * if it lasts for longer than a gap. What is higher over the noise may be a push that goes on, whatever it was before. */
static const double weak_share = 0.05;
static const double weak_ratio = 4.0;
/* A rest is weak beside what was there before the burst, too: so many times the level of the last second. Tonic units
 * discharge on, and their floor lies between their discharges. */
static const double ground_ratio = 1.6;
/* Activity that goes on for so long, or that is steady noise, is the new floor. */
static const double relearn_s = 12.0;
static const double relearn_steady_s = 3.0;
static const double relearn_steady_ratio = 2.5;
/* Noise as it is measured is never lighter-tailed than this: margin for drift of the floor. */
static const double tail_least = 1.1;
/* What lies apart before a burst and is weaker than this share of its highest power is not of it if it is
 * slower than this share of its energy in the detect band: a heart beat, the kink of a movement. */
typedef struct {
    double power, band_fraction;
} forerunner;
static const forerunner forerunners[] = {{0.1, 0.1}, {0.01, 0.3}};

static void announce(myo_burst_detector *self, const myo_burst *burst)
{
    /* There is room: a hop makes at most one more than can be pending, taken out after each. */
    self->news[(self->news_first + self->news_count) % MYO_BURST_NEWS] = *burst;
    self->news_count++;
}

static const double *ratios_for(const myo_burst_detector *self, myo_tail_ratios *known, double tail)
{
    const double bounded = myo_greater(tail_least, tail);
    if (known->tail != bounded) {
        known->tail = bounded;
        myo_threshold_get(self->table, bounded, known->ratio);
    }
    return known->ratio;
}

static const double *coloured_for(const myo_burst_detector *self, myo_tail_ratios *known,
                                  double spread)
{
    if (known->tail != spread) {
        known->tail = spread;
        myo_threshold_get_coloured(self->table, spread, known->ratio);
    }
    return known->ratio;
}

/* 50 ms lie half way between the block of 25 ms and the group of 100. */
static double widened(const double *narrow, const double *wide, int window)
{
    const double ratio = narrow[window];
    return window == 4   ? myo_greater(ratio, 0.5 * (ratio + wide[4]))
           : window == 5 ? myo_greater(ratio, wide[5])
                         : ratio;
}

void myo_burst_set_limits(myo_burst_detector *self)
{
    const double *narrow = ratios_for(self, &self->narrow, myo_floor_tail(&self->floor));
    const double *wide = ratios_for(self, &self->wide, myo_floor_long_tail(&self->floor));
    /* Where the level of the last second is above the floor, the floor is drifting: it counts. */
    const double noise =
        myo_greater(myo_burst_noise(self, MYO_LANE_DETECT), myo_floor_local_power(&self->floor));
    const double hop_noise = self->hop_frames * noise;
    self->limit_generation = myo_floor_generation(&self->floor);
    const double *coloured = coloured_for(self, &self->coloured, myo_floor_spread(&self->floor));
    /* One number after the other, each from registers: what is written so cannot be read two at a time at once. */
    _Pragma("GCC unroll 6") for (int k = 0; k < MYO_WINDOW_COUNT; k++)
    {
        const double ratio = myo_greater(widened(narrow, wide, k), coloured[k]);
        const double limit = ratio * myo_window_hops[k] * hop_noise;
        self->limit[k] = limit;
        self->windows->limit[k][self->lane] =
            k < MYO_HERALD_WINDOWS ? MYO_HERALD_SHARE * limit : limit;
    }
    if (self->needle) {
        myo_burst_raise_limits(self);
    }
}

static int crossed_window(const myo_burst_detector *self, const double sum[MYO_WINDOW_COUNT])
{
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        if (sum[k] > self->limit[k]) {
            return k;
        }
    }
    return -1;
}

double myo_burst_strength(const myo_burst_detector *self, const double sum[MYO_WINDOW_COUNT])
{
    double most = 0.0;
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        most = myo_greater(most, sum[k] / self->limit[k]);
    }
    return most;
}

/* Where the burst that a window sees at the cursor begins, as far as it is known now. */
static double find_onset(const myo_burst_detector *self, int window)
{
    int64_t earliest =
        self->cursor - myo_window_hops[window] - myo_hops(MYO_ONSET_REACH_MS, self->hop_ms);
    if (earliest <= self->chain_end && self->chain_end > 0) {
        earliest = self->chain_end + 1;
    }
    const myo_onset_question question = {
        .lane = MYO_LANE_DETECT,
        .noise_power = myo_burst_noise(self, MYO_LANE_DETECT),
        .low_power = myo_burst_noise(self, MYO_LANE_LOW),
        .hop_frames = self->hop_frames,
        .earliest_hop = earliest,
        .crossing_hop = self->cursor,
        .hop_ms = self->hop_ms,
    };
    return myo_onset_find(&self->ring, &question);
}

/* By how much the detect band's noise of the last second is above the floor. */
static double floor_drift(const myo_burst_detector *self)
{
    const double noise = myo_burst_noise(self, MYO_LANE_DETECT);
    return myo_greater(1.0, myo_floor_local_power(&self->floor) / noise);
}

static void herald_burst(myo_burst_detector *self, const double sum[MYO_WINDOW_COUNT])
{
    const double noise = self->hop_frames * myo_burst_noise(self, MYO_LANE_MEASURE);
    const myo_herald_question question = {
        .ring = &self->ring,
        .hop = self->cursor,
        .noise_energy = noise * floor_drift(self),
        .tail = myo_greater(tail_least, myo_floor_tail(&self->floor)),
        .sum = sum,
        .limit = self->limit,
    };
    if (!myo_herald_is_due(&self->herald, &question, self->hop_ms)) {
        return;
    }
    const myo_burst burst = {.news = MYO_BURST_HERALDED,
                             .onset_hop = find_onset(self, 0),
                             .opened_hop = self->cursor,
                             .end_hop = self->cursor + 1};
    announce(self, &burst);
}

/* The power that the burst ends at. */
static double end_power(const myo_burst_detector *self)
{
    return self->needle ? myo_burst_end_power(self) : self->floor_at_open[MYO_LANE_DETECT];
}

static void open_burst(myo_burst_detector *self, int window)
{
    memset(&self->open, 0, sizeof self->open);
    self->open.news = MYO_BURST_OPENED;
    self->open.spikiness = myo_floor_spikiness(&self->floor);
    self->open.serial = ++self->serial;
    self->open.onset_hop = find_onset(self, window);
    self->open.opened_hop = myo_hop_end(&self->ring) - 1;
    self->open.end_hop = self->cursor + 1;
    self->open.follows = self->chain_end > 0 && self->open.onset_hop - (double)self->chain_end <
                                                    (double)self->refractory_hops;
    if (!self->open.follows) {
        self->chain_start = (int64_t)self->open.onset_hop;
    }
    self->open.ground = self->needle ? myo_needle_ground_power(self->ground) : 0.0;
    self->crossing_hop = self->cursor;
    self->last_active_hop = self->cursor;
    self->highest = 0.0;
    self->strong_hop = self->cursor;
    self->high_hop = self->cursor;
    self->rest_hop = MYO_NO_REST;
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        self->floor_at_open[lane] = myo_burst_noise(self, lane);
    }
    self->ground_power = ground_ratio * myo_floor_local_power(&self->floor);
    self->state = ACTIVE;
    announce(self, &self->open);
}

/* 5 ms of it: a discharge. */
enum { DISCHARGE_HOPS = 5 };

static double discharge(const myo_burst_detector *self, int64_t hop)
{
    return myo_hop_energy(&self->ring, MYO_LANE_DETECT, hop, hop + DISCHARGE_HOPS);
}

static int64_t strongest(const myo_burst_detector *self, int64_t from, int64_t to)
{
    double most = 0.0;
    int64_t most_hop = from;
    for (int64_t hop = from; hop + DISCHARGE_HOPS <= to; hop++) {
        const double energy = discharge(self, hop);
        if (energy > most) {
            most = energy;
            most_hop = hop;
        }
    }
    return most_hop;
}

/* Where the energy first stays within a share of that at @p most for a pause and more, looking back; @p from
 * where it never does. */
static int64_t strong_start(const myo_burst_detector *self, int64_t from, int64_t most,
                            double share)
{
    const double limit = share * discharge(self, most);
    int64_t start = most;
    for (int64_t hop = most; hop >= from; hop--) {
        if (discharge(self, hop) > limit) {
            start = hop;
        } else if (start - hop > self->merge_hops / 2) {
            return hop;
        }
    }
    return from;
}

/* Energy over the noise that there was when the burst opened. */
static double energy_over(const myo_burst_detector *self, int lane, int64_t from, int64_t to)
{
    const double noise = (double)(to - from) * self->hop_frames * self->floor_at_open[lane];
    return myo_hop_energy(&self->ring, lane, from, to) - noise;
}

/* Where the burst itself begins: behind what it only followed. */
static int64_t own_start(const myo_burst_detector *self, int64_t from, int64_t to)
{
    const int64_t most = strongest(self, from, to);
    for (size_t i = 0; i < sizeof forerunners / sizeof forerunners[0]; i++) {
        const int64_t start = strong_start(self, from, most, forerunners[i].power);
        if (start > from &&
            energy_over(self, MYO_LANE_DETECT, from, start) <
                forerunners[i].band_fraction * energy_over(self, MYO_LANE_MEASURE, from, start)) {
            return start;
        }
    }
    return from;
}

/* The onset again, now with what came after the crossing. */
static void refine_onset(myo_burst_detector *self, myo_burst *burst)
{
    const int64_t first = myo_hop_first(&self->ring);
    const int64_t reach = (int64_t)burst->onset_hop - myo_hops(MYO_ONSET_REFINE_MS, self->hop_ms);
    const int64_t before = reach > first ? reach : first;
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

void myo_burst_close(myo_burst_detector *self)
{
    myo_burst *burst = &self->open;
    const bool weakly = self->last_active_hop - self->strong_hop > self->merge_hops;
    burst->end_hop = (weakly ? self->strong_hop : self->last_active_hop) + 1;
    if ((double)burst->end_hop <= burst->onset_hop) {
        burst->end_hop = (int64_t)burst->onset_hop + 1;
    }
    myo_burst_note_rest(self);
    burst->due_hop = myo_burst_due(self);
    self->chain_end = burst->end_hop;
    burst->chain_hops = self->chain_end - self->chain_start;
    if (burst->onset_hop > (double)myo_hop_first(&self->ring)) {
        refine_onset(self, burst);
    }
    self->state = IDLE;
    myo_burst_fill(self);
    if (self->pending_count < MYO_BURST_PENDING) {
        self->pending[self->pending_count++] = *burst;
    }
}

void myo_burst_settle(myo_burst_detector *self)
{
    myo_burst burst = self->pending[0];
    self->pending_count--;
    memmove(self->pending, self->pending + 1, (size_t)self->pending_count * sizeof *self->pending);
    myo_noise noise = {.hop_ms = self->hop_ms, .hop_frames = self->hop_frames};
    for (int lane = 0; lane < MYO_LANE_COUNT; lane++) {
        noise.power[lane] = myo_burst_noise(self, lane);
    }
    const int64_t end = myo_hop_end(&self->ring);
    const int64_t now = self->cursor < end ? self->cursor + 1 : end;
    myo_measure_burst(&self->ring, &noise, (int64_t)burst.onset_hop, burst.end_hop, now,
                      &burst.measure);
    myo_burst_shape_measure(&self->ring, self->hop_ms, (int64_t)burst.onset_hop, burst.end_hop, now,
                            &burst.shape);
    if (self->needle) {
        myo_burst_measure_needle(self, now, &burst);
    }
    burst.dwarfed = self->state == ACTIVE && self->open.strength > 10.0 * burst.strength &&
                    self->open.onset_hop - (double)burst.end_hop < (double)self->refractory_hops;
    burst.news = MYO_BURST_SETTLED;
    burst.settled_hop = end - 1;
    announce(self, &burst);
}

static double active_s(const myo_burst_detector *self, int64_t hop)
{
    return (double)(hop - (int64_t)self->open.onset_hop) * self->hop_ms / 1000.0;
}

bool myo_burst_is_long(const myo_burst_detector *self, int64_t hop)
{
    return active_s(self, hop) > relearn_steady_s;
}

int64_t myo_burst_long_hop(const myo_burst_detector *self, int64_t hop)
{
    const double from_s = myo_burst_is_long(self, hop) ? relearn_s : relearn_steady_s;
    return (int64_t)self->open.onset_hop + (int64_t)(from_s * 1000.0 / self->hop_ms);
}

/* What does not end and is steady is not a burst: the floor moved. Only a new block can change that. */
static bool is_new_floor(const myo_burst_detector *self)
{
    return myo_burst_is_long(self, self->cursor) &&
           myo_floor_looks_stationary(&self->floor, relearn_steady_ratio);
}

/* Sums over 25 and over 10 hops that end a burst. */
static double end_twentyfive(const myo_burst_detector *self)
{
    return end_ratio * (25.0 * self->hop_frames * end_power(self));
}

static double end_ten(const myo_burst_detector *self)
{
    return end_twentyfive(self) * 10.0 / 25.0;
}

/* Those of a weak rest. */
static double weak_twentyfive(const myo_burst_detector *self)
{
    return weak_ratio * (25.0 * self->hop_frames * end_power(self));
}

static double weak_ten(const myo_burst_detector *self)
{
    return weak_twentyfive(self) * 10.0 / 25.0;
}

/* Those of a rest, which may be on a ground. */
static double high_twentyfive(const myo_burst_detector *self)
{
    const double power = myo_greater(end_power(self), self->ground_power);
    return weak_ratio * (25.0 * self->hop_frames * power);
}

static double high_ten(const myo_burst_detector *self)
{
    return high_twentyfive(self) * 10.0 / 25.0;
}

/* Notes where the burst is more than a weak rest of itself, and where it is high: over twice the RMS of the noise or of
 * the ground, too. */
static void follow_height(myo_burst_detector *self, const double sum[MYO_WINDOW_COUNT])
{
    self->highest = myo_greater(self->highest, sum[1]);
    const bool tall = sum[1] > weak_share * self->highest;
    if (tall || (sum[1] > weak_ten(self) && sum[3] > weak_twentyfive(self))) {
        self->strong_hop = self->cursor;
    }
    if (self->cursor - self->high_hop == self->merge_hops + 1) {
        myo_burst_note_rest(self);
    }
    if (sum[1] > high_ten(self) && (tall || sum[3] > high_twentyfive(self))) {
        self->high_hop = self->cursor;
    }
}

void myo_burst_hand_over(myo_burst_detector *self)
{
    myo_followed *followed = self->followed;
    const size_t lane = self->lane;
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        followed->limit[k][lane] = self->limit[k];
    }
    followed->strength[lane] = self->open.strength;
    followed->active_at[lane] = (double)self->last_active_hop;
    followed->end_twentyfive[lane] = end_twentyfive(self);
    followed->end_ten[lane] = end_ten(self);
    followed->highest[lane] = self->highest;
    followed->strong_at[lane] = (double)self->strong_hop;
    followed->weak_twentyfive[lane] = weak_twentyfive(self);
    followed->weak_ten[lane] = weak_ten(self);
    followed->high_twentyfive[lane] = high_twentyfive(self);
    followed->high_ten[lane] = high_ten(self);
    followed->high_at[lane] = (double)self->high_hop;
    followed->rest_at[lane] = (double)self->rest_hop;
    followed->weak_share = weak_share;
    followed->patience = self->merge_hops;
    followed->weak_patience = self->weak_hops;
    followed->glow_patience = self->glow_hops;
    followed->channels |= 1u << lane;
}

void myo_burst_take_back(myo_burst_detector *self)
{
    myo_followed *followed = self->followed;
    self->open.strength = followed->strength[self->lane];
    self->last_active_hop = (int64_t)followed->active_at[self->lane];
    self->highest = followed->highest[self->lane];
    self->strong_hop = (int64_t)followed->strong_at[self->lane];
    self->high_hop = (int64_t)followed->high_at[self->lane];
    self->rest_hop = (int64_t)followed->rest_at[self->lane];
    followed->channels &= ~(1u << self->lane);
}

/* A twitch that only glows ended where it first rested; what goes on otherwise was no rest in the long run. */
static void leave_glow(myo_burst_detector *self)
{
    if (myo_burst_glows(self)) {
        self->last_active_hop = self->rest_hop;
        self->strong_hop = self->rest_hop;
        myo_burst_close(self);
    } else if (self->cursor - self->rest_hop > self->forget_hops) {
        self->rest_hop = myo_burst_later_rest(self);
    }
}

/* As the kernels do where it is followed. */
static void go_on_active(myo_burst_detector *self, const double sum[MYO_WINDOW_COUNT])
{
    self->open.strength = myo_greater(self->open.strength, myo_burst_strength(self, sum));
    if (self->needle && myo_burst_split(self)) {
        return;
    }
    /* The 25 ms window is still full of activity 10 to 25 hops after it ended. */
    if (sum[3] > end_twentyfive(self) && sum[1] > end_ten(self)) {
        self->last_active_hop = self->cursor;
    }
    follow_height(self, sum);
    if (self->cursor - self->last_active_hop > self->merge_hops) {
        myo_burst_close(self);
    } else if (self->cursor - self->strong_hop > self->weak_hops) {
        self->last_active_hop = self->strong_hop;
        myo_burst_close(self);
    } else if (self->cursor - self->rest_hop > self->glow_hops) {
        leave_glow(self);
    } else if (is_new_floor(self) || active_s(self, self->cursor) > relearn_s) {
        self->open.floor_moved = active_s(self, self->cursor) <= relearn_s;
        self->last_active_hop = self->cursor;
        myo_floor_relearn(&self->floor);
        myo_burst_close(self);
        myo_burst_take_floor(self);
    }
}

/* Decides on the hop at the cursor, which went through the windows. */
void myo_burst_decide(myo_burst_detector *self)
{
    const uint8_t flags = myo_hop_flags(&self->ring, self->cursor);
    double sum[MYO_WINDOW_COUNT];
    myo_windows_sums(self->windows, self->lane, self->cursor, sum);
    if (self->state == ACTIVE) {
        go_on_active(self, sum);
    } else {
        const int window = crossed_window(self, sum);
        if (window >= 0 && !(flags & MYO_HOP_INVALID)) {
            open_burst(self, window);
        } else if (!self->needle && self->source == BOARD && !(flags & MYO_HOP_INVALID)) {
            herald_burst(self, sum);
        }
    }
    while (self->pending_count > 0 && self->cursor >= self->pending[0].due_hop) {
        myo_burst_settle(self);
    }
    self->cursor++;
}
