/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One interface to every kind of ultrasound recording: frames, each with its own time.
 *
 * Files are taken to be hostile: sizes are checked before memory is asked for, FFmpeg may use only
 * the containers and codecs on an allow-list and no protocol but the file that is named, and nothing
 * else is read than that file and what it names in its own directory. One frame is in memory at a
 * time. A cine belongs to one thread at a time.
 *
 * A time is never computed from a nominal number of frames a second: it is the frame's own, or the
 * file declares the interval, or the caller gave times, or there is none and info says so.
 */
#ifndef MYO_IO_CINE_H
#define MYO_IO_CINE_H

#include "signal/source.h"

/** Largest picture, pixels: a side, and in all. */
#define MYO_CINE_MAX_SIDE   16384
#define MYO_CINE_MAX_PIXELS (1 << 23)

/** Regions that a file may declare; more are left out and info.note says so. */
#define MYO_CINE_MAX_REGIONS 16

/** What the rows of a frame are. */
typedef enum {
    MYO_CINE_BMODE, /**< a picture: rows are lines of pixels */
    MYO_CINE_LINES, /**< amplitude along scan lines: row = depth, column = scan line. M- and A-mode
                         have one column, and a frame is one moment */
    MYO_CINE_IQ,    /**< as LINES, two values a sample: in phase, quadrature */
    MYO_CINE_RF     /**< as LINES, echoes as they were sampled, with both signs */
} myo_cine_kind;

/** Where the times of the frames come from. */
typedef enum {
    MYO_CINE_TIME_NONE,     /**< nowhere: time_s is NAN (0 for a single frame) */
    MYO_CINE_TIME_FRAME,    /**< each frame has its own in the file */
    MYO_CINE_TIME_INTERVAL, /**< the file declares one interval for all frames */
    MYO_CINE_TIME_SIDECAR,  /**< the table that the caller named */
    MYO_CINE_TIME_GIVEN,    /**< the interval that the caller gave */
    MYO_CINE_TIME_ARRIVAL   /**< when the frame came in, on the machine's monotonic clock */
} myo_cine_clock;

/** What a region of the picture shows. */
typedef enum {
    MYO_CINE_REGION_OTHER,
    MYO_CINE_REGION_TISSUE, /**< 2-D */
    MYO_CINE_REGION_MMODE,
    MYO_CINE_REGION_TRACE /**< spectrum, waveform (ECG), graphics */
} myo_cine_region_kind;

/** Part of the picture, pixels. */
typedef struct {
    uint32_t x, y, width, height; /**< all 0: the whole picture */
} myo_cine_rect;

typedef struct {
    myo_cine_region_kind kind;
    myo_cine_rect rect;
    double mm_per_px_x, mm_per_px_y; /**< 0 where the axis is no length or not known */
    double s_per_px_x;               /**< M-mode and traces; else 0 */
} myo_cine_region;

/** How to open what does not say all by itself. Zero-initialise. Strings are not kept. */
typedef struct {
    const char *times;      /**< CSV with a row for each frame and a column time_s, seconds */
    double interval_s;      /**< between frames, for files without times; 0 = the file must say */
    myo_cine_rect crop;     /**< what of each picture is handed out */
    uint32_t region;        /**< instead of crop: the region with this number, from 1; 0 = none */
    double mm_per_px;       /**< overrides the file's scale; 0 = the file's */
    const char *dataset;    /**< HDF5 and MATLAB: the array; NULL = find it */
    uint32_t width, height; /**< raw gray bytes without a header: size of the picture; else 0 */
    double patience_s;      /**< pipes and devices: longest wait for the next bytes; 0 = 10 */
} myo_cine_options;

/** What the recording says of itself. */
typedef struct {
    uint32_t width, height; /**< of the frames handed out */
    myo_cine_kind kind;
    bool is_float;                   /**< samples are float, as stored and unscaled; else bytes */
    double full_scale;               /**< largest value a sample can have; 0 = not known */
    double mm_per_px_x, mm_per_px_y; /**< between columns, between rows; 0 = not known */
    int64_t frames;                  /**< as the header promises; -1 = not known */
    myo_cine_clock clock;
    double carrier_hz;    /**< of IQ and RF: centre frequency; 0 = not known */
    double depth_rate_hz; /**< LINES, IQ and RF: samples a second along depth; 0 = not known */
    myo_cine_rect rect;   /**< what of the whole picture is handed out */
    uint32_t whole_width, whole_height; /**< before cropping */
    size_t regions;
    myo_cine_region region[MYO_CINE_MAX_REGIONS]; /**< in pixels of the whole picture */
    char format[64];                              /**< for people: "MP4, h264" */
    char note[256]; /**< what was odd but not fatal, for people; "" if nothing */
} myo_cine_info;

/** One picture. Valid until the next call on the cine. */
typedef struct {
    const uint8_t *gray; /**< luma as decoded; NULL when info.is_float */
    const float *values; /**< NULL unless info.is_float */
    size_t stride;       /**< samples from one row to the next (IQ: pairs) */
    double time_s;    /**< on the source's own clock, whose zero is arbitrary; never before that of
                            the frame before; see info.clock */
    int64_t sequence; /**< number of the frame in the recording, from 0; a step of more than 1
                               is a loss that the source counted */
} myo_cine_frame;

typedef struct myo_cine myo_cine;

/** Whether @p path is a regular file whose first bytes are those of a kind of cine that can be read; it
 *  may still be damaged. */
bool myo_cine_known(const char *path);

/** How the name of a scanner bridge begins: "igtl://HOST:PORT", a server of OpenIGTLink. */
#define MYO_CINE_IGTL "igtl://"

/** How the name of a frame grabber begins: "v4l2:/dev/video0"; and of what FFmpeg's filters draw, to try
 *  the same way without one: "lavfi:testsrc2=rate=60,realtime". */
#define MYO_CINE_V4L2  "v4l2:"
#define MYO_CINE_LAVFI "lavfi:"

/** Whether @p path names a device: its frames come now, each with the device's own time. */
bool myo_cine_is_device(const char *path);

/** Opens by content. @p path: a file; "-" (standard input) or a pipe with Y4M, NUT, Matroska or (with
 *  options.width) raw gray; a directory of pictures, in the order of the numbers in their names; a scanner
 *  bridge; a device. Waits for the first frame. On failure @p why says what and where.
 *  MYO_ERR_OPEN, MYO_ERR_READ, MYO_ERR_FORMAT, MYO_ERR_UNSUPPORTED, MYO_ERR_EMPTY, MYO_ERR_BAD_ARG
 *  (a crop outside the picture), MYO_ERR_NO_MEMORY. */
myo_status myo_cine_open(const char *path, const myo_cine_options *options, myo_cine **cine,
                         myo_why *why);

/** Valid until the cine is freed. */
const myo_cine_info *myo_cine_info_get(const myo_cine *cine);

/** The next frame. MYO_OK with *got false is the end. A file that ends before its header says gives
 *  MYO_ERR_READ after all that could be read was handed out. */
myo_status myo_cine_next(myo_cine *cine, myo_cine_frame *frame, bool *got, myo_why *why);

/** Copies @p frame without gaps as floats; @p values has room for width * height (IQ: twice). */
void myo_cine_floats(const myo_cine_info *info, const myo_cine_frame *frame, float *values);

/** NULL is fine. */
void myo_cine_free(myo_cine *cine);

#endif
