/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks for the stream, feeds its decoder, judges what comes out. */
#include "decode.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* FFmpeg's words for what is wrong with a file are often misleading ("Device or resource busy"). */
myo_status myo_decode_fail(int error, const char *place, myo_why *why)
{
    if (error == AVERROR(ENOMEM)) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    if (error == AVERROR(ETIMEDOUT) || error == AVERROR(EIO) || error == AVERROR(ENODEV)) {
        return myo_why_set(why, MYO_ERR_READ, "%s: %s", place, strerror(AVUNERROR(error)));
    }
    return myo_why_set(why, MYO_ERR_FORMAT, "%s: damaged or cut off", place);
}

/* FFmpeg decodes some frames here to learn what the header leaves out: with the same limits. */
static myo_status streams_look(myo_decode *d, myo_why *why)
{
    AVDictionary *settings[16] = {NULL};
    char pixels[16];
    unsigned count = d->format->nb_streams < 16 ? d->format->nb_streams : 16;
    (void)snprintf(pixels, sizeof pixels, "%d", MYO_CINE_MAX_PIXELS);
    for (unsigned i = 0; i < count; i++) {
        (void)d->av.av_dict_set(&settings[i], "max_pixels", pixels, 0);
        (void)d->av.av_dict_set(&settings[i], "threads", "1", 0);
    }
    int error = d->format->nb_streams > 16 ? AVERROR_INVALIDDATA
                                           : d->av.avformat_find_stream_info(d->format, settings);
    for (unsigned i = 0; i < count; i++) {
        d->av.av_dict_free(&settings[i]);
    }
    return error < 0 ? myo_decode_fail(error, "header", why) : MYO_OK;
}

