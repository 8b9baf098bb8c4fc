/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a session's elements: which keys they have, and which step may have which. */
#include "session/session_record.h"

#include <string.h>

static const char *const setting_names[] = {"", "clinical", "self", NULL};
static const char *const step_names[] = {"",      "inspect",  "baseline", "palpate", "heat",
                                         "cold",  "compress", "needle",   "spray",   "stretch",
                                         "tens",  "ifc",      "rest",     "recheck", "aftercare",
                                         "diary", NULL};
static const char *const side_names[] = {"", "left", "right", "bilateral", NULL};
static const char *const activity_names[] = {"", "active", "latent", "unknown", NULL};
static const char *const order_names[] = {"", "primary", "secondary", "satellite", "unknown", NULL};
static const char *const status_names[] = {"",         "suspected", "confirmed", "treated",
                                           "resolved", "recurrent", NULL};
static const char *const cause_names[] = {"",       "overuse",    "static_posture", "injury",
                                          "stress", "repetitive", "unknown",        NULL};
static const char *const quality_names[] = {"",         "dull",  "sharp", "shooting",
                                            "electric", "other", NULL};
static const char *const breath_names[] = {"", "free", "held", NULL};
static const char *const style_names[] = {"", "slow", "ballistic", "aggressive", NULL};
static const char *const spread_names[] = {"", "pinpoint", "diffuse", NULL};
static const char *const method_names[] = {"", "flat", "pincer", "intracavity", NULL};
static const char *const verdict_names[] = {"", "released", "not_released", "unusable", NULL};
static const char *const provenance_names[] = {"", "auto", "person", "edited", NULL};
static const char *const action_names[] = {"", "add", "set", "remove", "undo", "import", NULL};
/* myo_event_type, one further. */
static const char *const type_names[] = {
    "",           "ltr",      "single_unit", "contraction", "cardiac",    "motion",
    "click",      "stimulus", "insertional", "gap",         "saturation", "release",
    "relaxation", "phase",    "marker",      "check",       NULL};

#define R FIELD_REQUIRED
#define H FIELD_HIDDEN
#define FIELD(s, m, k, f, ...)                                                                     \
    {                                                                                              \
        .name = #m, .kind = k, .offset = offsetof(s, m), .flags = f, __VA_ARGS__                   \
    }
#define TEXT(s, m, f)    FIELD(s, m, FIELD_TEXT, f, .target = 0)
#define NUMBER(s, m, f)  FIELD(s, m, FIELD_NUMBER, f, .target = 0)
#define FLAG(s, m)       FIELD(s, m, FIELD_FLAG, 0, .target = 0)
#define DATE(s, m)       FIELD(s, m, FIELD_DATE, 0, .target = 0)
#define ENUM(s, m, f, n) FIELD(s, m, FIELD_ENUM, f, .names = n)
#define REF(s, m, t)     FIELD(s, m, FIELD_REF, 0, .target = t)
#define PART(s, m, p)    FIELD(s, m, FIELD_REF, 0, .target = MYO_TARGET_PART(p))
#define REFS(s, m, t)    FIELD(s, m, FIELD_REFS, 0, .target = t)
#define ID(s)                                                                                      \
    {                                                                                              \
        .name = "id", .kind = FIELD_TEXT, .offset = offsetof(s, record.id), .flags = R             \
    }
#define TAIL(s)                                                                                    \
    ENUM(s, provenance, H, provenance_names), FIELD(s, removed, FIELD_FLAG, H, .target = 0)
#define KIND(s, k, n, t)                                                                           \
    {                                                                                              \
        k, n, sizeof(s), t, sizeof(t) / sizeof(t[0])                                               \
    }

