/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live images of a frame grabber, "v4l2:/dev/video0", through FFmpeg's libavdevice; "lavfi:GRAPH" is a device
 * made of filters, for trying all of it without one.
 *
 * Each frame has the time that the driver gave it. Size and rate are those that the device is set to, unless the
 * name goes on with what else is wanted: "v4l2:/dev/video0?format=mjpeg&size=1280x720&rate=60&input=1". */
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

/* What may be asked for, and what libavdevice calls it. */
static const struct {
    const char *key, *option;
} wishes[] = {{"format", "input_format"},
              {"size", "video_size"},
              {"rate", "framerate"},
              {"input", "channel"}};

/* One "key=value" of @p length bytes. */
static bool wish_take(const myo_av *av, const char *text, size_t length, AVDictionary **settings)
{
    const char *equals = memchr(text, '=', length);
    char value[64];
    for (size_t i = 0; equals != NULL && i < sizeof wishes / sizeof wishes[0]; i++) {
        const size_t key = (size_t)(equals - text), rest = length - key - 1;
        if (strlen(wishes[i].key) == key && memcmp(wishes[i].key, text, key) == 0 && rest > 0 &&
            rest < sizeof value) {
            memcpy(value, equals + 1, rest);
            value[rest] = '\0';
            return av->av_dict_set(settings, wishes[i].option, value, 0) >= 0;
        }
    }
    return false;
}

/* The device's own name without the wishes behind it, which become settings. */
static myo_status wishes_take(const myo_av *av, char *name, AVDictionary **settings, myo_why *why)
{
    char *from = strchr(name, '?');
    for (char *end; from != NULL; from = end) {
        *from++ = '\0';
        end = strchr(from, '&');
        const size_t length = end != NULL ? (size_t)(end - from) : strlen(from);
        if (!wish_take(av, from, length, settings)) {
            return myo_why_set(why, MYO_ERR_BAD_ARG,
                               "%.*s: of a device format, size, rate and input can be asked for",
                               (int)length, from);
        }
    }
    return MYO_OK;
}

static myo_status demuxer_open(myo_decode *d, const device_kind *kind, char *name, myo_why *why)
{
    AVDictionary *settings = NULL;
    int error = 0;
    const AVInputFormat *demuxer = d->av.av_find_input_format(kind->demuxer);
    if (demuxer == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%s: not in this FFmpeg", kind->name);
    }
    myo_status status = kind == kinds ? wishes_take(&d->av, name, &settings, why)
                                      : MYO_OK; /* a graph has its own */
    if (status == MYO_OK) {
        (void)d->av.av_dict_set(&settings, "format_whitelist", demuxer->name, 0);
        (void)d->av.av_dict_set(&settings, "codec_whitelist", myo_av_codecs, 0);
        error = d->av.avformat_open_input(&d->format, name, demuxer, &settings);
        status = error < 0 ? open_fail(error, why) : MYO_OK;
    }
    d->av.av_dict_free(&settings);
    return status;
}

static myo_status device_start(myo_decode *d, const device_kind *kind, const char *path,
                               myo_cine_info *info, myo_why *why)
{
    char *name = strdup(path + strlen(kind->prefix));
    if (name == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    const myo_status status = demuxer_open(d, kind, name, why);
    free(name);
    return status == MYO_OK ? myo_decode_start(d, info, why) : status;
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
