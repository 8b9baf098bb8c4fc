/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings as text: delimiters, headers, time columns, damaged rows. */
#include "signal/source.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char path[] = "/tmp/myo_text_XXXXXX";
static float samples[4096];
static myo_why why;

static int file_make(void **state)
{
    (void)state;
    int file = mkstemp(path);
    return file < 0 || close(file) != 0;
}

static int file_remove(void **state)
{
    (void)state;
    return unlink(path);
}

static myo_status open_text(const char *text, size_t size, double rate_hz, myo_source **source)
{
    FILE *file = fopen(path, "wb");
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return myo_source_open_here(path, &(myo_source_options){.rate_hz = rate_hz, .channels = "all"},
                                source, &why);
}

static size_t read_all(myo_source *source)
{
    size_t total = 0, got = 0;
    uint32_t channels = myo_source_info_get(source)->channels;
    do {
        assert_int_equal(myo_source_read(source, samples + total * channels, 2, &got, &why),
                         MYO_OK);
        total += got;
    } while (got > 0);
    return total;
}

/* Every table holds 1.5 -2, 3 4, 5 -6 in uV or plain numbers. */
static void test_ways_to_write_a_table(void **state)
{
    (void)state;
    static const float want[] = {1.5f, -2, 3, 4, 5, -6};
    static const struct {
        const char *text;
        double option_hz, rate_hz, full_scale_uv;
        const char *format, *name;
    } rows[] = {
        {"1.5,-2\n3,4\n5,-6\n", 700, 700, 0, "text, 2 columns by commas", ""},
        {"1.5,-2\r3,4\r5,-6", 700, 700, 0, "text, 2 columns by commas", ""},
        {"\xEF\xBB\xBF"
         "A;B\r\n1,5;-2\r\n3;4,0\r\n5;-6\r\n",
         700, 700, 0, "text, 2 columns by semicolons", "A"},
        {"1,5\t-2\t\n3\t4\t\n\n5\t-6\n", 700, 700, 0, "text, 2 columns by tabs", ""},
        {"  1.5   -2\n 3 \t4\n5 -6", 700, 700, 0, "text, 2 columns by blanks", ""},
        {"time,\"EMG (uV)\",EMG 2 [uV]\n0.000,1.5,-2\n0.001,3,4\n0.002,5,-6\n", 0, 1000, 1,
         "text, 3 columns by commas", "EMG (uV)"},
        {"t ms,EMG (mV),EMG 2 (uV)\n10.0,0.0015,-2\n10.5,.003,4\n11,5e-3,-6\n", 0, 2000, 1,
         "text, 3 columns by commas", "EMG (mV)"},
        {"# Sampling Rate (Hz):= 1500.0\n# Labels:= EMG\n1.5 -2\n3 4\n5 -6\n", 0, 1500, 0,
         "text, 2 columns by blanks", ""},
        {"# OpenSignals Text File Format\n"
         "# {\"00:07\": {\"sensor\": [\"EMG\", \"RAW\"], \"device\": \"biosignalsplux\", "
         "\"column\": [\"nSeq\", \"DI\", \"CH1\", \"CH2\"], \"sampling rate\": 1000, "
         "\"resolution\": [4, 1, 3, 4]}}\n# EndOfHeader\n"
         "0\t0\t10\t-8\t\n1\t0\t16\t40\t\n2\t0\t24\t-40\t\n",
         0, 1000, 0, "OpenSignals text, 4 columns by tabs", "CH1 EMG"},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        myo_source *source = NULL;
        assert_int_equal(open_text(rows[r].text, strlen(rows[r].text), rows[r].option_hz, &source),
                         MYO_OK);
        const myo_source_info *info = myo_source_info_get(source);
        assert_string_equal(info->format, rows[r].format);
        assert_string_equal(info->channel_name[0], rows[r].name);
        assert_true(info->rate_hz == rows[r].rate_hz && info->channels == 2 && info->frames == 3);
        assert_true(info->full_scale_uv == rows[r].full_scale_uv);
        assert_string_equal(info->note, "");
        assert_int_equal(read_all(source), 3);
        for (int i = 0; i < 6; i++) { /* codes of 3 and 4 bits: c / 4 - 1, c / 8 - 1 */
            assert_float_equal(samples[i], want[i], 1e-6);
        }
        myo_source_free(source);
    }
}

static void test_damaged_rows_are_missing_frames(void **state)
{
    (void)state;
    static const char text[] = "1 2\n3 x\n5 6\n7\n-9 nan\n11 12\n13 14 15\n17 18\n19 20\n";
    myo_source *source = NULL;
    assert_int_equal(open_text(text, strlen(text), 1000, &source), MYO_OK);
    assert_string_equal(myo_source_info_get(source)->note,
                        "line 2: not 2 numbers (3 such rows in all); taken as missing");
    assert_int_equal(read_all(source), 9);
    assert_true(isnan(samples[2]) && isnan(samples[3]) && samples[4] == 5 && isnan(samples[6]));
    assert_true(samples[8] == -9 && isnan(samples[9]) && isnan(samples[12]) && samples[17] == 20);
    myo_source_free(source);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double rate_hz;
        myo_status status;
        const char *why;
    } rows[] = {
        {"just\nwords here\n", 1000, MYO_ERR_UNSUPPORTED, "line 2: no table of numbers"},
        {"1 2\n3 4\n", 0, MYO_ERR_UNSUPPORTED, "line 1: no frame rate; give it with --rate"},
        {"1 2\na\nb\nc\n", 1000, MYO_ERR_FORMAT, "line 2: not 2 numbers, nor most lines after it"},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        myo_source *source = NULL;
        assert_int_equal(open_text(rows[r].text, strlen(rows[r].text), rows[r].rate_hz, &source),
                         rows[r].status);
        assert_string_equal(why.text, rows[r].why);
    }
}

/* A row of 300 columns and a line longer than the buffer are no crash and no table. */
static void test_too_much_in_a_line(void **state)
{
    (void)state;
    static char text[200000];
    myo_source *source = NULL;
    for (size_t i = 0; i < sizeof text; i += 2) {
        memcpy(text + i, "1 ", 2);
    }
    assert_int_not_equal(open_text(text, sizeof text, 1000, &source), MYO_OK);
    text[600] = '\n';
    assert_int_not_equal(open_text(text, 1200, 1000, &source), MYO_OK);
}

static void test_other_bytes_anywhere(void **state)
{
    (void)state;
    static const char start[] = "# {\"a\": {\"column\": [\"nSeq\", \"E\"], \"sensor\": [\"EMG\"], "
                                "\"resolution\": [4, 9], \"sampling rate\": 1000}}\nt;E (mV)\n"
                                "0.001;1,5\r0.002;-2\r\n0.003;1e3\n0.004;7\n";
    static const char values[] = {'\0', '9', '"', ';', '\r'};
    char text[sizeof start];
    for (size_t i = 0; i < strlen(start) * sizeof values; i++) {
        myo_source *source = NULL;
        (void)snprintf(text, sizeof text, "%s", start);
        text[i / sizeof values] = values[i % sizeof values];
        if (open_text(text, strlen(start), 0, &source) == MYO_OK) {
            assert_true(read_all(source) == (size_t)myo_source_info_get(source)->frames);
        }
        myo_source_free(source);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways_to_write_a_table),
        cmocka_unit_test(test_damaged_rows_are_missing_frames),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_too_much_in_a_line),
        cmocka_unit_test(test_other_bytes_anywhere),
    };
    return cmocka_run_group_tests(tests, file_make, file_remove);
}
