/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels of the spectra: the loops over samples and bins, once for each instruction set.
 *
 * All are one source of plain loops over sixteen lanes in a fixed order, without fused
 * multiply-add, so every build of them gives the same bits. */
#ifndef MYO_DSP_SPECTRUM_KERN_H
#define MYO_DSP_SPECTRUM_KERN_H

#include "dsp/spectrum_fft.h"
#include "myotwitch/spectrum.h"

#include <stdbool.h>
#include <stddef.h>

/** Powers are padded with zeros to whole rows of so many bins. */
#define MYO_SPECTRUM_ROW 16

/** Half a row: places for the bands, those beyond the last stay empty. */
#define MYO_SPECTRUM_PLACES (MYO_SPECTRUM_ROW / 2)

/** Power of the two channels of a pair, and the sums over all their windows. */
typedef struct {
    float *a, *b;
    double *sum_a, *sum_b;
} myo_spectrum_powers;

/** The first row of each band, how many follow it, and the weights of bins in the first and in the last of
 *  more than one; those between weigh 1. A band without bins has one row of no weight. */
typedef struct {
    uint32_t first[MYO_SPECTRUM_PLACES], more[MYO_SPECTRUM_PLACES];
    float begin[MYO_SPECTRUM_PLACES][MYO_SPECTRUM_ROW], end[MYO_SPECTRUM_PLACES][MYO_SPECTRUM_ROW];
} myo_spectrum_weights;

/** Of each band: weighted power, and power times the bin, counted from the band's first row on. */
typedef struct {
    float sum[MYO_SPECTRUM_PLACES], moment[MYO_SPECTRUM_PLACES];
} myo_spectrum_moments;

/** Copies @p frames frames of four channels from interleaved @p x, @p stride values a frame, to rows
 *  @p room values apart; false when a value is not a number. */
MYO_RT typedef bool myo_spectrum_take_run(const float *restrict x, size_t stride, size_t frames,
                                          float *restrict rows, size_t room);

/** y = x window. */
MYO_RT typedef void myo_spectrum_window_run(const float *restrict x, const float *restrict window,
                                            float *restrict y, size_t count);

/** 4 |A|^2 and 4 |B|^2 of bins 0 .. size / 2 from the transform re + i im of a + i b, whose bin size
 *  repeats bin 0. They are also added to their sums. */
MYO_RT typedef void myo_spectrum_separate_run(const float *restrict re, const float *restrict im,
                                              size_t size, const myo_spectrum_powers *powers);

/** Sums over each band. */
MYO_RT typedef void myo_spectrum_weigh_run(const float *restrict power,
                                           const myo_spectrum_weights *weights,
                                           myo_spectrum_moments *moments);

typedef struct {
    const char *name;
    uint32_t needs; /**< flags of myo_cpu_flag, all of them */
    myo_spectrum_take_run *take;
    myo_spectrum_window_run *window;
    myo_spectrum_transform_run *transform;
    myo_spectrum_separate_run *separate;
    myo_spectrum_weigh_run *weigh;
} myo_spectrum_kernels;

/** All of this build, best first, NULL at the end; the one before it is the compiler's own choice. */
extern const myo_spectrum_kernels *const myo_spectrum_tables[];

/** The best all of whose needs are in @p cpu_mask and in the processor. */
const myo_spectrum_kernels *myo_spectrum_choose(uint32_t cpu_mask);

#define MYO_SPECTRUM_JOIN(what, isa)    myo_spectrum_##what##_##isa
#define MYO_SPECTRUM_JOIN_OF(what, isa) MYO_SPECTRUM_JOIN(what, isa)
#define MYO_SPECTRUM_NAME(what)         MYO_SPECTRUM_JOIN_OF(what, MYO_KERN_ISA)
#define MYO_SPECTRUM_DECLARE(isa)                                                                  \
    myo_spectrum_take_run MYO_SPECTRUM_JOIN(take, isa);                                            \
    myo_spectrum_window_run MYO_SPECTRUM_JOIN(window, isa);                                        \
    myo_spectrum_transform_run MYO_SPECTRUM_JOIN(transform, isa);                                  \
    myo_spectrum_separate_run MYO_SPECTRUM_JOIN(separate, isa);                                    \
    myo_spectrum_weigh_run MYO_SPECTRUM_JOIN(weigh, isa);

MYO_SPECTRUM_DECLARE(c)
#if defined(__x86_64__)
MYO_SPECTRUM_DECLARE(avx2)
MYO_SPECTRUM_DECLARE(avx512)
#endif

#endif
