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

typedef struct {
    myo_hop_rows rows;
    myo_floors floor;
    myo_windows windows;
} myo_board;

/** A kink of a slow signal puts about 3 % of its low-band energy into the detect band (emg.md 7.6,
 *  motion and QRS: 0.02-0.03); this much is not counted as muscle. */
#define MYO_LOW_LEAK 0.01

/** Pushes a hop and gathers it into the block. Returns a bit for each channel of @p used whose block is
 *  whole. */
MYO_RT typedef unsigned myo_gather_run(myo_board *board, const myo_hop_row *row,
                                       const uint8_t *flags, unsigned used);

/** Slides all windows over the last hop that was pushed. Returns a bit for each channel of
 *  @p used of which a window is over its limit. */
MYO_RT typedef unsigned myo_slide_run(myo_board *board, unsigned used);

/** Both for one hop after the other, until all @p count are done, or the block of a channel of @p used is whole (its bit is in @p whole; the windows have not
 *  slid over that hop), or a window is over its limit (in @p over). Returns how many were pushed. */
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
