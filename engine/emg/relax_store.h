/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Powers of slots and blocks of the last half hour, and what may be asked of them. */
#ifndef MYO_EMG_RELAX_STORE_H
#define MYO_EMG_RELAX_STORE_H

#include "myotwitch/relax.h"

/** Share of a block's or slot's frames that must be usable. */
#define MYO_RELAX_MIN_SHARE 0.25

/** Measured over floor, RMS, below which a muscle is said to be at the floor (emg.md 7.7). */
#define MYO_RELAX_FLOOR_RATIO 1.2

typedef struct {
    uint32_t channels;
    int32_t slot_frames;
    int32_t block_slots;
    int64_t capacity; /* slots that are kept */
    int64_t slots;    /* whole slots so far, gaps included; the oldest kept is slots - capacity */
    int32_t filled;   /* frames in the running slot */
    double *sum;      /* [channel], of squares in the running slot */
    int32_t *used;    /* [channel], frames in it; negative = the slot is spoiled */
    float *power;     /* [channel][capacity], mean square */
    uint8_t *share;   /* [channel][capacity], usable frames in 1/255 */
    double *floor;    /* [channel], mean square of the amplifier's noise */
} myo_relax_store;

myo_status myo_relax_store_new(const myo_relax_config *config, myo_relax_store *store);
void myo_relax_store_free(myo_relax_store *store);
MYO_RT void myo_relax_store_reset(myo_relax_store *store);

/** Takes one frame; true when it completed a slot. */
MYO_RT bool myo_relax_store_push(myo_relax_store *store, const float *frame, bool leave_out);

MYO_RT void myo_relax_store_gap(myo_relax_store *store, int64_t frames);
MYO_RT void myo_relax_store_exclude(myo_relax_store *store, uint32_t channel, int64_t from,
                                    int64_t to);

/** First and one past the last whole slot inside @p span that is kept. */
MYO_RT void myo_relax_store_range(const myo_relax_store *store, const myo_span *span,
                                  int64_t *first, int64_t *end);

/** Mean square of slots [first, first + count); false when too little of it is usable. */
MYO_RT bool myo_relax_store_power(const myo_relax_store *store, uint32_t channel, int64_t first,
                                  int64_t count, double *power);

/** Half the logarithm of the power less the floor. */
MYO_RT double myo_relax_store_log(const myo_relax_store *store, uint32_t channel, double power);

/** Log RMS of every usable block of @p span in @p values, which has room for all that is kept;
 *  returns how many; blocks that are not usable are counted in @p missing. */
MYO_RT size_t myo_relax_store_blocks(const myo_relax_store *store, uint32_t channel,
                                     const myo_span *span, double *values, int64_t *missing);

#endif
