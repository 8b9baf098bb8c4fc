/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a text file of numbers is laid out: what stands above the numbers, how they are parted, which
 * column is the time. */
#ifndef MYO_IO_TEXT_LAYOUT_H
#define MYO_IO_TEXT_LAYOUT_H

#include "text_lines.h"
#include "why.h"

typedef struct {
    char name[48];
    bool is_time; /**< time, or a number that counts the rows: no channel */
    double bits;  /**< converter codes of so many bits; 0 = plain numbers */
    bool is_emg_sensor;
} text_column;

typedef struct {
    text_style style;
    uint32_t columns;
    text_column column[TEXT_MAX_COLUMNS];
    int64_t first_line; /**< of numbers */
    int64_t rows;       /**< with those that cannot be read */
    int64_t bad_rows, first_bad;
    double rate_hz;       /**< as text or time column say; 0 = they do not */
    double full_scale_uv; /**< of converter codes; 0 = not known */
    bool is_opensignals;
} text_layout;

/** Reads the whole file once. MYO_ERR_FORMAT when it holds no table of numbers. */
myo_status text_layout_read(text_lines *lines, int file, text_layout *layout, myo_why *why);

/** Whether the file begins with a hundred good rows that, or lines above which, tell a rate. */
bool text_layout_glance(text_lines *lines, int file, text_layout *layout);

/** Reads the numbers of a row, of which an empty last one is NAN; false when it is no such row. */
bool text_layout_row(const text_layout *layout, const char *line, double *numbers);

/** Whether the line has nothing: blank, or a comment. */
bool text_line_is_empty(const char *line);

#endif
