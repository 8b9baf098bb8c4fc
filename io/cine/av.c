/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading of FFmpeg's libraries. */
#include "av.h"

#include "signal/late.h"

#define SONAME(name, major)    SONAME_OF(name, major)
#define SONAME_OF(name, major) "lib" #name ".so." #major

/* Kinds that scanners and grabbers write, and lossless ones; each more is more to be attacked. */
const char myo_av_codecs[] =
    "rawvideo,ffv1,huffyuv,ffvhuff,utvideo,h264,hevc,mpeg1video,mpeg2video,"
    "mpeg4,msmpeg4v3,mjpeg,cinepak,msvideo1,msrle,vp8,vp9,png,gif,bmp,tiff,"
    "pgm,jpegls,jpeg2000,v210,wrapped_avframe";

#define ENTRY(name) {#name, offsetof(myo_av, name)},

static const myo_late_entry util[] = {MYO_AV_UTIL(ENTRY){NULL, 0}};
static const myo_late_entry codec[] = {MYO_AV_CODEC(ENTRY){NULL, 0}};
static const myo_late_entry format[] = {MYO_AV_FORMAT(ENTRY){NULL, 0}};

myo_status myo_av_load(myo_av *av, myo_why *why)
{
    myo_status status =
        myo_late_load(av, SONAME(avutil, LIBAVUTIL_VERSION_MAJOR), "FFmpeg", util, why);
    if (status == MYO_OK) {
        status = myo_late_load(av, SONAME(avcodec, LIBAVCODEC_VERSION_MAJOR), "FFmpeg", codec, why);
    }
    if (status == MYO_OK) {
        status =
            myo_late_load(av, SONAME(avformat, LIBAVFORMAT_VERSION_MAJOR), "FFmpeg", format, why);
    }
    if (status == MYO_OK) {
        av->av_log_set_level(AV_LOG_QUIET);
        av->av_max_alloc((size_t)256 << 20);
    }
    return status;
}

myo_status myo_av_load_devices(myo_why *why)
{
    struct {
        __typeof__(&(avdevice_register_all)) avdevice_register_all;
    } devices;
    static const myo_late_entry entries[] = {{"avdevice_register_all", 0}, {NULL, 0}};
    const myo_status status = myo_late_load(&devices, SONAME(avdevice, LIBAVDEVICE_VERSION_MAJOR),
                                            "FFmpeg's devices", entries, why);
    if (status == MYO_OK) {
        devices.avdevice_register_all();
    }
    return status;
}
