/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures of a burst, all relative to the noise so that gain does not matter. */
#include "emg/measure.h"

#include "emg/hop_windows.h"

#include <math.h>
#include <string.h>

/* The low band answers some 15 ms later than the detect band (group delays at 25 and 110 Hz). */
static const double low_lag_ms = 15.0;
static const double low_tail_ms = 40.0;
/* Behind the end, where a potential is over in the low band too, and a step, a beat or a movement is not. */
static const double rest_from_ms = 30.0;
static const double rest_to_ms = 75.0;
static const double rest_least_ms = 15.0;
static const double rest_unknown = 0.05; /* between the two: e to the -3 */
static const double attack_ms = 20.0;
static const double context_ms = 60.0;
/* An amplifier recovers from an edge within some 10 ms; the earliest answer of a muscle to a stimulus
 * comes 15 ms after it (CATALOG of the evoked recordings), and the filter is 4 ms late. */
static const double edge_tail_ms = 16.0;
static const double rail_context_ms = 50.0;
/* 2.5 sigma for "active" (emg.md 7.6). */
static const double active_ratio = 6.25;

/* Windows that slide over the burst. */
static const double window_ms = 10.0;

typedef struct {
    double best;
    int64_t best_hop;
} highest;

/* Of the windows that are held whole. */
static highest highest_window(const myo_hop_ring *ring, int lane, int64_t from, int64_t to,
                              int32_t width)
{
    highest found = {0.0, from};
    const int64_t first = myo_hop_first(ring) + width, last = myo_hop_end(ring);
    const int64_t end = to < last ? to : last;
    for (int64_t hop = from > first ? from : first; hop < end; hop += MYO_HOP_WINDOWS) {
        double sum[MYO_HOP_WINDOWS];
        myo_hop_windows(ring, lane, hop, width, sum);
        for (int k = 0; k < MYO_HOP_WINDOWS && hop + k < end; k++) {
            if (sum[k] > found.best) {
                found = (highest){sum[k], hop + k};
            }
        }
    }
    return found;
}

static int64_t windows_over(const myo_hop_ring *ring, int lane, int64_t from, int64_t to,
                            int32_t width, double limit)
{
    int64_t over = 0;
    for (int64_t hop = from; hop < to; hop += MYO_HOP_WINDOWS) {
        double sum[MYO_HOP_WINDOWS];
        myo_hop_windows(ring, lane, hop, width, sum);
        for (int k = 0; k < MYO_HOP_WINDOWS && hop + k < to; k++) {
            over += sum[k] > limit;
        }
    }
    return over;
}

static double excess(double energy, double noise_energy)
{
    return energy > noise_energy ? energy - noise_energy : 0.0;
}

static double decibel(double power_ratio)
{
    return 10.0 * log10(power_ratio > 1e-12 ? power_ratio : 1e-12);
}

static double energy_over_noise(const myo_hop_ring *ring, const myo_noise *noise, int lane,
                                int64_t from, int64_t to)
{
    const double frames = (double)(to - from) * noise->hop_frames;
    return excess(myo_hop_energy(ring, lane, from, to), frames * noise->power[lane]);
}

static double level(const myo_hop_ring *ring, const myo_noise *noise, int64_t from, int64_t to)
{
    const double frames = (double)(to - from) * noise->hop_frames;
    if (to <= from || !(noise->power[MYO_LANE_DETECT] > 0.0)) {
        return 1.0;
    }
    return sqrt(myo_hop_energy(ring, MYO_LANE_DETECT, from, to) /
                (frames * noise->power[MYO_LANE_DETECT]));
}

/* Time for which activity lasts, in two ways: hops over a threshold, and a participation ratio
 * that needs no threshold. */
