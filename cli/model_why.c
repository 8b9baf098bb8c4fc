/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch model why`: from a rule, a param or any record down to the article's lines. */
#include "model.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USERS_MAX = 256 };

static void print_fact(const model_settings *chosen, const myo_fact *fact)
{
    const myo_section *section = myo_clinic_find(chosen->clinic, MYO_SECTIONS, fact->section);
    printf("  %s  line %g, %s (%s)%s\n        %s\n", fact->record.id, fact->line, fact->section,
           section->label, fact->evidence == 3 ? ", contested" : "", fact->text);
}

static void print_users(const model_settings *chosen, myo_entity of, const char *id)
{
    myo_user users[USERS_MAX];
    size_t count = myo_clinic_users(chosen->clinic, of, id, users, USERS_MAX);
    for (size_t i = 0; i < count && i < USERS_MAX; i++) {
        printf("  used by %s %s\n", myo_entity_name(users[i].entity), users[i].record->id);
    }
}

static void add_users_json(myo_string *text, const model_settings *chosen, myo_entity of,
                           const char *id)
{
    myo_user users[USERS_MAX];
    size_t count = myo_clinic_users(chosen->clinic, of, id, users, USERS_MAX);
    myo_string_add(text, "\"used_by\": [");
    for (size_t i = 0; i < count && i < USERS_MAX; i++) {
        myo_string_add(text, "%s\"%s %s\"", i == 0 ? "" : ", ", myo_entity_name(users[i].entity),
                       users[i].record->id);
    }
    myo_string_add(text, "]");
}

/* The facts that a record names, found through the list of who uses each fact: one way for every
 * kind of record. */
static size_t facts_of(const model_settings *chosen, myo_entity entity, const char *id,
                       const myo_fact **facts, size_t room)
{
    size_t found = 0;
    for (size_t i = 0; i < myo_clinic_count(chosen->clinic, MYO_FACTS) && found < room; i++) {
        const myo_fact *fact = myo_clinic_at(chosen->clinic, MYO_FACTS, i);
        myo_user users[USERS_MAX];
        size_t count =
            myo_clinic_users(chosen->clinic, MYO_FACTS, fact->record.id, users, USERS_MAX);
        for (size_t k = 0; k < count && k < USERS_MAX; k++) {
            if (users[k].entity == entity && strcmp(users[k].record->id, id) == 0) {
                facts[found++] = fact;
                break;
            }
        }
    }
    return found;
}

static int explain_json(const model_settings *chosen, myo_entity entity, const char *id,
                        const myo_fact *const *facts, size_t count)
{
    myo_string text = {0};
    myo_string_add(&text,
                   "{\"kind\": \"%s\", \"id\": \"%s\", \"record\": ", myo_entity_name(entity), id);
    myo_clinic_json(&text, entity, myo_clinic_find(chosen->clinic, entity, id),
                    chosen->article_only);
    myo_string_add(&text, ", \"facts\": [");
    for (size_t i = 0; i < count; i++) {
        myo_string_add(&text, "%s", i == 0 ? "" : ", ");
        myo_clinic_json(&text, MYO_FACTS, facts[i], chosen->article_only);
    }
    myo_string_add(&text, "], ");
    add_users_json(&text, chosen, entity, id);
    printf("%s}\n", text.failed ? "" : text.data);
    int status = text.failed ? EXIT_FAILED : EXIT_DONE;
    myo_string_free(&text);
    return status;
}

static int explain(const model_settings *chosen, myo_entity entity, const char *id)
{
    const void *record = myo_clinic_find(chosen->clinic, entity, id);
    const myo_fact *facts[USERS_MAX];
    size_t count = facts_of(chosen, entity, id, facts, USERS_MAX);
    if (chosen->json) {
        return explain_json(chosen, entity, id, facts, count);
    }
    if (entity == MYO_FACTS) {
        printf("fact\n");
        print_fact(chosen, record);
    } else {
        myo_string text = {0};
        myo_clinic_print(&text, entity, record, chosen->article_only);
        printf("%srests on %zu fact%s%s\n", text.data, count, count == 1 ? "" : "s",
               myo_clinic_of_article(entity, record) ? "" : " (not the article's)");
        myo_string_free(&text);
    }
    for (size_t i = 0; i < count; i++) {
        print_fact(chosen, facts[i]);
    }
    print_users(chosen, entity, id);
    return EXIT_DONE;
}

int model_why(const model_settings *chosen, const char *id)
{
    for (int entity = 0; entity < MYO_ENTITY_COUNT && id != NULL; entity++) {
        if (myo_clinic_find(chosen->clinic, (myo_entity)entity, id) != NULL) {
            return explain(chosen, (myo_entity)entity, id);
        }
    }
    fprintf(stderr,
            "myotwitch model: why what? An id of a rule (C04), a fact (F072) or another "
            "record is wanted%s%s\n",
            id != NULL ? ", not " : "", id != NULL ? id : "");
    return EXIT_USAGE;
}
