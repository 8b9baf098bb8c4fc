/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the model's records: which keys a file may hold and what they mean. */
#include "clinic/entities.h"

#include <string.h>

const char *const myo_setting_names[] = {"", "clinical", "self", NULL};
const char *const myo_origin_names[] = {"", "article", "engine", "external", NULL};
const char *const myo_severity_names[] = {"not_assessed", "ok",    "info", "note",
                                          "warn",         "refer", "stop", NULL};
const char *const myo_step_kind_names[] = {"",      "inspect",  "baseline", "palpate", "heat",
                                           "cold",  "compress", "needle",   "spray",   "stretch",
                                           "tens",  "ifc",      "rest",     "recheck", "aftercare",
                                           "diary", NULL};
const char *const myo_region_names[] = {
    "",      "head",       "neck",       "shoulder_girdle", "arm", "forearm", "hand",
    "chest", "upper_back", "trunk_back", "abdomen",         "hip", "pelvis",  "thigh",
    "leg",   "foot",       NULL};
const char *const myo_palpation_names[] = {"", "flat", "pincer", "intracavity", "none", NULL};
const char *const myo_confidence_names[] = {"", "low", "medium", "high", NULL};

static const char *const fact_kinds[] = {"",           "meta",       "definition", "warning",
                                         "indication", "tool",       "timeline",   "recurrence",
                                         "prevention", "range",      "stop",       "mechanism",
                                         "procedure",  "population", "answer",     NULL};
static const char *const evidence_names[] = {"", "claim", "literature", "contested", NULL};
static const char *const unit_names[] = {"",      "s",     "ms",    "min",      "h", "d",
                                         "score", "count", "ratio", "sessions", NULL};
static const char *const depth_names[] = {"", "superficial", "intermediate", "deep", NULL};
static const char *const size_names[] = {"", "small", "broad", NULL};
static const char *const access_names[] = {"", "easy", "hard", "none", NULL};
static const char *const self_names[] = {"", "yes", "care", "pro", NULL};
static const char *const risk_names[] = {"", "low", "mod", "high", "avoid", NULL};
static const char *const tool_kinds[] = {"",        "hand",        "instrument", "ball",
                                         "roller",  "double_ball", "spray",      "needle",
                                         "thermal", "electric",    NULL};
static const char *const density_names[] = {"", "soft", "medium", "firm", "hard", NULL};
static const char *const reach_names[] = {"", "pinpoint", "broad", "paraspinal", "far", NULL};
static const char *const scope_names[] = {"", "step", "session", "course", "habit", NULL};
static const char *const factor_kinds[] = {"",           "cause", "recurrence", "predisposition",
                                           "prevention", NULL};

#define R FIELD_REQUIRED
#define A FIELD_ARTICLE
#define FIELD(s, n, m, k, f, ...)                                                                  \
    {                                                                                              \
        .name = n, .kind = k, .offset = offsetof(s, m), .flags = f, __VA_ARGS__                    \
    }
#define TEXT(s, m, f)    FIELD(s, #m, m, FIELD_TEXT, f, .target = 0)
#define NUMBER(s, m, f)  FIELD(s, #m, m, FIELD_NUMBER, f, .target = 0)
#define FLAG(s, m, f)    FIELD(s, #m, m, FIELD_FLAG, f, .target = 0)
#define ENUM(s, m, f, n) FIELD(s, #m, m, FIELD_ENUM, f, .names = n)
#define MASK(s, m, f, n) FIELD(s, #m, m, FIELD_MASK, f, .names = n)
#define REF(s, m, f, t)  FIELD(s, #m, m, FIELD_REF, f, .target = t)
#define REFS(s, m, f, t) FIELD(s, #m, m, FIELD_REFS, f, .target = t)
#define ID(s)            FIELD(s, "id", record.id, FIELD_TEXT, R | A, .target = 0)
#define LIST(s, m, f, k) FIELD(s, #m, m, FIELD_LIST, f, .sub = k)
#define KIND(s, k, n, t)                                                                           \
    {                                                                                              \
        k, n, sizeof(s), t, sizeof(t) / sizeof(t[0])                                               \
    }

