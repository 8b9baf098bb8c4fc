/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spectra's own transform against the sum that defines it, in double. */
#include "core/cpu.h"
#include "dsp/spectrum_kern.h"
#include "near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LANES MYO_SPECTRUM_LANES

static const double pi = 3.14159265358979323846;

typedef struct {
    size_t size;
    float *a, *b, *window;
    double *cosine; /* of 2 pi t / size */
} fixture;

static void fixture_new(fixture *f, size_t size)
{
    f->size = size;
    f->a = malloc((size + LANES) * sizeof(float));
    f->b = malloc((size + LANES) * sizeof(float));
    f->window = malloc(size * sizeof(float));
    f->cosine = malloc(size * sizeof(double));
    uint32_t state = (uint32_t)size;
    for (size_t i = 0; i < size; i++) {
        state = 1664525u * state + 1013904223u;
        f->a[i] = (float)((double)state / 2147483648.0 - 1.0);
        state = 1664525u * state + 1013904223u;
        f->b[i] = (float)((double)state / 2147483648.0 - 1.0);
        f->cosine[i] = cos(2.0 * pi * (double)i / (double)size);
        f->window[i] = (float)(0.5 - 0.5 * f->cosine[i]);
    }
    memcpy(f->a + size, f->a, LANES * sizeof(float));
    memcpy(f->b + size, f->b, LANES * sizeof(float));
}

static void fixture_free(fixture *f)
{
    free(f->a);
    free(f->b);
    free(f->window);
    free(f->cosine);
}

static void bin_by_definition(const fixture *f, size_t head, size_t k, double *re, double *im)
{
    *re = 0.0, *im = 0.0;
    for (size_t i = 0; i < f->size; i++) {
        const size_t at = (head + i) % f->size, turn = i * k % f->size;
        const double a = (double)f->a[at] * (double)f->window[i];
        const double b = (double)f->b[at] * (double)f->window[i];
        const double c = f->cosine[turn], s = -f->cosine[(turn + 3 * f->size / 4) % f->size];
        *re += a * c - b * s;
        *im += a * s + b * c;
    }
}

/* Higham, Accuracy and stability of numerical algorithms (2002), theorem 24.2: the root mean square of
 * the errors of a transform is below log2(size) (1 + 4 sqrt 2) u of that of the values, u half the
 * distance of floats; a windowed sample adds one rounding. Of large sizes some bins speak for all. */
static void check_size(size_t size, size_t head, size_t step)
{
    fixture f;
    fixture_new(&f, size);
    myo_spectrum_fft *fft = NULL;
    assert_int_equal(myo_spectrum_fft_new(size, &fft), MYO_OK);
    const myo_spectrum_rings rings = {f.a, f.b, f.window, head};
    const float *re = NULL, *im = NULL;
    myo_spectrum_choose(MYO_CPU_ALL)->transform(fft, &rings, &re, &im);
    double square = 0.0, error = 0.0;
    for (size_t k = 0; k < size; k += step) {
        double x = 0.0, y = 0.0;
        bin_by_definition(&f, head, k, &x, &y);
        square += x * x + y * y;
        error += pow((double)re[k] - x, 2.0) + pow((double)im[k] - y, 2.0);
    }
    const double u = ldexp(1.0, -24);
    const double bound = (log2((double)size) * (1.0 + 4.0 * sqrt(2.0)) + 1.0) * u;
    assert_true(square > 0.0 && sqrt(error / square) < bound);
    assert_true(re[size] == re[0] && im[size] == im[0]);
    myo_spectrum_fft_free(fft);
    fixture_free(&f);
}

static void test_every_size_agrees_with_the_definition(void **state)
{
    (void)state;
    for (size_t size = 256; size <= 65536; size *= 2) {
        assert_true(myo_spectrum_fft_serves(size));
        check_size(size, size / 3, size <= 1024 ? 1 : size / 256 + 1);
    }
    for (size_t head = 0; head < 256; head += 5) {
        check_size(256, head, 7);
    }
}

static void test_all_give_the_same_bits(void **state)
{
    (void)state;
    const uint32_t have = myo_cpu_detect();
    for (size_t size = 256; size <= 65536; size *= 2) {
        fixture f;
        fixture_new(&f, size);
        float *first = malloc(2 * (size + 1) * sizeof(float));
        myo_spectrum_fft *fft = NULL;
        assert_int_equal(myo_spectrum_fft_new(size, &fft), MYO_OK);
        const myo_spectrum_rings rings = {f.a, f.b, f.window, size / 2 + 3};
        const float *re = NULL, *im = NULL;
        myo_spectrum_choose(MYO_CPU_C)->transform(fft, &rings, &re, &im);
        memcpy(first, re, (size + 1) * sizeof(float));
        memcpy(first + size + 1, im, (size + 1) * sizeof(float));
        for (size_t i = 0; myo_spectrum_tables[i] != NULL; i++) {
            if ((myo_spectrum_tables[i]->needs & ~have) == 0) {
                myo_spectrum_tables[i]->transform(fft, &rings, &re, &im);
                assert_memory_equal(re, first, (size + 1) * sizeof(float));
                assert_memory_equal(im, first + size + 1, (size + 1) * sizeof(float));
            }
        }
        myo_spectrum_fft_free(fft);
        free(first);
        fixture_free(&f);
    }
}

static void test_other_sizes_are_not_served(void **state)
{
    (void)state;
    const size_t sizes[] = {64, 128, 360, 1000, 1536, 65536 / 3 * 3};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_false(myo_spectrum_fft_serves(sizes[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_size_agrees_with_the_definition),
        cmocka_unit_test(test_all_give_the_same_bits),
        cmocka_unit_test(test_other_sizes_are_not_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
