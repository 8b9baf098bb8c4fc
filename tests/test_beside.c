/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BrainVision and WFDB: recordings of several files; bytes and checksums are worked out by hand. */
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

static char folder[] = "/tmp/myo_beside_XXXXXX";
static float samples[1 << 16];
static myo_why why;

static int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int folder_remove(void **state)
{
    (void)state;
    static const char *const names[] = {"a.vhdr", "a.eeg", "a.vmrk", "a.hea", "a.dat", "b.dat"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)unlink(names[i]);
    }
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static void write_file(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void write_text(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

static myo_status open_file(const char *name, myo_source **source)
{
    memset(&why, 0, sizeof why);
    return myo_source_open_here(name, &(myo_source_options){.channels = "all"}, source, &why);
}

static size_t read_all(myo_source *source, myo_status *last)
{
    size_t total = 0, got = 0;
    uint32_t channels = myo_source_info_get(source)->channels;
    do {
        *last = myo_source_read(source, samples + total * channels, 3, &got, &why);
        total += got;
    } while (*last == MYO_OK && got > 0 &&
             (total + 3) * channels < sizeof samples / sizeof *samples);
    return total;
}

#define VHDR_TOP                                                                                   \
    "Brain Vision Data Exchange Header File Version 1.0\r\n; DataFile=no.eeg\r\n[Common "          \
    "Infos]\r\n"
#define VHDR_CHANNELS "[Channel Infos]\r\nCh1=EMG a\\1 b,,0.5,\xC2\xB5V\r\nCh2=EMG c,ref,,mV\r\n"

static void vhdr_write(const char *orientation, const char *format)
{
    char text[1024];
    snprintf(text, sizeof text,
             VHDR_TOP "DataFile=a.eeg\r\nMarkerFile=a.vmrk\r\nDataFormat=BINARY\r\n"
                      "DataOrientation=%s\r\nNumberOfChannels=2\r\nDataPoints=4\r\n"
                      "SamplingInterval=400\r\n[Binary Infos]\r\nBinaryFormat=%s\r\n" VHDR_CHANNELS,
             orientation, format);
    write_text("a.vhdr", text);
    write_text("a.vmrk", "Brain Vision Data Exchange Marker File, Version 1.0\n[Marker Infos]\n"
                         "Mk1=New Segment,,1,1,0,20190102030405060708\n"
                         "Mk2=Stimulus,S  7,3,1,0\nMk3=Comment,in\\1 out,4,1,0\n"
                         "Mk4=Response,,2,1,0\nMk5=Comment,nowhere,x,1,0\n");
}

static void test_brainvision_integers_both_ways(void **state)
{
    (void)state;
    static const int16_t mixed[] = {1, -10, 2, -20, 3, -30, -32768, 32767};
    static const int16_t apart[] = {1, 2, 3, -32768, -10, -20, -30, 32767};
    static const float want[] = {0.5f, -10e3f, 1, -20e3f, 1.5f, -30e3f, -16384, 32767e3f};
    for (int vectorized = 0; vectorized < 2; vectorized++) {
        myo_source *source = NULL;
        myo_status last;
        size_t count = 0;
        vhdr_write(vectorized ? "VECTORIZED" : "MULTIPLEXED", "INT_16");
        write_file("a.eeg", vectorized ? apart : mixed, sizeof mixed);
        assert_int_equal(open_file("a.vhdr", &source), MYO_OK);
        const myo_source_info *info = myo_source_info_get(source);
        assert_string_equal(info->format, "BrainVision, 16 bit");
        assert_true(info->rate_hz == 2500.0 && info->frames == 4 && info->channels == 2);
        assert_true(info->full_scale_uv == 1.0 && info->rail_low[0] == -16384.0);
        assert_string_equal(info->channel_name[0], "EMG a, b");
        assert_string_equal(info->start_time, "2019-01-02T03:04:05.060708");
        assert_string_equal(info->note, "a.vmrk: 1 markers without position");
        assert_int_equal(read_all(source, &last), 4);
        assert_int_equal(last, MYO_OK);
        assert_memory_equal(samples, want, sizeof want);
        const myo_mark *marks = myo_source_marks(source, &count);
        assert_int_equal(count, 3);
        assert_true(marks[0].frame == 1 && strcmp(marks[0].label, "Response") == 0);
        assert_true(marks[1].frame == 2 && strcmp(marks[1].label, "S  7") == 0);
        assert_true(marks[2].frame == 3 && strcmp(marks[2].label, "in, out") == 0);
        myo_source_free(source);
    }
}

static void test_brainvision_floats_and_a_cut_file(void **state)
{
    (void)state;
    static const float numbers[] = {1, 2, NAN, -4, 5, 6, 7, 8};
    myo_source *source = NULL;
    myo_status last;
    vhdr_write("MULTIPLEXED", "IEEE_FLOAT_32");
    write_file("a.eeg", numbers, sizeof numbers - 1);
    assert_int_equal(open_file("a.vhdr", &source), MYO_OK);
    assert_int_equal(read_all(source, &last), 3);
    assert_int_equal(last, MYO_ERR_READ);
    assert_string_equal(why.text, "frame 3: the file ends before the 4 frames that it promises");
    assert_true(samples[0] == 0.5f && samples[1] == 2000 && isnan(samples[2]) &&
                samples[5] == 6000);
    myo_source_free(source);
}

static void test_brainvision_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        myo_status status;
        const char *why;
    } rows[] = {
        {VHDR_TOP "DataFile=../a.eeg\nNumberOfChannels=1\nSamplingInterval=500\n", MYO_ERR_OPEN,
         "'../a.eeg' is no file beside this one"},
        {VHDR_TOP "DataFile=none\nNumberOfChannels=1\nSamplingInterval=500\n", MYO_ERR_OPEN,
         "none: cannot be opened: No such file or directory"},
        {VHDR_TOP "DataFile=a.eeg\nSamplingInterval=500\n", MYO_ERR_EMPTY,
         "header: 0 channels; 1 to 256 can be analysed"},
        {VHDR_TOP "NumberOfChannels=1\n", MYO_ERR_FORMAT, "header: no SamplingInterval"},
        {VHDR_TOP "NumberOfChannels=1\nSamplingInterval=5\nDataFormat=ASCII\n", MYO_ERR_UNSUPPORTED,
         "header: 'DataFormat=ASCII' is not read"},
        {VHDR_TOP "NumberOfChannels=1\nSamplingInterval=5\nBinaryFormat=INT_8\n",
         MYO_ERR_UNSUPPORTED, "header: 'INT_8' is not read"},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        myo_source *source = NULL;
        write_text("a.vhdr", rows[r].text);
        assert_int_equal(open_file("a.vhdr", &source), rows[r].status);
        assert_string_equal(why.text, rows[r].why);
    }
}

