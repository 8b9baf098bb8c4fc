/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A01-A09: what kind of point, whose satellite, confirmed or not, and what to look at first. */
#include "clinic/rules/rule.h"

#include "myotwitch/event.h"

#include <math.h>
#include <string.h>

enum { SHOWN_CANDIDATES = 3, ROWS_MAX = 256 };

static const char *listed(myo_rules *rules, const myo_ids *ids)
{
    myo_string text = {0};
    for (size_t i = 0; i < ids->count; i++) {
        myo_string_add(&text, "%s%s", i == 0 ? "" : ", ", ids->item[i]);
    }
    return rule_keep(rules, &text);
}

static bool was_latent(const myo_rules *rules, const char *id)
{
    for (size_t i = rules->course_count - 1; i-- > 0;) {
        const myo_point *before = myo_session_find(rules->course[i], MYO_POINTS, id);
        if (before != NULL) {
            return before->activity == MYO_LATENT ||
                   (before->spontaneous == 0 && before->pressure_pain == 1);
        }
    }
    return false;
}

void myo_rule_a01(myo_rules *rules, const myo_step *none)
{
    (void)none;
    size_t index = 0;
    const myo_point *point;
    while ((point = myo_session_next(rules->session, MYO_POINTS, &index)) != NULL) {
        say_point(rules, point);
        if (point->spontaneous == 1) {
            bool turned = was_latent(rules, point->record.id);
            say_text(rules, "class", turned ? "active now, latent before" : "active");
            say(rules, turned ? "ACTIVATED" : "ACTIVE");
        } else if (point->spontaneous == 0 && point->pressure_pain == 1) {
            say_text(rules, "class", "latent");
            say(rules, "LATENT");
        } else {
            say_missing(rules, "pain by itself, pain on pressure");
        }
    }
}

/* An active primary in whose referral zones the muscle of @p x lies. */
static const myo_point *primary_of(const myo_rules *rules, const myo_point *x)
{
    size_t index = 0;
    const myo_point *y;
    while ((y = myo_session_next(rules->session, MYO_POINTS, &index)) != NULL) {
        if (y != x && is_active(y) && is_primary(y) && x->order != MYO_PRIMARY &&
            point_muscle(rules, x) != point_muscle(rules, y) &&
            myo_muscle_lies_in_zones_of(point_muscle(rules, x), point_muscle(rules, y))) {
            return y;
        }
    }
    return NULL;
}

void myo_rule_a02(myo_rules *rules, const myo_step *none)
{
    (void)none;
    size_t index = 0;
    const myo_point *point;
    while ((point = myo_session_next(rules->session, MYO_POINTS, &index)) != NULL) {
        const myo_point *parent = primary_of(rules, point);
        say_point(rules, point);
        say_text(rules, "x", point->record.id);
        if (parent != NULL) {
            say_text(rules, "y", parent->record.id);
            say(rules, "SATELLITE");
        } else if (is_primary(point)) {
            say(rules, "PRIMARY");
        } else if (point->order == MYO_SECONDARY) {
            say(rules, "SECONDARY");
        } else {
            say_missing(rules, "cause of the point, or an active primary near it");
        }
    }
}

void myo_rule_a03(myo_rules *rules, const myo_step *step)
{
    if (findings_in(rules, step, MYO_EVENT_LTR) > 0) {
        say_step(rules, step);
        say_value(rules, "n", (double)findings_in(rules, step, MYO_EVENT_LTR), "twitches");
        say(rules, "MANUAL_LTR");
    }
    say_step(rules, step);
    if (step->recognition == 1) {
        say(rules, "RECOGNISED");
    } else if (step->recognition < 0) {
        say_missing(rules, "recognition by the patient");
    }
}

static bool is_palpated(const myo_rules *rules, const myo_point *point)
{
    size_t index = 0;
    const myo_step *step;
    while ((step = next_step(rules, &index)) != NULL) {
        if (step->kind == MYO_STEP_PALPATE && step->point != NULL &&
            strcmp(step->point, point->record.id) == 0) {
            return true;
        }
    }
    return false;
}

