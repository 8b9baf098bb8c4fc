/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mappings into records, by the table of their fields. */
#include "clinic/record.h"

#include <math.h>
#include <string.h>

const myo_field *myo_field_find(const myo_record_kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        if (strcmp(kind->fields[i].name, name) == 0) {
            return &kind->fields[i];
        }
    }
    return NULL;
}

int myo_name_value(const char *const *names, const char *name)
{
    for (int i = 1; names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return 0;
}

void myo_record_blank(const myo_record_kind *kind, void *record)
{
    memset(record, 0, kind->size);
    for (size_t i = 0; i < kind->field_count; i++) {
        const myo_field *field = &kind->fields[i];
        void *at = (char *)record + field->offset;
        if (field->kind == FIELD_NUMBER) {
            double none = (double)NAN;
            memcpy(at, &none, sizeof none);
        } else if (field->kind == FIELD_FLAG) {
            int none = -1;
            memcpy(at, &none, sizeof none);
        }
    }
}

void *myo_record_new(myo_arena *arena, const myo_record_kind *kind)
{
    void *record = myo_arena_alloc(arena, kind->size);
    uint32_t *marks = myo_arena_alloc(arena, 2 * sizeof(uint32_t) * kind->field_count);
    if (record == NULL || marks == NULL) {
        return NULL;
    }
    myo_record_blank(kind, record);
    ((myo_record *)record)->marks = marks;
    return record;
}

static char *keep(myo_reader *reader, const char *text)
{
    char *copy = myo_arena_copy(reader->arena, text, strlen(text));
    reader->no_memory |= copy == NULL;
    return copy;
}

static void want(myo_reader *reader, const yaml_node_t *node, const char *name, const char *what)
{
    myo_place place = myo_reader_place(reader, node);
    const char *text = myo_reader_scalar(node);
    if (text != NULL) {
        myo_issue(reader->issues, &place, "%s: '%.40s' is not %s", name, text, what);
    } else {
        myo_issue(reader->issues, &place, "%s: %s is wanted here", name, what);
    }
}

/* Says which names there are, as many as there is room for. */
static void want_name(myo_reader *reader, const yaml_node_t *node, const myo_field *field)
{
    char what[180] = "one of ";
    size_t used = strlen(what);
    for (const char *const *name = field->names + 1; *name != NULL; name++) {
        const size_t length = strlen(*name);
        const bool fits = used + length + sizeof ", ..." < sizeof what;
        memcpy(what + used, fits ? *name : "...", fits ? length + 1 : sizeof "...");
        used += fits ? length : 3;
        if (!fits) {
            break;
        }
        memcpy(what + used, ", ", name[1] != NULL ? sizeof ", " : 0);
        used += name[1] != NULL ? 2 : 0;
    }
    want(reader, node, field->name, what);
}

static void remember_reference(myo_reader *reader, const yaml_node_t *node, int target,
                               const char *id)
{
    myo_pending *pending = myo_arena_alloc(reader->arena, sizeof *pending);
    if (pending == NULL) {
        reader->no_memory = true;
        return;
    }
    *pending = (myo_pending){reader->pending, target, id, myo_reader_place(reader, node)};
    reader->pending = pending;
}

/* A run of digits onto @p value; returns how many there were. */
static int digits(const char **at, double *value)
{
    int count = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++, count++) {
        *value = 10.0 * *value + (double)(**at - '0');
    }
    return count;
}

/* Decimal, with a point in every locale, which strtod does not promise. Up to 15 digits and 22
 * places one division or multiplication is exact to the last bit (Clinger 1990, fast path); beyond
 * that the last bit may be off. "nan", "inf" and hexadecimal are no numbers here. */
static bool number_of(const char *text, double *value)
{
    const char *at = text + (*text == '-' || *text == '+');
    double mantissa = 0.0, power = 0.0;
    int whole = digits(&at, &mantissa), places = 0;
    if (*at == '.') {
        at++;
        places = digits(&at, &mantissa);
    }
    if (whole + places == 0) {
        return false;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        bool negative = *at == '-';
        at += *at == '-' || *at == '+';
        if (digits(&at, &power) == 0) {
            return false;
        }
        power = negative ? -power : power;
    }
    power -= (double)places;
    mantissa = power < 0.0 ? mantissa / pow(10.0, -power) : mantissa * pow(10.0, power);
    *value = *text == '-' ? -mantissa : mantissa;
    return *at == '\0' && isfinite(*value);
}

static int flag_of(const char *text)
{
    if (strcmp(text, "true") == 0 || strcmp(text, "yes") == 0) {
        return 1;
    }
    return strcmp(text, "false") == 0 || strcmp(text, "no") == 0 ? 0 : -1;
}

