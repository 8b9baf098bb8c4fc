/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame grabber made of answers: libavdevice's V4L2 half asks this program instead of the kernel, which has no
 * video device where tests run. It delivers, damages, cuts, falls silent and vanishes as told. */
#include "cine/cine.h"

#include "near.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DEVICE "/dev/myo-grabber"

enum { WIDTH = 32, HEIGHT = 16, BYTES = WIDTH * HEIGHT, BUFFERS = 8, PAGE = 4096 };

/* What happens, one letter a frame: . a frame, e one that the driver marks as damaged, s one that is cut short, h none for a
 * minute, g the device is gone. Behind the last letter it is gone. */
static const char *script = "";
/* What it delivers: pixels that FFmpeg knows, or none that it does. */
static uint32_t pixels = V4L2_PIX_FMT_GREY;

static struct {
    int file;
    uint8_t *memory; /* of all buffers */
    unsigned queue[BUFFERS], first, queued;
    int frame;
} grabber = {.file = -1};

/* The driver's clock, us: intervals of 10 and 30 ms in turn, from a moment that is no zero. */
static int64_t stamp_us(int frame)
{
    return 5000000 + 20000 * (int64_t)frame - (frame % 2 == 1 ? 10000 : 0);
}

static int grabber_open(void)
{
    grabber.file = memfd_create("grabber", 0);
    if (grabber.file < 0 || ftruncate(grabber.file, (off_t)BUFFERS * PAGE) != 0) {
        return -1;
    }
    grabber.memory =
        mmap(NULL, BUFFERS * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, grabber.file, 0);
    grabber.frame = 0;
    grabber.first = grabber.queued = 0;
    return grabber.memory == MAP_FAILED ? -1 : grabber.file;
}

static int refuse(int error)
{
    errno = error;
    return -1;
}

/* It can do WIDTH x HEIGHT and twice as wide and half as high. */
static int format_set(struct v4l2_format *format)
{
    const bool wide = format->fmt.pix.width == 2 * WIDTH;
    format->fmt.pix.width = wide ? 2 * WIDTH : WIDTH;
    format->fmt.pix.height = wide ? HEIGHT / 2 : HEIGHT;
    format->fmt.pix.pixelformat = pixels;
    format->fmt.pix.bytesperline = format->fmt.pix.width;
    format->fmt.pix.sizeimage = BYTES;
    format->fmt.pix.field = V4L2_FIELD_NONE;
    return 0;
}

static int buffer_take(struct v4l2_buffer *buffer)
{
    const char what = script[grabber.frame] == '\0' ? 'g' : script[grabber.frame];
    if (what == 'g') {
        return refuse(ENODEV);
    }
    const struct timespec minute = {60, 0}, moment = {0, 1000000};
    (void)nanosleep(what == 'h' ? &minute : &moment, NULL);
    const unsigned index = grabber.queue[grabber.first++ % BUFFERS];
    const int64_t us = stamp_us(grabber.frame);
    for (int i = 0; i < BYTES; i++) {
        grabber.memory[index * PAGE + (unsigned)i] = (uint8_t)(i % WIDTH + grabber.frame);
    }
    buffer->index = index;
    buffer->bytesused = what == 's' ? BYTES / 2 : BYTES;
    buffer->flags = what == 'e' ? V4L2_BUF_FLAG_ERROR : 0;
    buffer->timestamp.tv_sec = us / 1000000;
    buffer->timestamp.tv_usec = us % 1000000;
    grabber.frame++;
    return 0;
}

static int grabber_ask(unsigned long request, void *with)
{
    struct v4l2_capability *about = with;
    struct v4l2_requestbuffers *wish = with;
    struct v4l2_buffer *buffer = with;
    struct v4l2_streamparm *rate = with;
    switch (request) {
    case VIDIOC_QUERYCAP:
        about->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        return 0;
    case VIDIOC_G_INPUT:
        *(int *)with = 0;
        return 0;
    case VIDIOC_S_INPUT: /* it has two */
        return *(const int *)with <= 1 ? 0 : refuse(EINVAL);
    case VIDIOC_ENUMINPUT:
        return 0;
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
        return format_set(with);
    case VIDIOC_S_PARM: /* and one other rate */
        return rate->parm.capture.timeperframe.denominator == 50 ? 0 : refuse(EIO);
    case VIDIOC_G_PARM: /* what it says of itself is not so */
        rate->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
        rate->parm.capture.timeperframe = (struct v4l2_fract){1, 25};
        return 0;
    case VIDIOC_REQBUFS:
        wish->count = BUFFERS;
        return 0;
    case VIDIOC_QUERYBUF:
        buffer->length = BYTES;
        buffer->m.offset = buffer->index * PAGE;
        return 0;
    case VIDIOC_QBUF:
        grabber.queue[grabber.queued++ % BUFFERS] = buffer->index;
        return 0;
    case VIDIOC_DQBUF:
        return buffer_take(buffer);
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
        return 0;
    default:
        return refuse(ENOTTY);
    }
}

/* --- What FFmpeg finds in place of the C library's ----------------------------------------------- */

#define FOUND __attribute__((visibility("default")))

FOUND int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return strcmp(path, DEVICE) == 0 ? grabber_open()
                                     : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

FOUND int ioctl(int file, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *with = va_arg(rest, void *);
    va_end(rest);
    return file >= 0 && file == grabber.file ? grabber_ask(request, with)
                                             : (int)syscall(SYS_ioctl, file, request, with);
}

