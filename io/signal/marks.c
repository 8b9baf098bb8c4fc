/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks: collected, sorted, and read from the text file beside a recording. */
#include "marks.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A mark later than this many seconds (30 years) is no time of a recording. */
static const double latest_s = 1e9;

myo_status myo_marks_add(myo_marks *marks, int64_t frame, const char *label)
{
    if (marks->count == MYO_MAX_MARKS) {
        return MYO_ERR_UNSUPPORTED;
    }
    if (marks->count == marks->capacity) {
        size_t capacity = marks->capacity == 0 ? 16 : 2 * marks->capacity;
        myo_mark *items = realloc(marks->items, capacity * sizeof *items);
        if (items == NULL) {
            return MYO_ERR_NO_MEMORY;
        }
        marks->items = items;
        marks->capacity = capacity;
    }
    myo_mark *mark = &marks->items[marks->count++];
    mark->frame = frame;
    mark->frames = 0;
    (void)snprintf(mark->label, sizeof mark->label, "%s", label);
    for (char *c = mark->label; *c != '\0'; c++) {
        *c = (unsigned char)*c < 0x20 || *c == 0x7F ? ' ' : *c;
    }
    return MYO_OK;
}

static int by_frame(const void *left, const void *right)
{
    const myo_mark *a = left, *b = right;
    return (a->frame > b->frame) - (a->frame < b->frame);
}

/* glibc's qsort is a stable merge sort as long as its buffer can be had; equal marks keep order. */
void myo_marks_sort(myo_marks *marks)
{
    if (marks->count > 1) {
        qsort(marks->items, marks->count, sizeof *marks->items, by_frame);
    }
}

static bool label_repeats(const char *a, const char *b)
{
    while (*a != '\0' && (*a == *b || (*a == ';' && *b == ',') || (*a == ',' && *b == ';'))) {
        a++;
        b++;
    }
    return *a == *b;
}

void myo_marks_unique(myo_marks *marks)
{
    size_t kept = 0, same = 0; /* first of those at this frame */
    myo_marks_sort(marks);
    for (size_t m = 0; m < marks->count; m++) {
        const myo_mark *mark = &marks->items[m];
        bool repeats = false;
        same = kept > 0 && marks->items[kept - 1].frame == mark->frame ? same : kept;
        for (size_t k = same; k < kept; k++) {
            repeats = repeats || label_repeats(marks->items[k].label, mark->label);
        }
        if (!repeats) {
            marks->items[kept++] = *mark;
        }
    }
    marks->count = kept;
}

void myo_marks_free(myo_marks *marks)
{
    free(marks->items);
    *marks = (myo_marks){0};
}

/* "id,<TAB>seconds" */
static bool line_parse(char *line, const char **label, double *seconds)
{
    char *comma = strchr(line, ',');
    if (comma == NULL) {
        return false;
    }
    *comma = '\0';
    *label = line;
    char *end = NULL;
    *seconds = strtod(comma + 1, &end);
    return end != comma + 1 && end[strspn(end, " \t\r\n")] == '\0' && *seconds >= 0.0 &&
           *seconds < latest_s;
}

char *myo_marks_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(base, '.');
    int stem = (int)(dot == NULL || dot == base ? strlen(path) : (size_t)(dot - path));
    char *text = NULL;
    return asprintf(&text, "%.*s-events.txt", stem, path) < 0 ? NULL : text;
}

/* There need not be one, and a process that is confined is not told whether there is. */
static myo_status not_opened(int error)
{
    switch (error) {
    case ENOMEM:
        return MYO_ERR_NO_MEMORY;
    case EIO:
    case EMFILE:
    case ENFILE:
        return MYO_ERR_READ;
    default:
        return MYO_OK;
    }
}

myo_status myo_marks_read_beside(myo_marks *marks, const char *path, double rate_hz, char *note,
                                 size_t note_size)
{
    char *text = myo_marks_path(path);
    if (text == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    FILE *file = fopen(text, "re");
    if (file == NULL) {
        free(text);
        return not_opened(errno);
    }
    const char *slash = strrchr(text, '/'), *name = slash == NULL ? text : slash + 1;
    myo_status status = MYO_OK;
    char line[512];
    for (long number = 1; status == MYO_OK && fgets(line, sizeof line, file) != NULL; number++) {
        const char *label = NULL;
        double seconds = 0.0;
        if (line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0') {
            continue;
        }
        if (line_parse(line, &label, &seconds)) {
            status = myo_marks_add(marks, llround(seconds * rate_hz), label);
        } else if (note[0] == '\0') {
            (void)snprintf(note, note_size, "%.128s line %ld: not 'id, seconds'; ignored", name,
                           number);
        }
    }
    status = status == MYO_OK && ferror(file) ? MYO_ERR_READ : status;
    (void)fclose(file);
    free(text);
    return status;
}
