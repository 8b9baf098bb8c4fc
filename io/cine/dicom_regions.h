/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Sequence of Ultrasound Regions, PS3.3 C.8.5.5. Private to io/cine. */
#ifndef MYO_IO_CINE_DICOM_REGIONS_H
#define MYO_IO_CINE_DICOM_REGIONS_H

#include "dicom_data.h"
#include "reader.h"

/** Regions as they stand in the file. Zero-initialise. */
typedef struct {
    struct {
        uint32_t x0, y0, x1, y1, format, type, unit_x, unit_y;
        double delta_x, delta_y;
    } item[MYO_CINE_MAX_REGIONS];
    uint32_t count; /**< in the file */
} dicom_regions;

/** Takes an element of the item with this number, from 1. */
void dicom_regions_note(dicom_regions *regions, const dicom_input *input,
                        const dicom_element *element, uint32_t number);

/** Puts regions and the scale of the tissue into info, whose size is set. A region that does not lie in the
 *  picture has no scale: the picture was resized after it was measured. When regions of tissue
 *  differ in scale the picture has none. */
void dicom_regions_present(const dicom_regions *regions, myo_cine_info *info);

#endif
