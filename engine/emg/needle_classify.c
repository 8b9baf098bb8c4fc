/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two logistic regressions on the development family of both generators, and how they are weighed. Their
 * measures are ratios to the noise or the ground: gain does not matter. */
#include "emg/needle_classify.h"

#include <math.h>

/* Beyond these a measure says no more. */
static const int32_t alike_most = 5;
static const int32_t edges_most = 3;
static const double over_most_db = 25.0;
static const double drop_most_db = 40.0;
static const double drop_least_db = -20.0;
static const double post_least_db = -6.0;
/* Sizes within 4 dB are alike; a train of 5 Hz, the slowest (emg.md 1.2), has seven in so long. */
static const double alike_ratio = 1.585;
static const double alike_span_ms = 1500.0;
/* From stroke to twitch: emg.md 1.1, and the length of the twitch's first discharge. */
static const double answer_from_ms = 15.0;
static const double answer_to_ms = 160.0;
/* Leans towards twitches on strokes, and is cut where strokes alone give about one a minute. */
static const double lean = 0.5;
static const double cut = 0.8;
/* Within 500 ms of a movement of the needle a twitch is less sure until a second channel agrees
 * (emg.md 7.5). */
static const double moved_confidence = 0.7;

static double log_of(double value, double least)
{
    return log(fmax(value, least));
}

/* The measures as both questions take them: bounded, times and counts as logarithms. */
typedef struct {
    double length, active, turns, attack, over, drop, post;
} measures;

static measures measures_of(const myo_burst *burst)
{
    const myo_measure *m = &burst->measure;
    return (measures){.length = log_of(m->duration_ms, 1.0),
                      .active = log_of(m->active_ms, 1.0),
                      .turns = log(m->turns + 1.0),
                      .attack = log(m->attack + 0.05),
                      .over = fmax(0.0, fmin(burst->over_ground_db, over_most_db)),
                      .drop = fmax(drop_least_db, fmin(burst->shape.drop_db, drop_most_db)),
                      .post = fmax(burst->post_ground_db, post_least_db)};
}

/* Insertional activity dies away evenly from its first moment on; a twitch is uneven, stays near its top and
 * then ends, towers over the ground and, in single discharges, over its own mean. The products let the end
 * weigh more where the attack does not, and the time near the top less where there are many turns. */
static double over_insertion(const myo_burst *burst, const measures *x, bool answers)
{
    const myo_measure *m = &burst->measure;
    const myo_needle_shape *s = &burst->shape;
    const int32_t edges = m->edges < edges_most ? m->edges : edges_most;
    const double alone = 0.727 * s->uneven_db - 0.0715 * x->drop + 10.37 * s->share12 +
                         3.814 * s->share6 + 0.194 * x->over + 0.331 * (m->snr_db - m->level_db) +
                         (answers ? 0.633 : 0.0) - 0.035 * x->attack + 1.531 * x->turns -
                         0.0802 * x->post - 0.560 * edges + 2.350 * x->length;
    const double joint = -0.0628 * x->drop * x->attack + 0.161 * x->drop * s->share12 -
                         2.167 * s->share12 * x->turns - 0.446 * x->length * x->length +
                         0.232 * x->turns * x->length;
    return alone + joint - 25.02;
}

/* Spikes are brief and of the size of those before them; a train of them is long without being filled. */
static double over_endplate(const myo_burst *burst, const measures *x, int32_t alike, bool answers)
{
    const myo_needle_shape *s = &burst->shape;
    const double likes = alike < alike_most ? alike : alike_most;
    const double alone = 2.227 * x->active - 0.700 * likes - 2.436 * x->length + 6.038 * x->turns +
                         1.507 * x->attack + 8.311 * s->slope_db -
                         0.990 * log(burst->measure.high_fraction + 0.01) - 0.0028 * x->over -
                         0.1913 * x->post + (answers ? 0.406 : 0.0) - 0.306 * s->uneven_db;
    const double joint = -0.714 * x->length * x->turns - 2.116 * x->length * s->slope_db +
                         0.0648 * x->active * x->over - 0.497 * likes * x->attack;
    return alone + joint - 16.16;
}

myo_needle_odds myo_needle_weigh(const myo_burst *burst, int32_t alike, bool answers)
{
    const measures x = measures_of(burst);
    return (myo_needle_odds){.insertion = over_insertion(burst, &x, answers) + lean,
                             .endplate = over_endplate(burst, &x, alike, answers)};
}

/* The odds of being neither: their inverses add up. */
double myo_needle_margin(const myo_needle_odds *odds)
{
    const double less = fmin(odds->insertion, odds->endplate);
    const double more = fmax(odds->insertion, odds->endplate);
    return less - log(1.0 + exp(less - more)) - cut;
}

static myo_verdict name_twitch(double margin, bool moved, myo_verdict usual)
{
    const uint32_t kept = (1u << MYO_REASON_NEAR_SATURATION) | (1u << MYO_REASON_LOW_SNR);
    myo_verdict verdict = {.type = MYO_EVENT_LTR,
                           .confidence = 1.0 / (1.0 + exp(-margin)),
                           .reasons = (1u << MYO_REASON_BURST_SHAPE) | (usual.reasons & kept)};
    if (moved) {
        verdict.confidence *= moved_confidence;
        verdict.reasons |= 1u << MYO_REASON_NEEDLE_MOVED;
    }
    return verdict;
}

static myo_verdict name_other(const myo_needle_odds *odds, bool moved, myo_verdict usual)
{
    const bool insertion = odds->insertion < odds->endplate;
    const double margin = fabs(odds->insertion - odds->endplate);
    usual.type = insertion ? MYO_EVENT_INSERTIONAL : MYO_EVENT_SINGLE_UNIT;
    usual.confidence = 1.0 / (1.0 + exp(-margin));
    usual.reasons &= ~((1u << MYO_REASON_BURST_SHAPE) | (1u << MYO_REASON_SLOW_RISE));
    usual.reasons |= insertion ? 0 : 1u << MYO_REASON_ONE_VOLLEY;
    usual.reasons |= moved ? 1u << MYO_REASON_NEEDLE_MOVED : 0;
    return usual;
}

myo_verdict myo_needle_classify(myo_needle_past *past, const myo_burst *burst, double onset_ms,
                                bool moved, myo_verdict usual)
{
    const double size = pow(10.0, burst->measure.level_db / 20.0);
    const double since = onset_ms - past->last_onset_ms;
    const myo_needle_odds odds = myo_needle_weigh(
        burst, myo_rhythm_alike(&past->bursts, onset_ms, alike_span_ms, size, alike_ratio),
        since > answer_from_ms && since < answer_to_ms);
    myo_rhythm_add(&past->bursts, onset_ms, size);
    past->last_onset_ms = onset_ms;
    const double margin = myo_needle_margin(&odds);
    const bool longer = usual.reasons & (1u << MYO_REASON_TOO_LONG);
    if (margin > 0.0 && !longer) {
        return name_twitch(margin, moved, usual);
    }
    const bool muscle =
        usual.type == MYO_EVENT_LTR || usual.type == MYO_EVENT_SINGLE_UNIT ||
        (usual.type == MYO_EVENT_CONTRACTION && !(usual.reasons & (1u << MYO_REASON_TOO_LONG)));
    return muscle ? name_other(&odds, moved, usual) : usual;
}

void myo_needle_past_reset(myo_needle_past *past)
{
    myo_rhythm_reset(&past->bursts);
    past->last_onset_ms = -1e9;
}
