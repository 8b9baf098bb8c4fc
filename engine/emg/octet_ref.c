/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scalar reference of the kernels on octets: what every other kernel must equal bit by bit.
 *
 * Compiled once plainly, where fma() may be a call, and on x86 once more with -mfma, where it is
 * one instruction; the results are the same, for fma() rounds once by definition (C11 7.12.13.1). */
#include "emg/octet_kern.h"

#include "core/minmax.h"

#include <math.h>

/* --- hum ----------------------------------------------------------------------------------- */

/* What the phasors are in the eight frames of a block: amplitude and oscillator at its start, turned. */
static void guess(const myo_hum_phasors *p, size_t lane, myo_lanes *rows)
{
    for (size_t n = 0; n < MYO_HUM_BLOCK; n++) {
        double sum = 0.0;
        for (int h = 0; h < p->lines; h++) {
            const double even = fma(p->cosine[h], p->re[h], p->sine[h] * p->im[h]);
            const double odd = fma(p->sine[h], p->re[h], -(p->cosine[h] * p->im[h]));
            sum = fma(p->at_re[h][n], even, sum);
            sum = fma(p->at_im[h][n], odd, sum);
        }
        rows[n][lane] = sum;
    }
}

/* Sum of eight products, in the order in which halves of vectors are added. */
static double dot(myo_lanes *change, size_t lane, const double *at)
{
    double part[MYO_HUM_BLOCK];
    for (size_t n = 0; n < MYO_HUM_BLOCK; n++) {
        part[n] = change[n][lane] * at[n];
    }
    return ((part[0] + part[4]) + (part[2] + part[6])) +
           ((part[1] + part[5]) + (part[3] + part[7]));
}

/* Filtered-x least mean squares over a block: the error is a high-passed one, so the reference is turned
 * as the high-pass would turn it. Then the oscillators go on to the next block. */
static void learn(myo_hum_phasors *p, size_t lane, myo_lanes *change)
{
    for (int h = 0; h < p->lines; h++) {
        const double even = dot(change, lane, p->at_re[h]), odd = dot(change, lane, p->at_im[h]);
        const double re = p->re[h], im = p->im[h];
        const double ref_re = fma(re, p->shift_re[h], -(im * p->shift_im[h]));
        const double ref_im = fma(re, p->shift_im[h], im * p->shift_re[h]);
        p->cosine[h] = fma(ref_re, even, fma(-ref_im, odd, p->cosine[h]));
        p->sine[h] = fma(ref_im, even, fma(ref_re, odd, p->sine[h]));
        p->re[h] = fma(re, p->turn_re[h], -(im * p->turn_im[h]));
        p->im[h] = fma(re, p->turn_im[h], im * p->turn_re[h]);
    }
}

static double high_pass(const myo_hum_config *config, double input, double *s1, double *s2)
{
    const double x = config->b0 * input;
    const double y = x + *s1;
    *s1 = fma(config->a1, y, fma(-2.0, x, *s2));
    *s2 = fma(config->a2, y, x);
    return y;
}

/* The rest behind all phasors, high-passed and clipped to the size of the noise. */
static double clipped_rest(const myo_hum_config *config, myo_hum *hum, size_t lane, int32_t seen,
                           double rest)
{
    const double high = high_pass(config, rest, &hum->s1[lane], &hum->s2[lane]);
    const double size = fabs(high);
    double *scale = &hum->scale[lane];
    if (hum->checks == 0 && seen < config->check_frames / 2) {
        *scale += (size - *scale) / (seen + 1);
    } else {
        *scale = myo_lesser(fma(config->scale_keep, *scale, config->scale_step * size),
                            config->scale_grow * *scale);
    }
    hum->rest_size[lane] += size;
    const double limit = config->clip * *scale;
    return myo_lesser(myo_greater(high, -limit), limit);
}

static double cancel(const myo_hum_config *config, myo_hum *hum, size_t lane, int32_t seen,
                     double step, double x)
{
    const size_t n = (size_t)seen % MYO_HUM_BLOCK;
    const double first = hum->guess[0][n][lane], second = hum->guess[1][n][lane];
    hum->input_size[lane] += fabs(high_pass(config, x, &hum->t1[lane], &hum->t2[lane]));
    const double error = clipped_rest(config, hum, lane, seen, x - first - second);
    hum->change[n][lane] = step * error;
    for (size_t later = n + 1; later < MYO_HUM_BLOCK; later++) {
        for (int m = 0; m < MYO_HUM_MAINS; m++) {
            hum->guess[m][later][lane] =
                fma(step * error, hum->echo[m][later - n][lane], hum->guess[m][later][lane]);
        }
    }
    hum->rest_energy[lane] = fma(error, error, hum->rest_energy[lane]);
    return fma(-hum->take[1][lane], second, fma(-hum->take[0][lane], first, x));
}

