/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The template of the hum's kernel, compiled once for each instruction set: hum_ref.c over several
 * channels at once.
 *
 * What a frame changes in those behind it is a chain of a dozen operations that wait for each other. A whole
 * block of one vector keeps everything in registers, with nothing but that chain to wait for. */
#include "emg/octet_kern.h"

#include "dsp/vec.h"

#define UNROLL _Pragma("GCC unroll 8")

/* Of so many channels it can be foretold that none is clipped in a frame. */
enum { FEW = 2 };

/* The phasors of a vector of channels in the frames of a block. */
VEC_INLINE void guess(const myo_hum_phasors *p, size_t lane, vec frame[MYO_HUM_BLOCK])
{
    vec both[MYO_HUM_HALF], turned[MYO_HUM_HALF];
    UNROLL for (size_t k = 0; k < MYO_HUM_HALF; k++)
    {
        both[k] = turned[k] = vec_all(0.0);
    }
    for (int32_t h = 0; h < p->most_lines; h++) {
        const vec cosine = vec_load(p->cosine[h] + lane), sine = vec_load(p->sine[h] + lane);
        const vec re = vec_load(p->re[h] + lane), im = vec_load(p->im[h] + lane);
        const vec even = vec_muladd(cosine, re, sine * im);
        const vec odd = vec_muladd(sine, re, -(cosine * im));
        UNROLL for (size_t k = 0; k < MYO_HUM_HALF; k++)
        {
            both[k] = vec_muladd(vec_load(p->at_re[h][k] + lane), even, both[k]);
            turned[k] = vec_muladd(vec_load(p->at_im[h][k] + lane), odd, turned[k]);
        }
    }
    UNROLL for (size_t k = 0; k < MYO_HUM_HALF; k++)
    {
        frame[MYO_HUM_HALF + k] = both[k] + turned[k];
        frame[MYO_HUM_HALF - 1 - k] = both[k] - turned[k];
    }
}

VEC_INLINE vec dot(const vec half[MYO_HUM_HALF], myo_lanes *at, size_t lane)
{
    return vec_muladd(half[2], vec_load(at[2] + lane), half[0] * vec_load(at[0] + lane)) +
           vec_muladd(half[3], vec_load(at[3] + lane), half[1] * vec_load(at[1] + lane));
}

VEC_INLINE void store_if(vec_mask mask, double *to, vec value)
{
    vec_store(to, vec_choose(mask, value, vec_load(to)));
}

VEC_INLINE void learn(myo_hum_phasors *p, size_t lane, const vec change[MYO_HUM_BLOCK])
{
    const vec lines = vec_load(p->lines + lane);
    vec sum[MYO_HUM_HALF], difference[MYO_HUM_HALF];
    UNROLL for (size_t k = 0; k < MYO_HUM_HALF; k++)
    {
        sum[k] = change[MYO_HUM_HALF + k] + change[MYO_HUM_HALF - 1 - k];
        difference[k] = change[MYO_HUM_HALF + k] - change[MYO_HUM_HALF - 1 - k];
    }
    for (int32_t h = 0; h < p->most_lines; h++) {
        const vec_mask runs = vec_exceeds(lines, vec_all(h));
        const vec re = vec_load(p->re[h] + lane), im = vec_load(p->im[h] + lane);
        const vec shift_re = vec_load(p->shift_re[h] + lane);
        const vec shift_im = vec_load(p->shift_im[h] + lane);
        const vec turn_re = vec_load(p->turn_re[h] + lane);
        const vec turn_im = vec_load(p->turn_im[h] + lane);
        const vec ref_re = vec_muladd(re, shift_re, -(im * shift_im));
        const vec ref_im = vec_muladd(re, shift_im, im * shift_re);
        const vec even = dot(sum, p->at_re[h], lane), odd = dot(difference, p->at_im[h], lane);
        const vec cosine = vec_load(p->cosine[h] + lane), sine = vec_load(p->sine[h] + lane);
        store_if(runs, p->cosine[h] + lane,
                 vec_muladd(ref_re, even, vec_muladd(-ref_im, odd, cosine)));
        store_if(runs, p->sine[h] + lane, vec_muladd(ref_im, even, vec_muladd(ref_re, odd, sine)));
        store_if(runs, p->re[h] + lane, vec_muladd(re, turn_re, -(im * turn_im)));
        store_if(runs, p->im[h] + lane, vec_muladd(re, turn_im, im * turn_re));
    }
}

/* x: samples times the gain. */
VEC_INLINE vec high_pass(const myo_hum_config *config, vec x, vec *s1, vec *s2)
{
    const vec y = x + *s1;
    *s1 = vec_muladd(vec_all(config->a1), y, vec_muladd(vec_all(-2.0), x, *s2));
    *s2 = vec_muladd(vec_all(config->a2), y, x);
    return y;
}

/* What goes from frame to frame. */
typedef struct {
    vec s1, s2, t1, t2, scale, rest_energy, rest_size, input_size;
} follower;

