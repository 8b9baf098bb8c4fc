/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text terminal as a place to draw: taken over and given back whole, whatever ends the program. */
#ifndef MYO_CLI_LIVE_SCREEN_H
#define MYO_CLI_LIVE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/** Largest that is drawn; a larger terminal is used in part. */
#define SCREEN_COLUMNS 300
#define SCREEN_ROWS    100

typedef enum {
    SCREEN_PLAIN,
    SCREEN_STRONG,
    SCREEN_SOFT,
    SCREEN_TWITCH,
    SCREEN_TRACE,
    SCREEN_STOP
} screen_style;

typedef enum {
    SCREEN_KEY_NONE = 0,
    SCREEN_KEY_UP = 256,
    SCREEN_KEY_DOWN,
    SCREEN_KEY_LEFT,
    SCREEN_KEY_RIGHT,
    SCREEN_KEY_ESCAPE
} screen_key;

/** Takes the terminal of standard output over, or else that of standard error. False where neither
 *  is one, or where standard input is none. One at a time. */
bool screen_open(void);

/** Gives it back as it was; harmless when nothing was taken. Also done at exit, and by signals that
 *  end the program. */
void screen_close(void);

/** Size now, 1 x 1 at least. */
void screen_size(int *columns, int *rows);

/** Whether characters beyond ASCII can be shown, by the locale's name. */
bool screen_is_unicode(void);

/** Begins a picture: all blank. */
void screen_begin(void);

/** Puts text at a place, cut at the right edge. Control characters, and bytes that are not UTF-8,
 *  become '?'. Returns the column behind it. */
int screen_text(int column, int row, screen_style style, const char *text);

/** Puts one character of the Basic Multilingual Plane. */
void screen_put(int column, int row, screen_style style, unsigned character);

/** Shows the picture; what did not change is not sent. */
void screen_show(void);

/** Next key that was pressed: a character, or one of screen_key; 0 when there is none. Does not
 *  wait. */
int screen_read_key(void);

#endif
