/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preloaded into the program: the FAULT_AT-th allocation fails. Children count on from their parent.
 * When it was reached, the file FAULT_REACHED is made, so that a test knows when it tried them all. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

static long fail_at = -1, calls;

__attribute__((constructor)) static void start(void)
{
    const char *at = getenv("FAULT_AT");
    fail_at = at == NULL ? -1 : strtol(at, NULL, 10);
}

static bool fails(void)
{
    if (fail_at < 0 || __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED) != fail_at) {
        return false;
    }
    const char *path = getenv("FAULT_REACHED");
    int file = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT, 0600);
    if (file >= 0) {
        (void)close(file);
    }
    errno = ENOMEM;
    return true;
}

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}
