/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lossless video through FFmpeg's FFV1 encoder. */
#include "writer.h"

#include "av.h"
#include "reader.h"

#include "export/outfile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { IO_BYTES = 1 << 16, TICKS_PER_S = 1000000 };

struct myo_cine_writer {
    myo_av av;
    myo_outfile *file;
    AVFormatContext *format;
    AVIOContext *io;
    AVCodecContext *encoder;
    AVStream *stream;
    AVFrame *picture;
    AVPacket *packet;
    int64_t pictures, last_tick; /* of the stream */
    bool has_header;
};

static int io_write(void *opaque, uint8_t *from, int size)
{
    size_t written = fwrite(from, 1, (size_t)size, myo_outfile_stream(opaque));
    return written == (size_t)size ? size : AVERROR(errno != 0 ? errno : EIO);
}

static int64_t io_seek(void *opaque, int64_t offset, int whence)
{
    FILE *stream = myo_outfile_stream(opaque);
    if ((whence & AVSEEK_SIZE) != 0 || fseeko(stream, offset, whence & ~AVSEEK_FORCE) != 0) {
        return AVERROR(ENOSYS);
    }
    return ftello(stream);
}

static void writer_free(myo_cine_writer *w)
{
    if (w->format != NULL) {
        w->av.avformat_free_context(w->format);
    }
    if (w->io != NULL) {
        w->av.av_free(w->io->buffer);
        w->av.avio_context_free(&w->io);
    }
    if (w->encoder != NULL) {
        w->av.avcodec_free_context(&w->encoder);
    }
    if (w->picture != NULL) {
        w->av.av_frame_free(&w->picture);
    }
    if (w->packet != NULL) {
        w->av.av_packet_free(&w->packet);
    }
    free(w);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

/* Memory for everything; what is missing is NULL. */
static bool parts_make(myo_cine_writer *w, const AVCodec *codec, bool can_seek)
{
    uint8_t *buffer = w->av.av_malloc(IO_BYTES);
    w->io = buffer == NULL ? NULL
                           : w->av.avio_alloc_context(buffer, IO_BYTES, 1, w->file, NULL, io_write,
                                                      can_seek ? io_seek : NULL);
    if (w->io == NULL) {
        w->av.av_free(buffer);
        return false;
    }
    w->format = w->av.avformat_alloc_context();
    w->encoder = w->av.avcodec_alloc_context3(codec);
    w->picture = w->av.av_frame_alloc();
    w->packet = w->av.av_packet_alloc();
    w->stream = w->format == NULL ? NULL : w->av.avformat_new_stream(w->format, codec);
    return w->encoder != NULL && w->picture != NULL && w->packet != NULL && w->stream != NULL;
}

static int encoder_start(myo_cine_writer *w, const AVCodec *codec, uint32_t width, uint32_t height)
{
    AVCodecContext *encoder = w->encoder;
    encoder->width = w->picture->width = (int)width;
    encoder->height = w->picture->height = (int)height;
    encoder->pix_fmt = AV_PIX_FMT_GRAY8;
    w->picture->format = AV_PIX_FMT_GRAY8;
    encoder->time_base = (AVRational){1, TICKS_PER_S};
    encoder->thread_count = 1;
    if ((w->format->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
        encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    }
    int error = w->av.avcodec_open2(encoder, codec, NULL);
    error = error < 0 ? error : w->av.avcodec_parameters_from_context(w->stream->codecpar, encoder);
    return error < 0 ? error : w->av.av_frame_get_buffer(w->picture, 0);
}

/* No version, no date, no random number in the file: the same pictures give the same bytes. */
static int header_write(myo_cine_writer *w)
{
    w->format->pb = w->io;
    w->format->flags |= AVFMT_FLAG_BITEXACT | AVFMT_FLAG_CUSTOM_IO;
    w->stream->time_base = w->encoder->time_base;
    int error = w->av.avformat_write_header(w->format, NULL);
    w->has_header = error >= 0;
    return error;
}

static myo_status writer_start(myo_cine_writer *w, const char *path, uint32_t width,
                               uint32_t height, myo_why *why)
{
    bool is_matroska = ends_with(path, ".mkv");
    myo_status status = myo_av_load(&w->av, why);
    if (status != MYO_OK) {
        return status;
    }
    const AVCodec *codec = w->av.avcodec_find_encoder(AV_CODEC_ID_FFV1);
    const AVOutputFormat *muxer =
        w->av.av_guess_format(is_matroska ? "matroska" : "nut", NULL, NULL);
    if (codec == NULL || muxer == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "this FFmpeg has no FFV1 encoder or no muxer");
    }
    if (!parts_make(w, codec, myo_outfile_temporary(w->file) != NULL)) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    w->format->oformat = muxer;
    int error = encoder_start(w, codec, width, height);
    error = error < 0 ? error : header_write(w);
    return error < 0 ? myo_why_set(why, MYO_ERR_WRITE, "video: cannot be started") : MYO_OK;
}

myo_status myo_cine_writer_open(const char *path, bool replace, uint32_t width, uint32_t height,
                                myo_cine_writer **writer, myo_why *why)
{
    *writer = NULL;
    myo_status status = myo_cine_size_check(width, height, why);
    myo_cine_writer *w = status == MYO_OK ? calloc(1, sizeof *w) : NULL;
    if (w == NULL) {
        return status != MYO_OK ? status : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    status = myo_outfile_open(path, replace, &w->file, why);
    if (status == MYO_OK) {
        status = writer_start(w, path, width, height, why);
    }
    if (status != MYO_OK) {
        myo_cine_writer_discard(w);
        return status;
    }
    *writer = w;
    return MYO_OK;
}

/* Hands every packet that is ready to the muxer. */
static int packets_write(myo_cine_writer *w)
{
    int error = 0;
    while (error >= 0 && (error = w->av.avcodec_receive_packet(w->encoder, w->packet)) >= 0) {
        w->av.av_packet_rescale_ts(w->packet, w->encoder->time_base, w->stream->time_base);
        error = w->av.av_interleaved_write_frame(w->format, w->packet);
    }
    return error == AVERROR(EAGAIN) || error == AVERROR_EOF ? 0 : error;
}

myo_status myo_cine_writer_add(myo_cine_writer *w, const uint8_t *gray, size_t stride,
                               double time_s, myo_why *why)
{
    double scale = (double)w->stream->time_base.den / w->stream->time_base.num;
    double tick = isfinite(time_s) && time_s >= 0.0 ? round(time_s * scale) : -1.0;
    if (tick < 0.0 || tick > 0x1p52 || (w->pictures > 0 && (int64_t)tick <= w->last_tick)) {
        return myo_why_set(why, MYO_ERR_BAD_ARG,
                           "picture %lld: its time, %g s, is not after the last",
                           (long long)w->pictures, time_s);
    }
    for (int y = 0; y < w->picture->height; y++) {
        memcpy(w->picture->data[0] + (size_t)y * (size_t)w->picture->linesize[0],
               gray + (size_t)y * stride, (size_t)w->picture->width);
    }
    w->picture->pts = (int64_t)round(time_s * TICKS_PER_S);
    int error = w->av.avcodec_send_frame(w->encoder, w->picture);
    error = error < 0 ? error : packets_write(w);
    if (error < 0) {
        return myo_why_set(why, MYO_ERR_WRITE, "picture %lld: cannot be written: %s",
                           (long long)w->pictures, strerror(AVUNERROR(error)));
    }
    w->last_tick = (int64_t)tick;
    w->pictures++;
    return MYO_OK;
}

myo_status myo_cine_writer_commit(myo_cine_writer *w, myo_why *why)
{
    int error = w->av.avcodec_send_frame(w->encoder, NULL);
    error = error < 0 ? error : packets_write(w);
    error = error < 0 ? error : w->av.av_write_trailer(w->format);
    w->av.avio_flush(w->io);
    if (error < 0 || w->io->error < 0) {
        myo_cine_writer_discard(w);
        return myo_why_set(why, MYO_ERR_WRITE, "the end cannot be written");
    }
    myo_outfile *file = w->file;
    writer_free(w);
    return myo_outfile_commit(file, why);
}

void myo_cine_writer_discard(myo_cine_writer *w)
{
    if (w != NULL) {
        myo_outfile_discard(w->file);
        w->file = NULL;
        writer_free(w);
    }
}
