/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the guard tell each other. */
#ifndef MYO_TESTS_GUARD_PRIVATE_H
#define MYO_TESTS_GUARD_PRIVATE_H

/** Counts one violation when this thread is between guard_enter and guard_leave. */
void guard_report(const char *name);

#endif
