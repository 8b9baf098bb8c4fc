/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the compressed frames of a DICOM file are, PS3.5 A.4. Private to io/cine. */
#ifndef MYO_IO_CINE_DICOM_FRAGMENTS_H
#define MYO_IO_CINE_DICOM_FRAGMENTS_H

#include "dicom_head.h"

typedef struct {
    int64_t at;
    uint32_t size;
} dicom_fragment;

/** A frame is one or more fragments; fragments do not always count the frames. */
typedef struct {
    dicom_fragment *list;
    size_t count, room;
    size_t *first; /**< of each frame, and one more; frames + 1 numbers */
} dicom_fragments;

/** Finds all fragments and deals them out to frames: one each; or by the Basic Offset Table; or, of JPEG, a
 *  frame at each start of an image. A file that is cut off has frames without fragments at its end. The caller
 *  frees in any case. MYO_ERR_FORMAT: fragments cannot be dealt out. */
myo_status dicom_fragments_find(const dicom_head *head, dicom_fragments *fragments, myo_why *why);

/** Bytes of frame @p number together; 0: it is not there. */
size_t dicom_fragments_size(const dicom_fragments *fragments, int64_t number);

/** Copies them one after the other. */
bool dicom_fragments_read(const dicom_head *head, const dicom_fragments *fragments, int64_t number,
                          uint8_t *to);

void dicom_fragments_free(dicom_fragments *fragments);

#endif
