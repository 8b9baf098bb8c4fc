/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a DICOM file says of its pictures, checked. Private to io/cine. */
#ifndef MYO_IO_CINE_DICOM_HEAD_H
#define MYO_IO_CINE_DICOM_HEAD_H

#include "dicom_data.h"
#include "reader.h"

/** How pixels are packed. */
typedef enum {
    DICOM_NATIVE,
    DICOM_RLE,
    DICOM_JPEG, /**< baseline, or lossless */
    DICOM_JPEG_LS,
    DICOM_JPEG_2000
} dicom_packing;

/** What the samples of a pixel mean. */
typedef enum {
    DICOM_MONOCHROME1, /**< 0 is white */
    DICOM_MONOCHROME2,
    DICOM_PALETTE,
    DICOM_RGB,          /**< and what a JPEG 2000 decoder turns into it */
    DICOM_YBR_FULL,     /**< the first sample is luma */
    DICOM_YBR_FULL_422, /**< the same; native: two pixels are Y Y B R */
} dicom_colour;

typedef struct {
    dicom_input input;
    dicom_packing packing;
    dicom_colour colour;
    uint32_t rows, columns, samples, planar;
    uint32_t allocated, stored, high, is_signed; /**< bits of a sample; its highest bit */
    int64_t frames;
    double frame_time_ms; /**< 0: none */
    double *times_s;      /**< of each frame, owned; NULL: none */
    uint8_t *palette;     /**< brightness of colour i - palette_first, owned */
    uint32_t palette_size;
    int32_t palette_first;
    dicom_element pixels;
} dicom_head;

/** Reads everything before the pixels and fills in info: size, scale, regions, frames, clock, notes. The
 *  caller frees @p head in any case. */
myo_status dicom_head_read(const myo_bytes *bytes, dicom_head *head, myo_cine_info *info,
                           myo_why *why);

void dicom_head_free(dicom_head *head);

/** Seconds of frame @p number; NAN when the file has no times. */
double dicom_head_time(const dicom_head *head, int64_t number);

#endif
