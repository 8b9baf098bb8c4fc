/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Truth and event lists from JSON, parsed by cJSON. */
#include "export/label_read.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRUTH_SCHEMA      "myotwitch.truth/1"
#define EVENT_SCHEMA      "myotwitch.event/1"
#define EVENT_SCHEMA_STEM "myotwitch.event/"

/** A file in memory, and where in it we are for messages. */
typedef struct {
    char *bytes;
    size_t size;
    size_t line; /**< from 1 */
    myo_why *why;
} document;

static myo_status refuse(const document *d, myo_status status, const char *format, ...)
{
    int used = d->line > 0 ? snprintf(d->why->text, sizeof d->why->text, "line %zu: ", d->line) : 0;
    va_list arguments;
    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): started in the line above */
    vsnprintf(d->why->text + used, sizeof d->why->text - (size_t)used, format, arguments);
    va_end(arguments);
    return status;
}

static myo_status read_stream(FILE *in, document *d)
{
    size_t room = 0;
    for (;;) {
        if (d->size == room) {
            room = room == 0 ? 65536 : 2 * room;
            char *bytes = realloc(d->bytes, room);
            if (bytes == NULL) {
                return refuse(d, MYO_ERR_NO_MEMORY, "out of memory");
            }
            d->bytes = bytes;
        }
        size_t got = fread(d->bytes + d->size, 1, room - d->size, in);
        d->size += got;
        if (d->size > MYO_LABEL_MAX_BYTES) {
            return refuse(d, MYO_ERR_UNSUPPORTED, "larger than %zu bytes", MYO_LABEL_MAX_BYTES);
        }
        if (got == 0) {
            return ferror(in) ? refuse(d, MYO_ERR_READ, "%s", strerror(errno)) : MYO_OK;
        }
    }
}

static myo_status read_file(const char *path, document *d)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        return refuse(d, MYO_ERR_OPEN, "%s", strerror(errno));
    }
    myo_status status = read_stream(in, d);
    fclose(in);
    return status;
}

/** Parses @p size bytes that begin on d->line; NULL and a message if they are not one JSON value. */
static cJSON *parse(document *d, const char *text, size_t size)
{
    const char *end = text;
    cJSON *root = cJSON_ParseWithLengthOpts(text, size, &end, false);
    const char *rest = end;
    while (root != NULL && rest < text + size && strchr(" \t\r\n", *rest) != NULL && *rest != 0) {
        rest++;
    }
    if (root != NULL && rest == text + size) {
        return root;
    }
    size_t column = 1;
    for (const char *c = text; c < rest; c++) {
        column = *c == '\n' ? 1 : column + 1;
        d->line += *c == '\n';
    }
    refuse(d, MYO_ERR_FORMAT, "column %zu: not JSON", column);
    cJSON_Delete(root);
    return NULL;
}

static const char *get_text(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text != NULL ? text : "";
}

/** NAN where the key is absent or not a finite number. */
static double get_number(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) && isfinite(item->valuedouble) ? item->valuedouble : (double)NAN;
}

/** MYO_ALL_CHANNELS where the key is absent or no number of a channel. */
static uint32_t get_channel(const cJSON *object)
{
    double number = get_number(object, "channel");
    return number >= 0.0 && number < 1e6 ? (uint32_t)number : MYO_ALL_CHANNELS;
}

/** Appends one label. @p place says which event it is in a document of one line, or is "". */
static myo_status add_label(document *d, const cJSON *object, const char *place,
                            myo_label_list *list)
{
    myo_label label = {
        .type = myo_event_type_from_name(get_text(object, "type")),
        .onset_s = get_number(object, "onset_s"),
        .offset_s = get_number(object, "offset_s"),
        .reported_s = get_number(object, "reported_s"),
        .confirmed_s = get_number(object, "confirmed_s"),
        .snr_db = get_number(object, "snr_db"),
        .channel = get_channel(object),
    };
    if (label.type == MYO_EVENT_TYPE_COUNT) {
        return refuse(d, MYO_ERR_FORMAT, "%sno known \"type\": '%.40s'", place,
                      get_text(object, "type"));
    }
    if (isnan(label.onset_s) || isnan(label.offset_s) || label.offset_s < label.onset_s) {
        return refuse(d, MYO_ERR_FORMAT, "%s\"onset_s\" and \"offset_s\" are not an interval",
                      place);
    }
    if ((list->count & (list->count - 1)) == 0) { /* full at each power of two */
        size_t room = list->count == 0 ? 1 : 2 * list->count;
        myo_label *labels = realloc(list->labels, room * sizeof *labels);
        if (labels == NULL) {
            return refuse(d, MYO_ERR_NO_MEMORY, "out of memory");
        }
        list->labels = labels;
    }
    list->labels[list->count++] = label;
    return MYO_OK;
}

