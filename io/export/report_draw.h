/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML and SVG in small pieces. Private to the report.
 *
 * Pictures are drawn in tenths of a pixel, so that every coordinate is a whole number: short, and
 * the same in every locale. What comes from outside goes through report_text. */
#ifndef MYO_IO_REPORT_DRAW_H
#define MYO_IO_REPORT_DRAW_H

#include "myotwitch/string.h"

/** Adds text from outside: markup escaped, control characters and bytes that are no UTF-8
 *  replaced. NULL adds nothing. */
void report_text(myo_string *html, const char *text);

/** Adds a number with @p decimals digits behind the point; an en dash if it is not finite. */
void report_fixed(myo_string *html, double value, int decimals);
/** Adds a size with three significant digits. */
void report_amount(myo_string *html, double value);
/** Adds "m:ss". */
void report_clock(myo_string *html, double seconds);

/** From values to places on an axis; places are kept within it. */
typedef struct {
    double low, high; /**< values at the ends; low < high */
    int from, to;     /**< their places */
} report_axis;

int report_place(const report_axis *axis, double value);

/** A round step, 1, 2 or 5 times a power of ten (a clock's for @p clock), that parts @p span into
 *  at most @p most pieces. */
double report_step(double span, int most, bool clock);

/** Opens a section with a heading; @p name is its class. Close it with "</section>". */
void report_section(myo_string *html, const char *name, const char *heading);

/** Opens a picture of that size; @p what is read out to those who cannot see it. */
void report_picture(myo_string *html, const char *name, int width, int height, const char *what);

/** Time axis: grid lines from @p top to @p bottom, labels below. */
void report_time_axis(myo_string *html, const report_axis *axis, int top, int bottom);
/** Level axis: grid lines from @p left to @p right, labels on the left. */
void report_level_axis(myo_string *html, const report_axis *axis, int left, int right, int most);

#endif
