/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The technique model: nothing lost, numbers as the article has them, broken files refused. */
#include "myotwitch/clinic_query.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static myo_issues issues;

static int load(void **state)
{
    myo_clinic *clinic = NULL;
    myo_status status = myo_clinic_new(NULL, 0, &clinic, &issues);
    for (size_t i = 0; i < issues.count && i < MYO_ISSUES_MAX; i++) {
        print_error("%s\n", issues.text[i]);
    }
    *state = clinic;
    return status;
}

static int unload(void **state)
{
    myo_clinic_free(*state);
    return 0;
}

/* 275 facts, 63 rules and the stop sign's, 108 rows in 89 entries, 80 zones: the tables of the content carried over. */
static void test_nothing_is_lost(void **state)
{
    const myo_clinic *clinic = *state;
    static const struct {
        myo_entity entity;
        size_t count;
    } rows[] = {
        {MYO_FACTS, 275},     {MYO_RULES, 63 + 1},       {MYO_MUSCLES, 108}, {MYO_ZONES, 80},
        {MYO_TECHNIQUES, 12}, {MYO_HAZARDS, 10},         {MYO_PROTOCOLS, 6}, {MYO_TIMELINES, 5},
        {MYO_MECHANISMS, 7},  {MYO_PATIENT_PROFILES, 8},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(myo_clinic_count(clinic, rows[i].entity), rows[i].count);
    }
    for (int n = 1; n <= 275; n++) {
        char id[8];
        snprintf(id, sizeof id, "F%03d", n);
        const myo_fact *fact = myo_clinic_find(clinic, MYO_FACTS, id);
        assert_non_null(fact);
        assert_true(fact->line >= 1.0 && fact->line <= 221.0);
        assert_non_null(myo_clinic_find(clinic, MYO_SECTIONS, fact->section));
    }
    bool entries[90] = {false};
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_MUSCLES); i++) {
        entries[(int)((const myo_muscle *)myo_clinic_at(clinic, MYO_MUSCLES, i))->entry] = true;
    }
    for (int n = 1; n <= 89; n++) {
        assert_true(entries[n]);
    }
}

/* Every fact is reached from some question besides 'why'. */
static void test_every_fact_is_used(void **state)
{
    for (size_t i = 0; i < myo_clinic_count(*state, MYO_FACTS); i++) {
        const myo_record *fact = myo_clinic_at(*state, MYO_FACTS, i);
        if (myo_clinic_users(*state, MYO_FACTS, fact->id, NULL, 0) == 0) {
            fail_msg("%s is used by nothing", fact->id);
        }
    }
}

