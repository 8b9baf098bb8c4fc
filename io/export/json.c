/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small JSON writer on a stdio stream. */
#include "json.h"

#include "signal/utf8.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <string.h>

enum { NUMBER_SIZE = 400 }; /* the longest double in %f has 309 digits before the point */

/* Replaces the locale's decimal point, which may be several bytes long, by '.'. */
static int point_restore(char *text, int length)
{
    const char *point = localeconv()->decimal_point;
    size_t size = strlen(point);
    char *found = size == 1 && *point == '.' ? NULL : strstr(text, point);
    if (found == NULL) {
        return length;
    }
    *found = '.';
    memmove(found + 1, found + size, strlen(found + size) + 1);
    return length - (int)size + 1;
}

int myo_number_print(char *text, size_t size, double value, int digits)
{
    return point_restore(text, snprintf(text, size, "%.*g", digits, value));
}

int myo_fixed_print(char *text, size_t size, double value, int decimals)
{
    return point_restore(text, snprintf(text, size, "%.*f", decimals, value));
}

void myo_json_start(myo_json *json, FILE *out)
{
    memset(json, 0, sizeof *json);
    json->out = out;
}

static void text_write(FILE *out, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    fputc('"', out);
    while (*s != '\0') {
        size_t length = myo_utf8_length((const char *)s);
        if (length == 0) {
            fputs("\\ufffd", out);
            length = 1;
        } else if (*s == '"' || *s == '\\') {
            fprintf(out, "\\%c", *s);
        } else if (*s == '\n') {
            fputs("\\n", out);
        } else if (*s < 0x20 || *s == 0x7F) {
            fprintf(out, "\\u%04x", *s);
        } else {
            fwrite(s, 1, length, out);
        }
        s += length;
    }
    fputc('"', out);
}

static void item_begin(myo_json *json, const char *key)
{
    if (json->has_item[json->depth]) {
        fputc(',', json->out);
    }
    json->has_item[json->depth] = true;
    if (key != NULL) {
        text_write(json->out, key);
        fputc(':', json->out);
    }
}

static void level_open(myo_json *json, const char *key, bool is_array)
{
    assert(json->depth < MYO_JSON_MAX_DEPTH);
    item_begin(json, key);
    json->depth++;
    json->has_item[json->depth] = false;
    json->is_array[json->depth] = is_array;
    fputc(is_array ? '[' : '{', json->out);
}

void myo_json_object(myo_json *json, const char *key)
{
    level_open(json, key, false);
}

void myo_json_array(myo_json *json, const char *key)
{
    level_open(json, key, true);
}

void myo_json_end(myo_json *json)
{
    assert(json->depth > 0);
    fputc(json->is_array[json->depth] ? ']' : '}', json->out);
    json->depth--;
}

void myo_json_string(myo_json *json, const char *key, const char *text)
{
    item_begin(json, key);
    text_write(json->out, text);
}

void myo_json_integer(myo_json *json, const char *key, int64_t value)
{
    item_begin(json, key);
    fprintf(json->out, "%lld", (long long)value);
}

void myo_json_bool(myo_json *json, const char *key, bool value)
{
    item_begin(json, key);
    fputs(value ? "true" : "false", json->out);
}

void myo_json_number(myo_json *json, const char *key, double value, int digits)
{
    char text[NUMBER_SIZE] = "null";
    item_begin(json, key);
    if (isfinite(value)) {
        myo_number_print(text, sizeof text, value, digits);
    }
    fputs(text, json->out);
}

void myo_json_fixed(myo_json *json, const char *key, double value, int decimals)
{
    char text[NUMBER_SIZE] = "null";
    item_begin(json, key);
    if (isfinite(value)) {
        myo_fixed_print(text, sizeof text, value, decimals);
    }
    fputs(text, json->out);
}

void myo_json_line(myo_json *json)
{
    assert(json->depth == 0);
    fputc('\n', json->out);
    json->has_item[0] = false;
}