/* Sums by hand: 100 - 32768 + 300 = -32368; -5 + 6 + 7 = 8. The lowest code is a missing sample. */
static void test_wfdb_format_16_and_its_checksums(void **state)
{
    (void)state;
    static const int16_t numbers[] = {100, -5, -32768, 6, 300, 7};
    myo_source *source = NULL;
    myo_status last;
    write_file("a.dat", numbers, sizeof numbers);
    write_text("a.hea", "# made up\na 2 1000 3 10:00:00\n"
                        "a.dat 16 100(50)/mV 16 0 100 -32368 0 EMG left\r\n"
                        "a.dat 16 0.5/uV 16 1 -5 8 0 EMG right\n# tail\n");
    assert_int_equal(open_file("a.hea", &source), MYO_OK);
    const myo_source_info *info = myo_source_info_get(source);
    assert_string_equal(info->format, "WFDB, format 16");
    assert_true(info->rate_hz == 1000.0 && info->channels == 2 && info->frames == 3);
    assert_string_equal(info->channel_name[0], "EMG left");
    assert_int_equal(read_all(source, &last), 3);
    assert_int_equal(last, MYO_OK);
    assert_true(samples[0] == 500.0f && isnan(samples[2]) && samples[4] == 2500.0f);
    assert_true(samples[1] == -12.0f && samples[3] == 10.0f && samples[5] == 12.0f);
    myo_source_free(source);
    write_text("a.hea", "a 2 1000 3\na.dat 16 100(50)/mV 16 0 100 -32368 0 EMG left\n"
                        "a.dat 16 0.5/uV 16 1 -5 9 0 EMG right\n");
    assert_int_equal(open_file("a.hea", &source), MYO_OK);
    assert_int_equal(read_all(source, &last), 3);
    assert_int_equal(last, MYO_ERR_READ);
    assert_string_equal(why.text, "channel 1: checksum 8 where the header promises 9");
    myo_source_free(source);
}

