/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two short logistic regressions, rounded, and what the session was like so far. Their measures are times,
 * shares and ratios: gain does not matter. Fitted to several generators at once, and kept to measures that
 * point the same way in all of them or in none against it (emg.md 7.8). */
#include "emg/needle_classify.h"

#include <math.h>

/* Beyond these a measure says no more. */
static const double fall_most_db = 25.0;
static const double drop_most_db = 12.0;
static const double drop_least_db = -5.0;
static const double over_most_db = 15.0;
static const double centroid_most = 0.5;
static const double slow_most = 0.5;
static const int32_t alike_most = 5;
/* Sizes within 4 dB are alike; a train of 5 Hz, the slowest (emg.md 1.2), has seven in so long. */
static const double alike_ratio = 1.585;
static const double alike_span_ms = 1500.0;
/* From stroke to twitch: emg.md 1.1, and the length of the twitch's first discharge. */
static const double answer_from_ms = 15.0;
static const double answer_to_ms = 160.0;
/* Log odds for each dB by which an answer is higher than what it follows. */
static const double odds_a_db = 0.03;
/* What is known before the first burst counts for one burst, as likely a twitch as not; what was seven bursts
 * ago counts for half. */
static const double known_bursts = 1.0;
static const double memory = 0.9;
/* A session expects no less: its own verdicts taught it, so that the twitches it misses would make it miss more. */
static const double least_expected = -0.5;
/* The odds of insertional activity by its measures, -2.5 to -0.3 in the mean of each generator (-1.2 in that of all),
 * with which a session begins: they count for three bursts. */
static const double usual_odds = -1.4;
static const double usual_bursts = 3.0;
/* A twitch is told where strokes alone give about one a minute. */
static const double cut = 0.9;
/* Within 500 ms of a movement of the needle a twitch is less sure until a second channel agrees
 * (emg.md 7.5). */
static const double moved_confidence = 0.7;

static double share_of(double odds)
{
    return 1.0 / (1.0 + exp(-odds));
}

/* Insertional activity begins with its top and dies away, most of it at its beginning; a twitch may have its
 * top anywhere, and where it ends it falls steeply and nothing of its height follows, as it does in what dies
 * away and in a train of spikes: how far below it tells little beyond 12 dB. What the needle sets off
 * are potentials of single fibres, 1-5 ms; those of motor units last to 15 ms and reach below the detect band
 * (emg.md 1.2, 8). */
static double over_insertion(const myo_burst *burst)
{
    const myo_measure *m = &burst->measure;
    const double fall = fmin(burst->shape.fall_db, fall_most_db);
    const double drop = fmax(drop_least_db, fmin(burst->shape.drop_db, drop_most_db));
    const double rise = log(fmax(m->rise_ms, 2.0) / fmax(m->duration_ms, 5.0));
    const double slow = fmax(0.0, fmin(1.0 - m->band_fraction, slow_most));
    return 0.23 * fall + 0.24 * drop + 0.65 * rise + 3.8 * fmin(m->centroid, centroid_most) +
           5.5 * slow - 6.0;
}

/* One potential fills no more than some 20 ms of 10 ms windows (2-15 ms: emg.md 8); for each burst of its size
 * just before it, which makes a train likelier, it has to last 1.4 times as long. */
static double over_endplate(const myo_burst *burst, int32_t alike)
{
    const int32_t likes = alike < alike_most ? alike : alike_most;
    return 2.4 * log(fmax(burst->measure.active_ms, 1.0)) - 0.8 * likes - 7.3;
}

myo_needle_odds myo_needle_weigh(const myo_burst *burst, int32_t alike)
{
    return (myo_needle_odds){.insertion = over_insertion(burst),
                             .endplate = over_endplate(burst, alike)};
}

double myo_needle_expect(const myo_needle_past *past)
{
    const double twitches = past->twitches + 0.5 * known_bursts;
    return fmax(least_expected, log(twitches / (past->spontaneous + known_bursts - twitches)));
}

