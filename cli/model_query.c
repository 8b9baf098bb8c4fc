/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch model lookup | satellites | options | tool | needle`. */
#include "model.h"
#include "clinic_files.h"
#include "command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ZONES_MAX = 80, ROWS_MAX = 256 };

static const myo_muscle *muscle_named(const model_settings *chosen, const char *id)
{
    const myo_muscle *muscle = myo_clinic_find(chosen->clinic, MYO_MUSCLES, id);
    if (muscle == NULL) {
        model_unknown("muscle", id);
    }
    return muscle;
}

static void add_matches(myo_string *text, const myo_ids *zones, const myo_ids *pattern, bool json)
{
    const char *between = "";
    for (size_t i = 0; i < zones->count; i++) {
        if (myo_ids_contain(pattern, zones->item[i])) {
            myo_string_add(text, json ? "%s\"%s\"" : "%s%s", between, zones->item[i]);
            between = json ? ", " : " ";
        }
    }
}

static void print_candidate(const model_settings *chosen, const myo_candidate *candidate,
                            const myo_ids *zones)
{
    static const myo_ids none = {NULL, 0};
    const myo_muscle *muscle = candidate->muscle;
    const myo_ids *primary = chosen->article_only ? &muscle->article_zones : &muscle->primary;
    const myo_ids *spill = chosen->article_only ? &none : &muscle->spill;
    const char *review = chosen->article_only ? "article" : model_review(muscle);
    myo_string hit = {0}, brushed = {0};
    add_matches(&hit, zones, primary, chosen->json);
    add_matches(&brushed, zones, spill, chosen->json);
    const char *primaries = hit.data != NULL ? hit.data : "";
    const char *spills = brushed.data != NULL ? brushed.data : "";
    if (chosen->json) {
        printf("{\"muscle\": \"%s\", \"matched\": %zu, \"score\": %.4f, \"share\": %.4f, "
               "\"primary\": [%s], \"spill\": [%s], \"review\": \"%s\"}\n",
               muscle->record.id, candidate->primary + candidate->spill, candidate->score,
               candidate->share, primaries, spills, review);
    } else {
        printf("%-24s %zu  %.2f  %s%s%s%s  [%s]\n", muscle->record.id,
               candidate->primary + candidate->spill, candidate->score, primaries,
               spills[0] != '\0' ? " (spill: " : "", spills, spills[0] != '\0' ? ")" : "", review);
    }
    myo_string_free(&hit);
    myo_string_free(&brushed);
}

int model_lookup(const model_settings *chosen, const char *id)
{
    const char *text = chosen->pain != NULL ? chosen->pain : id;
    if (text == NULL) {
        fprintf(stderr, "myotwitch model: lookup wants --pain ZONE[,ZONE...]\n");
        return EXIT_USAGE;
    }
    char *copy = malloc(strlen(text) + 1);
    if (copy == NULL) {
        return EXIT_FAILED;
    }
    memcpy(copy, text, strlen(text) + 1);
    const char *items[ZONES_MAX];
    myo_ids zones = {items, clinic_split(copy, items, ZONES_MAX)};
    int status = zones.count > 0 ? EXIT_DONE : model_unknown("zone", text);
    for (size_t i = 0; i < zones.count && status == EXIT_DONE; i++) {
        if (myo_clinic_find(chosen->clinic, MYO_ZONES, items[i]) == NULL) {
            status = model_unknown("zone", items[i]);
        }
    }
    if (status == EXIT_DONE) {
        myo_candidate candidates[ROWS_MAX];
        size_t count =
            myo_clinic_lookup(chosen->clinic, &zones, chosen->article_only, candidates, ROWS_MAX);
        for (size_t i = 0; i < count && i < ROWS_MAX; i++) {
            print_candidate(chosen, &candidates[i], &zones);
        }
    }
    free(copy);
    return status;
}

int model_satellites(const model_settings *chosen, const char *id)
{
    const myo_muscle *muscle = muscle_named(chosen, id);
    if (muscle == NULL) {
        return EXIT_USAGE;
    }
    if (chosen->article_only) {
        return EXIT_DONE; /* where muscles lie is not in the article */
    }
    myo_candidate candidates[ROWS_MAX];
    size_t count = myo_clinic_satellites(chosen->clinic, muscle, candidates, ROWS_MAX);
    for (size_t i = 0; i < count && i < ROWS_MAX; i++) {
        const myo_muscle *found = candidates[i].muscle;
        if (chosen->json) {
            printf("{\"muscle\": \"%s\", \"primary\": %zu, \"spill\": %zu, \"review\": \"%s\"}\n",
                   found->record.id, candidates[i].primary, candidates[i].spill,
                   model_review(found));
        } else {
            printf("%-28s %zu primary, %zu spill  [%s]\n", found->record.id, candidates[i].primary,
                   candidates[i].spill, model_review(found));
        }
    }
    return EXIT_DONE;
}

/* With its space; counts, scores and ratios go without a word. */
static void print_unit(const myo_param *param)
{
    const char *unit = myo_unit_name(param->unit);
    bool bare =
        strcmp(unit, "count") == 0 || strcmp(unit, "score") == 0 || strcmp(unit, "ratio") == 0;
    printf("%s%s;", bare ? "" : " ", bare ? "" : unit);
}

static void print_range(const myo_param *param)
{
    printf(" %s ", param->record.id);
    if (isnan(param->lo)) {
        printf("up to %g", param->hi);
    } else if (isnan(param->hi)) {
        printf("from %g", param->lo);
    } else {
        printf("%g-%g", param->lo, param->hi);
    }
    print_unit(param);
}

static void print_option(const model_settings *chosen, const myo_technique *technique)
{
    printf(chosen->json ? "{\"technique\": \"%s\", \"params\": {" : "%-15s", technique->record.id);
    const char *between = "";
    for (size_t i = 0; i < technique->params.count; i++) {
        const myo_param *param =
            myo_clinic_find(chosen->clinic, MYO_PARAMS, technique->params.item[i]);
        bool other =
            (strstr(param->record.id, "_self") != NULL && chosen->setting == MYO_CLINICAL) ||
            (strstr(param->record.id, "_clinical") != NULL && chosen->setting == MYO_SELF);
        if (other || (chosen->article_only && param->origin != MYO_ORIGIN_ARTICLE)) {
            continue;
        }
        if (chosen->json) {
            myo_string low = {0}, high = {0};
            myo_string_add_number(&low, param->lo);
            myo_string_add_number(&high, param->hi);
            printf("%s\"%s\": [%s, %s]", between, param->record.id, low.data, high.data);
            myo_string_free(&low);
            myo_string_free(&high);
            between = ", ";
        } else {
            print_range(param);
        }
    }
    puts(chosen->json ? "}}" : "");
}

int model_options(const model_settings *chosen, const char *id)
{
    const myo_muscle *muscle = muscle_named(chosen, id);
    if (muscle == NULL) {
        return EXIT_USAGE;
    }
    const myo_technique *options[ROWS_MAX];
    size_t count = myo_clinic_options(chosen->clinic, muscle, chosen->setting, options, ROWS_MAX);
    for (size_t i = 0; i < count && i < ROWS_MAX; i++) {
        if (!chosen->article_only || myo_ids_contain(&muscle->techniques, options[i]->record.id)) {
            print_option(chosen, options[i]);
        }
    }
    if (count == 0 && !chosen->json) {
        printf("none: %s is for a qualified professional only (X03)\n", id);
    }
    return EXIT_DONE;
}

int model_tool(const model_settings *chosen, const char *id)
{
    const myo_muscle *muscle = muscle_named(chosen, id);
    if (muscle == NULL) {
        return EXIT_USAGE;
    }
    myo_tool_fit fits[ROWS_MAX];
    size_t count = myo_clinic_tools(chosen->clinic, muscle, chosen->setting, fits, ROWS_MAX);
    for (size_t i = 0; i < count; i++) {
        const myo_tool *tool = fits[i].tool;
        if (chosen->article_only && !fits[i].named) {
            continue;
        }
        if (chosen->json) {
            printf("{\"tool\": \"%s\", \"named\": %s, \"score\": %d}\n", tool->record.id,
                   fits[i].named ? "true" : "false", fits[i].score);
        } else {
            printf("%-14s %s%s\n", tool->record.id, tool->name,
                   fits[i].named ? "  [the article names it for this muscle]" : "");
        }
    }
    if (count == 0 && !chosen->json) {
        printf("none: %s\n", muscle->access == MYO_ACCESS_NONE
                                 ? "not within reach of a tool"
                                 : "for a qualified professional only");
    }
    return EXIT_DONE;
}

int model_needle(const model_settings *chosen, const char *id)
{
    static const char *const risks[] = {"unknown", "low", "moderate", "high", "avoid"};
    const myo_muscle *muscle = muscle_named(chosen, id);
    if (muscle == NULL) {
        return EXIT_USAGE;
    }
    if (chosen->article_only) {
        return EXIT_DONE; /* needling hazards are not in the article */
    }
    if (chosen->json) {
        myo_string text = {0};
        myo_string_add(&text, "{\"muscle\": \"%s\", \"risk\": \"%s\", \"hazards\": {", id,
                       risks[muscle->needle_risk]);
        for (size_t i = 0; i < muscle->hazards.count; i++) {
            const myo_hazard *hazard =
                myo_clinic_find(chosen->clinic, MYO_HAZARDS, muscle->hazards.item[i]);
            myo_string_add(&text, "%s\"%s\": ", i == 0 ? "" : ", ", hazard->record.id);
            myo_string_add_json(&text, hazard->text);
        }
        myo_string_add(&text, "}, \"note\": ");
        myo_string_add_json(&text, muscle->note);
        myo_string_add(&text, ", \"review\": ");
        myo_string_add_json(&text, model_review(muscle));
        printf("%s}\n", text.data);
        myo_string_free(&text);
        return EXIT_DONE;
    }
    printf("%s: risk %s  [%s; needling-safety texts, not the article]\n", muscle->name,
           risks[muscle->needle_risk], model_review(muscle));
    for (size_t i = 0; i < muscle->hazards.count; i++) {
        const myo_hazard *hazard =
            myo_clinic_find(chosen->clinic, MYO_HAZARDS, muscle->hazards.item[i]);
        printf("  %-17s %s\n", hazard->record.id, hazard->text);
    }
    if (muscle->note != NULL) {
        printf("  %-17s %s\n", "note", muscle->note);
    }
    return EXIT_DONE;
}
