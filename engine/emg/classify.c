/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules that name a burst (emg.md 7.6). Each rule is a margin: a number that is positive where the
 * rule holds, in units of its own uncertainty; confidence comes from the narrowest margin. */
#include "emg/classify.h"

#include <math.h>

/* Share of a burst's energy that lies in the detect band: muscle has most of it there, a step a
 * third, heart and motion a few hundredths (emg.md 7.6)... */
static const double band_fraction_least = 0.42;
/* ...but a twitch may ride on a heart beat or a movement. With many turns it is known by them, if it is
 * strong and has not all of its power at the beginning, as an edge has... */
static const double riding_turns = 12.5;
static const double riding_strength = 3.0;
static const double riding_attack = 3.5;
/* ...with fewer, where less lies in the detect band, or where there is a slow part to speak of beside no more
 * than most of it or one swing, all measures are weighed against each other (swing_odds). */
static const double swing_lf_ratio = 0.55;
static const double swing_band_fraction = 0.6;
static const double swing_turns = 3.5;
/* What the filters make of a step, a pop or a beat has a slow part of at least nine tenths of it (.93 and more on the
 * development families of both generators); what an amplifier rounds off may have less, but turns no oftener than
 * this. What has less, turns oftener and has a good part of its energy in the detect band is muscle, also where
 * its first discharges coincide and outweigh the rest. */
static const double step_lf_ratio = 0.88;
static const double step_turns = 4.5;
static const double step_band_fraction = 0.25;
/* The answer of the filters to an edge is shorter than this and has fewer turns. */
static const double ring_turns = 6.5;
/* The canceller takes at least so long to follow hum. */
static const double hum_least_ms = 120.0;
/* A twitch is more than one swing up and one down. */
static const double unit_turns_most = 2.5;
/* Energy above the measure band over that in it: action potentials have next to none, noise that
 * rose and sparks have much. */
static const double high_fraction_most = 0.10;
/* A burst of many turns may hold short potentials, and with them more of it. */
static const double high_fraction_many_turns = 0.25;
static const double many_turns = 12.5;
/* Packets of a stimulator are held for a good part of their time, strong muscle at single samples. */
static const double pulsed_share = 0.1;
/* A single pulse of a stimulator, its tail and the filters' answer last no longer than this (5 ms in the
 * median, 9 ms at most, of both generators) and turn no oftener; twitches have no more than the last share above
 * the measure band. */
static const double pulse_most_ms = 9.0;
static const double pulse_turns = 7.5;
/* What an amplifier rings behind a pulse turns more, and lies at its beginning. */
static const double rung_pulse_ms = 7.5;
static const double slow_ring_ms = 14.0;
static const double ring_centroid = 0.25;
static const double packet_high_fraction = 0.05;
/* Pulses that an amplifier rounded off, several in one burst: each so short, and all as high. */
static const double group_pulse_ms = 11.0;
static const double group_db = 4.0;
/* At the rail, one ring of the filters within a long stretch is the way to the rail and back. */
static const double rail_ring_share = 0.2;
/* Confirmed only if some window's power exceeds its threshold by so much: the provisional report
 * may err more often than the final one. */
static const double strength_least = 1.07;
/* ...and more where the noise itself is spiky, unless the burst is longer than one spike: the mean of n of them
 * departs by an nth of what one does. A unit's potential lasts 11 ms (emg.md 1.1) and is seen by windows of 10. */
static const double spikiness_weight = 8.0;
static const double spike_ms = 21.0;
/* What lasts without reaching 2.5 sigma for much of it is a swell of the floor. */
static const double faint_strength = 1.5;
static const double faint_share = 0.2;

static uint32_t bit(myo_reason reason)
{
    return 1u << reason;
}

/* 0.5 at a margin of 0, 0.88 at 1, 0.98 at 2. */
static double certainty(double margin)
{
    return 1.0 / (1.0 + exp(-2.0 * margin));
}

static double log_margin(double value, double limit, double uncertainty)
{
    return log(fmax(value, 1e-9) / limit) / uncertainty;
}

