/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Video and pictures through FFmpeg, which sees bytes that we read and opens nothing itself. */
#include "av.h"
#include "picture.h"
#include "reader.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IO_BYTES = 1 << 16 };

typedef struct {
    myo_av av;
    myo_bytes *bytes;
    AVFormatContext *format;
    AVIOContext *io;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *shown;
    AVStream *stream;
    myo_picture picture;
    int64_t packets, frames; /* read; handed out */
    int64_t packet_end;      /* in the file, of the last packet */
    bool first_waits;        /* shown is decoded and not handed out */
    bool draining, has_times;
    bool is_y4m; /* FFmpeg takes half a frame of it for the end */
} video;

/* A container: what FFmpeg and people call it, and what tells it. */
typedef struct {
    const char *demuxer, *name, *magic;
    size_t size, at;
    myo_cine_clock clock;
    const char *note;
} container;

static const container containers[] = {
    {"mov", "MP4/MOV", "ftyp", 4, 4, MYO_CINE_TIME_FRAME, NULL},
    {"mov", "MP4/MOV", "moov", 4, 4, MYO_CINE_TIME_FRAME, NULL},
    {"mov", "MP4/MOV", "mdat", 4, 4, MYO_CINE_TIME_FRAME, NULL},
    {"mov", "MP4/MOV", "wide", 4, 4, MYO_CINE_TIME_FRAME, NULL},
    {"mov", "MP4/MOV", "free", 4, 4, MYO_CINE_TIME_FRAME, NULL},
    {"mov", "MP4/MOV", "skip", 4, 4, MYO_CINE_TIME_FRAME, NULL},
    {"matroska", "Matroska", "\x1A\x45\xDF\xA3", 4, 0, MYO_CINE_TIME_FRAME, NULL},
    {"nut", "NUT", "nut/multimedia container", 25, 0, MYO_CINE_TIME_FRAME, NULL},
    {"avi", "AVI", "AVI ", 4, 8, MYO_CINE_TIME_INTERVAL, NULL},
    {"yuv4mpegpipe", "Y4M", "YUV4MPEG2 ", 10, 0, MYO_CINE_TIME_INTERVAL, NULL},
    {"gif", "GIF", "GIF8", 4, 0, MYO_CINE_TIME_FRAME,
     "times are those of showing, to 10 ms; a slowed clip needs times of its own"},
    {"png_pipe", "PNG", "\x89PNG\r\n\x1A\n", 8, 0, MYO_CINE_TIME_NONE, NULL},
    {"jpeg_pipe", "JPEG", "\xFF\xD8\xFF", 3, 0, MYO_CINE_TIME_NONE, NULL},
    {"bmp_pipe", "BMP", "BM", 2, 0, MYO_CINE_TIME_NONE, NULL},
    {"tiff_pipe", "TIFF", "II*\0", 4, 0, MYO_CINE_TIME_NONE, NULL},
    {"tiff_pipe", "TIFF", "MM\0*", 4, 0, MYO_CINE_TIME_NONE, NULL},
    {"pgm_pipe", "PGM", "P5", 2, 0, MYO_CINE_TIME_NONE, NULL},
};

static const container *container_find(const uint8_t *head, size_t size)
{
    for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++) {
        const container *c = &containers[i];
        if (c->at + c->size <= size && memcmp(head + c->at, c->magic, c->size) == 0) {
            return c;
        }
    }
    return NULL;
}

static bool video_known(const uint8_t *head, size_t size, int64_t file_size)
{
    (void)file_size;
    return container_find(head, size) != NULL;
}

static int io_read(void *opaque, uint8_t *to, int size)
{
    ssize_t got = myo_bytes_read(opaque, to, (size_t)size);
    return got > 0 ? (int)got : got == 0 ? AVERROR_EOF : AVERROR(errno);
}

static int64_t io_seek(void *opaque, int64_t offset, int whence)
{
    myo_bytes *bytes = opaque;
    if ((whence & AVSEEK_SIZE) != 0) {
        return bytes->size;
    }
    int64_t from = whence == SEEK_CUR ? bytes->position : whence == SEEK_END ? bytes->size : 0;
    if (offset < -from || offset > INT64_MAX - from) {
        return AVERROR(EINVAL);
    }
    bytes->position = from + offset;
    return bytes->position;
}

