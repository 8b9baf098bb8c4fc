/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Level 2 of the checks: every reference leads somewhere, every number and fact is used. */
#include "clinic/entities.h"

static void check_pending(const myo_clinic *clinic, const myo_pending *pending, myo_issues *issues)
{
    for (; pending != NULL; pending = pending->next) {
        myo_entity target = (myo_entity)pending->target;
        if (myo_clinic_find(clinic, target, pending->id) == NULL) {
            myo_issue(issues, &pending->place, "no %s '%.60s'", myo_entity_name(target),
                      pending->id);
        }
    }
}

static bool list_names(const myo_clinic *clinic, myo_entity entity, const char *field,
                       const char *id)
{
    for (size_t i = 0; i < myo_clinic_count(clinic, entity); i++) {
        myo_ids ids = myo_record_ids(entity, myo_clinic_at(clinic, entity, i), field);
        if (myo_ids_contain(&ids, id)) {
            return true;
        }
    }
    return false;
}

static bool protocol_names_param(const myo_clinic *clinic, const char *id)
{
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_PROTOCOLS); i++) {
        const myo_protocol *protocol = myo_clinic_at(clinic, MYO_PROTOCOLS, i);
        for (size_t k = 0; k < protocol->steps.count; k++) {
            if (myo_ids_contain(&protocol->steps.item[k].params, id)) {
                return true;
            }
        }
    }
    return false;
}

static void check_params(const myo_clinic *clinic, myo_issues *issues)
{
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_PARAMS); i++) {
        const myo_param *param = myo_clinic_at(clinic, MYO_PARAMS, i);
        const char *id = param->record.id;
        if (!list_names(clinic, MYO_RULES, "params", id) &&
            !list_names(clinic, MYO_TECHNIQUES, "params", id) &&
            !list_names(clinic, MYO_HABITS, "params", id) && !protocol_names_param(clinic, id)) {
            myo_issue(issues, &param->record.place, "param %s is used by nothing", id);
        }
    }
}

/* A number or a stop that nothing heeds would be carried but dead. */
static void check_facts(const myo_clinic *clinic, myo_issues *issues)
{
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_FACTS); i++) {
        const myo_fact *fact = myo_clinic_at(clinic, MYO_FACTS, i);
        if ((fact->kind == MYO_FACT_RANGE || fact->kind == MYO_FACT_STOP) && fact->exempt == NULL &&
            !list_names(clinic, MYO_RULES, "facts", fact->record.id) &&
            !list_names(clinic, MYO_PARAMS, "facts", fact->record.id)) {
            myo_issue(issues, &fact->record.place, "fact %s is heeded by no rule and no param",
                      fact->record.id);
        }
    }
}

static void check_rules(const myo_clinic *clinic, myo_issues *issues)
{
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_RULES); i++) {
        const myo_rule *rule = myo_clinic_at(clinic, MYO_RULES, i);
        bool article = rule->origin == MYO_ORIGIN_ARTICLE;
        if (rule->facts.count == 0 && (article || rule->note == NULL)) {
            myo_issue(issues, &rule->record.place,
                      "rule %s rests on nothing: facts, or another origin and a note",
                      rule->record.id);
        }
    }
}

void myo_clinic_check_references(const myo_clinic *clinic, const myo_pending *pending,
                                 myo_issues *issues)
{
    check_pending(clinic, pending, issues);
    if (issues->count == 0) {
        check_params(clinic, issues);
        check_facts(clinic, issues);
        check_rules(clinic, issues);
    }
}
