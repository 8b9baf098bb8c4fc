/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is given back all at once. */
#include "clinic/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A model is about 300 kB in some thousand pieces: few blocks, little waste. */
#define BLOCK_BYTES 32768u

struct myo_arena_block {
    myo_arena_block *next;
    size_t used;
    size_t room;
    alignas(max_align_t) unsigned char data[];
};

static myo_arena_block *new_block(size_t size)
{
    size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    if (room > SIZE_MAX - sizeof(myo_arena_block)) {
        return NULL;
    }
    myo_arena_block *block = calloc(1, sizeof *block + room);
    if (block != NULL) {
        block->room = room;
    }
    return block;
}

void *myo_arena_alloc(myo_arena *arena, size_t size)
{
    size_t step = alignof(max_align_t);
    if (size > SIZE_MAX - step) {
        return NULL;
    }
    size = (size + step - 1) / step * step;
    if (arena->head == NULL || arena->head->room - arena->head->used < size) {
        myo_arena_block *block = new_block(size);
        if (block == NULL) {
            return NULL;
        }
        block->next = arena->head;
        arena->head = block;
    }
    void *piece = arena->head->data + arena->head->used;
    arena->head->used += size;
    return piece;
}

char *myo_arena_copy(myo_arena *arena, const char *text, size_t length)
{
    char *copy = myo_arena_alloc(arena, length + 1);
    if (copy != NULL && length > 0) {
        memcpy(copy, text, length);
    }
    return copy;
}

void myo_arena_free(myo_arena *arena)
{
    while (arena->head != NULL) {
        myo_arena_block *next = arena->head->next;
        free(arena->head);
        arena->head = next;
    }
}

bool myo_bag_push(myo_arena *arena, myo_bag *bag, void *item)
{
    if (bag->count == bag->room) {
        size_t room = bag->room == 0 ? 16 : 2 * bag->room;
        void **items = myo_arena_alloc(arena, room * sizeof *items);
        if (items == NULL) {
            return false;
        }
        if (bag->count > 0) {
            memcpy(items, bag->item, bag->count * sizeof *items);
        }
        bag->item = items;
        bag->room = room;
    }
    bag->item[bag->count++] = item;
    return true;
}
