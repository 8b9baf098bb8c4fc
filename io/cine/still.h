/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single compressed pictures out of memory, through libavcodec. Private to io/cine. */
#ifndef MYO_IO_CINE_STILL_H
#define MYO_IO_CINE_STILL_H

#include "signal/why.h"

typedef enum { MYO_STILL_JPEG, MYO_STILL_JPEG_LS, MYO_STILL_JPEG_2000 } myo_still_kind;

typedef struct myo_still myo_still;

/** Bytes that must follow the packed ones in memory, all 0. */
enum { MYO_STILL_PADDING = 64 };

/** MYO_ERR_UNSUPPORTED (no FFmpeg), MYO_ERR_NO_MEMORY. */
myo_status myo_still_new(myo_still_kind kind, myo_still **still, myo_why *why);

/** Decodes a picture that must be @p width x @p height of 8 bits a sample. Its first @p components (1 or 3)
 *  become planes in @p planes, as they are: no colour is converted. MYO_ERR_FORMAT. */
myo_status myo_still_decode(myo_still *still, const uint8_t *packed, size_t size, uint32_t width,
                            uint32_t height, uint32_t components, uint8_t *planes, myo_why *why);

/** NULL is fine. */
void myo_still_free(myo_still *still);

#endif
