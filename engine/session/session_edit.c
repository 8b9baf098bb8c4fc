/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes by people: each is checked, done, and written into the audit, from which it can be
 * taken back. */
#include "session/session_record.h"

#include <string.h>

enum { TARGET, FIELD, BEFORE, AFTER, WAS, WHATS };

static const char *copy_of(myo_session *session, const char *text)
{
    return text != NULL ? myo_arena_copy(&session->arena, text, strlen(text)) : NULL;
}

const char *myo_session_fresh_id(myo_session *session, myo_part part)
{
    static const char letters[] = "psifqa";
    myo_string id = {0};
    myo_part other;
    for (size_t n = session->part[part].count + 1;; n++) {
        id.length = 0;
        myo_string_add(&id, "%c%zu", letters[part], n);
        if (id.failed || myo_session_element(session, id.data, &other) == NULL) {
            break;
        }
    }
    const char *kept = id.failed ? NULL : copy_of(session, id.data);
    myo_string_free(&id);
    return kept;
}

bool myo_session_note(myo_session *session, const myo_author *author, int action,
                      const char *const what[WHATS])
{
    myo_audit *entry = myo_record_new(&session->arena, &myo_part_kinds[MYO_AUDIT]);
    const char *id = myo_session_fresh_id(session, MYO_AUDIT);
    if (entry == NULL || id == NULL) {
        return false;
    }
    entry->record.id = id;
    entry->who = copy_of(session, author->who);
    entry->at = copy_of(session, author->at);
    entry->action = action;
    entry->target = copy_of(session, what[TARGET]);
    entry->field = copy_of(session, what[FIELD]);
    entry->before = copy_of(session, what[BEFORE]);
    entry->after = copy_of(session, what[AFTER]);
    entry->was = copy_of(session, what[WAS]);
    return myo_bag_push(&session->arena, &session->part[MYO_AUDIT], entry);
}

static myo_status refuse(myo_issues *issues, const char *target, const char *why)
{
    myo_place place = {target, 0, 0};
    myo_issue(issues, &place, "%s", why);
    return MYO_ERR_FORMAT;
}

/* Header and elements alike. */
static void *target_of(const myo_session *session, const char *target, const myo_record_kind **kind,
                       myo_part *part)
{
    *part = MYO_PART_COUNT;
    *kind = &myo_header_kind;
    if (strcmp(target, "header") == 0) {
        return session->header;
    }
    void *element = myo_session_element(session, target, part);
    if (element != NULL) {
        *kind = &myo_part_kinds[*part];
    }
    return *part == MYO_AUDIT ? NULL : element;
}

static void blank_field(const myo_record_kind *kind, const myo_field *field, void *record)
{
    const myo_record_kind only = {kind->key, kind->name, 0, field, 1};
    static const size_t sizes[] = {
        [FIELD_NUMBER] = sizeof(double), [FIELD_FLAG] = sizeof(int),
        [FIELD_ENUM] = sizeof(int),      [FIELD_MASK] = sizeof(uint32_t),
        [FIELD_TEXT] = sizeof(char *),   [FIELD_DATE] = sizeof(char *),
        [FIELD_REF] = sizeof(char *),    [FIELD_TEXTS] = sizeof(myo_ids),
        [FIELD_REFS] = sizeof(myo_ids),  [FIELD_NUMBERS] = sizeof(myo_numbers),
        [FIELD_LIST] = sizeof(myo_list)};
    memset((char *)record + field->offset, 0, sizes[field->kind]);
    myo_record_blank(&only, record);
}

/* Reads "field: value" over a copy of the record: a refused value changes nothing. */
static myo_status read_over(myo_session *session, const char *text, const myo_record_kind *kind,
                            void *record, myo_issues *issues)
{
    size_t before = issues->count;
    myo_reader reader = {.arena = &session->arena, .issues = issues, .file = "change"};
    if (myo_reader_open(&reader, text, strlen(text))) {
        myo_record_read(&reader, yaml_document_get_root_node(&reader.document), kind, record);
        myo_reader_close(&reader);
        myo_session_resolve(session, reader.pending, issues);
    }
    if (reader.no_memory) {
        return MYO_ERR_NO_MEMORY;
    }
    return issues->count == before ? MYO_OK : MYO_ERR_FORMAT;
}

static bool is_textual(const myo_field *field)
{
    return field->kind == FIELD_TEXT || field->kind == FIELD_DATE || field->kind == FIELD_REF;
}

