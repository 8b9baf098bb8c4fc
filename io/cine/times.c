/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a table of the times of frames. */
#include "times.h"

#include "signal/decimal.h"
#include "signal/text_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A day and a half at 100 frames a second. */
enum { MAX_ROWS = 1 << 24 };

typedef struct {
    const char *path;
    text_lines lines;
    text_style style;
    int time_column, count_column; /* from 0; -1: none */
    double *times;
    int64_t count, room;
} table;

static bool cell_is(const char *cell, size_t size, const char *name)
{
    return size == strlen(name) && memcmp(cell, name, size) == 0;
}

static myo_status header_read(table *t, myo_why *why)
{
    const char *line = text_lines_next(&t->lines), *cell = NULL;
    size_t size = 0;
    t->time_column = t->count_column = -1;
    for (int column = 0; line != NULL && text_cell_next(&line, &t->style, &cell, &size); column++) {
        if (cell_is(cell, size, "time_s")) {
            t->time_column = column;
        } else if (cell_is(cell, size, "video_frame") || cell_is(cell, size, "frame")) {
            t->count_column = column;
        }
    }
    return t->time_column >= 0
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_FORMAT, "%.100s: line 1: no column time_s", t->path);
}

static myo_status row_add(table *t, const char *line, myo_why *why)
{
    const char *cell = NULL;
    size_t size = 0;
    double time_s = 0.0, number = (double)t->count;
    bool has_time = false;
    for (int column = 0; text_cell_next(&line, &t->style, &cell, &size); column++) {
        if (column == t->time_column) {
            has_time = myo_decimal_read(cell, size, false, &time_s);
        } else if (column == t->count_column && !myo_decimal_read(cell, size, false, &number)) {
            number = -1.0;
        }
    }
    if (!has_time || number != (double)t->count ||
        (t->count > 0 && time_s < t->times[t->count - 1])) {
        return myo_why_set(
            why, MYO_ERR_FORMAT, "%.100s: line %lld: %s", t->path, (long long)t->lines.number,
            !has_time                    ? "no time"
            : number != (double)t->count ? "frames are not numbered 0, 1, 2, ..."
                                         : "its time is before that of the row above");
    }
    t->times[t->count++] = time_s;
    return MYO_OK;
}

static myo_status room_make(table *t, myo_why *why)
{
    if (t->count < t->room) {
        return MYO_OK;
    }
    if (t->room >= MAX_ROWS) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%.100s: more than %d rows", t->path,
                           MAX_ROWS);
    }
    t->room = t->room == 0 ? 1024 : 2 * t->room;
    double *more = realloc(t->times, (size_t)t->room * sizeof *more);
    if (more == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    t->times = more;
    return MYO_OK;
}

static myo_status rows_read(table *t, myo_why *why)
{
    myo_status status = header_read(t, why);
    for (char *line = NULL; status == MYO_OK && (line = text_lines_next(&t->lines)) != NULL;) {
        if (line[0] == '\0') {
            continue;
        }
        status = room_make(t, why);
        if (status == MYO_OK) {
            status = row_add(t, line, why);
        }
    }
    if (status == MYO_OK && t->lines.failed) {
        status = myo_why_set(why, MYO_ERR_READ, "%.100s: %s", t->path, strerror(errno));
    }
    if (status == MYO_OK && t->count == 0) {
        status = myo_why_set(why, MYO_ERR_EMPTY, "%.100s: no row", t->path);
    }
    return status;
}

static int table_open(const char *path)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0 && (fstat(file, &about) != 0 || !S_ISREG(about.st_mode))) {
        (void)close(file);
        errno = EINVAL;
        file = -1;
    }
    return file;
}

myo_status myo_cine_times_read(const char *path, double **times, int64_t *count, myo_why *why)
{
    int file = table_open(path);
    if (file < 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "%.100s: cannot be opened: %s", path,
                           strerror(errno));
    }
    table *t = calloc(1, sizeof *t);
    if (t == NULL) {
        (void)close(file);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    t->path = path;
    t->style.delimiter = ',';
    text_lines_start(&t->lines, file);
    myo_status status = rows_read(t, why);
    (void)close(file);
    if (status == MYO_OK) {
        *times = t->times;
        *count = t->count;
    } else {
        free(t->times);
    }
    free(t);
    return status;
}
