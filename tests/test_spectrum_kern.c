/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels of the spectra: every instruction set gives the bits of the first principle. */
#include "core/cpu.h"
#include "dsp/spectrum_kern.h"
#include "dsp/spectrum_sums.h"
#include "near.h"

#include <math.h>
#include <string.h>

#define SIZE  360 /* not a whole number of rows, nor of vectors */
#define BINS  (SIZE / 2 + 1)
#define ROOM  (SIZE + 16)
#define WIDTH 7 /* channels */

static void fill(float *x, size_t count, uint32_t state)
{
    for (size_t i = 0; i < count; i++) {
        state = 1664525u * state + 1013904223u;
        x[i] = (float)((double)state / 2147483648.0 - 1.0);
    }
}

typedef struct {
    float rows[4 * ROOM], windowed[SIZE], power[2][ROOM];
    double welch[ROOM], sum, moment;
    bool numbers;
} outcome;

static void run(const myo_spectrum_kernels *k, outcome *o)
{
    static float x[SIZE * WIDTH + 4], window[SIZE], re[SIZE], im[SIZE], share[ROOM], ramp[ROOM];
    memset(o, 0, sizeof *o);
    fill(x, SIZE * WIDTH, 1);
    fill(window, SIZE, 2);
    fill(re, SIZE, 3);
    fill(im, SIZE, 4);
    fill(share, ROOM, 5);
    fill(ramp, ROOM, 6);
    o->numbers = k->take(x + 2, WIDTH, SIZE - 1, o->rows, ROOM);
    k->window(x + 1, window, o->windowed, SIZE - 3);
    k->separate(re, im, SIZE, o->power[0], o->power[1]);
    for (int i = 0; i < 3; i++) {
        k->gather(o->welch, o->power[0], BINS);
    }
    const uint32_t rows = myo_spectrum_padded(BINS) / MYO_SPECTRUM_ROW;
    k->weigh(o->power[1], share, ramp, rows, &o->sum, &o->moment);
}

static void test_all_give_the_same_bits(void **state)
{
    (void)state;
    static outcome first, other;
    run(myo_spectrum_choose(MYO_CPU_C), &first);
    const uint32_t have = myo_cpu_detect();
    for (size_t i = 0; myo_spectrum_tables[i] != NULL; i++) {
        if ((myo_spectrum_tables[i]->needs & ~have) == 0) {
            run(myo_spectrum_tables[i], &other);
            assert_memory_equal(&other, &first, sizeof first);
        }
    }
}

/* Against sums in double over the same values: 192 products of at most 1 in float err by less than
 * 192 eps. */
static void test_they_compute_what_they_say(void **state)
{
    (void)state;
    static outcome o;
    static float x[SIZE * WIDTH], window[SIZE], re[SIZE], im[SIZE], share[ROOM], ramp[ROOM];
    run(myo_spectrum_choose(MYO_CPU_ALL), &o);
    fill(x, SIZE * WIDTH, 1);
    fill(window, SIZE, 2);
    fill(re, SIZE, 3);
    fill(im, SIZE, 4);
    fill(share, ROOM, 5);
    fill(ramp, ROOM, 6);
    assert_true(o.numbers);
    for (int c = 0; c < 4; c++) {
        for (int i = 0; i < SIZE - 1; i++) {
            assert_true(o.rows[c * ROOM + i] == x[i * WIDTH + c + 2]);
        }
    }
    for (int i = 0; i < SIZE - 3; i++) {
        assert_true(o.windowed[i] == x[i + 1] * window[i]);
    }
    double sum = 0.0, moment = 0.0;
    for (int k = 0; k < BINS; k++) {
        const int mirror = (SIZE - k) % SIZE;
        const double a = pow((double)re[k] + (double)re[mirror], 2.0) +
                         pow((double)im[k] - (double)im[mirror], 2.0);
        const double b = pow((double)im[k] + (double)im[mirror], 2.0) +
                         pow((double)re[mirror] - (double)re[k], 2.0);
        assert_near((double)o.power[0][k], a, 1e-5);
        assert_near((double)o.power[1][k], b, 1e-5);
        assert_near(o.welch[k], 3.0 * a, 3e-5);
        sum += b * (double)share[k];
        moment += b * (double)share[k] * (double)ramp[k];
    }
    assert_near(o.sum, sum, 192 * 8 * 1.2e-7);
    assert_near(o.moment, moment, 192 * 8 * 1.2e-7);
}

static void test_what_is_not_a_number_is_seen(void **state)
{
    (void)state;
    const float bad[] = {(float)NAN, (float)INFINITY, (float)-INFINITY};
    static float x[9 * WIDTH + 4], rows[4 * ROOM];
    const uint32_t have = myo_cpu_detect();
    for (size_t i = 0; myo_spectrum_tables[i] != NULL; i++) {
        if ((myo_spectrum_tables[i]->needs & ~have) != 0) {
            continue;
        }
        for (size_t at = 0; at < 9 * 3; at++) {
            fill(x, 9 * WIDTH, 1);
            x[at / 3 * WIDTH + at % 4] = bad[at % 3];
            assert_false(myo_spectrum_tables[i]->take(x, WIDTH, 9, rows, ROOM));
            fill(x, 9 * WIDTH, 1);
            x[at / 3 * WIDTH + 4] = bad[at % 3]; /* of the channel beside them */
            x[0] = 3.4e38f;
            assert_true(myo_spectrum_tables[i]->take(x, WIDTH, 9, rows, ROOM));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_give_the_same_bits),
        cmocka_unit_test(test_they_compute_what_they_say),
        cmocka_unit_test(test_what_is_not_a_number_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
