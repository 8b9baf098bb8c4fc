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

PART_INLINE void put(float *y, size_t step, const number *x, size_t radix)
{
#pragma GCC unroll 8
    for (size_t i = 0; i < radix; i++) {
        store(y + i * step, x[i]);
    }
}

PART_INLINE void turn(number *x, size_t radix, const float *turns, size_t step)
{
#pragma GCC unroll 8
    for (size_t i = 1; i < radix; i++) {
        x[i] = times(x[i], part_all(turns[2 * i * step]), part_all(turns[2 * i * step + 1]));
    }
}

PART_INLINE void first_pass(const myo_spectrum_fft *fft, const myo_spectrum_rings *in, float *y,
                            size_t radix)
{
    const size_t m = fft->rows / radix;
    for (size_t p = 0; p < m; p++) {
        for (size_t at = 0; at < LANES; at += PART) {
            number x[8];
#pragma GCC unroll 8
            for (size_t i = 0; i < radix; i++) {
                const size_t frame = (p + i * m) * LANES;
                const size_t from = (in->head + frame) & (fft->size - 1);
                const part window = part_load(in->window + frame + at);
                x[i].re = part_load(in->a + from + at) * window;
                x[i].im = part_load(in->b + from + at) * window;
            }
            points(x, radix);
            turn(x, radix, fft->turns, p);
            put(y + radix * p * ROW + at, ROW, x, radix);
        }
    }
}

/* s = product of the radices before. */
PART_INLINE void next_pass(const myo_spectrum_fft *fft, const float *x_in, float *y, size_t s,
                           size_t radix)
{
    const size_t m = fft->rows / s / radix;
    for (size_t p = 0; p < m; p++) {
        for (size_t q = 0; q < s; q++) {
            for (size_t at = 0; at < LANES; at += PART) {
                number x[8];
#pragma GCC unroll 8
                for (size_t i = 0; i < radix; i++) {
                    x[i] = load(x_in + (q + s * (p + i * m)) * ROW + at);
                }
                points(x, radix);
                if (m > 1) {
                    turn(x, radix, fft->turns, p * s);
                }
                put(y + (q + s * radix * p) * ROW + at, s * ROW, x, radix);
            }
        }
    }
}

/* w^t with w = exp(-2 pi i / 16). */
PART_INLINE number sixteenth(number a, size_t t)
{
    static const float root[10][2] = {
        {1.0f, 0.0f},
        {0.92387953251128674f, -0.38268343236508977f},
        {0.70710678118654752f, -0.70710678118654752f},
        {0.38268343236508977f, -0.92387953251128674f},
        {0.0f, -1.0f},
        {-0.38268343236508977f, -0.92387953251128674f},
        {-0.70710678118654752f, -0.70710678118654752f},
        {-0.92387953251128674f, -0.38268343236508977f},
        {-1.0f, 0.0f},
        {-0.92387953251128674f, 0.38268343236508977f},
    };
    return times(a, part_all(root[t][0]), part_all(root[t][1]));
}

PART_INLINE void last_pass(const myo_spectrum_fft *fft, const float *x_in, float *re, float *im,
                           size_t q)
{
    number x[LANES];
#pragma GCC unroll 8
    for (size_t l = 0; l < LANES; l += 4) {
        part r[4], j[4];
        part_turn(x_in + q * ROW + l, ROW, r);
        part_turn(x_in + q * ROW + LANES + l, ROW, j);
#pragma GCC unroll 8
        for (size_t i = 0; i < 4; i++) {
            const float *twist = fft->twists + 2 * (l + i) * fft->rows + q;
            x[l + i] = times((number){r[i], j[i]}, part_load(twist), part_load(twist + fft->rows));
        }
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < 4; i++) {
        four_points(&x[i], &x[4 + i], &x[8 + i], &x[12 + i]);
    }
#pragma GCC unroll 8
    for (size_t f = 0; f < 4; f++) {
#pragma GCC unroll 8
        for (size_t i = 1; i < 4; i++) {
            x[4 * f + i] = sixteenth(x[4 * f + i], f * i);
        }
        four_points(&x[4 * f], &x[4 * f + 1], &x[4 * f + 2], &x[4 * f + 3]);
#pragma GCC unroll 8
        for (size_t g = 0; g < 4; g++) {
            part_store(re + (f + 4 * g) * fft->rows + q, x[4 * f + g].re);
            part_store(im + (f + 4 * g) * fft->rows + q, x[4 * f + g].im);
        }
    }
}

static size_t radix_of(size_t rows)
{
    /* 8 while what is left is a power of it, else 4 */
    return (unsigned)__builtin_ctzll(rows) % 3 == 0 ? 8 : 4;
}

void MYO_SPECTRUM_NAME(transform)(const myo_spectrum_fft *fft, const myo_spectrum_rings *rings,
                                  const float **re, const float **im)
{
    size_t s = radix_of(fft->rows);
    float *x = fft->work[0], *y = fft->work[1];
    if (s == 8) {
        first_pass(fft, rings, x, 8);
    } else {
        first_pass(fft, rings, x, 4);
    }
    while (s < fft->rows) {
        const size_t radix = radix_of(fft->rows / s);
        if (radix == 8) {
            next_pass(fft, x, y, s, 8);
        } else {
            next_pass(fft, x, y, s, 4);
        }
        s *= radix;
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
