/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over a tile for one Gauss-Newton step, and over echoes for their phase; built once for each instruction set, same bits. */
#ifndef MYO_ULTRASOUND_TILE_KERN_H
#define MYO_ULTRASOUND_TILE_KERN_H

#include "core/cpu.h"

/** Lanes that are summed apart: the same everywhere, hence the same bits. */
#define MYO_TILE_LANES 8

/** A window of two images; the rows of both lie stride apart. */
typedef struct {
    const float *before; /**< first pixel of the window; one pixel around it may be read */
    const float *after;  /**< the window moved by whole pixels; one more row and column is read */
    size_t stride;
    uint32_t width, height; /**< width a multiple of MYO_TILE_LANES */
    float weight[4];        /**< of after's pixel, the one right of it, below, and right below */
} myo_tile_pair;

/** With b the pixels before, gx and gy their central differences, e = after, interpolated, - b. */
typedef struct {
    double xx, xy, yy, x, y; /**< sums of gx gx, gx gy, gy gy, gx, gy */
    double bb, b;            /**< sums of b b and b */
    double column[3];        /**< sums of gx gx, gx gy, gy gy times the column of the window */
    double row[3];           /**< the same times its row */
} myo_tile_slopes;

typedef struct {
    double ee, e, xe, ye; /**< sums of e e, e, gx e, gy e */
} myo_tile_errors;

/** A stretch of one line of echoes in two frames, in phase and in quadrature; of after one more sample is
 *  read. */
typedef struct {
    const double *before[2], *after[2];
    uint32_t count;
} myo_tile_echoes;

/** Sums of conj(before) after, of conj(after) times the sample behind it, and of |after|^2. */
typedef struct {
    double turned[2], next[2], energy;
} myo_tile_turns;

/** A filter with two outputs; from[tap] is what its tap sees at place 0. */
typedef struct {
    const float *const *from;
    const float *re, *im;
    uint32_t taps;
} myo_tile_filter;

typedef struct {
    uint32_t needs; /**< flags of myo_cpu_flag */
    MYO_RT void (*slopes)(const myo_tile_pair *pair, myo_tile_slopes *sums);
    MYO_RT void (*errors)(const myo_tile_pair *pair, myo_tile_errors *sums);
    /** Adds to @p sums. */
    MYO_RT void (*turns)(const myo_tile_echoes *echoes, myo_tile_turns *sums);
    /** Of MYO_TILE_LANES places in a row, from @p at on: sums over the taps of from[tap][place] times
     *  re[tap], and times im[tap], in the order of the taps. */
    MYO_RT void (*filter)(const myo_tile_filter *filter, size_t at, float *re, float *im);
} myo_tile_kern;

extern const myo_tile_kern myo_tile_kern_c;
#if defined(__x86_64__)
extern const myo_tile_kern myo_tile_kern_avx2;
#endif

/** All of this build, best first, NULL at the end. */
extern const myo_tile_kern *const myo_tile_kerns[];

/** The best whose needs are in @p cpu_mask and in the processor; plain C if none. */
const myo_tile_kern *myo_tile_kern_choose(uint32_t cpu_mask);

#endif
