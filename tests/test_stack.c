/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small MetaImage, Clarius, MATLAB, NumPy and HDF5 files of every kind that is read. tests/fuzz/seeds_cine.py makes
 * them of numbers that count, so that every expected value can be reckoned. */
#include "cine/cine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Sample @p part (0, or 1 for quadrature) of frame @p f at column x, row y. */
typedef double sample_function(int f, int x, int y, int part);

/* 16 x 8, row by row; bytes repeat after 128. */
static double rows_bytes(int f, int x, int y, int part)
{
    return 16 * y + x + 0 * f * part;
}

static double rows_on(int f, int x, int y, int part)
{
    return 128 * f + 16 * y + x + 0 * part;
}

/* Rows of the array are scan lines: 8 lines of 16 samples. */
static double lines_on(int f, int x, int y, int part)
{
    return 128 * f + 16 * x + y + 0 * part;
}

/* 8 lines of 8 pairs. */
static double pairs_on(int f, int x, int y, int part)
{
    return 128 * f + 16 * x + 2 * y + part;
}

/* Clarius: 16 lines of 8 bytes. */
static double clarius_bytes(int f, int x, int y, int part)
{
    return 8 * x + y + 0 * f * part;
}

/* 16 lines of 8 words whose bytes count up to 250. */
static double clarius_words(int f, int x, int y, int part)
{
    int at = 2 * (8 * x + y) + 0 * (f + part), word = 256 * ((at + 1) % 251) + at % 251;
    return word >= 32768 ? word - 65536 : word;
}

/* 16 lines of 8 pairs of words whose bytes count up to 250. */
static double clarius_pairs(int f, int x, int y, int part)
{
    int at = 4 * (8 * x + y) + 2 * part + 0 * f, low = at % 251, high = (at + 1) % 251;
    int word = 256 * high + low;
    return word >= 32768 ? word - 65536 : word;
}

/* MATLAB: 8 x 16 x 2, columns first. */
static double columns_on(int f, int x, int y, int part)
{
    return 128 * f + 8 * x + y + 0 * part;
}

static double columns_pair(int f, int x, int y, int part)
{
    return (part == 0 ? 1 : -1) * columns_on(f, x, y, 0);
}

static double vector(int f, int x, int y, int part)
{
    return y + 0 * (f + x + part);
}

/* NumPy: (1 + 2i) times the count. */
static double complex_on(int f, int x, int y, int part)
{
    return (part + 1) * rows_on(f, x, y, 0);
}

/* Index [y, x, f] of 8 x 16 x 2 counts in C order. */
static double fortran(int f, int x, int y, int part)
{
    return 32 * y + 2 * x + f + 0 * part;
}

/* Samples x acquisitions. */
static double wulpus(int f, int x, int y, int part)
{
    return 100 * y + f + 0 * (x + part);
}

