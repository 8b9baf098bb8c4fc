/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue to a reader: order, what a slow reader loses and what never, two threads. */
#include "live/feed.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { CHANNELS = 3, FRAMES = 8 }; /* 4 ms at 2000 Hz */

static myo_feed *feed_of(void)
{
    const myo_feed_head head = {.rate_hz = 2000.0, .channels = CHANNELS};
    myo_feed *feed = NULL;
    assert_int_equal(myo_feed_new(&head, &feed), MYO_OK);
    return feed;
}

/* Every sample of a trace tells where it belongs. */
static bool push_trace(myo_feed *feed, int64_t start)
{
    float samples[FRAMES * CHANNELS];
    for (int i = 0; i < FRAMES * CHANNELS; i++) {
        samples[i] = (float)(start * CHANNELS + i);
    }
    const myo_feed_message message = {
        .kind = MYO_FEED_TRACE,
        .trace = {.start = start, .frames = FRAMES, .channels = CHANNELS, .samples = samples}};
    return myo_feed_push(feed, &message);
}

static void assert_trace(const myo_feed_trace *trace)
{
    assert_int_equal(trace->frames, FRAMES);
    assert_int_equal(trace->channels, CHANNELS);
    for (int i = 0; i < FRAMES * CHANNELS; i++) {
        assert_true(trace->samples[i] == (float)(trace->start * CHANNELS + i));
    }
}

static bool push_event(myo_feed *feed, uint64_t id)
{
    const myo_feed_message message = {.kind = MYO_FEED_EVENT, .event = {.id = id}};
    return myo_feed_push(feed, &message);
}

static bool push_state(myo_feed *feed, int64_t frame)
{
    const myo_feed_message message = {.kind = MYO_FEED_STATE, .state = {.frame = frame}};
    return myo_feed_push(feed, &message);
}

static void test_order_of_pushing(void **state)
{
    (void)state;
    static const myo_feed_kind expected[] = {MYO_FEED_TRACE, MYO_FEED_EVENT, MYO_FEED_SPECTRUM,
                                             MYO_FEED_TRACE, MYO_FEED_STATE};
    const float db[] = {-60.0f, -61.5f, -70.0f};
    myo_feed *feed = feed_of();
    assert_true(push_trace(feed, 0));
    assert_true(push_event(feed, 1));
    assert_true(myo_feed_push(
        feed, &(myo_feed_message){.kind = MYO_FEED_SPECTRUM, .spectrum = {.bins = 3, .db = db}}));
    assert_true(push_trace(feed, FRAMES));
    assert_true(push_state(feed, 2 * FRAMES));
    myo_feed_message message;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(myo_feed_next(feed, &message));
        assert_int_equal(message.kind, expected[i]);
        assert_int_equal(message.number, i);
        if (message.kind == MYO_FEED_TRACE) {
            assert_trace(&message.trace);
        }
        if (message.kind == MYO_FEED_SPECTRUM) {
            assert_memory_equal(message.spectrum.db, db, sizeof db);
        }
    }
    assert_false(myo_feed_next(feed, &message));
    myo_feed_free(feed);
}

/* Two seconds of traces are kept: 500 of 4 ms. */
static void test_slow_reader_loses_the_oldest_traces_only(void **state)
{
    (void)state;
    enum { PUSHED = 1200, KEPT = 500 };
    myo_feed *feed = feed_of();
    for (int i = 0; i < PUSHED; i++) {
        assert_true(push_trace(feed, (int64_t)i * FRAMES));
        assert_true(push_event(feed, (uint64_t)i));
        assert_true(push_state(feed, i));
    }
    assert_int_equal(myo_feed_dropped(feed), PUSHED - KEPT);
    int64_t next_trace = (PUSHED - KEPT) * FRAMES;
    uint64_t next_event = 0;
    int states = 0;
    for (myo_feed_message message; myo_feed_next(feed, &message);) {
        if (message.kind == MYO_FEED_TRACE) {
            assert_int_equal(message.trace.start, next_trace);
            assert_trace(&message.trace);
            next_trace += FRAMES;
        } else if (message.kind == MYO_FEED_EVENT) {
            assert_int_equal(message.event.id, next_event++);
        } else {
            assert_int_equal(message.state.frame, PUSHED - 1); /* the newest */
            states++;
        }
    }
    assert_int_equal(next_trace, PUSHED * FRAMES);
    assert_int_equal(next_event, PUSHED);
    assert_int_equal(states, 1);
    myo_feed_free(feed);
}

