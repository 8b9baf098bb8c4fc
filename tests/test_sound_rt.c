/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loudspeaker's callback and the recorder's queue neither allocate nor lock nor call the system. */
#include "guard/guard.h"

#include "live/sound_share.h"
#include "record/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

enum { BLOCKS = 500, FRAMES = 256, RING_BYTES = 65536 };

static void expect_clean(void)
{
    if (guard_violations() > 0) {
        fail_msg("%ld calls, the first is %s", guard_violations(), guard_first_violation());
    }
}

static void test_mixing(void **state)
{
    (void)state;
    static float out[2 * FRAMES];
    int fd = -1;
    sound_mixer mixer;
    sound_share *share = sound_share_new(&fd);
    assert_non_null(share);
    share->rate_hz = 48000.0;
    assert_true(sound_mixer_new(share, &mixer));
    for (size_t i = 0; i < SOUND_RING; i++) {
        share->ring[i] = 0.1f; /* its pages are there, as after a second of sound */
    }
    assert_true(guard_init());
    for (uint32_t b = 0; b < BLOCKS; b++) {
        share->written += b % 7 == 0 ? 0 : FRAMES; /* runs dry now and then */
        share->tones = b / 20;
        share->muted = b % 50 > 40;
        guard_enter();
        sound_mix(&mixer, out, FRAMES, 2);
        guard_leave();
    }
    expect_clean();
    sound_mixer_free(&mixer);
    sound_share_free(share);
    close(fd);
}

static void test_pushing(void **state)
{
    (void)state;
    static float block[FRAMES];
    record_queue *queue = record_queue_new(RING_BYTES);
    assert_non_null(queue);
    assert_true(guard_init());
    int refused = 0;
    for (int b = 0; b < BLOCKS; b++) {
        guard_enter();
        refused += !record_queue_push(queue, &b, sizeof b, block, sizeof block);
        guard_leave();
        if (b % 3 == 0 && record_queue_front(queue) != NULL) {
            record_queue_drop(queue);
        }
    }
    expect_clean();
    assert_true(refused > 0); /* the full queue was met too */
    record_queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mixing),
                                       cmocka_unit_test(test_pushing)};
    if (!guard_init()) {
        (void)puts(
            "not run: this kernel has no syscall user dispatch, so system calls cannot be counted");
        return GUARD_CANNOT;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
