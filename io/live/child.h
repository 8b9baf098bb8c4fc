/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that does what might hang, flood or crash: this program again, with a hidden command.
 *
 * It dies with the thread that started it. What it writes to standard error is taken off it and only
 * the last few lines are kept; it never waits for a reader.
 */
#ifndef MYO_IO_LIVE_CHILD_H
#define MYO_IO_LIVE_CHILD_H

#include "signal/why.h"

/** Descriptor under which the process finds what was passed to it. */
enum { MYO_CHILD_FD = 3 };

typedef struct myo_child myo_child;

/** Starts @p program (NULL: this program) with @p arguments (argv[0] included, NULL at the end);
 *  @p fd becomes MYO_CHILD_FD. Standard input and output are /dev/null. */
myo_status myo_child_start(const char *program, const char *const *arguments, int fd,
                           myo_child **child, myo_why *why);

/** Takes off what it wrote to standard error, 16 KiB at most a call. */
void myo_child_listen(myo_child *child);

/** The last lines that it wrote, without control characters; "" if there are none. */
const char *myo_child_words(const myo_child *child);

/** Whether it has ended; once it has, @p how (may be NULL) says how: "ended with status 1". */
bool myo_child_ended(myo_child *child, myo_why *how);

int myo_child_id(const myo_child *child);

/** Waits until it has ended, @p patience_ms at most, kills it if it has not, and frees. NULL is
 *  fine. */
void myo_child_end(myo_child *child, int patience_ms);

#endif
