/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From FFmpeg's pixel formats to brightness. */
#include "picture.h"

#include <stdlib.h>

/* What these flags stand for is never decoded from the codecs on the list. */
enum {
    REFUSED_FLAGS = AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER |
                    AV_PIX_FMT_FLAG_FLOAT
};

static bool is_rgb(const AVPixFmtDescriptor *about)
{
    return (about->flags & AV_PIX_FMT_FLAG_RGB) != 0 && about->nb_components >= 3;
}

static bool is_palette(const AVPixFmtDescriptor *about)
{
    return (about->flags & AV_PIX_FMT_FLAG_PAL) != 0;
}

static int depth_of(const AVPixFmtDescriptor *about)
{
    return is_palette(about) ? 8 : about->comp[0].depth;
}

/* One byte a pixel in a plane of its own, rows from top to bottom: nothing to convert. */
static bool is_plain(const AVPixFmtDescriptor *about, const AVFrame *shown)
{
    return !is_rgb(about) && !is_palette(about) && about->comp[0].depth == 8 &&
           about->comp[0].step == 1 && shown->linesize[0] > 0;
}

myo_status myo_picture_start(myo_picture *picture, const myo_av *av, const AVFrame *shown,
                             myo_cine_info *info, myo_why *why)
{
    const AVPixFmtDescriptor *about = av->av_pix_fmt_desc_get(shown->format);
    if (about == NULL || (about->flags & REFUSED_FLAGS) != 0 || depth_of(about) > 16) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "pixels of the kind %s",
                           about == NULL ? "unknown" : about->name);
    }
    if (shown->width < 1 || shown->height < 1) {
        return myo_why_set(why, MYO_ERR_FORMAT, "a picture without pixels");
    }
    myo_status status = myo_cine_size_check((uint64_t)shown->width, (uint64_t)shown->height, why);
    if (status != MYO_OK) {
        return status;
    }
    picture->format = shown->format;
    info->width = (uint32_t)shown->width;
    info->height = (uint32_t)shown->height;
    info->is_float = depth_of(about) > 8;
    info->full_scale = (double)((1U << depth_of(about)) - 1U);
    size_t pixels = (size_t)info->width * info->height;
    picture->line = malloc(3 * (size_t)info->width * sizeof *picture->line);
    picture->gray = info->is_float ? NULL : malloc(pixels);
    picture->values = info->is_float ? malloc(pixels * sizeof *picture->values) : NULL;
    bool enough = picture->line != NULL && (picture->gray != NULL || picture->values != NULL);
    return enough ? MYO_OK : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
}

static void component_read(const myo_av *av, const AVFrame *shown, const AVPixFmtDescriptor *about,
                           int y, int component, uint16_t *line)
{
    const uint8_t *planes[4] = {shown->data[0], shown->data[1], shown->data[2], shown->data[3]};
    av->av_read_image_line2(line, planes, shown->linesize, about, 0, y, component, shown->width, 0,
                            sizeof *line);
}

/* FFmpeg's palettes are 0xAARRGGBB in the order of the machine. */
static void palette_apply(const AVFrame *shown, uint16_t *line)
{
    const uint32_t *palette = (const void *)shown->data[1];
    for (int x = 0; x < shown->width; x++) {
        uint32_t colour = palette[line[x] & 0xFF];
        line[x] = (uint16_t)myo_luma(colour >> 16 & 0xFF, colour >> 8 & 0xFF, colour & 0xFF);
    }
}

/* Row @p y becomes brightness in the first row of picture->line. */
static void line_read(myo_picture *picture, const myo_av *av, const AVFrame *shown,
                      const AVPixFmtDescriptor *about, int y)
{
    uint16_t *red = picture->line, *green = red + shown->width, *blue = green + shown->width;
    component_read(av, shown, about, y, 0, red);
    if (is_palette(about)) {
        palette_apply(shown, red);
    } else if (is_rgb(about)) {
        component_read(av, shown, about, y, 1, green);
        component_read(av, shown, about, y, 2, blue);
        for (int x = 0; x < shown->width; x++) {
            red[x] = (uint16_t)myo_luma(red[x], green[x], blue[x]);
        }
    }
}

void myo_picture_take(myo_picture *picture, const myo_av *av, const AVFrame *shown,
                      myo_cine_frame *frame)
{
    const AVPixFmtDescriptor *about = av->av_pix_fmt_desc_get(shown->format);
    size_t width = (size_t)shown->width;
    frame->gray = picture->gray;
    frame->values = picture->values;
    frame->stride = width;
    if (is_plain(about, shown)) {
        frame->gray = shown->data[0];
        frame->stride = (size_t)shown->linesize[0];
        return;
    }
    for (int y = 0; y < shown->height; y++) {
        line_read(picture, av, shown, about, y);
        for (size_t x = 0; x < width; x++) {
            if (picture->values != NULL) {
                picture->values[(size_t)y * width + x] = picture->line[x];
            } else {
                picture->gray[(size_t)y * width + x] = (uint8_t)picture->line[x];
            }
        }
    }
}

void myo_picture_free(myo_picture *picture)
{
    free(picture->gray);
    free(picture->values);
    free(picture->line);
    *picture = (myo_picture){0};
}
