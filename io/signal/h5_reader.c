/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings in HDF5: which kind it is, and blocks of frames from its data sets. */
#include "h5_kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_FRAMES = 4096 };

myo_status h5_recording_add(h5_recording *recording, myo_reader *reader, const char *path,
                            bool channels_first, myo_why *why)
{
    uint32_t index = recording->array_count;
    myo_source_info *info = &reader->info;
    if (index == MYO_MAX_CHANNELS) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "more than %d channels", MYO_MAX_CHANNELS);
    }
    h5_array *array = &recording->arrays[index];
    myo_status status = h5_array_open(recording->file, path, channels_first, array, why);
    if (status != MYO_OK) {
        return status;
    }
    recording->array_count++;
    recording->scale[index] = 1.0F;
    if (info->channels + array->channels > MYO_MAX_CHANNELS) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "more than %d channels", MYO_MAX_CHANNELS);
    }
    for (uint32_t c = 0; c < array->channels; c++, info->channels++) {
        info->channel_number[info->channels] = info->channels;
        reader->is_emg[info->channels] = true;
    }
    info->frames = index == 0 || array->frames < info->frames ? array->frames : info->frames;
    return MYO_OK;
}

static myo_status kind_open(h5_recording *recording, myo_reader *reader,
                            const myo_source_options *options, myo_why *why)
{
    if (h5_is_opensignals(recording->file)) {
        return h5_opensignals_open(recording, reader, options, why);
    }
    if (h5_is_nwb(recording->file)) {
        return h5_nwb_open(recording, reader, options, why);
    }
    if (h5_is_matlab(recording->file)) {
        return h5_matlab_open(recording, reader, options, why);
    }
    return h5_plain_open(recording, reader, options, why);
}

static void h5_close(myo_reader *reader)
{
    h5_recording *recording = reader->state;
    for (uint32_t a = 0; a < recording->array_count; a++) {
        h5_array_close(&recording->arrays[a]);
    }
    if (recording->file >= 0) {
        (void)H5Fclose(recording->file);
    }
    free(recording->column);
    free(recording);
    reader->state = NULL;
}

static myo_status h5_open(myo_reader *reader, const char *path, const myo_source_options *options,
                          myo_why *why)
{
    h5_recording *recording = calloc(1, sizeof *recording);
    if (recording == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    reader->state = recording;
    myo_status status = h5_file_open(path, &recording->file, why);
    if (status == MYO_OK) {
        status = kind_open(recording, reader, options, why);
    }
    if (status == MYO_OK && recording->array_count > 1) {
        recording->column = malloc(COLUMN_FRAMES * sizeof *recording->column);
        status = recording->column != NULL ? MYO_OK
                                           : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    if (status != MYO_OK) {
        h5_close(reader);
    }
    return status;
}

/* Data sets side by side have one channel each. */
static myo_status columns_read(h5_recording *recording, size_t frames, float *samples, myo_why *why)
{
    uint32_t count = recording->array_count;
    for (uint32_t a = 0; a < count; a++) {
        const float scale = recording->scale[a], shift = recording->shift[a];
        myo_status status =
            h5_array_read(&recording->arrays[a], recording->frame, frames, recording->column, why);
        if (status != MYO_OK) {
            return status;
        }
        for (size_t f = 0; f < frames; f++) {
            samples[f * count + a] = recording->column[f] * scale + shift;
        }
    }
    return MYO_OK;
}

static myo_status block_read(h5_recording *recording, size_t frames, float *samples, myo_why *why)
{
    if (recording->array_count > 1) {
        return columns_read(recording, frames, samples, why);
    }
    const float scale = recording->scale[0], shift = recording->shift[0];
    myo_status status =
        h5_array_read(&recording->arrays[0], recording->frame, frames, samples, why);
    bool unscaled = scale == 1.0F && shift == 0.0F;
    size_t count = status == MYO_OK && !unscaled ? frames * recording->arrays[0].channels : 0;
    for (size_t i = 0; i < count; i++) {
        samples[i] = samples[i] * scale + shift;
    }
    return status;
}

static myo_status h5_read(myo_reader *reader, float *samples, size_t frames, size_t *got,
                          myo_why *why)
{
    h5_recording *recording = reader->state;
    int64_t left = reader->info.frames - recording->frame;
    size_t room = recording->array_count > 1 && frames > COLUMN_FRAMES ? COLUMN_FRAMES : frames;
    size_t wanted = left < (int64_t)room ? (size_t)left : room;
    *got = 0;
    if (wanted == 0) {
        return MYO_OK;
    }
    myo_status status = block_read(recording, wanted, samples, why);
    if (status == MYO_OK) {
        *got = wanted;
        recording->frame += (int64_t)wanted;
    }
    return status;
}

const myo_reader_class myo_h5_reader = {.open = h5_open, .read = h5_read, .close = h5_close};
