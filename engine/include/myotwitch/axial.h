/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far tissue moved along depth since the frame before, from the phase of its echoes (IQ).
 *
 * Loupas' two-dimensional autocorrelator (Loupas, Powers, Gill 1995, IEEE Trans UFFC 42:672-688;
 * Pinton, Dahl, Trahey 2006, 53:1103-1117). With z(l, m) the sample m of line l, in phase + i in
 * quadrature, of a frame b and the next frame a, over the lines and samples of a window:
 *
 *     R_t = sum conj(b(l, m)) a(l, m)                     from frame to frame
 *     R_z = sum conj(z(l, m)) z(l, m + 1), z = a and b    from sample to sample
 *     F   = carrier + arg(R_z) / (2 pi)                   the echoes' mean frequency, cycles a sample
 *     d   = -arg(R_t) / (2 pi F)                          samples; deeper is positive
 *
 * With F = carrier it is Kasai's (Kasai 1985, IEEE Trans SU 32:458-464), which is wrong by as much as
 * attenuation lowers the frequency of the echoes. A sample is c / (2 fs) deep, fs the sampling rate along
 * depth and c the speed of sound: 1540 m/s in soft tissue. No d beyond 1 / (2 F) samples, a quarter of
 * the wavelength, can be told from one that is shorter by twice that (aliasing).
 *
 * One thread at a time; functions marked MYO_RT neither allocate nor call the system.
 */
#ifndef MYOTWITCH_AXIAL_H
#define MYOTWITCH_AXIAL_H

#include "myotwitch/tracker.h"

MYO_BEGIN

/** Metres a second in soft tissue, as scanners assume. */
#define MYO_AXIAL_SOUND_M_S 1540.0

/** Share of half a turn: a window that agrees with itself and turned by more may have turned the other
 *  way round. */
#define MYO_AXIAL_ALIAS 0.75

typedef struct {
    uint32_t width, height; /**< lines of a frame, 1 to 4096; samples of a line */
    uint32_t window;        /**< samples of a window, 8 to 256, default 32; at most height - 1 */
    uint32_t step;          /**< samples between windows, 4 to 64, default 16 */
    uint32_t lines;    /**< side by side that make a window, 1 to 64, default 8; at most width */
    uint32_t pairs;    /**< the last so many displacements are added up, 1 to 256, default 1 */
    double carrier;    /**< demodulation frequency over fs: cycles a sample, 0.01 to 4 */
    uint32_t cpu_mask; /**< instruction sets that may be used (see myo_config): same bits */
} myo_axial_config;

typedef struct myo_axial myo_axial;

MYO_API void myo_axial_config_default(myo_axial_config *config, uint32_t width, uint32_t height,
                                      double carrier);

/** MYO_ERR_BAD_ARG when a value is out of range, MYO_ERR_NO_MEMORY. */
MYO_API myo_status myo_axial_new(const myo_axial_config *config, myo_axial **axial);

/** Windows side by side, and one above the other. */
MYO_API void myo_axial_size(const myo_axial *axial, uint32_t *columns, uint32_t *rows);

/** Middle of a window: line, and sample. */
MYO_API MYO_RT void myo_axial_place(const myo_axial *axial, uint32_t column, uint32_t row,
                                    double *line, double *sample);

/** Takes the next frame (MYO_PIXEL_IQ). False as long as there are not @p pairs before it; else @p tiles
 *  (columns * rows) is filled: dy in samples over @p span_s; dx is 0; quality |R_t| over the energy;
 *  spread the standard error after Rodriguez and Martin 1992 (IEE Proc F 139:147-159). */
MYO_API MYO_RT bool myo_axial_process(myo_axial *axial, const myo_frame *frame, myo_tile *tiles,
                                      double *span_s);

/** Windows that turned by more than MYO_AXIAL_ALIAS with a quality of 0.8 or more in what was added up
 *  last: what moved there cannot be told. */
MYO_API MYO_RT uint32_t myo_axial_aliased(const myo_axial *axial);

/** The next frame is the first one. */
MYO_API MYO_RT void myo_axial_reset(myo_axial *axial);

MYO_API void myo_axial_free(myo_axial *axial);

MYO_END
#endif
