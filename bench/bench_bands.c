/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Throughput of the bands' kernels beside plain C and beside the multiply-add limit of the same run.
 *
 * usage: bench_bands [ROUNDS [bare]]. All candidates take turns in every round; medians of thread CPU time.
 * A row's unit is a million channel-frames a second, each through four bands of four sections.
 * Limit: 9 multiply-adds a band (gain, 4 sections of 2); the additions run beside them, and what the
 * kernels do besides (energies, peaks and turns of each hop of 1 ms) is theirs to carry. With "bare", two
 * rows more: the recurrences and sums of squares alone, one and two bands at a time: what the kernel of
 * eight channels could reach on AVX-512 if all else cost nothing.
 */
#include "bare_bands.h"
#include "core/cpu.h"
#include "emg/octet_kern.h"
#include "probe.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE          2000.0
#define TILE          64
#define HOP           2
#define MAX_ROUNDS    1001
#define MAX_ROWS      64
#define LANE_FMAS     9.0
#define CHANNEL_TILES 4096 /* channels times tiles in one timing: about a millisecond */

static const uint32_t channel_counts[] = {1, 8, 64};
#define COUNTS (sizeof channel_counts / sizeof channel_counts[0])

/* The base of comparison: the sections as a library gives them (5 coefficients, one after the other
 * for each band), plain loops. */
typedef struct {
    double b0, b1, b2, a1, a2, s1, s2;
} biquad;

typedef void bare_run(myo_bands *bands, const double *z, size_t frames);

typedef struct {
    const char *name;
    const myo_octet_kernels *table; /* NULL: plain C, or bare */
    bare_run *bare;
    uint32_t channels;
    myo_bands *bands; /* of eight channels each */
    biquad *sections;
    double rates[MAX_ROUNDS];
} row;

MYO_ALIGNED static double x[TILE * 64];
static double y[TILE * 64 * MYO_LANE_COUNT];
static myo_hop_row hops[TILE];

static void plain_process(biquad *sections, uint32_t channels)
{
    for (size_t lane = 0; lane < (size_t)channels * MYO_LANE_COUNT; lane++) {
        for (size_t n = 0; n < TILE; n++) {
            double v = x[n * channels + lane / MYO_LANE_COUNT];
            for (size_t k = 0; k < MYO_BAND_SECTIONS; k++) {
                biquad *q = &sections[lane * MYO_BAND_SECTIONS + k];
                const double out = q->b0 * v + q->s1;
                q->s1 = q->b1 * v - q->a1 * out + q->s2;
                q->s2 = q->b2 * v - q->a2 * out;
                v = out;
            }
            y[n * channels * MYO_LANE_COUNT + lane] = v;
        }
    }
}

static void measure(row *r, size_t round)
{
    const size_t tiles = CHANNEL_TILES / r->channels;
    const double start = timing_cpu_s();
    for (size_t i = 0; i < tiles; i++) {
        if (r->bare != NULL) {
            r->bare(r->bands, x, TILE);
        } else if (r->table == NULL) {
            plain_process(r->sections, r->channels);
        } else {
            for (uint32_t first = 0; first < r->channels; first += MYO_OCTET) {
                const uint32_t left = r->channels - first;
                r->table->bands(&r->bands[first / MYO_OCTET], x, TILE, HOP,
                                left < MYO_OCTET ? left : MYO_OCTET, hops);
            }
        }
    }
    r->rates[round] = (double)(tiles * TILE * r->channels) / (timing_cpu_s() - start);
}

static void set_band(myo_bands *to, size_t lane, size_t band, const myo_band *from)
{
    to->gain[band][lane] = from->gain;
    to->turn_way[lane] = -1.0; /* as a channel begins */
    for (size_t k = 0; k < MYO_BAND_SECTIONS; k++) {
        to->a1[band][k][lane] = -from->section[k].a1;
        to->a2[band][k][lane] = -from->section[k].a2;
    }
}

