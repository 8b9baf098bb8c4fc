/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Libraries that are loaded when they are first needed: linked the usual way each start of the program
 * pays for what most runs never use, in time and in memory. */
#ifndef MYO_IO_LATE_H
#define MYO_IO_LATE_H

#include "why.h"

/** A function by name, and where its address goes in the table. A list ends with {NULL, 0}. */
typedef struct {
    const char *name;
    size_t offset;
} myo_late_entry;

/** Fills @p table from the shared library @p library (its file's name), which stays loaded. @p of says
 *  what it belongs to. MYO_ERR_UNSUPPORTED: it is not installed, or is another version. Any thread. */
myo_status myo_late_load(void *table, const char *library, const char *of,
                         const myo_late_entry *entries, myo_why *why);

#endif
