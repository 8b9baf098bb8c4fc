/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EDF and BDF: scales, annotations, triggers, gaps, damage; the bytes are laid out by hand after
 * the specification. */
#include "edf_file.h"

#include "signal/decimal.h"
#include "signal/source.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>
#include <cmocka.h>

enum { ROOM = 100000 };

static char folder[] = "/tmp/myo_edf_XXXXXX";
static char path[64];
static edf_file file;
static float samples[ROOM];
static myo_why why;

static int folder_make(void **state)
{
    (void)state;
    int failed = mkdtemp(folder) == NULL;
    snprintf(path, sizeof path, "%s/a", folder);
    return failed;
}

static int folder_remove(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder) != 0;
}

static myo_status open_file(const char *channels, myo_source **source)
{
    assert_int_equal(edf_file_write(&file, file.size, path), 0);
    memset(&why, 0, sizeof why);
    return myo_source_open_here(path, &(myo_source_options){.channels = channels}, source, &why);
}

/* Reads to the end in odd pieces; returns the number of frames. */
static size_t read_all(myo_source *source, myo_status *last)
{
    uint32_t channels = myo_source_info_get(source)->channels;
    size_t total = 0, got = 0;
    do {
        size_t room = ROOM / channels - total;
        *last =
            myo_source_read(source, samples + total * channels, room < 77 ? room : 77, &got, &why);
        total += got;
    } while (*last == MYO_OK && got > 0);
    return total;
}

/* Two records of 0.1 s: three voltages of 1000 Hz, one slow signal, annotations. */
static void plus_file(const char *kind, const char *second_start)
{
    static const edf_file_signal signals[] = {
        {"EMG left", "uV", "-100", "100", "-1000", "1000", 100},
        {"EMG right", "mV", "-3,2768", "3.2767", "-32768", "32767", 100},
        {"EMG back", "V", "1", "-1", "-2000", "2000", 100}, /* upside down */
        {"Temp", "degC", "0", "100", "0", "1000", 1},
        {"EDF Annotations", "", "-1", "1", "-32768", "32767", 40},
    };
    char list[64];
    edf_file_begin(&file, 0, kind, 2, "0.1", signals, 5);
    for (int record = 0; record < 2; record++) {
        for (int channel = 0; channel < 3; channel++) {
            for (int i = 0; i < 100; i++) {
                edf_file_sample(&file, (record * 100 + i) * (channel + 1) - 100);
            }
        }
        edf_file_sample(&file, 365);
        snprintf(list, sizeof list, "%s||!+0.3~0.05|needle in@@EMG left|second|!", second_start);
        edf_file_list(&file, record == 0 ? "+0.25||!+0.252|first|!" : list, 40);
    }
}

static void test_scales_names_and_annotations(void **state)
{
    (void)state;
    myo_source *source = NULL;
    myo_status last;
    size_t count = 0;
    plus_file("EDF+C", "+0.35");
    assert_int_equal(open_file(NULL, &source), MYO_OK);
    const myo_source_info *info = myo_source_info_get(source);
    assert_string_equal(info->format, "EDF+C, 16 bit");
    assert_string_equal(info->start_time, "1984-03-02T23:59:58.250000");
    assert_string_equal(info->subject, "S07");
    assert_string_equal(info->note, "Temp (10 Hz) is left out");
    assert_true(info->rate_hz == 1000.0 && info->channels == 3 && info->frames == 200);
    assert_true(info->full_scale_uv == 1.0);
    assert_string_equal(info->channel_name[1], "EMG right");
    assert_true(info->rail_low[0] == -100.0 && info->rail_high[0] == 100.0);
    assert_true(info->rail_low[2] == -1e6 && info->rail_high[2] == 1e6);
    assert_int_equal(read_all(source, &last), 200);
    assert_int_equal(last, MYO_OK);
    for (int i = 0; i < 200; i++) { /* steps of 0.1 uV, of 0.1 uV, and of -500 uV */
        assert_float_equal(samples[3 * i], (i - 100) * 0.1f, 1e-5);
        assert_float_equal(samples[3 * i + 1], (2 * i - 100) * 0.1f, 1e-4);
        assert_float_equal(samples[3 * i + 2], (3 * i - 100) * -500.0f, 0.02);
    }
    const myo_mark *marks = myo_source_marks(source, &count);
    assert_int_equal(count, 3);
    assert_true(marks[0].frame == 2 && strcmp(marks[0].label, "first") == 0);
    assert_true(marks[1].frame == 50 && strcmp(marks[1].label, "needle in@@EMG left") == 0);
    assert_true(marks[2].frame == 50 && strcmp(marks[2].label, "second") == 0);
    myo_source_free(source);
}

