/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recovery copies what a recording holds, leaves out what does not match its hash, and never writes to
 * the original. Crashes of real processes are in tests/record/campaign.py. */
#include "record/recorder.h"
#include "record/recover.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <hdf5.h>

enum { RATE = 2000, CHANNELS = 2, BLOCK = 8 };

static char folder[] = "/tmp/myo_recover_XXXXXX";
static char in[64], out[64];

static int folder_begin(void **state)
{
    (void)state;
    memcpy(strrchr(folder, '_') + 1, "XXXXXX", 6);
    (void)snprintf(in, sizeof in, "%s/in.nwb", mkdtemp(folder));
    (void)snprintf(out, sizeof out, "%s/out.nwb", folder);
    return 0;
}

static int folder_end(void **state)
{
    (void)state;
    (void)unlink(in);
    (void)unlink(out);
    return rmdir(folder);
}

static void wait_ms(long ms)
{
    const struct timespec time = {0, ms * 1000000};
    nanosleep(&time, NULL);
}

static void flushed_wait(myo_recorder *recorder, int64_t frames, int64_t reports)
{
    myo_record_state now = {0};
    for (int i = 0; i < 1000; i++) {
        myo_recorder_state(recorder, &now);
        if (now.frames_flushed >= frames && now.reports_flushed >= reports) {
            return;
        }
        wait_ms(10);
    }
    fail_msg("no flush in 10 s");
}

static void push(myo_recorder *recorder, int64_t from, int64_t to)
{
    for (int64_t f = from; f < to; f += BLOCK) {
        float block[BLOCK * CHANNELS];
        for (int64_t i = 0; i < BLOCK * CHANNELS; i++) {
            block[i] = (float)(f * CHANNELS + i);
        }
        assert_true(myo_recorder_frames(recorder, block, BLOCK));
    }
}

/* So many frames in two parts, with a flush between them; a mark and an event at frame 100. */
static void recording_make(int64_t frames)
{
    myo_recorder *recorder = NULL;
    myo_why why;
    myo_record_head head = {.rate_hz = RATE, .channels = CHANNELS, .detector = "1"};
    myo_event event = {.stage = MYO_CONFIRMED,
                       .onset_frame = 100,
                       .offset_frame = 180,
                       .reported_frame = 150,
                       .confirmed_frame = 200};
    assert_int_equal(myo_recorder_open(in, &head, &recorder, &why), MYO_OK);
    push(recorder, 0, frames / 2);
    flushed_wait(recorder, frames / 2, 0);
    assert_true(myo_recorder_event(recorder, &event));
    assert_true(myo_recorder_mark(recorder, 100, "here"));
    push(recorder, frames / 2, frames);
    flushed_wait(recorder, frames, 1);
    assert_int_equal(myo_recorder_close(recorder, NULL, true, &why), MYO_OK);
}

static myo_status recover(myo_recover_report *report)
{
    myo_why why;
    return myo_recover(in, out, report, &why);
}

static void test_closed_recording(void **state)
{
    (void)state;
    myo_recover_report report;
    recording_make(4000);
    assert_int_equal(recover(&report), MYO_OK);
    assert_true(report.frames == 4000 && report.seconds == 2.0 && report.channels == CHANNELS);
    assert_true(report.events == 1 && report.reports == 1 && report.marks == 1);
    assert_true(report.missing == 0 && report.beyond == 0 && report.rows_lost == 0);
    assert_string_equal(report.state, "complete");
}

/* Where in the file the sample stands. */
static long offset_of(float sample)
{
    float here = 0.0f;
    FILE *file = fopen(in, "rb");
    long at = 0;
    for (; fseek(file, at, SEEK_SET) == 0 && fread(&here, sizeof here, 1, file) == 1; at += 4) {
        if (memcmp(&here, &sample, sizeof here) == 0) {
            break;
        }
    }
    fclose(file);
    return at;
}