static const myo_field header_fields[] = {
    ID(myo_session_header),
    TEXT(myo_session_header, patient, 0),
    DATE(myo_session_header, date),
    ENUM(myo_session_header, setting, R, setting_names),
    TEXT(myo_session_header, operator_role, 0),
    TEXT(myo_session_header, credential, 0),
    FLAG(myo_session_header, qualified),
    REF(myo_session_header, protocol, MYO_PROTOCOLS),
    NUMBER(myo_session_header, number, 0),
    TEXT(myo_session_header, previous, 0),
    TEXT(myo_session_header, recording, 0),
    FIELD(myo_session_header, channels, FIELD_TEXTS, 0, .target = 0),
    REFS(myo_session_header, profile, MYO_PATIENT_PROFILES),
    DATE(myo_session_header, injury_date),
    FLAG(myo_session_header, relaxation_usable),
    TEXT(myo_session_header, note, 0),
};
const myo_record_kind myo_header_kind = KIND(myo_session_header, "header", "header", header_fields);

static const myo_field point_fields[] = {
    ID(myo_point),
    FIELD(myo_point, muscle, FIELD_REF, R, .target = MYO_MUSCLES),
    ENUM(myo_point, side, 0, side_names),
    TEXT(myo_point, site, 0),
    ENUM(myo_point, activity, 0, activity_names),
    ENUM(myo_point, order, 0, order_names),
    PART(myo_point, parent, MYO_POINTS),
    DATE(myo_point, onset),
    ENUM(myo_point, cause, 0, cause_names),
    FLAG(myo_point, spontaneous),
    FLAG(myo_point, pressure_pain),
    NUMBER(myo_point, local_pain, 0),
    REFS(myo_point, referred, MYO_ZONES),
    FLAG(myo_point, familiar),
    FLAG(myo_point, nodule),
    FLAG(myo_point, taut_band),
    FLAG(myo_point, recognition),
    FLAG(myo_point, manual_ltr),
    ENUM(myo_point, status, 0, status_names),
    FLAG(myo_point, treated_before),
    TEXT(myo_point, note, 0),
    TAIL(myo_point),
};

#define AT(kind) (1u << MYO_STEP_##kind)
#define MEASURED (AT(BASELINE) | AT(RECHECK))
#define PRESSED  (AT(COMPRESS) | AT(PALPATE))
#define HANDS    (AT(COMPRESS) | AT(PALPATE) | AT(NEEDLE) | AT(DIARY))
#define LOOKED   (AT(INSPECT) | PRESSED | AT(HEAT) | AT(COLD) | AT(DIARY))
/* A field that only some kinds of step have. */
#define ONLY(m, k, w)                                                                              \
    {                                                                                              \
        .name = #m, .kind = k, .offset = offsetof(myo_step, m), .only = w                          \
    }
#define ONLY_ENUM(m, n, w)                                                                         \
    {                                                                                              \
        .name = #m, .kind = FIELD_ENUM, .offset = offsetof(myo_step, m), .names = n, .only = w     \
    }
#define ONLY_REFS(m, t, k, w)                                                                      \
    {                                                                                              \
        .name = #m, .kind = k, .offset = offsetof(myo_step, m), .target = t, .only = w             \
    }

