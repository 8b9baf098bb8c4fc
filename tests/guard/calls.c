/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts locks, clock readings and system calls between guard_enter and guard_leave.
 *
 * Locks and clocks that need no system call are seen by standing in their place; system calls by the
 * kernel's syscall user dispatch: while the selector says BLOCK, the kernel turns a system call into
 * SIGSYS. The handler counts it, lifts the block, and steps back so that the call is made after
 * all; hence one section counts its first system call only. */
#include "guard.h"
#include "private.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <ucontext.h>

/* <linux/prctl.h>; older C libraries do not name them. */
#define SET_SYSCALL_USER_DISPATCH 59
#define DISPATCH_ON               1
#define SELECTOR_ALLOW            0
#define SELECTOR_BLOCK            1

static _Thread_local volatile char selector = SELECTOR_ALLOW; /* read by the kernel */
static _Thread_local volatile sig_atomic_t inside;
static long violations;
static char first[64];

void guard_report(const char *name)
{
    if (!inside) {
        return;
    }
    if (violations == 0) {
        strncpy(first, name, sizeof first - 1);
    }
    violations++;
}

/* Runs between two instructions of the watched code: touches only what it owns. */
static void on_system_call(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    selector = SELECTOR_ALLOW; /* before anything else: returning is a system call too */
    int number = info->si_syscall;
    char name[] = "system call ....";
    for (int i = 0; i < 4; i++, number /= 10) {
        name[sizeof name - 2 - (size_t)i] = (char)('0' + number % 10);
    }
    guard_report(name);
    mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
#if defined(__x86_64__)
    machine->gregs[REG_RIP] -= 2; /* length of the instruction `syscall` */
#elif defined(__aarch64__)
    machine->pc -= 4;
#else
#error "how long is a system call instruction here?"
#endif
}

bool guard_init(void)
{
    struct sigaction action = {.sa_sigaction = on_system_call, .sa_flags = SA_SIGINFO};
    violations = 0;
    first[0] = '\0';
    return sigaction(SIGSYS, &action, NULL) == 0 &&
           prctl(SET_SYSCALL_USER_DISPATCH, DISPATCH_ON, 0L, 0L, &selector) == 0;
}

void guard_enter(void)
{
    inside = 1;
    selector = SELECTOR_BLOCK;
}

void guard_leave(void)
{
    selector = SELECTOR_ALLOW;
    inside = 0;
}

long guard_violations(void)
{
    return violations;
}

const char *guard_first_violation(void)
{
    return first;
}

/* STAND_IN(result, name, parameters, arguments): reports, then calls the function of that name that
 * comes after this library. */
#define STAND_IN(result, name, parameters, arguments)                                              \
    result name parameters                                                                         \
    {                                                                                              \
        guard_report(#name);                                                                       \
        result(*next) parameters = NULL;                                                           \
        void *found = dlsym(RTLD_NEXT, #name);                                                     \
        memcpy(&next, &found, sizeof next);                                                        \
        return next arguments;                                                                     \
    }

STAND_IN(int, pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))
STAND_IN(int, pthread_mutex_trylock, (pthread_mutex_t * mutex), (mutex))
STAND_IN(int, pthread_cond_wait, (pthread_cond_t * cond, pthread_mutex_t *mutex), (cond, mutex))
STAND_IN(int, pthread_cond_signal, (pthread_cond_t * cond), (cond))
STAND_IN(int, pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))
STAND_IN(int, pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))
STAND_IN(int, sem_wait, (sem_t * semaphore), (semaphore))
STAND_IN(int, sem_post, (sem_t * semaphore), (semaphore))
STAND_IN(int, clock_gettime, (clockid_t clock, struct timespec *now), (clock, now))
STAND_IN(time_t, time, (time_t * now), (now))
STAND_IN(int, vfprintf, (FILE * file, const char *format, va_list list), (file, format, list))
STAND_IN(int, vsnprintf, (char *text, size_t size, const char *format, va_list list),
         (text, size, format, list))
