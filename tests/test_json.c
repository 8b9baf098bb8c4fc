/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the JSON writer writes, byte by byte. */
#include "export/json.h"
#include "signal/utf8.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char *text;
static size_t length;

static myo_json begin(void)
{
    myo_json json;
    myo_json_start(&json, open_memstream(&text, &length));
    return json;
}

static void end_is(myo_json *json, const char *expected)
{
    fclose(json->out);
    assert_string_equal(text, expected);
    free(text);
}

static void test_nesting_and_commas(void **state)
{
    (void)state;
    myo_json json = begin();
    myo_json_object(&json, NULL);
    myo_json_integer(&json, "a", -7);
    myo_json_array(&json, "b");
    myo_json_integer(&json, NULL, INT64_MAX);
    myo_json_bool(&json, NULL, true);
    myo_json_object(&json, NULL);
    myo_json_end(&json);
    myo_json_end(&json);
    myo_json_bool(&json, "c", false);
    myo_json_end(&json);
    myo_json_line(&json);
    myo_json_array(&json, NULL);
    myo_json_end(&json);
    end_is(&json, "{\"a\":-7,\"b\":[9223372036854775807,true,{}],\"c\":false}\n[]");
}

static void test_strings_are_escaped_and_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"a\"b\\c\n\t\x7f", "\"a\\\"b\\\\c\\n\\u0009\\u007f\""},
        {"\xc2\xb5V \xf0\x9f\x92\xaa", "\"\xc2\xb5V \xf0\x9f\x92\xaa\""},
        {"\xff|", "\"\\ufffd|\""},                     /* never in UTF-8 */
        {"\xc0\xaf", "\"\\ufffd\\ufffd\""},            /* overlong slash */
        {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""}, /* surrogate */
        {"\xe2\x82", "\"\\ufffd\\ufffd\""},            /* cut off */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_json json = begin();
        myo_json_string(&json, NULL, rows[i].in);
        end_is(&json, rows[i].out);
    }
}

static void test_text_is_made_utf8_in_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {"\xc2\xb5V \xf0\x9f\x92\xaa", "\xc2\xb5V \xf0\x9f\x92\xaa"},
        {"\xb5V m\xfc"
         "de",
         "?V m?de"},                    /* Latin 1 */
        {"\xc0\xaf|", "??|"},           /* overlong slash */
        {"\xed\xa0\x80|", "???|"},      /* surrogate */
        {"a\xe2\x82", "a"},             /* cut off */
        {"a\xf0\x9f\x92", "a"},         /* the same, of four bytes */
        {"a\xc3\xbc\xc3", "a\xc3\xbc"}, /* a label that had no room for its last letter */
        {"\xe2\x82z", "??z"},
        {"\x80", "?"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char copy[32];
        (void)snprintf(copy, sizeof copy, "%s", rows[i].in);
        myo_utf8_clean(copy);
        assert_string_equal(copy, rows[i].out);
    }
}

static void numbers(myo_json *json)
{
    myo_json_array(json, NULL);
    myo_json_fixed(json, NULL, 12.3456, 6);
    myo_json_fixed(json, NULL, 1e-9, 6);
    myo_json_number(json, NULL, 212.44999, 4);
    myo_json_number(json, NULL, 1.25e-7, 4);
    myo_json_number(json, NULL, NAN, 4);
    myo_json_fixed(json, NULL, -INFINITY, 4);
    myo_json_end(json);
}

static const char expected_numbers[] = "[12.345600,0.000000,212.4,1.25e-07,null,null]";

static void test_numbers(void **state)
{
    (void)state;
    myo_json json = begin();
    numbers(&json);
    end_is(&json, expected_numbers);
}

static void test_numbers_do_not_follow_the_locale(void **state)
{
    (void)state;
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "sv_SE.UTF-8", "de_DE"};
    const char *chosen = NULL;
    for (size_t i = 0; i < sizeof commas / sizeof commas[0] && chosen == NULL; i++) {
        chosen = setlocale(LC_NUMERIC, commas[i]);
    }
    if (chosen == NULL) {
        print_message("no locale with a decimal comma is installed\n");
        skip();
    }
    myo_json json = begin();
    numbers(&json);
    setlocale(LC_NUMERIC, "C");
    end_is(&json, expected_numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nesting_and_commas),
        cmocka_unit_test(test_strings_are_escaped_and_utf8),
        cmocka_unit_test(test_text_is_made_utf8_in_its_place),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numbers_do_not_follow_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