/* Four digits, two, two, each in its range; whether the month has the day is the caller's worry. */
bool myo_is_date(const char *text)
{
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') {
        return false;
    }
    for (int i = 0; i < 10; i++) {
        if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) {
            return false;
        }
    }
    int month = 10 * (text[5] - '0') + text[6] - '0';
    int day = 10 * (text[8] - '0') + text[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static void read_scalar(myo_reader *reader, yaml_node_t *node, const myo_field *field, void *at)
{
    const char *text = myo_reader_scalar(node);
    if (text == NULL) {
        want(reader, node, field->name, "a single value");
        return;
    }
    double number = 0.0;
    int value = 0;
    switch (field->kind) {
    case FIELD_NUMBER:
        if (!number_of(text, &number)) {
            want(reader, node, field->name, "a number");
            return;
        }
        memcpy(at, &number, sizeof number);
        return;
    case FIELD_FLAG:
        value = flag_of(text);
        if (value < 0) {
            want(reader, node, field->name, "true or false");
            return;
        }
        memcpy(at, &value, sizeof value);
        return;
    case FIELD_ENUM:
        value = myo_name_value(field->names, text);
        if (value == 0) {
            want_name(reader, node, field);
            return;
        }
        memcpy(at, &value, sizeof value);
        return;
    case FIELD_DATE:
        if (!myo_is_date(text)) {
            want(reader, node, field->name, "a date like 2026-01-31");
            return;
        }
        break;
    default:
        break;
    }
    const char *copy = keep(reader, text);
    if (field->kind == FIELD_REF && copy != NULL) {
        remember_reference(reader, node, field->target, copy);
    }
    memcpy(at, &copy, sizeof copy);
}

static size_t items_of(const yaml_node_t *node)
{
    return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
}

static void read_texts(myo_reader *reader, yaml_node_t *node, const myo_field *field, void *at)
{
    size_t count = items_of(node);
    const char **item = myo_arena_alloc(reader->arena, (count + 1) * sizeof *item);
    if (item == NULL) {
        reader->no_memory = true;
        return;
    }
    myo_ids ids = {item, 0};
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *entry = myo_reader_node(reader, node->data.sequence.items.start[i]);
        const char *text = myo_reader_scalar(entry);
        if (text == NULL) {
            want(reader, entry, field->name, "a single value");
            continue;
        }
        if (myo_ids_contain(&ids, text)) {
            myo_place place = myo_reader_place(reader, entry);
            myo_issue(reader->issues, &place, "%s: '%.40s' stands here twice", field->name, text);
            continue;
        }
        const char *copy = keep(reader, text);
        if (copy == NULL) {
            return;
        }
        if (field->kind == FIELD_REFS) {
            remember_reference(reader, entry, field->target, copy);
        }
        item[ids.count++] = copy;
    }
    memcpy(at, &ids, sizeof ids);
}

static void read_numbers(myo_reader *reader, yaml_node_t *node, const myo_field *field, void *at)
{
    size_t count = items_of(node);
    double *item = myo_arena_alloc(reader->arena, (count + 1) * sizeof *item);
    if (item == NULL) {
        reader->no_memory = true;
        return;
    }
    myo_numbers numbers = {item, 0};
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *entry = myo_reader_node(reader, node->data.sequence.items.start[i]);
        const char *text = myo_reader_scalar(entry);
        if (text == NULL || !number_of(text, &item[numbers.count])) {
            want(reader, entry, field->name, "a number");
            continue;
        }
        numbers.count++;
    }
    memcpy(at, &numbers, sizeof numbers);
}

static void read_mask(myo_reader *reader, yaml_node_t *node, const myo_field *field, void *at)
{
    uint32_t mask = 0;
    for (size_t i = 0; i < items_of(node); i++) {
        yaml_node_t *entry = myo_reader_node(reader, node->data.sequence.items.start[i]);
        const char *text = myo_reader_scalar(entry);
        int value = text != NULL ? myo_name_value(field->names, text) : 0;
        if (value == 0) {
            want_name(reader, entry, field);
            continue;
        }
        mask |= 1u << value;
    }
    memcpy(at, &mask, sizeof mask);
}

/* Nested at most once (outcomes of a rule, steps of a protocol): the table says so, not the text. */
static void read_records(myo_reader *reader, yaml_node_t *node, const myo_field *field, void *at)
{
    size_t count = items_of(node);
    const myo_record_kind *sub = field->sub;
    char *item = myo_arena_alloc(reader->arena, (count + 1) * sub->size);
    if (item == NULL) {
        reader->no_memory = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        void *record = myo_record_new(reader->arena, sub);
        if (record == NULL) {
            reader->no_memory = true;
            return;
        }
        myo_record_read(reader, myo_reader_node(reader, node->data.sequence.items.start[i]), sub,
                        record);
        memcpy(item + i * sub->size, record, sub->size);
    }
    myo_list list = {item, count};
    memcpy(at, &list, sizeof list);
}

