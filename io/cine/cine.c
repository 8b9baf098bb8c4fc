/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the reader for a cine by its first bytes, crops, and sees to it that times are in order. */
#include "cine.h"

#include "apart.h"
#include "reader.h"
#include "times.h"

#include "signal/guard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct myo_cine {
    myo_cine_reader reader;
    myo_bytes bytes;
    myo_cine_info info; /* as handed out */
    double *times;      /* of the sidecar */
    int64_t time_count;
    double interval_s;
    int64_t frames; /* handed out */
    double time_s;  /* of the last frame */
};

static const myo_cine_class *const kinds[] = {
    &myo_cine_dicom, &myo_cine_video, &myo_cine_meta_image, &myo_cine_matlab,
    &myo_cine_numpy, &myo_cine_h5,    &myo_cine_clarius};

static const myo_cine_class *kind_of(const myo_bytes *bytes)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i]->known(bytes->head, bytes->head_size, bytes->size)) {
            return kinds[i];
        }
    }
    return NULL;
}

bool myo_cine_known(const char *path)
{
    myo_bytes bytes;
    myo_why why;
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode) ||
        myo_bytes_open(path, 0.0, &bytes, &why) != MYO_OK) {
        return false;
    }
    bool known = kind_of(&bytes) != NULL;
    myo_bytes_close(&bytes);
    return known;
}

myo_status myo_cine_size_check(uint64_t width, uint64_t height, myo_why *why)
{
    bool fits = width >= 1 && height >= 1 && width <= MYO_CINE_MAX_SIDE &&
                height <= MYO_CINE_MAX_SIDE && width * height <= MYO_CINE_MAX_PIXELS;
    return fits ? MYO_OK
                : myo_why_set(why, MYO_ERR_UNSUPPORTED,
                              "pictures of %llu x %llu; at most %d a side and %d pixels",
                              (unsigned long long)width, (unsigned long long)height,
                              MYO_CINE_MAX_SIDE, MYO_CINE_MAX_PIXELS);
}

static myo_status region_find(const myo_cine_info *whole, uint32_t number, myo_cine_rect *rect,
                              myo_why *why)
{
    if (number > whole->regions) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "region %u: the file declares %zu", number,
                           whole->regions);
    }
    *rect = whole->region[number - 1].rect;
    return MYO_OK;
}

static myo_status rect_choose(myo_cine *cine, const myo_cine_options *options, myo_why *why)
{
    const myo_cine_info *whole = &cine->reader.info;
    myo_cine_rect rect = options->crop;
    if (options->region > 0) {
        myo_status status = region_find(whole, options->region, &rect, why);
        if (status != MYO_OK) {
            return status;
        }
    }
    if (rect.width == 0 && rect.height == 0) {
        rect = (myo_cine_rect){0, 0, whole->width, whole->height};
    }
    if (rect.width == 0 || rect.height == 0 || rect.x >= whole->width || rect.y >= whole->height ||
        rect.width > whole->width - rect.x || rect.height > whole->height - rect.y) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "%ux%u at %u,%u is not inside the picture, %ux%u",
                           rect.width, rect.height, rect.x, rect.y, whole->width, whole->height);
    }
    cine->info.rect = rect;
    cine->info.width = rect.width;
    cine->info.height = rect.height;
    return MYO_OK;
}

/* The scale of the region that is handed out, when the file has one for it. */
static void scale_choose(myo_cine *cine, const myo_cine_options *options)
{
    myo_cine_info *info = &cine->info;
    if (options->region > 0) {
        info->mm_per_px_x = info->region[options->region - 1].mm_per_px_x;
        info->mm_per_px_y = info->region[options->region - 1].mm_per_px_y;
    }
    if (options->mm_per_px > 0.0) {
        info->mm_per_px_x = info->mm_per_px_y = options->mm_per_px;
    }
}

static myo_status clock_choose(myo_cine *cine, const myo_cine_options *options, myo_why *why)
{
    if (options->times != NULL) {
        myo_status status =
            myo_cine_times_read(options->times, &cine->times, &cine->time_count, why);
        if (status != MYO_OK) {
            return status;
        }
        cine->info.clock = MYO_CINE_TIME_SIDECAR;
        if (cine->info.frames >= 0 && cine->info.frames != cine->time_count) {
            return myo_why_set(why, MYO_ERR_FORMAT, "%.100s: %lld times for %lld frames",
                               options->times, (long long)cine->time_count,
                               (long long)cine->info.frames);
        }
    } else if (options->interval_s > 0.0) {
        cine->interval_s = options->interval_s;
        cine->info.clock = MYO_CINE_TIME_GIVEN;
    }
    return MYO_OK;
}

/* What is no file is told by its name. */
static const myo_cine_class *kind_of_place(const char *path)
{
    struct stat about;
    if (strncmp(path, MYO_CINE_IGTL, strlen(MYO_CINE_IGTL)) == 0) {
        return &myo_cine_bridge;
    }
    if (myo_cine_is_device(path)) {
        return &myo_cine_device;
    }
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode) ? &myo_cine_folder : NULL;
}

/* Opens the file and finds out what it is. */
static myo_status kind_find(myo_cine *cine, const char *path, const myo_cine_options *options,
                            const myo_cine_class **kind, myo_why *why)
{
    *kind = kind_of_place(path);
    if (*kind != NULL) {
        return MYO_OK;
    }
    myo_status status = myo_bytes_open(path, options->patience_s, &cine->bytes, why);
    if (status != MYO_OK) {
        return status;
    }
    *kind = options->width > 0 ? &myo_cine_raw : kind_of(&cine->bytes);
    return *kind != NULL
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_UNSUPPORTED,
                             "byte 0: no cine of a known kind (MP4, MOV, AVI, Matroska, NUT, "
                             "Y4M, GIF, PNG, JPEG, BMP, TIFF, PGM, DICOM, MetaImage, MATLAB, "
                             "HDF5, NumPy, Clarius; not packed by LZO)");
}

