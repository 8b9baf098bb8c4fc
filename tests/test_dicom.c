/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small DICOM files of every kind that is read. tests/fuzz/seeds_cine.py makes them: two frames of
 * 16 x 8 pixels whose samples count 0, 1, ... 127, so that every expected value can be reckoned. */
#include "cine/cine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { PIXELS = 128 };

static myo_status corpus_open(const char *name, myo_cine **cine, myo_why *why)
{
    char path[512];
    snprintf(path, sizeof path, "%s/dicom/%s", MYO_CORPUS, name);
    return myo_cine_open(path, &(myo_cine_options){0}, cine, why);
}

static double level(int frame, int i)
{
    (void)frame, (void)i;
    return 64.0;
}

static double as_is(int frame, int i)
{
    return frame * 0 + i;
}

static double swapped(int frame, int i)
{
    return frame * 0 + (i ^ 1);
}

static double counting_on(int frame, int i)
{
    return 128 * frame + i;
}

static double white(int frame, int i)
{
    return 255 - as_is(frame, i);
}

static double wide_runs(int frame, int i)
{
    return 257 * as_is(frame, i);
}

/* Interleaved, three after the other: 299, 587 and 114 parts in a thousand. */
static double rgb(int frame, int i)
{
    int at = 384 * frame + 3 * i;
    return (299 * (at % 128) + 587 * ((at + 1) % 128) + 114 * ((at + 2) % 128) + 500) / 1000;
}

/* Y Y B R: pixels 2k and 2k + 1 are bytes 4k and 4k + 1. */
static double ybr422(int frame, int i)
{
    return (256 * frame + 4 * (i / 2) + i % 2) % 128;
}

/* 0, then 127 steps to 40000, of which the upper byte counts. */
static double segments(int frame, int i)
{
    int value = frame * 0 + (40000 * i + 63) / 127;
    return value / 256;
}

/* 5, then 85 steps to 900; then twice the 85 steps from 900 to 900. */
static double repeats(int frame, int i)
{
    int value = frame * 0 + (i <= 85 ? (5 * (85 - i) + 900 * i + 42) / 85 : 900);
    return value / 256;
}

static const struct {
    const char *name;
    double (*pixel)(int frame, int i);
    bool is_float;
    myo_cine_clock clock;
    double second_s;
    int frames;
} files[] = {
    {"explicit", as_is, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"implicit", as_is, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"deflated", as_is, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"big", swapped, false, MYO_CINE_TIME_FRAME, 0.0405, 2},
    {"wide", counting_on, true, MYO_CINE_TIME_FRAME, 0.0405, 2},
    {"wide-big", counting_on, true, MYO_CINE_TIME_FRAME, 0.0405, 2},
    {"white", white, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"untimed", as_is, false, MYO_CINE_TIME_NONE, NAN, 2},
    {"nested", as_is, false, MYO_CINE_TIME_NONE, NAN, 2},
    {"rgb", rgb, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"planar", as_is, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"ybr422", ybr422, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"palette", as_is, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"segments", segments, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"repeats", repeats, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"rle", as_is, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"rle-wide", wide_runs, true, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
    {"rle-split", as_is, false, MYO_CINE_TIME_NONE, 0.0, 1},
    {"rare-rle-run", level, false, MYO_CINE_TIME_INTERVAL, 0.016667, 2},
};

static void frames_check(size_t row, myo_cine *cine)
{
    const myo_cine_info *info = myo_cine_info_get(cine);
    float values[PIXELS];
    bool got = false;
    myo_cine_frame frame;
    myo_why why = {""};
    for (int f = 0; f < files[row].frames; f++) {
        double time_s = f == 0 && !isnan(files[row].second_s) ? 0.0 : files[row].second_s;
        assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
        assert_true(got && frame.sequence == f);
        assert_true(isnan(time_s) ? isnan(frame.time_s) : fabs(frame.time_s - time_s) < 1e-12);
        myo_cine_floats(info, &frame, values);
        for (int i = 0; i < PIXELS; i++) {
            if ((double)values[i] != files[row].pixel(f, i)) {
                fail_msg("frame %d pixel %d: %g", f, i, (double)values[i]);
            }
        }
    }
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    assert_false(got);
}

static void test_every_kind_gives_its_pixels(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof files / sizeof files[0]; row++) {
        myo_cine *cine = NULL;
        myo_why why = {""};
        print_message("%s\n", files[row].name);
        assert_int_equal(corpus_open(files[row].name, &cine, &why), MYO_OK);
        const myo_cine_info *info = myo_cine_info_get(cine);
        assert_int_equal(info->width, 16);
        assert_int_equal(info->height, 8);
        assert_int_equal(info->frames, files[row].frames);
        assert_int_equal(info->is_float, files[row].is_float);
        assert_int_equal(info->clock, files[row].clock);
        assert_true(fabs(info->mm_per_px_x - 0.1) < 1e-12 && fabs(info->mm_per_px_y - 0.2) < 1e-12);
        assert_int_equal(info->region[0].kind, MYO_CINE_REGION_TISSUE);
        frames_check(row, cine);
        myo_cine_free(cine);
    }
}

