/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Audio recordings come back as they were written; damaged and strange ones are refused by name. */
#include "signal/source.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <sndfile.h>

enum { CHANNELS = 3, FRAMES = 5000, RATE = 2000 };

static char folder[] = "/tmp/myo_source_XXXXXX";
static char path[64];

static int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int folder_remove(void **state)
{
    (void)state;
    return chdir("/") != 0 || rmdir(folder) != 0;
}

/* Multiples of 2^-7 below 1: exact in every encoding from 8 bits up. */
static float sample_at(size_t frame, size_t channel)
{
    return (float)((int)((frame * 7 + channel * 31) % 255) - 127) / 128.0f;
}

/* libsndfile scales floats by 32767 on their way to PCM but moves integers by whole bits only. */
static void write_audio(int format, int rate, int channels, size_t frames)
{
    static float samples[FRAMES * CHANNELS];
    static int numbers[FRAMES * CHANNELS];
    int encoding = format & SF_FORMAT_SUBMASK;
    bool is_pcm = encoding != SF_FORMAT_FLOAT && encoding != SF_FORMAT_DOUBLE;
    SF_INFO info = {.samplerate = rate, .channels = channels, .format = format};
    sf_count_t count = (sf_count_t)frames;
    snprintf(path, sizeof path, "%s/a.wav", folder);
    for (size_t i = 0; i < frames * (size_t)channels; i++) {
        samples[i] = sample_at(i / (size_t)channels, i % (size_t)channels);
        numbers[i] = (int)(samples[i] * 2147483648.0f);
    }
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    assert_non_null(file);
    assert_int_equal(is_pcm ? sf_writef_int(file, numbers, count)
                            : sf_writef_float(file, samples, count),
                     count);
    assert_int_equal(sf_close(file), 0);
}

static myo_status open_with(const myo_source_options *options, myo_source **source, myo_why *why)
{
    memset(why, 0, sizeof *why);
    return myo_source_open_here(path, options, source, why);
}

/* Reads to the end in odd pieces; returns the number of frames. */
static size_t read_all(myo_source *source, float *samples, myo_status *last, myo_why *why)
{
    uint32_t channels = myo_source_info_get(source)->channels;
    size_t total = 0, got = 0;
    do {
        *last = myo_source_read(source, samples + total * channels, 777, &got, why);
        total += got;
    } while (*last == MYO_OK && got > 0);
    return total;
}

static void test_every_encoding_comes_back(void **state)
{
    (void)state;
    static const struct {
        int format;
        const char *name;
        double rail_high;
    } rows[] = {
        {SF_FORMAT_WAV | SF_FORMAT_PCM_U8, "WAV, 8 bit PCM", 1.0 - 1.0 / 128},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, "WAV, 16 bit PCM", 1.0 - 1.0 / 32768},
        {SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, "WAV, 24 bit PCM", 1.0 - 1.0 / 8388608},
        {SF_FORMAT_WAV | SF_FORMAT_FLOAT, "WAV, 32 bit float", 0.0},
        {SF_FORMAT_RF64 | SF_FORMAT_DOUBLE, "RF64, 64 bit float", 0.0},
        {SF_FORMAT_W64 | SF_FORMAT_PCM_32, "W64, 32 bit PCM", 1.0 - 1.0 / 2147483648.0},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "AIFF, 16 bit PCM", 1.0 - 1.0 / 32768},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, "FLAC, 24 bit PCM", 1.0 - 1.0 / 8388608},
        {SF_FORMAT_AU | SF_FORMAT_FLOAT, "AU, 32 bit float", 0.0},
        {SF_FORMAT_CAF | SF_FORMAT_PCM_16, "CAF, 16 bit PCM", 1.0 - 1.0 / 32768},
    };
    static float samples[(FRAMES + 777) * CHANNELS];
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        myo_source *source = NULL;
        myo_why why;
        myo_status last;
        write_audio(rows[r].format, RATE, CHANNELS, FRAMES);
        assert_int_equal(open_with(&(myo_source_options){0}, &source, &why), MYO_OK);
        const myo_source_info *info = myo_source_info_get(source);
        assert_string_equal(info->format, rows[r].name);
        assert_true(info->rate_hz == RATE && info->channels == CHANNELS && info->frames == FRAMES);
        assert_true(info->rail_high[2] == rows[r].rail_high);
        assert_true(info->full_scale_uv == 0.0);
        assert_int_equal(read_all(source, samples, &last, &why), FRAMES);
        assert_int_equal(last, MYO_OK);
        for (size_t i = 0; i < FRAMES * CHANNELS; i++) {
            assert_true(samples[i] == sample_at(i / CHANNELS, i % CHANNELS));
        }
        myo_source_free(source);
        unlink(path);
    }
}

