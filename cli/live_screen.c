/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain ANSI (ECMA-48) on the alternate screen. Standard input gives keys at once, unechoed; Ctrl-C
 * stays a signal. */
#include "live_screen.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define CLEAR "\033[0m\033[2J"
#define ENTER "\033[?1049h\033[?25l\033[2J"
#define LEAVE "\033[0m\033[?25h\033[?1049l"

typedef struct {
    unsigned short character;
    unsigned char style;
} cell;

/* The one terminal of the process; signal handlers need it. */
static struct {
    volatile sig_atomic_t taken;
    int out;
    struct termios before;
    bool colour;
    int columns, rows;
    cell now[SCREEN_ROWS][SCREEN_COLUMNS], shown[SCREEN_ROWS][SCREEN_COLUMNS];
    unsigned char keys[64];
    size_t key_at, key_count;
} screen;

/* Only calls that a signal handler may make. */
void screen_close(void)
{
    if (screen.taken) {
        screen.taken = 0;
        ssize_t written = write(screen.out, LEAVE, strlen(LEAVE));
        (void)written; /* nothing can be done about it here */
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &screen.before);
    }
}

static void on_fatal(int number)
{
    screen_close();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

bool screen_open(void)
{
    static const int fatal[] = {SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    screen.out = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;
    if (!isatty(screen.out) || tcgetattr(STDIN_FILENO, &screen.before) != 0) {
        return false;
    }
    const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
    screen.colour =
        (no_colour == NULL || no_colour[0] == '\0') && (kind == NULL || strcmp(kind, "dumb") != 0);
    struct termios raw = screen.before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    raw.c_cc[VSUSP] = _POSIX_VDISABLE; /* stopped, it would record nothing */
    (void)atexit(screen_close);
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) {
        (void)sigaction(fatal[i], &(struct sigaction){.sa_handler = on_fatal}, NULL);
    }
    screen.taken = 1;
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    return write(screen.out, ENTER, strlen(ENTER)) == (ssize_t)strlen(ENTER);
}

void screen_size(int *columns, int *rows)
{
    struct winsize size = {0};
    const bool known = ioctl(screen.out, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    *columns = known ? size.ws_col : 80;
    *rows = known && size.ws_row > 0 ? size.ws_row : 24;
    *columns = *columns > SCREEN_COLUMNS ? SCREEN_COLUMNS : *columns;
    *rows = *rows > SCREEN_ROWS ? SCREEN_ROWS : *rows;
}

bool screen_is_unicode(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL;
        }
    }
    return false;
}

void screen_begin(void)
{
    int columns, rows;
    screen_size(&columns, &rows);
    if (columns != screen.columns || rows != screen.rows) {
        screen.columns = columns;
        screen.rows = rows;
        memset(screen.shown, 0xff, sizeof screen.shown);
        ssize_t written = write(screen.out, CLEAR, strlen(CLEAR));
        (void)written; /* the next picture shows whether the terminal is there */
    }
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            screen.now[row][column] = (cell){' ', SCREEN_PLAIN};
        }
    }
}

void screen_put(int column, int row, screen_style style, unsigned character)
{
    if (column >= 0 && column < screen.columns && row >= 0 && row < screen.rows) {
        screen.now[row][column] = (cell){(unsigned short)character, (unsigned char)style};
    }
}

/* One character of UTF-8 of at most three bytes; moves @p text behind it. '?' for what may not
 * reach a terminal: controls of either set, broken bytes, characters beyond the plane. */
static unsigned next_character(const unsigned char **text)
{
    const unsigned char *t = *text;
    unsigned value = '?';
    if (t[0] < 0x80) {
        *text = t + 1;
        return t[0] >= 0x20 && t[0] != 0x7f ? t[0] : '?';
    }
    if ((t[0] & 0xe0) == 0xc0 && (t[1] & 0xc0) == 0x80) {
        *text = t + 2;
        value = (t[0] & 0x1fu) << 6 | (t[1] & 0x3fu);
        return value >= 0xa0 ? value : '?';
    }
    if ((t[0] & 0xf0) == 0xe0 && (t[1] & 0xc0) == 0x80 && (t[2] & 0xc0) == 0x80) {
        *text = t + 3;
        value = (t[0] & 0xfu) << 12 | (t[1] & 0x3fu) << 6 | (t[2] & 0x3fu);
        const bool steers =
            (value >= 0x200b && value <= 0x200f) || (value >= 0x2028 && value <= 0x202e) ||
            (value >= 0x2066 && value <= 0x2069) || (value >= 0xd800 && value <= 0xf8ff);
        return value >= 0x800 && !steers ? value : '?';
    }
    *text = t + 1;
    return '?';
}