static void read_field(myo_reader *reader, yaml_node_t *node, const myo_field *field, void *record)
{
    void *at = (char *)record + field->offset;
    if (field->kind == FIELD_TEXTS || field->kind == FIELD_REFS || field->kind == FIELD_NUMBERS ||
        field->kind == FIELD_MASK || field->kind == FIELD_LIST) {
        if (node->type != YAML_SEQUENCE_NODE) {
            want(reader, node, field->name, "a list");
            return;
        }
    }
    switch (field->kind) {
    case FIELD_TEXTS:
    case FIELD_REFS:
        read_texts(reader, node, field, at);
        break;
    case FIELD_NUMBERS:
        read_numbers(reader, node, field, at);
        break;
    case FIELD_MASK:
        read_mask(reader, node, field, at);
        break;
    case FIELD_LIST:
        read_records(reader, node, field, at);
        break;
    default:
        read_scalar(reader, node, field, at);
        break;
    }
}

/* JSON writers put null where nothing is known. */
static bool is_null(const yaml_node_t *node)
{
    const char *text = myo_reader_scalar(node);
    return text != NULL && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

void myo_record_read(myo_reader *reader, yaml_node_t *node, const myo_record_kind *kind,
                     void *record)
{
    myo_record *head = record;
    head->place = myo_reader_place(reader, node);
    if (node->type != YAML_MAPPING_NODE) {
        myo_issue(reader->issues, &head->place, "a %s with its keys is wanted here", kind->name);
        return;
    }
    /* The marks are ours: records are made by myo_record_new. */
    uint32_t *marks = (uint32_t *)(uintptr_t)head->marks;
    bool seen[MYO_FIELDS_MAX] = {false};
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        yaml_node_t *key = myo_reader_node(reader, pair->key);
        yaml_node_t *value = myo_reader_node(reader, pair->value);
        const char *name = myo_reader_scalar(key);
        const myo_field *field = name != NULL ? myo_field_find(kind, name) : NULL;
        myo_place place = myo_reader_place(reader, key);
        if (field == NULL) {
            if (!reader->lenient) {
                myo_issue(reader->issues, &place, "unknown key '%.40s' of a %s",
                          name != NULL ? name : "?", kind->name);
            }
            continue;
        }
        size_t index = (size_t)(field - kind->fields);
        if (seen[index]) {
            myo_issue(reader->issues, &place, "key '%s' stands here twice", name);
            continue;
        }
        seen[index] = true;
        if (is_null(value)) {
            continue;
        }
        marks[2 * index] = place.line;
        marks[2 * index + 1] = place.column;
        read_field(reader, value, field, record);
    }
}

bool myo_field_given(const myo_field *field, const void *record)
{
    const void *at = (const char *)record + field->offset;
    const char *text;
    double number;
    int value;
    uint32_t mask;
    myo_list list;
    switch (field->kind) {
    case FIELD_NUMBER:
        memcpy(&number, at, sizeof number);
        return !isnan(number);
    case FIELD_FLAG:
        memcpy(&value, at, sizeof value);
        return value >= 0;
    case FIELD_ENUM:
        memcpy(&value, at, sizeof value);
        return value != 0;
    case FIELD_MASK:
        memcpy(&mask, at, sizeof mask);
        return mask != 0;
    case FIELD_TEXTS:
    case FIELD_REFS:
    case FIELD_NUMBERS:
    case FIELD_LIST:
        memcpy(&list, at, sizeof list);
        return list.item != NULL;
    default:
        memcpy(&text, at, sizeof text);
        return text != NULL;
    }
}

void myo_record_complete(myo_issues *issues, const myo_record_kind *kind, const void *record)
{
    const myo_record *head = record;
    for (size_t i = 0; i < kind->field_count; i++) {
        const myo_field *field = &kind->fields[i];
        if ((field->flags & FIELD_REQUIRED) && !myo_field_given(field, record)) {
            myo_issue(issues, &head->place, "%s %s lacks '%s'", kind->name,
                      head->id != NULL ? head->id : "", field->name);
        }
        if (field->kind == FIELD_LIST) {
            myo_list list;
            memcpy(&list, (const char *)record + field->offset, sizeof list);
            for (size_t k = 0; k < list.count; k++) {
                myo_record_complete(issues, field->sub, (char *)list.item + k * field->sub->size);
            }
        }
    }
}

myo_place myo_field_place(const myo_record_kind *kind, const void *record, const char *name)
{
    const myo_record *head = record;
    const myo_field *field = myo_field_find(kind, name);
    myo_place place = head->place;
    if (field != NULL && head->marks != NULL && head->marks[2 * (field - kind->fields)] > 0) {
        place.line = head->marks[2 * (field - kind->fields)];
        place.column = head->marks[2 * (field - kind->fields) + 1];
    }
    return place;
}