bool myo_is_too_weak(const myo_burst *burst)
{
    const double share = spike_ms / fmax(burst->measure.active_ms, spike_ms);
    const double least =
        strength_least * (1.0 + spikiness_weight * share * fmax(0.0, burst->spikiness - 0.01));
    return burst->strength < least ||
           (burst->strength < faint_strength &&
            burst->measure.active_ms < faint_share * burst->measure.effective_ms) ||
           (burst->strength < 2.0 &&
            burst->measure.active_ms < 0.5 * faint_share * burst->measure.effective_ms);
}

/* Logarithm of a measure, with a least value: below that it tells no more. */
static double log_of(double value, double least)
{
    return log(fmax(value, least));
}

/* Log odds of muscle, on a swing or a heart beat or of slow potentials, against the swing, beat or pop alone. What
 * speaks for muscle: much of the energy in the detect band, even for so slow a wave; turns; a late centre; to be
 * active for long, unless by its height (the ring of the filters) or evenly; that the low band is quiet behind it,
 * for a potential comes back to where it began, and a step, a beat and a movement do not. Against it: sharp edges,
 * and what is above the measure band. Logistic regression on the development family of both generators, a third, and twitches
 * of potentials that are 15 to 30 ms wide, each of equal weight; cut where movements and pops gave as many twitches
 * before the wide potentials were in it. */
static double swing_odds(const myo_burst *burst)
{
    const myo_measure *m = &burst->measure;
    const double edges = (double)(m->edges + m->behind_edge);
    return 1.83 * fmin(log_of(m->band_fraction, 0.0067), 0.3) + 2.63 * log_of(m->lf_ratio, 0.05) +
           2.29 * log_of(m->active_ms, 1.0) - 1.24 * log_of(m->effective_ms, 1.0) +
           12.69 * m->centroid + 1.68 * log(m->attack + 0.05) + 3.36 * log(m->turns + 1.0) -
           0.05 * m->level_db - 3.47 * fmin(edges, 2.0) - 1.60 * log(m->high_fraction + 0.01) -
           0.70 * log_of(m->low_rest, 1e-12) - 21.14;
}

static bool is_on_swing(const myo_measure *m)
{
    return m->lf_ratio > swing_lf_ratio &&
           (m->band_fraction < swing_band_fraction || m->turns < swing_turns);
}

/* The answer of an amplifier or of the filters to one pulse: short, and mostly at its beginning. */
static bool is_rung(const myo_measure *m)
{
    return m->effective_ms < slow_ring_ms && m->centroid < ring_centroid;
}

/* Positive where the burst outweighs the slow part of the signal. */
static double muscle_margin(const myo_burst *burst)
{
    const myo_measure *m = &burst->measure;
    const double in_band = log_margin(m->band_fraction, band_fraction_least, 0.4);
    if (m->lf_ratio < step_lf_ratio && m->turns > step_turns &&
        m->band_fraction > step_band_fraction) {
        return fmax(in_band, log_margin(step_lf_ratio, m->lf_ratio, 0.2));
    }
    if (m->turns > riding_turns) {
        const bool rides = burst->strength > riding_strength && m->attack <= riding_attack;
        return rides ? fmax(in_band, (m->turns - riding_turns) / 4.0) : in_band;
    }
    if (!is_on_swing(m) && in_band >= 0.0) {
        return in_band;
    }
    return is_rung(m) ? fmin(in_band, 0.0) : 0.5 * swing_odds(burst);
}

bool myo_is_pulse_group(const myo_burst *burst)
{
    const myo_burst_shape *shape = &burst->shape;
    return shape->lumps > 1 && shape->lump_db < group_db &&
           burst->measure.effective_ms < group_pulse_ms * shape->lumps &&
           is_on_swing(&burst->measure);
}

static bool is_rail_ring(const myo_measure *m)
{
    return m->saturated && m->effective_ms < rail_ring_share * m->active_ms;
}

bool myo_is_low_dominated(const myo_burst *burst)
{
    return is_rail_ring(&burst->measure) || muscle_margin(burst) <= 0.0;
}

bool myo_is_slow(const myo_burst *burst)
{
    return burst->measure.band_fraction < band_fraction_least;
}

