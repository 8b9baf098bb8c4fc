/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches one thread for what real-time code must not do, and makes allocations fail on demand.
 *
 * Linked before the C library, so that its functions stand in the place of malloc and its kin for
 * the whole process, libraries included. Not together with a sanitizer that does the same.
 */
#ifndef MYO_TESTS_GUARD_H
#define MYO_TESTS_GUARD_H

#include <stdbool.h>

/** Between enter and leave every allocation, lock, clock reading and system call of this thread is
 *  counted. System calls need a kernel with syscall user dispatch (Linux 5.11): guard_init tells. */
bool guard_init(void);
/** Status of a program of tests that cannot count, which ctest shows as skipped. */
enum { GUARD_CANNOT = 77 };
void guard_enter(void);
void guard_leave(void);

/** What was counted since guard_init, and the name of the first of it ("" if none). */
long guard_violations(void);
const char *guard_first_violation(void);

/** The allocation number @p n from now, counting from 1, returns NULL; 0 = none does. Only those
 *  that the program itself makes count: FFTW ends the program when its planner gets no memory. */
void guard_fail_allocation(long n);

/** Allocations tried since guard_fail_allocation. */
long guard_allocations(void);

/** Blocks that are allocated and not freed, in the whole process. */
long guard_blocks(void);

#endif