static void measure_time(const myo_hop_ring *ring, const myo_noise *noise, int64_t onset,
                         int64_t end, myo_measure *m)
{
    const int32_t width = myo_hops(window_ms, noise->hop_ms);
    const double hop_noise = noise->hop_frames * noise->power[MYO_LANE_DETECT];
    double sum = 0.0;
    double sum_squares = 0.0;
    double moment = 0.0;
    double early = 0.0;
    double first = 0.0;
    double last = 0.0;
    const int64_t fifth = (end - onset) / 5;
    const int64_t early_end = onset + myo_hops(attack_ms, noise->hop_ms);
    const int64_t active =
        windows_over(ring, MYO_LANE_DETECT, onset, end, width, active_ratio * width * hop_noise);
    for (int64_t hop = onset; hop < end; hop++) {
        const double energy = myo_hop_lane(ring, MYO_LANE_DETECT, hop);
        const double over = excess(energy, 2.0 * hop_noise);
        sum += over;
        sum_squares += over * over;
        moment += over * ((double)(hop - onset) + 0.5);
        early += hop < early_end ? over : 0.0;
        first += hop < onset + fifth ? over : 0.0;
        last += hop >= end - fifth ? over : 0.0;
    }
    const double length = (double)(end - onset);
    const double early_length = fmin(length, (double)(early_end - onset));
    m->active_ms = (double)active * noise->hop_ms;
    m->centroid = sum > 0.0 ? moment / sum / length : 0.5;
    m->first_fifth = sum > 0.0 ? first / sum : 0.2;
    m->last_fifth = sum > 0.0 ? last / sum : 0.2;
    m->attack = sum > 0.0 ? early / sum * length / early_length : 1.0;
    m->effective_ms = sum_squares > 0.0 ? sum * sum / sum_squares * noise->hop_ms : 0.0;
}

static void measure_flags(const myo_hop_ring *ring, const myo_noise *noise, int64_t onset,
                          int64_t end, int64_t now, myo_measure *m)
{
    const int64_t around = myo_hops(rail_context_ms, noise->hop_ms);
    const int64_t first = myo_hop_first(ring);
    const int64_t tail = onset - myo_hops(edge_tail_ms, noise->hop_ms);
    const int64_t tail_end = onset + myo_hops(3.0, noise->hop_ms);
    int64_t held = 0;
    for (int64_t hop = onset - around > first ? onset - around : first;
         hop < end + around && hop < now; hop++) {
        const myo_hop at = myo_hop_at(ring, hop);
        m->saturated = m->saturated || (at.flags & MYO_HOP_SATURATED);
        if (hop >= tail && hop < tail_end && (at.flags & MYO_HOP_EDGE)) {
            m->behind_edge = true;
        }
        if (hop >= onset && hop < end) {
            m->edges += (at.flags & MYO_HOP_EDGE) != 0;
            held += (at.flags & MYO_HOP_HELD) != 0;
            m->turns += at.turns;
            m->peak = fmax(m->peak, (double)at.peak);
        }
    }
    m->held_share = (double)held / (double)(end - onset);
}

/* Whether energy above the measure band is more than chance: that of noise over n hops varies by
 * its mean over the square root of its degrees of freedom, about one a hop. */
static bool is_significant(const myo_noise *noise, double energy, int64_t hops)
{
    const double mean = (double)hops * noise->hop_frames * noise->power[MYO_LANE_HIGH];
    return energy > 4.0 * mean * sqrt(2.0 / (double)hops);
}

/* What is left in the low band, each power over the noise; what is below a tenth of the noise tells no more. */
static double low_rest(const myo_hop_ring *ring, const myo_noise *noise, int64_t onset, int64_t end,
                       int64_t now)
{
    const int64_t from = end + myo_hops(rest_from_ms, noise->hop_ms);
    const int64_t until = end + myo_hops(rest_to_ms, noise->hop_ms);
    const int64_t to = until < now ? until : now;
    if (to - from < myo_hops(rest_least_ms, noise->hop_ms)) {
        return rest_unknown;
    }
    const double least = 0.1 * noise->hop_frames * noise->power[MYO_LANE_LOW];
    const double rest = energy_over_noise(ring, noise, MYO_LANE_LOW, from, to);
    const double within = energy_over_noise(ring, noise, MYO_LANE_LOW, onset, end);
    return (rest / (double)(to - from) + least) /
           fmax(within / (double)(end - onset) + least, 1e-300);
}

