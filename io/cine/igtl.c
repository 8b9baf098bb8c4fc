/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes messages of OpenIGTLink apart; everything in them is big endian but, perhaps, the pixels. */
#include "igtl.h"

#include "reader.h"

#include <math.h>
#include <string.h>

/* ECMA-182, annex B: x^64 + x^62 + x^57 + ... + x + 1, the highest bit first. */
#define POLYNOMIAL 0x42F0E1EBA9EA3693U

static uint64_t whole_get(const uint8_t *from, size_t size, bool is_big_endian)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | from[is_big_endian ? i : size - 1 - i];
    }
    return value;
}

static double f32_get(const uint8_t *from, bool is_big_endian)
{
    uint32_t bits = (uint32_t)whole_get(from, 4, is_big_endian);
    float value = 0.0F;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static double f64_get(const uint8_t *from, bool is_big_endian)
{
    uint64_t bits = whole_get(from, 8, is_big_endian);
    double value = 0.0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

uint64_t igtl_crc(const uint8_t *bytes, size_t size)
{
    uint64_t table[256], crc = 0;
    for (uint64_t i = 0; i < 256; i++) {
        table[i] = i << 56;
        for (int bit = 0; bit < 8; bit++) {
            table[i] = table[i] >> 63 != 0 ? table[i] << 1 ^ POLYNOMIAL : table[i] << 1;
        }
    }
    for (size_t i = 0; i < size; i++) {
        crc = table[(crc >> 56 ^ bytes[i]) & 0xFF] ^ crc << 8;
    }
    return crc;
}

myo_status igtl_header_read(const uint8_t bytes[IGTL_HEADER], uint64_t max, igtl_header *header,
                            myo_why *why)
{
    *header = (igtl_header){.version = (uint16_t)whole_get(bytes, 2, true)};
    memcpy(header->type, bytes + 2, 12);
    memcpy(header->device, bytes + 14, 20);
    header->time_s =
        (double)whole_get(bytes + 34, 4, true) + (double)whole_get(bytes + 38, 4, true) * 0x1p-32;
    header->body = whole_get(bytes + 42, 8, true);
    header->crc = whole_get(bytes + 50, 8, true);
    bool is_name = header->type[0] >= 'A' && header->type[0] <= 'Z';
    if (header->version < 1 || header->version > 3 || !is_name || header->body > max) {
        return myo_why_set(why, MYO_ERR_FORMAT,
                           "OpenIGTLink: no message header, or one of %llu bytes",
                           (unsigned long long)header->body);
    }
    return MYO_OK;
}

/* Scalar types: 2 int8, 3 uint8, 4 int16, 5 uint16, 6 int32, 7 uint32, 10 float32, 11 float64. */
static bool scalar_take(int type, igtl_image *image)
{
    static const uint8_t sizes[] = {0, 0, 1, 1, 2, 2, 4, 4, 0, 0, 4, 8};
    if (type >= (int)sizeof sizes || sizes[type] == 0) {
        return false;
    }
    image->scalar = sizes[type];
    image->is_float = type >= 10;
    image->is_signed = type < 10 && type % 2 == 0;
    return true;
}

/* Length of a vector between neighbouring pixels, mm. */
static double spacing(const uint8_t *vector)
{
    double sum = 0.0;
    for (size_t i = 0; i < 3; i++) {
        double part = f32_get(vector + 4 * i, true);
        sum += part * part;
    }
    double mm = sqrt(sum);
    return mm >= 1e-6 && mm <= 1e3 && mm != 1.0 ? mm : 0.0;
}

static uint32_t u16_get(const uint8_t *from)
{
    return (uint32_t)whole_get(from, 2, true);
}

static myo_status shape_check(const uint8_t *head, uint64_t size, igtl_image *image, myo_why *why)
{
    uint32_t depth = u16_get(head + 10);
    bool is_whole = u16_get(head + 66) == image->width && u16_get(head + 68) == image->height &&
                    u16_get(head + 70) == depth;
    if (depth != 1 || !is_whole || (image->components != 1 && image->components != 3) ||
        !scalar_take(head[3], image) || head[4] < 1 || head[4] > 2) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "OpenIGTLink: an image of %ux%ux%u, %d components of type %d",
                           image->width, image->height, depth, image->components, head[3]);
    }
    myo_status status = myo_cine_size_check(image->width, image->height, why);
    uint64_t needed = (uint64_t)image->width * image->height * (unsigned)image->components *
                      (unsigned)image->scalar;
    if (status == MYO_OK && size < needed) {
        status = myo_why_set(why, MYO_ERR_FORMAT, "OpenIGTLink: %llu bytes of pixels, not %llu",
                             (unsigned long long)size, (unsigned long long)needed);
    }
    return status;
}

myo_status igtl_image_read(const igtl_header *header, const uint8_t *body, igtl_image *image,
                           myo_why *why)
{
    uint64_t size = header->body, skip = 0;
    if (igtl_crc(body, (size_t)size) != header->crc) {
        return myo_why_set(why, MYO_ERR_FORMAT, "OpenIGTLink: wrong checksum");
    }
    if (header->version >= 2 && size >= IGTL_EXTENDED) {
        skip = u16_get(body);
    }
    if (skip > size || size - skip < IGTL_IMAGE) {
        return myo_why_set(why, MYO_ERR_FORMAT, "OpenIGTLink: an IMAGE of %llu bytes",
                           (unsigned long long)size);
    }
    const uint8_t *head = body + skip;
    *image = (igtl_image){.components = head[2],
                          .is_big_endian = head[4] == 1,
                          .width = u16_get(head + 6),
                          .height = u16_get(head + 8),
                          .mm_x = spacing(head + 12),
                          .mm_y = spacing(head + 24),
                          .pixels = head + IGTL_IMAGE};
    return shape_check(head, size - skip - IGTL_IMAGE, image, why);
}

double igtl_sample(const igtl_image *image, size_t index)
{
    size_t size = (size_t)image->scalar;
    const uint8_t *from = image->pixels + index * size;
    if (image->is_float) {
        return size == 4 ? f32_get(from, image->is_big_endian)
                         : f64_get(from, image->is_big_endian);
    }
    uint64_t value = whole_get(from, size, image->is_big_endian);
    uint64_t sign = (uint64_t)1 << (8 * size - 1);
    return image->is_signed ? (double)(int64_t)((value ^ sign) - sign) : (double)value;
}
