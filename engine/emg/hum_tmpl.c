/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The template of the hum's kernel, compiled once for each instruction set: hum_ref.c over several
 * channels, harmonics or frames at once. */
#include "emg/octet_kern.h"

#include "dsp/vec.h"

/* The phasors of one channel over a block: first a lane is a harmonic, then a frame. */
static void guess(const myo_hum_phasors *p, size_t lane, myo_lanes *rows)
{
    MYO_ALIGNED myo_hum_row even;
    myo_hum_row odd;
    double frame[MYO_HUM_BLOCK];
    for (size_t h = 0; h < (size_t)p->lines; h += WIDTH) {
        const vec cosine = vec_load(p->cosine + h), sine = vec_load(p->sine + h);
        const vec re = vec_load(p->re + h), im = vec_load(p->im + h);
        vec_store(even + h, vec_muladd(cosine, re, sine * im));
        vec_store(odd + h, vec_muladd(sine, re, -(cosine * im)));
    }
    for (size_t n = 0; n < MYO_HUM_BLOCK; n += WIDTH) {
        vec sum = vec_all(0.0);
        for (int h = 0; h < p->lines; h++) {
            sum = vec_muladd(vec_load(p->at_re[h] + n), vec_all(even[h]), sum);
            sum = vec_muladd(vec_load(p->at_im[h] + n), vec_all(odd[h]), sum);
        }
        vec_store(frame + n, sum);
    }
    for (size_t n = 0; n < MYO_HUM_BLOCK; n++) {
        rows[n][lane] = frame[n];
    }
}

static void learn(myo_hum_phasors *p, const double *change)
{
    MYO_ALIGNED myo_hum_row even = {0};
    myo_hum_row odd = {0};
    for (int h = 0; h < p->lines; h++) {
        even[h] = vec_dot8(change, p->at_re[h]);
        odd[h] = vec_dot8(change, p->at_im[h]);
    }
    for (size_t h = 0; h < (size_t)p->lines; h += WIDTH) {
        const vec re = vec_load(p->re + h), im = vec_load(p->im + h);
        const vec shift_re = vec_load(p->shift_re + h), shift_im = vec_load(p->shift_im + h);
        const vec turn_re = vec_load(p->turn_re + h), turn_im = vec_load(p->turn_im + h);
        const vec ref_re = vec_muladd(re, shift_re, -(im * shift_im));
        const vec ref_im = vec_muladd(re, shift_im, im * shift_re);
        const vec e = vec_load(even + h), o = vec_load(odd + h);
        vec_store(p->cosine + h,
                  vec_muladd(ref_re, e, vec_muladd(-ref_im, o, vec_load(p->cosine + h))));
        vec_store(p->sine + h, vec_muladd(ref_im, e, vec_muladd(ref_re, o, vec_load(p->sine + h))));
        vec_store(p->re + h, vec_muladd(re, turn_re, -(im * turn_im)));
        vec_store(p->im + h, vec_muladd(re, turn_im, im * turn_re));
    }
}

VEC_INLINE vec high_pass(const myo_hum_config *config, vec input, vec *s1, vec *s2)
{
    const vec x = vec_all(config->b0) * input;
    const vec y = x + *s1;
    *s1 = vec_muladd(vec_all(config->a1), y, vec_muladd(vec_all(-2.0), x, *s2));
    *s2 = vec_muladd(vec_all(config->a2), y, x);
    return y;
}

