/* SPDX-License-Identifier: GPL-3.0-or-later */
/* B01-B05: what is done at home between the sessions. Questions, never doses. */
#include "clinic/rules/rule.h"

#include <math.h>

/* Walks the diary of the whole course. */
typedef struct {
    size_t session, index;
} diary_walk;

static const myo_step *next_entry(const myo_rules *rules, diary_walk *walk)
{
    for (; walk->session < rules->course_count; walk->session++, walk->index = 0) {
        const myo_step *step;
        while ((step = myo_session_next(rules->course[walk->session], MYO_STEPS, &walk->index)) !=
               NULL) {
            if (step->kind == MYO_STEP_DIARY) {
                return step;
            }
        }
    }
    return NULL;
}

static double last_day(const myo_rules *rules)
{
    double last = (double)NAN;
    diary_walk walk = {0, 0};
    const myo_step *entry;
    while ((entry = next_entry(rules, &walk)) != NULL) {
        last = fmax(last, myo_days_of_date(entry->date));
    }
    return last;
}

void myo_rule_b01(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_param *aim = rule_param(rules, "weekly_minutes");
    double from = last_day(rules) - rule_param(rules, "week")->hi, minutes = (double)NAN;
    diary_walk walk = {0, 0};
    const myo_step *entry;
    while ((entry = next_entry(rules, &walk)) != NULL) {
        if (!isnan(entry->self_minutes) && myo_days_of_date(entry->date) > from) {
            minutes = entry->self_minutes + (isnan(minutes) ? 0.0 : minutes);
        }
    }
    say_session(rules);
    say_band(rules, aim);
    if (isnan(minutes)) {
        say_missing(rules, "dated minutes of self-release");
        return;
    }
    say_value(rules, "min", minutes, "min");
    say(rules, minutes >= aim->lo ? "OK" : "LOW");
}

void myo_rule_b02(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_param *band = rule_param(rules, "desk_break");
    double longest = (double)NAN;
    diary_walk walk = {0, 0};
    const myo_step *entry;
    while ((entry = next_entry(rules, &walk)) != NULL) {
        longest = fmax(longest, entry->longest_sitting_min);
    }
    say_session(rules);
    say_band(rules, band);
    if (isnan(longest)) {
        say_missing(rules, "longest time of sitting");
        return;
    }
    say_value(rules, "sat", longest, "min");
    say(rules, longest > band->hi ? "LONG_SIT" : "OK");
}

void myo_rule_b03(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_param *aim = rule_param(rules, "evening_roll");
    double minutes = (double)NAN;
    diary_walk walk = {0, 0};
    const myo_step *entry;
    while ((entry = next_entry(rules, &walk)) != NULL) {
        minutes = isnan(entry->roll_minutes) ? minutes : entry->roll_minutes;
    }
    say_session(rules);
    say_band(rules, aim);
    say_number(rules, "min", aim->lo);
    if (isnan(minutes)) {
        say_missing(rules, "minutes of rolling in the evening");
        return;
    }
    say_value(rules, "rolled", minutes, "min");
    say(rules, minutes >= aim->lo ? "DONE" : "MISSED");
}

void myo_rule_b04(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_habit *set = myo_clinic_find(rules->clinic, MYO_HABITS, "daily_stretch");
    const myo_step *last = NULL;
    diary_walk walk = {0, 0};
    const myo_step *entry;
    while ((entry = next_entry(rules, &walk)) != NULL) {
        last = entry->stretched.item != NULL ? entry : last;
    }
    say_session(rules);
    if (last == NULL || set == NULL) {
        say_missing(rules, "muscles stretched in the day");
        return;
    }
    bool done = true;
    for (size_t i = 0; i < set->muscles.count; i++) {
        done = done && myo_ids_contain(&last->stretched, set->muscles.item[i]);
    }
    say(rules, done ? "DONE" : "MISSED");
}

/* Every item of the checklist: open, answered or unanswered. */
void myo_rule_b05(myo_rules *rules, const myo_step *none)
{
    (void)none;
    bool all_answered = true, any_open = false;
    for (size_t i = 0; i < myo_clinic_count(rules->clinic, MYO_FACTORS); i++) {
        const myo_factor *factor = myo_clinic_at(rules->clinic, MYO_FACTORS, i);
        if (factor->checklist != 1) {
            continue;
        }
        const myo_answer *answer = myo_session_find(rules->session, MYO_ANSWERS, factor->record.id);
        bool answered = answer != NULL && answer->removed != 1 && answer->open >= 0;
        all_answered = all_answered && answered;
        if (answered && answer->open == 1) {
            any_open = true;
            say_session(rules);
            say_text(rules, "items", factor->question);
            rules->draft.fact = factor->facts.count > 0 ? factor->facts.item[0] : NULL;
            say(rules, "OPEN_FACTOR");
        }
    }
    if (!all_answered) {
        say_session(rules);
        say_missing(rules, "answers to the questions of the factors");
    } else if (!any_open) {
        say_session(rules);
        say_text(rules, "items", "nothing");
        say(rules, "OK");
    }
}
