/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch model`: lists, records and questions of the clinical technique model. */
#include "model.h"
#include "clinic_files.h"
#include "command.h"
#include "options.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const option_row rows[] = {
    OPTION_TEXT_ROW(model_settings, pain, "pain", 0, "ZONE[,ZONE...]", "where it hurts (lookup)"),
    OPTION_TEXT_ROW(model_settings, setting_name, "setting", 's', "SETTING",
                    "clinical or self: which hold band, techniques and tools"),
    OPTION_FLAG_ROW(model_settings, self, "self", 0, "the same as --setting self"),
    OPTION_FLAG_ROW(model_settings, article_only, "article-only", 0,
                    "hide everything that is not the article's"),
    OPTION_FLAG_ROW(model_settings, json, "json", 'j', "one JSON object a line"),
    OPTION_TEXT_ROW(model_settings, overlay, "overlay", 0, "DIR",
                    "lay the .yaml files of DIR over the shipped model"),
    OPTION_FLAG_ROW(model_settings, all, "all", 0, "list every fault of an overlay, not the first"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch model lookup --pain arm_lat,thumb",
    "muscles that may explain pain there, best first",
    "myotwitch model muscle piriformis",
    "one record; 'model muscles' lists all",
    "myotwitch model why C04",
    "a rule down to the lines of the article",
    NULL,
};

static const option_page page = {
    "model",
    "QUESTION [ID]",
    "ask the clinical technique model",
    "QUESTION is a kind of record (facts, sections, sources, params, zones, hazards, muscles, "
    "tools,\n"
    "techniques, mechanisms, protocols, rules, timelines, factors, habits, mimics, faq, "
    "profiles),\n"
    "alone for a list or with an ID for one record, or one of:\n\n"
    "  lookup       muscles that refer into the zones of --pain, ranked\n"
    "  satellites   muscles that lie in the referral zones of muscle ID\n"
    "  options      what may be done to muscle ID in the setting\n"
    "  tool         what presses muscle ID well in the setting\n"
    "  needle       what a needle can meet in muscle ID\n"
    "  why          the facts and lines behind rule, param or fact ID, and what rests on it\n"
    "  ids          the ids of a kind of record, one a line, for shell completion\n"
    "  verify       load and check the model with its overlay, say nothing if it is sound\n\n"
    "Rows that are not the article's are marked with their source, and unreviewed until a "
    "clinician\n"
    "has signed them. Products are examples; no endorsement is meant. Nothing here is advice to a\n"
    "patient.",
    rows,
    examples};

int model_unknown(const char *kind, const char *id)
{
    if (id == NULL) {
        fprintf(stderr, "myotwitch model: which %s? 'myotwitch model ids %ss' lists them\n", kind,
                kind);
    } else {
        fprintf(stderr, "myotwitch model: no %s '%s'; 'myotwitch model ids %ss' lists them\n", kind,
                id, kind);
    }
    return EXIT_USAGE;
}

const char *model_review(const myo_muscle *muscle)
{
    return muscle->reviewed != NULL ? muscle->reviewed : "unreviewed";
}

static int entity_named(const char *name, bool *one)
{
    for (int i = 0; i < MYO_ENTITY_COUNT; i++) {
        *one = strcmp(myo_entity_name((myo_entity)i), name) == 0;
        if (*one || strcmp(myo_entity_key((myo_entity)i), name) == 0) {
            return i;
        }
    }
    return -1;
}

/* What is not the article's says so. */
static void add_origin(myo_string *text, const model_settings *chosen, myo_entity entity,
                       const void *record)
{
    const myo_muscle *muscle = record;
    if (entity == MYO_MUSCLES && !chosen->article_only) {
        myo_string_add(text, "  %-17s %s: anatomy, pattern and hazards are not the article's\n",
                       "review", model_review(muscle));
    } else if (entity == MYO_TOOLS && ((const myo_tool *)record)->product != NULL) {
        myo_string_add(text, "  %-17s %s\n", "",
                       "(products are examples, no endorsement is meant)");
    } else if (entity == MYO_HAZARDS || !myo_clinic_of_article(entity, record)) {
        myo_string_add(text, "  %-17s %s\n", "review", "unreviewed: not the article's");
    }
}

static void show(const model_settings *chosen, myo_entity entity, const void *record)
{
    myo_string text = {0};
    if (chosen->json) {
        myo_clinic_json(&text, entity, record, chosen->article_only);
        if (entity == MYO_MUSCLES && !chosen->article_only && text.length > 0) {
            text.data[--text.length] = '\0';
            myo_string_add(&text, ", \"review\": ");
            myo_string_add_json(&text, model_review(record));
            myo_string_add(&text, "}");
        }
        myo_string_add(&text, "\n");
    } else {
        myo_clinic_print(&text, entity, record, chosen->article_only);
        add_origin(&text, chosen, entity, record);
    }
    fputs(text.data != NULL ? text.data : "", stdout);
    myo_string_free(&text);
}

/* A list shows one line a record: its id and its first words. */
static const char *headline(myo_entity entity, const void *record)
{
    switch (entity) {
    case MYO_FACTS:
        return ((const myo_fact *)record)->text;
    case MYO_SECTIONS:
        return ((const myo_section *)record)->label;
    case MYO_SOURCES:
        return ((const myo_source_record *)record)->title;
    case MYO_PARAMS:
        return ((const myo_param *)record)->label;
    case MYO_ZONES:
        return ((const myo_zone *)record)->label;
    case MYO_HAZARDS:
        return ((const myo_hazard *)record)->text;
    case MYO_MUSCLES:
        return ((const myo_muscle *)record)->name;
    case MYO_TOOLS:
        return ((const myo_tool *)record)->name;
    case MYO_TECHNIQUES:
        return ((const myo_technique *)record)->name;
    case MYO_MECHANISMS:
        return ((const myo_mechanism *)record)->text;
    case MYO_PROTOCOLS:
        return ((const myo_protocol *)record)->name;
    case MYO_RULES:
        return ((const myo_rule *)record)->message;
    case MYO_TIMELINES:
        return ((const myo_timeline *)record)->text;
    case MYO_FACTORS:
        return ((const myo_factor *)record)->question;
    case MYO_HABITS:
        return ((const myo_habit *)record)->text;
    case MYO_MIMICS:
        return ((const myo_mimic *)record)->name;
    case MYO_FAQ:
        return ((const myo_faq *)record)->question;
    default:
        return ((const myo_patient_profile *)record)->text;
    }
}

/* Numbers belong beside the words where they are what is asked for. */
static void print_numbers(myo_entity entity, const void *record)
{
    double lo, hi;
    const char *unit;
    if (entity == MYO_PARAMS) {
        const myo_param *param = record;
        lo = param->lo;
        hi = param->hi;
        unit = myo_unit_name(param->unit);
    } else if (entity == MYO_TIMELINES) {
        const myo_timeline *row = record;
        lo = row->sessions_lo;
        hi = row->sessions_hi;
        unit = "sessions";
    } else {
        return;
    }
    if (!isnan(lo) && !isnan(hi)) {
        printf("%g-%g %s, ", lo, hi, unit);
    } else if (!isnan(lo)) {
        printf("from %g %s, ", lo, unit);
    } else if (!isnan(hi)) {
        printf("up to %g %s, ", hi, unit);
    }
}

static int list(const model_settings *chosen, myo_entity entity)
{
    for (size_t i = 0; i < myo_clinic_count(chosen->clinic, entity); i++) {
        const myo_record *record = myo_clinic_at(chosen->clinic, entity, i);
        bool article = myo_clinic_of_article(entity, record);
        if (chosen->article_only && !article) {
            continue;
        }
        if (chosen->json) {
            show(chosen, entity, record);
            continue;
        }
        const char *mark = "";
        if (entity == MYO_MUSCLES && !chosen->article_only) {
            const char *review = model_review((const myo_muscle *)(const void *)record);
            mark = strcmp(review, "unreviewed") == 0 ? "  [unreviewed]" : "";
        } else if (!article) {
            mark = "  [not the article's, unreviewed]";
        }
        printf("%-28s ", record->id);
        print_numbers(entity, record);
        printf("%s%s\n", headline(entity, record), mark);
    }
    return EXIT_DONE;
}

static int ids(const model_settings *chosen, const char *kind)
{
    bool one = false;
    int entity = kind != NULL ? entity_named(kind, &one) : -1;
    if (entity < 0) {
        fprintf(stderr, "myotwitch model: ids of what? muscles, zones, rules, facts ...\n");
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < myo_clinic_count(chosen->clinic, (myo_entity)entity); i++) {
        puts(((const myo_record *)myo_clinic_at(chosen->clinic, (myo_entity)entity, i))->id);
    }
    return EXIT_DONE;
}

static int records(const model_settings *chosen, const char *name, const char *id)
{
    bool one = false;
    int entity = entity_named(name, &one);
    if (entity < 0) {
        fprintf(stderr, "myotwitch model: no question '%s'; see 'myotwitch model --help'\n", name);
        return EXIT_USAGE;
    }
    if (id == NULL && !one) {
        return list(chosen, (myo_entity)entity);
    }
    const void *record = myo_clinic_find(chosen->clinic, (myo_entity)entity, id);
    if (record == NULL) {
        return model_unknown(myo_entity_name((myo_entity)entity), id);
    }
    show(chosen, (myo_entity)entity, record);
    return EXIT_DONE;
}

static int verify(const model_settings *chosen, const char *id)
{
    (void)chosen;
    (void)id;
    return EXIT_DONE;
}

static const struct {
    const char *name;
    model_query *run;
} queries[] = {
    {"lookup", model_lookup},
    {"satellites", model_satellites},
    {"options", model_options},
    {"tool", model_tool},
    {"needle", model_needle},
    {"why", model_why},
    {"ids", ids},
    {"verify", verify},
    {NULL, NULL},
};

static int ask(const model_settings *chosen, const char *name, const char *id)
{
    /* "tool" with a tool's id is that tool; with a muscle's id the question what suits it. */
    if (strcmp(name, "tool") == 0 && myo_clinic_find(chosen->clinic, MYO_TOOLS, id) != NULL) {
        return records(chosen, name, id);
    }
    for (int i = 0; queries[i].name != NULL; i++) {
        if (strcmp(queries[i].name, name) == 0) {
            return queries[i].run(chosen, id);
        }
    }
    return records(chosen, name, id);
}

int command_model(int argc, char **argv)
{
    model_settings chosen = {0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (argc - first < 1 || argc - first > 2) {
        fprintf(stderr, "myotwitch model: a question and at most one id; see --help\n");
        return EXIT_USAGE;
    }
    chosen.setting = chosen.self ? MYO_SELF : MYO_ANY_SETTING;
    if (chosen.setting_name != NULL) {
        chosen.setting = strcmp(chosen.setting_name, "self") == 0       ? MYO_SELF
                         : strcmp(chosen.setting_name, "clinical") == 0 ? MYO_CLINICAL
                                                                        : MYO_ANY_SETTING;
        if (chosen.setting == MYO_ANY_SETTING || (chosen.self && chosen.setting != MYO_SELF)) {
            fprintf(stderr, "myotwitch model: the setting is either clinical or self\n");
            return EXIT_USAGE;
        }
    }
    myo_clinic *clinic = NULL;
    status = clinic_load("model", chosen.overlay, chosen.all, &clinic);
    if (status == EXIT_DONE) {
        chosen.clinic = clinic;
        status = ask(&chosen, argv[first], argc - first > 1 ? argv[first + 1] : NULL);
        myo_clinic_free(clinic);
    }
    return status;
}
