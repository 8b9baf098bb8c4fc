/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scalar reference of the kernels on hops: what every other must equal bit by bit. */
#include "emg/octet_kern.h"

#include "core/minmax.h"

static void gather(myo_floor_sums *sums, const myo_hop_row *row, size_t slot, size_t lane)
{
    for (int band = 0; band < MYO_LANE_COUNT; band++) {
        sums->sum[band][lane] += (double)row->energy[band][lane];
    }
    sums->five[slot][lane] = (double)row->energy[MYO_LANE_DETECT][lane];
    sums->hops[lane] += 1.0;
    if (sums->hops[lane] >= 5.0) {
        double five = sums->five[0][lane] + sums->five[1][lane];
        five = five + sums->five[2][lane] + sums->five[3][lane] + sums->five[4][lane];
        sums->five_most[lane] = myo_greater(sums->five_most[lane], five);
    }
}

/* Energy of the hop that may be muscle. */
static double muscle_energy(const myo_windows *windows, const float energy[][MYO_OCTET],
                            size_t lane)
{
    const double low = (double)energy[MYO_LANE_LOW][lane];
    const double leak = myo_greater(MYO_LOW_LEAK * (low - windows->low_noise[lane]), 0.0);
    return myo_greater((double)energy[MYO_LANE_DETECT][lane] - leak, 0.0);
}

/* The burst goes on by one hop. Returns whether it is over. */
static bool follow(myo_followed *f, const double sum[MYO_WINDOW_COUNT], size_t hop, size_t lane)
{
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        f->strength[lane] = myo_greater(f->strength[lane], sum[k] / f->limit[k][lane]);
    }
    if (sum[1] > f->end_ten[lane] && sum[3] > f->end_twentyfive[lane]) {
        f->active_at[lane] = (double)hop;
    }
    f->highest[lane] = myo_greater(f->highest[lane], sum[1]);
    const bool tall = sum[1] > f->weak_share * f->highest[lane];
    if (tall || (sum[1] > f->weak_ten[lane] && sum[3] > f->weak_twentyfive[lane])) {
        f->strong_at[lane] = (double)hop;
    }
    if ((double)hop - f->high_at[lane] == f->patience + 1.0) {
        f->rest_at[lane] = myo_lesser(f->rest_at[lane], f->high_at[lane]);
    }
    if (sum[1] > f->high_ten[lane] && (tall || sum[3] > f->high_twentyfive[lane])) {
        f->high_at[lane] = (double)hop;
    }
    return (double)hop - f->active_at[lane] > f->patience ||
           (double)hop - f->strong_at[lane] > f->weak_patience ||
           (double)hop - f->rest_at[lane] > f->glow_patience;
}

/* Each sum from shorter ones, so that sums never drift. */
static bool slide(myo_board *board, const float energy[][MYO_OCTET], size_t hop, size_t lane)
{
    myo_windows *w = &board->windows;
    double sum[MYO_WINDOW_COUNT];
    w->score[hop % 5][lane] = muscle_energy(w, energy, lane);
    sum[0] = w->score[0][lane] + w->score[1][lane];
    sum[0] = sum[0] + w->score[2][lane] + w->score[3][lane] + w->score[4][lane];
    sum[1] = sum[0] + w->five[(hop - 5) % MYO_BACK_FIVE][lane];
    sum[2] = sum[1] + w->five[(hop - 10) % MYO_BACK_FIVE][lane];
    sum[3] = sum[2] + w->five[(hop - 15) % MYO_BACK_FIVE][lane];
    sum[3] = sum[3] + w->five[(hop - 20) % MYO_BACK_FIVE][lane];
    sum[4] = sum[3] + w->twentyfive[(hop - 25) % MYO_BACK_TWENTYFIVE][lane];
    sum[5] = sum[4] + w->fifty[(hop - 50) % MYO_BACK_FIFTY][lane];
    w->five[hop % MYO_BACK_FIVE][lane] = sum[0];
    w->twentyfive[hop % MYO_BACK_TWENTYFIVE][lane] = sum[3];
    w->fifty[hop % MYO_BACK_FIFTY][lane] = sum[4];
    if (board->followed.channels >> lane & 1u) {
        return follow(&board->followed, sum, hop, lane);
    }
    bool over = false;
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        over = over || sum[k] > w->limit[k][lane];
    }
    return over;
}

unsigned MYO_OCTET_NAME(slide)(myo_board *board, unsigned used)
{
    unsigned over = 0;
    for (size_t lane = 0; used >> lane != 0; lane++) {
        const size_t hop = (size_t)(board->rows.end - 1);
        over |= slide(board, myo_board_last(board)->energy, hop, lane) ? 1u << lane : 0u;
    }
    return over;
}

unsigned MYO_OCTET_NAME(gather)(myo_board *board, const myo_hop_row *row, const uint8_t *flags,
                                unsigned used)
{
    const size_t slot = (size_t)(board->rows.end % 5);
    unsigned whole = 0;
    myo_hop_push(&board->rows, row, flags);
    for (size_t lane = 0; used >> lane != 0; lane++) {
        gather(&board->floor.sums, row, slot, lane);
        whole |= board->floor.sums.hops[lane] >= board->floor.sums.block_hops ? 1u << lane : 0u;
    }
    return whole;
}

size_t MYO_OCTET_NAME(hops)(myo_board *board, const myo_hop_row *rows,
                            const uint8_t (*flags)[MYO_OCTET], size_t count, unsigned used,
                            unsigned *whole, unsigned *over)
{
    size_t done = 0;
    *whole = *over = 0;
    while (done < count && *whole == 0 && *over == 0) {
        *whole = MYO_OCTET_NAME(gather)(board, &rows[done], flags[done], used);
        *over = *whole == 0 ? MYO_OCTET_NAME(slide)(board, used) : 0;
        done++;
    }
    return done;
}