VEC_INLINE follower pick_up(const myo_hum *hum, size_t lane)
{
    return (follower){vec_load(hum->s1 + lane),        vec_load(hum->s2 + lane),
                      vec_load(hum->t1 + lane),        vec_load(hum->t2 + lane),
                      vec_load(hum->scale + lane),     vec_load(hum->rest_energy + lane),
                      vec_load(hum->rest_size + lane), vec_load(hum->input_size + lane)};
}

/* What does not run keeps its state. */
VEC_INLINE void put_down(myo_hum *hum, size_t lane, vec_mask running, const follower *f)
{
    store_if(running, hum->s1 + lane, f->s1);
    store_if(running, hum->s2 + lane, f->s2);
    store_if(running, hum->t1 + lane, f->t1);
    store_if(running, hum->t2 + lane, f->t2);
    store_if(running, hum->scale + lane, f->scale);
    store_if(running, hum->rest_energy + lane, f->rest_energy);
    store_if(running, hum->rest_size + lane, f->rest_size);
    store_if(running, hum->input_size + lane, f->input_size);
}

/* The rest of a frame, high-passed, and what it is clipped to; both samples times the gain. @p seen: frames that the scale was learned
 * from, if it is still learned quickly; else -1. */
VEC_INLINE vec high_rest(const myo_hum_config *config, follower *f, vec input, vec rest,
                         int32_t seen, vec *limit)
{
    const vec high = high_pass(config, rest, &f->s1, &f->s2);
    const vec size = vec_size(high);
    f->input_size += vec_size(high_pass(config, input, &f->t1, &f->t2));
    if (seen >= 0) {
        f->scale += (size - f->scale) / vec_all((double)(seen + 1));
    } else {
        f->scale = vec_lesser(
            vec_muladd(vec_all(config->scale_keep), f->scale, vec_all(config->scale_step) * size),
            vec_all(config->scale_grow) * f->scale);
    }
    f->rest_size += size;
    *limit = vec_all(config->clip) * f->scale;
    return high;
}

VEC_INLINE vec clip(vec high, vec limit)
{
    return vec_lesser(vec_greater(high, -limit), limit);
}

VEC_INLINE vec_mask running_of(const myo_hum *hum, size_t lane)
{
    const vec none = vec_all(0.5);
    return vec_either(vec_exceeds(vec_load(hum->phasors[0].lines + lane), none),
                      vec_exceeds(vec_load(hum->phasors[1].lines + lane), none));
}

/* A whole block of a vector of channels; @p first, @p second: fundamentals that run in any of them.
 * @p few: the next frame need not wait for the limit where it is not reached, which can be foretold of few
 * channels only. */
VEC_INLINE void whole_block(const myo_hum_config *config, myo_hum *hum, double *z,
                            const double *learns, size_t lane, bool first, bool second, bool few)
{
    const vec gain = vec_all(config->b0);
    const vec_mask running = running_of(hum, lane);
    const vec take0 = -vec_load(hum->take[0] + lane), take1 = -vec_load(hum->take[1] + lane);
    vec one[MYO_HUM_BLOCK], two[MYO_HUM_BLOCK], change[MYO_HUM_BLOCK];
    follower f = pick_up(hum, lane);
    if (first) {
        guess(&hum->phasors[0], lane, one);
    }
    if (second) {
        guess(&hum->phasors[1], lane, two);
    }
    UNROLL for (size_t n = 0; n < MYO_HUM_BLOCK; n++)
    {
        double *row = z + n * MYO_OCTET + lane;
        const vec x = vec_load(row), input = gain * x;
        vec rest = input, taken = x;
        if (first) {
            rest = vec_muladd(-gain, one[n], rest);
        }
        if (second) {
            rest = vec_muladd(-gain, two[n], rest);
        }
        vec limit;
        vec error = high_rest(config, &f, input, rest, -1, &limit);
        if (!few || vec_bits(vec_exceeds(vec_size(error), limit)) != 0) {
            error = clip(error, limit);
        }
        f.rest_energy = vec_muladd(error, error, f.rest_energy);
        change[n] = error;
        if (learns != NULL) {
            change[n] = vec_load(learns + n * MYO_OCTET + lane) * error;
        }
        UNROLL for (size_t later = n + 1; later < MYO_HUM_BLOCK; later++)
        {
            if (first) {
                one[later] =
                    vec_muladd(change[n], vec_load(hum->echo[0][later - n] + lane), one[later]);
            }
            if (second) {
                two[later] =
                    vec_muladd(change[n], vec_load(hum->echo[1][later - n] + lane), two[later]);
            }
        }
        if (first) {
            taken = vec_muladd(take0, one[n], taken);
        }
        if (second) {
            taken = vec_muladd(take1, two[n], taken);
        }
        store_if(running, row, taken);
    }
    put_down(hum, lane, running, &f);
    if (first) {
        learn(&hum->phasors[0], lane, change);
    }
    if (second) {
        learn(&hum->phasors[1], lane, change);
    }
}