double myo_needle_habit(const myo_needle_past *past)
{
    return (usual_bursts * usual_odds + past->other_odds) / (usual_bursts + past->others);
}

/* A burst of several discharges. @p shape: its odds by its own measures; @p odds: all considered. */
static void remember(myo_needle_past *past, double shape, double odds, bool answers)
{
    const double twitch = share_of(odds);
    past->others = memory * past->others + (1.0 - twitch);
    past->other_odds = memory * past->other_odds + (1.0 - twitch) * shape;
    if (!answers) {
        past->spontaneous = memory * past->spontaneous + 1.0;
        past->twitches = memory * past->twitches + twitch;
    }
}

static myo_verdict name_twitch(double margin, bool moved, myo_verdict usual)
{
    const uint32_t kept = (1u << MYO_REASON_NEAR_SATURATION) | (1u << MYO_REASON_LOW_SNR);
    myo_verdict verdict = {.type = MYO_EVENT_LTR,
                           .confidence = share_of(margin),
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
    usual.type = insertion ? MYO_EVENT_INSERTIONAL : MYO_EVENT_SINGLE_UNIT;
    usual.confidence = share_of(fabs(odds->insertion - odds->endplate));
    usual.reasons &= ~((1u << MYO_REASON_BURST_SHAPE) | (1u << MYO_REASON_SLOW_RISE));
    usual.reasons |= insertion ? 0 : 1u << MYO_REASON_ONE_VOLLEY;
    usual.reasons |= moved ? 1u << MYO_REASON_NEEDLE_MOVED : 0;
    return usual;
}

/* A twitch towers over the activity of the stroke that it answers, which itself only dies away. */
static double over_last(const myo_needle_past *past, double level_db)
{
    return odds_a_db * fmax(-over_most_db, fmin(level_db - past->last_level_db, over_most_db));
}

/* The odds with what is known beforehand, to which the burst then adds. */
static myo_needle_odds weigh_in_session(myo_needle_past *past, const myo_burst *burst,
                                        double onset_ms, bool longer)
{
    const double level_db = burst->measure.level_db;
    const double size = pow(10.0, level_db / 20.0);
    const double since = onset_ms - past->last_onset_ms;
    const bool answers = since > answer_from_ms && since < answer_to_ms;
    myo_needle_odds odds = myo_needle_weigh(
        burst, myo_rhythm_alike(&past->bursts, onset_ms, alike_span_ms, size, alike_ratio));
    const double shape = odds.insertion;
    odds.insertion += usual_odds - myo_needle_habit(past);
    odds.insertion += answers ? over_last(past, level_db) : myo_needle_expect(past);
    if (!longer && odds.endplate > 0.0) {
        remember(past, shape, odds.insertion, answers);
    }
    odds.insertion -= cut;
    myo_rhythm_add(&past->bursts, onset_ms, size);
    past->last_onset_ms = onset_ms;
    past->last_level_db = level_db;
    return odds;
}

myo_verdict myo_needle_classify(myo_needle_past *past, const myo_burst *burst, double onset_ms,
                                bool moved, myo_verdict usual)
{
    const bool longer = usual.reasons & (1u << MYO_REASON_TOO_LONG);
    const myo_needle_odds odds = weigh_in_session(past, burst, onset_ms, longer);
    const double margin = fmin(odds.insertion, odds.endplate);
    if (margin > 0.0 && !longer) {
        return name_twitch(margin, moved, usual);
    }
    const bool muscle = usual.type == MYO_EVENT_LTR || usual.type == MYO_EVENT_SINGLE_UNIT ||
                        (usual.type == MYO_EVENT_CONTRACTION && !longer);
    return muscle ? name_other(&odds, moved, usual) : usual;
}

void myo_needle_past_reset(myo_needle_past *past)
{
    *past = (myo_needle_past){.last_onset_ms = -1e9};
    myo_rhythm_reset(&past->bursts);
}