static myo_verdict name_low_dominated(const myo_burst *burst, const myo_context *context)
{
    myo_verdict verdict = {MYO_EVENT_MOTION, 0.0, bit(MYO_REASON_LOW_FREQUENCY)};
    verdict.confidence = certainty(fmax(0.0, -muscle_margin(burst)));
    if (context->heart_rate) {
        verdict.type = MYO_EVENT_CARDIAC;
        verdict.reasons |= bit(MYO_REASON_HEART_RATE);
    } else if (context->train && (is_rung(&burst->measure) || myo_is_pulse_group(burst))) {
        verdict.type = MYO_EVENT_STIMULUS;
        verdict.reasons |= bit(MYO_REASON_PERIODIC);
    } else if (burst->measure.band_fraction > 0.15) {
        verdict.type = MYO_EVENT_CLICK;
        verdict.reasons |= bit(MYO_REASON_FILTER_RING);
    }
    return verdict;
}

static double high_limit(const myo_measure *m)
{
    return m->turns > many_turns && m->edges == 0 ? high_fraction_many_turns : high_fraction_most;
}

static myo_verdict name_high(const myo_measure *m, const myo_context *context)
{
    myo_verdict verdict = {MYO_EVENT_CLICK, 0.0, bit(MYO_REASON_HIGH_FREQUENCY)};
    verdict.confidence = m->behind_edge || m->edges > 1
                             ? certainty(fmax((ring_turns - m->turns) / 2.0, m->edges - 1.5))
                             : certainty(log_margin(m->high_fraction, high_limit(m), 0.5));
    if (m->behind_edge || m->edges > 1 || context->period_ms > 0.0) {
        verdict.type = MYO_EVENT_STIMULUS;
        verdict.reasons |= context->period_ms > 0.0 ? bit(MYO_REASON_PERIODIC) : 0;
    }
    return verdict;
}

/* An even course has a fifth of its energy in each fifth; that an end has more, or that the course is less even than
 * any that the regression saw, speaks for nothing. */
static const double even_fifth = 0.2;
static const double uneven_most_db = 6.0;

/* Positive for what swells like a cough or a push, negative for what fires: it lasts longer and has more turns than
 * a twitch, begins weaker than it goes on and fades, where a twitch ends with a discharge, has its middle later, and
 * takes an even course, where a twitch is made of discharges. Logistic regression on the development family of both
 * generators and on a third of single fibres, with a twentieth of their weight, whose coughs are as short as twitches
 * may be; bursts above 100 ms; cut where fewer twitches are lost than were by energy instead of length and middle. */
static double slowness(const myo_classify_config *config, const myo_burst *burst)
{
    const myo_measure *m = &burst->measure;
    const double attack = log(m->attack + 0.05);
    /* Close to the fibres turns count units, not strength: a fit without them. */
    if (config->needle) {
        return 4.41 * log(fmax(m->effective_ms, 1.0)) - 2.66 * attack - 18.5;
    }
    const double ends =
        log(fmin(m->first_fifth, even_fifth) + 0.02) + log(fmin(m->last_fifth, even_fifth) + 0.02);
    return 7.57 * log(fmax(m->duration_ms, 1.0)) + 9.28 * log(m->turns + 1.0) - 2.38 * attack -
           1.01 * ends - 0.81 * fmin(burst->shape.uneven_db, uneven_most_db) + 22.2 * m->centroid -
           87.8;
}

static bool is_contraction(const myo_classify_config *config, const myo_burst *burst,
                           myo_verdict *verdict)
{
    const double longer = log_margin(burst->measure.duration_ms, config->ltr_max_ms, 0.25);
    const double slower = 0.5 * slowness(config, burst);
    if (longer <= 0.0 && slower <= 0.0) {
        verdict->confidence = certainty(-fmax(longer, slower));
        return false;
    }
    verdict->type = MYO_EVENT_CONTRACTION;
    verdict->confidence = certainty(fmax(longer, slower));
    verdict->reasons |= longer > 0.0 ? bit(MYO_REASON_TOO_LONG) : 0;
    verdict->reasons |= slower > 0.0 ? bit(MYO_REASON_SLOW_RISE) : 0;
    return true;
}

/* One motor unit's potential is short and has few turns; both grow with its height over the noise, as far
 * as the regression saw it. Logistic regression on the development family of the first generator, cut where it
 * loses one twitch in twenty-five. */
static const double fitted_snr_db = 30.0;

