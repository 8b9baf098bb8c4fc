/* SPDX-License-Identifier: GPL-3.0-or-later */
/* K01-K10: one session after the other: expectation, spacing, soreness, recurrence, upkeep. */
#include "clinic/rules/rule.h"

#include <math.h>
#include <string.h>

static double date_of(const myo_session *session)
{
    return myo_days_of_date(myo_session_head(session)->date);
}

/* Days that the oldest point of the session has been there; NAN if no onset is known. */
static double oldest_days(const myo_rules *rules)
{
    double oldest = (double)NAN;
    size_t index = 0;
    const myo_point *point;
    while ((point = myo_session_next(rules->session, MYO_POINTS, &index)) != NULL) {
        oldest = fmax(oldest, date_of(rules->session) - myo_days_of_date(point->onset));
    }
    return oldest;
}

static const myo_timeline *timeline_of(const myo_rules *rules, double days)
{
    for (size_t i = 0; i < myo_clinic_count(rules->clinic, MYO_TIMELINES); i++) {
        const myo_timeline *row = myo_clinic_at(rules->clinic, MYO_TIMELINES, i);
        if (days >= row->from_d && !(days >= row->to_d)) {
            return row;
        }
    }
    return myo_clinic_find(rules->clinic, MYO_TIMELINES, "unknown");
}

static const char *sessions_of(myo_rules *rules, const myo_timeline *row)
{
    myo_string text = {0};
    myo_string_add_number(&text, row->sessions_lo);
    if (isnan(row->sessions_hi)) {
        myo_string_add(&text, "+");
    } else {
        myo_string_add(&text, "-");
        myo_string_add_number(&text, row->sessions_hi);
    }
    return rule_keep(rules, &text);
}

void myo_rule_k01(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_timeline *row = timeline_of(rules, oldest_days(rules));
    double number = session_number(rules), first, last;
    bool known = pain_trend(rules, &first, &last);
    say_session(rules);
    if (row->facts.count > 0) {
        rules->draft.fact = row->facts.item[0];
    }
    if (isnan(number) || !known) {
        say_missing(rules, "number of the session and pain, first and now");
        return;
    }
    myo_string pain = {0};
    myo_string_add_number(&pain, first);
    myo_string_add(&pain, " to ");
    myo_string_add_number(&pain, last);
    say_text(rules, "pain", rule_keep(rules, &pain));
    say_text(rules, "class", row->record.id);
    say_text(rules, "sessions", sessions_of(rules, row));
    say_value(rules, "n", number, "sessions");
    rules->draft.expected = sessions_of(rules, row);
    bool gain = is_meaningful(rules, first, last);
    say(rules, gain && number < row->sessions_lo    ? "AHEAD"
               : !gain && number > row->sessions_hi ? "BEHIND"
                                                    : "ON_TRACK");
}

void myo_rule_k02(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_param *limit = rule_param(rules, "revisit");
    double number = session_number(rules), first, last;
    if (number < limit->lo) {
        return;
    }
    say_session(rules);
    say_band(rules, limit);
    if (isnan(number) || !pain_trend(rules, &first, &last)) {
        say_missing(rules, "number of the session and pain, first and now");
        return;
    }
    say_value(rules, "n", number, "sessions");
    say(rules, is_meaningful(rules, first, last) ? "OK" : "REVISIT");
}

void myo_rule_k03(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_param *band = rule_param(rules, "spacing");
    double before = (double)NAN;
    for (size_t i = 0; i + 1 < rules->course_count; i++) {
        if (myo_session_head(rules->course[i])->setting == MYO_CLINICAL) {
            before = fmax(before, date_of(rules->course[i]));
        }
    }
    double days = date_of(rules->session) - before;
    if (isnan(before) && session_number(rules) <= 1.0) {
        return;
    }
    say_session(rules);
    say_band(rules, band);
    if (isnan(days)) {
        say_missing(rules, "dates of this and the last professional session");
        return;
    }
    say_value(rules, "d", days, "d");
    say(rules, days < band->lo ? "CLOSE" : days > band->hi ? "WIDE" : "OK");
}

void myo_rule_k04(myo_rules *rules, const myo_step *step)
{
    const myo_param *band = rule_param(rules, "soreness");
    bool unusual = step->soreness_local == 0 ||
                   (step->pain_quality != MYO_QUALITY_UNSET && step->pain_quality != MYO_DULL);
    say_step(rules, step);
    say_band(rules, band);
    if (isnan(step->soreness_hours) ||
        (!unusual && step->soreness_hours <= band->hi && step->pain_quality == MYO_QUALITY_UNSET)) {
        say_missing(rules, "hours and quality of the soreness");
        return;
    }
    say_value(rules, "h", step->soreness_hours, "h");
    say(rules, unusual ? "UNUSUAL" : step->soreness_hours > band->hi ? "PROLONGED" : "EXPECTED");
}

