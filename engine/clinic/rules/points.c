/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C11, C12, S01-S03, P01, P02: from point to point, and the stretch that must follow. */
#include "clinic/rules/rule.h"

#include "myotwitch/event.h"

#include <math.h>
#include <string.h>

static const myo_step *next_of_kind(const myo_rules *rules, int kind, size_t *index)
{
    const myo_step *step;
    while ((step = next_step(rules, index)) != NULL && step->kind != kind) {
    }
    return step;
}

void myo_rule_c11(myo_rules *rules, const myo_step *none)
{
    (void)none;
    size_t index = 0;
    const myo_step *before = next_of_kind(rules, MYO_STEP_COMPRESS, &index);
    const myo_step *step;
    while (before != NULL && (step = next_of_kind(rules, MYO_STEP_COMPRESS, &index)) != NULL) {
        const myo_muscle *left = step_muscle(rules, before), *now = step_muscle(rules, step);
        double hold = step_seconds(before);
        say_step(rules, step);
        if (left == NULL || now == NULL || isnan(hold)) {
            say_missing(rules, "muscle and hold of both sites");
        } else {
            bool early = isnan(released_after(rules, before)) && hold < rule_hold_band(rules)->lo;
            say(rules, !same_muscle(left, now) && early ? "JUMPED" : "OK");
        }
        before = step;
    }
}

/* Distinct points; a compression without a named point counts as one of its own. */
static double count_points(const myo_rules *rules)
{
    double count = 0.0;
    size_t index = 0;
    const myo_step *step;
    while ((step = next_of_kind(rules, MYO_STEP_COMPRESS, &index)) != NULL) {
        bool seen = false;
        size_t earlier = 0;
        const myo_step *other;
        while (step->point != NULL && !seen &&
               (other = next_of_kind(rules, MYO_STEP_COMPRESS, &earlier)) != step) {
            seen = other->point != NULL && strcmp(other->point, step->point) == 0;
        }
        count += !seen;
    }
    return count;
}

void myo_rule_c12(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_param *limit = rule_param(rules, "points_self");
    double count = count_points(rules);
    if (count < 1.0) {
        return;
    }
    say_session(rules);
    say_band(rules, limit);
    say_value(rules, "n", count, "");
    say(rules, count <= limit->lo ? "OK" : count <= limit->hi ? "LIMIT" : "OVER");
}

/* The first stretch of that muscle that begins after @p at. */
static const myo_step *stretch_after(const myo_rules *rules, const myo_muscle *muscle, double at)
{
    size_t index = 0;
    const myo_step *step;
    while ((step = next_of_kind(rules, MYO_STEP_STRETCH, &index)) != NULL) {
        if (step->start >= at && same_muscle(step_muscle(rules, step), muscle)) {
            return step;
        }
    }
    return NULL;
}

static bool compressed_again(const myo_rules *rules, const myo_step *step)
{
    size_t index = 0;
    const myo_step *later;
    while ((later = next_of_kind(rules, MYO_STEP_COMPRESS, &index)) != NULL) {
        if (later->start > step->start &&
            same_muscle(step_muscle(rules, later), step_muscle(rules, step))) {
            return true;
        }
    }
    return false;
}

void myo_rule_s01(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_param *limit = rule_param(rules, "stretch_gap");
    size_t index = 0;
    const myo_step *step;
    while ((step = next_of_kind(rules, MYO_STEP_COMPRESS, &index)) != NULL) {
        const myo_muscle *muscle = step_muscle(rules, step);
        double end = isnan(step->end) ? step->start : step->end;
        if (muscle != NULL && compressed_again(rules, step)) {
            continue;
        }
        say_step(rules, step);
        if (muscle == NULL || isnan(end)) {
            say_missing(rules, "muscle and time of the compression");
            continue;
        }
        say_text(rules, "M", muscle->name);
        const myo_step *stretch = stretch_after(rules, muscle, end);
        if (stretch == NULL) {
            say(rules, "MISSING");
            continue;
        }
        double gap = stretch->start - end;
        say_band(rules, limit);
        rules->draft.fact = rules->rule->facts.item[0];
        say_value(rules, "gap", gap, "s");
        say(rules, gap > limit->hi ? "GAP" : "OK");
    }
}

void myo_rule_s02(myo_rules *rules, const myo_step *step)
{
    const myo_param *band = rule_param(rules, "stretch_hold");
    double hold = step_seconds(step);
    say_step(rules, step);
    say_band(rules, band);
    if (isnan(hold)) {
        say_missing(rules, "start and end of the stretch");
        return;
    }
    say_value(rules, "s", hold, "s");
    say(rules, hold < band->lo ? "SHORT" : hold > band->hi ? "LONG" : "OK");
}

void myo_rule_s03(myo_rules *rules, const myo_step *step)
{
    bool burst = findings_in(rules, step, MYO_EVENT_CONTRACTION) > 0;
    say_step(rules, step);
    if (burst || step->style == MYO_STYLE_BALLISTIC || step->style == MYO_STYLE_AGGRESSIVE) {
        say(rules, "BALLISTIC");
    } else if (step->style == MYO_STYLE_SLOW) {
        say(rules, "OK");
    } else {
        say_missing(rules, "style of the stretch");
    }
}

void myo_rule_p01(myo_rules *rules, const myo_step *step)
{
    const myo_param *limit = rule_param(rules, "spray_gap");
    const myo_muscle *muscle = step_muscle(rules, step);
    double end = isnan(step->end) ? step->start : step->end;
    say_step(rules, step);
    if (muscle == NULL || isnan(end)) {
        say_missing(rules, "muscle and time of the spray");
        return;
    }
    const myo_step *stretch = stretch_after(rules, muscle, end);
    if (stretch == NULL) {
        say(rules, "NO_STRETCH");
        return;
    }
    say_band(rules, limit);
    rules->draft.fact = rules->rule->facts.item[0];
    say_value(rules, "gap", stretch->start - end, "s");
    say(rules, stretch->start - end > limit->hi ? "LATE" : "OK");
}

void myo_rule_p02(myo_rules *rules, const myo_step *step)
{
    double high = rule_param(rules, "discomfort_self")->hi;
    bool too_much = step->discomfort > high && step->full_pressure == 0;
    say_step(rules, step);
    if (step->tolerated == 0 || too_much) {
        say(rules, "SUGGEST_SPRAY");
    } else if (step->tolerated < 0 && isnan(step->discomfort)) {
        say_missing(rules, "whether the pressure was tolerable");
    }
}
