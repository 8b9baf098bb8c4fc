/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Known shifts of a made-up texture are found, in every corner and by every kernel alike; what cannot
 * be followed says so. */
#include "myotwitch/tracker.h"

#include "near.h"
#include "core/cpu.h"
#include "ultrasound/affine.h"
#include "ultrasound/median.h"
#include "ultrasound/tile_kern.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 201, HEIGHT = 170, WAVES = 60, MOST = 64 };

static const double pi = 3.14159265358979323846;

/* Waves of 6 to 40 pixels: exact between the pixels too. */
static double texture_at(double x, double y)
{
    uint32_t state = 1;
    double sum = 128.0;
    for (int i = 0; i < WAVES; i++) {
        double r[3];
        for (int k = 0; k < 3; k++) {
            state = 1664525u * state + 1013904223u;
            r[k] = (double)(state >> 8) / 16777216.0;
        }
        const double f = 2.0 * pi / (6.0 + 34.0 * r[0]), a = 2.0 * pi * r[1];
        sum += 6.0 * sin(f * (x * cos(a) + y * sin(a)) + 2.0 * pi * r[2]);
    }
    return sum;
}

static float *image_moved(double dx, double dy)
{
    float *image = malloc(WIDTH * HEIGHT * sizeof *image);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            image[y * WIDTH + x] = (float)texture_at(x - dx, y - dy);
        }
    }
    return image;
}

static myo_frame frame_of(const float *image)
{
    return (myo_frame){
        .pixels = image, .pixel = MYO_PIXEL_F32, .stride = WIDTH, .width = WIDTH, .height = HEIGHT};
}

static myo_tracker *tracker_new(uint32_t cpu_mask)
{
    myo_tracker_config config;
    myo_tracker_config_default(&config, WIDTH, HEIGHT);
    config.cpu_mask = cpu_mask;
    myo_tracker *tracker = NULL;
    assert_int_equal(myo_tracker_new(&config, &tracker), MYO_OK);
    return tracker;
}

static uint32_t follow(myo_tracker *tracker, const float *before, const float *after,
                       myo_tile *tiles)
{
    uint32_t columns = 0, rows = 0;
    myo_frame frame = frame_of(before);
    myo_tracker_reset(tracker);
    myo_tracker_size(tracker, &columns, &rows);
    assert_true(columns * rows <= MOST);
    assert_false(myo_tracker_process(tracker, &frame, tiles));
    frame = frame_of(after);
    assert_true(myo_tracker_process(tracker, &frame, tiles));
    return columns * rows;
}

static void test_known_shifts_are_found(void **state)
{
    (void)state;
    static const double shifts[][2] = {{0, 0}, {0.3, -0.7}, {-2.4, 1.5}, {5.0, 5.5}, {-7.9, -1.2}};
    float *still = image_moved(0.0, 0.0);
    myo_tracker *tracker = tracker_new(MYO_CPU_ALL);
    for (size_t s = 0; s < sizeof shifts / sizeof shifts[0]; s++) {
        myo_tile tiles[MOST];
        float *moved = image_moved(shifts[s][0], shifts[s][1]);
        const uint32_t count = follow(tracker, still, moved, tiles);
        for (uint32_t i = 0; i < count; i++) {
            /* Linear interpolation of the smoothed image is what is left: 0.02 pixels. */
            assert_near((double)tiles[i].dx, shifts[s][0], 0.02);
            assert_near((double)tiles[i].dy, shifts[s][1], 0.02);
            assert_true(myo_tile_is_good(&tiles[i]));
        }
        free(moved);
    }
    myo_tracker_free(tracker);
    free(still);
}

static void test_bytes_and_floats_agree(void **state)
{
    (void)state;
    uint8_t *bytes = malloc((WIDTH + 3) * HEIGHT);
    float *image = image_moved(0.0, 0.0);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            bytes[y * (WIDTH + 3) + x] = (uint8_t)(y * 31 + x * x);
            image[y * WIDTH + x] = (float)(uint8_t)(y * 31 + x * x);
        }
    }
    myo_tracker *tracker = tracker_new(MYO_CPU_ALL);
    myo_tile tiles[MOST];
    myo_frame frame = frame_of(image);
    (void)myo_tracker_process(tracker, &frame, tiles);
    frame.pixels = bytes;
    frame.pixel = MYO_PIXEL_U8;
    frame.stride = WIDTH + 3;
    assert_true(myo_tracker_process(tracker, &frame, tiles));
    assert_memory_equal(myo_tracker_image(tracker), image, WIDTH * HEIGHT * sizeof *image);
    assert_near((double)tiles[0].quality, 1.0, 0.0);
    assert_near((double)tiles[0].dx, 0.0, 0.0);
    myo_tracker_free(tracker);
    free(image);
    free(bytes);
}

