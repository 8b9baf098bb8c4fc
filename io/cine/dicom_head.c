/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects the attributes that pixels and times depend on, and checks that they agree. */
#include "dicom_head.h"

#include "dicom_regions.h"
#include "dicom_tables.h"
#include "unzip.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ELEMENT = 132, MAX_FRAMES = 1 << 24 };

/* Tags, PS3.6. */
#define TRANSFER_SYNTAX DICOM_TAG(0x0002, 0x0010)
#define DISPLAY_RATE    DICOM_TAG(0x0008, 0x2144)
#define CINE_RATE       DICOM_TAG(0x0018, 0x0040)
#define FRAME_TIME      DICOM_TAG(0x0018, 0x1063)
#define FRAME_VECTOR    DICOM_TAG(0x0018, 0x1065)
#define SAMPLES         DICOM_TAG(0x0028, 0x0002)
#define PHOTOMETRIC     DICOM_TAG(0x0028, 0x0004)
#define PLANAR          DICOM_TAG(0x0028, 0x0006)
#define FRAMES          DICOM_TAG(0x0028, 0x0008)
#define INCREMENT       DICOM_TAG(0x0028, 0x0009)
#define ROWS            DICOM_TAG(0x0028, 0x0010)
#define COLUMNS         DICOM_TAG(0x0028, 0x0011)
#define ALLOCATED       DICOM_TAG(0x0028, 0x0100)
#define STORED          DICOM_TAG(0x0028, 0x0101)
#define HIGH            DICOM_TAG(0x0028, 0x0102)
#define SIGNED          DICOM_TAG(0x0028, 0x0103)
#define PIXELS          DICOM_TAG(0x7FE0, 0x0010)
#define REGIONS         DICOM_TAG(0x0018, 0x6011)

/* What is looked at after the walk. */
typedef struct {
    char photometric[20];
    double frames, display_rate;
    dicom_element increment, frame_vector;
    dicom_palette_elements palette;
    dicom_regions regions;
} raw_head;

typedef struct {
    const char *uid, *name; /* name: why it is not read, NULL: it is */
    dicom_packing packing;
    bool is_implicit, is_big_endian, is_deflated;
} syntax;

/* Transfer syntaxes, PS3.6 table A-1. */
static const syntax syntaxes[] = {
    {"1.2.840.10008.1.2", NULL, DICOM_NATIVE, true, false, false},
    {"1.2.840.10008.1.2.1", NULL, DICOM_NATIVE, false, false, false},
    {"1.2.840.10008.1.2.1.99", NULL, DICOM_NATIVE, false, false, true},
    {"1.2.840.10008.1.2.2", NULL, DICOM_NATIVE, false, true, false},
    {"1.2.840.10008.1.2.5", NULL, DICOM_RLE, false, false, false},
    {"1.2.840.10008.1.2.4.50", NULL, DICOM_JPEG, false, false, false},
    {"1.2.840.10008.1.2.4.57", NULL, DICOM_JPEG, false, false, false},
    {"1.2.840.10008.1.2.4.70", NULL, DICOM_JPEG, false, false, false},
    {"1.2.840.10008.1.2.4.80", NULL, DICOM_JPEG_LS, false, false, false},
    {"1.2.840.10008.1.2.4.81", NULL, DICOM_JPEG_LS, false, false, false},
    {"1.2.840.10008.1.2.4.90", NULL, DICOM_JPEG_2000, false, false, false},
    {"1.2.840.10008.1.2.4.91", NULL, DICOM_JPEG_2000, false, false, false},
    {"1.2.840.10008.1.2.4.51", "JPEG of 12 bits", DICOM_NATIVE, false, false, false},
    {"1.2.840.10008.1.2.4.100", "MPEG-2 video", DICOM_NATIVE, false, false, false},
    {"1.2.840.10008.1.2.4.101", "MPEG-2 video", DICOM_NATIVE, false, false, false},
    {"1.2.840.10008.1.2.4.102", "H.264 video", DICOM_NATIVE, false, false, false},
    {"1.2.840.10008.1.2.4.103", "H.264 video", DICOM_NATIVE, false, false, false},
    {"1.2.840.10008.1.2.4.107", "HEVC video", DICOM_NATIVE, false, false, false},
    {"1.2.840.10008.1.2.4.108", "HEVC video", DICOM_NATIVE, false, false, false},
};

