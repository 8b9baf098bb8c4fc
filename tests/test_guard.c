/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guard sees what it is for: an allocation, a lock, a clock reading, a system call. */
#include "guard/guard.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

static void *volatile sink; /* keeps the compiler from dropping an unused block */

static void does_nothing(void)
{
}

static void allocates(void)
{
    sink = malloc(16);
}

static void frees(void)
{
    free(sink);
}

static void locks(void)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
}

static void reads_the_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
}

static void calls_the_system(void)
{
    (void)getppid();
}

static void test_counts_each_kind(void **state)
{
    (void)state;
    static const struct {
        void (*act)(void);
        const char *first;
    } rows[] = {
        {does_nothing, ""},
        {allocates, "malloc"},
        {frees, "free"},
        {locks, "pthread_mutex_lock"},
        {reads_the_clock, "clock_gettime"},
        {calls_the_system, "system call "}, /* its number differs by machine */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!guard_init()) {
            skip(); /* the kernel cannot tell of system calls */
        }
        guard_enter();
        rows[i].act();
        guard_leave();
        assert_memory_equal(guard_first_violation(), rows[i].first, strlen(rows[i].first));
        assert_int_equal(guard_violations(), rows[i].first[0] != '\0');
    }
}

static void test_result_of_a_counted_system_call_is_right(void **state)
{
    (void)state;
    pid_t parent = getppid();
    if (!guard_init()) {
        skip();
    }
    guard_enter();
    pid_t watched = getppid();
    guard_leave();
    assert_int_equal(watched, parent);
}

static void test_fails_the_chosen_allocation(void **state)
{
    (void)state;
    long before = guard_blocks();
    guard_fail_allocation(2);
    void *volatile one = malloc(8);
    void *volatile two = malloc(8);
    void *volatile three = calloc(1, 8);
    guard_fail_allocation(0);
    assert_non_null(one);
    assert_null(two);
    assert_non_null(three);
    assert_int_equal(guard_blocks() - before, 2);
    free(one);
    free(three);
    assert_int_equal(guard_blocks(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_each_kind),
        cmocka_unit_test(test_result_of_a_counted_system_call_is_right),
        cmocka_unit_test(test_fails_the_chosen_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
