/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands around a burst, and what follows from it. */
#include "session/judge.h"

#include "emg/board.h"

#include <math.h>

/* Among several bursts that are a stimulator's by their shape or rhythm, no other is a muscle's. */
static const double stimuli_span_ms = 2200.0;
static const int32_t stimuli_least = 3;
/* Needle channel: activity within 500 ms of a movement of the needle is suspect (emg.md 1.2). */
static const double needle_context_ms = 500.0;
/* Within the refractory time only what is clearly stronger than the event before is an event itself. */
static const double afterdischarge_db = 6.0;
/* Units that are tonically active fire from 5 a second on, and coincide; needles and taps come at 2 a second. What
 * came three times within a second, within 3 dB of this or higher, is the ground that a twitch has to stand out of. */
static const double ground_span_ms = 1000.0;
static const int32_t ground_least = 3;
static const double ground_size = 0.7;
/* So is what came as often as high as it, to 3 dB either way, be it taken for muscle or not: one pulse of a train may be
 * told from the others. Hearts do not beat so fast. */
static const double ground_ratio = 1.41;

/* 37 to 170 beats a minute; sinus rhythm varies by several per cent from beat to beat. */
static const myo_rhythm_rule heart_rule = {2.0, 2, 0.2, 350.0, 1600.0, 1};
/* Beats that look like twitches of wide potentials are known by their rhythm and by how much of each lies in the detect
 * band. Of weak beats noise makes half or twice that share; of strong ones it stays within some per cent, and a
 * twitch on one adds to it. Once so many are known, a share that lies five of their standard deviations above them is a
 * twitch's: by chance not once in an hour's 4000 beats. Breath alone makes 3 % of deviation. */
static const myo_rhythm_rule beat_rule = {2.0, 2, 0.2, 350.0, 1600.0, 1};
static const int32_t shares_least = 5;
static const double share_departs = 5.0;
static const double share_deviation = 0.03;
/* Muscle does not repeat itself to 2 % in time and 15 % in size, three times in a row, nor at any size
 * like a clock, four times: a stimulator may swell. */
static const myo_rhythm_rule even_rule = {1.15, 2, 0.02, 20.0, 2200.0, 0};
static const myo_rhythm_rule clock_rule = {6.0, 3, 0.006, 200.0, 2200.0, 0};

/* A heart rests for a quarter of a second behind a beat (350 ms at 170 beats a minute). What is slow and comes sooner
 * again and again, within 6 dB of the same height, is a stimulator's train that an amplifier rounded off. */
static const double heart_rest_ms = 250.0;
static const double train_ratio = 2.0;
static const int32_t train_least = 3;

static int32_t stimuli_around(const myo_judge *self, const myo_held *held, double at_ms)
{
    const myo_context nothing = {0};
    int32_t count = myo_rhythm_recent(&self->stimuli, at_ms, stimuli_span_ms);
    for (int32_t i = 0; i < held->count; i++) {
        const myo_burst *burst = &held->burst[i];
        count += burst->onset_hop * self->hop_ms - at_ms < stimuli_span_ms &&
                 myo_classify(&self->config, burst, &nothing).type == MYO_EVENT_STIMULUS;
    }
    return count;
}

static double size_of(const myo_burst *burst)
{
    return pow(10.0, burst->measure.level_db / 20.0);
}

/* The held bursts behind this one, backwards in time: those of its kind, and those of both kinds. */
static void look_ahead(const myo_judge *self, const myo_held *held, bool low, myo_rhythm *after,
                       myo_rhythm *both, myo_rhythm *slow)
{
    myo_rhythm_reset(after);
    myo_rhythm_reset(both);
    myo_rhythm_reset(slow);
    for (int32_t i = held->count - 1; i >= 0; i--) {
        const myo_burst *burst = &held->burst[i];
        const double at_ms = -burst->onset_hop * self->hop_ms;
        myo_rhythm_add(both, at_ms, size_of(burst));
        if (myo_is_slow(burst)) {
            myo_rhythm_add(slow, at_ms, burst->measure.low_balance);
        }
        if (myo_is_low_dominated(burst) == low) {
            myo_rhythm_add(after, at_ms, size_of(burst));
        }
    }
}