static const syntax *syntax_find(const char *uid)
{
    for (size_t i = 0; i < sizeof syntaxes / sizeof syntaxes[0]; i++) {
        if (strcmp(syntaxes[i].uid, uid) == 0) {
            return &syntaxes[i];
        }
    }
    return NULL;
}

/* The file's own group, 0002, is explicit and little endian in every file. */
static myo_status meta_read(dicom_head *head, dicom_walk *walk, char *uid, size_t size,
                            myo_why *why)
{
    uint8_t group[2];
    bool found = true;
    uid[0] = '\0';
    while (found && dicom_at(&head->input, walk->at, group, sizeof group) && group[0] == 2 &&
           group[1] == 0) {
        dicom_element element;
        myo_status status = dicom_next(&head->input, walk, &element, &found, why);
        if (status != MYO_OK) {
            return status;
        }
        if (found && element.tag == TRANSFER_SYNTAX) {
            dicom_text(&head->input, &element, uid, size);
        }
    }
    return MYO_OK;
}

static myo_status syntax_take(dicom_head *head, dicom_walk *walk, const char *uid,
                              const myo_bytes *bytes, myo_why *why)
{
    const syntax *found = syntax_find(uid);
    if (found == NULL || found->name != NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "DICOM: %s (transfer syntax %s) is not read",
                           found == NULL ? "this encoding" : found->name,
                           uid[0] == '\0' ? "missing" : uid);
    }
    head->packing = found->packing;
    head->input.is_explicit = !found->is_implicit;
    head->input.is_big_endian = found->is_big_endian;
    if (!found->is_deflated) {
        return MYO_OK;
    }
    myo_status status = myo_unzip_all(bytes, walk->at, bytes->size, true, (size_t)256 << 20,
                                      &head->input.memory, &head->input.size, why);
    walk->at = 0;
    return status;
}

static void attribute_take(dicom_head *head, raw_head *raw, const dicom_element *element)
{
    const dicom_input *input = &head->input;
    uint32_t value = dicom_u16(input, element, 0);
    switch (element->tag) {
    case SAMPLES:
        head->samples = value;
        break;
    case PLANAR:
        head->planar = value;
        break;
    case ROWS:
        head->rows = value;
        break;
    case COLUMNS:
        head->columns = value;
        break;
    case ALLOCATED:
        head->allocated = value;
        break;
    case STORED:
        head->stored = value;
        break;
    case HIGH:
        head->high = value;
        break;
    case SIGNED:
        head->is_signed = value;
        break;
    case PHOTOMETRIC:
        dicom_text(input, element, raw->photometric, sizeof raw->photometric);
        break;
    case FRAMES:
        raw->frames = dicom_decimal(input, element, -1.0);
        break;
    case FRAME_TIME:
        head->frame_time_ms = dicom_decimal(input, element, 0.0);
        break;
    case CINE_RATE:
    case DISPLAY_RATE:
        raw->display_rate = dicom_decimal(input, element, 0.0);
        break;
    case FRAME_VECTOR:
        raw->frame_vector = *element;
        break;
    case INCREMENT:
        raw->increment = *element;
        break;
    case PIXELS:
        head->pixels = *element;
        break;
    default:
        dicom_palette_note(&raw->palette, element);
        break;
    }
}

