/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks the chunks of WAV (Microsoft RIFF), RF64 (EBU Tech 3306) and W64 (Sony Wave64). */
#include "riff.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    EXTENSIBLE = 0xFFFE, /* the codec stands in the sub-format */
    MAX_CHUNKS = 1000    /* before the data; a hostile file could have millions */
};

/* How the three kinds differ. W64 uses 16-byte names (only the first four bytes tell) and counts
 * the header of a chunk in its size. */
typedef struct {
    size_t name_bytes, size_bytes;
    int64_t first_chunk, alignment;
    bool size_counts_header, is_rf64;
} layout;

static const layout layout_riff = {4, 4, 12, 2, false, false};
static const layout layout_rf64 = {4, 4, 12, 2, false, true};
static const layout layout_w64 = {16, 8, 40, 8, true, false};

static uint64_t little_endian(const unsigned char *bytes, size_t count)
{
    uint64_t value = 0;
    while (count-- > 0) {
        value = value << 8 | bytes[count];
    }
    return value;
}

static bool read_at(int file, int64_t offset, unsigned char *bytes, size_t count)
{
    return pread(file, bytes, count, (off_t)offset) == (ssize_t)count;
}

static myo_status format_read(int file, int64_t at, int64_t size, myo_riff *riff, myo_why *why)
{
    unsigned char bytes[26] = {0};
    size_t wanted = size >= 26 ? 26 : 16;
    if (size < 16 || !read_at(file, at, bytes, wanted)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: the format chunk is cut off",
                           (long long)at);
    }
    riff->codec = (uint16_t)little_endian(bytes, 2);
    riff->channels = (uint16_t)little_endian(bytes + 2, 2);
    riff->rate_hz = (uint32_t)little_endian(bytes + 4, 4);
    riff->frame_bytes = (uint32_t)little_endian(bytes + 12, 2);
    riff->sample_bits = (uint32_t)little_endian(bytes + 14, 2);
    if (riff->codec == EXTENSIBLE && wanted == 26) {
        riff->codec = (uint16_t)little_endian(bytes + 24, 2);
    }
    return MYO_OK;
}

static const layout *layout_find(int file)
{
    unsigned char name[4];
    if (!read_at(file, 0, name, sizeof name)) {
        return NULL;
    }
    return memcmp(name, "RIFF", 4) == 0   ? &layout_riff
           : memcmp(name, "RF64", 4) == 0 ? &layout_rf64
           : memcmp(name, "riff", 4) == 0 ? &layout_w64
                                          : NULL;
}

/* The size of the data of a file beyond 4 GB stands in the 'ds64' chunk. */
static int64_t rf64_data_bytes(int file, int64_t at)
{
    unsigned char bytes[16];
    return read_at(file, at, bytes, sizeof bytes) ? (int64_t)little_endian(bytes + 8, 8) : -1;
}

myo_status myo_riff_read(int file, myo_riff *riff, myo_why *why)
{
    *riff = (myo_riff){0};
    const layout *kind = layout_find(file);
    struct stat about;
    if (kind == NULL || fstat(file, &about) != 0) {
        return myo_why_set(why, MYO_ERR_READ, "byte 0: cannot be read");
    }
    riff->file_bytes = about.st_size;
    int64_t at = kind->first_chunk, long_bytes = -1;
    for (int chunk = 0; chunk < MAX_CHUNKS; chunk++) {
        unsigned char head[24];
        size_t head_bytes = kind->name_bytes + kind->size_bytes;
        if (!read_at(file, at, head, head_bytes)) {
            break;
        }
        int64_t size = (int64_t)little_endian(head + kind->name_bytes, kind->size_bytes);
        int64_t uncounted = kind->size_counts_header ? (int64_t)head_bytes : 0;
        at += (int64_t)head_bytes;
        if (size < uncounted) {
            break;
        }
        size -= uncounted;
        if (memcmp(head, "ds64", 4) == 0 && kind->is_rf64) {
            long_bytes = rf64_data_bytes(file, at);
        } else if (memcmp(head, "fmt ", 4) == 0) {
            myo_status status = format_read(file, at, size, riff, why);
            if (status != MYO_OK) {
                return status;
            }
        } else if (memcmp(head, "data", 4) == 0) {
            riff->data_offset = at;
            riff->data_bytes = size == UINT32_MAX && long_bytes >= 0 ? long_bytes : size;
            return MYO_OK;
        }
        if (size > riff->file_bytes - at) {
            break;
        }
        at += (size + kind->alignment - 1) / kind->alignment * kind->alignment;
    }
    return myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: the file ends before its data",
                       (long long)(at < riff->file_bytes ? at : riff->file_bytes));
}
