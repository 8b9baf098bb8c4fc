/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PortAudio's devices by number or name; what its users here share. */
#ifndef MYO_IO_LIVE_PORTAUDIO_H
#define MYO_IO_LIVE_PORTAUDIO_H

#include "signal/why.h"

#include <pa_linux_alsa.h>
#include <portaudio.h>

/* clang-format off */
#define MYO_PORTAUDIO(X) \
    X(Pa_AbortStream) X(Pa_CloseStream) X(Pa_GetDefaultInputDevice) \
    X(Pa_GetDefaultOutputDevice) X(Pa_GetDeviceCount) X(Pa_GetDeviceInfo) \
    X(Pa_GetErrorText) X(Pa_GetHostApiInfo) X(Pa_GetLastHostErrorInfo) \
    X(Pa_GetStreamInfo) X(Pa_Initialize) X(Pa_IsFormatSupported) X(Pa_IsStreamActive) \
    X(Pa_OpenStream) X(Pa_StartStream) X(Pa_Terminate) X(PaAlsa_SetNumPeriods)
/* clang-format on */

/** PortAudio's functions under their own names; loaded when an audio process starts. */
typedef struct {
#define MYO_PORTAUDIO_MEMBER(name) __typeof__(&(name)) name;
    MYO_PORTAUDIO(MYO_PORTAUDIO_MEMBER)
#undef MYO_PORTAUDIO_MEMBER
} myo_portaudio;

/** Filled by myo_portaudio_load, before the process has another thread, and never changed after. */
extern myo_portaudio myo_pa;
myo_status myo_portaudio_load(myo_why *why);

/** The device named @p name: its number, part of "API: name" (letters of either case), or "" for the
 *  default one. paNoDevice when there is none with channels of that direction; @p why says so. */
PaDeviceIndex myo_portaudio_find(const char *name, bool input, myo_why *why);

#endif
