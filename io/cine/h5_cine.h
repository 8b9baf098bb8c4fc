/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ultrasound in HDF5: what the kinds of file share. Private to io/cine. */
#ifndef MYO_IO_CINE_H5_CINE_H
#define MYO_IO_CINE_H5_CINE_H

#include "h5_slab.h"
#include "reader.h"

/** Frames of one data set, or of two that are the parts of a complex one. */
typedef struct {
    hid_t file;
    h5_slab part[2];
    int parts;                    /**< data sets in use */
    size_t row_step, column_step; /**< samples in the order of the file */
    void *raw[2];                 /**< a frame of each part as it stands in the file */
    uint8_t *gray;
    float *values;
    double *times_s; /**< of each frame, NULL: none */
    int64_t number;
} h5_cine;

/** UFF of USTB: beamformed data and their scan. *found false: no such group; else as an open. */
myo_status h5_uff_open(h5_cine *cine, myo_cine_info *info, bool *found, myo_why *why);

/** One data set: rows and columns, or frames of them. Of MATLAB the last index is the frame. */
myo_status h5_stack_open(h5_cine *cine, const char *path, myo_cine_info *info, myo_why *why);

#endif