/* The first record may begin later than the header says, by less than a second or by much more: of a
 * stretch that was cut out of a longer recording. The header has 1984-03-02T23:59:58. */
static void test_the_first_record_says_when_it_all_began(void **state)
{
    (void)state;
    static const struct {
        const char *first, *start;
    } rows[] = {
        {"+0", "1984-03-02T23:59:58"},           {"+0.999", "1984-03-02T23:59:58.999000"},
        {"+1", "1984-03-02T23:59:59"},           {"+3602.5", "1984-03-03T01:00:00.500000"},
        {"-0.25", "1984-03-02T23:59:57.750000"}, {"-172799", "1984-02-29T23:59:59"},
    };
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        char list[64];
        myo_source *source = NULL;
        size_t count = 0;
        plus_file("EDF+C", "+0.35");
        file.size -= 2 * (3 * 200 + 2 + 80); /* both records: only the first is told anew */
        memset(file.bytes + file.size + 602, 0, 80);
        (void)snprintf(list, sizeof list, "%s||!%s|first|!", rows[k].first, rows[k].first);
        file.size += 602;
        edf_file_list(&file, list, 40);
        file.size += 3 * 200 + 2 + 80;
        assert_int_equal(open_file(NULL, &source), MYO_OK);
        assert_string_equal(myo_source_info_get(source)->start_time, rows[k].start);
        const myo_mark *marks = myo_source_marks(source, &count);
        size_t at = 0;
        while (at < count && strcmp(marks[at].label, "first") != 0) {
            at++;
        }
        assert_true(at < count && marks[at].frame == 0);
        myo_source_free(source);
    }
}

/* The second record starts 0.05 s late: 50 frames are missing, and times hold after them. */
static void test_a_discontinuous_recording_has_its_gap_filled(void **state)
{
    (void)state;
    myo_source *source = NULL;
    myo_status last;
    size_t count = 0;
    plus_file("EDF+D", "+0.4");
    assert_int_equal(open_file("0", &source), MYO_OK);
    const myo_source_info *info = myo_source_info_get(source);
    assert_string_equal(info->format, "EDF+D, 16 bit");
    assert_int_equal(info->frames, 250);
    assert_int_equal(read_all(source, &last), 250);
    assert_int_equal(last, MYO_OK);
    for (int i = 0; i < 250; i++) {
        if (i >= 100 && i < 150) {
            assert_true(isnan(samples[i]));
        } else {
            assert_float_equal(samples[i], ((i < 100 ? i : i - 50) - 100) * 0.1f, 1e-5);
        }
    }
    assert_int_equal(myo_source_marks(source, &count)[1].frame, 50);
    myo_source_free(source);
    plus_file("EDF+D", "+999999");
    assert_int_equal(open_file(NULL, &source), MYO_ERR_UNSUPPORTED);
    assert_string_equal(why.text, "record 1: more than 7 days are missing before it");
    plus_file("EDF+D", "+0.2"); /* overlaps: taken as following, and told */
    assert_int_equal(open_file(NULL, &source), MYO_OK);
    assert_int_equal(myo_source_info_get(source)->frames, 200);
    assert_non_null(strstr(myo_source_info_get(source)->note,
                           "1 records start before the one before them ends"));
    myo_source_free(source);
}

static const edf_file_signal biosemi[] = {
    {"A1", "uV", "-262144", "262143", "-8388608", "8388607", 512},
    {"Status", "Boolean", "-8388608", "8388607", "-8388608", "8388607", 512},
};

/* Three records of 1 s; the upper bits are the amplifier's state, the port rests at 0x0100. */
static void biosemi_file(int promised)
{
    edf_file_begin(&file, 1, "24BIT", promised, "1", biosemi, 2);
    for (int record = 0; record < 3; record++) {
        for (int i = 0; i < 512; i++) {
            edf_file_sample(&file, i == 0 ? -8388608 : 32 * (record * 512 + i));
        }
        for (int i = 0; i < 512; i++) {
            int code = record == 1 && i >= 100 && i < 110 ? 20 : record == 2 && i > 509 ? 200 : 256;
            edf_file_sample(&file, 0x100000 | code);
        }
    }
}

