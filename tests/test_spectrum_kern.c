/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels of the spectra: every instruction set gives the bits of the first principle. */
#include "core/cpu.h"
#include "dsp/spectrum_kern.h"
#include "dsp/spectrum_sums.h"
#include "near.h"

#include <math.h>
#include <string.h>

#define SIZE   360 /* not a whole number of rows, nor of vectors */
#define BINS   (SIZE / 2 + 1)
#define ROOM   (SIZE + 16)
#define WIDTH  7  /* channels */
#define FRAMES 21 /* a whole register of them and some more */

static void fill(float *x, size_t count, uint32_t state)
{
    for (size_t i = 0; i < count; i++) {
        state = 1664525u * state + 1013904223u;
        x[i] = (float)((double)state / 2147483648.0 - 1.0);
    }
}

typedef struct {
    float rows[4 * ROOM], windowed[SIZE], power[2][ROOM];
    double welch[2][ROOM];
    myo_spectrum_moments moments;
    bool numbers;
} outcome;

static float x[SIZE * WIDTH + 4], window[SIZE], re[SIZE + 1], im[SIZE + 1];

/* The third and the sixth band lie in one row, the last two share one. */
static myo_spectrum_weights weights = {.first = {0, 2, 5, 5, 9, 10}, .more = {2, 3, 0, 4, 1}};

static void fill_all(void)
{
    fill(x, SIZE * WIDTH, 1);
    fill(window, SIZE, 2);
    fill(re, SIZE, 3);
    fill(im, SIZE, 4);
    fill(weights.begin[0], MYO_SPECTRUM_PLACES * MYO_SPECTRUM_ROW, 5);
    fill(weights.end[0], MYO_SPECTRUM_PLACES * MYO_SPECTRUM_ROW, 6);
    re[SIZE] = re[0];
    im[SIZE] = im[0];
}

static void run(const myo_spectrum_kernels *k, outcome *o)
{
    memset(o, 0, sizeof *o);
    fill_all();
    o->numbers = k->take(x + 2, WIDTH, SIZE - 1, o->rows, ROOM);
    k->window(x + 1, window, o->windowed, SIZE - 3);
    const myo_spectrum_powers powers = {o->power[0], o->power[1], o->welch[0], o->welch[1]};
    for (int i = 0; i < 3; i++) {
        k->separate(re, im, SIZE, &powers);
    }
    k->weigh(o->power[1], &weights, &o->moments);
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

/* Against sums in double over the same values: the 80 products of a band, of powers of at most 8, err in
 * float by less than 80 eps 8; those with bins, of at most 80, by 80 times as much. */
static void test_they_compute_what_they_say(void **state)
{
    (void)state;
    static outcome o;
    run(myo_spectrum_choose(MYO_CPU_ALL), &o);
    assert_true(o.numbers);
    for (int c = 0; c < 4; c++) {
        for (int i = 0; i < SIZE - 1; i++) {
            assert_true(o.rows[c * ROOM + i] == x[i * WIDTH + c + 2]);
        }
    }
    for (int i = 0; i < SIZE - 3; i++) {
        assert_true(o.windowed[i] == x[i + 1] * window[i]);
    }
    for (int k = 0; k < BINS; k++) {
        const int mirror = (SIZE - k) % SIZE;
        const double a = pow((double)re[k] + (double)re[mirror], 2.0) +
                         pow((double)im[k] - (double)im[mirror], 2.0);
        const double b = pow((double)im[k] + (double)im[mirror], 2.0) +
                         pow((double)re[mirror] - (double)re[k], 2.0);
        assert_near((double)o.power[0][k], a, 1e-5);
        assert_near((double)o.power[1][k], b, 1e-5);
        assert_near(o.welch[0][k], 3.0 * a, 3e-5);
        assert_near(o.welch[1][k], 3.0 * b, 3e-5);
    }
    for (int band = 0; band < MYO_SPECTRUM_BANDS; band++) {
        const float *power = o.power[1] + (size_t)weights.first[band] * MYO_SPECTRUM_ROW;
        const size_t end = (weights.more[band] + 1) * (size_t)MYO_SPECTRUM_ROW;
        double sum = 0.0, moment = 0.0;
        for (size_t i = 0; i < end; i++) {
            const size_t lane = i % MYO_SPECTRUM_ROW, last = weights.more[band] * MYO_SPECTRUM_ROW;
            const float weight = i < MYO_SPECTRUM_ROW ? weights.begin[band][lane]
                                 : i >= last          ? weights.end[band][lane]
                                                      : 1.0f;
            sum += (double)power[i] * (double)weight;
            moment += (double)power[i] * (double)weight * (double)i;
        }
        assert_near((double)o.moments.sum[band], sum, 80 * 8 * 1.2e-7);
        assert_near((double)o.moments.moment[band], moment, 80 * 8 * 80 * 1.2e-7);
    }
}

static void test_what_is_not_a_number_is_seen(void **state)
{
    (void)state;
    const float bad[] = {(float)NAN, (float)INFINITY, (float)-INFINITY};
    static float rows[4 * ROOM];
    const uint32_t have = myo_cpu_detect();
    for (size_t i = 0; myo_spectrum_tables[i] != NULL; i++) {
        if ((myo_spectrum_tables[i]->needs & ~have) != 0) {
            continue;
        }
        for (size_t at = 0; at < FRAMES * 3; at++) {
            fill(x, FRAMES * WIDTH, 1);
            x[at / 3 * WIDTH + at % 4] = bad[at % 3];
            assert_false(myo_spectrum_tables[i]->take(x, WIDTH, FRAMES, rows, ROOM));
            fill(x, FRAMES * WIDTH, 1);
            x[at / 3 * WIDTH + 4] = bad[at % 3]; /* of the channel beside them */
            x[0] = 3.4e38f;
            assert_true(myo_spectrum_tables[i]->take(x, WIDTH, FRAMES, rows, ROOM));
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
