/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings of OpenSignals (PLUX): one group for each device, named by its address, with
 * raw/channel_N and the attributes "sampling rate", "channels" and "resolution". */
#include "h5_kinds.h"
#include "opensignals.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_GROUPS = 64 };

static bool is_device(hid_t group)
{
    return h5_exists(group, "raw") && H5Aexists(group, "sampling rate") > 0 &&
           H5Aexists(group, "channels") > 0;
}

/* Calls of this walk the devices: true with the name of the next one. */
static bool device_next(hid_t file, hsize_t *index, char *name, size_t size)
{
    H5G_info_t about = {0};
    (void)H5Gget_info(file, &about);
    while (*index < about.nlinks && *index < MAX_GROUPS) {
        if (!h5_group_at(file, (*index)++, name, size)) {
            continue;
        }
        hid_t group = H5Gopen2(file, name, H5P_DEFAULT);
        bool found = group >= 0 && is_device(group);
        if (group >= 0) {
            (void)H5Gclose(group);
        }
        if (found) {
            return true;
        }
    }
    return false;
}

bool h5_is_opensignals(hid_t file)
{
    char name[64];
    hsize_t index = 0;
    return device_next(file, &index, name, sizeof name);
}

static double device_full_scale_uv(hid_t group)
{
    char device[32];
    (void)h5_text(group, "device", device, sizeof device);
    return opensignals_full_scale_uv(device);
}

/* "2019-10-15" and "17:7:28.685" become one ISO 8601 time; the file knows no zone. */
static void start_time(hid_t group, char *text, size_t size)
{
    char date[16], time[20];
    int year = 0, month = 0, day = 0, hour = 0, minute = 0;
    double second = 0.0;
    if (h5_text(group, "date", date, sizeof date) && h5_text(group, "time", time, sizeof time) &&
        sscanf(date, "%4d-%2d-%2d", &year, &month, &day) == 3 &&
        sscanf(time, "%2d:%2d:%9lf", &hour, &minute, &second) == 3) {
        (void)snprintf(text, size, "%04d-%02d-%02dT%02d:%02d:%06.3f", year, month, day, hour,
                       minute, second);
    }
}

/* Codes 0 .. 2^bits - 1 become -1 .. 1 - 2^(1 - bits). */
static void codes_scale(h5_recording *recording, myo_source_info *info, uint32_t channel,
                        double bits)
{
    recording->scale[channel] = (float)exp2(1.0 - bits);
    recording->shift[channel] = -1.0F;
    info->rail_low[channel] = -1.0;
    info->rail_high[channel] = 1.0 - exp2(1.0 - bits);
}

static myo_status channel_open(h5_recording *recording, myo_reader *reader, const char *device,
                               int number, double bits, myo_why *why)
{
    char path[128], sensor[16], label[24];
    uint32_t channel = reader->info.channels;
    if (!(bits >= 6.0 && bits <= 24.0)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "device %.60s channel %d: resolution of %g bits",
                           device, number, bits);
    }
    (void)snprintf(path, sizeof path, "%s/raw/channel_%d", device, number);
    myo_status status = h5_recording_add(recording, reader, path, false, why);
    if (status != MYO_OK) {
        return status;
    }
    if (recording->arrays[channel].channels != 1) {
        return myo_why_set(why, MYO_ERR_FORMAT, "data set %.100s: not one column", path);
    }
    (void)h5_text(recording->arrays[channel].set, "sensor", sensor, sizeof sensor);
    (void)h5_text(recording->arrays[channel].set, "label", label, sizeof label);
    (void)snprintf(reader->info.channel_name[channel], sizeof reader->info.channel_name[channel],
                   "%.23s %.7s", label, sensor);
    reader->is_emg[channel] = strcmp(sensor, "EMG") == 0;
    codes_scale(recording, &reader->info, channel, bits);
    return MYO_OK;
}

static myo_status device_open(h5_recording *recording, myo_reader *reader, const char *device,
                              myo_why *why)
{
    double numbers[MYO_MAX_CHANNELS], bits[MYO_MAX_CHANNELS];
    myo_source_info *info = &reader->info;
    hid_t group = H5Gopen2(recording->file, device, H5P_DEFAULT);
    size_t count = h5_numbers(group, "channels", numbers, MYO_MAX_CHANNELS);
    size_t resolutions = h5_numbers(group, "resolution", bits, MYO_MAX_CHANNELS);
    (void)h5_numbers(group, "sampling rate", &info->rate_hz, 1);
    info->full_scale_uv = device_full_scale_uv(group);
    start_time(group, info->start_time, sizeof info->start_time);
    (void)H5Gclose(group);
    if (count == 0 || resolutions != count) {
        return myo_why_set(why, MYO_ERR_FORMAT, "device %.60s: %zu channels, %zu resolutions",
                           device, count, resolutions);
    }
    myo_status status = MYO_OK;
    for (size_t i = 0; i < count && status == MYO_OK; i++) {
        bool is_number = numbers[i] >= 0.0 && numbers[i] < 1e6;
        status =
            channel_open(recording, reader, device, is_number ? (int)numbers[i] : -1, bits[i], why);
    }
    (void)snprintf(info->format, sizeof info->format, "OpenSignals HDF5, %g bit", bits[0]);
    return status;
}

/* Only EMG sensors have the gain above; with another one among the channels nothing is known. */
static void calibration_limit(myo_reader *reader, const myo_source_options *options)
{
    for (uint32_t c = 0; c < reader->info.channels && options->channels != NULL; c++) {
        if (!reader->is_emg[c]) {
            reader->info.full_scale_uv = 0.0;
        }
    }
}

/* The device that is asked for, or the first that is fast enough to be analysed; the others run on
 * clocks of their own and are told of, not mixed in. */
static bool device_choose(hid_t file, const myo_source_options *options, char *chosen, size_t size,
                          char *note, size_t note_size)
{
    char name[64];
    bool found = false;
    for (hsize_t index = 0; device_next(file, &index, name, sizeof name);) {
        double rate = 0.0;
        hid_t group = H5Gopen2(file, name, H5P_DEFAULT);
        (void)h5_numbers(group, "sampling rate", &rate, 1);
        (void)H5Gclose(group);
        const char *asked = options->dataset;
        bool wanted = asked != NULL ? strcmp(name, asked + (asked[0] == '/')) == 0
                                    : rate >= MYO_SOURCE_MIN_RATE_HZ;
        if (wanted && !found) {
            (void)snprintf(chosen, size, "%s", name);
            found = true;
        } else if (asked == NULL) {
            (void)snprintf(note, note_size, "device %s (%g frames/s) is left out; --dataset %s",
                           name, rate, name);
        }
    }
    return found;
}

myo_status h5_opensignals_open(h5_recording *recording, myo_reader *reader,
                               const myo_source_options *options, myo_why *why)
{
    char device[64] = "";
    myo_source_info *info = &reader->info;
    if (!device_choose(recording->file, options, device, sizeof device, info->note,
                       sizeof info->note)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           options->dataset != NULL
                               ? "no such device; names are those of the groups"
                               : "no device with at least 500 frames a second");
    }
    myo_status status = device_open(recording, reader, device, why);
    if (status == MYO_OK) {
        calibration_limit(reader, options);
    }
    return status;
}
