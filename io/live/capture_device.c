/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Captures from a PortAudio device into the ring: the callback copies and stamps, nothing else. */
#include "live/capture.h"
#include "live/clock.h"
#include "live/portaudio.h"
#include "signal/channels.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Blocks are short, so that decisions come soon; the device's buffer is deep, so that nothing is lost while
 * the machine is busy. Depth costs no time: a block is handed on when it is full. */
static const double block_s = 0.004;
static const double depth_s = 0.128;
enum { PERIODS_LEAST = 4, PERIODS_MOST = 32 };
enum { DEFAULT_CHANNELS = 32, PRIORITY = 60, TICK_US = 10000 };

/* PortAudio's threads take over the priority. Where one of them runs wild (ALSA device pulled out),
 * the kernel ends the process after two seconds without rest. Without permission it goes on as it is. */
static void prefer_this_process(void)
{
    const struct rlimit busy = {.rlim_cur = 2000000, .rlim_max = 2000000};
    const struct sched_param priority = {.sched_priority = PRIORITY};
    if (setrlimit(RLIMIT_RTTIME, &busy) == 0) {
        (void)sched_setscheduler(0, SCHED_FIFO, &priority);
    }
}

static int fail(myo_ring *ring, const char *what, PaError error)
{
    char text[256];
    const PaHostErrorInfo *host =
        error == paUnanticipatedHostError ? myo_pa.Pa_GetLastHostErrorInfo() : NULL;
    (void)snprintf(text, sizeof text, "%s: %s", what,
                   host != NULL && host->errorText[0] != '\0' ? host->errorText
                                                              : myo_pa.Pa_GetErrorText(error));
    myo_ring_say(ring, MYO_CAPTURE_FAILED, text);
    return EXIT_FAILURE;
}

/* PortAudio's thread. */
MYO_RT static int on_block(const void *input, void *output, unsigned long frames,
                           const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                           void *user)
{
    (void)output;
    (void)myo_ring_write(user, input, frames, (flags & paInputOverflow) ? MYO_SLOT_SUSPECT : 0,
                         myo_clock_ns(), time->inputBufferAdcTime);
    return paContinue;
}

/* The same where no real time is kept: whoever drives the device waits for the program. */
static int on_unpaced_block(const void *input, void *output, unsigned long frames,
                            const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                            void *user)
{
    while (myo_ring_room(user) < 2 * frames && myo_ring_order(user) == MYO_CAPTURE_GO) {
        myo_clock_sleep_us(100);
    }
    return on_block(input, output, frames, time, flags, user);
}

/* How many channels must be opened for those in the list. */
static myo_status channels_needed(const char *list, int device_channels, uint32_t *count,
                                  myo_why *why)
{
    const uint32_t most =
        device_channels > MYO_MAX_CHANNELS ? MYO_MAX_CHANNELS : (uint32_t)device_channels;
    *count = most > DEFAULT_CHANNELS ? DEFAULT_CHANNELS : most;
    if (list[0] == '\0') {
        return MYO_OK;
    }
    bool chosen[MYO_MAX_CHANNELS] = {false};
    myo_source_info info = {.channels = most};
    for (uint32_t c = 0; c < most; c++) {
        info.channel_number[c] = c;
    }
    const myo_status status = myo_channel_list(list, &info, chosen, why);
    for (uint32_t c = 0; status == MYO_OK && c < most; c++) {
        *count = c == 0 || chosen[c] ? c + 1 : *count;
    }
    return status;
}

/* Length of the device's buffer for blocks of @p wished_s; tells ALSA how many these are. */
static double depth(double wished_s)
{
    const double one_s = wished_s > 0.0 ? wished_s : block_s;
    const int wanted = (int)(depth_s / one_s + 0.5);
    const int periods = wanted < PERIODS_LEAST  ? PERIODS_LEAST
                        : wanted > PERIODS_MOST ? PERIODS_MOST
                                                : wanted;
    (void)myo_pa.PaAlsa_SetNumPeriods(periods); /* no harm where the device is none of ALSA's */
    return periods * one_s;
}