static const struct {
    const char *name;
    sample_function *sample;
    myo_cine_kind kind;
    myo_cine_clock clock;
    int width, height, frames;
    double first_s, last_s;
} files[] = {
    {"metaimage/plain", rows_bytes, MYO_CINE_BMODE, MYO_CINE_TIME_FRAME, 16, 8, 2, 15.5, 15.58},
    {"metaimage/returns", rows_bytes, MYO_CINE_BMODE, MYO_CINE_TIME_FRAME, 16, 8, 2, 15.5, 15.58},
    {"metaimage/packed", rows_bytes, MYO_CINE_BMODE, MYO_CINE_TIME_FRAME, 16, 8, 2, 15.5, 15.58},
    {"metaimage/short", rows_on, MYO_CINE_BMODE, MYO_CINE_TIME_FRAME, 16, 8, 2, 15.5, 15.58},
    {"metaimage/big", rows_on, MYO_CINE_BMODE, MYO_CINE_TIME_FRAME, 16, 8, 2, 15.5, 15.58},
    {"metaimage/lines", lines_on, MYO_CINE_LINES, MYO_CINE_TIME_FRAME, 8, 16, 2, 15.5, 15.58},
    {"metaimage/rf", lines_on, MYO_CINE_RF, MYO_CINE_TIME_FRAME, 8, 16, 2, 15.5, 15.58},
    {"metaimage/iq", pairs_on, MYO_CINE_IQ, MYO_CINE_TIME_FRAME, 8, 8, 2, 15.5, 15.58},
    {"metaimage/untimed", rows_bytes, MYO_CINE_BMODE, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"clarius/plain", clarius_bytes, MYO_CINE_LINES, MYO_CINE_TIME_FRAME, 16, 8, 2, 1.0, 1.018},
    {"clarius/rf-bare", clarius_words, MYO_CINE_RF, MYO_CINE_TIME_FRAME, 16, 8, 2, 1.0, 1.018},
    {"clarius/iq", clarius_pairs, MYO_CINE_IQ, MYO_CINE_TIME_FRAME, 16, 8, 2, 1.0, 1.018},
    {"matlab/bmode", columns_on, MYO_CINE_BMODE, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"matlab/bmode-packed", columns_on, MYO_CINE_BMODE, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"matlab/rf", columns_on, MYO_CINE_LINES, MYO_CINE_TIME_INTERVAL, 16, 8, 2, 0.0, 0.0002},
    {"matlab/rf-packed", columns_on, MYO_CINE_LINES, MYO_CINE_TIME_INTERVAL, 16, 8, 2, 0.0, 0.0002},
    {"matlab/iq", columns_pair, MYO_CINE_IQ, MYO_CINE_TIME_INTERVAL, 16, 8, 2, 0.0, 0.0002},
    {"matlab/iq-packed", columns_pair, MYO_CINE_IQ, MYO_CINE_TIME_INTERVAL, 16, 8, 2, 0.0, 0.0002},
    {"matlab/big", columns_on, MYO_CINE_LINES, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"matlab/vector", vector, MYO_CINE_LINES, MYO_CINE_TIME_NONE, 1, 100, 1, 0.0, 0.0},
    {"numpy/stack", rows_on, MYO_CINE_BMODE, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"numpy/big", rows_on, MYO_CINE_LINES, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"numpy/complex", complex_on, MYO_CINE_IQ, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"numpy/fortran", fortran, MYO_CINE_LINES, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"numpy/wulpus", wulpus, MYO_CINE_LINES, MYO_CINE_TIME_NONE, 1, 8, 100, NAN, NAN},
    {"uff/uff-earliest", columns_pair, MYO_CINE_IQ, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"uff/uff-latest", columns_pair, MYO_CINE_IQ, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"uff/straight-earliest", columns_pair, MYO_CINE_IQ, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"uff/sector-earliest", columns_pair, MYO_CINE_IQ, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"uff/envelope-earliest", columns_on, MYO_CINE_LINES, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"uff/mat73-earliest", columns_on, MYO_CINE_BMODE, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"uff/mat73-iq-earliest", columns_pair, MYO_CINE_IQ, MYO_CINE_TIME_NONE, 16, 8, 2, NAN, NAN},
    {"uff/plain-earliest", rows_on, MYO_CINE_BMODE, MYO_CINE_TIME_FRAME, 16, 8, 2, 0.25, 0.29},
    {"uff/plain-latest", rows_on, MYO_CINE_BMODE, MYO_CINE_TIME_FRAME, 16, 8, 2, 0.25, 0.29},
};

static myo_status corpus_open(const char *name, myo_cine **cine, myo_why *why)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", MYO_CORPUS, name);
    return myo_cine_open(path, &(myo_cine_options){0}, cine, why);
}

static bool same_time(double a, double b)
{
    return isnan(b) ? isnan(a) : fabs(a - b) < 1e-9;
}

static void frame_check(size_t row, int f, const float *values, int parts)
{
    for (int y = 0; y < files[row].height; y++) {
        for (int x = 0; x < files[row].width; x++) {
            for (int part = 0; part < parts; part++) {
                double value = (double)values[(y * files[row].width + x) * parts + part];
                if (value != files[row].sample(f, x, y, part)) {
                    fail_msg("frame %d at %d, %d: %g", f, x, y, value);
                }
            }
        }
    }
}

static void test_every_kind_gives_its_samples(void **state)
{
    (void)state;
    static float values[4096];
    for (size_t row = 0; row < sizeof files / sizeof files[0]; row++) {
        myo_cine *cine = NULL;
        myo_why why = {""};
        bool got = false;
        myo_cine_frame frame;
        print_message("%s\n", files[row].name);
        if (corpus_open(files[row].name, &cine, &why) != MYO_OK) {
            fail_msg("%s", why.text);
        }
        const myo_cine_info *info = myo_cine_info_get(cine);
        assert_int_equal(info->width, files[row].width);
        assert_int_equal(info->height, files[row].height);
        assert_int_equal(info->frames, files[row].frames);
        assert_int_equal(info->kind, files[row].kind);
        assert_int_equal(info->clock, files[row].clock);
        for (int f = 0; f < files[row].frames; f++) {
            assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
            assert_true(got);
            myo_cine_floats(info, &frame, values);
            frame_check(row, f, values, info->kind == MYO_CINE_IQ ? 2 : 1);
            assert_true(f != 0 || same_time(frame.time_s, files[row].first_s));
        }
        assert_true(same_time(frame.time_s, files[row].last_s));
        assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
        assert_false(got);
        myo_cine_free(cine);
    }
}

