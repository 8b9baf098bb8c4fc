/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of any length from one thread to another, lock-free and in order. Private to io/record/.
 *
 * One thread pushes, one takes. Neither ever waits; both sides are real-time safe.
 */
#ifndef MYO_IO_RECORD_QUEUE_H
#define MYO_IO_RECORD_QUEUE_H

#include "myotwitch/api.h"

typedef struct record_queue record_queue;

/** At least @p bytes of room, all of it touched. NULL on lack of memory. */
record_queue *record_queue_new(size_t bytes);

/** Copies @p head and then @p body as one message. False, and nothing is pushed, if there is no room
 *  for both. The pushing thread. */
MYO_RT bool record_queue_push(record_queue *queue, const void *head, size_t head_bytes,
                              const void *body, size_t body_bytes);

/** The oldest message, aligned to 16 bytes, valid until it is dropped; NULL if there is none. The
 *  taking thread. */
MYO_RT const void *record_queue_front(record_queue *queue);
MYO_RT void record_queue_drop(record_queue *queue);

/** Share of the room that is free, 0..1; may be out of date at once. Any thread. */
double record_queue_room(const record_queue *queue);

void record_queue_free(record_queue *queue);

#endif
