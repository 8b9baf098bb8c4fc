/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Palettes that are kept in segments, PS3.3 C.7.9.2. Private to io/cine. */
#ifndef MYO_IO_CINE_DICOM_SEGMENTS_H
#define MYO_IO_CINE_DICOM_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Expands segments of words of 16 bits: values as they are, straight lines, and repetitions of earlier segments.
 *  False when they are not sound or do not give exactly @p count entries. */
bool dicom_segments_expand(const uint8_t *bytes, size_t size, bool is_big_endian, uint32_t count,
                           uint16_t *entries);

#endif
