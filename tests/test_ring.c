/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shared ring: two threads, two processes, a full ring, memory of somebody else. */
#include "live/ring.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { CHANNELS = 3, CALLS = 20000 };
static const myo_ring_about about = {.rate_hz = 2000.0, .channels = CHANNELS, .device = "made up"};

/* Every sample tells its place; exact in a float up to 2^24. */
static void fill(float *samples, int64_t first, size_t frames)
{
    for (size_t i = 0; i < frames * CHANNELS; i++) {
        samples[i] = (float)((first * CHANNELS + (int64_t)i) % (1 << 24));
    }
}

/* The size of a call changes from 1 to 29 frames: more than a slot of 8. */
static size_t call_frames(int call)
{
    return 1 + (size_t)call * 7 % 29;
}

static void produce(myo_ring *ring)
{
    float samples[29 * CHANNELS];
    int64_t first = 0;
    for (int call = 0; call < CALLS; call++) {
        const size_t frames = call_frames(call);
        fill(samples, first, frames);
        while (myo_ring_room(ring) < 32) {
            (void)sched_yield();
        }
        if (myo_ring_write(ring, samples, frames, 0, call, 0.5) != frames) {
            break;
        }
        first += (int64_t)frames;
    }
    myo_ring_say(ring, MYO_CAPTURE_ENDED, NULL);
}

static void *produce_in_thread(void *ring)
{
    produce(ring);
    return NULL;
}

/* Everything came, once, in order, with the stamp of its call. */
static void consume(myo_ring *ring)
{
    float expected[8 * CHANNELS];
    int64_t next = 0;
    int call = 0;
    size_t in_call = 0;
    myo_slot slot;
    for (;;) {
        const bool ended = myo_ring_state(ring) == MYO_CAPTURE_ENDED;
        if (!myo_ring_peek(ring, 0, &slot)) {
            if (ended) {
                break;
            }
            (void)sched_yield();
            continue;
        }
        assert_int_equal(slot.first, next);
        assert_in_range(slot.frames, 1, 8);
        assert_int_equal(slot.stamp_ns, call);
        fill(expected, slot.first, slot.frames);
        assert_memory_equal(slot.samples, expected, slot.frames * CHANNELS * sizeof *expected);
        next += slot.frames;
        in_call += slot.frames;
        assert_int_equal((slot.flags & MYO_SLOT_LAST) != 0, in_call == call_frames(call));
        if (slot.flags & MYO_SLOT_LAST) {
            in_call = 0;
            call++;
        }
        myo_ring_release(ring);
    }
    assert_int_equal(call, CALLS);
}

static myo_ring *ring_of(void)
{
    myo_ring *ring = NULL;
    assert_int_equal(myo_ring_new(&ring), MYO_OK);
    return ring;
}

static void test_two_threads(void **state)
{
    (void)state;
    myo_ring *ring = ring_of();
    assert_int_equal(myo_ring_shape(ring, &about), MYO_OK);
    assert_int_equal(myo_ring_slot_frames(ring), 8); /* 4 ms */
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, produce_in_thread, ring), 0);
    consume(ring);
    assert_int_equal(pthread_join(thread, NULL), 0);
    myo_ring_free(ring);
}

static void other_process(int fd)
{
    myo_ring *ring = NULL;
    if (myo_ring_join(fd, &ring) != MYO_OK || myo_ring_shape(ring, &about) != MYO_OK) {
        _exit(1);
    }
    while (myo_ring_order(ring) != MYO_CAPTURE_GO) {
        (void)usleep(1000);
    }
    produce(ring);
    _exit(0);
}

static void test_two_processes(void **state)
{
    (void)state;
    myo_ring *ring = ring_of();
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        other_process(dup(myo_ring_fd(ring)));
    }
    while (myo_ring_state(ring) == MYO_CAPTURE_STARTING) {
        (void)usleep(1000);
    }
    assert_int_equal(myo_ring_meet(ring), MYO_OK);
    assert_string_equal(myo_ring_about_get(ring)->device, "made up");
    myo_ring_command(ring, MYO_CAPTURE_GO);
    consume(ring);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    myo_ring_free(ring);
}

/* What finds no room is missing, and the next slot says how much. */
static void test_full_ring(void **state)
{
    (void)state;
    myo_ring *ring = ring_of();
    assert_int_equal(myo_ring_shape(ring, &about), MYO_OK);
    const size_t room = myo_ring_room(ring);
    assert_true(room >= 4 * 2000); /* 4 s */
    float samples[8 * CHANNELS] = {0};
    size_t taken = 0;
    while (myo_ring_write(ring, samples, 8, 0, 0, 0.0) == 8) {
        taken += 8;
    }
    assert_int_equal(taken, room);
    assert_int_equal(myo_ring_write(ring, samples, 5, 0, 0, 0.0), 0);
    myo_ring_release(ring);
    assert_int_equal(myo_ring_write(ring, samples, 8, MYO_SLOT_SUSPECT, 77, 0.0), 8);
    myo_slot slot;
    assert_true(myo_ring_peek(ring, room / 8 - 1, &slot));
    assert_false(myo_ring_peek(ring, room / 8, &(myo_slot){0}));
    assert_int_equal(slot.first, taken + 8 + 5);
    assert_int_equal(slot.stamp_ns, 77);
    assert_int_equal(slot.flags, MYO_SLOT_SUSPECT | MYO_SLOT_LAST);
    myo_ring_free(ring);
}

static void test_says_what_happened(void **state)
{
    (void)state;
    myo_ring *ring = ring_of();
    myo_why why;
    assert_int_equal(myo_ring_state(ring), MYO_CAPTURE_STARTING);
    assert_int_equal(myo_ring_meet(ring), MYO_ERR_FORMAT); /* no shape yet */
    myo_ring_say(ring, MYO_CAPTURE_FAILED, "no such device");
    assert_int_equal(myo_ring_state(ring), MYO_CAPTURE_FAILED);
    myo_ring_text(ring, &why);
    assert_string_equal(why.text, "no such device");
    myo_ring_free(ring);
}

static void test_memory_of_somebody_else(void **state)
{
    (void)state;
    myo_ring *ring = NULL;
    const int fd = memfd_create("other", 0);
    assert_int_equal(myo_ring_join(fd, &ring), MYO_ERR_OPEN); /* too short */
    assert_int_equal(ftruncate(fd, 65536), 0);
    assert_int_equal(myo_ring_join(fd, &ring), MYO_ERR_OPEN); /* zeros */
    assert_null(ring);
    assert_int_equal(close(fd), 0);
    ring = ring_of();
    assert_int_equal(myo_ring_shape(ring, &(myo_ring_about){.rate_hz = 2000.0}), MYO_ERR_BAD_ARG);
    myo_ring_free(ring);
    myo_ring_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_threads),
        cmocka_unit_test(test_two_processes),
        cmocka_unit_test(test_full_ring),
        cmocka_unit_test(test_says_what_happened),
        cmocka_unit_test(test_memory_of_somebody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
