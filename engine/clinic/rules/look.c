/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a rule looks at a session and its course. */
#include "clinic/rules/rule.h"

#include "myotwitch/event.h"

#include <math.h>
#include <string.h>

const myo_param *rule_param(const myo_rules *rules, const char *id)
{
    return myo_clinic_find(rules->clinic, MYO_PARAMS, id);
}

const myo_param *rule_hold_band(const myo_rules *rules)
{
    return rule_param(rules, rules->setting == MYO_SELF ? "hold_self" : "hold_clinical");
}

double step_seconds(const myo_step *step)
{
    return step->end - step->start;
}

const myo_point *step_point(const myo_rules *rules, const myo_step *step)
{
    return myo_session_find(rules->session, MYO_POINTS, step->point);
}

const myo_muscle *point_muscle(const myo_rules *rules, const myo_point *point)
{
    return point != NULL ? myo_clinic_find(rules->clinic, MYO_MUSCLES, point->muscle) : NULL;
}

const myo_muscle *step_muscle(const myo_rules *rules, const myo_step *step)
{
    if (step->muscle != NULL) {
        return myo_clinic_find(rules->clinic, MYO_MUSCLES, step->muscle);
    }
    return point_muscle(rules, step_point(rules, step));
}

int step_side(const myo_rules *rules, const myo_step *step)
{
    const myo_point *point = step_point(rules, step);
    return step->side != MYO_SIDE_UNSET ? step->side : point != NULL ? point->side : MYO_SIDE_UNSET;
}

const myo_tool *step_tool(const myo_rules *rules, const myo_step *step)
{
    return myo_clinic_find(rules->clinic, MYO_TOOLS, step->tool);
}

bool step_treats(const myo_step *step)
{
    return step->kind == MYO_STEP_COMPRESS || step->kind == MYO_STEP_NEEDLE ||
           step->kind == MYO_STEP_SPRAY;
}

const myo_step *next_step(const myo_rules *rules, size_t *index)
{
    return myo_session_next(rules->session, MYO_STEPS, index);
}

const myo_step *first_step(const myo_rules *rules, int kind)
{
    const myo_step *found = NULL;
    size_t index = 0;
    const myo_step *step;
    while ((step = next_step(rules, &index)) != NULL) {
        if (step->kind == kind && (found == NULL || step->start < found->start)) {
            found = step;
        }
    }
    return found;
}

bool treated_span(const myo_rules *rules, double *first, double *last)
{
    bool any = false;
    size_t index = 0;
    const myo_step *step;
    *first = (double)INFINITY;
    *last = (double)-INFINITY;
    while ((step = next_step(rules, &index)) != NULL) {
        if (step_treats(step)) {
            any = true;
            *first = fmin(*first, step->start);
            *last = fmax(*last, isnan(step->end) ? step->start : step->end);
        }
    }
    return any;
}

bool is_treated(const myo_rules *rules, const myo_point *point)
{
    size_t index = 0;
    const myo_step *step;
    while ((step = next_step(rules, &index)) != NULL) {
        if (step_treats(step) && step->point != NULL &&
            strcmp(step->point, point->record.id) == 0) {
            return true;
        }
    }
    return false;
}

static const myo_finding *next_finding(const myo_rules *rules, const myo_step *step, int type,
                                       size_t *index)
{
    const myo_finding *finding;
    while ((finding = myo_session_next(rules->session, MYO_FINDINGS, index)) != NULL) {
        if (finding->type == type + 1 && finding->step != NULL &&
            strcmp(finding->step, step->record.id) == 0 &&
            !myo_session_masked(rules->session, finding->at)) {
            return finding;
        }
    }
    return NULL;
}

size_t findings_in(const myo_rules *rules, const myo_step *step, int type)
{
    size_t count = 0, index = 0;
    while (next_finding(rules, step, type, &index) != NULL) {
        count++;
    }
    return count;
}

double released_after(const myo_rules *rules, const myo_step *step)
{
    if (!isnan(step->released_s)) {
        return step->released_s;
    }
    double first = (double)NAN;
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = next_finding(rules, step, MYO_EVENT_RELEASE, &index)) != NULL) {
        first = fmin(first, finding->at - step->start);
    }
    return first;
}