static void test_flat_and_foreign_tiles_are_not_good(void **state)
{
    (void)state;
    float *image = image_moved(0.0, 0.0), *other = image_moved(500.0, 300.0);
    float *flat = calloc(WIDTH * HEIGHT, sizeof *flat);
    myo_tracker *tracker = tracker_new(MYO_CPU_ALL);
    myo_tile tiles[MOST];
    uint32_t count = follow(tracker, flat, flat, tiles), good = 0;
    for (uint32_t i = 0; i < count; i++) {
        assert_false(myo_tile_is_good(&tiles[i]));
    }
    assert_near(myo_tracker_focus(tracker), 0.0, 0.0);
    count = follow(tracker, image, other, tiles);
    for (uint32_t i = 0; i < count; i++) {
        good += myo_tile_is_good(&tiles[i]);
    }
    assert_int_equal(good, 0);
    myo_tracker_free(tracker);
    free(flat);
    free(other);
    free(image);
}

static void test_kernels_are_equal_to_the_bit(void **state)
{
    (void)state;
    float *still = image_moved(0.0, 0.0), *moved = image_moved(1.3, -2.6);
    const uint32_t have = myo_cpu_detect();
    for (size_t k = 0; myo_tile_kerns[k] != NULL; k++) {
        const myo_tile_kern *kern = myo_tile_kerns[k];
        if ((kern->needs & ~have) != 0) {
            continue;
        }
        for (uint32_t width = 8; width <= 64; width += 8) {
            const myo_tile_pair pair = {
                still + 5 * WIDTH + 3,       moved + 3 * WIDTH + 4, WIDTH, width, 33,
                {0.28f, 0.12f, 0.42f, 0.18f}};
            myo_tile_slopes slopes[2];
            myo_tile_errors errors[2];
            myo_tile_kern_c.slopes(&pair, &slopes[0]);
            myo_tile_kern_c.errors(&pair, &errors[0]);
            kern->slopes(&pair, &slopes[1]);
            kern->errors(&pair, &errors[1]);
            assert_memory_equal(&slopes[0], &slopes[1], sizeof slopes[0]);
            assert_memory_equal(&errors[0], &errors[1], sizeof errors[0]);
        }
    }
    free(still);
    free(moved);
}

/* Of every length, and each as the definitions say. */
static void test_kernels_turn_alike(void **state)
{
    (void)state;
    enum { LONGEST = 19 };
    double values[4][LONGEST + 1];
    for (int i = 0; i <= LONGEST; i++) {
        for (int k = 0; k < 4; k++) {
            values[k][i] = (double)((7 * i + 5 * k) % 11 - 5);
        }
    }
    const uint32_t have = myo_cpu_detect();
    for (size_t k = 0; myo_tile_kerns[k] != NULL; k++) {
        for (uint32_t count = 0; (myo_tile_kerns[k]->needs & ~have) == 0 && count <= LONGEST;
             count++) {
            const myo_tile_echoes echoes = {{values[0], values[1]}, {values[2], values[3]}, count};
            myo_tile_turns sums = {.energy = 100.0}, expected = {.energy = 100.0};
            myo_tile_kerns[k]->turns(&echoes, &sums);
            for (uint32_t i = 0; i < count; i++) { /* whole numbers: exact in any order */
                const double *b = values[0] + i, *c = values[1] + i;
                const double *x = values[2] + i, *y = values[3] + i;
                expected.turned[0] += b[0] * x[0] + c[0] * y[0];
                expected.turned[1] += b[0] * y[0] - c[0] * x[0];
                expected.next[0] += x[0] * x[1] + y[0] * y[1];
                expected.next[1] += x[0] * y[1] - y[0] * x[1];
                expected.energy += x[0] * x[0] + y[0] * y[0];
            }
            assert_memory_equal(&sums, &expected, sizeof sums);
            double thirds[4][LONGEST + 1];
            for (int i = 0; i <= LONGEST; i++) { /* of fractions the same bits */
                for (int n = 0; n < 4; n++) {
                    thirds[n][i] = values[n][i] / 3.0;
                }
            }
            const myo_tile_echoes uneven = {{thirds[0], thirds[1]}, {thirds[2], thirds[3]}, count};
            myo_tile_turns here = {.energy = 0.0}, plain = {.energy = 0.0};
            myo_tile_kerns[k]->turns(&uneven, &here);
            myo_tile_kern_c.turns(&uneven, &plain);
            assert_memory_equal(&here, &plain, sizeof here);
        }
    }
}

