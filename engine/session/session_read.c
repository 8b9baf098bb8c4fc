/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session from its text, checked like the model: grammar, references, meaning. */
#include "session/session_record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA "myotwitch.session/1"

static int part_of_key(const char *key)
{
    for (int i = 0; i < MYO_PART_COUNT; i++) {
        if (strcmp(myo_part_kinds[i].key, key) == 0) {
            return i;
        }
    }
    return -1;
}

static void read_element(myo_session *session, myo_reader *reader, myo_part part, yaml_node_t *node)
{
    const myo_record_kind *kind = &myo_part_kinds[part];
    void *element = myo_record_new(reader->arena, kind);
    if (element == NULL) {
        reader->no_memory = true;
        return;
    }
    size_t before = reader->issues->count;
    myo_record_read(reader, node, kind, element);
    const myo_record *head = element;
    myo_part other = MYO_PART_COUNT;
    if (reader->issues->count > before) {
        return;
    }
    if (head->id != NULL && myo_session_element(session, head->id, &other) != NULL) {
        myo_place place = myo_field_place(kind, element, "id");
        myo_issue(reader->issues, &place, "id '%s' is taken by a %s", head->id,
                  myo_part_name(other));
        return;
    }
    myo_record_complete(reader->issues, kind, element);
    int *provenance = myo_element_provenance(part, element);
    if (provenance != NULL && *provenance == MYO_FROM_UNSET) {
        *provenance = MYO_FROM_PERSON;
    }
    reader->no_memory |= !myo_bag_push(reader->arena, &session->part[part], element);
}

static void read_key(myo_session *session, myo_reader *reader, yaml_node_t *key, yaml_node_t *value)
{
    const char *name = myo_reader_scalar(key);
    myo_place place = myo_reader_place(reader, key);
    int part = name != NULL ? part_of_key(name) : -1;
    if (name != NULL && strcmp(name, "schema") == 0) {
        const char *schema = myo_reader_scalar(value);
        if (schema == NULL || strcmp(schema, SCHEMA) != 0) {
            place = myo_reader_place(reader, value);
            myo_issue(reader->issues, &place, "schema: only " SCHEMA " is known");
        }
    } else if (name != NULL && strcmp(name, "header") == 0) {
        myo_record_read(reader, value, &myo_header_kind, session->header);
    } else if (part < 0) {
        myo_issue(reader->issues, &place, "unknown key '%.40s' of a session",
                  name != NULL ? name : "?");
    } else if (value->type != YAML_SEQUENCE_NODE) {
        myo_issue(reader->issues, &place, "%s: a list is wanted here", name);
    } else {
        for (yaml_node_item_t *item = value->data.sequence.items.start;
             item < value->data.sequence.items.top; item++) {
            read_element(session, reader, (myo_part)part, myo_reader_node(reader, *item));
        }
    }
}

static void read_root(myo_session *session, myo_reader *reader)
{
    yaml_node_t *root = yaml_document_get_root_node(&reader->document);
    myo_place place = myo_reader_place(reader, root);
    if (root->type != YAML_MAPPING_NODE || myo_reader_get(reader, root, "schema") == NULL) {
        myo_issue(reader->issues, &place, "no session: 'schema: " SCHEMA "' is missing");
        return;
    }
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        read_key(session, reader, myo_reader_node(reader, pair->key),
                 myo_reader_node(reader, pair->value));
    }
    if (session->header->record.place.line == 0) {
        myo_issue(reader->issues, &place, "no header");
    } else {
        myo_record_complete(reader->issues, &myo_header_kind, session->header);
    }
}

void myo_session_resolve(const myo_session *session, const myo_pending *pending, myo_issues *issues)
{
    for (; pending != NULL; pending = pending->next) {
        bool own = pending->target >= (int)MYO_ENTITY_COUNT;
        myo_part part = (myo_part)(pending->target - (int)MYO_ENTITY_COUNT);
        myo_entity entity = (myo_entity)pending->target;
        const void *found = own ? myo_session_find(session, part, pending->id)
                                : myo_clinic_find(session->clinic, entity, pending->id);
        if (found == NULL) {
            myo_issue(issues, &pending->place, "no %s '%.60s'%s",
                      own ? myo_part_name(part) : myo_entity_name(entity), pending->id,
                      own ? "" : ": an id of the model is wanted, see 'myotwitch model ids'");
        }
    }
}