static myo_status stream_choose(myo_decode *d, myo_cine_info *info, myo_why *why)
{
    for (unsigned i = 0; i < d->format->nb_streams; i++) {
        AVStream *stream = d->format->streams[i];
        bool is_video = stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
                        (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
        if (is_video && d->stream == NULL) {
            d->stream = stream;
        } else if (is_video) {
            myo_note_add(info->note, sizeof info->note, "video stream %u is left out", i);
        }
        stream->discard = stream == d->stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
    return d->stream != NULL ? MYO_OK : myo_why_set(why, MYO_ERR_EMPTY, "no video in it");
}

static myo_status decoder_open(myo_decode *d, myo_why *why)
{
    const AVCodecParameters *about = d->stream->codecpar;
    const AVCodec *codec = d->av.avcodec_find_decoder(about->codec_id);
    if (about->codec_id == AV_CODEC_ID_NONE || codec == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "codec %s",
                           d->av.avcodec_get_name(about->codec_id));
    }
    AVDictionary *settings = NULL;
    d->decoder = d->av.avcodec_alloc_context3(codec);
    d->packet = d->av.av_packet_alloc();
    d->shown = d->av.av_frame_alloc();
    if (d->decoder == NULL || d->packet == NULL || d->shown == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    int error = d->av.avcodec_parameters_to_context(d->decoder, about);
    d->decoder->pkt_timebase = d->stream->time_base;
    d->decoder->max_pixels = MYO_CINE_MAX_PIXELS;
    d->decoder->thread_count = 1;
    d->decoder->flags |= d->is_live ? AV_CODEC_FLAG_LOW_DELAY : 0;
    (void)d->av.av_dict_set(&settings, "codec_whitelist", myo_av_codecs, 0);
    error = error < 0 ? error : d->av.avcodec_open2(d->decoder, codec, &settings);
    d->av.av_dict_free(&settings);
    return error < 0 ? myo_why_set(why, MYO_ERR_UNSUPPORTED,
                                   "codec %s is not on the list of those "
                                   "that are read",
                                   codec->name)
                     : MYO_OK;
}

/* Reads the next packet of the stream. A device hands out an empty one for a frame that came damaged. */
static int packet_read(myo_decode *d)
{
    for (;;) {
        d->av.av_packet_unref(d->packet);
        const int error = d->av.av_read_frame(d->format, d->packet);
        if (error == AVERROR(EAGAIN) && d->is_live) {
            continue;
        }
        if (error < 0) {
            return error;
        }
        const bool empty = d->is_live && d->packet->size == 0;
        d->lost += empty;
        if (d->packet->stream_index == d->stream->index && !empty) {
            return 0;
        }
    }
}

/* Gives the decoder the next packet, or the end. */
static myo_status packet_feed(myo_decode *d, myo_why *why)
{
    char place[48];
    (void)snprintf(place, sizeof place, "frame %lld", (long long)d->packets);
    int error = packet_read(d);
    if (error == AVERROR_EOF) {
        d->draining = true;
        (void)d->av.avcodec_send_packet(d->decoder, NULL);
        return MYO_OK;
    }
    if (error < 0) {
        return myo_decode_fail(error, place, why);
    }
    d->packets++;
    if (d->format->pb != NULL) {
        const AVIOContext *io = d->format->pb;
        d->packet_end = io->pos - (io->buf_end - io->buf_ptr);
    }
    error = d->av.avcodec_send_packet(d->decoder, d->packet);
    bool damaged = (d->packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
    d->av.av_packet_unref(d->packet);
    return error < 0 || damaged
               ? myo_why_set(why, MYO_ERR_READ, "%s: cannot be decoded or is cut off", place)
               : MYO_OK;
}

/* A frame that the decoder had to patch up would show motion that never was. */
static myo_status frame_judge(const myo_decode *d, myo_why *why)
{
    if (d->shown->decode_error_flags != 0 || (d->shown->flags & AV_FRAME_FLAG_CORRUPT) != 0) {
        return myo_why_set(why, MYO_ERR_READ, "frame %lld: is damaged", (long long)d->frames);
    }
    return MYO_OK;
}

/* Decodes the next frame into d->shown. */
static myo_status frame_decode(myo_decode *d, bool *got, myo_why *why)
{
    myo_status status = MYO_OK;
    for (*got = false; status == MYO_OK;) {
        int error = d->av.avcodec_receive_frame(d->decoder, d->shown);
        if (error >= 0) {
            *got = true;
            return frame_judge(d, why);
        }
        if (error == AVERROR_EOF || (error == AVERROR(EAGAIN) && d->draining)) {
            return MYO_OK;
        }
        status = error == AVERROR(EAGAIN)
                     ? packet_feed(d, why)
                     : myo_why_set(why, MYO_ERR_READ, "frame %lld: cannot be decoded",
                                   (long long)d->frames);
    }
    return status;
}

static void odd_note(const myo_decode *d, myo_cine_info *info)
{
    AVRational shape = d->shown->sample_aspect_ratio;
    if (d->shown->interlaced_frame) {
        myo_note_add(info->note, sizeof info->note, "interlaced: a frame is two moments");
    }
    if (shape.num > 0 && shape.num != shape.den) {
        myo_note_add(info->note, sizeof info->note, "pixels are %d:%d, not square", shape.num,
                     shape.den);
    }
}

static myo_status first_frame(myo_decode *d, myo_cine_info *info, myo_why *why)
{
    myo_status status = frame_decode(d, &d->first_waits, why);
    if (status != MYO_OK) {
        return status;
    }
    if (!d->first_waits) {
        return myo_why_set(why, MYO_ERR_EMPTY, "no frame in it");
    }
    odd_note(d, info);
    return myo_picture_start(&d->picture, &d->av, d->shown, info, why);
}

static myo_status frame_present(myo_decode *d, const myo_cine_info *info, myo_cine_frame *frame,
                                myo_why *why)
{
    int64_t stamp = d->shown->best_effort_timestamp;
    if (d->shown->width != (int)info->width || d->shown->height != (int)info->height) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "frame %lld: the size of the picture changes",
                           (long long)d->frames);
    }
    if (d->shown->format != d->picture.format) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "frame %lld: the kind of its pixels changes",
                           (long long)d->frames);
    }
    if (d->has_times && stamp == AV_NOPTS_VALUE) {
        return myo_why_set(why, MYO_ERR_FORMAT, "frame %lld: has no time", (long long)d->frames);
    }
    myo_picture_take(&d->picture, &d->av, d->shown, frame);
    frame->time_s = d->has_times
                        ? (double)stamp * d->stream->time_base.num / d->stream->time_base.den
                        : (double)NAN;
    frame->sequence = d->lost + d->frames++;
    return MYO_OK;
}

/* A device says all in its header; to look at its frames first would make the first one late. */
myo_status myo_decode_start(myo_decode *decode, myo_cine_info *info, myo_why *why)
{
    myo_status status = decode->is_live ? MYO_OK : streams_look(decode, why);
    if (status == MYO_OK) {
        status = stream_choose(decode, info, why);
    }
    if (status == MYO_OK) {
        status = decoder_open(decode, why);
    }
    return status == MYO_OK ? first_frame(decode, info, why) : status;
}

myo_status myo_decode_next(myo_decode *decode, const myo_cine_info *info, myo_cine_frame *frame,
                           bool *got, myo_why *why)
{
    myo_status status = MYO_OK;
    *got = decode->first_waits;
    if (!decode->first_waits) {
        status = frame_decode(decode, got, why);
    }
    decode->first_waits = false;
    if (status == MYO_OK && *got) {
        status = frame_present(decode, info, frame, why);
    }
    *got = *got && status == MYO_OK;
    return status;
}

void myo_decode_free(myo_decode *decode)
{
    if (decode->format != NULL) {
        decode->av.avformat_close_input(&decode->format);
    }
    if (decode->decoder != NULL) {
        decode->av.avcodec_free_context(&decode->decoder);
    }
    if (decode->packet != NULL) {
        decode->av.av_packet_free(&decode->packet);
    }
    if (decode->shown != NULL) {
        decode->av.av_frame_free(&decode->shown);
    }
    myo_picture_free(&decode->picture);
}