static double several_units(const myo_measure *m)
{
    return 2.83 * log(fmax(m->effective_ms, 1.0)) + 1.90 * log(m->turns + 1.0) -
           0.125 * fmin(m->snr_db, fitted_snr_db) - 5.85;
}

static bool is_single_unit(const myo_measure *m, myo_verdict *verdict)
{
    const double score = several_units(m);
    if (score > 0.0 && m->turns > unit_turns_most) {
        verdict->confidence = fmin(verdict->confidence, certainty(0.5 * score));
        return false;
    }
    verdict->type = MYO_EVENT_SINGLE_UNIT;
    verdict->confidence = certainty(0.5 * fabs(score));
    verdict->reasons |= bit(MYO_REASON_ONE_VOLLEY);
    return true;
}

static myo_verdict name_muscle(const myo_classify_config *config, const myo_burst *burst)
{
    const myo_measure *m = &burst->measure;
    myo_verdict verdict = {MYO_EVENT_LTR, 1.0, 0};
    if (is_contraction(config, burst, &verdict) || is_single_unit(m, &verdict)) {
        return verdict;
    }
    verdict.reasons |= bit(MYO_REASON_BURST_SHAPE);
    verdict.confidence = fmin(verdict.confidence, certainty(muscle_margin(burst)));
    return verdict;
}

/* Hum that came with a touch and is not cancelled yet: a steady wave (a sine's crest factor is 1.4) with
 * two turns a period of 50 or 60 Hz, and no more of its energy in the detect band than its fundamental leaves there. */
static bool is_hum(const myo_burst *burst)
{
    const myo_measure *m = &burst->measure;
    const double turns_per_s = 1000.0 * m->turns / m->duration_ms;
    return burst->strength < 5.0 && m->duration_ms > hum_least_ms && m->band_fraction < 0.62 &&
           m->crest < 3.2 && turns_per_s > 80.0 && turns_per_s < 138.0;
}

/* One pulse of a stimulator, with or without ringing. */
static bool is_pulse(const myo_measure *m)
{
    return m->effective_ms < rung_pulse_ms ||
           (m->effective_ms < pulse_most_ms && m->turns < pulse_turns) || is_rung(m);
}

/* What keeps time is a stimulator's if it is as short as one pulse of it, or a packet of them, which has
 * something above the measure band. Twitches at an even pace are longer than a pulse and have nothing there:
 * someone needles, or taps a reflex, to a metronome. */
static bool is_clocked(const myo_measure *m, const myo_context *context)
{
    return context->period_ms > 0.0 && (is_pulse(m) || m->high_fraction > packet_high_fraction);
}

static myo_verdict name_periodic(void)
{
    return (myo_verdict){MYO_EVENT_STIMULUS, 0.8, bit(MYO_REASON_PERIODIC)};
}

static myo_verdict name_hum(void)
{
    const uint32_t reasons = bit(MYO_REASON_PERIODIC) | bit(MYO_REASON_LOW_FREQUENCY);
    return (myo_verdict){MYO_EVENT_MOTION, 0.8, reasons};
}

myo_verdict myo_classify(const myo_classify_config *config, const myo_burst *burst,
                         const myo_context *context)
{
    const myo_measure *m = &burst->measure;
    myo_verdict verdict;
    const bool pulsed = m->edges > 1 && m->held_share > pulsed_share && !config->needle;
    if (m->high_fraction > high_limit(m) || (m->behind_edge && m->turns < ring_turns) || pulsed) {
        verdict = name_high(m, context);
    } else if (is_hum(burst)) {
        verdict = name_hum();
    } else if (myo_is_low_dominated(burst) || context->heart_rate || context->train) {
        verdict = name_low_dominated(burst, context);
    } else {
        verdict = is_clocked(m, context) ? name_periodic() : name_muscle(config, burst);
    }
    if (m->saturated) {
        verdict.reasons |= bit(MYO_REASON_NEAR_SATURATION);
        verdict.confidence *= 0.5;
    }
    if (burst->strength < 2.0) {
        verdict.reasons |= bit(MYO_REASON_LOW_SNR);
        verdict.confidence =
            fmin(verdict.confidence, certainty(log_margin(burst->strength, 1.0, 0.35)));
    }
    return verdict;
}
