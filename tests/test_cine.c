/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cines of known bytes: pixels, times, crops, tables of times, and what is refused.
 *
 * A Y4M file is a line of text, then for each frame the word FRAME and its bytes as they are
 * (wiki.multimedia.cx/index.php/YUV4MPEG2), so that every expected value is the byte written here. */
#include "cine/cine.h"
#include "cine/writer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { WIDTH = 16, HEIGHT = 8, FRAMES = 5 };

static char folder[] = "/tmp/test_cine_XXXXXX";
static char path[256], table[256];

static int folder_make(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/a.y4m", folder);
    snprintf(table, sizeof table, "%s/a.csv", folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)unlink(table);
    return rmdir(folder);
}

static uint8_t pixel(int frame, int x, int y)
{
    return (uint8_t)(40 * frame + 16 * y % 7 + x);
}

/* 20 frames a second, gray; the last frame is cut off by @p cut bytes. */
static void y4m_write(int frames, int cut)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fprintf(file, "YUV4MPEG2 W%d H%d F20:1 Ip A1:1 Cmono\n", WIDTH, HEIGHT);
    for (int f = 0; f < frames; f++) {
        fputs("FRAME\n", file);
        for (int i = 0; i < WIDTH * HEIGHT - (f == frames - 1 ? cut : 0); i++) {
            putc(pixel(f, i % WIDTH, i / WIDTH), file);
        }
    }
    assert_int_equal(fclose(file), 0);
}

static void text_write(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static myo_cine *must_open(const myo_cine_options *options)
{
    myo_cine *cine = NULL;
    myo_why why = {""};
    if (myo_cine_open(path, options, &cine, &why) != MYO_OK) {
        fail_msg("%s", why.text);
    }
    return cine;
}

static void test_y4m(void **state)
{
    (void)state;
    y4m_write(FRAMES, 0);
    assert_true(myo_cine_known(path));
    myo_cine *cine = must_open(&(myo_cine_options){0});
    const myo_cine_info *info = myo_cine_info_get(cine);
    assert_int_equal(info->width, WIDTH);
    assert_int_equal(info->height, HEIGHT);
    assert_int_equal(info->kind, MYO_CINE_BMODE);
    assert_int_equal(info->clock, MYO_CINE_TIME_INTERVAL);
    assert_false(info->is_float);
    assert_string_equal(info->format, "Y4M, rawvideo");
    myo_cine_frame frame;
    myo_why why;
    bool got = false;
    for (int f = 0; f < FRAMES; f++) {
        assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
        assert_true(got);
        assert_int_equal(frame.sequence, f);
        assert_true(fabs(frame.time_s - f * 0.05) < 1e-12);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            assert_int_equal(frame.gray[(size_t)(i / WIDTH) * frame.stride + (size_t)(i % WIDTH)],
                             pixel(f, i % WIDTH, i / WIDTH));
        }
    }
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    assert_false(got);
    myo_cine_free(cine);
}

static void test_crop_and_scale(void **state)
{
    (void)state;
    float values[4 * 3];
    y4m_write(2, 0);
    myo_cine *cine = must_open(&(myo_cine_options){.crop = {5, 2, 4, 3}, .mm_per_px = 0.0883});
    const myo_cine_info *info = myo_cine_info_get(cine);
    assert_int_equal(info->width, 4);
    assert_int_equal(info->height, 3);
    assert_int_equal(info->whole_width, WIDTH);
    assert_true(info->mm_per_px_x == 0.0883 && info->mm_per_px_y == 0.0883);
    myo_cine_frame frame;
    myo_why why;
    bool got = false;
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    myo_cine_floats(info, &frame, values);
    for (int i = 0; i < 12; i++) {
        assert_true(values[i] == (float)pixel(1, 5 + i % 4, 2 + i / 4));
    }
    myo_cine_free(cine);
}

static myo_status refusal(const myo_cine_options *options, myo_why *why)
{
    myo_cine *cine = NULL;
    myo_status status = myo_cine_open(path, options, &cine, why);
    assert_null(cine);
    return status;
}