static void measure_bands(const myo_hop_ring *ring, const myo_noise *noise, int64_t onset,
                          int64_t end, int64_t now, myo_measure *m)
{
    const int32_t width = myo_hops(window_ms, noise->hop_ms);
    const int64_t lag = myo_hops(low_lag_ms, noise->hop_ms);
    int64_t low_end = end + myo_hops(low_tail_ms, noise->hop_ms);
    if (low_end > now) {
        low_end = now;
    }
    const double detect = energy_over_noise(ring, noise, MYO_LANE_DETECT, onset, end);
    const double measure = energy_over_noise(ring, noise, MYO_LANE_MEASURE, onset, end);
    const double high = energy_over_noise(ring, noise, MYO_LANE_HIGH, onset, end);
    const double low = energy_over_noise(ring, noise, MYO_LANE_LOW, onset, low_end);
    m->low_balance = low > 0.0 ? detect / low : 1e3;
    m->low_rest = low_rest(ring, noise, onset, end, now);
    m->band_fraction = measure > 0.0 ? fmin(detect / measure, 2.0) : 0.0;
    m->high_fraction =
        measure > 0.0 && is_significant(noise, high, end - onset) ? high / measure : 0.0;
    const highest low_peak = highest_window(ring, MYO_LANE_LOW, onset - lag, low_end, width);
    const highest measure_peak = highest_window(ring, MYO_LANE_MEASURE, onset, end, width);
    m->lf_ratio = measure_peak.best > 0.0 ? sqrt(low_peak.best / measure_peak.best) : 0.0;
    const double frames = (double)(end - onset) * noise->hop_frames;
    const double rms = sqrt(myo_hop_energy(ring, MYO_LANE_MEASURE, onset, end) / frames);
    m->crest = rms > 0.0 ? m->peak / rms : 0.0;
    const highest detect_peak = highest_window(ring, MYO_LANE_DETECT, onset, end, width);
    m->rise_ms = (double)(detect_peak.best_hop - onset) * noise->hop_ms;
    m->level_db = decibel(detect_peak.best / (width * noise->hop_frames *
                                              fmax(noise->power[MYO_LANE_DETECT], 1e-300)));
}

void myo_measure_burst(const myo_hop_ring *ring, const myo_noise *noise, int64_t onset, int64_t end,
                       int64_t now, myo_measure *m)
{
    memset(m, 0, sizeof *m);
    m->duration_ms = (double)(end - onset) * noise->hop_ms;
    const int64_t first = myo_hop_first(ring) + myo_hops(120.0, noise->hop_ms);
    if (onset < first) {
        m->overlong = myo_hop_end(ring) > ring->rows->capacity;
        onset = first < end ? first : end - 1;
    }
    if (onset < 0) {
        onset = 0;
    }
    measure_time(ring, noise, onset, end, m);
    measure_flags(ring, noise, onset, end, now, m);
    measure_bands(ring, noise, onset, end, now, m);
    const int64_t context = myo_hops(context_ms, noise->hop_ms);
    const int64_t guard = myo_hops(8.0, noise->hop_ms);
    const int64_t after = end + guard;
    m->post_level = level(ring, noise, after, after + context < now ? after + context : now);
    m->pre_level = level(ring, noise, onset - guard - context, onset - guard);
    m->mean_level_db = 20.0 * log10(fmax(level(ring, noise, onset, end), 1e-6));
    m->snr_db =
        20.0 * log10(fmax(m->peak / sqrt(fmax(noise->power[MYO_LANE_MEASURE], 1e-300)), 1e-6));
}
