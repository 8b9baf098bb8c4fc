/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unpacks deflated bytes of a file, in pieces or at once. Private to io/cine. */
#ifndef MYO_IO_CINE_UNZIP_H
#define MYO_IO_CINE_UNZIP_H

#include "bytes.h"

typedef struct myo_unzip myo_unzip;

/** Begins at @p offset of the file; reads no further than @p end. @p is_raw: deflate alone (DICOM); else zlib's own
 *  frame. MYO_ERR_NO_MEMORY. */
myo_status myo_unzip_new(const myo_bytes *bytes, int64_t offset, int64_t end, bool is_raw,
                         myo_unzip **unzip, myo_why *why);

/** The next bytes, up to @p size; *got is less only at the end. MYO_ERR_FORMAT, MYO_ERR_READ (cut off). */
myo_status myo_unzip_read(myo_unzip *unzip, void *to, size_t size, size_t *got, myo_why *why);

/** NULL is fine. */
void myo_unzip_free(myo_unzip *unzip);

/** Unpacks all. More than @p max bytes: MYO_ERR_UNSUPPORTED. The caller frees *memory. */
myo_status myo_unzip_all(const myo_bytes *bytes, int64_t offset, int64_t end, bool is_raw,
                         size_t max, uint8_t **memory, int64_t *size, myo_why *why);

#endif
