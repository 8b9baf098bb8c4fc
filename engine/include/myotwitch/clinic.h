/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clinical technique model: facts, numbers, muscles, techniques, rules. Data, not code.
 *
 * The model is read from YAML texts that are part of the library and may be overlaid by more of
 * them. Once loaded it never changes, and any thread may read it. Nothing in it is medical advice:
 * it annotates and reminds; diagnosis and treatment stay with the clinician. */
#ifndef MYOTWITCH_CLINIC_H
#define MYOTWITCH_CLINIC_H

#include "myotwitch/status.h"
#include "myotwitch/string.h"

MYO_BEGIN

typedef enum {
    MYO_FACTS,
    MYO_SECTIONS,
    MYO_SOURCES,
    MYO_PARAMS,
    MYO_ZONES,
    MYO_HAZARDS,
    MYO_MUSCLES,
    MYO_TOOLS,
    MYO_TECHNIQUES,
    MYO_MECHANISMS,
    MYO_PROTOCOLS,
    MYO_RULES,
    MYO_TIMELINES,
    MYO_FACTORS,
    MYO_HABITS,
    MYO_MIMICS,
    MYO_FAQ,
    MYO_PATIENT_PROFILES,
    MYO_ENTITY_COUNT
} myo_entity;

typedef enum { MYO_ANY_SETTING, MYO_CLINICAL, MYO_SELF } myo_setting;

typedef enum {
    MYO_ORIGIN_UNSET,
    MYO_ORIGIN_ARTICLE,
    MYO_ORIGIN_ENGINE,
    MYO_ORIGIN_EXTERNAL
} myo_origin;

/** In order; refer stands beside stop. */
typedef enum {
    MYO_NOT_ASSESSED, /**< what the rule needs was not recorded; never read it as ok */
    MYO_SAYS_OK,
    MYO_SAYS_INFO,
    MYO_SAYS_NOTE,
    MYO_SAYS_WARN,
    MYO_SAYS_REFER,
    MYO_SAYS_STOP
} myo_severity;

typedef enum {
    MYO_SCOPE_UNSET,
    MYO_SCOPE_STEP,
    MYO_SCOPE_SESSION,
    MYO_SCOPE_COURSE,
    MYO_SCOPE_HABIT
} myo_scope;

/** Kinds of step in a session, also used by protocols and rules. */
typedef enum {
    MYO_STEP_UNSET,
    MYO_STEP_INSPECT,
    MYO_STEP_BASELINE,
    MYO_STEP_PALPATE,
    MYO_STEP_HEAT,
    MYO_STEP_COLD,
    MYO_STEP_COMPRESS,
    MYO_STEP_NEEDLE,
    MYO_STEP_SPRAY,
    MYO_STEP_STRETCH,
    MYO_STEP_TENS,
    MYO_STEP_IFC,
    MYO_STEP_REST,
    MYO_STEP_RECHECK,
    MYO_STEP_AFTERCARE,
    MYO_STEP_DIARY,
    MYO_STEP_KIND_COUNT
} myo_step_kind;

typedef enum { MYO_DEPTH_UNSET, MYO_SUPERFICIAL, MYO_INTERMEDIATE, MYO_DEEP } myo_depth;
typedef enum { MYO_SIZE_UNSET, MYO_SMALL, MYO_BROAD } myo_size;
typedef enum { MYO_ACCESS_UNSET, MYO_ACCESS_EASY, MYO_ACCESS_HARD, MYO_ACCESS_NONE } myo_access;
typedef enum {
    MYO_PRESSURE_UNSET,
    MYO_PRESSURE_YES,
    MYO_PRESSURE_CARE,
    MYO_PRESSURE_PRO
} myo_self_pressure;
typedef enum {
    MYO_RISK_UNSET,
    MYO_RISK_LOW,
    MYO_RISK_MOD,
    MYO_RISK_HIGH,
    MYO_RISK_AVOID
} myo_needle_risk;
typedef enum {
    MYO_DENSITY_UNSET,
    MYO_DENSITY_SOFT,
    MYO_DENSITY_MEDIUM,
    MYO_DENSITY_FIRM,
    MYO_DENSITY_HARD
} myo_density;
typedef enum {
    MYO_REACH_UNSET,
    MYO_REACH_PINPOINT,
    MYO_REACH_BROAD,
    MYO_REACH_PARASPINAL,
    MYO_REACH_FAR
} myo_reach;

/** Where something stands: line and column from 1. */
typedef struct {
    const char *file;
    uint32_t line;
    uint32_t column;
} myo_place;

/** What every record begins with. */
typedef struct {
    const char *id;
    myo_place place;
    const uint32_t *marks; /**< of the reader */
    uint32_t layer;        /**< 0 shipped, 1 overlaid */
} myo_record;

typedef struct {
    const char *const *item;
    size_t count;
} myo_ids;

typedef struct {
    const double *item;
    size_t count;
} myo_numbers;

typedef struct {
    myo_record record;
    double line; /**< of the article */
    const char *section;
    int kind;
    const char *text, *entities, *use, *exempt;
    myo_numbers numbers;
    int evidence;
} myo_fact;

typedef struct {
    myo_record record;
    const char *label;
} myo_section;

typedef struct {
    myo_record record;
    const char *title, *author, *publisher, *kind, *note;
    myo_ids facts;
} myo_source_record;

/** A number or a range; an open end is NAN. */
typedef struct {
    myo_record record;
    const char *label;
    double lo, hi;
    int unit;
    int origin;
    const char *note;
    myo_ids facts;
} myo_param;

