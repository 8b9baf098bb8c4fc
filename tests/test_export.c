/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event files byte by byte, the order of events, and outputs that are whole or not there. */
#include "export/json.h"
#include "export/order.h"
#include "export/outfile.h"
#include "export/sink.h"

#include "myotwitch/version.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/myo_export_XXXXXX";

static int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int folder_remove(void **state)
{
    (void)state;
    return chdir("/") != 0 || rmdir(folder) != 0; /* fails if a test left a file behind */
}

static myo_source_info info = {.rate_hz = 2000.0,
                               .channels = 2,
                               .frames = 4000,
                               .channel_number = {3, 5},
                               .channel_name = {"left", ""},
                               .format = "WAV, 16 bit PCM"};
static myo_session_head head = {.recording = "a.wav",
                                .info = &info,
                                .config_text = "rate_hz=2000\n",
                                .config_hash = "0123456789abcdef"};
static const myo_event twitch = {.id = 7,
                                 .type = MYO_EVENT_LTR,
                                 .stage = MYO_CONFIRMED,
                                 .onset_frame = 1001,
                                 .offset_frame = 1101,
                                 .reported_frame = 1021,
                                 .confirmed_frame = 1401,
                                 .channel = 1,
                                 .channel_count = 2,
                                 .channel_mask = {3},
                                 .peak = 0.0212351,
                                 .snr_db = 21.3,
                                 .confidence = 0.97,
                                 .reasons = 1u << MYO_REASON_BURST_SHAPE};
static const myo_mark mark = {.frame = 500, .label = "=needle \"in\""};

