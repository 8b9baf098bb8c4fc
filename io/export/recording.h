/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording written in another format: samples go in, then the file is there, and what the format
 * could not hold is said. The same recording gives the same bytes. Any one thread at a time. */
#ifndef MYO_IO_EXPORT_RECORDING_H
#define MYO_IO_EXPORT_RECORDING_H

#include "signal/source.h"

typedef struct {
    const char *path;            /**< final name; borrowed until the end, as all that follows */
    bool replace;                /**< an existing file of that name may be replaced */
    const myo_source_info *info; /**< of what is written */
    const float *low, *high;     /**< smallest and largest sample of each channel */
    int64_t frames;              /**< that will be added */
    int64_t missing;             /**< of these, frames with a sample that is not a number */
    const myo_mark *marks;       /**< in order of frame */
    size_t mark_count;
} myo_recording_options;

/** What a writer had to leave out or change, for people. */
typedef struct {
    char text[512]; /**< "" = nothing */
} myo_loss;

/** Adds interleaved frames as the source gave them. */
typedef struct myo_recording {
    myo_status (*add)(struct myo_recording *recording, const float *samples, size_t frames,
                      myo_why *why);
    /** Completes the output, gives it its final name, and frees. On failure nothing is left. */
    myo_status (*commit)(struct myo_recording *recording, myo_loss *loss, myo_why *why);
    /** Frees and leaves nothing behind. */
    void (*free)(struct myo_recording *recording);
} myo_recording;

/** MYO_ERR_EXISTS, MYO_ERR_WRITE, MYO_ERR_NO_MEMORY; MYO_ERR_UNSUPPORTED when the format cannot hold
 *  the recording at all. */
typedef myo_status myo_recording_new(const myo_recording_options *options,
                                     myo_recording **recording, myo_why *why);

/** EDF+C, 16 bit, and BDF+C, 24 bit: marks as annotations with their lengths. */
myo_recording_new myo_edf_new;
myo_recording_new myo_bdf_new;

/** WAV, 32 bit floating point, with the marks as cues and in NAME-events.txt beside it. */
myo_recording_new myo_wav_new;

/** XDF 1.0: a stream of samples from second 0 on, and one of marks. */
myo_recording_new myo_xdf_new;

/** WFDB: NAME.hea, which is the path, NAME.dat in format 16, and NAME.atr with the marks. */
myo_recording_new myo_wfdb_new;

/** NWB 2: a TimeSeries of the samples as they are, and an AnnotationSeries of the marks. */
myo_recording_new myo_nwb_recording_new;

/** How the samples of a channel become whole numbers: (sample - centre) / step. */
typedef struct {
    double step;   /**< 1, 2 or 5 times a power of ten */
    double centre; /**< a multiple of 1000 steps; 0 when the samples fit around it without loss */
} myo_scale;

/** The finest scale that keeps [@p low, @p high] within @p codes and 1.6 % of them. An offset, as
 *  amplifiers without a high-pass have it, thus costs no resolution. */
myo_scale myo_scale_choose(double low, double high, double codes);

#endif
