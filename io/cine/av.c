/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading of FFmpeg's libraries. */
#include "av.h"

#include <dlfcn.h>
#include <string.h>

#define SONAME(name, major)    SONAME_OF(name, major)
#define SONAME_OF(name, major) "lib" #name ".so." #major

/* Kinds that scanners and grabbers write, and lossless ones; each more is more to be attacked. */
const char myo_av_codecs[] =
    "rawvideo,ffv1,huffyuv,ffvhuff,utvideo,h264,hevc,mpeg1video,mpeg2video,"
    "mpeg4,msmpeg4v3,mjpeg,cinepak,msvideo1,msrle,vp8,vp9,png,gif,bmp,tiff,"
    "pgm,jpegls,jpeg2000,v210,wrapped_avframe";

typedef struct {
    const char *name;
    size_t offset;
} entry;

#define ENTRY(name) {#name, offsetof(myo_av, name)},

static const entry util[] = {MYO_AV_UTIL(ENTRY){NULL, 0}};
static const entry codec[] = {MYO_AV_CODEC(ENTRY){NULL, 0}};
static const entry format[] = {MYO_AV_FORMAT(ENTRY){NULL, 0}};

static myo_status library_load(myo_av *av, const char *library, const entry *entries, myo_why *why)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%s of FFmpeg is needed and not installed",
                           library);
    }
    for (; entries->name != NULL; entries++) {
        void *symbol = dlsym(handle, entries->name);
        if (symbol == NULL) {
            return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%s has no %s", library, entries->name);
        }
        memcpy((char *)av + entries->offset, &symbol, sizeof symbol);
    }
    return MYO_OK;
}

myo_status myo_av_load(myo_av *av, myo_why *why)
{
    myo_status status = library_load(av, SONAME(avutil, LIBAVUTIL_VERSION_MAJOR), util, why);
    if (status == MYO_OK) {
        status = library_load(av, SONAME(avcodec, LIBAVCODEC_VERSION_MAJOR), codec, why);
    }
    if (status == MYO_OK) {
        status = library_load(av, SONAME(avformat, LIBAVFORMAT_VERSION_MAJOR), format, why);
    }
    if (status == MYO_OK) {
        av->av_log_set_level(AV_LOG_QUIET);
        av->av_max_alloc((size_t)256 << 20);
    }
    return status;
}
