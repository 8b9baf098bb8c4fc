/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is given back all at once: what a model or a session is made of. */
#ifndef MYO_CLINIC_ARENA_H
#define MYO_CLINIC_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct myo_arena_block myo_arena_block;

/** Zero-initialise. */
typedef struct {
    myo_arena_block *head;
} myo_arena;

/** @p size zeroed bytes, aligned for anything; NULL when there is no memory. */
void *myo_arena_alloc(myo_arena *arena, size_t size);

/** Copy of the first @p length bytes of @p text, NUL-terminated; NULL when there is no memory. */
char *myo_arena_copy(myo_arena *arena, const char *text, size_t length);

void myo_arena_free(myo_arena *arena);

/** A growing list of pointers. Zero-initialise. */
typedef struct {
    void **item;
    size_t count;
    size_t room;
} myo_bag;

/** False when there is no memory. */
bool myo_bag_push(myo_arena *arena, myo_bag *bag, void *item);

#endif