static const myo_field step_fields[] = {
    ID(myo_step),
    ENUM(myo_step, kind, R, step_names),
    NUMBER(myo_step, start, 0),
    NUMBER(myo_step, end, 0),
    PART(myo_step, point, MYO_POINTS),
    REF(myo_step, muscle, MYO_MUSCLES),
    ENUM(myo_step, side, 0, side_names),
    ONLY(swelling, FIELD_FLAG, LOOKED),
    ONLY(discoloration, FIELD_FLAG, LOOKED),
    ONLY(warmth, FIELD_FLAG, LOOKED),
    ONLY(broken_skin, FIELD_FLAG, AT(INSPECT)),
    ONLY(injury_date, FIELD_DATE, AT(INSPECT)),
    ONLY(pain, FIELD_NUMBER, MEASURED),
    ONLY_REFS(zones, MYO_ZONES, FIELD_REFS, MEASURED | AT(PALPATE)),
    ONLY(rom, FIELD_NUMBER, MEASURED | AT(STRETCH)),
    ONLY(ppt, FIELD_NUMBER, MEASURED),
    ONLY(tissue, FIELD_TEXT, MEASURED),
    ONLY(tension, FIELD_NUMBER, MEASURED),
    ONLY(tension_spread, FIELD_NUMBER, MEASURED),
    ONLY(referred_gone, FIELD_FLAG, AT(RECHECK)),
    ONLY_ENUM(method, method_names, AT(PALPATE)),
    ONLY(nodule, FIELD_FLAG, AT(PALPATE)),
    ONLY(taut_band, FIELD_FLAG, AT(PALPATE)),
    ONLY(recognition, FIELD_FLAG, AT(PALPATE)),
    ONLY(familiar, FIELD_FLAG, AT(PALPATE)),
    ONLY_ENUM(spread, spread_names, AT(PALPATE)),
    ONLY(spontaneous, FIELD_FLAG, AT(PALPATE)),
    ONLY(pressure_pain, FIELD_FLAG, AT(PALPATE)),
    ONLY(exercise_hours, FIELD_NUMBER, AT(PALPATE)),
    ONLY_REFS(tool, MYO_TOOLS, FIELD_REF,
              AT(COMPRESS) | AT(NEEDLE) | AT(HEAT) | AT(COLD) | AT(SPRAY) | AT(TENS) | AT(IFC)),
    ONLY(on_spine, FIELD_FLAG, AT(COMPRESS)),
    ONLY(anterior_neck, FIELD_FLAG, AT(COMPRESS)),
    ONLY(recent_injury, FIELD_FLAG, AT(COMPRESS)),
    ONLY(sensitive, FIELD_FLAG, AT(COMPRESS)),
    ONLY(bruise, FIELD_FLAG, AT(COMPRESS)),
    ONLY(full_pressure, FIELD_FLAG, AT(COMPRESS)),
    ONLY(tolerated, FIELD_FLAG, AT(COMPRESS)),
    ONLY(discomfort, FIELD_NUMBER, AT(COMPRESS)),
    ONLY(first_discomfort, FIELD_NUMBER, AT(COMPRESS)),
    ONLY(ramp_s, FIELD_NUMBER, AT(COMPRESS)),
    ONLY(breath_gap_s, FIELD_NUMBER, AT(COMPRESS)),
    ONLY(guarding_ratio, FIELD_NUMBER, AT(COMPRESS)),
    ONLY(released_s, FIELD_NUMBER, AT(COMPRESS)),
    ONLY_ENUM(breath, breath_names, AT(COMPRESS)),
    ONLY_ENUM(pain_quality, quality_names, HANDS),
    ONLY(adverse, FIELD_TEXT, AT(NEEDLE)),
    ONLY(override_reason, FIELD_TEXT, AT(NEEDLE)),
    ONLY(sweeps, FIELD_NUMBER, AT(SPRAY)),
    ONLY(move, FIELD_TEXT, AT(STRETCH)),
    ONLY_ENUM(style, style_names, AT(STRETCH)),
    ONLY(rebound, FIELD_NUMBER, AT(STRETCH)),
    ONLY(pads, FIELD_TEXT, AT(TENS) | AT(IFC)),
    ONLY(intensity, FIELD_NUMBER, AT(TENS) | AT(IFC)),
    ONLY(moist_heat, FIELD_FLAG, AT(AFTERCARE)),
    ONLY(hydration, FIELD_FLAG, AT(AFTERCARE)),
    ONLY(gentle_movement, FIELD_FLAG, AT(AFTERCARE)),
    ONLY(date, FIELD_DATE, AT(DIARY)),
    ONLY(soreness_hours, FIELD_NUMBER, AT(DIARY)),
    ONLY(soreness_local, FIELD_FLAG, AT(DIARY)),
    ONLY(self_minutes, FIELD_NUMBER, AT(DIARY)),
    ONLY(roll_minutes, FIELD_NUMBER, AT(DIARY)),
    ONLY(longest_sitting_min, FIELD_NUMBER, AT(DIARY)),
    ONLY_REFS(stretched, MYO_MUSCLES, FIELD_REFS, AT(DIARY)),
    ONLY(home_stretching, FIELD_FLAG, AT(DIARY)),
    ONLY(self_compression, FIELD_FLAG, AT(DIARY)),
    ONLY(posture_work, FIELD_FLAG, AT(DIARY)),
    TEXT(myo_step, stop_sign, 0),
    TEXT(myo_step, note, 0),
    NUMBER(myo_step, found_at, H),
    TAIL(myo_step),
};

