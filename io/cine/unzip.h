/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unpacks deflated bytes of a file into memory. Private to io/cine. */
#ifndef MYO_IO_CINE_UNZIP_H
#define MYO_IO_CINE_UNZIP_H

#include "bytes.h"

/** Unpacks from @p offset to the end of the file. @p is_raw: deflate alone (DICOM); else zlib's own frame
 *  (MetaImage). More than @p max bytes: MYO_ERR_UNSUPPORTED. The caller frees *memory. */
myo_status myo_unzip(const myo_bytes *bytes, int64_t offset, bool is_raw, size_t max,
                     uint8_t **memory, int64_t *size, myo_why *why);

#endif
