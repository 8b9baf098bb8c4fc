/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection of the remote. */
#include "live/remote_guest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REPLY = 16384, READ = 4096 };

bool remote_guest_begin(remote_guest *guest, int fd, bool events)
{
    *guest = (remote_guest){.fd = fd, .events = events};
    guest->waiting = malloc(REMOTE_WAITING);
    if (guest->waiting == NULL) {
        remote_guest_end(guest);
        return false;
    }
    return true;
}

bool remote_guest_flush(remote_guest *guest)
{
    while (guest->waiting_length > 0) {
        const ssize_t sent =
            send(guest->fd, guest->waiting, guest->waiting_length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        guest->waiting_length -= (size_t)sent;
        memmove(guest->waiting, guest->waiting + sent, guest->waiting_length);
    }
    return true;
}

bool remote_guest_send(remote_guest *guest, const char *bytes, size_t size)
{
    if (size > REMOTE_WAITING - guest->waiting_length) {
        return false;
    }
    memcpy(guest->waiting + guest->waiting_length, bytes, size);
    guest->waiting_length += size;
    return remote_guest_flush(guest);
}

static bool answer(remote_guest *guest, const char *reply)
{
    return remote_guest_send(guest, reply, strlen(reply)) && remote_guest_send(guest, "\n", 1);
}

static bool line_take(remote_guest *guest, myo_desk *desk, const char *run, size_t run_size)
{
    static const char unknown[] = "error: no such command";
    char reply[REPLY];
    guest->line[guest->line_length] = '\0';
    guest->line[strcspn(guest->line, "\r")] = '\0';
    guest->line_length = 0;
    if (strcmp(guest->line, "events") == 0) {
        guest->known = guest->events = true;
        return answer(guest, "ok") && remote_guest_send(guest, run, run_size);
    }
    (void)myo_desk_command(desk, guest->line, reply, sizeof reply);
    if (!guest->known && strncmp(reply, unknown, sizeof unknown - 1) == 0) {
        (void)answer(guest, reply);
        return false; /* a browser, or somebody else who is wrong here */
    }
    guest->known = true;
    return answer(guest, reply);
}

static bool bytes_take(remote_guest *guest, const char *bytes, size_t size, myo_desk *desk,
                       const char *run, size_t run_size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n') {
            if (!line_take(guest, desk, run, run_size)) {
                return false;
            }
        } else if (guest->line_length + 1 == sizeof guest->line) {
            (void)answer(guest, "error: the line is too long");
            return false;
        } else {
            guest->line[guest->line_length++] = bytes[i];
        }
    }
    return true;
}

bool remote_guest_hear(remote_guest *guest, myo_desk *desk, const char *run, size_t run_size)
{
    char bytes[READ];
    const ssize_t got = recv(guest->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    return got > 0 && bytes_take(guest, bytes, (size_t)got, desk, run, run_size);
}

void remote_guest_end(remote_guest *guest)
{
    if (guest->fd >= 0) {
        (void)close(guest->fd);
    }
    free(guest->waiting);
    *guest = (remote_guest){.fd = -1};
}