static myo_status attributes_read(dicom_head *head, dicom_walk *walk, raw_head *raw, myo_why *why)
{
    dicom_element element;
    bool found = true;
    while (found) {
        myo_status status = dicom_next(&head->input, walk, &element, &found, why);
        if (status != MYO_OK) {
            return status;
        }
        if (found && walk->depth == 0) {
            attribute_take(head, raw, &element);
        } else if (found && walk->depth == 1 && walk->sequence[0].tag == REGIONS) {
            dicom_regions_note(&raw->regions, &head->input, &element, walk->sequence[0].items);
        }
    }
    return head->pixels.tag != 0 ? MYO_OK
                                 : myo_why_set(why, MYO_ERR_EMPTY, "DICOM: no pixels in it");
}

static bool colour_find(dicom_head *head, const char *name)
{
    static const struct {
        const char *name;
        dicom_colour colour;
        uint32_t samples;
    } rows[] = {
        {"MONOCHROME1", DICOM_MONOCHROME1, 1},
        {"MONOCHROME2", DICOM_MONOCHROME2, 1},
        {"PALETTE COLOR", DICOM_PALETTE, 1},
        {"RGB", DICOM_RGB, 3},
        {"YBR_FULL", DICOM_YBR_FULL, 3},
        {"YBR_FULL_422", DICOM_YBR_FULL_422, 3},
        {"YBR_ICT", DICOM_RGB, 3},
        {"YBR_RCT", DICOM_RGB, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0 && rows[i].samples == head->samples) {
            head->colour = rows[i].colour;
            return true;
        }
    }
    return false;
}

/* Combinations that are decoded; every other is refused rather than guessed at. */
static const char *pixels_fault(const dicom_head *head)
{
    bool is_av = head->packing >= DICOM_JPEG;
    if (head->allocated != 8 && head->allocated != 16) {
        return "bits allocated are neither 8 nor 16";
    }
    if (head->stored < 1 || head->stored > head->allocated || head->high + 1 < head->stored ||
        head->high >= head->allocated) {
        return "bits stored do not fit those allocated";
    }
    if (is_av && (head->allocated != 8 || head->stored != 8 || head->is_signed != 0)) {
        return "compressed pictures of other than 8 bits";
    }
    if (head->is_signed > 1 || (head->is_signed == 1 && head->colour != DICOM_MONOCHROME2)) {
        return "signed pixels";
    }
    if (head->colour >= DICOM_RGB && head->stored != head->allocated) {
        return "colours of other than 8 or 16 bits";
    }
    if (head->colour == DICOM_YBR_FULL_422 && !is_av &&
        (head->packing != DICOM_NATIVE || head->planar != 0 || head->columns % 2 != 0 ||
         head->allocated != 8)) {
        return "YBR_FULL_422 that is not Y Y B R in bytes";
    }
    return head->planar > 1 ? "planar configuration" : NULL;
}

static myo_status pixels_check(dicom_head *head, const raw_head *raw, myo_why *why)
{
    if (!colour_find(head, raw->photometric)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "DICOM: pixels are %s of %u samples",
                           raw->photometric[0] == '\0' ? "nothing named" : raw->photometric,
                           head->samples);
    }
    const char *fault = pixels_fault(head);
    if (fault != NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "DICOM: %s (allocated %u, stored %u, high bit %u, planar %u)", fault,
                           head->allocated, head->stored, head->high, head->planar);
    }
    if (!(raw->frames >= 1.0 && raw->frames <= MAX_FRAMES) || raw->frames != floor(raw->frames)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "DICOM: number of frames is %g", raw->frames);
    }
    head->frames = (int64_t)raw->frames;
    return myo_cine_size_check(head->columns, head->rows, why);
}

/* What the Frame Increment Pointer points at, 0 when there is none. */
static uint32_t increment_tag(const dicom_head *head, const raw_head *raw)
{
    return raw->increment.tag == 0 ? 0
                                   : DICOM_TAG(dicom_u16(&head->input, &raw->increment, 0),
                                               dicom_u16(&head->input, &raw->increment, 1));
}

/* PS3.3 C.7.6.6: the Frame Increment Pointer names the attribute that spaces the frames. Where it is
 * missing and there is only one candidate, that one is taken, and said. */
