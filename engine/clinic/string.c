/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing text and complaints: the one place of the engine that formats, into memory only. */
#include "clinic/record.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(myo_string *text, size_t more)
{
    if (text->length + more + 1 <= text->room) {
        return true;
    }
    size_t room = 2 * (text->length + more + 1);
    char *data = realloc(text->data, room);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->room = room;
    return true;
}

void myo_string_add(myo_string *text, const char *format, ...)
{
    if (text->failed) {
        return;
    }
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    if (need >= 0 && make_room(text, (size_t)need)) {
        vsnprintf(text->data + text->length, (size_t)need + 1, format, again);
        text->length += (size_t)need;
    }
    va_end(again);
    va_end(args);
}

void myo_string_add_json(myo_string *text, const char *string)
{
    if (string == NULL) {
        myo_string_add(text, "null");
        return;
    }
    myo_string_add(text, "\"");
    for (const char *c = string; *c != '\0'; c++) {
        size_t plain =
            strcspn(c, "\"\\\x7f\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
                       "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f");
        myo_string_add(text, "%.*s", (int)plain, c);
        c += plain;
        if (*c == '\0') {
            break;
        }
        if (*c == '"' || *c == '\\') {
            myo_string_add(text, "\\%c", *c);
        } else {
            myo_string_add(text, "\\u%04x", (unsigned)(unsigned char)*c);
        }
    }
    myo_string_add(text, "\"");
}

void myo_string_add_number(myo_string *text, double value)
{
    char digits[32];
    if (!isfinite(value)) {
        myo_string_add(text, "null");
        return;
    }
    snprintf(digits, sizeof digits, "%.10g", value);
    /* Some locales write a comma; files do not depend on the locale. */
    char *comma = strchr(digits, ',');
    if (comma != NULL) {
        *comma = '.';
    }
    myo_string_add(text, "%s", digits);
}

void myo_string_free(myo_string *text)
{
    free(text->data);
    *text = (myo_string){0};
}

void myo_issue(myo_issues *issues, const myo_place *place, const char *format, ...)
{
    if (issues == NULL) {
        return;
    }
    size_t index = issues->count++;
    if (index >= MYO_ISSUES_MAX) {
        return;
    }
    char *text = issues->text[index];
    size_t room = sizeof issues->text[index];
    int used = 0;
    if (place != NULL && place->line > 0) {
        used = snprintf(text, room, "%s:%u:%u: ", place->file, place->line, place->column);
    } else if (place != NULL && place->file != NULL) {
        used = snprintf(text, room, "%s: ", place->file);
    }
    if (used < 0 || (size_t)used >= room) {
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, room - (size_t)used, format, args);
    va_end(args);
}