static void test_region_is_cut_out(void **state)
{
    (void)state;
    char path[512];
    myo_cine *cine = NULL;
    myo_why why = {""};
    snprintf(path, sizeof path, "%s/dicom/untimed", MYO_CORPUS);
    assert_int_equal(myo_cine_open(path, &(myo_cine_options){.region = 3}, &cine, &why), MYO_OK);
    assert_int_equal(myo_cine_info_get(cine)->regions, 3);
    assert_int_equal(myo_cine_info_get(cine)->width, 16);
    myo_cine_free(cine);
    assert_int_equal(myo_cine_open(path, &(myo_cine_options){.region = 4}, &cine, &why),
                     MYO_ERR_BAD_ARG);
}

static void test_lost_frame_is_named(void **state)
{
    (void)state;
    myo_cine *cine = NULL;
    myo_cine_frame frame;
    bool got = false;
    myo_why why = {""};
    assert_int_equal(corpus_open("cut", &cine, &why), MYO_OK);
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_ERR_READ);
    assert_false(got);
    assert_string_equal(why.text, "frame 1: the file is cut off");
    myo_cine_free(cine);
    assert_int_equal(corpus_open("lying", &cine, &why), MYO_ERR_FORMAT);
    assert_string_equal(why.text, "DICOM: 256 bytes of pixels; 100000 frames need 12800000");
}

/* Sequences that do not tell their length end with a delimiter. */
static void test_regions_of_an_unmeasured_sequence(void **state)
{
    (void)state;
    myo_cine *cine = NULL;
    myo_why why = {""};
    assert_int_equal(corpus_open("rare-region-unmeasured", &cine, &why), MYO_OK);
    const myo_cine_info *info = myo_cine_info_get(cine);
    assert_int_equal(info->regions, 2);
    assert_int_equal(info->region[1].rect.width, 16);
    assert_int_equal(info->region[1].rect.height, 8);
    myo_cine_free(cine);
}

/* A file cut at any byte is refused or says which frame is missing; none crashes. */
static void test_cut_anywhere(void **state)
{
    (void)state;
    char from[512], to[] = "/tmp/test_dicom_XXXXXX";
    uint8_t bytes[4096];
    snprintf(from, sizeof from, "%s/dicom/rle", MYO_CORPUS);
    FILE *file = fopen(from, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(fclose(file), 0);
    int cut = mkstemp(to);
    for (size_t length = 1; length < size; length++) {
        myo_cine *cine = NULL;
        myo_why why = {""};
        assert_int_equal(ftruncate(cut, 0), 0);
        assert_int_equal(pwrite(cut, bytes, length, 0), (ssize_t)length);
        myo_status status = myo_cine_open(to, &(myo_cine_options){0}, &cine, &why);
        bool got = status == MYO_OK;
        while (got) {
            myo_cine_frame frame;
            status = myo_cine_next(cine, &frame, &got, &why);
        }
        bool only_delimiter = length >= size - 8;
        assert_true(only_delimiter ? status == MYO_OK : status != MYO_OK && why.text[0] != '\0');
        myo_cine_free(cine);
    }
    close(cut);
    unlink(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_gives_its_pixels),
        cmocka_unit_test(test_region_is_cut_out),
        cmocka_unit_test(test_lost_frame_is_named),
        cmocka_unit_test(test_regions_of_an_unmeasured_sequence),
        cmocka_unit_test(test_cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