static void prepare(row *r, const myo_octet_kernels *table, uint32_t channels)
{
    myo_band bands[64 * MYO_LANE_COUNT];
    const size_t lanes = (size_t)channels * MYO_LANE_COUNT;
    r->table = table;
    r->name = table != NULL ? table->name : "plain";
    r->channels = channels;
    r->sections = calloc(lanes * MYO_BAND_SECTIONS, sizeof *r->sections);
    for (size_t lane = 0; lane < lanes; lane++) {
        static const double corners[4][2] = {{20, 450}, {60, 300}, {0.5, 20}, {450, 900}};
        myo_band_design(RATE, corners[lane % 4][0], corners[lane % 4][1], &bands[lane]);
        for (size_t k = 0; r->sections != NULL && k < MYO_BAND_SECTIONS; k++) {
            const double gain = k == 0 ? bands[lane].gain : 1.0;
            r->sections[lane * MYO_BAND_SECTIONS + k] = (biquad){
                gain, 0, -gain, bands[lane].section[k].a1, bands[lane].section[k].a2, 0, 0};
        }
    }
    const size_t octets = (channels + MYO_OCTET - 1) / MYO_OCTET;
    r->bands = aligned_alloc(_Alignof(myo_bands), octets * sizeof *r->bands);
    if (r->sections == NULL || r->bands == NULL) {
        fprintf(stderr, "bench_bands: out of memory\n");
        exit(1);
    }
    memset(r->bands, 0, octets * sizeof *r->bands);
    for (size_t i = 0; i < lanes; i++) {
        set_band(&r->bands[i / MYO_LANE_COUNT / MYO_OCTET], i / MYO_LANE_COUNT % MYO_OCTET,
                 i % MYO_LANE_COUNT, &bands[i]);
    }
}

static void prepare_bare(row *r, const char *name, bare_run *run)
{
    prepare(r, NULL, MYO_OCTET);
    r->name = name;
    r->bare = run;
}

static size_t prepare_all(row *rows, bool bare)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNTS; i++) {
        prepare(&rows[count++], NULL, channel_counts[i]);
        for (size_t t = 0; myo_octet_tables[t] != NULL; t++) {
            if ((myo_octet_tables[t]->needs & ~myo_cpu_detect()) == 0) {
                prepare(&rows[count++], myo_octet_tables[t], channel_counts[i]);
            }
        }
    }
    if (bare && bare_bands_can()) {
        prepare_bare(&rows[count++], "bare1", bare_bands_one);
        prepare_bare(&rows[count++], "bare2", bare_bands_two);
    }
    return count;
}

static double probe_rate(double *sink)
{
    const double start = timing_cpu_s();
    const double done = probe_multiply_adds(200000, sink);
    return done / (timing_cpu_s() - start);
}

int main(int argc, char **argv)
{
    static row rows[MAX_ROWS];
    static double probes[MAX_ROUNDS];
    double sink = 0.0;
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 31;
    rounds = rounds < 1 ? 1 : rounds > MAX_ROUNDS ? MAX_ROUNDS : rounds;
    for (size_t i = 0; i < TILE * 64; i++) {
        x[i] = (double)((i * 2654435761u) % 65536) / 32768.0 - 1.0;
    }
    const size_t count = prepare_all(rows, argc > 2 && strcmp(argv[2], "bare") == 0);
    for (size_t round = 0; round < rounds; round++) {
        probes[round] = probe_rate(&sink);
        for (size_t i = 0; i < count; i++) {
            measure(&rows[i], round);
        }
    }
    const double fmas = timing_quantile(probes, rounds, 0.5);
    const double limit = fmas / (LANE_FMAS * MYO_LANE_COUNT);
    printf("multiply-add limit %.2f G/s (%g): %.0f M channel-frames/s\n", fmas / 1e9, sink,
           limit / 1e6);
    printf("%-8s %8s %10s %8s %8s\n", "kernel", "channels", "M/s", "x plain", "% limit");
    double plain = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double rate = timing_quantile(rows[i].rates, rounds, 0.5);
        plain = rows[i].table == NULL && rows[i].bare == NULL ? rate : plain;
        printf("%-8s %8u %10.1f %8.1f %8.1f\n", rows[i].name, rows[i].channels, rate / 1e6,
               rate / plain, 100.0 * rate / limit);
        free(rows[i].bands);
        free(rows[i].sections);
    }
    return 0;
}
