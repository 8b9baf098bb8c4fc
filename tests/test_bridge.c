/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scanner bridge of ours sends images over the loopback; what arrives must be what was sent, at its time. */
#include "cine/cine.h"
#include "cine/igtl.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

enum { WIDTH = 12, HEIGHT = 5, PIXELS = WIDTH * HEIGHT, MAX_MESSAGE = 1024 };

/* What the bridge is to do, one letter a message: i image, w image with 16 bit numbers, c colours, l an image
 * whose time went back, x wrong checksum, s STATUS, h half an image and then the end, v of version 2, g garbage. */
typedef struct {
    int listener;
    const char *script;
} bridge;

static void put(uint8_t *to, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        to[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    }
}

static void put_f32(uint8_t *to, float value)
{
    uint32_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    put(to, bits, 4);
}

static void header_put(uint8_t *message, int version, const char *type, double time_s, size_t body)
{
    memset(message, 0, IGTL_HEADER);
    put(message, (uint64_t)version, 2);
    memcpy(message + 2, type, strlen(type));
    memcpy(message + 14, "Scanner", 7);
    put(message + 34, (uint64_t)time_s, 4);
    put(message + 38, (uint64_t)((time_s - floor(time_s)) * 0x1p32), 4);
    put(message + 42, body, 8);
    put(message + 50, igtl_crc(message + IGTL_HEADER, body), 8);
}

/* The head of an image, PS 0.1 mm across and 0.2 mm down. */
static size_t image_put(uint8_t *to, char kind, int number)
{
    int components = kind == 'c' ? 3 : 1, wide = kind == 'w' ? 2 : 1;
    memset(to, 0, IGTL_IMAGE);
    put(to, 1, 2);
    to[2] = (uint8_t)components;
    to[3] = kind == 'w' ? 5 : 3;
    to[4] = 2; /* little endian */
    put(to + 6, WIDTH, 2);
    put(to + 8, HEIGHT, 2);
    put(to + 10, 1, 2);
    put_f32(to + 12, 0.06F);
    put_f32(to + 16, 0.08F);
    put_f32(to + 24, 0.2F);
    put(to + 66, WIDTH, 2);
    put(to + 68, HEIGHT, 2);
    put(to + 70, 1, 2);
    for (int i = 0; i < PIXELS * components; i++) {
        to[IGTL_IMAGE + i * wide] = (uint8_t)(i + number);
        if (wide == 2) {
            to[IGTL_IMAGE + i * wide + 1] = 1;
        }
    }
    return IGTL_IMAGE + (size_t)(PIXELS * components * wide);
}

static size_t message_make(uint8_t *message, char kind, int number)
{
    uint8_t *body = message + IGTL_HEADER;
    double time_s = 1000.5 + 0.04 * (kind == 'l' ? number - 3 : number);
    size_t skip = 0, size = 0;
    if (kind == 's') {
        memset(body, 7, 30);
        header_put(message, 1, "STATUS", 0.0, 30);
        return IGTL_HEADER + 30;
    }
    if (kind == 'v') {
        skip = IGTL_EXTENDED;
        memset(body, 0, skip);
        put(body, skip, 2);
    }
    size = skip + image_put(body + skip, kind, number);
    header_put(message, kind == 'v' ? 2 : 1, "IMAGE", time_s, size);
    if (kind == 'x') {
        message[50] ^= 1;
    } else if (kind == 'g') {
        memset(message, 0xEE, IGTL_HEADER);
    }
    return IGTL_HEADER + (kind == 'h' ? size / 2 : size);
}

static void *bridge_run(void *opaque)
{
    const bridge *b = opaque;
    uint8_t message[MAX_MESSAGE];
    int peer = accept(b->listener, NULL, NULL);
    for (int i = 0; peer >= 0 && b->script[i] != '\0'; i++) {
        size_t size = message_make(message, b->script[i], i);
        for (size_t sent = 0; sent < size; sent += 50) { /* in pieces, as networks do */
            size_t part = size - sent < 50 ? size - sent : 50;
            (void)!send(peer, message + sent, part, MSG_NOSIGNAL);
        }
    }
    close(peer);
    return NULL;
}

static pthread_t thread;
static bridge current;