static void test_crop_outside_is_refused(void **state)
{
    (void)state;
    myo_why why;
    y4m_write(1, 0);
    const myo_cine_rect rects[] = {{13, 0, 4, 4}, {0, 5, 4, 4},          {16, 0, 1, 1},
                                   {0, 0, 0, 4},  {UINT32_MAX, 0, 2, 2}, {2, 0, UINT32_MAX, 2}};
    for (size_t i = 0; i < sizeof rects / sizeof rects[0]; i++) {
        assert_int_equal(refusal(&(myo_cine_options){.crop = rects[i]}, &why), MYO_ERR_BAD_ARG);
        assert_non_null(strstr(why.text, "not inside the picture, 16x8"));
    }
    assert_int_equal(refusal(&(myo_cine_options){.region = 1}, &why), MYO_ERR_BAD_ARG);
}

static void test_times_of_a_table(void **state)
{
    (void)state;
    const double expected[] = {1.5, 1.501, 1.75};
    y4m_write(3, 0);
    text_write(table, "frame,torque_Nm,time_s\n0,1,1.5\n1,2,1.501\n2,,1.75\n");
    myo_cine *cine = must_open(&(myo_cine_options){.times = table});
    assert_int_equal(myo_cine_info_get(cine)->clock, MYO_CINE_TIME_SIDECAR);
    for (int f = 0; f < 3; f++) {
        myo_cine_frame frame;
        myo_why why;
        bool got = false;
        assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
        assert_true(got && frame.time_s == expected[f]);
    }
    myo_cine_free(cine);
}

static void test_bad_tables_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"frame,seconds\n0,1\n", "line 1: no column time_s"},
        {"frame,time_s\n0,1\n2,2\n", "line 3: frames are not numbered 0, 1, 2"},
        {"time_s\n1\n0.5\n", "line 3: its time is before that of the row above"},
        {"time_s\n1\nx\n", "line 3: no time"},
        {"time_s\n", "no row"},
        {"", "line 1: no column time_s"},
    };
    y4m_write(2, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        myo_why why;
        text_write(table, cases[i].text);
        assert_int_not_equal(refusal(&(myo_cine_options){.times = table}, &why), MYO_OK);
        assert_non_null(strstr(why.text, cases[i].reason));
    }
}

/* Reads all there is; returns the status of the last call and how many frames came. */
static myo_status drain(myo_cine *cine, int *frames, myo_why *why)
{
    myo_status status = MYO_OK;
    bool got = true;
    for (*frames = 0; got; *frames += got) {
        myo_cine_frame frame;
        status = myo_cine_next(cine, &frame, &got, why);
    }
    return status;
}

static void test_table_of_another_length_is_refused(void **state)
{
    (void)state;
    int frames = 0;
    myo_why why;
    y4m_write(3, 0);
    text_write(table, "time_s\n1\n2\n");
    myo_cine *cine = must_open(&(myo_cine_options){.times = table});
    assert_int_equal(drain(cine, &frames, &why), MYO_ERR_FORMAT);
    assert_int_equal(frames, 2);
    assert_string_equal(why.text, "frame 2: the table of times ends before it");
    myo_cine_free(cine);
    text_write(table, "time_s\n1\n2\n3\n4\n");
    cine = must_open(&(myo_cine_options){.times = table});
    assert_int_equal(drain(cine, &frames, &why), MYO_ERR_READ);
    assert_int_equal(frames, 3);
    myo_cine_free(cine);
}

static void test_given_interval(void **state)
{
    (void)state;
    y4m_write(2, 0);
    myo_cine *cine = must_open(&(myo_cine_options){.interval_s = 1.0 / 1500.0});
    myo_cine_frame frame;
    myo_why why;
    bool got = false;
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    assert_true(frame.time_s == 1.0 / 1500.0);
    assert_int_equal(myo_cine_info_get(cine)->clock, MYO_CINE_TIME_GIVEN);
    myo_cine_free(cine);
}

static void test_cut_off_frame_is_told(void **state)
{
    (void)state;
    int frames = 0;
    myo_why why;
    y4m_write(3, 20);
    myo_cine *cine = must_open(&(myo_cine_options){0});
    assert_int_equal(drain(cine, &frames, &why), MYO_ERR_READ);
    assert_int_equal(frames, 2);
    myo_cine_free(cine);
}