/* @p json: the value is JSON as the audit has it; otherwise texts are taken as typed. */
static myo_status put(myo_session *session, const myo_record_kind *kind, const myo_field *field,
                      const char *value, bool json, void *record, myo_issues *issues)
{
    blank_field(kind, field, record);
    if (value == NULL) {
        return MYO_OK;
    }
    if (strpbrk(value, "\n\r") != NULL) {
        return refuse(issues, field->name, "a value is one line");
    }
    myo_string text = {0};
    myo_string_add(&text, "%s: ", field->name);
    if (is_textual(field) && !json) {
        myo_string_add_json(&text, value);
    } else {
        myo_string_add(&text, "%s", value);
    }
    myo_status status =
        text.failed ? MYO_ERR_NO_MEMORY : read_over(session, text.data, kind, record, issues);
    myo_string_free(&text);
    return status;
}

static char *json_of(const myo_field *field, const void *record, myo_string *text)
{
    if (!myo_field_given(field, record)) {
        return NULL;
    }
    myo_field_json(text, field, record);
    return text->data;
}

static const char *provenance_name(myo_part part, void *element)
{
    static const char *const names[] = {NULL, "auto", "person", "edited"};
    const int *provenance = part < MYO_PART_COUNT ? myo_element_provenance(part, element) : NULL;
    return provenance != NULL ? names[*provenance] : NULL;
}

static void touch(myo_part part, void *element)
{
    int *provenance = part < MYO_PART_COUNT ? myo_element_provenance(part, element) : NULL;
    if (provenance != NULL && *provenance == MYO_FROM_AUTO) {
        *provenance = MYO_FROM_EDITED;
    }
}

