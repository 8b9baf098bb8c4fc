/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a text file of any length, in constant memory, and the numbers in a line. */
#ifndef MYO_IO_TEXT_LINES_H
#define MYO_IO_TEXT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_LINE_BYTES = 65536, TEXT_MAX_COLUMNS = 272 };

typedef struct {
    int file;
    int64_t offset; /**< in the file, of what is not yet in the buffer */
    int64_t number; /**< of the line that was taken last, from 1 */
    char buffer[TEXT_LINE_BYTES + 1];
    size_t at, used;
    bool at_end, failed, after_return;
} text_lines;

/** Begins at the start of the open file @p file; a UTF-8 byte order mark is passed over. */
void text_lines_start(text_lines *lines, int file);

/** The next line, ended by NUL in place of LF, CR LF or CR; valid until the next call. A line of
 *  more than TEXT_LINE_BYTES comes in pieces. NULL at the end, or, with lines->failed, when
 *  reading failed. */
char *text_lines_next(text_lines *lines);

/** How the cells of a row are parted. */
typedef struct {
    char delimiter; /**< ' ' stands for any run of blanks and tabs */
    bool comma;     /**< a comma may be the decimal point */
} text_style;

/** Reads a row into at most TEXT_MAX_COLUMNS numbers; an empty cell and "nan" give NAN, an empty
 *  last one is none. Returns how many, or -1 when a cell is no number or there are too many. */
int text_row_read(const char *line, const text_style *style, double *numbers);

/** The next cell of a line at *at, without quotes and blanks around it; false at the end. */
bool text_cell_next(const char **at, const text_style *style, const char **cell, size_t *size);

#endif
