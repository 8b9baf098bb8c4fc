/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sums, eight lanes wide in the compiler's vectors: no fused operation, so that every
 * instruction set rounds alike. */
#include "ultrasound/tile_kern.h"

#define JOIN(isa) myo_tile_kern_##isa
#define NAME(isa) JOIN(isa)

typedef float vec __attribute__((vector_size(MYO_TILE_LANES * sizeof(float))));

static inline vec load(const float *p)
{
    vec v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

/* In pairs, the order in which the reference adds. */
static double total(vec v)
{
    const double low = ((double)v[0] + (double)v[4]) + ((double)v[2] + (double)v[6]);
    const double high = ((double)v[1] + (double)v[5]) + ((double)v[3] + (double)v[7]);
    return low + high;
}

MYO_RT static void slopes(const myo_tile_pair *pair, myo_tile_slopes *sums)
{
    const ptrdiff_t down = (ptrdiff_t)pair->stride;
    *sums = (myo_tile_slopes){0};
    for (uint32_t row = 0; row < pair->height; row++) {
        const float *b = pair->before + (ptrdiff_t)row * down;
        vec xx = {0}, xy = {0}, yy = {0}, x = {0}, y = {0}, bb = {0}, sum = {0};
        vec xxu = {0}, xyu = {0}, yyu = {0}, column = {0, 1, 2, 3, 4, 5, 6, 7};
        for (uint32_t i = 0; i < pair->width; i += MYO_TILE_LANES, b += MYO_TILE_LANES) {
            const vec v = load(b);
            const vec gx = (load(b + 1) - load(b - 1)) * 0.5f;
            const vec gy = (load(b + down) - load(b - down)) * 0.5f;
            const vec gxx = gx * gx, gxy = gx * gy, gyy = gy * gy;
            xx += gxx;
            xy += gxy;
            yy += gyy;
            xxu += gxx * column;
            xyu += gxy * column;
            yyu += gyy * column;
            column += (float)MYO_TILE_LANES;
            x += gx;
            y += gy;
            bb += v * v;
            sum += v;
        }
        const double square[3] = {total(xx), total(xy), total(yy)};
        sums->xx += square[0];
        sums->xy += square[1];
        sums->yy += square[2];
        sums->column[0] += total(xxu);
        sums->column[1] += total(xyu);
        sums->column[2] += total(yyu);
        for (int k = 0; k < 3; k++) {
            sums->row[k] += (double)row * square[k];
        }
        sums->x += total(x);
        sums->y += total(y);
        sums->bb += total(bb);
        sums->b += total(sum);
    }
}

MYO_RT static void errors(const myo_tile_pair *pair, myo_tile_errors *sums)
{
    const ptrdiff_t down = (ptrdiff_t)pair->stride;
    const float *w = pair->weight;
    *sums = (myo_tile_errors){0};
    for (uint32_t row = 0; row < pair->height; row++) {
        const float *b = pair->before + (ptrdiff_t)row * down;
        const float *a = pair->after + (ptrdiff_t)row * down;
        vec ee = {0}, sum = {0}, xe = {0}, ye = {0};
        for (uint32_t i = 0; i < pair->width; i += MYO_TILE_LANES) {
            const vec above = load(a + i) * w[0] + load(a + i + 1) * w[1];
            const vec below = load(a + down + i) * w[2] + load(a + down + i + 1) * w[3];
            const vec e = (above + below) - load(b + i);
            const vec gx = (load(b + i + 1) - load(b + i - 1)) * 0.5f;
            const vec gy = (load(b + i + down) - load(b + i - down)) * 0.5f;
            ee += e * e;
            sum += e;
            xe += gx * e;
            ye += gy * e;
        }
        sums->ee += total(ee);
        sums->e += total(sum);
        sums->xe += total(xe);
        sums->ye += total(ye);
    }
}

typedef double wide __attribute__((vector_size(4 * sizeof(double))));

static inline wide load_wide(const double *p)
{
    wide v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

static double total_wide(wide v)
{
    return (v[0] + v[2]) + (v[1] + v[3]);
}

/* What is left behind the last four. */
static void turns_rest(const myo_tile_echoes *echoes, uint32_t from, myo_tile_turns *sums)
{
    for (uint32_t i = from; i < echoes->count; i++) {
        const double br = echoes->before[0][i], bi = echoes->before[1][i];
        const double ar = echoes->after[0][i], ai = echoes->after[1][i];
        const double nr = echoes->after[0][i + 1], ni = echoes->after[1][i + 1];
        sums->turned[0] += br * ar + bi * ai;
        sums->turned[1] += br * ai - bi * ar;
        sums->next[0] += ar * nr + ai * ni;
        sums->next[1] += ar * ni - ai * nr;
        sums->energy += ar * ar + ai * ai;
    }
}

MYO_RT static void turns(const myo_tile_echoes *echoes, myo_tile_turns *sums)
{
    wide tr = {0}, ti = {0}, zr = {0}, zi = {0}, energy = {0};
    uint32_t i = 0;
    for (; i + 4 <= echoes->count; i += 4) {
        const wide br = load_wide(echoes->before[0] + i), bi = load_wide(echoes->before[1] + i);
        const wide ar = load_wide(echoes->after[0] + i), ai = load_wide(echoes->after[1] + i);
        const wide nr = load_wide(echoes->after[0] + i + 1);
        const wide ni = load_wide(echoes->after[1] + i + 1);
        tr += br * ar + bi * ai;
        ti += br * ai - bi * ar;
        zr += ar * nr + ai * ni;
        zi += ar * ni - ai * nr;
        energy += ar * ar + ai * ai;
    }
    sums->turned[0] += total_wide(tr);
    sums->turned[1] += total_wide(ti);
    sums->next[0] += total_wide(zr);
    sums->next[1] += total_wide(zi);
    sums->energy += total_wide(energy);
    turns_rest(echoes, i, sums);
}

MYO_RT static void filter(const myo_tile_filter *taps, size_t at, float *re, float *im)
{
    vec a = {0}, b = {0};
    for (uint32_t t = 0; t < taps->taps; t++) {
        const vec x = load(taps->from[t] + at);
        a += x * taps->re[t];
        b += x * taps->im[t];
    }
    __builtin_memcpy(re, &a, sizeof a);
    __builtin_memcpy(im, &b, sizeof b);
}

const myo_tile_kern NAME(MYO_KERN_ISA) = {MYO_KERN_NEEDS, slopes, errors, turns, filter};
