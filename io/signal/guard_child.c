/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The confined side: opens the recording and fills slots until nobody asks any more. */
#include "guard_share.h"

#include "reader.h"
#include "sandbox.h"

#include <string.h>
#include <unistd.h>

/* Whether all went out; the other side may be gone. */
static bool say(int link, const void *bytes, size_t size)
{
    const char *from = bytes;
    while (size > 0) {
        ssize_t sent = write(link, from, size);
        if (sent <= 0) {
            return false;
        }
        from += sent;
        size -= (size_t)sent;
    }
    return true;
}

static void slots_fill(guard_share *share, myo_source *source, int link)
{
    size_t frames = GUARD_SLOT_SAMPLES / share->info.channels;
    char ask = 0;
    for (unsigned next = 0; read(link, &ask, 1) == 1; next = (next + 1) % GUARD_SLOTS) {
        guard_slot *slot = &share->slot[next];
        slot->status = myo_source_read(source, slot->samples, frames, &slot->got, &slot->why);
        if (!say(link, "", 1)) {
            break;
        }
    }
}

_Noreturn void guard_child_run(guard_share *share, const char *path,
                               const myo_source_options *options, int link)
{
    myo_source *source = NULL;
    myo_sandbox_signals();
    share->status = myo_source_open_confined(path, options, &source, &share->why);
    if (share->status == MYO_OK) {
        const myo_mark *marks = myo_source_marks(source, &share->marks);
        share->info = *myo_source_info_get(source);
        if (say(link, "", 1) && say(link, marks, share->marks * sizeof *marks)) {
            slots_fill(share, source, link);
        }
    } else {
        (void)say(link, "", 1);
    }
    myo_sandbox_exit();
}
