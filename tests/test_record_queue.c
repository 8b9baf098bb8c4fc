/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages come out whole, in order, each once, also when two threads work at it. */
#include "record/queue.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MESSAGES = 50000, MOST = 300 };

typedef struct {
    uint32_t number, length;
} head;

/* Lengths that meet the ring's end in every way. */
static uint32_t length_of(uint32_t number)
{
    return number * 2654435761u % MOST;
}

static bool push(record_queue *queue, uint32_t number)
{
    unsigned char body[MOST];
    const head first = {number, length_of(number)};
    memset(body, (int)(number & 0xFF), first.length);
    return record_queue_push(queue, &first, sizeof first, body, first.length);
}

static void check(const void *message, uint32_t number)
{
    const head *first = message;
    const unsigned char *body = (const unsigned char *)(first + 1);
    assert_int_equal((uintptr_t)message % 16, 0);
    assert_int_equal(first->number, number);
    assert_int_equal(first->length, length_of(number));
    for (uint32_t i = 0; i < first->length; i++) {
        assert_int_equal(body[i], number & 0xFF);
    }
}

static void test_full_and_empty(void **state)
{
    (void)state;
    record_queue *queue = record_queue_new(4096);
    uint32_t pushed = 0;
    assert_null(record_queue_front(queue));
    assert_true(record_queue_room(queue) == 1.0);
    while (push(queue, pushed)) {
        pushed++;
    }
    assert_true(pushed > 8 && record_queue_room(queue) < 0.2);
    for (uint32_t n = 0; n < pushed; n++) {
        check(record_queue_front(queue), n);
        record_queue_drop(queue);
    }
    record_queue_free(queue);
    record_queue_free(NULL);
}

static void *pushing(void *queue)
{
    for (uint32_t n = 0; n < MESSAGES;) {
        if (push(queue, n)) {
            n++;
        } else {
            (void)sched_yield();
        }
    }
    return NULL;
}

static void test_two_threads(void **state)
{
    (void)state;
    record_queue *queue = record_queue_new(8192);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, pushing, queue), 0);
    for (uint32_t n = 0; n < MESSAGES;) {
        const void *message = record_queue_front(queue);
        if (message != NULL) {
            check(message, n++);
            record_queue_drop(queue);
        } else {
            (void)sched_yield();
        }
    }
    pthread_join(thread, NULL);
    assert_null(record_queue_front(queue));
    record_queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_full_and_empty),
                                       cmocka_unit_test(test_two_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
