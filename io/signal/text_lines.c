/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes a text file apart into lines and cells. */
#include "text_lines.h"

#include "decimal.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static void fill(text_lines *lines)
{
    memmove(lines->buffer, lines->buffer + lines->at, lines->used - lines->at);
    lines->used -= lines->at;
    lines->at = 0;
    while (!lines->at_end && lines->used < TEXT_LINE_BYTES) {
        ssize_t size = pread(lines->file, lines->buffer + lines->used,
                             TEXT_LINE_BYTES - lines->used, (off_t)lines->offset);
        lines->failed = size < 0;
        lines->at_end = size <= 0;
        lines->used += size > 0 ? (size_t)size : 0;
        lines->offset += size > 0 ? size : 0;
    }
}

void text_lines_start(text_lines *lines, int file)
{
    *lines = (text_lines){.file = file};
    fill(lines);
    if (lines->used >= 3 && memcmp(lines->buffer, "\xEF\xBB\xBF", 3) == 0) {
        lines->at = 3;
    }
}

/* Where the line at lines->at ends; lines->used when it does not end in the buffer. */
static size_t line_end(const text_lines *lines)
{
    size_t end = lines->at;
    while (end < lines->used && lines->buffer[end] != '\n' && lines->buffer[end] != '\r') {
        end++;
    }
    return end;
}

char *text_lines_next(text_lines *lines)
{
    if (lines->used - lines->at < 1) {
        fill(lines);
    }
    if (lines->after_return && lines->at < lines->used && lines->buffer[lines->at] == '\n') {
        lines->at++;
    }
    lines->after_return = false;
    size_t end = line_end(lines);
    if (end == lines->used && !lines->at_end) {
        fill(lines);
        end = line_end(lines);
    }
    if (lines->at == lines->used) {
        return NULL;
    }
    char *line = lines->buffer + lines->at;
    bool is_ended = end < lines->used;
    lines->after_return = is_ended && lines->buffer[end] == '\r';
    lines->buffer[end] = '\0';
    lines->at = end + is_ended;
    lines->number++;
    return line;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool text_cell_next(const char **at, const text_style *style, const char **cell, size_t *size)
{
    const char *from = *at;
    bool blanks = style->delimiter == ' ';
    while (*from == ' ' || (blanks && is_blank(*from))) {
        from++;
    }
    if (*from == '\0') {
        return false;
    }
    const char *end = from;
    while (*end != '\0' && (blanks ? !is_blank(*end) : *end != style->delimiter)) {
        end++;
    }
    *at = *end == '\0' ? end : end + 1;
    while (end > from && (is_blank(end[-1]) || end[-1] == '"')) {
        end--;
    }
    while (from < end && *from == '"') {
        from++;
    }
    *cell = from;
    *size = (size_t)(end - from);
    return true;
}

int text_row_read(const char *line, const text_style *style, double *numbers)
{
    const char *cell = NULL;
    size_t size = 0;
    int count = 0;
    while (text_cell_next(&line, style, &cell, &size)) {
        if (count == TEXT_MAX_COLUMNS) {
            return -1;
        }
        if (size == 0 || (size == 3 && strncasecmp(cell, "nan", 3) == 0)) {
            numbers[count++] = NAN;
        } else if (!myo_decimal_read(cell, size, style->comma, &numbers[count++])) {
            return -1;
        }
    }
    return count;
}