/* The heart's period if the burst is one of its beats by its share of the detect band, else 0. */
static double beat_period(const myo_judge *self, const myo_burst *burst, const myo_rhythm *after,
                          double onset_ms)
{
    const myo_rhythm *beats = &self->slow;
    const double share = burst->measure.low_balance;
    if (!myo_is_slow(burst) ||
        (beats->count >= shares_least &&
         myo_rhythm_departure(beats, share, share_deviation) > share_departs)) {
        return 0.0;
    }
    return myo_rhythm_period(beats, after, onset_ms, share, &beat_rule);
}

/* How many pulses of a train a burst may be. */
static int32_t pulses_of(const myo_burst *burst)
{
    return myo_is_pulse_group(burst) ? burst->shape.lumps : myo_is_low_dominated(burst);
}

/* From the first to the last of them. */
static double span_of(const myo_burst *burst)
{
    return (pulses_of(burst) - 1) * burst->shape.lump_ms;
}

static void add_pulses(myo_rhythm *pulses, const myo_burst *burst, double at_ms)
{
    const int32_t count = pulses_of(burst);
    for (int32_t i = 0; i < count; i++) {
        myo_rhythm_add(pulses, at_ms + i * burst->shape.lump_ms, size_of(burst));
    }
}

/* Counts the intervals before its pulses, between them and behind them. */
static bool is_of_train(const myo_judge *self, const myo_burst *burst, const myo_held *held,
                        double onset_ms)
{
    const int32_t own = pulses_of(burst);
    if (own == 0) {
        return false;
    }
    myo_rhythm after; /* backwards in time */
    myo_rhythm_reset(&after);
    for (int32_t i = held->count - 1; i >= 0; i--) {
        const myo_burst *next = &held->burst[i];
        add_pulses(&after, next, -next->onset_hop * self->hop_ms - span_of(next));
    }
    const double size = size_of(burst);
    const int32_t intervals = myo_rhythm_crowd(&self->pulses, onset_ms, stimuli_span_ms,
                                               heart_rest_ms, size, train_ratio) +
                              own - 1 +
                              myo_rhythm_crowd(&after, -onset_ms - span_of(burst), stimuli_span_ms,
                                               heart_rest_ms, size, train_ratio);
    return intervals >= train_least;
}

static myo_context context_of(myo_judge *self, const myo_burst *burst, const myo_held *held,
                              bool stimulator_on, double onset_ms)
{
    myo_context context = {0};
    const double size = size_of(burst);
    context.stimulator_on = stimulator_on;
    const bool low = myo_is_low_dominated(burst);
    myo_rhythm after;
    myo_rhythm both_after;
    myo_rhythm slow_after;
    look_ahead(self, held, low, &after, &both_after, &slow_after);
    const double beat = beat_period(self, burst, &slow_after, onset_ms);
    context.train = is_of_train(self, burst, held, onset_ms);
    add_pulses(&self->pulses, burst, onset_ms);
    if (low && !context.train) {
        context.period_ms = myo_rhythm_period(&self->low, &after, onset_ms, size, &heart_rule);
        context.heart_rate = context.period_ms > 0.0;
    } else if (!context.train) {
        context.heart_rate = beat > 0.0;
        const double even = myo_rhythm_period(&self->muscle, &after, onset_ms, size, &even_rule);
        context.period_ms =
            beat > 0.0   ? beat
            : even > 0.0 ? even
                         : myo_rhythm_period(&self->both, &both_after, onset_ms, size, &clock_rule);
    }
    myo_rhythm_add(low ? &self->low : &self->muscle, onset_ms, size);
    if (myo_is_slow(burst)) {
        myo_rhythm_add(&self->slow, onset_ms, burst->measure.low_balance);
    }
    myo_rhythm_add(&self->both, onset_ms, size);
    return context;
}

