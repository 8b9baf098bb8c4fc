/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MetaImage (.mha, .mhd) as the PLUS toolkit writes it: text, then the numbers of all frames, packed by
 * zlib or not, and for each frame its own time stamp.
 *
 * itk.org/Wiki/ITK/MetaIO/Documentation; the keys of sequences: PLUS's "Sequence metafile". */
#include "meta_header.h"
#include "stack.h"

#include "signal/beside.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool meta_known(const uint8_t *head, size_t size, int64_t file_size)
{
    static const char key[] = "ObjectType";
    (void)file_size;
    return size > sizeof key && memcmp(head, key, sizeof key - 1) == 0 &&
           memmem(head, size, "NDims", 5) != NULL;
}

static bool type_find(const char *name, myo_stack_type *type)
{
    static const struct {
        const char *name;
        myo_stack_type type;
    } rows[] = {{"MET_UCHAR", MYO_STACK_U8},   {"MET_CHAR", MYO_STACK_I8},
                {"MET_USHORT", MYO_STACK_U16}, {"MET_SHORT", MYO_STACK_I16},
                {"MET_UINT", MYO_STACK_U32},   {"MET_INT", MYO_STACK_I32},
                {"MET_FLOAT", MYO_STACK_F32},  {"MET_DOUBLE", MYO_STACK_F64}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *type = rows[i].type;
            return true;
        }
    }
    return false;
}

/* Echoes along lines stand line by line when the first letter of the orientation is F, far: the first
 * axis is depth. In RF_IQ_LINE two numbers make a sample. */
static myo_status shape_take(const meta_header *header, myo_cine_info *info, myo_stack *s,
                             myo_why *why)
{
    const char *type = header->image_type;
    bool is_lines = header->orientation[0] == 'F', is_iq = strcmp(type, "RF_IQ_LINE") == 0;
    bool is_rf = strcmp(type, "RF_REAL") == 0;
    int64_t first = header->size[0], second = header->size[1];
    if (strcmp(type, "RF_I_LINE_Q_LINE") == 0 || header->channels != 1) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "MetaImage: %s of %d channels",
                           type[0] == '\0' ? "pictures" : type, header->channels);
    }
    if (is_iq && (first % 2 != 0 || !is_lines)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "MetaImage: IQ lines of %lld numbers",
                           (long long)first);
    }
    if (is_rf && !is_lines) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "MetaImage: RF whose lines lie across");
    }
    info->kind = is_iq      ? MYO_CINE_IQ
                 : is_rf    ? MYO_CINE_RF
                 : is_lines ? MYO_CINE_LINES
                            : MYO_CINE_BMODE;
    first = is_iq ? first / 2 : first;
    info->width = (uint32_t)(is_lines ? second : first);
    info->height = (uint32_t)(is_lines ? first : second);
    info->frames = header->size[2];
    s->column_step = is_lines ? (size_t)header->size[0] : is_iq ? 2 : 1;
    s->row_step = is_lines ? (is_iq ? 2 : 1) : (size_t)header->size[0];
    s->is_big_endian = header->is_big_endian;
    s->frame_step = header->size[0] * header->size[1] * (int64_t)myo_stack_bytes(s->type);
    return myo_cine_size_check(info->width, info->height, why);
}

/* PLUS writes a spacing of 1 where it knows none. */
static void scale_take(const meta_header *header, myo_cine_info *info)
{
    double x = header->spacing[0], y = header->spacing[1];
    bool known = header->has_spacing && x > 0.0 && y > 0.0 && x < 1e3 && y < 1e3 &&
                 !(header->stamps > 0 && x == 1.0 && y == 1.0);
    if (known && info->kind == MYO_CINE_BMODE) {
        info->mm_per_px_x = x;
        info->mm_per_px_y = y;
    }
}

/* Opens what ElementDataFile names: the rest of this file, or one beside it. */
static myo_status data_open(myo_stack *s, const meta_header *header, const char *path, myo_why *why)
{
    if (strcmp(header->data_file, "LOCAL") == 0) {
        s->offset = header->end;
        return MYO_OK;
    }
    int file = myo_beside_open(path, header->data_file, why);
    if (file < 0) {
        return MYO_ERR_OPEN;
    }
    s->own = (myo_bytes){.file = file, .size = lseek(file, 0, SEEK_END)};
    s->bytes = &s->own;
    return MYO_OK;
}

static myo_status packing_take(myo_stack *s, const meta_header *header, myo_why *why)
{
    if (!header->is_packed) {
        return MYO_OK;
    }
    int64_t size = header->packed_size > 0 ? header->packed_size : s->bytes->size - s->offset;
    return myo_unzip_new(s->bytes, s->offset, s->offset + size, false, &s->unzip, why);
}

static myo_status stamps_take(myo_stack *s, meta_header *header, myo_cine_info *info, myo_why *why)
{
    if (header->stamps == 0) {
        return MYO_OK;
    }
    if (header->stamps != info->frames) {
        return myo_why_set(why, MYO_ERR_FORMAT, "MetaImage: %lld time stamps for %lld frames",
                           (long long)header->stamps, (long long)info->frames);
    }
    s->times_s = header->times_s;
    header->times_s = NULL;
    return MYO_OK;
}

static myo_status meta_fill(myo_cine_reader *reader, meta_header *header, const char *path,
                            myo_why *why)
{
    myo_stack *s = reader->state;
    myo_cine_info *info = &reader->info;
    if (!type_find(header->type, &s->type)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "MetaImage: numbers are %s",
                           header->type[0] == '\0' ? "of no type" : header->type);
    }
    myo_status status = shape_take(header, info, s, why);
    if (status == MYO_OK) {
        status = data_open(s, header, path, why);
    }
    if (status == MYO_OK) {
        status = packing_take(s, header, why);
    }
    if (status == MYO_OK) {
        status = stamps_take(s, header, info, why);
    }
    if (status == MYO_OK) {
        scale_take(header, info);
        if (header->bad_frames > 0) {
            myo_note_add(info->note, sizeof info->note, "%lld frames are marked as not OK",
                         (long long)header->bad_frames);
        }
        (void)snprintf(info->format, sizeof info->format, "MetaImage, %.30s%s", header->type,
                       header->is_packed ? ", zlib" : "");
        status = myo_stack_start(reader, why);
    }
    return status;
}

static myo_status meta_open(myo_cine_reader *reader, myo_bytes *bytes, const char *path,
                            const myo_cine_options *options, myo_why *why)
{
    myo_stack *s = NULL;
    meta_header header;
    (void)options;
    if (bytes->size < 0) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "MetaImage: is read from files, not from pipes");
    }
    myo_status status = meta_header_read(bytes, &header, why);
    if (status == MYO_OK) {
        status = myo_stack_new(reader, bytes, &s, why);
    }
    if (status == MYO_OK) {
        status = meta_fill(reader, &header, path, why);
        if (status != MYO_OK) {
            myo_stack_close(reader);
        }
    }
    free(header.times_s);
    return status;
}

const myo_cine_class myo_cine_meta_image = {meta_known, meta_open, myo_stack_next, myo_stack_close};