/* Treated without having been confirmed by palpation. */
static void say_unpalpated(myo_rules *rules)
{
    size_t index = 0;
    const myo_point *point;
    while ((point = myo_session_next(rules->session, MYO_POINTS, &index)) != NULL) {
        if (is_treated(rules, point) && !is_palpated(rules, point)) {
            say_point(rules, point);
            say_missing(rules, "palpation of the point that was treated");
        }
    }
}

void myo_rule_a04(myo_rules *rules, const myo_step *step)
{
    if (step == NULL) {
        say_unpalpated(rules);
        return;
    }
    const myo_muscle *muscle = step_muscle(rules, step);
    say_step(rules, step);
    if (step->familiar < 0 || muscle == NULL || (step->familiar == 1 && step->zones.count == 0)) {
        say_missing(rules, "muscle, familiar pain and its zones");
        return;
    }
    bool fits = ids_meet(&step->zones, &muscle->primary) || ids_meet(&step->zones, &muscle->spill);
    say_text(rules, "zones", step->zones.count > 0 ? listed(rules, &step->zones) : "no zone");
    say(rules, step->familiar == 1 && fits ? "CONFIRMED" : "UNCONFIRMED");
}

static const myo_step *pain_map(const myo_rules *rules)
{
    size_t index = 0;
    const myo_step *step;
    while ((step = next_step(rules, &index)) != NULL) {
        if (step->kind == MYO_STEP_BASELINE && step->zones.count > 0) {
            return step;
        }
    }
    return NULL;
}

static bool has_twitched(const myo_rules *rules, const myo_muscle *muscle)
{
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(rules->session, MYO_FINDINGS, &index)) != NULL) {
        const myo_point *point = myo_session_find(rules->session, MYO_POINTS, finding->point);
        if (myo_finding_is_twitch(finding) && point != NULL &&
            point_muscle(rules, point) == muscle &&
            !myo_session_masked(rules->session, finding->at)) {
            return true;
        }
    }
    return false;
}

/* The best candidates; those that lie in the pain zones themselves only if @p local. Muscles that
 * twitched in this session come first. */
static const char *candidates_for(myo_rules *rules, const myo_ids *zones, bool local)
{
    myo_candidate found[ROWS_MAX];
    size_t count = myo_clinic_lookup(rules->clinic, zones, false, found, ROWS_MAX);
    count = count < ROWS_MAX ? count : ROWS_MAX;
    size_t shown = 0;
    myo_string text = {0};
    for (size_t i = 0; i < 2 * count && shown < SHOWN_CANDIDATES; i++) {
        const myo_muscle *muscle = found[i < count ? i : i - count].muscle;
        bool wanted = local || !ids_meet(&muscle->lies_in, zones);
        if (wanted && has_twitched(rules, muscle) == (i < count)) {
            myo_string_add(&text, "%s%s", shown == 0 ? "" : ", ", muscle->record.id);
            shown++;
        }
    }
    return rule_keep(rules, &text);
}

void myo_rule_a05(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_step *map = pain_map(rules);
    bool treated = false, elsewhere = false;
    size_t index = 0;
    const myo_step *step;
    while (map != NULL && (step = next_step(rules, &index)) != NULL) {
        const myo_muscle *muscle = step_muscle(rules, step);
        bool looked_at = step_treats(step) || step->kind == MYO_STEP_PALPATE;
        if (muscle == NULL || !looked_at) {
            continue;
        }
        bool local = ids_meet(&muscle->lies_in, &map->zones);
        bool refers =
            ids_meet(&muscle->primary, &map->zones) || ids_meet(&muscle->spill, &map->zones);
        treated |= step_treats(step);
        elsewhere |= !local && (refers || step_treats(step));
    }
    say_session(rules);
    if (map == NULL) {
        say_missing(rules, "a pain map before the treatment");
    } else if (treated) {
        say_text(rules, "candidates", candidates_for(rules, &map->zones, false));
        say(rules, elsewhere ? "OK" : "SYMPTOM_SITE");
    }
}

