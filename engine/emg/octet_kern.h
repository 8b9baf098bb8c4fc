/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels on eight channels side by side: what is done to every sample and every
 * hop before anything is looked for.
 *
 * Kernels of all instruction sets but sse2 give the same bits, those of octet_ref.c; so do different
 * cuts of a recording into calls. No kernel writes to a channel's state what depends on another. */
#ifndef MYO_EMG_OCTET_KERN_H
#define MYO_EMG_OCTET_KERN_H

#include "core/octet.h"
#include "emg/board.h"
#include "emg/edge.h"
#include "emg/hum.h"
#include "myotwitch/band.h"

/** What the front keeps of a channel that nothing happens to: see front.h and edge.h. */
typedef struct {
    MYO_ALIGNED myo_lanes level;
    myo_lanes low, high;
    myo_lanes
        far; /**< a new extreme may be a rail if it is so many scales from the level; -1 = any */
    myo_lanes x1, x2, scale, offset, recent[4], flat;
} myo_front_lanes;

/** Conditions @p frames rows of eight samples, @p stride floats apart, as myo_front_process does, as
 *  long as nothing happens: no edge, nothing at the rails, no flat line, nothing that is not a number.
 *  Returns a bit for each channel with which it did; its outputs are void.
 *
 *  Every channel must have started, not hold, and have learned its scale. @p z gets rows of
 *  MYO_OCTET. */
MYO_RT typedef unsigned myo_front_run(const myo_edge_config *config, const myo_front_lanes *before,
                                      myo_front_lanes *after, int32_t quarter_left, const float *x,
                                      size_t stride, size_t frames, size_t lanes, double *z);

/** The four bands of eight channels, and the sums over the present hop. */
typedef struct {
    MYO_ALIGNED myo_lanes gain[MYO_LANE_COUNT];
    myo_lanes a1[MYO_LANE_COUNT][MYO_BAND_SECTIONS], a2[MYO_LANE_COUNT][MYO_BAND_SECTIONS];
    myo_lanes s1[MYO_LANE_COUNT][MYO_BAND_SECTIONS], s2[MYO_LANE_COUNT][MYO_BAND_SECTIONS];
    myo_lanes energy[MYO_LANE_COUNT];
    myo_lanes peak, turns;
    myo_lanes turn_from;  /**< the extreme that the next turn is measured from */
    myo_lanes turn_way;   /**< 1 = rising, -1 = falling */
    myo_lanes turn_limit; /**< turns smaller than this do not count; not negative */
    int32_t in_hop;       /**< frames of the present hop so far */
} myo_bands;

/** Filters @p frames rows (at most MYO_OCTET_FRAMES) at @p z and writes a row for each hop that ends. */
MYO_RT typedef void myo_bands_run(myo_bands *bands, const double *z, size_t frames,
                                  int32_t hop_frames, size_t lanes, myo_hop_row *rows);

typedef struct {
    const char *name;
    uint32_t needs;       /**< flags of myo_cpu_flag, all of them */
    myo_front_run *front; /**< NULL: every channel by myo_front_process */
    myo_hum_run *hum;
    myo_bands_run *bands;
    myo_gather_run *gather;
    myo_slide_run *slide;
    myo_hops_run *hops;
    myo_floor_take_run *floor_take;
    myo_floor_tell_run *floor_tell;
    myo_floor_ahead_run *floor_ahead;
} myo_octet_kernels;

/** All of this build, best first, NULL at the end; the one before it is plain C. */
extern const myo_octet_kernels *const myo_octet_tables[];

/** The best for @p lanes channels, all of whose needs are in @p cpu_mask and in the processor. Half a wide
 *  vector is slower than a whole one of half the width. */
const myo_octet_kernels *myo_octet_choose(uint32_t cpu_mask, uint32_t lanes);

/* Names by instruction set; a source is compiled with MYO_KERN_ISA set. */
#define MYO_OCTET_JOIN(what, isa)    myo_octet_##what##_##isa
#define MYO_OCTET_JOIN_OF(what, isa) MYO_OCTET_JOIN(what, isa)
#define MYO_OCTET_NAME(what)         MYO_OCTET_JOIN_OF(what, MYO_KERN_ISA)
#define MYO_OCTET_DECLARE(isa)                                                                     \
    myo_front_run MYO_OCTET_JOIN(front, isa);                                                      \
    myo_hum_run MYO_OCTET_JOIN(hum, isa);                                                          \
    myo_bands_run MYO_OCTET_JOIN(bands, isa);                                                      \
    myo_gather_run MYO_OCTET_JOIN(gather, isa);                                                    \
    myo_slide_run MYO_OCTET_JOIN(slide, isa);                                                      \
    myo_hops_run MYO_OCTET_JOIN(hops, isa);                                                        \
    myo_floor_take_run MYO_OCTET_JOIN(floor_take, isa);                                            \
    myo_floor_tell_run MYO_OCTET_JOIN(floor_tell, isa);                                            \
    myo_floor_ahead_run MYO_OCTET_JOIN(floor_ahead, isa);

MYO_OCTET_DECLARE(c)
#if defined(__x86_64__)
MYO_OCTET_DECLARE(fma)
MYO_OCTET_DECLARE(sse2)
MYO_OCTET_DECLARE(avx2)
MYO_OCTET_DECLARE(avx512)
#elif defined(__aarch64__)
MYO_OCTET_DECLARE(neon)
#endif

#endif
