/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loops of spectrum_kern.h, compiled once for each instruction set. */
#include "dsp/spectrum_kern.h"

#include "dsp/part.h"

enum { ROW = MYO_SPECTRUM_ROW, PLACES = MYO_SPECTRUM_PLACES };

/* PART frames of four channels; zero times what is not a number is none either. */
PART_INLINE void take_square(const float *restrict x, size_t stride, float *restrict rows,
                             size_t room, part *bad)
{
    part channel[4];
    part_turn(x, stride, channel);
    for (size_t c = 0; c < 4; c++) {
        part_store(rows + c * room, channel[c]);
        *bad += part_all(0.0f) * channel[c];
    }
}

bool MYO_SPECTRUM_NAME(take)(const float *restrict x, size_t stride, size_t frames,
                             float *restrict rows, size_t room)
{
    part bad = {0.0f};
    float rest = 0.0f;
    size_t i = 0;
    for (; i + PART <= frames; i += PART) {
        take_square(x + i * stride, stride, rows + i, room, &bad);
    }
    for (; i < frames; i++) {
        for (size_t c = 0; c < 4; c++) {
            const float value = x[i * stride + c];
            rows[c * room + i] = value;
            rest += 0.0f * value;
        }
    }
    return part_is_zero(bad) && rest == 0.0f;
}

void MYO_SPECTRUM_NAME(window)(const float *restrict x, const float *restrict window,
                               float *restrict y, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] * window[i];
    }
}

/* With Z the transform of a + i b:  A[k] = (Z[k] + conj Z[-k]) / 2,  B[k] = (Z[k] - conj Z[-k]) / 2i;
 * the factor 1/4 of the powers is left to the scale. */
void MYO_SPECTRUM_NAME(separate)(const float *restrict re, const float *restrict im, size_t size,
                                 const myo_spectrum_powers *powers)
{
    float *restrict a = powers->a, *restrict b = powers->b;
    double *restrict sum_a = powers->sum_a, *restrict sum_b = powers->sum_b;
    for (size_t k = 0; k <= size / 2; k++) {
        const float sum_re = re[k] + re[size - k], dif_re = re[size - k] - re[k];
        const float sum_im = im[k] + im[size - k], dif_im = im[k] - im[size - k];
        const float power_a = sum_re * sum_re + dif_im * dif_im;
        const float power_b = sum_im * sum_im + dif_re * dif_re;
        a[k] = power_a;
        b[k] = power_b;
        sum_a[k] += (double)power_a;
        sum_b[k] += (double)power_b;
    }
}

/* Sums of sixteen lanes each, sixteen at a time: lanes are turned into columns, and halves of these are
 * added to each other until one is left. */
static void lanes_sum(float (*lanes)[ROW], float *sum)
{
    for (size_t at = 0; at < ROW; at += PART) {
        part column[ROW];
        for (size_t l = 0; l < ROW; l += 4) {
            part_turn(&lanes[at][l], ROW, column + l);
        }
        for (size_t half = ROW / 2; half > 0; half /= 2) {
            for (size_t i = 0; i < half; i++) {
                column[i] += column[i + half];
            }
        }
        part_store(sum + at, column[0]);
    }
}

/* PART lanes of a band. Rows are summed from the last one on: what is summed so far, summed at each row but
 * the first, is each row times its number. */
PART_INLINE void weigh_band(const float *power, const myo_spectrum_weights *weights, size_t band,
                            size_t at, float (*lanes)[ROW])
{
    static const float lane[ROW] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const float *p = power + (size_t)weights->first[band] * ROW + at;
    const size_t last = weights->more[band];
    part sum = {0.0f}, rows = {0.0f};
    if (last > 0) {
        sum = rows = part_load(p + last * ROW) * part_load(weights->end[band] + at);
    }
    for (size_t row = last; row > 1; row--) {
        sum += part_load(p + (row - 1) * ROW);
        rows += sum;
    }
    sum += part_load(p) * part_load(weights->begin[band] + at);
    part_store(lanes[band] + at, sum);
    part_store(lanes[PLACES + band] + at, part_load(lane + at) * sum + part_all(ROW) * rows);
}

void MYO_SPECTRUM_NAME(weigh)(const float *restrict power, const myo_spectrum_weights *weights,
                              myo_spectrum_moments *moments)
{
    float lanes[ROW][ROW], sum[ROW];
    for (size_t band = 0; band < PLACES; band++) {
        for (size_t at = 0; at < ROW; at += PART) {
            weigh_band(power, weights, band, at, lanes);
        }
    }
    lanes_sum(lanes, sum);
    memcpy(moments->sum, sum, sizeof moments->sum);
    memcpy(moments->moment, sum + PLACES, sizeof moments->moment);
}
