/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Five numbers, then each line's time in ns and its pairs (RF: numbers) of 16 bits: github.com/clariusdev/raw. */
#include "synth_echo.h"

#include "export/outfile.h"

#include "myotwitch/axial.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_BYTES = 20, FRAMES_AT = 4, PAIR_BYTES = 4, NUMBER_BYTES = 2, LARGEST = 32767 };

/* Echoes with an rms of 100 keep their noise above a step and stay far below the largest number. */
#define GAIN 20.0

/* @p count bytes, the lowest first. */
static void put(FILE *out, uint64_t value, int count)
{
    for (int i = 0; i < count; i++) {
        (void)putc((int)(value >> (8 * i) & 0xff), out);
    }
}

static bool is_sampled(const myo_cine_synth_config *config)
{
    return strcmp(config->scenario, "us-rf") == 0;
}

static void header_put(FILE *out, uint32_t frames, const myo_cine_synth_config *config)
{
    put(out, 1, 4);
    put(out, frames, 4);
    put(out, config->width, 4);
    put(out, config->height, 4);
    put(out, is_sampled(config) ? NUMBER_BYTES : PAIR_BYTES, 4);
}

static void line_put(FILE *out, const myo_frame *frame)
{
    const float *values = frame->pixels;
    put(out, (uint64_t)llround(1e9 * frame->time_s), 8);
    const size_t each = frame->pixel == MYO_PIXEL_IQ ? 2 : 1;
    for (size_t i = 0; i < each * frame->height; i++) {
        const double value = fmin(fmax(round(GAIN * (double)values[i]), -LARGEST), LARGEST);
        put(out, (uint16_t)(int16_t)value, 2);
    }
}

/* The number of lines is known at the end. */
static myo_status raw_put(FILE *out, const myo_cine_synth_config *config, myo_cine_synth *synth)
{
    uint32_t frames = 0;
    myo_frame frame;
    header_put(out, 0, config);
    while (myo_cine_synth_next(synth, &frame)) {
        line_put(out, &frame);
        frames++;
    }
    if (fseek(out, FRAMES_AT, SEEK_SET) != 0) {
        return MYO_ERR_WRITE;
    }
    put(out, frames, 4);
    return MYO_OK;
}

static void sidecar_put(FILE *out, const myo_cine_synth_config *config, double carrier)
{
    const double mhz = 5e-4 * MYO_AXIAL_SOUND_M_S / config->mm_per_px;
    fprintf(out,
            "# myotwitch synth %s, seed %llu\ntransmit frequency: %.6g MHz\n"
            "sampling rate: %.6g MHz\ntype: %s\ncompression: none\n",
            config->scenario, (unsigned long long)config->seed, carrier * mhz, mhz,
            is_sampled(config) ? "RF" : "IQ");
}

myo_status synth_echo_write(const char *path, bool replace, const myo_cine_synth_config *config,
                            myo_cine_synth *synth, myo_why *why)
{
    const size_t length = strlen(path);
    if (length < 4 || strcmp(path + length - 4, ".raw") != 0) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "%s: lines of echoes are written to NAME.raw",
                           path);
    }
    char *beside = NULL;
    if (asprintf(&beside, "%.*s.yml", (int)length - 4, path) < 0) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_outfile *raw = NULL, *sidecar = NULL;
    myo_status status = myo_outfile_open(path, replace, &raw, why);
    if (status == MYO_OK) {
        status = myo_outfile_open(beside, replace, &sidecar, why);
    }
    if (status == MYO_OK && raw_put(myo_outfile_stream(raw), config, synth) != MYO_OK) {
        status = myo_why_set(why, MYO_ERR_WRITE, "%s: is no file that can be gone back in", path);
    }
    free(beside);
    if (status != MYO_OK) {
        myo_outfile_discard(raw);
        myo_outfile_discard(sidecar);
        return status;
    }
    sidecar_put(myo_outfile_stream(sidecar), config, myo_cine_synth_carrier(synth));
    status = myo_outfile_commit(sidecar, why);
    if (status != MYO_OK) {
        myo_outfile_discard(raw);
        return status;
    }
    return myo_outfile_commit(raw, why);
}
