/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of OpenIGTLink, which scanner bridges such as PlusServer speak. Private to io/cine.
 *
 * github.com/openigtlink/OpenIGTLink, Documents/Protocol: header.md, image.md, v3's extended header.
 */
#ifndef MYO_IO_CINE_IGTL_H
#define MYO_IO_CINE_IGTL_H

#include "cine.h"

#include "signal/why.h"

enum { IGTL_HEADER = 58, IGTL_IMAGE = 72, IGTL_EXTENDED = 12 };

typedef struct {
    uint16_t version;
    char type[13], device[21];
    double time_s; /**< 0: not told */
    uint64_t body;
    uint64_t crc;
} igtl_header;

/** What an IMAGE message is. */
typedef struct {
    uint32_t width, height;
    int components, scalar; /**< bytes of a number */
    bool is_float, is_signed, is_big_endian;
    double mm_x, mm_y; /**< 0: not known (bridges send 1 for it) */
    const uint8_t *pixels;
} igtl_image;

/** Takes the 58 bytes of a header apart. MYO_ERR_FORMAT: another protocol, or a body of more than @p max bytes. */
myo_status igtl_header_read(const uint8_t bytes[IGTL_HEADER], uint64_t max, igtl_header *header,
                            myo_why *why);

/** Checks the body of an IMAGE message and finds its pixels. MYO_ERR_FORMAT (also a wrong checksum),
 *  MYO_ERR_UNSUPPORTED (a volume, a part of an image, other numbers). */
myo_status igtl_image_read(const igtl_header *header, const uint8_t *body, igtl_image *image,
                           myo_why *why);

/** Sample @p index of the image, counted over all components. */
double igtl_sample(const igtl_image *image, size_t index);

/** CRC-64 of ECMA-182. */
uint64_t igtl_crc(const uint8_t *bytes, size_t size);

#endif
