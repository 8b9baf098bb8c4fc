/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the recorder was given is in the file that it leaves, frame by frame and row by row. */
#include "record/recorder.h"
#include "record/recover.h"

#include "signal/source.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <hdf5.h>

enum { CHANNELS = 3, RATE = 2000, BLOCK = 8 };

static char folder[] = "/tmp/myo_recorder_XXXXXX";
static char path[64];

static int folder_begin(void **state)
{
    (void)state;
    memcpy(strrchr(folder, '_') + 1, "XXXXXX", 6);
    (void)snprintf(path, sizeof path, "%s/a.h5", mkdtemp(folder));
    return 0;
}

static int folder_end(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static const char names[CHANNELS][32] = {"upper", "lower", ""};

static myo_record_head head_of(double lookback_s)
{
    return (myo_record_head){.rate_hz = RATE,
                             .channels = CHANNELS,
                             .full_scale_uv = 5000.0,
                             .names = names,
                             .device = "test",
                             .detector = "1",
                             .config_text = "key=value\n",
                             .recording = "a",
                             .lookback_s = lookback_s};
}

static myo_recorder *recorder_of(double lookback_s)
{
    myo_recorder *recorder = NULL;
    myo_why why;
    myo_record_head head = head_of(lookback_s);
    assert_int_equal(myo_recorder_open(path, &head, &recorder, &why), MYO_OK);
    return recorder;
}

/* Told apart by frame and channel; whole numbers, so exact in float. */
static float sample_at(int64_t frame, uint32_t channel)
{
    return (float)(frame % 1000000 * CHANNELS + channel);
}

static bool push(myo_recorder *recorder, int64_t from, int64_t frames)
{
    float block[BLOCK * CHANNELS];
    bool taken = true;
    for (int64_t f = 0; f < frames; f += BLOCK) {
        for (int64_t i = 0; i < BLOCK * CHANNELS; i++) {
            block[i] = sample_at(from + f + i / CHANNELS, (uint32_t)(i % CHANNELS));
        }
        taken = myo_recorder_frames(recorder, block, BLOCK) && taken;
    }
    return taken;
}

/* Frames of the file, of which frame 0 is @p first of the desk; NAN where @p missing says so. */
static int64_t samples_check(int64_t first, int64_t missing_from, int64_t missing_to)
{
    myo_source *source = NULL;
    myo_why why;
    float block[256 * CHANNELS];
    size_t got = 1;
    int64_t frame = 0;
    assert_int_equal(myo_source_open_here(path, &(myo_source_options){0}, &source, &why), MYO_OK);
    const myo_source_info *info = myo_source_info_get(source);
    assert_true(info->rate_hz == RATE && info->channels == CHANNELS);
    assert_true(fabs(info->full_scale_uv - 5000.0) < 1e-9);
    assert_string_equal(info->channel_name[1], "lower");
    while (myo_source_read(source, block, 256, &got, &why) == MYO_OK && got > 0) {
        for (size_t i = 0; i < got * CHANNELS; i++) {
            int64_t f = frame + (int64_t)i / CHANNELS;
            bool missing = f >= missing_from && f < missing_to;
            assert_true(missing ? isnan(block[i])
                                : block[i] == sample_at(first + f, (uint32_t)(i % CHANNELS)));
        }
        frame += (int64_t)got;
    }
    myo_source_free(source);
    return frame;
}

static hsize_t rows_of(const char *set_path)
{
    hsize_t rows = 0;
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t set = H5Dopen2(file, set_path, H5P_DEFAULT), space = H5Dget_space(set);
    assert_true(H5Sget_simple_extent_dims(space, &rows, NULL) == 1);
    H5Sclose(space);
    H5Dclose(set);
    H5Fclose(file);
    return rows;
}

static void first_row(const char *set_path, hid_t type, void *value)
{
    hsize_t zero = 0, one = 1;
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t set = H5Dopen2(file, set_path, H5P_DEFAULT), space = H5Dget_space(set);
    hid_t memory = H5Screate_simple(1, &one, NULL);
    if (H5Sget_simple_extent_ndims(space) > 0) {
        H5Sselect_hyperslab(space, H5S_SELECT_SET, &zero, NULL, &one, NULL);
    }
    assert_true(H5Dread(set, type, memory, space, H5P_DEFAULT, value) >= 0);
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(set);
    H5Fclose(file);
}

static void text_check(const char *set_path, size_t width, const char *expected)
{
    char text[256] = "";
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, width);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    H5Tset_cset(type, H5T_CSET_UTF8);
    first_row(set_path, type, text);
    H5Tclose(type);
    assert_string_equal(text, expected);
}

