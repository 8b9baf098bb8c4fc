/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decodes one packet to one picture. */
#include "still.h"

#include "av.h"
#include "cine.h"

#include <stdlib.h>

struct myo_still {
    myo_av av;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *shown;
};

static enum AVCodecID codec_of(myo_still_kind kind)
{
    return kind == MYO_STILL_JPEG      ? AV_CODEC_ID_MJPEG
           : kind == MYO_STILL_JPEG_LS ? AV_CODEC_ID_JPEGLS
                                       : AV_CODEC_ID_JPEG2000;
}

static myo_status decoder_open(myo_still *s, myo_still_kind kind, myo_why *why)
{
    const AVCodec *codec = s->av.avcodec_find_decoder(codec_of(kind));
    if (codec == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "this FFmpeg does not decode %s",
                           s->av.avcodec_get_name(codec_of(kind)));
    }
    s->decoder = s->av.avcodec_alloc_context3(codec);
    s->packet = s->av.av_packet_alloc();
    s->shown = s->av.av_frame_alloc();
    if (s->decoder == NULL || s->packet == NULL || s->shown == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    s->decoder->max_pixels = MYO_CINE_MAX_PIXELS;
    s->decoder->thread_count = 1;
    s->decoder->err_recognition = AV_EF_EXPLODE;
    return s->av.avcodec_open2(s->decoder, codec, NULL) < 0
               ? myo_why_set(why, MYO_ERR_NO_MEMORY, "the decoder cannot be opened")
               : MYO_OK;
}

myo_status myo_still_new(myo_still_kind kind, myo_still **still, myo_why *why)
{
    *still = calloc(1, sizeof **still);
    if (*still == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = myo_av_load(&(*still)->av, why);
    if (status == MYO_OK) {
        status = decoder_open(*still, kind, why);
    }
    if (status != MYO_OK) {
        myo_still_free(*still);
        *still = NULL;
    }
    return status;
}

/* Every one of these formats ends with the same marker; a decoder would fill up what is missing. An even
 * length may have been made with one byte of either kind. */
static bool is_whole(const uint8_t *packed, size_t size)
{
    while (size > 2 && (packed[size - 1] == 0 || packed[size - 1] == 0xFF)) {
        size--;
    }
    return size > 2 && packed[size - 2] == 0xFF && packed[size - 1] == 0xD9;
}

/* A picture whose colours are luma and chroma while the header says RGB cannot be told right: some writers
 * forget to name the transform, others to undo it. */
static const char *picture_fault(const AVPixFmtDescriptor *about, const AVFrame *shown,
                                 uint32_t components)
{
    if (about == NULL || shown->decode_error_flags != 0) {
        return "is damaged";
    }
    if ((about->flags & AV_PIX_FMT_FLAG_PAL) != 0 || about->nb_components < components ||
        about->comp[0].depth != 8) {
        return "has pixels of another kind than the header says";
    }
    return components == 3 && (about->flags & AV_PIX_FMT_FLAG_RGB) == 0
               ? "has luma and chroma where the header says RGB"
               : NULL;
}

static void planes_copy(const myo_still *s, const AVPixFmtDescriptor *about, uint32_t components,
                        uint8_t *planes)
{
    const AVFrame *f = s->shown;
    for (uint32_t c = 0; c < components; c++) {
        const AVComponentDescriptor *comp = &about->comp[c];
        for (int y = 0; y < f->height; y++) {
            const uint8_t *row =
                f->data[comp->plane] + (ptrdiff_t)y * f->linesize[comp->plane] + comp->offset;
            for (int x = 0; x < f->width; x++) {
                *planes++ = row[(ptrdiff_t)x * comp->step];
            }
        }
    }
}

static bool picture_decode(myo_still *s, const uint8_t *packed, size_t size)
{
    s->packet->data = (uint8_t *)(uintptr_t)packed;
    s->packet->size = (int)size;
    bool ok = s->av.avcodec_send_packet(s->decoder, s->packet) >= 0 &&
              s->av.avcodec_receive_frame(s->decoder, s->shown) >= 0;
    s->packet->data = NULL;
    s->packet->size = 0;
    return ok;
}

myo_status myo_still_decode(myo_still *still, const uint8_t *packed, size_t size, uint32_t width,
                            uint32_t height, uint32_t components, uint8_t *planes, myo_why *why)
{
    const AVFrame *shown = still->shown;
    if (!is_whole(packed, size) || size > INT32_MAX) {
        return myo_why_set(why, MYO_ERR_READ, "the picture is cut off");
    }
    if (!picture_decode(still, packed, size)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "the picture cannot be decoded");
    }
    if (shown->width != (int)width || shown->height != (int)height) {
        return myo_why_set(why, MYO_ERR_FORMAT, "the picture is %dx%d, the header says %ux%u",
                           shown->width, shown->height, width, height);
    }
    const AVPixFmtDescriptor *about = still->av.av_pix_fmt_desc_get(shown->format);
    const char *fault = picture_fault(about, shown, components);
    if (fault != NULL) {
        return myo_why_set(why, MYO_ERR_FORMAT, "the picture %s", fault);
    }
    planes_copy(still, about, components, planes);
    return MYO_OK;
}

void myo_still_free(myo_still *still)
{
    if (still == NULL) {
        return;
    }
    if (still->decoder != NULL) {
        still->av.avcodec_free_context(&still->decoder);
    }
    if (still->packet != NULL) {
        still->av.av_packet_free(&still->packet);
    }
    if (still->shown != NULL) {
        still->av.av_frame_free(&still->shown);
    }
    free(still);
}
