/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What up to eight channels keep from hop to hop, side by side, so that kernels can do what every hop
 * of every channel needs: add it up for the noise floor, and slide the windows over it. */
#ifndef MYO_EMG_BOARD_H
#define MYO_EMG_BOARD_H

#include "emg/floor_lanes.h"
#include "emg/ring.h"
#include "emg/threshold.h"

/* As many sums of each kind are kept as the longest window looks back. */
enum { MYO_BACK_FIVE = 32, MYO_BACK_TWENTYFIVE = 32, MYO_BACK_FIFTY = 64 };

/** The windows of the detector, see threshold.h: the last sums over 5, 25 and 50 hops, by hop. */
typedef struct {
    MYO_ALIGNED myo_lanes five[MYO_BACK_FIVE];
    myo_lanes twentyfive[MYO_BACK_TWENTYFIVE];
    myo_lanes fifty[MYO_BACK_FIFTY];
    myo_lanes score[5];                /**< energies of the last five hops, by hop modulo 5 */
    myo_lanes limit[MYO_WINDOW_COUNT]; /**< thresholds as energy */
    myo_lanes low_noise;               /**< energy in the low band that leaks nothing */
} myo_windows;

/** Channels in a burst that does nothing but go on. What the detector keeps of it from hop to hop is kept here. */
typedef struct {
    MYO_ALIGNED myo_lanes limit[MYO_WINDOW_COUNT]; /**< at which a burst opens */
    myo_lanes strength;                            /**< largest sum over its limit so far */
    myo_lanes active_at;                           /**< last hop in which the burst was active */
    myo_lanes end_ten,
        end_twentyfive;  /**< it is active where the sums of 10 and of 25 hops are above */
    myo_lanes highest;   /**< sum of 10 hops so far */
    myo_lanes strong_at; /**< last hop in which it was more than a weak rest of itself: */
    myo_lanes weak_ten, weak_twentyfive; /**< above both of these sums */
    myo_lanes high_ten,
        high_twentyfive; /**< the same, or those of the ground it stands on, if higher */
    myo_lanes
        high_at; /**< last hop in which the sum of 10 was above high_ten, and above its share or the other */
    myo_lanes rest_at;    /**< the first such hop that none followed for more than the patience */
    double weak_share;    /**< or above this share of the highest of 10 hops */
    double patience;      /**< it is over when it was not active for more hops than these, */
    double weak_patience; /**< or not strong for more than these, */
    double glow_patience; /**< or may be if it rested more than these ago */
    unsigned channels;    /**< bit of each */
} myo_followed;

typedef struct {
    myo_hop_rows rows;
    myo_floors floor;
    myo_windows windows;
    myo_followed followed;
} myo_board;

/** A kink of a slow signal puts about 3 % of its low-band energy into the detect band (emg.md 7.6,
 *  motion and QRS: 0.02-0.03); this much is not counted as muscle. */
#define MYO_LOW_LEAK 0.01

/** Pushes a hop and gathers it into the block. Returns a bit for each channel of @p used whose block is
 *  whole. */
MYO_RT typedef unsigned myo_gather_run(myo_board *board, const myo_hop_row *row,
                                       const uint8_t *flags, unsigned used);

/** Slides all windows over the last hop that was pushed. Returns a bit for each channel of
 *  @p used that is to be asked: a window is over its limit, or, where a burst is followed, that one is over. */
MYO_RT typedef unsigned myo_slide_run(myo_board *board, unsigned used);

/** Both for one hop after the other, until all @p count are done, or the block of a channel of @p used is whole (its bit is in @p whole; the windows have not
 *  slid over that hop), or a channel is to be asked (in @p over). Returns how many were pushed. */
MYO_RT typedef size_t myo_hops_run(myo_board *board, const myo_hop_row *rows,
                                   const uint8_t (*flags)[MYO_OCTET], size_t count, unsigned used,
                                   unsigned *whole, unsigned *over);

/** The row that was pushed last. */
static inline const myo_hop_kept *myo_board_last(const myo_board *board)
{
    const myo_hop_rows *rows = &board->rows;
    return &rows->kept[rows->at == 0 ? rows->capacity - 1 : rows->at - 1];
}

#endif