static void close_well(myo_recorder *recorder)
{
    myo_why why;
    assert_int_equal(myo_recorder_close(recorder, NULL, true, &why), MYO_OK);
}

static void test_frames_and_rows(void **state)
{
    (void)state;
    myo_recorder *recorder = recorder_of(0.0);
    myo_event event = {.id = 7,
                       .type = MYO_EVENT_LTR,
                       .stage = MYO_PROVISIONAL,
                       .onset_frame = 100,
                       .offset_frame = 180,
                       .reported_frame = 130,
                       .confirmed_frame = -1,
                       .channel = 1};
    assert_true(push(recorder, 0, 4000));
    assert_true(myo_recorder_event(recorder, &event));
    event.stage = MYO_CONFIRMED;
    event.confirmed_frame = 400;
    assert_true(myo_recorder_event(recorder, &event));
    assert_true(myo_recorder_gap(recorder, 4000, 777, "device"));
    assert_true(myo_recorder_mark(recorder, 2000, "note: needle in"));
    assert_true(myo_recorder_clock(recorder, 0, 123456789012345, 0.5));
    assert_true(push(recorder, 4777, 4000));
    close_well(recorder);
    assert_int_equal(samples_check(0, 4000, 4777), 8777);
    assert_int_equal(rows_of("/intervals/reports/id"), 2);
    assert_int_equal(rows_of("/intervals/events/id"), 1);
    assert_int_equal(rows_of("/intervals/gaps/id"), 1);
    text_check("/intervals/gaps/why", 128, "device");
    text_check("/intervals/reports/stage", 16, "provisional");
    text_check("/acquisition/marks/data", 192, "note: needle in");
    text_check("/general/myotwitch/state", 128, "complete");
    int64_t number = 0;
    double time_s = 0.0;
    first_row("/analysis/clock/monotonic_ns", H5T_NATIVE_INT64, &number);
    assert_int_equal(number, 123456789012345);
    first_row("/intervals/events/confirmed_time", H5T_NATIVE_DOUBLE, &time_s);
    assert_true(time_s == 0.2);
    first_row("/intervals/gaps/frames", H5T_NATIVE_INT64, &number);
    assert_int_equal(number, 777);
}

/* 191 bytes fit; the last letter would be cut in two, so it goes. Recovery knows the row again. */
static void test_long_mark_is_cut_between_letters(void **state)
{
    (void)state;
    myo_recorder *recorder = recorder_of(0.0);
    char label[256], expected[256], copy[80];
    myo_recover_report report;
    myo_why why;
    memset(label, 'x', 190);
    memcpy(label + 190, "\xC3\xA4...", sizeof "\xC3\xA4...");
    (void)snprintf(expected, sizeof expected, "%.190s", label);
    assert_true(push(recorder, 0, 800));
    assert_true(myo_recorder_mark(recorder, 500, label));
    close_well(recorder);
    text_check("/acquisition/marks/data", 192, expected);
    (void)snprintf(copy, sizeof copy, "%s.copy", path);
    assert_int_equal(myo_recover(path, copy, &report, &why), MYO_OK);
    assert_true(report.frames == 800 && report.marks == 1);
    (void)unlink(copy);
}

/* The marks come back through the reader of recordings, whose labels have no kind. */
static void test_marks_are_read(void **state)
{
    (void)state;
    myo_recorder *recorder = recorder_of(0.0);
    myo_source *source = NULL;
    myo_why why;
    size_t count = 0;
    assert_true(push(recorder, 0, 800));
    assert_true(myo_recorder_mark(recorder, 500, "first"));
    assert_true(myo_recorder_mark(recorder, 700, "phase: insertion"));
    assert_true(myo_recorder_mark(recorder, 710, "of the file"));
    close_well(recorder);
    assert_int_equal(myo_source_open_here(path, &(myo_source_options){0}, &source, &why), MYO_OK);
    const myo_mark *marks = myo_source_marks(source, &count);
    assert_int_equal(count, 3);
    assert_true(marks[0].frame == 500 && marks[1].frame == 700);
    assert_string_equal(marks[0].label, "first");
    assert_string_equal(marks[1].label, "phase: insertion");
    assert_string_equal(marks[2].label, "of the file");
    myo_source_free(source);
}

static void test_file_is_never_overwritten(void **state)
{
    (void)state;
    myo_why why;
    myo_record_head head = head_of(0.0);
    myo_recorder *recorder = NULL;
    FILE *file = fopen(path, "w");
    fputs("mine", file);
    fclose(file);
    assert_int_equal(myo_recorder_open(path, &head, &recorder, &why), MYO_ERR_EXISTS);
    assert_null(recorder);
    char text[8] = "";
    file = fopen(path, "r");
    assert_non_null(fgets(text, sizeof text, file));
    fclose(file);
    assert_string_equal(text, "mine");
}