/* A file may name others; none is opened. */
static int open_refuse(struct AVFormatContext *format, AVIOContext **io, const char *url, int flags,
                       AVDictionary **options)
{
    (void)format, (void)io, (void)url, (void)flags, (void)options;
    return AVERROR(EPERM);
}

/* FFmpeg's words for what is wrong with a file are often misleading ("Device or resource busy"). */
static myo_status av_fail(int error, const char *place, myo_why *why)
{
    if (error == AVERROR(ENOMEM)) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    if (error == AVERROR(ETIMEDOUT) || error == AVERROR(EIO)) {
        return myo_why_set(why, MYO_ERR_READ, "%s: %s", place, strerror(AVUNERROR(error)));
    }
    return myo_why_set(why, MYO_ERR_FORMAT, "%s: damaged or cut off", place);
}

static myo_status demuxer_make(video *v, myo_why *why)
{
    uint8_t *buffer = v->av.av_malloc(IO_BYTES);
    v->io = buffer == NULL ? NULL
                           : v->av.avio_alloc_context(buffer, IO_BYTES, 0, v->bytes, io_read, NULL,
                                                      v->bytes->size < 0 ? NULL : io_seek);
    v->format = v->av.avformat_alloc_context();
    if (v->io == NULL || v->format == NULL) {
        if (v->io == NULL) {
            v->av.av_free(buffer);
        }
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    v->format->pb = v->io;
    v->format->io_open = open_refuse;
    v->format->max_streams = 16;
    return MYO_OK;
}

static myo_status demuxer_open(video *v, const container *kind, myo_why *why)
{
    AVDictionary *settings = NULL;
    (void)v->av.av_dict_set(&settings, "format_whitelist", kind->demuxer, 0);
    (void)v->av.av_dict_set(&settings, "codec_whitelist", myo_av_codecs, 0);
    (void)v->av.av_dict_set(&settings, "protocol_whitelist", "", 0);
    const AVInputFormat *demuxer = v->av.av_find_input_format(kind->demuxer);
    if (demuxer != NULL) {
        (void)v->av.av_dict_set(&settings, "format_whitelist", demuxer->name, 0);
    }
    int error = demuxer == NULL ? AVERROR_DEMUXER_NOT_FOUND
                                : v->av.avformat_open_input(&v->format, "", demuxer, &settings);
    v->av.av_dict_free(&settings);
    return error < 0 ? av_fail(error, "header", why) : MYO_OK;
}

/* FFmpeg decodes some frames here to learn what the header leaves out: with the same limits. */
static myo_status streams_look(video *v, myo_why *why)
{
    AVDictionary *settings[16] = {NULL};
    char pixels[16];
    unsigned count = v->format->nb_streams < 16 ? v->format->nb_streams : 16;
    (void)snprintf(pixels, sizeof pixels, "%d", MYO_CINE_MAX_PIXELS);
    for (unsigned i = 0; i < count; i++) {
        (void)v->av.av_dict_set(&settings[i], "max_pixels", pixels, 0);
        (void)v->av.av_dict_set(&settings[i], "threads", "1", 0);
    }
    int error = v->format->nb_streams > 16 ? AVERROR_INVALIDDATA
                                           : v->av.avformat_find_stream_info(v->format, settings);
    for (unsigned i = 0; i < count; i++) {
        v->av.av_dict_free(&settings[i]);
    }
    return error < 0 ? av_fail(error, "header", why) : MYO_OK;
}

static myo_status stream_choose(video *v, myo_cine_info *info, myo_why *why)
{
    for (unsigned i = 0; i < v->format->nb_streams; i++) {
        AVStream *stream = v->format->streams[i];
        bool is_video = stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
                        (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
        if (is_video && v->stream == NULL) {
            v->stream = stream;
        } else if (is_video) {
            myo_note_add(info->note, sizeof info->note, "video stream %u is left out", i);
        }
        stream->discard = stream == v->stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
    return v->stream != NULL ? MYO_OK : myo_why_set(why, MYO_ERR_EMPTY, "no video in it");
}

static myo_status decoder_open(video *v, myo_why *why)
{
    const AVCodecParameters *about = v->stream->codecpar;
    const AVCodec *codec = v->av.avcodec_find_decoder(about->codec_id);
    if (about->codec_id == AV_CODEC_ID_NONE || codec == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "codec %s",
                           v->av.avcodec_get_name(about->codec_id));
    }
    AVDictionary *settings = NULL;
    v->decoder = v->av.avcodec_alloc_context3(codec);
    v->packet = v->av.av_packet_alloc();
    v->shown = v->av.av_frame_alloc();
    if (v->decoder == NULL || v->packet == NULL || v->shown == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    int error = v->av.avcodec_parameters_to_context(v->decoder, about);
    v->decoder->pkt_timebase = v->stream->time_base;
    v->decoder->max_pixels = MYO_CINE_MAX_PIXELS;
    v->decoder->thread_count = 1;
    (void)v->av.av_dict_set(&settings, "codec_whitelist", myo_av_codecs, 0);
    error = error < 0 ? error : v->av.avcodec_open2(v->decoder, codec, &settings);
    v->av.av_dict_free(&settings);
    return error < 0 ? myo_why_set(why, MYO_ERR_UNSUPPORTED,
                                   "codec %s is not on the list of those "
                                   "that are read",
                                   codec->name)
                     : MYO_OK;
}

/* Gives the decoder the next packet of the stream, or the end. */
static myo_status packet_feed(video *v, myo_why *why)
{
    int error = 0;
    char place[48];
    (void)snprintf(place, sizeof place, "frame %lld", (long long)v->packets);
    do {
        v->av.av_packet_unref(v->packet);
        error = v->av.av_read_frame(v->format, v->packet);
    } while (error >= 0 && v->packet->stream_index != v->stream->index);
    if (error == AVERROR_EOF) {
        v->draining = true;
        if (v->is_y4m && v->bytes->position > v->packet_end) {
            return myo_why_set(why, MYO_ERR_READ, "%s: is cut off", place);
        }
        (void)v->av.avcodec_send_packet(v->decoder, NULL);
        return MYO_OK;
    }
    if (error < 0) {
        return av_fail(error, place, why);
    }
    v->packets++;
    v->packet_end = v->io->pos - (v->io->buf_end - v->io->buf_ptr);
    error = v->av.avcodec_send_packet(v->decoder, v->packet);
    bool damaged = (v->packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
    v->av.av_packet_unref(v->packet);
    return error < 0 || damaged
               ? myo_why_set(why, MYO_ERR_READ, "%s: cannot be decoded or is cut off", place)
               : MYO_OK;
}

/* A frame that the decoder had to patch up would show motion that never was. */
static myo_status frame_judge(const video *v, myo_why *why)
{
    if (v->shown->decode_error_flags != 0 || (v->shown->flags & AV_FRAME_FLAG_CORRUPT) != 0) {
        return myo_why_set(why, MYO_ERR_READ, "frame %lld: is damaged", (long long)v->frames);
    }
    return MYO_OK;
}

/* Decodes the next frame into v->shown. */
static myo_status frame_decode(video *v, bool *got, myo_why *why)
{
    myo_status status = MYO_OK;
    for (*got = false; status == MYO_OK;) {
        int error = v->av.avcodec_receive_frame(v->decoder, v->shown);
        if (error >= 0) {
            *got = true;
            return frame_judge(v, why);
        }
        if (error == AVERROR_EOF || (error == AVERROR(EAGAIN) && v->draining)) {
            return MYO_OK;
        }
        status = error == AVERROR(EAGAIN)
                     ? packet_feed(v, why)
                     : myo_why_set(why, MYO_ERR_READ, "frame %lld: cannot be decoded",
                                   (long long)v->frames);
    }
    return status;
}

static void odd_note(const video *v, myo_cine_info *info)
{
    AVRational shape = v->shown->sample_aspect_ratio;
    if (v->shown->interlaced_frame) {
        myo_note_add(info->note, sizeof info->note, "interlaced: a frame is two moments");
    }
    if (shape.num > 0 && shape.num != shape.den) {
        myo_note_add(info->note, sizeof info->note, "pixels are %d:%d, not square", shape.num,
                     shape.den);
    }
}

static myo_status first_frame(video *v, myo_cine_info *info, myo_why *why)
{
    myo_status status = frame_decode(v, &v->first_waits, why);
    if (status != MYO_OK) {
        return status;
    }
    if (!v->first_waits) {
        return myo_why_set(why, MYO_ERR_EMPTY, "no frame in it");
    }
    odd_note(v, info);
    return myo_picture_start(&v->picture, &v->av, v->shown, info, why);
}

static void video_close(myo_cine_reader *reader)
{
    video *v = reader->state;
    if (v->format != NULL) {
        v->av.avformat_close_input(&v->format);
    }
    if (v->io != NULL) {
        v->av.av_free(v->io->buffer);
        v->av.avio_context_free(&v->io);
    }
    if (v->decoder != NULL) {
        v->av.avcodec_free_context(&v->decoder);
    }
    if (v->packet != NULL) {
        v->av.av_packet_free(&v->packet);
    }
    if (v->shown != NULL) {
        v->av.av_frame_free(&v->shown);
    }
    myo_picture_free(&v->picture);
    free(v);
    reader->state = NULL;
}

static myo_status video_start(video *v, const container *kind, myo_cine_info *info, myo_why *why)
{
    myo_status status = demuxer_make(v, why);
    if (status == MYO_OK) {
        status = demuxer_open(v, kind, why);
    }
    if (status == MYO_OK) {
        status = streams_look(v, why);
    }
    if (status == MYO_OK) {
        status = stream_choose(v, info, why);
    }
    if (status == MYO_OK) {
        status = decoder_open(v, why);
    }
    return status == MYO_OK ? first_frame(v, info, why) : status;
}

static myo_status video_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                             const myo_cine_options *options, myo_why *why)
{
    (void)path, (void)options;
    myo_cine_info *info = &reader->info;
    const container *kind = container_find(bytes->head, bytes->head_size);
    video *v = calloc(1, sizeof *v);
    if (v == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    reader->state = v;
    v->bytes = bytes;
    v->has_times = kind->clock != MYO_CINE_TIME_NONE;
    v->is_y4m = strcmp(kind->name, "Y4M") == 0;
    myo_status status = myo_av_load(&v->av, why);
    if (status == MYO_OK) {
        status = video_start(v, kind, info, why);
    }
    if (status != MYO_OK) {
        video_close(reader);
        return status;
    }
    info->clock = kind->clock;
    info->frames = v->has_times ? (v->stream->nb_frames > 0 ? v->stream->nb_frames : -1) : 1;
    (void)snprintf(info->format, sizeof info->format, "%s, %s", kind->name,
                   v->av.avcodec_get_name(v->stream->codecpar->codec_id));
    if (kind->note != NULL) {
        myo_note_add(info->note, sizeof info->note, "%s", kind->note);
    }
    return MYO_OK;
}

static myo_status frame_present(video *v, const myo_cine_info *info, myo_cine_frame *frame,
                                myo_why *why)
{
    int64_t stamp = v->shown->best_effort_timestamp;
    if (v->shown->width != (int)info->width || v->shown->height != (int)info->height) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "frame %lld: the size of the picture changes",
                           (long long)v->frames);
    }
    if (v->shown->format != v->picture.format) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "frame %lld: the kind of its pixels changes",
                           (long long)v->frames);
    }
    if (v->has_times && stamp == AV_NOPTS_VALUE) {
        return myo_why_set(why, MYO_ERR_FORMAT, "frame %lld: has no time", (long long)v->frames);
    }
    myo_picture_take(&v->picture, &v->av, v->shown, frame);
    frame->time_s = v->has_times
                        ? (double)stamp * v->stream->time_base.num / v->stream->time_base.den
                        : (double)NAN;
    frame->sequence = v->frames++;
    return MYO_OK;
}

/* Frames that the container says not to show (edit lists) are no loss: only packets that it promises
 * and does not have are. */
static void promise_check(const video *v, myo_cine_info *info)
{
    if (info->frames >= 0 && v->packets >= info->frames) {
        info->frames = v->frames;
    }
}

static myo_status video_next(myo_cine_reader *reader, myo_cine_frame *frame, bool *got,
                             myo_why *why)
{
    video *v = reader->state;
    myo_status status = MYO_OK;
    *got = v->first_waits;
    if (!v->first_waits) {
        status = frame_decode(v, got, why);
    }
    v->first_waits = false;
    if (status == MYO_OK && *got) {
        status = frame_present(v, &reader->info, frame, why);
    } else if (status == MYO_OK) {
        promise_check(v, &reader->info);
    }
    *got = *got && status == MYO_OK;
    return status;
}

const myo_cine_class myo_cine_video = {video_known, video_open, video_next, video_close};