int screen_text(int column, int row, screen_style style, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    const bool unicode = screen_is_unicode();
    while (*at != '\0' && column < screen.columns) {
        const unsigned character = next_character(&at);
        screen_put(column++, row, style, unicode || character < 0x80 ? character : '?');
    }
    return column;
}

/* Select Graphic Rendition (ECMA-48, 8.3.117) of each style, with colours and without. */
static const char *rendition(unsigned style)
{
    static const char *const colours[] = {"\033[0m",      "\033[0;1m",  "\033[0;2m",
                                          "\033[0;1;33m", "\033[0;36m", "\033[0;1;37;41m"};
    static const char *const plain[] = {"\033[0m",   "\033[0;1m", "\033[0m",
                                        "\033[0;1m", "\033[0m",   "\033[0;1;7m"};
    return screen.colour ? colours[style] : plain[style];
}

typedef struct {
    char bytes[8192];
    size_t used;
} output;

static void output_flush(output *out)
{
    for (size_t at = 0; at < out->used;) {
        const ssize_t wrote = write(screen.out, out->bytes + at, out->used - at);
        if (wrote <= 0) {
            break;
        }
        at += (size_t)wrote;
    }
    out->used = 0;
}

static void output_add(output *out, const char *text, size_t length)
{
    if (out->used + length > sizeof out->bytes) {
        output_flush(out);
    }
    memcpy(out->bytes + out->used, text, length);
    out->used += length;
}

static void output_character(output *out, unsigned c)
{
    char bytes[3];
    if (c < 0x80) {
        bytes[0] = (char)c;
        output_add(out, bytes, 1);
    } else if (c < 0x800) {
        bytes[0] = (char)(0xc0 | c >> 6);
        bytes[1] = (char)(0x80 | (c & 0x3f));
        output_add(out, bytes, 2);
    } else {
        bytes[0] = (char)(0xe0 | c >> 12);
        bytes[1] = (char)(0x80 | (c >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (c & 0x3f));
        output_add(out, bytes, 3);
    }
}

static bool same(cell a, cell b)
{
    return a.character == b.character && a.style == b.style;
}

/* The last cell of the last row stays blank: writing it scrolls some terminals. */
static bool is_last(int column, int row)
{
    return row == screen.rows - 1 && column == screen.columns - 1;
}

void screen_show(void)
{
    output out = {.used = 0};
    unsigned style = SCREEN_STOP + 1;
    for (int row = 0; row < screen.rows; row++) {
        int at = -1; /* where the cursor stands in this row */
        for (int column = 0; column < screen.columns && !is_last(column, row); column++) {
            const cell next = screen.now[row][column];
            if (same(next, screen.shown[row][column])) {
                continue;
            }
            if (at != column) {
                char move[24];
                const int length = snprintf(move, sizeof move, "\033[%d;%dH", row + 1, column + 1);
                output_add(&out, move, (size_t)length);
            }
            if (style != next.style) {
                style = next.style;
                output_add(&out, rendition(style), strlen(rendition(style)));
            }
            output_character(&out, next.character);
            screen.shown[row][column] = next;
            at = column + 1;
        }
    }
    output_flush(&out);
}

static bool fill_keys(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&input, 1, 0) != 1) {
        return false;
    }
    const ssize_t got = read(STDIN_FILENO, screen.keys, sizeof screen.keys);
    screen.key_at = 0;
    screen.key_count = got > 0 ? (size_t)got : 0;
    return got > 0;
}

int screen_read_key(void)
{
    static const int arrows[] = {SCREEN_KEY_UP, SCREEN_KEY_DOWN, SCREEN_KEY_RIGHT, SCREEN_KEY_LEFT};
    if (screen.key_at == screen.key_count && !fill_keys()) {
        return SCREEN_KEY_NONE;
    }
    const unsigned char key = screen.keys[screen.key_at++];
    if (key != 033) {
        return key;
    }
    const size_t left = screen.key_count - screen.key_at;
    const unsigned char *rest = screen.keys + screen.key_at;
    if (left >= 2 && (rest[0] == '[' || rest[0] == 'O')) {
        screen.key_at += 2;
        return rest[1] >= 'A' && rest[1] <= 'D' ? arrows[rest[1] - 'A'] : SCREEN_KEY_NONE;
    }
    return SCREEN_KEY_ESCAPE;
}
