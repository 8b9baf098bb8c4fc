/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UFF, the ultrasound file format of USTB: github.com/olemarius90/ustb, +uff/beamformed_data.m, linear_scan.m,
 * sector_scan.m. Groups carry their class; complex numbers are two data sets; pixels of a scan count
 * fastest along depth. */
#include "h5_cine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An axis has at most as many points as a picture has pixels a side. */
enum { MAX_AXIS = MYO_CINE_MAX_SIDE };

typedef struct {
    uint32_t count;
    double step; /* from point to point; 0: uneven */
} axis;

static bool class_is(hid_t place, const char *path, const char *wanted)
{
    char text[64] = "";
    hid_t group = h5_exists(place, path) ? H5Gopen2(place, path, H5P_DEFAULT) : -1;
    bool same =
        group >= 0 && h5_text(group, "class", text, sizeof text) && strcmp(text, wanted) == 0;
    if (group >= 0) {
        (void)H5Gclose(group);
    }
    return same;
}

/* A row of numbers that rises evenly, to a thousandth of its step and to what a float keeps. */
static bool axis_read(hid_t place, const char *path, axis *a)
{
    h5_slab slab;
    myo_why why;
    if (!h5_exists(place, path) || h5_slab_open(place, path, &slab, &why) != MYO_OK) {
        return false;
    }
    hsize_t count = h5_slab_count(&slab, MAX_AXIS);
    double *values = count <= MAX_AXIS ? malloc((size_t)count * sizeof *values) : NULL;
    bool ok = values != NULL && h5_slab_doubles(&slab, values);
    if (ok) {
        *a = (axis){.count = (uint32_t)count};
        a->step = count > 1 ? (values[count - 1] - values[0]) / (double)(count - 1) : 0.0;
        for (hsize_t i = 0; i < count; i++) {
            double error = fabs(values[i] - values[0] - (double)i * a->step);
            a->step = error <= fabs(a->step) * 1e-3 + 1e-6 * fabs(values[i]) ? a->step : 0.0;
        }
    }
    free(values);
    h5_slab_close(&slab);
    return ok;
}

/* mm from m; 0 where the axis is not even. */
static double scale(const axis *a)
{
    double mm = a->step * 1e3;
    return mm >= 1e-6 && mm <= 1e3 ? mm : 0.0;
}

static myo_status scan_read(hid_t group, myo_cine_info *info, bool *is_sector, myo_why *why)
{
    axis across = {0}, down = {0};
    *is_sector = class_is(group, "scan", "uff.sector_scan");
    bool known = *is_sector || class_is(group, "scan", "uff.linear_scan");
    bool ok = known &&
              axis_read(group, *is_sector ? "scan/azimuth_axis" : "scan/x_axis", &across) &&
              axis_read(group, *is_sector ? "scan/depth_axis" : "scan/z_axis", &down);
    if (!ok) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "UFF: the scan is neither linear nor a sector");
    }
    info->width = across.count;
    info->height = down.count;
    info->mm_per_px_x = *is_sector ? 0.0 : scale(&across);
    info->mm_per_px_y = scale(&down);
    return myo_cine_size_check(info->width, info->height, why);
}

/* Frame x wave x channel x pixel, as MATLAB turns pixel x channel x wave x frame; or that itself. Only one
 * wave and one channel make pictures. */
static bool axes_find(h5_slab *slab, hsize_t pixels, int64_t *frames)
{
    int last = slab->rank - 1;
    bool turned = slab->size[last] == pixels, straight = slab->size[0] == pixels;
    int pixel_axis = turned ? last : 0, frame_axis = turned ? 0 : last;
    if (!turned && !straight) {
        return false;
    }
    for (int i = 0; i < slab->rank; i++) {
        if (i != pixel_axis && i != frame_axis && slab->size[i] != 1) {
            return false;
        }
    }
    slab->frame_axis = slab->rank > 1 ? frame_axis : -1;
    *frames = slab->rank > 1 ? (int64_t)slab->size[frame_axis] : 1;
    return true;
}

/* A number that stands alone; 0 when there is none. */
static double number_read(hid_t place, const char *path)
{
    h5_slab slab;
    myo_why why;
    double value = 0.0;
    if (!h5_exists(place, path) || h5_slab_open(place, path, &slab, &why) != MYO_OK) {
        return 0.0;
    }
    if (h5_slab_count(&slab, 1) != 1 || !h5_slab_doubles(&slab, &value)) {
        value = 0.0;
    }
    h5_slab_close(&slab);
    return value;
}

/* What IQ pixels were demodulated with, Hz; nothing that a scanner sends is excluded. */
static double carrier_read(hid_t group)
{
    const double hz = number_read(group, "modulation_frequency");
    return hz >= 1e4 && hz <= 1e9 ? hz : 0.0;
}

static myo_status data_open(h5_cine *cine, hid_t group, myo_cine_info *info, myo_why *why)
{
    static const char *const whole[] = {"data"}, *const halves[] = {"data/real", "data/imag"};
    bool is_complex = h5_exists(group, "data/real");
    const char *const *names = is_complex ? halves : whole;
    const int parts = is_complex ? 2 : 1;
    cine->parts = parts;
    for (int p = 0; p < parts; p++) {
        myo_status status = h5_slab_open(group, names[p], &cine->part[p], why);
        if (status != MYO_OK) {
            return status;
        }
        int64_t frames = 0;
        if (cine->part[p].is_complex || cine->part[p].is_bytes ||
            !axes_find(&cine->part[p], (hsize_t)info->width * info->height, &frames) ||
            (p > 0 && frames != info->frames)) {
            return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                               "UFF: data are not %ux%u pixels of one wave and channel",
                               info->width, info->height);
        }
        info->frames = frames;
    }
    info->kind = is_complex ? MYO_CINE_IQ : MYO_CINE_LINES;
    info->carrier_hz = is_complex ? carrier_read(group) : 0.0;
    cine->row_step = 1;
    cine->column_step = info->height;
    return MYO_OK;
}

/* The first group of beamformed data, by name. */
static bool group_find(hid_t file, char *name, size_t size)
{
    H5G_info_t about = {0};
    (void)H5Gget_info(file, &about);
    for (hsize_t i = 0; i < about.nlinks && i < 1024; i++) {
        if (h5_group_at(file, i, name, size) && class_is(file, name, "uff.beamformed_data")) {
            return true;
        }
    }
    return false;
}

myo_status h5_uff_open(h5_cine *cine, myo_cine_info *info, bool *found, myo_why *why)
{
    char name[64];
    bool is_sector = false;
    *found = group_find(cine->file, name, sizeof name);
    if (!*found) {
        return MYO_OK;
    }
    hid_t group = H5Gopen2(cine->file, name, H5P_DEFAULT);
    myo_status status = scan_read(group, info, &is_sector, why);
    if (status == MYO_OK) {
        status = data_open(cine, group, info, why);
    }
    (void)H5Gclose(group);
    (void)snprintf(info->format, sizeof info->format, "UFF, %s scan",
                   is_sector ? "sector" : "linear");
    return status;
}
