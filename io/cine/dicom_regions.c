/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From regions in a DICOM file to scales in mm and s. */
#include "dicom_regions.h"

#include <math.h>

/* PS3.3 C.8.5.5.1: units, spatial formats, data types. */
enum { UNIT_CM = 3, UNIT_S = 4 };
enum { FORMAT_2D = 1, FORMAT_MMODE = 2, FORMAT_LAST = 5 };
enum { TYPE_TISSUE = 1 };

void dicom_regions_note(dicom_regions *regions, const dicom_input *input,
                        const dicom_element *element, uint32_t number)
{
    regions->count = number > regions->count ? number : regions->count;
    if (number < 1 || number > MYO_CINE_MAX_REGIONS || element->tag >> 16 != 0x0018) {
        return;
    }
    uint32_t i = number - 1;
    switch (element->tag & 0xFFFF) {
    case 0x6012:
        regions->item[i].format = dicom_u16(input, element, 0);
        break;
    case 0x6014:
        regions->item[i].type = dicom_u16(input, element, 0);
        break;
    case 0x6018:
        regions->item[i].x0 = dicom_u32(input, element);
        break;
    case 0x601A:
        regions->item[i].y0 = dicom_u32(input, element);
        break;
    case 0x601C:
        regions->item[i].x1 = dicom_u32(input, element);
        break;
    case 0x601E:
        regions->item[i].y1 = dicom_u32(input, element);
        break;
    case 0x6024:
        regions->item[i].unit_x = dicom_u16(input, element, 0);
        break;
    case 0x6026:
        regions->item[i].unit_y = dicom_u16(input, element, 0);
        break;
    case 0x602C:
        regions->item[i].delta_x = dicom_f64(input, element);
        break;
    case 0x602E:
        regions->item[i].delta_y = dicom_f64(input, element);
        break;
    default:
        break;
    }
}

/* From a nanometre or a nanosecond a pixel to a metre or the like: what lies outside is no scale. */
static double scale(uint32_t unit, uint32_t wanted, double delta, double factor)
{
    double value = fabs(delta) * factor;
    return unit == wanted && value >= 1e-9 && value <= 1e3 ? value : 0.0;
}

/* Corners are the outermost pixels; some scanners give one more than the last. */
static bool rect_find(const dicom_regions *regions, uint32_t i, const myo_cine_info *info,
                      myo_cine_rect *rect)
{
    uint32_t x0 = regions->item[i].x0, x1 = regions->item[i].x1;
    uint32_t y0 = regions->item[i].y0, y1 = regions->item[i].y1;
    x1 = x1 == info->width ? x1 - 1 : x1;
    y1 = y1 == info->height ? y1 - 1 : y1;
    if (x0 > x1 || y0 > y1 || x1 >= info->width || y1 >= info->height) {
        return false;
    }
    *rect = (myo_cine_rect){x0, y0, x1 - x0 + 1, y1 - y0 + 1};
    return true;
}

static myo_cine_region_kind kind_of(uint32_t format, uint32_t type)
{
    if (format == FORMAT_2D && type == TYPE_TISSUE) {
        return MYO_CINE_REGION_TISSUE;
    }
    if (format == FORMAT_MMODE) {
        return MYO_CINE_REGION_MMODE;
    }
    return format > FORMAT_MMODE && format <= FORMAT_LAST ? MYO_CINE_REGION_TRACE
                                                          : MYO_CINE_REGION_OTHER;
}

/* The picture's scale is that of its tissue, if all of it agrees. */
static void picture_scale(myo_cine_info *info)
{
    bool first = true, agree = true;
    for (size_t r = 0; r < info->regions; r++) {
        const myo_cine_region *region = &info->region[r];
        if (region->kind == MYO_CINE_REGION_TISSUE && region->mm_per_px_x > 0.0) {
            agree = agree && (first || (region->mm_per_px_x == info->mm_per_px_x &&
                                        region->mm_per_px_y == info->mm_per_px_y));
            info->mm_per_px_x = region->mm_per_px_x;
            info->mm_per_px_y = region->mm_per_px_y;
            first = false;
        }
    }
    if (!agree) {
        info->mm_per_px_x = info->mm_per_px_y = 0.0;
        myo_note_add(info->note, sizeof info->note, "regions differ in scale: name one");
    }
}

void dicom_regions_present(const dicom_regions *regions, myo_cine_info *info)
{
    for (uint32_t i = 0; i < regions->count && i < MYO_CINE_MAX_REGIONS; i++) {
        myo_cine_rect rect;
        if (!rect_find(regions, i, info, &rect)) {
            myo_note_add(info->note, sizeof info->note,
                         "region %u lies outside the picture: its scale is not used", i + 1);
            continue;
        }
        info->region[info->regions++] = (myo_cine_region){
            .kind = kind_of(regions->item[i].format, regions->item[i].type),
            .rect = rect,
            .mm_per_px_x = scale(regions->item[i].unit_x, UNIT_CM, regions->item[i].delta_x, 10.0),
            .mm_per_px_y = scale(regions->item[i].unit_y, UNIT_CM, regions->item[i].delta_y, 10.0),
            .s_per_px_x = scale(regions->item[i].unit_x, UNIT_S, regions->item[i].delta_x, 1.0)};
    }
    if (regions->count > MYO_CINE_MAX_REGIONS) {
        myo_note_add(info->note, sizeof info->note, "%u regions, more than %d", regions->count,
                     MYO_CINE_MAX_REGIONS);
    }
    picture_scale(info);
}