/* --------------------------------------------------------------------------------------------------- */

static myo_status grabber_cine(const char *path, const char *what, double patience_s,
                               myo_cine **cine, myo_why *why)
{
    const myo_cine_options options = {.patience_s = patience_s};
    script = what;
    *cine = NULL;
    *why = (myo_why){{0}};
    const myo_status status = myo_cine_open(path, &options, cine, why);
    if (status != MYO_OK) {
        print_message("%s\n", why->text);
    }
    return status;
}

static void frame_is(myo_cine *cine, int number, int64_t sequence)
{
    myo_cine_frame frame;
    myo_why why = {{0}};
    bool got = false;
    if (myo_cine_next(cine, &frame, &got, &why) != MYO_OK) {
        fail_msg("frame %d: %s", number, why.text);
    }
    assert_true(got);
    assert_near(frame.time_s, 1e-6 * (double)stamp_us(number), 1e-9);
    assert_int_equal(frame.sequence, sequence);
    assert_int_equal(frame.gray[0], number);
    assert_int_equal(frame.gray[(HEIGHT - 1) * frame.stride + WIDTH - 1], number + WIDTH - 1);
}

static void ends_with(myo_cine *cine, const char *reason)
{
    myo_cine_frame frame;
    myo_why why = {{0}};
    bool got = true;
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_ERR_READ);
    assert_false(got);
    if (strstr(why.text, reason) == NULL) {
        fail_msg("%s", why.text);
    }
    myo_cine_free(cine);
}

/* More frames than the driver has buffers, at times that no rate explains. The device is pulled out. */
static void test_frames_with_the_drivers_times(void **state)
{
    (void)state;
    myo_cine *cine;
    myo_why why;
    assert_int_equal(grabber_cine("v4l2:" DEVICE, "....................g", 0.0, &cine, &why),
                     MYO_OK);
    const myo_cine_info *info = myo_cine_info_get(cine);
    assert_string_equal(info->format, "V4L2, rawvideo");
    assert_int_equal(info->width, WIDTH);
    assert_int_equal(info->height, HEIGHT);
    assert_int_equal(info->clock, MYO_CINE_TIME_FRAME);
    for (int n = 0; n < 20; n++) {
        frame_is(cine, n, n);
    }
    ends_with(cine, "frame 20: No such device");
}

static void test_damaged_frames_are_losses(void **state)
{
    (void)state;
    myo_cine *cine;
    myo_why why;
    assert_int_equal(grabber_cine("v4l2:" DEVICE, "..e.s.ee.", 0.0, &cine, &why), MYO_OK);
    static const int whole[] = {0, 1, 3, 5, 8};
    for (int i = 0; i < 5; i++) {
        frame_is(cine, whole[i], whole[i]);
    }
    ends_with(cine, "No such device");
}

static void test_silence_has_an_end(void **state)
{
    (void)state;
    myo_cine *cine;
    myo_why why;
    assert_int_equal(grabber_cine("v4l2:" DEVICE, ".h", 0.4, &cine, &why), MYO_OK);
    frame_is(cine, 0, 0);
    ends_with(cine, "gives no more frames");
    assert_int_equal(grabber_cine("v4l2:" DEVICE, "h", 0.4, &cine, &why), MYO_ERR_READ);
    assert_null(cine);
}

static void test_what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    myo_cine *cine;
    myo_why why;
    pixels = v4l2_fourcc('X', 'X', '4', '2');
    assert_int_equal(grabber_cine("v4l2:" DEVICE, "..", 0.0, &cine, &why), MYO_ERR_UNSUPPORTED);
    assert_non_null(strstr(why.text, "gives no pictures"));
    pixels = V4L2_PIX_FMT_GREY;
    assert_int_equal(grabber_cine("v4l2:" DEVICE, "g", 0.0, &cine, &why), MYO_ERR_READ);
    assert_int_equal(grabber_cine("v4l2:" DEVICE "?colour=red", "..", 0.0, &cine, &why),
                     MYO_ERR_BAD_ARG);
    assert_non_null(strstr(why.text, "colour=red"));
    assert_int_equal(grabber_cine("v4l2:" DEVICE "?format=mjpeg", "..", 0.0, &cine, &why),
                     MYO_ERR_UNSUPPORTED); /* not what this one gives */
}

static void test_settings_are_asked_for(void **state)
{
    (void)state;
    myo_cine *cine;
    myo_why why;
    static const char all[] = "v4l2:" DEVICE "?format=gray&size=64x8&input=1&rate=50";
    assert_int_equal(grabber_cine(all, "..", 0.0, &cine, &why), MYO_OK);
    assert_int_equal(myo_cine_info_get(cine)->width, 64);
    assert_int_equal(myo_cine_info_get(cine)->height, 8);
    myo_cine_free(cine);
    assert_int_not_equal(grabber_cine("v4l2:" DEVICE "?input=2", ".", 0.0, &cine, &why), MYO_OK);
    assert_int_not_equal(grabber_cine("v4l2:" DEVICE "?rate=60", ".", 0.0, &cine, &why), MYO_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_with_the_drivers_times),
        cmocka_unit_test(test_damaged_frames_are_losses),
        cmocka_unit_test(test_silence_has_an_end),
        cmocka_unit_test(test_what_cannot_be_read_is_refused),
        cmocka_unit_test(test_settings_are_asked_for),
    };
    /* What is tried is a capture in a process of its own. */
    (void)unsetenv("MYOTWITCH_READER");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
