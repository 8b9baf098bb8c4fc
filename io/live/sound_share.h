/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the program and its sound process share: a ring of samples, a counter of tones. Private.
 *
 * Thread safety: `written`, `tones`, `muted` and `order` are the program's, `taken`, `primed_at` and what
 * the process says of itself are the process's; each is written by one thread only. Samples are copied before
 * the release store of `written`, whose partner is the acquire load in sound_mix.
 */
#ifndef MYO_IO_LIVE_SOUND_SHARE_H
#define MYO_IO_LIVE_SOUND_SHARE_H

#include "signal/why.h"

#include <stdatomic.h>

enum { SOUND_RING = 1 << 16 }; /* samples; a power of two: 0.3 s at the highest rate of devices */

typedef enum { SOUND_STARTING, SOUND_OPEN, SOUND_FAILED } sound_state;

typedef struct {
    uint32_t magic;
    _Atomic int state; /* sound_state; the plain numbers below are written before its release */
    double rate_hz, latency_s;
    char device[128], text[192];
    atomic_bool stop, muted;
    _Atomic uint64_t written, taken;
    _Atomic uint32_t tones;   /* that were asked for */
    _Atomic uint32_t starved; /* times that the ring ran empty while it played */
    _Atomic uint32_t reserve; /* samples that must be there before it plays (again) */
    float ring[SOUND_RING];
} sound_share;

/** Memory that another process can join through @p fd. NULL on lack of memory. */
sound_share *sound_share_new(int *fd);
sound_share *sound_share_join(int fd);
void sound_share_free(sound_share *share);

/** Name of the hidden command. */
#define MYO_SOUND_COMMAND "sound-process"

/** Plays on the output that argv[1] names, "" for the default one, from the memory at MYO_CHILD_FD. */
int myo_sound_main(int argc, char **argv);

/* ---- what the device's callback does ---- */

/* The tone at a twitch: a bell above the band of the EMG on the loudspeaker, which is 2 kHz at most. */
enum { SOUND_TONE_HZ = 2637, SOUND_TONE_MS = 90 };

typedef struct {
    sound_share *share;
    uint32_t tones_heard;
    bool playing;
    size_t tone_at, tone_length; /* tone_at == tone_length: none under way */
    float *tone;
} sound_mixer;

/** Makes the tone for share->rate_hz. False on lack of memory. */
bool sound_mixer_new(sound_share *share, sound_mixer *mixer);
void sound_mixer_free(sound_mixer *mixer);

/** Fills @p frames interleaved frames: EMG from the ring, and a tone from the first frame on when one
 *  was asked for. */
MYO_RT void sound_mix(sound_mixer *mixer, float *out, size_t frames, size_t channels);

#endif