/* Taps that see the line at their own places; whole numbers are exact, and of thirds all give the same
 * bits. */
static void test_kernels_filter_alike(void **state)
{
    (void)state;
    enum { TAPS = 5, PLACES = 2 * MYO_TILE_LANES };
    static const int places[TAPS] = {0, 3, 7, 1, 20};
    float line[PLACES + 20], re[TAPS], im[TAPS];
    const float *from[TAPS];
    for (int i = 0; i < PLACES + 20; i++) {
        line[i] = (float)(i * i % 13 - 6);
    }
    for (int t = 0; t < TAPS; t++) {
        from[t] = line + places[t];
        re[t] = (float)(t % 3 - 1);
        im[t] = (float)(2 - t);
    }
    const myo_tile_filter filter = {from, re, im, TAPS};
    const uint32_t have = myo_cpu_detect();
    for (size_t k = 0; myo_tile_kerns[k] != NULL; k++) {
        float a[MYO_TILE_LANES], b[MYO_TILE_LANES], c[MYO_TILE_LANES], d[MYO_TILE_LANES];
        if ((myo_tile_kerns[k]->needs & ~have) != 0) {
            continue;
        }
        myo_tile_kerns[k]->filter(&filter, 3, a, b);
        for (int i = 0; i < MYO_TILE_LANES; i++) {
            float x = 0.0f, y = 0.0f;
            for (int t = 0; t < TAPS; t++) {
                x += from[t][3 + i] * re[t];
                y += from[t][3 + i] * im[t];
            }
            assert_near((double)a[i], (double)x, 0.0);
            assert_near((double)b[i], (double)y, 0.0);
        }
        const float third[TAPS] = {1.0f / 3.0f, 0.1f, -0.7f, 2.0f / 7.0f, 0.3f};
        const myo_tile_filter uneven = {from, third, re, TAPS};
        myo_tile_kerns[k]->filter(&uneven, 0, a, b);
        myo_tile_kern_c.filter(&uneven, 0, c, d);
        assert_memory_equal(a, c, sizeof a);
        assert_memory_equal(b, d, sizeof b);
    }
}

/* Sums over a window of a plane: gx = 2, gy = -3 everywhere; moved by one pixel to the right and half
 * a pixel down the error is 2 - 1.5 = 0.5. */
static void test_kernel_sums_of_a_plane(void **state)
{
    (void)state;
    float plane[20 * 20];
    for (int y = 0; y < 20; y++) {
        for (int x = 0; x < 20; x++) {
            plane[y * 20 + x] = (float)(2 * x - 3 * y);
        }
    }
    const myo_tile_pair pair = {plane + 21, plane + 22, 20, 8, 4, {0.5f, 0.0f, 0.5f, 0.0f}};
    myo_tile_slopes s;
    myo_tile_errors e;
    myo_tile_kern_c.slopes(&pair, &s);
    myo_tile_kern_c.errors(&pair, &e);
    assert_near(s.xx, 32 * 4.0, 0.0);
    assert_near(s.xy, 32 * -6.0, 0.0);
    assert_near(s.yy, 32 * 9.0, 0.0);
    assert_near(e.e, 32 * 0.5, 0.0);
    assert_near(e.ee, 32 * 0.25, 0.0);
    assert_near(e.ye, 32 * -1.5, 0.0);
    assert_near(s.column[1], -6.0 * 4 * 28, 0.0); /* columns 0 to 7 in four rows */
    assert_near(s.row[2], 9.0 * 8 * 6, 0.0);
}

/* An image turned by a degree and pressed by 2 %: the tiles show it where their texture is, a
 * tenth of a pixel from what their middles do. */
