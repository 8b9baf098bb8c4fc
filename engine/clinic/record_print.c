/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as JSON and as lines for people, by the table of their fields. */
#include "clinic/record.h"

#include <string.h>

static void add_ids(myo_string *text, const void *at, bool json)
{
    myo_ids ids;
    memcpy(&ids, at, sizeof ids);
    for (size_t i = 0; i < ids.count; i++) {
        myo_string_add(text, "%s", i == 0 ? "" : json ? "," : " ");
        if (json) {
            myo_string_add_json(text, ids.item[i]);
        } else {
            myo_string_add(text, "%s", ids.item[i]);
        }
    }
}

static void add_numbers(myo_string *text, const void *at, bool json)
{
    myo_numbers numbers;
    memcpy(&numbers, at, sizeof numbers);
    for (size_t i = 0; i < numbers.count; i++) {
        myo_string_add(text, "%s", i == 0 ? "" : json ? "," : " ");
        myo_string_add_number(text, numbers.item[i]);
    }
}

static void add_mask(myo_string *text, const myo_field *field, const void *at, bool json)
{
    uint32_t mask;
    memcpy(&mask, at, sizeof mask);
    bool first = true;
    for (int i = 1; field->names[i] != NULL; i++) {
        if (mask & (1u << i)) {
            myo_string_add(text, json ? "%s\"%s\"" : "%s%s",
                           first  ? ""
                           : json ? ","
                                  : " ",
                           field->names[i]);
            first = false;
        }
    }
}

static void add_records(myo_string *text, const myo_field *field, const void *at)
{
    myo_list list;
    memcpy(&list, at, sizeof list);
    for (size_t i = 0; i < list.count; i++) {
        myo_string_add(text, "%s", i == 0 ? "" : ",");
        myo_record_json(text, field->sub, (char *)list.item + i * field->sub->size, 0);
    }
}

static void add_scalar(myo_string *text, const myo_field *field, const void *at, bool json)
{
    const char *string;
    double number;
    int value;
    switch (field->kind) {
    case FIELD_NUMBER:
        memcpy(&number, at, sizeof number);
        myo_string_add_number(text, number);
        return;
    case FIELD_FLAG:
        memcpy(&value, at, sizeof value);
        myo_string_add(text, "%s", value < 0 ? "null" : value ? "true" : "false");
        return;
    case FIELD_ENUM:
        memcpy(&value, at, sizeof value);
        string = value == 0 ? NULL : field->names[value];
        break;
    default:
        memcpy(&string, at, sizeof string);
        break;
    }
    if (json) {
        myo_string_add_json(text, string);
    } else {
        myo_string_add(text, "%s", string != NULL ? string : "");
    }
}

static void add_value(myo_string *text, const myo_field *field, const void *record, bool json)
{
    const void *at = (const char *)record + field->offset;
    bool list = field->kind == FIELD_TEXTS || field->kind == FIELD_REFS ||
                field->kind == FIELD_NUMBERS || field->kind == FIELD_MASK ||
                field->kind == FIELD_LIST;
    if (!list) {
        add_scalar(text, field, at, json);
        return;
    }
    myo_string_add(text, "%s", json ? "[" : "");
    if (field->kind == FIELD_NUMBERS) {
        add_numbers(text, at, json);
    } else if (field->kind == FIELD_MASK) {
        add_mask(text, field, at, json);
    } else if (field->kind == FIELD_LIST) {
        add_records(text, field, at);
    } else {
        add_ids(text, at, json);
    }
    myo_string_add(text, "%s", json ? "]" : "");
}

void myo_field_json(myo_string *text, const myo_field *field, const void *record)
{
    add_value(text, field, record, true);
}

void myo_record_json(myo_string *text, const myo_record_kind *kind, const void *record,
                     unsigned needed)
{
    bool first = true;
    myo_string_add(text, "{");
    for (size_t i = 0; i < kind->field_count; i++) {
        const myo_field *field = &kind->fields[i];
        if ((field->flags & needed) != needed || !myo_field_given(field, record)) {
            continue;
        }
        myo_string_add(text, "%s\"%s\": ", first ? "" : ", ", field->name);
        add_value(text, field, record, true);
        first = false;
    }
    myo_string_add(text, "}");
}

void myo_record_print(myo_string *text, const myo_record_kind *kind, const void *record,
                      unsigned needed)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const myo_field *field = &kind->fields[i];
        if ((field->flags & needed) != needed || !myo_field_given(field, record) ||
            strcmp(field->name, "id") == 0) {
            continue;
        }
        if (field->kind == FIELD_LIST) {
            myo_list list;
            memcpy(&list, (const char *)record + field->offset, sizeof list);
            for (size_t k = 0; k < list.count; k++) {
                myo_string_add(text, "  %-17s ", k == 0 ? field->name : "");
                myo_record_json(text, field->sub, (char *)list.item + k * field->sub->size, 0);
                myo_string_add(text, "\n");
            }
            continue;
        }
        myo_string_add(text, "  %-17s ", field->name);
        add_value(text, field, record, false);
        myo_string_add(text, "\n");
    }
}
