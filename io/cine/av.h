/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FFmpeg's libraries, loaded when the first cine needs them. Private to io/cine.
 *
 * Linked the usual way they bring 130 shared libraries: 30 to 60 ms and 25 MB at every start of a program
 * that mostly reads EMG. The headers of the version built with say which version is loaded.
 */
#ifndef MYO_IO_CINE_AV_H
#define MYO_IO_CINE_AV_H

#include "signal/why.h"

#include <libavcodec/avcodec.h>
#include <libavdevice/avdevice.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>

/* clang-format off */
#define MYO_AV_UTIL(X) \
    X(av_dict_free) X(av_dict_set) X(av_frame_alloc) X(av_frame_free) X(av_frame_get_buffer) \
    X(av_frame_unref) X(av_free) X(av_log_set_level) X(av_malloc) \
    X(av_max_alloc) X(av_mallocz) X(av_pix_fmt_desc_get) X(av_read_image_line2) \
    X(av_get_pix_fmt_name)
#define MYO_AV_CODEC(X) \
    X(av_packet_alloc) X(av_packet_free) X(av_packet_unref) X(av_packet_rescale_ts) \
    X(avcodec_alloc_context3) X(avcodec_find_decoder) X(avcodec_find_encoder) \
    X(avcodec_free_context) X(avcodec_get_name) X(avcodec_open2) \
    X(avcodec_parameters_from_context) X(avcodec_parameters_to_context) \
    X(avcodec_receive_frame) X(avcodec_receive_packet) X(avcodec_send_frame) \
    X(avcodec_send_packet)
#define MYO_AV_FORMAT(X) \
    X(av_find_input_format) X(av_guess_format) X(av_interleaved_write_frame) X(av_read_frame) \
    X(av_write_trailer) X(avformat_alloc_context) X(avformat_close_input) \
    X(avformat_find_stream_info) X(avformat_free_context) X(avformat_new_stream) \
    X(avformat_open_input) X(avformat_write_header) X(avio_alloc_context) X(avio_context_free) \
    X(avio_flush)
/* clang-format on */

/** The functions, under their own names. */
typedef struct {
#define MYO_AV_MEMBER(name) __typeof__(&(name)) name;
    MYO_AV_UTIL(MYO_AV_MEMBER)
    MYO_AV_CODEC(MYO_AV_MEMBER)
    MYO_AV_FORMAT(MYO_AV_MEMBER)
#undef MYO_AV_MEMBER
} myo_av;

/** Loads what is not loaded yet and fills @p av; the libraries stay loaded, silent, and bound to blocks
 *  of memory of at most 256 MB. MYO_ERR_UNSUPPORTED: they are not installed. Any thread. */
myo_status myo_av_load(myo_av *av, myo_why *why);

/** Loads libavdevice, which few need, and makes its devices known to FFmpeg. To be called before anything
 *  is confined. MYO_ERR_UNSUPPORTED: it is not installed. Any thread. */
myo_status myo_av_load_devices(myo_why *why);

/** The codecs that FFmpeg may use, for codec_whitelist. */
extern const char myo_av_codecs[];

#endif
