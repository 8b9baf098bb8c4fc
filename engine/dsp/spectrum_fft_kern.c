/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transform of spectrum_fft.h, compiled once for each instruction set: same operations, same bits. */
#include "dsp/part.h"
#include "dsp/spectrum_kern.h"

enum { LANES = MYO_SPECTRUM_LANES, ROW = 2 * LANES }; /* real parts, then imaginary parts */

typedef struct {
    part re, im;
} number;

PART_INLINE number plus(number a, number b)
{
    return (number){a.re + b.re, a.im + b.im};
}

PART_INLINE number minus(number a, number b)
{
    return (number){a.re - b.re, a.im - b.im};
}

/* -i a. */
PART_INLINE number quarter(number a)
{
    return (number){a.im, -a.re};
}

PART_INLINE number times(number a, part re, part im)
{
    return (number){a.re * re - a.im * im, a.re * im + a.im * re};
}

PART_INLINE number load(const float *p)
{
    return (number){part_load(p), part_load(p + LANES)};
}

PART_INLINE void store(float *p, number a)
{
    part_store(p, a.re);
    part_store(p + LANES, a.im);
}

PART_INLINE void four_points(number *x0, number *x1, number *x2, number *x3)
{
    const number a = plus(*x0, *x2), b = minus(*x0, *x2);
    const number c = plus(*x1, *x3), d = minus(*x1, *x3);
    *x0 = plus(a, c);
    *x1 = (number){b.re + d.im, b.im - d.re};
    *x2 = minus(a, c);
    *x3 = (number){b.re - d.im, b.im + d.re};
}

PART_INLINE void eight_points(number *x)
{
    const part half = part_all(0.70710678118654752f);
    four_points(&x[0], &x[2], &x[4], &x[6]);
    four_points(&x[1], &x[3], &x[5], &x[7]);
    const number e0 = x[0], e1 = x[2], e2 = x[4], e3 = x[6];
    const number o0 = x[1], o2 = quarter(x[5]);
    const number o1 = {(x[3].re + x[3].im) * half, (x[3].im - x[3].re) * half};
    const number o3 = {(x[7].im - x[7].re) * half, (x[7].re + x[7].im) * -half};
    x[0] = plus(e0, o0), x[4] = minus(e0, o0);
    x[1] = plus(e1, o1), x[5] = minus(e1, o1);
    x[2] = plus(e2, o2), x[6] = minus(e2, o2);
    x[3] = plus(e3, o3), x[7] = minus(e3, o3);
}

PART_INLINE void points(number *x, size_t radix)
{
    if (radix == 8) {
        eight_points(x);
    } else {
        four_points(&x[0], &x[1], &x[2], &x[3]);
    }
}

PART_INLINE void put(float *restrict y, size_t step, const number *x, size_t radix)
{
#pragma GCC unroll 8
    for (size_t i = 0; i < radix; i++) {
        store(y + i * step, x[i]);
    }
}

/* All lanes by the same factor. */
PART_INLINE void turn(number *x, size_t radix, const float *turns)
{
#pragma GCC unroll 8
    for (size_t i = 1; i < radix; i++) {
        x[i] = times(x[i], part_all(turns[2 * i - 2]), part_all(turns[2 * i - 1]));
    }
}

/* Each lane by a factor of its own. */
PART_INLINE void turn_lanes(number *x, const float *twist)
{
#pragma GCC unroll 4
    for (size_t i = 1; i < 4; i++, twist += ROW) {
        x[i] = times(x[i], part_load(twist), part_load(twist + LANES));
    }
}

/* From the rings, windowed. */
PART_INLINE void first_pass(const myo_spectrum_fft *fft, const myo_spectrum_rings *in,
                            float *restrict y, size_t radix)
{
    const size_t step = fft->size / radix;
    const float *turns = fft->turns;
    for (size_t frame = 0; frame < step; frame += LANES) {
        for (size_t at = 0; at < LANES; at += PART) {
            number x[8];
#pragma GCC unroll 8
            for (size_t i = 0; i < radix; i++) {
                const size_t from = ((in->head + frame + i * step) & (fft->size - 1)) + at;
                const part window = part_load(in->window + frame + i * step + at);
                x[i].re = part_load(in->a + from) * window;
                x[i].im = part_load(in->b + from) * window;
            }
            points(x, radix);
            turn(x, radix, turns);
            put(y + at, ROW, x, radix);
        }
        y += radix * ROW;
        turns += 2 * (radix - 1);
    }
}

