/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Version of the library and of the detector. */
#ifndef MYOTWITCH_VERSION_H
#define MYOTWITCH_VERSION_H

#include "myotwitch/api.h"

MYO_BEGIN

/** Library version, "MAJOR.MINOR.PATCH". Any thread. */
MYO_API MYO_CONST const char *myo_version(void);

/** Name and version of the detector, for example "myotwitch-emg/10". It changes whenever the same
 *  samples and configuration could give other events. Written into every output. Any thread. */
MYO_API MYO_CONST const char *myo_detector_version(void);

/** The sentence that stands on every report. Any thread. */
MYO_API MYO_CONST const char *myo_honest_sentence(void);

MYO_END
#endif