static myo_status take_truth(document *d, const cJSON *root, myo_label_list *list)
{
    d->line = 0; /* the whole file is one value: a line says nothing */
    const cJSON *events = cJSON_GetObjectItemCaseSensitive(root, "events");
    list->duration_s = get_number(root, "duration_s");
    if (strcmp(get_text(root, "schema"), TRUTH_SCHEMA) != 0) {
        return refuse(d, MYO_ERR_UNSUPPORTED, "\"schema\" is '%.40s', not '%s'",
                      get_text(root, "schema"), TRUTH_SCHEMA);
    }
    if (!(list->duration_s >= 0.0)) {
        return refuse(d, MYO_ERR_FORMAT, "\"duration_s\" is missing or no length");
    }
    if (!cJSON_IsArray(events)) {
        return refuse(d, MYO_ERR_FORMAT, "no list of \"events\"");
    }
    const cJSON *event = NULL;
    cJSON_ArrayForEach(event, events)
    {
        char place[40];
        snprintf(place, sizeof place, "event %zu: ", list->count + 1);
        myo_status status = add_label(d, event, place, list);
        if (status != MYO_OK) {
            return status;
        }
    }
    return MYO_OK;
}

static myo_status read_truth(document *d, myo_label_list *list)
{
    d->line = 1;
    cJSON *root = parse(d, d->bytes, d->size);
    if (root == NULL) {
        return MYO_ERR_FORMAT;
    }
    myo_status status = take_truth(d, root, list);
    cJSON_Delete(root);
    return status;
}

static myo_status take_event_line(document *d, const char *text, size_t size, myo_label_list *list)
{
    cJSON *root = parse(d, text, size);
    if (root == NULL) {
        return MYO_ERR_FORMAT;
    }
    const char *schema = get_text(root, "schema");
    myo_status status = MYO_OK;
    const char *stage = get_text(root, "stage"); /* only in lists of every stage of an event */
    bool is_final = stage[0] == '\0' || strcmp(stage, "confirmed") == 0;
    if (strcmp(schema, EVENT_SCHEMA) == 0 && !is_final) {
        status = MYO_OK;
    } else if (strcmp(schema, EVENT_SCHEMA) == 0) {
        status = add_label(d, root, "", list);
    } else if (strcmp(schema, TRUTH_SCHEMA) == 0) {
        status = refuse(d, MYO_ERR_UNSUPPORTED, "'%s' are labels, not event lines", TRUTH_SCHEMA);
    } else if (schema[0] == '\0') {
        status = refuse(d, MYO_ERR_FORMAT, "no \"schema\"");
    } else if (strncmp(schema, EVENT_SCHEMA_STEM, strlen(EVENT_SCHEMA_STEM)) == 0) {
        status =
            refuse(d, MYO_ERR_UNSUPPORTED, "\"schema\" is '%.40s', not '%s'", schema, EVENT_SCHEMA);
    }
    cJSON_Delete(root);
    return status;
}

static myo_status read_events(document *d, myo_label_list *list)
{
    list->duration_s = (double)NAN;
    myo_status status = MYO_OK;
    size_t next = 0;
    for (size_t begin = 0; begin < d->size && status == MYO_OK; begin = next) {
        const char *newline = memchr(d->bytes + begin, '\n', d->size - begin);
        size_t end = newline != NULL ? (size_t)(newline - d->bytes) : d->size;
        next = end + 1;
        d->line++;
        if (end > begin) {
            status = take_event_line(d, d->bytes + begin, end - begin, list);
        }
    }
    return status;
}

static int compare_onsets(const void *a, const void *b)
{
    const myo_label *x = a, *y = b;
    return (x->onset_s > y->onset_s) - (x->onset_s < y->onset_s);
}

static myo_status read_list(const char *path, myo_status (*take)(document *, myo_label_list *),
                            myo_label_list *list, myo_why *why)
{
    document d = {.why = why};
    *list = (myo_label_list){.duration_s = (double)NAN};
    myo_status status = read_file(path, &d);
    if (status == MYO_OK) {
        status = take(&d, list);
    }
    free(d.bytes);
    if (status != MYO_OK) {
        myo_label_list_free(list);
    } else if (list->count > 0) {
        qsort(list->labels, list->count, sizeof *list->labels, compare_onsets);
    }
    return status;
}

myo_status myo_label_read_truth(const char *path, myo_label_list *list, myo_why *why)
{
    return read_list(path, read_truth, list, why);
}

myo_status myo_label_read_events(const char *path, myo_label_list *list, myo_why *why)
{
    return read_list(path, read_events, list, why);
}

void myo_label_list_free(myo_label_list *list)
{
    free(list->labels);
    *list = (myo_label_list){.duration_s = (double)NAN};
}
