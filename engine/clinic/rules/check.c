/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs every rule over a session and keeps what they say. */
#include "clinic/rules/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct myo_check {
    myo_rules rules;
};

static bool concerns(const myo_rules *rules, const myo_rule *rule)
{
    return rule->setting == MYO_ANY_SETTING || rule->setting == rules->setting;
}

static void run_rule(myo_rules *rules, const myo_rule *rule)
{
    const myo_rule_row *row = myo_rule_row_of(rule->record.id);
    rules->rule = rule;
    if (rule->scope != MYO_SCOPE_STEP) {
        row->run(rules, NULL);
        return;
    }
    size_t index = 0;
    const myo_step *step;
    while ((step = next_step(rules, &index)) != NULL) {
        if (rule->steps & (1u << step->kind)) {
            row->run(rules, step);
        }
    }
    if (row->misses_steps) {
        row->run(rules, NULL);
    }
}

static const char *point_of(const myo_annotation *annotation)
{
    return annotation->point != NULL ? annotation->point : "";
}

static void find_worst(myo_rules *rules)
{
    const myo_bag *bag = &rules->annotations;
    for (size_t i = 0; i < bag->count; i++) {
        myo_annotation *one = bag->item[i];
        for (size_t k = 0; k < bag->count; k++) {
            const myo_annotation *other = bag->item[k];
            if (other->severity > one->worst && strcmp(point_of(one), point_of(other)) == 0) {
                one->worst = other->severity;
            }
        }
    }
}

static bool same_patient(const myo_session *a, const myo_session *b)
{
    const char *x = myo_session_head(a)->patient, *y = myo_session_head(b)->patient;
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

myo_status myo_check_run(const myo_session *const *sessions, size_t count, myo_check **check)
{
    *check = NULL;
    for (size_t i = 1; i < count; i++) {
        if (!same_patient(sessions[0], sessions[i]) ||
            myo_session_clinic(sessions[0]) != myo_session_clinic(sessions[i])) {
            return MYO_ERR_BAD_ARG;
        }
    }
    if (count == 0) {
        return MYO_ERR_EMPTY;
    }
    myo_check *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    myo_rules *rules = &self->rules;
    rules->session = sessions[count - 1];
    rules->clinic = myo_session_clinic(rules->session);
    rules->course = sessions;
    rules->course_count = count;
    rules->setting = myo_session_head(rules->session)->setting;
    for (size_t i = 0; i < myo_clinic_count(rules->clinic, MYO_RULES); i++) {
        const myo_rule *rule = myo_clinic_at(rules->clinic, MYO_RULES, i);
        if (concerns(rules, rule)) {
            run_rule(rules, rule);
        }
    }
    find_worst(rules);
    if (rules->no_memory) {
        myo_check_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    *check = self;
    return MYO_OK;
}

void myo_check_free(myo_check *check)
{
    if (check != NULL) {
        myo_arena_free(&check->rules.arena);
        free(check);
    }
}

size_t myo_check_count(const myo_check *check)
{
    return check->rules.annotations.count;
}

const myo_annotation *myo_check_at(const myo_check *check, size_t index)
{
    return index < myo_check_count(check) ? check->rules.annotations.item[index] : NULL;
}

bool myo_check_stops(const myo_check *check)
{
    for (size_t i = 0; i < myo_check_count(check); i++) {
        if (myo_check_at(check, i)->severity == MYO_SAYS_STOP) {
            return true;
        }
    }
    return false;
}

/* What has no time comes after what has. */
static int compare_times(double a, double b)
{
    if (isnan(a) || isnan(b)) {
        return isnan(a) - isnan(b);
    }
    return (a > b) - (a < b);
}

static int compare(const myo_annotation *a, const myo_annotation *b, myo_check_order order)
{
    if (order == MYO_BY_TIME) {
        return compare_times(a->t0, b->t0);
    }
    const char *x = point_of(a), *y = point_of(b);
    int result = b->worst - a->worst;
    result = result != 0 ? result : strcmp(x, y);
    if (result == 0) {
        /* Not assessed goes last, behind ok. */
        result = b->severity - a->severity;
    }
    return result != 0 ? result : compare_times(a->t0, b->t0);
}

/* Stable, so that the order of the rules decides what is left; some hundred rows. */
void myo_check_sort(myo_check *check, myo_check_order order)
{
    void **item = check->rules.annotations.item;
    for (size_t i = 1; i < check->rules.annotations.count; i++) {
        void *annotation = item[i];
        size_t at = i;
        while (at > 0 && compare(annotation, item[at - 1], order) < 0) {
            item[at] = item[at - 1];
            at--;
        }
        item[at] = annotation;
    }
}

static void add_key(myo_string *text, const char *key, const char *value)
{
    if (value != NULL) {
        myo_string_add(text, ", \"%s\": ", key);
        myo_string_add_json(text, value);
    }
}

void myo_annotation_json(myo_string *text, const myo_annotation *a)
{
    static const char *const origins[] = {NULL, "article", "engine", "external"};
    myo_string_add(text, "{\"schema\": \"myotwitch.check/1\", \"type\": \"check\", \"onset_s\": ");
    myo_string_add_number(text, a->t0);
    myo_string_add(text, ", \"offset_s\": ");
    myo_string_add_number(text, a->t1);
    add_key(text, "step", a->step);
    add_key(text, "kind",
            a->step_kind != 0 ? myo_step_kind_name((myo_step_kind)a->step_kind) : NULL);
    add_key(text, "point", a->point);
    add_key(text, "rule", a->rule);
    add_key(text, "label", a->label);
    add_key(text, "code", a->code);
    add_key(text, "severity", myo_severity_name((myo_severity)a->severity));
    add_key(text, "action", a->action);
    myo_string_add(text, ", \"value\": ");
    myo_string_add_number(text, a->value);
    add_key(text, "shown", a->shown);
    add_key(text, "expected", a->expected);
    add_key(text, "origin", origins[a->origin]);
    add_key(text, "fact", a->fact);
    add_key(text, "text", a->text);
    myo_string_add(text, "}");
}
