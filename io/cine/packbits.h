/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DICOM's run-length encoding, PS3.5 annex G. Private to io/cine. */
#ifndef MYO_IO_CINE_PACKBITS_H
#define MYO_IO_CINE_PACKBITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Decodes a frame of @p segments byte planes of @p pixels bytes each, one after the other, into @p planes. False
 *  when the number of segments is another, an offset lies outside, or a segment holds too few bytes. */
bool myo_rle_decode(const uint8_t *packed, size_t size, uint32_t segments, size_t pixels,
                    uint8_t *planes);

#endif
