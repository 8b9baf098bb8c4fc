/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sound process: plays through PortAudio what the program puts into shared memory. */
#include "live/child.h"
#include "live/clock.h"
#include "live/portaudio.h"
#include "live/sound_share.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { PRIORITY = 55, TICK_US = 20000 };

typedef struct {
    sound_mixer mixer;
    size_t channels;
} player;

/* As in the capture process: a driver that runs wild is ended by the kernel after two seconds. */
static void prefer_this_process(void)
{
    const struct rlimit busy = {.rlim_cur = 2000000, .rlim_max = 2000000};
    const struct sched_param priority = {.sched_priority = PRIORITY};
    if (setrlimit(RLIMIT_RTTIME, &busy) == 0) {
        (void)sched_setscheduler(0, SCHED_FIFO, &priority);
    }
}

/* PortAudio's thread. */
MYO_RT static int on_block(const void *input, void *output, unsigned long frames,
                           const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                           void *user)
{
    player *self = user;
    (void)input;
    (void)time;
    (void)flags;
    sound_mix(&self->mixer, output, frames, self->channels);
    return paContinue;
}

static int fail(sound_share *share, const char *text)
{
    (void)snprintf(share->text, sizeof share->text, "%.*s", (int)sizeof share->text - 1, text);
    atomic_store_explicit(&share->state, SOUND_FAILED, memory_order_release);
    return EXIT_FAILURE;
}

static int play(sound_share *share, player *self, PaStream *stream)
{
    PaError error = myo_pa.Pa_StartStream(stream);
    if (error != paNoError) {
        return fail(share, myo_pa.Pa_GetErrorText(error));
    }
    atomic_store_explicit(&share->state, SOUND_OPEN, memory_order_release);
    while (!atomic_load_explicit(&share->stop, memory_order_acquire)) {
        if (myo_pa.Pa_IsStreamActive(stream) != 1) {
            return fail(share, "the output stopped");
        }
        myo_clock_sleep_us(TICK_US);
    }
    (void)myo_pa.Pa_AbortStream(stream);
    (void)myo_pa.Pa_CloseStream(stream);
    (void)myo_pa.Pa_Terminate();
    sound_mixer_free(&self->mixer);
    return EXIT_SUCCESS;
}

static int open_and_play(sound_share *share, const char *name)
{
    static player self;
    myo_why why = {""};
    PaStream *stream = NULL;
    const PaDeviceIndex index = myo_portaudio_find(name, false, &why);
    if (index == paNoDevice) {
        return fail(share, why.text);
    }
    const PaDeviceInfo *device = myo_pa.Pa_GetDeviceInfo(index);
    self.channels = device->maxOutputChannels < 2 ? 1 : 2;
    const PaStreamParameters wanted = {.device = index,
                                       .channelCount = (int)self.channels,
                                       .sampleFormat = paFloat32,
                                       .suggestedLatency = device->defaultLowOutputLatency};
    share->rate_hz = device->defaultSampleRate;
    (void)snprintf(share->device, sizeof share->device, "%s", device->name);
    if (!sound_mixer_new(share, &self.mixer)) {
        return fail(share, "out of memory");
    }
    const PaError error =
        myo_pa.Pa_OpenStream(&stream, NULL, &wanted, share->rate_hz, paFramesPerBufferUnspecified,
                             paNoFlag, on_block, &self);
    if (error != paNoError) {
        return fail(share, myo_pa.Pa_GetErrorText(error));
    }
    share->latency_s = myo_pa.Pa_GetStreamInfo(stream)->outputLatency;
    return play(share, &self, stream);
}

int myo_sound_main(int argc, char **argv)
{
    sound_share *share = argc == 2 ? sound_share_join(MYO_CHILD_FD) : NULL;
    if (share == NULL) {
        return EXIT_FAILURE;
    }
    (void)setenv("JACK_NO_START_SERVER", "1", 0); /* play to a server, never start one */
    prefer_this_process();
    myo_why why;
    if (myo_portaudio_load(&why) != MYO_OK) {
        return fail(share, why.text);
    }
    const PaError error = myo_pa.Pa_Initialize();
    return error == paNoError ? open_and_play(share, argv[1])
                              : fail(share, myo_pa.Pa_GetErrorText(error));
}
