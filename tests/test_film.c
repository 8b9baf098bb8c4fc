/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ultrasound pictures that pages are told: how small, how often, which belong to a twitch. */
#include "web/film.h"

#include "near.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 800, HEIGHT = 500, ROOM = 192 * 1024, PICTURE_AT = 76 };

static const myo_film_head head = {WIDTH, HEIGHT, 0.1, 2, 1, 32, 2000.0};

static myo_film *film_new(void)
{
    myo_film *film = NULL;
    assert_int_equal(myo_film_new(&head, &film), MYO_OK);
    return film;
}

/* Image @p n at 60 a second: all of it is as grey as n, its first tile moves one pixel to the right. */
static void image_take(myo_film *film, int n)
{
    static uint8_t grey[WIDTH * HEIGHT];
    const myo_tile tiles[2] = {{.dx = 1.0f, .quality = 1.0f}, {.dx = 9.0f, .quality = 0.1f}};
    memset(grey, n, sizeof grey);
    const myo_frame frame = {grey, MYO_PIXEL_U8, WIDTH, WIDTH, HEIGHT, n / 60.0, n};
    myo_film_take(film, &frame, tiles, n / 60.0);
}

static uint32_t u32_at(const uint8_t *bytes, size_t at)
{
    uint32_t value;
    memcpy(&value, bytes + at, sizeof value);
    return value;
}

static float f32_at(const uint8_t *bytes, size_t at)
{
    float value;
    memcpy(&value, bytes + at, sizeof value);
    return value;
}

static double f64_at(const uint8_t *bytes, size_t at)
{
    double value;
    memcpy(&value, bytes + at, sizeof value);
    return value;
}

/* The next message; false when there is none. */
static bool next(myo_film *film, myo_film_seen *seen, uint8_t *bytes)
{
    myo_web_wire wire = {.bytes = bytes, .size = ROOM};
    myo_film_next(film, seen, &wire);
    assert_false(wire.full);
    return wire.used > 0;
}

/* Every third pixel of 800 x 500 makes 266 x 166; 8 bytes for each of two tiles. */
static void test_a_picture_is_small_and_says_what_moved(void **state)
{
    (void)state;
    uint8_t *bytes = malloc(ROOM);
    myo_film *film = film_new();
    myo_film_seen seen = {0};
    assert_false(next(film, &seen, bytes));
    image_take(film, 7);
    assert_true(next(film, &seen, bytes));
    assert_int_equal(bytes[0], 15);
    assert_int_equal(u32_at(bytes, 4), 0);
    assert_int_equal(u32_at(bytes, 12), 1);
    assert_int_equal(u32_at(bytes, 16), 266);
    assert_int_equal(u32_at(bytes, 20), 166);
    assert_int_equal(u32_at(bytes, 24), 2);
    assert_near((double)f32_at(bytes, 32), 32.0 / 3.0, 1e-5);  /* middle of the first tile */
    assert_near((double)f32_at(bytes, 44), 0.3, 1e-6);         /* mm a pixel */
    assert_near(f64_at(bytes, 48), 7.0 / 60.0 * 2000.0, 1e-9); /* its frame */
    assert_near((double)f32_at(bytes, PICTURE_AT), 1.0 / 3.0, 1e-6);
    assert_near((double)f32_at(bytes, PICTURE_AT + 8), 0.0, 0.0); /* not to be believed */
    for (size_t i = 0; i < 266u * 166u; i++) {
        assert_int_equal(bytes[PICTURE_AT + 16 + i], 7);
    }
    assert_false(next(film, &seen, bytes));
    myo_film_free(film);
    free(bytes);
}

/* A page that asks after each of 120 images in two seconds is shown 15 a second. */
static void test_fifteen_a_second(void **state)
{
    (void)state;
    uint8_t *bytes = malloc(ROOM);
    myo_film *film = film_new();
    myo_film_seen seen = {0};
    int shown = 0;
    for (int n = 0; n < 120; n++) {
        image_take(film, n);
        shown += next(film, &seen, bytes);
    }
    assert_int_equal(shown, 30);
    myo_film_free(film);
    free(bytes);
}

/* Onset at 1 s, told at 1.6 s: pictures of 0.88 to 1.42 s, 30 a second; a page that comes late gets them, too,
 * and what moved in all images counts, not only in those that are kept. */
static void test_the_half_second_around_a_twitch(void **state)
{
    (void)state;
    uint8_t *bytes = malloc(ROOM);
    myo_film *film = film_new();
    myo_film_seen early = {0}, late = {0};
    for (int n = 0; n < 96; n++) {
        image_take(film, n);
        while (next(film, &early, bytes)) {
        }
    }
    myo_film_twitch(film, 1.0, 300.0, 150.0, 0.42);
    for (int page = 0; page < 2; page++) {
        myo_film_seen *seen = page == 0 ? &early : &late;
        double last = -1.0;
        uint32_t told = 0, count = 1;
        for (; told < count; told++) {
            assert_true(next(film, seen, bytes));
            assert_int_equal(u32_at(bytes, 4), 1);
            assert_int_equal(u32_at(bytes, 8), told);
            count = u32_at(bytes, 12);
            const double frame = f64_at(bytes, 48);
            assert_true(frame >= 0.88 * 2000.0 && frame <= 1.42 * 2000.0 && frame > last);
            last = frame;
            assert_near(f64_at(bytes, 56), 2000.0, 1e-9);
            assert_near((double)f32_at(bytes, 64), 100.0, 1e-4);
            assert_near((double)f32_at(bytes, 72), 0.42, 1e-6);
            const double images = frame / 2000.0 * 60.0 + 1.0; /* each moved a pixel of the image */
            assert_near((double)f32_at(bytes, PICTURE_AT), images / 3.0, 1e-3);
        }
        assert_int_equal(count, 16);
        assert_int_equal(next(film, seen, bytes),
                         page == 1); /* the newest, which it has not seen */
    }
    myo_film_free(film);
    free(bytes);
}

/* While a page is told of one, another comes: it goes on with that. */
static void test_two_twitches(void **state)
{
    (void)state;
    uint8_t *bytes = malloc(ROOM);
    myo_film *film = film_new();
    myo_film_seen seen = {0};
    for (int n = 0; n < 200; n++) {
        image_take(film, n);
        if (n == 90 || n == 150) {
            myo_film_twitch(film, n / 60.0 - 0.6, 1.0, 1.0, 1.0);
        }
    }
    while (next(film, &seen, bytes) && u32_at(bytes, 4) > 0) {
        assert_int_equal(u32_at(bytes, 4), 2);
    }
    assert_int_equal(seen.of_clip, 16);
    myo_film_twitch(film, 1000.0, 1.0, 1.0, 1.0); /* nothing is held of that time */
    assert_false(next(film, &seen, bytes));
    myo_film_next(NULL, &seen, &(myo_web_wire){.bytes = bytes, .size = ROOM});
    myo_film_free(film);
    myo_film_free(NULL);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_picture_is_small_and_says_what_moved),
        cmocka_unit_test(test_fifteen_a_second),
        cmocka_unit_test(test_the_half_second_around_a_twitch),
        cmocka_unit_test(test_two_twitches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