void myo_rule_a06(myo_rules *rules, const myo_step *step)
{
    const myo_param *window = rule_param(rules, "doms");
    bool fresh = step->exercise_hours >= window->lo && step->exercise_hours <= window->hi;
    say_step(rules, step);
    say_band(rules, window);
    if (step->spread == MYO_PINPOINT && step->familiar == 1) {
        say(rules, "TRP");
    } else if (step->spread == MYO_DIFFUSE && fresh && step->familiar == 0) {
        say_value(rules, "h", step->exercise_hours, "h");
        say(rules, "LIKELY_DOMS");
    } else if (step->spread == MYO_SPREAD_UNSET || step->familiar < 0 ||
               (step->spread == MYO_DIFFUSE && isnan(step->exercise_hours))) {
        say_missing(rules, "spread of the tenderness, familiar pain, hours since exercise");
    }
}

void myo_rule_a07(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_step *map = pain_map(rules);
    say_session(rules);
    if (map == NULL) {
        say_missing(rules, "a pain map");
        return;
    }
    myo_string text = {0};
    myo_string_add(&text, "%s: %s", listed(rules, &map->zones),
                   candidates_for(rules, &map->zones, true));
    say_text(rules, "zones", rule_keep(rules, &text));
    say(rules, "CANDIDATES");
}

static const char *lacking(myo_rules *rules, const myo_step *baseline)
{
    bool signals = myo_session_head(rules->session)->channels.count > 0;
    double quiet = rule_param(rules, "baseline_quiet")->lo;
    const char *words[4];
    myo_ids ids = {words, 0};
    if (baseline == NULL || (isnan(baseline->pain) && baseline->zones.count == 0)) {
        words[ids.count++] = "pain map";
    }
    if (baseline == NULL || isnan(baseline->rom)) {
        words[ids.count++] = "range of motion";
    }
    if (baseline == NULL || baseline->tissue == NULL) {
        words[ids.count++] = "tissue quality";
    }
    if (signals && (baseline == NULL || !(step_seconds(baseline) >= quiet))) {
        words[ids.count++] = "quiet reference of the signals";
    }
    return listed(rules, &ids);
}

void myo_rule_a08(myo_rules *rules, const myo_step *none)
{
    (void)none;
    const myo_step *baseline = first_step(rules, MYO_STEP_BASELINE);
    double first, last;
    bool treated = treated_span(rules, &first, &last);
    if (baseline != NULL && treated && (isnan(baseline->start) || isinf(first))) {
        say_step(rules, baseline);
        say_missing(rules, "times of the baseline and of the treatment");
        return;
    }
    if (baseline != NULL && treated && baseline->start > first) {
        baseline = NULL; /* too late to be one */
    }
    const char *fields = lacking(rules, baseline);
    if (baseline != NULL) {
        say_step(rules, baseline);
    } else {
        say_session(rules);
    }
    say_text(rules, "fields", fields[0] != '\0' ? fields : "nothing");
    say(rules, fields[0] != '\0' ? "MISSING_BASELINE" : "OK");
    if (baseline != NULL && !isnan(baseline->tension)) {
        say_step(rules, baseline);
        say_value(rules, "B", baseline->tension, "");
        say(rules, "TENSION");
    }
}

void myo_rule_a09(myo_rules *rules, const myo_step *none)
{
    (void)none;
    size_t index = 0;
    const myo_point *point;
    while ((point = myo_session_next(rules->session, MYO_POINTS, &index)) != NULL) {
        const myo_point *parent = myo_session_find(rules->session, MYO_POINTS, point->parent);
        parent = parent != NULL ? parent : primary_of(rules, point);
        if (parent == NULL || !is_active(parent) || !is_treated(rules, point)) {
            continue;
        }
        say_point(rules, point);
        say(rules, is_treated(rules, parent) ? "OK" : "PRIMARY_FIRST");
    }
}
