/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The confined side: opens the recording and fills slots until nobody asks any more. */
#include "guard_share.h"

#include "reader.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The coverage build counts what children ran, too. */
extern void __gcov_dump(void) __attribute__((weak)); // NOLINT(*-reserved-identifier,cert-dcl*)

static _Noreturn void end(void)
{
    if (__gcov_dump != NULL) {
        __gcov_dump();
    }
    _exit(0);
}

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

/* What the program does on a signal is not for its reader to do. The terminal's Ctrl-C and
 * its hang-up are for the program, which ends this process by closing the link. */
static void signals_leave(void)
{
    struct sigaction usual = {.sa_handler = SIG_DFL}, ignore = {.sa_handler = SIG_IGN};
    for (int number = 1; number < NSIG; number++) {
        (void)sigaction(number, &usual, NULL);
    }
    (void)sigaction(SIGINT, &ignore, NULL);
    (void)sigaction(SIGHUP, &ignore, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
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
    signals_leave();
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
    end();
}
