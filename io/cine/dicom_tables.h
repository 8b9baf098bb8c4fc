/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables in a DICOM file: colours, and the times of frames. Private to io/cine. */
#ifndef MYO_IO_CINE_DICOM_TABLES_H
#define MYO_IO_CINE_DICOM_TABLES_H

#include "dicom_head.h"

/** Where the palette is: descriptor and data of red, green, blue. Zero-initialise. */
typedef struct {
    dicom_element descriptor[3], data[3], segments[3]; /**< data or segments */
} dicom_palette_elements;

/** Keeps the element if it is one of the palette's. */
void dicom_palette_note(dicom_palette_elements *elements, const dicom_element *element);

/** Makes head->palette: brightness of each colour, 8 bits. PS3.3 C.7.6.3.1.5, C.7.6.3.1.6. */
myo_status dicom_palette_read(const dicom_input *input, const dicom_palette_elements *elements,
                              dicom_head *head, myo_why *why);

/** Sums the increments of a Frame Time Vector, ms, to times of @p frames frames, s. The caller frees
 *  *times_s. MYO_ERR_FORMAT: not as many numbers as frames, or one is negative. */
myo_status dicom_times_read(const dicom_input *input, const dicom_element *vector, int64_t frames,
                            double **times_s, myo_why *why);

#endif