static const myo_field insertion_fields[] = {
    ID(myo_insertion),
    PART(myo_insertion, step, MYO_STEPS),
    NUMBER(myo_insertion, at, R),
    NUMBER(myo_insertion, found_at, H),
    TAIL(myo_insertion),
};

static const myo_field finding_fields[] = {
    ID(myo_finding),
    ENUM(myo_finding, type, R, type_names),
    NUMBER(myo_finding, at, R),
    NUMBER(myo_finding, end, 0),
    TEXT(myo_finding, modality, 0),
    TEXT(myo_finding, seen_by, 0),
    NUMBER(myo_finding, peak_mm, 0),
    NUMBER(myo_finding, channel, 0),
    NUMBER(myo_finding, peak_uv, 0),
    NUMBER(myo_finding, peak_fs, 0),
    NUMBER(myo_finding, snr_db, 0),
    NUMBER(myo_finding, confidence, 0),
    ENUM(myo_finding, verdict, 0, verdict_names),
    NUMBER(myo_finding, level, 0),
    NUMBER(myo_finding, level_low, 0),
    NUMBER(myo_finding, level_high, 0),
    NUMBER(myo_finding, guarding_ratio, 0),
    PART(myo_finding, step, MYO_STEPS),
    PART(myo_finding, insertion, MYO_INSERTIONS),
    PART(myo_finding, point, MYO_POINTS),
    TEXT(myo_finding, detector, H),
    NUMBER(myo_finding, found_at, H),
    TAIL(myo_finding),
};

static const myo_field answer_fields[] = {
    {.name = "id",
     .kind = FIELD_REF,
     .offset = offsetof(myo_answer, record.id),
     .flags = R,
     .target = MYO_FACTORS},
    FLAG(myo_answer, open),
    TEXT(myo_answer, note, 0),
    TAIL(myo_answer),
};

static const myo_field audit_fields[] = {
    ID(myo_audit),
    TEXT(myo_audit, who, R),
    TEXT(myo_audit, at, 0),
    ENUM(myo_audit, action, R, action_names),
    TEXT(myo_audit, target, 0),
    TEXT(myo_audit, field, 0),
    TEXT(myo_audit, before, 0),
    TEXT(myo_audit, after, 0),
    TEXT(myo_audit, was, 0),
};

const myo_record_kind myo_part_kinds[MYO_PART_COUNT] = {
    [MYO_POINTS] = KIND(myo_point, "points", "point", point_fields),
    [MYO_STEPS] = KIND(myo_step, "steps", "step", step_fields),
    [MYO_INSERTIONS] = KIND(myo_insertion, "insertions", "insertion", insertion_fields),
    [MYO_FINDINGS] = KIND(myo_finding, "findings", "finding", finding_fields),
    [MYO_ANSWERS] = KIND(myo_answer, "answers", "answer", answer_fields),
    [MYO_AUDIT] = KIND(myo_audit, "audit", "audit entry", audit_fields),
};

const char *myo_part_name(myo_part part)
{
    return (unsigned)part < MYO_PART_COUNT ? myo_part_kinds[part].name : "unknown";
}

static void *member(const char *name, myo_part part, void *element)
{
    const myo_field *field = myo_field_find(&myo_part_kinds[part], name);
    return field != NULL ? (char *)element + field->offset : NULL;
}

int *myo_element_provenance(myo_part part, void *element)
{
    return member("provenance", part, element);
}

int *myo_element_removed(myo_part part, void *element)
{
    return member("removed", part, element);
}

double *myo_element_found(myo_part part, void *element)
{
    return member("found_at", part, element);
}