void myo_rule_k05(myo_rules *rules, const myo_step *none)
{
    (void)none;
    double first, last;
    const myo_step *care = first_step(rules, MYO_STEP_AFTERCARE);
    if (!treated_span(rules, &first, &last)) {
        return;
    }
    const int given[] = {care != NULL ? care->moist_heat : -1, care != NULL ? care->hydration : -1,
                         care != NULL ? care->gentle_movement : -1};
    static const char *const names[] = {"moist heat", "hydration", "gentle movement"};
    myo_string missing = {0};
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        if (given[i] != 1) {
            myo_string_add(&missing, "%s%s", missing.length > 0 ? ", " : "", names[i]);
        }
    }
    bool complete = missing.length == 0 && !missing.failed;
    if (care != NULL) {
        say_step(rules, care);
    } else {
        say_session(rules);
    }
    const char *list = rule_keep(rules, &missing);
    say_text(rules, "missing", complete ? "nothing" : list);
    say(rules, complete ? "OK" : "INCOMPLETE");
}

static const char *open_factors(myo_rules *rules)
{
    myo_string text = {0};
    size_t index = 0;
    const myo_answer *answer;
    while ((answer = myo_session_next(rules->session, MYO_ANSWERS, &index)) != NULL) {
        if (answer->open == 1) {
            myo_string_add(&text, "%s%s", text.length > 0 ? ", " : "", answer->record.id);
        }
    }
    const char *list = rule_keep(rules, &text);
    return list[0] != '\0' ? list : "none noted";
}

void myo_rule_k06(myo_rules *rules, const myo_step *none)
{
    (void)none;
    size_t index = 0;
    const myo_point *point;
    while ((point = myo_session_next(rules->session, MYO_POINTS, &index)) != NULL) {
        double resolved = (double)NAN;
        bool was = false;
        for (size_t i = 0; i + 1 < rules->course_count; i++) {
            const myo_point *before =
                myo_session_find(rules->course[i], MYO_POINTS, point->record.id);
            if (before != NULL && before->removed != 1) {
                was = before->status == MYO_RESOLVED;
                resolved = was ? date_of(rules->course[i]) : resolved;
            }
        }
        if (was && point->status != MYO_RESOLVED) {
            say_point(rules, point);
            say_value(rules, "d", date_of(rules->session) - resolved, "d");
            say_text(rules, "factors", open_factors(rules));
            say(rules, "RECURRENT");
        }
    }
}

void myo_rule_k07(myo_rules *rules, const myo_step *none)
{
    (void)none;
    bool known = false, active = false;
    for (size_t i = 0; i < rules->course_count; i++) {
        size_t index = 0;
        const myo_step *step;
        while ((step = myo_session_next(rules->course[i], MYO_STEPS, &index)) != NULL) {
            if (step->kind != MYO_STEP_DIARY) {
                continue;
            }
            known |= step->home_stretching >= 0 || step->self_compression >= 0 ||
                     step->posture_work >= 0 || !isnan(step->self_minutes);
            active |= step->home_stretching == 1 || step->self_compression == 1 ||
                      step->posture_work == 1 || step->self_minutes > 0.0;
        }
    }
    say_session(rules);
    if (!known) {
        say_missing(rules, "what was done at home");
    } else {
        say(rules, active ? "OK" : "PASSIVE_ONLY");
    }
}

void myo_rule_k08(myo_rules *rules, const myo_step *none)
{
    (void)none;
    size_t index = 0;
    const myo_point *point;
    while ((point = myo_session_next(rules->session, MYO_POINTS, &index)) != NULL) {
        bool latent =
            point->activity == MYO_LATENT || (point->spontaneous == 0 && point->pressure_pain == 1);
        if (latent && !is_treated(rules, point)) {
            say_point(rules, point);
            say(rules, "TREAT_EARLY");
        }
    }
}

void myo_rule_k09(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_ids *tags = &myo_session_head(rules->session)->profile;
    for (size_t i = 0; i < tags->count; i++) {
        const myo_patient_profile *profile =
            myo_clinic_find(rules->clinic, MYO_PATIENT_PROFILES, tags->item[i]);
        if (profile->upkeep == 1) {
            say_session(rules);
            say(rules, "MAINTENANCE");
            return;
        }
    }
}

void myo_rule_k10(myo_rules *rules, const myo_step *none)
{
    (void)none;
    size_t index = 0;
    bool any = myo_session_next(rules->session, MYO_POINTS, &index) != NULL;
    double days = oldest_days(rules), number = session_number(rules);
    if (!any || number > 1.0) {
        return;
    }
    say_session(rules);
    if (isnan(days) || isnan(number)) {
        say_missing(rules, "onset of the points and number of the session");
    } else if (timeline_of(rules, days) != timeline_of(rules, 0.0)) {
        say_value(rules, "d", days, "d");
        say(rules, "REPEAT");
    }
}