static void test_pipe_gives_the_same(void **state)
{
    (void)state;
    y4m_write(FRAMES, 0);
    char name[300], command[700];
    snprintf(name, sizeof name, "%s/pipe", folder);
    assert_int_equal(mkfifo(name, 0600), 0);
    snprintf(command, sizeof command, "cat %s > %s &", path, name);
    assert_int_equal(system(command), 0);
    myo_cine *cine = NULL;
    myo_why why = {""};
    int frames = 0;
    assert_int_equal(myo_cine_open(name, &(myo_cine_options){0}, &cine, &why), MYO_OK);
    assert_int_equal(drain(cine, &frames, &why), MYO_OK);
    assert_int_equal(frames, FRAMES);
    myo_cine_free(cine);
    assert_int_equal(unlink(name), 0);
}

static void test_silent_pipe_is_given_up(void **state)
{
    (void)state;
    char name[300];
    snprintf(name, sizeof name, "%s/pipe", folder);
    assert_int_equal(mkfifo(name, 0600), 0);
    myo_cine *cine = NULL;
    myo_why why;
    assert_int_equal(myo_cine_open(name, &(myo_cine_options){.patience_s = 0.05}, &cine, &why),
                     MYO_ERR_READ);
    assert_null(cine);
    assert_int_equal(unlink(name), 0);
}

static void test_what_is_no_cine_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason;
        myo_status status;
    } cases[] = {
        {"", "the file is empty", MYO_ERR_EMPTY},
        {"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no cine of a known kind",
         MYO_ERR_UNSUPPORTED},
        {"YUV4MPEG2 W0 H8 F20:1\nFRAME\n", "header: damaged", MYO_ERR_FORMAT},
        {"YUV4MPEG2 W99999 H99999 F20:1 Cmono\nFRAME\nxx", "header: damaged", MYO_ERR_FORMAT},
        {"GIF89a", "header: damaged", MYO_ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        myo_why why = {""};
        text_write(path, cases[i].text);
        myo_status status = refusal(&(myo_cine_options){0}, &why);
        assert_non_null(strstr(why.text, cases[i].reason));
        assert_int_equal(status, cases[i].status);
    }
    myo_cine *cine = NULL;
    myo_why why;
    assert_int_equal(myo_cine_open("/dev/null", &(myo_cine_options){0}, &cine, &why), MYO_ERR_OPEN);
    assert_int_equal(myo_cine_open("/no/such", &(myo_cine_options){0}, &cine, &why), MYO_ERR_OPEN);
    assert_null(cine);
    myo_cine_free(NULL);
}

/* Irregular times, to a microsecond in NUT and to a millisecond in Matroska, and every pixel. */
static void writer_round(const char *name, double tolerance_s)
{
    static const double times[] = {0.25, 0.2513, 0.29, 0.358, 1.0};
    uint8_t gray[WIDTH * HEIGHT];
    myo_cine_writer *writer = NULL;
    myo_why why = {""};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(myo_cine_writer_open(path, false, WIDTH, HEIGHT, &writer, &why), MYO_OK);
    for (int f = 0; f < 5; f++) {
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            gray[i] = pixel(f, i % WIDTH, i / WIDTH);
        }
        assert_int_equal(myo_cine_writer_add(writer, gray, WIDTH, times[f], &why), MYO_OK);
        assert_int_equal(myo_cine_writer_add(writer, gray, WIDTH, times[f], &why), MYO_ERR_BAD_ARG);
    }
    assert_int_equal(myo_cine_writer_commit(writer, &why), MYO_OK);
    assert_int_equal(myo_cine_writer_open(path, false, WIDTH, HEIGHT, &writer, &why),
                     MYO_ERR_EXISTS);
    myo_cine *cine = must_open(&(myo_cine_options){0});
    assert_int_equal(myo_cine_info_get(cine)->clock, MYO_CINE_TIME_FRAME);
    for (int f = 0; f < 5; f++) {
        myo_cine_frame frame;
        bool got = false;
        assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
        assert_true(got && fabs(frame.time_s - times[f]) <= tolerance_s);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            assert_int_equal(frame.gray[(size_t)(i / WIDTH) * frame.stride + (size_t)(i % WIDTH)],
                             pixel(f, i % WIDTH, i / WIDTH));
        }
    }
    myo_cine_free(cine);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/a.y4m", folder);
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    writer_round("a.nut", 1e-9);
    writer_round("a.mkv", 0.00050001);
}

