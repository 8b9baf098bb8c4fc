/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes microvolts as a WAV file, with the full scale in its comment ("full_scale_uv=..."), where
 * the reader finds it. The same samples give the same bytes. Any one thread at a time.
 */
#ifndef MYO_IO_EXPORT_WAV_H
#define MYO_IO_EXPORT_WAV_H

#include "signal/why.h"

#include <stdbool.h>

typedef enum { MYO_WAV_PCM16, MYO_WAV_PCM24, MYO_WAV_FLOAT } myo_wav_encoding;

typedef struct {
    const char *path; /**< final name; borrowed for the call */
    bool replace;     /**< an existing file of that name may be replaced */
    myo_wav_encoding encoding;
    double rate_hz; /**< rounded to a whole number, which is all that WAV can say */
    uint32_t channels;
    double
        full_scale_uv; /**< uV of a sample of 1.0; 0 = not known: samples are written as they are */
    int64_t frames;    /**< expected: above 4 GB the file is RF64 */
} myo_wav_options;

typedef struct myo_wav_writer myo_wav_writer;

/** MYO_ERR_EXISTS, MYO_ERR_WRITE, MYO_ERR_UNSUPPORTED (channels, rate), MYO_ERR_NO_MEMORY. */
myo_status myo_wav_writer_new(const myo_wav_options *options, myo_wav_writer **writer,
                              myo_why *why);

/** Adds interleaved frames in uV; what lies beyond the full scale is clipped, not wrapped. */
myo_status myo_wav_writer_add(myo_wav_writer *writer, const float *samples_uv, size_t frames,
                              myo_why *why);

/** After the last frame: marks as cue points with labels, and with lengths where they have one. */
myo_status myo_wav_writer_cues(myo_wav_writer *writer, const myo_mark *marks, size_t count,
                               myo_why *why);

/** Completes the file, gives it its final name, and frees. On failure nothing is left behind. */
myo_status myo_wav_writer_commit(myo_wav_writer *writer, myo_why *why);

/** Frees and leaves nothing behind. NULL is fine. */
void myo_wav_writer_free(myo_wav_writer *writer);

#endif
