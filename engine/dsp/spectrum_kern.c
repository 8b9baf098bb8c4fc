/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loops of spectrum_kern.h, compiled once for each instruction set. */
#include "dsp/spectrum_kern.h"

#include <stdint.h>
#include <string.h>

/* Four values: every instruction set has registers for them. */
typedef int32_t four __attribute__((vector_size(16)));

static four load_four(const float *p)
{
    four v;
    memcpy(&v, p, sizeof v);
    return v;
}

static void store_four(float *p, four v)
{
    memcpy(p, &v, sizeof v);
}

/* What is not a number has all ones in its exponent (IEEE 754). */
static four not_numbers(four v)
{
    return (v & 0x7fffffff) >= 0x7f800000;
}

/* Four frames of four channels become four rows of four frames. */
static four take_square(const float *restrict x, size_t stride, float *restrict rows, size_t room)
{
    const four a = load_four(x), b = load_four(x + stride);
    const four c = load_four(x + 2 * stride), d = load_four(x + 3 * stride);
    const four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const four cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    store_four(rows, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
    store_four(rows + room, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
    store_four(rows + 2 * room, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
    store_four(rows + 3 * room, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
    return not_numbers(a) | not_numbers(b) | not_numbers(c) | not_numbers(d);
}

bool MYO_SPECTRUM_NAME(take)(const float *restrict x, size_t stride, size_t frames,
                             float *restrict rows, size_t room)
{
    four bad = {0};
    size_t i = 0;
    for (; i + 4 <= frames; i += 4) {
        bad |= take_square(x + i * stride, stride, rows + i, room);
    }
    for (; i < frames; i++) {
        const four v = load_four(x + i * stride);
        bad |= not_numbers(v);
        float value[4];
        store_four(value, v);
        for (size_t c = 0; c < 4; c++) {
            rows[c * room + i] = value[c];
        }
    }
    return (bad[0] | bad[1] | bad[2] | bad[3]) == 0;
}

void MYO_SPECTRUM_NAME(window)(const float *restrict x, const float *restrict window,
                               float *restrict y, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] * window[i];
    }
}

/* With Z the transform of a + i b:  A[k] = (Z[k] + conj Z[-k]) / 2,  B[k] = (Z[k] - conj Z[-k]) / 2i;
 * the factor 1/4 of the powers is left to the scale. */
void MYO_SPECTRUM_NAME(separate)(const float *restrict re, const float *restrict im, size_t size,
                                 float *restrict power_a, float *restrict power_b)
{
    power_a[0] = 4.0f * re[0] * re[0];
    power_b[0] = 4.0f * im[0] * im[0];
    for (size_t k = 1; k <= size / 2; k++) {
        const float sum_re = re[k] + re[size - k], dif_re = re[size - k] - re[k];
        const float sum_im = im[k] + im[size - k], dif_im = im[k] - im[size - k];
        power_a[k] = sum_re * sum_re + dif_im * dif_im;
        power_b[k] = sum_im * sum_im + dif_re * dif_re;
    }
}

void MYO_SPECTRUM_NAME(gather)(double *restrict sum, const float *restrict power, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        sum[k] += (double)power[k];
    }
}

/* A row of lanes in registers of the instruction set's own width. */
#if defined(__AVX512F__)
enum { PARTS = 1 };
#elif defined(__AVX2__)
enum { PARTS = 2 };
#else
enum { PARTS = 4 };
#endif

enum { PART = MYO_SPECTRUM_ROW / PARTS };

typedef float part __attribute__((vector_size(PART * sizeof(float))));

static inline part load_part(const float *p)
{
    part v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Halves are added to each other until one number is left. */
static double lanes_sum(const part *parts)
{
    float lane[MYO_SPECTRUM_ROW];
    memcpy(lane, parts, sizeof lane);
    for (int half = MYO_SPECTRUM_ROW / 2; half >= 4; half /= 2) {
        for (int i = 0; i < half; i++) {
            lane[i] += lane[i + half];
        }
    }
    return ((double)lane[0] + (double)lane[1]) + ((double)lane[2] + (double)lane[3]);
}

void MYO_SPECTRUM_NAME(weigh)(const float *restrict power, const float *restrict share,
                              const float *restrict ramp, size_t rows, double *sum, double *moment)
{
    part s[PARTS] = {{0}}, m[PARTS] = {{0}};
    for (size_t at = 0; at < rows * MYO_SPECTRUM_ROW; at += MYO_SPECTRUM_ROW) {
        for (size_t i = 0; i < PARTS; i++) {
            const part p = load_part(power + at + i * PART) * load_part(share + at + i * PART);
            s[i] += p;
            m[i] += load_part(ramp + at + i * PART) * p;
        }
    }
    *sum = lanes_sum(s);
    *moment = lanes_sum(m);
}
