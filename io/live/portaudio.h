/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PortAudio's devices by number or name; what its users here share. */
#ifndef MYO_IO_LIVE_PORTAUDIO_H
#define MYO_IO_LIVE_PORTAUDIO_H

#include "signal/why.h"

#include <pa_linux_alsa.h>
#include <portaudio.h>

/** The device named @p name: its number, part of "API: name" (letters of either case), or "" for the
 *  default one. paNoDevice when there is none with channels of that direction; @p why says so. */
PaDeviceIndex myo_portaudio_find(const char *name, bool input, myo_why *why);

#endif