static const myo_field fact_fields[] = {
    ID(myo_fact),
    NUMBER(myo_fact, line, R | A),
    REF(myo_fact, section, R | A, MYO_SECTIONS),
    ENUM(myo_fact, kind, R | A, fact_kinds),
    TEXT(myo_fact, text, R | A),
    TEXT(myo_fact, entities, A),
    FIELD(myo_fact, "numbers", numbers, FIELD_NUMBERS, A, .target = 0),
    ENUM(myo_fact, evidence, R | A, evidence_names),
    TEXT(myo_fact, use, R | A),
    TEXT(myo_fact, exempt, A),
};
static const myo_field section_fields[] = {ID(myo_section), TEXT(myo_section, label, R | A)};
static const myo_field source_fields[] = {
    ID(myo_source_record),
    TEXT(myo_source_record, title, R | A),
    TEXT(myo_source_record, author, A),
    TEXT(myo_source_record, publisher, A),
    TEXT(myo_source_record, kind, R | A),
    TEXT(myo_source_record, note, A),
    REFS(myo_source_record, facts, A, MYO_FACTS),
};
static const myo_field param_fields[] = {
    ID(myo_param),
    TEXT(myo_param, label, R | A),
    NUMBER(myo_param, lo, A),
    NUMBER(myo_param, hi, A),
    ENUM(myo_param, unit, R | A, unit_names),
    ENUM(myo_param, origin, R | A, myo_origin_names),
    TEXT(myo_param, note, A),
    REFS(myo_param, facts, A, MYO_FACTS),
};
static const myo_field zone_fields[] = {ID(myo_zone), TEXT(myo_zone, label, R | A),
                                        TEXT(myo_zone, group, R | A)};
static const myo_field hazard_fields[] = {ID(myo_hazard), TEXT(myo_hazard, text, R)};
static const myo_field muscle_fields[] = {
    ID(myo_muscle),
    NUMBER(myo_muscle, entry, R),
    TEXT(myo_muscle, part, 0),
    TEXT(myo_muscle, name, R | A),
    TEXT(myo_muscle, latin, R),
    ENUM(myo_muscle, region, R, myo_region_names),
    ENUM(myo_muscle, depth, R, depth_names),
    ENUM(myo_muscle, size, R, size_names),
    ENUM(myo_muscle, access, R, access_names),
    MASK(myo_muscle, palpation, R, myo_palpation_names),
    TEXT(myo_muscle, nerve, R),
    FIELD(myo_muscle, "roots", roots, FIELD_TEXTS, 0, .target = 0),
    REFS(myo_muscle, lies_in, R, MYO_ZONES),
    REFS(myo_muscle, primary, R, MYO_ZONES),
    REFS(myo_muscle, spill, 0, MYO_ZONES),
    REFS(myo_muscle, article_zones, A, MYO_ZONES),
    TEXT(myo_muscle, label, R),
    REFS(myo_muscle, techniques, A, MYO_TECHNIQUES),
    REFS(myo_muscle, tools, A, MYO_TOOLS),
    ENUM(myo_muscle, self, R, self_names),
    ENUM(myo_muscle, needle_risk, R, risk_names),
    REFS(myo_muscle, hazards, 0, MYO_HAZARDS),
    NUMBER(myo_muscle, freq, R),
    ENUM(myo_muscle, confidence, R, myo_confidence_names),
    TEXT(myo_muscle, source, R),
    TEXT(myo_muscle, note, 0),
    TEXT(myo_muscle, reviewed, 0),
    REFS(myo_muscle, facts, A, MYO_FACTS),
};
static const myo_field tool_fields[] = {
    ID(myo_tool),
    TEXT(myo_tool, name, R | A),
    TEXT(myo_tool, product, A),
    ENUM(myo_tool, kind, R | A, tool_kinds),
    ENUM(myo_tool, density, A, density_names),
    ENUM(myo_tool, reach, A, reach_names),
    MASK(myo_tool, settings, R | A, myo_setting_names),
    MASK(myo_tool, depths, A, depth_names),
    MASK(myo_tool, sizes, A, size_names),
    MASK(myo_tool, regions, A, myo_region_names),
    FIELD(myo_tool, "never_on", never_on, FIELD_TEXTS, A, .target = 0),
    REFS(myo_tool, facts, A, MYO_FACTS),
};
static const myo_field technique_fields[] = {
    ID(myo_technique),
    TEXT(myo_technique, name, R | A),
    MASK(myo_technique, settings, R | A, myo_setting_names),
    FIELD(myo_technique, "operator", operator_need, FIELD_TEXT, A, .target = 0),
    TEXT(myo_technique, action, R | A),
    TEXT(myo_technique, procedure, R | A),
    REFS(myo_technique, params, A, MYO_PARAMS),
    REFS(myo_technique, breaks, A, MYO_MECHANISMS),
    TEXT(myo_technique, indications, A),
    TEXT(myo_technique, contraindications, A),
    TEXT(myo_technique, follow_up, A),
    TEXT(myo_technique, aftercare, A),
    ENUM(myo_technique, evidence, R | A, evidence_names),
    MASK(myo_technique, regions, A, myo_region_names),
    REFS(myo_technique, facts, A, MYO_FACTS),
};
static const myo_field mechanism_fields[] = {
    ID(myo_mechanism),
    NUMBER(myo_mechanism, order, R | A),
    TEXT(myo_mechanism, text, R | A),
    REF(myo_mechanism, next, R | A, MYO_MECHANISMS),
    REFS(myo_mechanism, facts, A, MYO_FACTS),
};
static const myo_field protocol_step_fields[] = {
    ENUM(myo_protocol_step, step, R | A, myo_step_kind_names),
    REF(myo_protocol_step, technique, A, MYO_TECHNIQUES),
    REF(myo_protocol_step, tool, A, MYO_TOOLS),
    REF(myo_protocol_step, muscle, A, MYO_MUSCLES),
    TEXT(myo_protocol_step, condition, A),
    FLAG(myo_protocol_step, optional, A),
    REFS(myo_protocol_step, params, A, MYO_PARAMS),
};
static const myo_record_kind protocol_step_kind =
    KIND(myo_protocol_step, "steps", "step of a protocol", protocol_step_fields);
