/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Level 3 of the checks: the model makes sense as a whole. */
#include "clinic/entities.h"

#include <math.h>
#include <string.h>

static bool is_among_numbers(const myo_clinic *clinic, const myo_param *param, double value)
{
    for (size_t i = 0; i < param->facts.count; i++) {
        const myo_fact *fact = myo_clinic_find(clinic, MYO_FACTS, param->facts.item[i]);
        for (size_t k = 0; fact != NULL && k < fact->numbers.count; k++) {
            /* Both were read from decimal text: equal means the same text. */
            if (!(fact->numbers.item[k] < value) && !(fact->numbers.item[k] > value)) {
                return true;
            }
        }
    }
    return false;
}

static void check_param(const myo_clinic *clinic, const myo_param *param, myo_issues *issues)
{
    const myo_record_kind *kind = &myo_entity_kinds[MYO_PARAMS];
    const double ends[2] = {param->lo, param->hi};
    if (isnan(param->lo) && isnan(param->hi)) {
        myo_issue(issues, &param->record.place, "param %s has neither lo nor hi", param->record.id);
    }
    if (param->lo > param->hi) {
        myo_place place = myo_field_place(kind, param, "lo");
        myo_issue(issues, &place, "param %s: range upside down, %g to %g", param->record.id,
                  param->lo, param->hi);
    }
    for (int i = 0; i < 2 && param->origin == MYO_ORIGIN_ARTICLE; i++) {
        if (!isnan(ends[i]) && !is_among_numbers(clinic, param, ends[i])) {
            myo_place place = myo_field_place(kind, param, i == 0 ? "lo" : "hi");
            myo_issue(issues, &place,
                      "param %s: %g is not a number of the facts it names; if it is yours, say "
                      "origin: engine",
                      param->record.id, ends[i]);
        }
    }
    if (param->origin != MYO_ORIGIN_ARTICLE && param->note == NULL) {
        myo_issue(issues, &param->record.place, "param %s is not the article's and has no note",
                  param->record.id);
    }
}

static void check_muscle(const myo_muscle *muscle, myo_issues *issues)
{
    const myo_record_kind *kind = &myo_entity_kinds[MYO_MUSCLES];
    const char *id = muscle->record.id;
    myo_place place = myo_field_place(kind, muscle, "primary");
    if (muscle->primary.count == 0) {
        myo_issue(issues, &place, "muscle %s has no primary zone", id);
    }
    for (size_t i = 0; i < muscle->spill.count; i++) {
        if (myo_ids_contain(&muscle->primary, muscle->spill.item[i])) {
            place = myo_field_place(kind, muscle, "spill");
            myo_issue(issues, &place, "muscle %s: zone %s is both primary and spill", id,
                      muscle->spill.item[i]);
        }
    }
    for (size_t i = 0; i < muscle->article_zones.count; i++) {
        const char *zone = muscle->article_zones.item[i];
        if (!myo_ids_contain(&muscle->primary, zone) && !myo_ids_contain(&muscle->spill, zone)) {
            place = myo_field_place(kind, muscle, "article_zones");
            myo_issue(issues, &place, "muscle %s: the article's zone %s is not in its pattern", id,
                      zone);
        }
    }
    place = myo_field_place(kind, muscle, "self");
    if (myo_ids_contain(&muscle->lies_in, "neck_ant") && muscle->self != MYO_PRESSURE_PRO) {
        myo_issue(issues, &place, "muscle %s lies in the front of the neck: self must be pro", id);
    }
    if (muscle->self == MYO_PRESSURE_YES && muscle->hazards.count == 1 &&
        strcmp(muscle->hazards.item[0], "viscera") == 0) {
        myo_issue(issues, &place, "muscle %s over viscera: self cannot be yes", id);
    }
    if (muscle->needle_risk >= MYO_RISK_HIGH && muscle->hazards.count == 0) {
        place = myo_field_place(kind, muscle, "needle_risk");
        myo_issue(issues, &place, "muscle %s: such a needle risk needs a hazard", id);
    }
}

/* Parts of an entry are lettered a, b, c ...; an undivided entry has one row without a letter. */
static void check_entry(const myo_clinic *clinic, double entry, myo_issues *issues)
{
    uint32_t letters = 0;
    size_t rows = 0, bare = 0;
    const myo_muscle *last = NULL;
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_MUSCLES); i++) {
        const myo_muscle *muscle = myo_clinic_at(clinic, MYO_MUSCLES, i);
        if (muscle->entry < entry || muscle->entry > entry) {
            continue;
        }
        rows++;
        last = muscle;
        if (muscle->part == NULL) {
            bare++;
        } else if (muscle->part[0] >= 'a' && muscle->part[0] <= 'z' && muscle->part[1] == '\0') {
            letters |= 1u << (muscle->part[0] - 'a');
        }
    }
    if (rows == 0) {
        myo_issue(issues, NULL, "muscles: entry %g is missing", entry);
    } else if (bare == 0 ? letters + 1 != 1u << rows : rows > 1) {
        myo_issue(issues, &last->record.place, "muscles: parts of entry %g are not a, b, c ...",
                  entry);
    }
}

