/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loudspeaker's callback under RealtimeSanitizer: with EMG, with tones, muted, and run dry. */
#include "live/sound_share.h"

#include "count.h"

#include "live/sound_process.c" /* its callback is private */

int main(void)
{
    static float out[2 * MOST];
    int fd = -1;
    player self = {.channels = 2};
    sound_share *share = sound_share_new(&fd);
    if (share == NULL) {
        return EXIT_FAILURE;
    }
    share->rate_hz = 48000.0;
    if (!sound_mixer_new(share, &self.mixer)) {
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < SOUND_RING; i++) {
        share->ring[i] = 0.1f;
    }
    double loudest = 0.0;
    for (uint32_t i = 0; i < CALLS; i++) {
        const unsigned long frames = 1 + i * 37 % MOST;
        share->written += i % 7 == 0 ? 0 : frames;
        share->tones = i / 20;
        share->muted = i % 50 > 40;
        (void)on_block(NULL, out, frames, NULL, 0, &self);
        loudest = (double)out[0] > loudest ? (double)out[0] : loudest;
    }
    const uint32_t starved = share->starved;
    (void)printf("sound: %d calls, ran dry %u times, loudest %.2f\n", CALLS, starved, loudest);
    sound_mixer_free(&self.mixer);
    sound_share_free(share);
    return starved > 0 && loudest > 0.0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