/* One code for each set of fundamentals that may run. */
VEC_INLINE void block_vector(const myo_hum_config *config, myo_hum *hum, double *z,
                             const double *learns, size_t lane, bool few)
{
    const bool first = hum->phasors[0].most_lines > 0, second = hum->phasors[1].most_lines > 0;
    if (first && second) {
        whole_block(config, hum, z, learns, lane, true, true, few);
    } else if (first) {
        whole_block(config, hum, z, learns, lane, true, false, few);
    } else {
        whole_block(config, hum, z, learns, lane, false, true, few);
    }
}

static void block_of_many(const myo_hum_config *config, myo_hum *hum, double *z,
                          const double *learns, size_t lane)
{
    block_vector(config, hum, z, learns, lane, false);
}

static void block_of_few(const myo_hum_config *config, myo_hum *hum, double *z,
                         const double *learns, size_t lane)
{
    block_vector(config, hum, z, learns, lane, true);
}

/* Some frames of a block: what the others have to know of it is kept in memory. */
static void part_vector(const myo_hum_config *config, myo_hum *hum, double *z, const double *learns,
                        size_t frames, size_t lane)
{
    const vec gain = vec_all(config->b0);
    const vec_mask running = running_of(hum, lane);
    const vec take0 = -vec_load(hum->take[0] + lane), take1 = -vec_load(hum->take[1] + lane);
    const int32_t quick = hum->checks == 0 ? config->check_frames / 2 : 0;
    follower f = pick_up(hum, lane);
    for (size_t n = 0; n < frames; n++) {
        double *row = z + n * MYO_OCTET + lane;
        const int32_t seen = hum->since_check + (int32_t)n;
        const size_t at = (size_t)seen % MYO_HUM_BLOCK;
        const vec x = vec_load(row);
        const vec first = vec_load(hum->guess[0][at] + lane);
        const vec second = vec_load(hum->guess[1][at] + lane);
        const vec input = gain * x;
        const vec rest = vec_muladd(-gain, second, vec_muladd(-gain, first, input));
        vec limit;
        const vec high = high_rest(config, &f, input, rest, seen < quick ? seen : -1, &limit);
        const vec error = clip(high, limit);
        f.rest_energy = vec_muladd(error, error, f.rest_energy);
        const vec learned = learns != NULL ? vec_load(learns + n * MYO_OCTET + lane) : vec_all(1.0);
        const vec change = learned * error;
        vec_store(hum->change[at] + lane, change);
        for (int m = 0; m < MYO_HUM_MAINS; m++) {
            for (size_t later = at + 1; later < MYO_HUM_BLOCK; later++) {
                double *guessed = hum->guess[m][later] + lane;
                vec_store(guessed, vec_muladd(change, vec_load(hum->echo[m][later - at] + lane),
                                              vec_load(guessed)));
            }
        }
        store_if(running, row, vec_muladd(take1, second, vec_muladd(take0, first, x)));
    }
    put_down(hum, lane, running, &f);
}

static void begin_block(myo_hum *hum, size_t lane)
{
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        vec frame[MYO_HUM_BLOCK];
        guess(&hum->phasors[m], lane, frame);
        for (size_t n = 0; n < MYO_HUM_BLOCK; n++) {
            vec_store(hum->guess[m][n] + lane, frame[n]);
        }
    }
}

static void end_block(myo_hum *hum, size_t lane)
{
    vec change[MYO_HUM_BLOCK];
    for (size_t n = 0; n < MYO_HUM_BLOCK; n++) {
        change[n] = vec_load(hum->change[n] + lane);
    }
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        learn(&hum->phasors[m], lane, change);
    }
}

/* The rest of a block, or as much of it as there is. */
static void hum_block(const myo_hum_config *config, myo_hum *hum, double *z, const double *learns,
                      size_t frames, size_t lane, bool few)
{
    const size_t at = (size_t)hum->since_check % MYO_HUM_BLOCK;
    if (frames == MYO_HUM_BLOCK && hum->checks > 0) {
        (few ? block_of_few : block_of_many)(config, hum, z, learns, lane);
        return;
    }
    if (at == 0) {
        begin_block(hum, lane);
    }
    part_vector(config, hum, z, learns, frames, lane);
    if (at + frames == MYO_HUM_BLOCK) {
        end_block(hum, lane);
    }
}

void MYO_OCTET_NAME(hum)(const myo_hum_config *config, myo_hum *hum, double *z,
                         const double *learns, size_t frames, size_t lanes)
{
    const int32_t start = hum->since_check;
    for (size_t at = 0; at < frames;) {
        const size_t left = MYO_HUM_BLOCK - (size_t)hum->since_check % MYO_HUM_BLOCK;
        const size_t count = frames - at < left ? frames - at : left;
        for (size_t lane = 0; lane < lanes; lane += WIDTH) {
            if (hum->running >> lane & ((1u << WIDTH) - 1)) {
                hum_block(config, hum, z + at * MYO_OCTET,
                          learns != NULL ? learns + at * MYO_OCTET : NULL, count, lane,
                          lanes <= FEW);
            }
        }
        hum->since_check += (int32_t)count;
        at += count;
    }
    hum->since_check = start;
}
