/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source that is read by a confined process of its own (sandbox.h): a hostile file that breaks its
 * reader breaks only that.
 *
 * The child opens the file, confines itself, and fills two slots of shared memory in turn, one ahead of
 * the caller. What it says is checked here before it is believed. A reader that crashes, asks for too
 * much memory, computes for longer than its file's size can explain, or says nothing for a minute is
 * ended, and the caller gets a status and the reason like for any damaged file.
 */
#ifndef MYO_IO_GUARD_H
#define MYO_IO_GUARD_H

#include "marks.h"
#include "source.h"

typedef struct myo_guard myo_guard;

/** Whether readers get a process of their own: yes, unless the environment says MYOTWITCH_READER=inside
 *  (for debuggers and for counting instructions). */
bool myo_guard_wanted(void);

/** Opens @p path in a child. On success @p info and @p marks are filled. */
myo_status myo_guard_open(const char *path, const myo_source_options *options, myo_guard **guard,
                          myo_source_info *info, myo_marks *marks, myo_why *why);

/** As myo_source_read. */
myo_status myo_guard_read(myo_guard *guard, float *samples, size_t frames, size_t *got,
                          myo_why *why);

void myo_guard_free(myo_guard *guard);

#endif
