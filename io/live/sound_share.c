/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of the sound process, and the mixing of EMG and tone. */
#include "live/sound_share.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const uint32_t magic = 0x4D796F53u;

/* Of full scale. The EMG is lowered under a tone, so that it stands out and nothing is clipped. */
static const float tone_level = 0.5f, lowered = 0.4f;

static sound_share *share_map(int fd)
{
    void *memory = mmap(NULL, sizeof(sound_share), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

sound_share *sound_share_new(int *fd)
{
    *fd = memfd_create("sound", MFD_CLOEXEC);
    if (*fd < 0 || ftruncate(*fd, sizeof(sound_share)) != 0) {
        return NULL;
    }
    sound_share *share = share_map(*fd);
    if (share != NULL) {
        share->magic = magic;
    }
    return share;
}

sound_share *sound_share_join(int fd)
{
    sound_share *share = share_map(fd);
    if (share != NULL && share->magic != magic) {
        sound_share_free(share);
        return NULL;
    }
    return share;
}

void sound_share_free(sound_share *share)
{
    if (share != NULL) {
        (void)munmap(share, sizeof *share);
    }
}

/* A bell: rises in 2 ms, dies away to 2 % in its length; a fifth above is mixed in, which no needle
 * makes. */
bool sound_mixer_new(sound_share *share, sound_mixer *mixer)
{
    const double pi = 3.14159265358979323846;
    const double rate = share->rate_hz;
    *mixer = (sound_mixer){.share = share};
    mixer->tone_length = (size_t)(rate * SOUND_TONE_MS / 1000.0);
    mixer->tone_at = mixer->tone_length;
    mixer->tone = malloc((mixer->tone_length + 1) * sizeof *mixer->tone);
    for (size_t i = 0; mixer->tone != NULL && i < mixer->tone_length; i++) {
        const double t = (double)i / rate, end = (double)SOUND_TONE_MS / 1000.0;
        const double envelope = fmin(1.0, t / 0.002) * exp(-4.0 * t / end);
        const double wave =
            0.7 * sin(2.0 * pi * SOUND_TONE_HZ * t) + 0.3 * sin(2.0 * pi * 1.5 * SOUND_TONE_HZ * t);
        mixer->tone[i] = tone_level * (float)(envelope * wave);
    }
    return mixer->tone != NULL;
}

void sound_mixer_free(sound_mixer *mixer)
{
    free(mixer->tone);
    mixer->tone = NULL;
}

/* How many samples may be played now. After the ring ran empty it fills up again first: one pause
 * instead of a crackle. */
static uint64_t ready(sound_mixer *mixer, uint64_t taken, size_t frames)
{
    sound_share *share = mixer->share;
    const uint64_t there = atomic_load_explicit(&share->written, memory_order_acquire) - taken;
    if (!mixer->playing) {
        const uint32_t reserve = atomic_load_explicit(&share->reserve, memory_order_relaxed);
        mixer->playing = there >= reserve + frames;
    }
    if (!mixer->playing) {
        return 0;
    }
    if (there < frames) {
        mixer->playing = false;
        atomic_fetch_add_explicit(&share->starved, 1, memory_order_relaxed);
    }
    return there < frames ? there : frames;
}

static float tone_next(sound_mixer *mixer)
{
    return mixer->tone_at < mixer->tone_length ? mixer->tone[mixer->tone_at++] : 0.0f;
}

void sound_mix(sound_mixer *mixer, float *out, size_t frames, size_t channels)
{
    sound_share *share = mixer->share;
    const uint64_t taken = atomic_load_explicit(&share->taken, memory_order_relaxed);
    const uint64_t there = ready(mixer, taken, frames);
    const bool muted = atomic_load_explicit(&share->muted, memory_order_relaxed);
    const uint32_t tones = atomic_load_explicit(&share->tones, memory_order_acquire);
    if (tones != mixer->tones_heard) {
        mixer->tones_heard = tones;
        mixer->tone_at = 0;
    }
    for (size_t f = 0; f < frames; f++) {
        const bool sounding = mixer->tone_at < mixer->tone_length;
        float sample = f < there ? share->ring[(taken + f) % SOUND_RING] : 0.0f;
        sample = (sounding ? lowered : 1.0f) * sample + tone_next(mixer);
        for (size_t c = 0; c < channels; c++) {
            out[f * channels + c] = muted ? 0.0f : sample;
        }
    }
    atomic_store_explicit(&share->taken, taken + there, memory_order_release);
}
