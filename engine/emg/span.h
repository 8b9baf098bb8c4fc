/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stretch of hops that share a flag, pauses bridged: a gap, a time at the rail, a stimulus train. */
#ifndef MYO_EMG_SPAN_H
#define MYO_EMG_SPAN_H

#include "myotwitch/api.h"

typedef struct {
    int64_t bridge_hops; /**< pauses up to this long belong to it */
    int64_t max_hops;    /**< longer ones are told in pieces */
    bool open;
    int64_t first, last; /**< first and last hop with the flag */
    int64_t skipped;     /**< hops within it that do not count towards max_hops */
    int64_t count;       /**< hops with the flag */
    double size;         /**< the largest */
} myo_span;

static inline void myo_span_touch(myo_span *span, int64_t hop, double size)
{
    if (!span->open) {
        span->open = true;
        span->first = hop;
        span->count = 0;
        span->skipped = 0;
        span->size = 0.0;
    }
    span->last = hop;
    span->count++;
    span->size = size > span->size ? size : span->size;
}

/** Whether it is complete now; then it is closed and its fields stay readable. While @p whole it is not
 *  told in pieces. */
static inline bool myo_span_ends(myo_span *span, int64_t now_hop, bool whole)
{
    const bool too_long = !whole && now_hop - span->first - span->skipped >= span->max_hops;
    if (!span->open || (now_hop - span->last <= span->bridge_hops && !too_long)) {
        return false;
    }
    span->open = false;
    return true;
}

#endif
