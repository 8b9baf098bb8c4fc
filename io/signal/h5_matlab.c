/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MATLAB 7.3 files: HDF5 in which a matrix lies with its dimensions turned round. */
#include "h5_kinds.h"
#include "matlab.h"

#include <stdio.h>
#include <string.h>

/* More variables than this are not looked through. */
enum { MAX_VARIABLES = 1000 };

typedef struct {
    char name[64];
    hsize_t rows, columns; /* as in MATLAB */
} matlab_matrix;

/* Opens the data set, takes its size; false when it is no matrix of MATLAB's. */
static bool matrix_look(hid_t file, const char *name, matlab_matrix *matrix)
{
    char kind[16];
    H5O_info_t about;
    hsize_t size[2] = {0, 0};
    if (H5Oget_info_by_name1(file, name, &about, H5P_DEFAULT) < 0 ||
        about.type != H5O_TYPE_DATASET) {
        return false;
    }
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    if (set < 0) {
        return false;
    }
    hid_t space = H5Dget_space(set);
    bool ok = h5_text(set, "MATLAB_class", kind, sizeof kind) && strcmp(kind, "char") != 0 &&
              strcmp(kind, "cell") != 0 && H5Sget_simple_extent_ndims(space) == 2 &&
              H5Sget_simple_extent_dims(space, size, NULL) == 2;
    (void)H5Sclose(space);
    (void)H5Dclose(set);
    (void)snprintf(matrix->name, sizeof matrix->name, "%s", name);
    matrix->rows = size[1];
    matrix->columns = size[0];
    return ok;
}

/* The matrix behind link @p index. */
static bool matrix_at(hid_t file, hsize_t index, matlab_matrix *matrix)
{
    char name[64];
    H5L_info_t link;
    return H5Lget_info_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, index, &link, H5P_DEFAULT) >=
               0 &&
           link.type == H5L_TYPE_HARD &&
           H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, index, name, sizeof name,
                              H5P_DEFAULT) > 0 &&
           matrix_look(file, name, matrix);
}

static hsize_t variable_count(hid_t file)
{
    H5G_info_t about = {0};
    (void)H5Gget_info(file, &about);
    return about.nlinks < MAX_VARIABLES ? about.nlinks : MAX_VARIABLES;
}

bool h5_is_matlab(hid_t file)
{
    matlab_matrix matrix;
    hsize_t count = variable_count(file);
    for (hsize_t i = 0; i < count; i++) {
        if (matrix_at(file, i, &matrix)) {
            return true;
        }
    }
    return false;
}

static double scalar_read(hid_t file, const char *name)
{
    h5_array array;
    myo_why why;
    float value = 0.0F;
    if (h5_array_open(file, name, false, &array, &why) != MYO_OK) {
        return 0.0;
    }
    if (h5_array_read(&array, 0, 1, &value, &why) != MYO_OK) {
        value = 0.0F;
    }
    h5_array_close(&array);
    return (double)value;
}

/* The only matrix that is long enough; a rate beside it. */
static myo_status search(hid_t file, matlab_matrix *signal, double *rate_hz, myo_why *why)
{
    char names[160] = "";
    int candidates = 0;
    matlab_matrix matrix;
    hsize_t count = variable_count(file);
    for (hsize_t i = 0; i < count; i++) {
        if (!matrix_at(file, i, &matrix)) {
            continue;
        }
        if (matrix.rows == 1 && matrix.columns == 1) {
            *rate_hz = matlab_is_rate(matrix.name) ? scalar_read(file, matrix.name) : *rate_hz;
            continue;
        }
        myo_note_add(names, sizeof names, "%s (%llu x %llu)", matrix.name,
                     (unsigned long long)matrix.rows, (unsigned long long)matrix.columns);
        if (matrix.rows * matrix.columns >= MATLAB_FEWEST_SAMPLES) {
            *signal = matrix;
            candidates++;
        }
    }
    return candidates == 1 ? MYO_OK : matlab_refuse(NULL, candidates, names, why);
}

myo_status h5_matlab_open(h5_recording *recording, myo_reader *reader,
                          const myo_source_options *options, myo_why *why)
{
    matlab_matrix signal = {.rows = 0};
    double rate_hz = 0.0;
    myo_source_options plain = *options;
    myo_status status = search(recording->file, &signal, &rate_hz, why);
    if (options->dataset != NULL) {
        status = MYO_OK; /* the one that is named, if it is a matrix */
        if (!h5_exists(recording->file, options->dataset) ||
            !matrix_look(recording->file, options->dataset, &signal)) {
            return h5_plain_open(recording, reader, options, why);
        }
    }
    if (status != MYO_OK) {
        return status;
    }
    /* A row of MATLAB's is a column of HDF5's: rows that are frames make the second axis time. */
    plain.channels_first = signal.rows >= signal.columns && !options->channels_first;
    plain.dataset = options->dataset != NULL ? options->dataset : signal.name;
    plain.rate_hz = options->rate_hz > 0.0 ? options->rate_hz : rate_hz;
    status = h5_plain_open(recording, reader, &plain, why);
    if (status == MYO_OK) {
        (void)snprintf(reader->info.format, sizeof reader->info.format, "MATLAB 7.3 (HDF5), %.24s",
                       signal.name);
    }
    return status;
}
