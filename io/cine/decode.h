/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures out of an open FFmpeg demuxer, be it of a file or of a device. Private to io/cine. */
#ifndef MYO_IO_CINE_DECODE_H
#define MYO_IO_CINE_DECODE_H

#include "av.h"
#include "picture.h"
#include "reader.h"

/** Zero-initialise, load av, then open format; all belong to it from then on. */
typedef struct {
    myo_av av;
    AVFormatContext *format;
    bool has_times; /**< each packet must have one */
    bool is_live;   /**< a device: a packet without bytes is a frame that was lost */

    AVStream *stream; /* filled by start */
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *shown;
    myo_picture picture;
    int64_t packets;    /**< read */
    int64_t frames;     /**< handed out */
    int64_t lost;       /**< of a device: damaged on their way */
    int64_t packet_end; /**< in the file, of the last packet */
    bool first_waits;   /* shown is decoded and not handed out */
    bool draining;
} myo_decode;

/** Finds the one video stream and decodes its first frame, which tells @p info's size and kind of samples.
 *  MYO_ERR_FORMAT, MYO_ERR_READ, MYO_ERR_UNSUPPORTED, MYO_ERR_EMPTY, MYO_ERR_NO_MEMORY. */
myo_status myo_decode_start(myo_decode *decode, myo_cine_info *info, myo_why *why);

/** The next frame, as myo_cine_next. */
myo_status myo_decode_next(myo_decode *decode, const myo_cine_info *info, myo_cine_frame *frame,
                           bool *got, myo_why *why);

/** Closes all; once more is fine. */
void myo_decode_free(myo_decode *decode);

/** What FFmpeg's @p error at @p place is to the caller. */
myo_status myo_decode_fail(int error, const char *place, myo_why *why);

#endif
