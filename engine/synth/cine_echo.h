/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The echoes of a phantom's tissue along one line, demodulated: each scatterer answers with a pulse at
 * its own depth. */
#ifndef MYO_SYNTH_CINE_ECHO_H
#define MYO_SYNTH_CINE_ECHO_H

#include "synth/cine_motion.h"

/** Of the demodulation, cycles a sample: 5 MHz at 20 MHz. */
#define MYO_ECHO_CARRIER 0.25
/** RMS of the echoes. */
#define MYO_ECHO_RMS 100.0

/** Where it lies at rest, samples; how it answers. */
typedef struct {
    double at;
    double re, im;
} myo_scatterer;

typedef struct {
    uint32_t height; /**< samples of the line */
    myo_scatterer *scatterers;
    size_t count;
} myo_echo;

/** Tissue of @p seed. MYO_ERR_NO_MEMORY. */
myo_status myo_echo_init(myo_echo *echo, uint32_t height, uint64_t seed);
void myo_echo_clean(myo_echo *echo);

/** The line, pairs of numbers, when tissue has moved as it has @p now. */
void myo_echo_line(const myo_echo *echo, const myo_cine_motion *motion, const myo_motion_now *now,
                   float *pairs);

#endif
