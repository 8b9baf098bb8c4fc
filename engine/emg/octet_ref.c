/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scalar reference of the bands' kernels: what every other kernel must equal bit by bit.
 *
 * Compiled once plainly, where fma() may be a call, and on x86 once more with -mfma, where it is
 * one instruction; the results are the same, for fma() rounds once by definition (C11 7.12.13.1). */
#include "emg/octet_kern.h"

#include "core/minmax.h"

#include <math.h>

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