static bool needle_moved(const myo_judge *self, const myo_burst *burst)
{
    const int64_t since = (int64_t)burst->onset_hop - self->needle_moved_hop;
    return since <= myo_hops(needle_context_ms, self->hop_ms);
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

static bool is_of_ground(const myo_judge *self, const myo_burst *burst, double onset_ms)
{
    const double size = size_of(burst);
    const double before_ms = onset_ms - self->hop_ms; /* it is among them itself */
    return !self->config.needle && (myo_rhythm_above(&self->muscle, onset_ms, ground_span_ms,
                                                     ground_size * size) >= ground_least ||
                                    myo_rhythm_alike(&self->both, before_ms, ground_span_ms, size,
                                                     ground_ratio) >= ground_least);
}

static bool is_muscle(myo_event_type type)
{
    return type == MYO_EVENT_LTR || type == MYO_EVENT_CONTRACTION;
}

static void refuse(myo_news *news, myo_refusal why)
{
    news->refused = true;
    news->refusal = why;
}

void myo_judge_burst(myo_judge *self, const myo_burst *burst, const myo_held *held,
                     bool stimulator_on, myo_news *news)
{
    const double onset_ms = burst->onset_hop * self->hop_ms;
    const myo_context context = context_of(self, burst, held, stimulator_on, onset_ms);
    news->verdict = myo_classify(&self->config, burst, &context);
    if (self->config.needle) {
        news->verdict = myo_needle_classify(&self->needle, burst, onset_ms,
                                            needle_moved(self, burst), news->verdict);
    }
    if (news->verdict.type == MYO_EVENT_STIMULUS) {
        myo_rhythm_add(&self->stimuli, onset_ms, 1.0);
    }
    news->peak = burst->measure.peak;
    news->snr_db = burst->measure.snr_db;
    news->level_db = burst->measure.level_db;
    fill_features(burst, &context, news->features);
    const bool like_muscle =
        is_muscle(news->verdict.type) || news->verdict.type == MYO_EVENT_SINGLE_UNIT;
    if (context.stimulator_on ||
        (like_muscle && stimuli_around(self, held, onset_ms) >= stimuli_least)) {
        refuse(news, MYO_REFUSED_STIMULATOR);
        return;
    }
    if (burst->floor_moved) {
        refuse(news, MYO_REFUSED_FLOOR);
        return;
    }
    if (myo_is_too_weak(burst) ||
        (news->verdict.type == MYO_EVENT_LTR && is_of_ground(self, burst, onset_ms))) {
        refuse(news, MYO_REFUSED_TOO_SMALL);
        return;
    }
    if (!is_muscle(news->verdict.type)) {
        return;
    }
    if (burst->dwarfed) { /* the forerunner of what comes */
        refuse(news, MYO_REFUSED_REFRACTORY);
        return;
    }
    const double since = burst->onset_hop - (double)self->last_muscle_end;
    if (burst->follows && since < self->refractory_ms / self->hop_ms &&
        news->level_db < self->last_muscle_db + afterdischarge_db) {
        refuse(news, MYO_REFUSED_REFRACTORY);
    }
    self->last_muscle_db = news->level_db;
    self->last_muscle_end = burst->end_hop;
}

void myo_judge_reset(myo_judge *self)
{
    myo_rhythm_reset(&self->low);
    myo_rhythm_reset(&self->muscle);
    myo_rhythm_reset(&self->both);
    myo_rhythm_reset(&self->stimuli);
    myo_rhythm_reset(&self->slow);
    myo_rhythm_reset(&self->pulses);
    self->needle_moved_hop = INT64_MIN / 2;
    self->last_muscle_end = INT64_MIN / 2;
    self->last_muscle_db = 0.0;
    myo_needle_past_reset(&self->needle);
}