/* Acquisitions 65500 ... 65535, 1, 2 ...: one was lost where the counter wrapped. */
static void test_lost_acquisition_is_counted(void **state)
{
    (void)state;
    myo_cine *cine = NULL;
    myo_cine_frame frame;
    myo_why why = {""};
    bool got = false;
    assert_int_equal(corpus_open("numpy/wulpus", &cine, &why), MYO_OK);
    for (int f = 0; f < 100; f++) {
        assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
        assert_int_equal(frame.sequence, f < 36 ? f : f + 1);
    }
    myo_cine_free(cine);
}

static void test_parameters_are_found(void **state)
{
    (void)state;
    myo_cine *cine = NULL;
    myo_why why = {""};
    assert_int_equal(corpus_open("matlab/rf", &cine, &why), MYO_OK);
    assert_true(myo_cine_info_get(cine)->carrier_hz == 5e6);
    assert_true(myo_cine_info_get(cine)->depth_rate_hz == 2e7);
    myo_cine_free(cine);
    assert_int_equal(corpus_open("uff/uff-earliest", &cine, &why), MYO_OK);
    assert_true(fabs(myo_cine_info_get(cine)->mm_per_px_x - 0.2) < 1e-9);
    assert_true(fabs(myo_cine_info_get(cine)->mm_per_px_y - 0.1) < 1e-9);
    assert_true(myo_cine_info_get(cine)->carrier_hz == 5.2e6);
    myo_cine_free(cine);
    assert_int_equal(corpus_open("uff/rare-carriers", &cine, &why), MYO_OK);
    assert_true(myo_cine_info_get(cine)->carrier_hz == 0.0); /* two are none */
    myo_cine_free(cine);
}

static void test_what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *name, *reason;
        int frames; /* before it */
    } cases[] = {
        {"metaimage/elsewhere", "'../a.raw' is no file beside this one", -1},
        {"metaimage/wide", "pictures of 16777216 x 8", -1},
        {"metaimage/cut", "frame 1: the file is cut off or damaged", 1},
        {"metaimage/packed-cut", "frame 0: the file is cut off or damaged", 0},
        {"metaimage/double", "frame 0: holds what is no number", 0},
        {"metaimage/bomb", "frame 1: the file is cut off or damaged", 1},
        {"clarius/backwards", "frame 1: its time 0.000000 s is before that of the frame before", 1},
        {"matlab/lying", "array RF has not the numbers it promises", -1},
        {"matlab/five", "no array of numbers", -1},
        {"matlab/cut", "frame 1: the file is cut off or damaged", 1},
        {"numpy/object", "numbers are '|O8'", -1},
        {"numpy/large", "an array with a side of 9999999999", -1},
        {"uff/elsewhere", "name a data set", -1},
        {"uff/external", "name a data set", -1},
        {"uff/two", "name a data set", -1},
        {"uff/pixels-earliest", "data are not 16x8 pixels", -1},
        {"uff/cut", "HDF5: damaged or cut off", -1},
        {"../broken/uff/broken-link", "its reader broke on it", -1},
        {"numpy/repeated", "frame 1: has the number of the one before", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        myo_cine *cine = NULL;
        myo_why why = {""};
        int frames = -1;
        myo_status status = corpus_open(cases[i].name, &cine, &why);
        for (bool got = status == MYO_OK; got || frames < 0; frames++) {
            myo_cine_frame frame;
            if (status != MYO_OK) {
                break;
            }
            status = myo_cine_next(cine, &frame, &got, &why);
        }
        print_message("%s: %s\n", cases[i].name, why.text);
        assert_int_not_equal(status, MYO_OK);
        assert_non_null(strstr(why.text, cases[i].reason));
        assert_int_equal(frames, cine == NULL ? -1 : cases[i].frames);
        myo_cine_free(cine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_gives_its_samples),
        cmocka_unit_test(test_lost_acquisition_is_counted),
        cmocka_unit_test(test_parameters_are_found),
        cmocka_unit_test(test_what_is_wrong_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
