/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the shape of an array to that of a cine. */
#include "array.h"

enum { MAX_FRAMES = 1 << 24 };

myo_status myo_array_lay(const myo_array *array, myo_stack *s, myo_cine_info *info, myo_why *why)
{
    int dimensions = array->dimensions;
    int64_t size[3] = {1, 1, 1};
    while (dimensions > 2 && array->size[dimensions - 1] == 1) {
        dimensions--;
    }
    if (dimensions < 1 || dimensions > 3) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "an array of %d dimensions, not 2 or 3",
                           dimensions);
    }
    for (int i = 0; i < dimensions; i++) {
        size[i] = array->size[i];
        if (size[i] < 1 || size[i] > (i == 2 ? MAX_FRAMES : MYO_CINE_MAX_SIDE)) {
            return myo_why_set(why, MYO_ERR_UNSUPPORTED, "an array with a side of %lld",
                               (long long)size[i]);
        }
    }
    bool is_row = array->depth_first && size[0] == 1; /* a vector is a line, however it lies */
    int64_t fast = is_row ? size[1] : size[0], slow = is_row ? 1 : size[1];
    size_t each = array->is_complex ? 2 : 1;
    info->kind = array->is_complex         ? MYO_CINE_IQ
                 : s->type == MYO_STACK_U8 ? MYO_CINE_BMODE
                                           : MYO_CINE_LINES;
    info->width = (uint32_t)(array->depth_first ? slow : fast);
    info->height = (uint32_t)(array->depth_first ? fast : slow);
    info->frames = size[2];
    s->row_step = array->depth_first ? each : each * (size_t)fast;
    s->column_step = array->depth_first ? each * (size_t)fast : each;
    s->frame_step = fast * slow * (int64_t)(each * myo_stack_bytes(s->type));
    return myo_cine_size_check(info->width, info->height, why);
}
