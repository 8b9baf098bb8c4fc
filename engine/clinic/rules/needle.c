/* SPDX-License-Identifier: GPL-3.0-or-later */
/* N01-N05: twitches against insertions, and what the needling changed. */
#include "clinic/rules/rule.h"

#include "myotwitch/event.h"

#include <math.h>
#include <string.h>

#define MS_PER_S 1000.0

/* The first twitch that belongs to an insertion, and how strong all of them are together. */
static const myo_finding *twitch_of(const myo_rules *rules, const myo_insertion *insertion,
                                    double *strength)
{
    const myo_finding *first = NULL;
    size_t index = 0;
    const myo_finding *finding;
    *strength = 0.0;
    while ((finding = myo_session_next(rules->session, MYO_FINDINGS, &index)) != NULL) {
        if (!myo_finding_is_twitch(finding) || finding->insertion == NULL ||
            strcmp(finding->insertion, insertion->record.id) != 0 ||
            myo_session_masked(rules->session, finding->at)) {
            continue;
        }
        first = first == NULL || finding->at < first->at ? finding : first;
        double peak = isnan(finding->peak_uv) ? finding->peak_fs : finding->peak_uv;
        *strength += isnan(peak) ? 1.0 : peak;
    }
    return first;
}

static const myo_insertion *next_insertion(const myo_rules *rules, const myo_step *step,
                                           size_t *index)
{
    const myo_insertion *insertion;
    while ((insertion = myo_session_next(rules->session, MYO_INSERTIONS, index)) != NULL) {
        if (insertion->step != NULL && strcmp(insertion->step, step->record.id) == 0) {
            return insertion;
        }
    }
    return NULL;
}

static size_t count_insertions(const myo_rules *rules, const myo_step *step)
{
    size_t count = 0, index = 0;
    while (next_insertion(rules, step, &index) != NULL) {
        count++;
    }
    return count;
}

void myo_rule_n01(myo_rules *rules, const myo_step *step)
{
    size_t index = 0;
    const myo_insertion *insertion;
    if (count_insertions(rules, step) == 0) {
        say_step(rules, step);
        say_missing(rules, "insertions of the needle");
    }
    while ((insertion = next_insertion(rules, step, &index)) != NULL) {
        double strength;
        const myo_finding *twitch = twitch_of(rules, insertion, &strength);
        if (twitch == NULL) {
            continue;
        }
        say_step(rules, step);
        rules->draft.t0 = insertion->at;
        rules->draft.t1 = twitch->at;
        say_band(rules, rule_param(rules, "ltr_window"));
        rules->draft.fact = rules->rule->facts.item[0];
        say_value(rules, "dt", MS_PER_S * (twitch->at - insertion->at), "ms");
        say_number(rules, "confidence", twitch->confidence);
        say_text(rules, "i", insertion->record.id);
        say(rules, "PLACEMENT_CONFIRMED");
    }
}

/* Nothing can be missed by a detector that was not there. */
static bool has_detector(const myo_rules *rules)
{
    size_t index = 0;
    return myo_session_head(rules->session)->channels.count > 0 ||
           myo_session_next(rules->session, MYO_FINDINGS, &index) != NULL;
}

void myo_rule_n02(myo_rules *rules, const myo_step *step)
{
    const myo_param *limit = rule_param(rules, "insertions_without_ltr");
    size_t index = 0;
    const myo_insertion *insertion;
    double run = 0.0;
    if (count_insertions(rules, step) == 0 || !has_detector(rules)) {
        say_step(rules, step);
        say_missing(rules, "insertions, and a channel that shows twitches");
        return;
    }
    while ((insertion = next_insertion(rules, step, &index)) != NULL) {
        double strength;
        bool masked = myo_session_masked(rules->session, insertion->at);
        run = twitch_of(rules, insertion, &strength) != NULL ? 0.0 : run + !masked;
        if (run >= limit->lo) {
            say_step(rules, step);
            rules->draft.t1 = insertion->at;
            say_band(rules, limit);
            rules->draft.fact = rules->rule->facts.item[0];
            say_value(rules, "N", run, "insertions");
            say(rules, "NOT_CONFIRMED");
            run = 0.0;
        }
    }
}

