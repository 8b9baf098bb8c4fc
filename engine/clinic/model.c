/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads the model: the shipped texts, then the overlays, then all checks. */
#include "clinic/entities.h"
#include "clinic/rules/rule.h"

#include <stdlib.h>
#include <string.h>

static int entity_of_key(const char *key)
{
    for (int i = 0; i < MYO_ENTITY_COUNT; i++) {
        if (strcmp(myo_entity_kinds[i].key, key) == 0) {
            return i;
        }
    }
    return -1;
}

/* Ids are words: they stand in commands, in JSON and in completions. */
static bool is_word(const char *text)
{
    return text[0] != '\0' &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
               strlen(text);
}

/* A rule of safety keeps looking where it looks; its words may change. */
static bool is_weakened(const myo_rule *before, const myo_rule *after)
{
    return before->locked == 1 &&
           (after->locked != before->locked || after->scope != before->scope ||
            after->steps != before->steps || after->setting != before->setting);
}

/* "AB 2026-11-01" */
static bool is_review(const char *text)
{
    size_t length = strlen(text);
    return length > 11 && text[length - 11] == ' ' && myo_is_date(text + length - 10);
}

/* What an overlay must not do to a record that was shipped as @p before. */
static void check_overlay(const myo_reader *reader, myo_entity entity, const void *before,
                          const void *record)
{
    const myo_record *head = record;
    if (entity == MYO_FACTS) {
        myo_issue(reader->issues, &head->place, "fact %s is the article's and cannot be changed",
                  head->id);
    }
    if (entity == MYO_RULES && is_weakened(before, record)) {
        myo_issue(reader->issues, &head->place,
                  "rule %s is a matter of safety: locked, scope, steps and setting stay", head->id);
    }
    if (entity == MYO_MUSCLES) {
        const myo_muscle *old = before, *muscle = record;
        if (muscle->confidence > old->confidence && muscle->reviewed == NULL) {
            myo_issue(reader->issues, &head->place,
                      "muscle %s: confidence rises only with 'reviewed' (initials and date)",
                      head->id);
        }
        if (muscle->reviewed != NULL && !is_review(muscle->reviewed)) {
            myo_place place = myo_field_place(&myo_entity_kinds[MYO_MUSCLES], muscle, "reviewed");
            myo_issue(reader->issues, &place, "reviewed: initials and a date are wanted");
        }
    }
}

static void read_record(myo_clinic *clinic, myo_reader *reader, myo_entity entity,
                        yaml_node_t *node, uint32_t layer)
{
    const myo_record_kind *kind = &myo_entity_kinds[entity];
    yaml_node_t *id_node = myo_reader_get(reader, node, "id");
    const char *id = myo_reader_scalar(id_node);
    myo_place place = myo_reader_place(reader, id_node != NULL ? id_node : node);
    if (id == NULL || !is_word(id)) {
        myo_issue(reader->issues, &place, "a %s needs an id of letters, digits and _", kind->name);
        return;
    }
    /* Owned by the arena, so writing through it is ours to do. */
    void *record = (void *)(uintptr_t)myo_clinic_find(clinic, entity, id);
    myo_record *head = record;
    if (head != NULL && head->layer == layer) {
        myo_issue(reader->issues, &place, "%s '%s' stands here twice, first in %s:%u", kind->name,
                  id, head->place.file, head->place.line);
        return;
    }
    void *before = NULL;
    if (head != NULL) {
        before = myo_arena_alloc(reader->arena, kind->size);
        if (before == NULL) {
            reader->no_memory = true;
            return;
        }
        memcpy(before, record, kind->size);
    } else {
        record = myo_record_new(reader->arena, kind);
        if (record == NULL || !myo_bag_push(reader->arena, &clinic->table[entity], record)) {
            reader->no_memory = true;
            return;
        }
        head = record;
    }
    head->layer = layer;
    myo_record_read(reader, node, kind, record);
    if (before != NULL) {
        check_overlay(reader, entity, before, record);
    }
}

static void read_root(myo_clinic *clinic, myo_reader *reader, uint32_t layer)
{
    yaml_node_t *root = yaml_document_get_root_node(&reader->document);
    myo_place place = myo_reader_place(reader, root);
    if (root->type != YAML_MAPPING_NODE) {
        myo_issue(reader->issues, &place, "keys like 'muscles:' are wanted here");
        return;
    }
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        yaml_node_t *key = myo_reader_node(reader, pair->key);
        yaml_node_t *list = myo_reader_node(reader, pair->value);
        const char *name = myo_reader_scalar(key);
        int entity = name != NULL ? entity_of_key(name) : -1;
        place = myo_reader_place(reader, key);
        if (entity < 0) {
            myo_issue(reader->issues, &place, "unknown key '%.40s'", name != NULL ? name : "?");
        } else if (list->type != YAML_SEQUENCE_NODE) {
            myo_issue(reader->issues, &place, "%s: a list is wanted here", name);
        } else {
            for (yaml_node_item_t *item = list->data.sequence.items.start;
                 item < list->data.sequence.items.top; item++) {
                read_record(clinic, reader, (myo_entity)entity, myo_reader_node(reader, *item),
                            layer);
            }
        }
    }
}

