/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clarius' raw data: envelope, radio frequency or IQ along scan lines, and what the .yml beside it says.
 *
 * Five numbers of 32 bits (kind, frames, lines, samples a line, bytes a sample), then for each frame its
 * time in ns and its numbers line by line: github.com/clariusdev/raw. There is no signature: the size of the
 * file must be exactly what the five numbers make. */
#include "stack.h"

#include "signal/beside.h"
#include "signal/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER_BYTES = 20, STAMP_BYTES = 8, MAX_SIDECAR = 1 << 20, MAX_KIND = 15 };

/* Metres a second in soft tissue, as scanners assume; where a depth in mm is asked for. */
#define SOUND_M_S 1540.0
/* No echo is sampled more slowly; what is, makes a scale that is no number. */
#define LEAST_MHZ 1e-3

static uint32_t u32_le(const uint8_t *from)
{
    return (uint32_t)from[3] << 24 | (uint32_t)from[2] << 16 | (uint32_t)from[1] << 8 | from[0];
}

typedef struct {
    uint32_t kind, frames, lines, samples, bytes;
} header;

static bool header_take(const uint8_t *head, size_t size, header *h)
{
    if (size < HEADER_BYTES) {
        return false;
    }
    *h = (header){u32_le(head), u32_le(head + 4), u32_le(head + 8), u32_le(head + 12),
                  u32_le(head + 16)};
    return h->kind <= MAX_KIND && h->frames >= 1 && h->lines >= 1 && h->samples >= 1 &&
           h->lines <= MYO_CINE_MAX_SIDE && h->samples <= MYO_CINE_MAX_SIDE &&
           (h->bytes == 1 || h->bytes == 2 || h->bytes == 4);
}

static int64_t frame_step(const header *h)
{
    return STAMP_BYTES + (int64_t)h->lines * h->samples * h->bytes;
}

static bool clarius_known(const uint8_t *head, size_t size, int64_t file_size)
{
    header h = {0};
    return header_take(head, size, &h) && file_size == HEADER_BYTES + h.frames * frame_step(&h);
}

/* The number after "key:" at the start of a line; 0 when there is none. */
static double key_find(const char *text, const char *key)
{
    size_t length = strlen(key);
    double value = 0.0;
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0 && line[length] == ':') {
            const char *number = line + length + 1 + strspn(line + length + 1, " ");
            bool ok = myo_decimal_read(number, strcspn(number, " \r\n"), false, &value);
            return ok && value > 0.0 && value < 1e6 ? value : 0.0;
        }
    }
    return 0.0;
}

static void sidecar_use(const char *text, myo_cine_info *info)
{
    double sampling_mhz = key_find(text, "sampling rate");
    sampling_mhz = sampling_mhz >= LEAST_MHZ ? sampling_mhz : 0.0;
    info->depth_rate_hz = sampling_mhz * 1e6;
    info->carrier_hz = key_find(text, "transmit frequency") * 1e6;
    if (sampling_mhz > 0.0) {
        info->mm_per_px_y = SOUND_M_S / (2.0 * sampling_mhz * 1e6) * 1e3;
    }
}

/* NAME.yml beside NAME.raw, if it is there. */
static void sidecar_read(const char *path, myo_cine_info *info)
{
    char name[256];
    const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(base, '.');
    int stem = (int)(dot == NULL ? strlen(base) : (size_t)(dot - base));
    myo_status status = MYO_OK;
    myo_why why;
    if (snprintf(name, sizeof name, "%.*s.yml", stem, base) >= (int)sizeof name) {
        return;
    }
    int file = myo_beside_open(path, name, &why);
    char *text = file < 0 ? NULL : myo_text_load(file, MAX_SIDECAR, &status, &why);
    if (text != NULL) {
        sidecar_use(text, info);
    } else {
        myo_note_add(info->note, sizeof info->note, "no %.60s beside it: frequencies not known",
                     name);
    }
    free(text);
    if (file >= 0) {
        (void)close(file);
    }
}

static myo_status clarius_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                               const myo_cine_options *options, myo_why *why)
{
    static const char *const names[] = {"", "envelope", "RF", "", "IQ"};
    myo_cine_info *info = &reader->info;
    myo_stack *s = NULL;
    header h = {0};
    (void)options;
    (void)header_take(bytes->head, bytes->head_size, &h);
    myo_status status = myo_stack_new(reader, bytes, &s, why);
    if (status != MYO_OK) {
        return status;
    }
    info->kind = h.bytes == 4 ? MYO_CINE_IQ : h.bytes == 2 ? MYO_CINE_RF : MYO_CINE_LINES;
    info->width = h.lines;
    info->height = h.samples;
    info->frames = h.frames;
    s->type = h.bytes == 1 ? MYO_STACK_U8 : MYO_STACK_I16;
    s->offset = HEADER_BYTES;
    s->frame_step = frame_step(&h);
    s->frame_skip = STAMP_BYTES;
    s->has_stamps = true;
    s->row_step = h.bytes == 4 ? 2 : 1;
    s->column_step = h.samples * s->row_step;
    sidecar_read(path, info);
    (void)snprintf(info->format, sizeof info->format, "Clarius raw, %s", names[h.bytes]);
    status = myo_stack_start(reader, why);
    if (status != MYO_OK) {
        myo_stack_close(reader);
    }
    return status;
}

const myo_cine_class myo_cine_clarius = {clarius_known, clarius_open, myo_stack_next,
                                         myo_stack_close};
