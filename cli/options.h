/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One table per command, from which the command line is parsed and --help and the man page are
 * written.
 *
 * @code
 * typedef struct { const char *out; double rate_hz; bool quiet; } settings;
 * static const option_row rows[] = {
 *     OPTION_TEXT_ROW(settings, out, "out", 'o', "DIR", "write the results into DIR"),
 *     OPTION_NUMBER_ROW(settings, rate_hz, "rate", 0, "HZ", "frames a second", 500, 100000),
 *     OPTION_FLAG_ROW(settings, quiet, "quiet", 'q', "say nothing"),
 *     OPTION_END};
 * static const option_page page = {"analyze", "FILE...", "find twitches", "...", rows, NULL};
 * int first = 0;
 * int status = options_parse(&page, argc, argv, &chosen, &first);
 * if (status != OPTIONS_GO) return status;
 * @endcode
 */
#ifndef MYO_CLI_OPTIONS_H
#define MYO_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum {
    OPTION_FLAG,   /**< bool field, set true */
    OPTION_TEXT,   /**< const char * field, borrowed from argv */
    OPTION_NUMBER, /**< double field, checked against low..high */
} option_kind;

/** One option. The rows of a command end with OPTION_END. */
typedef struct {
    const char *name;     /**< long name without dashes; NULL ends the table */
    char letter;          /**< short name, 0 = none */
    const char *argument; /**< what stands for the value in the help; NULL for a flag */
    const char *about;    /**< one sentence without full stop */
    option_kind kind;
    size_t offset;    /**< of the field in the command's settings */
    double low, high; /**< range of a number, both ends allowed */
} option_row;

#define OPTION_FLAG_ROW(settings, field, name, letter, about)                                      \
    {                                                                                              \
        name, letter, NULL, about, OPTION_FLAG, offsetof(settings, field), 0, 0                    \
    }
#define OPTION_TEXT_ROW(settings, field, name, letter, argument, about)                            \
    {                                                                                              \
        name, letter, argument, about, OPTION_TEXT, offsetof(settings, field), 0, 0                \
    }
#define OPTION_NUMBER_ROW(settings, field, name, letter, argument, about, low, high)               \
    {                                                                                              \
        name, letter, argument, about, OPTION_NUMBER, offsetof(settings, field), low, high         \
    }
#define OPTION_END                                                                                 \
    {                                                                                              \
        NULL, 0, NULL, NULL, OPTION_FLAG, 0, 0, 0                                                  \
    }

/** What a command is, for its help and its man page. */
typedef struct {
    const char *command;
    const char *operands; /**< as in a synopsis, "FILE..." or "" */
    const char *about;    /**< one line */
    const char *details;  /**< paragraphs parted by an empty line; "" if none */
    const option_row *rows;
    const char *const *examples; /**< pairs of command line and explanation, NULL at the end; may be
                                      NULL */
} option_page;

/** The caller should go on; every other value of options_parse is an exit status to return. */
#define OPTIONS_GO (-1)

/** Fills @p settings from the command line. @p first gets the index of the first operand; options
 *  may stand after operands, @p argv is reordered for that. Handles --help, and --help-man, from
 *  which the man pages are made. A wrong option is reported on standard error and gives EXIT_USAGE. */
int options_parse(const option_page *page, int argc, char **argv, void *settings, int *first);

/** A decimal number that fills the whole of @p text, whatever the locale; false otherwise. */
bool options_number(const char *text, double *value);

void options_print_help(const option_page *page, FILE *out);

/** Writes the man page as roff (section 1). */
void options_print_man(const option_page *page, FILE *out);

#endif
