/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a device's callback does - write into the ring - neither allocates nor locks nor calls the system;
 * and the stamp it takes is no system call either. */
#include "guard/guard.h"

#include "live/clock.h"
#include "live/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stddef.h>
#include <cmocka.h>

enum { CHANNELS = 8, MOST = 1024, CALLS = 4000 };

static void assert_nothing_counted(const char *what)
{
    if (guard_violations() != 0) {
        fail_msg("%s: %ld violations, the first is %s", what, guard_violations(),
                 guard_first_violation());
    }
}

/* Calls of all sizes, with room and without. */
static void test_writing_is_real_time(void **state)
{
    (void)state;
    static float samples[MOST * CHANNELS];
    const myo_ring_about about = {.rate_hz = 48000.0, .channels = CHANNELS};
    myo_ring *ring = NULL;
    assert_int_equal(myo_ring_new(&ring), MYO_OK);
    assert_int_equal(myo_ring_shape(ring, &about), MYO_OK);
    assert_true(guard_init());
    size_t taken = 0;
    size_t given = 0;
    guard_enter();
    for (size_t i = 0; i < CALLS; i++) {
        const size_t frames = 1 + i * 37 % MOST;
        taken += myo_ring_write(ring, i % 5 == 0 ? NULL : samples, frames, MYO_SLOT_SUSPECT,
                                (int64_t)i, 0.5);
        given += frames;
    }
    guard_leave();
    assert_nothing_counted("writing");
    assert_true(taken > 0 && taken < given); /* with room and without */
    myo_ring_free(ring);
}

/* The guard counts clock_gettime by its name; here only what reaches the kernel counts. */
static void test_stamp_needs_no_system_call(void **state)
{
    (void)state;
    assert_true(guard_init());
    (void)myo_clock_ns(); /* the first call may look for the fast way */
    guard_enter();
    for (int i = 0; i < 100; i++) {
        (void)myo_clock_ns();
    }
    guard_leave();
    assert_int_equal(guard_violations(), 100);
    assert_string_equal(guard_first_violation(), "clock_gettime");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writing_is_real_time),
        cmocka_unit_test(test_stamp_needs_no_system_call),
    };
    if (!guard_init()) {
        (void)puts(
            "not run: this kernel has no syscall user dispatch, so system calls cannot be counted");
        return GUARD_CANNOT;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
