/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two sides of a guarded source share. Private to guard.c and guard_child.c. */
#ifndef MYO_IO_GUARD_SHARE_H
#define MYO_IO_GUARD_SHARE_H

#include "source.h"

/* One channel gets 33 s at 2 kHz in a slot, 256 channels 256 frames. */
enum { GUARD_SLOTS = 2, GUARD_SLOT_SAMPLES = 65536 };

typedef struct {
    myo_status status;
    size_t got;
    myo_why why;
    float samples[GUARD_SLOT_SAMPLES];
} guard_slot;

/** In memory that both processes see. The marks follow, through the link, the word that the file is
 *  open. */
typedef struct {
    myo_status status; /**< of opening */
    myo_why why;
    myo_source_info info;
    size_t marks;
    guard_slot slot[GUARD_SLOTS];
} guard_share;

/** The child: never returns. One byte from @p link is leave to fill the next slot, one byte into it
 *  says that it is filled. */
_Noreturn void guard_child_run(guard_share *share, const char *path,
                               const myo_source_options *options, int link);

#endif
