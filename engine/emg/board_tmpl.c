/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The template of the kernels on hops, compiled once for each instruction set: board_ref.c over several
 * channels at once. */
#include "emg/octet_kern.h"

#include "dsp/vec.h"

VEC_INLINE vec five_of(myo_lanes *ring, size_t lane)
{
    return vec_load(ring[0] + lane) + vec_load(ring[1] + lane) + vec_load(ring[2] + lane) +
           vec_load(ring[3] + lane) + vec_load(ring[4] + lane);
}

/* One vector of channels; see octet_ref.c. Returns where the block is whole. */
VEC_INLINE unsigned gather_vector(myo_floor_sums *sums, const myo_hop_row *row, size_t slot,
                                  size_t lane)
{
    _Pragma("GCC unroll 4") for (int band = 0; band < MYO_LANE_COUNT; band++)
    {
        const vec energy = vec_from_floats(row->energy[band] + lane);
        vec_store(sums->sum[band] + lane, vec_load(sums->sum[band] + lane) + energy);
    }
    vec_store(sums->five[slot] + lane, vec_from_floats(row->energy[MYO_LANE_DETECT] + lane));
    const vec hops = vec_load(sums->hops + lane) + vec_all(1.0);
    const vec most = vec_load(sums->five_most + lane);
    vec_store(sums->hops + lane, hops);
    vec_store(sums->five_most + lane,
              vec_choose(vec_exceeds(hops, vec_all(4.5)),
                         vec_greater(most, five_of(sums->five, lane)), most));
    return vec_bits(vec_exceeds(hops, vec_all(sums->block_hops - 0.5)));
}

/* The bursts of one vector of channels go on by one hop; see board_ref.c. Returns where one is over. */
VEC_INLINE unsigned follow_vector(myo_followed *f, const vec sum[MYO_WINDOW_COUNT], size_t hop,
                                  size_t lane)
{
    const vec now = vec_all((double)hop);
    vec most = vec_load(f->strength + lane);
    _Pragma("GCC unroll 6") for (int k = 0; k < MYO_WINDOW_COUNT; k++)
    {
        most = vec_greater(most, sum[k] / vec_load(f->limit[k] + lane));
    }
    const vec_mask active = vec_both(vec_exceeds(sum[1], vec_load(f->end_ten + lane)),
                                     vec_exceeds(sum[3], vec_load(f->end_twentyfive + lane)));
    const vec active_at = vec_choose(active, now, vec_load(f->active_at + lane));
    const vec highest = vec_greater(vec_load(f->highest + lane), sum[1]);
    const vec_mask tall = vec_exceeds(sum[1], vec_all(f->weak_share) * highest);
    const vec_mask loud = vec_both(vec_exceeds(sum[1], vec_load(f->weak_ten + lane)),
                                   vec_exceeds(sum[3], vec_load(f->weak_twentyfive + lane)));
    const vec strong_at = vec_choose(vec_either(tall, loud), now, vec_load(f->strong_at + lane));
    const vec_mask high =
        vec_both(vec_exceeds(sum[1], vec_load(f->high_ten + lane)),
                 vec_either(tall, vec_exceeds(sum[3], vec_load(f->high_twentyfive + lane))));
    const vec high_at = vec_load(f->high_at + lane), rest_at = vec_load(f->rest_at + lane);
    /* By just one hop: a rest is noted once. */
    const vec_mask rested = vec_both(vec_exceeds(now - high_at, vec_all(f->patience)),
                                     vec_exceeds(vec_all(f->patience + 2.0), now - high_at));
    const vec first_rest = vec_choose(rested, vec_lesser(rest_at, high_at), rest_at);
    vec_store(f->strength + lane, most);
    vec_store(f->active_at + lane, active_at);
    vec_store(f->highest + lane, highest);
    vec_store(f->strong_at + lane, strong_at);
    vec_store(f->high_at + lane, vec_choose(high, now, high_at));
    vec_store(f->rest_at + lane, first_rest);
    const vec_mask over = vec_either(vec_exceeds(now - active_at, vec_all(f->patience)),
                                     vec_exceeds(now - strong_at, vec_all(f->weak_patience)));
    return vec_bits(vec_either(over, vec_exceeds(now - first_rest, vec_all(f->glow_patience))));
}

/* One vector of channels; see board_ref.c. Returns those that are to be asked. */
VEC_INLINE unsigned slide_vector(myo_board *board, const float energy[][MYO_OCTET], size_t hop,
                                 size_t slot, size_t lane, bool follows)
{
    myo_windows *w = &board->windows;
    const vec zero = vec_all(0.0);
    const vec low = vec_from_floats(energy[MYO_LANE_LOW] + lane);
    const vec leak =
        vec_greater(vec_all(MYO_LOW_LEAK) * (low - vec_load(w->low_noise + lane)), zero);
    const vec detect = vec_from_floats(energy[MYO_LANE_DETECT] + lane);
    vec sum[MYO_WINDOW_COUNT];
    vec_store(w->score[slot] + lane, vec_greater(detect - leak, zero));
    sum[0] = five_of(w->score, lane);
    vec_store(w->five[hop % MYO_BACK_FIVE] + lane, sum[0]);
    vec_mask over = vec_exceeds(sum[0], vec_load(w->limit[0] + lane));
    sum[1] = sum[0] + vec_load(w->five[(hop - 5) % MYO_BACK_FIVE] + lane);
    over = vec_either(over, vec_exceeds(sum[1], vec_load(w->limit[1] + lane)));
    sum[2] = sum[1] + vec_load(w->five[(hop - 10) % MYO_BACK_FIVE] + lane);
    over = vec_either(over, vec_exceeds(sum[2], vec_load(w->limit[2] + lane)));
    sum[3] = sum[2] + vec_load(w->five[(hop - 15) % MYO_BACK_FIVE] + lane);
    sum[3] += vec_load(w->five[(hop - 20) % MYO_BACK_FIVE] + lane);
    over = vec_either(over, vec_exceeds(sum[3], vec_load(w->limit[3] + lane)));
    vec_store(w->twentyfive[hop % MYO_BACK_TWENTYFIVE] + lane, sum[3]);
    sum[4] = sum[3] + vec_load(w->twentyfive[(hop - 25) % MYO_BACK_TWENTYFIVE] + lane);
    over = vec_either(over, vec_exceeds(sum[4], vec_load(w->limit[4] + lane)));
    vec_store(w->fifty[hop % MYO_BACK_FIFTY] + lane, sum[4]);
    sum[5] = sum[4] + vec_load(w->fifty[(hop - 50) % MYO_BACK_FIFTY] + lane);
    over = vec_either(over, vec_exceeds(sum[5], vec_load(w->limit[5] + lane)));
    if (!follows) {
        return vec_bits(over);
    }
    const unsigned those = board->followed.channels >> lane;
    return (vec_bits(over) & ~those) | (follow_vector(&board->followed, sum, hop, lane) & those);
}

