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
        cmocka_unit_test_setup_teardown(test_refusals, folder_begin, folder_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