/* Opens the stream and lays out the ring; false when that was refused, and why was said. */
static bool open_stream(myo_ring *ring, const PaStreamParameters *wanted, double rate_hz,
                        bool unpaced, PaStream **stream)
{
    const PaDeviceInfo *device = myo_pa.Pa_GetDeviceInfo(wanted->device);
    PaError error =
        myo_pa.Pa_OpenStream(stream, wanted, NULL, rate_hz, paFramesPerBufferUnspecified, paNoFlag,
                             unpaced ? on_unpaced_block : on_block, ring);
    if (error != paNoError) {
        char what[200];
        (void)snprintf(what, sizeof what, "%.120s cannot be opened with %d channels at %g Hz",
                       device->name, wanted->channelCount, rate_hz);
        (void)fail(ring, what, error);
        return false;
    }
    const PaStreamInfo *info = myo_pa.Pa_GetStreamInfo(*stream);
    myo_ring_about about = {.rate_hz = info->sampleRate,
                            .channels = (uint32_t)wanted->channelCount,
                            .device_channels = (uint32_t)device->maxInputChannels,
                            .latency_s = info->inputLatency};
    if (myo_pa.Pa_GetHostApiInfo(device->hostApi)->type == paALSA) {
        about.latency_s = 0.0; /* it tells the depth of its buffer, which is no delay */
    }
    (void)snprintf(about.device, sizeof about.device, "%s", device->name);
    (void)snprintf(about.api, sizeof about.api, "%s",
                   myo_pa.Pa_GetHostApiInfo(device->hostApi)->name);
    if (myo_ring_shape(ring, &about) != MYO_OK) {
        myo_ring_say(ring, MYO_CAPTURE_FAILED, "rate or channels are out of range, or no memory");
        return false;
    }
    return true;
}

/* Until the program says stop, or the device does. */
static int attend(myo_ring *ring, PaStream *stream)
{
    while (myo_ring_order(ring) == MYO_CAPTURE_WAIT) {
        myo_clock_sleep_us(1000);
    }
    const PaError error =
        myo_ring_order(ring) == MYO_CAPTURE_GO ? myo_pa.Pa_StartStream(stream) : paNoError;
    if (error != paNoError) {
        return fail(ring, "the device does not start", error);
    }
    myo_ring_say(ring, MYO_CAPTURE_RUNNING, NULL);
    while (myo_ring_order(ring) == MYO_CAPTURE_GO) {
        if (myo_pa.Pa_IsStreamActive(stream) != 1) {
            myo_ring_say(ring, MYO_CAPTURE_FAILED, "the device stopped");
            return EXIT_FAILURE;
        }
        myo_ring_beat(ring, myo_clock_ns());
        myo_clock_sleep_us(TICK_US);
    }
    return EXIT_SUCCESS;
}

int myo_capture_device(myo_ring *ring, const myo_capture_wish *wish)
{
    myo_why why = {""};
    uint32_t count = 0;
    (void)setenv("JACK_NO_START_SERVER", "1", 0); /* listen to a server, never start one */
    prefer_this_process();
    if (myo_portaudio_load(&why) != MYO_OK) {
        myo_ring_say(ring, MYO_CAPTURE_FAILED, why.text);
        return EXIT_FAILURE;
    }
    const PaError error = myo_pa.Pa_Initialize();
    if (error != paNoError) {
        return fail(ring, "PortAudio does not start", error);
    }
    const PaDeviceIndex index = myo_portaudio_find(wish->name, true, &why);
    if (index == paNoDevice ||
        channels_needed(wish->channels, myo_pa.Pa_GetDeviceInfo(index)->maxInputChannels, &count,
                        &why) != MYO_OK) {
        myo_ring_say(ring, MYO_CAPTURE_FAILED, why.text);
        return EXIT_FAILURE;
    }
    const PaDeviceInfo *device = myo_pa.Pa_GetDeviceInfo(index);
    const PaStreamParameters wanted = {.device = index,
                                       .channelCount = (int)count,
                                       .sampleFormat = paFloat32,
                                       .suggestedLatency = depth(wish->block_s)};
    PaStream *stream = NULL;
    const double rate_hz = wish->rate_hz > 0.0 ? wish->rate_hz : device->defaultSampleRate;
    if (!open_stream(ring, &wanted, rate_hz, wish->unpaced, &stream)) {
        return EXIT_FAILURE;
    }
    const int status = attend(ring, stream);
    if (status == EXIT_SUCCESS) { /* a device that failed may hang in these */
        (void)myo_pa.Pa_AbortStream(stream);
        (void)myo_pa.Pa_CloseStream(stream);
        (void)myo_pa.Pa_Terminate();
    }
    return status;
}
