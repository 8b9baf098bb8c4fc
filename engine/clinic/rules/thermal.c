/* SPDX-License-Identifier: GPL-3.0-or-later */
/* H01-H04, E01, E02: heat before, cold after, current where it is meant. */
#include "clinic/rules/rule.h"

#include <math.h>

#define S_PER_MIN 60.0

static bool has_heat_in_aftercare(const myo_rules *rules)
{
    const myo_step *aftercare = first_step(rules, MYO_STEP_AFTERCARE);
    return aftercare != NULL && aftercare->moist_heat == 1;
}

/* Heat before the work; after all of it only as the after-care that was advised. */
void myo_rule_h01(myo_rules *rules, const myo_step *none)
{
    (void)none;
    double first, last;
    size_t index = 0;
    const myo_step *step;
    bool treated = treated_span(rules, &first, &last);
    while (!is_contrast(rules) && (step = next_step(rules, &index)) != NULL) {
        if (step->kind != MYO_STEP_HEAT) {
            continue;
        }
        bool aftercare = step->start >= last && has_heat_in_aftercare(rules);
        say_step(rules, step);
        if (isnan(step->start) || (treated && isinf(first))) {
            say_missing(rules, "times of the heat and of the work");
        } else {
            say(rules, treated && step->start > first && !aftercare ? "ORDER" : "OK");
        }
    }
}

void myo_rule_h02(myo_rules *rules, const myo_step *step)
{
    const myo_param *band = rule_param(rules, "heat");
    double minutes = step_seconds(step) / S_PER_MIN;
    say_step(rules, step);
    say_band(rules, band);
    if (isnan(minutes)) {
        say_missing(rules, "start and end of the heat");
        return;
    }
    say_value(rules, "min", minutes, "min");
    say(rules, minutes < band->lo ? "SHORT" : minutes > band->hi ? "LONG" : "OK");
}

void myo_rule_h03(myo_rules *rules, const myo_step *none)
{
    (void)none;
    double first, last;
    size_t index = 0;
    const myo_step *step;
    bool treated = treated_span(rules, &first, &last);
    while (!is_contrast(rules) && (step = next_step(rules, &index)) != NULL) {
        if (step->kind != MYO_STEP_COLD) {
            continue;
        }
        say_step(rules, step);
        if (isnan(step->start) || (treated && isinf(first))) {
            say_missing(rules, "times of the cold and of the work");
        } else {
            say(rules, treated && step->start < last ? "ORDER" : "OK");
        }
    }
}

void myo_rule_h04(myo_rules *rules, const myo_step *none)
{
    (void)none;
    if (is_contrast(rules)) {
        say_session(rules);
        say(rules, "CONTRAST");
    }
}

void myo_rule_e01(myo_rules *rules, const myo_step *step)
{
    const myo_point *point = step_point(rules, step);
    say_step(rules, step);
    if (point != NULL && is_active(point)) {
        say(rules, "OK");
    } else if (point != NULL && point->activity == MYO_LATENT) {
        say(rules, "LATENT_ONLY");
    } else {
        say_missing(rules, "the point between the pads and whether it is active");
    }
}

void myo_rule_e02(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_technique *ifc = myo_clinic_find(rules->clinic, MYO_TECHNIQUES, "ifc");
    size_t index = 0;
    const myo_point *point;
    if (ifc == NULL || first_step(rules, MYO_STEP_IFC) != NULL) {
        return;
    }
    while ((point = myo_session_next(rules->session, MYO_POINTS, &index)) != NULL) {
        const myo_muscle *muscle = point_muscle(rules, point);
        if (muscle->depth == MYO_DEEP && (ifc->regions & (1u << muscle->region)) != 0) {
            say_point(rules, point);
            say(rules, "SUGGEST_IFC");
        }
    }
}
