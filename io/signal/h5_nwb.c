/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NWB 2 files, which our own session files are: a TimeSeries below /acquisition. */
#include "h5_kinds.h"

#include <stdio.h>
#include <string.h>

enum { MAX_SERIES = 1000 };

static bool has_type(hid_t object, const char *type)
{
    char text[40];
    return h5_text(object, "neurodata_type", text, sizeof text) && strcmp(text, type) == 0;
}

bool h5_is_nwb(hid_t file)
{
    return has_type(file, "NWBFile");
}

/* A series of samples: it has data, and it is not one of the kinds that hold texts or pictures. */
static bool is_series(hid_t place, const char *name)
{
    hid_t group = H5Gopen2(place, name, H5P_DEFAULT);
    bool yes = group >= 0 && h5_exists(group, "data") &&
               (has_type(group, "TimeSeries") || has_type(group, "ElectricalSeries"));
    if (group >= 0) {
        (void)H5Gclose(group);
    }
    return yes;
}

static bool series_find(hid_t file, char *path, size_t size)
{
    char name[100];
    H5G_info_t about = {0};
    bool found = false;
    hid_t group = h5_exists(file, "acquisition") ? H5Gopen2(file, "acquisition", H5P_DEFAULT) : -1;
    if (group < 0) {
        return false;
    }
    (void)H5Gget_info(group, &about);
    for (hsize_t i = 0; i < about.nlinks && i < MAX_SERIES && !found; i++) {
        found = h5_group_at(group, i, name, sizeof name) && is_series(group, name);
    }
    (void)H5Gclose(group);
    (void)snprintf(path, size, "/acquisition/%s", name);
    return found;
}

static double rate_find(hid_t file, const char *series, const myo_source_options *options)
{
    char path[200];
    double rate = options->rate_hz;
    (void)snprintf(path, sizeof path, "%s/starting_time", series);
    hid_t set = rate <= 0.0 && h5_exists(file, path) ? H5Dopen2(file, path, H5P_DEFAULT) : -1;
    if (set >= 0) {
        (void)h5_numbers(set, "rate", &rate, 1);
        (void)H5Dclose(set);
    }
    return rate;
}

/* data * conversion is in volts; a sample is the number of the file. */
static double full_scale_uv(hid_t set)
{
    char unit[16];
    double conversion = 1.0;
    (void)h5_text(set, "unit", unit, sizeof unit);
    (void)h5_numbers(set, "conversion", &conversion, 1);
    bool is_volts = strcmp(unit, "volts") == 0 || strcmp(unit, "V") == 0;
    return is_volts && conversion > 0.0 ? conversion * 1e6 : 0.0;
}

static void name_read(hid_t set, uint32_t channel, char *name, size_t size)
{
    char key[32];
    (void)snprintf(key, sizeof key, "channel_%u", channel);
    (void)h5_text(set, key, name, size);
}

myo_status h5_nwb_open(h5_recording *recording, myo_reader *reader,
                       const myo_source_options *options, myo_why *why)
{
    char series[128], path[160];
    myo_source_info *info = &reader->info;
    if (options->dataset != NULL) {
        (void)snprintf(series, sizeof series, "%s", options->dataset);
    } else if (!series_find(recording->file, series, sizeof series)) {
        return myo_why_set(why, MYO_ERR_EMPTY, "NWB: no TimeSeries under /acquisition");
    }
    (void)snprintf(path, sizeof path, "%s/data", series);
    if (!h5_exists(recording->file, path)) {
        return h5_plain_open(recording, reader, options, why);
    }
    myo_status status = h5_recording_add(recording, reader, path, options->channels_first, why);
    if (status != MYO_OK) {
        return status;
    }
    info->rate_hz = rate_find(recording->file, series, options);
    if (info->rate_hz <= 0.0) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "%.100s: time stamps instead of a rate; give one with --rate", series);
    }
    info->full_scale_uv = full_scale_uv(recording->arrays[0].set);
    for (uint32_t c = 0; c < info->channels; c++) {
        name_read(recording->arrays[0].set, c, info->channel_name[c], sizeof info->channel_name[c]);
    }
    (void)h5_text_set(recording->file, "session_start_time", info->start_time,
                      sizeof info->start_time);
    if (strcmp(info->start_time, MYO_NWB_NO_START_TIME) == 0) {
        info->start_time[0] = '\0';
    }
    const char *slash = strrchr(series, '/');
    (void)snprintf(info->format, sizeof info->format, "NWB (HDF5), %.30s",
                   slash == NULL ? series : slash + 1);
    status = h5_nwb_marks_read(recording->file, info->rate_hz, &reader->marks);
    return status == MYO_OK ? status : myo_why_set(why, status, "marks: cannot be read");
}