static void test_chosen_channels_only(void **state)
{
    (void)state;
    static float samples[(FRAMES + 777) * CHANNELS];
    myo_source *source = NULL;
    myo_why why;
    myo_status last;
    write_audio(SF_FORMAT_WAV | SF_FORMAT_PCM_16, RATE, CHANNELS, FRAMES);
    assert_int_equal(open_with(&(myo_source_options){.channels = "2,0"}, &source, &why), MYO_OK);
    const myo_source_info *info = myo_source_info_get(source);
    assert_true(info->channels == 2 && info->channel_number[0] == 0 &&
                info->channel_number[1] == 2);
    assert_int_equal(read_all(source, samples, &last, &why), FRAMES);
    for (size_t f = 0; f < FRAMES; f++) {
        assert_true(samples[2 * f] == sample_at(f, 0) && samples[2 * f + 1] == sample_at(f, 2));
    }
    myo_source_free(source);
    assert_int_equal(open_with(&(myo_source_options){.channels = "1-3"}, &source, &why),
                     MYO_ERR_BAD_ARG);
    assert_string_equal(why.text, "no channel '1-3' among 3");
    unlink(path);
}

static void test_marks_of_the_text_beside(void **state)
{
    (void)state;
    myo_source *source = NULL;
    myo_why why;
    char beside[64];
    write_audio(SF_FORMAT_WAV | SF_FORMAT_PCM_16, RATE, 1, FRAMES);
    snprintf(beside, sizeof beside, "%s/a-events.txt", folder);
    FILE *text = fopen(beside, "w");
    fputs("# Marker ID,\tTime (in s)\nneedle in,\t2.25\n3,\t0.5\nno time here\n", text);
    fclose(text);
    assert_int_equal(open_with(&(myo_source_options){0}, &source, &why), MYO_OK);
    size_t count = 0;
    const myo_mark *marks = myo_source_marks(source, &count);
    assert_int_equal(count, 2);
    assert_true(marks[0].frame == 1000 && strcmp(marks[0].label, "3") == 0);
    assert_true(marks[1].frame == 4500 && strcmp(marks[1].label, "needle in") == 0);
    assert_string_equal(myo_source_info_get(source)->note,
                        "a-events.txt line 4: not 'id, seconds'; ignored");
    myo_source_free(source);
    unlink(beside);
    unlink(path);
}

static void test_a_short_file_is_read_to_its_end_then_refused(void **state)
{
    (void)state;
    static float samples[(FRAMES + 777) * CHANNELS];
    myo_source *source = NULL;
    myo_why why;
    myo_status last;
    write_audio(SF_FORMAT_WAV | SF_FORMAT_PCM_16, RATE, CHANNELS, FRAMES);
    assert_int_equal(truncate(path, 44 + 1000 * CHANNELS * 2 + 1), 0);
    assert_int_equal(open_with(&(myo_source_options){0}, &source, &why), MYO_OK);
    assert_int_equal(myo_source_info_get(source)->frames, FRAMES);
    assert_int_equal(read_all(source, samples, &last, &why), 1000);
    assert_int_equal(last, MYO_ERR_READ);
    assert_string_equal(why.text,
                        "frame 1000: the file ends before the 5000 frames that it promises");
    myo_source_free(source);
    unlink(path);
}

static void write_bytes(const char *bytes, size_t size)
{
    snprintf(path, sizeof path, "%s/a.wav", folder);
    FILE *file = fopen(path, "wb");
    fwrite(bytes, 1, size, file);
    fclose(file);
}