static const myo_field protocol_fields[] = {
    ID(myo_protocol),
    TEXT(myo_protocol, name, R | A),
    ENUM(myo_protocol, setting, R | A, myo_setting_names),
    REFS(myo_protocol, facts, A, MYO_FACTS),
    LIST(myo_protocol, steps, R | A, &protocol_step_kind),
};
static const myo_field outcome_fields[] = {
    TEXT(myo_outcome, code, R | A), ENUM(myo_outcome, severity, R | A, myo_severity_names),
    TEXT(myo_outcome, action, A),   TEXT(myo_outcome, message, A),
    FLAG(myo_outcome, at_end, A),
};
static const myo_record_kind outcome_kind =
    KIND(myo_outcome, "outcomes", "outcome of a rule", outcome_fields);
static const myo_field rule_fields[] = {
    ID(myo_rule),
    TEXT(myo_rule, name, R | A),
    TEXT(myo_rule, label, R | A),
    ENUM(myo_rule, scope, R | A, scope_names),
    MASK(myo_rule, steps, A, myo_step_kind_names),
    ENUM(myo_rule, setting, A, myo_setting_names),
    ENUM(myo_rule, origin, R | A, myo_origin_names),
    FLAG(myo_rule, locked, A),
    TEXT(myo_rule, condition, R | A),
    LIST(myo_rule, outcomes, R | A, &outcome_kind),
    TEXT(myo_rule, message, R | A),
    TEXT(myo_rule, signals, A),
    REFS(myo_rule, params, A, MYO_PARAMS),
    REFS(myo_rule, facts, A, MYO_FACTS),
    TEXT(myo_rule, note, A),
};
static const myo_field timeline_fields[] = {
    ID(myo_timeline),
    NUMBER(myo_timeline, from_d, A),
    NUMBER(myo_timeline, to_d, A),
    NUMBER(myo_timeline, sessions_lo, A),
    NUMBER(myo_timeline, sessions_hi, A),
    TEXT(myo_timeline, text, R | A),
    REFS(myo_timeline, facts, A, MYO_FACTS),
};
static const myo_field factor_fields[] = {
    ID(myo_factor),
    ENUM(myo_factor, kind, R | A, factor_kinds),
    FLAG(myo_factor, modifiable, R | A),
    FLAG(myo_factor, checklist, A),
    TEXT(myo_factor, question, R | A),
    TEXT(myo_factor, advice, R | A),
    REFS(myo_factor, facts, A, MYO_FACTS),
};
static const myo_field habit_fields[] = {
    ID(myo_habit),
    TEXT(myo_habit, text, R | A),
    REFS(myo_habit, params, A, MYO_PARAMS),
    REFS(myo_habit, muscles, A, MYO_MUSCLES),
    REFS(myo_habit, facts, A, MYO_FACTS),
};
static const myo_field mimic_fields[] = {ID(myo_mimic), TEXT(myo_mimic, name, R | A),
                                         TEXT(myo_mimic, clue, R | A),
                                         REFS(myo_mimic, facts, A, MYO_FACTS)};
