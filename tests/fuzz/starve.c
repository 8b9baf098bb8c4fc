/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands between a reader and what it asks the system for, and now and then says no. */
#include "starve.h"

#include "clinic/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

static starve_kind failing = STARVE_KINDS;
static atomic_long left; /* calls of that kind until one fails */

void starve_begin(starve_kind kind, long at)
{
    atomic_store(&left, at);
    failing = kind;
}

bool starve_end(void)
{
    failing = STARVE_KINDS;
    return atomic_load(&left) <= 0;
}

static bool fails(starve_kind kind, int error)
{
    if (kind != failing || atomic_fetch_sub(&left, 1) != 1) {
        return false;
    }
    errno = error;
    return true;
}

/* The names are the linker's. NOLINTBEGIN(*-reserved-identifier,cert-dcl*) */
extern void *__real_malloc(size_t size);
extern void *__real_calloc(size_t count, size_t size);
extern void *__real_realloc(void *old, size_t size);
extern char *__real_strdup(const char *text);
extern void *__real_myo_arena_alloc(myo_arena *arena, size_t size);
extern int __real_open(const char *path, int flags, ...);
extern FILE *__real_fdopen(int file, const char *mode);
extern int __real_fstat(int file, struct stat *about);
extern ssize_t __real_read(int file, void *bytes, size_t size);
extern ssize_t __real_pread(int file, void *bytes, size_t size, off_t at);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
void *__wrap_myo_arena_alloc(myo_arena *arena, size_t size);
int __wrap_open(const char *path, int flags, ...);
FILE *__wrap_fdopen(int file, const char *mode);
int __wrap_fstat(int file, struct stat *about);
ssize_t __wrap_read(int file, void *bytes, size_t size);
ssize_t __wrap_pread(int file, void *bytes, size_t size, off_t at);

void *__wrap_malloc(size_t size)
{
    return fails(STARVE_MEMORY, ENOMEM) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails(STARVE_MEMORY, ENOMEM) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails(STARVE_MEMORY, ENOMEM) ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
    return fails(STARVE_MEMORY, ENOMEM) ? NULL : __real_strdup(text);
}

void *__wrap_myo_arena_alloc(myo_arena *arena, size_t size)
{
    return fails(STARVE_MEMORY, ENOMEM) ? NULL : __real_myo_arena_alloc(arena, size);
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return fails(STARVE_OPEN, EMFILE) ? -1 : __real_open(path, flags, mode);
}

FILE *__wrap_fdopen(int file, const char *mode)
{
    return fails(STARVE_OPEN, ENOMEM) ? NULL : __real_fdopen(file, mode);
}

int __wrap_fstat(int file, struct stat *about)
{
    return fails(STARVE_ASK, EIO) ? -1 : __real_fstat(file, about);
}

ssize_t __wrap_read(int file, void *bytes, size_t size)
{
    return fails(STARVE_READ, EIO) ? -1 : __real_read(file, bytes, size);
}

ssize_t __wrap_pread(int file, void *bytes, size_t size, off_t at)
{
    return fails(STARVE_READ, EIO) ? -1 : __real_pread(file, bytes, size, at);
}
/* NOLINTEND(*-reserved-identifier,cert-dcl*) */