static char *file_text(const char *path)
{
    static char text[8192];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* Writes a file with one mark and one twitch and returns the sink's text. */
static char *written(myo_status (*make)(const char *, bool, const myo_session_head *, myo_sink **,
                                        myo_why *))
{
    static const myo_channel_summary channels[2] = {
        {.floor_rms = 1e-4, .events = {[MYO_EVENT_LTR] = 1}}, {.hum_hz = 50.0, .hum_rms = 2e-5}};
    myo_session_tail tail = {.frames = 4000, .complete = true, .channels = channels};
    myo_sink *sink = NULL;
    myo_why why;
    assert_int_equal(make("out", false, &head, &sink, &why), MYO_OK);
    assert_int_equal(sink->mark(sink, &mark, &why), MYO_OK);
    assert_int_equal(sink->event(sink, &twitch, &why), MYO_OK);
    assert_int_not_equal(access("out", F_OK), 0); /* not before it is complete */
    assert_int_equal(sink->finish(sink, &tail, &why), MYO_OK);
    sink->free(sink);
    char *text = file_text("out");
    assert_int_equal(unlink("out"), 0);
    return text;
}

/* The text's line number @p line, from 0. */
static char *line_of(char *text, int line)
{
    char *at = strtok(text, "\n");
    while (line-- > 0) {
        at = strtok(NULL, "\n");
    }
    return at;
}

static void test_an_event_line(void **state)
{
    (void)state;
    info.full_scale_uv = 10000.0;
    char *line = line_of(written(myo_jsonl_new), 2);
    char expected[1024];
    snprintf(expected, sizeof expected,
             "{\"schema\":\"myotwitch.event/1\",\"type\":\"ltr\",\"modality\":\"emg\","
             "\"channel\":5,\"channels\":[3,5],\"onset_s\":0.500500,\"offset_s\":0.550500,"
             "\"reported_s\":0.510500,\"confirmed_s\":0.700500,\"onset_frame\":1001,"
             "\"peak_uv\":212.35,\"snr_db\":21.30,\"confidence\":0.970,\"features\":{");
    assert_memory_equal(line, expected, strlen(expected));
    snprintf(expected, sizeof expected,
             "},\"reasons\":[\"%s\"],\"provenance\":\"auto\",\"detector\":\"%s\"}",
             myo_reason_text(MYO_REASON_BURST_SHAPE), myo_detector_version());
    assert_string_equal(strrchr(line, '{') + strcspn(strrchr(line, '{'), "}"), expected);
}

static void test_without_calibration_no_microvolts(void **state)
{
    (void)state;
    info.full_scale_uv = 0.0;
    char *text = written(myo_jsonl_new);
    assert_non_null(strstr(text, "\"peak_fs\":0.021235,"));
    assert_non_null(strstr(text, "\"floor_fs\":0.0001,"));
    assert_null(strstr(text, "_uv"));
}

static void test_the_run_and_the_summary_frame_the_events(void **state)
{
    (void)state;
    char *text = written(myo_jsonl_new);
    assert_non_null(strstr(text, "{\"schema\":\"myotwitch.run/1\",\"recording\":\"a.wav\""));
    assert_non_null(strstr(text, "\"config_hash\":\"0123456789abcdef\","
                                 "\"config\":\"rate_hz=2000\\n\"}\n{"));
    assert_non_null(strstr(text, "\"type\":\"marker\",\"onset_s\":0.250000,\"offset_s\":0.250000,"
                                 "\"onset_frame\":500,\"label\":\"=needle \\\"in\\\"\""));
    assert_non_null(strstr(text, "}\n{\"schema\":\"myotwitch.summary/1\",\"recording\":\"a.wav\","
                                 "\"frames\":4000,\"duration_s\":2.000000,\"complete\":true"));
    assert_non_null(strstr(text, "\"events\":{\"ltr\":1},\"refusals\":{}"));
}

static int cells(const char *line)
{
    int count = 1;
    for (; *line != '\0' && *line != '\n'; line++) {
        count += *line == '\t';
    }
    return count;
}

static void test_tsv_rows_have_the_columns_of_the_header(void **state)
{
    (void)state;
    info.full_scale_uv = 10000.0;
    char *text = written(myo_tsv_new);
    char *second = strchr(text, '\n') + 1, *third = strchr(second, '\n') + 1;
    assert_memory_equal(text, "onset\tduration\ttype\tmodality\tchannel\tchannels\treported\t", 55);
    assert_int_equal(cells(second), cells(text));
    assert_int_equal(cells(third), cells(text));
    assert_memory_equal(second, "0.250000\t0.000000\tmarker\t", 25);
    assert_non_null(strstr(second, "\t'=needle \"in\"\t")); /* no formula for a spreadsheet */
    const char *row = "0.500500\t0.050000\tltr\temg\t5\t3|5\t0.510500\t0.700500\t1001\t212.35\t"
                      "21.30\t0.970\t";
    assert_memory_equal(third, row, strlen(row));
}

static void test_events_come_in_order_of_onset(void **state)
{
    (void)state;
    static const struct {
        int64_t onset;
        uint64_t id;
    } pushed[] = {{50, 3}, {10, 1}, {50, 2}, {30, 4}, {70, 5}};
    static const uint64_t before_60[] = {1, 4, 2, 3};
    myo_order order = {0};
    myo_event event = {0};
    for (size_t i = 0; i < 5; i++) {
        event.onset_frame = pushed[i].onset;
        event.id = pushed[i].id;
        assert_int_equal(myo_order_push(&order, &event), MYO_OK);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_true(myo_order_pop(&order, 60, &event));
        assert_int_equal(event.id, before_60[i]);
    }
    assert_false(myo_order_pop(&order, 70, &event)); /* one of onset 70 may still come */
    assert_true(myo_order_pop(&order, INT64_MAX, &event));
    assert_int_equal(event.id, 5);
    assert_false(myo_order_pop(&order, INT64_MAX, &event));
    myo_order_free(&order);
}

static void test_the_order_does_not_grow_with_the_recording(void **state)
{
    (void)state;
    myo_order order = {0};
    myo_event event = {0};
    for (int64_t n = 0; n < 100000; n++) {
        event.onset_frame = n;
        assert_int_equal(myo_order_push(&order, &event), MYO_OK);
        while (myo_order_pop(&order, n - 8, &event)) {
        }
    }
    assert_true(order.capacity <= 32);
    myo_order_free(&order);
}

static void test_an_output_that_exists_is_kept(void **state)
{
    (void)state;
    myo_outfile *file = NULL;
    myo_why why;
    assert_int_equal(myo_outfile_open("kept", false, &file, &why), MYO_OK);
    fputs("first", myo_outfile_stream(file));
    assert_int_equal(myo_outfile_commit(file, &why), MYO_OK);
    assert_int_equal(myo_outfile_open("kept", false, &file, &why), MYO_ERR_EXISTS);
    assert_string_equal(why.text, "kept: File exists");
    assert_int_equal(myo_outfile_open("kept", true, &file, &why), MYO_OK);
    fputs("second", myo_outfile_stream(file));
    assert_string_equal(file_text("kept"), "first"); /* until the new one is complete */
    assert_int_equal(myo_outfile_commit(file, &why), MYO_OK);
    assert_string_equal(file_text("kept"), "second");
    unlink("kept");
}

static void test_a_name_taken_meanwhile_is_kept(void **state)
{
    (void)state;
    myo_outfile *file = NULL;
    myo_why why;
    assert_int_equal(myo_outfile_open("taken", false, &file, &why), MYO_OK);
    fclose(fopen("taken", "w"));
    fputs("ours", myo_outfile_stream(file));
    assert_int_equal(myo_outfile_commit(file, &why), MYO_ERR_EXISTS);
    assert_string_equal(file_text("taken"), "");
    unlink("taken");
}

static void test_a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    myo_outfile *file = NULL;
    myo_why why;
    assert_int_equal(myo_outfile_open("gone", false, &file, &why), MYO_OK);
    assert_int_equal(dup2(fileno(fopen("/dev/full", "w")), fileno(myo_outfile_stream(file))),
                     fileno(myo_outfile_stream(file)));
    fputs("lost", myo_outfile_stream(file));
    assert_int_equal(myo_outfile_commit(file, &why), MYO_ERR_WRITE);
    assert_string_equal(why.text, "gone: No space left on device");
    assert_int_not_equal(access("gone", F_OK), 0);
}

