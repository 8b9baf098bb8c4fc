/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of event types, features, reasons and refusals. */
#include "myotwitch/event.h"

#include <string.h>

static const char *const type_names[MYO_EVENT_TYPE_COUNT] = {
    [MYO_EVENT_LTR] = "ltr",
    [MYO_EVENT_SINGLE_UNIT] = "single_unit",
    [MYO_EVENT_CONTRACTION] = "contraction",
    [MYO_EVENT_CARDIAC] = "cardiac",
    [MYO_EVENT_MOTION] = "motion",
    [MYO_EVENT_CLICK] = "click",
    [MYO_EVENT_STIMULUS] = "stimulus",
    [MYO_EVENT_INSERTIONAL] = "insertional",
    [MYO_EVENT_GAP] = "gap",
    [MYO_EVENT_SATURATION] = "saturation",
    [MYO_EVENT_RELEASE] = "release",
    [MYO_EVENT_RELAXATION] = "relaxation",
    [MYO_EVENT_PHASE] = "phase",
    [MYO_EVENT_MARKER] = "marker",
    [MYO_EVENT_CHECK] = "check",
};

static const char *const feature_names[MYO_FEATURE_COUNT] = {
    [MYO_FEATURE_DURATION_MS] = "duration_ms",
    [MYO_FEATURE_EFFECTIVE_MS] = "effective_ms",
    [MYO_FEATURE_STRENGTH] = "strength",
    [MYO_FEATURE_RISE_MS] = "rise_ms",
    [MYO_FEATURE_CENTROID] = "centroid",
    [MYO_FEATURE_ATTACK] = "attack",
    [MYO_FEATURE_TURNS] = "turns",
    [MYO_FEATURE_LF_RATIO] = "lf_ratio",
    [MYO_FEATURE_LOW_BALANCE] = "low_balance",
    [MYO_FEATURE_BAND_FRACTION] = "band_fraction",
    [MYO_FEATURE_HIGH_FRACTION] = "high_fraction",
    [MYO_FEATURE_POST_LEVEL] = "post_level",
    [MYO_FEATURE_PERIOD_MS] = "period_ms",
};

static const char *const reason_texts[MYO_REASON_COUNT] = {
    [MYO_REASON_BURST_SHAPE] = "burst of several discharges with a rapid rise",
    [MYO_REASON_ONE_VOLLEY] = "one short volley",
    [MYO_REASON_TOO_LONG] = "longer than a twitch",
    [MYO_REASON_SLOW_RISE] = "swells slowly",
    [MYO_REASON_STAYS_ACTIVE] = "activity goes on afterwards",
    [MYO_REASON_LOW_FREQUENCY] = "slow part outweighs the burst",
    [MYO_REASON_HIGH_FREQUENCY] = "edges sharper than muscle",
    [MYO_REASON_PERIODIC] = "constant repetition",
    [MYO_REASON_HEART_RATE] = "rhythm and shape of a heart beat",
    [MYO_REASON_COMMON_MODE] = "same instant and shape on many channels",
    [MYO_REASON_FILTER_RING] = "no longer than a filtered edge",
    [MYO_REASON_NEAR_SATURATION] = "converter at its rail nearby",
    [MYO_REASON_NEEDLE_MOVED] = "needle moved",
    [MYO_REASON_SECOND_CHANNEL] = "a second channel agrees",
    [MYO_REASON_LOW_SNR] = "close to the threshold",
    [MYO_REASON_UNSTABLE_FLOOR] = "noise floor was moving",
};

static const char *const refusal_texts[MYO_REFUSAL_COUNT] = {
    [MYO_REFUSED_NOT_ARMED] = "noise floor not known yet",
    [MYO_REFUSED_TOO_SMALL] = "nothing in the measure band",
    [MYO_REFUSED_BLANKED] = "next to a gap or saturation",
    [MYO_REFUSED_REFRACTORY] = "within the refractory time",
    [MYO_REFUSED_MERGED] = "the same event on a stronger channel",
    [MYO_REFUSED_STIMULATOR] = "stimulator on",
    [MYO_REFUSED_FLOOR] = "steady: the noise floor moved",
};

static const char *name_at(const char *const *names, size_t count, size_t index)
{
    return index < count ? names[index] : "unknown";
}

const char *myo_event_type_name(myo_event_type type)
{
    return name_at(type_names, MYO_EVENT_TYPE_COUNT, (size_t)type);
}

const char *myo_feature_name(myo_feature feature)
{
    return name_at(feature_names, MYO_FEATURE_COUNT, (size_t)feature);
}

const char *myo_reason_text(myo_reason reason)
{
    return name_at(reason_texts, MYO_REASON_COUNT, (size_t)reason);
}

const char *myo_refusal_text(myo_refusal refusal)
{
    return name_at(refusal_texts, MYO_REFUSAL_COUNT, (size_t)refusal);
}

myo_event_type myo_event_type_from_name(const char *name)
{
    int type = 0;
    while (type < MYO_EVENT_TYPE_COUNT && strcmp(name, type_names[type]) != 0) {
        type++;
    }
    return (myo_event_type)type;
}

/* A label shorter than this was not cut. */
enum { CUT_BYTES = 40 };

bool myo_mark_takes_back(const char *label, const char *other)
{
    const size_t prefix = sizeof MYO_MARK_UNDONE - 1;
    if (strncmp(label, MYO_MARK_UNDONE, prefix) != 0) {
        return false;
    }
    const size_t taken = strlen(label + prefix), whole = strlen(other);
    const size_t least = taken < whole ? taken : whole;
    return strncmp(label + prefix, other, least) == 0 && (taken == whole || least >= CUT_BYTES);
}
