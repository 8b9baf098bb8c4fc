/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Echoes as a scanner samples them (RF) become echoes in phase and quadrature (IQ), whose phase tells
 * motion (axial.h) and whose length is their brightness.
 *
 *     z(k) = exp(-2 pi i c n k) sum_j x(n k + j) h(j) exp(-2 pi i c j)
 *
 * with c the centre frequency in cycles a sample and h a low-pass (windowed sinc, Hamming 1977), so that
 * neither the constant part of x nor its image at 2 c is left. Of the samples every n-th is kept: two or
 * more a wavelength. One thread at a time; functions marked MYO_RT neither allocate nor call the system.
 */
#ifndef MYOTWITCH_QUADRATURE_H
#define MYOTWITCH_QUADRATURE_H

#include "myotwitch/frame.h"
#include "myotwitch/status.h"

MYO_BEGIN

/** Centre frequencies that can be told from a constant and from their image, cycles a sample. */
#define MYO_QUADRATURE_LOW  0.02
#define MYO_QUADRATURE_HIGH 0.45

/** What comes out. */
typedef struct {
    uint32_t height; /**< samples of a line */
    uint32_t every;  /**< samples that went in for each, n */
    double carrier;  /**< cycles a sample that comes out, n c: up to 0.5, or c */
    uint32_t step;   /**< half of a window of eight wavelengths, for myo_ultrasound_config.step */
} myo_quadrature_shape;

typedef struct myo_quadrature myo_quadrature;

/** @p width lines of @p height samples, 1 to 4096 and 1 to 65536, whose echoes are @p carrier cycles a
 *  sample; @p cpu_mask: instruction sets that may be used (see myo_config): same bits. MYO_ERR_BAD_ARG when one is out of range, MYO_ERR_NO_MEMORY. */
MYO_API myo_status myo_quadrature_new(uint32_t width, uint32_t height, double carrier,
                                      uint32_t cpu_mask, myo_quadrature **quadrature);

MYO_API MYO_RT void myo_quadrature_shape_get(const myo_quadrature *quadrature,
                                             myo_quadrature_shape *shape);

/** Demodulates @p echoes (bytes or floats) into @p iq, valid until the next call; time and sequence
 *  are kept. */
MYO_API MYO_RT void myo_quadrature_process(myo_quadrature *quadrature, const myo_frame *echoes,
                                           myo_frame *iq);

MYO_API void myo_quadrature_free(myo_quadrature *quadrature);

/** Largest length of a sample of @p iq. */
MYO_API MYO_RT double myo_envelope_peak(const myo_frame *iq);

/** Brightness of @p iq: 255 at @p peak, 0 at MYO_ENVELOPE_DB below it and less; @p gray has room for
 *  width * height bytes. */
MYO_API MYO_RT void myo_envelope_take(const myo_frame *iq, double peak, uint8_t *gray);

/** What scanners show by default. */
#define MYO_ENVELOPE_DB 60.0

MYO_END
#endif