static void test_triggers_of_the_status_channel(void **state)
{
    (void)state;
    myo_source *source = NULL;
    myo_status last;
    size_t count = 0;
    biosemi_file(3);
    assert_int_equal(open_file(NULL, &source), MYO_OK);
    const myo_source_info *info = myo_source_info_get(source);
    assert_string_equal(info->format, "BDF, 24 bit");
    assert_string_equal(info->subject, ""); /* plain files have names there */
    assert_true(info->channels == 1 && info->rate_hz == 512.0);
    const myo_mark *marks = myo_source_marks(source, &count);
    assert_int_equal(count, 2);
    assert_true(marks[0].frame == 612 && strcmp(marks[0].label, "20") == 0);
    assert_true(marks[1].frame == 1534 && strcmp(marks[1].label, "200") == 0);
    assert_int_equal(read_all(source, &last), 1536);
    for (int i = 0; i < 1536; i++) {
        double digital = i % 512 == 0 ? -8388608.0 : 32.0 * i;
        double uv = (digital + 8388608.0) * 524287.0 / 16777215.0 - 262144.0;
        assert_true(fabs((double)samples[i] - uv) <= 0.016); /* half a float step at 262 mV */
    }
    assert_true(info->rail_low[0] == (double)samples[0]);
    myo_source_free(source);
}

static void test_open_ended_and_cut_files(void **state)
{
    (void)state;
    myo_source *source = NULL;
    myo_status last;
    biosemi_file(-1);
    file.size -= 1;
    assert_int_equal(open_file(NULL, &source), MYO_OK);
    assert_int_equal(myo_source_info_get(source)->frames, 1024);
    assert_string_equal(myo_source_info_get(source)->note,
                        "the recording was not closed: 2 whole records");
    assert_int_equal(read_all(source, &last), 1024);
    assert_int_equal(last, MYO_OK);
    myo_source_free(source);
    biosemi_file(5);
    assert_int_equal(open_file(NULL, &source), MYO_OK);
    assert_int_equal(read_all(source, &last), 1536);
    assert_int_equal(last, MYO_ERR_READ);
    assert_string_equal(why.text,
                        "frame 1536: the file ends before the 2560 frames that it promises");
    myo_source_free(source);
    biosemi_file(2);
    assert_int_equal(open_file(NULL, &source), MYO_OK);
    assert_int_equal(read_all(source, &last), 1024);
    assert_int_equal(last, MYO_OK);
    assert_string_equal(myo_source_info_get(source)->note,
                        "3072 bytes after the last record are ignored");
    myo_source_free(source);
}

static void test_what_is_read_unasked(void **state)
{
    (void)state;
    static const struct {
        edf_file_signal signals[3];
        uint32_t channels;
        double full_scale_uv;
    } rows[] = {
        {{{"EEG Cz", "uV", "-9", "9", "-9", "9", 600},
          {"Deltoid", "mV", "-9", "9", "-9", "9", 600},
          {"Force", "N", "-9", "9", "-9", "9", 600}},
         1,
         1.0},
        {{{"x", "", "-9", "9", "-9", "9", 600},
          {"y", "N", "-9", "9", "-9", "9", 600},
          {"z", "uV", "-9", "9", "-9", "9", 6}},
         2,
         0.0},
        {{{"EMG", "uV", "0", "0", "0", "0", 600},
          {"emg 2", "\xB5V", "-9", "9", "-9", "9", 600},
          {"ECG", "uV", "-9", "9", "-9", "9", 600}},
         2,
         0.0},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        myo_source *source = NULL;
        edf_file_begin(&file, 0, "", 1, "1", rows[r].signals, 3);
        for (int i = 0; i < 1800; i++) {
            edf_file_sample(&file, i % 9);
        }
        assert_int_equal(open_file(NULL, &source), MYO_OK);
        assert_int_equal(myo_source_info_get(source)->channels, rows[r].channels);
        assert_true(myo_source_info_get(source)->full_scale_uv == rows[r].full_scale_uv);
        myo_source_free(source);
    }
}

