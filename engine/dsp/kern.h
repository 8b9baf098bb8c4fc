/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels of the filter bank: one table row for each instruction set, best first.
 *
 * A lane is one (channel, band) pair; a channel has MYO_LANES lanes side by side. A kernel runs a
 * fixed number of channels, all four sections in one pass, so that the sections' latencies overlap.
 * Every kernel but sse2 does the operations of kern.c in the same order with the same rounding:
 * equal bits. sse2 rounds product and sum separately.
 */
#ifndef MYO_DSP_KERN_H
#define MYO_DSP_KERN_H

#include "core/cpu.h"
#include "myotwitch/band.h"

/** Bands of a channel. */
#define MYO_LANES 4

/* Rows of coefficients and states; each row has one value for every lane of the group. The poles'
 * coefficients are stored negated: -a1, -a2. */
#define MYO_ROW_GAIN  0
#define MYO_ROW_A1(k) (1 + 2 * (k))
#define MYO_ROW_A2(k) (2 + 2 * (k))
#define MYO_ROW_S1(k) (9 + 2 * (k))
#define MYO_ROW_S2(k) (10 + 2 * (k))
#define MYO_ROWS      17
#define MYO_ROW_STATE MYO_ROW_S1(0)

/** Runs one group of n channels, n given by the table, over @p frames frames.
 *
 *  @p rows is [MYO_ROWS][n * MYO_LANES]; @p x holds the group's first channel of the first frame,
 *  frames lie @p x_step apart; @p y likewise, the group's lanes side by side. No alignment is
 *  needed. Overlap of the buffers is not allowed. */
typedef void myo_kern_run(double *restrict rows, const double *restrict x, size_t x_step,
                          size_t frames, double *restrict y, size_t y_step);

/** A kernel and how many channels it takes at once. */
typedef struct {
    uint32_t channels;
    myo_kern_run *run;
} myo_kern_step;

#define MYO_KERN_STEPS 2

/** The steps are in descending order of channels; the last takes one channel. */
typedef struct {
    const char *name;
    uint32_t needs; /**< flags of myo_cpu_flag, all of them */
    myo_kern_step steps[MYO_KERN_STEPS];
} myo_kern_table;

/** All tables of this build, best first, NULL at the end; the one before it is plain C. */
extern const myo_kern_table *const myo_kern_tables[];

/** The best table all of whose needs are in @p cpu_mask and in the processor; plain C if none. */
const myo_kern_table *myo_kern_choose(uint32_t cpu_mask);

#endif
