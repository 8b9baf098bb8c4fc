/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds and lists PortAudio's devices. */
#include "live/portaudio.h"

#include "live/capture.h"
#include "live/devices.h"
#include "signal/late.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Debian 12's PortAudio says 25 hours for JACK: an unsigned underflow. */
static const double latency_most_s = 10.0;
enum { CHANNELS_TRIED = 32 };

myo_portaudio myo_pa;

myo_status myo_portaudio_load(myo_why *why)
{
#define ENTRY(name) {#name, offsetof(myo_portaudio, name)},
    static const myo_late_entry entries[] = {MYO_PORTAUDIO(ENTRY){NULL, 0}};
#undef ENTRY
    return myo_late_load(&myo_pa, MYO_LATE_PORTAUDIO, "PortAudio", entries, why);
}

static int channels(PaDeviceIndex index, bool input)
{
    const PaDeviceInfo *device = myo_pa.Pa_GetDeviceInfo(index);
    return input ? device->maxInputChannels : device->maxOutputChannels;
}

static bool is_called(PaDeviceIndex index, const char *name)
{
    char whole[512];
    const PaDeviceInfo *device = myo_pa.Pa_GetDeviceInfo(index);
    (void)snprintf(whole, sizeof whole, "%s: %s", myo_pa.Pa_GetHostApiInfo(device->hostApi)->name,
                   device->name);
    return strcasestr(whole, name) != NULL;
}

static PaDeviceIndex by_number(const char *name)
{
    char *end = NULL;
    const long number = strtol(name, &end, 10);
    return end != name && *end == '\0' && number >= 0 && number < myo_pa.Pa_GetDeviceCount()
               ? (PaDeviceIndex)number
               : paNoDevice;
}

PaDeviceIndex myo_portaudio_find(const char *name, bool input, myo_why *why)
{
    const char *way = input ? "input" : "output";
    PaDeviceIndex found = by_number(name);
    if (name[0] == '\0') {
        found = input ? myo_pa.Pa_GetDefaultInputDevice() : myo_pa.Pa_GetDefaultOutputDevice();
        if (found == paNoDevice) {
            (void)myo_why_set(why, MYO_ERR_OPEN, "there is no audio %s device%s", way,
                              input ? "; 'live --replay FILE' needs none" : "");
        }
        return found;
    }
    for (PaDeviceIndex i = 0; found == paNoDevice && i < myo_pa.Pa_GetDeviceCount(); i++) {
        found = channels(i, input) > 0 && is_called(i, name) ? i : paNoDevice;
    }
    if (found == paNoDevice || channels(found, input) == 0) {
        (void)myo_why_set(why, MYO_ERR_OPEN,
                          "no audio device with %ss is called '%s'; 'myotwitch devices' lists them",
                          way, name);
        return paNoDevice;
    }
    return found;
}

static double sane(double latency_s)
{
    return latency_s >= 0.0 && latency_s < latency_most_s ? latency_s : 0.0;
}

static void describe(PaDeviceIndex index, myo_device *device)
{
    const PaDeviceInfo *info = myo_pa.Pa_GetDeviceInfo(index);
    const PaStreamParameters wanted = {.device = index,
                                       .channelCount = info->maxInputChannels > CHANNELS_TRIED
                                                           ? CHANNELS_TRIED
                                                           : info->maxInputChannels,
                                       .sampleFormat = paFloat32,
                                       .suggestedLatency = info->defaultLowInputLatency};
    *device = (myo_device){.index = index,
                           .inputs = info->maxInputChannels,
                           .outputs = info->maxOutputChannels,
                           .default_input = index == myo_pa.Pa_GetDefaultInputDevice(),
                           .default_output = index == myo_pa.Pa_GetDefaultOutputDevice(),
                           .rate_hz = info->defaultSampleRate,
                           .input_latency_s = sane(info->defaultLowInputLatency),
                           .output_latency_s = sane(info->defaultLowOutputLatency)};
    (void)snprintf(device->api, sizeof device->api, "%s",
                   myo_pa.Pa_GetHostApiInfo(info->hostApi)->name);
    (void)snprintf(device->name, sizeof device->name, "%s", info->name);
    for (int i = 0; i < MYO_DEVICE_RATES && wanted.channelCount > 0; i++) {
        device->rate_works[i] = myo_pa.Pa_IsFormatSupported(
                                    &wanted, NULL, myo_device_rates_hz[i]) == paFormatIsSupported;
    }
}

int myo_capture_list(int fd)
{
    (void)setenv("JACK_NO_START_SERVER", "1", 0);
    myo_why why;
    if (myo_portaudio_load(&why) != MYO_OK || myo_pa.Pa_Initialize() != paNoError) {
        return EXIT_FAILURE;
    }
    for (PaDeviceIndex i = 0; i < myo_pa.Pa_GetDeviceCount(); i++) {
        myo_device device;
        describe(i, &device);
        if (write(fd, &device, sizeof device) != (ssize_t)sizeof device) {
            return EXIT_FAILURE;
        }
    }
    (void)myo_pa.Pa_Terminate();
    return EXIT_SUCCESS;
}
