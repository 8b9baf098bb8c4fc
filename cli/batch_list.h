/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recordings in trees of files, in an order that depends on nothing but their names. */
#ifndef MYO_CLI_BATCH_LIST_H
#define MYO_CLI_BATCH_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *path;    /**< to open it */
    char *name;    /**< below its tree; of several trees, with the tree's own name in front */
    char *version; /**< text that changes when the file or one that belongs to it does: size, time
                        of change to the nanosecond, hash of the first and last 4096 bytes */
    int64_t bytes; /**< of the file and those that belong to it */
} batch_recording;

/** Zero-initialise. */
typedef struct {
    batch_recording *items;
    size_t count;
    size_t passed_over; /**< files that are no recordings */
    bool partial;       /**< a folder below a tree could not be read */
} batch_list;

/** Decides by name whether to take a file; NULL takes all. */
typedef bool batch_filter(const char *name, const void *context);

/** Collects what is a recording by its content, or claims to be one by its name, in @p trees (or
 *  single files), sorted by the bytes of the names. What begins with a dot, tables (.tsv, .json) and
 *  lists of marks (.vmrk, -events.txt) are passed over; links are followed; the folder @p except is not
 *  entered, nor a folder again from within it. A link to nothing is taken by its name. Reports on standard error what
 *  cannot be read. @returns false if a tree cannot be, two recordings have one name, or memory is out. */
bool batch_list_make(batch_list *list, int count, char **trees, const char *except,
                     batch_filter *filter, const void *context);

void batch_list_free(batch_list *list);

/** 64-bit FNV-1a of @p size bytes, going on from @p hash; start with BATCH_HASH_START.
 *  http://www.isthe.com/chongo/tech/comp/fnv/ */
#define BATCH_HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t batch_hash(uint64_t hash, const void *bytes, size_t size);

#endif