static void test_headers_that_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        const char *text;
        myo_status status;
        const char *why;
    } rows[] = {
        {252, "0   ", MYO_ERR_EMPTY, "byte 252: zero signals"},
        {252, "-1  ", MYO_ERR_FORMAT, "byte 252: not a number of signals"},
        {252, "9e9 ", MYO_ERR_FORMAT, "byte 252: not a number of signals"},
        {252, "9999", MYO_ERR_FORMAT, "byte 9984: the file ends in its header"},
        {236, "many", MYO_ERR_FORMAT, "byte 236: not a number of records"},
        {244, "0   ", MYO_ERR_FORMAT, "byte 244: records of 0 s"},
        {244, "-1  ", MYO_ERR_FORMAT, "byte 244: not a duration of records"},
        {244, "9   ", MYO_ERR_UNSUPPORTED,
         "header: 56.8889 frames a second; 500 to 100000 can be analysed"},
        {688, "-12 ", MYO_ERR_FORMAT, "byte 688: not a number of samples"},
        {688, "99999999", MYO_ERR_UNSUPPORTED, "header: records of 300001533 bytes"},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        myo_source *source = NULL;
        biosemi_file(3);
        memcpy(file.bytes + rows[r].at, rows[r].text, strlen(rows[r].text));
        assert_int_equal(open_file(NULL, &source), rows[r].status);
        assert_string_equal(why.text, rows[r].why);
        assert_null(source);
    }
}

/* Opens whatever there is and reads a little of it: no crash, no endless loop. */
static void try_file(void)
{
    myo_source *source = NULL;
    size_t got = 1;
    if (open_file("all", &source) == MYO_OK) {
        uint32_t channels = myo_source_info_get(source)->channels;
        for (int i = 0; i < 20 && got > 0; i++) {
            myo_status status = myo_source_read(source, samples, ROOM / channels, &got, &why);
            assert_true(status == MYO_OK || got == 0);
        }
    }
    myo_source_free(source);
}

/* Every byte of the header cut or set to four values, then 2000 random bytes anywhere. */
static void test_damage_anywhere(void **state)
{
    (void)state;
    static const unsigned char values[] = {0, ' ', '9', 0xFF};
    uint32_t random = 1;
    plus_file("EDF+D", "+0.4");
    size_t header = file.size - 2 * (3 * 200 + 2 + 80), whole = file.size;
    for (size_t at = 0; at < whole; at += at < header ? 1 : 7) {
        file.size = at;
        try_file();
    }
    for (size_t i = 0; i < header * sizeof values + 2000; i++) {
        random = random * 1664525u + 1013904223u;
        size_t at = i / sizeof values < header ? i / sizeof values : (random >> 8) % whole;
        unsigned char value = i / sizeof values < header ? values[i % 4] : random & 255;
        plus_file("EDF+D", "+0.4");
        file.bytes[at] = value;
        try_file();
    }
}

static void test_decimal_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool comma, good;
        double value;
    } rows[] = {
        {"0", false, true, 0.0},
        {" -12.50 ", false, true, -12.5},
        {"+1e3", false, true, 1000.0},
        {".5", false, true, 0.5},
        {"5.", false, true, 5.0},
        {"3,25", true, true, 3.25},
        {"3,25", false, false, 0.0},
        {"", false, false, 0.0},
        {"-", false, false, 0.0},
        {"1e", false, false, 0.0},
        {"1 2", false, false, 0.0},
        {"nan", false, false, 0.0},
        {"0x10", false, false, 0.0},
        {"1e999", false, false, 0.0},
        {"1e-999", false, true, 0.0},
        {"0.1", false, true, 0.1},
        {"123456789012345678901234", false, true, 123456789012345678901234.0},
        {"0.000000000000000000001", false, true, 1e-21},
        {"488.28125", false, true, 488.28125},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        double value = 0.0;
        bool good = myo_decimal_read(rows[r].text, strlen(rows[r].text), rows[r].comma, &value);
        assert_int_equal(good, rows[r].good);
        if (good) {
            assert_true(fabs(value - rows[r].value) <= fabs(rows[r].value) * 2.3e-16);
        }
    }
    int64_t whole = 0;
    assert_true(myo_decimal_whole("8.000", 5, &whole) && whole == 8);
    assert_false(myo_decimal_whole("8.5", 3, &whole));
    assert_false(myo_decimal_whole("8e3", 3, &whole));
    assert_false(myo_decimal_whole("1000000000000000", 16, &whole));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scales_names_and_annotations),
        cmocka_unit_test(test_the_first_record_says_when_it_all_began),
        cmocka_unit_test(test_a_discontinuous_recording_has_its_gap_filled),
        cmocka_unit_test(test_triggers_of_the_status_channel),
        cmocka_unit_test(test_open_ended_and_cut_files),
        cmocka_unit_test(test_what_is_read_unasked),
        cmocka_unit_test(test_headers_that_are_refused),
        cmocka_unit_test(test_damage_anywhere),
        cmocka_unit_test(test_decimal_numbers),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
