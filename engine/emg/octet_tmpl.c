/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The template of the kernels on octets, compiled once for each instruction set: octet_ref.c,
 * front.c and edge.c over several channels at once. A lane is a channel. */
#include "emg/octet_kern.h"

#include "dsp/vec.h"

/* --- front --------------------------------------------------------------------------------- */

/* One vector of channels; `lane` is its first.
 *
 * Whether a new extreme is a rail is not asked here: it can only be one if it is far from the level. The
 * scale then may have been larger by the growth of one tile, so `far` asks for less than front.c. */
static unsigned front_vector(const myo_edge_config *config, const myo_front_lanes *before,
                             myo_front_lanes *after, int32_t quarter_left, const float *x,
                             size_t stride, size_t frames, size_t lane, double *z)
{
    const vec level = vec_load(before->level + lane), zero = vec_all(0.0), one = vec_all(1.0);
    const vec trigger = vec_all(config->trigger), growth = vec_all(config->growth);
    const vec keep = vec_all(config->scale_keep), step = vec_all(config->scale_step);
    const vec grow = vec_all(config->scale_grow), fade = vec_all(config->offset_keep);
    const vec old_low = vec_load(before->low + lane), old_high = vec_load(before->high + lane);
    vec low = vec_all(3.5e38), high = vec_all(-3.5e38);
    vec x1 = vec_load(before->x1 + lane), scale = vec_load(before->scale + lane);
    vec x2 = vec_load(before->x2 + lane), offset = vec_load(before->offset + lane);
    vec r0 = vec_load(before->recent[0] + lane), r1 = vec_load(before->recent[1] + lane);
    vec r2 = vec_load(before->recent[2] + lane), r3 = vec_load(before->recent[3] + lane);
    vec older = vec_greater(r1, vec_greater(r2, r3));
    vec flat = vec_load(before->flat + lane), flattest = zero;
    vec_mask rare = vec_never();
    for (size_t n = 0; n < frames; n++, x += stride, z += MYO_OCTET) {
        const vec raw = vec_from_floats(x);
        const vec y = raw - level;
        const vec bend = vec_size((y - x1) - (x1 - x2));
        low = vec_lesser(low, raw);
        high = vec_greater(high, raw);
        rare = vec_either(rare, vec_both(vec_exceeds(bend, trigger * scale),
                                         vec_exceeds(bend, growth * vec_greater(r0, older))));
        flat = vec_keep(vec_equals(bend, zero), flat + one);
        flattest = vec_greater(flattest, flat);
        scale = vec_lesser(vec_muladd(keep, scale, step * bend), grow * scale);
        offset = offset * fade;
        vec_store(z + lane, y - offset);
        if (quarter_left == 0) {
            r3 = r2;
            r2 = r1;
            r1 = r0;
            r0 = zero;
            older = vec_greater(r1, vec_greater(r2, r3));
            quarter_left = config->look_back;
        }
        quarter_left--;
        r0 = vec_greater(r0, bend);
        x2 = x1;
        x1 = y;
    }
    rare = vec_either(rare, vec_exceeds(flattest, vec_all(config->flat_frames)));
    const vec_mask inside = vec_both(vec_exceeds(low, old_low), vec_exceeds(old_high, high));
    const vec reach = vec_greater(high - level, level - low);
    const vec_mask far = vec_exceeds(reach, vec_load(before->far + lane) * scale);
    vec_store(after->far + lane, vec_load(before->far + lane));
    vec_store(after->level + lane, level);
    vec_store(after->low + lane, vec_lesser(low, old_low));
    vec_store(after->high + lane, vec_greater(high, old_high));
    vec_store(after->x1 + lane, x1);
    vec_store(after->x2 + lane, x2);
    vec_store(after->scale + lane, scale);
    vec_store(after->offset + lane, offset);
    vec_store(after->recent[0] + lane, r0);
    vec_store(after->recent[1] + lane, r1);
    vec_store(after->recent[2] + lane, r2);
    vec_store(after->recent[3] + lane, r3);
    vec_store(after->flat + lane, flat);
    return vec_bits(rare) | (vec_bits(far) & ~vec_bits(inside));
}

unsigned MYO_OCTET_NAME(front)(const myo_edge_config *config, const myo_front_lanes *before,
                               myo_front_lanes *after, int32_t quarter_left, const float *x,
                               size_t stride, size_t frames, size_t lanes, double *z)
{
    unsigned rare = 0;
    for (size_t lane = 0; lane < lanes; lane += WIDTH) {
        rare |= front_vector(config, before, after, quarter_left, x + lane, stride, frames, lane, z)
                << lane;
    }
    return rare;
}

