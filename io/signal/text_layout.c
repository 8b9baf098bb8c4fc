/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the table of numbers in a text file. */
#include "text_layout.h"

#include "decimal.h"
#include "text_opensignals.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Lines above the numbers; more is no recording. */
enum { MAX_HEADER_LINES = 1000 };

/* Rows whose steps decide whether a column is the time. */
enum { TIME_ROWS = 50 };

/* So many good rows make a recording of what nobody named. */
enum { GLANCE_ROWS = 100 };

typedef struct {
    double first[TEXT_MAX_COLUMNS], last[TEXT_MAX_COLUMNS], step[TEXT_MAX_COLUMNS];
    bool is_even[TEXT_MAX_COLUMNS]; /* steps of the first rows are alike and not zero */
    int64_t good;                   /* rows taken */
} steps;

bool text_line_is_empty(const char *line)
{
    size_t blanks = strspn(line, " \t");
    return line[blanks] == '\0' || line[blanks] == '#';
}

bool text_layout_row(const text_layout *layout, const char *line, double *numbers)
{
    int count = text_row_read(line, &layout->style, numbers);
    size_t length = strlen(line);
    if (count == (int)layout->columns - 1 && length > 0 &&
        line[length - 1] == layout->style.delimiter) {
        numbers[count++] = NAN;
    }
    return count == (int)layout->columns;
}

/* A delimiter of which all cells of the line are numbers; the decimal comma is out of the question
 * where commas part the cells. */
static int style_find(const char *line, text_style *style, double *numbers)
{
    static const text_style styles[] = {{'\t', true}, {';', true}, {',', false}, {' ', true}};
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++) {
        bool occurs = strchr(line, styles[i].delimiter) != NULL || styles[i].delimiter == ' ';
        int count = occurs ? text_row_read(line, &styles[i], numbers) : -1;
        if (count > 0) {
            *style = styles[i];
            return count;
        }
    }
    return 0;
}

static void copy_part(char *to, size_t size, const char *from, size_t length)
{
    (void)snprintf(to, size, "%.*s", (int)(length < size ? length : size - 1), from);
}

/* "Sampling Rate (Hz):= 1000.00" and its kin in a line above the numbers. */
static double rate_in(const char *line)
{
    static const char *const words[] = {"sampling rate", "sample rate",   "sampling frequency",
                                        "samplingrate",  "sampling_rate", "samples per second"};
    double rate = 0.0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *found = strcasestr(line, words[i]);
        if (found != NULL) {
            found += strlen(words[i]);
            found += strcspn(found, "0123456789");
            (void)myo_decimal_read(found, strspn(found, "0123456789."), false, &rate);
            return rate;
        }
    }
    return 0.0;
}

/* The last line above the numbers names the columns if it has as many cells as they. */
static void names_take(text_layout *layout, const char *line)
{
    uint32_t count = 0;
    const char *cell = NULL;
    size_t size = 0;
    for (const char *at = line; text_cell_next(&at, &layout->style, &cell, &size);) {
        count++;
    }
    if (count != layout->columns) {
        return;
    }
    count = 0;
    for (const char *at = line; text_cell_next(&at, &layout->style, &cell, &size); count++) {
        copy_part(layout->column[count].name, sizeof layout->column[count].name, cell, size);
    }
}

static void steps_take(steps *self, const double *numbers, uint32_t columns)
{
    for (uint32_t c = 0; c < columns; c++) {
        double step = numbers[c] - self->last[c];
        if (self->good == 0) {
            self->first[c] = numbers[c];
            self->is_even[c] = true;
        } else if (self->good == 1) {
            self->step[c] = step;
            self->is_even[c] = step > 0.0;
        } else if (self->good < TIME_ROWS) {
            self->is_even[c] =
                self->is_even[c] && fabs(step - self->step[c]) <= 0.2 * self->step[c];
        }
        self->last[c] = numbers[c];
    }
    self->good++;
}

static double whole_if_near(double rate)
{
    return fabs(rate - round(rate)) < 1e-5 * rate ? round(rate) : rate;
}

/* The first column is the time if it grows evenly; its unit is what gives a rate that EMG has:
 * seconds, or milliseconds where its name says so. Anything else that counts is left out too. */
