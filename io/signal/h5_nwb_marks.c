/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks of an NWB file: AnnotationSeries below /acquisition, texts with time stamps. */
#include "h5_kinds.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BATCH = 64, MAX_GROUPS = 1000, MAX_WIDTH = 256 };

/* A text and its time, two data sets of the same length. */
typedef struct {
    hid_t texts, times, text_type;
    size_t width; /* of a text in bytes; 0 = of any length */
    hsize_t count;
} series;

static hsize_t rows_of(hid_t set)
{
    hsize_t rows = 0;
    hid_t space = H5Dget_space(set);
    if (H5Sget_simple_extent_ndims(space) == 1) {
        (void)H5Sget_simple_extent_dims(space, &rows, NULL);
    }
    (void)H5Sclose(space);
    return rows;
}

/* Texts of any length in the file's own storage; nothing else is a mark. */
static bool series_open(hid_t group, series *marks)
{
    h5_array times;
    myo_why why;
    marks->texts = marks->times = marks->text_type = -1;
    if (!h5_exists(group, "data") || !h5_exists(group, "timestamps") ||
        h5_array_open(group, "timestamps", false, &times, &why) != MYO_OK) {
        return false;
    }
    marks->count = (hsize_t)times.frames;
    h5_array_close(&times);
    marks->texts = H5Dopen2(group, "data", H5P_DEFAULT);
    marks->times = H5Dopen2(group, "timestamps", H5P_DEFAULT);
    marks->text_type = H5Dget_type(marks->texts);
    bool fixed = H5Tis_variable_str(marks->text_type) == 0;
    marks->width = fixed ? H5Tget_size(marks->text_type) : 0;
    return H5Tget_class(marks->text_type) == H5T_STRING && marks->width <= MAX_WIDTH &&
           h5_storage_is_safe(marks->texts) && rows_of(marks->texts) == marks->count &&
           rows_of(marks->times) == marks->count;
}

static void series_close(series *marks)
{
    if (marks->text_type >= 0) {
        (void)H5Tclose(marks->text_type);
    }
    if (marks->times >= 0) {
        (void)H5Dclose(marks->times);
    }
    if (marks->texts >= 0) {
        (void)H5Dclose(marks->texts);
    }
}

static bool batch_read(hid_t set, hid_t type, hsize_t start, hsize_t count, void *values)
{
    hid_t space = H5Dget_space(set), memory = H5Screate_simple(1, &count, NULL);
    bool ok = H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
              H5Dread(set, type, memory, space, H5P_DEFAULT, values) >= 0;
    (void)H5Sclose(memory);
    (void)H5Sclose(space);
    return ok;
}

static bool is_time(double time_s)
{
    return fabs(time_s) < 1e9;
}

static myo_status batch_add(const series *marks, hsize_t start, hsize_t count, double rate_hz,
                            myo_marks *list)
{
    char *texts[BATCH] = {NULL};
    double times[BATCH] = {0.0};
    myo_status status = batch_read(marks->times, H5T_NATIVE_DOUBLE, start, count, times) &&
                                batch_read(marks->texts, marks->text_type, start, count, texts)
                            ? MYO_OK
                            : MYO_ERR_READ;
    for (hsize_t i = 0; i < count; i++) {
        if (status == MYO_OK && is_time(times[i]) && texts[i] != NULL) {
            status = myo_marks_add(list, llround(times[i] * rate_hz), texts[i]);
        }
        (void)H5free_memory(texts[i]);
    }
    return status;
}

/* Texts of a width, as our recorder writes them. */
static myo_status fixed_batch_add(const series *marks, hsize_t start, hsize_t count, double rate_hz,
                                  myo_marks *list)
{
    char texts[BATCH * MAX_WIDTH], text[MAX_WIDTH + 1];
    double times[BATCH] = {0.0};
    myo_status status = batch_read(marks->times, H5T_NATIVE_DOUBLE, start, count, times) &&
                                batch_read(marks->texts, marks->text_type, start, count, texts)
                            ? MYO_OK
                            : MYO_ERR_READ;
    for (hsize_t i = 0; status == MYO_OK && i < count; i++) {
        (void)snprintf(text, sizeof text, "%.*s", (int)marks->width, texts + i * marks->width);
        if (is_time(times[i])) {
            status = myo_marks_add(list, llround(times[i] * rate_hz), text);
        }
    }
    return status;
}

static myo_status series_read(hid_t group, double rate_hz, myo_marks *list)
{
    series marks;
    myo_status status = MYO_OK;
    if (series_open(group, &marks)) {
        for (hsize_t start = 0; start < marks.count && status == MYO_OK; start += BATCH) {
            hsize_t left = marks.count - start, count = left < BATCH ? left : BATCH;
            status = marks.width > 0 ? fixed_batch_add(&marks, start, count, rate_hz, list)
                                     : batch_add(&marks, start, count, rate_hz, list);
        }
    }
    series_close(&marks);
    return status;
}

myo_status h5_nwb_marks_read(hid_t file, double rate_hz, myo_marks *list)
{
    char name[100], type[40];
    H5G_info_t about = {0};
    myo_status status = MYO_OK;
    hid_t place = H5Gopen2(file, "acquisition", H5P_DEFAULT);
    (void)H5Gget_info(place, &about);
    for (hsize_t i = 0; i < about.nlinks && i < MAX_GROUPS && status == MYO_OK; i++) {
        hid_t group =
            h5_group_at(place, i, name, sizeof name) ? H5Gopen2(place, name, H5P_DEFAULT) : -1;
        if (group < 0) {
            continue;
        }
        if (h5_text(group, "neurodata_type", type, sizeof type) &&
            strcmp(type, "AnnotationSeries") == 0) {
            status = series_read(group, rate_hz, list);
        }
        (void)H5Gclose(group);
    }
    (void)H5Gclose(place);
    return status;
}
