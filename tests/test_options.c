/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of options parsed, refused and printed. */
#include "options.h"

#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct {
    const char *out;
    double rate_hz;
    bool quiet;
} settings;

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, out, "out", 'o', "DIR", "write into DIR"),
    OPTION_NUMBER_ROW(settings, rate_hz, "rate", 0, "HZ", "frames a second", 500, 100000),
    OPTION_FLAG_ROW(settings, quiet, "quiet", 'q', "say nothing"),
    OPTION_END,
};
static const option_page page = {"try", "FILE...", "try the table", ".dots\n\nand dashes -",
                                 rows,  NULL};

static int parse(char **argv, settings *chosen, int *first)
{
    int argc = 0;
    while (argv[argc] != NULL) {
        argc++;
    }
    *chosen = (settings){0};
    return options_parse(&page, argc, argv, chosen, first);
}

static void test_all_kinds_and_operands_anywhere(void **state)
{
    (void)state;
    char *argv[] = {
        (char[]){"try"}, (char[]){"a.wav"}, (char[]){"-q"},    (char[]){"--rate=2000.5"},
        (char[]){"-o"},  (char[]){"here"},  (char[]){"b.wav"}, NULL};
    settings chosen;
    int first = 0;
    assert_int_equal(parse(argv, &chosen, &first), OPTIONS_GO);
    assert_string_equal(chosen.out, "here");
    assert_true(chosen.quiet && chosen.rate_hz == 2000.5);
    assert_int_equal(first, 5);
    assert_string_equal(argv[5], "a.wav");
    assert_string_equal(argv[6], "b.wav");
}

static void test_wrong_lines_are_usage_errors(void **state)
{
    (void)state;
    static const char *const wrong[] = {"--nothing",  "-x",         "--rate",
                                        "--rate=abc", "--rate=499", "--rate=1e6",
                                        "--rate=nan", "--rate=",    "--quiet=1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char word[32];
        snprintf(word, sizeof word, "%s", wrong[i]);
        char *argv[] = {(char[]){"try"}, word, NULL};
        settings chosen;
        int first = 0;
        assert_int_equal(parse(argv, &chosen, &first), EXIT_USAGE);
    }
}

static void test_the_man_page_is_roff_that_cannot_be_misread(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    options_print_man(&page, out);
    fclose(out);
    assert_non_null(strstr(text, ".TP\n.B\n\\-\\-rate HZ\nframes a second\n"));
    assert_non_null(strstr(text, ".SH DESCRIPTION\n\\&.dots\n.PP\nand dashes \\-\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_kinds_and_operands_anywhere),
        cmocka_unit_test(test_wrong_lines_are_usage_errors),
        cmocka_unit_test(test_the_man_page_is_roff_that_cannot_be_misread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