void myo_rule_n03(myo_rules *rules, const myo_step *step)
{
    const myo_param *span = rule_param(rules, "fading_insertions");
    const myo_param *limit = rule_param(rules, "fading_amplitude");
    size_t k = (size_t)span->lo;
    size_t count = count_insertions(rules, step), index = 0, n = 0;
    double early = 0.0, late = 0.0;
    const myo_insertion *insertion;
    if (k == 0 || count < 2 * k) {
        say_step(rules, step);
        say_missing(rules, "enough insertions to see a trend");
        return;
    }
    while ((insertion = next_insertion(rules, step, &index)) != NULL) {
        double strength;
        (void)twitch_of(rules, insertion, &strength);
        early += n < k ? strength : 0.0;
        late += n >= count - k ? strength : 0.0;
        n++;
    }
    if (early > 0.0 && late <= limit->hi * early) {
        say_step(rules, step);
        say_band(rules, limit);
        say_value(rules, "ratio", late / early, "");
        say(rules, "EXHAUSTED");
    }
}

void myo_rule_n04(myo_rules *rules, const myo_step *step)
{
    say_step(rules, step);
    say(rules, step_point(rules, step) != NULL ? "OK" : "NO_TARGET");
}

/* The baseline of the same point, or the one of the session. */
static const myo_step *baseline_for(const myo_rules *rules, const myo_step *recheck)
{
    const myo_step *found = NULL;
    size_t index = 0;
    const myo_step *step;
    while ((step = next_step(rules, &index)) != NULL) {
        bool same = step->point == NULL || recheck->point == NULL ||
                    strcmp(step->point, recheck->point) == 0;
        if (step->kind == MYO_STEP_BASELINE && same) {
            found = step;
        }
    }
    return found;
}

static void say_change(myo_rules *rules, const char *name, double before, double after)
{
    myo_string text = {0};
    if (isnan(before) || isnan(after)) {
        say_text(rules, name, "not recorded");
        return;
    }
    myo_string_add_number(&text, round(before * 1000.0) / 1000.0);
    myo_string_add(&text, " to ");
    myo_string_add_number(&text, round(after * 1000.0) / 1000.0);
    say_text(rules, name, rule_keep(rules, &text));
}

/* Tension typed in, or what was measured: the baseline is then 1. */
static void tensions(const myo_rules *rules, const myo_step *before, const myo_step *after,
                     double *first, double *last)
{
    double level = level_after(rules, after);
    bool measured = isnan(after->tension) && !isnan(level);
    *first = measured ? 1.0 : before->tension;
    *last = measured ? level : after->tension;
}

static void say_outcome(myo_rules *rules, const myo_step *before, const myo_step *after)
{
    double first, last;
    tensions(rules, before, after, &first, &last);
    say_step(rules, after);
    say_change(rules, "pain", before->pain, after->pain);
    say_change(rules, "ppt", before->ppt, after->ppt);
    say_change(rules, "rom", before->rom, after->rom);
    say_change(rules, "tension", first, last);
}

void myo_rule_n05(myo_rules *rules, const myo_step *step)
{
    double first, last;
    if (step == NULL) {
        if (treated_span(rules, &first, &last) && first_step(rules, MYO_STEP_RECHECK) == NULL) {
            say_session(rules);
            say_missing(rules, "a recheck after the treatment");
        }
        return;
    }
    const myo_step *before = baseline_for(rules, step);
    if (before == NULL) {
        say_step(rules, step);
        say_missing(rules, "a baseline to compare with");
        return;
    }
    bool ppt = !isnan(before->ppt) && !isnan(step->ppt);
    bool rom = !isnan(before->rom) && !isnan(step->rom);
    bool ppt_up = ppt && step->ppt > before->ppt, rom_up = rom && step->rom > before->rom;
    double base, tension;
    tensions(rules, before, step, &base, &tension);
    if (!isnan(tension)) {
        say_outcome(rules, before, step);
        say_value(rules, "B", tension, "");
        say(rules, "TENSION");
    }
    if (ppt_up) {
        say_outcome(rules, before, step);
        say_value(rules, "after", step->ppt, "");
        say(rules, "PPT_UP");
    }
    if (rom_up) {
        say_outcome(rules, before, step);
        say_value(rules, "after", step->rom, "");
        say(rules, "ROM_UP");
    }
    if (!ppt && !rom) {
        say_step(rules, step);
        say_missing(rules, "pressure pain threshold or range of motion, before and after");
    } else if (!ppt_up && !rom_up) {
        say_outcome(rules, before, step);
        say(rules, "UNCHANGED");
    }
}
