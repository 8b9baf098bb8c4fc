/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads and scales samples of plain files. */
#include "flat.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_SAMPLES = 32768, MAX_SAMPLE_BYTES = 8 };

static const int64_t sample_bytes[] = {2, 2, 2, 3, 4, 4, 1, 1, 4, 8};

void flat_add(flat_recording *recording, const flat_file *file)
{
    recording->files[recording->file_count++] = *file;
}

static int64_t file_frames(const flat_file *file)
{
    struct stat about;
    if (fstat(file->file, &about) != 0 || about.st_size <= file->offset) {
        return 0;
    }
    int64_t bytes = about.st_size - file->offset;
    int64_t samples = file->kind == FLAT_PACKED12 ? bytes / 3 * 2 + (bytes % 3 == 2)
                                                  : bytes / sample_bytes[file->kind];
    if (file->column_frames > 0) { /* the last channel is the one that is cut */
        int64_t before = file->column_frames * (file->columns - 1);
        int64_t last = samples > before ? samples - before : 0;
        return last < file->column_frames ? last : file->column_frames;
    }
    return samples / file->columns;
}

myo_status flat_prepare(flat_recording *recording, myo_why *why)
{
    recording->there = INT64_MAX;
    for (uint32_t i = 0; i < recording->file_count; i++) {
        int64_t frames = file_frames(&recording->files[i]);
        recording->there = frames < recording->there ? frames : recording->there;
    }
    recording->bytes = malloc((size_t)BUFFER_SAMPLES * MAX_SAMPLE_BYTES);
    return recording->bytes == NULL ? myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory") : MYO_OK;
}

