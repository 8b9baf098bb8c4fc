/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One data set of numbers in an HDF5 file that tells nothing else about itself. */
#include "h5_kinds.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What there is to choose from, for the message. */
static void names_list(hid_t file, char *text, size_t size)
{
    H5G_info_t about = {0};
    (void)H5Gget_info(file, &about);
    size_t used = 0;
    for (hsize_t i = 0; i < about.nlinks && used + 40 < size; i++) {
        char name[32];
        if (H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name,
                               H5P_DEFAULT) > 0) {
            used += (size_t)snprintf(text + used, size - used, " /%s", name);
        }
    }
}

static myo_status ask_for_dataset(hid_t file, myo_why *why)
{
    char names[120] = "";
    names_list(file, names, sizeof names);
    return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                       "HDF5 of no known layout; name a data set with --dataset (it holds%s)",
                       names[0] == '\0' ? " nothing" : names);
}

/* Integers become fractions of their range, so that the rails are where a WAV file has them. */
static void integers_scale(h5_recording *recording, myo_source_info *info)
{
    int bits = recording->arrays[0].bits;
    if (bits == 0 || bits > 32) {
        return;
    }
    recording->scale[0] = (float)ldexp(1.0, 1 - bits);
    recording->shift[0] = recording->arrays[0].is_signed ? 0.0F : -1.0F;
    for (uint32_t c = 0; c < info->channels; c++) {
        info->rail_low[c] = -1.0;
        info->rail_high[c] = 1.0 - ldexp(1.0, 1 - bits);
    }
}

static double rate_find(const h5_recording *recording, const myo_source_options *options)
{
    static const char *const names[] = {
        "rate", "sampling rate", "sampling_rate", "Sample rate [Hz]", "SamplingFrequency", "fs"};
    double rate = options->rate_hz;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && rate <= 0.0; i++) {
        (void)h5_numbers(recording->arrays[0].set, names[i], &rate, 1);
    }
    return rate;
}

myo_status h5_plain_open(h5_recording *recording, myo_reader *reader,
                         const myo_source_options *options, myo_why *why)
{
    myo_source_info *info = &reader->info;
    if (options->dataset == NULL) {
        return ask_for_dataset(recording->file, why);
    }
    if (!h5_exists(recording->file, options->dataset)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "no data set %.100s", options->dataset);
    }
    myo_status status =
        h5_recording_add(recording, reader, options->dataset, options->channels_first, why);
    if (status != MYO_OK) {
        return status;
    }
    info->rate_hz = rate_find(recording, options);
    if (info->rate_hz <= 0.0) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "data set %.100s: no frame rate; give it with --rate", options->dataset);
    }
    integers_scale(recording, info);
    int bits = recording->arrays[0].bits;
    (void)snprintf(info->format, sizeof info->format, "HDF5, %s",
                   bits == 0 ? "floating point" : "integers");
    return MYO_OK;
}
