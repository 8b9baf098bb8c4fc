/* SPDX-License-Identifier: GPL-3.0-or-later */
/* X01-X08: what stops a session. They look at what people said and saw, never at a signal. */
#include "clinic/rules/rule.h"

#include <math.h>
#include <string.h>

void myo_rule_x01(myo_rules *rules, const myo_step *step)
{
    if (step->kind == MYO_STEP_DIARY && step->pain_quality == MYO_QUALITY_UNSET) {
        return;
    }
    say_step(rules, step);
    switch (step->pain_quality) {
    case MYO_SHARP:
    case MYO_SHOOTING:
    case MYO_ELECTRIC:
        say(rules, "NEURAL");
        break;
    case MYO_DULL:
        say(rules, "OK");
        break;
    default:
        say_missing(rules, "quality of the pain");
        break;
    }
}

/* Warm and red skin is expected for a while after a release and after heat; swelling never. */
static bool is_expected_warmth(const myo_rules *rules, const myo_step *step)
{
    double window = rule_param(rules, "reperfusion")->hi;
    size_t index = 0;
    const myo_step *other;
    while ((other = next_step(rules, &index)) != NULL) {
        bool warms = other->kind == MYO_STEP_COMPRESS || other->kind == MYO_STEP_HEAT;
        double since = step->start - (isnan(other->end) ? other->start : other->end);
        if (warms && other != step && other->start <= step->start && since <= window) {
            return true;
        }
    }
    return false;
}

void myo_rule_x02(myo_rules *rules, const myo_step *step)
{
    if (step == NULL) {
        if (first_step(rules, MYO_STEP_INSPECT) == NULL) {
            say_session(rules);
            say_missing(rules, "inspection of the skin");
        }
        return;
    }
    bool skin = step->discoloration == 1 || step->warmth == 1;
    say_step(rules, step);
    if (step->swelling == 1 || (skin && !is_expected_warmth(rules, step))) {
        say(rules, "INFLAMED");
        say(rules, "REFER");
    } else if (step->kind == MYO_STEP_INSPECT) {
        if (step->swelling < 0 || step->discoloration < 0 || step->warmth < 0) {
            say_missing(rules, "swelling, discoloration and warmth");
        } else {
            say(rules, "OK");
        }
    }
}

/* 1 recent, 0 not, -1 not known: also when the session has no date to count from. */
static int is_recent(const myo_rules *rules, const char *injury)
{
    double days =
        myo_days_of_date(myo_session_head(rules->session)->date) - myo_days_of_date(injury);
    if (isnan(days)) {
        return -1;
    }
    return days >= 0.0 && days <= rule_param(rules, "recent_injury")->hi;
}

static int injured_recently(const myo_rules *rules, const myo_step *step)
{
    const myo_step *inspect = first_step(rules, MYO_STEP_INSPECT);
    int known[] = {step->recent_injury,
                   is_recent(rules, myo_session_head(rules->session)->injury_date),
                   inspect != NULL ? is_recent(rules, inspect->injury_date) : -1};
    int result = -1;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        result = known[i] > result ? known[i] : result;
    }
    return result;
}

void myo_rule_x03(myo_rules *rules, const myo_step *step)
{
    const myo_muscle *muscle = step_muscle(rules, step);
    bool professional = muscle != NULL && muscle->self == MYO_PRESSURE_PRO;
    int injured = injured_recently(rules, step);
    say_step(rules, step);
    if (professional || step->anterior_neck == 1 || step->on_spine == 1 || injured == 1) {
        say(rules, "FORBIDDEN");
    } else if (muscle == NULL || step->on_spine < 0 || injured < 0) {
        say_missing(rules, "muscle, whether the spine was touched, recent injury");
    } else {
        say(rules, "OK");
    }
}

void myo_rule_x04(myo_rules *rules, const myo_step *step)
{
    const myo_tool *tool = step_tool(rules, step);
    bool straddles = tool != NULL && tool->reach == MYO_REACH_PARASPINAL;
    say_step(rules, step);
    if (step->on_spine == 1) {
        say(rules, "ON_SPINE");
    } else if (step->on_spine < 0) {
        say_missing(rules, "whether the vertebrae were touched");
    } else {
        say(rules, straddles ? "STRADDLE" : "OK");
    }
}

void myo_rule_x05(myo_rules *rules, const myo_step *step)
{
    int qualified = myo_session_head(rules->session)->qualified;
    say_step(rules, step);
    if (rules->setting == MYO_SELF || qualified == 0) {
        say(rules, step->kind == MYO_STEP_NEEDLE  ? "NEEDLE_SELF"
                   : step->kind == MYO_STEP_SPRAY ? "SPRAY_SELF"
                                                  : "IFC_SELF");
    } else if (qualified < 0) {
        say_missing(rules, "training of the operator");
    } else {
        say(rules, "OK");
    }
}

static const char *hazards_of(myo_rules *rules, const myo_muscle *muscle)
{
    myo_string text = {0};
    for (size_t i = 0; i < muscle->hazards.count; i++) {
        const myo_hazard *hazard =
            myo_clinic_find(rules->clinic, MYO_HAZARDS, muscle->hazards.item[i]);
        myo_string_add(&text, "%s%s", i == 0 ? "" : "; ", hazard->text);
    }
    return rule_keep(rules, &text);
}

void myo_rule_x06(myo_rules *rules, const myo_step *step)
{
    const myo_muscle *muscle = step_muscle(rules, step);
    say_step(rules, step);
    if (muscle == NULL) {
        say_missing(rules, "muscle that is needled");
        return;
    }
    say_text(rules, "muscle", muscle->name);
    say_text(rules, "hazards", hazards_of(rules, muscle));
    if (muscle->needle_risk == MYO_RISK_AVOID) {
        bool reasoned = step->override_reason != NULL && step->override_reason[0] != '\0';
        say(rules, reasoned ? "OVERRIDDEN" : "AVOID");
    } else {
        say(rules, muscle->needle_risk == MYO_RISK_HIGH ? "CAUTION" : "OK");
    }
}

void myo_rule_x07(myo_rules *rules, const myo_step *none)
{
    (void)none;
    bool left = false, right = false, unknown = false;
    size_t index = 0;
    const myo_step *step;
    while ((step = next_step(rules, &index)) != NULL) {
        const myo_muscle *muscle = step_muscle(rules, step);
        if (step->kind != MYO_STEP_NEEDLE || muscle == NULL ||
            !myo_ids_contain(&muscle->hazards, "lung")) {
            continue;
        }
        int side = step_side(rules, step);
        left |= side == MYO_LEFT || side == MYO_BILATERAL;
        right |= side == MYO_RIGHT || side == MYO_BILATERAL;
        unknown |= side == MYO_SIDE_UNSET;
    }
    if (!left && !right && !unknown) {
        return;
    }
    say_session(rules);
    if (left && right) {
        say(rules, "BILATERAL_LUNG");
    } else if (unknown) {
        say_missing(rules, "side of the needled muscles over the lung");
    } else {
        say(rules, "OK");
    }
}

void myo_rule_x08(myo_rules *rules, const myo_step *step)
{
    if (step->stop_sign != NULL && step->stop_sign[0] != '\0') {
        say_step(rules, step);
        say_text(rules, "sign", step->stop_sign);
        say(rules, "STOPPED");
    }
}
