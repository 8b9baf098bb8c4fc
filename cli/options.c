/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines parsed from a table, with getopt_long doing the work. */
#include "options.h"

#include "command.h"

#include "myotwitch/version.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ROWS = 64,
    MAN_VALUE = 999,  /* getopt's value for --help-man */
    HELP_VALUE = 1000 /* and for --help; long options without a letter follow it */
};

typedef struct {
    struct option longs[MAX_ROWS + 3];
    char shorts[2 * MAX_ROWS + 3];
} getopt_tables;

static void tables_fill(const option_row *rows, getopt_tables *tables)
{
    memset(tables, 0, sizeof *tables);
    char *s = tables->shorts;
    *s++ = ':';
    int count = 0;
    for (const option_row *row = rows; row->name != NULL && count < MAX_ROWS; row++, count++) {
        tables->longs[count] =
            (struct option){.name = row->name,
                            .has_arg = row->kind == OPTION_FLAG ? no_argument : required_argument,
                            .val = HELP_VALUE + 1 + count};
        if (row->letter != 0) {
            *s++ = row->letter;
            if (row->kind != OPTION_FLAG) {
                *s++ = ':';
            }
        }
    }
    tables->longs[count] = (struct option){.name = "help", .val = HELP_VALUE};
    tables->longs[count + 1] = (struct option){.name = "help-man", .val = MAN_VALUE};
}

static const option_row *row_find(const option_row *rows, int value)
{
    if (value > HELP_VALUE) {
        return &rows[value - HELP_VALUE - 1];
    }
    for (const option_row *row = rows; row->name != NULL; row++) {
        if (row->letter != 0 && row->letter == value) {
            return row;
        }
    }
    return NULL;
}

bool options_number(const char *text, double *value)
{
    char *end = NULL;
    errno = 0;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && errno == 0 && isfinite(*value);
}

static int usage(const option_page *page, const char *what, const char *which)
{
    fprintf(stderr, "myotwitch %s: %s '%s'; see 'myotwitch %s --help'\n", page->command, what,
            which, page->command);
    return EXIT_USAGE;
}

static int row_take(const option_page *page, const option_row *row, const char *text,
                    void *settings)
{
    void *field = (char *)settings + row->offset;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return OPTIONS_GO;
    case OPTION_TEXT:
        *(const char **)field = text;
        return OPTIONS_GO;
    case OPTION_NUMBER:
        break;
    }
    double value = 0.0;
    if (!options_number(text, &value) || value < row->low || value > row->high) {
        fprintf(stderr, "myotwitch %s: --%s takes a number from %g to %g, not '%s'\n",
                page->command, row->name, row->low, row->high, text);
        return EXIT_USAGE;
    }
    *(double *)field = value;
    return OPTIONS_GO;
}

/* getopt has already stepped over a wrong long option; a wrong letter is in optopt. */
static int unknown_option(const option_page *page, char *const *argv)
{
    const char letter[] = {'-', (char)optopt, '\0'};
    bool is_letter = optopt != 0 && optopt < HELP_VALUE;
    return usage(page, "no option", is_letter ? letter : argv[optind - 1]);
}

/* Whether they differ in '-' and '_' at most. */
static bool is_same_name(const char *name, const char *written, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char letter = name[i] == '_' ? '-' : name[i];
        if (letter != (written[i] == '_' ? '-' : written[i])) {
            return false;
        }
    }
    return name[length] == '\0';
}

/* BIDS Apps are called with --n_cpus and with --n-cpus: either is understood, for every option. */
static void dashes_settle(const option_row *rows, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            continue;
        }
        const size_t length = strcspn(argv[i] + 2, "=");
        for (const option_row *row = rows; row->name != NULL; row++) {
            if (is_same_name(row->name, argv[i] + 2, length)) {
                memcpy(argv[i] + 2, row->name, length);
            }
        }
    }
}