static uint32_t word_at(const unsigned char *b)
{
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static double float32_at(const unsigned char *bytes)
{
    float value;
    uint32_t word = word_at(bytes);
    memcpy(&value, &word, sizeof value);
    return (double)value;
}

static double float64_at(const unsigned char *bytes)
{
    double value;
    uint64_t word = word_at(bytes) | (uint64_t)word_at(bytes + 4) << 32;
    memcpy(&value, &word, sizeof value);
    return value;
}

static double packed_at(const unsigned char *bytes, int64_t index)
{
    const unsigned char *pair = bytes + index / 2 * 3;
    int value = index % 2 == 0 ? pair[0] | (pair[1] & 0x0F) << 8 : pair[2] | (pair[1] & 0xF0) << 4;
    return value - ((value & 0x800) << 1);
}

int64_t flat_number_bytes(flat_kind kind)
{
    return sample_bytes[kind];
}

double flat_number(const unsigned char *bytes, flat_kind kind, int64_t index)
{
    const unsigned char *b = kind == FLAT_PACKED12 ? bytes : bytes + index * sample_bytes[kind];
    switch (kind) {
    case FLAT_INT16:
        return (int16_t)(uint16_t)(b[0] | b[1] << 8);
    case FLAT_INT16_BIG:
        return (int16_t)(uint16_t)(b[1] | b[0] << 8);
    case FLAT_UINT16:
        return b[0] | b[1] << 8;
    case FLAT_INT24: {
        int value = b[0] | b[1] << 8 | b[2] << 16;
        return value - ((value & 0x800000) << 1);
    }
    case FLAT_INT32:
        return (int32_t)word_at(b);
    case FLAT_FLOAT32:
        return float32_at(b);
    case FLAT_INT8:
        return (int8_t)b[0];
    case FLAT_UINT8:
        return b[0];
    case FLAT_UINT32:
        return word_at(b);
    case FLAT_FLOAT64:
        return float64_at(b);
    case FLAT_PACKED12:
        return packed_at(bytes, index);
    }
    return 0.0;
}

/* Brings @p count numbers from the number @p first on into the buffer; *skip is the index there of
 * the first: packed ones begin at a pair. */
static bool numbers_load(const flat_recording *recording, const flat_file *file, int64_t first,
                         int64_t count, int64_t *skip)
{
    int64_t at = 0, bytes = 0;
    *skip = 0;
    if (file->kind == FLAT_PACKED12) {
        *skip = first % 2;
        at = first / 2 * 3;
        bytes = (count + *skip) / 2 * 3 + ((count + *skip) % 2) * 2;
    } else {
        at = first * sample_bytes[file->kind];
        bytes = count * sample_bytes[file->kind];
    }
    return pread(file->file, recording->bytes, (size_t)bytes, (off_t)(file->offset + at)) == bytes;
}

static void number_take(flat_recording *recording, uint32_t channel, double number, float *sample)
{
    if (recording->has_checksum[channel]) {
        recording->sum[channel] = (uint16_t)(recording->sum[channel] + (int64_t)number);
    }
    *sample = number == recording->missing
                  ? NAN
                  : (float)(number * recording->gain[channel] + recording->shift[channel]);
}

/* Frames of one file whose first column is channel @p channel of @p channels. */
static bool file_read(flat_recording *recording, const flat_file *file, uint32_t channel,
                      uint32_t channels, float *samples, int64_t frames)
{
    int64_t skip = 0;
    bool interleaved = file->column_frames == 0;
    for (uint32_t c = 0; c < file->columns; c++) {
        int64_t first = interleaved ? recording->frame * file->columns
                                    : c * file->column_frames + recording->frame;
        int64_t step = interleaved ? file->columns : 1;
        if ((c == 0 || !interleaved) &&
            !numbers_load(recording, file, first, frames * step, &skip)) {
            return false;
        }
        for (int64_t f = 0; f < frames; f++) {
            int64_t index = skip + (interleaved ? f * file->columns + c : f);
            number_take(recording, channel + c, flat_number(recording->bytes, file->kind, index),
                        &samples[f * channels + channel + c]);
        }
    }
    return true;
}

/* After the last frame: what the header promised must have been there, and be sound. */
static myo_status end_check(const flat_recording *recording, const myo_source_info *info,
                            myo_why *why)
{
    if (recording->frame < info->frames) {
        return myo_why_set(why, MYO_ERR_READ,
                           "frame %lld: the file ends before the %lld frames that it promises",
                           (long long)recording->frame, (long long)info->frames);
    }
    for (uint32_t c = 0; c < info->channels; c++) {
        if (recording->has_checksum[c] && recording->sum[c] != recording->checksum[c]) {
            return myo_why_set(why, MYO_ERR_READ,
                               "channel %u: checksum %d where the header promises %d",
                               info->channel_number[c], (int16_t)recording->sum[c],
                               (int16_t)recording->checksum[c]);
        }
    }
    return MYO_OK;
}

myo_status flat_read(myo_reader *reader, float *samples, size_t frames, size_t *got, myo_why *why)
{
    flat_recording *recording = reader->state;
    const myo_source_info *info = &reader->info;
    int64_t end = recording->there < info->frames ? recording->there : info->frames;
    int64_t count = BUFFER_SAMPLES / info->channels - 1; /* less one: packed pairs */
    count = count < (int64_t)frames ? count : (int64_t)frames;
    count = count < end - recording->frame ? count : end - recording->frame;
    *got = 0;
    if (count <= 0) {
        return frames == 0 ? MYO_OK : end_check(recording, info, why);
    }
    uint32_t channel = 0;
    for (uint32_t i = 0; i < recording->file_count; i++) {
        const flat_file *file = &recording->files[i];
        if (!file_read(recording, file, channel, info->channels, samples, count)) {
            return myo_why_set(why, MYO_ERR_READ, "frame %lld: %s", (long long)recording->frame,
                               errno != 0 ? strerror(errno) : "cannot be read");
        }
        channel += file->columns;
    }
    recording->frame += count;
    *got = (size_t)count;
    return MYO_OK;
}

void flat_close(myo_reader *reader)
{
    flat_recording *recording = reader->state;
    if (recording != NULL) {
        for (uint32_t i = 0; i < recording->file_count; i++) {
            (void)close(recording->files[i].file);
        }
        free(recording->bytes);
        free(recording);
    }
    reader->state = NULL;
}
