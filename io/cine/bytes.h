/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of one file or pipe, with a limit on how long a pipe may keep silent. Private to io/cine. */
#ifndef MYO_IO_CINE_BYTES_H
#define MYO_IO_CINE_BYTES_H

#include "signal/why.h"

#include <sys/types.h>

/** What is looked at to tell the kind of a file. */
enum { MYO_BYTES_HEAD = 1024 };

typedef struct {
    int file;
    int64_t size;     /**< -1: a pipe */
    int64_t position; /**< of the next byte that myo_bytes_read hands out */
    double patience_s;
    uint8_t head[MYO_BYTES_HEAD];
    size_t
        head_size; /**< bytes in head: all that came, where there are fewer than MYO_BYTES_HEAD */
} myo_bytes;

/** Opens a regular file, a pipe, or standard input ("-"), and reads its head. Directories, devices and
 *  sockets are refused. MYO_ERR_OPEN, MYO_ERR_READ, MYO_ERR_EMPTY. */
myo_status myo_bytes_open(const char *path, double patience_s, myo_bytes *bytes, myo_why *why);

/** Up to @p size bytes from the position on; 0 at the end, -1 with errno, which is ETIMEDOUT after
 *  patience_s of silence. */
ssize_t myo_bytes_read(myo_bytes *bytes, void *to, size_t size);

/** Exactly @p size bytes at @p offset of a regular file; false if they are not there. The position
 *  stays. */
bool myo_bytes_at(const myo_bytes *bytes, int64_t offset, void *to, size_t size);

void myo_bytes_close(myo_bytes *bytes);

#endif