static void time_find(text_layout *layout, const steps *found)
{
    static const char *const counters[] = {"nSeq", "DI", "index", "frame", "sample"};
    if (found->good < 3) {
        return;
    }
    for (uint32_t c = 0; c < layout->columns; c++) {
        for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++) {
            layout->column[c].is_time =
                layout->column[c].is_time || strcasecmp(layout->column[c].name, counters[i]) == 0;
        }
    }
    if (layout->columns < 2 || !found->is_even[0]) {
        return;
    }
    layout->column[0].is_time = true;
    const char *name = layout->column[0].name;
    bool is_ms = strstr(name, "ms") != NULL || strstr(name, "msec") != NULL;
    double span = (found->last[0] - found->first[0]) * (is_ms ? 1e-3 : 1.0);
    double rate = span > 0.0 ? (double)(layout->rows - 1) / span : 0.0;
    if (layout->rate_hz <= 0.0 && rate >= MYO_SOURCE_MIN_RATE_HZ &&
        rate <= MYO_SOURCE_MAX_RATE_HZ) {
        layout->rate_hz = whole_if_near(rate);
    }
}

/* Lines above the table. *line is the first of numbers; NULL when there is none. */
static char *header_read(text_lines *lines, text_layout *layout, char *above, size_t size)
{
    double numbers[TEXT_MAX_COLUMNS];
    for (char *line;
         (line = text_lines_next(lines)) != NULL && lines->number <= MAX_HEADER_LINES;) {
        int count = text_line_is_empty(line) ? 0 : style_find(line, &layout->style, numbers);
        if (count > 0) {
            layout->columns = (uint32_t)count;
            layout->first_line = lines->number;
            return line;
        }
        if (layout->rate_hz <= 0.0) {
            layout->rate_hz = rate_in(line);
        }
        text_opensignals_take(layout, line);
        if (!text_line_is_empty(line)) {
            copy_part(above, size, line, strlen(line));
        }
    }
    return NULL;
}

static void rows_scan(text_lines *lines, text_layout *layout, char *line, int64_t most,
                      steps *found)
{
    double numbers[TEXT_MAX_COLUMNS];
    for (; line != NULL && layout->rows < most; line = text_lines_next(lines)) {
        if (text_line_is_empty(line)) {
            continue;
        }
        layout->rows++;
        if (text_layout_row(layout, line, numbers)) {
            steps_take(found, numbers, layout->columns);
        } else {
            layout->first_bad = layout->bad_rows++ == 0 ? lines->number : layout->first_bad;
        }
    }
}

myo_status text_layout_read(text_lines *lines, int file, text_layout *layout, myo_why *why)
{
    char above[4096] = "";
    steps found = {.good = 0};
    *layout = (text_layout){.rows = 0};
    text_lines_start(lines, file);
    char *line = header_read(lines, layout, above, sizeof above);
    if (line == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "line %lld: no table of numbers",
                           (long long)lines->number);
    }
    rows_scan(lines, layout, line, INT64_MAX, &found);
    if (lines->failed) {
        return myo_why_set(why, MYO_ERR_READ, "line %lld: cannot be read",
                           (long long)lines->number);
    }
    if (layout->bad_rows > layout->rows / 2) {
        return myo_why_set(why, MYO_ERR_FORMAT,
                           "line %lld: not %u numbers, nor most lines after it",
                           (long long)layout->first_bad, layout->columns);
    }
    if (!layout->is_opensignals) {
        names_take(layout, above);
    }
    time_find(layout, &found);
    return MYO_OK;
}

bool text_layout_glance(text_lines *lines, int file, text_layout *layout)
{
    char above[4096] = "";
    steps found = {.good = 0};
    *layout = (text_layout){.rows = 0};
    text_lines_start(lines, file);
    char *line = header_read(lines, layout, above, sizeof above);
    rows_scan(lines, layout, line, GLANCE_ROWS, &found);
    if (layout->rows < GLANCE_ROWS || layout->bad_rows > 0) {
        return false;
    }
    if (!layout->is_opensignals) {
        names_take(layout, above);
    }
    time_find(layout, &found);
    return layout->rate_hz >= MYO_SOURCE_MIN_RATE_HZ && layout->rate_hz <= MYO_SOURCE_MAX_RATE_HZ;
}
