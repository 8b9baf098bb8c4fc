/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a rule's function sees, and how it speaks. */
#ifndef MYO_CLINIC_RULE_H
#define MYO_CLINIC_RULE_H

#include "clinic/arena.h"
#include "myotwitch/check.h"
#include "myotwitch/clinic_query.h"

enum { MYO_BINDINGS_MAX = 10 };

/** The state of a check; one annotation is built at a time. */
typedef struct {
    const myo_clinic *clinic;
    const myo_session *session;
    const myo_session *const *course; /* the last is session */
    size_t course_count;
    int setting;
    const myo_rule *rule;
    bool no_memory;
    myo_arena arena;
    myo_bag annotations;
    myo_annotation draft;
    struct {
        const char *name, *text;
    } binding[MYO_BINDINGS_MAX];
    size_t binding_count;
} myo_rules;

/** Judges one step, or the session when the rule's scope is wider (then @p step is NULL). */
typedef void myo_rule_function(myo_rules *rules, const myo_step *step);

/** One rule: its function and the codes it may say; a code that must stay a stop ends with '!'. */
typedef struct {
    const char *id;
    myo_rule_function *run;
    const char *codes;
    bool misses_steps; /**< a rule about steps that is also asked once without one: it speaks up
                            when the step that it needs is not there */
} myo_rule_row;

const myo_rule_row *myo_rule_row_of(const char *id);
/** Every rule has its function and every function its rule, with the same codes; locks hold. */
void myo_rules_check_table(const myo_clinic *clinic, myo_issues *issues);

/* --- speaking: about a step, a point or the session, then bindings, then a code --- */
void say_step(myo_rules *rules, const myo_step *step);
void say_point(myo_rules *rules, const myo_point *point);
void say_session(myo_rules *rules);
void say_text(myo_rules *rules, const char *name, const char *text);
void say_number(myo_rules *rules, const char *name, double value);
/** The number judged: bound as @p name and shown with its unit. */
void say_value(myo_rules *rules, const char *name, double value, const char *unit);
/** Binds lo and hi, makes the expected text and names the param's fact. */
void say_band(myo_rules *rules, const myo_param *band);
/** Ends the annotation with a code of the rule. */
void say(myo_rules *rules, const char *code);
/** Ends it as not assessed: @p missing is what was not recorded. */
void say_missing(myo_rules *rules, const char *missing);

/** Moves a text into the check's memory: "" when there is none of it. */
const char *rule_keep(myo_rules *rules, myo_string *text);

/* --- looking --- */
/** The param of that id; the model is checked to hold all that rules ask for. */
const myo_param *rule_param(const myo_rules *rules, const char *id);
/** hold_clinical or hold_self. */
const myo_param *rule_hold_band(const myo_rules *rules);
/** End - start, or NAN. */
double step_seconds(const myo_step *step);
/** Muscle of a step, its own or its point's; NULL. */
const myo_muscle *step_muscle(const myo_rules *rules, const myo_step *step);
const myo_muscle *point_muscle(const myo_rules *rules, const myo_point *point);
const myo_point *step_point(const myo_rules *rules, const myo_step *step);
int step_side(const myo_rules *rules, const myo_step *step);
const myo_tool *step_tool(const myo_rules *rules, const myo_step *step);
/** Hands on the point: compress, needle, spray. */
bool step_treats(const myo_step *step);
const myo_step *next_step(const myo_rules *rules, size_t *index);
/** First step of a kind, or NULL. */
const myo_step *first_step(const myo_rules *rules, int kind);
/** Start of the first and end of the last treating step; false if nothing was treated. */
bool treated_span(const myo_rules *rules, double *first, double *last);
bool is_treated(const myo_rules *rules, const myo_point *point);
/** Seconds from the start of a compression to its release, typed in or found; NAN. */
double released_after(const myo_rules *rules, const myo_step *step);
/** Findings of a type (myo_event_type) in a step that no stimulator masks; strongest first given
 *  back in @p first (may be NULL). */
size_t findings_in(const myo_rules *rules, const myo_step *step, int type);
/** EMG in the hold over EMG before it, typed in or found; NAN. */
double guarding_of(const myo_rules *rules, const myo_step *step);
/** Resting amplitude after over before, measured in a recheck; NAN. */
double level_after(const myo_rules *rules, const myo_step *step);
/** Verdict on the release of a step: myo_release_verdict. */
int release_verdict(const myo_rules *rules, const myo_step *step);
/** Number of the session in its course; NAN when earlier ones exist but are not at hand. */
double session_number(const myo_rules *rules);
/** First and last pain of the course; false when one is missing. */
bool pain_trend(const myo_rules *rules, double *first, double *last);
bool is_meaningful(const myo_rules *rules, double first, double last);
bool ids_meet(const myo_ids *a, const myo_ids *b);
bool is_active(const myo_point *point);
bool is_primary(const myo_point *point);
bool is_contrast(const myo_rules *rules);
bool same_muscle(const myo_muscle *a, const myo_muscle *b);

/* --- the functions, one file a phase --- */
myo_rule_function myo_rule_c01, myo_rule_c02, myo_rule_c03, myo_rule_c04, myo_rule_c05,
    myo_rule_c06, myo_rule_c07, myo_rule_c08, myo_rule_c09, myo_rule_c10, myo_rule_c11,
    myo_rule_c12;
myo_rule_function myo_rule_x01, myo_rule_x02, myo_rule_x03, myo_rule_x04, myo_rule_x05,
    myo_rule_x06, myo_rule_x07, myo_rule_x08;
myo_rule_function myo_rule_t01, myo_rule_t02, myo_rule_t03, myo_rule_t04;
myo_rule_function myo_rule_s01, myo_rule_s02, myo_rule_s03, myo_rule_p01, myo_rule_p02;
myo_rule_function myo_rule_n01, myo_rule_n02, myo_rule_n03, myo_rule_n04, myo_rule_n05;
myo_rule_function myo_rule_h01, myo_rule_h02, myo_rule_h03, myo_rule_h04, myo_rule_e01,
    myo_rule_e02;
myo_rule_function myo_rule_a01, myo_rule_a02, myo_rule_a03, myo_rule_a04, myo_rule_a05,
    myo_rule_a06, myo_rule_a07, myo_rule_a08, myo_rule_a09;
myo_rule_function myo_rule_k01, myo_rule_k02, myo_rule_k03, myo_rule_k04, myo_rule_k05,
    myo_rule_k06, myo_rule_k07, myo_rule_k08, myo_rule_k09, myo_rule_k10;
myo_rule_function myo_rule_b01, myo_rule_b02, myo_rule_b03, myo_rule_b04, myo_rule_b05;

#endif
