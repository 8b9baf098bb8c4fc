/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular files by position, pipes by poll(): FFmpeg's own way of reading a pipe cannot be interrupted
 * while nobody writes. */
#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t pipe_read(const myo_bytes *bytes, void *to, size_t size)
{
    struct pollfd wait = {.fd = bytes->file, .events = POLLIN};
    int ready = 0;
    do {
        ready = poll(&wait, 1, (int)(bytes->patience_s * 1000.0));
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) {
        errno = ETIMEDOUT;
    }
    return ready > 0 ? read(bytes->file, to, size) : -1;
}

static ssize_t raw_read(const myo_bytes *bytes, void *to, size_t size)
{
    return bytes->size < 0 ? pipe_read(bytes, to, size)
                           : pread(bytes->file, to, size, bytes->position);
}

/* The position counts what was handed out; of a pipe, the head has been taken out already. */
ssize_t myo_bytes_read(myo_bytes *bytes, void *to, size_t size)
{
    ssize_t got = 0;
    if (bytes->position < (int64_t)bytes->head_size) {
        size_t left = bytes->head_size - (size_t)bytes->position;
        got = (ssize_t)(left < size ? left : size);
        memcpy(to, bytes->head + bytes->position, (size_t)got);
    } else {
        got = raw_read(bytes, to, size);
    }
    bytes->position += got > 0 ? got : 0;
    return got;
}

bool myo_bytes_at(const myo_bytes *bytes, int64_t offset, void *to, size_t size)
{
    uint8_t *next = to;
    if (offset < 0 || bytes->size < 0 || (int64_t)size > bytes->size ||
        offset > bytes->size - (int64_t)size) {
        return false;
    }
    while (size > 0) {
        ssize_t got = pread(bytes->file, next, size, offset);
        if (got <= 0) {
            return false;
        }
        next += got;
        offset += got;
        size -= (size_t)got;
    }
    return true;
}

static myo_status head_read(myo_bytes *bytes, myo_why *why)
{
    size_t filled = 0;
    ssize_t got = 1;
    while (got > 0 && filled < sizeof bytes->head) {
        got = bytes->size < 0 ? pipe_read(bytes, bytes->head + filled, sizeof bytes->head - filled)
                              : pread(bytes->file, bytes->head + filled,
                                      sizeof bytes->head - filled, (off_t)filled);
        filled += got > 0 ? (size_t)got : 0;
    }
    bytes->head_size = filled;
    if (got < 0) {
        return myo_why_set(why, MYO_ERR_READ, "byte %zu: %s", filled, strerror(errno));
    }
    return filled > 0 ? MYO_OK : myo_why_set(why, MYO_ERR_EMPTY, "the file is empty");
}

static myo_status file_check(myo_bytes *bytes, myo_why *why)
{
    struct stat about;
    if (fstat(bytes->file, &about) != 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "cannot be looked at: %s", strerror(errno));
    }
    if (!S_ISREG(about.st_mode) && !S_ISFIFO(about.st_mode)) {
        return myo_why_set(why, MYO_ERR_OPEN, "is neither a regular file nor a pipe");
    }
    bytes->size = S_ISREG(about.st_mode) ? about.st_size : -1;
    return MYO_OK;
}

myo_status myo_bytes_open(const char *path, double patience_s, myo_bytes *bytes, myo_why *why)
{
    *bytes = (myo_bytes){.patience_s = patience_s > 0.0 ? patience_s : 10.0};
    /* O_NONBLOCK: or opening a pipe would wait for its writer without end. */
    bytes->file = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                         : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (bytes->file < 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    }
    myo_status status = file_check(bytes, why);
    if (status == MYO_OK) {
        status = head_read(bytes, why);
    }
    if (status != MYO_OK) {
        myo_bytes_close(bytes);
    }
    return status;
}

void myo_bytes_close(myo_bytes *bytes)
{
    if (bytes->file >= 0) {
        (void)close(bytes->file);
    }
    bytes->file = -1;
}