static void test_tiles_lean_with_their_texture(void **state)
{
    (void)state;
    static const double m[4] = {0.0, -0.01745, 0.01745, -0.02}; /* a, b, c, d */
    float *still = image_moved(0.0, 0.0), *turned = malloc(WIDTH * HEIGHT * sizeof *turned);
    const double det = (1.0 + m[0]) * (1.0 + m[3]) - m[1] * m[2];
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const double cx = x - WIDTH / 2.0, cy = y - HEIGHT / 2.0;
            turned[y * WIDTH + x] =
                (float)texture_at(WIDTH / 2.0 + ((1.0 + m[3]) * cx - m[1] * cy) / det,
                                  HEIGHT / 2.0 + ((1.0 + m[0]) * cy - m[2] * cx) / det);
        }
    }
    myo_tile tiles[MOST];
    myo_tracker *tracker = tracker_new(MYO_CPU_ALL);
    const uint32_t count = follow(tracker, still, turned, tiles);
    uint32_t columns, rows;
    double plain = 0.0, leaning = 0.0;
    myo_tracker_size(tracker, &columns, &rows);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t x, y;
        myo_tracker_place(tracker, i % columns, i / columns, &x, &y);
        const double u = x + 32.0 - WIDTH / 2.0, v = y + 32.0 - HEIGHT / 2.0;
        double d[2] = {m[0] * u + m[1] * v, m[2] * u + m[3] * v};
        plain = fmax(plain, hypot((double)tiles[i].dx - d[0], (double)tiles[i].dy - d[1]));
        for (int k = 0; k < 4; k++) {
            d[0] += (double)tiles[i].lean[0][k] * m[k];
            d[1] += (double)tiles[i].lean[1][k] * m[k];
        }
        leaning = fmax(leaning, hypot((double)tiles[i].dx - d[0], (double)tiles[i].dy - d[1]));
    }
    print_message("worst of %u tiles: %.3f px by their middles, %.3f by their texture\n", count,
                  plain, leaning);
    assert_true(leaning < 0.1);
    assert_true(plain > 2.0 * leaning);
    myo_tracker_free(tracker);
    free(still);
    free(turned);
}

static void test_median(void **state)
{
    (void)state;
    float odd[] = {5, 1, 4, 2, 3}, even[] = {4, 1, 3, 2}, same[] = {2, 2, 2};
    assert_near((double)myo_median(odd, 5), 3.0, 0.0);
    assert_near((double)myo_median(even, 4), 3.0, 0.0); /* rank 2 counted from 0 */
    assert_near((double)myo_mad(same, 3, 1.0f), 1.4826, 1e-6);
    assert_near((double)myo_median(odd, 0), 0.0, 0.0);
}

/* A turn, a compression and a shift with a quarter of the points elsewhere: found to rounding, for the
 * points elsewhere get no weight. */
static void test_affine_ignores_a_quarter(void **state)
{
    (void)state;
    myo_affine_point points[100];
    float scratch[100];
    for (int i = 0; i < 100; i++) {
        const double u = i % 10 - 4.5, v = i / 10 - 4.5;
        points[i] = (myo_affine_point){.u = (float)u,
                                       .v = (float)v,
                                       .dx = (float)(3.0 + 0.02 * u - 0.017 * v),
                                       .dy = (float)(-1.0 + 0.017 * u - 0.02 * v)};
        if (i < 25) {
            points[i].dx += 4.0f;
        }
    }
    myo_affine fit;
    myo_affine_fit(points, 100, scratch, &fit);
    assert_near(fit.x[0], 3.0, 1e-5);
    assert_near(fit.x[1], 0.02, 1e-5);
    assert_near(fit.x[2], -0.017, 1e-5);
    assert_near(fit.y[1], 0.017, 1e-5);
    assert_near(fit.agree, 0.75, 0.0);
    myo_affine_fit(points, 5, scratch, &fit);
    assert_near(fit.x[0], 0.0, 0.0);
}

static void test_bad_configurations_are_refused(void **state)
{
    (void)state;
    myo_tracker_config config;
    myo_tracker *tracker = NULL;
    myo_tracker_config_default(&config, 63, 100);
    assert_int_equal(myo_tracker_new(&config, &tracker), MYO_ERR_BAD_ARG);
    myo_tracker_config_default(&config, 100, 5000);
    assert_int_equal(myo_tracker_new(&config, &tracker), MYO_ERR_BAD_ARG);
    myo_tracker_config_default(&config, 100, 100);
    config.step = 7;
    assert_int_equal(myo_tracker_new(&config, &tracker), MYO_ERR_BAD_ARG);
    assert_null(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_shifts_are_found),
        cmocka_unit_test(test_bytes_and_floats_agree),
        cmocka_unit_test(test_flat_and_foreign_tiles_are_not_good),
        cmocka_unit_test(test_kernels_are_equal_to_the_bit),
        cmocka_unit_test(test_kernels_turn_alike),
        cmocka_unit_test(test_kernels_filter_alike),
        cmocka_unit_test(test_kernel_sums_of_a_plane),
        cmocka_unit_test(test_tiles_lean_with_their_texture),
        cmocka_unit_test(test_median),
        cmocka_unit_test(test_affine_ignores_a_quarter),
        cmocka_unit_test(test_bad_configurations_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
