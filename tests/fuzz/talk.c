/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other programs and pages send to a live session: lines of the remote through a socket, and what a page
 * asks to see. Only the desk's journal and switches are there, no capture process. */
#include "fuzz.h"

#include "live/desk_self.h"
#include "live/remote_guest.h"
#include "web/protocol.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHANNELS = 4, MAX_BYTES = 1 << 15 };

static void answers_check(int end)
{
    char bytes[4096];
    for (ssize_t got; (got = recv(end, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;) {
        FUZZ_MUST(memchr(bytes, 0, (size_t)got) == NULL);
    }
}

/* All lines, in pieces as they would come. */
static void lines_say(myo_desk *desk, const uint8_t *data, size_t size, size_t piece)
{
    int ends[2];
    remote_guest guest;
    FUZZ_MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    FUZZ_MUST(remote_guest_begin(&guest, ends[0], false));
    bool stays = true;
    for (size_t at = 0; stays && at < size;) {
        size_t length = size - at < piece ? size - at : piece;
        FUZZ_MUST(send(ends[1], data + at, length, 0) == (ssize_t)length);
        stays = remote_guest_hear(&guest, desk, "run\n", 4);
        answers_check(ends[1]);
        FUZZ_MUST(guest.line_length < sizeof guest.line);
        at += length;
    }
    remote_guest_end(&guest);
    (void)close(ends[1]);
}

static void view_ask(const char *words)
{
    myo_web_view view = {.id = 77};
    if (!myo_web_read_view(words, CHANNELS, &view)) {
        FUZZ_MUST(view.id == 77);
        return;
    }
    FUZZ_MUST(view.channels <= CHANNELS && view.width >= 1 && view.columns >= 1);
    for (uint32_t c = 0; c < view.channels; c++) {
        FUZZ_MUST(view.channel[c] < CHANNELS);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[MYO_WEB_LINE + 1];
    static myo_desk desk;
    if (size < 1 || size > MAX_BYTES) {
        return 0;
    }
    memset(&desk, 0, sizeof desk);
    desk.info.channels = CHANNELS;
    memcpy(desk.path, "a.nwb", data[0] & 1U ? sizeof "a.nwb" : 0);
    FUZZ_MUST(pthread_mutex_init(&desk.shared, NULL) == 0);
    FUZZ_MUST(myo_journal_new(&desk.journal) == MYO_OK);
    lines_say(&desk, data + 1, size - 1, 1 + data[0] / 2 * 4);
    FUZZ_MUST(atomic_load(&desk.heard) < CHANNELS);
    size_t length = size - 1 < MYO_WEB_LINE ? size - 1 : MYO_WEB_LINE;
    memcpy(text, data + 1, length);
    text[length] = '\0';
    view_ask(text);
    myo_journal_free(desk.journal);
    (void)pthread_mutex_destroy(&desk.shared);
    return 0;
}
