/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text at the start of a MetaImage file. Private to io/cine. */
#ifndef MYO_IO_CINE_META_HEADER_H
#define MYO_IO_CINE_META_HEADER_H

#include "bytes.h"

typedef struct {
    int64_t size[3];   /**< of the axes; the third is frames, 1 when there are two axes */
    double spacing[2]; /**< mm */
    bool has_spacing, is_big_endian, is_packed;
    int64_t packed_size; /**< 0: to the end of the file */
    int channels;
    char type[32], image_type[32], orientation[8], data_file[256];
    int64_t end;        /**< where the text ends */
    double *times_s;    /**< of each frame, owned by the caller, also after a failure; NULL: none */
    int64_t stamps;     /**< how many, numbered 0, 1, 2 ...; 0: none */
    int64_t bad_frames; /**< whose status is not OK */
} meta_header;

/** Reads up to and with ElementDataFile. MYO_ERR_FORMAT, MYO_ERR_UNSUPPORTED. */
myo_status meta_header_read(const myo_bytes *bytes, meta_header *header, myo_why *why);

#endif
