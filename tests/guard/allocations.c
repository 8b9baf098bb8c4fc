/* SPDX-License-Identifier: GPL-3.0-or-later */
/* malloc and its kin: counted, reported, and made to fail; the C library's own do the work. */
#include "guard.h"
#include "private.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

/* glibc's names for the functions that stand behind malloc. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

/* Atomic as threads of the test program may allocate; the counts order nothing else. */
static atomic_long tried, fail_at, blocks;

void guard_fail_allocation(long n)
{
    atomic_store(&tried, 0);
    atomic_store(&fail_at, n);
}

long guard_allocations(void)
{
    return atomic_load(&tried);
}

long guard_blocks(void)
{
    return atomic_load(&blocks);
}

static bool refuse(const char *name)
{
    guard_report(name);
    long number = atomic_fetch_add(&tried, 1) + 1;
    if (number == atomic_load(&fail_at)) {
        errno = ENOMEM;
        return true;
    }
    return false;
}

static void *given(void *block)
{
    if (block != NULL) {
        atomic_fetch_add(&blocks, 1);
    }
    return block;
}

void *malloc(size_t size)
{
    return refuse("malloc") ? NULL : given(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return refuse("calloc") ? NULL : given(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
    if (refuse("realloc")) {
        return NULL;
    }
    void *larger = __libc_realloc(block, size);
    return block == NULL ? given(larger) : larger;
}

void *memalign(size_t alignment, size_t size)
{
    return refuse("memalign") ? NULL : given(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return refuse("aligned_alloc") ? NULL : given(__libc_memalign(alignment, size));
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = refuse("posix_memalign") ? NULL : given(__libc_memalign(alignment, size));
    return *block == NULL ? ENOMEM : 0;
}

void free(void *block)
{
    if (block != NULL) {
        guard_report("free");
        atomic_fetch_sub(&blocks, 1);
    }
    __libc_free(block);
}