static void sample_damage(float sample)
{
    long at = offset_of(sample);
    int fd = open(in, O_WRONLY);
    assert_int_equal(pwrite(fd, "\0\0\0", 3, at), 3);
    close(fd);
}

static void test_damaged_end_is_left_out(void **state)
{
    (void)state;
    myo_recover_report report;
    recording_make(4000);
    sample_damage(3999.0f * CHANNELS);
    assert_int_equal(recover(&report), MYO_OK);
    assert_true(report.frames > 0 && report.frames < 4000);
    assert_int_equal(report.beyond, 4000 - report.frames);
}

static void test_damaged_middle_is_missing(void **state)
{
    (void)state;
    myo_recover_report report;
    recording_make(4000);
    sample_damage(1000.0f * CHANNELS);
    assert_int_equal(recover(&report), MYO_OK);
    assert_int_equal(report.frames, 4000);
    assert_true(report.missing > 0 && report.missing < 4000);
}

static long size_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long size = ftell(file);
    (void)fclose(file);
    return size;
}

/* Turns a byte over; whether there was one but zero. */
static bool byte_damage(long at)
{
    unsigned char byte = 0;
    int fd = open(in, O_RDWR);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    const bool used = byte != 0;
    byte ^= 0x5A;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    (void)close(fd);
    return used;
}

/* One byte anywhere: the copy holds the rest, or the original is refused. It is never the copy's fault, which a
 * failure to read a table of the original once was. */
static void test_one_damaged_byte(void **state)
{
    (void)state;
    int tried = 0, recovered = 0;
    recording_make(800);
    for (long at = 64, size = size_of(in); at < size; at += 1009) {
        myo_recover_report report;
        const bool used = byte_damage(at);
        const myo_status status = used ? recover(&report) : MYO_OK;
        assert_true(status == MYO_OK || status == MYO_ERR_FORMAT || status == MYO_ERR_EMPTY);
        tried += used;
        recovered += used && status == MYO_OK && report.frames > 0;
        (void)unlink(out);
        (void)byte_damage(at);
    }
    print_message("%d of %d recovered\n", recovered, tried);
    assert_true(tried >= 50 && 10 * recovered >= 8 * tried);
}

/* A table that claims more rows than the file could hold, as damaged lengths do, is read to the file's size. */
static void test_lengths_that_lie(void **state)
{
    (void)state;
    static const char *const columns[] = {"events",    "hash",        "marks",     "reports",
                                          "rows_hash", "start_frame", "stop_frame"};
    myo_recover_report report;
    recording_make(800);
    hid_t file = H5Fopen(in, H5F_ACC_RDWR, H5P_DEFAULT);
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        const hsize_t rows = (hsize_t)1 << 50;
        char path[64];
        (void)snprintf(path, sizeof path, "/analysis/flushes/%s", columns[c]);
        hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
        assert_true(H5Dset_extent(set, &rows) >= 0);
        (void)H5Dclose(set);
    }
    assert_true(H5Fclose(file) >= 0);
    assert_int_equal(recover(&report), MYO_OK);
    assert_int_equal(report.frames, 800);
}

static void test_refusals(void **state)
{
    (void)state;
    myo_recover_report report;
    FILE *file = fopen(in, "wb");
    fputs("no recording at all", file);
    fclose(file);
    assert_int_equal(recover(&report), MYO_ERR_FORMAT);
    assert_int_equal(access(out, F_OK), -1);
    unlink(in);
    recording_make(800);
    file = fopen(out, "wb");
    fputs("mine", file);
    fclose(file);
    assert_int_equal(recover(&report), MYO_ERR_EXISTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_closed_recording, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_damaged_end_is_left_out, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_damaged_middle_is_missing, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_one_damaged_byte, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_lengths_that_lie, folder_begin, folder_end),
        cmocka_unit_test_setup_teardown(test_refusals, folder_begin, folder_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
