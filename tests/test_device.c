/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live devices by the stand-in that libavdevice brings along, lavfi: what its filters draw arrives, each
 * frame with the time that the device gave it, and a device that falls silent or goes is no hang. */
#include "cine/cine.h"

#include "child.h"
#include "near.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A grey wedge that brightens by one every frame: pixel (x, y) of frame n is x + 2 n. */
#define WEDGE "nullsrc=size=64x48:rate=25:duration=2,format=gray,geq=lum='X+2*N'"

static myo_cine *device_open(const char *path, double patience_s)
{
    const myo_cine_options options = {.patience_s = patience_s};
    myo_cine *cine = NULL;
    myo_why why = {{0}};
    const myo_status status = myo_cine_open(path, &options, &cine, &why);
    if (status != MYO_OK) {
        print_error("%s: %s\n", path, why.text);
    }
    assert_int_equal(status, MYO_OK);
    return cine;
}

static bool frame_next(myo_cine *cine, myo_cine_frame *frame)
{
    bool got = false;
    myo_why why;
    assert_int_equal(myo_cine_next(cine, frame, &got, &why), MYO_OK);
    return got;
}

static void test_names(void **state)
{
    (void)state;
    assert_true(myo_cine_is_device("v4l2:/dev/video0"));
    assert_true(myo_cine_is_device("lavfi:testsrc2"));
    assert_false(myo_cine_is_device("/dev/video0"));
    assert_false(myo_cine_is_device("v4l2"));
}

static void test_frames_arrive_whole(void **state)
{
    (void)state;
    myo_cine *cine = device_open("lavfi:" WEDGE, 0.0);
    const myo_cine_info *info = myo_cine_info_get(cine);
    assert_int_equal(info->width, 64);
    assert_int_equal(info->height, 48);
    assert_int_equal(info->frames, -1);
    assert_int_equal(info->clock, MYO_CINE_TIME_FRAME);
    assert_false(info->is_float);
    assert_string_equal(info->format, "lavfi, rawvideo");
    myo_cine_frame frame;
    int64_t n = 0;
    for (; frame_next(cine, &frame); n++) {
        assert_int_equal(frame.sequence, n);
        assert_near(frame.time_s, 0.04 * (double)n, 1e-9);
        assert_int_equal(frame.gray[0], 2 * n);
        assert_int_equal(frame.gray[47 * frame.stride + 63], 63 + 2 * n);
    }
    assert_int_equal(n, 50); /* 2 s at 25 a second */
    myo_cine_free(cine);
}

/* Stamps of the device that no rate explains: 0, 10, 90, 100, 180 ms ... of a source that calls itself 25 a
 * second. */
static void test_the_devices_own_times(void **state)
{
    (void)state;
    myo_cine *cine = device_open("lavfi:" WEDGE ",settb=1/1000,setpts='45*N-35*mod(N,2)'", 0.0);
    myo_cine_frame frame;
    for (int64_t n = 0; n < 20; n++) {
        assert_true(frame_next(cine, &frame));
        assert_near(frame.time_s, 0.045 * (double)n - 0.035 * (double)(n % 2), 1e-9);
    }
    myo_cine_free(cine);
}

/* A frame every 30 s, the first one at once. */
static void test_a_silent_device_is_given_up(void **state)
{
    (void)state;
    myo_cine *cine = device_open("lavfi:testsrc2=rate=1/30,realtime=limit=60", 0.5);
    myo_cine_frame frame;
    myo_why why = {{0}};
    bool got = true;
    assert_true(frame_next(cine, &frame));
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_ERR_READ);
    assert_false(got);
    assert_non_null(strstr(why.text, "gives no more frames"));
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_ERR_READ); /* and stays so */
    myo_cine_free(cine);
}

static void test_a_capture_that_breaks_breaks_alone(void **state)
{
    (void)state;
    myo_cine *cine = device_open("lavfi:" WEDGE ",realtime", 0.0);
    myo_cine_frame frame;
    myo_why why = {{0}};
    bool got = true;
    assert_true(frame_next(cine, &frame));
    assert_int_equal(kill(child_find(), SIGSEGV), 0);
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_ERR_READ);
    assert_non_null(strstr(why.text, "gives no more frames"));
    myo_cine_free(cine);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *path, *reason;
        myo_status status;
    } rows[] = {
        {"v4l2:/dev/null", "cannot be opened", MYO_ERR_OPEN}, /* no video device */
        {"v4l2:/nowhere/video0", "cannot be opened: No such file or directory", MYO_ERR_OPEN},
        {"lavfi:no_such_filter", "gives no pictures", MYO_ERR_UNSUPPORTED},
        {"lavfi:sine=duration=1", "no video in it", MYO_ERR_EMPTY},
        {"lavfi:testsrc2=size=20000x8", "at most 16384 a side", MYO_ERR_UNSUPPORTED},
        {"lavfi:testsrc2,format=gbrpf32le", "pixels of the kind gbrpf32le", MYO_ERR_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const myo_cine_options options = {0};
        myo_cine *cine = NULL;
        myo_why why = {{0}};
        assert_int_equal(myo_cine_open(rows[i].path, &options, &cine, &why), rows[i].status);
        assert_null(cine);
        if (strstr(why.text, rows[i].reason) == NULL) {
            fail_msg("%s: %s", rows[i].path, why.text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_frames_arrive_whole),
        cmocka_unit_test(test_the_devices_own_times),
        cmocka_unit_test(test_a_silent_device_is_given_up),
        cmocka_unit_test(test_a_capture_that_breaks_breaks_alone),
        cmocka_unit_test(test_refusals),
    };
    /* What is tried is a capture in a process of its own. */
    (void)unsetenv("MYOTWITCH_READER");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
