/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EMG of one channel as sound: band 20-2000 Hz, gain, soft limiter, the rate of the loudspeaker. Private. */
#ifndef MYO_IO_LIVE_SOUND_VOICE_H
#define MYO_IO_LIVE_SOUND_VOICE_H

#include "myotwitch/band.h"

#include <stddef.h>

typedef struct sound_voice sound_voice;

/** From @p in_hz to @p out_hz. NULL on lack of memory. */
sound_voice *sound_voice_new(double in_hz, double out_hz);

/** Forgets what came before: another channel, or a gap. */
void sound_voice_reset(sound_voice *voice);

/** Takes every @p step-th of @p frames samples, up to 256 of them, and returns how many samples of at most
 *  @p size it made. @p speed: 1 +- a little, to keep pace with the loudspeaker's clock. At 0 dB full scale
 *  is full scale. */
size_t sound_voice_run(sound_voice *voice, const float *samples, size_t step, size_t frames,
                       double gain_db, double speed, float *out, size_t size);

void sound_voice_free(sound_voice *voice);

#endif
