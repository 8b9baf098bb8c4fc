/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one kind of ultrasound recording has to offer so that cine.c can present it. Private to io/cine. */
#ifndef MYO_IO_CINE_READER_H
#define MYO_IO_CINE_READER_H

#include "bytes.h"
#include "cine.h"

#include "signal/why.h"

/** A recording being read. open() fills info (whole frames, before any crop) and state. */
typedef struct {
    const struct myo_cine_class *kind;
    myo_cine_info info;
    void *state;
} myo_cine_reader;

typedef struct myo_cine_class {
    /** Whether these first bytes, of a file of @p file_size bytes (-1: a pipe), are its own. */
    bool (*known)(const uint8_t *head, size_t size, int64_t file_size);
    /** @p bytes stay the caller's and outlive the reader. On failure everything is released. */
    myo_status (*open)(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                       const myo_cine_options *options, myo_why *why);
    /** As myo_cine_next, with whole frames; time_s is NAN where the file has none. */
    myo_status (*next)(myo_cine_reader *reader, myo_cine_frame *frame, bool *got, myo_why *why);
    void (*close)(myo_cine_reader *reader);
} myo_cine_class;

/** Video and pictures, through FFmpeg. */
extern const myo_cine_class myo_cine_video;

/** DICOM. */
extern const myo_cine_class myo_cine_dicom;

/** MetaImage, single or sequence. */
extern const myo_cine_class myo_cine_meta_image;

/** Clarius' raw data. */
extern const myo_cine_class myo_cine_clarius;

/** NumPy's arrays, single or in an archive. */
extern const myo_cine_class myo_cine_numpy;

/** MATLAB's files before 7.3. */
extern const myo_cine_class myo_cine_matlab;

/** HDF5: UFF, MATLAB 7.3 and later, zea, and single data sets. */
extern const myo_cine_class myo_cine_h5;

/** A directory of pictures; @p bytes is not used. */
extern const myo_cine_class myo_cine_folder;

/** A scanner bridge at "igtl://HOST:PORT"; @p bytes is not used. */
extern const myo_cine_class myo_cine_bridge;

/** A frame grabber at "v4l2:/dev/videoN" and what stands in for one; @p bytes is not used. */
extern const myo_cine_class myo_cine_device;

/** Bytes without a header, where options give the size. */
extern const myo_cine_class myo_cine_raw;

/** MYO_ERR_UNSUPPORTED unless 1 <= width, height and the limits of cine.h hold. */
myo_status myo_cine_size_check(uint64_t width, uint64_t height, myo_why *why);

/** Luma of ITU-R BT.601-7 2.5.1, rounded; gray stays what it is. Up to 16 bits a component. */
static inline uint32_t myo_luma(uint32_t red, uint32_t green, uint32_t blue)
{
    return (299 * red + 587 * green + 114 * blue + 500) / 1000;
}

#endif
