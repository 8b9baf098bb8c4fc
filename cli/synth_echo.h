/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of IQ or RF as a recording: Clarius' raw file and, beside it, its .yml. */
#ifndef MYO_CLI_SYNTH_ECHO_H
#define MYO_CLI_SYNTH_ECHO_H

#include "signal/why.h"

#include "myotwitch/cine_synth.h"

/** Runs @p synth into PATH and NAME.yml (@p path ends in .raw); neither stands there unless both could be
 *  written. */
myo_status synth_echo_write(const char *path, bool replace, const myo_cine_synth_config *config,
                            myo_cine_synth *synth, myo_why *why);

#endif