/* What cannot be synced is told; a folder whose files can is none of those. */
static void test_a_folder_is_synced_with_all_its_files(void **state)
{
    (void)state;
    myo_why why;
    myo_outfile *file = NULL;
    assert_int_equal(mkdir("entry", 0777), 0);
    assert_true(myo_outfile_sync_folder("entry"));
    assert_int_equal(myo_outfile_open("entry/later", false, &file, &why), MYO_OK);
    myo_outfile_sync_later(file, true);
    fputs("soon there", myo_outfile_stream(file));
    assert_int_equal(myo_outfile_commit(file, &why), MYO_OK);
    assert_true(myo_outfile_sync_folder("entry"));
    assert_string_equal(file_text("entry/later"), "soon there");
    assert_int_equal(symlink("nowhere", "entry/dangles"), 0);
    errno = 0;
    assert_false(myo_outfile_sync_folder("entry"));
    assert_int_equal(errno, ENOENT);
    assert_int_equal(unlink("entry/dangles") + unlink("entry/later") + rmdir("entry"), 0);
    assert_false(myo_outfile_sync_folder("entry"));
    assert_int_equal(errno, ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_event_line),
        cmocka_unit_test(test_without_calibration_no_microvolts),
        cmocka_unit_test(test_the_run_and_the_summary_frame_the_events),
        cmocka_unit_test(test_tsv_rows_have_the_columns_of_the_header),
        cmocka_unit_test(test_events_come_in_order_of_onset),
        cmocka_unit_test(test_the_order_does_not_grow_with_the_recording),
        cmocka_unit_test(test_an_output_that_exists_is_kept),
        cmocka_unit_test(test_a_name_taken_meanwhile_is_kept),
        cmocka_unit_test(test_a_full_disk_leaves_nothing),
        cmocka_unit_test(test_a_folder_is_synced_with_all_its_files),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