VEC_INLINE unsigned slide_all(myo_board *board, unsigned used, bool follows)
{
    const size_t hop = (size_t)(board->rows.end - 1);
    unsigned over = 0;
    for (size_t lane = 0; used >> lane != 0; lane += WIDTH) {
        over |= slide_vector(board, myo_board_last(board)->energy, hop, hop % 5, lane, follows)
                << lane;
    }
    return over & used;
}

unsigned MYO_OCTET_NAME(slide)(myo_board *board, unsigned used)
{
    return board->followed.channels == 0 ? slide_all(board, used, false)
                                         : slide_all(board, used, true);
}

unsigned MYO_OCTET_NAME(gather)(myo_board *board, const myo_hop_row *row, const uint8_t *flags,
                                unsigned used)
{
    const size_t slot = (size_t)board->rows.end % 5;
    unsigned whole = 0;
    myo_hop_push(&board->rows, row, flags);
    for (size_t lane = 0; used >> lane != 0; lane += WIDTH) {
        whole |= gather_vector(&board->floor.sums, row, slot, lane) << lane;
    }
    return whole & used;
}

/* The hops of one vector, for as long as no block is whole: what every hop changes stays in registers.
 * Ends behind the first hop in which a channel is to be asked. */
VEC_INLINE size_t hops_vector(myo_board *board, const myo_hop_row *rows,
                              const uint8_t (*flags)[MYO_OCTET], size_t count, unsigned used,
                              bool follows, unsigned *over)
{
    myo_floor_sums *sums = &board->floor.sums;
    vec sum[MYO_LANE_COUNT];
    vec held = vec_load(sums->hops), most = vec_load(sums->five_most);
    size_t slot = (size_t)board->rows.end % 5, hop = (size_t)board->rows.end, done = 0;
    _Pragma("GCC unroll 4") for (int band = 0; band < MYO_LANE_COUNT; band++)
    {
        sum[band] = vec_load(sums->sum[band]);
    }
    while (done < count && *over == 0) {
        const myo_hop_row *row = &rows[done];
        myo_hop_push(&board->rows, row, flags[done]);
        _Pragma("GCC unroll 4") for (int band = 0; band < MYO_LANE_COUNT; band++)
        {
            sum[band] += vec_from_floats(row->energy[band]);
        }
        vec_store(sums->five[slot], vec_from_floats(row->energy[MYO_LANE_DETECT]));
        held += vec_all(1.0);
        most = vec_choose(vec_exceeds(held, vec_all(4.5)),
                          vec_greater(most, five_of(sums->five, 0)), most);
        *over = slide_vector(board, row->energy, hop, slot, 0, follows) & used;
        slot = slot == 4 ? 0 : slot + 1;
        hop++;
        done++;
    }
    _Pragma("GCC unroll 4") for (int band = 0; band < MYO_LANE_COUNT; band++)
    {
        vec_store(sums->sum[band], sum[band]);
    }
    vec_store(sums->hops, held);
    vec_store(sums->five_most, most);
    return done;
}

/* Hops before the one with which a block of any channel is whole. */
static size_t before_whole(const myo_floor_sums *sums, unsigned used)
{
    double most = 0.0;
    for (size_t lane = 0; used >> lane != 0; lane++) {
        most = (used >> lane & 1u) && sums->hops[lane] > most ? sums->hops[lane] : most;
    }
    return most + 1.0 < sums->block_hops ? (size_t)(sums->block_hops - most - 1.0) : 0;
}

size_t MYO_OCTET_NAME(hops)(myo_board *board, const myo_hop_row *rows,
                            const uint8_t (*flags)[MYO_OCTET], size_t count, unsigned used,
                            unsigned *whole, unsigned *over)
{
    size_t done = 0;
    *whole = *over = 0;
    if (used >> WIDTH == 0) {
        const size_t calm = before_whole(&board->floor.sums, used);
        const size_t most = calm < count ? calm : count;
        done = board->followed.channels == 0
                   ? hops_vector(board, rows, flags, most, used, false, over)
                   : hops_vector(board, rows, flags, most, used, true, over);
    }
    while (done < count && (*whole | *over) == 0) {
        *whole = MYO_OCTET_NAME(gather)(board, &rows[done], flags[done], used);
        *over = *whole == 0 ? MYO_OCTET_NAME(slide)(board, used) : 0;
        done++;
    }
    return done;
}