static myo_status clock_take(dicom_head *head, const raw_head *raw, myo_cine_info *info,
                             myo_why *why)
{
    uint32_t pointer = increment_tag(head, raw);
    bool has_vector = raw->frame_vector.tag != 0, has_time = head->frame_time_ms > 0.0;
    if (head->frames == 1) {
        return MYO_OK;
    }
    if (pointer == 0 && has_vector != has_time) {
        pointer = has_vector ? FRAME_VECTOR : FRAME_TIME;
        myo_note_add(info->note, sizeof info->note, "no Frame Increment Pointer");
    }
    if (pointer == FRAME_VECTOR && has_vector) {
        info->clock = MYO_CINE_TIME_FRAME;
        return dicom_times_read(&head->input, &raw->frame_vector, head->frames, &head->times_s,
                                why);
    }
    if (pointer == FRAME_TIME && has_time) {
        info->clock = MYO_CINE_TIME_INTERVAL;
        return MYO_OK;
    }
    head->frame_time_ms = 0.0;
    myo_note_add(info->note, sizeof info->note,
                 "no Frame Time: when the frames were taken is not known");
    if (raw->display_rate > 0.0) {
        myo_note_add(info->note, sizeof info->note, "%g frames/s is for showing",
                     raw->display_rate);
    }
    return MYO_OK;
}

static void info_fill(const dicom_head *head, const raw_head *raw, myo_cine_info *info)
{
    static const char *const packings[] = {"raw", "RLE", "JPEG", "JPEG-LS", "JPEG 2000"};
    info->width = head->columns;
    info->height = head->rows;
    info->frames = head->frames;
    info->is_float = (head->allocated > 8 || head->is_signed) && head->colour != DICOM_PALETTE;
    info->full_scale = head->is_signed ? 0.0 : ldexp(1.0, (int)head->stored) - 1.0;
    info->full_scale = head->colour == DICOM_PALETTE ? 255.0 : info->full_scale;
    (void)snprintf(info->format, sizeof info->format, "DICOM, %s, %s", packings[head->packing],
                   raw->photometric);
    dicom_regions_present(&raw->regions, info);
}

static myo_status head_check(dicom_head *head, const raw_head *raw, myo_cine_info *info,
                             myo_why *why)
{
    myo_status status = pixels_check(head, raw, why);
    if (status == MYO_OK && head->colour == DICOM_PALETTE) {
        status = dicom_palette_read(&head->input, &raw->palette, head, why);
    }
    if (status == MYO_OK) {
        status = clock_take(head, raw, info, why);
    }
    if (status == MYO_OK) {
        info_fill(head, raw, info);
    }
    return status;
}

myo_status dicom_head_read(const myo_bytes *bytes, dicom_head *head, myo_cine_info *info,
                           myo_why *why)
{
    char uid[72];
    dicom_walk walk = {.at = FIRST_ELEMENT};
    raw_head raw = {.frames = 1.0};
    *head = (dicom_head){.input = {.bytes = bytes, .size = bytes->size, .is_explicit = true}};
    if (bytes->size < 0) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "DICOM: is read from files, not from pipes");
    }
    myo_status status = meta_read(head, &walk, uid, sizeof uid, why);
    if (status == MYO_OK) {
        status = syntax_take(head, &walk, uid, bytes, why);
    }
    if (status == MYO_OK) {
        status = attributes_read(head, &walk, &raw, why);
    }
    return status == MYO_OK ? head_check(head, &raw, info, why) : status;
}

double dicom_head_time(const dicom_head *head, int64_t number)
{
    if (head->times_s != NULL) {
        return head->times_s[number];
    }
    return head->frame_time_ms > 0.0 ? (double)number * head->frame_time_ms * 1e-3 : (double)NAN;
}

void dicom_head_free(dicom_head *head)
{
    free(head->input.memory);
    free(head->times_s);
    free(head->palette);
    *head = (dicom_head){0};
}