/* Changes one field; with @p author it is a change of its own, else part of an undo. */
static myo_status change(myo_session *session, const char *target, const char *field_name,
                         const char *value, bool json, const myo_author *author, myo_issues *issues)
{
    const myo_record_kind *kind;
    myo_part part;
    void *element = target_of(session, target, &kind, &part);
    if (element == NULL) {
        return refuse(issues, target, "nothing in this session has that id");
    }
    const myo_field *field = myo_field_find(kind, field_name);
    bool is_id = strcmp(field_name, "id") == 0 && part != MYO_PART_COUNT;
    if (field == NULL || is_id || (field->flags & FIELD_HIDDEN)) {
        return refuse(issues, target, is_id ? "an id stays" : "it has no such field");
    }
    void *copy = myo_record_new(&session->arena, kind);
    if (copy == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    memcpy(copy, element, kind->size);
    myo_status status = put(session, kind, field, value, json, copy, issues);
    if (status == MYO_OK) {
        size_t count = issues->count;
        myo_record_complete(issues, kind, copy);
        if (part != MYO_PART_COUNT) {
            myo_session_check(session, part, copy, issues);
        }
        status = issues->count == count ? MYO_OK : MYO_ERR_FORMAT;
    }
    if (status == MYO_OK && author != NULL) {
        myo_string before = {0}, after = {0};
        const char *what[WHATS] = {target, field_name, json_of(field, element, &before),
                                   json_of(field, copy, &after), provenance_name(part, element)};
        bool noted = myo_session_note(session, author, MYO_DID_SET, what);
        status = noted && !before.failed && !after.failed ? MYO_OK : MYO_ERR_NO_MEMORY;
        myo_string_free(&before);
        myo_string_free(&after);
    }
    if (status == MYO_OK) {
        memcpy(element, copy, kind->size);
        touch(part, element);
        myo_session_bind(session);
    }
    return status;
}

myo_status myo_session_set(myo_session *session, const char *target, const char *field,
                           const char *value, const myo_author *author, myo_issues *issues)
{
    issues->count = 0;
    return change(session, target, field, value, false, author, issues);
}

myo_status myo_session_add(myo_session *session, myo_part part, const char *fields,
                           const myo_author *author, myo_issues *issues)
{
    issues->count = 0;
    if (part >= MYO_AUDIT) {
        return refuse(issues, "audit", "it is written by the changes themselves");
    }
    const myo_record_kind *kind = &myo_part_kinds[part];
    void *element = myo_record_new(&session->arena, kind);
    if (element == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    myo_status status = read_over(session, fields, kind, element, issues);
    if (status != MYO_OK) {
        return status;
    }
    myo_record *head = element;
    myo_part other;
    if (head->id == NULL && (head->id = myo_session_fresh_id(session, part)) == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    if (myo_session_element(session, head->id, &other) != NULL) {
        return refuse(issues, head->id, "this id is taken");
    }
    *myo_element_provenance(part, element) = MYO_FROM_PERSON;
    *myo_element_removed(part, element) = -1;
    myo_record_complete(issues, kind, element);
    myo_session_check(session, part, element, issues);
    if (issues->count > 0) {
        return MYO_ERR_FORMAT;
    }
    myo_string after = {0};
    myo_record_json(&after, kind, element, 0);
    const char *what[WHATS] = {head->id, NULL, NULL, after.data, NULL};
    bool fine = !after.failed && myo_session_note(session, author, MYO_DID_ADD, what) &&
                myo_bag_push(&session->arena, &session->part[part], element);
    myo_string_free(&after);
    myo_session_bind(session);
    return fine ? MYO_OK : MYO_ERR_NO_MEMORY;
}

static bool set_removed(myo_session *session, const char *target, bool removed)
{
    const myo_record_kind *kind;
    myo_part part;
    void *element = target_of(session, target, &kind, &part);
    if (element == NULL || part == MYO_PART_COUNT) {
        return false;
    }
    *myo_element_removed(part, element) = removed ? 1 : -1;
    touch(part, element);
    return true;
}

myo_status myo_session_remove(myo_session *session, const char *target, const myo_author *author,
                              myo_issues *issues)
{
    issues->count = 0;
    const myo_record_kind *kind;
    myo_part part;
    void *element = target_of(session, target, &kind, &part);
    if (element == NULL || part == MYO_PART_COUNT || *myo_element_removed(part, element) == 1) {
        return refuse(issues, target, "nothing in this session has that id");
    }
    const char *what[WHATS] = {target, NULL, NULL, NULL, provenance_name(part, element)};
    if (!myo_session_note(session, author, MYO_DID_REMOVE, what)) {
        return MYO_ERR_NO_MEMORY;
    }
    set_removed(session, target, true);
    myo_session_bind(session);
    return MYO_OK;
}

/* The last change that no later undo names. */
static const myo_audit *last_change(const myo_session *session)
{
    const myo_bag *audit = &session->part[MYO_AUDIT];
    for (size_t i = audit->count; i > 0; i--) {
        const myo_audit *entry = audit->item[i - 1];
        bool undone = entry->action != MYO_DID_ADD && entry->action != MYO_DID_SET &&
                      entry->action != MYO_DID_REMOVE;
        for (size_t k = i; k < audit->count && !undone; k++) {
            const myo_audit *later = audit->item[k];
            undone = later->action == MYO_DID_UNDO && strcmp(later->target, entry->record.id) == 0;
        }
        if (!undone) {
            return entry;
        }
    }
    return NULL;
}

static void restore_provenance(myo_session *session, const myo_audit *entry)
{
    const myo_record_kind *kind;
    myo_part part;
    void *element = target_of(session, entry->target, &kind, &part);
    if (element != NULL && part != MYO_PART_COUNT && entry->was != NULL) {
        *myo_element_provenance(part, element) = strcmp(entry->was, "auto") == 0 ? MYO_FROM_AUTO
                                                 : strcmp(entry->was, "person") == 0
                                                     ? MYO_FROM_PERSON
                                                     : MYO_FROM_EDITED;
    }
}

myo_status myo_session_undo(myo_session *session, const myo_author *author, myo_issues *issues)
{
    issues->count = 0;
    const myo_audit *entry = last_change(session);
    if (entry == NULL) {
        return refuse(issues, "undo", "there is no change left to take back");
    }
    myo_status status = MYO_OK;
    if (entry->action == MYO_DID_SET) {
        status = change(session, entry->target, entry->field, entry->before, true, NULL, issues);
    } else if (!set_removed(session, entry->target, entry->action == MYO_DID_ADD)) {
        status = refuse(issues, entry->target, "it is no longer there");
    }
    if (status != MYO_OK) {
        return status;
    }
    restore_provenance(session, entry);
    const char *what[WHATS] = {entry->record.id, entry->field, entry->after, entry->before, NULL};
    if (!myo_session_note(session, author, MYO_DID_UNDO, what)) {
        return MYO_ERR_NO_MEMORY;
    }
    myo_session_bind(session);
    return MYO_OK;
}
