/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PortAudio's capture callback under RealtimeSanitizer: blocks of all sizes, with room and without. */
#include "live/ring.h"

#include "count.h"

#include "live/capture_device.c" /* its callback is private */

int main(void)
{
    static float samples[MOST * CHANNELS];
    const myo_ring_about about = {.rate_hz = 48000.0, .channels = CHANNELS};
    myo_ring *ring = NULL;
    if (myo_ring_new(&ring) != MYO_OK || myo_ring_shape(ring, &about) != MYO_OK) {
        return EXIT_FAILURE;
    }
    size_t given = 0, refused = 0;
    for (size_t i = 0; i < CALLS; i++) {
        const PaStreamCallbackTimeInfo time = {.inputBufferAdcTime = 0.5};
        const unsigned long frames = 1 + i * 37 % MOST;
        refused += myo_ring_room(ring) < frames;
        (void)on_block(i % 5 == 0 ? NULL : samples, NULL, frames, &time,
                       i % 7 == 0 ? paInputOverflow : 0, ring);
        given += frames;
        myo_slot slot;
        while (i % 1000 < 500 && myo_ring_peek(ring, 0, &slot)) {
            myo_ring_release(ring);
        }
    }
    myo_ring_free(ring);
    (void)printf("capture: %zu frames in %d calls, %zu of them without room\n", given, CALLS,
                 refused);
    return refused > 0 && refused < CALLS ? EXIT_SUCCESS : EXIT_FAILURE;
}
