/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loops of spectrum_kern.h, compiled once for each instruction set. */
#include "dsp/spectrum_kern.h"

#include "dsp/part.h"

enum { ROW = MYO_SPECTRUM_ROW, PLACES = MYO_SPECTRUM_PLACES, PARTS = ROW / PART };

/* PART frames of four channels; what is not a number less itself is none either. */
PART_INLINE void take_square(const float *restrict x, size_t stride, float *restrict rows,
                             size_t room, part *bad)
{
    part channel[4];
    part_turn(x, stride, channel);
    for (size_t c = 0; c < 4; c++) {
        part_store(rows + c * room, channel[c]);
        *bad += channel[c] - channel[c];
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
            rest += value - value;
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

void MYO_SPECTRUM_NAME(weigh)(const float *restrict power, const myo_spectrum_weights *weights,
                              myo_spectrum_moments *moments)
{
    float lanes[ROW][ROW];
    const float *share = weights->share, *ramp = weights->ramp;
    for (size_t band = 0; band < PLACES; band++) {
        const float *p = power + (size_t)weights->first[band] * ROW;
        part s[PARTS] = {{0.0f}}, m[PARTS] = {{0.0f}};
        for (uint32_t row = 0; row < weights->count[band]; row++) {
            for (size_t i = 0; i < PARTS; i++) {
                const part v = part_load(p + i * PART) * part_load(share + i * PART);
                s[i] += v;
                m[i] += part_load(ramp + i * PART) * v;
            }
            p += ROW, share += ROW, ramp += ROW;
        }
        memcpy(lanes[band], s, sizeof s);
        memcpy(lanes[PLACES + band], m, sizeof m);
    }
    float sum[ROW];
    lanes_sum(lanes, sum);
    memcpy(moments->sum, sum, sizeof moments->sum);
    memcpy(moments->ramp, sum + PLACES, sizeof moments->ramp);
}