/* What goes through HDF5 and FFmpeg; the other readers are small and fuzzed. A pipe stays with who waits
 * for it; a device, on whose driver one can wait for ever, does not. */
static bool is_apart_kind(const myo_cine_class *kind, const myo_bytes *bytes)
{
    return kind == &myo_cine_device ||
           (bytes->size >= 0 &&
            (kind == &myo_cine_h5 || kind == &myo_cine_video || kind == &myo_cine_dicom));
}

static myo_status cine_fill(myo_cine *cine, const char *path, const myo_cine_options *options,
                            myo_why *why)
{
    myo_cine_reader *reader = &cine->reader;
    const myo_cine_class *kind = NULL;
    myo_status status = kind_find(cine, path, options, &kind, why);
    if (status != MYO_OK) {
        return status;
    }
    const bool is_apart = is_apart_kind(kind, &cine->bytes) && myo_guard_wanted();
    status = is_apart ? myo_apart_open(kind, reader, &cine->bytes, path, options, why)
                      : kind->open(reader, &cine->bytes, path, options, why);
    if (status != MYO_OK) {
        return status;
    }
    reader->kind = is_apart ? &myo_cine_apart : kind;
    cine->info = reader->info;
    cine->info.whole_width = reader->info.width;
    cine->info.whole_height = reader->info.height;
    status = rect_choose(cine, options, why);
    if (status == MYO_OK) {
        scale_choose(cine, options);
        status = clock_choose(cine, options, why);
    }
    return status;
}

myo_status myo_cine_open(const char *path, const myo_cine_options *options, myo_cine **cine,
                         myo_why *why)
{
    *cine = calloc(1, sizeof **cine);
    if (*cine == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    (*cine)->bytes.file = -1;
    myo_status status = cine_fill(*cine, path, options, why);
    if (status != MYO_OK) {
        myo_cine_free(*cine);
        *cine = NULL;
    }
    return status;
}

const myo_cine_info *myo_cine_info_get(const myo_cine *cine)
{
    return &cine->info;
}

static void frame_crop(const myo_cine_info *info, myo_cine_frame *frame)
{
    size_t at = info->rect.y * frame->stride + info->rect.x;
    frame->gray = frame->gray == NULL ? NULL : frame->gray + at;
    if (frame->values != NULL) {
        frame->values += info->kind == MYO_CINE_IQ ? 2 * at : at;
    }
}

static myo_status time_set(myo_cine *cine, myo_cine_frame *frame, myo_why *why)
{
    if (cine->times != NULL && cine->frames >= cine->time_count) {
        return myo_why_set(why, MYO_ERR_FORMAT, "frame %lld: the table of times ends before it",
                           (long long)frame->sequence);
    }
    if (cine->times != NULL) {
        frame->time_s = cine->times[cine->frames];
    } else if (cine->interval_s > 0.0) {
        frame->time_s = (double)frame->sequence * cine->interval_s;
    } else if (cine->info.clock == MYO_CINE_TIME_NONE) {
        frame->time_s = cine->info.frames == 1 ? 0.0 : (double)NAN;
    }
    if (cine->frames > 0 && frame->time_s < cine->time_s) {
        return myo_why_set(why, MYO_ERR_FORMAT,
                           "frame %lld: its time %.6f s is before that of the frame before, %.6f s",
                           (long long)frame->sequence, frame->time_s, cine->time_s);
    }
    cine->time_s = frame->time_s;
    return MYO_OK;
}

static myo_status end_check(const myo_cine *cine, myo_why *why)
{
    int64_t promised = cine->times != NULL ? cine->time_count : cine->reader.info.frames;
    if (cine->frames < promised) {
        return myo_why_set(why, MYO_ERR_READ,
                           "frame %lld: the file ends before the %lld frames that it promises",
                           (long long)cine->frames, (long long)promised);
    }
    return MYO_OK;
}

myo_status myo_cine_next(myo_cine *cine, myo_cine_frame *frame, bool *got, myo_why *why)
{
    *frame = (myo_cine_frame){0};
    myo_status status = cine->reader.kind->next(&cine->reader, frame, got, why);
    if (status != MYO_OK || !*got) {
        *got = false;
        return status != MYO_OK ? status : end_check(cine, why);
    }
    frame_crop(&cine->info, frame);
    status = time_set(cine, frame, why);
    *got = status == MYO_OK;
    cine->frames += *got;
    return status;
}

void myo_cine_floats(const myo_cine_info *info, const myo_cine_frame *frame, float *values)
{
    size_t each = info->kind == MYO_CINE_IQ ? 2 : 1, row = each * info->width;
    for (size_t y = 0; y < info->height; y++, values += row) {
        if (frame->values != NULL) {
            memcpy(values, frame->values + each * y * frame->stride, row * sizeof *values);
            continue;
        }
        for (size_t x = 0; x < row; x++) {
            values[x] = frame->gray[y * frame->stride + x];
        }
    }
}

void myo_cine_free(myo_cine *cine)
{
    if (cine == NULL) {
        return;
    }
    if (cine->reader.kind != NULL) {
        cine->reader.kind->close(&cine->reader);
    }
    myo_bytes_close(&cine->bytes);
    free(cine->times);
    free(cine);
}