/* One vector of channels within a block, sample by sample. What does not run keeps its state. */
static void cancel_vector(const myo_hum_config *config, myo_hum *hum, double *z,
                          const double *steps, size_t steps_stride, size_t frames, size_t lane)
{
    MYO_ALIGNED double runs[WIDTH];
    for (size_t i = 0; i < WIDTH; i++) {
        runs[i] = hum->running >> (lane + i) & 1u ? 1.0 : 0.0;
    }
    const vec_mask running = vec_equals(vec_load(runs), vec_all(1.0));
    const vec keep = vec_all(config->scale_keep), step = vec_all(config->scale_step);
    const vec grow = vec_all(config->scale_grow), clip = vec_all(config->clip);
    const vec take0 = -vec_load(hum->take[0] + lane), take1 = -vec_load(hum->take[1] + lane);
    vec s1 = vec_load(hum->s1 + lane), s2 = vec_load(hum->s2 + lane);
    vec t1 = vec_load(hum->t1 + lane), t2 = vec_load(hum->t2 + lane);
    vec scale = vec_load(hum->scale + lane), rest_energy = vec_load(hum->rest_energy + lane);
    vec rest_size = vec_load(hum->rest_size + lane), input_size = vec_load(hum->input_size + lane);
    const int32_t quick = hum->checks == 0 ? config->check_frames / 2 : 0;
    for (size_t n = 0; n < frames; n++) {
        double *row = z + n * MYO_OCTET + lane;
        const int32_t seen = hum->since_check + (int32_t)n;
        const size_t at = (size_t)seen % MYO_HUM_BLOCK;
        const vec x = vec_load(row);
        const vec first = vec_load(hum->guess[0][at] + lane);
        const vec second = vec_load(hum->guess[1][at] + lane);
        const vec high = high_pass(config, x - first - second, &s1, &s2);
        const vec size = vec_size(high);
        input_size += vec_size(high_pass(config, x, &t1, &t2));
        if (seen < quick) {
            scale += (size - scale) / vec_all((double)(seen + 1));
        } else {
            scale = vec_lesser(vec_muladd(keep, scale, step * size), grow * scale);
        }
        rest_size += size;
        const vec limit = clip * scale;
        const vec error = vec_lesser(vec_greater(high, -limit), limit);
        const vec change = vec_load(steps + n * steps_stride + lane) * error;
        vec_store(hum->change[at] + lane, change);
        for (int m = 0; m < MYO_HUM_MAINS; m++) {
            for (size_t later = at + 1; hum->any_lines[m] && later < MYO_HUM_BLOCK; later++) {
                double *guessed = hum->guess[m][later] + lane;
                vec_store(guessed, vec_muladd(change, vec_load(hum->echo[m][later - at] + lane),
                                              vec_load(guessed)));
            }
        }
        vec_store(row,
                  vec_choose(running, vec_muladd(take1, second, vec_muladd(take0, first, x)), x));
        rest_energy = vec_muladd(error, error, rest_energy);
    }
    vec_store(hum->s1 + lane, vec_choose(running, s1, vec_load(hum->s1 + lane)));
    vec_store(hum->s2 + lane, vec_choose(running, s2, vec_load(hum->s2 + lane)));
    vec_store(hum->t1 + lane, vec_choose(running, t1, vec_load(hum->t1 + lane)));
    vec_store(hum->t2 + lane, vec_choose(running, t2, vec_load(hum->t2 + lane)));
    vec_store(hum->scale + lane, vec_choose(running, scale, vec_load(hum->scale + lane)));
    vec_store(hum->rest_energy + lane,
              vec_choose(running, rest_energy, vec_load(hum->rest_energy + lane)));
    vec_store(hum->rest_size + lane,
              vec_choose(running, rest_size, vec_load(hum->rest_size + lane)));
    vec_store(hum->input_size + lane,
              vec_choose(running, input_size, vec_load(hum->input_size + lane)));
}

static void guess_all(myo_hum *hum, size_t lanes)
{
    for (size_t lane = 0; lane < lanes; lane++) {
        for (int m = 0; (hum->running >> lane & 1u) && m < MYO_HUM_MAINS; m++) {
            guess(&hum->phasors[lane][m], lane, hum->guess[m]);
        }
    }
}

static void learn_all(myo_hum *hum, size_t lanes)
{
    for (size_t lane = 0; lane < lanes; lane++) {
        MYO_ALIGNED double change[MYO_HUM_BLOCK];
        for (size_t n = 0; n < MYO_HUM_BLOCK; n++) {
            change[n] = hum->change[n][lane];
        }
        for (int m = 0; (hum->running >> lane & 1u) && m < MYO_HUM_MAINS; m++) {
            learn(&hum->phasors[lane][m], change);
        }
    }
}

/* The rest of a block, or as much of it as there is. */
static void hum_block(const myo_hum_config *config, myo_hum *hum, double *z, const double *steps,
                      size_t steps_stride, size_t frames, size_t lanes)
{
    if (hum->since_check % MYO_HUM_BLOCK == 0) {
        guess_all(hum, lanes);
    }
    for (size_t lane = 0; lane < lanes; lane += WIDTH) {
        if (hum->running >> lane & ((1u << WIDTH) - 1)) {
            cancel_vector(config, hum, z, steps, steps_stride, frames, lane);
        }
    }
    if ((hum->since_check + (int32_t)frames) % MYO_HUM_BLOCK == 0) {
        learn_all(hum, lanes);
    }
}

void MYO_OCTET_NAME(hum)(const myo_hum_config *config, myo_hum *hum, double *z, const double *steps,
                         size_t steps_stride, size_t frames, size_t lanes)
{
    const int32_t start = hum->since_check;
    for (size_t at = 0; at < frames;) {
        const size_t left = MYO_HUM_BLOCK - (size_t)hum->since_check % MYO_HUM_BLOCK;
        const size_t count = frames - at < left ? frames - at : left;
        hum_block(config, hum, z + at * MYO_OCTET, steps + at * steps_stride, steps_stride, count,
                  lanes);
        hum->since_check += (int32_t)count;
        at += count;
    }
    hum->since_check = start;
}