/* Scales of the model: discomfort and pain run from 0 to 10. */
static const struct {
    const char *field;
    double low, high;
} bounds[] = {
    {"discomfort", 0, 10},
    {"first_discomfort", 0, 10},
    {"pain", 0, 10},
    {"local_pain", 0, 10},
    {"start", 0, 1e7},
    {"end", 0, 1e7},
    {"at", 0, 1e7},
    {"onset_s", 0, 1e7}, /* of event lines, whose fields become at, start and end */
    {"offset_s", 0, 1e7},
    {"released_s", 0, 1e5},
    {"confidence", 0, 1},
    {"soreness_hours", 0, 1e4},
    {"self_minutes", 0, 1e4},
    {"roll_minutes", 0, 1e4},
    {"ppt", 0, 1e5},
    {"tension", 0, 1e9},
    {"ramp_s", 0, 1e4},
    {"breath_gap_s", 0, 1e4},
    {"guarding_ratio", 0, 1e6},
};

void myo_session_check_bounds(const myo_record_kind *kind, const void *element, myo_issues *issues)
{
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        const myo_field *field = myo_field_find(kind, bounds[i].field);
        double value;
        if (field == NULL || !myo_field_given(field, element)) {
            continue;
        }
        memcpy(&value, (const char *)element + field->offset, sizeof value);
        if (value < bounds[i].low || value > bounds[i].high) {
            myo_place place = myo_field_place(kind, element, field->name);
            myo_issue(issues, &place, "%s: %g is not within %g to %g", field->name, value,
                      bounds[i].low, bounds[i].high);
        }
    }
}

void myo_session_check(const myo_session *session, myo_part part, const void *element,
                       myo_issues *issues)
{
    (void)session;
    const myo_record_kind *kind = &myo_part_kinds[part];
    myo_session_check_bounds(kind, element, issues);
    if (part != MYO_STEPS) {
        return;
    }
    const myo_step *step = element;
    for (size_t i = 0; i < kind->field_count; i++) {
        const myo_field *field = &kind->fields[i];
        if (field->only != 0 && !(field->only & (1u << step->kind)) &&
            myo_field_given(field, step)) {
            myo_place place = myo_field_place(kind, step, field->name);
            myo_issue(issues, &place, "'%s' does not belong to a step of kind %s", field->name,
                      myo_step_kind_name((myo_step_kind)step->kind));
        }
    }
    if (step->end < step->start) {
        myo_place place = myo_field_place(kind, step, "end");
        myo_issue(issues, &place, "step %s ends before it starts", step->record.id);
    }
}

static myo_status read_session(myo_session *session, const myo_source_text *text,
                               myo_issues *issues)
{
    myo_reader reader = {.arena = &session->arena, .issues = issues};
    reader.file = myo_arena_copy(&session->arena, text->name, strlen(text->name));
    session->header = myo_record_new(&session->arena, &myo_header_kind);
    if (reader.file == NULL || session->header == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    if (myo_reader_open(&reader, text->data, text->size)) {
        read_root(session, &reader);
        myo_reader_close(&reader);
    }
    if (reader.no_memory) {
        return MYO_ERR_NO_MEMORY;
    }
    if (issues->count == 0) {
        myo_session_resolve(session, reader.pending, issues);
    }
    for (int part = 0; part < MYO_PART_COUNT && issues->count == 0; part++) {
        for (size_t i = 0; i < session->part[part].count; i++) {
            myo_session_check(session, (myo_part)part, session->part[part].item[i], issues);
        }
    }
    return issues->count == 0 ? MYO_OK : MYO_ERR_FORMAT;
}

myo_status myo_session_read(const myo_clinic *clinic, const myo_source_text *text,
                            myo_session **session, myo_issues *issues)
{
    *session = NULL;
    issues->count = 0;
    myo_session *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->clinic = clinic;
    myo_status status = read_session(self, text, issues);
    if (status != MYO_OK) {
        myo_session_free(self);
        return status;
    }
    myo_session_bind(self);
    *session = self;
    return MYO_OK;
}

void myo_session_free(myo_session *session)
{
    if (session != NULL) {
        myo_arena_free(&session->arena);
        free(session);
    }
}
