/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every real ultrasound recording at hand against what other readers make of it: count, size, scale,
 * times and pixels; skipped where the recordings are not. */
#include "cine/cine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#include <cmocka.h>

static const struct {
    const char *name;
    myo_cine_kind kind;
    myo_cine_clock clock;
    uint32_t width, height;
    int64_t frames;
    double first_s, last_s, mm_x, mm_y;
    uint32_t crc; /* 0: the mean counts */
    double mean;
} rows[] = {
#include "cine_real.inc"
};

static const char *root(void)
{
    static char path[512];
    const char *data = getenv("MYOTWITCH_DATA");
    snprintf(path, sizeof path, "%s/ultrasound", data != NULL ? data : MYO_DATA_DIR);
    return path;
}

static bool near(double a, double b)
{
    return isnan(b) ? isnan(a) : fabs(a - b) < 1.5e-6;
}

/* Adds one frame to the checksum, row by row, and to the sum of samples. */
static uLong frame_add(uLong crc, const myo_cine_info *info, const myo_cine_frame *frame,
                       double *sum)
{
    size_t each = info->kind == MYO_CINE_IQ ? 2 : 1, row = each * info->width;
    for (size_t y = 0; y < info->height; y++) {
        if (info->is_float) {
            const float *at = frame->values + each * y * frame->stride;
            crc = crc32(crc, (const Bytef *)at, (uInt)(row * sizeof *at));
            continue;
        }
        const uint8_t *at = frame->gray + y * frame->stride;
        crc = crc32(crc, at, (uInt)row);
        for (size_t x = 0; x < row; x++) {
            *sum += at[x];
        }
    }
    return crc;
}

static void row_check(size_t r, myo_cine *cine)
{
    const myo_cine_info *info = myo_cine_info_get(cine);
    int64_t frames = 0;
    double first_s = NAN, last_s = NAN, sum = 0.0;
    uLong crc = crc32(0, NULL, 0);
    bool got = true;
    while (got) {
        myo_cine_frame frame;
        myo_why why = {""};
        if (myo_cine_next(cine, &frame, &got, &why) != MYO_OK) {
            fail_msg("%s: %s", rows[r].name, why.text);
        }
        if (got) {
            first_s = frames == 0 ? frame.time_s : first_s;
            last_s = frame.time_s;
            crc = frame_add(crc, info, &frame, &sum);
            frames++;
        }
    }
    double mean = sum / ((double)frames * info->width * info->height);
    assert_int_equal(frames, rows[r].frames);
    assert_int_equal(info->width, rows[r].width);
    assert_int_equal(info->height, rows[r].height);
    assert_int_equal(info->kind, rows[r].kind);
    assert_int_equal(info->clock, rows[r].clock);
    assert_true(near(info->mm_per_px_x, rows[r].mm_x) && near(info->mm_per_px_y, rows[r].mm_y));
    assert_true(near(first_s, rows[r].first_s) && near(last_s, rows[r].last_s));
    if (rows[r].crc != 0) {
        assert_int_equal(crc, rows[r].crc);
    } else { /* decoders of JPEG differ by a step at some pixels */
        assert_true(fabs(mean - rows[r].mean) < 0.02);
    }
}

static void test_every_recording_is_read_right(void **state)
{
    (void)state;
    struct stat about;
    if (stat(root(), &about) != 0) {
        print_message("%s is not here\n", root());
        skip();
    }
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        char path[1024];
        myo_cine *cine = NULL;
        myo_why why = {""};
        snprintf(path, sizeof path, "%s/%s", root(), rows[r].name);
        print_message("%s\n", rows[r].name);
        if (myo_cine_open(path, &(myo_cine_options){0}, &cine, &why) != MYO_OK) {
            fail_msg("%s", why.text);
        }
        row_check(r, cine);
        myo_cine_free(cine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_recording_is_read_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