/* @p s is the product of the radices before; the last of these passes has no factors. */
PART_INLINE void next_pass(const myo_spectrum_fft *fft, const float *turns, const float *restrict x,
                           float *restrict y, size_t s, size_t radix)
{
    const size_t step = fft->rows / radix * ROW;
    for (const float *end = x + step; x < end; y += s * (radix - 1) * ROW) {
        for (size_t q = 0; q < s; q++, x += ROW, y += ROW) {
            for (size_t at = 0; at < LANES; at += PART) {
                number z[8];
#pragma GCC unroll 8
                for (size_t i = 0; i < radix; i++) {
                    z[i] = load(x + i * step + at);
                }
                points(z, radix);
                if (turns) {
                    turn(z, radix, turns);
                }
                put(y + at, s * ROW, z, radix);
            }
        }
        if (turns) {
            turns += 2 * (radix - 1);
        }
    }
}

/* Transforms of a row's values, PART rows at a time, l = 4 c + i and p = f + 4 g: over c, while fours lie as
 * they do in memory; then they are turned, and over i. */
PART_INLINE void last_pass(const myo_spectrum_fft *fft, const float *x, float *re, float *im,
                           size_t q)
{
    const float *twist = fft->twists + q / LANES * MYO_SPECTRUM_TWISTS * ROW + q % LANES;
    part real[4][4], imaginary[4][4]; /* of [f][i] */
#pragma GCC unroll 4
    for (size_t r = 0; r < 4; r++) {
        number z[4];
#pragma GCC unroll 4
        for (size_t c = 0; c < 4; c++) {
            const float *from = x + (q + r) * ROW + 4 * c;
            z[c] = (number){part_fours(from, ROW), part_fours(from + LANES, ROW)};
        }
        turn_lanes(z, twist + 3 * r * ROW);
        four_points(&z[0], &z[1], &z[2], &z[3]);
#pragma GCC unroll 4
        for (size_t f = 0; f < 4; f++) {
            real[f][r] = z[f].re;
            imaginary[f][r] = z[f].im;
        }
    }
#pragma GCC unroll 4
    for (size_t f = 0; f < 4; f++) {
        part_turn_fours(real[f]);
        part_turn_fours(imaginary[f]);
        number z[4];
#pragma GCC unroll 4
        for (size_t i = 0; i < 4; i++) {
            z[i] = (number){real[f][i], imaginary[f][i]};
        }
        turn_lanes(z, twist + (12 + 3 * f) * ROW);
        four_points(&z[0], &z[1], &z[2], &z[3]);
#pragma GCC unroll 4
        for (size_t g = 0; g < 4; g++) {
            part_store(re + (f + 4 * g) * fft->rows + q, z[g].re);
            part_store(im + (f + 4 * g) * fft->rows + q, z[g].im);
        }
    }
}

void MYO_SPECTRUM_NAME(transform)(const myo_spectrum_fft *fft, const myo_spectrum_rings *rings,
                                  const float **re, const float **im)
{
    const float *turns = fft->turns;
    size_t s = myo_spectrum_fft_radix(fft->rows);
    float *x = fft->work[0], *y = fft->work[1];
    if (s == 8) {
        first_pass(fft, rings, x, 8);
    } else {
        first_pass(fft, rings, x, 4);
    }
    turns += 2 * (s - 1) * (fft->rows / s);
    while (s < fft->rows) {
        const size_t radix = myo_spectrum_fft_radix(fft->rows / s);
        const bool last = s * radix == fft->rows;
        if (radix == 8 && last) {
            next_pass(fft, NULL, x, y, s, 8);
        } else if (radix == 8) {
            next_pass(fft, turns, x, y, s, 8);
        } else if (last) {
            next_pass(fft, NULL, x, y, s, 4);
        } else {
            next_pass(fft, turns, x, y, s, 4);
        }
        s *= radix;
        turns += 2 * (radix - 1) * (fft->rows / s);
        float *was = x;
        x = y;
        y = was;
    }
    float *out = y + fft->size + LANES;
    for (size_t q = 0; q < fft->rows; q += PART) {
        last_pass(fft, x, y, out, q);
    }
    y[fft->size] = y[0];
    out[fft->size] = out[0];
    *re = y;
    *im = out;
}