/* Format 212: 0x123, -1, 0x7FF, -2048 (missing), 1; 24: -2, 0x010203. In two files. */
static void test_wfdb_packed_formats(void **state)
{
    (void)state;
    static const unsigned char packed[] = {0x23, 0xF1, 0xFF, 0xFF, 0x87, 0x00, 0x01, 0x00};
    static const unsigned char three[] = {9, 0xFE, 0xFF, 0xFF, 3,    2, 1, 0,
                                          0, 0x80, 0xFF, 0xFF, 0x7F, 0, 0, 0};
    static const float first[] = {0x123, -1, 0x7FF, NAN, 1};
    static const float second[] = {-2, 0x010203, -8388608.0f, 8388607.0f, 0};
    myo_source *source = NULL;
    myo_status last;
    write_file("a.dat", packed, sizeof packed);
    write_file("b.dat", three, sizeof three);
    write_text("a.hea", "a 1 500\na.dat 212 1/uV\n");
    assert_int_equal(open_file("a.hea", &source), MYO_OK);
    assert_int_equal(read_all(source, &last), 5);
    for (int i = 0; i < 5; i++) {
        assert_true(samples[i] == first[i] || (isnan(first[i]) && isnan(samples[i])));
    }
    myo_source_free(source);
    write_text("a.hea", "a 2 500/100(3) 5\na.dat 212 1/uV\nb.dat 24+1 1/N\n");
    assert_int_equal(open_file("a.hea", &source), MYO_OK);
    assert_true(myo_source_info_get(source)->full_scale_uv == 0.0); /* newtons */
    assert_int_equal(read_all(source, &last), 5);
    assert_int_equal(last, MYO_OK);
    for (int i = 0; i < 5; i++) {
        assert_true(samples[2 * i + 1] == second[i] || (i == 2 && isnan(samples[5])));
    }
    myo_source_free(source);
}

static void test_wfdb_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        myo_status status;
        const char *why;
    } rows[] = {
        {"# only this\n", MYO_ERR_EMPTY, "header: nothing in it"},
        {"a/3 2 500\n", MYO_ERR_UNSUPPORTED, "header: records of segments are not read"},
        {"a 0\n", MYO_ERR_EMPTY, "header: 0 signals; 1 to 256 can be analysed"},
        {"a 999999\n", MYO_ERR_UNSUPPORTED, "header: 999999 signals; 1 to 256 can be analysed"},
        {"a 2 500\na.dat 16\n", MYO_ERR_FORMAT, "header: ends at signal 1"},
        {"a 1 500\na.dat 310\n", MYO_ERR_UNSUPPORTED,
         "header: signal 0: format 310; 16, 24, 61 and 212 are read"},
        {"a 1 500\n/etc/passwd 16\n", MYO_ERR_OPEN, "'/etc/passwd' is no file beside this one"},
        {"a 1 x\na.dat 16\n", MYO_ERR_FORMAT, "header: not a rate: 'x'"},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        myo_source *source = NULL;
        write_text("a.hea", rows[r].text);
        assert_int_equal(open_file("a.hea", &source), rows[r].status);
        assert_string_equal(why.text, rows[r].why);
    }
}

/* Both headers cut at, and with other bytes at, every place. */
static void damage(const char *name)
{
    static const char values[] = {'\0', '9', ','};
    char text[2048];
    FILE *file = fopen(name, "rb");
    size_t size = fread(text, 1, sizeof text, file);
    fclose(file);
    for (size_t i = 0; i < size * (sizeof values + 1); i++) {
        size_t at = i / (sizeof values + 1), v = i % (sizeof values + 1);
        char saved = text[at];
        myo_source *source = NULL;
        myo_status last = MYO_OK;
        text[at] = v < sizeof values ? values[v] : saved;
        write_file(name, text, v < sizeof values ? size : at);
        text[at] = saved;
        if (open_file(strcmp(name, "a.vmrk") == 0 ? "a.vhdr" : name, &source) == MYO_OK) {
            assert_true(read_all(source, &last) <= 8);
        }
        myo_source_free(source);
    }
}

static void test_damaged_headers(void **state)
{
    (void)state;
    static const int16_t numbers[] = {1, 2, 3, 4, 5, 6, 7, 8};
    write_file("a.eeg", numbers, sizeof numbers);
    write_file("a.dat", numbers, sizeof numbers);
    write_text("a.hea", "a 2 1000 3\na.dat 16 100(50)/mV 16 0 100 -32368 0 EMG left\n"
                        "a.dat 16 0.5/uV 16 1 -5 9 0 EMG right\n");
    damage("a.hea");
    vhdr_write("VECTORIZED", "INT_16");
    damage("a.vhdr");
    vhdr_write("MULTIPLEXED", "INT_16");
    damage("a.vmrk");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brainvision_integers_both_ways),
        cmocka_unit_test(test_brainvision_floats_and_a_cut_file),
        cmocka_unit_test(test_brainvision_refusals),
        cmocka_unit_test(test_wfdb_format_16_and_its_checksums),
        cmocka_unit_test(test_wfdb_packed_formats),
        cmocka_unit_test(test_wfdb_refusals),
        cmocka_unit_test(test_damaged_headers),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
