/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of recording that are kept in HDF5. Each finds its data sets; h5_reader.c reads. */
#ifndef MYO_IO_H5_KINDS_H
#define MYO_IO_H5_KINDS_H

#include "h5.h"
#include "reader.h"

/** An open recording: data sets side by side, each with one or more channels. */
typedef struct {
    hid_t file;
    h5_array arrays[MYO_MAX_CHANNELS];
    uint32_t array_count;
    float scale[MYO_MAX_CHANNELS],
        shift[MYO_MAX_CHANNELS]; /**< of array i: number * scale + shift */
    float *column;               /**< of column_frames, when there are several arrays */
    size_t column_frames;
    int64_t frame; /**< next to be read */
} h5_recording;

/** Adds a data set and its channels, as EMG and unscaled, to the recording and to reader->info. The
 *  recording is as long as its shortest data set. */
myo_status h5_recording_add(h5_recording *recording, myo_reader *reader, const char *path,
                            bool channels_first, myo_why *why);

/** OpenSignals (PLUX): a group for each device. */
bool h5_is_opensignals(hid_t file);
myo_status h5_opensignals_open(h5_recording *recording, myo_reader *reader,
                               const myo_source_options *options, myo_why *why);

/** NWB 2, which our own session files are: a TimeSeries under /acquisition. */
bool h5_is_nwb(hid_t file);
myo_status h5_nwb_open(h5_recording *recording, myo_reader *reader,
                       const myo_source_options *options, myo_why *why);

/** Adds the marks of an NWB file that has /acquisition. */
myo_status h5_nwb_marks_read(hid_t file, double rate_hz, myo_marks *list);

/** MATLAB 7.3: one matrix, the longer side of which is time, and the rate, if a variable has its
 *  name. */
bool h5_is_matlab(hid_t file);
myo_status h5_matlab_open(h5_recording *recording, myo_reader *reader,
                          const myo_source_options *options, myo_why *why);

/** One data set, named by the caller. */
myo_status h5_plain_open(h5_recording *recording, myo_reader *reader,
                         const myo_source_options *options, myo_why *why);

#endif