static const myo_field faq_fields[] = {ID(myo_faq), TEXT(myo_faq, question, R | A),
                                       TEXT(myo_faq, answer, R | A),
                                       REFS(myo_faq, facts, A, MYO_FACTS)};
static const myo_field profile_fields[] = {
    ID(myo_patient_profile),
    TEXT(myo_patient_profile, text, R | A),
    REFS(myo_patient_profile, muscles, A, MYO_MUSCLES),
    REFS(myo_patient_profile, factors, A, MYO_FACTORS),
    FLAG(myo_patient_profile, upkeep, A),
    REFS(myo_patient_profile, facts, A, MYO_FACTS),
};

const myo_record_kind myo_entity_kinds[MYO_ENTITY_COUNT] = {
    [MYO_FACTS] = KIND(myo_fact, "facts", "fact", fact_fields),
    [MYO_SECTIONS] = KIND(myo_section, "sections", "section", section_fields),
    [MYO_SOURCES] = KIND(myo_source_record, "sources", "source", source_fields),
    [MYO_PARAMS] = KIND(myo_param, "params", "param", param_fields),
    [MYO_ZONES] = KIND(myo_zone, "zones", "zone", zone_fields),
    [MYO_HAZARDS] = KIND(myo_hazard, "hazards", "hazard", hazard_fields),
    [MYO_MUSCLES] = KIND(myo_muscle, "muscles", "muscle", muscle_fields),
    [MYO_TOOLS] = KIND(myo_tool, "tools", "tool", tool_fields),
    [MYO_TECHNIQUES] = KIND(myo_technique, "techniques", "technique", technique_fields),
    [MYO_MECHANISMS] = KIND(myo_mechanism, "mechanisms", "mechanism", mechanism_fields),
    [MYO_PROTOCOLS] = KIND(myo_protocol, "protocols", "protocol", protocol_fields),
    [MYO_RULES] = KIND(myo_rule, "rules", "rule", rule_fields),
    [MYO_TIMELINES] = KIND(myo_timeline, "timelines", "timeline", timeline_fields),
    [MYO_FACTORS] = KIND(myo_factor, "factors", "factor", factor_fields),
    [MYO_HABITS] = KIND(myo_habit, "habits", "habit", habit_fields),
    [MYO_MIMICS] = KIND(myo_mimic, "mimics", "mimic", mimic_fields),
    [MYO_FAQ] = KIND(myo_faq, "faq", "question", faq_fields),
    [MYO_PATIENT_PROFILES] = KIND(myo_patient_profile, "profiles", "profile", profile_fields),
};

const char *myo_entity_key(myo_entity entity)
{
    return (unsigned)entity < MYO_ENTITY_COUNT ? myo_entity_kinds[entity].key : "unknown";
}

const char *myo_entity_name(myo_entity entity)
{
    return (unsigned)entity < MYO_ENTITY_COUNT ? myo_entity_kinds[entity].name : "unknown";
}

const char *myo_severity_name(myo_severity severity)
{
    return (unsigned)severity <= MYO_SAYS_STOP ? myo_severity_names[severity] : "unknown";
}

const char *myo_step_kind_name(myo_step_kind kind)
{
    return (unsigned)kind < MYO_STEP_KIND_COUNT ? myo_step_kind_names[kind] : "unknown";
}

const char *myo_setting_name(myo_setting setting)
{
    return (unsigned)setting <= MYO_SELF ? myo_setting_names[setting] : "unknown";
}

const char *myo_unit_name(int unit)
{
    int count = (int)(sizeof unit_names / sizeof unit_names[0]) - 1;
    return unit > 0 && unit < count ? unit_names[unit] : "";
}

bool myo_ids_contain(const myo_ids *ids, const char *id)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (strcmp(ids->item[i], id) == 0) {
            return true;
        }
    }
    return false;
}

myo_ids myo_record_ids(myo_entity entity, const void *record, const char *field)
{
    myo_ids ids = {NULL, 0};
    const myo_field *found = myo_field_find(&myo_entity_kinds[entity], field);
    if (found != NULL && (found->kind == FIELD_REFS || found->kind == FIELD_TEXTS)) {
        memcpy(&ids, (const char *)record + found->offset, sizeof ids);
    }
    return ids;
}