static void wait_for_disk(void)
{
    const struct timespec time = {0, 150000000};
    nanosleep(&time, NULL);
}

/* 2 s of look-back: the file begins 2 s, or less than a block more, before the trigger. */
static void test_lookback(void **state)
{
    (void)state;
    myo_recorder *recorder = recorder_of(2.0);
    myo_record_state now;
    myo_event event = {.type = MYO_EVENT_LTR,
                       .stage = MYO_CONFIRMED,
                       .onset_frame = 9000,
                       .offset_frame = 9100,
                       .reported_frame = 9050,
                       .confirmed_frame = 9500};
    assert_true(push(recorder, 0, 10000));
    assert_true(myo_recorder_event(recorder, &event));
    wait_for_disk();
    myo_recorder_state(recorder, &now);
    assert_true(now.armed && now.frames_written == 0);
    myo_recorder_trigger(recorder);
    assert_true(push(recorder, 10000, 2000));
    close_well(recorder);
    assert_int_equal(samples_check(6000, 0, 0), 6000);
    double time_s = 0.0;
    first_row("/intervals/events/start_time", H5T_NATIVE_DOUBLE, &time_s);
    assert_true(time_s == (9000.0 - 6000.0) / RATE);
}

/* The trigger comes before the disk thread had its turn: what is too old falls out all the same. */
static void test_lookback_of_a_disk_that_is_behind(void **state)
{
    (void)state;
    for (int run = 0; run < 20; run++) {
        myo_recorder *recorder = recorder_of(2.0);
        assert_true(push(recorder, 0, 10000));
        myo_recorder_trigger(recorder);
        assert_true(push(recorder, 10000, 2000));
        myo_recorder_trigger(recorder); /* once more changes nothing */
        close_well(recorder);
        assert_int_equal(samples_check(6000, 0, 0), 6000);
        assert_int_equal(unlink(path), 0);
    }
}

static void test_untriggered_leaves_nothing(void **state)
{
    (void)state;
    myo_recorder *recorder = recorder_of(1.0);
    assert_true(push(recorder, 0, 4000));
    close_well(recorder);
    assert_int_equal(access(path, F_OK), -1);
}

/* More at once than the queue holds: what was refused is a gap in its place, and time goes on. */
static void test_disk_behind(void **state)
{
    (void)state;
    enum { MANY = 600000 };
    myo_recorder *recorder = recorder_of(0.0);
    myo_record_state now;
    bool taken = push(recorder, 0, MANY);
    myo_recorder_state(recorder, &now);
    assert_true(taken == (now.lost_frames == 0));
    close_well(recorder);
    int64_t number = 0;
    if (!taken) {
        first_row("/intervals/gaps/frames", H5T_NATIVE_INT64, &number);
        assert_true(number > 0 && number <= now.lost_frames);
        text_check("/intervals/gaps/why", 128, "disk was behind");
    }
    hsize_t size[2] = {0};
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t set = H5Dopen2(file, "/acquisition/emg/data", H5P_DEFAULT), space = H5Dget_space(set);
    H5Sget_simple_extent_dims(space, size, NULL);
    H5Sclose(space);
    H5Dclose(set);
    H5Fclose(file);
    assert_int_equal(size[0], MANY);
}

static void test_state_follows(void **state)
{
    (void)state;
    myo_recorder *recorder = recorder_of(0.0);
    myo_record_state now = {0};
    assert_true(push(recorder, 0, 2000));
    for (int i = 0; i < 100 && now.frames_flushed < 2000; i++) {
        wait_for_disk();
        myo_recorder_state(recorder, &now);
    }
    assert_int_equal(now.frames_flushed, 2000);
    assert_true(now.bytes > 0 && now.disk_left_s > 0.0 && !now.failed);
    for (int i = 0; i < 100 && now.frames_synced < 2000; i++) {
        wait_for_disk();
        myo_recorder_state(recorder, &now);
    }
    assert_int_equal(now.frames_synced, 2000);
    close_well(recorder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_frames_and_rows, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_marks_are_read, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_long_mark_is_cut_between_letters, folder_begin,
                                        folder_end),
        cmocka_unit_test_setup_teardown(test_file_is_never_overwritten, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_lookback, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_lookback_of_a_disk_that_is_behind, folder_begin,
                                        folder_end),
        cmocka_unit_test_setup_teardown(test_untriggered_leaves_nothing, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_disk_behind, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_state_follows, folder_begin, folder_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
