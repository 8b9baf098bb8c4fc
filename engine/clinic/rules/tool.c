/* SPDX-License-Identifier: GPL-3.0-or-later */
/* T01-T04: whether the tool suits the muscle, the pressure and the stage. */
#include "clinic/rules/rule.h"

#include <math.h>

static const char *const depth_words[] = {"", "superficial", "intermediate", "deep"};

void myo_rule_t01(myo_rules *rules, const myo_step *step)
{
    enum { FITS = 64 };
    const myo_tool *tool = step_tool(rules, step);
    const myo_muscle *muscle = step_muscle(rules, step);
    say_step(rules, step);
    if (tool == NULL || muscle == NULL) {
        say_missing(rules, "tool and muscle");
        return;
    }
    myo_tool_fit fits[FITS];
    size_t count = myo_clinic_tools(rules->clinic, muscle, (myo_setting)rules->setting, fits, FITS);
    say_text(rules, "tool", tool->name);
    say_text(rules, "depth", depth_words[muscle->depth]);
    say_text(rules, "muscle", muscle->name);
    say_text(rules, "suggest", count > 0 ? fits[0].tool->name : "another technique");
    bool fit = myo_clinic_tool_fit(tool, muscle, (myo_setting)rules->setting).fits;
    say(rules, fit ? "FIT" : "MISMATCH");
}

void myo_rule_t02(myo_rules *rules, const myo_step *step)
{
    const myo_param *band = rule_param(rules, "discomfort_self");
    const myo_tool *tool = step_tool(rules, step);
    say_step(rules, step);
    say_band(rules, band);
    rules->draft.fact = rules->rule->facts.item[0];
    if (isnan(step->discomfort) || step->full_pressure < 0 || tool == NULL) {
        say_missing(rules, "tool, discomfort and whether the pressure was full");
        return;
    }
    say_value(rules, "d", step->discomfort, "/10");
    bool soft =
        step->discomfort < band->lo && step->full_pressure == 1 && tool->density < MYO_DENSITY_HARD;
    say(rules, soft ? "TOO_SOFT" : "OK");
}

void myo_rule_t03(myo_rules *rules, const myo_step *step)
{
    const myo_tool *tool = step_tool(rules, step);
    bool hard_or_small =
        tool != NULL && (tool->density == MYO_DENSITY_HARD || tool->reach == MYO_REACH_PINPOINT);
    say_step(rules, step);
    if (step->bruise == 1 || (step->sensitive == 1 && hard_or_small)) {
        say(rules, "TOO_HARD");
    } else if (step->sensitive < 0 || (step->sensitive == 1 && tool == NULL)) {
        say_missing(rules, "tool, sensitivity of the area, bruises");
    } else {
        say(rules, "OK");
    }
}

void myo_rule_t04(myo_rules *rules, const myo_step *step)
{
    double number = session_number(rules);
    const myo_tool *tool = step_tool(rules, step);
    if (number > 1.0) {
        return;
    }
    say_step(rules, step);
    if (isnan(number) || tool == NULL || tool->density == MYO_DENSITY_UNSET) {
        say_missing(rules, "tool and number of the session");
        return;
    }
    say(rules, tool->density > MYO_DENSITY_MEDIUM ? "START_MEDIUM" : "OK");
}