double guarding_of(const myo_rules *rules, const myo_step *step)
{
    double ratio = step->guarding_ratio;
    size_t index = 0;
    const myo_finding *finding;
    while (isnan(step->guarding_ratio) &&
           (finding = next_finding(rules, step, MYO_EVENT_RELAXATION, &index)) != NULL) {
        ratio = fmax(ratio, finding->guarding_ratio);
    }
    return ratio;
}

double level_after(const myo_rules *rules, const myo_step *step)
{
    double level = (double)NAN;
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = next_finding(rules, step, MYO_EVENT_RELAXATION, &index)) != NULL) {
        level = isnan(finding->level) ? level : finding->level;
    }
    return level;
}

int release_verdict(const myo_rules *rules, const myo_step *step)
{
    if (!isnan(released_after(rules, step))) {
        return MYO_RELEASED;
    }
    int verdict = MYO_VERDICT_UNSET;
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = next_finding(rules, step, MYO_EVENT_RELAXATION, &index)) != NULL) {
        verdict = finding->verdict != MYO_VERDICT_UNSET ? finding->verdict : verdict;
    }
    bool usable = myo_session_head(rules->session)->relaxation_usable == 1;
    return verdict == MYO_VERDICT_UNSET && usable ? MYO_NOT_RELEASED : verdict;
}

double session_number(const myo_rules *rules)
{
    const myo_session_header *head = myo_session_head(rules->session);
    if (!isnan(head->number)) {
        return head->number;
    }
    bool first_at_hand = myo_session_head(rules->course[0])->previous == NULL;
    return first_at_hand ? (double)rules->course_count : (double)NAN;
}

/* Pain of a session: the last recorded, or the first. */
static double pain_of(const myo_session *session, bool last)
{
    double pain = (double)NAN, at = (double)NAN;
    size_t index = 0;
    const myo_step *step;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        if (!isnan(step->pain) && (isnan(at) || (last ? step->start >= at : step->start < at))) {
            pain = step->pain;
            at = step->start;
        }
    }
    return pain;
}

bool pain_trend(const myo_rules *rules, double *first, double *last)
{
    *first = (double)NAN;
    for (size_t i = 0; i < rules->course_count && isnan(*first); i++) {
        *first = pain_of(rules->course[i], false);
    }
    *last = pain_of(rules->session, true);
    return !isnan(*first) && !isnan(*last);
}

bool is_meaningful(const myo_rules *rules, double first, double last)
{
    double fall = first - last;
    return fall >= rule_param(rules, "improvement_points")->lo ||
           (fall > 0.0 && fall >= rule_param(rules, "improvement_fraction")->lo * first);
}

bool ids_meet(const myo_ids *a, const myo_ids *b)
{
    for (size_t i = 0; i < a->count; i++) {
        if (myo_ids_contain(b, a->item[i])) {
            return true;
        }
    }
    return false;
}

bool is_active(const myo_point *point)
{
    return point->activity == MYO_ACTIVE ||
           (point->activity == MYO_ACTIVITY_UNSET && point->spontaneous == 1);
}

bool is_primary(const myo_point *point)
{
    if (point->order != MYO_ORDER_UNSET) {
        return point->order == MYO_PRIMARY;
    }
    return point->cause == MYO_OVERUSE || point->cause == MYO_INJURY ||
           point->cause == MYO_REPETITIVE;
}

bool is_contrast(const myo_rules *rules)
{
    /* Steps come in the order of the record, which is the order of time. */
    double turns = 0.0;
    int before = 0;
    size_t index = 0;
    const myo_step *step;
    while ((step = next_step(rules, &index)) != NULL) {
        if (step->kind == MYO_STEP_HEAT || step->kind == MYO_STEP_COLD) {
            turns += before != 0 && step->kind != before;
            before = step->kind;
        }
    }
    return turns >= rule_param(rules, "contrast_turns")->lo;
}

bool same_muscle(const myo_muscle *a, const myo_muscle *b)
{
    return a != NULL && a == b;
}