/* --- hum ----------------------------------------------------------------------------------- */

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
        for (size_t later = at + 1; later < MYO_HUM_BLOCK; later++) {
            for (int m = 0; m < MYO_HUM_MAINS; m++) {
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

/* --- bands --------------------------------------------------------------------------------- */

/* Unrolls a loop over sections, so that the states live in registers. */
#define UNROLL _Pragma("GCC unroll 4")

/* One band of a vector of channels over all frames; what passes is written to y, if that is not NULL.
 * All four sections of a frame are in flight at once, together with those of the next frames: that fills
 * the time that each recurrence (an addition, then a multiply-add, frame after frame) would wait. */
VEC_INLINE void band_vector(myo_bands *bands, int band, size_t lane, const double *z, size_t frames,
                            size_t hop_frames, myo_hop_row *row, double *y)
{
    vec s1[MYO_BAND_SECTIONS], s2[MYO_BAND_SECTIONS];
    UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
    {
        s1[k] = vec_load(bands->s1[band][k] + lane);
        s2[k] = vec_load(bands->s2[band][k] + lane);
    }
    const vec gain = vec_load(bands->gain[band] + lane);
    vec energy = vec_load(bands->energy[band] + lane);
    size_t left = hop_frames - (size_t)bands->in_hop;
    for (size_t n = 0; n < frames; n++) {
        vec v = vec_load(z + n * MYO_OCTET + lane) * gain;
        UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
        {
            const vec u = v;
            v = u + s1[k];
            s1[k] = vec_muladd(vec_load(bands->a1[band][k] + lane), v, s2[k]);
            s2[k] = vec_muladd(vec_load(bands->a2[band][k] + lane), v, -u);
        }
        energy = vec_muladd(v, v, energy);
        if (y != NULL) {
            vec_store(y + n * MYO_OCTET + lane, v);
        }
        if (--left == 0) {
            left = hop_frames;
            vec_to_floats(row->energy[band] + lane, energy);
            energy = vec_all(0.0);
            row++;
        }
    }
    UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
    {
        vec_store(bands->s1[band][k] + lane, s1[k]);
        vec_store(bands->s2[band][k] + lane, s2[k]);
    }
    vec_store(bands->energy[band] + lane, energy);
}

/* Peaks and turns of the measure band; a pass of their own, for there are no registers left in the
 * other. */
static void shape_vector(myo_bands *bands, size_t lane, const double *y, size_t frames,
                         size_t hop_frames, myo_hop_row *row)
{
    const vec zero = vec_all(0.0), one = vec_all(1.0);
    const vec limit = -vec_load(bands->turn_limit + lane);
    vec peak = vec_load(bands->peak + lane), turns = vec_load(bands->turns + lane);
    vec from = vec_load(bands->turn_from + lane), way = vec_load(bands->turn_way + lane);
    size_t left = hop_frames - (size_t)bands->in_hop;
    for (size_t n = 0; n < frames; n++) {
        const vec v = vec_load(y + n * MYO_OCTET + lane);
        const vec ahead = (v - from) * way;
        const vec_mask turned = vec_exceeds(limit, ahead);
        peak = vec_greater(peak, vec_size(v));
        from = vec_choose(vec_either(turned, vec_exceeds(ahead, zero)), v, from);
        way = vec_choose(turned, -way, way);
        turns += vec_keep(turned, one);
        if (--left == 0) {
            left = hop_frames;
            vec_to_floats(row->peak + lane, peak);
            vec_to_floats(row->turns + lane, turns);
            peak = turns = zero;
            row++;
        }
    }
    vec_store(bands->peak + lane, peak);
    vec_store(bands->turns + lane, turns);
    vec_store(bands->turn_from + lane, from);
    vec_store(bands->turn_way + lane, way);
}

/* A vector of channels through all bands. */
static void bands_vector(myo_bands *bands, size_t lane, const double *z, size_t frames,
                         size_t hop_frames, myo_hop_row *rows)
{
    MYO_ALIGNED double y[MYO_OCTET_FRAMES * MYO_OCTET];
    band_vector(bands, MYO_LANE_MEASURE, lane, z, frames, hop_frames, rows, y);
    shape_vector(bands, lane, y, frames, hop_frames, rows);
    for (int band = MYO_LANE_MEASURE + 1; band < MYO_LANE_COUNT; band++) {
        band_vector(bands, band, lane, z, frames, hop_frames, rows, NULL);
    }
}

#if defined(__AVX2__)

/* The same value of all four bands, each @p step lanes behind the last. */
static inline __m256d quad_gather(const double *p, size_t step)
{
    step *= MYO_OCTET;
    return _mm256_set_pd(p[3 * step], p[2 * step], p[step], p[0]);
}

static inline void quad_scatter(double *p, size_t step, __m256d q)
{
    double values[MYO_LANE_COUNT];
    _mm256_storeu_pd(values, q);
    for (size_t band = 0; band < MYO_LANE_COUNT; band++) {
        p[band * step * MYO_OCTET] = values[band];
    }
}

/* A single channel with its four bands side by side: the latency of one is that of four. */
static void bands_alone(myo_bands *bands, size_t lane, const double *z, size_t frames,
                        size_t hop_frames, myo_hop_row *row)
{
    __m256d a1[MYO_BAND_SECTIONS], a2[MYO_BAND_SECTIONS];
    __m256d s1[MYO_BAND_SECTIONS], s2[MYO_BAND_SECTIONS];
    UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
    {
        a1[k] = quad_gather(&bands->a1[0][k][lane], MYO_BAND_SECTIONS);
        a2[k] = quad_gather(&bands->a2[0][k][lane], MYO_BAND_SECTIONS);
        s1[k] = quad_gather(&bands->s1[0][k][lane], MYO_BAND_SECTIONS);
        s2[k] = quad_gather(&bands->s2[0][k][lane], MYO_BAND_SECTIONS);
    }
    const __m256d gain = quad_gather(&bands->gain[0][lane], 1);
    __m256d energy = quad_gather(&bands->energy[0][lane], 1);
    double peak = bands->peak[lane], turns = bands->turns[lane];
    double from = bands->turn_from[lane], way = bands->turn_way[lane];
    const double limit = -bands->turn_limit[lane];
    size_t left = hop_frames - (size_t)bands->in_hop;
    for (size_t n = 0; n < frames; n++) {
        __m256d v = _mm256_mul_pd(_mm256_broadcast_sd(&z[n * MYO_OCTET + lane]), gain);
        UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
        {
            const __m256d u = v;
            v = _mm256_add_pd(u, s1[k]);
            s1[k] = _mm256_fmadd_pd(a1[k], v, s2[k]);
            s2[k] = _mm256_fmsub_pd(a2[k], v, u);
        }
        energy = _mm256_fmadd_pd(v, v, energy);
        const double measure = _mm256_cvtsd_f64(v);
        const double ahead = (measure - from) * way;
        const double size = measure < 0.0 ? -measure : measure;
        const bool turned = ahead < limit;
        peak = peak > size ? peak : size;
        from = turned || ahead > 0.0 ? measure : from;
        way = turned ? -way : way;
        turns = turned ? turns + 1.0 : turns;
        if (--left == 0) {
            left = hop_frames;
            float sums[MYO_LANE_COUNT];
            _mm_storeu_ps(sums, _mm256_cvtpd_ps(energy));
            for (int band = 0; band < MYO_LANE_COUNT; band++) {
                row->energy[band][lane] = sums[band];
            }
            row->peak[lane] = (float)peak;
            row->turns[lane] = (float)turns;
            energy = _mm256_setzero_pd();
            peak = turns = 0.0;
            row++;
        }
    }
    UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
    {
        quad_scatter(&bands->s1[0][k][lane], MYO_BAND_SECTIONS, s1[k]);
        quad_scatter(&bands->s2[0][k][lane], MYO_BAND_SECTIONS, s2[k]);
    }
    quad_scatter(&bands->energy[0][lane], 1, energy);
    bands->peak[lane] = peak;
    bands->turns[lane] = turns;
    bands->turn_from[lane] = from;
    bands->turn_way[lane] = way;
}

/* As many channels are quicker one by one. */
enum { FEW = 3 };

#else

static void bands_alone(myo_bands *bands, size_t lane, const double *z, size_t frames,
                        size_t hop_frames, myo_hop_row *row)
{
    (void)bands, (void)lane, (void)z, (void)frames, (void)hop_frames, (void)row;
}

enum { FEW = 0 }; /* then it is never called */

#endif

void MYO_OCTET_NAME(bands)(myo_bands *bands, const double *z, size_t frames, int32_t hop_frames,
                           size_t lanes, myo_hop_row *rows)
{
    const size_t hop = (size_t)hop_frames;
    size_t lane = 0;
    for (; lane + FEW < lanes; lane += WIDTH) {
        bands_vector(bands, lane, z, frames, hop, rows);
    }
    for (; lane < lanes; lane++) {
        bands_alone(bands, lane, z, frames, hop, rows);
    }
    bands->in_hop = (bands->in_hop + (int32_t)(frames % hop)) % hop_frames;
}

/* --- hops ---------------------------------------------------------------------------------- */

VEC_INLINE vec five_of(myo_lanes *ring, size_t lane)
{
    return vec_load(ring[0] + lane) + vec_load(ring[1] + lane) + vec_load(ring[2] + lane) +
           vec_load(ring[3] + lane) + vec_load(ring[4] + lane);
}

/* One vector of channels; see octet_ref.c. Returns where the block is whole. */
VEC_INLINE unsigned gather_vector(myo_floor_sums *sums, const myo_hop_row *row, size_t slot,
                                  size_t lane)
{
    for (int band = 0; band < MYO_LANE_COUNT; band++) {
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

/* One vector of channels; see octet_ref.c. Returns where a window is over its limit. */
VEC_INLINE unsigned slide_vector(myo_windows *w, const myo_hop_row *row, size_t hop, size_t slot,
                                 size_t lane)
{
    const vec zero = vec_all(0.0);
    const vec low = vec_from_floats(row->energy[MYO_LANE_LOW] + lane);
    const vec leak =
        vec_greater(vec_all(MYO_LOW_LEAK) * (low - vec_load(w->low_noise + lane)), zero);
    const vec detect = vec_from_floats(row->energy[MYO_LANE_DETECT] + lane);
    vec_store(w->score[slot] + lane, vec_greater(detect - leak, zero));
    vec sum = five_of(w->score, lane);
    vec_store(w->five[hop % MYO_BACK_FIVE] + lane, sum);
    vec_mask over = vec_exceeds(sum, vec_load(w->limit[0] + lane));
    sum += vec_load(w->five[(hop - 5) % MYO_BACK_FIVE] + lane);
    over = vec_either(over, vec_exceeds(sum, vec_load(w->limit[1] + lane)));
    sum += vec_load(w->five[(hop - 10) % MYO_BACK_FIVE] + lane);
    over = vec_either(over, vec_exceeds(sum, vec_load(w->limit[2] + lane)));
    sum += vec_load(w->five[(hop - 15) % MYO_BACK_FIVE] + lane);
    sum += vec_load(w->five[(hop - 20) % MYO_BACK_FIVE] + lane);
    over = vec_either(over, vec_exceeds(sum, vec_load(w->limit[3] + lane)));
    vec_store(w->twentyfive[hop % MYO_BACK_TWENTYFIVE] + lane, sum);
    sum += vec_load(w->twentyfive[(hop - 25) % MYO_BACK_TWENTYFIVE] + lane);
    over = vec_either(over, vec_exceeds(sum, vec_load(w->limit[4] + lane)));
    vec_store(w->fifty[hop % MYO_BACK_FIFTY] + lane, sum);
    sum += vec_load(w->fifty[(hop - 50) % MYO_BACK_FIFTY] + lane);
    over = vec_either(over, vec_exceeds(sum, vec_load(w->limit[5] + lane)));
    return vec_bits(over);
}

unsigned MYO_OCTET_NAME(slide)(myo_board *board, unsigned used)
{
    const size_t hop = (size_t)(board->rows.end - 1);
    unsigned over = 0;
    for (size_t lane = 0; used >> lane != 0; lane += WIDTH) {
        over |= slide_vector(&board->windows, myo_board_last(board), hop, hop % 5, lane) << lane;
    }
    return over & used;
}

unsigned MYO_OCTET_NAME(gather)(myo_board *board, const myo_hop_row *row, const uint8_t *flags,
                                unsigned used)
{
    const size_t slot = (size_t)board->rows.end % 5;
    unsigned whole = 0;
    myo_hop_push(&board->rows, row, flags);
    for (size_t lane = 0; used >> lane != 0; lane += WIDTH) {
        whole |= gather_vector(&board->floor, row, slot, lane) << lane;
    }
    return whole & used;
}

size_t MYO_OCTET_NAME(hops)(myo_board *board, const myo_hop_row *rows,
                            const uint8_t (*flags)[MYO_OCTET], size_t count, unsigned used,
                            unsigned *whole, unsigned *over)
{
    size_t slot = (size_t)board->rows.end % 5, hop = (size_t)board->rows.end;
    unsigned wholes = 0, overs = 0;
    size_t done = 0;
    while (done < count && (wholes | overs) == 0) {
        myo_hop_push(&board->rows, &rows[done], flags[done]);
        for (size_t lane = 0; used >> lane != 0; lane += WIDTH) {
            wholes |= gather_vector(&board->floor, &rows[done], slot, lane) << lane;
        }
        wholes &= used;
        for (size_t lane = 0; wholes == 0 && used >> lane != 0; lane += WIDTH) {
            overs |= slide_vector(&board->windows, &rows[done], hop, slot, lane) << lane;
        }
        overs &= used;
        slot = slot == 4 ? 0 : slot + 1;
        hop++;
        done++;
    }
    *whole = wholes;
    *over = overs;
    return done;
}