int options_parse(const option_page *page, int argc, char **argv, void *settings, int *first)
{
    getopt_tables tables;
    tables_fill(page->rows, &tables);
    dashes_settle(page->rows, argc, argv);
    optind = 0; /* glibc: start anew */
    int value = 0;
    while ((value = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
        if (value == HELP_VALUE) {
            options_print_help(page, stdout);
            return EXIT_DONE;
        }
        if (value == MAN_VALUE) {
            options_print_man(page, stdout);
            return EXIT_DONE;
        }
        if (value == ':') {
            return usage(page, "a value is missing after", argv[optind - 1]);
        }
        const option_row *row = value == '?' ? NULL : row_find(page->rows, value);
        int status =
            row == NULL ? unknown_option(page, argv) : row_take(page, row, optarg, settings);
        if (status != OPTIONS_GO) {
            return status;
        }
    }
    *first = optind;
    return OPTIONS_GO;
}

static int row_head(const option_row *row, char *text, size_t size)
{
    char letter[] = {'-', row->letter, ',', ' ', '\0'};
    return snprintf(text, size, "%s--%s%s%s", row->letter != 0 ? letter : "", row->name,
                    row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
}

void options_print_help(const option_page *page, FILE *out)
{
    fprintf(out, "usage: myotwitch %s [OPTION...] %s\n\n%s\n\n", page->command, page->operands,
            page->about);
    for (const option_row *row = page->rows; row->name != NULL; row++) {
        char head[80];
        row_head(row, head, sizeof head);
        fprintf(out, "  %-28s%s%s\n", head,
                strlen(head) > 27 ? "\n                              " : "", row->about);
    }
    fprintf(out, "  %-28sprint this\n", "--help");
    if (page->details[0] != '\0') {
        fprintf(out, "\n%s\n", page->details);
    }
    for (const char *const *line = page->examples; line != NULL && *line != NULL; line += 2) {
        fprintf(out, "\n  %s\n      %s\n", line[0], line[1]);
    }
    fprintf(out, "\n%s\n", myo_honest_sentence());
}

/* Dashes become minus signs that can be copied, and a leading dot or quote is no roff request. */
static void roff_text(const char *text, FILE *out)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool line_start = c == text || c[-1] == '\n';
        if (line_start && (*c == '.' || *c == '\'')) {
            fputs("\\&", out);
        }
        if (*c == '\\') {
            fputs("\\e", out);
        } else if (*c == '-') {
            fputs("\\-", out);
        } else if (*c == '\n' && c[1] == '\n') {
            fputs("\n.PP", out);
        } else {
            fputc(*c, out);
        }
    }
    fputc('\n', out);
}

static void roff_part(const char *request, const char *text, FILE *out)
{
    fprintf(out, "%s\n", request);
    roff_text(text, out);
}

static void man_options(const option_page *page, FILE *out)
{
    fputs(".SH OPTIONS\n", out);
    for (const option_row *row = page->rows; row->name != NULL; row++) {
        char head[80];
        row_head(row, head, sizeof head);
        roff_part(".TP\n.B", head, out);
        roff_text(row->about, out);
    }
    roff_part(".TP\n.B", "--help", out);
    roff_text("print a summary of the options", out);
}

void options_print_man(const option_page *page, FILE *out)
{
    fprintf(out, ".TH MYOTWITCH\\-%s 1 \"\" \"myotwitch %s\" \"User Commands\"\n.SH NAME\n",
            page->command, myo_version());
    fprintf(out, "myotwitch\\-%s \\- ", page->command);
    roff_text(page->about, out);
    fprintf(out, ".SH SYNOPSIS\n.B myotwitch %s\n[\\fIOPTION\\fR...]\n", page->command);
    roff_text(page->operands, out);
    if (page->details[0] != '\0') {
        roff_part(".SH DESCRIPTION", page->details, out);
    }
    man_options(page, out);
    for (const char *const *line = page->examples; line != NULL && *line != NULL; line += 2) {
        roff_part(line == page->examples ? ".SH EXAMPLES\n.TP\n.B" : ".TP\n.B", line[0], out);
        roff_text(line[1], out);
    }
    fputs(".SH EXIT STATUS\n"
          "0 done; 1 failed while running; 2 wrong command line; 3 an input is unreadable or not\n"
          "supported; 4 a device was lost; 5 an acceptance gate was not met\n",
          out);
    roff_part(".SH NOTES", myo_honest_sentence(), out);
}