static myo_status bridge_open(const char *script, myo_cine **cine, myo_why *why)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof place;
    char path[64];
    current = (bridge){.listener = socket(AF_INET, SOCK_STREAM, 0), .script = script};
    assert_int_equal(bind(current.listener, (struct sockaddr *)&place, size), 0);
    assert_int_equal(listen(current.listener, 1), 0);
    assert_int_equal(getsockname(current.listener, (struct sockaddr *)&place, &size), 0);
    snprintf(path, sizeof path, "igtl://127.0.0.1:%d", ntohs(place.sin_port));
    assert_int_equal(pthread_create(&thread, NULL, bridge_run, &current), 0);
    return myo_cine_open(path, &(myo_cine_options){.patience_s = 5.0}, cine, why);
}

static void bridge_end(myo_cine *cine)
{
    myo_cine_free(cine);
    assert_int_equal(pthread_join(thread, NULL), 0);
    close(current.listener);
}

static void test_crc_is_that_of_the_standard(void **state)
{
    (void)state;
    /* The check value of CRC-64/ECMA-182, reveng.sourceforge.io/crc-catalogue. */
    assert_true(igtl_crc((const uint8_t *)"123456789", 9) == 0x6C40DF5F0B497347U);
}

static void test_images_arrive(void **state)
{
    (void)state;
    myo_cine *cine = NULL;
    myo_cine_frame frame;
    myo_why why = {""};
    bool got = false;
    const int numbers[] = {1, 3, 5}; /* the STATUS and the late one are no frames */
    const int sequence[] = {0, 1, 3};
    assert_int_equal(bridge_open("sisvli", &cine, &why), MYO_OK);
    const myo_cine_info *info = myo_cine_info_get(cine);
    assert_int_equal(info->width, WIDTH);
    assert_int_equal(info->height, HEIGHT);
    assert_int_equal(info->clock, MYO_CINE_TIME_FRAME);
    assert_true(fabs(info->mm_per_px_x - 0.1) < 1e-7 && fabs(info->mm_per_px_y - 0.2) < 1e-7);
    for (int f = 0; f < 3; f++) {
        assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
        assert_true(got);
        assert_int_equal(frame.sequence, sequence[f]);
        assert_true(fabs(frame.time_s - 1000.5 - 0.04 * numbers[f]) < 1e-9);
        for (int i = 0; i < PIXELS; i++) {
            assert_int_equal(frame.gray[i], i + numbers[f]);
        }
    }
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    assert_false(got);
    bridge_end(cine);
}

static void test_other_pixels(void **state)
{
    (void)state;
    myo_cine *cine = NULL;
    myo_cine_frame frame;
    myo_why why = {""};
    bool got = false;
    assert_int_equal(bridge_open("w", &cine, &why), MYO_OK);
    assert_true(myo_cine_info_get(cine)->is_float);
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    assert_true(frame.values[7] == 256.0F + 7.0F);
    bridge_end(cine);
    assert_int_equal(bridge_open("c", &cine, &why), MYO_OK);
    assert_int_equal(myo_cine_next(cine, &frame, &got, &why), MYO_OK);
    /* 0.299 * 6 + 0.587 * 7 + 0.114 * 8 = 6.815 */
    assert_int_equal(frame.gray[2], 7);
    bridge_end(cine);
}

static void test_what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *script, *reason;
    } cases[] = {{"ix", "wrong checksum"},    {"ih", "the connection ended in a message"},
                 {"ig", "no message header"}, {"iw", "the size of the picture changes"},
                 {"x", "wrong checksum"},     {"s", "the bridge sent no image"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        myo_cine *cine = NULL;
        myo_cine_frame frame;
        myo_why why = {""};
        bool got = true;
        myo_status status = bridge_open(cases[i].script, &cine, &why);
        while (status == MYO_OK && got) {
            status = myo_cine_next(cine, &frame, &got, &why);
        }
        assert_int_not_equal(status, MYO_OK);
        assert_non_null(strstr(why.text, cases[i].reason));
        bridge_end(cine);
    }
}

static void test_bad_places_are_refused(void **state)
{
    (void)state;
    static const char *const places[] = {"igtl://", "igtl://host", "igtl://:1", "igtl://[::1]:"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        myo_cine *cine = NULL;
        myo_why why = {""};
        assert_int_equal(myo_cine_open(places[i], &(myo_cine_options){0}, &cine, &why),
                         MYO_ERR_BAD_ARG);
        assert_null(cine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc_is_that_of_the_standard),
        cmocka_unit_test(test_images_arrive),
        cmocka_unit_test(test_other_pixels),
        cmocka_unit_test(test_what_is_wrong_is_named),
        cmocka_unit_test(test_bad_places_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
