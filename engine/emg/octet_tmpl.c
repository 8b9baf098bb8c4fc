/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The template of the kernels on octets, compiled once for each instruction set: octet_ref.c,
 * front.c and edge.c over several channels at once. A lane is a channel. */
#include "emg/octet_kern.h"

#include "dsp/vec.h"

/* --- front --------------------------------------------------------------------------------- */

/* Samples of the next tile are asked for: they come from a buffer that is larger than the cache. */
enum { AHEAD = MYO_OCTET_FRAMES };

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
    vec slope = x1 - x2;
    vec r0 = vec_load(before->recent[0] + lane), r1 = vec_load(before->recent[1] + lane);
    vec r2 = vec_load(before->recent[2] + lane), r3 = vec_load(before->recent[3] + lane);
    vec older = vec_greater(r1, vec_greater(r2, r3));
    vec flat = vec_load(before->flat + lane), flattest = flat;
    vec_mask rare = vec_never();
    for (size_t n = 0; n < frames; n++, x += stride, z += MYO_OCTET) {
        __builtin_prefetch(x + AHEAD * stride);
        const vec raw = vec_from_floats(x);
        const vec y = raw - level;
        const vec rise = y - x1, bend = vec_size(rise - slope);
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
        slope = rise;
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

/* --- bands --------------------------------------------------------------------------------- */

/* Unrolls a loop over sections, so that the states live in registers. */
#define UNROLL _Pragma("GCC unroll 4")

/* Peaks and turns of the measure band. Its way is kept as a sign: what passes, and the extreme that the next
 * turn is measured from, are turned by it, so that ahead is always up. Nothing that the next frame waits for
 * goes through a mask register or a multiplication. */
typedef struct {
    vec limit, peak, turns, from, way;
} shape;

VEC_INLINE shape shape_begin(const myo_bands *bands, size_t lane)
{
    const vec way = vec_sign(vec_load(bands->turn_way + lane));
    return (shape){vec_load(bands->turn_limit + lane), vec_load(bands->peak + lane),
                   vec_load(bands->turns + lane), vec_flip(vec_load(bands->turn_from + lane), way),
                   way};
}

VEC_INLINE void shape_end(myo_bands *bands, size_t lane, const shape *s)
{
    vec_store(bands->peak + lane, s->peak);
    vec_store(bands->turns + lane, s->turns);
    vec_store(bands->turn_from + lane, vec_flip(s->from, s->way));
    vec_store(bands->turn_way + lane, vec_flip(vec_all(1.0), s->way));
}

/* An extreme is new where nothing less what is ahead is negative, a turn where the limit and what is ahead
 * are. The first is not asked by comparing the two: what differs by a denormal does not differ here. */
VEC_INLINE void shape_frame(shape *s, vec v)
{
    const vec zero = vec_all(0.0), one = vec_all(1.0);
    const vec u = vec_flip(v, s->way), ahead = u - s->from;
    const vec turned = ahead + s->limit;
    s->peak = vec_further(s->peak, v);
    s->from = vec_where(turned, -u, vec_where(zero - ahead, u, s->from));
    s->way = vec_flip(s->way, vec_sign(turned));
    s->turns += vec_where(turned, one, zero);
}

VEC_INLINE void shape_hop(shape *s, size_t lane, myo_hop_row *row)
{
    vec_to_floats(row->peak + lane, s->peak);
    vec_to_floats(row->turns + lane, s->turns);
    s->peak = s->turns = vec_all(0.0);
}

/* With 32 registers two bands run side by side, and the shape while they do: each waits for itself (an
 * addition, then a multiply-add, frame after frame), not for the others. */
enum { SIDE_BY_SIDE = WIDTH == 8 ? 2 : 1, SHAPE_WITHIN = WIDTH == 8 };
_Static_assert(MYO_LANE_MEASURE == 0 && MYO_LANE_COUNT % SIDE_BY_SIDE == 0,
               "the measure band is in the first few, and the last few are as many");

/* A few bands of a vector of channels over all frames. Of the measure band, the shape is taken too, or what
 * passes is written to y for it.
 * All four sections of a frame are in flight at once, together with those of the next frames. */
VEC_INLINE void bands_some(myo_bands *bands, size_t first, size_t lane, const double *z,
                           size_t frames, size_t hop_frames, myo_hop_row *row, double *y)
{
    const bool within = first == MYO_LANE_MEASURE && SHAPE_WITHIN;
    vec a1[SIDE_BY_SIDE][MYO_BAND_SECTIONS], a2[SIDE_BY_SIDE][MYO_BAND_SECTIONS];
    vec s1[SIDE_BY_SIDE][MYO_BAND_SECTIONS], s2[SIDE_BY_SIDE][MYO_BAND_SECTIONS];
    vec gain[SIDE_BY_SIDE], energy[SIDE_BY_SIDE];
    UNROLL for (size_t b = 0; b < SIDE_BY_SIDE; b++)
    {
        UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
        {
            a1[b][k] = vec_load(bands->a1[first + b][k] + lane);
            a2[b][k] = vec_load(bands->a2[first + b][k] + lane);
            s1[b][k] = vec_load(bands->s1[first + b][k] + lane);
            s2[b][k] = vec_load(bands->s2[first + b][k] + lane);
        }
        gain[b] = vec_load(bands->gain[first + b] + lane);
        energy[b] = vec_load(bands->energy[first + b] + lane);
    }
    shape seen = shape_begin(bands, lane);
    size_t left = hop_frames - (size_t)bands->in_hop;
    for (size_t n = 0; n < frames; n++) {
        const vec x = vec_load(z + n * MYO_OCTET + lane);
        vec v[SIDE_BY_SIDE];
        UNROLL for (size_t b = 0; b < SIDE_BY_SIDE; b++)
        {
            v[b] = x * gain[b];
        }
        UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
        {
            UNROLL for (size_t b = 0; b < SIDE_BY_SIDE; b++)
            {
                const vec u = v[b];
                v[b] = u + s1[b][k];
                s1[b][k] = vec_muladd(a1[b][k], v[b], s2[b][k]);
                s2[b][k] = vec_muladd(a2[b][k], v[b], -u);
            }
        }
        UNROLL for (size_t b = 0; b < SIDE_BY_SIDE; b++)
        {
            energy[b] = vec_muladd(v[b], v[b], energy[b]);
        }
        if (within) {
            shape_frame(&seen, v[0]);
        } else if (y != NULL) {
            vec_store(y + n * MYO_OCTET + lane, v[0]);
        }
        if (--left == 0) {
            left = hop_frames;
            UNROLL for (size_t b = 0; b < SIDE_BY_SIDE; b++)
            {
                vec_to_floats(row->energy[first + b] + lane, energy[b]);
                energy[b] = vec_all(0.0);
            }
            if (within) {
                shape_hop(&seen, lane, row);
            }
            row++;
        }
    }
    UNROLL for (size_t b = 0; b < SIDE_BY_SIDE; b++)
    {
        UNROLL for (size_t k = 0; k < MYO_BAND_SECTIONS; k++)
        {
            vec_store(bands->s1[first + b][k] + lane, s1[b][k]);
            vec_store(bands->s2[first + b][k] + lane, s2[b][k]);
        }
        vec_store(bands->energy[first + b] + lane, energy[b]);
    }
    if (within) {
        shape_end(bands, lane, &seen);
    }
}

/* The shape in a pass of its own, where there are no registers left in the other. */
static void shape_vector(myo_bands *bands, size_t lane, const double *y, size_t frames,
                         size_t hop_frames, myo_hop_row *row)
{
    shape seen = shape_begin(bands, lane);
    size_t left = hop_frames - (size_t)bands->in_hop;
    for (size_t n = 0; n < frames; n++) {
        shape_frame(&seen, vec_load(y + n * MYO_OCTET + lane));
        if (--left == 0) {
            left = hop_frames;
            shape_hop(&seen, lane, row++);
        }
    }
    shape_end(bands, lane, &seen);
}

/* A vector of channels through all bands. */
static void bands_vector(myo_bands *bands, size_t lane, const double *z, size_t frames,
                         size_t hop_frames, myo_hop_row *rows)
{
    MYO_ALIGNED double y[MYO_OCTET_FRAMES * MYO_OCTET];
    bands_some(bands, MYO_LANE_MEASURE, lane, z, frames, hop_frames, rows, y);
    if (!SHAPE_WITHIN) {
        shape_vector(bands, lane, y, frames, hop_frames, rows);
    }
    for (size_t band = SIDE_BY_SIDE; band < MYO_LANE_COUNT; band += SIDE_BY_SIDE) {
        bands_some(bands, band, lane, z, frames, hop_frames, rows, NULL);
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