/* A WAV header of one's own: codec, channels and rate as given, 4 bytes of data. */
static void write_header(int codec, int channels, unsigned rate)
{
    unsigned char h[48] = "RIFF(\0\0\0WAVEfmt \20\0\0\0";
    h[20] = (unsigned char)(codec & 255);
    h[21] = (unsigned char)(codec >> 8);
    h[22] = (unsigned char)channels;
    for (int i = 0; i < 4; i++) {
        h[24 + i] = (unsigned char)(rate >> (8 * i));
    }
    h[32] = (unsigned char)(2 * channels);
    h[34] = 16;
    memcpy(h + 36, "data\4\0\0\0", 8);
    write_bytes((const char *)h, sizeof h);
}

static void test_refusals_say_why(void **state)
{
    (void)state;
    static const struct {
        int codec, channels;
        unsigned rate;
        myo_status status;
        const char *why;
    } rows[] = {
        {1, 0, 2000, MYO_ERR_EMPTY, "header: zero channels"},
        {0x11, 1, 2000, MYO_ERR_UNSUPPORTED,
         "header: codec 0x0011; only PCM and floating point are read"}, /* IMA ADPCM */
        {1, 1, 499, MYO_ERR_UNSUPPORTED,
         "header: 499 frames a second; 500 to 100000 can be analysed"},
        {1, 1, 2000000000, MYO_ERR_UNSUPPORTED,
         "header: 2e+09 frames a second; 500 to 100000 can be analysed"},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        myo_source *source = NULL;
        myo_why why;
        write_header(rows[r].codec, rows[r].channels, rows[r].rate);
        assert_int_equal(open_with(&(myo_source_options){0}, &source, &why), rows[r].status);
        assert_string_equal(why.text, rows[r].why);
        assert_null(source);
        unlink(path);
    }
}

static void test_what_is_no_recording_is_refused(void **state)
{
    (void)state;
    myo_source *source = NULL;
    myo_why why;
    write_bytes("", 0);
    assert_int_equal(open_with(&(myo_source_options){0}, &source, &why), MYO_ERR_EMPTY);
    write_bytes("MZ this is a program", 20);
    assert_int_equal(open_with(&(myo_source_options){0}, &source, &why), MYO_ERR_UNSUPPORTED);
    unlink(path);
    assert_int_equal(open_with(&(myo_source_options){0}, &source, &why), MYO_ERR_OPEN);
    assert_string_equal(why.text, "cannot be opened: No such file or directory");
    snprintf(path, sizeof path, "%s", folder);
    assert_int_equal(open_with(&(myo_source_options){0}, &source, &why), MYO_ERR_OPEN);
    assert_string_equal(why.text, "is not a regular file");
}

/* Every header cut at every byte: never a crash, never an endless loop, never a wrong success. */
static void test_headers_cut_anywhere(void **state)
{
    (void)state;
    static const int formats[] = {SF_FORMAT_WAV | SF_FORMAT_PCM_16,
                                  SF_FORMAT_RF64 | SF_FORMAT_FLOAT,
                                  SF_FORMAT_W64 | SF_FORMAT_PCM_24};
    for (size_t r = 0; r < sizeof formats / sizeof formats[0]; r++) {
        struct stat about;
        write_audio(formats[r], RATE, 1, 8);
        assert_int_equal(stat(path, &about), 0);
        for (off_t size = about.st_size - 1; size >= 0; size--) {
            myo_source *source = NULL;
            myo_why why;
            float samples[777 * 2];
            myo_status last = MYO_OK;
            assert_int_equal(truncate(path, size), 0);
            if (open_with(&(myo_source_options){0}, &source, &why) == MYO_OK) {
                assert_true(read_all(source, samples, &last, &why) < 8);
                assert_int_equal(last, MYO_ERR_READ);
            }
            myo_source_free(source);
        }
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_encoding_comes_back),
        cmocka_unit_test(test_chosen_channels_only),
        cmocka_unit_test(test_marks_of_the_text_beside),
        cmocka_unit_test(test_a_short_file_is_read_to_its_end_then_refused),
        cmocka_unit_test(test_refusals_say_why),
        cmocka_unit_test(test_what_is_no_recording_is_refused),
        cmocka_unit_test(test_headers_cut_anywhere),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