typedef struct {
    myo_record record;
    const char *label, *group;
} myo_zone;

typedef struct {
    myo_record record;
    const char *text;
} myo_hazard;

typedef struct {
    myo_record record;
    double entry;
    const char *part, *name, *latin;
    int region, depth, size, access;
    uint32_t palpation;
    const char *nerve;
    myo_ids roots, lies_in, primary, spill, article_zones;
    const char *label;
    myo_ids techniques, tools;
    int self, needle_risk;
    myo_ids hazards;
    double freq;
    int confidence;
    const char *source, *note, *reviewed; /**< reviewed: initials and date; NULL = unreviewed */
    myo_ids facts;
} myo_muscle;

typedef struct {
    myo_record record;
    const char *name, *product;
    int kind, density, reach;
    uint32_t settings, depths, sizes, regions;
    myo_ids never_on, facts;
} myo_tool;

typedef struct {
    myo_record record;
    const char *name;
    uint32_t settings;
    const char *operator_need, *action, *procedure;
    myo_ids params, breaks;
    const char *indications, *contraindications, *follow_up, *aftercare;
    int evidence;
    uint32_t regions;
    myo_ids facts;
} myo_technique;

typedef struct {
    myo_record record;
    double order;
    const char *text, *next;
    myo_ids facts;
} myo_mechanism;

typedef struct {
    myo_record record; /**< without id */
    int step;
    const char *technique, *tool, *muscle, *condition;
    int optional;
    myo_ids params;
} myo_protocol_step;

typedef struct {
    myo_record record;
    const char *name;
    int setting;
    myo_ids facts;
    struct {
        const myo_protocol_step *item;
        size_t count;
    } steps;
} myo_protocol;

typedef struct {
    myo_record record; /**< without id */
    const char *code;
    int severity;
    const char *action;
    const char *message; /**< in place of the rule's, NULL = the rule's */
    int at_end;          /**< 1: of a step that is over; not to be said while it goes on */
} myo_outcome;

typedef struct {
    myo_record record;
    const char *name, *label;
    int scope;
    uint32_t steps;
    int setting, origin, locked;
    const char *condition;
    struct {
        const myo_outcome *item;
        size_t count;
    } outcomes;
    const char *message, *signals;
    myo_ids params, facts;
    const char *note;
} myo_rule;

typedef struct {
    myo_record record;
    double from_d, to_d, sessions_lo, sessions_hi; /**< days [from, to); NAN = open */
    const char *text;
    myo_ids facts;
} myo_timeline;

typedef struct {
    myo_record record;
    int kind, modifiable, checklist;
    const char *question, *advice;
    myo_ids facts;
} myo_factor;

typedef struct {
    myo_record record;
    const char *text;
    myo_ids params, muscles, facts;
} myo_habit;

typedef struct {
    myo_record record;
    const char *name, *clue;
    myo_ids facts;
} myo_mimic;

typedef struct {
    myo_record record;
    const char *question, *answer;
    myo_ids facts;
} myo_faq;

typedef struct {
    myo_record record;
    const char *text;
    myo_ids muscles, factors;
    int upkeep;
    myo_ids facts;
} myo_patient_profile;

/** A text to load; @p name stands in complaints. */
typedef struct {
    const char *name;
    const char *data;
    size_t size;
} myo_source_text;

typedef struct myo_clinic myo_clinic;

/** Loads the shipped model and lays @p count texts over it: a record with a known id changes the
 *  fields it gives, another one is added. MYO_ERR_FORMAT with @p issues filled when anything is
 *  wrong: grammar, keys, types, references, meaning. MYO_ERR_NO_MEMORY. */
MYO_API myo_status myo_clinic_new(const myo_source_text *overlays, size_t count,
                                  myo_clinic **clinic, myo_issues *issues);
MYO_API void myo_clinic_free(myo_clinic *clinic);

/** The texts that are part of the library. */
MYO_API const myo_source_text *myo_clinic_shipped(size_t *count);

/** Names of a kind of record: "muscles", "muscle". */
MYO_API const char *myo_entity_key(myo_entity entity);
MYO_API const char *myo_entity_name(myo_entity entity);

MYO_API size_t myo_clinic_count(const myo_clinic *clinic, myo_entity entity);
/** Record by position in the file, or NULL. It begins with a myo_record. */
MYO_API const void *myo_clinic_at(const myo_clinic *clinic, myo_entity entity, size_t index);
/** Record by id, or NULL. */
MYO_API const void *myo_clinic_find(const myo_clinic *clinic, myo_entity entity, const char *id);

/** Whether the record is the article's: it names facts and is not of another origin. */
MYO_API bool myo_clinic_of_article(myo_entity entity, const void *record);

/** One record as a JSON object on one line, or as lines for people. With @p article_only the
 *  fields that are not the article's are left out. */
MYO_API void myo_clinic_json(myo_string *text, myo_entity entity, const void *record,
                             bool article_only);
MYO_API void myo_clinic_print(myo_string *text, myo_entity entity, const void *record,
                              bool article_only);

MYO_API const char *myo_severity_name(myo_severity severity);
MYO_API const char *myo_step_kind_name(myo_step_kind kind);
MYO_API const char *myo_setting_name(myo_setting setting);
MYO_API const char *myo_unit_name(int unit);

MYO_API bool myo_ids_contain(const myo_ids *ids, const char *id);

MYO_END
#endif