static void test_kept_messages_have_a_limit(void **state)
{
    (void)state;
    myo_feed *feed = feed_of();
    uint64_t taken = 0;
    while (push_event(feed, taken)) {
        taken++;
    }
    assert_int_equal(taken, 65536);
    myo_feed_message message;
    for (uint64_t i = 0; i < taken; i++) {
        assert_true(myo_feed_next(feed, &message));
        assert_int_equal(message.event.id, i);
    }
    assert_true(push_event(feed, 7)); /* and goes on */
    myo_feed_free(feed);
}

static bool readable(const myo_feed *feed)
{
    struct pollfd wait = {.fd = myo_feed_fd(feed), .events = POLLIN};
    return poll(&wait, 1, 0) == 1;
}

static void test_descriptor(void **state)
{
    (void)state;
    myo_feed *feed = feed_of();
    myo_feed_message message;
    assert_false(readable(feed));
    assert_true(push_event(feed, 1));
    myo_feed_wake(feed);
    myo_feed_wake(feed);
    assert_true(readable(feed));
    assert_true(myo_feed_next(feed, &message));
    assert_true(readable(feed));
    assert_false(myo_feed_next(feed, &message));
    assert_false(readable(feed));
    myo_feed_free(feed);
}

enum { THREADED = 20000 };

static void *produce(void *feed)
{
    for (int i = 0; i < THREADED; i++) {
        (void)push_trace(feed, (int64_t)i * FRAMES);
        (void)push_event(feed, (uint64_t)i);
        myo_feed_wake(feed);
    }
    (void)myo_feed_push(feed, &(myo_feed_message){.kind = MYO_FEED_END});
    myo_feed_wake(feed);
    return NULL;
}

static void test_two_threads(void **state)
{
    (void)state;
    myo_feed *feed = feed_of();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, produce, feed), 0);
    struct pollfd wait = {.fd = myo_feed_fd(feed), .events = POLLIN};
    uint64_t events = 0, traces = 0, number = 0;
    int64_t last = -1;
    for (bool ended = false; !ended;) {
        assert_int_equal(poll(&wait, 1, 10000), 1);
        for (myo_feed_message message; !ended && myo_feed_next(feed, &message);) {
            assert_true(number == 0 || message.number > number - 1);
            number = message.number + 1;
            if (message.kind == MYO_FEED_TRACE) {
                assert_trace(&message.trace);
                assert_true(message.trace.start > last);
                last = message.trace.start;
                traces++;
            } else if (message.kind == MYO_FEED_EVENT) {
                assert_int_equal(message.event.id, events++);
            }
            ended = message.kind == MYO_FEED_END;
        }
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(events, THREADED);
    assert_int_equal(traces + myo_feed_dropped(feed), THREADED);
    myo_feed_free(feed);
}

static void test_refuses_nonsense(void **state)
{
    (void)state;
    myo_feed *feed = NULL;
    assert_int_equal(myo_feed_new(&(myo_feed_head){.rate_hz = 2000.0}, &feed), MYO_ERR_BAD_ARG);
    assert_int_equal(myo_feed_new(&(myo_feed_head){.channels = 1}, &feed), MYO_ERR_BAD_ARG);
    assert_null(feed);
    myo_feed_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_pushing),
        cmocka_unit_test(test_slow_reader_loses_the_oldest_traces_only),
        cmocka_unit_test(test_kept_messages_have_a_limit),
        cmocka_unit_test(test_descriptor),
        cmocka_unit_test(test_two_threads),
        cmocka_unit_test(test_refuses_nonsense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
