/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C01-C10: one compression: time, release, discomfort, guarding, breath, ramp, what follows. */
#include "clinic/rules/rule.h"

#include <math.h>

void myo_rule_c01(myo_rules *rules, const myo_step *step)
{
    double hold = step_seconds(step), released = released_after(rules, step);
    const myo_param *band = rule_hold_band(rules);
    say_step(rules, step);
    say_band(rules, band);
    say_text(rules, "setting", myo_setting_name((myo_setting)rules->setting));
    if (isnan(hold)) {
        say_missing(rules, "start and end of the hold");
        return;
    }
    say_value(rules, "hold_s", hold, "s");
    bool gave_way = released <= hold;
    say(rules, hold > band->hi ? "LONG" : hold < band->lo && !gave_way ? "SHORT" : "OK");
}

void myo_rule_c02(myo_rules *rules, const myo_step *step)
{
    double hold = step_seconds(step);
    say_step(rules, step);
    say_band(rules, rule_param(rules, "hold_brief"));
    if (isnan(hold)) {
        say_missing(rules, "start and end of the hold");
        return;
    }
    say_value(rules, "hold_s", hold, "s");
    say(rules, hold <= rule_param(rules, "hold_brief")->hi ? "TOO_BRIEF" : "OK");
}

void myo_rule_c03(myo_rules *rules, const myo_step *step)
{
    int verdict = release_verdict(rules, step);
    say_step(rules, step);
    if (verdict == MYO_RELEASED) {
        say_value(rules, "t_rel", released_after(rules, step), "s");
        say(rules, "RELEASED");
    } else if (verdict != MYO_NOT_RELEASED) {
        say_missing(rules, "a relaxation measure on a usable channel");
    }
}

void myo_rule_c04(myo_rules *rules, const myo_step *step)
{
    const myo_param *band = rule_hold_band(rules);
    double hold = step_seconds(step);
    int verdict = release_verdict(rules, step);
    if (verdict == MYO_RELEASED || hold < band->hi) {
        return;
    }
    say_step(rules, step);
    say_band(rules, band);
    if (verdict != MYO_NOT_RELEASED || isnan(hold)) {
        say_missing(rules, isnan(hold) ? "start and end of the hold"
                                       : "a relaxation measure on a usable channel");
        return;
    }
    say_value(rules, "hold_s", hold, "s");
    say(rules, "NO_RELEASE");
}

void myo_rule_c05(myo_rules *rules, const myo_step *step)
{
    const myo_param *band = rule_param(rules, "soften");
    double released = released_after(rules, step);
    say_step(rules, step);
    say_band(rules, band);
    if (isnan(released)) {
        if (release_verdict(rules, step) != MYO_NOT_RELEASED) {
            say_missing(rules, "when the tension softened");
        }
        return;
    }
    say_value(rules, "t_rel", released, "s");
    say(rules, released < band->lo ? "EARLY" : released <= band->hi ? "EXPECTED" : "LATE");
}

/* In the clinic the article gives no figure, only what can be borne. */
static void clinical_discomfort(myo_rules *rules, const myo_step *step)
{
    say_text(rules, "aim", "uncomfortable but tolerable");
    if (step->tolerated < 0) {
        say_missing(rules, "whether the pressure was tolerable");
        return;
    }
    if (!isnan(step->discomfort)) {
        say_value(rules, "rating", step->discomfort, "/10");
    }
    say_text(rules, "d", isnan(step->discomfort) ? "not rated" : rules->draft.shown);
    say(rules, step->tolerated ? "OK" : "HIGH");
}

void myo_rule_c06(myo_rules *rules, const myo_step *step)
{
    const myo_param *band = rule_param(rules, "discomfort_self");
    say_step(rules, step);
    if (rules->setting == MYO_CLINICAL) {
        clinical_discomfort(rules, step);
        return;
    }
    say_band(rules, band);
    say_text(rules, "aim", rules->draft.expected);
    if (isnan(step->discomfort)) {
        say_missing(rules, "discomfort, 0 to 10");
        return;
    }
    say_value(rules, "rating", step->discomfort, "/10");
    say_text(rules, "d", rules->draft.shown);
    say(rules, step->discomfort < band->lo ? "LOW" : step->discomfort > band->hi ? "HIGH" : "OK");
}

void myo_rule_c07(myo_rules *rules, const myo_step *step)
{
    const myo_param *limit = rule_param(rules, "guarding");
    double ratio = guarding_of(rules, step);
    say_step(rules, step);
    say_band(rules, limit);
    if (isnan(ratio)) {
        say_missing(rules, "EMG in the hold against EMG before it");
        return;
    }
    say_value(rules, "ratio", ratio, "");
    say(rules, ratio > limit->hi ? "GUARDING" : "OK");
}

void myo_rule_c08(myo_rules *rules, const myo_step *step)
{
    const myo_param *limit = rule_param(rules, "breath_gap");
    say_step(rules, step);
    say_band(rules, limit);
    if (!isnan(step->breath_gap_s)) {
        say_value(rules, "gap", step->breath_gap_s, "s");
    }
    if (step->breath == MYO_BREATH_HELD || step->breath_gap_s > limit->hi) {
        say(rules, "BREATH_HELD");
    } else if (step->breath == MYO_BREATH_FREE || !isnan(step->breath_gap_s)) {
        say(rules, "OK");
    } else {
        say_missing(rules, "breath");
    }
}

void myo_rule_c09(myo_rules *rules, const myo_step *step)
{
    const myo_param *limit = rule_param(rules, "ramp");
    double highest = rule_param(rules, "discomfort_self")->hi;
    say_step(rules, step);
    say_band(rules, limit);
    if (isnan(step->ramp_s) && isnan(step->first_discomfort)) {
        say_missing(rules, "how fast the pressure came");
        return;
    }
    if (!isnan(step->ramp_s)) {
        say_value(rules, "ramp", step->ramp_s, "s");
    }
    say(rules, step->ramp_s < limit->lo || step->first_discomfort > highest ? "RAMP_FAST" : "OK");
}

void myo_rule_c10(myo_rules *rules, const myo_step *step)
{
    say_step(rules, step);
    if (isnan(step->end)) {
        say_missing(rules, "end of the hold");
        return;
    }
    rules->draft.t0 = step->end;
    rules->draft.t1 = step->end + rule_param(rules, "reperfusion")->hi;
    say(rules, "REPERFUSION");
}
