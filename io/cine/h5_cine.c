/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ultrasound in HDF5: finds out what kind of file it is, and hands out its frames. */
#include "h5_cine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINKS = 1024 };

static bool h5_known(const uint8_t *head, size_t size, int64_t file_size)
{
    static const char magic[] = "\x89HDF\r\n\x1a\n";
    (void)file_size;
    return (size >= 8 && memcmp(head, magic, 8) == 0) ||
           (size >= 520 && memcmp(head + 512, magic, 8) == 0);
}

static size_t samples_of(const myo_cine_info *info)
{
    return (size_t)info->width * info->height;
}

static void h5_close(myo_cine_reader *reader)
{
    h5_cine *c = reader->state;
    for (int p = 0; p < 2; p++) {
        h5_slab_close(&c->part[p]);
        free(c->raw[p]);
    }
    if (c->file >= 0) {
        (void)H5Fclose(c->file);
    }
    free(c->gray);
    free(c->values);
    free(c->times_s);
    free(c);
    reader->state = NULL;
}

/* The only data set of two or three dimensions at the root, or the only one of three. */
static bool set_find(hid_t file, char *name, size_t size)
{
    H5G_info_t about = {0};
    int best = 0;
    (void)H5Gget_info(file, &about);
    for (hsize_t i = 0; i < about.nlinks && i < MAX_LINKS; i++) {
        char link[64];
        h5_slab slab;
        myo_why why;
        if (H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, i, link, sizeof link,
                               H5P_DEFAULT) <= 0 ||
            !h5_exists(file, link) || h5_slab_open(file, link, &slab, &why) != MYO_OK) {
            continue;
        }
        int rank = slab.rank == 2 || slab.rank == 3 ? slab.rank : 0;
        h5_slab_close(&slab);
        if (rank == best && rank > 0) {
            name[0] = '\0'; /* two alike: the caller has to say which */
        } else if (rank > best) {
            best = rank;
            (void)snprintf(name, size, "%s", link);
        }
    }
    return name[0] != '\0';
}

static myo_status kind_open(h5_cine *c, myo_cine_info *info, const char *wanted, myo_why *why)
{
    char name[64] = "";
    bool found = false;
    if (wanted != NULL) {
        return h5_exists(c->file, wanted)
                   ? h5_stack_open(c, wanted, info, why)
                   : myo_why_set(why, MYO_ERR_FORMAT, "no data set %.100s", wanted);
    }
    myo_status status = h5_uff_open(c, info, &found, why);
    if (found || status != MYO_OK) {
        return status;
    }
    if (h5_exists(c->file, "data") && h5_exists(c->file, "data/image")) { /* zea's */
        return h5_stack_open(c, "data/image", info, why);
    }
    return set_find(c->file, name, sizeof name)
               ? h5_stack_open(c, name, info, why)
               : myo_why_set(why, MYO_ERR_UNSUPPORTED,
                             "HDF5 of no known layout for ultrasound; name a data set");
}

static myo_status memory_take(h5_cine *c, myo_cine_info *info, myo_why *why)
{
    size_t samples = samples_of(info), parts = info->kind == MYO_CINE_IQ ? 2 : 1;
    size_t each = c->part[0].is_complex ? 2 : 1;
    info->is_float = !c->part[0].is_bytes;
    info->full_scale = info->is_float ? 0.0 : 255.0;
    info->clock = c->times_s != NULL ? MYO_CINE_TIME_FRAME : MYO_CINE_TIME_NONE;
    bool ok = true;
    for (int p = 0; p < c->parts; p++) {
        c->raw[p] = malloc(samples * each * (info->is_float ? sizeof(float) : 1));
        ok = ok && c->raw[p] != NULL;
    }
    c->gray = info->is_float ? NULL : malloc(samples);
    c->values = info->is_float ? malloc(samples * parts * sizeof *c->values) : NULL;
    return ok && (c->gray != NULL || c->values != NULL)
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
}

static myo_status h5_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                          const myo_cine_options *options, myo_why *why)
{
    if (bytes->size < 0) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "HDF5: is read from files, not from pipes");
    }
    h5_cine *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    reader->state = c;
    c->part[0] = c->part[1] = (h5_slab){.set = -1, .space = -1, .memory = -1};
    myo_status status = h5_file_open(path, &c->file, why);
    if (status == MYO_OK) {
        status = kind_open(c, &reader->info, options->dataset, why);
    }
    if (status == MYO_OK) {
        status = memory_take(c, &reader->info, why);
    }
    if (status != MYO_OK) {
        h5_close(reader);
    }
    return status;
}

/* Sample @p part at @p index of the file's order: parts stand in two data sets, or in turn in one. */
static float sample_get(const h5_cine *c, size_t index, size_t part)
{
    if (c->parts == 2) {
        return ((const float *)c->raw[part])[index];
    }
    const float *raw = c->raw[0];
    return c->part[0].is_complex ? raw[2 * index + part] : raw[index];
}

static bool picture_fill(h5_cine *c, const myo_cine_info *info)
{
    size_t parts = info->kind == MYO_CINE_IQ ? 2 : 1, at = 0;
    for (size_t y = 0; y < info->height; y++) {
        for (size_t x = 0; x < info->width; x++) {
            size_t index = y * c->row_step + x * c->column_step;
            if (c->gray != NULL) {
                c->gray[at++] = ((const uint8_t *)c->raw[0])[index];
                continue;
            }
            for (size_t p = 0; p < parts; p++) {
                c->values[at] = sample_get(c, index, p);
                if (!isfinite(c->values[at++])) {
                    return false;
                }
            }
        }
    }
    return true;
}

static myo_status h5_next(myo_cine_reader *reader, myo_cine_frame *frame, bool *got, myo_why *why)
{
    h5_cine *c = reader->state;
    const myo_cine_info *info = &reader->info;
    *got = false;
    if (c->number == info->frames) {
        return MYO_OK;
    }
    for (int p = 0; p < c->parts; p++) {
        if (!h5_slab_read(&c->part[p], (hsize_t)c->number, c->raw[p])) {
            return myo_why_set(why, MYO_ERR_READ, "frame %lld: cannot be read or decoded",
                               (long long)c->number);
        }
    }
    if (!picture_fill(c, info)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "frame %lld: holds what is no number",
                           (long long)c->number);
    }
    *frame = (myo_cine_frame){.gray = c->gray,
                              .values = c->values,
                              .stride = info->width,
                              .time_s = c->times_s != NULL ? c->times_s[c->number] : (double)NAN,
                              .sequence = c->number};
    c->number++;
    *got = true;
    return MYO_OK;
}

const myo_cine_class myo_cine_h5 = {h5_known, h5_open, h5_next, h5_close};
