/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Motion along depth between scan lines (M-mode, A-mode): windows of phase correlation, refined. */
#ifndef MYO_ULTRASOUND_LINE_H
#define MYO_ULTRASOUND_LINE_H

#include "myotwitch/ultrasound.h"

/** Samples of a window. */
#define MYO_LINE_WINDOW 64

typedef struct myo_line myo_line;

/** @p windows gets the number of windows down the line. */
myo_status myo_line_new(const myo_ultrasound_config *config, myo_line **line, uint32_t *windows);

/** Compares the line with one taken about MYO_LINE_LAG_S earlier: between neighbours at 1 kHz nothing
 *  moves a measurable distance. @p span_s gets the time between the two; tiles' dx is 0. */
MYO_RT bool myo_line_process(myo_line *line, const myo_frame *frame, myo_tile *tiles,
                             double *span_s);

#define MYO_LINE_LAG_S 0.008

/** Middle of a window, samples. */
MYO_RT double myo_line_place(const myo_line *line, uint32_t window);

MYO_RT void myo_line_reset(myo_line *line);
void myo_line_free(myo_line *line);

#endif