static void pgm_write(const char *name, int frame)
{
    char full[300];
    snprintf(full, sizeof full, "%s/pictures/%s", folder, name);
    FILE *file = fopen(full, "wb");
    assert_non_null(file);
    fprintf(file, "P5 %d %d 255\n", WIDTH, HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        putc(pixel(frame, i % WIDTH, i / WIDTH), file);
    }
    assert_int_equal(fclose(file), 0);
}

/* Pictures come in the order of their numbers; one that is missing is a loss, also in time. */
static void test_directory_of_pictures(void **state)
{
    (void)state;
    static const char *const names[] = {"f_2.pgm", "f_10.pgm", "f_1.pgm"};
    static const int frames[] = {2, 10, 1}, order[] = {1, 2, 10};
    char pictures[300], name[320];
    myo_cine *cine = NULL;
    myo_cine_frame frame;
    myo_why why = {""};
    bool got = false;
    snprintf(pictures, sizeof pictures, "%s/pictures", folder);
    assert_int_equal(mkdir(pictures, 0700), 0);
    assert_int_equal(myo_cine_open(pictures, &(myo_cine_options){0}, &cine, &why), MYO_ERR_EMPTY);
    for (int i = 0; i < 3; i++) {
        pgm_write(names[i], frames[i] % 5);
    }
    snprintf(name, sizeof name, "%s/notes.txt", pictures);
    text_write(name, "nothing");
    assert_int_equal(myo_cine_open(pictures, &(myo_cine_options){.interval_s = 0.1}, &cine, &why),
                     MYO_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
        assert_true(got);
        assert_int_equal(frame.sequence, order[i] - 1);
        assert_true(fabs(frame.time_s - 0.1 * (order[i] - 1)) < 1e-12);
        assert_int_equal(frame.gray[5], pixel(order[i] % 5, 5, 0));
    }
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    assert_false(got);
    myo_cine_free(cine);
    assert_int_equal(unlink(name), 0);
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s/%s", pictures, names[i]);
        assert_int_equal(unlink(name), 0);
    }
    assert_int_equal(rmdir(pictures), 0);
}

/* Gray bytes without a header: from a file without times, from a pipe with those of arrival. */
static void test_raw_gray(void **state)
{
    (void)state;
    myo_cine *cine = NULL;
    myo_cine_frame frame;
    myo_why why = {""};
    bool got = false;
    int frames = 0;
    y4m_write(1, 0);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    myo_cine_options options = {.width = (uint32_t)about.st_size, .height = 1};
    cine = must_open(&options);
    assert_int_equal(myo_cine_info_get(cine)->clock, MYO_CINE_TIME_NONE);
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    assert_true(got && frame.gray[0] == 'Y' && frame.time_s == 0.0);
    myo_cine_free(cine);
    options.width = 100;
    cine = must_open(&options);
    assert_int_equal(drain(cine, &frames, &why), MYO_ERR_READ);
    assert_int_equal(frames, about.st_size / 100);
    myo_cine_free(cine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_y4m),
        cmocka_unit_test(test_crop_and_scale),
        cmocka_unit_test(test_crop_outside_is_refused),
        cmocka_unit_test(test_times_of_a_table),
        cmocka_unit_test(test_bad_tables_are_refused),
        cmocka_unit_test(test_table_of_another_length_is_refused),
        cmocka_unit_test(test_given_interval),
        cmocka_unit_test(test_cut_off_frame_is_told),
        cmocka_unit_test(test_pipe_gives_the_same),
        cmocka_unit_test(test_silent_pipe_is_given_up),
        cmocka_unit_test(test_what_is_no_cine_is_refused),
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_directory_of_pictures),
        cmocka_unit_test(test_raw_gray),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
