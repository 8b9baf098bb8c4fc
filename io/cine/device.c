/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live images of a frame grabber, "v4l2:/dev/video0", through FFmpeg's libavdevice; "lavfi:GRAPH" is a device
 * made of filters, for trying all of it without one.
 *
 * Each frame has the time that the driver gave it. Size, rate and format are those that the device is set
 * to. */
#include "decode.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *prefix, *demuxer, *name;
} device_kind;

static const device_kind kinds[] = {
    {MYO_CINE_V4L2, "video4linux2", "V4L2"},
    {MYO_CINE_LAVFI, "lavfi", "lavfi"},
};

static const device_kind *kind_of(const char *path)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strncmp(path, kinds[i].prefix, strlen(kinds[i].prefix)) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

bool myo_cine_is_device(const char *path)
{
    return kind_of(path) != NULL;
}

/* What libavdevice says when a device cannot be had. */
static myo_status open_fail(int error, myo_why *why)
{
    if (error == AVERROR(ENOMEM)) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    if (error == AVERROR(EINVAL) || error == AVERROR_INVALIDDATA) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "gives no pictures of a kind that can be read, or is not set up");
    }
    const bool is_system = error > -4096; /* else a tag of FFmpeg's own */
    return myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s",
                       is_system ? strerror(AVUNERROR(error)) : "FFmpeg does not know it");
}

static myo_status device_start(myo_decode *d, const device_kind *kind, const char *path,
                               myo_cine_info *info, myo_why *why)
{
    AVDictionary *settings = NULL;
    const AVInputFormat *demuxer = d->av.av_find_input_format(kind->demuxer);
    if (demuxer == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%s: not in this FFmpeg", kind->name);
    }
    (void)d->av.av_dict_set(&settings, "format_whitelist", demuxer->name, 0);
    (void)d->av.av_dict_set(&settings, "codec_whitelist", myo_av_codecs, 0);
    const int error =
        d->av.avformat_open_input(&d->format, path + strlen(kind->prefix), demuxer, &settings);
    d->av.av_dict_free(&settings);
    return error < 0 ? open_fail(error, why) : myo_decode_start(d, info, why);
}

static void device_close(myo_cine_reader *reader)
{
    myo_decode *d = reader->state;
    myo_decode_free(d);
    free(d);
    reader->state = NULL;
}

static myo_status device_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                              const myo_cine_options *options, myo_why *why)
{
    (void)bytes, (void)options;
    myo_cine_info *info = &reader->info;
    const device_kind *kind = kind_of(path);
    myo_decode *d = calloc(1, sizeof *d);
    if (d == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    reader->state = d;
    d->has_times = d->is_live = true;
    myo_status status = myo_av_load(&d->av, why);
    if (status == MYO_OK) {
        status = myo_av_load_devices(why);
    }
    if (status == MYO_OK) {
        status = device_start(d, kind, path, info, why);
    }
    if (status != MYO_OK) {
        device_close(reader);
        return status;
    }
    info->clock = MYO_CINE_TIME_FRAME;
    info->frames = -1;
    (void)snprintf(info->format, sizeof info->format, "%s, %s", kind->name,
                   d->av.avcodec_get_name(d->stream->codecpar->codec_id));
    return MYO_OK;
}

static bool device_known(const uint8_t *head, size_t size, int64_t file_size)
{
    (void)head, (void)size, (void)file_size;
    return false;
}

static myo_status device_next(myo_cine_reader *reader, myo_cine_frame *frame, bool *got,
                              myo_why *why)
{
    return myo_decode_next(reader->state, &reader->info, frame, got, why);
}

const myo_cine_class myo_cine_device = {device_known, device_open, device_next, device_close};