static bool read_text(myo_clinic *clinic, myo_reader *reader, const myo_source_text *text,
                      uint32_t layer)
{
    reader->file = myo_arena_copy(reader->arena, text->name, strlen(text->name));
    if (reader->file == NULL) {
        reader->no_memory = true;
        return false;
    }
    if (myo_reader_open(reader, text->data, text->size)) {
        read_root(clinic, reader, layer);
        myo_reader_close(reader);
    }
    return !reader->no_memory;
}

static void check_complete(const myo_clinic *clinic, myo_issues *issues)
{
    for (int entity = 0; entity < MYO_ENTITY_COUNT; entity++) {
        for (size_t i = 0; i < clinic->table[entity].count; i++) {
            myo_record_complete(issues, &myo_entity_kinds[entity], clinic->table[entity].item[i]);
        }
    }
}

static myo_status load(myo_clinic *clinic, const myo_source_text *overlays, size_t count,
                       myo_issues *issues)
{
    myo_reader reader = {.arena = &clinic->arena, .issues = issues};
    size_t shipped_count = 0;
    const myo_source_text *shipped = myo_clinic_shipped(&shipped_count);
    for (size_t i = 0; i < shipped_count; i++) {
        if (!read_text(clinic, &reader, &shipped[i], 0)) {
            return MYO_ERR_NO_MEMORY;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_text(clinic, &reader, &overlays[i], 1)) {
            return MYO_ERR_NO_MEMORY;
        }
    }
    /* One level after the other: what is not well formed has no meaning yet. */
    if (issues->count == 0) {
        check_complete(clinic, issues);
    }
    if (issues->count == 0) {
        myo_clinic_check_references(clinic, reader.pending, issues);
    }
    if (issues->count == 0) {
        myo_clinic_check_meaning(clinic, issues);
        myo_rules_check_table(clinic, issues);
    }
    return issues->count == 0 ? MYO_OK : MYO_ERR_FORMAT;
}

myo_status myo_clinic_new(const myo_source_text *overlays, size_t count, myo_clinic **clinic,
                          myo_issues *issues)
{
    *clinic = NULL;
    issues->count = 0;
    myo_clinic *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    myo_status status = load(self, overlays, count, issues);
    if (status != MYO_OK) {
        myo_clinic_free(self);
        return status;
    }
    *clinic = self;
    return MYO_OK;
}

void myo_clinic_free(myo_clinic *clinic)
{
    if (clinic != NULL) {
        myo_arena_free(&clinic->arena);
        free(clinic);
    }
}

size_t myo_clinic_count(const myo_clinic *clinic, myo_entity entity)
{
    return (unsigned)entity < MYO_ENTITY_COUNT ? clinic->table[entity].count : 0;
}

const void *myo_clinic_at(const myo_clinic *clinic, myo_entity entity, size_t index)
{
    return index < myo_clinic_count(clinic, entity) ? clinic->table[entity].item[index] : NULL;
}

const void *myo_clinic_find(const myo_clinic *clinic, myo_entity entity, const char *id)
{
    for (size_t i = 0; id != NULL && i < clinic->table[entity].count; i++) {
        const myo_record *record = clinic->table[entity].item[i];
        if (record->id != NULL && strcmp(record->id, id) == 0) {
            return record;
        }
    }
    return NULL;
}

bool myo_clinic_of_article(myo_entity entity, const void *record)
{
    const myo_record *head = record;
    switch (entity) {
    case MYO_HAZARDS:
        return false;
    case MYO_SOURCES:
        return strcmp(head->id, "article") == 0;
    case MYO_PARAMS:
        return ((const myo_param *)record)->origin == MYO_ORIGIN_ARTICLE;
    case MYO_RULES:
        return ((const myo_rule *)record)->origin == MYO_ORIGIN_ARTICLE;
    case MYO_MUSCLES:
        return ((const myo_muscle *)record)->facts.count > 0;
    default:
        return head->layer == 0;
    }
}

void myo_clinic_json(myo_string *text, myo_entity entity, const void *record, bool article_only)
{
    myo_record_json(text, &myo_entity_kinds[entity], record, article_only ? FIELD_ARTICLE : 0);
}

void myo_clinic_print(myo_string *text, myo_entity entity, const void *record, bool article_only)
{
    const myo_record_kind *kind = &myo_entity_kinds[entity];
    const myo_record *head = record;
    myo_string_add(text, "%s %s\n", kind->name, head->id);
    myo_record_print(text, kind, record, article_only ? FIELD_ARTICLE : 0);
}