/* The article's figures (model, section on validation, level 3). */
static void test_article_numbers(void **state)
{
    static const struct {
        const char *id;
        double lo, hi;
        const char *unit;
    } rows[] = {
        {"hold_clinical", 30, 90, "s"},
        {"hold_self", 60, 120, "s"},
        {"hold_brief", -1, 15, "s"},
        {"soften", 30, 60, "s"},
        {"discomfort_self", 6, 7, "score"},
        {"points_self", 4, 5, "count"},
        {"stretch_hold", 20, 30, "s"},
        {"heat", 15, 20, "min"},
        {"spacing", 7, 14, "d"},
        {"soreness", 24, 48, "h"},
        {"doms", 24, 72, "h"},
        {"revisit", 6, -1, "sessions"},
        {"weekly_minutes", 10, -1, "min"},
        {"evening_roll", 5, -1, "min"},
        {"desk_break", 30, 45, "min"},
        {"patterns", 89, 89, "count"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const myo_param *param = myo_clinic_find(*state, MYO_PARAMS, rows[i].id);
        assert_non_null(param);
        assert_int_equal(param->origin, MYO_ORIGIN_ARTICLE);
        assert_string_equal(myo_unit_name(param->unit), rows[i].unit);
        assert_true(rows[i].lo < 0 ? isnan(param->lo) : param->lo == rows[i].lo);
        assert_true(rows[i].hi < 0 ? isnan(param->hi) : param->hi == rows[i].hi);
    }
}

/* The worked lookups. neck_angle: the two rows of equal score are told apart by freq. */
static void test_lookups(void **state)
{
    static const struct {
        const char *zones[3];
        const char *expected[5];
        double scores[5];
    } rows[] = {
        {{"arm_lat", "thumb"},
         {"scalenes", "infraspinatus", "adductor_pollicis", "brachialis", "flex_pollicis_longus"},
         {1.0, 0.67, 0.5, 0.5, 0.5}},
        {{"arm_lat", "forearm_rad", "thumb"},
         {"scalenes", "infraspinatus", "brachioradialis", "subclavius", "supinator"},
         {1.0, 0.56, 0.44, 0.44, 0.44}},
        {{"temple", "neck_lat"},
         {"trapezius_upper", "digastric", "semispinalis_capitis", "suboccipitals", "temporalis"},
         {1.0, 0.5, 0.5, 0.5, 0.5}},
        {{"neck_angle"},
         {"levator_scapulae", "splenius_cervicis", "trapezius_upper", "multifidi_cervical"},
         {1.0, 1.0, 0.33, 0.33}},
        {{"buttock", "thigh_post", "calf"},
         {"gluteus_minimus", "gastrocnemius", "medial_hamstrings", "piriformis", "biceps_femoris"},
         {0.78, 0.44, 0.44, 0.44, 0.22}},
        {{"chest_upper", "arm_med"},
         {"pectoralis_major", "pectoralis_minor", "sternalis", "scalenes", "latissimus_dorsi"},
         {0.67, 0.33, 0.33, 0.5, 0.17}},
        {{"heel"},
         {"abductor_hallucis", "quadratus_plantae", "soleus", "peroneus_tertius",
          "tibialis_posterior"},
         {1.0, 1.0, 1.0, 0.33, 0.33}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t zones = 0;
        while (zones < 3 && rows[i].zones[zones] != NULL) {
            zones++;
        }
        myo_ids ids = {rows[i].zones, zones};
        myo_candidate found[5];
        size_t count = myo_clinic_lookup(*state, &ids, false, found, 5);
        for (size_t k = 0; k < 5 && rows[i].expected[k] != NULL; k++) {
            assert_true(k < count);
            assert_string_equal(found[k].muscle->record.id, rows[i].expected[k]);
            assert_true(fabs(found[k].score - rows[i].scores[k]) < 0.006);
        }
    }
}

static void test_lookup_of_the_article_only(void **state)
{
    const char *zones[] = {"arm_lat", "thumb"};
    myo_ids ids = {zones, 2};
    myo_candidate found[4];
    assert_int_equal(myo_clinic_lookup(*state, &ids, true, found, 4), 1);
    assert_string_equal(found[0].muscle->record.id, "scalenes");
}

static void test_what_may_be_done(void **state)
{
    const myo_technique *options[16];
    const myo_muscle *scalenes = myo_clinic_find(*state, MYO_MUSCLES, "scalenes");
    const myo_muscle *piriformis = myo_clinic_find(*state, MYO_MUSCLES, "piriformis");
    assert_int_equal(myo_clinic_options(*state, scalenes, MYO_SELF, options, 16), 0);
    assert_true(myo_clinic_options(*state, scalenes, MYO_CLINICAL, options, 16) > 0);
    size_t count = myo_clinic_options(*state, piriformis, MYO_SELF, options, 16);
    for (size_t i = 0; i < count; i++) {
        assert_string_not_equal(options[i]->record.id, "dry_needling");
        assert_string_not_equal(options[i]->record.id, "spray_stretch");
        assert_string_not_equal(options[i]->record.id, "ifc");
    }
}

static void test_tools(void **state)
{
    myo_tool_fit fits[16];
    const myo_muscle *subscapularis = myo_clinic_find(*state, MYO_MUSCLES, "subscapularis");
    assert_true(myo_clinic_tools(*state, subscapularis, MYO_SELF, fits, 16) > 0);
    assert_string_equal(fits[0].tool->record.id, "dense_ball");
    const myo_muscle *piriformis = myo_clinic_find(*state, MYO_MUSCLES, "piriformis");
    assert_true(myo_clinic_tools(*state, piriformis, MYO_CLINICAL, fits, 16) > 0);
    assert_string_equal(fits[0].tool->record.id, "elbow");
    const myo_tool *thumb = myo_clinic_find(*state, MYO_TOOLS, "thumb");
    assert_false(myo_clinic_tool_fit(thumb, piriformis, MYO_CLINICAL).fits);
    const myo_muscle *erector = myo_clinic_find(*state, MYO_MUSCLES, "longissimus_thoracis");
    const myo_tool *roller = myo_clinic_find(*state, MYO_TOOLS, "foam_roller");
    assert_true(myo_clinic_tool_fit(roller, erector, MYO_SELF).fits);
}

static void test_satellites(void **state)
{
    const myo_muscle *trapezius = myo_clinic_find(*state, MYO_MUSCLES, "trapezius_upper");
    const myo_muscle *temporalis = myo_clinic_find(*state, MYO_MUSCLES, "temporalis");
    const myo_muscle *soleus = myo_clinic_find(*state, MYO_MUSCLES, "soleus");
    assert_true(myo_muscle_lies_in_zones_of(temporalis, trapezius));
    assert_false(myo_muscle_lies_in_zones_of(soleus, trapezius));
    myo_candidate found[1];
    assert_true(myo_clinic_satellites(*state, trapezius, found, 1) > 3);
}

static const char *refusal(const char *text)
{
    myo_source_text overlay = {"bad.yaml", text, strlen(text)};
    myo_clinic *clinic = NULL;
    issues = (myo_issues){0};
    if (myo_clinic_new(&overlay, 1, &clinic, &issues) != MYO_ERR_FORMAT) {
        myo_clinic_free(clinic);
        return "accepted";
    }
    return issues.text[0];
}

/* Each with the place: file:line:column. */
static void test_broken_files(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place, *reason;
    } rows[] = {
        {"muscles:\n  - id: soleus\n    colour: red\n", "bad.yaml:3:5:", "unknown key 'colour'"},
        {"zebras: []\n", "bad.yaml:1:1:", "unknown key 'zebras'"},
        {"muscles:\n  - {id: soleus, depth: abyssal}\n", "bad.yaml:2:25:", "'abyssal'"},
        {"zones:\n  - {id: z, label: a, group: b}\n  - {id: z, label: a, group: b}\n",
         "bad.yaml:3:10:", "twice"},
        {"zones:\n  - {id: z, label: a, label: b}\n", "bad.yaml:2:23:", "twice"},
        {"muscles:\n  - id: soleus\n    primary: [heel, nowhere]\n",
         "bad.yaml:3:21:", "no zone 'nowhere'"},
        {"rules:\n  - {id: C01, facts: [F999]}\n", "bad.yaml:2:23:", "no fact 'F999'"},
        {"params:\n  - id: hold_self\n    lo: 130\n    hi: 120\n    origin: engine\n    note: x\n",
         "bad.yaml:3:5:", "upside down"},
        {"params:\n  - id: hold_self\n    hi: 110\n", "bad.yaml:3:5:", "not a number of the facts"},
        {"params:\n  - id: hold_self\n    hi: many\n", "bad.yaml:3:9:", "not a number"},
        {"params:\n  - {id: p, label: x, lo: 1, unit: s, origin: engine, note: x}\n",
         "bad.yaml:2:5:", "used by nothing"},
        {"params:\n  - {id: p, label: x, unit: s, origin: engine, note: x}\n"
         "rules:\n  - {id: C01, params: [p]}\n",
         "bad.yaml:2:5:", "neither lo nor hi"},
        {"params:\n  - {id: p, label: x, lo: 1, unit: s, origin: engine}\n"
         "rules:\n  - {id: C01, params: [p]}\n",
         "bad.yaml:2:5:", "has no note"},
        {"protocols:\n  - id: self_standard\n    steps: [{step: compress}, {step: heat}]\n",
         "bad.yaml:3:31:", "heat after the work"},
        {"protocols:\n  - id: self_standard\n    steps: [{step: cold}, {step: compress}]\n",
         "bad.yaml:3:13:", "cold before the work"},
        {"muscles:\n  - {id: masseter, entry: 1}\n", "", "is missing"},
        {"rules:\n  - {id: C01, steps: []}\n", "bad.yaml:2:5:", "about steps and names none"},
        {"facts:\n  - {id: F001, text: other}\n", "bad.yaml:2:5:", "cannot be changed"},
        {"muscles:\n  - {id: pterygoid_medial, confidence: high}\n", "bad.yaml:2:5:", "reviewed"},
        {"muscles:\n  - {id: soleus, spill: [heel]}\n", "bad.yaml:2:18:", "both primary and spill"},
        {"muscles:\n  - {id: scalenes, self: yes}\n", "bad.yaml:2:20:", "self must be pro"},
        {"muscles:\n  - {id: soleus, entry: 90}\n", "bad.yaml:2:18:", "not within"},
        {"timelines:\n  - {id: acute, to_d: 30}\n", "bad.yaml:2:17:", "gap or an overlap"},
        {"protocols:\n  - id: self_standard\n    steps: [{step: needle, technique: "
         "dry_needling}]\n",
         "bad.yaml:3:13:", "not for the setting self"},
        {"protocols:\n  - id: self_standard\n    steps: [{step: stretch}]\n",
         "bad.yaml:3:13:", "nothing before it"},
        {"rules:\n  - {id: X01, steps: [diary]}\n", "bad.yaml:2:5:", "matter of safety"},
        {"rules:\n  - {id: X03, setting: clinical}\n", "bad.yaml:2:5:", "matter of safety"},
        {"muscles:\n  - {id: soleus, reviewed: yes please}\n", "bad.yaml:2:18:", "initials"},
        {"muscles: 3\n", "bad.yaml:1:1:", "a list"},
        {"muscles:\n  - soleus\n", "bad.yaml:2:5:", "needs an id"},
        {"muscles: [\n", "bad.yaml:2:1:", ""},
        {"zones:\n  - {id: z, label: \"\xff\", group: b}\n", "bad.yaml:2:", "UTF-8"},
        {"", "bad.yaml:1:1:", "no data"},
        {"zones: []\n---\nzones: []\n", "bad.yaml:3:1:", "second document"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *first = refusal(rows[i].text);
        bool is_said = false;
        for (size_t k = 0; k < issues.count && k < MYO_ISSUES_MAX && !is_said; k++) {
            is_said = strncmp(issues.text[k], rows[i].place, strlen(rows[i].place)) == 0 &&
                      strstr(issues.text[k], rows[i].reason) != NULL;
        }
        if (!is_said) {
            fail_msg("row %zu: %s, not %s %s", i, first, rows[i].place, rows[i].reason);
        }
    }
}

static void test_overlay_changes_what_it_names(void **state)
{
    (void)state;
    static const char text[] = "params:\n"
                               "  - {id: guarding, hi: 2, note: measured here}\n"
                               "muscles:\n"
                               "  - {id: soleus, reviewed: AB 2026-11-01}\n";
    myo_source_text overlay = {"mine.yaml", text, sizeof text - 1};
    myo_clinic *clinic = NULL;
    assert_int_equal(myo_clinic_new(&overlay, 1, &clinic, &issues), MYO_OK);
    const myo_param *guarding = myo_clinic_find(clinic, MYO_PARAMS, "guarding");
    assert_true(guarding->hi == 2.0);
    const myo_muscle *soleus = myo_clinic_find(clinic, MYO_MUSCLES, "soleus");
    assert_string_equal(soleus->reviewed, "AB 2026-11-01");
    assert_string_equal(soleus->name, "Soleus");
    myo_clinic_free(clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_lost),
        cmocka_unit_test(test_every_fact_is_used),
        cmocka_unit_test(test_article_numbers),
        cmocka_unit_test(test_lookups),
        cmocka_unit_test(test_lookup_of_the_article_only),
        cmocka_unit_test(test_what_may_be_done),
        cmocka_unit_test(test_tools),
        cmocka_unit_test(test_satellites),
        cmocka_unit_test(test_broken_files),
        cmocka_unit_test(test_overlay_changes_what_it_names),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