void MYO_OCTET_NAME(hum)(const myo_hum_config *config, myo_hum *hum, double *z, const double *steps,
                         size_t steps_stride, size_t frames, size_t lanes)
{
    for (size_t lane = 0; lane < lanes; lane++) {
        myo_hum_phasors *p = hum->phasors[lane];
        for (size_t n = 0; (hum->running >> lane & 1u) && n < frames; n++) {
            const int32_t seen = hum->since_check + (int32_t)n;
            double *x = &z[n * MYO_OCTET + lane];
            if (seen % MYO_HUM_BLOCK == 0) {
                guess(&p[0], lane, hum->guess[0]);
                guess(&p[1], lane, hum->guess[1]);
            }
            *x = cancel(config, hum, lane, seen, steps[n * steps_stride + lane], *x);
            if (seen % MYO_HUM_BLOCK == MYO_HUM_BLOCK - 1) {
                learn(&p[0], lane, hum->change);
                learn(&p[1], lane, hum->change);
            }
        }
    }
}

/* --- bands --------------------------------------------------------------------------------- */

/* Transposed direct form II with numerator 1 - z^-2 (zeros re-paired, see band.h):
 * y = x + s1, s1 = s2 - a1 y, s2 = -a2 y - x; a1 and a2 are stored negated. */
static double filter(myo_bands *bands, int band, size_t lane, double x)
{
    double v = x * bands->gain[band][lane];
    for (int k = 0; k < MYO_BAND_SECTIONS; k++) {
        const double u = v;
        v = u + bands->s1[band][k][lane];
        bands->s1[band][k][lane] = fma(bands->a1[band][k][lane], v, bands->s2[band][k][lane]);
        bands->s2[band][k][lane] = fma(bands->a2[band][k][lane], v, -u);
    }
    return v;
}

/* Turns of the measure band: from a rise to a fall and back, by more than the limit. */
static void count_turn(myo_bands *bands, size_t lane, double measure)
{
    const double ahead = (measure - bands->turn_from[lane]) * bands->turn_way[lane];
    const bool turned = -ahead > bands->turn_limit[lane];
    if (ahead > 0.0 || turned) {
        bands->turn_from[lane] = measure;
    }
    if (turned) {
        bands->turn_way[lane] = -bands->turn_way[lane];
        bands->turns[lane] += 1.0;
    }
}

static void end_hop(myo_bands *bands, size_t lane, myo_hop_row *row)
{
    for (int band = 0; band < MYO_LANE_COUNT; band++) {
        row->energy[band][lane] = (float)bands->energy[band][lane];
        bands->energy[band][lane] = 0.0;
    }
    row->peak[lane] = (float)bands->peak[lane];
    row->turns[lane] = (float)bands->turns[lane];
    bands->peak[lane] = bands->turns[lane] = 0.0;
}

static void lane_run(myo_bands *bands, size_t lane, const double *z, size_t frames,
                     int32_t hop_frames, myo_hop_row *row)
{
    int32_t left = hop_frames - bands->in_hop;
    for (size_t n = 0; n < frames; n++) {
        for (int band = 0; band < MYO_LANE_COUNT; band++) {
            const double y = filter(bands, band, lane, z[n * MYO_OCTET + lane]);
            bands->energy[band][lane] = fma(y, y, bands->energy[band][lane]);
            if (band == MYO_LANE_MEASURE) {
                bands->peak[lane] = myo_greater(bands->peak[lane], fabs(y));
                count_turn(bands, lane, y);
            }
        }
        if (--left == 0) {
            left = hop_frames;
            end_hop(bands, lane, row++);
        }
    }
}

void MYO_OCTET_NAME(bands)(myo_bands *bands, const double *z, size_t frames, int32_t hop_frames,
                           size_t lanes, myo_hop_row *rows)
{
    for (size_t lane = 0; lane < lanes; lane++) {
        lane_run(bands, lane, z, frames, hop_frames, rows);
    }
    bands->in_hop = (bands->in_hop + (int32_t)(frames % (size_t)hop_frames)) % hop_frames;
}

/* --- hops ---------------------------------------------------------------------------------- */

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
static double muscle_energy(const myo_windows *windows, const myo_hop_row *row, size_t lane)
{
    const double low = (double)row->energy[MYO_LANE_LOW][lane];
    const double leak = myo_greater(MYO_LOW_LEAK * (low - windows->low_noise[lane]), 0.0);
    return myo_greater((double)row->energy[MYO_LANE_DETECT][lane] - leak, 0.0);
}

/* Each sum from shorter ones, so that sums never drift. */
static bool slide(myo_windows *w, const myo_hop_row *row, size_t hop, size_t lane)
{
    double sum[MYO_WINDOW_COUNT];
    w->score[hop % 5][lane] = muscle_energy(w, row, lane);
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
        over |= slide(&board->windows, myo_board_last(board), hop, lane) ? 1u << lane : 0u;
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
        gather(&board->floor, row, slot, lane);
        whole |= board->floor.hops[lane] >= board->floor.block_hops ? 1u << lane : 0u;
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
