/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Video and pictures through FFmpeg, which sees bytes that we read and opens nothing itself. */
#include "decode.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IO_BYTES = 1 << 16 };

typedef struct {
    myo_decode decode;
    myo_bytes *bytes;
    AVIOContext *io;
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

static myo_status demuxer_make(video *v, myo_why *why)
{
    uint8_t *buffer = v->decode.av.av_malloc(IO_BYTES);
    v->io = buffer == NULL
                ? NULL
                : v->decode.av.avio_alloc_context(buffer, IO_BYTES, 0, v->bytes, io_read, NULL,
                                                  v->bytes->size < 0 ? NULL : io_seek);
    v->decode.format = v->decode.av.avformat_alloc_context();
    if (v->io == NULL || v->decode.format == NULL) {
        if (v->io == NULL) {
            v->decode.av.av_free(buffer);
        }
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    v->decode.format->pb = v->io;
    v->decode.format->io_open = open_refuse;
    v->decode.format->max_streams = 16;
    return MYO_OK;
}

static myo_status demuxer_open(video *v, const container *kind, myo_why *why)
{
    AVDictionary *settings = NULL;
    (void)v->decode.av.av_dict_set(&settings, "format_whitelist", kind->demuxer, 0);
    (void)v->decode.av.av_dict_set(&settings, "codec_whitelist", myo_av_codecs, 0);
    (void)v->decode.av.av_dict_set(&settings, "protocol_whitelist", "", 0);
    const AVInputFormat *demuxer = v->decode.av.av_find_input_format(kind->demuxer);
    if (demuxer != NULL) {
        (void)v->decode.av.av_dict_set(&settings, "format_whitelist", demuxer->name, 0);
    }
    int error = demuxer == NULL
                    ? AVERROR_DEMUXER_NOT_FOUND
                    : v->decode.av.avformat_open_input(&v->decode.format, "", demuxer, &settings);
    v->decode.av.av_dict_free(&settings);
    return error < 0 ? myo_decode_fail(error, "header", why) : MYO_OK;
}

static void video_close(myo_cine_reader *reader)
{
    video *v = reader->state;
    myo_decode_free(&v->decode);
    if (v->io != NULL) {
        v->decode.av.av_free(v->io->buffer);
        v->decode.av.avio_context_free(&v->io);
    }
    free(v);
    reader->state = NULL;
}

/* What was read behind the last packet is half a frame. */
static bool is_cut_off(const video *v)
{
    return v->is_y4m && v->bytes->position > v->decode.packet_end;
}

static myo_status cut_off_say(const video *v, myo_why *why)
{
    return myo_why_set(why, MYO_ERR_READ, "frame %lld: is cut off", (long long)v->decode.packets);
}

static myo_status video_start(video *v, const container *kind, myo_cine_info *info, myo_why *why)
{
    myo_status status = demuxer_make(v, why);
    if (status == MYO_OK) {
        status = demuxer_open(v, kind, why);
    }
    if (status == MYO_OK) {
        status = myo_decode_start(&v->decode, info, why);
    }
    return status == MYO_ERR_EMPTY && is_cut_off(v) ? cut_off_say(v, why) : status;
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
    v->decode.has_times = kind->clock != MYO_CINE_TIME_NONE;
    v->is_y4m = strcmp(kind->name, "Y4M") == 0;
    myo_status status = myo_av_load(&v->decode.av, why);
    if (status == MYO_OK) {
        status = video_start(v, kind, info, why);
    }
    if (status != MYO_OK) {
        video_close(reader);
        return status;
    }
    const AVStream *stream = v->decode.stream;
    info->clock = kind->clock;
    info->frames = v->decode.has_times ? (stream->nb_frames > 0 ? stream->nb_frames : -1) : 1;
    (void)snprintf(info->format, sizeof info->format, "%s, %s", kind->name,
                   v->decode.av.avcodec_get_name(stream->codecpar->codec_id));
    if (kind->note != NULL) {
        myo_note_add(info->note, sizeof info->note, "%s", kind->note);
    }
    return MYO_OK;
}

/* Frames that the container says not to show (edit lists) are no loss: only packets that it promises
 * and does not have are. */
static myo_status end_judge(const video *v, myo_cine_info *info, myo_why *why)
{
    if (is_cut_off(v)) {
        return cut_off_say(v, why);
    }
    if (info->frames >= 0 && v->decode.packets >= info->frames) {
        info->frames = v->decode.frames;
    }
    return MYO_OK;
}

static myo_status video_next(myo_cine_reader *reader, myo_cine_frame *frame, bool *got,
                             myo_why *why)
{
    video *v = reader->state;
    const myo_status status = myo_decode_next(&v->decode, &reader->info, frame, got, why);
    return status == MYO_OK && !*got ? end_judge(v, &reader->info, why) : status;
}

const myo_cine_class myo_cine_video = {video_known, video_open, video_next, video_close};