static void check_catalogue(const myo_clinic *clinic, myo_issues *issues)
{
    const myo_param *patterns = myo_clinic_find(clinic, MYO_PARAMS, "patterns");
    double entries = patterns != NULL ? patterns->hi : 0.0;
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_MUSCLES); i++) {
        const myo_muscle *muscle = myo_clinic_at(clinic, MYO_MUSCLES, i);
        check_muscle(muscle, issues);
        if (muscle->entry > entries || muscle->entry < 1.0) {
            myo_place place = myo_field_place(&myo_entity_kinds[MYO_MUSCLES], muscle, "entry");
            myo_issue(issues, &place, "muscle %s: entry %g is not within 1 to %g",
                      muscle->record.id, muscle->entry, entries);
        }
    }
    for (double entry = 1.0; entry <= entries; entry += 1.0) {
        check_entry(clinic, entry, issues);
    }
    for (size_t z = 0; z < myo_clinic_count(clinic, MYO_ZONES); z++) {
        const myo_zone *zone = myo_clinic_at(clinic, MYO_ZONES, z);
        bool reached = false;
        for (size_t i = 0; i < myo_clinic_count(clinic, MYO_MUSCLES) && !reached; i++) {
            const myo_muscle *muscle = myo_clinic_at(clinic, MYO_MUSCLES, i);
            reached = myo_ids_contain(&muscle->primary, zone->record.id) ||
                      myo_ids_contain(&muscle->spill, zone->record.id);
        }
        if (!reached) {
            myo_issue(issues, &zone->record.place, "zone %s is reached by no muscle",
                      zone->record.id);
        }
    }
}

static bool is_hands_on(int step)
{
    return step == MYO_STEP_COMPRESS || step == MYO_STEP_NEEDLE || step == MYO_STEP_SPRAY;
}

static void check_protocol(const myo_clinic *clinic, const myo_protocol *protocol,
                           myo_issues *issues)
{
    bool worked = false;
    for (size_t i = 0; i < protocol->steps.count; i++) {
        const myo_protocol_step *step = &protocol->steps.item[i];
        const myo_technique *technique = myo_clinic_find(clinic, MYO_TECHNIQUES, step->technique);
        const char *id = protocol->record.id;
        if (technique != NULL && !(technique->settings & (1u << protocol->setting))) {
            myo_issue(issues, &step->record.place, "protocol %s: %s is not for the setting %s", id,
                      step->technique, myo_setting_names[protocol->setting]);
        }
        if (step->step == MYO_STEP_STRETCH && !worked) {
            myo_issue(issues, &step->record.place, "protocol %s: a stretch with nothing before it",
                      id);
        }
        if (step->step == MYO_STEP_HEAT && worked) {
            myo_issue(issues, &step->record.place, "protocol %s: heat after the work", id);
        }
        if (step->step == MYO_STEP_COLD && !worked) {
            myo_issue(issues, &step->record.place, "protocol %s: cold before the work", id);
        }
        worked |= is_hands_on(step->step);
    }
}

static const myo_timeline *timeline_from(const myo_clinic *clinic, double day)
{
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_TIMELINES); i++) {
        const myo_timeline *row = myo_clinic_at(clinic, MYO_TIMELINES, i);
        if (!(row->from_d < day) && !(row->from_d > day) && !isnan(row->from_d)) {
            return row;
        }
    }
    return NULL;
}

/* From day 0 on each row ends where the next begins, and the last is open. */
static void check_timelines(const myo_clinic *clinic, myo_issues *issues)
{
    size_t chained = 0, dated = 0;
    const myo_timeline *row = timeline_from(clinic, 0.0);
    const myo_timeline *last = row;
    while (row != NULL && chained <= myo_clinic_count(clinic, MYO_TIMELINES)) {
        chained++;
        last = row;
        row = isnan(row->to_d) ? NULL : timeline_from(clinic, row->to_d);
    }
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_TIMELINES); i++) {
        dated += !isnan(((const myo_timeline *)myo_clinic_at(clinic, MYO_TIMELINES, i))->from_d);
    }
    if (last == NULL || chained != dated || !isnan(last->to_d)) {
        const myo_timeline *any = myo_clinic_at(clinic, MYO_TIMELINES, 0);
        myo_place place = last != NULL
                              ? myo_field_place(&myo_entity_kinds[MYO_TIMELINES], last, "to_d")
                          : any != NULL ? any->record.place
                                        : (myo_place){NULL, 0, 0};
        myo_issue(issues, &place, "timelines: a gap or an overlap of days");
    }
}

void myo_clinic_check_meaning(const myo_clinic *clinic, myo_issues *issues)
{
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_PARAMS); i++) {
        check_param(clinic, myo_clinic_at(clinic, MYO_PARAMS, i), issues);
    }
    check_catalogue(clinic, issues);
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_PROTOCOLS); i++) {
        check_protocol(clinic, myo_clinic_at(clinic, MYO_PROTOCOLS, i), issues);
    }
    check_timelines(clinic, issues);
}
