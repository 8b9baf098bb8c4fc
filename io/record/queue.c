/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of bytes in which every message lies in one piece.
 *
 * Thread safety: `pushed` is written by the pushing thread only, `taken` by the taking thread only; both
 * grow for ever. A message is copied before the release store of `pushed`, whose partner is the
 * acquire load in record_queue_front; it is read before the release store of `taken`, whose partner is
 * the acquire load in record_queue_push.
 */
#include "queue.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16 };

/* Stands before each message; size 0: the rest of the ring is unused, go on at its start. */
typedef struct {
    _Alignas(ALIGNMENT) size_t size; /* with this header, rounded up */
} slot;

struct record_queue {
    unsigned char *ring;
    size_t bytes;
    _Atomic size_t pushed, taken;
};

static size_t rounded(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

record_queue *record_queue_new(size_t bytes)
{
    record_queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL) {
        return NULL;
    }
    queue->bytes = rounded(bytes);
    queue->ring = aligned_alloc(ALIGNMENT, queue->bytes);
    if (queue->ring == NULL) {
        free(queue);
        return NULL;
    }
    memset(queue->ring, 0xFF, queue->bytes); /* pages are there before the first push */
    return queue;
}

static slot *slot_at(const record_queue *queue, size_t position)
{
    return (slot *)(void *)(queue->ring + position % queue->bytes);
}

bool record_queue_push(record_queue *queue, const void *head, size_t head_bytes, const void *body,
                       size_t body_bytes)
{
    size_t size = sizeof(slot) + rounded(head_bytes + body_bytes);
    size_t pushed = atomic_load_explicit(&queue->pushed, memory_order_relaxed);
    size_t taken = atomic_load_explicit(&queue->taken, memory_order_acquire);
    size_t to_end = queue->bytes - pushed % queue->bytes;
    size_t skipped = size <= to_end ? 0 : to_end;
    if (skipped + size > queue->bytes - (pushed - taken)) {
        return false;
    }
    if (skipped > 0) {
        slot_at(queue, pushed)->size = 0;
    }
    slot *place = slot_at(queue, pushed + skipped);
    place->size = size;
    memcpy(place + 1, head, head_bytes);
    if (body_bytes > 0) {
        memcpy((unsigned char *)(place + 1) + head_bytes, body, body_bytes);
    }
    atomic_store_explicit(&queue->pushed, pushed + skipped + size, memory_order_release);
    return true;
}

const void *record_queue_front(record_queue *queue)
{
    size_t taken = atomic_load_explicit(&queue->taken, memory_order_relaxed);
    size_t pushed = atomic_load_explicit(&queue->pushed, memory_order_acquire);
    if (taken == pushed) {
        return NULL;
    }
    if (slot_at(queue, taken)->size == 0) {
        taken += queue->bytes - taken % queue->bytes;
        atomic_store_explicit(&queue->taken, taken, memory_order_release);
    }
    return slot_at(queue, taken) + 1;
}

void record_queue_drop(record_queue *queue)
{
    size_t taken = atomic_load_explicit(&queue->taken, memory_order_relaxed);
    assert(slot_at(queue, taken)->size > 0); /* record_queue_front was asked before */
    atomic_store_explicit(&queue->taken, taken + slot_at(queue, taken)->size, memory_order_release);
}

double record_queue_room(const record_queue *queue)
{
    size_t taken = atomic_load_explicit(&queue->taken, memory_order_acquire);
    size_t pushed = atomic_load_explicit(&queue->pushed, memory_order_acquire);
    return 1.0 - (double)(pushed - taken) / (double)queue->bytes;
}

void record_queue_free(record_queue *queue)
{
    if (queue != NULL) {
        free(queue->ring);
        free(queue);
    }
}
