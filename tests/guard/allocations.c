/* SPDX-License-Identifier: GPL-3.0-or-later */
/* malloc and its kin: counted, reported, and made to fail; the C library's own do the work. */
#include "guard.h"
#include "private.h"

#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* glibc's names for the functions that stand behind malloc. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

#define CALLER __builtin_return_address(0)

/* Atomic as threads of the test program may allocate; the counts order nothing else. */
static atomic_long tried, fail_at, blocks;

/* Where the program itself lies, without its shared libraries. */
static uintptr_t program_begin, program_end;

static int take_program(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0) {
            program_begin = info->dlpi_addr + part->p_vaddr;
            program_end = program_begin + part->p_memsz;
        }
    }
    return 1; /* the program comes first: no more */
}

void guard_fail_allocation(long n)
{
    if (program_end == 0) {
        dl_iterate_phdr(take_program, NULL);
    }
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

static bool refuse(const char *name, const void *caller)
{
    guard_report(name);
    uintptr_t place = (uintptr_t)caller;
    if (place < program_begin || place >= program_end) {
        return false;
    }
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
    return refuse("malloc", CALLER) ? NULL : given(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return refuse("calloc", CALLER) ? NULL : given(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
    if (refuse("realloc", CALLER)) {
        return NULL;
    }
    void *larger = __libc_realloc(block, size);
    return block == NULL ? given(larger) : larger;
}

void *memalign(size_t alignment, size_t size)
{
    return refuse("memalign", CALLER) ? NULL : given(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return refuse("aligned_alloc", CALLER) ? NULL : given(__libc_memalign(alignment, size));
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = refuse("posix_memalign", CALLER) ? NULL : given(__libc_memalign(alignment, size));
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
