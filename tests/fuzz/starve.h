/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes one call of what is tried fail: an allocation, or a call to the system that opens, asks about or reads a
 * file. The linker leads the calls of the readers here (--wrap), those of the target itself and of foreign libraries
 * go where they always went (CMakeLists.txt). */
#ifndef MYO_TEST_STARVE_H
#define MYO_TEST_STARVE_H

#include <stdbool.h>

typedef enum {
    STARVE_MEMORY, /* malloc, calloc, realloc, strdup: ENOMEM; a piece of the arena */
    STARVE_OPEN,   /* open, fdopen: EMFILE */
    STARVE_ASK,    /* fstat: EIO */
    STARVE_READ,   /* read, pread: EIO */
    STARVE_KINDS
} starve_kind;

/** From now on the @p at-th call of this kind fails, counted from 1. */
void starve_begin(starve_kind kind, long at);

/** None fails any more; whether that call was reached. */
bool starve_end(void);

#endif
